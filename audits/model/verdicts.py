"""What is said of a control: states, verdicts, and how document, source and account stand to each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from audits.model.values import NOWHERE, Origin, Value


class State(StrEnum):
    """What a verdict says. Fail beats undecided beats pass."""

    FAIL = "fail"
    ABSENT = "absent"
    UNREADABLE = "unreadable"
    UNKNOWN = "unknown"
    PASS = "pass"

    @property
    def deviates(self) -> bool:
        """Whether it says that the plane is not as documented."""
        return self in (State.FAIL, State.ABSENT)

    @property
    def undecided(self) -> bool:
        """Whether it says neither so nor not so."""
        return self in (State.UNKNOWN, State.UNREADABLE)


STATE_ORDER: tuple[State, ...] = (State.FAIL, State.ABSENT, State.UNREADABLE, State.UNKNOWN, State.PASS)


def worst(states: Iterator[State] | list[State] | tuple[State, ...]) -> State:
    """The state that counts among several; ``pass`` for none at all."""
    return min(states, key=STATE_ORDER.index, default=State.PASS)


class Standing(StrEnum):
    """How document, Terraform and account stand to each other, worst first."""

    ALL_DIFFER = "all differ"
    DRIFT = "drift"
    UNAPPLIED = "unapplied"
    STALE_DOCUMENT = "stale document"
    UNBUILT = "unbuilt"
    UNDECIDED = "undecided"
    SINGLE_PLANE = "single plane"
    AGREES = "agrees"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one check says of one path of one resource (or, with ``resource`` None, of the control as a whole).

    ``expected`` and ``actual`` are values for people and for comparison between the planes. ``key`` pairs the
    resource across planes. ``mend`` says what to do about it.
    """

    state: State
    path: str = ""
    resource: str | None = None
    expected: Value = None
    actual: Value = None
    origin: Origin = NOWHERE
    cause: str = ""
    mend: str = ""
    key: str | None = None
    account: str | None = None
    region: str | None = None
    waiver: str | None = None
