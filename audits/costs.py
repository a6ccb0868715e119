"""The documented costs beside what was estimated and billed, table by table, as data for the reports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from audits.judge import Result
from audits.model import Plane, State, Verdict
from audits.prices import snapshots
from audits.relations.cost import bounds

_RELATION = "cost"


def tables(results: Iterable[Result]) -> list[dict[str, Any]]:
    """Each table that a judged control is about: its rows, what they add up to, and the total that is written.

    A row has what each plane came to (``terraform``, ``live``, ``billed``), None where nothing was judged: ``low`` and
    ``high`` in USD a month, ``high`` None where there is no upper bound.
    """
    judged = [result for result in results if result.control.relation == _RELATION]
    known = {name: table for one in judged for name, table in one.control.body["cost_tables"].items()}
    named = dict.fromkeys(one.control.body["cost"]["table"] for one in judged)
    return [_table(name, known[name], judged) for name in named]


def _table(name: str, table: Mapping[str, Any], judged: Iterable[Result]) -> dict[str, Any]:
    own = {one.control.body["cost"]["component"]: one for one in judged if one.control.body["cost"]["table"] == name}
    return {
        "table": name,
        "title": table["title"],
        "total": table["total"],
        "sum": round(sum(table["rows"].values()), 2),
        "rows": [_row(component, figure, own.get(component)) for component, figure in table["rows"].items()],
        "prices": [one.about() for one in snapshots()],
    }


def _row(component: str, figure: float, result: Result | None) -> dict[str, Any]:
    allowed = bounds(result.control.body) if result else None
    return {
        "component": component,
        "documented": figure,
        "control": result.control.id if result else None,
        "tolerance": {"low": allowed.low, "high": allowed.high} if allowed else None,
        "terraform": _cell(result, "terraform", "estimate"),
        "live": _cell(result, "live", "estimate"),
        "billed": _cell(result, "live", "billed"),
    }


def _cell(result: Result | None, plane: Plane, path: str) -> dict[str, Any] | None:
    verdicts = result.judgements[plane].verdicts if result and plane in result.judgements else ()
    found = next((one for one in verdicts if one.path == path), None)
    if found is None:
        return None
    low, high = _ends(found)
    return {"low": low, "high": high, "state": str(found.state), "cause": found.cause}


def _ends(verdict: Verdict) -> tuple[float | None, float | None]:
    """The range that a verdict shows; nothing where it shows none, and nothing at all costs nothing."""
    actual = verdict.actual
    if isinstance(actual, dict):
        return actual.get("from", actual.get("at least")), actual.get("to")
    if verdict.state is State.ABSENT:
        return 0, 0
    return actual, actual
