"""Equality of values in three values: yes, no, and None for what cannot be known."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from audits.model import Unknown
from audits.planes.terraform.values import Sensitive, SetValue, TerraformValue, is_number, is_wholly_known


def equals(left: TerraformValue, right: TerraformValue) -> bool | None:
    """Whether both are of one type and equal, as ``==`` has it (``1`` is not ``"1"``, a list is no tuple)."""
    left, right = _bare(left), _bare(right)
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return None
    if left is None or right is None:
        return left is right
    if _shape(left) is not _shape(right):
        return False
    if isinstance(left, SetValue):
        return _sets_equal(left, right)
    if isinstance(left, dict):
        return _mappings_equal(left, right)
    if isinstance(left, tuple | list):
        return len(left) == len(right) and _in_order(map(equals, left, right))
    return bool(left == right)


def position(elements: Iterable[TerraformValue], wanted: TerraformValue) -> int | None:
    """Where the value is among the elements, -1 if nowhere, None if that cannot be known."""
    for index, element in enumerate(elements):
        equal = equals(element, wanted)
        if equal is None:
            return None
        if equal:
            return index
    return -1


def contains(elements: Iterable[TerraformValue], wanted: TerraformValue) -> bool | None:
    """Whether the value is among the elements."""
    answers = [equals(element, wanted) for element in elements]
    if True in answers:
        return True
    return None if None in answers else False


def _bare(value: TerraformValue) -> TerraformValue:
    return value.value if isinstance(value, Sensitive) else value


def _shape(value: TerraformValue) -> type:
    return Decimal if is_number(value) else type(value)


def _sets_equal(left: SetValue, right: SetValue) -> bool | None:
    if not (is_wholly_known(left) and is_wholly_known(right)):
        return None
    if len(left.elements) != len(right.elements):
        return False
    return _in_order(map(equals, left.elements, right.elements))


def _mappings_equal(left: dict[str, TerraformValue], right: dict[str, TerraformValue]) -> bool | None:
    """Terraform compares in no certain order and stops at the first unknown: one unknown leaves all of it open."""
    if left.keys() != right.keys():
        return False
    answers = [equals(left[key], right[key]) for key in left]
    return None if None in answers else all(answers)


def _in_order(answers: Iterable[bool | None]) -> bool | None:
    """The first answer that is not yes."""
    return next((answer for answer in answers if answer is not True), True)
