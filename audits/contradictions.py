"""Where the document contradicts itself: which of its statements still stand, and whether the owner has mended it.

A contradiction is the owner's to mend, in the document. It fails no run: what the system should be is decided by the
ruling, which controls check, and a control fails by its own clause when the statement that it rests on changes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from audits.citation import finding, locate_in
from audits.document import Citation, Page, Standing, rows_named, says, stated_anywhere
from audits.model import Contradiction, Statement


class Now(StrEnum):
    """What became of a contradiction."""

    STANDS = "stands"
    """Every statement stands as recorded."""
    MENDED = "mended"
    """Every statement that lost says now what one that won states."""
    VANISHED = "vanished"
    """The statements that lost are gone, or some are and the others say now what won: perhaps mended."""
    CHANGED = "changed"
    UNREADABLE = "unreadable"


_REVIEW = "review the ruling, and its record in the spec"
_TITLES = {
    Now.MENDED: "a contradiction of the document is mended",
    Now.VANISHED: "a contradiction of the document is no longer found",
    Now.CHANGED: "a contradiction of the document has changed",
}


@dataclass(frozen=True, slots=True)
class Looked:
    """A contradiction and what became of it; without a document ``now`` is None and there are no citations."""

    contradiction: Contradiction
    citations: tuple[Citation, ...] = ()
    now: Now | None = None


def look_up(contradictions: Iterable[Contradiction], page: Page | None, documents: Sequence[str]) -> list[Looked]:
    """Every statement of every contradiction, looked up in the page if there is one."""
    if page is None:
        return [Looked(one) for one in contradictions]
    return [_look_up(one, page, documents) for one in contradictions]


def _look_up(contradiction: Contradiction, page: Page, documents: Sequence[str]) -> Looked:
    statements = contradiction.statements
    citations = tuple(locate_in(one.clause, page, documents) for one in statements)
    return Looked(contradiction, citations, _now(statements, citations, page))


def _now(statements: Sequence[Statement], citations: Sequence[Citation], page: Page) -> Now:
    standings = [one.standing for one in citations]
    if Standing.UNREADABLE in standings:
        return Now.UNREADABLE
    if Standing.CHANGED not in standings:
        return Now.STANDS
    winning = [one.clause.states for one in statements if one.wins]
    if not winning or any(
        (standing is Standing.STANDS) is not one.wins for one, standing in zip(statements, standings, strict=True)
    ):
        # A statement that won is gone, one that lost is left, or nothing ever won: there is no telling what holds now.
        return Now.CHANGED
    losing = [one for one in statements if not one.wins]
    gone = [_is_gone(one, page) for one in losing]
    taken = {one.line for one in citations if one.standing is Standing.STANDS}
    agreeing = [_agrees(one, winning, page, taken) for one in losing]
    if all(agreeing):
        return Now.MENDED
    return Now.VANISHED if all(map(any, zip(gone, agreeing, strict=True))) else Now.CHANGED


def _is_gone(statement: Statement, page: Page) -> bool:
    return not rows_named(statement.clause, page) and not stated_anywhere(statement.clause, page)


def _agrees(statement: Statement, winning: Sequence[str], page: Page, taken: Collection[int | None]) -> bool:
    """Whether every row that the statement may have become says what won; rows of other statements are none."""
    rows = [text for line, text in rows_named(statement.clause, page) if line not in taken]
    return bool(rows) and all(any(says(text, literal) for literal in winning) for text in rows)


def findings(looked: Iterable[Looked], page: Page) -> list[dict[str, Any]]:
    """What became of contradictions that no longer stand as recorded, as findings of the document."""
    return [
        finding(page, _TITLES[one.now], f"{one.contradiction.id}: {_told(one)}; {_REVIEW}", _line(one))
        for one in looked
        if one.now in _TITLES
    ]


def _told(looked: Looked) -> str:
    changed = [one for one in looked.citations if one.standing is Standing.CHANGED]
    return "; ".join(f"{one.detail}{f', nearest: {one.nearest}' if one.nearest else ''}" for one in changed)


def _line(looked: Looked) -> int | None:
    lines = [one.nearest_line for one in looked.citations if one.standing is Standing.CHANGED]
    return next((line for line in lines if line), None)


def entries(looked: Iterable[Looked]) -> list[dict[str, Any]]:
    """The contradictions as they stand in a run."""
    return [
        {
            "id": one.contradiction.id,
            "spec": one.contradiction.spec,
            "line": one.contradiction.line,
            "title": one.contradiction.title,
            "ruling": one.contradiction.ruling,
            "why": one.contradiction.why,
            "controls": list(one.contradiction.controls),
            "state": str(one.now) if one.now else None,
            "statements": [
                _statement(statement, one.citations[number] if one.citations else None)
                for number, statement in enumerate(one.contradiction.statements)
            ],
        }
        for one in looked
    ]


def _statement(statement: Statement, citation: Citation | None) -> dict[str, Any]:
    clause = statement.clause
    return {
        "document": clause.document,
        "section": clause.section,
        "row": clause.row,
        "states": clause.states,
        "line": clause.line,
        "wins": statement.wins,
        "state": str(citation.standing) if citation else None,
        "detail": citation.detail if citation else "",
        "now": citation.line if citation else None,
        "moved": citation.moved if citation else False,
        "nearest": citation.nearest if citation else "",
        "nearest_line": citation.nearest_line if citation else None,
    }
