"""Schedules of EventBridge Scheduler. What they hand over (input) may hold a secret and is never shown.

Sources: provider documentation of ``aws_scheduler_schedule``; EventBridge Scheduler API Reference, ListSchedules (of
all groups) and GetSchedule.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from audits.kind import Default, Kind, Read, Reader
from audits.kinds._details import plan_default, told
from audits.kinds.aws_iam_role import timestamp
from audits.model import Cause, Resource, Unknown, Value

_PLAN = plan_default("aws_scheduler_schedule")
_NOT_READ = Unknown(Cause.UNSUPPORTED, detail="this suite does not translate it from what scheduler:GetSchedule tells")


def _from_live(reader: Reader) -> Iterable[Resource]:
    return reader.each(reader.pages("scheduler", "list_schedules", "Schedules"), partial(_schedule, reader))


def _schedule(reader: Reader, listed: Mapping[str, Any]) -> Resource:
    name, group, arn = listed["Name"], listed["GroupName"], listed["Arn"]
    attributes: dict[str, Value] = {
        "id": f"{group}/{name}",
        "arn": arn,
        "name": name,
        "group_name": group,
        "state": listed.get("State"),
        **told(
            reader,
            "scheduler",
            "get_schedule",
            _described,
            resource=arn,
            none=_described({}),
            GroupName=group,
            Name=name,
        ),
    }
    return reader.resource("aws_scheduler_schedule", arn, attributes)


def _described(found: Mapping[str, Any]) -> dict[str, Value]:
    window, target = found.get("FlexibleTimeWindow"), found.get("Target")
    return {
        "description": found.get("Description", ""),
        "start_date": timestamp(found.get("StartDate")) or "",
        "end_date": timestamp(found.get("EndDate")) or "",
        "kms_key_arn": found.get("KmsKeyArn", ""),
        "schedule_expression": found.get("ScheduleExpression"),
        "schedule_expression_timezone": found.get("ScheduleExpressionTimezone"),
        "flexible_time_window": [
            {"mode": window.get("Mode"), "maximum_window_in_minutes": window.get("MaximumWindowInMinutes", 0)}
        ]
        if window
        else [],
        "target": [_target(target)] if target else [],
    }


def _target(found: Mapping[str, Any]) -> dict[str, Value]:
    dead, retry, queue = (found.get(name) for name in ("DeadLetterConfig", "RetryPolicy", "SqsParameters"))
    own = {
        "ecs_parameters": "EcsParameters",
        "eventbridge_parameters": "EventBridgeParameters",
        "kinesis_parameters": "KinesisParameters",
        "sagemaker_pipeline_parameters": "SageMakerPipelineParameters",
    }
    return {
        "arn": found["Arn"],
        "role_arn": found["RoleArn"],
        "input": found.get("Input", ""),
        "dead_letter_config": [{"arn": dead.get("Arn")}] if dead else [],
        "retry_policy": [
            {
                "maximum_event_age_in_seconds": retry.get("MaximumEventAgeInSeconds"),
                "maximum_retry_attempts": retry.get("MaximumRetryAttempts"),
            }
        ]
        if retry
        else [],
        "sqs_parameters": [{"message_group_id": queue.get("MessageGroupId")}] if queue else [],
        **{name: _NOT_READ if found.get(key) else [] for name, key in own.items()},
    }


KIND = Kind(
    type="aws_scheduler_schedule",
    identity=("name",),
    names=("id", "arn", "name"),
    reads=(Read("scheduler", "list_schedules"), Read("scheduler", "get_schedule")),
    secrets=("target[*].input",),
    defaults={
        "schedule_expression_timezone": Default("UTC", _PLAN),
        "state": Default("ENABLED", _PLAN),
        "target[*].retry_policy[*].maximum_event_age_in_seconds": Default(86400, "provider 5.100 schema default"),
        "target[*].retry_policy[*].maximum_retry_attempts": Default(185, "provider 5.100 schema default"),
    },
    from_live=_from_live,
)
