"""Alarms on other alarms.

Sources: provider documentation of ``aws_cloudwatch_composite_alarm``; CloudWatch API Reference, DescribeAlarms and
ListTagsForResource.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from audits.kind import Default, Kind, Reader
from audits.kinds._cloudwatch import READS, alarms, common
from audits.kinds._details import plan_default
from audits.model import Resource, Value


def _from_live(reader: Reader) -> Iterable[Resource]:
    return reader.each(alarms(reader, "CompositeAlarms"), partial(_alarm, reader))


def _alarm(reader: Reader, alarm: Mapping[str, Any]) -> Resource:
    suppressor = alarm.get("ActionsSuppressor")
    attributes: dict[str, Value] = {
        **common(reader, alarm),
        "alarm_rule": alarm.get("AlarmRule"),
        "actions_suppressor": [
            {
                "alarm": suppressor,
                "extension_period": alarm.get("ActionsSuppressorExtensionPeriod"),
                "wait_period": alarm.get("ActionsSuppressorWaitPeriod"),
            }
        ]
        if suppressor
        else [],
    }
    return reader.resource("aws_cloudwatch_composite_alarm", alarm["AlarmArn"], attributes)


KIND = Kind(
    type="aws_cloudwatch_composite_alarm",
    identity=("alarm_name",),
    names=("id", "arn", "alarm_name"),
    reads=READS,
    defaults={"actions_enabled": Default(True, plan_default("aws_cloudwatch_composite_alarm"))},
    from_live=_from_live,
)
