"""The marks: every state and standing is a shape, a word and a colour, never a colour alone.

A standing's glyph is its meaning: three points – document, Terraform, account – joined where they agree.
"""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import quote

from reports.html.elements import Html, el
from reports.labels import Labels
from reports.order import SEVERITY_ORDER

_LINE = "fill='none' stroke='#000' stroke-width='1.7' stroke-linecap='round' stroke-linejoin='round'"
_RING = "fill='none' stroke='#000' stroke-width='1.5'"
_READABLE = " '=/:,"
_D, _T, _L = 5, 20, 35


def _path(data: str, more: str = "") -> str:
    return f"<path {_LINE} {more} d='{data}'/>"


def _dot(x: int) -> str:
    return f"<circle cx='{x}' cy='10' r='3.6'/>"


def _ring(x: int) -> str:
    return f"<circle {_RING} cx='{x}' cy='10' r='3.2'/>"


def _off(x: int) -> str:
    return _path(f"M{x - 3} 7l6 6m0-6l-6 6")


def _ticks(level: int) -> str:
    """Four bars that rise; those above the severity are pale."""
    filled = len(SEVERITY_ORDER) - 1 - level
    bars = enumerate((4, 6, 8, 10))
    return "".join(
        f"<rect x='{at * 5.5}' y='{10 - high}' width='3.4' height='{high}' opacity='{1 if at < filled else 0.22}'/>"
        for at, high in bars
    )


_DT, _TL, _DL = (_path(data) for data in ("M9 10H16", "M24 10H31", "M5 6C9 0 31 0 35 6"))
_GLYPHS = {
    "agrees": _dot(_D) + _dot(_T) + _dot(_L) + _DT + _TL,
    "drift": _dot(_D) + _dot(_T) + _off(_L) + _DT,
    "unapplied": _dot(_D) + _off(_T) + _dot(_L) + _DL,
    "stale document": _off(_D) + _dot(_T) + _dot(_L) + _TL,
    "all differ": _off(_D) + _off(_T) + _off(_L),
    "unbuilt": _dot(_D) + _ring(_T) + _ring(_L),
    "undecided": _dot(_D) + _path("M14 10H36", "stroke-dasharray='2.4 2.6'"),
    "single plane": _dot(_D) + _dot(_T),  # not joined: one plane may pass or fail
}
_SHAPES = {
    "pass": _path("M3 8.5l3.2 3.2L13 4.6"),
    "fail": _path("M4 4l8 8m0-8l-8 8"),
    "absent": f"<circle {_RING} cx='8' cy='8' r='5.2'/>" + _path("M3.4 12.6l9.2-9.2"),
    "unreadable": f"<rect {_RING} x='2.8' y='2.8' width='10.4' height='10.4'/>" + _path("M5.5 8h5"),
    "unknown": _path("M5.2 6a2.8 2.8 0 1 1 4.1 2.5c-.9.5-1.3.9-1.3 1.8") + "<circle cx='8' cy='13' r='1'/>",
}


def mark_rules() -> str:
    """The shapes as CSS masks. Inline drawings would say the same and cost a browser seconds at 20,000 rows."""
    states = [_rule(f".state.{name}", 16, 16, body) for name, body in _SHAPES.items()]
    standings = [_rule(f".standing.{standing_class(name)}", 40, 20, body) for name, body in _GLYPHS.items()]
    severities = [_rule(f".severity.{name}", 22, 10, _ticks(level)) for level, name in enumerate(SEVERITY_ORDER)]
    return "\n".join([*states, *standings, *severities])


@lru_cache
def state_mark(state: str | None, labels: Labels) -> Html:
    """A plane's state: shape and word. None: that plane was not audited."""
    if state is None:
        return el("span", labels("not run"), class_="state none")
    return el("span", labels(f"state.{state}"), class_=f"state {state}")


@lru_cache
def standing_mark(standing: str, labels: Labels) -> Html:
    """A standing: glyph and word."""
    return el("span", labels(f"standing.{standing}"), class_=f"standing {standing_class(standing)}")


@lru_cache
def severity_mark(severity: str, labels: Labels) -> Html:
    """A severity: up to four ticks and the word."""
    return el("span", labels(f"severity.{severity}"), class_=f"severity {severity}")


def standing_class(standing: str) -> str:
    """The CSS class of a standing, which may hold a space."""
    return standing.replace(" ", "-")


def bar(counts: list[tuple[str, int]]) -> Html:
    """Counts as one bar, each part as wide as its share. The numbers stand beside it, so it is for the eye only."""
    total = sum(count for _, count in counts)
    parts, x = [], 0.0
    for name, count in counts:
        width = 1000 * count / total if total else 0
        parts.append(f'<rect class="{name}" x="{x:.1f}" y="0" width="{max(width - 3, 1.5):.1f}" height="10"/>')
        x += width
    body = Html("".join(parts))
    return el("svg", body, class_="bar", viewBox="0 0 1000 10", preserveAspectRatio="none", aria_hidden="true")


def _rule(selector: str, width: int, height: int, body: str) -> str:
    drawing = f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {height}'>{body}</svg>"
    return f'{selector} {{ --mark: url("data:image/svg+xml,{quote(drawing, safe=_READABLE)}"); }}'
