"""Terraform against the account: what differs, what is unmanaged, and how much was compared."""

from __future__ import annotations

from typing import Any

from reports import drifted
from reports.html.appendix import part
from reports.html.elements import NOTHING, Html, el, join, table
from reports.html.values import origin, value
from reports.labels import Labels


def drift(run: dict[str, Any], labels: Labels) -> Html:
    """Every difference with both values, and what of the planes was not compared."""
    found = drifted.coverage(run)
    if found is None:
        return NOTHING
    rows = [_differing(one, labels) for one in drifted.drift(run)]
    head = [labels(name) for name in ("where", "plane.terraform", "plane.live", "drift.note")]
    body = join(
        el("p", " · ".join(drifted.figures(found, labels))),
        table(head, rows, class_="list", caption=labels("drift")) if rows else el("p", labels("drift.none")),
        [_list(name, lines, labels) for name, lines in drifted.lists(found) if name.startswith("drift.")],
    )
    return part("drift", body, labels, len(rows))


def unmanaged(run: dict[str, Any], labels: Labels) -> Html:
    """What the account holds and Terraform should, and what of the rest is explained."""
    found = drifted.coverage(run)
    if found is None:
        return NOTHING
    rows = [_unmanaged(one, labels) for one in drifted.unmanaged(run)]
    head = [labels(name) for name in ("resource", "kind", "spec", "drift.note")]
    none = labels("unmanaged.none" if found["unmanaged"]["asked"] else "unmanaged.not asked")
    body = join(
        table(head, rows, class_="list", caption=labels("unmanaged")) if rows else el("p", none),
        [_list(name, lines, labels) for name, lines in drifted.lists(found) if name.startswith("unmanaged.")],
    )
    return part("unmanaged", body, labels, len(rows))


def _differing(one: dict[str, Any], labels: Labels) -> Html:
    ours, theirs = one["terraform"], one["live"]
    return el(
        "tr",
        el(
            "th",
            el("code", ours["resource"]),
            el("p", el("code", one["path"])) if one["path"] else None,
            el("p", labels(f"severity.{one['severity']}"), class_="origin"),
            scope="row",
        ),
        el("td", _value(ours["value"]) if theirs is not None else None, origin(ours["origin"], labels)),
        _live(theirs, labels),
        el("td", _remarks(one, labels)),
    )


def _live(theirs: dict[str, Any] | None, labels: Labels) -> Html:
    if theirs is None:
        return el("td", labels("drift.missing"))
    return el("td", _value(theirs["value"]), origin({"arn": theirs["resource"]}, labels))


def _value(data: Any) -> Html:
    return el("span", "–") if data is None else value(data)


def _unmanaged(one: dict[str, Any], labels: Labels) -> Html:
    name = one["name"] or one["key"]
    return el(
        "tr",
        el("th", el("code", one["resource"]), el("p", name, class_="origin") if name else None, scope="row"),
        el("td", el("code", one["kind"]), el("p", labels(f"severity.{one['severity']}"), class_="origin")),
        el("td", el("span", one["spec"], class_="file")),
        el("td", _remarks(one, labels)),
    )


def _remarks(one: dict[str, Any], labels: Labels) -> list[Html]:
    return [el("p", text, class_="cause") for text in drifted.remarks(one, labels)]


def _list(name: str, lines: list[str], labels: Labels) -> Html:
    items = el("ul", [el("li", line) for line in lines])
    return el("details", el("summary", f"{labels(name)} ({len(lines)})"), items, class_="more")
