"""Whatever is hidden of alarms, groups, instances and routes decides nothing that was not decided before."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audits import kinds
from audits.model import Gap, Observation, Plane, Resource
from audits.relations import alarms, kept
from audits.view import View
from tests.relations import alarm_world as watch
from tests.relations import kept_world as nat
from tests.relations import relation_world as world
from tests.relations.test_three_values import UNDECIDED, hidden

SETTINGS = settings(max_examples=150, deadline=None)
WANTED = (watch.CPU, watch.MEMORY, watch.ERRORS, watch.DOWN)
CHANGES: tuple[dict[str, Any], ...] = (
    {},
    {"threshold": 3},
    {"statistic": "SampleCount"},
    {"alarm_actions": []},
    {"actions_enabled": False},
    {"period": 60, "evaluation_periods": 5, "datapoints_to_alarm": 5},
    {"dimensions": {"Other": "x"}},
    {"treat_missing_data": "notBreaching"},
)
ALARM_KINDS = ("aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm", "aws_autoscaling_group")
OTHERS: tuple[dict[str, Any], ...] = (
    {},
    {"aws_autoscaling_group": {"min_size": 0}},
    {"aws_autoscaling_group": {"suspended_processes": ["Launch"]}},
    {"aws_launch_template": {"instance_type": "t4g.large"}},
    {"aws_instance": {"instance_type": "t4g.large", "root_block_device": [{"volume_size": 100}]}},
    {"aws_network_interface": {"source_dest_check": True, "attachment": []}},
    {"aws_route_table": {"route": []}},
)


def seen(resources: list[Resource], plane: Plane, *gaps: Gap) -> View:
    return View(Observation(plane, tuple(resources), gaps), kinds.registry())


def alarm_states(wanted: Any, view: View) -> dict[str, str]:
    return world.states(alarms.RELATION, {"alarm": wanted}, view)


def kept_states(view: View) -> dict[str, str]:
    return world.states(kept.RELATION, {"kept": nat.BODY}, view)


def compare(before: dict[str, str], after: dict[str, str]) -> None:
    deviates = {"fail", "absent"} & set(before.values())
    for path, state in after.items():
        # An alarm that is surely wrong and only perhaps watches it, is none as documented.
        assert state in {before[path], *UNDECIDED, *(("absent",) if deviates else ())}, path
    assert deviates or set(after.values()) <= {"pass", *UNDECIDED}


@st.composite
def watched(draw: st.DrawFn, plane: Plane) -> tuple[Any, list[Resource]]:
    wanted = draw(st.sampled_from(WANTED))
    one = watch.alarm(plane, wanted, **draw(st.sampled_from(CHANGES)))
    outer = [watch.composite(plane, "ALARM(one) OR ALARM(two)")] if draw(st.booleans()) else []
    return wanted, [*watch.things(plane), one, *outer]


@pytest.mark.parametrize("plane", watch.PLANES)
@SETTINGS
@given(st.data())
def test_an_unknown_part_of_an_alarm_only_makes_undecided(plane: Plane, data: st.DataObject) -> None:
    wanted, resources = data.draw(watched(plane))
    after = data.draw(hidden(resources, tuple({one.kind for one in resources} & set(ALARM_KINDS))))
    compare(alarm_states(wanted, seen(resources, plane)), alarm_states(wanted, seen(after, plane)))


@pytest.mark.parametrize("plane", watch.PLANES)
@SETTINGS
@given(st.data())
def test_an_alarm_behind_a_gap_only_makes_undecided(plane: Plane, data: st.DataObject) -> None:
    wanted, resources = data.draw(watched(plane))
    kind = data.draw(st.sampled_from(sorted({one.kind for one in resources})))
    left = [one for one in resources if one.kind != kind]
    # In source a reference stands for what it names, whether that was read or not.
    after = alarm_states(wanted, seen(left, plane, watch.gap(kind)))
    compare(alarm_states(wanted, seen(resources, plane)), after)


@pytest.mark.parametrize("plane", nat.PLANES)
@SETTINGS
@given(st.data())
def test_an_unknown_part_of_what_is_kept_only_makes_undecided(plane: Plane, data: st.DataObject) -> None:
    changes = data.draw(st.sampled_from(OTHERS))
    resources = nat.resources(plane, changes)
    # Of a name it is not certain which is meant, which other tests are about.
    after = data.draw(hidden(resources, tuple({one.kind for one in resources} - {"aws_ecs_service"})))
    compare_each(kept_states(seen(resources, plane)), kept_states(seen(after, plane)))


@pytest.mark.parametrize("plane", nat.PLANES)
@SETTINGS
@given(st.data())
def test_what_is_kept_behind_a_gap_only_makes_undecided(plane: Plane, data: st.DataObject) -> None:
    resources = nat.resources(plane, data.draw(st.sampled_from(OTHERS)))
    kind = data.draw(st.sampled_from(sorted({one.kind for one in resources} | {"aws_autoscaling_schedule"})))
    left = [one for one in resources if one.kind != kind]
    compare_each(kept_states(seen(resources, plane)), kept_states(seen(left, plane, nat.gap(kind))))


def compare_each(before: dict[str, str], after: dict[str, str]) -> None:
    for path, state in after.items():
        assert state in {before[path], *UNDECIDED}, path
