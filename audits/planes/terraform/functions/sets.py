"""Sets: setintersection, setproduct, setsubtract, setunion."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product

from audits.model import Unknown
from audits.planes.terraform.functions.equality import contains
from audits.planes.terraform.functions.registry import FunctionError, Parameter, TypesDifferError, Unknowns, function
from audits.planes.terraform.types import ANY, Type, convert, set_of, type_of, unify
from audits.planes.terraform.values import (
    Exhausted,
    SetValue,
    TerraformValue,
    derive,
    is_wholly_known,
    make_set,
    mark,
    unknowns_in,
    unmark,
)

ALLOWED = Unknowns.ALLOWED
SET = Parameter("first_set", set_of(ANY))
_MOST_PRODUCTS = 1_000_000


def _unified(sets: Sequence[TerraformValue]) -> list[TerraformValue]:
    common = unify(type_of(value) for value in sets)
    if common is None:
        raise TypesDifferError("all sets must have compatible element types")
    return [convert(value, common) for value in sets]


@function("setintersection", SET, variadic=Parameter("other_sets", set_of(ANY)))
def _setintersection(*sets: TerraformValue) -> SetValue:
    first, *others = _unified(sets)
    return make_set(element for element in first.elements if all(contains(other.elements, element) for other in others))


@function("setsubtract", Parameter("a", set_of(ANY)), Parameter("b", set_of(ANY)))
def _setsubtract(left: TerraformValue, right: TerraformValue) -> SetValue:
    left, right = _unified((left, right))
    return make_set(element for element in left.elements if not contains(right.elements, element))


@function(
    "setunion",
    Parameter("first_set", set_of(ANY), unknown=ALLOWED),
    variadic=Parameter("other_sets", set_of(ANY), unknown=ALLOWED),
)
def _setunion(*sets: TerraformValue) -> TerraformValue:
    united = _unified(sets)
    elements = [element for value in united for element in _certain_elements(value)]
    if any(isinstance(value, Unknown) for value in united):
        return derive(unknowns_in(united), partial=list(make_set(elements).elements), open=True, not_null=True)
    return make_set(elements)


def _certain_elements(value: TerraformValue) -> Iterable[TerraformValue]:
    if isinstance(value, Unknown):
        return value.partial if isinstance(value.partial, list | tuple) else ()
    elements: Iterable[TerraformValue] = value.elements
    return elements


@function("setproduct", variadic=Parameter("sets", unknown=ALLOWED, marks=True), not_null=False)
def _setproduct(*sets: TerraformValue) -> TerraformValue:
    bare = [unmark(value)[0] for value in sets]
    marked = any(unmark(value)[1] for value in sets)
    if len(bare) < 2:
        raise FunctionError("at least two arguments are required")
    if not all(isinstance(value, tuple | list | SetValue | Unknown) for value in bare):
        raise FunctionError("all arguments must be sets or lists")
    if any(isinstance(value, Unknown) or _length_unknown(value) for value in bare):
        return mark(derive(unknowns_in(bare)), marked)
    columns = [_column(value) for value in bare]
    size = 1
    for column in columns:
        size *= len(column)
    if size > _MOST_PRODUCTS:
        raise Exhausted(f"more than {_MOST_PRODUCTS} products")
    combinations = list(product(*columns))
    return mark(make_set(combinations) if any(isinstance(value, SetValue) for value in bare) else combinations, marked)


def _length_unknown(value: TerraformValue) -> bool:
    return isinstance(value, SetValue) and len(value.elements) > 1 and not is_wholly_known(value)


def _column(value: TerraformValue) -> list[TerraformValue]:
    """The elements, all of one type."""
    elements = list(value.elements if isinstance(value, SetValue) else value)
    common: Type | None = unify(type_of(element) for element in elements)
    if common is None:
        raise TypesDifferError("the elements of a tuple must be of one type")
    return [convert(element, common) for element in elements]
