"""Parameter groups of ElastiCache, with the parameters that were set in them.

Sources: provider documentation of ``aws_elasticache_parameter_group``; ElastiCache API Reference,
DescribeCacheParameterGroups and DescribeCacheParameters (``Source`` = ``user``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from audits.kind import Default, Kind, Read, Reader
from audits.kinds._details import plan_default
from audits.kinds.aws_elasticache_cluster import tags_of
from audits.kinds.aws_vpc import not_read
from audits.model import Resource, Unknown, Value


def _from_live(reader: Reader) -> Iterable[Resource]:
    listed = reader.pages("elasticache", "describe_cache_parameter_groups", "CacheParameterGroups")
    return reader.each(listed, partial(_group, reader))


def _group(reader: Reader, group: Mapping[str, Any]) -> Resource:
    name, arn = group["CacheParameterGroupName"], group["ARN"]
    # "default.…" are AWS's own; nothing can be set in them (ElastiCache User Guide, parameter groups).
    own = not name.startswith("default.")
    attributes: dict[str, Value] = {
        "id": name,
        "arn": arn,
        "name": name,
        "family": group.get("CacheParameterGroupFamily"),
        "description": group.get("Description"),
        "parameter": _parameters(reader, name, arn) if own else [],
        "tags": tags_of(reader, arn) if own else not_read("elasticache:ListTagsForResource"),
    }
    return reader.resource("aws_elasticache_parameter_group", arn, attributes)


def _parameters(reader: Reader, name: str, arn: str) -> Value:
    answer = reader.detail(
        "elasticache",
        "describe_cache_parameters",
        resource=arn,
        attribute="parameter",
        CacheParameterGroupName=name,
        Source="user",
    )
    if isinstance(answer, Unknown):
        return answer
    return [
        {"name": one["ParameterName"].lower(), "value": one["ParameterValue"]}
        for one in (answer or {})["Parameters"]
        if one.get("ParameterValue") is not None
    ]


KIND = Kind(
    type="aws_elasticache_parameter_group",
    identity=("name",),
    names=("id", "arn", "name"),
    reads=(
        Read("elasticache", "describe_cache_parameter_groups"),
        Read("elasticache", "describe_cache_parameters"),
        Read("elasticache", "list_tags_for_resource"),
    ),
    defaults={"description": Default("Managed by Terraform", plan_default("aws_elasticache_parameter_group"))},
    from_live=_from_live,
)
