"""Alarms by what they watch: each way to miss it is found, each other way to write it is not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from audits import kinds
from audits.model import Cause, Plane, Unknown
from audits.relation import BodyError
from audits.relations.alarms import RELATION, kinds_of
from tests.relations import alarm_world as alarms
from tests.relations import relation_world as world
from tests.relations.alarm_world import CPU, DOWN, ERRORS, MEMORY, PLANES

both = pytest.mark.parametrize("plane", PLANES)
WANTED = {"cpu": CPU, "memory": MEMORY, "errors": ERRORS, "down": DOWN}


@both
@pytest.mark.parametrize("name", WANTED)
def test_the_documented_alarm_passes_whatever_its_name(plane: Plane, name: str) -> None:
    view = alarms.alone(plane, WANTED[name], name="whatever")
    assert alarms.wrong(WANTED[name], view) == {}


@both
@pytest.mark.parametrize(
    ("name", "path", "changes"),
    [
        ("cpu", "threshold", {"threshold": 90}),
        ("cpu", "threshold", {"threshold": 0.8}),
        ("cpu", "threshold", {"comparison_operator": "LessThanThreshold"}),
        ("cpu", "threshold", {"comparison_operator": "GreaterThanOrEqualToThreshold"}),
        ("cpu", "threshold", {"threshold": None, "threshold_metric_id": "band"}),
        ("cpu", "statistic", {"statistic": "Minimum"}),
        ("cpu", "statistic", {"statistic": None, "extended_statistic": "p10"}),
        ("cpu", "notifies", {"alarm_actions": []}),
        ("cpu", "notifies", {"alarm_actions": None}),
        ("cpu", "notifies", {"actions_enabled": False}),
        ("memory", "threshold", {"threshold": 200}),
        ("memory", "threshold", {"threshold": 200_000}),
        ("memory", "threshold", {"threshold": 214_748_364_800}),
        ("memory", "unit", {"unit": "Megabytes"}),
        ("memory", "statistic", {"statistic": "Maximum"}),
        ("errors", "statistic", {"statistic": "Average"}),
        ("errors", "threshold", {"threshold": 100}),
        ("errors", "threshold", {"comparison_operator": "GreaterThanOrEqualToThreshold"}),
        ("errors", "window", {"period": 60}),
        ("errors", "window", {"period": 60, "evaluation_periods": 5}),
        ("errors", "window", {"period": 60, "evaluation_periods": 5, "datapoints_to_alarm": 1}),
        ("errors", "window", {"evaluation_periods": 2}),
        ("errors", "window", {"evaluation_periods": 3, "datapoints_to_alarm": 2}),
        ("errors", "window", {"period": 3600}),
        ("down", "missing_data", {"treat_missing_data": "notBreaching"}),
        ("down", "missing_data", {"treat_missing_data": "ignore"}),
        ("down", "missing_data", {"treat_missing_data": "missing"}),
    ],
)
def test_what_an_alarm_says_wrong_is_found(plane: Plane, name: str, path: str, changes: dict[str, Any]) -> None:
    wanted = WANTED[name]
    assert alarms.wrong(wanted, alarms.alone(plane, wanted, **changes)) == {path: "fail"}


@both
@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("cpu", {"statistic": "Maximum"}),
        ("cpu", {"period": 60, "evaluation_periods": 5, "datapoints_to_alarm": 3}),
        ("cpu", {"threshold": 80.0}),
        ("memory", {"threshold": 200_000_000}),
        ("memory", {"unit": "Bytes"}),
        ("memory", {"unit": ""}),
        ("errors", {"metric_name": "HTTPCode_Target_5XX_Count"}),
        ("errors", {"comparison_operator": "GreaterThanOrEqualToThreshold", "threshold": 11}),
        ("errors", {"threshold": 10.5}),
        ("errors", {"datapoints_to_alarm": 0}),
        ("errors", {"evaluation_periods": 3, "datapoints_to_alarm": 1}),
        ("errors", {"treat_missing_data": "notBreaching"}),
    ],
)
def test_what_says_the_same_passes(plane: Plane, name: str, changes: dict[str, Any]) -> None:
    wanted = WANTED[name]
    assert alarms.wrong(wanted, alarms.alone(plane, wanted, **changes)) == {}


@both
@pytest.mark.parametrize(
    ("statistic", "operator", "timing", "same"),
    [
        ("Maximum", "GreaterThanThreshold", (60, 5, 1), True),
        ("Maximum", "GreaterThanThreshold", (60, 1, 0), True),
        ("Maximum", "GreaterThanThreshold", (60, 5, 5), False),
        ("Minimum", "LessThanThreshold", (100, 3, 1), True),
        ("Minimum", "GreaterThanThreshold", (60, 5, 5), True),
        ("Minimum", "GreaterThanThreshold", (60, 4, 4), False),
        ("Maximum", "LessThanThreshold", (60, 5, 0), True),
        ("Maximum", "GreaterThanThreshold", (120, 1, 1), False),
        ("Average", "GreaterThanThreshold", (60, 5, 1), False),
        ("Average", "GreaterThanThreshold", (60, 5, 5), False),
        ("Average", "GreaterThanThreshold", (300, 1, 1), True),
    ],
)
def test_only_extremes_can_be_had_from_shorter_periods(
    plane: Plane, statistic: str, operator: str, timing: tuple[int, int, int], same: bool
) -> None:
    period, evaluated, needed = timing
    wanted = {
        **CPU,
        "statistic": statistic,
        "window": 300,
        "threshold": {"comparison_operator": operator, "threshold": 80},
    }
    one = alarms.alarm(plane, wanted, period=period, evaluation_periods=evaluated, datapoints_to_alarm=needed)
    assert alarms.wrong(wanted, alarms.seen(plane, one)) == ({} if same else {"window": "fail"})


@both
def test_how_long_it_takes_to_go_off(plane: Plane) -> None:
    wanted = {**CPU, "goes_off_after": {"maximum": 600}}
    quick = alarms.alarm(plane, wanted, period=60, evaluation_periods=15, datapoints_to_alarm=10)
    slow = alarms.alarm(plane, wanted, period=60, evaluation_periods=15)
    assert alarms.wrong(wanted, alarms.seen(plane, quick)) == {}
    verdict = alarms.judged(wanted, alarms.seen(plane, slow))["goes_off_after"]
    assert (str(verdict.state), verdict.actual) == ("fail", 900)


# --- what it watches


@both
@pytest.mark.parametrize(
    "changes",
    [
        {"metric_name": "MemoryUtilization"},
        {"namespace": "ECS/ContainerInsights"},
        {"dimensions": {"ClusterName": "prod"}},
        {"dimensions": {"ClusterName": "prod", "ServiceName": "worker"}},
        {"dimensions": {"ClusterName": "dev", "ServiceName": "api"}},
        {"dimensions": {"ClusterName": "prod", "ServiceName": "api", "Zone": "a"}},
        {"dimensions": None},
    ],
)
def test_an_alarm_on_something_else_is_not_the_one(plane: Plane, changes: dict[str, Any]) -> None:
    one = alarms.alarm(plane, CPU, **changes)
    found = alarms.judged(CPU, alarms.seen(plane, one))
    assert {str(verdict.state) for verdict in found.values()} == {"absent"}
    assert f"nearest: {one.identity}: " in found["metric"].cause


@both
def test_the_nearest_alarms_come_first_and_say_what_they_miss(plane: Plane) -> None:
    far = alarms.alarm(plane, MEMORY, "far")
    near = alarms.alarm(plane, CPU, "near", dimensions={"ClusterName": "prod", "ServiceName": "worker"})
    cause = alarms.judged(CPU, alarms.seen(plane, far, near))["metric"].cause
    assert cause.index(near.identity) < cause.index(far.identity)
    assert "ServiceName names another" in cause


def test_an_alarm_of_another_region_watches_nothing_here() -> None:
    one = replace(alarms.alarm("live", CPU), region="us-east-1")
    found = alarms.judged(CPU, alarms.seen("live", one))["metric"]
    assert str(found.state) == "absent"
    assert "us-east-1" in found.cause


@pytest.mark.parametrize(
    ("wanted", "dimensions", "state"),
    [
        (
            CPU,
            {"ClusterName": ("aws_ecs_cluster.main", "name"), "ServiceName": ("aws_ecs_service.api", "name")},
            "pass",
        ),
        (CPU, {"ClusterName": ("aws_ecs_cluster.main", "arn"), "ServiceName": "api"}, "absent"),
        (ERRORS, {"LoadBalancer": ("aws_lb.web", "arn_suffix")}, "pass"),
        (ERRORS, {"LoadBalancer": ("aws_lb.web", "arn")}, "absent"),
        (ERRORS, {"LoadBalancer": ("aws_lb.web", "name")}, "absent"),
        (ERRORS, {"LoadBalancer": ("aws_lb.other", "arn_suffix")}, "absent"),
        (ERRORS, {"LoadBalancer": "app/web/50dc6c495c0c9188"}, "unknown"),
        # Since version 5 of the provider that is the database's resource identifier.
        (MEMORY, {"DBInstanceIdentifier": ("aws_db_instance.db", "id")}, "absent"),
        (MEMORY, {"DBInstanceIdentifier": ("aws_db_instance.db", "identifier")}, "pass"),
        (DOWN, {"AutoScalingGroupName": ("aws_autoscaling_group.nat", "id")}, "pass"),
    ],
)
def test_references_in_source(wanted: Any, dimensions: dict[str, Any], state: str) -> None:
    values = {key: world.reference(*one) if isinstance(one, tuple) else one for key, one in dimensions.items()}
    other = world.source("aws_lb", "other", name="other", load_balancer_type="network")
    view = alarms.seen("terraform", alarms.alarm("terraform", wanted, dimensions=values), other)
    assert alarms.states(wanted, view) == {state}


@both
def test_each_of_several_resources_needs_an_alarm(plane: Plane) -> None:
    second = alarms.made(plane, "aws_db_instance", "second", identifier="second", engine="postgres")
    view = alarms.seen(plane, alarms.alarm(plane, MEMORY), second)
    found = RELATION.judge(world.control(RELATION, {"alarm": MEMORY}), view)
    assert {str(one.state) for one in found if one.resource == second.identity} == {"absent"}
    assert {str(one.state) for one in found if one.resource != second.identity} == {"pass"}


@both
def test_nothing_to_watch_is_absent(plane: Plane) -> None:
    view = alarms.seen(plane, alarms.alarm(plane, MEMORY), without=("aws_db_instance",))
    assert alarms.states(MEMORY, view) == {"absent"}


@both
def test_a_second_alarm_with_another_threshold_harms_nothing(plane: Plane) -> None:
    early = alarms.alarm(plane, CPU, "early", threshold=60)
    assert alarms.wrong(CPU, alarms.seen(plane, early, alarms.alarm(plane, CPU))) == {}


@both
def test_the_alarm_that_comes_nearest_is_judged(plane: Plane) -> None:
    worse = alarms.alarm(plane, CPU, "worse", threshold=60, alarm_actions=[])
    near = alarms.alarm(plane, CPU, "near", threshold=90)
    verdict = alarms.judged(CPU, alarms.seen(plane, worse, near))["threshold"]
    assert (verdict.resource, verdict.actual["threshold"]) == (near.identity, 90)


@both
def test_an_alarm_that_only_drives_a_scaling_policy_is_not_the_one(plane: Plane) -> None:
    policy = (
        "arn:aws:autoscaling:ap-northeast-2:111122223333:scalingPolicy:0:resource/ecs/service/prod/api:policyName/cpu"
    )
    action = world.reference("module.ecs.aws_appautoscaling_policy.cpu", "arn") if plane == "terraform" else policy
    scaling = alarms.alarm(plane, CPU, "scaling", threshold=70, alarm_actions=[action])
    found = alarms.judged(CPU, alarms.seen(plane, scaling))["metric"]
    assert str(found.state) == "absent"
    assert f"{scaling.identity}: it drives a scaling policy" in found.cause
    told = alarms.alarm(plane, CPU, "scaling", alarm_actions=[action, alarms.topic(plane)])
    assert alarms.wrong(CPU, alarms.seen(plane, told)) == {}


@both
def test_missing_data_that_hides_a_failure_is_shown_where_nothing_is_documented(plane: Plane) -> None:
    view = alarms.alone(plane, CPU, treat_missing_data="notBreaching")
    assert "treat_missing_data = notBreaching" in alarms.judged(CPU, view)["metric"].cause


# --- undecided


@both
@pytest.mark.parametrize("cause", [Cause.VARIABLE, Cause.UNREADABLE])
@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        (CPU, "namespace"),
        (CPU, "metric_name"),
        (CPU, "dimensions"),
        (CPU, "statistic"),
        (CPU, "threshold"),
        (CPU, "comparison_operator"),
        (CPU, "alarm_actions"),
        (CPU, "actions_enabled"),
        (CPU, "metric_query"),
        (MEMORY, "unit"),
        (ERRORS, "period"),
        (ERRORS, "evaluation_periods"),
        (ERRORS, "datapoints_to_alarm"),
        (DOWN, "treat_missing_data"),
    ],
)
def test_what_is_unknown_of_the_alarm_leaves_it_open(plane: Plane, cause: Cause, wanted: Any, name: str) -> None:
    one = alarms.alarm(plane, wanted, **{name: Unknown(cause)})
    state = "unreadable" if cause is Cause.UNREADABLE else "unknown"
    assert alarms.states(wanted, alarms.seen(plane, one)) - {"pass"} == {state}


@both
def test_what_is_unknown_beside_a_surely_wrong_threshold_does_not_hide_it(plane: Plane) -> None:
    one = alarms.alarm(plane, CPU, threshold=90, statistic=alarms.unknown())
    assert alarms.judged(CPU, alarms.seen(plane, one))["threshold"].state == "fail"


@both
@pytest.mark.parametrize("kind", ["aws_cloudwatch_metric_alarm", "aws_db_instance"])
def test_behind_a_gap_there_may_be_the_right_alarm(plane: Plane, kind: str) -> None:
    wrong = alarms.alarm(plane, MEMORY, threshold=1)
    without = ("aws_db_instance",) if kind == "aws_db_instance" else ()
    assert alarms.states(MEMORY, alarms.seen(plane, gaps=(alarms.gap(kind),), without=without)) == {"unreadable"}
    if kind == "aws_cloudwatch_metric_alarm":
        assert alarms.states(MEMORY, alarms.seen(plane, wrong, gaps=(alarms.gap(kind),))) == {"unreadable"}


@both
def test_an_alarm_that_meets_it_passes_beside_a_gap(plane: Plane) -> None:
    view = alarms.seen(plane, alarms.alarm(plane, CPU), gaps=(alarms.gap("aws_cloudwatch_metric_alarm"),))
    assert alarms.wrong(CPU, view) == {}


def test_an_alarm_that_perhaps_exists_decides_nothing() -> None:
    perhaps = replace(alarms.alarm("terraform", CPU), existence=alarms.unknown())
    assert alarms.states(CPU, alarms.seen("terraform", perhaps)) == {"unknown"}
    wrong = replace(alarms.alarm("terraform", CPU, threshold=1), existence=alarms.unknown())
    assert alarms.states(CPU, alarms.seen("terraform", wrong)) == {"absent"}


@both
def test_an_alarm_that_may_watch_it_and_is_surely_wrong_does_not_meet_it(plane: Plane) -> None:
    one = alarms.alarm(plane, CPU, dimensions=alarms.unknown(), threshold=1)
    found = alarms.judged(CPU, alarms.seen(plane, one))
    assert {str(verdict.state) for verdict in found.values()} == {"absent"}
    assert f"may be watched by {one.identity}: threshold" in found["metric"].cause


def test_a_topic_that_source_does_not_hold_is_unknown_and_one_the_account_lacks_is_none() -> None:
    foreign = ["arn:aws:sns:ap-northeast-2:111122223333:elsewhere"]
    source = alarms.alone("terraform", CPU, alarm_actions=foreign)
    live = alarms.alone("live", CPU, alarm_actions=foreign)
    assert alarms.wrong(CPU, source) == {"notifies": "unknown"}
    assert alarms.wrong(CPU, live) == {"notifies": "fail"}
    unread = alarms.seen(
        "live",
        alarms.alarm("live", CPU),
        gaps=(alarms.gap("aws_sns_topic"),),
        without=("aws_sns_topic",),
    )
    assert alarms.wrong(CPU, unread) == {"notifies": "unreadable"}


@both
def test_another_topic_is_not_the_one(plane: Plane) -> None:
    other = alarms.made(plane, "aws_sns_topic", "billing", name="billing")
    action = world.reference("aws_sns_topic.billing", "arn") if plane == "terraform" else other.identity
    view = alarms.seen(plane, alarms.alarm(plane, CPU, alarm_actions=[action]), other)
    assert alarms.wrong(CPU, view) == {"notifies": "fail"}


# --- metric math


def _query(plane: Plane, **more: Any) -> dict[str, Any]:
    one = alarms.alarm(plane, CPU).attributes
    metric = {
        "namespace": one["namespace"],
        "metric_name": one["metric_name"],
        "dimensions": one["dimensions"],
        "period": 300,
        "stat": "Average",
        **more,
    }
    return {"id": "m1", "return_data": True, "metric": [metric], "expression": ""}


def _math(plane: Plane, *queries: dict[str, Any]) -> Any:
    left_out = dict.fromkeys(("namespace", "metric_name", "dimensions", "statistic", "period"))
    return alarms.seen(plane, alarms.alarm(plane, CPU, **left_out, metric_query=list(queries)))


def _expression(text: str, id_: str = "e1") -> dict[str, Any]:
    return {"id": id_, "return_data": True, "metric": [], "expression": text}


@both
def test_a_query_that_is_a_metric_is_judged_as_one(plane: Plane) -> None:
    assert alarms.wrong(CPU, _math(plane, _query(plane))) == {}
    assert alarms.wrong(CPU, _math(plane, _query(plane, stat="Minimum"))) == {"statistic": "fail"}
    other = {"ClusterName": "prod", "ServiceName": "worker"}
    assert alarms.states(CPU, _math(plane, _query(plane, dimensions=other))) == {"absent"}


@both
def test_an_expression_that_only_names_a_metric_is_judged_as_one(plane: Plane) -> None:
    hidden = {**_query(plane), "return_data": False}
    assert alarms.wrong(CPU, _math(plane, hidden, _expression(" m1 "))) == {}


@both
@pytest.mark.parametrize("text", ["FILL(m1, 0)", "m1 * 2", "MAX(METRICS())"])
def test_an_expression_is_not_guessed(plane: Plane, text: str) -> None:
    hidden = {**_query(plane), "return_data": False}
    found = alarms.judged(CPU, _math(plane, hidden, _expression(text)))
    assert {str(verdict.state) for verdict in found.values()} == {"unknown"}
    assert text in found["metric"].cause


@both
def test_an_expression_into_which_the_metric_does_not_go_is_another_alarm(plane: Plane) -> None:
    other = {**_query(plane, metric_name="MemoryUtilization"), "return_data": False}
    assert alarms.states(CPU, _math(plane, other, _expression("m1 * 2"))) == {"absent"}
    assert alarms.states(CPU, _math(plane, other, _expression("SELECT AVG(CPUUtilization) FROM x"))) == {"unknown"}


def test_a_query_into_another_account_is_another_metric() -> None:
    view = _math("live", {**_query("live"), "account_id": "999999999999"})
    assert alarms.states(CPU, view) == {"absent"}
    own = _math("live", {**_query("live"), "account_id": "111122223333"})
    assert alarms.wrong(CPU, own) == {}


# --- composite alarms


@both
@pytest.mark.parametrize(
    ("rule", "state"),
    [
        ("ALARM(one)", "pass"),
        ('ALARM("one") OR ALARM(two)', "pass"),
        ("(ALARM(two) OR (ALARM(one)))", "pass"),
        ("NOT OK(one)", "pass"),
        ("NOT (OK(one) OR FALSE)", "pass"),
        ("ALARM(one) AND TRUE", "pass"),
        ("ALARM(one) AND ALARM(two)", "fail"),
        ("ALARM(one) AND NOT ALARM(two)", "fail"),
        ("OK(one)", "fail"),
        ("INSUFFICIENT_DATA(one)", "fail"),
        ("ALARM(two)", "fail"),
        ("AT_LEAST(1, ALARM, (one, two))", "unknown"),
        ("ALARM(one", "unknown"),
    ],
)
def test_a_composite_alarm_counts_where_the_alarm_alone_sets_it_off(plane: Plane, rule: str, state: str) -> None:
    silent = alarms.alarm(plane, CPU, alarm_actions=[])
    found = alarms.judged(CPU, alarms.seen(plane, silent, alarms.composite(plane, rule)))
    assert str(found["notifies"].state) == state


@both
def test_composite_alarms_count_through_one_another_and_end_in_a_circle(plane: Plane) -> None:
    silent = alarms.alarm(plane, CPU, alarm_actions=[])
    inner = alarms.composite(plane, "ALARM(one) OR ALARM(outer)", "inner", alarm_actions=[])
    outer = alarms.composite(plane, "ALARM(inner)")
    found = alarms.judged(CPU, alarms.seen(plane, silent, inner, outer))["notifies"]
    assert (str(found.state), found.cause) == ("pass", f"through {inner.identity}")
    dumb = alarms.composite(plane, "ALARM(inner)", alarm_actions=[])
    assert alarms.wrong(CPU, alarms.seen(plane, silent, inner, dumb)) == {"notifies": "fail"}


@both
@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"actions_enabled": False}, "fail"),
        ({"alarm_actions": []}, "fail"),
        ({"actions_suppressor": [{"alarm": "maintenance"}]}, "unknown"),
        ({"alarm_rule": Unknown(Cause.VARIABLE)}, "unknown"),
    ],
)
def test_a_composite_alarm_that_nobody_hears(plane: Plane, changes: dict[str, Any], state: str) -> None:
    silent = alarms.alarm(plane, CPU, actions_enabled=False)
    outer = alarms.composite(plane, "ALARM(one)", **changes)
    assert alarms.wrong(CPU, alarms.seen(plane, silent, outer)) == {"notifies": state}


def test_a_composite_alarm_in_source_may_name_it_by_reference() -> None:
    silent = alarms.alarm("terraform", CPU, alarm_actions=[])
    arn = world.reference("aws_cloudwatch_metric_alarm.one", "arn")
    other = world.reference("aws_cloudwatch_metric_alarm.two", "arn")
    for parts, state in (
        (("ALARM(", arn, ")"), {}),
        (("ALARM(", other, ') OR ALARM("', arn, '")'), {}),
        (("ALARM(", other, ")"), {"notifies": "fail"}),
        (("ALARM(", alarms.unknown(), ")"), {"notifies": "unknown"}),
        (
            ("ALARM(arn:aws:cloudwatch:ap-northeast-2:111122223333:alarm:one) OR ALARM(", other, ")"),
            {"notifies": "unknown"},
        ),
        (
            ("ALARM(arn:aws:cloudwatch:ap-northeast-2:111122223333:alarm:two) OR ALARM(", other, ")"),
            {"notifies": "fail"},
        ),
    ):
        outer = alarms.composite("terraform", Unknown(Cause.COMPUTED, parts=parts))
        two = alarms.alarm("terraform", MEMORY, "two")
        assert alarms.wrong(CPU, alarms.seen("terraform", silent, two, outer)) == state


def test_a_composite_alarm_may_name_an_alarm_whose_name_is_not_known() -> None:
    silent = alarms.alarm("terraform", CPU, alarm_actions=[], alarm_name=alarms.unknown())
    outer = alarms.composite("terraform", "ALARM(one)")
    assert alarms.wrong(CPU, alarms.seen("terraform", silent, outer)) == {"notifies": "unknown"}


@both
def test_composite_alarms_that_could_not_be_read_leave_it_open(plane: Plane) -> None:
    gaps = (alarms.gap("aws_cloudwatch_composite_alarm"),)
    silent = alarms.alarm(plane, CPU, alarm_actions=[])
    assert alarms.wrong(CPU, alarms.seen(plane, silent, gaps=gaps)) == {"notifies": "unreadable"}
    assert alarms.wrong(CPU, alarms.seen(plane, alarms.alarm(plane, CPU), gaps=gaps)) == {}


# --- recovery, missing data


def _group(plane: Plane, **changes: Any) -> Any:
    old = next(one for one in alarms.things(plane) if one.kind == "aws_autoscaling_group")
    return world.changed(old, **changes)


def _down(plane: Plane, group: Any, **changes: Any) -> Any:
    return alarms.seen(plane, alarms.alarm(plane, DOWN, **changes), group, without=("aws_autoscaling_group",))


@both
@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, "pass"),
        ({"suspended_processes": ["AZRebalance"]}, "pass"),
        ({"min_size": 0}, "fail"),
        ({"suspended_processes": ["ReplaceUnhealthy"]}, "fail"),
        ({"suspended_processes": ["AZRebalance", "Launch"]}, "fail"),
        ({"min_size": Unknown(Cause.VARIABLE)}, "unknown"),
        ({"suspended_processes": Unknown(Cause.VARIABLE)}, "unknown"),
    ],
)
def test_a_group_recovers_what_it_keeps(plane: Plane, changes: dict[str, Any], state: str) -> None:
    found = alarms.judged(DOWN, _down(plane, _group(plane, **changes)))
    assert str(found["recovery"].state) == state


@both
@pytest.mark.parametrize(
    "action", ["arn:aws:automate:ap-northeast-2:ec2:recover", "arn:aws:automate:ap-northeast-2:ec2:reboot"]
)
def test_an_action_may_recover_the_instance(plane: Plane, action: str) -> None:
    group = _group(plane, min_size=0)
    assert alarms.wrong(DOWN, _down(plane, group, alarm_actions=[alarms.topic(plane), action])) == {}
    stop = action.rpartition(":")[0] + ":stop"
    actions = [alarms.topic(plane), stop]
    assert alarms.wrong(DOWN, _down(plane, group, alarm_actions=actions)) == {"recovery": "fail"}


def test_an_instance_recovers_by_the_group_that_holds_it() -> None:
    wanted = {**DOWN, "watches": {"kind": "aws_instance"}}
    for name, wrong in (("i-1", {}), ("i-2", {"recovery": "fail"})):
        instance = world.live("aws_instance", f"arn:{name}", id=name)
        one = alarms.alarm("live", wanted, dimensions={"InstanceId": name})
        assert alarms.wrong(wanted, alarms.seen("live", one, instance)) == wrong
    unread = alarms.seen(
        "live", one, instance, gaps=(alarms.gap("aws_autoscaling_group"),), without=("aws_autoscaling_group",)
    )
    assert alarms.wrong(wanted, unread) == {"recovery": "unreadable"}


@both
def test_no_data_may_be_told_by_an_action_of_its_own(plane: Plane) -> None:
    told = {"treat_missing_data": "missing", "insufficient_data_actions": [alarms.topic(plane)]}
    assert alarms.wrong(DOWN, alarms.alone(plane, DOWN, **told)) == {}
    off = {**told, "actions_enabled": False}
    assert alarms.wrong(DOWN, alarms.alone(plane, DOWN, **off)) == {
        "missing_data": "fail",
        "notifies": "fail",
    }


@both
def test_recovery_that_is_told(plane: Plane) -> None:
    wanted = {**CPU, "recovery": ["ok_actions"]}
    assert alarms.wrong(wanted, alarms.alone(plane, wanted)) == {"recovery": "fail"}
    told = alarms.alarm(plane, wanted, ok_actions=[alarms.topic(plane)])
    assert alarms.wrong(wanted, alarms.seen(plane, told)) == {}


# --- alternatives


EITHER: dict[str, Any] = {
    **{key: value for key, value in DOWN.items() if key not in ("watches", "metric_name")},
    "any_of": [
        {"watches": {"kind": "aws_autoscaling_group"}, "metric_name": "StatusCheckFailed"},
        {"watches": {"kind": "aws_instance"}, "metric_name": "StatusCheckFailed_System", "recovery": ["automate"]},
    ],
}


@both
def test_one_of_several_alternatives_is_enough(plane: Plane) -> None:
    assert alarms.wrong(EITHER, alarms.alone(plane, DOWN)) == {}
    assert alarms.wrong(EITHER, alarms.alone(plane, DOWN, threshold=5)) == {"threshold": "fail"}
    assert alarms.states(EITHER, alarms.seen(plane)) == {"absent"}


@both
def test_an_alternative_that_may_hold_keeps_another_from_failing(plane: Plane) -> None:
    wrong = alarms.alarm(plane, DOWN, threshold=5)
    view = alarms.seen(plane, wrong, gaps=(alarms.gap("aws_instance"),))
    assert alarms.states(EITHER, view) == {"unreadable"}


# --- how it is written


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"watches": {"kind": "aws_ecs_servce"}}, "aws_ecs_service"),
        ({"watches": {"kind": "aws_iam_role"}}, "by which dimensions aws_iam_role is watched is not known"),
        ({"namespace": "AWS/ECSS"}, "did you mean 'AWS/ECS'?"),
        ({"notifies": {"kind": "aws_iam_role"}}, "an alarm notifies aws_sns_topic or aws_lambda_function"),
        ({"statistic": {"enumm": ["Sum"]}}, "did you mean 'enum'?"),
        ({"threshold": {"comparison_operator": "GreaterThanThreshold", "threshold": {"minimun": 3}}}, "minimum"),
        ({"watches": {"kind": "aws_ecs_service", "select": {"nam": "x"}}}, "did you mean 'name'?"),
    ],
)
def test_what_no_alarm_could_be_is_refused(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(BodyError, match=says.replace("?", r"\?")):
        RELATION.check({"alarm": {**CPU, **changes}}, kinds.registry())


def test_what_is_missing_is_named_with_its_place() -> None:
    broken = {**EITHER, "any_of": [{"watches": {"kind": "aws_instance"}}, EITHER["any_of"][0]]}
    with pytest.raises(BodyError, match="metric_name is missing") as error:
        RELATION.check({"alarm": broken}, kinds.registry())
    assert error.value.path == ("alarm", "any_of", 0)


def test_every_kind_that_judging_needs_is_read() -> None:
    common = {"aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm", "aws_sns_topic"}
    assert kinds_of({"alarm": CPU}) == {*common, "aws_ecs_service", "aws_ecs_cluster"}
    assert kinds_of({"alarm": EITHER}) == {*common, "aws_autoscaling_group", "aws_instance"}
