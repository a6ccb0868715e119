"""What keeps a relation from deciding, and the verdicts that a control as a whole gets."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from audits.model import NOWHERE, Cause, Gap, Origin, Redacted, Resource, State, Unknown, Value, Verdict
from audits.relation import gap_text, mends, state_of
from audits.selection import Miss, Selection, Target
from audits.view import View

_UNREAD = (Cause.UNREADABLE, Cause.MISSING_MODULE)


@dataclass(frozen=True, slots=True)
class Doubt:
    """One thing that could not be told, and whether that is because it could not be read. ``origin``: its own place."""

    text: str
    cause: Cause = Cause.UNRESOLVED
    mend: str = ""
    origin: Origin = field(default=NOWHERE, compare=False)

    @classmethod
    def of(cls, value: Unknown, about: str = "") -> Doubt:
        """The doubt that an unknown value leaves."""
        return cls(": ".join(part for part in (about, value.describe()) if part), value.cause, mend_of(value))

    @classmethod
    def behind(cls, gaps: Sequence[Gap], view: View) -> list[Doubt]:
        """The doubt that gaps leave; none for no gaps."""
        return [cls(gap_text(gaps, view), Cause.UNREADABLE, mends(gaps))] if gaps else []

    @classmethod
    def unresolved(cls, target: Target, about: str, cause: Cause | None = None) -> Doubt:
        """The doubt that a reference leaves which cannot be followed; ``cause``: why, where the value says it."""
        cause = Cause.UNREADABLE if target.unreadable else cause or Cause.UNRESOLVED
        return cls(f"{about}: {target.undecided or 'it was not found among what was read'}", cause)


def shown(value: Value) -> str:
    """A value as people write it, what is unknown of it described."""
    if isinstance(value, Unknown):
        return value.describe()
    if isinstance(value, Redacted):
        return "redacted"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key} = {shown(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(shown(one) for one in value) + "]"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def mend_of(value: Value) -> str:
    """What would make a value known, where that is plain."""
    if not isinstance(value, Unknown):
        return ""
    if value.cause is Cause.VARIABLE:
        names = dict.fromkeys(one.address for one in value.references if one.address.startswith("var."))
        names = names or dict.fromkeys(str(one) for one in value.references)
        return f"give --var or --var-file a value for {', '.join(names)}" if names else ""
    if value.cause is Cause.MISSING_MODULE:
        return "run terraform init, or have the module's folder present"
    return ""


def of_attribute(resource: Resource, name: str, value: Unknown, view: View, about: str) -> list[Doubt]:
    """The doubt that an unknown attribute leaves: the gaps that hide parts of it, or else the value itself."""
    declared = view.kinds.get(resource.kind)
    parts = [part.type for part in (declared.parts if declared else ()) if name in part.into]
    gaps = view.gaps(*parts) if value.cause is Cause.UNREADABLE and value.open else ()
    return [Doubt(f"{about}: {one.text}", one.cause, one.mend) for one in Doubt.behind(gaps, view)] or [
        Doubt.of(value, about)
    ]


def state_with(doubts: Iterable[Doubt]) -> State:
    """``unreadable`` if something could not be read, else ``unknown``."""
    return state_of([Unknown(Cause.UNREADABLE if doubt.cause in _UNREAD else doubt.cause) for doubt in doubts])


def said(doubts: Iterable[Doubt]) -> str:
    """The doubts in one line, each once: one that another only repeats about something of its own is left out."""
    texts = list(dict.fromkeys(doubt.text for doubt in doubts))
    return "; ".join(one for one in texts if not any(one != other and one.endswith(f": {other}") for other in texts))


def mended(doubts: Iterable[Doubt]) -> str:
    """What would clear the doubts."""
    return "; ".join(dict.fromkeys(doubt.mend for doubt in doubts if doubt.mend))


def unknown_because(doubts: Sequence[Doubt]) -> Unknown:
    """The value of what could not be told."""
    cause = next((doubt.cause for doubt in doubts if doubt.cause in _UNREAD), doubts[0].cause if doubts else None)
    cause = cause or Cause.UNRESOLVED
    # Whoever describes it says the cause itself.
    return Unknown(cause, detail=said(doubts).replace(f"{cause}: ", ""))


def place_of(doubts: Iterable[Doubt]) -> Origin:
    """The place of the first doubt that has one of its own."""
    return next((doubt.origin for doubt in doubts if str(doubt.origin)), NOWHERE)


def undecided(path: str, expected: Value, doubts: Sequence[Doubt]) -> Verdict:
    """The verdict of a control-level path that cannot be told."""
    return Verdict(
        state_with(doubts),
        path=path,
        expected=expected,
        actual=unknown_because(doubts),
        origin=place_of(doubts),
        cause=said(doubts),
        mend=mended(doubts),
        key=path,
    )


def nearest_misses(kind: str, selections: Sequence[Selection]) -> str:
    """That there is no such resource, with the candidates that came nearest and the clause each missed."""
    misses: list[Miss] = sorted((one for each in selections for one in each.no), key=lambda one: -one.matched)[:3]
    shown = "; ".join(f"{one.resource.identity}: {one.clause}" for one in misses)
    return f"there is no such {kind}" + (f"; nearest: {shown}" if shown else "")
