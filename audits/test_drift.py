"""Terraform compared with the account where no control speaks: one item for what differs, one for what is unmanaged.

Collected by ``pytest specs audits`` where both planes are audited. What a control's own failing item says is not said
again; what a waiver covers or the baseline has fails nothing.
"""

from __future__ import annotations

import pytest

from audits.drift.report import About, Comparison, Entry
from audits.gathering import one_line
from audits.items import Deviation
from audits.run import Policy, acting

pytestmark = pytest.mark.drift


def test_drift(compared: tuple[Comparison, Policy]) -> None:
    """What Terraform says of a resource is what the account has."""
    _conclude("drift", *compared)


def test_unmanaged(compared: tuple[Comparison, Policy]) -> None:
    """What the specs expect to be Terraform's is in Terraform."""
    found, policy = compared
    if not found.rules:
        pytest.skip("no spec says what is to be in Terraform (unmanaged: kinds, names or tags)")
    _conclude("unmanaged", found, policy)


def _conclude(about: About, found: Comparison, policy: Policy) -> None:
    __tracebackhide__ = True
    fresh = [entry for entry in acting(found, policy) if entry.about == about]
    if fresh:
        raise Deviation(one_line("; ".join(map(_sentence, fresh))))
    others = found.of(about)
    if others:
        pytest.skip(one_line(f"nothing new: {'; '.join(map(_quiet, others))}"))
    undecided = _undecided(about, found)
    if undecided:
        pytest.skip(one_line(f"undecided: {undecided}"))


def _undecided(about: About, found: Comparison) -> str:
    """Why it cannot be said that there is none; empty where it can."""
    if about == "drift":
        count, left = found.compared.attributes, len(found.compared.pairs.unmatched)
        if count.all == count.compared and not left and not found.hidden:
            return ""
        return f"of {count.all} attributes {count.compared} were compared, and none differs; {left} resources unmatched"
    beside = [one for one in found.beside if one.state == "undecided"]
    return "; ".join(f"{one.resource.identity}: {one.reason}" for one in beside)


def _quiet(entry: Entry) -> str:
    if entry.controls:
        return f"{_sentence(entry)} ({', '.join(entry.controls)} says it)"
    return f"{_sentence(entry)} ({f'waived: {entry.verdict.waiver}' if entry.verdict.waiver else 'counts for nothing'})"


def _sentence(entry: Entry) -> str:
    verdict = entry.verdict
    return " ".join(part for part in (f"{verdict.resource}:", verdict.path, verdict.cause) if part)
