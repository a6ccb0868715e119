"""Subnet groups of ElastiCache.

Sources: provider documentation of ``aws_elasticache_subnet_group``; ElastiCache API Reference,
DescribeCacheSubnetGroups and ListTagsForResource.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from audits.kind import Default, Kind, Read, Reader
from audits.kinds._details import plan_default
from audits.kinds.aws_elasticache_cluster import tags_of
from audits.model import Resource, Value


def _from_live(reader: Reader) -> Iterable[Resource]:
    listed = reader.pages("elasticache", "describe_cache_subnet_groups", "CacheSubnetGroups")
    return reader.each(listed, partial(_group, reader))


def _group(reader: Reader, group: Mapping[str, Any]) -> Resource:
    name, arn = group["CacheSubnetGroupName"], group["ARN"]
    attributes: dict[str, Value] = {
        "id": name,
        "arn": arn,
        "name": name,
        "description": group.get("CacheSubnetGroupDescription"),
        "subnet_ids": [one["SubnetIdentifier"] for one in group.get("Subnets") or ()],
        "vpc_id": group.get("VpcId"),
        "tags": tags_of(reader, arn),
    }
    return reader.resource("aws_elasticache_subnet_group", arn, attributes)


KIND = Kind(
    type="aws_elasticache_subnet_group",
    identity=("name",),
    names=("id", "arn", "name"),
    reads=(Read("elasticache", "describe_cache_subnet_groups"), Read("elasticache", "list_tags_for_resource")),
    defaults={"description": Default("Managed by Terraform", plan_default("aws_elasticache_subnet_group"))},
    from_live=_from_live,
)
