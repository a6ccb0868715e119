"""Checks are planned from specs alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from audits.kind import Kind
from audits.model import Portion, Spec
from audits.plan import checks, kinds_needed, portions
from audits.relations import registry
from tests.factories import KINDS, control


def test_one_check_for_each_control_and_plane_that_is_wanted() -> None:
    one, other = control(), replace(control(), id="d", planes=("live",))
    spec = Spec("s.yaml", "s", "README.md", (one, other), "")
    assert [check.name for check in checks([spec], ("terraform", "live"))] == ["c[terraform]", "c[live]", "d[live]"]
    assert [check.name for check in checks([spec], ("terraform",))] == ["c[terraform]"]
    assert checks([spec], ()) == ()


def test_the_kinds_that_judging_needs() -> None:
    body = {
        "kind": "aws_db_instance",
        "select": {"referred_by": {"kind": "aws_s3_bucket", "path": "x"}},
        "expect": {"groups": {"items": {"refers_to": {"kind": "aws_security_group"}}}},
    }
    hidden = {"kind": "aws_db_instance", "expect": {"a[{b: {refers_to: {kind: aws_iam_role}}}].c": 1}}
    for given, names in (
        (body, ["aws_db_instance", "aws_s3_bucket", "aws_security_group"]),
        (hidden, ["aws_db_instance", "aws_iam_role"]),
    ):
        spec = Spec("s.yaml", "s", "README.md", (control(**given),), "")
        needed = kinds_needed(checks([spec], ("live",)), registry(), KINDS)
        assert [kind.type for kind in needed] == names


TARGET, BY = "aws_appautoscaling_target", "service_namespace"


def needed(*bodies: dict[str, Any]) -> tuple[Portion, ...]:
    controls = tuple(replace(control(**body), id=f"c{number}") for number, body in enumerate(bodies))
    spec = Spec("s.yaml", "s", "README.md", controls, "")
    return portions(checks([spec], ("live",)), registry(), {**KINDS, TARGET: Kind(TARGET, in_parts_by=BY)})


def targets(matcher: Any = None, **more: Any) -> dict[str, Any]:
    return {"kind": TARGET, "select": {"resource_id": "x", **({BY: matcher} if matcher else {})}, "count": 1, **more}


def test_a_part_is_enough_where_every_selector_names_it() -> None:
    assert needed(targets("ecs")) == (Portion(TARGET, BY, ("ecs",)),)
    assert needed(targets({"const": "ecs"}), targets({"enum": ["rds", "ecs"]}), {"kind": "aws_iam_role"}) == (
        Portion(TARGET, BY, ("ecs", "rds")),
    )
    alternatives = {"one_of": [targets("ecs"), targets("lambda"), {"kind": "aws_iam_role"}]}
    assert needed(alternatives) == (Portion(TARGET, BY, ("ecs", "lambda")),)


@pytest.mark.parametrize(
    "body",
    [
        targets(),
        {"kind": TARGET, "count": 0},
        targets({"pattern": "^ecs$"}),
        targets({"not": {"const": "ecs"}}),
        targets({"enum": ["ecs", None]}),
        {"one_of": [targets("ecs"), {"kind": TARGET}]},
        # A reference may lead to any of them, and a name may be that of several.
        {"kind": "aws_iam_role", "expect": {"x": {"refers_to": {"kind": TARGET, "select": {BY: "ecs"}}}}},
        targets("ecs", expect={"x": {"refers_to": {"kind": TARGET, "select": {BY: "ecs"}}}}),
        targets("ecs", select={BY: "ecs", "referred_by": {"kind": TARGET, "path": "x", "select": {BY: "ecs"}}}),
    ],
)
def test_all_are_needed_where_any_selector_does_not_name_it(body: dict[str, Any]) -> None:
    assert needed(body) == ()
    assert needed(targets("ecs"), body) == needed(body, targets("ecs")) == ()


def test_a_kind_that_cannot_be_read_in_parts_is_read_whole() -> None:
    assert needed({"kind": "aws_iam_role", "select": {BY: "ecs"}, "count": 1}) == ()


def test_a_relation_that_does_not_say_what_it_selects_needs_all() -> None:
    group = Kind("aws_security_group", in_parts_by="name")
    tiers = {"a": {"kind": "aws_security_group", "select": {"name": "a"}}}
    reach = control("reach", tiers=tiers, reach=[{"from": "internet", "to": "a", "ports": ["443/tcp"]}])
    spec = Spec("s.yaml", "s", "README.md", (reach,), "")
    assert portions(checks([spec], ("live",)), registry(), {**KINDS, group.type: group}) == ()
