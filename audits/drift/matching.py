"""Elements of two sets, matched as far as they may be equal."""

from __future__ import annotations

from collections.abc import Sequence

Table = Sequence[Sequence[bool]]


def unmatched(edges: Table, exact: Table, width: int) -> tuple[list[int], list[int]]:
    """The rows and the ``width`` columns that a largest matching leaves over.

    ``edges`` says which row may be which column, ``exact`` (a part of it) which surely is; sure ones are tried first.
    No other matching leaves fewer (Kuhn's algorithm).
    """
    row_of: dict[int, int] = {}
    for row in _surest_first(exact):
        _augment(row, edges, exact, row_of, set())
    matched = set(row_of.values())
    return (
        [row for row in range(len(edges)) if row not in matched],
        [column for column in range(width) if column not in row_of],
    )


def _surest_first(exact: Table) -> list[int]:
    return sorted(range(len(exact)), key=lambda row: not any(exact[row]))


def _augment(row: int, edges: Table, exact: Table, row_of: dict[int, int], seen: set[int]) -> bool:
    columns = [column for column, able in enumerate(edges[row]) if able]
    for column in sorted(columns, key=lambda column: (not exact[row][column], column in row_of)):
        if column in seen:
            continue
        seen.add(column)
        if column not in row_of or _augment(row_of[column], edges, exact, row_of, seen):
            row_of[column] = row
            return True
    return False
