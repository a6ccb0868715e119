"""Targets that are registered with a target group, by Terraform or by ECS and Auto Scaling.

Sources: provider documentation of ``aws_lb_target_group_attachment``; ELB API Reference (2015-12-01),
DescribeTargetHealth and TargetHealth (``Reason``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from audits.kind import Kind, Read, Reader
from audits.kinds.aws_lb_target_group import target_groups
from audits.model import Resource, Value

_GONE = frozenset({"Target.DeregistrationInProgress", "Target.NotRegistered"})


def _from_live(reader: Reader) -> Iterable[Resource]:
    found = reader.each(target_groups(reader), partial(_of_group, reader))
    return [target for targets in found for target in targets]


def _of_group(reader: Reader, group: Mapping[str, Any]) -> list[Resource]:
    arn = group["TargetGroupArn"]
    answer = reader.call("elbv2", "describe_target_health", TargetGroupArn=arn)
    return [_target(reader, arn, one) for one in answer["TargetHealthDescriptions"] if not _gone(one)]


def _gone(described: Mapping[str, Any]) -> bool:
    return (described.get("TargetHealth") or {}).get("Reason") in _GONE


def _target(reader: Reader, group: str, described: Mapping[str, Any]) -> Resource:
    target = described["Target"]
    port = target.get("Port")
    attributes: dict[str, Value] = {
        "target_group_arn": group,
        "target_id": target["Id"],
        "port": port,
        "availability_zone": target.get("AvailabilityZone", ""),
    }
    name = target["Id"] if port is None else f"{target['Id']}:{port}"
    return reader.resource("aws_lb_target_group_attachment", f"{group}/{name}", attributes)


KIND = Kind(
    type="aws_lb_target_group_attachment",
    identity=("target_group_arn", "target_id", "port"),
    names=(),
    reads=(Read("elbv2", "describe_target_groups"), Read("elbv2", "describe_target_health")),
    aliases=("aws_alb_target_group_attachment",),
    from_live=_from_live,
)
