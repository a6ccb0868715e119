"""The share of Spot is judged by its effect, on both planes, and left open wherever weights leave it open."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from audits import kinds
from audits.model import Cause, Gap, Observation, Origin, Reference, Resource, Unknown, Verdict
from audits.relation import BodyError
from audits.relations.spot import BASE, LAUNCH, RELATION, SHARE, STRATEGY
from audits.view import View
from tests.relations import relation_world as world

PLANES = pytest.mark.parametrize("plane", ["terraform", "live"])
BODY: dict[str, Any] = {
    "spot": {
        "of": {"kind": "aws_ecs_service", "select": {"name": "api"}},
        "share": {"minimum": 90},
        "tasks": 2,
    }
}
CLUSTER = {"name": "prod", "capacity_providers": ["FARGATE", "FARGATE_SPOT"]}


def item(provider: Any, weight: Any = 0, base: Any = 0) -> dict[str, Any]:
    return {"capacity_provider": provider, "weight": weight, "base": base}


def strategy(spot: Any, other: Any, base: Any = 0, spot_base: Any = 0) -> list[Any]:
    return [item("FARGATE_SPOT", spot, spot_base), item("FARGATE", other, base)]


def view(plane: str, prod: dict[str, Any] | None = CLUSTER, gaps: tuple[Gap, ...] = (), **service: Any) -> View:
    attributes = {"name": "api", "deployment_controller": [{"type": "ECS"}], **service}
    if plane == "terraform":
        attributes.setdefault("cluster", world.reference("aws_ecs_cluster.main"))
        found = [world.source("aws_ecs_service", "api", **attributes)]
        found += [] if prod is None else [world.source("aws_ecs_cluster", "main", **prod)]
    else:
        empty: dict[str, Any] = {"launch_type": None, "capacity_provider_strategy": []}
        attributes = {"cluster": "arn:prod", **empty, **attributes}
        found = [world.live("aws_ecs_service", "arn:api", **attributes)]
        held = None if prod is None else {"default_capacity_provider_strategy": [], **prod, "id": "arn:prod"}
        found += [] if held is None else [world.live("aws_ecs_cluster", "arn:prod", arn="arn:prod", **held)]
    return seen(plane, *found, gaps=gaps)


def seen(plane: str, *found: Resource, gaps: tuple[Gap, ...] = ()) -> View:
    return View(Observation("live" if plane == "live" else "terraform", found, gaps), kinds.registry())


def judge(looked: View, **body: Any) -> dict[str, Verdict]:
    return world.judge(RELATION, {"spot": {**BODY["spot"], **body}}, looked)


def states(looked: View, **body: Any) -> dict[str, str]:
    return {path: str(verdict.state) for path, verdict in judge(looked, **body).items()}


def all_pass(**but: str) -> dict[str, str]:
    names = {"share": SHARE, "base": BASE, "launch": LAUNCH, "strategy": STRATEGY}
    return {**dict.fromkeys(names.values(), "pass"), **{names[name]: state for name, state in but.items()}}


def unknown(cause: Cause = Cause.VARIABLE, **more: Any) -> Unknown:
    return world.unknown(cause, **more)


@PLANES
def test_the_documented_share_passes_and_says_what_two_tasks_can_be(plane: str) -> None:
    found = judge(view(plane, capacity_provider_strategy=strategy(90, 10)))
    assert {path: str(one.state) for path, one in found.items()} == all_pass()
    assert found[SHARE].actual == "90 %"
    assert "FARGATE_SPOT 90 from 0, FARGATE 10 from 0" in found[SHARE].cause
    assert found[SHARE].cause.endswith("at 2 tasks 0, 50 or 100 %")


@PLANES
@pytest.mark.parametrize(
    ("written", "actual"),
    [
        (strategy(89, 11), "89 %"),
        (strategy(70, 30), "70 %"),
        (strategy(10, 90), "10 %"),
        (strategy(2, 1), "66.67 %"),
        (strategy(0, 1), "0 %"),
        # a base of Spot's own is a fixed number of tasks, and not a share
        (strategy(0, 1, spot_base=2), "0 %"),
        ([item("FARGATE", 90)], "0 %"),
        ([item("FARGATE")], "0 %"),
    ],
)
def test_a_smaller_share_fails(plane: str, written: list[Any], actual: str) -> None:
    found = judge(view(plane, capacity_provider_strategy=written))
    assert {path: str(one.state) for path, one in found.items()} == all_pass(share="fail")
    assert found[SHARE].actual == actual


@PLANES
@pytest.mark.parametrize(
    "written",
    [
        strategy(9, 1),
        strategy(900, 100),
        strategy(1, 0),
        strategy(91, 9, spot_base=1),
        [item("FARGATE_SPOT", 90)],
        [item("FARGATE_SPOT")],
        [item("FARGATE_SPOT", None, None)],
        [{"capacity_provider": "FARGATE_SPOT", "weight": 1}],
        list(reversed(strategy(95, 5))),
    ],
)
def test_other_words_for_the_share_are_no_deviation(plane: str, written: list[Any]) -> None:
    assert states(view(plane, capacity_provider_strategy=written)) == all_pass()


@PLANES
def test_a_base_of_another_provider_is_a_deviation_of_its_own(plane: str) -> None:
    found = judge(view(plane, capacity_provider_strategy=strategy(90, 10, base=1)))
    assert {path: str(one.state) for path, one in found.items()} == all_pass(base="fail")
    assert (found[BASE].expected, found[BASE].actual) == ("none of 2 tasks", "1 of 2 tasks")
    assert found[SHARE].cause.endswith("at 2 tasks 0 or 50 %")
    found = judge(view(plane, capacity_provider_strategy=strategy(90, 0, base=5)))
    assert (found[BASE].actual, found[SHARE].actual) == ("2 of 2 tasks", "100 %")
    assert found[SHARE].cause.endswith("at 2 tasks 0 %")


@PLANES
def test_what_two_tasks_can_be_follows_the_bases(plane: str) -> None:
    found = judge(view(plane, capacity_provider_strategy=strategy(90, 10, spot_base=1)))
    assert found[SHARE].cause.endswith("at 2 tasks 50 or 100 %")
    found = judge(view(plane, capacity_provider_strategy=[item("FARGATE_SPOT", 90)]))
    assert found[SHARE].cause.endswith("at 2 tasks 100 %")
    found = judge(view(plane, capacity_provider_strategy=strategy(90, 10)), tasks=20)
    assert found[SHARE].cause.endswith("at 20 tasks 0 to 100 %")


@PLANES
def test_a_launch_type_beside_a_strategy_is_a_deviation_of_its_own(plane: str) -> None:
    found = judge(view(plane, launch_type="FARGATE", capacity_provider_strategy=strategy(90, 10)))
    assert {path: str(one.state) for path, one in found.items()} == all_pass(launch="fail")
    assert found[LAUNCH].actual == "FARGATE beside a strategy"
    assert "AWS refuses" in found[LAUNCH].cause


@PLANES
@pytest.mark.parametrize("launch_type", ["FARGATE", "EC2", "EXTERNAL"])
def test_a_launch_type_alone_means_no_spot(plane: str, launch_type: str) -> None:
    # the cluster's default does not count where a launch type is given
    cluster = {**CLUSTER, "default_capacity_provider_strategy": strategy(90, 10)}
    found = judge(view(plane, cluster, launch_type=launch_type))
    assert {path: str(one.state) for path, one in found.items()} == all_pass(share="fail")
    assert (found[SHARE].actual, found[SHARE].cause) == ("0 %", f"by launch type {launch_type}")


@PLANES
def test_with_neither_the_clusters_default_counts(plane: str) -> None:
    cluster = {**CLUSTER, "default_capacity_provider_strategy": strategy(90, 10)}
    found = judge(view(plane, cluster))
    assert {path: str(one.state) for path, one in found.items()} == all_pass()
    assert found[SHARE].cause.startswith("by the cluster's default strategy")
    cluster = {**CLUSTER, "default_capacity_provider_strategy": strategy(50, 50, base=1)}
    assert states(view(plane, cluster)) == all_pass(share="fail", base="fail")


@PLANES
def test_a_strategy_of_its_own_goes_before_the_clusters(plane: str) -> None:
    cluster = {**CLUSTER, "default_capacity_provider_strategy": strategy(0, 100)}
    assert states(view(plane, cluster, capacity_provider_strategy=strategy(90, 10))) == all_pass()


def test_a_source_that_gives_nothing_at_all_is_on_ec2() -> None:
    found = judge(view("terraform", {"name": "prod"}))
    assert (found[SHARE].state, found[SHARE].actual) == ("fail", "0 %")
    assert "launch type EC2" in found[SHARE].cause


def test_an_account_that_tells_neither_is_not_guessed() -> None:
    found = judge(view("live"))
    assert (found[SHARE].state, found[BASE].state, found[LAUNCH].state) == ("unknown", "unknown", "pass")
    assert "AWS tells neither" in found[SHARE].cause


def test_a_service_without_a_cluster_is_in_the_default_one() -> None:
    cluster = {**CLUSTER, "name": "default", "default_capacity_provider_strategy": strategy(90, 10)}
    assert states(view("terraform", cluster, cluster=None)) == all_pass()


@PLANES
@pytest.mark.parametrize(
    ("written", "why"),
    [
        (strategy(0, 0), "every weight is 0"),
        (strategy(90, 10, base=1, spot_base=1), "2 providers have a base"),
        (strategy(9001, 10), "a weight of 9001"),
        (strategy(90, 10, spot_base=200000), "a base of 200000"),
        ([item("FARGATE_SPOT", 90), item("workers", 10)], "mixes Fargate with Auto Scaling groups"),
    ],
)
def test_a_strategy_that_aws_refuses_is_a_deviation_of_its_own(plane: str, written: list[Any], why: str) -> None:
    found = judge(view(plane, {"name": "prod"}, capacity_provider_strategy=written))
    assert found[STRATEGY].state == "fail"
    assert len(found[STRATEGY].actual) == 1
    assert why in found[STRATEGY].actual[0]


@PLANES
def test_a_provider_that_the_cluster_does_not_have_is_named(plane: str) -> None:
    cluster = {"name": "prod", "capacity_providers": ["FARGATE"]}
    found = judge(view(plane, cluster, capacity_provider_strategy=strategy(90, 10)))
    assert {path: str(one.state) for path, one in found.items()} == all_pass(strategy="fail")
    assert found[STRATEGY].actual == ["the cluster has no capacity provider FARGATE_SPOT"]


@PLANES
def test_no_weights_at_all_give_no_share(plane: str) -> None:
    found = judge(view(plane, capacity_provider_strategy=strategy(0, 0)))
    assert (found[SHARE].state, found[SHARE].actual) == ("fail", "no provider that gets a task")


@PLANES
def test_providers_of_ones_own_are_not_fargate_spot(plane: str) -> None:
    own = world.reference("module.ecs.aws_ecs_capacity_provider.workers", "name") if plane == "terraform" else "workers"
    found = judge(view(plane, {"name": "prod"}, capacity_provider_strategy=[item(own, 1)]))
    assert {path: str(one.state) for path, one in found.items()} == all_pass(share="fail")
    assert found[SHARE].actual == "0 %"


# --- what is unknown


def test_unknown_weights_are_intervals_and_decide_only_as_a_whole() -> None:
    # at most 1000 of 1010: that can be 90 % and more, or none
    found = judge(view("terraform", capacity_provider_strategy=strategy(unknown(), 10)))
    assert (found[SHARE].state, found[BASE].state, found[STRATEGY].state) == ("unknown", "pass", "unknown")
    assert "0 to 99.01 %" in found[SHARE].actual.detail
    assert "capacity_provider_strategy[0].weight" in found[SHARE].cause
    assert "var.x" in found[SHARE].cause


@pytest.mark.parametrize(
    ("written", "share", "state"),
    [
        # one unknown weight among certain others: [0, 1000/1500] and [500/1500, 1]
        (strategy(unknown(), 500), {"minimum": 90}, "fail"),
        (strategy(unknown(), 500), {"maximum": 70}, "pass"),
        (strategy(unknown(), 500), {"exclusiveMaximum": 66}, "unknown"),
        (strategy(1000, unknown()), {"minimum": 50}, "pass"),
        (strategy(1000, unknown()), {"exclusiveMinimum": 50}, "unknown"),
        (strategy(1000, unknown()), {"maximum": 49}, "fail"),
        (strategy(unknown(), unknown()), {"minimum": 0}, "pass"),
        (strategy(unknown(), 0), {"minimum": 90}, "pass"),
        (strategy(0, unknown()), {"minimum": 90}, "fail"),
        ([item("FARGATE_SPOT", unknown())], 100, "pass"),
        ([item("FARGATE", unknown())], {"minimum": 1}, "fail"),
        ([item(unknown(), 1)], {"minimum": 90}, "unknown"),
        ([item("FARGATE_SPOT", 10), item(unknown(), 1)], {"minimum": 90}, "pass"),
        ([item("FARGATE", 10), item(unknown(), 1)], {"minimum": 90}, "fail"),
        ([item("FARGATE", 1), item(unknown(), 10)], {"minimum": 90}, "unknown"),
        (unknown(partial=strategy(90, 10), open=True), {"minimum": 90}, "unknown"),
        (unknown(partial=strategy(90, 10)), {"minimum": 90}, "pass"),
        (unknown(), {"minimum": 90}, "unknown"),
        ([unknown(partial={"capacity_provider": "FARGATE_SPOT"}), item("FARGATE", 0)], {"minimum": 90}, "pass"),
    ],
)
def test_the_interval_decides(written: Any, share: Any, state: str) -> None:
    assert judge(view("terraform", capacity_provider_strategy=written), share=share)[SHARE].state == state


@pytest.mark.parametrize(
    ("base", "tasks", "state"), [(unknown(), 2, "unknown"), ("two", 2, "unknown"), (0, 2, "pass"), (3, 2, "fail")]
)
def test_an_unknown_base_leaves_the_base_open(base: Any, tasks: int, state: str) -> None:
    found = judge(view("terraform", capacity_provider_strategy=strategy(90, 10, base=base)), tasks=tasks)
    assert (found[BASE].state, found[SHARE].state) == (state, "pass")


def test_an_unknown_launch_type_leaves_open_whether_the_clusters_default_counts() -> None:
    half = {**CLUSTER, "default_capacity_provider_strategy": strategy(90, 10)}
    assert states(view("terraform", half, launch_type=unknown())) == all_pass(share="unknown", strategy="unknown")
    # neither would do
    less = {**CLUSTER, "default_capacity_provider_strategy": strategy(50, 50)}
    assert states(view("terraform", less, launch_type=unknown()))[SHARE] == "fail"


def test_an_unknown_launch_type_beside_a_strategy_is_open() -> None:
    looked = view("terraform", launch_type=unknown(), capacity_provider_strategy=strategy(90, 10))
    assert states(looked) == all_pass(launch="unknown")
    looked = view("terraform", launch_type="FARGATE", capacity_provider_strategy=unknown())
    assert states(looked) == all_pass(share="unknown", base="unknown", launch="unknown", strategy="unknown")


def test_a_launch_type_that_a_plan_computes_is_none() -> None:
    looked = view("terraform", launch_type=Unknown(Cause.COMPUTED), capacity_provider_strategy=strategy(90, 10))
    service, cluster = looked.observation.resources
    planned = replace(service, computed=("launch_type",), missing="absent")
    assert states(seen("terraform", planned, replace(cluster, missing="absent"))) == all_pass()


@PLANES
@pytest.mark.parametrize("controller", ["EXTERNAL", "CODE_DEPLOY"])
def test_task_sets_have_strategies_of_their_own(plane: str, controller: str) -> None:
    controlled = [{"type": controller}]
    looked = view(plane, deployment_controller=controlled, capacity_provider_strategy=strategy(90, 10))
    assert states(looked) == all_pass(share="unknown", base="unknown", strategy="unknown")
    assert f"is {controller}: its tasks run in task sets" in judge(looked)[SHARE].cause


def test_a_cluster_that_is_not_of_this_source_leaves_it_open() -> None:
    found = judge(view("terraform", None, cluster=unknown(Cause.DATA_SOURCE)))
    assert (found[SHARE].state, found[LAUNCH].state) == ("unknown", "pass")
    # its own strategy counts, wherever the cluster is
    own = view("terraform", None, cluster=unknown(Cause.DATA_SOURCE), capacity_provider_strategy=strategy(90, 10))
    assert states(own) == all_pass()


@PLANES
def test_what_could_not_be_read_is_unreadable(plane: str) -> None:
    lacking = (Gap("terraform", ("aws_ecs_cluster_capacity_providers",), "its providers", "broken"),)
    assert judge(view("terraform", gaps=lacking))[SHARE].state == "unreadable"
    denied = Gap(plane, ("aws_ecs_cluster",), "ecs:ListClusters", "AccessDenied")  # type: ignore[arg-type]
    found = judge(view(plane, None, (denied,), cluster="arn:prod"))
    assert (found[SHARE].state, found[BASE].state, found[STRATEGY].state) == ("unreadable",) * 3
    undescribed = Unknown(Cause.UNREADABLE, detail="ECS did not describe it")
    looked = view(plane, deployment_controller=undescribed, launch_type=undescribed)
    assert judge(looked)[SHARE].state == "unreadable"
    looked = view(plane, capacity_provider_strategy=undescribed)
    assert {state for path, state in states(looked).items() if path != LAUNCH} == {"unreadable"}


@PLANES
def test_no_such_service_is_absent_unless_it_may_lie_behind_a_gap(plane: str) -> None:
    found = judge(view(plane, name="web"))
    assert {str(one.state) for one in found.values()} == {"absent"}
    assert "nearest" in found[SHARE].cause
    denied = Gap(plane, ("aws_ecs_service",), "ecs:ListServices", "AccessDenied")  # type: ignore[arg-type]
    assert {str(one.state) for one in judge(view(plane, gaps=(denied,), name="web")).values()} == {"unreadable"}


def test_a_service_that_is_perhaps_meant_never_fails() -> None:
    found = judge(view("terraform", name=unknown(), capacity_provider_strategy=strategy(1, 9)))
    assert found[SHARE].state == "unknown"


def test_the_verdicts_lead_to_the_strategy() -> None:
    looked = view("terraform", capacity_provider_strategy=strategy(1, 9))
    service, cluster = looked.observation.resources
    there = {"capacity_provider_strategy[0]": Origin("ecs.tf", 40)}
    found = judge(seen("terraform", replace(service, origins=there), cluster))
    assert (found[SHARE].resource, found[SHARE].origin.line) == ("aws_ecs_service.api", 40)
    cluster = replace(
        world.changed(cluster, default_capacity_provider_strategy=strategy(1, 9)),
        origins={"default_capacity_provider_strategy[0]": Origin("cluster.tf", 7)},
    )
    service = world.changed(service, capacity_provider_strategy=[])
    assert judge(seen("terraform", service, cluster))[SHARE].origin == Origin("cluster.tf", 7)


# --- the spec


@pytest.mark.parametrize(
    ("change", "path", "why"),
    [
        ({"of": {"kind": "aws_lb"}}, ("spot", "of", "kind"), "not in aws_lb"),
        ({"of": {"kind": "aws_ecs_service", "select": {"nme": "api"}}}, ("spot", "of", "select", "nme"), "'name'"),
        ({"share": {"minimum": 900}}, ("spot", "share", "minimum"), "0 to 100"),
        ({"share": -1}, ("spot", "share"), "0 to 100"),
        ({"share": {}}, ("spot", "share"), "expects nothing"),
    ],
)
def test_a_body_that_cannot_be_is_refused(change: Any, path: Any, why: str) -> None:
    with pytest.raises(BodyError, match=why) as error:
        RELATION.check({"spot": {**BODY["spot"], **change}}, kinds.registry())
    assert error.value.path == path


def test_a_body_that_can_be_is_taken() -> None:
    RELATION.check(BODY, kinds.registry())
    assert RELATION.kinds(BODY) == {"aws_ecs_service", "aws_ecs_cluster"}


def test_the_reference_to_a_provider_of_ones_own_is_not_one_to_another_attribute() -> None:
    other = Unknown(Cause.COMPUTED, (Reference("aws_ecs_capacity_provider.workers", "tags"),))
    looked = view("terraform", {"name": "prod"}, capacity_provider_strategy=[item(other, 1)])
    assert judge(looked)[SHARE].state == "unknown"
