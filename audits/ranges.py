"""Ranges of amounts that cannot be negative: what is known of a cost or a number of things that is not one figure.

A range is closed below and closed or (``high`` infinite) open above. Arithmetic is that of intervals: the result holds
every amount that the operands could come to, and no narrower range does.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

_DIGITS = 6
"""Decimals that are kept: prices have at most so many, and sums of binary fractions drift behind them."""


@dataclass(frozen=True, slots=True)
class Range:
    """From ``low`` to ``high``, both included.

    Raises:
        ValueError: ``low`` is negative, above ``high``, or no number.
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        if not 0 <= self.low <= self.high or math.isinf(self.low):
            raise ValueError(f"no range: {self.low} to {self.high}")

    def __add__(self, other: Range) -> Range:
        return Range(_rounded(self.low + other.low), _rounded(self.high + other.high))

    def __mul__(self, other: Range) -> Range:
        # Nothing of something unbounded is nothing: there is no such thing, so it costs nothing.
        high = 0.0 if 0 in (self.high, other.high) else self.high * other.high
        return Range(_rounded(self.low * other.low), _rounded(high))

    def times(self, factor: float) -> Range:
        """The range, ``factor`` times as much."""
        return self * exactly(factor)

    def hull(self, other: Range) -> Range:
        """The narrowest range that holds both: it is one or the other, and nobody knows which."""
        return Range(min(self.low, other.low), max(self.high, other.high))

    def within(self, bounds: Range) -> bool:
        """Whether every amount in it lies in ``bounds``."""
        return bounds.low <= self.low and self.high <= bounds.high

    def apart(self, bounds: Range) -> bool:
        """Whether no amount in it lies in ``bounds``."""
        return self.high < bounds.low or bounds.high < self.low

    @property
    def exact(self) -> bool:
        """Whether it is one figure."""
        return self.low == self.high

    @property
    def open(self) -> bool:
        """Whether it has no upper bound."""
        return math.isinf(self.high)


def _rounded(number: float) -> float:
    return round(number, _DIGITS) if math.isfinite(number) else number


def exactly(amount: float) -> Range:
    """The range that holds this amount alone."""
    return Range(float(amount), float(amount))


def at_least(amount: float) -> Range:
    """The range of everything from this amount on."""
    return Range(float(amount), math.inf)


NOTHING = exactly(0)
ANYTHING = at_least(0)


def total(parts: Iterable[Range]) -> Range:
    """The sum of all of them."""
    found = NOTHING
    for part in parts:
        found = found + part
    return found


def agrees(amount: Range, bounds: Range) -> Literal[True, False] | None:
    """Whether an amount lies in ``bounds``: True or False where its whole range says so, None where it does not."""
    if amount.within(bounds):
        return True
    return False if amount.apart(bounds) else None
