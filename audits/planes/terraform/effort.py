"""How much work an expression is, and how much memory a value: what is counted as rounds of loops."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from audits.planes.terraform import nodes
from audits.planes.terraform.nodes import Expression
from audits.planes.terraform.values import Sensitive, SetValue, TerraformValue

_NODES_A_ROUND = 20
_CHARACTERS_A_ROUND = 400
_ELEMENTS_A_ROUND = 50
_LARGE = 1_000
_MOST_KEPT = 10_000

_PARTS = {
    kind: tuple(field.name for field in fields(kind) if field.name not in ("line", "column"))
    for kind in nodes.EXPRESSIONS
}
_known: dict[int, tuple[Any, int]] = {}
"""By identity, each with what it is of, which is thereby kept alive: comparing nodes would take as long as counting."""


def effort_of(*expressions: Expression | None) -> int:
    """Rounds that evaluating all of these once is worth; at least 1."""
    return 1 + sum(_size(expression) for expression in expressions if expression is not None) // _NODES_A_ROUND


def cost_of(value: TerraformValue) -> int:
    """Rounds that a large value is worth, 0 for any other: many large ones fill the memory."""
    inner = value.value if isinstance(value, Sensitive) else value
    if isinstance(inner, str):
        return len(inner) // _CHARACTERS_A_ROUND if len(inner) > _LARGE else 0
    inner = inner.elements if isinstance(inner, SetValue) else inner
    large = isinstance(inner, list | tuple | dict) and len(inner) > _LARGE
    return len(inner) // _ELEMENTS_A_ROUND if large else 0


def _size(expression: Expression) -> int:
    found = _known.get(id(expression))
    if found is not None and found[0] is expression:
        return found[1]
    size, pending = 0, [expression]
    while pending:
        value: Any = pending.pop()
        if isinstance(value, tuple):
            pending.extend(value)
        elif isinstance(value, nodes.EXPRESSIONS):
            size += 1
            pending.extend(getattr(value, name) for name in _PARTS[type(value)])
    if len(_known) > _MOST_KEPT:
        _known.clear()
    _known[id(expression)] = expression, size
    return size
