"""What the unknown values of a plan stand for: as much as its configuration tells, and no more."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from audits import kinds
from audits.canonical import canonical
from audits.model import Cause, Reference, Unknown
from audits.planes.terraform.saved import read_plan
from audits.planes.terraform.saved.references import takes
from audits.planes.terraform.saved.traversals import longest, module_path, parse, without_key

GROUP = "aws_security_group.web"


def refers(*references: str) -> dict[str, Any]:
    return {"references": list(references)}


def to(attribute: str) -> dict[str, Any]:
    """What the CLI lists for a traversal: itself and its beginnings."""
    parts = attribute.split(".")
    least = 3 if parts[0] == "data" else 2
    return refers(*(".".join(parts[:end]) for end in range(len(parts), least - 1, -1)))


class Planned:
    """A plan that is put together resource by resource."""

    def __init__(self) -> None:
        self.root: dict[str, Any] = {"resources": [], "module_calls": {}}
        self.resources: list[dict[str, Any]] = []
        self.changes: list[dict[str, Any]] = []
        self.data: list[dict[str, Any]] = []

    def module(self, name: str, expressions: dict[str, Any] | None = None, **body: Any) -> dict[str, Any]:
        inner = {"resources": [], "variables": {one: {} for one in expressions or {}}, **body}
        self.root["module_calls"][name] = {"expressions": expressions or {}, "module": inner}
        return inner

    def add(
        self,
        address: str,
        unknown: dict[str, Any],
        expressions: dict[str, Any] | None = None,
        values: dict[str, Any] | None = None,
        module: dict[str, Any] | None = None,
        **body: Any,
    ) -> None:
        kind, name = without_key(address).split(".")[-2:]
        declared = (self.root if module is None else module)["resources"]
        if not any((one["type"], one["name"]) == (kind, name) for one in declared):
            declared.append({"mode": "managed", "type": kind, "name": name, "expressions": expressions or {}, **body})
        one = {"address": address, "mode": "managed", "type": kind, "name": name, "values": values or {}}
        self.resources.append({"at": ".".join(address.split(".")[:-2]), **one})
        self.changes.append({**one, "change": {"actions": ["create"], "after_unknown": unknown}})

    def read(self, folder: Path) -> dict[str, dict[str, Any]]:
        children: dict[str, list[dict[str, Any]]] = {}
        for one in self.resources:
            children.setdefault(one["at"], []).append(one)
        document = {
            "format_version": "1.2",
            "planned_values": {
                "root_module": {
                    "resources": children.pop("", []),
                    "child_modules": [{"address": at, "resources": found} for at, found in children.items()],
                }
            },
            "resource_changes": self.changes,
            "prior_state": {"values": {"root_module": {"resources": self.data}}},
            "configuration": {"root_module": self.root},
        }
        path = folder / "plan.json"
        path.write_text(json.dumps(document))
        return {one.identity: dict(one.attributes) for one in read_plan(path).resources}


@pytest.fixture
def plan() -> Planned:
    planned = Planned()
    planned.add(GROUP, {"id": True, "arn": True})
    return planned


PLAIN = Unknown(Cause.COMPUTED, (Reference(GROUP, "id"),))


def rule(plan: Planned, folder: Path, expression: Any, **body: Any) -> Any:
    """What the source of a rule is, which this expression makes."""
    address = "aws_security_group_rule.r"
    plan.add(address, {"source_security_group_id": True}, {"source_security_group_id": expression}, **body)
    return plan.read(folder)[address]["source_security_group_id"]


def test_the_only_reference_of_an_argument_that_takes_identifiers_is_what_it_holds(
    plan: Planned, tmp_path: Path
) -> None:
    assert rule(plan, tmp_path, to(f"{GROUP}.id")) == PLAIN


def test_a_reference_is_followed_through_variables_and_outputs(plan: Planned, tmp_path: Path) -> None:
    plan.module("a", outputs={"group": {"expression": to("aws_security_group.inner.id")}})
    plan.add("module.a.aws_security_group.inner", {"id": True}, module=plan.root["module_calls"]["a"]["module"])
    inner = plan.module("b", {"source": refers("module.a.group", "module.a")})
    plan.add(
        "module.b.aws_security_group_rule.r",
        {"source_security_group_id": True},
        {"source_security_group_id": refers("var.source")},
        module=inner,
    )
    found = plan.read(tmp_path)["module.b.aws_security_group_rule.r"]["source_security_group_id"]
    assert found == Unknown(Cause.COMPUTED, (Reference("module.a.aws_security_group.inner", "id"),))


def test_what_else_goes_in_leaves_it_untold(plan: Planned, tmp_path: Path) -> None:
    plan.add("aws_security_group.other", {"id": True})
    for expression in (
        refers(f"{GROUP}.id", GROUP, "aws_security_group.other.id", "aws_security_group.other"),
        refers(f"{GROUP}.id", GROUP, "local.suffix"),
        refers("local.group"),
        refers("module.gone.group", "module.gone"),
        refers(f"{GROUP}.id", GROUP, "path.module"),
        refers("not a reference"),
    ):
        fresh = Planned()
        fresh.root["resources"], fresh.resources, fresh.changes = (
            [*plan.root["resources"]],
            [*plan.resources],
            [*plan.changes],
        )
        found = rule(fresh, tmp_path, expression)
        assert (found.cause, found.parts, found.partial) == (Cause.UNSUPPORTED, (), None), expression
        assert "--terraform DIR beside --plan" in found.detail


def test_a_known_part_means_that_a_text_was_put_together(plan: Planned, tmp_path: Path) -> None:
    plan.root["variables"] = {"prefix": {}}
    assert rule(plan, tmp_path, refers("var.prefix", f"{GROUP}.id", GROUP)).cause is Cause.UNSUPPORTED


def test_free_texts_and_composed_ones_are_never_what_they_refer_to(plan: Planned, tmp_path: Path) -> None:
    expressions = {"name": to(f"{GROUP}.id"), "resource_id": to(f"{GROUP}.id"), "user_data": to(f"{GROUP}.id")}
    plan.add("aws_instance.x", dict.fromkeys(expressions, True), expressions)
    found = plan.read(tmp_path)["aws_instance.x"]
    assert {found[name].cause for name in expressions} == {Cause.UNSUPPORTED}


def test_a_set_of_which_nothing_is_known_may_hold_what_is_written_out(plan: Planned, tmp_path: Path) -> None:
    plan.add("aws_lb.x", {"security_groups": True}, {"security_groups": to(f"{GROUP}.id")})
    found = plan.read(tmp_path)["aws_lb.x"]["security_groups"]
    assert (found.partial, found.open) == ([PLAIN], True)
    plan.add("aws_lb.y", {"security_groups": True}, {"security_groups": refers("local.groups")})
    found = plan.read(tmp_path)["aws_lb.y"]["security_groups"]
    assert (found.partial, found.open) == ([], True)


def test_what_nothing_sets_stands_for_itself_and_a_block_may_be_a_dynamic_one(plan: Planned, tmp_path: Path) -> None:
    plan.add("aws_security_group.g", {"id": True, "ingress": True})
    found = plan.read(tmp_path)["aws_security_group.g"]
    assert found["id"] == Unknown(Cause.COMPUTED, (Reference("aws_security_group.g", "id"),))
    assert "dynamic" in found["ingress"].detail


def written_as(*groups: str) -> dict[str, Any]:
    return {"default_action": [{"target_group_arn": to(f"{group}.arn")} for group in groups]}


def forwards(plan: Planned, folder: Path, expressions: dict[str, Any], planned: int) -> list[Any]:
    """The target of each planned action of a listener whose written ones are these."""
    marks = {"default_action": [{"target_group_arn": True}] * planned}
    plan.add("aws_lb_listener.l", marks, expressions, {"default_action": [{"type": "forward"}] * planned})
    return [one["target_group_arn"] for one in plan.read(folder)["aws_lb_listener.l"]["default_action"]]


def test_a_block_is_matched_where_as_many_are_planned_as_are_written(plan: Planned, tmp_path: Path) -> None:
    plan.add("aws_lb_target_group.a", {"arn": True})
    (found,) = forwards(plan, tmp_path, written_as("aws_lb_target_group.a"), 1)
    assert found == Unknown(Cause.COMPUTED, (Reference("aws_lb_target_group.a", "arn"),))


@pytest.mark.parametrize("written", [(), ("aws_lb_target_group.a",)])
def test_what_dynamic_blocks_may_have_made_is_untold(written: tuple[str, ...], plan: Planned, tmp_path: Path) -> None:
    plan.add("aws_lb_target_group.a", {"arn": True})
    for found in forwards(plan, tmp_path, written_as(*written) if written else {}, 2):
        assert (found.cause, found.references) == (Cause.UNSUPPORTED, ())


def test_any_of_several_blocks_may_be_meant(plan: Planned, tmp_path: Path) -> None:
    for name in ("a", "b"):
        plan.add(f"aws_lb_target_group.{name}", {"arn": True})
    for found in forwards(plan, tmp_path, written_as("aws_lb_target_group.a", "aws_lb_target_group.b"), 2):
        assert found.cause is Cause.UNSUPPORTED
        assert {one.address for one in found.references} == {"aws_lb_target_group.a", "aws_lb_target_group.b"}


def test_a_plan_without_its_configuration_claims_nothing(plan: Planned, tmp_path: Path) -> None:
    plan.add("aws_db_instance.d", {"publicly_accessible": True, "arn": True})
    plan.root["resources"].clear()
    found = plan.read(tmp_path)["aws_db_instance.d"]
    assert (found["publicly_accessible"].cause, found["publicly_accessible"].references) == (Cause.UNSUPPORTED, ())
    settled = canonical(read_plan(tmp_path / "plan.json"), kinds.registry())
    (database,) = (one for one in settled.resources if one.kind == "aws_db_instance")
    assert isinstance(database.attributes["publicly_accessible"], Unknown)


def test_what_nothing_sets_gets_the_declared_default(plan: Planned, tmp_path: Path) -> None:
    plan.add("aws_db_instance.d", {"arn": True, "storage_encrypted": True})
    plan.read(tmp_path)
    settled = canonical(read_plan(tmp_path / "plan.json"), kinds.registry())
    (database,) = (one for one in settled.resources if one.kind == "aws_db_instance")
    default = kinds.registry()["aws_db_instance"].defaults["storage_encrypted"]
    assert database.attributes["storage_encrypted"] == default.value
    assert database.defaulted["storage_encrypted"] == default.source
    assert isinstance(database.attributes["arn"], Unknown)


def test_each_value_is_one_of_what_for_each_goes_over(plan: Planned, tmp_path: Path) -> None:
    over = to(f"{GROUP}.id")
    plan.add(
        'aws_security_group_rule.r["a"]',
        {"source_security_group_id": True},
        {"source_security_group_id": refers("each.value")},
        for_each_expression=over,
    )
    assert plan.read(tmp_path)['aws_security_group_rule.r["a"]']["source_security_group_id"] == PLAIN
    plan.add(
        "aws_security_group_rule.s",
        {"source_security_group_id": True},
        {"source_security_group_id": refers("each.value")},
    )
    assert plan.read(tmp_path)["aws_security_group_rule.s"]["source_security_group_id"].cause is Cause.UNSUPPORTED


def test_one_of_several_instances_is_none_of_them(tmp_path: Path) -> None:
    planned = Planned()
    for key in ("a", "b"):
        planned.add(f'aws_security_group.web["{key}"]', {"id": True})
    assert rule(planned, tmp_path, refers(GROUP, "each.key")).references == (Reference(f"{GROUP}[*]"),)
    single = Planned()
    single.add('aws_security_group.web["a"]', {"id": True})
    found = rule(single, tmp_path, refers(GROUP, "each.key"))
    assert found == Unknown(Cause.COMPUTED, (Reference('aws_security_group.web["a"]'),))
    named = Planned()
    for key in ("a", "b"):
        named.add(f'aws_security_group.web["{key}"]', {"id": True})
    found = rule(named, tmp_path, refers('aws_security_group.web["b"].id', 'aws_security_group.web["b"]', GROUP))
    assert found == Unknown(Cause.COMPUTED, (Reference('aws_security_group.web["b"]', "id"),))


def test_references_that_go_round_end(tmp_path: Path) -> None:
    planned = Planned()
    inner = planned.module("a", {"x": refers("module.a.y", "module.a")}, outputs={"y": {"expression": refers("var.x")}})
    planned.add("module.a.aws_lb.x", {"arn": True}, {"arn": refers("var.x")}, module=inner)
    assert planned.read(tmp_path)["module.a.aws_lb.x"]["arn"].cause is Cause.UNSUPPORTED


def test_a_document_that_is_read_while_applying_shows_what_is_known_of_it(plan: Planned, tmp_path: Path) -> None:
    statement = {"actions": ["s3:GetObject"], "effect": "Allow", "resources": [None], "sid": "A"}
    marks = {"json": True, "statement": [{"actions": [False], "resources": [True]}]}
    plan.root["resources"].append(
        {
            "mode": "data",
            "type": "aws_iam_policy_document",
            "name": "d",
            "expressions": {"statement": [{"resources": to("aws_s3_bucket.b.arn")}]},
        }
    )
    plan.changes.append(
        {
            "address": "data.aws_iam_policy_document.d",
            "mode": "data",
            "type": "aws_iam_policy_document",
            "change": {"actions": ["read"], "after": {"statement": [statement]}, "after_unknown": marks},
        }
    )
    plan.add("aws_s3_bucket.b", {"arn": True})
    plan.add("aws_iam_policy.p", {"policy": True}, {"policy": to("data.aws_iam_policy_document.d.json")})
    (found,) = plan.read(tmp_path)["aws_iam_policy.p"]["policy"].partial["Statement"]
    assert (found["Action"], found["Effect"]) == ("s3:GetObject", "Allow")
    # arn, or arn/*: the plan does not say.
    assert found["Resource"].cause is Cause.UNSUPPORTED
    assert found["Resource"].references == (Reference("aws_s3_bucket.b", "arn"),)


def test_a_document_with_a_secret_in_it_is_not_made(plan: Planned, tmp_path: Path) -> None:
    plan.root["resources"].append({"mode": "data", "type": "aws_iam_policy_document", "name": "d", "expressions": {}})
    change = {
        "actions": ["read"],
        "after": {"policy_id": "hush"},
        "after_unknown": {"json": True},
        "after_sensitive": {"policy_id": True},
    }
    address = "data.aws_iam_policy_document.d"
    plan.changes.append({"address": address, "mode": "data", "type": "aws_iam_policy_document", "change": change})
    plan.add("aws_iam_policy.p", {"policy": True}, {"policy": to(f"{address}.json")})
    found = plan.read(tmp_path)["aws_iam_policy.p"]["policy"]
    assert (found.partial, "hush" in repr(found)) == (None, False)


@pytest.mark.parametrize(
    ("holder", "reference", "expected"),
    [
        ("vpc_id", "aws_vpc.a.id", True),
        ("task_role_arn", "aws_iam_role.a.arn", True),
        ("role", "aws_iam_role.a.name", True),
        ("role", "aws_iam_role.a.id", True),
        ("bucket", "aws_s3_bucket.a.id", True),
        ("domain_name", "aws_s3_bucket.a.bucket_regional_domain_name", True),
        ("subnets", "aws_subnet.a.id", True),
        ("policy", "data.aws_iam_policy_document.a.json", True),
        ("name", "aws_iam_role.a.name", False),
        ("resource_id", "aws_ecs_service.a.id", False),
        ("user_data", "aws_vpc.a.id", False),
        ("resources", "aws_s3_bucket.a.arn", False),
        ("values", "aws_cloudfront_distribution.a.arn", False),
        ("policy", "aws_s3_bucket.a.arn", False),
        ("user_data", "data.aws_iam_policy_document.a.json", False),
        ("vpc_id", "aws_vpc.a[*].id", False),
    ],
)
def test_which_arguments_take_an_attribute_as_it_is(holder: str, reference: str, expected: bool) -> None:
    address, _, attribute = reference.rpartition(".")
    assert takes(holder, Reference(address, attribute)) is expected


def test_references_taken_apart() -> None:
    assert longest(["a.b.c", "a.b", "a.b[0]", "d.e"]) == ["a.b.c", "a.b[0]", "d.e"]
    assert module_path('module.a["x.y[0]"].module.b[2]') == (("a", '["x.y[0]"]'), ("b", "[2]"))
    assert module_path("aws_x.y") == ()
    assert without_key('module.a["k"].aws_x.y["a[\\"b\\"]"]') == 'module.a["k"].aws_x.y'
    assert without_key("aws_x.y[3]") == "aws_x.y"
    found = parse('data.aws_x.y["a.b"].list[0].id')
    assert found is not None
    assert (found.head, found.name, found.key, found.rest) == ("data", "data.aws_x.y", '["a.b"]', "list[0].id")
    assert parse("") is None
    assert parse("x y") is None
