"""Single changes to the conforming example's source turn what they declare, rewrites turn nothing (``make mutate``).

The changes to the account are in ``tests/e2e``.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from audits.model import State
from tests.mutation import source
from tests.mutation.__main__ import main, row, totals
from tests.mutation.source import ROOT, InapplicableError, Mutation, specs
from tests.mutation.verdicts import Outcome, compare

SIZE, PORTS = "size", "ports"
BEFORE = {SIZE: (("class", State.PASS), ("count", State.PASS)), PORTS: (("into db", State.PASS),)}


@pytest.fixture(scope="session")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return source.copy(tmp_path_factory.mktemp("mutation"))


@pytest.fixture(autouse=True)
def _from_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


@pytest.mark.parametrize("name", source.mutations())
def test_a_change_to_the_source_turns_what_it_declares(name: str, tree: Path) -> None:
    assert source.run(source.mutations()[name], tree).wrong == ()


def test_the_example_conforms() -> None:
    planned = {control.id for spec in specs() for control in spec.controls if control.planned}
    said = [(name, *one) for name, states in source.conforming().items() for one in states if name not in planned]
    assert [one for one in said if one[2].deviates] == []


def test_there_are_enough_of_each() -> None:
    found = source.mutations().values()
    mutations = [one for one in found if one.turns]
    assert len(mutations) >= 100
    assert sum(bool(source.relations_of(one.turns)) for one in mutations) >= 40
    assert sum(not one.turns and not one.undecided for one in found) >= 60


# -- what counts as turned


def test_what_turns_as_declared_is_right() -> None:
    after = BEFORE | {SIZE: (("class", State.FAIL), ("count", State.PASS))}
    assert compare(BEFORE, after, {SIZE: ["class"]}) == ()
    assert compare(BEFORE, after, {SIZE: ["cla…"]}) == ()


def test_a_miss_is_told() -> None:
    assert compare(BEFORE, BEFORE, {SIZE: ["class"]}) == ("missed: size class",)
    assert compare(BEFORE, BEFORE, {"sizes": ["class"]}) == ("there is no control sizes",)


def test_an_absence_turns_as_a_failure_does() -> None:
    after = BEFORE | {SIZE: (("count", State.ABSENT),)}
    assert compare(BEFORE, after, {SIZE: ["count"]}) == ()


@pytest.mark.parametrize("state", [State.FAIL, State.ABSENT, State.UNKNOWN, State.UNREADABLE])
def test_another_control_that_turns_is_a_false_alarm(state: State) -> None:
    after = {SIZE: (("class", State.FAIL), ("count", State.PASS)), PORTS: (("into db", state),)}
    wrong = compare(BEFORE, after, {SIZE: ["class"]})
    assert wrong == (f"false alarm: ports into db: {state}", "gone: ports into db: pass")


def test_what_was_not_due_before_raises_no_alarm() -> None:
    before = BEFORE | {"planned": (("least", State.FAIL),)}
    after = before | {"planned": (("least", State.PASS),)}
    assert compare(before, after, {}) == ()
    assert compare(before, after, {"planned": ["least"]}) == ("missed: planned least",)


def test_another_path_of_a_declared_control_is_beyond_it() -> None:
    after = BEFORE | {SIZE: (("class", State.FAIL), ("count", State.FAIL))}
    assert compare(BEFORE, after, {SIZE: ["class"]}) == ("beyond the declaration: size count",)


def test_a_declared_control_may_leave_nothing_newly_undecided() -> None:
    after = BEFORE | {SIZE: (("class", State.FAIL), ("count", State.UNREADABLE))}
    assert compare(BEFORE, after, {SIZE: ["class"]}) == ("newly undecided: size count",)
    assert compare(after, after, {SIZE: ["class"]}) == ()


def test_a_path_that_names_nothing_or_several_is_no_declaration() -> None:
    (wrong, missed) = compare(BEFORE, BEFORE, {SIZE: ["cl", "class"]})
    assert (wrong[:18], missed) == ("size: 'cl' names n", "missed: size class")
    assert "names ['class', 'count']" in compare(BEFORE, BEFORE, {SIZE: ["c…"]})[0]


def test_what_source_cannot_tell_must_be_undecided() -> None:
    after = BEFORE | {SIZE: (("class", State.UNKNOWN), ("count", State.PASS))}
    assert compare(BEFORE, after, {}, {SIZE: ["class"]}) == ()
    assert compare(BEFORE, BEFORE, {}, {SIZE: ["class"]}) == ("not undecided: size class",)
    failing = BEFORE | {SIZE: (("class", State.FAIL), ("count", State.PASS))}
    assert compare(BEFORE, failing, {}, {SIZE: ["class"]}) == (
        "beyond the declaration: size class",
        "not undecided: size class",
    )


def test_a_rewrite_may_be_judged_by_another_path_but_not_come_to_less() -> None:
    assert compare(BEFORE, BEFORE | {SIZE: (("nodes", State.PASS), ("count", State.PASS))}, {}) == ()
    after = BEFORE | {SIZE: (("class", State.UNKNOWN), ("count", State.PASS))}
    assert compare(BEFORE, after, {}) == ("false alarm: size class: unknown", "false alarm: size is unknown, not pass")


# -- edits


def test_an_edit_that_finds_nothing_is_refused_and_leaves_nothing_behind(tree: Path) -> None:
    edits = [
        {"in": "modules/rds/new.tf", "append": "locals {}"},
        {"in": "modules/rds/main.tf", "replace": "no such text", "by": ""},
    ]
    with pytest.raises(InapplicableError, match=r"^x: modules/rds/main.tf: 'no such text' stands there 0 times"):
        source.run(Mutation("x", edits), tree)
    assert not (tree / "modules/rds/new.tf").exists()
    with pytest.raises(InapplicableError, match="'this' stands there 8 times, not once"):
        source.run(Mutation("x", [{"in": "modules/rds/main.tf", "replace": "this", "by": "that"}]), tree)
    with pytest.raises(InapplicableError, match="there is no such file"):
        source.run(Mutation("x", [{"in": "modules/rds/none.tf", "replace": "a", "by": "b"}]), tree)


def test_an_edit_that_breaks_the_source_is_refused(tree: Path) -> None:
    edits = [{"in": "modules/rds/main.tf", "replace": 'engine         = "postgres"', "by": "engine = {"}]
    with pytest.raises(InapplicableError, match="no longer read whole"):
        source.run(Mutation("x", edits), tree)


def test_every_edit_is_undone(tree: Path, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in tree.rglob("*.tf")}
    for one in list(source.mutations().values())[::25]:
        with source.edited(tree, one):
            assert {path: path.read_bytes() for path in tree.rglob("*.tf*")} != before
    assert {path: path.read_bytes() for path in tree.rglob("*.tf")} == before


@pytest.mark.parametrize("text", ["- {id: x, edits: [{in: a, by: b, with: c}]}", "- {id: x, edits: [], turn: {}}"])
def test_a_key_that_means_nothing_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text(text)
    with pytest.raises(InapplicableError, match=r"x\.yaml: x: unknown keys"):
        source.load(tmp_path / "x.yaml")


# -- the table


def test_what_is_wrong_is_counted_and_shown() -> None:
    miss = Outcome("a", "terraform", {SIZE: ["class"]}, {}, wrong=("missed: size class",))
    right = Outcome("b", "live", {PORTS: ["into db"]}, {PORTS: ["into db"]}, frozenset({"reach"}))
    rewrite = Outcome("c", "live", {}, {})
    vague = Outcome("d", "terraform", {}, {}, undecided={SIZE: ["class"]})
    assert [row(one)[2:] for one in (miss, right, rewrite, vague)] == [
        ("size", "", "WRONG"),
        ("ports", "ports", "ok"),
        ("rewrite", "", "ok"),
        ("size", "", "ok"),
    ]
    assert totals([miss, right, rewrite, vague]) == [
        ("terraform", 1, 0, 0, 1, 0, 1),
        ("live", 1, 1, 1, 0, 1, 0),
        ("both", 2, 1, 1, 1, 1, 1),
    ]


def test_a_miss_ends_with_one(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    edits = [
        {"in": "modules/rds/main.tf", "replace": "instance_class = var.instance_class", "by": "instance_class = 1"}
    ]
    right = Mutation("another_class", edits, {"rds-instance": ["instance_class"]})
    monkeypatch.setattr(source, "mutations", lambda: {"another_class": right})
    assert main(["terraform"]) == 0
    monkeypatch.setattr(source, "mutations", lambda: {"another_class": Mutation("another_class", edits)})
    assert main(["terraform"]) == 1
    said = capsys.readouterr().out
    assert "terraform: another_class: false alarm: rds-instance instance_class: fail" in said
