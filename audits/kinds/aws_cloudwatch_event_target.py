"""What the rules of EventBridge start. What they hand over (input, headers) may hold a secret and is never shown.

Sources: provider documentation of ``aws_cloudwatch_event_target``; EventBridge API Reference, ListRules and
ListTargetsByRule. Of targets with settings of their own only those of ECS, queues and retries are read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from audits.kind import Default, Kind, Read, Reader
from audits.kinds._details import OF_TERRAFORM, plan_default
from audits.kinds._events import BUSES, RULES, rules
from audits.kinds.aws_vpc import not_read
from audits.model import Resource, Value

_PLAN = plan_default("aws_cloudwatch_event_target")
_NOT_READ = (
    "appsync_target",
    "batch_target",
    "http_target",
    "input_transformer",
    "kinesis_target",
    "redshift_target",
    "run_command_targets",
    "sagemaker_pipeline_target",
)


def _from_live(reader: Reader) -> Iterable[Resource]:
    def targets(rule: Mapping[str, Any]) -> list[Resource]:
        bus = rule.get("EventBusName", "default")
        found = reader.pages("events", "list_targets_by_rule", "Targets", Rule=rule["Name"], EventBusName=bus)
        return [_target(reader, bus, rule["Name"], one) for one in found]

    return rules(reader, targets)


def _target(reader: Reader, bus: str, rule: str, target: Mapping[str, Any]) -> Resource:
    prefix = f"{rule}-{target['Id']}"
    identifier = prefix if bus == "default" else f"{bus}-{prefix}"
    retry, dead, ecs, queue = (
        target.get(name) for name in ("RetryPolicy", "DeadLetterConfig", "EcsParameters", "SqsParameters")
    )
    attributes: dict[str, Value] = {
        **dict.fromkeys(_NOT_READ, not_read("no further call, but a translation of its own")),
        "id": identifier,
        "arn": target["Arn"],
        "event_bus_name": bus,
        "rule": rule,
        "target_id": target["Id"],
        "input": target.get("Input", ""),
        "input_path": target.get("InputPath", ""),
        "role_arn": target.get("RoleArn", ""),
        "force_destroy": OF_TERRAFORM,
        "dead_letter_config": [{"arn": dead.get("Arn", "")}] if dead else [],
        "retry_policy": [
            {
                "maximum_event_age_in_seconds": retry.get("MaximumEventAgeInSeconds", 0),
                "maximum_retry_attempts": retry.get("MaximumRetryAttempts", 0),
            }
        ]
        if retry
        else [],
        "sqs_target": [{"message_group_id": queue.get("MessageGroupId")}] if queue else [],
        "ecs_target": [_ecs(ecs)] if ecs else [],
    }
    return reader.resource("aws_cloudwatch_event_target", f"{bus}/{rule}/{target['Id']}", attributes)


def _ecs(found: Mapping[str, Any]) -> dict[str, Value]:
    network = (found.get("NetworkConfiguration") or {}).get("awsvpcConfiguration")
    return {
        "task_definition_arn": found["TaskDefinitionArn"],
        "task_count": found.get("TaskCount", 1),
        "launch_type": found.get("LaunchType", ""),
        "platform_version": found.get("PlatformVersion", ""),
        "group": found.get("Group", ""),
        "enable_ecs_managed_tags": found.get("EnableECSManagedTags", False),
        "enable_execute_command": found.get("EnableExecuteCommand", False),
        "propagate_tags": found.get("PropagateTags", ""),
        "tags": {one["Key"]: one["Value"] for one in found.get("Tags") or ()},
        "capacity_provider_strategy": [
            {"capacity_provider": one["capacityProvider"], "weight": one.get("weight", 0), "base": one.get("base", 0)}
            for one in found.get("CapacityProviderStrategy") or ()
        ],
        "network_configuration": [
            {
                "assign_public_ip": network.get("AssignPublicIp") == "ENABLED",
                "security_groups": list(network.get("SecurityGroups") or ()),
                "subnets": list(network.get("Subnets") or ()),
            }
        ]
        if network
        else [],
        "ordered_placement_strategy": [
            {"type": one.get("type"), "field": one.get("field", "")} for one in found.get("PlacementStrategy") or ()
        ],
        "placement_constraint": [
            {"type": one.get("type"), "expression": one.get("expression", "")}
            for one in found.get("PlacementConstraints") or ()
        ],
    }


KIND = Kind(
    type="aws_cloudwatch_event_target",
    identity=("rule", "target_id"),
    names=("id",),
    reads=(BUSES, RULES, Read("events", "list_targets_by_rule")),
    secrets=(
        "input",
        "input_transformer[*].input_template",
        "http_target[*].header_parameters",
        "http_target[*].query_string_parameters",
    ),
    defaults={"event_bus_name": Default("default", _PLAN), "force_destroy": Default(False, _PLAN)},
    from_live=_from_live,
)
