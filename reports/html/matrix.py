"""The three-way matrix: a line a control, and the filters over it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from reports.html.elements import NOTHING, Html, el, join, table
from reports.html.marks import severity_mark, standing_mark, state_mark
from reports.labels import Labels
from reports.order import DEVIATING, SEVERITY_ORDER, STANDING_ORDER, STATES, in_order, ordered_rows
from reports.text import value_text

_CHUNK = 200
"""Lines a table: browsers lay out only the tables in view, and a table cannot be laid out in part."""
_SHOWN = 60


def matrix(controls: list[tuple[str, dict[str, Any]]], labels: Labels) -> Html:
    """The matrix of controls, given with their anchors in the order shown."""
    if not controls:
        return el("p", labels("headline.empty"), class_="empty")
    head = [labels(name) for name in ("standing", "control", "plane.document", "plane.terraform", "plane.live")]
    chunks = [controls[start : start + _CHUNK] for start in range(0, len(controls), _CHUNK)]
    tables = [
        table(
            head,
            [_line(anchor, control, labels) for anchor, control in chunk],
            class_="matrix",
            caption=labels("matrix"),
            quiet_head=index > 0,
        )
        for index, chunk in enumerate(chunks)
    ]
    return join(el("div", part, class_="chunk") for part in tables)


def filters(controls: list[dict[str, Any]], labels: Labels) -> Html:
    """The form over the matrix. It is hidden until the script that works it has started."""
    return el(
        "form",
        el("label", el("span", labels("filter.text")), _search(labels), class_="wide"),
        _choice("severity", _present(controls, "severity", SEVERITY_ORDER), "severity", labels),
        _choice("theme", sorted({control["theme"] for control in controls}), "theme", labels),
        _choice("standing", _present(controls, "standing", STANDING_ORDER), "standing", labels),
        [
            _choice(plane, states, f"plane.{plane}", labels)
            for plane in ("terraform", "live")
            if (states := _states(controls, plane))
        ],
        _choice("baseline", ["new", "known"], "baseline", labels) if any(map(_based, controls)) else None,
        el("button", labels("filter.reset"), type="reset"),
        el("output", "", data_pattern=labels("filter.shown", shown="{shown}", all="{all}")),
        id="filters",
        role="search",
        aria_label=labels("filter.label"),
        hidden=True,
    )


def _line(anchor: str, control: dict[str, Any], labels: Labels) -> Html:
    title = el("a", control["title"], href=f"#{anchor}")
    about = [severity_mark(control["severity"], labels), el("span", control["theme"]), el("code", control["id"])]
    return el(
        "tr",
        el("td", standing_mark(control["standing"], labels), flags(control, labels)),
        el("th", title, el("p", about, class_="about"), scope="row"),
        el("td", _documented(control, labels), data_label=labels("plane.document")),
        [_plane(control, plane, labels) for plane in ("terraform", "live")],
        data_for=anchor,
    )


def flags(control: dict[str, Any], labels: Labels) -> Html:
    """What softens or sharpens a deviation: planned, new, known."""
    baseline = control.get("baseline")
    said = [
        el("span", labels("planned"), class_="flag") if control.get("planned") else None,
        el("span", labels("reached early"), class_="flag") if control.get("reached_early") else None,
        el("span", labels(f"baseline.{baseline}"), class_=f"flag {baseline}") if baseline else None,
    ]
    return el("span", said, class_="flags") if any(said) else NOTHING


def _documented(control: dict[str, Any], labels: Labels) -> Html:
    inferred = control["basis"] != "stated"
    return join(
        el("code", control["clause"]["states"], class_="val"),
        el("span", labels(f"basis.{control['basis']}"), class_="flag") if inferred else NOTHING,
    )


def _plane(control: dict[str, Any], plane: str, labels: Labels) -> Html:
    part = control["planes"].get(plane)
    state = part["state"] if part else None
    return el("td", state_mark(state, labels), _telling(control, plane, state), data_label=labels(f"plane.{plane}"))


def _telling(control: dict[str, Any], plane: str, state: str | None) -> Html:
    """The first value that is why a plane fails: often the whole story, and the section has the rest."""
    if state not in DEVIATING or state == "absent":
        return NOTHING
    for row in ordered_rows(control):
        cell = row[plane]
        if cell is not None and cell["state"] == state:
            return el("code", value_text(cell.get("actual"), _SHOWN), class_="val")
    return NOTHING


def _search(labels: Labels) -> Html:
    return el("input", type="search", name="q", placeholder=labels("filter.hint"), autocomplete="off")


def _choice(name: str, values: Iterable[str], label: str, labels: Labels) -> Html:
    prefix = {"terraform": "state", "live": "state"}.get(name, name)
    words = [(item, item if name == "theme" else labels(f"{prefix}.{item}")) for item in values]
    options = [el("option", labels("filter.any"), value=""), *(el("option", word, value=item) for item, word in words)]
    title = labels(label if label.startswith("plane.") else name)
    return el("label", el("span", title), el("select", options, name=name))


def _present(controls: list[dict[str, Any]], field: str, order: tuple[str, ...]) -> list[str]:
    return in_order({control[field] for control in controls}, order)


def _states(controls: list[dict[str, Any]], plane: str) -> list[str]:
    return in_order({control["planes"][plane]["state"] for control in controls if plane in control["planes"]}, STATES)


def _based(control: dict[str, Any]) -> bool:
    return bool(control.get("baseline"))
