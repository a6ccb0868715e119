"""What comes of selecting resources and of following references: three-valued, with the reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from audits.model import Cause, Gap, Portion, Resource


def only_values(selector: Mapping[str, Any], attribute: str) -> frozenset[str] | None:
    """The texts of which ``attribute`` must be one in whatever the selector chooses; None where it does not say so."""
    matcher = selector.get(attribute)
    if isinstance(matcher, dict):
        matcher = [matcher["const"]] if "const" in matcher else matcher.get("enum")
    else:
        matcher = [matcher]
    if not isinstance(matcher, list) or not all(isinstance(value, str) for value in matcher):
        return None
    return frozenset(matcher)


def covers(portion: Portion, selector: Mapping[str, Any]) -> bool:
    """Whether all that the selector can choose of the portion's kind lies in the portion."""
    values = only_values(selector, portion.attribute)
    return values is not None and values <= set(portion.values)


@dataclass(frozen=True, slots=True)
class Maybe:
    """A resource that is perhaps selected, and why that cannot be told: unknown, or (``unreadable``) not read."""

    resource: Resource
    reasons: tuple[str, ...]
    unreadable: bool = False

    @property
    def cause(self) -> Cause:
        """The cause for verdicts that rest on this doubt."""
        return Cause.UNREADABLE if self.unreadable else Cause.UNCERTAIN


@dataclass(frozen=True, slots=True)
class Miss:
    """A resource that is not selected, the clause of the selector that it missed, and how many it met before."""

    resource: Resource
    clause: str
    matched: int = 0


@dataclass(frozen=True, slots=True)
class Selection:
    """What a selector chooses of one kind.

    ``gaps``: behind these there may be more that it would choose. ``elsewhere``: why something that it would choose
    may lie outside the source (a service that runs a task definition which this source does not make).
    """

    yes: tuple[Resource, ...] = ()
    maybe: tuple[Maybe, ...] = ()
    no: tuple[Miss, ...] = ()
    gaps: tuple[Gap, ...] = ()
    elsewhere: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether it is certain which resources it chooses, and that there are no others."""
        return not self.maybe and not self.gaps and not self.elsewhere


@dataclass(frozen=True, slots=True)
class Target:
    """Where a reference leads: to ``resource``, nowhere (``undecided`` empty), or it cannot be told why."""

    resource: Resource | None = None
    undecided: str = ""
    unreadable: bool = False
