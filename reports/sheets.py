"""Rows of the workbook's sheets on what stands beside the controls: drift, what is unmanaged, costs, policies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from reports import costs, drifted
from reports.labels import Labels
from reports.order import STATES
from reports.report import Run
from reports.text import origin_text, place_text, value_text

Cell: TypeAlias = str | int | None
Sheet: TypeAlias = tuple[str, Sequence[str], list[Sequence[Cell]]]
"""The label of its name, its headings, and its rows."""


def beside(run: Run, labels: Labels) -> list[Sheet]:
    """The sheets that this run has something for; of a comparison also those that are empty, for they say so."""
    found: list[Sheet] = []
    if drifted.coverage(run) is not None:
        found += [_drift(run, labels), _unmanaged(run, labels), _compared(run, labels)]
    if costs.tables(run):
        found.append(_costs(run))
    if run.get("policies"):
        found.append(_policies(run))
    return found


def _value(value: Any) -> str:
    return "" if value is None else value_text(value)


def _drift(run: Run, labels: Labels) -> Sheet:
    columns = ("state", "fails", "severity", "kind", "resource", "path", "terraform", "live", "origin", "arn")
    rows: list[Sequence[Cell]] = []
    for one in drifted.drift(run):
        ours, theirs = one["terraform"], one["live"] or {"resource": "", "value": None}
        about = [one["state"], _yes(one["fails"]), one["severity"], one["kind"], ours["resource"], one["path"]]
        sides = [_value(ours["value"]), _value(theirs["value"]), origin_text(ours["origin"]), theirs["resource"]]
        rows.append([*about, *sides, one["account"], one["region"], "; ".join(drifted.remarks(one, labels))])
    return "sheet.drift", (*columns, "account", "region", "remark"), rows


def _unmanaged(run: Run, labels: Labels) -> Sheet:
    columns = ("fails", "severity", "kind", "resource", "name", "account", "region", "spec", "remark")
    rows: list[Sequence[Cell]] = []
    for one in drifted.unmanaged(run):
        about = [_yes(one["fails"]), one["severity"], one["kind"], one["resource"], one["name"] or one["key"]]
        rows.append([*about, one["account"], one["region"], one["spec"], "; ".join(drifted.remarks(one, labels))])
    return "sheet.unmanaged", columns, rows


def _compared(run: Run, labels: Labels) -> Sheet:
    """How much was compared, and what was not, with the reason: a row each."""
    found = drifted.coverage(run)
    assert found is not None
    rows: list[Sequence[Cell]] = [["", line] for line in drifted.figures(found, labels)]
    rows += [[labels(name), line] for name, lines in drifted.lists(found) for line in lines]
    return "sheet.compared", ("what", "said"), rows


def _costs(run: Run) -> Sheet:
    """A row a component, figures as text: a range is no number."""
    columns = ("table", "component", "documented", *costs.SIDES, "state", "control")
    rows: list[Sequence[Cell]] = []
    for table in costs.tables(run):
        for row in table["rows"]:
            sides = [row[side] for side in costs.SIDES]
            states = ", ".join(f"{name} {side['state']}" for name, side in zip(costs.SIDES, sides, strict=True) if side)
            about = [table["table"], row["component"], costs.amount(row["documented"])]
            rows.append([*about, *map(costs.cell_text, sides), states, row["control"]])
        rows.append([table["table"], "", costs.amount(table["total"]), "", "", "", "", ""])
    return "sheet.cost", columns, rows


def _policies(run: Run) -> Sheet:
    """A row a place of what Checkov says, and one of each policy that has none."""
    columns = ("policy", "title", "decision", "reason", *STATES, "resource", "state", "origin", "cause")
    rows: list[Sequence[Cell]] = []
    for one in run["policies"]["entries"]:
        counts = [one["states"].get(state, 0) for state in STATES]
        about = [one["id"], one["title"], one["decision"], one["about"], *counts]
        places = [[at["resource"], at["state"], place_text(at["origin"]), at["cause"]] for at in one["places"]]
        rows += [[*about, *place] for place in places or [["", "", "", ""]]]
    return "sheet.policies", columns, rows


def _yes(fails: bool) -> str:
    return "fails" if fails else ""
