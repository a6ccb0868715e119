"""Rules of EventBridge: what happens on a schedule, or when an event matches.

Sources: provider documentation of ``aws_cloudwatch_event_rule``; EventBridge API Reference, ListEventBuses, ListRules
(of one bus, without it of the default one) and ListTagsForResource.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from audits.kind import Default, Kind, Reader
from audits.kinds._details import OF_TERRAFORM, plan_default, tag_pairs, told
from audits.kinds._events import BUSES, RULES, TAGS, rules
from audits.model import Resource, Value

_PLAN = plan_default("aws_cloudwatch_event_rule")


def _from_live(reader: Reader) -> Iterable[Resource]:
    return rules(reader, lambda rule: [_rule(reader, rule)])


def _rule(reader: Reader, rule: Mapping[str, Any]) -> Resource:
    name, arn, bus = rule["Name"], rule["Arn"], rule.get("EventBusName", "default")
    attributes: dict[str, Value] = {
        "id": name if bus == "default" else f"{bus}/{name}",
        "arn": arn,
        "name": name,
        "description": rule.get("Description", ""),
        "event_bus_name": bus,
        "event_pattern": rule.get("EventPattern", ""),
        "is_enabled": rule.get("State") != "DISABLED",
        "role_arn": rule.get("RoleArn", ""),
        "schedule_expression": rule.get("ScheduleExpression", ""),
        "state": rule.get("State"),
        "force_destroy": OF_TERRAFORM,
        **told(
            reader,
            "events",
            "list_tags_for_resource",
            lambda answer: {"tags": tag_pairs(answer.get("Tags"))},
            resource=arn,
            none={"tags": {}},
            ResourceARN=arn,
        ),
    }
    return reader.resource("aws_cloudwatch_event_rule", arn, attributes)


KIND = Kind(
    type="aws_cloudwatch_event_rule",
    identity=("event_bus_name", "name"),
    names=("id", "arn", "name"),
    reads=(BUSES, RULES, TAGS),
    documents=("event_pattern",),
    defaults={"event_bus_name": Default("default", _PLAN), "force_destroy": Default(False, _PLAN)},
    from_live=_from_live,
)
