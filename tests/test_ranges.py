"""Ranges: their arithmetic holds every amount that it could come to, and decides only what all of them agree on."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.ranges import ANYTHING, NOTHING, Range, agrees, at_least, exactly, total

AMOUNTS = st.floats(0, 1000, allow_nan=False).map(lambda amount: round(amount, 2))
SHARES = st.floats(0, 1)
CENT = 1e-4


@st.composite
def ranges(draw: st.DrawFn) -> Range:
    low, high = sorted((draw(AMOUNTS), draw(AMOUNTS)))
    return Range(low, math.inf if draw(st.integers(0, 4)) == 0 else high)


def inside(one: Range, share: float) -> float:
    """Some amount of a range."""
    return one.low + share * ((2000.0 if one.open else one.high) - one.low)


def holds(one: Range, amount: float) -> bool:
    return one.low - CENT <= amount <= one.high + CENT


@given(ranges(), ranges(), SHARES, SHARES)
def test_a_sum_a_product_and_a_hull_hold_what_amounts_come_to(one: Range, other: Range, x: float, y: float) -> None:
    a, b = inside(one, x), inside(other, y)
    assert holds(one + other, a + b)
    assert holds(one * other, a * b)
    assert holds(one.hull(other), a)
    assert holds(one.hull(other), b)
    assert holds(one.times(3), 3 * a)


@given(ranges(), ranges(), ranges())
def test_sums_and_products_are_in_any_order_the_same(one: Range, other: Range, third: Range) -> None:
    assert one + other == other + one
    assert one * other == other * one
    assert total([one, other, third]).low == pytest.approx(total([third, other, one]).low, abs=CENT)
    assert one + NOTHING == one
    assert one * exactly(1) == one


@given(ranges(), ranges(), SHARES)
def test_what_is_decided_is_so_of_every_amount(one: Range, bounds: Range, share: float) -> None:
    amount = inside(one, share)
    answer = agrees(one, bounds)
    if answer is True:
        assert bounds.low <= amount <= bounds.high
    if answer is False:
        assert not bounds.low <= amount <= bounds.high


@given(ranges(), ranges(), ranges())
def test_more_that_is_not_known_never_turns_an_answer(one: Range, more: Range, bounds: Range) -> None:
    narrow, wide = agrees(one, bounds), agrees(one.hull(more), bounds)
    assert wide in (narrow, None)


def test_answers() -> None:
    bounds = Range(10, 20)
    assert agrees(exactly(10), bounds) is agrees(Range(12, 20), bounds) is True
    assert agrees(exactly(9.99), bounds) is agrees(at_least(20.01), bounds) is False
    assert agrees(Range(5, 10), bounds) is agrees(at_least(10), bounds) is agrees(ANYTHING, bounds) is None


def test_nothing_of_something_unbounded_is_nothing() -> None:
    assert NOTHING * ANYTHING == ANYTHING * NOTHING == NOTHING
    assert exactly(2) * at_least(3) == at_least(6)
    assert (exactly(1).exact, exactly(1).open, ANYTHING.exact, ANYTHING.open) == (True, False, False, True)


@pytest.mark.parametrize(("low", "high"), [(-1, 1), (2, 1), (math.inf, math.inf), (math.nan, 1), (0, math.nan)])
def test_what_is_no_range_is_refused(low: float, high: float) -> None:
    with pytest.raises(ValueError, match="no range"):
        Range(low, high)
