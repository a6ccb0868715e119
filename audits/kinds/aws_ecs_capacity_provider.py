"""ECS capacity providers of the account's own; ``FARGATE`` and ``FARGATE_SPOT`` are AWS's and left out.

Sources: provider documentation of ``aws_ecs_capacity_provider``; ECS API Reference, DescribeCapacityProviders and
CapacityProvider (``status``: a deleted one is INACTIVE for a while).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from audits.kind import Kind, Read, Reader
from audits.kinds._shapes import named
from audits.kinds.aws_ecs_cluster import tags_of
from audits.model import Resource, Value

_OF_AWS = frozenset({"FARGATE", "FARGATE_SPOT"})
_SCALING = (
    ("instance_warmup_period", "instanceWarmupPeriod"),
    ("maximum_scaling_step_size", "maximumScalingStepSize"),
    ("minimum_scaling_step_size", "minimumScalingStepSize"),
    ("status", "status"),
    ("target_capacity", "targetCapacity"),
)


def _from_live(reader: Reader) -> Iterable[Resource]:
    listed = reader.pages("ecs", "describe_capacity_providers", "capacityProviders", include=["TAGS"])
    found = reader.each(listed, partial(_provider, reader))
    return [provider for providers in found for provider in providers]


def _provider(reader: Reader, provider: Mapping[str, Any]) -> list[Resource]:
    if provider["name"] in _OF_AWS or provider.get("status") == "INACTIVE":
        return []
    arn = provider["capacityProviderArn"]
    attributes: dict[str, Value] = {
        "id": arn,
        "arn": arn,
        "name": provider["name"],
        "auto_scaling_group_provider": _groups(provider.get("autoScalingGroupProvider")),
        "tags": tags_of(provider.get("tags") or ()),
    }
    return [reader.resource("aws_ecs_capacity_provider", arn, attributes)]


def _groups(provider: Mapping[str, Any] | None) -> list[Value]:
    if not provider:
        return []
    scaling = provider.get("managedScaling")
    return [
        {
            "auto_scaling_group_arn": provider["autoScalingGroupArn"],
            "managed_draining": provider.get("managedDraining", ""),
            "managed_termination_protection": provider.get("managedTerminationProtection", ""),
            "managed_scaling": [named(scaling, _SCALING)] if scaling else [],
        }
    ]


KIND = Kind(
    type="aws_ecs_capacity_provider",
    identity=("name",),
    names=("id", "arn", "name"),
    reads=(Read("ecs", "describe_capacity_providers"),),
    from_live=_from_live,
)
