"""What the history adds to a run's report: the trend, what changed since the last run, and since when each deviates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reports.compared import with_comparison
from reports.findings import findings
from reports.history.lifecycle import Life, Named, Past, Seen, lives
from reports.report import Run

LAST = 60
"""Runs that the trend shows."""


def trend(earlier: Sequence[Past], run: Run) -> dict[str, Any]:
    """The ``history`` of a run's JSON, from the runs before it, oldest first.

    ``runs``: this one and the last that read the same planes and accounts. ``changes``: what is new, reopened and fixed
    since the last, None for the first. ``fixed``: what was mended. ``deviations``: those of this run by their finding's
    uid, ``{first, since, reopened}``, and ``controls``: the oldest of each control's. Times are ISO 8601, UTC.
    """
    now = past_of(run)
    found = lives([*earlier, now])
    here = {uid: life for uid, life in found.items() if uid in now.seen and life.confirmed == now.id}
    ended = [life for life in found.values() if life.fixed == now.started]
    fresh = [life for life in here.values() if life.since == now.started]
    changes = {
        "since": earlier[-1].started if earlier else now.started,
        "new": sum(life.reopened == 0 for life in fresh),
        "reopened": sum(life.reopened > 0 for life in fresh),
        "fixed": len(ended),
        "unreadable": sum(life.fixed is None and life.blind for life in found.values()),
    }
    return {
        "runs": [_point(one) for one in [*earlier, now] if _alike(one, now)][-LAST:],
        "changes": changes if earlier else None,
        "fixed": [_named(life) for life in ended],
        "deviations": {uid: _told(life) for uid, life in here.items()},
        "controls": {life.what.control: _told(life) for life in sorted(here.values(), key=_age, reverse=True)},
    }


def _alike(one: Past, other: Past) -> bool:
    """Whether both read the same: the numbers of other planes or accounts would draw steps that nobody took."""
    return set(one.planes) == set(other.planes) and set(one.accounts) == set(other.accounts)


def _named(life: Life) -> dict[str, Any]:
    what = life.what
    place = {"resource": what.resource, "path": what.path, "account": what.account, "region": what.region}
    return {"control": what.control, "plane": what.plane, "severity": what.severity, **place, "since": life.since}


def _age(life: Life) -> tuple[str, int]:
    return life.since, -life.reopened


def _told(life: Life) -> dict[str, Any]:
    return {"first": life.first, "since": life.since, "reopened": life.reopened}


def past_of(run: Run) -> Past:
    """A run as the history sees it."""
    run = with_comparison(run)
    about = run["run"]
    seen: dict[str, Seen] = {}
    for one in findings(run):
        verdict, control = one.verdict, one.control
        place = (verdict.get("resource"), verdict["path"], verdict.get("account"), verdict.get("region"))
        what = Named(one.uid, control["id"], one.plane, control["severity"], control["title"], *place)
        seen.setdefault(one.uid, Seen(what, one.state, one.quiet[0] if one.quiet else None))
    judged = {
        (control["id"], plane): any(one["state"] in ("unknown", "unreadable") for one in part["verdicts"])
        for control in run["controls"]
        for plane, part in control["planes"].items()
    }
    texts = (about["id"], about["started"], about["finished"])
    return Past(*texts, run["summary"]["exit_status"], about["planes"], about["accounts"], run["summary"], seen, judged)


def _point(past: Past) -> dict[str, Any]:
    summary = past.summary
    counts = {name: summary[name] for name in ("deviations", "undecided", "gaps")}
    return {"id": past.id, "started": past.started, "status": past.status, **counts}
