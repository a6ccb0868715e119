"""A port chain as a picture: the tiers from left to right, the documented hops, and every other way in at its place.

The picture is drawn of the control's ``chain`` and its rows; each hop and each way in is also said in words, for those
who do not see it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from reports.html.elements import NOTHING, Html, el, escape
from reports.labels import Labels
from reports.order import STATES
from reports.text import clip, value_text

_WIDTH, _HEIGHT = 132, 44
_STEP_X, _STEP_Y = 250, 96
_LINE = 15
_CLIP = 34


@dataclass(frozen=True, slots=True)
class _Node:
    """A tier at its place."""

    name: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class _Way:
    """A way into a tier that is not documented: what it is, and on which plane."""

    text: str
    plane: str


def chain(control: Mapping[str, Any], labels: Labels) -> Html:
    """The picture of a control that has a chain; nothing for any other."""
    data = control.get("chain")
    if not data:
        return NOTHING
    rows = {row["path"]: row for row in control["rows"]}
    ways = {tier: list(_ways(rows.get(path))) for tier, path in data["closed"].items()}
    nodes = _places(data, ways)
    mark = f"arrow-{sha256(control['id'].encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"
    parts = [_hop(hop, nodes, rows.get(hop["row"]), mark) for hop in data["hops"]]
    closed = {name: _state(rows.get(data["closed"].get(name, ""))) for name in nodes}
    parts += [_tier(node, closed[name]) for name, node in nodes.items()]
    parts += [part for name, found in ways.items() for part in _into(nodes[name], found, mark, labels)]
    width = max(node.x + max(_WIDTH, _wide(ways.get(name, ()), labels)) for name, node in nodes.items()) + 12
    height = max(node.y + _HEIGHT + (len(ways.get(name, ())) + 1) * _LINE for name, node in nodes.items()) + 12
    title = f"{labels('chain')}: {'; '.join(_said(data, rows, ways, labels))}"
    drawing = el(
        "svg", _arrows(mark), *parts, class_="chain", viewBox=f"0 0 {width} {height}", width=width, height=height,
        role="img", aria_label=clip(title, 2_000),
    )  # fmt: skip
    return el("figure", drawing, class_="chain-figure")


def _places(data: Mapping[str, Any], ways: Mapping[str, Sequence[_Way]]) -> dict[str, _Node]:
    """Tiers in columns by how many hops away from what has none leading in, in the order in which they are written."""
    depth = dict.fromkeys(data["tiers"], 0)
    for _ in data["tiers"]:
        for hop in data["hops"]:
            if hop["to"] in depth and depth[hop["to"]] < depth[hop["from"]] + 1 <= len(depth):
                depth[hop["to"]] = depth[hop["from"]] + 1
    heights: dict[int, int] = {}
    nodes = {}
    for name in data["tiers"]:
        column = depth[name]
        y = heights.get(column, 8)
        heights[column] = y + _STEP_Y + len(ways.get(name, ())) * _LINE
        nodes[name] = _Node(name, 8 + column * _STEP_X, y)
    return nodes


def _hop(hop: Mapping[str, Any], nodes: Mapping[str, _Node], row: Mapping[str, Any] | None, mark: str) -> Html:
    start, end = nodes[hop["from"]], nodes[hop["to"]]
    x1, y1, x2, y2 = start.x + _WIDTH, start.y + _HEIGHT // 2, end.x - 9, end.y + _HEIGHT // 2
    state = _state(row)
    middle = (x1 + x2) // 2
    path = f"M{x1} {y1}C{middle} {y1} {middle} {y2} {x2} {y2}"
    if end.x <= start.x:
        path = f"M{start.x + _WIDTH // 2} {start.y}V{min(start.y, end.y) - 4}H{end.x + _WIDTH // 2}V{end.y - 9}"
    dashed = "" if hop["required"] else " optional"
    ports = f"{'✗ ' if state in ('fail', 'absent') else ''}{hop['ports']}"
    return Html(
        f'<g class="hop {state}{dashed}"><path d="{path}" marker-end="url(#{mark}-{state})"/>'
        f'<text x="{middle}" y="{(y1 + y2) // 2 - 7}">{escape(clip(ports, _CLIP))}</text></g>'
    )


def _tier(node: _Node, state: str) -> Html:
    return Html(
        f'<g class="tier {state}"><rect x="{node.x}" y="{node.y}" width="{_WIDTH}" height="{_HEIGHT}" rx="3"/>'
        f'<text x="{node.x + _WIDTH // 2}" y="{node.y + 27}">{escape(clip(node.name, 16))}</text></g>'
    )


def _into(node: _Node, ways: Sequence[_Way], mark: str, labels: Labels) -> Iterator[Html]:
    """What else leads in, below the tier, with an arrow up into it."""
    if not ways:
        return
    x, top = node.x + 12, node.y + _HEIGHT
    arrow = f"M{x} {top + 14 + (len(ways) - 1) * _LINE}V{top + 9}"
    yield Html(f'<path class="way" d="{arrow}" marker-end="url(#{mark}-fail)"/>')
    for number, way in enumerate(ways):
        place = f'x="{x + 10}" y="{top + 19 + number * _LINE}"'
        yield Html(f'<text class="way" {place}>{escape(_line(way, labels))}</text>')


def _line(way: _Way, labels: Labels) -> str:
    return clip(f"✗ {way.text} · {labels(f'plane.{way.plane}')}", 2 * _CLIP)


def _wide(ways: Sequence[_Way], labels: Labels) -> int:
    """How wide the lines below a tier are, about: the page's fonts are known to the browser alone."""
    return max((30 + round(7.6 * len(_line(way, labels))) for way in ways), default=0)


def _ways(row: Mapping[str, Any] | None) -> Iterator[_Way]:
    for plane in ("terraform", "live"):
        cell = row[plane] if row else None
        if cell and cell["state"] == "fail":
            found = cell["actual"] if isinstance(cell["actual"], list) else [cell["actual"]]
            yield from (_Way(value_text(one, 120), plane) for one in found)


def _state(row: Mapping[str, Any] | None) -> str:
    """The worst that either plane says; ``pass`` where nothing is asked."""
    states = [row[plane]["state"] for plane in ("terraform", "live") if row[plane]] if row else []
    return min(states, key=STATES.index, default="pass")


def _said(
    data: Mapping[str, Any], rows: Mapping[str, Any], ways: Mapping[str, Sequence[_Way]], labels: Labels
) -> Iterator[str]:
    for hop in data["hops"]:
        state = labels(f"state.{_state(rows.get(hop['row']))}")
        yield f"{hop['from']} → {hop['to']} {hop['ports']}: {state}"
    for tier, found in ways.items():
        yield from (f"→ {tier}: {way.text} ({labels(f'plane.{way.plane}')})" for way in found)


def _arrows(mark: str) -> Html:
    heads = (
        f'<marker id="{mark}-{state}" class="{state}" viewBox="0 0 10 10" refX="1" refY="5" markerWidth="9" '
        'markerHeight="9" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 1L9 5L0 9z"/></marker>'
        for state in STATES
    )
    return Html(f"<defs>{''.join(heads)}</defs>")
