"""Clauses against pages of our own writing: where they stand, what changed, and what damage leaves undecided."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.document import Citation, DocumentError, Standing, locate, parse_page, read_page, reviews
from audits.document.encoding import LOST, repaired
from audits.model import Clause

PAGE = """\
# Orders platform

> **다음 리뷰**: 2031-02-28

## 📦 저장소 개요

| part | size | cost |
|---|---|---|
| **Orders database** | db.r7g.large, 200GB | $120 |
| **Cache** | cache.t4g.small (1 node) | $20 → $25 |

### 백업 정책 ✅

- Snapshots are kept for 14 days
- 복구 목표 시간은 30분

```hcl
# not a heading
retention = 14
port      = 8443
other     = 84430
```

## Limits

pool 20, timeout 0.20
"""


def clause(section: str, row: str, states: str, line: int | None = None) -> Clause:
    return Clause("page.md", section, row, states, line)


def found(wanted: Clause, text: str = PAGE) -> Citation:
    return locate(wanted, parse_page(text.encode(), "page.md"))


@pytest.mark.parametrize(
    ("wanted", "line"),
    [
        (clause("저장소 개요", "Orders database", "db.r7g.large", 9), 9),
        (clause("저장소 개요", "Orders database", "200GB", 9), 9),
        (clause("저장소 개요", "Cache", "$20", 10), 10),
        (clause("저장소 개요 > 백업 정책", "Snapshots", "14 days", 14), 14),
        (clause("저장소 개요 > 백업 정책", "복구 목표", "30분", 15), 15),
        (clause("저장소 개요 > 백업 정책", "retention = ", "14", 19), 19),
        (clause("저장소 개요 > 백업 정책", "port = ", "8443", 20), 20),
        (clause("📦 저장소  개요", "Cache", "1 node", 10), 10),
        (clause("Limits", "pool", "20", None), 26),
    ],
    ids=lambda value: f"{value.section} {value.row} {value.states}" if isinstance(value, Clause) else None,
)
def test_a_clause_stands(wanted: Clause, line: int) -> None:
    assert found(wanted) == Citation(Standing.STANDS, line=line)


@pytest.mark.parametrize("newline", ["\r\n", "\r"])
def test_line_endings_change_nothing(newline: str) -> None:
    assert found(clause("Limits", "pool", "20", 26), PAGE.replace("\n", newline)).line == 26


def test_a_clause_that_moved_is_found_with_its_new_line() -> None:
    assert found(clause("Limits", "pool", "20", 2)) == Citation(Standing.STANDS, line=26, moved=True)


@pytest.mark.parametrize(
    ("wanted", "detail", "nearest"),
    [
        (clause("저장소 개요", "Orders database", "db.t4g.micro"), "does not state 'db.t4g.micro'", "db.r7g.large"),
        (clause("저장소 개요", "Orders database", "20GB"), "does not state '20GB'", "200GB"),
        (clause("저장소 개요 > 백업 정책", "other", "8443"), "does not state '8443'", "84430"),
        (clause("Limits", "timeout", "0.2"), "does not state '0.2'", "0.20"),
        (clause("Limits", "queue", "20"), "no row of the section is called 'queue'", "pool 20"),
        (clause("저장소", "Cache", "1 node"), "the row stands in '저장소 개요'", "cache.t4g.small"),
        (clause("Limitz", "queue", "7"), "there is no section 'Limitz'; the nearest is 'Limits'", ""),
        (clause("Orders platform > Limits", "queue", "7"), "there is no section", ""),
    ],
    ids=lambda value: f"{value.row} {value.states}" if isinstance(value, Clause) else None,
)
def test_a_clause_that_changed_is_named_with_the_nearest_text(wanted: Clause, detail: str, nearest: str) -> None:
    citation = found(wanted)
    assert citation.standing is Standing.CHANGED
    assert detail in citation.detail
    assert nearest in citation.nearest
    assert citation.nearest_line


def test_a_figure_that_the_row_states_twice_is_no_clause() -> None:
    assert "more than once" in found(clause("Limits", "pool", "7"), PAGE + "pool 7 or 7\n").detail


def test_of_several_rows_the_one_nearest_to_the_cited_line_counts() -> None:
    text = PAGE + "pool 20\n" * 3
    assert found(clause("Limits", "pool", "20", 28), text).line == 28


def test_a_heading_in_a_code_fence_is_none_and_one_after_it_is() -> None:
    text = "# T\n\n## A\n\n```\n## B\nx = 1\n```\n\nC\n---\n\ny = 2\n"
    assert found(clause("A", "x", "1"), text).standing is Standing.STANDS
    assert found(clause("B", "x", "1"), text).standing is Standing.CHANGED
    assert found(clause("C", "y", "2"), text).standing is Standing.STANDS


def test_where_there_are_several_first_level_headings_they_belong_to_the_path() -> None:
    text = "# A\n\n## X\n\nx = 1\n\n# B\n\n## X\n\nx = 2\n"
    assert found(clause("A > X", "x", "1"), text).line == 5
    assert found(clause("B > X", "x", "2"), text).line == 11
    assert found(clause("B > X", "x", "1"), text).standing is Standing.CHANGED


# -- encoding damage ---------------------------------------------------------------------------------------------------


def misread(text: str, codec: str) -> bytes:
    """As a program does that reads UTF-8 as something else and drops the bytes it does not know."""
    return text.encode().decode(codec, "ignore").encode()


@pytest.mark.parametrize("codec", ["cp1252", "cp1254", "latin-1"])
def test_damage_is_recognised_and_decides_nothing_against_a_clause(codec: str) -> None:
    page = parse_page(misread(PAGE, codec), "page.md")
    assert page.damage is not None
    assert "mojibake" in str(page.damage)
    standings = {
        row: locate(clause(section, row, states), page).standing
        for section, row, states in (
            ("저장소 개요", "Orders database", "db.r7g.large"),
            ("저장소 개요 > 백업 정책", "복구 목표", "30분"),
            ("저장소 개요 > 백업 정책", "retention = ", "14"),
            ("Limits", "pool", "20"),
        )
    }
    assert standings["pool"] is Standing.STANDS
    assert Standing.CHANGED not in standings.values()


def test_where_nothing_was_lost_everything_stands() -> None:
    page = parse_page(misread(PAGE, "latin-1"), "page.md")
    assert page.damage is not None and page.damage.lost == 0
    assert locate(clause("저장소 개요 > 백업 정책", "복구 목표", "30분"), page).standing is Standing.STANDS


def test_in_a_damaged_page_a_row_without_losses_can_still_have_changed() -> None:
    page = parse_page(misread(PAGE, "cp1252"), "page.md")
    assert locate(clause("Limits", "pool", "50"), page).standing is Standing.CHANGED


@pytest.mark.parametrize(
    "text",
    ["", "plain", PAGE, "Übergröße für Fußgänger: é à ü ö ä ß è ê ç" * 3, "Ã©", "naïve café — “quotes” × 3 € …" * 4],
)
def test_what_is_not_damaged_is_left_alone(text: str) -> None:
    assert repaired(text) == (text, None)


@given(st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=20, max_size=60))
def test_a_repair_gives_what_was_there_or_says_that_it_is_lost(text: str) -> None:
    again, damage = repaired(misread(text, "cp1252").decode())
    if damage is not None:
        assert len(again) <= len(text) * 3
        kept = again.replace(LOST, "")
        position = 0
        for char in kept:
            position = text.find(char, position) + 1
            assert position > 0


# -- files -------------------------------------------------------------------------------------------------------------


def test_bad_documents_get_one_line(tmp_path: Path) -> None:
    korean = tmp_path / "korean.md"
    korean.write_bytes("## 저장소\n".encode("cp949"))
    binary = tmp_path / "binary.md"
    binary.write_bytes(b"\n\xff\x00")
    for path, message in (
        (tmp_path / "none.md", "cannot be read: No such file"),
        (tmp_path, "a folder, not a document"),
        (korean, "korean.md:1: not UTF-8; it may be EUC-KR"),
        (binary, "binary.md:2: not UTF-8"),
    ):
        with pytest.raises(DocumentError, match=message):
            read_page(path)


def test_other_unicode_encodings_are_read(tmp_path: Path) -> None:
    for codec in ("utf-8-sig", "utf-16"):
        path = tmp_path / f"{codec}.md"
        path.write_bytes(PAGE.encode(codec))
        assert locate(clause("Limits", "pool", "20", 26), read_page(path)) == Citation(Standing.STANDS, line=26)


# -- reviews -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("**다음 리뷰**: 2031-02-28", date(2031, 2, 28)),
        ("다음 검토 예정일: 2030. 1. 5", date(2030, 1, 5)),
        ("Next review: 2030/12/31.", date(2030, 12, 31)),
        ("| Review due | 2030-12-31 |", date(2030, 12, 31)),
        ("Next review: 2030-02-31", None),
        ("Last review: 2020-01-01", None),
        ("Updated 2020-01-01", None),
    ],
)
def test_a_review_date_is_found_by_its_label(text: str, due: date | None) -> None:
    found = reviews(parse_page(text.encode(), "page.md"))
    assert [review.due for review in found] == ([due] if due else [])


def test_a_review_is_overdue_the_day_after() -> None:
    (review,) = reviews(parse_page(PAGE.encode(), "page.md"))
    assert (review.due, review.line) == (date(2031, 2, 28), 3)
    assert not review.overdue(date(2031, 2, 28))
    assert review.overdue(date(2031, 3, 1))
