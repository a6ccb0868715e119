"""Where the document contradicts itself, and what of it is checked by what."""

from __future__ import annotations

from typing import Any

from reports import page_facts
from reports.html.appendix import part
from reports.html.elements import NOTHING, Html, el, join, table
from reports.html.values import note
from reports.labels import Labels


def contradictions(run: dict[str, Any], labels: Labels) -> Html:
    """Every contradiction with its statements, the ruling, and what became of it."""
    found = page_facts.contradictions(run)
    if not found:
        return NOTHING
    head = [labels(name) for name in ("standing", "contradiction.statements", "contradiction.ruling", "controls")]
    rows = [_contradiction(one, labels) for one in found]
    body = table(head, rows, class_="list", caption=labels("contradictions"))
    return part("contradictions", join(el("p", labels("contradiction.note")), body), labels, len(found))


def _contradiction(one: dict[str, Any], labels: Labels) -> Html:
    statements = [el("li", _statement(statement, labels)) for statement in one["statements"]]
    return el(
        "tr",
        el("th", page_facts.state(one, labels), el("p", el("code", one["id"]), class_="origin"), scope="row"),
        el("td", one["title"], el("ul", statements, class_="entries")),
        el("td", one["ruling"], note(labels("contradiction.why"), one["why"], "cause")),
        el("td", join(el("p", el("code", name)) for name in one["controls"])),
    )


def _statement(one: dict[str, Any], labels: Labels) -> Html:
    changed = one["state"] not in (page_facts.STANDS, None)
    return join(
        el("code", one["states"], class_="val"),
        el("span", labels("contradiction.wins"), class_="flag") if one["wins"] else None,
        el("span", labels(f"clause.{one['state']}"), class_="flag") if changed else None,
        el("p", f"{one['row']} · {page_facts.place(one)}", class_="origin"),
        note(labels("clause.nearest"), one.get("nearest") or None, "cause") if changed else None,
    )


def coverage(run: dict[str, Any], labels: Labels) -> Html:
    """What the document states and nothing cites or checks in the open, the whole table folded."""
    found = page_facts.coverage(run)
    if not found:
        return NOTHING
    body = join(
        el("p", page_facts.tally(found, labels), " ", page_facts.uncited(found, labels)),
        el("ul", [el("li", text) for text in found["stale"]], class_="entries") if found["stale"] else None,
        _uncited(found, labels),
        _folded("facts.not audited", [_left(*one, labels) for one in page_facts.not_audited(found)], "reason", labels),
        _folded("facts.all", [_fact(*one, labels) for one in page_facts.facts(found)], "facts.checked by", labels),
    )
    return part("facts", body, labels, found["counts"]["facts"])


def _uncited(found: dict[str, Any], labels: Labels) -> Html:
    if not found["uncited"]:
        return NOTHING
    rows = [
        el("tr", el("th", el("code", one["text"]), scope="row"), el("td", one["section"]), el("td", str(one["line"])))
        for one in found["uncited"]
    ]
    head = [labels(name) for name in ("row", "section", "place")]
    return table(head, rows, class_="list", caption=labels("facts.uncited", n=len(rows)))


def _folded(title: str, rows: list[Html], last: str, labels: Labels) -> Html:
    if not rows:
        return NOTHING
    head = [labels(name) for name in ("figure", "section", last)]
    name = f"{labels(title)} ({len(rows)})"
    return el("details", el("summary", name), table(head, rows, class_="list", caption=name), class_="passing")


def _left(section: str, fact: dict[str, Any], labels: Labels) -> Html:
    return _line(section, fact, [el("p", reason) for reason in fact["reasons"]], labels)


def _fact(section: str, fact: dict[str, Any], labels: Labels) -> Html:
    checked = [_control(one, labels) for one in fact["controls"]]
    recorded = [el("p", labels("contradictions"), ": ", el("code", name)) for name in fact["contradictions"]]
    reasons = [el("p", reason) for reason in fact["reasons"]]
    return _line(section, fact, [*checked, *recorded, *reasons], labels)


def _control(one: dict[str, Any], labels: Labels) -> Html:
    planes = ", ".join(labels(f"plane.{plane}") for plane in one["planes"])
    planned = f" ({labels('planned')})" if one["planned"] else ""
    return el("p", el("code", one["id"]), f" {planes}{planned}")


def _line(section: str, fact: dict[str, Any], said: list[Html], labels: Labels) -> Html:
    line = fact.get("now") or fact["line"]
    return el(
        "tr",
        el(
            "th",
            page_facts.figure(fact, labels),
            el("p", f"{labels('line', n=line)}" if line else "", class_="origin"),
            scope="row",
        ),
        el("td", section),
        el("td", el("p", labels(f"facts.{fact['state']}"), class_="origin"), join(said)),
    )
