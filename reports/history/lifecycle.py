"""When a deviation was first seen, fixed and reopened, from the runs that saw it. Pure.

A deviation is fixed when a run judged its check and found it gone: it passes, or nothing is said of it any more and
nothing of the check is undecided. A run that could not read it, or did not judge it, leaves it as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from reports.order import DEVIATING, SEVERITY_ORDER


@dataclass(frozen=True, slots=True)
class Named:
    """One thing that a check speaks of."""

    uid: str
    control: str
    plane: str
    severity: str
    title: str
    resource: str | None
    path: str
    account: str | None
    region: str | None


@dataclass(frozen=True, slots=True)
class Seen:
    """What a run said of it; ``quiet``: ``planned``, ``waived`` or ``known`` where a deviation asks for nothing."""

    what: Named
    state: str
    quiet: str | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """One run: what it saw by the finding's uid, and by control and plane whether anything there was undecided."""

    id: str
    started: str
    finished: str
    status: int
    planes: Sequence[str]
    accounts: Sequence[str]
    summary: Mapping[str, Any]
    seen: Mapping[str, Seen]
    judged: Mapping[tuple[str, str], bool]


@dataclass(frozen=True, slots=True)
class Life:
    """A deviation over the runs. ``since`` is when it was first seen since it was last fixed; times are ISO 8601, UTC.

    ``reopened`` counts how often it came back. ``fixed`` is None while it stands; ``confirmed`` is the last run that
    saw it deviate. ``blind`` is set if the last run that should have judged it could not decide.
    """

    what: Named
    first: str
    since: str
    confirmed: str
    fixed: str | None = None
    reopened: int = 0
    blind: bool = False
    quiet: str | None = None

    @property
    def lasted(self) -> timedelta | None:
        """How long it stood the last time, if it is fixed."""
        return _moment(self.fixed) - _moment(self.since) if self.fixed else None


def lives(runs: Iterable[Past]) -> dict[str, Life]:
    """Every deviation that any of these runs saw, by uid. The runs are oldest first."""
    found: dict[str, Life] = {}
    for run in runs:
        for uid, seen in run.seen.items():
            if seen.state in DEVIATING:
                found[uid] = _deviates(found.get(uid), seen, run)
        for uid, life in found.items():
            if life.fixed is None and life.confirmed != run.id:
                found[uid] = _not_seen(life, run.seen.get(uid), run)
    return found


def _deviates(life: Life | None, seen: Seen, run: Past) -> Life:
    if life is None:
        return Life(seen.what, run.started, run.started, run.id, quiet=seen.quiet)
    if life.fixed is not None:
        again = replace(life, since=run.started, fixed=None, reopened=life.reopened + 1)
        return replace(again, what=seen.what, confirmed=run.id, blind=False, quiet=seen.quiet)
    return replace(life, what=seen.what, confirmed=run.id, blind=False, quiet=seen.quiet)


def _not_seen(life: Life, seen: Seen | None, run: Past) -> Life:
    undecided = run.judged.get((life.what.control, life.what.plane))
    if seen is not None:
        passes = seen.state == "pass"
        return replace(life, fixed=run.started, blind=False) if passes else replace(life, blind=True)
    if undecided is None or not _same_place(life.what, run):
        return life
    return replace(life, blind=True) if undecided else replace(life, fixed=run.started, blind=False)


def _same_place(what: Named, run: Past) -> bool:
    """Whether the run read the account that it lies in: a run of another account says nothing of it."""
    return what.account is None or what.account in run.accounts


def standing(found: Mapping[str, Life]) -> list[Life]:
    """Those that are not fixed, the most severe and oldest first."""
    return sorted((one for one in found.values() if one.fixed is None), key=lambda one: (_rank(one), one.since))


def fixed(found: Mapping[str, Life]) -> list[Life]:
    """Those that are fixed, the latest first."""
    return sorted((one for one in found.values() if one.fixed), key=lambda one: str(one.fixed), reverse=True)


def _rank(life: Life) -> int:
    return SEVERITY_ORDER.index(life.what.severity)


def _moment(time: str | None) -> datetime:
    return datetime.fromisoformat(str(time).replace("Z", "+00:00"))
