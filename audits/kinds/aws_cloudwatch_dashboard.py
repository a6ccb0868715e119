"""Dashboards, with what they show as a structure.

"All dashboards in your account are global, not region-specific" (CloudWatch User Guide): they are read once. Sources:
provider documentation of ``aws_cloudwatch_dashboard``; CloudWatch API Reference, ListDashboards and GetDashboard
(``ResourceNotFound`` where it was deleted in between).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from audits.kind import Kind, Read, Reader
from audits.model import Resource, Unknown


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
    from_live=_from_live,
)
