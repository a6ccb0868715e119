"""Public keys with which CloudFront checks signed URLs.

Sources: provider documentation of ``aws_cloudfront_public_key``; CloudFront API Reference, ListPublicKeys
(PublicKeySummary).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from audits.kind import Kind, Read, Reader
from audits.kinds.aws_vpc import not_read
from audits.model import Resource, Value


def _from_live(reader: Reader) -> Iterable[Resource]:
    return reader.each(reader.pages("cloudfront", "list_public_keys", "PublicKeyList.Items"), partial(_key, reader))


def _key(reader: Reader, key: Mapping[str, Any]) -> Resource:
    attributes: dict[str, Value] = {
        "id": key["Id"],
        "name": key["Name"],
        "comment": key.get("Comment", ""),
        "encoded_key": key.get("EncodedKey"),
        "caller_reference": not_read("cloudfront:GetPublicKey"),
        "etag": not_read("cloudfront:GetPublicKey"),
    }
    return reader.resource("aws_cloudfront_public_key", key["Id"], attributes)


KIND = Kind(
    type="aws_cloudfront_public_key",
    identity=("name",),
    names=("id",),
    scope="global",
    reads=(Read("cloudfront", "list_public_keys"),),
    from_live=_from_live,
)
