"""Checkov's policies as rows for people: what nobody decided about, then what is accepted; the rest is counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from reports.labels import Labels
from reports.order import STATES
from reports.text import place_text, visible

DECISIONS = ("information", "accepted", "required", "ignored")
_TOLD = ("information", "accepted")
_PLACES = 5


def told(run: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The policies that no control speaks of and that do not simply pass, deviations first."""
    policies = run.get("policies")
    found = [one for one in policies["entries"] if one["places"]] if policies else []
    return sorted(found, key=lambda one: (_TOLD.index(one["decision"]), -one["states"].get("fail", 0), one["id"]))


def tally(run: Mapping[str, Any], labels: Labels) -> str:
    """Which Checkov it was, and how many policies there are of each decision; why there are none, if so."""
    policies = run["policies"]
    name = f"Checkov {visible(policies['version'])}".strip()
    if policies["failed"]:
        return f"{name}: {visible(policies['failed'])}"
    counts = Counter(one["decision"] for one in policies["entries"])
    parts = [f"{labels('policy.' + one)} {counts[one]}" for one in DECISIONS if counts[one]]
    return f"{name}: {' · '.join(parts) or labels('none')}"


def states(entry: Mapping[str, Any], labels: Labels) -> str:
    """How many resources there are of each state: ``fail 2 · unknown 1``."""
    found = entry["states"]
    return " · ".join(f"{labels('state.' + one)} {found[one]}" for one in STATES if found.get(one))


def places(entry: Mapping[str, Any], labels: Labels) -> tuple[list[tuple[str, str, str]], str]:
    """State and resource, place, and cause of the first places, and what is said of the others."""
    found = entry["places"]
    rows = [
        (
            f"{labels('state.' + one['state'])} {visible(one['resource'] or labels('whole'))}",
            place_text(one["origin"]),
            visible(one["cause"]),
        )
        for one in found[:_PLACES]
    ]
    return rows, labels("more places", n=len(found) - _PLACES) if len(found) > _PLACES else ""
