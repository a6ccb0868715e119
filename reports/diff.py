"""What changed between two runs: deviations that are new, fixed, still there, changed, or no longer readable."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from tabulate import tabulate

from reports.compared import with_comparison
from reports.labels import Labels
from reports.order import DEVIATING, SEVERITY_ORDER
from reports.report import Run
from reports.text import clip, value_text, visible

Key: TypeAlias = tuple[str, str, str, str, str, str]
"""Control, plane, resource, path, account, region: what makes two verdicts the same one."""

CLASSES = ("new", "changed", "unreadable", "unaudited", "still", "fixed")
_WIDTH = 48


@dataclass(frozen=True, slots=True)
class Change:
    """One deviation, as it was and as it is; either may be missing."""

    key: Key
    severity: str
    title: str
    old: dict[str, Any] | None
    new: dict[str, Any] | None


@dataclass(slots=True)
class Difference:
    """Every change, by class."""

    changes: dict[str, list[Change]] = field(default_factory=lambda: {name: [] for name in CLASSES})

    @property
    def worse(self) -> bool:
        """Whether something is new or changed."""
        return bool(self.changes["new"] or self.changes["changed"])


def compare(old: Run, new: Run) -> Difference:
    """Compare two runs. A deviation that cannot be judged any more is never counted as fixed."""
    old, new = with_comparison(old), with_comparison(new)
    before, after = dict(_deviations(old)), dict(_deviations(new))
    titles = {control["id"]: control for run in (old, new) for control in run["controls"]}
    parts = {(control["id"], plane): part for control in new["controls"] for plane, part in control["planes"].items()}
    judged = {_key(*entry): entry[2] for entry in _verdicts(new)}
    difference = Difference()
    for key in before.keys() | after.keys():
        control = titles[key[0]]
        name = _class(before.get(key), after.get(key), parts.get(key[:2]), judged.get(key))
        last = after.get(key) or judged.get(key)
        change = Change(key, control["severity"], control["title"], before.get(key), last)
        difference.changes[name].append(change)
    for key, was, now in _darkened(old, new):
        control = titles[key[0]]
        difference.changes["unreadable"].append(Change(key, control["severity"], control["title"], was, now))
    for changes in difference.changes.values():
        changes.sort(key=lambda change: (SEVERITY_ORDER.index(change.severity), change.key))
    return difference


def diff_text(old: Run, new: Run, labels: Labels, *, still: bool = True) -> str:
    """The comparison as text: a count a class, then a table; without ``still`` not of what is as it was."""
    difference = compare(old, new)
    counts = ", ".join(f"{_word(name, labels)} {len(difference.changes[name])}" for name in CLASSES)
    lines = [f"{visible(old['run']['id'])} → {visible(new['run']['id'])}: {counts}"]
    shown = [name for name in CLASSES if still or name != "still"]
    rows = [_row(name, change, labels) for name in shown for change in difference.changes[name]]
    if rows:
        heads = [labels(name) for name in ("diff", "severity", "control", "plane", "where", "diff.was", "diff.is")]
        lines += ["", tabulate(rows, headers=heads, tablefmt="simple", disable_numparse=True)]
    return "\n".join(lines) + "\n"


def _class(
    old: dict[str, Any] | None, new: dict[str, Any] | None, part: dict[str, Any] | None, now: dict[str, Any] | None
) -> str:
    """The class of one deviation, from its verdict then and now and from the new run's plane around it."""
    if old is None:
        return "new"
    if new is not None:
        return "still" if _said(old) == _said(new) else "changed"
    if part is None:
        return "unaudited"
    state = now["state"] if now else part["state"]
    # Gone from view is not mended: where the plane is undecided, the deviation may well be there still.
    undecided = state in ("unknown", "unreadable") or (now is None and _undecided(part))
    return "unreadable" if undecided else "fixed"


def _darkened(old: Run, new: Run) -> Iterator[tuple[Key, dict[str, Any], dict[str, Any]]]:
    """Checks that passed and can no longer be decided: nothing deviates, and nothing is sure any more."""
    before = {(control["id"], plane): part for control in old["controls"] for plane, part in control["planes"].items()}
    for control in new["controls"]:
        for plane, part in control["planes"].items():
            was = before.get((control["id"], plane))
            if was and was["state"] == "pass" and part["state"] in ("unknown", "unreadable"):
                yield (control["id"], plane, "", "", "", ""), was, part


def _undecided(part: dict[str, Any]) -> bool:
    return any(verdict["state"] in ("unknown", "unreadable") for verdict in part["verdicts"])


def _verdicts(run: Run) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for control in run["controls"]:
        for plane, part in control["planes"].items():
            for verdict in part["verdicts"]:
                yield control["id"], plane, verdict


def _deviations(run: Run) -> Iterator[tuple[Key, dict[str, Any]]]:
    return ((_key(*entry), entry[2]) for entry in _verdicts(run) if entry[2]["state"] in DEVIATING)


def _key(control: str, plane: str, verdict: dict[str, Any]) -> Key:
    resource = verdict.get("key") or verdict.get("resource") or ""
    place = (verdict.get("account") or "", verdict.get("region") or "")
    return (control, plane, str(resource), verdict["path"], *place)


def _said(verdict: dict[str, Any]) -> str:
    return json.dumps([verdict["state"], verdict.get("expected"), verdict.get("actual")], sort_keys=True)


def _row(name: str, change: Change, labels: Labels) -> list[str]:
    control, plane, resource, path, account, region = change.key
    where = " ".join(part for part in (resource, path, account, region) if part) or labels("whole")
    return [
        _word(name, labels),
        labels(f"severity.{change.severity}"),
        clip(visible(control), _WIDTH),
        labels(f"plane.{plane}"),
        clip(visible(where), _WIDTH),
        _state(change.old, labels),
        _state(change.new, labels) if change.new else ("–" if name == "unaudited" else labels("diff.gone")),
    ]


def _state(verdict: dict[str, Any] | None, labels: Labels) -> str:
    if verdict is None:
        return "–"
    word = labels(f"state.{verdict['state']}")
    return clip(f"{word} {value_text(verdict['actual'])}", _WIDTH) if verdict.get("actual") is not None else word


def _word(name: str, labels: Labels) -> str:
    return labels(f"diff.{name}")
