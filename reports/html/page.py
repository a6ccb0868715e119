"""The whole page: one file that needs nothing else, opens from disk, and works without its script."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from reports.html.appendix import document, findings, gaps, part, policies, run_facts
from reports.html.comparison import drift, unmanaged
from reports.html.controls import section
from reports.html.costs import cost
from reports.html.elements import Html, el, join
from reports.html.marks import mark_rules
from reports.html.matrix import filters, matrix
from reports.html.overview import headline, masthead, overview
from reports.html.page_facts import contradictions, coverage
from reports.html.trend import since, trend
from reports.html.waivers import waivers
from reports.labels import Labels
from reports.order import ordered_controls

_HERE = Html("\0")
"""Where a frame is to be filled; no text has it, for control characters are made visible."""
_ASSETS = Path(__file__).parent.parent / "assets"


def page(run: dict[str, Any], labels: Labels) -> str:
    """The page of a run."""
    return "".join(pieces(run, labels))


def pieces(run: dict[str, Any], labels: Labels) -> Iterator[str]:
    """The page of a run, piece by piece: one of 20,000 verdicts is never in memory as a whole."""
    controls = with_anchors(ordered_controls(run))
    frame = join(
        el("a", labels("skip"), href="#matrix", class_="skip"),
        masthead(run, labels),
        el("main", overview(run, labels), trend(run, labels), _HERE),
        Html(f"<script>{asset('report.js')}</script>"),
    )
    document = el("html", _head(headline(run, labels), labels), el("body", frame), lang=labels.lang)
    before, after = document.split(_HERE)
    yield f"<!doctype html>\n{before}"
    yield _matrix(controls, labels)
    yield from _controls(run, controls, labels)
    yield from _tail(run, labels)
    yield f"{after}\n"


def with_anchors(controls: list[dict[str, Any]]) -> list[tuple[str, dict[str, Any]]]:
    """Controls with the anchors of their sections: of the id, so that a link outlives the run."""
    seen: dict[str, int] = {}
    result = []
    for control in controls:
        name = "c-" + (re.sub(r"[^A-Za-z0-9_.-]+", "-", control["id"]).strip("-") or "x")
        seen[name] = seen.get(name, 0) + 1
        result.append((name if seen[name] == 1 else f"{name}~{seen[name]}", control))
    return result


@lru_cache
def asset(name: str) -> str:
    """A style sheet or script, as it goes into the page. Neither may hold what would end its element."""
    return (_ASSETS / name).read_text(encoding="utf-8").strip()


def _head(title: str, labels: Labels) -> Html:
    return el(
        "head",
        el("meta", charset="utf-8"),
        Html(f'<meta http-equiv="Content-Security-Policy" content="{_policy()}">'),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name="color-scheme", content="light dark"),
        el("meta", name="referrer", content="no-referrer"),
        el("title", f"{title} · {labels('title')}"),
        Html(f"<style>{_style()}</style>"),
    )


@lru_cache
def _style() -> str:
    return f"{asset('report.css')}\n{mark_rules()}"


def _policy() -> str:
    """Nothing may be fetched, and only this style and this script may run, whatever the run's data holds."""
    style, script = _hash(_style()), _hash(asset("report.js"))
    return (
        f"default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _matrix(controls: list[tuple[str, dict[str, Any]]], labels: Labels) -> Html:
    bare = [control for _, control in controls]
    body = join(filters(bare, labels) if bare else None, matrix(controls, labels))
    return part("matrix", body, labels, len(controls))


def _controls(run: dict[str, Any], controls: list[tuple[str, dict[str, Any]]], labels: Labels) -> Iterator[str]:
    if not controls:
        return
    buttons = el(
        "p",
        el("button", labels("filter.open"), type="button", data_open="1"),
        el("button", labels("filter.close"), type="button", data_open="0"),
        class_="tools",
        hidden=True,
    )
    before, after = part("controls", join(buttons, _HERE), labels, len(controls)).split(_HERE)
    yield before
    for anchor, control in controls:
        yield section(anchor, control, labels, since(control, run, labels))
    yield after


def _tail(run: dict[str, Any], labels: Labels) -> list[Html]:
    return [
        drift(run, labels),
        unmanaged(run, labels),
        gaps(run, labels),
        findings(run, labels),
        document(run, labels),
        contradictions(run, labels),
        coverage(run, labels),
        cost(run, labels),
        waivers(run, labels),
        policies(run, labels),
        run_facts(run, labels),
    ]
