"""A sheet on which one resource is priced: its parts, each a range, and why a part is open where it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from audits.model import Cause, Redacted, Resource, Unknown, Value
from audits.prices import Prices
from audits.ranges import ANYTHING, Range, exactly
from audits.view import View


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that is billed: what, how much a month, and why no more can be told (``unreadable``: was not read)."""

    what: str
    amount: Range
    cause: str = ""
    unreadable: bool = False


@dataclass
class Sheet:
    """One resource being priced: its attributes, the prices where it lies, and the parts that were found so far."""

    resource: Resource
    view: View
    prices: Prices
    parts: list[Part] = field(default_factory=list)

    def number(self, values: Mapping[str, Value], name: str) -> tuple[Range, Part | None]:
        """A number among attributes; anything, with the reason, where it cannot be told."""
        value = values.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool) and value >= 0:
            return exactly(value), None
        if isinstance(value, str) and value.replace(".", "", 1).isdigit():
            return exactly(float(value)), None
        return ANYTHING, self.doubt(name, value)

    def doubt(self, name: str, value: Value) -> Part:
        """Why an attribute decides nothing."""
        if isinstance(value, Unknown):
            unreadable = value.cause is Cause.UNREADABLE
            return Part(name, ANYTHING, f"{name}: {value.describe()}", unreadable)
        said = "redacted" if isinstance(value, Redacted) else ("not set" if value is None else f"{value!r}")
        return Part(name, ANYTHING, f"{name} is {said}")

    def price(self, *names: str) -> Range | None:
        """The price of what has one of these names, nobody knows which; None, with the reason kept, without one."""
        found = [self.prices.get(name) for name in names]
        if any(one is None for one in found) or not found:
            missing = [name for name, one in zip(names, found, strict=True) if one is None]
            self.parts.append(Part("", ANYTHING, f"no price in the snapshot: {', '.join(missing)}"))
            return None
        known = [one for one in found if one is not None]
        lowest, highest = min(one.low for one in known), max(one.high for one in known)
        return Range(lowest, highest)

    def add(self, what: str, amount: Range) -> None:
        """A part that is priced."""
        self.parts.append(Part(what, amount))

    def open(self, what: str, cause: str, *, unreadable: bool = False) -> None:
        """A part that may cost anything."""
        self.parts.append(Part(what, ANYTHING, cause, unreadable))

    def text(self, values: Mapping[str, Value], name: str) -> str | None:
        """A text among attributes; None, with the reason kept, where it cannot be told."""
        value = values.get(name)
        if isinstance(value, str) and value:
            return value
        self.parts.append(self.doubt(name, value))
        return None


def perhaps(part: Part, reason: str, unreadable: bool) -> Part:
    """A part of something that may not be there, or not be meant."""
    return Part(part.what, Range(0, part.amount.high), part.cause or reason, part.unreadable or unreadable)
