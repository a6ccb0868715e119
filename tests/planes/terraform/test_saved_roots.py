"""Plans against the evaluator: what a plan's references claim, the source says too; and both together lose nothing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from audits import sources
from audits.model import Cause, Observation, Unknown
from audits.planes import terraform
from audits.planes.terraform.saved import read_plan
from audits.reconcile import compatible, unknowns_in
from audits.sources import Sources
from tests.planes.terraform import plans, saved_plans

FOLDERS = {
    **{name: plans.ROOTS / name for name in saved_plans.ROOTS},
    **{name: saved_plans.PROJECT / "examples/glimpse" / at for name, at in saved_plans.EXAMPLES.items()},
}


@pytest.fixture(autouse=True)
def _cache(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    monkeypatch.setenv("AUDIT_CACHE_DIR", str(tmp_path_factory.getbasetemp() / "cache"))


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every value that is no list or object, by path."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, f"{path}.{name}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from leaves(inner, f"{path}[{index}]")
    else:
        yield path, value


def by_path(observation: Observation) -> dict[tuple[str, str], Any]:
    return {
        (one.identity, path): value for one in observation.resources for path, value in leaves(dict(one.attributes))
    }


def _covers(one: str, other: str) -> bool:
    """Whether one path is the other, or lies in it, or the other in it."""
    short, long = sorted((one, other), key=len)
    return long == short or long.startswith((f"{short}.", f"{short}["))


@pytest.mark.parametrize("name", FOLDERS)
def test_what_a_plan_claims_of_an_unknown_value_the_source_says_too(name: str, tmp_path: Path) -> None:
    source, plan, _ = terraform.read_with_plan(FOLDERS[name], saved_plans.write(name, tmp_path), environment={})
    said = by_path(source)
    claims = 0
    for (identity, path), value in by_path(plan).items():
        if not isinstance(value, Unknown) or value.cause is not Cause.COMPUTED or not value.references:
            continue
        if value.references[0].address == identity:
            # Nothing sets it, says the plan: nor does the source, unless by a dynamic block.
            # All tags are the provider's own doing, also in source.
            free = path.startswith(".tags_all") or bool(value.detail)
            assert free or not any(_covers(at, path) for one, at in said if one == identity), (identity, path)
            continue
        other = said.get((identity, path))
        if value.partial is not None:
            (element,) = value.partial if isinstance(value.partial, list) else (value,)
            other = said.get((identity, f"{path}[0]"), other)
            value = element if isinstance(element, Unknown) else value
        if isinstance(other, Unknown) and not other.parts:
            claims += 1
            followed = set(value.references) | {r for one in unknowns_in(by_path(plan)) for r in one.references}
            assert set(other.references) & followed, (identity, path, value, other)
    assert claims or name in ("counts", "layers", "sensitive", "unknowns", "dynamic"), name


@pytest.mark.parametrize("name", FOLDERS)
def test_source_and_plan_of_one_commit_do_not_differ(name: str, tmp_path: Path) -> None:
    path = saved_plans.write(name, tmp_path)
    both = sources.read_terraform(Sources(terraform=FOLDERS[name], plan=path))
    source, _, _ = terraform.read_with_plan(FOLDERS[name], path, environment={})
    assert [one for one in both.findings if one.title == "plan and source differ"] == []
    joined = {one.identity: one for one in both.resources}
    for one in source.resources:
        if one.existence is None and one.kind != "module":
            assert compatible(dict(joined[one.identity].attributes), dict(one.attributes)), one.identity
            assert joined[one.identity].origin == one.origin


@pytest.mark.terraform_cli
@pytest.mark.skipif(
    shutil.which("terraform") is None or plans.find_plugin_dir() is None,
    reason="needs the terraform CLI, and AUDIT_TF_PLUGIN_DIR with the AWS provider",
)
def test_a_plan_made_today_reads_as_the_kept_one(tmp_path: Path) -> None:
    fresh = tmp_path / "fresh.json"
    fresh.write_text(json.dumps(saved_plans.plan_of_root(plans.ROOTS / "network")))
    made, kept = read_plan(fresh), read_plan(saved_plans.write("network", tmp_path))
    assert [(one.identity, dict(one.attributes)) for one in made.resources] == [
        (one.identity, dict(one.attributes)) for one in kept.resources
    ]
