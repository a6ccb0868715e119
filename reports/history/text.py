"""The history as text: runs with a sparkline, deviations that stand, deviations that were fixed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from tabulate import tabulate

from reports.history.lifecycle import Life, Past, fixed, lives, standing
from reports.labels import Labels
from reports.text import clip, visible

_BARS = "▁▂▃▄▅▆▇█"
_WIDTH = 48


def history_text(runs: Sequence[Past], labels: Labels, *, last: int = 20, control: str | None = None) -> str:
    """What the runs tell, oldest first; the last of them as a table. ``control``: of this control alone."""
    if not runs:
        return labels("history.none") + "\n"
    counts = [int(run.summary["deviations"]) for run in runs]
    heads = [labels(name) for name in ("run.id", "run.started", "deviations", "undecided", "gaps", "run.status")]
    rows = [_run(run) for run in runs[-last:]]
    parts = [] if control else [f"{labels('deviations')} {sparkline(counts)}  {min(counts)}–{max(counts)}"]
    parts += [] if control else [tabulate(rows, headers=heads, tablefmt="simple", disable_numparse=True)]
    found = {uid: life for uid, life in lives(runs).items() if control in (None, life.what.control)}
    parts += [_standing(standing(found), labels), _fixed(fixed(found)[:last], labels)]
    return "\n\n".join(part for part in parts if part) + "\n"


def sparkline(counts: Sequence[int]) -> str:
    """Small bars, the last 60 numbers; none at all is the lowest bar."""
    shown = counts[-60:]
    most = max(shown, default=0)
    return "".join(_BARS[round(count / most * (len(_BARS) - 1)) if most else 0] for count in shown)


def duration(span: timedelta) -> str:
    """A span for people: ``3 d``, ``5 h``, ``12 min``."""
    minutes = int(span.total_seconds() // 60)
    if minutes >= 48 * 60:
        return f"{minutes // (24 * 60)} d"
    return f"{minutes // 60} h" if minutes >= 120 else f"{minutes} min"


def _run(run: Past) -> list[str]:
    summary = run.summary
    counts = (str(summary[name]) for name in ("deviations", "undecided", "gaps"))
    return [clip(run.id, _WIDTH), run.started, *counts, str(run.status)]


def _standing(found: Sequence[Life], labels: Labels) -> str:
    heads = [
        labels(name) for name in ("severity", "control", "plane", "where", "history.since", "history.reopened", "")
    ]
    rows = [[*_what(one, labels), one.since, str(one.reopened or ""), _note(one, labels)] for one in found]
    return _table(labels("history.standing"), heads, rows)


def _fixed(found: Sequence[Life], labels: Labels) -> str:
    heads = [labels(name) for name in ("severity", "control", "plane", "where", "history.fixed", "history.lasted")]
    rows = [[*_what(one, labels), str(one.fixed), duration(one.lasted or timedelta())] for one in found]
    return _table(labels("history.were fixed"), heads, rows)


def _table(title: str, heads: list[str], rows: list[list[str]]) -> str:
    return f"{title}\n{tabulate(rows, headers=heads, tablefmt='simple', disable_numparse=True)}" if rows else ""


def _what(life: Life, labels: Labels) -> list[str]:
    what = life.what
    where = " ".join(part for part in (what.resource, what.path) if part) or labels("whole")
    return [
        labels(f"severity.{what.severity}"),
        clip(visible(what.control), _WIDTH),
        labels(f"plane.{what.plane}"),
        clip(visible(where), _WIDTH),
    ]


def _note(life: Life, labels: Labels) -> str:
    """Why it asks for nothing, or that the last run could not tell."""
    if life.blind:
        return labels("history.blind")
    return labels(f"history.{life.quiet}") if life.quiet else ""
