"""Waivers: a drawing of when each of them ends, and all that is said of them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from reports import waived
from reports.html.appendix import part
from reports.html.elements import NOTHING, Html, el, join, table
from reports.labels import Labels

_WIDTH, _ROW, _HEAD, _EDGE = 640, 14, 18, 8
_DRAWN = 60
"""Lines that are drawn; the table has all."""
_BEFORE, _AFTER = timedelta(days=90), timedelta(days=400)
"""How far from the run days are told apart: a waiver until the year 9999 would leave one point of the others."""
_SOON = timedelta(days=30)


def waivers(run: dict[str, Any], labels: Labels) -> Html:
    """Every waiver: what it covers, who answers for it until when, and what became of it."""
    if not run["waivers"]:
        return NOTHING
    head = [labels(name) for name in ("waiver.state", "control", "waiver.reason", "waiver.until")]
    rows = [_waiver(one, labels) for one in waived.ordered(run)]
    body = join(_timeline(run, labels), table(head, rows, class_="list", caption=labels("waivers")))
    return part("waivers", body, labels, len(rows))


def _waiver(one: dict[str, Any], labels: Labels) -> Html:
    people = " · ".join(f"{labels(name)} {value}" for name, value in waived.people(one))
    return el(
        "tr",
        el("th", labels(f"waiver.{one['state']}"), scope="row"),
        el("td", el("code", waived.about(one)), el("p", labels("waiver.covers", n=one["covers"]), class_="origin")),
        el("td", one["reason"], el("p", people, class_="cause") if people else None),
        el("td", el("time", one["expires"], datetime=one["expires"]), el("p", waived.place(one), class_="origin")),
    )


def _timeline(run: dict[str, Any], labels: Labels) -> Html:
    """A line a waiver, from the day of the run to its end, the next to end first. In words for who does not see it."""
    today = _day(run["run"]["started_local"][:10])
    dated = sorted(((day, one) for one in run["waivers"] if (day := _day(one["expires"]))), key=lambda pair: pair[0])
    if today is None or not dated:
        return NOTHING
    first = min(today, max(dated[0][0], today - _BEFORE))
    last = max(today + _SOON, min(dated[-1][0], today + _AFTER))
    scale = _Scale(first, last)
    drawn = dated[:_DRAWN]
    height = _HEAD + _ROW * len(drawn)
    shapes = [_line(scale, today, day, one, number) for number, (day, one) in enumerate(drawn)]
    here = scale.at(today)
    said = _said(today, [day for day, _ in dated], labels)
    drawing = el(
        "svg",
        Html(f'<line class="today" x1="{here:.1f}" y1="0" x2="{here:.1f}" y2="{height}"/>'),
        *shapes,
        class_="ends", viewBox=f"0 0 {_WIDTH} {height}", width=_WIDTH, height=height, role="img", aria_label=said,
    )  # fmt: skip
    return el("figure", drawing, el("figcaption", f"{said} · {first} – {last}"))


class _Scale:
    """Days as places from left to right; what lies outside is at the edge."""

    def __init__(self, first: date, last: date) -> None:
        self._first, self._days = first, max((last - first).days, 1)

    def at(self, day: date) -> float:
        share = min(max((day - self._first).days / self._days, 0), 1)
        return _EDGE + share * (_WIDTH - 2 * _EDGE)


def _line(scale: _Scale, today: date, day: date, one: dict[str, Any], number: int) -> Html:
    start, end = sorted((scale.at(today), scale.at(day)))
    y = _HEAD + _ROW * number + _ROW / 2
    name = "some" if one["fails"] else "none"
    shape = Html(
        f'<line class="{name}" x1="{start:.1f}" y1="{y:.1f}" x2="{end:.1f}" y2="{y:.1f}"/>'
        f'<circle class="{name}" cx="{scale.at(day):.1f}" cy="{y:.1f}" r="4"/>'
    )
    return el("g", el("title", f"{day}: {waived.about(one)}"), shape)


def _said(today: date, days: list[date], labels: Labels) -> str:
    ended = sum(day < today for day in days)
    soon = sum(today <= day <= today + _SOON for day in days)
    return labels("waivers.ends", today=today, ended=ended, soon=soon, later=len(days) - ended - soon)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
