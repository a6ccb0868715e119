"""A section a control: clause, standing in a sentence, the three columns side by side, remedy."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from reports.html.chain import chain
from reports.html.elements import NOTHING, Html, el, facts, join, table
from reports.html.marks import severity_mark, standing_mark, state_mark
from reports.html.matrix import flags
from reports.html.values import clause_place, note, origin, value
from reports.labels import Labels
from reports.order import all_pass, ordered_rows

_PASSING = 8
"""Passing rows shown in the open; more of them are folded away, so that what deviates is not buried."""


def section(anchor: str, control: dict[str, Any], labels: Labels, since: str | None = None) -> Html:
    """One control, and since when it deviates. Closed at first; the anchor lies inside, so following it opens it."""
    planes = control["planes"]
    states = [
        el("span", el("span", labels(f"plane.{plane}"), class_="plane"), state_mark(_state(planes, plane), labels))
        for plane in ("terraform", "live")
    ]
    summary = el(
        "summary",
        el("h3", control["title"]),
        standing_mark(control["standing"], labels),
        flags(control, labels),
        severity_mark(control["severity"], labels),
        el("span", states, class_="sides"),
    )
    return el(
        "details",
        summary,
        el("div", _body(control, labels, since), class_="body", id=anchor),
        class_="control",
        data_severity=control["severity"],
        data_theme=control["theme"],
        data_standing=control["standing"],
        data_terraform=_state(planes, "terraform"),
        data_live=_state(planes, "live"),
        data_baseline=control.get("baseline"),
    )


def _state(planes: dict[str, Any], plane: str) -> str | None:
    return planes[plane]["state"] if plane in planes else None


def _body(control: dict[str, Any], labels: Labels, since: str | None) -> Html:
    return join(
        el("p", labels(f"explain.{control['standing']}"), class_="explain"),
        el("p", since, class_="since") if since else None,
        _clause(control, labels),
        chain(control, labels),
        _rows(control, labels),
        note(labels("remedy"), control.get("remedy"), "remedy"),
        _about(control, labels),
    )


def _clause(control: dict[str, Any], labels: Labels) -> Html:
    clause, reason = control["clause"], control.get("basis_reason")
    return facts(
        (
            (labels("figure"), el("code", clause["states"], class_="val") if clause["states"] else None),
            (labels("row"), clause["row"]),
            (labels("section"), clause["section"]),
            (labels("place"), clause_place(clause)),
            (labels("also"), _also(control)),
            (labels("basis"), [labels(f"basis.{control['basis']}"), f": {reason}" if reason else None]),
            (labels("planned"), control.get("planned")),
        ),
        class_="facts clause",
    )


def _also(control: dict[str, Any]) -> list[Html] | None:
    """Where else the document states the same."""
    return [
        el("p", el("code", one["states"], class_="val"), " ", clause_place(one)) for one in control.get("also") or ()
    ]


def _about(control: dict[str, Any], labels: Labels) -> Html:
    examined = ", ".join(
        f"{labels(f'plane.{plane}')} {control['planes'][plane]['examined']}"
        for plane in ("terraform", "live")
        if plane in control["planes"]
    )
    frameworks = "; ".join(f"{name}: {', '.join(ids)}" for name, ids in sorted(control["frameworks"].items()))
    return facts(
        (
            (labels("control"), el("code", control["id"])),
            (labels("spec"), el("span", f"{control['spec']}:{control['line']}", class_="file")),
            (labels("theme"), control["theme"]),
            (labels("kind"), el("code", control["kind"]) if control.get("kind") else None),
            (labels("relation"), control.get("relation")),
            (labels("examined"), examined),
            (labels("frameworks"), frameworks),
        ),
        class_="facts small",
    )


def _rows(control: dict[str, Any], labels: Labels) -> Html:
    rows = ordered_rows(control)
    if not rows:
        return el("p", labels("no rows"), class_="empty")
    passing = [row for row in rows if all_pass(row)]
    fold = len(passing) > _PASSING
    shown = [row for row in rows if not all_pass(row)] if fold else rows
    return join(
        _table(shown, control, labels) if shown else None,
        el(
            "details",
            el("summary", labels("passing rows", n=len(passing))),
            _table(passing, control, labels),
            class_="passing",
        )
        if fold
        else None,
    )


def _table(rows: Iterable[dict[str, Any]], control: dict[str, Any], labels: Labels) -> Html:
    head = [labels(name) for name in ("where", "plane.document", "plane.terraform", "plane.live")]
    body = [_row(row, control, labels) for row in rows]
    return table(head, body, class_="evidence", caption=control["title"])


def _row(row: dict[str, Any], control: dict[str, Any], labels: Labels) -> Html:
    key, path = row.get("key"), row["path"]
    where = join(
        el("span", key, class_="key") if key else None,
        el("code", path, class_="path") if path and path != key else None,
        None if key or path else labels("whole"),
    )
    return el(
        "tr",
        el("th", where, standing_mark(row["standing"], labels), scope="row"),
        el("td", value(row.get("expected")), data_label=labels("plane.document")),
        [_cell(row[plane], plane in control["planes"], plane, labels) for plane in ("terraform", "live")],
    )


def _cell(cell: dict[str, Any] | None, run: bool, plane: str, labels: Labels) -> Html:
    label = labels(f"plane.{plane}")
    if cell is None:
        return el("td", el("span", labels("no verdict" if run else "not run"), class_="state none"), data_label=label)
    state = cell["state"]
    resource, arn = cell.get("resource"), (cell.get("origin") or {}).get("arn")
    # An absent resource has no value; null beside it would read as if it had been read.
    actual = value(cell.get("actual")) if state != "absent" or cell.get("actual") is not None else NOTHING
    place = " · ".join(str(cell[name]) for name in ("account", "region") if cell.get(name))
    return el(
        "td",
        state_mark(state, labels),
        actual,
        el("p", resource, class_="resource") if resource and resource != arn else None,
        origin(cell.get("origin"), labels),
        el("p", place, class_="origin") if place else None,
        note(labels("cause"), cell.get("cause"), "cause"),
        note(labels("mend"), cell.get("mend"), "mend"),
        note(labels("waiver"), cell.get("waiver"), "cause"),
        data_label=label,
    )
