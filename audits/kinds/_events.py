"""What the kinds of EventBridge share: the rules of every bus."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from audits.kind import Read, Reader
from audits.model import Resource

BUSES = Read("events", "list_event_buses")
RULES = Read("events", "list_rules")
TAGS = Read("events", "list_tags_for_resource")


def rules(reader: Reader, convert: Callable[[Mapping[str, Any]], list[Resource]]) -> list[Resource]:
    """What ``convert`` makes of every rule of every bus."""

    def of(bus: Mapping[str, Any]) -> list[Resource]:
        listed = reader.pages("events", "list_rules", "Rules", EventBusName=bus["Name"])
        return [one for found in reader.each(listed, convert) for one in found]

    buses = reader.pages("events", "list_event_buses", "EventBuses")
    return [one for found in reader.each(buses, of) for one in found]
