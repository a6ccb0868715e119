"""Groups of public keys that a behaviour trusts for signed URLs.

Sources: provider documentation of ``aws_cloudfront_key_group``; CloudFront API Reference, ListKeyGroups
(KeyGroupSummary; botocore has no paginator for it: the reader follows ``NextMarker``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from audits.kind import Kind, Read, Reader
from audits.kinds.aws_vpc import not_read
from audits.model import Resource, Value


def _from_live(reader: Reader) -> Iterable[Resource]:
    return reader.each(reader.pages("cloudfront", "list_key_groups", "KeyGroupList.Items"), partial(_group, reader))


def _group(reader: Reader, summary: Mapping[str, Any]) -> Resource:
    group = summary["KeyGroup"]
    config = group["KeyGroupConfig"]
    attributes: dict[str, Value] = {
        "id": group["Id"],
        "name": config["Name"],
        "comment": config.get("Comment", ""),
        "items": list(config.get("Items") or ()),
        "etag": not_read("cloudfront:GetKeyGroup"),
    }
    return reader.resource("aws_cloudfront_key_group", group["Id"], attributes)


KIND = Kind(
    type="aws_cloudfront_key_group",
    identity=("name",),
    names=("id",),
    scope="global",
    reads=(Read("cloudfront", "list_key_groups"),),
    from_live=_from_live,
)
