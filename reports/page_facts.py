"""Contradictions and coverage of the document as rows for people. A run of an older version has neither."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reports.labels import Labels
from reports.text import clause_text

STANDS, UNREADABLE = "stands", "unreadable"
_ORDER = ("changed", "vanished", "mended", "unreadable", STANDS, None)


def contradictions(run: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The contradictions, those that no longer stand as recorded first."""
    return sorted(run.get("contradictions") or (), key=lambda one: _ORDER.index(one["state"]))


def changed(run: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Those that no longer stand as recorded."""
    return [one for one in contradictions(run) if one["state"] not in (STANDS, UNREADABLE, None)]


def state(one: Mapping[str, Any], labels: Labels) -> str:
    """What became of a contradiction; that it is recorded where no document was given."""
    return labels(f"contradiction.{one['state'] or 'recorded'}")


def place(statement: Mapping[str, Any]) -> str:
    """Where a statement stands now, else where it is cited."""
    return clause_text({**statement, "line": statement.get("now") or statement["line"]})


def coverage(run: Mapping[str, Any]) -> dict[str, Any]:
    """The coverage of the run, empty where it has none."""
    found: dict[str, Any] = run.get("coverage") or {}
    return found if found.get("sections") or found.get("uncited") else {}


def tally(found: Mapping[str, Any], labels: Labels) -> str:
    """How many facts there are, and what speaks of them, in one line."""
    return labels("facts.tally", **found["counts"])


def uncited(found: Mapping[str, Any], labels: Labels) -> str:
    """How many rows nothing cites, or that this was not looked for."""
    count = found["counts"]["uncited"]
    if count is None:
        return labels("facts.no document")
    untold = found["counts"].get("untold")
    return " ".join([labels("facts.uncited", n=count), *([labels("facts.untold", n=untold)] if untold else [])])


def facts(found: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every fact with its section."""
    for section in found["sections"]:
        for fact in section["facts"]:
            yield section["section"], fact


def not_audited(found: Mapping[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """The facts that no control checks, each with its section."""
    return [(section, fact) for section, fact in facts(found) if fact["state"] == "not audited"]


def figure(fact: Mapping[str, Any], labels: Labels) -> str:
    """What a fact is: row and literal, or that it is the rest of a section."""
    return f"{fact['row']}: {fact['states']}" if fact["row"] else labels("facts.rest")


def planned(run: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The controls that are not due yet, those reached early first."""
    found = [control for control in run["controls"] if control.get("planned")]
    return sorted(found, key=lambda control: not control.get("reached_early"))
