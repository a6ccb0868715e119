"""Terraform's operators on values, unknown and sensitive ones included."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from audits.model import Cause, Unknown
from audits.planes.terraform.numbers import Number, arithmetic, is_less, negate
from audits.planes.terraform.texts import nfc
from audits.planes.terraform.types import ANY, BOOL, NUMBER, convert, to_string, type_of, unify
from audits.planes.terraform.values import (
    Map,
    OpenObject,
    Sensitive,
    SetValue,
    TerraformError,
    TerraformValue,
    check_length,
    close,
    derive,
    is_number,
    is_wholly_known,
    mark,
    unknowns_in,
    unmark,
    unmark_deep,
)

_ORDER: dict[str, Callable[[Number, Number], bool]] = {
    "<": is_less,
    "<=": lambda left, right: not is_less(right, left),
    ">": lambda left, right: is_less(right, left),
    ">=": lambda left, right: not is_less(left, right),
}


_UNTYPED = Unknown(Cause.UNSUPPORTED, detail="whether two empty collections are of one type")
_MOST_COMPARED = 200


def operand(value: TerraformValue, type_: TerraformValue) -> TerraformValue:
    """A known operand converted, or an Unknown. Raises TerraformError for null and for what does not convert."""
    value = close(value)
    if value is None:
        raise TerraformError("argument must not be null")
    return convert(value, type_)


def unary(operator: str, value: TerraformValue) -> TerraformValue:
    """``-value`` or ``!value``."""
    inner, sensitive = unmark(value)
    converted = operand(inner, NUMBER if operator == "-" else BOOL)
    if isinstance(converted, Unknown):
        return mark(derive([converted], not_null=True), sensitive)
    return mark(negate(converted) if operator == "-" else not converted, sensitive)


def binary(operator: str, left: TerraformValue, right: TerraformValue) -> TerraformValue:
    """``left operator right``. Raises TerraformError where Terraform would refuse."""
    if operator in ("==", "!="):
        return _equality(operator, left, right)
    first, first_marked = unmark(left)
    second, second_marked = unmark(right)
    sensitive = first_marked or second_marked
    type_ = BOOL if operator in ("&&", "||") else NUMBER
    first, second = operand(first, type_), operand(second, type_)
    unknowns = [value for value in (first, second) if isinstance(value, Unknown)]
    if unknowns:
        # Terraform 1.11 does not short-circuit: ``false && unknown`` is unknown, too.
        return mark(derive(unknowns, not_null=True), sensitive)
    if operator == "&&":
        return mark(first and second, sensitive)
    if operator == "||":
        return mark(first or second, sensitive)
    if operator in _ORDER:
        return mark(_ORDER[operator](first, second), sensitive)
    return mark(arithmetic(operator, first, second), sensitive)


def _equality(operator: str, left: TerraformValue, right: TerraformValue) -> TerraformValue:
    first, first_marked = unmark_deep(left)
    second, second_marked = unmark_deep(right)
    result = equal(first, second)
    sensitive = first_marked or second_marked
    if result is None:
        unknowns = [*unknowns_in(first), *unknowns_in(second)] or [_UNTYPED]
        return mark(derive(unknowns, not_null=True), sensitive)
    return mark(result if operator == "==" else not result, sensitive)


def equal(left: TerraformValue, right: TerraformValue) -> bool | None:
    """Whether two values without marks are equal; None if that cannot be told."""
    left, right = close(left), close(right)
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return _equal_unknown(left, right)
    if left is None or right is None:
        return left is right
    if not _same_shape(left, right):
        return False
    if isinstance(left, bool | str) or is_number(left):
        return bool(left == right)
    if _untyped(left) and _untyped(right):
        return None
    if isinstance(left, SetValue) and isinstance(right, SetValue):
        return _equal_sets(left, right)
    if isinstance(left, dict) and isinstance(right, dict):
        if left.keys() != right.keys():
            return False
        return _all(equal(left[key], right[key]) for key in left)
    if len(left) != len(right):
        return False
    return _all(equal(first, second) for first, second in zip(left, right, strict=True))


def _equal_unknown(left: TerraformValue, right: TerraformValue) -> bool | None:
    unknown, other = (left, right) if isinstance(left, Unknown) else (right, left)
    if other is None:
        return False if certainly_not_null(unknown) else None
    return False if isinstance(other, str) and not other.startswith(unknown.prefix) else None


def certainly_not_null(value: Unknown) -> bool:
    """Whether Terraform itself knows that it is not null: it does of results, never of what a provider computes."""
    computed = value.cause in (Cause.COMPUTED, Cause.DATA_SOURCE, Cause.MISSING_MODULE, Cause.UNSET)
    refined = bool(value.parts) or value.length is not None or value.partial is not None
    return value.not_null and (refined or not computed)


def _equal_sets(left: SetValue, right: SetValue) -> bool | None:
    if not (is_wholly_known(left) and is_wholly_known(right)):
        return None
    return len(left.elements) == len(right.elements) and all(
        equal(first, second) for first, second in zip(left.elements, right.elements, strict=True)
    )


def _all(results: Iterable[bool | None]) -> bool | None:
    """As Terraform decides it: one undecided part leaves the whole undecided, unless the types differ already."""
    found = list(results)
    if None in found:
        return None
    return all(found)


def _same_shape(left: TerraformValue, right: TerraformValue) -> bool:
    """Whether two values may be of one type; unknowns and nulls may be of any."""
    if left is None or right is None or isinstance(left, Unknown) or isinstance(right, Unknown):
        return True
    if is_number(left) or is_number(right):
        return is_number(left) and is_number(right)
    if type(left) is not type(right):
        return False
    if isinstance(left, dict) and not isinstance(left, Map):
        return left.keys() == right.keys() and all(_same_shape(left[key], right[key]) for key in left)
    if isinstance(left, tuple):
        return len(left) == len(right) and all(map(_same_shape, left, right))
    return True


def surely_distinct(value: SetValue) -> bool:
    """Whether no two elements of a set may turn out to be equal once they are known."""
    elements = value.elements
    unknown = [index for index, element in enumerate(elements) if not is_wholly_known(element)]
    if len(elements) > _MOST_COMPARED:
        return not unknown
    return not any(_may_equal(elements[at], other) for at in unknown for i, other in enumerate(elements) if i != at)


def _may_equal(left: TerraformValue, right: TerraformValue) -> bool:
    """Like ``equal() is not False``, but one part that differs settles it for objects."""
    if isinstance(left, dict) and isinstance(right, dict) and left.keys() == right.keys():
        return all(_may_equal(left[key], right[key]) for key in left)
    return equal(left, right) is not False


def conditional(condition: TerraformValue, then: TerraformValue, otherwise: TerraformValue) -> TerraformValue:
    """``condition ? then : otherwise``: the arm that counts, converted to the type both have in common."""
    chosen, sensitive = unmark(condition)
    decided = operand(chosen, BOOL)
    if isinstance(decided, Unknown):
        return mark(merge_arms(decided, then, otherwise), sensitive)
    arm = then if decided else otherwise
    # The mark of the arm that does not count is on the result, too.
    sensitive = sensitive or isinstance(then, Sensitive) or isinstance(otherwise, Sensitive)
    return mark(_to_common(arm, then, otherwise), sensitive)


def _to_common(arm: TerraformValue, then: TerraformValue, otherwise: TerraformValue) -> TerraformValue:
    if isinstance(arm, OpenObject | Unknown) or arm is None:
        return arm
    types = [type_of(then), type_of(otherwise)]
    if ANY in types or types[0] == types[1]:
        return arm
    common = unify(types)
    if common is None:
        if is_wholly_known(then) and is_wholly_known(otherwise) and not _untyped(then) and not _untyped(otherwise):
            raise TerraformError("the true and false results of a condition must have consistent types")
        return arm
    return convert(arm, common)


def _untyped(value: TerraformValue) -> bool:
    """Whether it is an empty collection: its declared type is not kept."""
    inner = unmark(value)[0]
    return isinstance(inner, Map | list | SetValue) and not getattr(inner, "elements", inner)


def merge_arms(condition: Unknown, then: TerraformValue, otherwise: TerraformValue) -> TerraformValue:
    """What is known of a value that is one of two: nothing that differs between them."""
    first, first_marked = unmark_deep(close(then))
    second, second_marked = unmark_deep(close(otherwise))
    if is_number(first) and is_number(second) and first == second:
        # Of a number Terraform knows the bounds, and here they leave no choice.
        return mark(first, first_marked or second_marked)
    unknowns = [condition, *(value for value in (first, second) if isinstance(value, Unknown))]
    not_null = all(
        value is not None and not (isinstance(value, Unknown) and not value.not_null) for value in (first, second)
    )
    result = derive(unknowns, not_null=not_null, partial=_common_structure(condition, first, second))
    lengths = {_length(first), _length(second)}
    if len(lengths) == 1 and None not in lengths:
        result = replace(result, length=lengths.pop())
    return replace(result, sensitive=True) if first_marked or second_marked else result


def _length(value: TerraformValue) -> int | None:
    if isinstance(value, Unknown):
        return value.length
    if isinstance(value, list | tuple):
        return len(value)
    return len(value) if isinstance(value, Map) else None


def _common_structure(condition: Unknown, first: TerraformValue, second: TerraformValue) -> TerraformValue:
    """For two objects or lists of one shape: that shape, with what is equal in both of them."""
    if isinstance(first, dict) and isinstance(second, dict) and first.keys() == second.keys() and first:
        return {key: _common_leaf(condition, first[key], second[key]) for key in first}
    if isinstance(first, list | tuple) and isinstance(second, list | tuple) and len(first) == len(second) and first:
        return [_common_leaf(condition, left, right) for left, right in zip(first, second, strict=True)]
    return None


def _common_leaf(condition: Unknown, first: TerraformValue, second: TerraformValue) -> TerraformValue:
    if is_wholly_known(first) and equal(first, second):
        return first
    structure = _common_structure(condition, first, second)
    return derive([condition, *unknowns_in(first), *unknowns_in(second)], partial=structure)


def join_parts(values: Sequence[TerraformValue]) -> TerraformValue:
    """The text of a template whose parts have these values: known, or an Unknown with ``parts``."""
    parts: list[str | Unknown] = []
    sensitive = False
    for value in values:
        inner, marked = unmark(close(value))
        sensitive = sensitive or marked
        if inner is None:
            raise TerraformError("the expression result is null: it cannot be included in a string template")
        if isinstance(inner, Unknown):
            parts.extend(inner.parts or (inner,))
        else:
            parts.append(to_string(inner))
    return mark(_text(parts), sensitive)


def _text(parts: list[str | Unknown]) -> TerraformValue:
    unknowns = [part for part in parts if isinstance(part, Unknown)]
    check_length(sum(len(part) for part in parts if isinstance(part, str)))
    if not unknowns:
        return nfc("".join(part for part in parts if isinstance(part, str)))
    melded: list[str | Unknown] = []
    for part in parts:
        if isinstance(part, str) and melded and isinstance(melded[-1], str):
            melded[-1] += part
        elif part != "":
            melded.append(part)
    return derive(unknowns, parts=tuple(melded), not_null=True)


def sensitive_wrap(value: TerraformValue) -> TerraformValue:
    """The value, marked as sensitive as a whole."""
    return value if isinstance(value, Sensitive) else Sensitive(value)
