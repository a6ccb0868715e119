"""Groups of Redis and Valkey users, with their members.

Sources: provider documentation of ``aws_elasticache_user_group`` and ``aws_elasticache_user_group_association``;
ElastiCache API Reference, DescribeUserGroups and UserGroup.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from audits.kind import Kind, Part, Read, Reader
from audits.kinds.aws_elasticache_cluster import tags_of
from audits.model import Resource, Value


def _member(part: Resource) -> dict[str, list[Value]]:
    return {"user_ids": [part.attributes["user_id"]] if "user_id" in part.attributes else []}


def _from_live(reader: Reader) -> Iterable[Resource]:
    return reader.each(reader.pages("elasticache", "describe_user_groups", "UserGroups"), partial(_group, reader))


def _group(reader: Reader, group: Mapping[str, Any]) -> Resource:
    arn = group["ARN"]
    attributes: dict[str, Value] = {
        "id": group["UserGroupId"],
        "arn": arn,
        "user_group_id": group["UserGroupId"],
        "engine": group.get("Engine"),
        "user_ids": list(group.get("UserIds") or ()),
        "tags": tags_of(reader, arn),
    }
    return reader.resource("aws_elasticache_user_group", arn, attributes)


KIND = Kind(
    type="aws_elasticache_user_group",
    identity=("user_group_id",),
    names=("id", "arn", "user_group_id"),
    reads=(Read("elasticache", "describe_user_groups"), Read("elasticache", "list_tags_for_resource")),
    parts=(
        Part(
            "aws_elasticache_user_group_association", "user_group_id", ("user_ids",), ("id", "user_group_id"), _member
        ),
    ),
    from_live=_from_live,
)
