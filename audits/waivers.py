"""Waivers, an overlay on verdicts: what somebody answers for until a day is shown and does not fail the run.

One waiver covers both planes unless it names one. A waiver that is expired, could cover anything, or is used for
nothing fails the run itself: the list of waivers stays as true as the specs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cache

from audits.judge import Judgement
from audits.model import PLANES, Origin, Plane, Verdict


class Force(StrEnum):
    """What has become of a waiver in a run."""

    IN_FORCE = "in force"
    EXPIRED = "expired"
    OVER_BROAD = "over-broad"
    """It names neither a resource nor a path that could not be any."""
    UNUSED = "unused"
    """Everything it could cover was decided, and none of it deviates."""
    NOT_DECIDED = "not decided"
    """Its checks did not run, or not on every plane it covers, or left something undecided."""

    @property
    def fails(self) -> bool:
        """Whether the run fails by it."""
        return self in (Force.EXPIRED, Force.OVER_BROAD, Force.UNUSED)


@dataclass(frozen=True, slots=True)
class Waiver:
    """Who answers for which deviation, and until when (that day included).

    ``resource`` is a pattern (``*`` and ``?``) over the resource's address, ARN or natural key, ``path`` one over the
    verdict's path; without one, any. ``plane`` None means both. ``inline``: written as a comment beside what it is
    about; then ``line`` is the line of code it stands at, in Terraform source (``resource`` and ``path`` are not used).
    """

    control: str
    reason: str
    expires: date
    origin: Origin
    owner: str = ""
    approver: str = ""
    ticket: str = ""
    resource: str | None = None
    path: str | None = None
    plane: Plane | None = None
    inline: bool = False
    line: int | None = None

    @property
    def name(self) -> str:
        """Where it is written: that names it."""
        return f"{self.origin.file}:{self.origin.line}"

    @property
    def planes(self) -> tuple[Plane, ...]:
        """The planes it covers."""
        return (self.plane,) if self.plane else PLANES

    @property
    def over_broad(self) -> bool:
        """Whether it would cover anything the control may ever find."""
        return not self.inline and _anything(self.resource) and _anything(self.path)

    def expired(self, today: date) -> bool:
        """Whether its last day is past."""
        return today > self.expires

    def applies(self, today: date) -> bool:
        """Whether it may quiet anything at all."""
        return not self.expired(today) and not self.over_broad

    def text(self) -> str:
        """What a verdict says of it."""
        by = f", {self.owner}" if self.owner else ""
        return f"{self.reason} (until {self.expires.isoformat()}{by}; {self.name})"


@dataclass(frozen=True, slots=True)
class Used:
    """A waiver, what became of it, and how many verdicts it quiets."""

    waiver: Waiver
    force: Force
    covers: int


def _anything(pattern: str | None) -> bool:
    return pattern is None or not pattern.strip("*?")


@cache
def _pattern(text: str) -> re.Pattern[str]:
    """Only ``*`` and ``?`` mean anything: brackets are parts of addresses."""
    parts = (".*" if char == "*" else "." if char == "?" else re.escape(char) for char in text)
    return re.compile("".join(parts), re.DOTALL)


def _matches(pattern: str | None, *texts: str | None) -> bool:
    if pattern is None:
        return True
    return any(text is not None and _pattern(pattern).fullmatch(text) for text in texts)


Blocks = Mapping[str, tuple[str | None, int | None]]
"""Of each Terraform resource by address: file and line of its block."""


def covers(waiver: Waiver, plane: Plane, verdict: Verdict, blocks: Blocks, twins: Iterable[Verdict] = ()) -> bool:
    """Whether the waiver is about this deviation.

    ``twins`` are the Terraform plane's verdicts of the same control: what an inline waiver covers there, it covers of
    the same resource and path in the account.
    """
    if plane not in waiver.planes:
        return False
    if waiver.line is None:
        named = _matches(waiver.resource, verdict.resource, verdict.key, verdict.origin.arn)
        return named and _matches(waiver.path, verdict.path)
    if plane == "live":
        return any(_same(twin, verdict) and covers(waiver, "terraform", twin, blocks) for twin in twins)
    place = (waiver.origin.file, waiver.line)
    return place in ((verdict.origin.file, verdict.origin.line), blocks.get(verdict.resource or ""))


def _same(twin: Verdict, verdict: Verdict) -> bool:
    return twin.state.deviates and twin.path == verdict.path and twin.key is not None and twin.key == verdict.key


def apply(
    judgement: Judgement, waivers: Sequence[Waiver], today: date, blocks: Blocks, twins: Iterable[Verdict] = ()
) -> Judgement:
    """The judgement with each deviation that a waiver covers saying so. Nothing else of it changes."""
    plane = judgement.check.plane
    able = [one for one in waivers if one.control == judgement.check.control.id and one.applies(today)]
    if not able:
        return judgement
    others = tuple(twins)

    def waived(verdict: Verdict) -> Verdict:
        if not verdict.state.deviates:
            return verdict
        found = next((one for one in able if covers(one, plane, verdict, blocks, others)), None)
        return replace(verdict, waiver=found.text()) if found else verdict

    return replace(judgement, verdicts=tuple(map(waived, judgement.verdicts)))


def used(waivers: Iterable[Waiver], judgements: Iterable[Judgement], today: date) -> list[Used]:
    """What became of each waiver."""
    found = list(judgements)
    return [
        _used(waiver, [one for one in found if one.check.control.id == waiver.control], today) for waiver in waivers
    ]


def _perhaps(waiver: Waiver, verdict: Verdict) -> bool:
    """Whether a waiver of a pseudo-control covers what is undecided, or something in or around it."""
    if waiver.line is not None:
        return True
    named = _matches(waiver.resource, verdict.resource, verdict.key, verdict.origin.arn)
    if not named or waiver.path is None or not verdict.path:
        return named
    literal = re.split(r"[*?]", waiver.path)[0]
    return _matches(waiver.path, verdict.path) or verdict.path.startswith(literal) or literal.startswith(verdict.path)


def _used(waiver: Waiver, judgements: Sequence[Judgement], today: date) -> Used:
    mine = {one.check.plane: one for one in judgements if one.check.plane in waiver.planes}
    verdicts = [verdict for judgement in mine.values() for verdict in judgement.verdicts]
    quieted = sum(verdict.waiver == waiver.text() for verdict in verdicts)
    if not mine:
        return Used(waiver, Force.NOT_DECIDED, 0)
    if waiver.expired(today):
        return Used(waiver, Force.EXPIRED, 0)
    if waiver.over_broad:
        return Used(waiver, Force.OVER_BROAD, 0)
    if quieted:
        return Used(waiver, Force.IN_FORCE, quieted)
    control = next(iter(mine.values())).check.control
    whole = all(plane in mine for plane in waiver.planes if plane in control.planes)
    # Of all drift only what the waiver speaks of leaves its use open: something is always undecided.
    open_ = [one for one in verdicts if one.state.undecided and (control.spec or _perhaps(waiver, one))]
    if not whole or open_:
        return Used(waiver, Force.NOT_DECIDED, 0)
    return Used(waiver, Force.UNUSED, 0)
