"""EC2 key pairs. Sources: provider documentation of ``aws_key_pair``; EC2 API Reference, DescribeKeyPairs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from audits.kind import Kind, Read, Reader
from audits.kinds.aws_vpc import tags
from audits.model import Resource, Value


def _from_live(reader: Reader) -> Iterable[Resource]:
    listed = reader.pages("ec2", "describe_key_pairs", "KeyPairs", IncludePublicKey=True)
    return reader.each(listed, partial(_key, reader))


def _key(reader: Reader, key: Mapping[str, Any]) -> Resource:
    name = key["KeyName"]
    arn = f"arn:{reader.partition}:ec2:{reader.region}:{reader.account}:key-pair/{name}"
    attributes: dict[str, Value] = {
        "id": name,
        "arn": arn,
        "key_name": name,
        "key_pair_id": key.get("KeyPairId"),
        "key_type": key.get("KeyType"),
        "fingerprint": key.get("KeyFingerprint"),
        "public_key": key.get("PublicKey"),
        "tags": tags(key),
    }
    return reader.resource("aws_key_pair", arn, attributes)


KIND = Kind(
    type="aws_key_pair",
    identity=("key_name",),
    names=("id", "arn", "key_name"),
    reads=(Read("ec2", "describe_key_pairs"),),
    from_live=_from_live,
)
