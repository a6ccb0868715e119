"""Principals of resource and trust policies: ``Service cloudfront.amazonaws.com``, ``AWS *``, everyone but some.

Source: IAM user guide, "AWS JSON policy elements: Principal": an account's 12 digits and the ARN of its root are the
same; ``"*"`` and ``{"AWS": "*"}`` are the same for a resource policy.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from audits.model import Cause, Unknown, Value
from audits.relations._doubts import Doubt, shown

EVERYONE = "AWS *"
Translate: TypeAlias = Callable[[str, Value], Value]


@dataclass(frozen=True, slots=True)
class Principal:
    """Whom a statement names: ``names`` (one), or, ``inverted``, everyone but them. ``doubts``: it is not known."""

    names: frozenset[str] = frozenset()
    inverted: bool = False
    doubts: tuple[Doubt, ...] = ()
    some: bool = True
    """Whether it surely names anybody at all."""

    def __str__(self) -> str:
        joined = ", ".join(sorted(self.names)) if self.names else "someone unknown"
        return f"everyone but {joined}" if self.inverted else joined


OWNER = Principal(frozenset(("",)))
"""The principal of an identity policy: whoever it is attached to."""


def principals(value: Value, inverted: bool, translate: Translate) -> list[Principal]:
    """The principals of a statement, one by one; those of ``NotPrincipal`` together."""
    found = list(_each(value, translate))
    if not inverted:
        return found
    names = frozenset(name for one in found for name in one.names)
    return [Principal(names, True, tuple(doubt for one in found for doubt in one.doubts))]


def _each(value: Value, translate: Translate) -> list[Principal]:
    if value == "*":
        return [Principal(frozenset((EVERYONE,)))]
    body = value.partial if isinstance(value, Unknown) and isinstance(value.partial, dict) else value
    if not isinstance(body, dict):
        doubt = (
            Doubt.of(value, "principal") if isinstance(value, Unknown) else Doubt("it has no principal", Cause.INVALID)
        )
        return [Principal(doubts=(doubt,), some=isinstance(value, Unknown))]
    found: list[Principal] = []
    for kind, names in body.items():
        whole = names.partial if isinstance(names, Unknown) and isinstance(names.partial, list) else names
        found += [_one(kind, translate(kind, one)) for one in (whole if isinstance(whole, list) else [whole])]
        if isinstance(names, Unknown) and whole is not names and names.open:
            found.append(Principal(doubts=(Doubt.of(names, f"principal {kind}"),), some=False))
    return found


def _one(kind: str, name: Value) -> Principal:
    if isinstance(name, Unknown):
        return Principal(doubts=(Doubt.of(name, f"principal {kind}"),))
    return Principal(frozenset((normal(kind, shown(name)),)))


def normal(kind: str, name: str) -> str:
    """One principal in the one form it is compared in."""
    if name == "*" and kind in ("AWS", "*"):
        return EVERYONE
    root = re.fullmatch(r"arn:aws[\w-]*:iam::(\d{12}):root", name)
    return f"{kind} {root[1] if root and kind == 'AWS' else name}"


def covers(outer: Principal, inner: Principal, denies: bool = False) -> bool | None:
    """Whether everyone in ``inner`` is in ``outer``. A Deny for everyone holds for services, too."""
    if outer.doubts or inner.doubts:
        return True if EVERYONE in outer.names and denies and not outer.inverted else None
    if inner.inverted:
        return outer == inner or (EVERYONE in outer.names and not outer.inverted)
    if outer.inverted:
        return EVERYONE not in inner.names and not inner.names & outer.names
    if EVERYONE in outer.names and (denies or all(name.startswith("AWS ") for name in inner.names)):
        return True
    return inner.names <= outer.names
