"""What a spec says of its document beyond controls: where it contradicts itself, and what is not audited, with why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from audits.model import Clause, Contradiction, NotAudited, Spec, Statement
from audits.yaml_lines import Document

KEYS = ("contradictions", "not_audited")
Problem = tuple[int, str]
"""A line of the spec, and what is wrong there."""

_TEXT = {"type": "string", "minLength": 1}
_CLAUSE = {"section": _TEXT, "row": _TEXT, "states": _TEXT, "line": {"type": "integer", "minimum": 1}}


def schema() -> dict[str, Any]:
    """The JSON Schema of the two keys."""
    return {
        "contradictions": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["id", "title", "statements", "ruling", "why"],
                "properties": {
                    "id": {"type": "string", "pattern": "^[a-z0-9][a-z0-9-]*$"},
                    "title": _TEXT,
                    "statements": {
                        "type": "array",
                        "minItems": 2,
                        "items": {
                            "type": "object",
                            "additionalProperties": False,
                            "required": ["section", "row", "states"],
                            "properties": {**_CLAUSE, "wins": {"type": "boolean"}},
                        },
                    },
                    "ruling": _TEXT,
                    "why": _TEXT,
                    "controls": {"type": "array", "items": _TEXT},
                },
            },
        },
        "not_audited": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["section", "reason"],
                "properties": {**_CLAUSE, "reason": _TEXT},
            },
        },
    }


def problems(document: Document, ill_formed: Iterable[tuple[str, int]]) -> list[Problem]:
    """What the schema cannot tell. ``ill_formed``: the entries, by key and number, that do not fit it."""
    return [*_contradictions(document, set(ill_formed)), *_not_audited(document, set(ill_formed))]


def _entries(document: Document, key: str, ill_formed: set[tuple[str, int]]) -> list[tuple[int, dict[str, Any]]]:
    listed = document.data.get(key) if isinstance(document.data, dict) else None
    found = enumerate(listed if isinstance(listed, list) else ())
    return [(number, one) for number, one in found if (key, number) not in ill_formed]


def _contradictions(document: Document, ill_formed: set[tuple[str, int]]) -> list[Problem]:
    found: list[Problem] = []
    for number, data in _entries(document, "contradictions", ill_formed):
        place = ("contradictions", number)
        statements = data["statements"]
        if all(one.get("wins") for one in statements):
            line = document.line_of((*place, "statements"))
            found.append((line, f"{data['id']}: every statement wins; those that lose have no wins: true"))
        first: dict[tuple[str, ...], int] = {}
        for index, one in enumerate(statements):
            said = tuple(one[name] for name in ("section", "row", "states"))
            line = document.line_of((*place, "statements", index))
            if said in first:
                found.append((line, f"{data['id']}: the same statement twice (first on line {first[said]})"))
            first.setdefault(said, line)
    return found


def _not_audited(document: Document, ill_formed: set[tuple[str, int]]) -> list[Problem]:
    found: list[Problem] = []
    for number, data in _entries(document, "not_audited", ill_formed):
        given = [name for name in ("row", "states") if name in data]
        if len(given) == 1:
            line = document.line_of(("not_audited", number))
            found.append((line, f"{given[0]!r} alone: give row and states, or neither for the whole section"))
    return found


def contradictions(document: Document, path: str) -> tuple[Contradiction, ...]:
    """The contradictions of a spec that has no problem."""
    cites = document.data["document"]
    return tuple(
        Contradiction(
            data["id"],
            data["title"],
            tuple(Statement(clause_of(one, cites), one.get("wins", False)) for one in data["statements"]),
            data["ruling"],
            data["why"],
            tuple(data.get("controls", ())),
            path,
            document.line_of(("contradictions", number)),
        )
        for number, data in enumerate(document.data.get("contradictions", ()))
    )


def not_audited(document: Document, path: str) -> tuple[NotAudited, ...]:
    """What a spec that has no problem declares not to be audited."""
    return tuple(
        NotAudited(
            clause_of(data, document.data["document"]), data["reason"], path, document.line_of(("not_audited", number))
        )
        for number, data in enumerate(document.data.get("not_audited", ()))
    )


def clause_of(data: Mapping[str, Any], document: str) -> Clause:
    """The clause that the data of a spec cites; without row and states a whole section."""
    return Clause(document, data["section"], data.get("row", ""), data.get("states", ""), data.get("line"))


def across(specs: Sequence[Spec]) -> list[str]:
    """What is wrong between files: ids that two contradictions have, and controls that no spec has."""
    found: list[str] = []
    seen: dict[str, Contradiction] = {}
    known = {control.id for one in specs for control in one.controls}
    for one in (one for spec in specs for one in spec.contradictions):
        first = seen.setdefault(one.id, one)
        place = f"{one.spec}:{one.line}"
        if first is not one:
            found.append(f"{place}: duplicate id {one.id!r} (first at {first.spec}:{first.line})")
        for name in one.controls:
            if name not in known:
                close = get_close_matches(name, known, n=1)
                hint = f"; did you mean {close[0]!r}?" if close else ""
                found.append(f"{place}: {one.id}: there is no control {name!r} in the specs given{hint}")
    return found
