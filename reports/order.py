"""In which order controls, rows and states are shown: what needs an act comes first. Nothing here judges."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, TypeAlias

from audits.model import PLANES, SEVERITIES, STATE_ORDER, Standing

Part: TypeAlias = dict[str, Any]

SEVERITY_ORDER: tuple[str, ...] = tuple(SEVERITIES)
STANDING_ORDER: tuple[str, ...] = tuple(str(standing) for standing in Standing)
STATES: tuple[str, ...] = tuple(str(state) for state in STATE_ORDER)
OUTCOME_ORDER: tuple[str, ...] = ("fail", "undecided", "pass")
DEVIATING: tuple[str, ...] = ("fail", "absent")


def ordered_controls(run: Part) -> list[Part]:
    """Controls that fail before undecided ones before those that pass; within each the most severe first.

    Those that are not due yet come after all others.
    """
    return sorted(run["controls"], key=_control_key)


def ordered_rows(control: Part) -> list[Part]:
    """A control's rows, the worst standing first; equals keep the run's own order."""
    return sorted(control["rows"], key=_row_key)


def ordered_verdicts(verdicts: Iterable[Part]) -> list[Part]:
    """Verdicts, the worst state first; equals keep the run's own order."""
    rank = _ranker(STATES)
    return sorted(verdicts, key=lambda verdict: rank(verdict["state"]))


def run_planes(run: Part) -> list[str]:
    """The planes that were audited, Terraform first."""
    return [plane for plane in PLANES if plane in run["run"]["planes"]]


def in_order(names: Iterable[str], order: tuple[str, ...]) -> list[str]:
    """Names in the given order, those it does not know last and sorted."""
    rank = _ranker(order)
    return sorted(names, key=lambda name: (rank(name), name))


def all_pass(row: Part) -> bool:
    """Whether every plane that speaks in this row passes."""
    return all(row[plane] is None or row[plane]["state"] == "pass" for plane in PLANES)


def _control_key(control: Part) -> tuple[Any, ...]:
    return (
        bool(control.get("planned")),
        _ranker(OUTCOME_ORDER)(control["outcome"]),
        _ranker(SEVERITY_ORDER)(control["severity"]),
        _ranker(STANDING_ORDER)(control["standing"]),
        control["spec"],
        control["line"],
        control["id"],
    )


def _row_key(row: Part) -> tuple[int, int]:
    states = [row[plane]["state"] for plane in PLANES if row[plane] is not None]
    rank = _ranker(STATES)
    return min((rank(state) for state in states), default=len(STATES)), _ranker(STANDING_ORDER)(row["standing"])


@lru_cache
def _ranker(order: tuple[str, ...]) -> Callable[[str], int]:
    ranks = {name: rank for rank, name in enumerate(order)}
    return lambda name: ranks.get(name, len(order))
