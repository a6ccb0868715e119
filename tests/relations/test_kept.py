"""An instance that a group keeps: every way to lose it is found, no other way to write it is taken for one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from audits import kinds
from audits.model import Cause, Plane, Unknown
from audits.relation import BodyError
from audits.relations.kept import RELATION, kinds_of
from tests.relations import kept_world as kept
from tests.relations import relation_world as world
from tests.relations.kept_world import BODY, PLANES

both = pytest.mark.parametrize("plane", PLANES)
GROUP, TEMPLATE, TABLE, ENI = "aws_autoscaling_group", "aws_launch_template", "aws_route_table", "aws_network_interface"
UNREADABLE = Unknown(Cause.UNREADABLE)


@both
def test_the_documented_instance_passes(plane: Plane) -> None:
    found = kept.judged(kept.seen(plane))
    assert {str(verdict.state) for verdict in found.values()} == {"pass"}
    expected = {"replaced", "instance_type", "volume_size", "instances", "routes"}
    assert found.keys() == (expected if plane == "terraform" else {*expected, "attached"})


def test_source_says_what_it_does_not_show() -> None:
    assert "source does not show what attaches" in kept.judged(kept.seen("terraform"))["routes"].cause


# --- replaced


@both
@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"min_size": 0}, "fail"),
        ({"min_size": 0, "desired_capacity": 1}, "fail"),
        ({"min_size": 2, "max_size": 3}, None),
        ({"suspended_processes": ["ReplaceUnhealthy"]}, "fail"),
        ({"suspended_processes": ["AlarmNotification"]}, None),
        ({"min_size": kept.unknown()}, "unknown"),
        ({"suspended_processes": kept.unknown(partial=["Launch"], open=True)}, "fail"),
        ({"suspended_processes": UNREADABLE}, "unreadable"),
    ],
)
def test_a_group_that_keeps_one(plane: Plane, changes: dict[str, Any], state: str | None) -> None:
    assert kept.wrong(kept.seen(plane, {GROUP: changes})).get("replaced") == state


def _action(plane: Plane, **sizes: Any) -> Any:
    group = world.reference("aws_autoscaling_group.nat", "name") if plane == "terraform" else "nat"
    given = {"autoscaling_group_name": group, "min_size": -1, "max_size": -1, "desired_capacity": -1, **sizes}
    return kept.one(plane, "aws_autoscaling_schedule", "night", **given)


@both
@pytest.mark.parametrize(
    ("sizes", "state"),
    [
        ({"desired_capacity": 0}, "fail"),
        ({"min_size": 0}, "fail"),
        ({"max_size": 0}, "fail"),
        ({"min_size": 1, "desired_capacity": 2, "max_size": 3}, None),
        ({}, None),
        ({"desired_capacity": 0, "autoscaling_group_name": "workers"}, None),
        ({"desired_capacity": kept.unknown()}, "unknown"),
        ({"desired_capacity": 0, "autoscaling_group_name": kept.unknown()}, "unknown"),
        ({"desired_capacity": 1, "autoscaling_group_name": kept.unknown()}, None),
    ],
)
def test_a_scheduled_action_that_empties_the_group(plane: Plane, sizes: dict[str, Any], state: str | None) -> None:
    workers = kept.one(plane, GROUP, "workers", name="workers", instances=[])
    view = kept.seen(plane, None, _action(plane, **sizes), workers)
    assert kept.wrong(view).get("replaced") == state


@both
def test_scheduled_actions_that_could_not_be_read(plane: Plane) -> None:
    view = kept.seen(plane, gaps=(kept.gap("aws_autoscaling_schedule"),))
    assert kept.wrong(view) == {"replaced": "unreadable"}


def test_a_scheduled_action_that_perhaps_exists() -> None:
    action = replace(_action("terraform", desired_capacity=0), existence=kept.unknown())
    assert kept.wrong(kept.seen("terraform", None, action)) == {"replaced": "unknown"}


# --- what it launches


def _mixed(plane: Plane, *overrides: dict[str, Any]) -> dict[str, Any]:
    identifier = world.reference("aws_launch_template.nat") if plane == "terraform" else "lt-1"
    named = {"launch_template_id": identifier, "version": "$Latest"}
    launched = {"launch_template_specification": [named], "override": list(overrides)}
    return {"launch_template": [], "mixed_instances_policy": [{"launch_template": [launched]}]}


@both
@pytest.mark.parametrize(
    ("overrides", "wrong"),
    [
        ([], {}),
        ([{"instance_type": "t4g.nano"}], {}),
        ([{"instance_type": "t4g.nano"}, {"instance_type": "t4g.micro"}], {"instance_type": "fail"}),
        ([{"instance_type": kept.unknown()}], {"instance_type": "unknown"}),
        ([{"instance_requirements": [{"vcpu_count": [{"min": 1}]}]}], {"instance_type": "unknown"}),
    ],
)
def test_a_mixed_instances_policy(plane: Plane, overrides: list[Any], wrong: dict[str, str]) -> None:
    found = kept.wrong(kept.seen(plane, {GROUP: _mixed(plane, *overrides)}))
    assert {path: state for path, state in found.items() if path != "instances"} == wrong


def _body(plane: Plane, **changes: Any) -> dict[str, Any]:
    """A change of what is launched, where the plane says it."""
    if plane == "terraform":
        return {TEMPLATE: changes}
    return {GROUP: {"launches": [{"id": "lt-1", "version": "$Latest", **kept.LAUNCHED, **changes}]}}


@both
@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"instance_type": "t4g.small"}, {"instance_type": "fail"}),
        ({"instance_type": kept.unknown()}, {"instance_type": "unknown"}),
        ({"instance_type": UNREADABLE}, {"instance_type": "unreadable"}),
        ({"block_device_mappings": [{"ebs": [{"volume_size": 30}]}]}, {"volume_size": "fail"}),
        (
            {"block_device_mappings": [{"ebs": [{"volume_size": 8}]}, {"ebs": [{"volume_size": 100}]}]},
            {"volume_size": "fail"},
        ),
        ({"block_device_mappings": [{"ebs": [{"volume_type": "gp3"}]}]}, {"volume_size": "unknown"}),
        ({"block_device_mappings": []}, {"volume_size": "unknown"}),
        ({"block_device_mappings": UNREADABLE}, {"volume_size": "unreadable"}),
    ],
)
def test_what_the_template_says(plane: Plane, changes: dict[str, Any], wrong: dict[str, str]) -> None:
    found = kept.wrong(kept.seen(plane, _body(plane, **changes)))
    assert {path: state for path, state in found.items() if path != "instances"} == wrong


OWN = "aws_launch_template.nat"


@pytest.mark.parametrize(
    ("version", "template", "known"),
    [
        (world.reference(OWN, "latest_version"), {}, True),
        ("$Latest", {}, True),
        ("$Default", {"update_default_version": True}, True),
        (None, {"update_default_version": True}, True),
        (world.reference(OWN, "default_version"), {"update_default_version": True}, True),
        ("$Default", {}, False),
        (None, {}, False),
        (world.reference(OWN, "default_version"), {}, False),
        ("3", {}, False),
        ("3", {"latest_version": 3}, True),
        ("2", {"latest_version": 3}, False),
        ("$Default", {"latest_version": 3, "default_version": 3}, True),
        ("$Default", {"latest_version": 3, "default_version": 1}, False),
        (world.reference("aws_launch_template.other", "latest_version"), {}, False),
        (kept.unknown(), {}, False),
    ],
)
def test_source_tells_only_the_latest_version(version: Any, template: dict[str, Any], known: bool) -> None:
    named = [{"id": world.reference(OWN), **({} if version is None else {"version": version})}]
    view = kept.seen("terraform", {GROUP: {"launch_template": named}, TEMPLATE: template})
    open_ = {} if known else {"instance_type": "unknown", "volume_size": "unknown"}
    assert kept.wrong(view) == open_


def test_a_plan_does_not_tell_what_a_group_has_none_of() -> None:
    later = Unknown(Cause.COMPUTED)
    assert kept.wrong(kept.seen("terraform", {GROUP: {"mixed_instances_policy": later}})) == {}
    mixed = {**_mixed("terraform"), "launch_template": later}
    assert kept.wrong(kept.seen("terraform", {GROUP: mixed})) == {}
    neither = {"mixed_instances_policy": later, "launch_template": later}
    open_ = {"instance_type": "unknown", "volume_size": "unknown"}
    assert kept.wrong(kept.seen("terraform", {GROUP: neither})) == open_


@both
def test_a_launch_configuration_is_not_read(plane: Plane) -> None:
    changes = {"launch_template": [], "launch_configuration": "nat", "launches": []}
    found = kept.judged(kept.seen(plane, {GROUP: changes}))
    open_ = {path: verdict.cause for path, verdict in found.items() if str(verdict.state) == "unknown"}
    assert {"instance_type", "volume_size"} <= open_.keys()
    assert "launch configurations are not read" in open_["instance_type"]


def test_a_template_that_source_does_not_hold() -> None:
    view = kept.seen("terraform", {GROUP: {"launch_template": [{"name": "elsewhere", "version": "$Latest"}]}})
    assert kept.wrong(view) == {"instance_type": "unknown", "volume_size": "unknown"}
    view = kept.seen("terraform", {TEMPLATE: None}, gaps=(kept.gap(TEMPLATE),))
    assert set(kept.wrong(view)) == {"instance_type", "volume_size"}


# --- instances


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"instance_type": "t4g.micro"}, "has instance_type t4g.micro, and its group launches t4g.nano"),
        ({"root_block_device": [{"volume_size": 30}]}, "has volume_size 30, and its group launches 8"),
        ({"id": "i-2"}, "belongs to no Auto Scaling group"),
    ],
)
def test_an_instance_that_is_not_as_the_group_launches_it(changes: dict[str, Any], says: str) -> None:
    verdict = kept.judged(kept.seen("live", {"aws_instance": changes}))["instances"]
    assert str(verdict.state) == "fail"
    assert says in verdict.cause


@pytest.mark.parametrize(
    ("members", "state"),
    [
        ([], "fail"),
        ([{"instance_id": "i-1", "lifecycle_state": "Terminating:Wait"}], "fail"),
        ([{"instance_id": "i-1", "lifecycle_state": "Pending"}], None),
        (UNREADABLE, "unreadable"),
    ],
)
def test_a_group_that_holds_no_instance(members: Any, state: str | None) -> None:
    changes = {GROUP: {"instances": members}, "aws_instance": None}
    found = kept.wrong(kept.seen("live", changes))
    assert found.get("instances") == state


def test_an_instance_that_source_declares_is_kept_by_nothing() -> None:
    single = kept.one("terraform", "aws_instance", "single", tags={"Name": "nat"}, instance_type="t4g.nano")
    verdict = kept.judged(kept.seen("terraform", None, single))["instances"]
    assert str(verdict.state) == "fail"
    assert verdict.resource == "aws_instance.single"
    other = kept.one("terraform", "aws_instance", "other", tags={"Name": "bastion"})
    assert kept.wrong(kept.seen("terraform", None, other)) == {}
    perhaps = kept.one("terraform", "aws_instance", "perhaps", tags={"Name": kept.unknown()})
    assert kept.wrong(kept.seen("terraform", None, perhaps)) == {"instances": "unknown"}


@both
def test_nothing_at_all_is_absent(plane: Plane) -> None:
    found = kept.wrong(kept.seen(plane, {GROUP: None, "aws_instance": None}))
    for path in ("replaced", "instance_type", "volume_size", "instances"):
        assert found[path] == "absent"


def test_an_instance_without_a_group() -> None:
    found = kept.wrong(kept.seen("live", {GROUP: None}))
    assert (found["replaced"], found["instances"], found["attached"]) == ("absent", "fail", "fail")


@both
@pytest.mark.parametrize(
    ("kind", "open_"),
    [
        ("aws_instance", {"instances"}),
        (GROUP, {"replaced", "instance_type", "volume_size", "instances", "attached"}),
    ],
)
def test_what_could_not_be_read_is_not_taken_for_nothing(plane: Plane, kind: str, open_: set[str]) -> None:
    view = kept.seen(plane, {kind: None}, gaps=(kept.gap(kind),))
    found = kept.wrong(view)
    assert set(found.values()) == {"unreadable"}
    assert found.keys() == open_ - ({"attached"} if plane == "terraform" else set())


def test_sizes_that_could_not_be_read_leave_the_instance_open() -> None:
    changes = {"aws_instance": {"root_block_device": [{"volume_size": UNREADABLE}]}}
    assert kept.wrong(kept.seen("live", changes)) == {"instances": "unreadable"}


# --- routes


@both
@pytest.mark.parametrize(
    ("target", "says"),
    [
        ({"nat_gateway_id": "nat-1"}, "leads out by nat_gateway_id nat-1"),
        ({"gateway_id": "igw-1"}, "leads out by gateway_id igw-1"),
    ],
)
def test_a_way_out_by_something_else(plane: Plane, target: dict[str, Any], says: str) -> None:
    verdict = kept.judged(kept.seen(plane, {TABLE: {"route": [kept.route(**target)]}}))["routes"]
    assert str(verdict.state) == "fail"
    assert says in verdict.cause


@both
def test_no_way_out(plane: Plane) -> None:
    inside = {**kept.way(plane), "cidr_block": "10.0.0.0/8"}
    assert kept.wrong(kept.seen(plane, {TABLE: {"route": [inside]}}))["routes"] == "fail"
    assert kept.wrong(kept.seen(plane, {TABLE: {"route": [inside, kept.way(plane)]}})) == {}


@both
@pytest.mark.parametrize(
    ("check", "state"),
    [(True, "fail"), (kept.unknown(), "unknown"), (UNREADABLE, "unreadable")],
)
def test_an_interface_that_does_not_forward(plane: Plane, check: Any, state: str) -> None:
    assert kept.wrong(kept.seen(plane, {ENI: {"source_dest_check": check}})) == {"routes": state}


@pytest.mark.parametrize(
    ("attachment", "state"),
    [
        ([], "fail"),
        ([{"instance": "i-9", "device_index": 1}], "fail"),
        ([{"instance": "", "device_index": 1}], "fail"),
        (UNREADABLE, "unreadable"),
    ],
)
def test_an_interface_that_is_not_on_the_instance(attachment: Any, state: str) -> None:
    assert kept.wrong(kept.seen("live", {ENI: {"attachment": attachment}})) == {"attached": state}


@both
@pytest.mark.parametrize(
    ("changes", "gaps", "state"),
    [
        ({TABLE: {"route": kept.unknown()}}, (), "unknown"),
        ({TABLE: {"route": UNREADABLE}}, (), "unreadable"),
        ({TABLE: {"association": kept.unknown(partial=[], open=True)}}, (), "unknown"),
        ({TABLE: None}, ("aws_route_table",), "unreadable"),
        ({"aws_ecs_service": None}, ("aws_ecs_service",), "unreadable"),
        ({"aws_ecs_service": {"network_configuration": kept.unknown()}}, (), "unknown"),
    ],
)
def test_routes_that_cannot_be_told(plane: Plane, changes: Any, gaps: tuple[str, ...], state: str) -> None:
    found = kept.wrong(kept.seen(plane, changes, gaps=tuple(kept.gap(name) for name in gaps)))
    assert found == ({"routes": state} if plane == "terraform" else {"routes": state, "attached": state})


@both
@pytest.mark.parametrize("kind", ["aws_subnet", ENI])
def test_what_a_route_names_and_was_not_read(plane: Plane, kind: str) -> None:
    found = kept.wrong(kept.seen(plane, {kind: None}, gaps=(kept.gap(kind),)))
    # In source the reference itself stands for what it names, whatever became of it.
    assert found == (
        {"routes": "unknown"} if plane == "terraform" else dict.fromkeys(("routes", "attached"), "unreadable")
    )


def test_an_interface_that_is_not_there() -> None:
    assert kept.wrong(kept.seen("live", {ENI: None})) == {"routes": "fail", "attached": "fail"}


def test_a_subnet_without_a_table_of_its_own_uses_the_main_one() -> None:
    main = {"association": [{"subnet_id": "", "gateway_id": "", "main": True}]}
    assert kept.wrong(kept.seen("live", {TABLE: main})) == {}
    wrong = {**main, "route": [kept.route(nat_gateway_id="nat-1")]}
    assert kept.wrong(kept.seen("live", {TABLE: wrong})) == {"routes": "fail", "attached": "fail"}
    found = kept.judged(kept.seen("terraform", {TABLE: {"association": []}}))["routes"]
    assert str(found.state) == "unknown"
    assert "its VPC's main one" in found.cause


@both
def test_a_service_that_is_not_there(plane: Plane) -> None:
    assert kept.wrong(kept.seen(plane, {"aws_ecs_service": None}))["routes"] == "absent"


def test_the_first_interface_of_an_instance() -> None:
    value = world.reference("aws_instance.single", "primary_network_interface_id")
    single = kept.one("terraform", "aws_instance", "single", tags={"Name": "nat"}, source_dest_check=False)
    view = kept.seen("terraform", {TABLE: {"route": [kept.route(network_interface_id=value)]}}, single)
    assert kept.wrong(view) == {"instances": "fail"}


# --- how it is written


@pytest.mark.parametrize(
    ("changes", "place", "says"),
    [
        ({"group": {"nam": "x"}}, ("kept", "group", "nam"), "did you mean 'name'?"),
        ({"instances": {"tag": "x"}}, ("kept", "instances", "tag"), "no attribute 'tag'"),
        ({"volume_size": {"maximun": 8}}, ("kept", "volume_size", "maximun"), "did you mean 'maximum'?"),
        ({"routes_of": {"kind": "aws_iam_role"}}, ("kept", "routes_of"), "names its subnets is not known"),
    ],
)
def test_what_cannot_be_is_refused(changes: dict[str, Any], place: tuple[str, ...], says: str) -> None:
    with pytest.raises(BodyError, match=says.replace("?", r"\?")) as error:
        RELATION.check({"kept": {**BODY, **changes}}, kinds.registry())
    assert error.value.path == place


def test_every_kind_that_judging_needs_is_read() -> None:
    alone = {key: value for key, value in BODY.items() if key != "routes_of"}
    needed = {GROUP, TEMPLATE, "aws_autoscaling_schedule", "aws_instance"}
    assert kinds_of({"kept": alone}) == needed
    assert kinds_of({"kept": BODY}) == {*needed, "aws_ecs_service", "aws_subnet", TABLE, ENI}
