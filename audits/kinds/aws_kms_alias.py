"""Aliases of KMS keys. Those that AWS keeps for its own services (``alias/aws/…``) are left out: nobody can make them.

Sources: provider documentation of ``aws_kms_alias``; KMS API Reference, ListAliases.
"""

from __future__ import annotations

from collections.abc import Iterator

from audits.kind import Kind, Read, Reader
from audits.model import Resource


def _from_live(reader: Reader) -> Iterator[Resource]:
    for alias in reader.pages("kms", "list_aliases", "Aliases"):
        name, arn, key = alias["AliasName"], alias["AliasArn"], alias.get("TargetKeyId")
        if name.startswith("alias/aws/"):
            continue
        attributes = {
            "id": name,
            "arn": arn,
            "name": name,
            "target_key_id": key,
            "target_key_arn": f"{arn.rpartition(':')[0]}:key/{key}" if key else None,
        }
        yield reader.resource("aws_kms_alias", arn, attributes)


KIND = Kind(
    type="aws_kms_alias",
    identity=("name",),
    names=("id", "arn", "name"),
    reads=(Read("kms", "list_aliases"),),
    from_live=_from_live,
)
