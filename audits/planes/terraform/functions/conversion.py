"""Conversions and marks: to…, sensitive, nonsensitive, issensitive, ephemeralasnull."""

from __future__ import annotations

from audits.model import Unknown
from audits.planes.terraform.functions.registry import Parameter, Unknowns, function
from audits.planes.terraform.types import (
    ANY,
    BOOL,
    NUMBER,
    STRING,
    Collection,
    Type,
    convert,
    has_any,
    list_of,
    map_of,
    set_of,
)
from audits.planes.terraform.values import (
    Sensitive,
    SetValue,
    TerraformError,
    TerraformValue,
    derive,
    is_wholly_known,
    mark,
    unknowns_in,
    unmark,
    unmark_deep,
)

VALUE = Parameter("v", null=True, unknown=Unknowns.ALLOWED, marks=True)


def convert_argument(value: TerraformValue, wanted: Type) -> TerraformValue:
    """The value as one of this type; a set whose elements may yet turn out equal gives no list."""
    bare, marked = unmark(value)
    sequence = isinstance(wanted, Collection) and wanted.kind == "list"
    if sequence and isinstance(bare, SetValue) and len(bare.elements) > 1 and not is_wholly_known(bare):
        certain = list(bare.elements)
        return mark(derive(unknowns_in(bare), partial=certain, open=True), marked)
    try:
        return convert(value, wanted)
    except TerraformError:
        unknown = unknowns_in(bare)
        if not (unknown and isinstance(wanted, Collection) and has_any(wanted) and _has_shape(bare, wanted)):
            raise
        return mark(derive(unknown), marked)


def _has_shape(value: TerraformValue, wanted: Collection) -> bool:
    """Whether only the types of elements can be in the way of a conversion: an unknown one may reconcile them."""
    return isinstance(value, dict if wanted.kind == "map" else tuple | list | SetValue)


@function("tostring", VALUE, not_null=False)
def _tostring(value: TerraformValue) -> TerraformValue:
    return convert_argument(value, STRING)


@function("tonumber", VALUE, not_null=False)
def _tonumber(value: TerraformValue) -> TerraformValue:
    return convert_argument(value, NUMBER)


@function("tobool", VALUE, not_null=False)
def _tobool(value: TerraformValue) -> TerraformValue:
    return convert_argument(value, BOOL)


@function("tolist", VALUE, not_null=False)
def _tolist(value: TerraformValue) -> TerraformValue:
    return convert_argument(value, list_of(ANY))


@function("toset", VALUE, not_null=False)
def _toset(value: TerraformValue) -> TerraformValue:
    bare, marked = unmark(value)
    if isinstance(bare, tuple | list | SetValue):
        bare, inside = unmark_deep(bare)
        marked = marked or inside
    return mark(convert_argument(bare, set_of(ANY)), marked)


@function("tomap", VALUE, not_null=False)
def _tomap(value: TerraformValue) -> TerraformValue:
    return convert_argument(value, map_of(ANY))


@function("sensitive", VALUE, not_null=False)
def _sensitive(value: TerraformValue) -> TerraformValue:
    return Sensitive(unmark_deep(value)[0])


@function("nonsensitive", VALUE, not_null=False)
def _nonsensitive(value: TerraformValue) -> TerraformValue:
    bare = unmark(value)[0]
    if isinstance(bare, Unknown) and bare.sensitive:
        return Unknown(bare.cause, bare.references, bare.detail)
    return bare


@function("issensitive", VALUE, not_null=False)
def _issensitive(value: TerraformValue) -> TerraformValue:
    if isinstance(value, Sensitive) or (isinstance(value, Unknown) and value.sensitive):
        return True
    return derive([value]) if isinstance(value, Unknown) else False


@function("ephemeralasnull", VALUE, not_null=False)
def _ephemeralasnull(value: TerraformValue) -> TerraformValue:
    """The value as it is: nothing in configuration alone is ephemeral but what is unknown."""
    return derive([value]) if isinstance(value, Unknown) else value
