from __future__ import annotations

import json
from typing import Any

import pytest

from audits.kinds.aws_cloudwatch_dashboard import KIND, shown
from audits.model import Cause, Unknown
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


CPU = {"namespace": "AWS/ECS", "metric_name": "CPUUtilization", "dimensions": {"ServiceName": "api"}}
HIDDEN_AS = Unknown(Cause.COMPUTED)


def widget(*rows: Any, **properties: Any) -> dict[str, Any]:
    return {"widgets": [{"type": "metric", "properties": {"metrics": list(rows), **properties}}]}


def test_both_planes_list_the_metrics() -> None:
    body = json.dumps(widget(["AWS/ECS", "CPUUtilization", "ServiceName", "api", {"stat": "Maximum"}]))
    with moto_account() as world:
        world.client("cloudwatch").put_dashboard(DashboardName="d", DashboardBody=body)
        found = in_account(KIND, world.only(KIND, dashboard_name="d"))
    configured = in_source(KIND, declared("aws_cloudwatch_dashboard", dashboard_name="d", dashboard_body=body))
    assert found.attributes["metrics"] == configured.attributes["metrics"] == [CPU]


def test_dots_take_what_the_row_before_has() -> None:
    rows = [["AWS/ECS", "CPUUtilization", "ServiceName", "api"], [".", "MemoryUtilization", ".", "."], ["...", "web"]]
    memory = {**CPU, "metric_name": "MemoryUtilization"}
    assert shown(widget(*rows)) == [CPU, memory, {**memory, "dimensions": {"ServiceName": "web"}}]


@pytest.mark.parametrize(
    ("beside", "said"),
    [
        (widget([{"expression": "SEARCH('{AWS/RDS}', 'Average')"}]), "expression"),
        (widget(["AWS/RDS", "CPUUtilization", {"visible": False}]), "hidden"),
        (widget(["AWS/RDS"]), "too short"),
        (widget("AWS/RDS"), "no list"),
        ({"widgets": [{"type": "explorer", "properties": {"metrics": []}}]}, "explorer"),
        ({"widgets": [{"type": "metric", "properties": {"annotations": {"alarms": ["arn"]}}}]}, "alarm"),
        ({"widgets": [HIDDEN_AS]}, ""),
        ({"widgets": HIDDEN_AS}, ""),
        ({"widgets": [{"type": HIDDEN_AS}]}, ""),
        (widget(HIDDEN_AS), ""),
    ],
)
def test_what_a_body_does_not_tell_leaves_the_list_open(beside: dict[str, Any], said: str) -> None:
    alone = shown(beside)
    assert isinstance(alone, Unknown) and alone.open and alone.partial == [] and said in alone.detail
    if isinstance(beside["widgets"], list):
        plain = widget(["AWS/ECS", "CPUUtilization", "ServiceName", "api"])["widgets"]
        together = shown({"widgets": [*plain, *beside["widgets"]]})
        assert isinstance(together, Unknown) and together.open and together.partial == [CPU]


def test_an_unknown_name_stays_in_its_row() -> None:
    assert shown(widget(["AWS/ECS", HIDDEN_AS])) == [
        {"namespace": "AWS/ECS", "metric_name": HIDDEN_AS, "dimensions": {}}
    ]
    partial = Unknown(Cause.COMPUTED, partial=widget(["AWS/ECS", "CPUUtilization", "ServiceName", "api"]))
    assert shown(partial) == [CPU]


def test_text_shows_no_metric_and_no_body_shows_nothing() -> None:
    assert shown({"widgets": [{"type": "text", "properties": {"markdown": "CPUUtilization"}}]}) == []
    assert shown(None) is None
    assert shown(DENIED) == DENIED
    broken = shown("{")
    assert isinstance(broken, Unknown) and broken.cause is Cause.INVALID
