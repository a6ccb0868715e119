"""What works on collections and more: coalesce, length, try, can."""

from __future__ import annotations

from dataclasses import replace

from audits.model import Unknown
from audits.planes.terraform.functions.graphemes import clusters
from audits.planes.terraform.functions.registry import (
    FunctionError,
    Parameter,
    TypesDifferError,
    Unknowns,
    at_least_one,
    function,
)
from audits.planes.terraform.numbers import counted
from audits.planes.terraform.types import ANY, STRING, convert, type_of, unify
from audits.planes.terraform.values import (
    SetValue,
    TerraformValue,
    derive,
    is_wholly_known,
    mark,
    unknowns_in,
    unmark,
)

ANYTHING = Parameter("vals", null=True, unknown=Unknowns.ALLOWED, marks=True)


@function("coalesce", variadic=Parameter("vals", null=True, unknown=Unknowns.ALLOWED))
def _coalesce(*candidates: TerraformValue) -> TerraformValue:
    common = unify(type_of(candidate) for candidate in candidates)
    if common is None and None in candidates and not unknowns_in(candidates):
        # An untyped null leaves the type of the result open, so that nothing is converted.
        common = ANY
    if not candidates or common is None:
        raise TypesDifferError("all arguments must be of one type")
    for number, candidate in enumerate(candidates):
        value = convert(candidate, common)
        if isinstance(value, Unknown):
            if all(other in (None, "") for other in candidates[number + 1 :]):
                # Nothing else is left: it is this one, or an error.
                return replace(value, not_null=True)
            return derive(unknowns_in(candidates), not_null=True)
        if value is not None and not (common == STRING and value == ""):
            return value
    raise FunctionError("no argument is neither null nor an empty string")


@function("length", Parameter("value", unknown=Unknowns.ALLOWED, marks=True))
def _length(value: TerraformValue) -> TerraformValue:
    bare, marked = unmark(value)
    return mark(_length_of(bare), marked or (isinstance(bare, Unknown) and bare.sensitive))


def _length_of(value: TerraformValue) -> TerraformValue:
    if isinstance(value, Unknown):
        return counted(value.length) if value.length is not None else derive([value], not_null=True)
    if isinstance(value, str):
        return counted(len(clusters(value)))
    if isinstance(value, SetValue):
        if len(value.elements) > 1 and not is_wholly_known(value):
            return derive(unknowns_in(value), not_null=True)
        return counted(len(value.elements))
    if isinstance(value, tuple | list | dict):
        return counted(len(value))
    raise FunctionError("the argument must be a string, a collection or a structure")


@function("try", variadic=ANYTHING, not_null=False)
def _try(*expressions: TerraformValue) -> TerraformValue:
    """The first of values that are all known to be without error: the evaluator makes it lazy."""
    at_least_one(expressions)
    return expressions[0]


@function("can", Parameter("expression", null=True, unknown=Unknowns.ALLOWED, marks=True), not_null=False)
def _can(expression: TerraformValue) -> TerraformValue:
    """True of a value that is there, unless it is unknown in any part: it could yet turn out an error."""
    unknown = unknowns_in(expression)
    return derive(unknown) if unknown else True
