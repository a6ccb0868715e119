"""A verdict, or a difference that no control says, as one row of a table: what CSV and the workbook share."""

from __future__ import annotations

from reports.differences import Difference
from reports.findings import Finding, frameworks_of
from reports.text import clip, origin_text, value_text, visible

COLUMNS: tuple[str, ...] = (
    *("control", "title", "theme", "severity", "basis", "plane", "state", "standing", "quiet"),
    *("account", "region", "resource", "path", "expected", "actual", "origin", "cause", "mend"),
    *("section", "row", "states", "document_line", "frameworks", "remedy", "spec", "spec_line", "finding"),
)
ALSO: tuple[str, ...] = ("kind", "name", "live_resource")
"""Columns at the right of these where verdicts and differences stand in one table."""
CELL = 32_000
"""Characters of a cell: Excel holds 32,767."""


def row(one: Finding) -> dict[str, str | int | None]:
    """The row of a verdict, by column; text is fit to be shown and not too long for a cell."""
    control, verdict, clause = one.control, one.verdict, one.control["clause"]
    quiet = f"{one.quiet[0]}: {one.quiet[1]}" if one.quiet else ""
    said = {
        "control": control["id"],
        "title": control["title"],
        "theme": control["theme"],
        "severity": control["severity"],
        "basis": control["basis"],
        "plane": one.plane,
        "state": one.state,
        "standing": control["standing"],
        "quiet": quiet,
        "account": verdict.get("account"),
        "region": verdict.get("region"),
        "resource": verdict.get("resource"),
        "path": verdict["path"],
        "expected": value_text(verdict.get("expected")),
        "actual": value_text(verdict.get("actual")),
        "origin": origin_text(verdict.get("origin")),
        "cause": verdict.get("cause"),
        "mend": verdict.get("mend"),
        "section": clause["section"],
        "row": clause["row"],
        "states": clause["states"],
        "document_line": clause.get("line"),
        "frameworks": ", ".join(frameworks_of(control)),
        "remedy": control.get("remedy"),
        "spec": control["spec"],
        "spec_line": control["line"],
        "finding": one.uid,
    }
    return {name: fit(said[name]) for name in COLUMNS}


def wide_row(one: Finding) -> dict[str, str | int | None]:
    """The row of a verdict with the columns that it shares with differences."""
    live = one.verdict.get("resource") if one.plane == "live" else None
    return {**row(one), "kind": fit(one.control.get("kind")), "name": None, "live_resource": fit(live)}


def difference_row(one: Difference) -> dict[str, str | int | None]:
    """The row of a difference, by column; what only a control has is empty."""
    entry = one.entry
    expected, actual = one.values()
    file, line = one.spec
    said: dict[str, str | int | None] = {
        "control": one.about,
        "title": one.title,
        "severity": entry["severity"],
        "plane": one.plane,
        "state": one.state,
        "quiet": ": ".join(one.quiet) if one.quiet else "",
        "account": entry["account"],
        "region": entry["region"],
        "resource": one.source or one.live,
        "path": one.path,
        "expected": expected,
        "actual": actual,
        "origin": origin_text(one.origin),
        "cause": one.cause,
        "spec": file,
        "spec_line": line,
        "finding": one.uid,
        "kind": entry["kind"],
        "name": one.name,
        "live_resource": one.live,
    }
    return {name: fit(said.get(name)) for name in (*COLUMNS, *ALSO)}


def fit(value: str | int | None) -> str | int | None:
    """Text in which nothing acts or hides, and no longer than a cell; numbers as they are."""
    return clip(visible(value), CELL) if isinstance(value, str) else value
