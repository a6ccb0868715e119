"""Scheduled actions of Auto Scaling groups: which sizes a group gets at which time. ``-1`` leaves a size as it is.

Sources: provider documentation of ``aws_autoscaling_schedule``; Auto Scaling API Reference, DescribeScheduledActions (a
size that an action does not change is not in the answer).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from audits.kind import Default, Kind, Read, Reader
from audits.kinds.aws_instance import stamp
from audits.model import Resource

_ZERO = "provider documentation: the size defaults to 0, and -1 leaves it as it is"


def _from_live(reader: Reader) -> Iterable[Resource]:
    listed = reader.pages("autoscaling", "describe_scheduled_actions", "ScheduledUpdateGroupActions")
    return reader.each(listed, partial(_action, reader))


def _action(reader: Reader, action: Mapping[str, Any]) -> Resource:
    attributes = {
        "id": action["ScheduledActionName"],
        "arn": action.get("ScheduledActionARN", ""),
        "scheduled_action_name": action["ScheduledActionName"],
        "autoscaling_group_name": action["AutoScalingGroupName"],
        "min_size": action.get("MinSize", -1),
        "max_size": action.get("MaxSize", -1),
        "desired_capacity": action.get("DesiredCapacity", -1),
        "recurrence": action.get("Recurrence", ""),
        "start_time": stamp(action.get("StartTime")) or "",
        "end_time": stamp(action.get("EndTime")) or "",
        "time_zone": action.get("TimeZone", ""),
    }
    identity = attributes["arn"] or f"{action['AutoScalingGroupName']}/{action['ScheduledActionName']}"
    return reader.resource("aws_autoscaling_schedule", str(identity), attributes)


KIND = Kind(
    type="aws_autoscaling_schedule",
    identity=("autoscaling_group_name", "scheduled_action_name"),
    names=("arn",),
    reads=(Read("autoscaling", "describe_scheduled_actions"),),
    defaults={name: Default(0, _ZERO) for name in ("min_size", "max_size", "desired_capacity")},
    from_live=_from_live,
)
