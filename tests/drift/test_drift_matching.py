"""Largest matchings."""

from __future__ import annotations

from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from audits.drift.matching import unmatched

TABLES = st.integers(0, 4).flatmap(
    lambda width: st.lists(st.lists(st.booleans(), min_size=width, max_size=width), max_size=4).map(
        lambda table: (table, width)
    )
)


@settings(max_examples=300, deadline=None)
@given(TABLES)
def test_no_other_matching_leaves_fewer(drawn: tuple[list[list[bool]], int]) -> None:
    table, width = drawn
    rows, columns = unmatched(table, [[False] * width for _ in table], width)
    # Every way of giving rows a column or none.
    slots = [*range(width), *[None] * len(table)]
    best = max(
        (
            sum(column is not None and table[row][column] for row, column in enumerate(order))
            for order in set(permutations(slots, len(table)))
        ),
        default=0,
    )
    assert len(table) - len(rows) == best
    assert width - len(columns) == best


def test_what_surely_fits_is_matched_first() -> None:
    edges, exact = [[True, True], [True, True], [True, True]], [[False, False], [False, True], [True, False]]
    assert unmatched(edges, exact, 2) == ([0], [])


def test_without_rows_every_column_is_left() -> None:
    assert unmatched([], [], 2) == ([], [0, 1])
