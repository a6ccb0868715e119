"""What plans, states and source of the examples are judged to be: the same, but where a plan alone cannot tell."""

from __future__ import annotations

import json
import shutil
from functools import cache
from pathlib import Path

import pytest

from audits import kinds, plan, relations, sources, spec
from audits.judge import judge
from audits.model import Finding, Observation, Verdict
from audits.sources import Sources
from tests.planes.terraform import saved_plans
from tests.project.harness import ROOT

CONFORMING, DRIFTED = (ROOT / "examples/glimpse" / saved_plans.EXAMPLES[name] for name in ("startup-prod", "drifted"))

UNTOLD = {
    ("files-bucket-policy", 0): "the document names the bucket's and the distribution's ARN, which are not known yet, "
    "and the plan does not say what stands around them",
    ("files-bucket-policy", 1): "as above: what is granted cannot be told, so nor can what is granted beside it",
    ("nat-group-instances", "mixed_instances_policy[*].launch_template[*].override"): "a computed block that nothing "
    "sets looks like a dynamic one whose for_each is not known",
    ("task-role-s3", "s3:DeleteObject, s3:GetObject, s3:PutObject on arn:aws:s3:::glimpse-files-prod/*"): (
        "inline_policy, as above: it could deny it"
    ),
    ("task-role-s3", "nothing else in s3"): "inline_policy, as above",
    ("port-chain", "into alb: nothing else"): "[group.id] looks like a list with a further group written out in it",
    ("port-chain", "into ecs: nothing else"): "as above, and ingress is a computed block",
    ("port-chain", "into rds: nothing else"): "as above",
    ("port-chain", "into redis: nothing else"): "as above, and its rule is made of a local, which no plan holds",
    **{
        ("alarm-alb-5xx", path): "its dimension is made of a local, which no plan holds"
        for path in ("metric", "statistic", "threshold", "window", "unit", "notifies")
    },
    ("nat-kept", "instance_type"): "which of the launch templates of a for_each a group names, a plan does not show",
    ("nat-kept", "volume_size"): "as above",
    ("nat-kept", "routes"): "which of the subnets the service has is made of a local",
    ("tasks-in-both-zones", "network_configuration[*].subnets"): "as above",
    ("vpc-cidr", "count"): "as above, and the network is chosen by those subnets",
    ("vpc-cidr", "cidr_block"): "as above",
    **{
        ("ecs-task-logs", f"container_definitions[*].logConfiguration.{path}"): "the container is made of a local"
        for path in ("logDriver", "options.awslogs-group")
    },
    **{
        (f"dashboard-{name}", "count"): "the graphs are made of a local"
        for name in ("alb", "ecs", "nat", "rds", "redis")
    },
}
"""What a plan alone leaves open of an account that is not there yet, each with its reason. Source tells all of it."""


@pytest.fixture(autouse=True)
def _cache(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    monkeypatch.setenv("AUDIT_CACHE_DIR", str(tmp_path_factory.getbasetemp() / "cache"))


@cache
def checks() -> tuple[plan.Check, ...]:
    specs = spec.load_all([*sorted((ROOT / "specs").rglob("*.yaml"))], kinds.registry(), relations.registry())
    # Checkov is not asked here, no file of the application belongs to a plan, and what things cost is mostly unknown.
    found = plan.checks(specs, ("terraform",), frozenset({"policy", "files", "cost"}))
    return tuple(check for check in found if check.control.planned is None)


def judged(observation: Observation) -> dict[tuple[str, str | int, str | None], Verdict]:
    """Every verdict, by control, path (or number, where the path quotes the spec) and resource."""
    found: dict[tuple[str, str | int, str | None], Verdict] = {}
    for check in checks():
        judgement = judge(check, observation, kinds.registry(), relations.registry())
        for number, verdict in enumerate(judgement.verdicts):
            path = number if check.control.relation == "resource_policy" else verdict.path
            found[check.control.id, path, verdict.resource] = verdict
    return found


def observed(**given: Path) -> Observation:
    return sources.read("terraform", Sources(**given), ())  # type: ignore[arg-type]


def states(found: dict[tuple[str, str | int, str | None], Verdict]) -> dict[tuple[str, str | int, str | None], str]:
    return {key: str(verdict.state) for key, verdict in found.items()}


@pytest.mark.parametrize(("name", "folder"), [("startup-prod", CONFORMING), ("drifted", DRIFTED)])
def test_source_with_its_plan_is_judged_as_source(name: str, folder: Path, tmp_path: Path) -> None:
    with_plan = observed(terraform=folder, plan=saved_plans.write(name, tmp_path))
    assert [one for one in with_plan.findings if one.title != "failed check"] == []
    assert with_plan.gaps == ()
    alone, both = judged(observed(terraform=folder)), judged(with_plan)
    assert len(alone) >= 59
    assert states(both) == states(alone)
    # Whole blocks hold the provider's defaults, too.
    plain = [key for key, one in alone.items() if not isinstance(one.actual, dict)]
    assert [both[key].actual for key in plain] == [alone[key].actual for key in plain]
    assert {key: one.origin for key, one in both.items()} == {key: one.origin for key, one in alone.items()}


def test_a_plan_alone_leaves_open_what_it_does_not_show_and_nothing_else(tmp_path: Path) -> None:
    source = states(judged(observed(terraform=CONFORMING)))
    plan_alone = states(judged(observed(plan=saved_plans.write("startup-prod", tmp_path))))
    assert set(source.values()) == {"pass"}
    # An undecided verdict may be on the control as a whole where a decided one is on a resource.
    open_ones = {key[:2] for key, state in plan_alone.items() if state != "pass"}
    assert {state for state in plan_alone.values() if state != "pass"} == {"unknown"}
    assert open_ones == set(UNTOLD)
    assert {key[:2] for key in source} == {key[:2] for key in plan_alone}


def test_a_plan_alone_finds_what_was_planted(tmp_path: Path) -> None:
    source = states(judged(observed(terraform=DRIFTED)))
    plan_alone = states(judged(observed(plan=saved_plans.write("drifted", tmp_path))))
    planted = {key[:2] for key, state in source.items() if state == "fail"}
    assert len(planted) == 4
    assert {key[:2] for key, state in plan_alone.items() if state == "fail"} == planted


@pytest.mark.parametrize("name", ["applied-state", "applied-tfstate"])
def test_a_state_alone_decides_everything(name: str, tmp_path: Path) -> None:
    found = judged(observed(state=saved_plans.write(name, tmp_path)))
    # A state that was shown does not say which of several providers made what: so not whose a bucket is.
    expected = {"files-bucket-policy": "unknown"} if name == "applied-state" else {}
    assert {key[0]: state for key, state in states(found).items() if state != "pass"} == expected
    assert len(found) == len(judged(observed(terraform=CONFORMING)))


def test_a_plan_of_what_exists_decides_everything_and_finds_what_it_would_change(tmp_path: Path) -> None:
    found = states(judged(observed(plan=saved_plans.write("resized", tmp_path))))
    assert {key[:2]: state for key, state in found.items() if state != "pass"} == {
        ("rds-instance", "instance_class"): "fail"
    }
    with_source = observed(terraform=CONFORMING, plan=saved_plans.write("resized", tmp_path))
    # The plan's variables are those of its command line, so nothing differs.
    assert with_source.findings == ()
    assert states(judged(with_source)) == found


def differences(observation: Observation) -> list[Finding]:
    return [one for one in observation.findings if one.title == "plan and source differ"]


def test_a_plan_of_another_commit_is_judged_alone(tmp_path: Path) -> None:
    document = saved_plans.stored("startup-prod")
    root = document["planned_values"]["root_module"]
    gone = root["child_modules"][0]["resources"].pop()
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(document))
    both = observed(terraform=CONFORMING, plan=path)
    assert "judged alone" in differences(both)[0].detail
    assert f"{gone['address']} is only in the source" in [one.detail for one in differences(both)]
    assert states(judged(both)) == states(judged(observed(plan=path)))


def test_a_known_value_that_differs_is_a_finding_and_the_plans_counts(tmp_path: Path) -> None:
    document = saved_plans.stored("startup-prod")
    for module in document["planned_values"]["root_module"]["child_modules"]:
        for one in module["resources"]:
            if one["type"] == "aws_cloudfront_distribution":
                one["values"]["restrictions"][0]["geo_restriction"][0]["locations"] = ["JP"]
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(document))
    both = observed(terraform=CONFORMING, plan=path)
    (found,) = differences(both)
    assert "the plan has another restrictions than the source" in found.detail
    assert str(found.origin).endswith("modules/cdn/main.tf:71")
    assert {key[0] for key, state in states(judged(both)).items() if state != "pass"} == {"cloudfront-korea-only"}


def test_a_module_that_is_not_installed_is_in_the_plan(tmp_path: Path) -> None:
    tree = tmp_path / "glimpse"
    shutil.copytree(ROOT / "examples/glimpse/terraform", tree)
    shutil.rmtree(tree / "modules" / "ecs")
    folder, path = tree / "environments/startup-prod", saved_plans.write("startup-prod", tmp_path)
    alone, both = observed(terraform=folder), observed(terraform=folder, plan=path)
    assert [gap.cause for gap in alone.gaps] == ["missing module"]
    assert both.gaps == ()
    assert differences(both) == []
    found = states(judged(both))
    assert "fail" not in found.values()
    assert found["ecs-task-size", "memory", "module.ecs.aws_ecs_task_definition.this"] == "pass"
