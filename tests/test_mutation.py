"""Single changes to the conforming example's source turn what they declare, rewrites turn nothing (``make mutate``).

The changes to the account are in ``tests/e2e``.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from audits.model import State
from audits.paths import parse
from tests.mutation import automatic, coverage, source
from tests.mutation.__main__ import main, row, totals
from tests.mutation.source import ROOT, InapplicableError, Mutation, specs
from tests.mutation.verdicts import Outcome, Turns, compare

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


def test_what_deviates_already_may_come_to_be_as_documented_but_not_to_deviate_otherwise() -> None:
    planned = {SIZE: (("class", State.FAIL), ("count", State.PASS)), PORTS: (("into db", State.PASS),)}
    met = {SIZE: (("class", State.PASS), ("count", State.PASS)), PORTS: (("into db", State.FAIL),)}
    assert compare(planned, met, {PORTS: ["into db"]}) == ()
    gone = {SIZE: (("count", State.ABSENT),), PORTS: (("into db", State.FAIL),)}
    assert compare(planned, gone, {PORTS: ["into db"]}) == (
        "false alarm: size count: absent",
        "gone: size count: pass",
    )


# -- what nothing turns


def test_every_path_of_every_control_is_turned_by_a_change_to_the_source() -> None:
    known = source.conforming()
    declared = [Outcome(one.id, "terraform", one.turns, _resolved(one.turns)) for one in source.mutations().values()]
    live_only = {control.id for spec in specs() for control in spec.controls if "terraform" not in control.planes}
    listed = {one: why for one, why in coverage.exempt("terraform").items() if one[0] not in live_only}
    assert coverage.uncovered("terraform", declared, known, listed) == []


def _resolved(turns: Turns) -> Turns:
    """The paths that are declared, in full; that they do turn is the other tests' matter."""
    known = source.conforming()
    return {
        name: [p for p, _ in known.get(name, ()) if any(w in (p, "*") or p.startswith(w.rstrip("…")) for w in wanted)]
        for name, wanted in turns.items()
    }


def test_a_control_without_a_mutation_is_told() -> None:
    turning = Outcome("a", "live", {SIZE: ["class"]}, {SIZE: ["class"], PORTS: ["into db"]})
    automatic_one = Outcome("b", "live", {SIZE: ["count"]}, {SIZE: ["count"]}, automatic=True)
    elsewhere = Outcome("c", "terraform", {SIZE: ["count"]}, {SIZE: ["count"]})
    ports = "no mutation turns ports into db: write one, or say in unmutated.yaml why none can"
    size = "no mutation turns size count: write one, or say in unmutated.yaml why none can"
    assert coverage.uncovered("live", [turning, elsewhere], BEFORE, {}) == [ports, size]
    assert coverage.uncovered("live", [turning, automatic_one], BEFORE, {}) == [ports]
    written = [replace(one, plane="terraform") for one in (turning, automatic_one)]
    assert coverage.uncovered("terraform", written, BEFORE, {}) == [ports, size]
    assert coverage.uncovered("live", [turning], BEFORE, {(PORTS, "*"): "x", (SIZE, "count"): "y"}) == []


def test_what_is_listed_in_vain_is_told() -> None:
    both = Outcome("a", "live", {SIZE: ["*"], PORTS: ["*"]}, {SIZE: ["class", "count"], PORTS: ["into db"]})
    said = ": listed, and a mutation turns it, or there is no such control"
    assert coverage.uncovered("live", [both], BEFORE, {(SIZE, "class"): "x", ("old", "*"): "y"}) == [
        f"unmutated.yaml: old *{said}",
        f"unmutated.yaml: size class{said}",
    ]


def test_nothing_is_listed_without_a_reason(tmp_path: Path) -> None:
    (tmp_path / "list.yaml").write_text("- {control: a, path: b, reason: ''}")
    with pytest.raises(ValueError, match=r"list\.yaml: an entry is a control, a path and a reason"):
        coverage.exempt("live", tmp_path / "list.yaml")


# -- mutations nobody writes


def test_every_expected_attribute_and_count_can_turn() -> None:
    found = list(automatic.run("terraform", source.observe(source.TREE), coverage.exempt("terraform")))
    assert len(found) >= 80
    assert [line for one in found for line in one.wrong] == []


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, [False]),
        (2, [3, 1, 0, -1]),
        ("a", ["a-other", "other", ""]),
        (None, ["other", -1, [{"other": "other"}]]),
        ({"a": True, "b": False}, [{"a": False, "b": False}, {"a": True, "b": True}]),
        ([True], [[True, "other"], [True, {"other": "other"}], [], [False]]),
    ],
)
def test_other_values_have_the_same_shape(value: Any, expected: list[Any]) -> None:
    assert list(automatic.changed(value)) == expected


def test_a_value_changes_where_the_path_leads() -> None:
    data = {"a": [{"b": True}, {"b": False}], "c": 1}
    found = list(automatic.changed_at(data, parse("a[*].b")))
    assert found == [{"a": [{"b": False}, {"b": False}], "c": 1}, {"a": [{"b": True}, {"b": True}], "c": 1}]
    assert list(automatic.changed_at(data, parse("a[1].b"))) == found[1:]
    assert {"x": {"y": "other"}, **data} in list(automatic.changed_at(data, parse("x.y")))


def test_an_expectation_that_nothing_can_turn_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(automatic, "changed", lambda value: iter([value]))
    found = list(automatic.run("terraform", source.observe(source.TREE), coverage.exempt("terraform")))
    wrong = [line for one in found for line in one.wrong]
    assert "missed: rds-instance instance_class: no other value turns it" in wrong
    assert not any("rds-instance count" in line for line in wrong)


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
    auto = Outcome("e", "live", {SIZE: ["class"]}, {SIZE: ["class"]}, automatic=True)
    undone = Outcome("(all undone)", "live", {}, {}, wrong=("gone: size class: pass",))
    assert totals([miss, right, rewrite, vague, auto, undone]) == [
        ("terraform", 1, 0, 0, 1, 0, 0, 1),
        ("live", 1, 1, 1, 0, 1, 1, 1),
        ("both", 2, 1, 1, 1, 1, 1, 2),
    ]


def test_a_miss_ends_with_one(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    edits = [
        {"in": "modules/rds/main.tf", "replace": "instance_class = var.instance_class", "by": "instance_class = 1"}
    ]
    right = Mutation("another_class", edits, {"rds-instance": ["instance_class"]})
    monkeypatch.setattr(coverage, "uncovered", lambda *given: [])
    monkeypatch.setattr(source, "mutations", lambda: {"another_class": right})
    assert main(["terraform"]) == 0
    monkeypatch.setattr(source, "mutations", lambda: {"another_class": Mutation("another_class", edits)})
    assert main(["terraform"]) == 1
    said = capsys.readouterr().out
    assert "terraform: another_class: false alarm: rds-instance instance_class: fail" in said
