from __future__ import annotations

import json

from audits.kinds.aws_cloudwatch_dashboard import KIND
from tests.kinds.support import DENIED, Absent, declared, in_account, in_source, live
from tests.planes.live.world import moto_account

BODY = {"widgets": [{"type": "metric", "properties": {"metrics": [["AWS/ECS", "CPUUtilization"]], "title": "t"}}]}


def test_both_planes_show_what_is_on_it() -> None:
    with moto_account() as world:
        world.client("cloudwatch").put_dashboard(DashboardName="d", DashboardBody=json.dumps(BODY))
        found = in_account(KIND, world.only(KIND, dashboard_name="d"))
    configured = in_source(
        KIND, declared("aws_cloudwatch_dashboard", dashboard_name="d", dashboard_body=json.dumps(BODY))
    )
    assert found.attributes["dashboard_body"] == configured.attributes["dashboard_body"] == BODY
    assert found.key == configured.key == "d" and ":dashboard/d" in found.identity


def test_one_that_is_deleted_meanwhile_is_not_there_and_one_that_is_denied_is() -> None:
    entry = {"DashboardName": "d", "DashboardArn": "arn:aws:cloudwatch::123456789012:dashboard/d"}
    listed = {("cloudwatch", "list_dashboards"): {"DashboardEntries": [entry]}}
    assert live(KIND, {**listed, ("cloudwatch", "get_dashboard"): Absent("ResourceNotFound")}) == []
    (found,) = live(KIND, {**listed, ("cloudwatch", "get_dashboard"): DENIED})
    assert found.attributes["dashboard_body"] == DENIED
