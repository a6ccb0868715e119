"""What is worth saying of a run: only what changed since the last one. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from reports.compared import with_comparison
from reports.findings import Finding, findings
from reports.labels import Labels
from reports.report import Run
from reports.text import clip, visible

SCHEMA = "glimpse-audit/notification/v1"
_LISTED = 20


@dataclass(frozen=True, slots=True)
class Message:
    """A notification: a title, a line an entry, and the same as data for programs."""

    title: str
    lines: tuple[str, ...]
    data: dict[str, Any]


def message(run: Run, labels: Labels, *, link: str | None = None, always: bool = False) -> Message | None:
    """What to say of a run, or None where nothing changed.

    A run that has no earlier one to compare with is worth a word if it deviates, or if something could not be read.
    """
    history = run.get("history") or {}
    changes = history.get("changes")
    first = changes is None
    moved = changes is not None and any(changes[name] for name in ("new", "reopened", "fixed", "unreadable"))
    summary = run["summary"]
    troubled = first and (summary["deviations"] or summary["gaps"])
    broken = summary["exit_status"] not in (0, 1)
    if not (moved or troubled or broken or always):
        return None
    fresh = [one for one in findings(with_comparison(run)) if _is_new(one, history, first, run)]
    ended = list(history.get("fixed") or ())
    return Message(_title(run, labels), tuple(_lines(run, fresh, ended, labels, link)), _data(run, fresh, ended, link))


def broken(status: int, labels: Labels, link: str | None = None) -> Message:
    """What to say of an audit that left no run: silence would look like a night without changes."""
    title = f"{labels('title')}: {labels('notify.broken', status=status)}"
    return Message(title, (link,) if link else (), {"schema": SCHEMA, "broken": status, "link": link})


def _is_new(one: Finding, history: dict[str, Any], first: bool, run: Run) -> bool:
    if not one.acts:
        return False
    told = history.get("deviations", {}).get(one.uid)
    return first if told is None else told["since"] == run["run"]["started"]


def _title(run: Run, labels: Labels) -> str:
    summary = run["summary"]
    counts = [f"{labels('deviations')} {summary['deviations']}", f"{labels('undecided')} {summary['undecided']}"]
    counts.append(f"{labels('gaps')} {summary['gaps']}")
    return f"{labels('title')}: {', '.join(counts)}"


def _lines(
    run: Run, fresh: Sequence[Finding], ended: Sequence[dict[str, Any]], labels: Labels, link: str | None
) -> list[str]:
    changes = (run.get("history") or {}).get("changes")
    lines = [labels("history.changes", **changes)] if changes else []
    for one in fresh[:_LISTED]:
        plane, severity = labels(f"plane.{one.plane}"), labels(f"severity.{one.control['severity']}")
        lines.append(clip(f"✗ {severity} · {visible(one.control['id'])} · {plane}: {one.said(80)}", 400))
    lines += [labels("more places", n=len(fresh) - _LISTED)] if len(fresh) > _LISTED else []
    for entry in ended[:_LISTED]:
        where = " ".join(visible(str(part)) for part in (entry["resource"], entry["path"]) if part)
        lines.append(clip(f"✓ {labels('diff.fixed')} · {visible(entry['control'])}: {where}", 400))
    lines += [labels("more places", n=len(ended) - _LISTED)] if len(ended) > _LISTED else []
    return [*lines, link] if link else lines


def _data(run: Run, fresh: Sequence[Finding], ended: Sequence[dict[str, Any]], link: str | None) -> dict[str, Any]:
    about, summary = run["run"], run["summary"]
    counts = {name: summary[name] for name in ("deviations", "undecided", "gaps", "exit_status")}
    return {
        "schema": SCHEMA,
        "run": {name: about[name] for name in ("id", "started", "finished", "accounts", "regions", "planes")},
        "summary": counts,
        "changes": (run.get("history") or {}).get("changes"),
        "new": [_entry(one) for one in fresh],
        "fixed": list(ended),
        "link": link,
    }


def _entry(one: Finding) -> dict[str, Any]:
    names = ("resource", "path", "account", "region", "expected", "actual")
    control = {"control": one.control["id"], "title": one.control["title"], "severity": one.control["severity"]}
    found = {name: one.verdict.get(name) for name in names}
    return {"finding": one.uid, **control, "plane": one.plane, "state": one.state, **found}
