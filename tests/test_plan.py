"""Checks are planned from specs alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from audits.kind import Kind
from audits.model import Portion, Spec
from audits.plan import checks, extent, kinds_compared, kinds_needed, portions
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


def left_out(*bodies: dict[str, Any], relation: str = "attributes") -> dict[str, frozenset[str]]:
    controls = tuple(replace(control(relation), body=body, id=f"c{number}") for number, body in enumerate(bodies))
    spec = Spec("s.yaml", "s", "README.md", controls, "")
    logged = replace(KINDS[BUCKET], on_demand={"logging": ("logging",), "lock": ("lock", "locked")})
    return dict(extent(checks([spec], ("live",)), registry(), {**KINDS, BUCKET: logged}).left_out)


ROLE, BUCKET = "aws_iam_role", "aws_s3_bucket"


@pytest.mark.parametrize(
    ("body", "tagged"),
    [
        ({"kind": ROLE, "select": {"name": "a"}, "count": 1}, []),
        ({"kind": ROLE, "select": {"tags.Name": "a"}, "count": 1}, [ROLE]),
        ({"kind": ROLE, "expect": {"tags_all": {"required": ["Name"]}}}, [ROLE]),
        ({"kind": ROLE, "expect": {"x": {"refers_to": {"kind": BUCKET, "select": {"tags": {"a": "b"}}}}}}, [BUCKET]),
        ({"kind": ROLE, "select": {"referred_by": {"kind": BUCKET, "path": "tags.role"}}, "count": 1}, [BUCKET]),
        (
            {"kind": ROLE, "expect": {"a[{b: {refers_to: {kind: aws_s3_bucket, select: {tags.A: 1}}}}].c": 1}},
            [BUCKET, ROLE],
        ),
        ({"one_of": [{"kind": ROLE, "select": {"tags.A": "b"}}, {"kind": BUCKET}], "count": 1}, [ROLE]),
    ],
)
def test_tags_are_needed_of_the_kinds_of_which_a_check_speaks_of_them(body: dict[str, Any], tagged: list[str]) -> None:
    for kind, names in left_out(body).items():
        assert ("tags" not in names) is (kind in tagged), kind
    both = left_out({"kind": ROLE, "count": 1}, {"kind": BUCKET, "count": 1}, body)
    assert {kind for kind, names in both.items() if "tags" not in names} == set(tagged)


def test_a_detail_is_needed_where_a_check_speaks_of_what_it_tells() -> None:
    bucket = {"kind": BUCKET, "count": 1}
    assert left_out(bucket) == {BUCKET: {"tags", "logging", "lock"}}
    assert left_out(bucket, {"kind": BUCKET, "expect": {"locked": True}}) == {BUCKET: {"tags", "logging"}}
    logs = {"kind": BUCKET, "select": {"logging[*].target_bucket": "a"}, "expect": {"tags.a": "b"}}
    assert left_out(logs, bucket) == {BUCKET: {"lock"}}


def test_where_no_kind_stands_beside_it_any_may_be_meant() -> None:
    of = {"of": {"kind": BUCKET, "select": {"bucket": "a"}}, "exactly": []}
    assert left_out({"resource_policy": {**of, "path": "policy"}}, relation="resource_policy")[BUCKET] == {
        "tags",
        "logging",
        "lock",
    }
    found = left_out({"resource_policy": {**of, "path": "lock"}}, relation="resource_policy")
    assert found[BUCKET] == {"tags", "logging"}


def test_the_bill_is_read_where_a_control_asks_for_it_and_compared_with_nothing_it_breaks() -> None:
    body: dict[str, Any] = {
        "cost": {
            "table": "now",
            "component": "it",
            "priced": [{"kind": "aws_db_instance"}],
            "billed": {"services": ["x"]},
        },
        "cost_tables": {"now": {"title": "Now", "total": 1, "rows": {"it": 1}}},
    }
    for asks, names in ((True, ["aws_db_instance", "bill"]), (False, ["aws_db_instance"])):
        one = replace(control(), relation="cost", body={**body, "cost_explorer": asks})
        spec = Spec("s.yaml", "s", "README.md", (one,), "")
        planned = checks([spec], ("terraform", "live"))
        for found in (kinds_needed(planned, registry(), KINDS), kinds_compared([spec], registry(), KINDS)):
            assert [kind.type for kind in found] == names
