"""Where a clause stands in the document now: as cited, moved, changed or vanished – or it cannot be told.

Figures are found as whole figures: ``7`` is not in ``70``, ``20`` not in ``0.20``. A line in which characters were lost
decides nothing against a clause.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches
from enum import StrEnum

from audits.document.encoding import LOST
from audits.document.page import Page, Section, plain
from audits.model import Clause

_FIGURE = re.compile(r"(?<![A-Za-z0-9.,-])[0-9]+(?:[.,][0-9]+)*(?![A-Za-z0-9-])")


class Standing(StrEnum):
    """How a clause stands in the document."""

    STANDS = "stands"
    CHANGED = "clause-changed"
    """The section, the row or the literal is not there any more."""
    UNREADABLE = "unreadable"
    """The place where it may stand was damaged."""


@dataclass(frozen=True, slots=True)
class Citation:
    """What became of a clause. ``line`` is where it stands now; ``nearest`` the text that comes closest, with its line.

    ``moved``: it stands at another line than the clause says.
    """

    standing: Standing
    detail: str = ""
    line: int | None = None
    moved: bool = False
    nearest: str = ""
    nearest_line: int | None = None


def locate(clause: Clause, page: Page) -> Citation:
    """Find a clause in the document."""
    wanted = plain(clause.section)
    sections = [section for section in page.sections if section.name == wanted]
    if not sections:
        return _without_section(clause, page, wanted)
    rows = [row for section in sections for row in section.rows]
    named = [(line, text) for line, text in rows if _names(clause.row, text)]
    stating = [line for line, text in named if _occurrences(clause.states, text) == 1]
    if stating:
        line = min(stating, key=lambda number: abs(number - (clause.line or number)))
        return Citation(Standing.STANDS, line=line, moved=clause.line not in (None, line))
    if any(LOST in text for _, text in (named or rows)):
        return Citation(Standing.UNREADABLE, "characters were lost where it may stand")
    if not named:
        detail = f"no row of the section is called {clause.row!r}"
        return _changed(detail, clause, rows)
    if any(_occurrences(clause.states, text) > 1 for _, text in named):
        return _changed(f"the row states {clause.states!r} more than once", clause, named)
    return _changed(f"the row does not state {clause.states!r} any more", clause, named)


def locate_section(clause: Clause, page: Page) -> Citation:
    """Find the section of a clause; its row and literal are not looked at."""
    wanted = plain(clause.section)
    found = next((section for section in page.sections if section.name == wanted), None)
    if found is not None:
        return Citation(Standing.STANDS, line=found.line, moved=clause.line not in (None, found.line))
    damaged = _damaged(wanted, page)
    if damaged:
        return Citation(Standing.UNREADABLE, _lost_in_heading(damaged[0]))
    return Citation(Standing.CHANGED, f"there is no section {clause.section!r}")


def may_stand_in(clause: Clause, page: Page) -> frozenset[int]:
    """The lines in which an unreadable clause may stand: damaged rows of its section, any row of a damaged section."""
    wanted = plain(clause.section)
    own = [section for section in page.sections if section.name == wanted]
    if own:
        return frozenset(line for section in own for line, text in section.rows if LOST in text)
    damaged = _damaged(wanted, page)
    return frozenset(line for section in damaged for line in (section.line, *(line for line, _ in section.rows)))


def _damaged(wanted: str, page: Page) -> list[Section]:
    return [section for section in page.sections if LOST in section.name and _may_be(wanted, section.name)]


def _lost_in_heading(section: Section) -> str:
    return f"characters were lost in the heading in line {section.line}, which may be the section's"


def rows_named(clause: Clause, page: Page) -> list[tuple[int, str]]:
    """The rows of the clause's section that are called as it says, whatever they state."""
    wanted = plain(clause.section)
    rows = (row for section in page.sections if section.name == wanted for row in section.rows)
    return [(line, text) for line, text in rows if _names(clause.row, text)]


def stated_anywhere(clause: Clause, page: Page) -> bool:
    """Whether some row of the page is called as the clause says and states its literal, in whatever section."""
    return any(_names(clause.row, text) and _occurrences(clause.states, text) for _, text in page.rows)


def says(text: str, literal: str) -> bool:
    """Whether a row says what another states: every figure of the literal; the literal itself if it has none.

    So it does where a digit is part of a word (``db.t4g.micro``, ``8GB``): the figure alone would say something else.
    """
    figures, words = _FIGURE.findall(literal), _FIGURE.sub("", literal)
    alone = figures and not any(char.isdigit() for char in words)
    return all(_occurrences(one, text) for one in (figures if alone else [literal]))


def _without_section(clause: Clause, page: Page, wanted: str) -> Citation:
    damaged = _damaged(wanted, page)
    if damaged:
        return Citation(Standing.UNREADABLE, _lost_in_heading(damaged[0]))
    elsewhere = [
        (section, line, text)
        for section in page.sections
        for line, text in section.rows
        if _names(clause.row, text) and _occurrences(clause.states, text) == 1
    ]
    if elsewhere:
        section, line, text = min(elsewhere, key=lambda found: abs(found[1] - (clause.line or found[1])))
        detail = f"there is no section {clause.section!r}; the row stands in {_titled(section)}"
        return Citation(Standing.CHANGED, detail, nearest=_shown(text), nearest_line=line)
    close = get_close_matches(wanted, [section.name for section in page.sections if section.path], n=1, cutoff=0.4)
    hint = f"; the nearest is {close[0]!r}" if close else ""
    return _changed(f"there is no section {clause.section!r}{hint}", clause, list(page.rows))


def _titled(section: Section) -> str:
    return repr(section.name) if section.name else "no section"


def _changed(detail: str, clause: Clause, rows: Sequence[tuple[int, str]]) -> Citation:
    wanted = f"{clause.row} {clause.states}"
    best = max(rows, key=lambda row: SequenceMatcher(None, wanted, _bare(row[1])).ratio(), default=None)
    if best is None:
        return Citation(Standing.CHANGED, detail)
    return Citation(Standing.CHANGED, detail, nearest=_shown(best[1]), nearest_line=best[0])


def _may_be(wanted: str, damaged: str) -> bool:
    """Whether a heading path in which characters were lost may have been the wanted one."""
    # What was lost may have been an emoji, which no path holds.
    pattern = r"\s?.{0,6}\s?".join(re.escape(part) for part in re.split(rf"\s*{LOST}+\s*", damaged))
    return re.fullmatch(pattern, wanted) is not None


def _bare(text: str) -> str:
    """A row without what Markdown puts around its words, and with single spaces."""
    return re.sub(r"\s+", " ", text.replace("**", "").replace("`", "")).strip()


def _names(row: str, text: str) -> bool:
    return _bare(row) in _bare(text)


def _occurrences(states: str, text: str) -> int:
    """How often a row states the literal, as a whole word or figure."""
    literal = _bare(states)
    before = r"(?<![A-Za-z0-9])(?<![0-9][.,])" if literal[:1].isascii() and literal[:1].isalnum() else ""
    after = r"(?![A-Za-z0-9])(?![.,][0-9])" if literal[-1:].isascii() and literal[-1:].isalnum() else ""
    return len(re.findall(before + re.escape(literal) + after, _bare(text)))


def _shown(text: str) -> str:
    return text.strip()[:200]
