"""One pytest item a control for the document itself: whether the clause that the control cites still stands."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from audits.document import Citation, Page, Standing, locate, locate_section, reviews
from audits.model import CATALOGUE, Clause, Control

PLANE = "document"
"""Stands where items of the two other planes have theirs: ``FILE::ID[document]``."""

REPORT = "audit_document"


def name_of(control: Control) -> str:
    """The item's name."""
    return f"{control.id}[{PLANE}]"


def cites(control: Control) -> bool:
    """Whether the control cites a document of the owner's: a policy of Checkov's that nobody wrote down does not."""
    return control.clause.document != CATALOGUE


class ClauseChanged(Exception):  # noqa: N818 - what it is, not that it is an error
    """The document does not say any more what the control cites. Its text is the one line that pytest shows."""


@dataclass(frozen=True, slots=True)
class Cited:
    """A control's clause and what became of it; ``known``: the baseline has it so already."""

    control: Control
    citation: Citation
    known: bool = False


def locate_in(clause: Clause, page: Page, documents: Iterable[str]) -> Citation:
    """The clause in the page; a page that is not the clause's document decides nothing.

    ``documents`` are all that the specs cite: where that is one, the page is taken for it, whatever it is called.
    """
    wanted = clause.document
    if len(set(documents)) > 1 and PurePosixPath(wanted).name != Path(page.path).name:
        return Citation(Standing.UNREADABLE, f"{wanted} was not given with --document")
    return locate(clause, page) if clause.row else locate_section(clause, page)


def conclude(cited: Cited) -> None:
    """Pass, fail or skip the item. Raises ClauseChanged."""
    citation = cited.citation
    if citation.standing is Standing.UNREADABLE:
        pytest.skip(f"unreadable: {citation.detail}")
    if citation.standing is Standing.CHANGED:
        if cited.known:
            pytest.skip(f"known since the baseline: {citation.detail}")
        raise ClauseChanged(citation.detail)


def put(control: Control, citation: Citation) -> str:
    """What travels on the item's report."""
    return json.dumps({"id": control.id, "citation": asdict(citation)})


def take(text: str) -> tuple[str, Citation]:
    """The control's id and the citation that :func:`put` wrote."""
    data = json.loads(text)
    body = data["citation"]
    return data["id"], Citation(**{**body, "standing": Standing(body["standing"])})


def known_changes(run: Mapping[str, Any]) -> frozenset[str]:
    """The controls whose clause had changed already in a saved run."""
    return frozenset(one["control"] for one in run["document"] if one["state"] == Standing.CHANGED)


def entries(cited: Iterable[Cited]) -> list[dict[str, Any]]:
    """The clauses that were looked up, as they stand in a run."""
    return [
        {
            "control": one.control.id,
            "spec": one.control.spec,
            "severity": one.control.severity,
            "state": str(one.citation.standing),
            "known": one.known,
            "detail": one.citation.detail,
            "line": one.citation.line,
            "moved": one.citation.moved,
            "nearest": one.citation.nearest,
            "nearest_line": one.citation.nearest_line,
        }
        for one in cited
    ]


def page_findings(page: Page, today: date) -> list[dict[str, Any]]:
    """What is wrong with the page as a whole: damage to its text, and a review that is overdue."""
    found = []
    if page.damage is not None:
        found.append(finding(page, "the document's encoding is damaged", str(page.damage), None))
    for review in reviews(page):
        if review.overdue(today):
            days = (today - review.due).days
            text = f"due {review.due.isoformat()}, {days} day{'s' if days != 1 else ''} ago"
            found.append(finding(page, "the document's review is overdue", text, review.line))
    return found


def finding(page: Page, title: str, detail: str, line: int | None) -> dict[str, Any]:
    """Something that is wrong with the page, as it stands in a run."""
    origin = {"file": page.path} | ({"line": line} if line else {})
    return {"plane": PLANE, "title": title, "detail": detail, "origin": origin}
