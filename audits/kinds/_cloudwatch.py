"""What alarms of both sorts share. One listing tells of both, so it is asked for both and made once in a run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from audits.kind import Read, Reader
from audits.kinds._details import tag_pairs, told
from audits.model import Value

READS = (Read("cloudwatch", "describe_alarms"), Read("cloudwatch", "list_tags_for_resource"))


def alarms(reader: Reader, sort: str) -> list[dict[str, Any]]:
    """The ``MetricAlarms`` or the ``CompositeAlarms``. Only those asked for by name are in the answer."""
    return reader.pages("cloudwatch", "describe_alarms", sort, AlarmTypes=["MetricAlarm", "CompositeAlarm"])


def common(reader: Reader, alarm: Mapping[str, Any]) -> dict[str, Value]:
    """What every alarm has: its names, what it does, and its tags."""
    arn = alarm["AlarmArn"]
    return {
        "id": alarm["AlarmName"],
        "arn": arn,
        "alarm_name": alarm["AlarmName"],
        "alarm_description": alarm.get("AlarmDescription", ""),
        "actions_enabled": alarm.get("ActionsEnabled"),
        "alarm_actions": list(alarm.get("AlarmActions") or ()),
        "ok_actions": list(alarm.get("OKActions") or ()),
        "insufficient_data_actions": list(alarm.get("InsufficientDataActions") or ()),
        **told(
            reader,
            "cloudwatch",
            "list_tags_for_resource",
            lambda answer: {"tags": tag_pairs(answer.get("Tags"))},
            resource=arn,
            none={"tags": {}},
            ResourceARN=arn,
        ),
    }
