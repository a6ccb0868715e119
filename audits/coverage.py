"""What the document states, what checks it, and what of it nothing speaks of.

A fact is a clause that the specs cite: by a control, by a contradiction, or as not audited with a reason. With the
document itself the rows that hold a figure and that nothing cites are listed, too: a figure that is not audited is
said, never passed over. Rows without any figure are not looked for: no literal could be cited of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from audits.citation import cites, finding, locate_in
from audits.document import Citation, Page, Standing, may_stand_in
from audits.document.page import Section, plain
from audits.model import Clause, Control, NotAudited, Spec

_FIGURE = re.compile(r"[0-9]")
_RULE = re.compile(r"[\s|:=+*_-]*|\s*(```|~~~).*")
"""What is only drawn: a line between the rows of a table or between sections, a fence around code."""
_NUMBERED = re.compile(r"^[0-9]+[.)]\s*")
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Fact:
    """A clause, and everything that cites it. ``citation`` is what became of it in the document, if that was given."""

    clause: Clause
    controls: tuple[Control, ...] = ()
    contradictions: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    citation: Citation | None = None


@dataclass(frozen=True, slots=True)
class Coverage:
    """The facts by section, in the document's order as far as that is known.

    ``uncited``: section, line and text of rows that hold a figure and that nothing cites; None without a document.
    ``untold``: how many more there are that a clause which cannot be read may cite.
    ``stale``: declarations that something is not audited which is, each in a line for people.
    """

    facts: tuple[Fact, ...] = ()
    uncited: tuple[tuple[str, int, str], ...] | None = None
    untold: int = 0
    stale: tuple[str, ...] = ()


_Key = tuple[str, str, str, str, int | None]


def coverage(specs: Sequence[Spec], page: Page | None) -> Coverage:
    """What the specs say of their documents, looked up in the page if there is one."""
    found = _facts(specs)
    if page is not None:
        documents = [one.document for one in specs]
        found = [replace(one, citation=locate_in(one.clause, page, documents)) for one in found]
    ordered = tuple(sorted(found, key=_order(found, page)))
    if page is None:
        return Coverage(ordered, stale=stale(specs))
    loose = _uncited(page, ordered)
    unreadable = [one.clause for one in ordered if one.citation and one.citation.standing is Standing.UNREADABLE]
    perhaps = frozenset(line for clause in unreadable for line in may_stand_in(clause, page))
    sure = tuple(one for one in loose if one[1] not in perhaps)
    return Coverage(ordered, sure, len(loose) - len(sure), stale(specs))


def _facts(specs: Sequence[Spec]) -> list[Fact]:
    found: dict[_Key, Fact] = {}

    def fact(clause: Clause) -> Fact:
        return found.setdefault(_key(clause), Fact(clause))

    for control in _controls(specs):
        for clause in dict.fromkeys(control.clauses):
            one = fact(clause)
            found[_key(clause)] = replace(one, controls=(*one.controls, control))
    for contradiction in (one for spec in specs for one in spec.contradictions):
        for statement in contradiction.statements:
            one = fact(statement.clause)
            found[_key(statement.clause)] = replace(one, contradictions=(*one.contradictions, contradiction.id))
    for left in (one for spec in specs for one in spec.not_audited):
        one = fact(left.clause)
        found[_key(left.clause)] = replace(one, reasons=(*one.reasons, left.reason))
    return list(found.values())


def _controls(specs: Sequence[Spec]) -> Iterator[Control]:
    """The controls that rest on the document; those that a catalogue of policies makes do not."""
    return (control for spec in specs for control in spec.controls if cites(control))


def _key(clause: Clause) -> _Key:
    return clause.document, clause.section, clause.row, clause.states, clause.line


@dataclass
class _order:  # noqa: N801 - a key function with a memory
    """By section in the page's order, else in that of the first line cited; within a section by line."""

    facts: Sequence[Fact]
    page: Page | None
    places: Mapping[tuple[str, str], int] = field(init=False)

    def __post_init__(self) -> None:
        first: dict[tuple[str, str], int] = {}
        for one in self.facts:
            name, line = (one.clause.document, one.clause.section), _line(one)
            first[name] = min(first.get(name, line), line)
        headings = {section.name: section.line for section in self.page.sections} if self.page else {}
        self.places = {name: headings.get(plain(name[1]), line) for name, line in first.items()}

    def __call__(self, one: Fact) -> tuple[str, int, str, int, str]:
        document, section = one.clause.document, one.clause.section
        return document, self.places[document, section], section, _line(one) if one.clause.row else 0, one.clause.states


def _line(one: Fact) -> int:
    return (one.citation.line if one.citation else None) or one.clause.line or 0


def _uncited(page: Page, facts: Sequence[Fact]) -> tuple[tuple[str, int, str], ...]:
    standing = [one for one in facts if one.citation and one.citation.standing is Standing.STANDS]
    lines = {one.citation.line for one in standing if one.citation}
    whole = {plain(one.clause.section) for one in standing if not one.clause.row}
    named = {plain(one.clause.section) for one in facts}
    found: list[tuple[str, int, str]] = []
    for section in page.sections:
        heading = section.path[-1] if section.path else section.title
        if _is_figure(_NUMBERED.sub("", heading)) and not _has_name(section, named):
            found.append((section.name, section.line, heading))
        if section.name in whole:
            continue
        found += [
            (section.name, line, text.strip()[:_LONGEST])
            for line, text in section.rows
            if line not in lines and _is_figure(text)
        ]
    return tuple(found)


def _has_name(section: Section, named: Iterable[str]) -> bool:
    """Whether a heading path that is cited goes through this heading: then the heading itself is cited."""
    return any(name == section.name or name.startswith(f"{section.name} > ") for name in named)


def _is_figure(text: str) -> bool:
    return _FIGURE.search(text) is not None and _RULE.fullmatch(text) is None


def stale(specs: Sequence[Spec]) -> tuple[str, ...]:
    """Declarations that a clause is not audited which a control cites: one of the two is wrong."""
    audited: dict[tuple[str, str, str], list[tuple[Clause, str]]] = {}
    for control in _controls(specs):
        for clause in control.clauses:
            name = (clause.document, clause.section, clause.states)
            audited.setdefault(name, []).append((clause, control.id))
    found = []
    for one in (one for spec in specs for one in spec.not_audited if not one.whole_section):
        clause = one.clause
        others = audited.get((clause.document, clause.section, clause.states), ())
        by = dict.fromkeys(name for other, name in others if _same_row(clause, other))
        if by:
            found.append(_stale(one, list(by)))
    return tuple(found)


def _same_row(one: Clause, other: Clause) -> bool:
    return one.row == other.row or (one.line is not None and one.line == other.line)


def _stale(one: NotAudited, controls: Sequence[str]) -> str:
    said = f"{one.clause.row!r} {one.clause.states!r} is declared not audited"
    return f"{one.spec}:{one.line}: {said}, and {', '.join(controls)} cites it"


def findings(found: Coverage, page: Page) -> list[dict[str, Any]]:
    """Clauses that do not stand and that no item speaks of.

    They are where a control's figure is stated again, and what is declared not to be audited.
    """
    told = []
    for one in found.facts:
        citation = one.citation
        if citation is None or citation.standing is not Standing.CHANGED:
            continue
        again = [control.id for control in one.controls if control.clause != one.clause]
        if again:
            title = "what a control rests on is stated differently elsewhere"
            told.append((title, f"{', '.join(again)}: {citation.detail}", citation))
        elif one.reasons:
            place = f"{one.clause.row}: {one.clause.states}" if one.clause.row else one.clause.section
            told.append(("what is declared not audited is not there as cited", f"{place}: {citation.detail}", citation))
    return [finding(page, title, detail, citation.nearest_line) for title, detail, citation in told]


def entry(found: Coverage) -> dict[str, Any]:
    """The coverage as it stands in a run."""
    sections: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for one in found.facts:
        sections.setdefault((one.clause.document, one.clause.section), []).append(_fact(one))
    states = [_state(one) for one in found.facts]
    return {
        "sections": [
            {"document": document, "section": section, "facts": facts}
            for (document, section), facts in sections.items()
        ],
        "uncited": None
        if found.uncited is None
        else [{"section": section, "line": line, "text": text} for section, line, text in found.uncited],
        "stale": list(found.stale),
        "counts": {
            "facts": len(found.facts),
            "audited": states.count("audited"),
            "planned": states.count("planned"),
            "contradicted": states.count("contradicted"),
            "not_audited": states.count("not audited"),
            "uncited": None if found.uncited is None else len(found.uncited),
            "untold": found.untold,
        },
    }


def _fact(one: Fact) -> dict[str, Any]:
    citation = one.citation
    return {
        "row": one.clause.row or None,
        "states": one.clause.states or None,
        "line": one.clause.line,
        "state": _state(one),
        "controls": [
            {"id": control.id, "planes": list(control.planes), "planned": control.planned is not None}
            for control in one.controls
        ],
        "contradictions": list(one.contradictions),
        "reasons": list(one.reasons),
        "standing": str(citation.standing) if citation else None,
        "now": citation.line if citation else None,
    }


def _state(one: Fact) -> str:
    """What speaks of it, the strongest: a control, one that is not due yet, a contradiction, or the reason why none."""
    if one.controls:
        return "planned" if all(control.planned is not None for control in one.controls) else "audited"
    return "contradicted" if one.contradictions else "not audited"
