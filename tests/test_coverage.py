"""Coverage: nothing on the page goes unaudited without being said, and nothing is said to be that is not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from audits import kinds, relations
from audits.coverage import Coverage, coverage, entry, findings, stale
from audits.document import Page, parse_page
from audits.model import Spec
from audits.spec import load_all

PAGE = """\
# Estate 1

Version 2

## Sizes

| part | class |
|------|------:|
| database | db.t4g.micro, 20 GB |
| cache | one node |

## 1. Notes

- 500 users
- nothing to see

## Costs in 2025

```
total = 73   # of 2 parts
```

---
"""
CONTROL = """\
  - id: {id}
    title: t
    clause: {{section: {section}, row: {row}, states: {states}}}
    basis: stated
    severity: low
    kind: aws_db_instance
    count: 1
{more}"""


def control(section: str, row: str, states: str, name: str = "one", more: str = "") -> str:
    return CONTROL.format(id=name, section=section, row=row, states=f'"{states}"', more=more)


DATABASE = control("Sizes", "database", "db.t4g.micro")


def specs(folder: Path, controls: str = DATABASE, rest: str = "") -> tuple[Spec, ...]:
    (folder / "s.yaml").write_text(f"spec: s\ndocument: README.md\ncontrols:\n{controls}{rest}")
    return load_all([folder], kinds.registry(), relations.registry())


def page(text: str = PAGE) -> Page:
    return parse_page(text.encode(), "README.md")


def uncited(found: Coverage) -> list[int]:
    assert found.uncited is not None
    return [line for _, line, _ in found.uncited]


def states(found: Coverage) -> list[tuple[str | None, str]]:
    return [(fact["row"], fact["state"]) for part in entry(found)["sections"] for fact in part["facts"]]


def test_rows_and_headings_with_a_figure_that_nothing_cites_are_listed(tmp_path: Path) -> None:
    found = coverage(specs(tmp_path), page())
    # Neither rules nor fences, nor the number of a heading; the title's own figure is one.
    assert uncited(found) == [1, 3, 14, 17, 20]
    assert found.uncited is not None
    assert found.uncited[-1] == ("Costs in 2025", 20, "total = 73   # of 2 parts")
    assert entry(found)["counts"] == {
        "facts": 1,
        "audited": 1,
        "planned": 0,
        "contradicted": 0,
        "not_audited": 0,
        "uncited": 5,
        "untold": 0,
    }


def test_a_row_is_cited_by_controls_contradictions_and_declarations(tmp_path: Path) -> None:
    rest = """\
contradictions:
  - id: c
    title: t
    statements:
      - {section: Costs in 2025, row: total, states: "73"}
      - {section: Sizes, row: database, states: "20 GB"}
    ruling: r
    why: w
not_audited:
  - {section: 1. Notes, row: users, states: "500", reason: no setting}
  - {section: Estate 1, reason: the version of the page}
"""
    found = coverage(specs(tmp_path, rest=rest), page())
    assert uncited(found) == []
    assert found.stale == ()
    assert states(found) == [
        (None, "not audited"),
        ("database", "contradicted"),
        ("database", "audited"),
        ("users", "not audited"),
        ("total", "contradicted"),
    ]


def test_a_whole_section_covers_its_own_rows_and_no_other_section(tmp_path: Path) -> None:
    rest = "not_audited:\n  - {section: Costs in 2025, reason: the past}\n"
    assert uncited(coverage(specs(tmp_path, rest=rest), page())) == [1, 3, 14]


def test_what_is_only_planned_is_not_called_audited(tmp_path: Path) -> None:
    due = control("Sizes", "database", "db.t4g.micro", more="    planned: next year\n")
    assert states(coverage(specs(tmp_path, due), None)) == [("database", "planned")]
    both = due + control("Sizes", "database", "db.t4g.micro", "two")
    assert states(coverage(specs(tmp_path, both), None)) == [("database", "audited")]


def test_without_a_document_no_row_is_said_to_be_uncited_and_none_to_be_cited(tmp_path: Path) -> None:
    found = coverage(specs(tmp_path), None)
    assert found.uncited is None
    assert entry(found)["uncited"] is None
    assert entry(found)["counts"]["uncited"] is None


def test_a_clause_that_does_not_stand_cites_no_row(tmp_path: Path) -> None:
    found = coverage(specs(tmp_path), page(PAGE.replace("db.t4g.micro", "db.t4g.small")))
    assert 9 in uncited(found)


def test_a_figure_that_is_stated_again_and_differs_is_a_finding(tmp_path: Path) -> None:
    more = '    also:\n      - {section: Costs in 2025, row: total, states: "2 parts"}\n'
    given = specs(tmp_path, control("Sizes", "database", "20 GB", more=more))
    assert findings(coverage(given, page()), page()) == []
    changed = page(PAGE.replace("2 parts", "3 parts"))
    (found,) = findings(coverage(given, changed), changed)
    assert found["title"] == "what a control rests on is stated differently elsewhere"
    assert found["detail"] == "one: the row does not state '2 parts' any more"
    assert found["origin"] == {"file": "README.md", "line": 20}


@pytest.mark.parametrize(
    ("declared", "detail"),
    [
        ('row: users, states: "600"', "users: 600: the row does not state '600' any more"),
        ("", "1. Notes 2: there is no section '1. Notes 2'"),
    ],
)
def test_a_declaration_of_what_is_not_there_is_a_finding(tmp_path: Path, declared: str, detail: str) -> None:
    section = "1. Notes" if declared else "1. Notes 2"
    inner = ", ".join(part for part in (f"section: {section}", declared, "reason: r") if part)
    given = specs(tmp_path, rest=f"not_audited:\n  - {{{inner}}}\n")
    (found,) = findings(coverage(given, page()), page())
    assert (found["title"], found["detail"]) == ("what is declared not audited is not there as cited", detail)


@pytest.mark.parametrize(
    ("declared", "is_stale"),
    [
        ('section: Sizes, row: database, states: "db.t4g.micro"', True),
        ('section: Sizes, row: database, states: "20 GB"', False),
        ('section: Sizes, row: cache, states: "db.t4g.micro"', False),
        ("section: Sizes", False),
    ],
)
def test_what_is_declared_unaudited_and_audited_is_stale(tmp_path: Path, declared: str, is_stale: bool) -> None:
    given = specs(tmp_path, rest=f"not_audited:\n  - {{{declared}, reason: r}}\n")
    found = stale(given)
    assert bool(found) is is_stale
    assert all(f"{tmp_path}/s.yaml:12: " in one and "one cites it" in one for one in found)


def test_where_a_figure_is_stated_again_it_is_audited_too(tmp_path: Path) -> None:
    more = '    also:\n      - {section: "1. Notes", row: users, states: "500"}\n'
    rest = 'not_audited:\n  - {section: "1. Notes", row: users, states: "500", reason: r}\n'
    (found,) = stale(specs(tmp_path, control("Sizes", "database", "20 GB", more=more), rest))
    assert "one cites it" in found


def test_facts_stand_in_the_order_of_the_page(tmp_path: Path) -> None:
    controls = control("Costs in 2025", "total", "73") + control("Sizes", "database", "20 GB", "two")
    found = entry(coverage(specs(tmp_path, controls), page()))
    assert [part["section"] for part in found["sections"]] == ["Sizes", "Costs in 2025"]


def test_the_entry_names_controls_and_their_planes(tmp_path: Path) -> None:
    live = control("Sizes", "database", "20 GB", more="    planes: [live]\n")
    fact: dict[str, Any] = entry(coverage(specs(tmp_path, live), page()))["sections"][0]["facts"][0]
    assert fact["controls"] == [{"id": "one", "planes": ["live"], "planned": False}]
    assert (fact["standing"], fact["now"]) == ("stands", 9)


def test_what_damage_hides_is_neither_said_to_be_gone_nor_to_be_uncited(tmp_path: Path) -> None:
    rest = """\
not_audited:
  - {section: Costs in 2025, reason: the past}
  - {section: 1. Notes, row: users, states: "500", reason: no setting}
"""
    given = specs(tmp_path, rest=rest)
    damaged = PAGE.replace("## Costs in", "## Co\ufffdts in").replace("- 500 users", "- 500 \ufffders")
    found = coverage(given, page(damaged))
    assert findings(found, page(damaged)) == []
    # The title, the version, the damaged row and section: only of the first two is it certain that nothing cites them.
    assert uncited(found) == [1, 3]
    assert found.untold == entry(found)["counts"]["untold"] == 3
    assert found.uncited is not None
    assert coverage(given, page()).untold == 0


def test_a_damaged_row_of_a_section_that_every_clause_is_found_in_is_uncited(tmp_path: Path) -> None:
    damaged = PAGE.replace("- 500 users", "- 500 \ufffders")
    assert 14 in uncited(coverage(specs(tmp_path), page(damaged)))
