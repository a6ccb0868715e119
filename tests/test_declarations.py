"""Contradictions, what is not audited, and where a figure is stated again: what a spec may say, and what it may not."""

from __future__ import annotations

from pathlib import Path

import pytest

from audits import kinds, relations
from audits.model import Clause, Spec
from audits.spec import SpecError, load_all, load_file

KINDS, RELATIONS = kinds.registry(), relations.registry()
CONTROLS = """\
spec: prod/db
document: README.md
controls:
  - id: backups
    title: A title
    clause: {section: A, row: B, states: "7", line: 3}
    also:
      - {section: C, row: D, states: "7 days"}
    basis: stated
    severity: high
    kind: aws_db_instance
    expect: {backup_retention_period: 7}
"""
DOCUMENT = """\
spec: prod/document
document: README.md
contradictions:
  - id: days
    title: Seven days, or eight
    statements:
      - {section: A, row: B, states: "7", line: 3, wins: true}
      - {section: A, row: E, states: "8"}
    ruling: Seven.
    why: It is newer.
    controls: [backups]
not_audited:
  - {section: Past, reason: The past.}
  - {section: A, row: F, states: "9", line: 9, reason: No setting.}
"""


def loaded(folder: Path, document: str = DOCUMENT, controls: str = CONTROLS) -> tuple[Spec, ...]:
    (folder / "db.yaml").write_text(controls)
    (folder / "document.yaml").write_text(document)
    return load_all([folder], KINDS, RELATIONS)


def test_a_spec_may_hold_them_without_any_control(tmp_path: Path) -> None:
    _, spec = loaded(tmp_path)
    (one,) = spec.contradictions
    assert spec.controls == ()
    assert (one.id, one.ruling, one.controls, one.line) == ("days", "Seven.", ("backups",), 4)
    assert [(side.clause.states, side.clause.line, side.wins) for side in one.statements] == [
        ("7", 3, True),
        ("8", None, False),
    ]
    past, nine = spec.not_audited
    assert (past.whole_section, past.reason, past.line) == (True, "The past.", 13)
    assert (nine.whole_section, nine.clause) == (False, Clause("README.md", "A", "F", "9", 9))


def test_a_control_cites_every_place_that_states_it(tmp_path: Path) -> None:
    (control,) = loaded(tmp_path)[0].controls
    assert control.clauses == (
        Clause("README.md", "A", "B", "7", 3),
        Clause("README.md", "C", "D", "7 days"),
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "controls: [backups]",
            "controls: [backup]",
            r"document.yaml:4: days: there is no control 'backup' in the specs given; did you mean 'backups'?",
        ),
        (
            "controls: [backups]",
            "control: [backups]",
            "document.yaml:11: unknown key 'control' in contradictions[0]; did you mean 'controls'?",
        ),
        ('      - {section: A, row: E, states: "8"}\n', "", "document.yaml:6: contradictions[0].statements: "),
        ('states: "8"}', 'states: "8", wins: true}', "document.yaml:6: days: every statement wins"),
        (
            'row: E, states: "8"}',
            'row: B, states: "7"}',
            "document.yaml:8: days: the same statement twice (first on line 7)",
        ),
        (
            'row: F, states: "9", line: 9, ',
            "row: F, ",
            "document.yaml:14: 'row' alone: give row and states, or neither",
        ),
        ("reason: The past.", "why: The past.", "document.yaml:13: "),
        ("    ruling: Seven.\n", "", "document.yaml:4: contradictions[0] lacks 'ruling'"),
        ("  - id: days\n", "  - id: Days\n", "document.yaml:4: contradictions[0].id: "),
    ],
)
def test_a_mistake_is_named_by_file_line_and_nearest_name(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert DOCUMENT.count(old) == 1
    with pytest.raises(SpecError) as caught:
        loaded(tmp_path, DOCUMENT.replace(old, new))
    found = [one.removeprefix(f"{tmp_path}/") for one in caught.value.problems]
    assert any(one.startswith(said) for one in found), found


def test_two_files_may_not_record_the_same_contradiction(tmp_path: Path) -> None:
    (tmp_path / "twice.yaml").write_text(DOCUMENT.replace("prod/document", "prod/twice"))
    with pytest.raises(SpecError, match=r"twice.yaml:4: duplicate id 'days' \(first at .*document.yaml:4\)"):
        loaded(tmp_path)


def test_a_problem_of_another_file_is_not_taken_for_a_missing_control(tmp_path: Path) -> None:
    with pytest.raises(SpecError) as caught:
        loaded(tmp_path, controls=CONTROLS.replace("severity: high", "severity: hgh"))
    assert len(caught.value.problems) == 1
    assert "hgh" in caught.value.problems[0]


def test_a_spec_that_says_nothing_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.yaml").write_text("spec: a\ndocument: b\n")
    with pytest.raises(SpecError, match="1: the spec lacks 'controls'"):
        load_file(tmp_path / "empty.yaml", KINDS, RELATIONS)
