"""The costs as bars, documented beside estimated and billed, with every figure written out next to its bar."""

from __future__ import annotations

from typing import Any

from reports import costs
from reports.html.appendix import part
from reports.html.elements import NOTHING, Html, el, join
from reports.html.marks import state_mark
from reports.labels import Labels

_WIDTH, _HEIGHT, _GAP = 400, 7, 3
_SCALE = 2.5
"""How many times the largest documented figure the picture is wide: what goes beyond is cut, and its figure says so."""


def cost(run: dict[str, Any], labels: Labels) -> Html:
    """Every table of costs, each row with its bars."""
    tables = costs.tables(run)
    if not tables:
        return NOTHING
    return part("cost", join(_table(one, labels) for one in tables), labels)


def _table(table: dict[str, Any], labels: Labels) -> Html:
    sides = costs.sides(table)
    widest = max([*(row["documented"] for row in table["rows"]), 1]) * _SCALE
    names = [labels("cost.component"), labels("cost.bars"), labels("plane.document")]
    heads = [*names, *(costs.head(side, labels) for side in sides)]
    columns = el("tr", [el("th", name, scope="col") for name in heads])
    key = [el("li", _swatch(side), _name(side, labels)) for side in ("document", *sides)]
    return el(
        "div",
        el("h3", table["title"]),
        el("ul", key, class_="key"),
        el("p", labels("cost.legend"), class_="origin"),
        el(
            "table",
            el("caption", f"{labels('cost')}: {table['title']}", class_="unseen"),
            el("thead", columns),
            el("tbody", [_row(row, sides, widest, labels) for row in table["rows"]]),
            class_="cost",
        ),
        el("p", costs.sum_text(table, labels), class_="explain"),
        [el("p", costs.price_text(one, labels), class_="origin") for one in table["prices"]],
        class_="block",
    )


def _name(side: str, labels: Labels) -> str:
    return labels("plane.document") if side == "document" else costs.head(side, labels)


def _row(row: dict[str, Any], sides: list[str], widest: float, labels: Labels) -> Html:
    control = row["control"]
    return el(
        "tr",
        el("th", row["component"], el("code", control, class_="origin") if control else None, scope="row"),
        el("td", _bars(row, sides, widest)),
        el("td", costs.amount(row["documented"]), data_label=labels("plane.document")),
        [_cell(row[side], costs.head(side, labels), labels) for side in sides],
    )


def _cell(cell: dict[str, Any] | None, head: str, labels: Labels) -> Html:
    if cell is None:
        return el("td", "–", data_label=head)
    figure = costs.cell_text(cell)
    return el(
        "td",
        el("div", el("span", figure, class_="val") if figure else None, " ", state_mark(cell["state"], labels)),
        data_label=head,
    )


def _bars(row: dict[str, Any], sides: list[str], widest: float) -> Html:
    """One bar a side: solid as far as the cost is certain, pale as far as it may go, dashed where nothing bounds it."""
    cells = [("document", {"low": row["documented"], "high": row["documented"]})]
    cells += [(side, row[side]) for side in sides]
    drawn = [
        _bar(side, cell, number * (_HEIGHT + _GAP), widest)
        for number, (side, cell) in enumerate(cells)
        if cell is not None
    ]
    box = f"0 0 {_WIDTH} {len(cells) * (_HEIGHT + _GAP)}"
    return el("svg", Html("".join(drawn)), class_="bars", viewBox=box, aria_hidden="true")


def _bar(side: str, cell: dict[str, Any], y: int, widest: float) -> str:
    if cell["low"] is None:
        return ""
    low = min(cell["low"] / widest, 1) * _WIDTH
    end = _WIDTH if cell["high"] is None else min(cell["high"] / widest, 1) * _WIDTH
    bars = f'<rect class="{side}" x="0" y="{y}" width="{max(low, 1):.1f}" height="{_HEIGHT}"/>'
    if cell["high"] is None:
        middle = y + _HEIGHT / 2
        return bars + f'<path class="{side} open" d="M{low:.1f} {middle}H{end:.1f}"/>'
    if end > low:
        bars += f'<rect class="{side} maybe" x="{low:.1f}" y="{y}" width="{end - low:.1f}" height="{_HEIGHT}"/>'
    return bars


def _swatch(side: str) -> Html:
    shape = Html(f'<rect class="{side}" width="12" height="{_HEIGHT}"/>')
    return el("svg", shape, class_="swatch", viewBox=f"0 0 12 {_HEIGHT}", aria_hidden="true")
