"""Application Auto Scaling targets: between which bounds a resource may be scaled.

The API lists one service namespace a call. Where the checks name the namespaces that they are about, those are asked;
else every one is: a target that is not found is then really not there.
Sources: provider documentation of ``aws_appautoscaling_target``; Application Auto Scaling API Reference,
DescribeScalableTargets (namespaces: botocore 1.44.5's service model).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from audits.kind import Kind, Read, Reader
from audits.model import Cause, Resource, Unknown, Value

NAMESPACES = (
    "appstream",
    "cassandra",
    "comprehend",
    "custom-resource",
    "dynamodb",
    "ec2",
    "ecs",
    "elasticmapreduce",
    "kafka",
    "lambda",
    "rds",
    "sagemaker",
)
YOUNG = ("elasticache", "neptune", "workspaces")
"""Namespaces that came later: an endpoint may refuse them as no namespace of its own, and then it has none of these."""
REFUSED = ("ValidationException",)
_NOT_READ = Unknown(Cause.UNSUPPORTED, detail="this suite does not read it: application-autoscaling lists no tags")


def everywhere(
    reader: Reader, operation: str, result: str, convert: Callable[[dict[str, Any]], Resource]
) -> list[Resource]:
    """What a listing gives, over the service namespaces that are asked for, all if none is named.

    One that cannot be read hides nothing of the others.
    """
    wanted = (*NAMESPACES, *YOUNG) if reader.only is None else tuple(sorted(reader.only))

    def listed(namespace: str) -> list[Resource]:
        if namespace not in NAMESPACES and not _offered(reader, operation, namespace):
            return []
        found = reader.pages("application-autoscaling", operation, result, ServiceNamespace=namespace)
        return [convert(item) for item in found]

    return [resource for found in reader.each(wanted, listed) for resource in found]


def _offered(reader: Reader, operation: str, namespace: str) -> bool:
    """Whether the endpoint knows a namespace.

    It is all that the request holds, so it is all that can be refused as invalid. Any other failure is left for the
    listing itself to meet.
    """
    answer = reader.detail(
        "application-autoscaling",
        operation,
        resource=f"namespace {namespace}",
        attribute="service_namespace",
        ServiceNamespace=namespace,
    )
    return answer is not None


def _from_live(reader: Reader) -> list[Resource]:
    def convert(target: dict[str, Any]) -> Resource:
        return reader.resource("aws_appautoscaling_target", _identity(target), _attributes(target))

    return everywhere(reader, "describe_scalable_targets", "ScalableTargets", convert)


def _identity(target: Mapping[str, Any]) -> str:
    parts = (target["ServiceNamespace"], target["ResourceId"], target["ScalableDimension"])
    return str(target.get("ScalableTargetARN") or "/".join(parts))


def _without_idle(blocks: Value) -> Value:
    """Nothing suspended is no block: that is what AWS answers where none was asked for ("the default is false")."""
    if not isinstance(blocks, list):
        return blocks
    return [block for block in blocks if not isinstance(block, dict) or any(block.values())]


def _from_terraform(target: Resource) -> Resource:
    attributes = dict(target.attributes)
    if "suspended_state" in attributes:
        attributes["suspended_state"] = _without_idle(attributes["suspended_state"])
    return replace(target, attributes=attributes)


def _attributes(target: Mapping[str, Any]) -> dict[str, Value]:
    suspended = target.get("SuspendedState")
    state = suspended and {
        "dynamic_scaling_in_suspended": suspended.get("DynamicScalingInSuspended"),
        "dynamic_scaling_out_suspended": suspended.get("DynamicScalingOutSuspended"),
        "scheduled_scaling_suspended": suspended.get("ScheduledScalingSuspended"),
    }
    return {
        "id": target["ResourceId"],
        "arn": target.get("ScalableTargetARN"),
        "service_namespace": target["ServiceNamespace"],
        "resource_id": target["ResourceId"],
        "scalable_dimension": target["ScalableDimension"],
        "min_capacity": target["MinCapacity"],
        "max_capacity": target["MaxCapacity"],
        "role_arn": target.get("RoleARN"),
        "suspended_state": _without_idle([state] if state else []),
        "tags": _NOT_READ,
        "tags_all": _NOT_READ,
    }


KIND = Kind(
    type="aws_appautoscaling_target",
    identity=("service_namespace", "resource_id", "scalable_dimension"),
    # the provider's id is the resource_id, which several dimensions may share; policies name it, too
    names=("id", "arn", "resource_id"),
    reads=(Read("application-autoscaling", "describe_scalable_targets", absent=REFUSED),),
    in_parts_by="service_namespace",
    from_terraform=_from_terraform,
    from_live=_from_live,
)
