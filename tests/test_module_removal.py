"""The example without a module's folder, one at a time and in pairs: nothing is made up for what is gone.

Controls on what lay in the module are ``unreadable``, with the missing module and the arguments of its call; the others
are judged as before. Nothing comes to deviate: that something is gone from the source is not that it is not there.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from fnmatch import fnmatchcase
from functools import cache
from itertools import combinations
from pathlib import Path

import pytest

from audits import kinds, relations
from audits.judge import Judgement
from audits.model import Control, Observation, State, Verdict
from tests.mutation.source import ROOT, TREE, copy, judged, observe

FOLDERS = sorted(path.name for path in (TREE / "modules").iterdir())
REMOVALS = [*((name,) for name in FOLDERS), *combinations(FOLDERS, 2)]


@pytest.fixture(scope="session")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy(tmp_path_factory.mktemp("removal"))


@pytest.fixture(autouse=True)
def _from_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


@contextmanager
def without(tree: Path, folders: Collection[str]) -> Iterator[None]:
    try:
        for name in folders:
            shutil.move(tree / "modules" / name, tree / f"removed-{name}")
        yield
    finally:
        for name in folders:
            shutil.move(tree / f"removed-{name}", tree / "modules" / name)


def of(observation: Observation) -> Mapping[str, Judgement]:
    results = judged({"terraform": observation}).results
    return {name: one.judgements["terraform"] for name, one in results.items() if "terraform" in one.judgements}


@cache
def whole() -> Mapping[str, Judgement]:
    return of(observe(TREE))


def call(folder: str) -> str:
    return f"module.{folder.replace('-', '_')}"


def lies_in(verdict: Verdict, folders: Collection[str]) -> bool:
    return verdict.resource is not None and verdict.resource.startswith(
        tuple(f"{call(one)}{then}" for one in folders for then in ".[")
    )


def rests_on_kinds_of(control: Control, folder: str) -> bool:
    """Whether what the control needs may lie in the module: in any, unless the spec declares what it holds."""
    declared = control.modules.get(folder)
    needed = relations.registry()[control.relation].kinds(control.body)
    found = kinds.registry()
    types = {*needed, *(part.type for name in needed if name in found for part in found[name].parts)}
    return declared is None or any(fnmatchcase(one, pattern) for one in types for pattern in declared)


def states(judgement: Judgement) -> set[tuple[str, State]]:
    return {(verdict.path, verdict.state) for verdict in judgement.verdicts}


@pytest.mark.parametrize("folders", REMOVALS, ids="+".join)
def test_a_module_without_its_folder_hides_its_own_and_makes_nothing_fail(tree: Path, folders: tuple[str, ...]) -> None:
    with without(tree, folders):
        observation = observe(tree)
    assert {(gap.scope, gap.cause) for gap in observation.gaps} == {(call(one), "missing module") for one in folders}
    calls = [one for one in observation.resources if one.kind == "module"]
    assert {one.identity.partition("[")[0] for one in calls} == set(map(call, folders))
    assert all(one.attributes["name_prefix" if "s3" not in one.identity else "bucket_name"] for one in calls)
    found = of(observation)
    assert found.keys() == whole().keys()
    for name, judgement in found.items():
        before, control = whole()[name], judgement.check.control
        deviating = {path for path, state in states(judgement) if state.deviates}
        assert deviating <= {path for path, state in states(before) if state.deviates}, name
        own = [verdict for verdict in before.verdicts if lies_in(verdict, folders)]
        if own:
            unread = [verdict for verdict in judgement.verdicts if verdict.state is State.UNREADABLE]
            assert any(names_the_call(verdict, folders) for verdict in unread), name
            gone = {verdict.path for verdict in own} - {v.path for v in before.verdicts if not lies_in(v, folders)}
            passing = {v.path for v in judgement.verdicts if v.state is State.PASS and "need not exist" not in v.cause}
            assert not gone & passing, name
        if states(judgement) != states(before):
            changed = [v for v in judgement.verdicts if (v.path, v.state) not in states(before)]
            assert all(v.state.undecided for v in changed), name
            assert all(any(call(one) in v.cause for one in folders) for v in changed), [v.cause for v in changed]
            if not any(rests_on_kinds_of(control, one) for one in folders):
                # Only what refers to something in the module cannot be told.
                assert all(any(f"{call(one)}." in v.cause for one in folders) for v in changed), name


def names_the_call(verdict: Verdict, folders: Collection[str]) -> bool:
    """Whether the cause names a missing module with what it was called with."""
    return any(f"{call(one)}: missing module (called with " in verdict.cause for one in folders)


@pytest.mark.parametrize("folder", FOLDERS)
def test_what_a_module_was_called_with_stays_known(tree: Path, folder: str) -> None:
    with without(tree, [folder]):
        (module,) = (one for one in observe(tree).resources if one.kind == "module")
    known = {
        "alb": ("target_port", 3001),
        "api-gateway": ("server_name", "api.glimpse.contact"),
        "cdn": ("allowed_countries", ["KR"]),
        "cognito": ("name_prefix", "glimpse-prod"),
        "dns": ("domain_name", "glimpse.contact"),
        "ecs": ("task_memory", "512"),
        "elasticache": ("node_type", "cache.t4g.micro"),
        "monitoring": ("alarm_emails", ["ops@glimpse.contact"]),
        "networking": ("nat_instance_type", "t4g.nano"),
        "rds": ("instance_class", "db.t4g.micro"),
        "s3": ("bucket_name", "glimpse-files-prod"),
    }
    name, value = known[folder]
    assert module.attributes[name] == value or folder == "api-gateway"
    assert "placeholder" not in str(module.attributes)


def test_a_removal_is_undone(tree: Path) -> None:
    with without(tree, FOLDERS):
        assert not list((tree / "modules").iterdir())
    assert sorted(path.name for path in (tree / "modules").iterdir()) == FOLDERS
    assert of(observe(tree)).keys() == whole().keys()
