"""Dashboards, with what they show as a structure, and the metrics on them as a list of their own.

"All dashboards in your account are global, not region-specific" (CloudWatch User Guide): they are read once. Sources:
provider documentation of ``aws_cloudwatch_dashboard``; CloudWatch API Reference, ListDashboards and GetDashboard
(``ResourceNotFound`` where it was deleted in between), and "Dashboard body structure and syntax".
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from audits.kind import Kind, Read, Reader
from audits.model import Cause, Resource, Unknown, Value

_SAME, _SAME_ALL = ".", "..."
_PLAIN = ("text", "log", "alarm")
"""Types of widget that show no metric of their own."""


def shown(body: Value) -> Value:
    """The metrics that a dashboard shows: ``[{namespace, metric_name, dimensions: {name: value}}]``.

    ``.`` and ``...`` stand for what the row before has there (Dashboard body structure, "Metrics array format"). What a
    search expression, an explorer, a hidden metric or an alarm's graph shows is not told by the body: the list is then
    open, an :class:`Unknown` that holds what is certain.
    """
    if isinstance(body, Unknown) and isinstance(body.partial, dict):
        return shown(body.partial)
    if isinstance(body, str):
        try:
            body = json.loads(body)
        except ValueError:
            return Unknown(Cause.INVALID, detail="dashboard_body is not JSON")
    if not isinstance(body, dict):
        return body if isinstance(body, Unknown) else None
    certain: list[Value] = []
    doubts: list[str | Unknown] = []
    for widget in _listed(body.get("widgets", []), doubts):
        found, more = _of_widget(widget)
        certain += found
        doubts += more
    if not doubts:
        return certain
    first = next((one for one in doubts if isinstance(one, Unknown)), None)
    said = "; ".join(dict.fromkeys(one for one in doubts if isinstance(one, str)))
    base = first or Unknown(Cause.UNSUPPORTED, detail=said)
    return replace(base, partial=certain, parts=(), open=True, length=None)


def _listed(value: Value, doubts: list[str | Unknown]) -> list[Value]:
    """The elements that are certain of what should be a list."""
    if isinstance(value, Unknown):
        doubts.append(value)
        return value.partial if isinstance(value.partial, list) else []
    return value if isinstance(value, list) else []


def _of_widget(widget: Value) -> tuple[list[Value], list[str | Unknown]]:
    doubts: list[str | Unknown] = []
    if isinstance(widget, Unknown):
        if not isinstance(widget.partial, dict):
            return [], [widget]
        widget = widget.partial
    if not isinstance(widget, dict) or widget.get("type") in _PLAIN:
        return [], []
    kind, properties = widget.get("type"), widget.get("properties", {})
    if isinstance(properties, Unknown):
        properties = properties.partial if isinstance(properties.partial, dict) else properties
    unknown = next((one for one in (kind, properties) if isinstance(one, Unknown)), None)
    if unknown is not None:
        return [], [unknown]
    if kind != "metric":
        return [], [f"what a widget of type {kind} shows is not in the dashboard"]
    if not isinstance(properties, dict):
        return [], []
    if "metrics" not in properties:
        return [], ["a widget shows the metric of an alarm"] if properties.get("annotations") else []
    return _rows(_listed(properties["metrics"], doubts), doubts), doubts


def _rows(rows: Sequence[Value], doubts: list[str | Unknown]) -> list[Value]:
    found: list[Value] = []
    before: list[Value] = []
    for row in rows:
        if isinstance(row, Unknown):
            row = row.partial if isinstance(row.partial, list) and not row.open else row
        if not isinstance(row, list):
            doubts.append(row if isinstance(row, Unknown) else "a row of metrics is no list")
            before = []
            continue
        options = row[-1] if row and isinstance(row[-1], dict) else {}
        if "expression" in options:
            # Arithmetic shows nothing but other rows; a search shows what it finds.
            doubts.append("what an expression shows is told only when it is shown")
            continue
        cells = _written_out([one for one in row if not isinstance(one, dict)], before)
        before = cells
        if len(cells) < 2:
            doubts.append("a row of metrics is too short")
        elif options.get("visible", True) is not True:
            doubts.append("a metric is hidden")
        else:
            dimensions = {str(name): value for name, value in zip(cells[2::2], cells[3::2], strict=False)}
            found.append({"namespace": cells[0], "metric_name": cells[1], "dimensions": dimensions})
    return found


def _written_out(cells: list[Value], before: Sequence[Value]) -> list[Value]:
    """A row with what it takes from the one before."""
    if _SAME_ALL in cells:
        place = cells.index(_SAME_ALL)
        after = cells[place + 1 :]
        cells = [*cells[:place], *before[place : max(place, len(before) - len(after))], *after]
    return [before[place] if one == _SAME and place < len(before) else one for place, one in enumerate(cells)]


def _from_terraform(dashboard: Resource) -> Resource:
    body = dashboard.attributes.get("dashboard_body")
    return replace(dashboard, attributes={**dashboard.attributes, "metrics": shown(body)})


def _from_live(reader: Reader) -> Iterable[Resource]:
    found = reader.each(reader.pages("cloudwatch", "list_dashboards", "DashboardEntries"), partial(_dashboard, reader))
    return [dashboard for dashboards in found for dashboard in dashboards]


def _dashboard(reader: Reader, entry: Mapping[str, Any]) -> list[Resource]:
    name, arn = entry["DashboardName"], entry["DashboardArn"]
    answer = reader.detail("cloudwatch", "get_dashboard", resource=arn, attribute="dashboard_body", DashboardName=name)
    if answer is None:
        return []
    body = answer if isinstance(answer, Unknown) else answer.get("DashboardBody")
    attributes = {"id": name, "dashboard_arn": arn, "dashboard_name": name, "dashboard_body": body}
    attributes["metrics"] = shown(body)
    return [reader.resource("aws_cloudwatch_dashboard", arn, attributes)]


KIND = Kind(
    type="aws_cloudwatch_dashboard",
    identity=("dashboard_name",),
    names=("id", "dashboard_arn", "dashboard_name"),
    scope="global",
    reads=(
        Read("cloudwatch", "list_dashboards"),
        Read("cloudwatch", "get_dashboard", absent=("ResourceNotFound", "DashboardNotFoundError")),
    ),
    documents=("dashboard_body",),
    extra={"metrics": ["list", "dynamic"]},
    from_terraform=_from_terraform,
    from_live=_from_live,
)
