"""Terraform's type constraints and conversions.

:func:`parse_type` reads a constraint (``map(object({a = optional(number, 3)}))``) from an expression of the syntax
tree or from text, :func:`convert` gives a value a type or raises :class:`TerraformError`, :func:`type_of` tells the
type of a value and :func:`unify` finds the one type that all of several can be converted to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, TypeAlias

from audits.model import Unknown
from audits.planes.terraform.numbers import format_number, parse_number
from audits.planes.terraform.values import (
    Map,
    OpenObject,
    Sensitive,
    SetValue,
    TerraformError,
    TerraformValue,
    make_set,
)


@dataclass(frozen=True, slots=True)
class Primitive:
    """``string``, ``number``, ``bool``, or ``any`` (cty's dynamic type, also that of null and of unknowns)."""

    name: str


@dataclass(frozen=True, slots=True)
class Collection:
    """``list(…)``, ``set(…)`` or ``map(…)`` (``kind``) of ``element``."""

    kind: str
    element: Type


@dataclass(frozen=True, slots=True)
class TupleType:
    """``tuple([…])``."""

    elements: tuple[Type, ...]


@dataclass(frozen=True, slots=True)
class ObjectType:
    """``object({…})``. ``optional`` names the attributes that may be left out; ``defaults`` their defaults, if any."""

    attributes: Mapping[str, Type]
    optional: frozenset[str] = frozenset()
    defaults: Mapping[str, TerraformValue] = field(default_factory=dict)


Type: TypeAlias = Primitive | Collection | TupleType | ObjectType

STRING, NUMBER, BOOL, ANY = Primitive("string"), Primitive("number"), Primitive("bool"), Primitive("any")
PRIMITIVES = {type_.name: type_ for type_ in (STRING, NUMBER, BOOL, ANY)}


def list_of(element: Type) -> Collection:
    """``list(element)``."""
    return Collection("list", element)


def set_of(element: Type) -> Collection:
    """``set(element)``."""
    return Collection("set", element)


def map_of(element: Type) -> Collection:
    """``map(element)``."""
    return Collection("map", element)


def parse_type(source: Any) -> Type:
    """The type that a constraint states; ``source`` is an expression of the syntax tree or its text.

    Raises TerraformError for anything that is no type constraint.
    """
    from audits.planes.terraform.type_syntax import type_from_expression, type_from_text

    return type_from_text(source) if isinstance(source, str) else type_from_expression(source)


def type_name(type_: Type) -> str:
    """The type as Terraform's messages name it."""
    match type_:
        case Primitive(name):
            return "dynamic" if name == "any" else name
        case Collection(kind, element):
            return f"{kind} of {type_name(element)}"
        case TupleType():
            return "tuple"
        case ObjectType():
            return "object"


def type_of(value: TerraformValue) -> Type:
    """The type of a value; ``any`` for null and for unknowns, also as the element type of empty collections."""
    match value:
        case Sensitive():
            return type_of(value.value)
        case bool():
            return BOOL
        case str():
            return STRING
        case int() | Decimal():
            return NUMBER
        case OpenObject():
            return ANY
        case Map():
            return map_of(_common([type_of(element) for element in value.values()]))
        case dict():
            return ObjectType({key: type_of(element) for key, element in value.items()})
        case tuple():
            return TupleType(tuple(type_of(element) for element in value))
        case list():
            return list_of(_common([type_of(element) for element in value]))
        case SetValue():
            return set_of(_common([type_of(element) for element in value.elements]))
    return ANY


def _common(types: list[Type]) -> Type:
    known = [type_ for type_ in types if type_ != ANY]
    return (unify(known) or ANY) if known else ANY


def has_any(type_: Type) -> bool:
    """Whether ``any`` stands somewhere in the type: it then says less than it seems to."""
    match type_:
        case Primitive():
            return type_ == ANY
        case Collection():
            return has_any(type_.element)
        case TupleType():
            return any(has_any(element) for element in type_.elements)
        case ObjectType():
            return any(has_any(element) for element in type_.attributes.values())


def unify(types: Iterable[Type]) -> Type | None:
    """The type to which values of all these types convert, or None if there is none.

    ``any`` (an unknown or a null) takes part in nothing: the others decide.
    """
    found: list[Type] = []
    for type_ in types:
        if type_ != ANY and type_ not in found:
            found.append(type_)
    if not found:
        return ANY
    if len(found) == 1:
        return found[0]
    if all(isinstance(type_, Primitive) for type_ in found):
        return STRING if STRING in found else None
    return _unify_structures(found)


def _unify_structures(types: Sequence[Type]) -> Type | None:
    kinds = {type_.kind if isinstance(type_, Collection) else type(type_).__name__ for type_ in types}
    if kinds <= {"ObjectType", "map"}:
        return _unify_mappings(types, kinds)
    if kinds <= {"TupleType", "list", "set"}:
        return _unify_sequences(types, kinds)
    return None


def _unify_mappings(types: Sequence[Type], kinds: set[str]) -> Type | None:
    objects = [type_ for type_ in types if isinstance(type_, ObjectType)]
    if kinds == {"ObjectType"} and all(type_.attributes.keys() == objects[0].attributes.keys() for type_ in objects):
        unified = {name: unify(type_.attributes[name] for type_ in objects) for name in objects[0].attributes}
        known = {name: type_ for name, type_ in unified.items() if type_ is not None}
        return ObjectType(known) if len(known) == len(unified) else None
    elements = [element for type_ in objects for element in type_.attributes.values()]
    elements += [type_.element for type_ in types if isinstance(type_, Collection)]
    element = unify(elements)
    return None if element is None else map_of(element)


def _unify_sequences(types: Sequence[Type], kinds: set[str]) -> Type | None:
    tuples = [type_ for type_ in types if isinstance(type_, TupleType)]
    if kinds == {"TupleType"} and len({len(type_.elements) for type_ in tuples}) == 1:
        columns = [unify(column) for column in zip(*(type_.elements for type_ in tuples), strict=True)]
        known = tuple(type_ for type_ in columns if type_ is not None)
        return TupleType(known) if len(known) == len(columns) else None
    elements = [element for type_ in tuples for element in type_.elements]
    elements += [type_.element for type_ in types if isinstance(type_, Collection)]
    element = unify(elements)
    if element is None:
        return None
    return list_of(element) if "list" in kinds or "set" not in kinds else set_of(element)


def convert(value: TerraformValue, type_: Type) -> TerraformValue:
    """The value as one of ``type_``, defaults of optional attributes filled in.

    Null converts to null of any type, an unknown stays unknown and marks stay where they are.
    Raises TerraformError where Terraform would refuse.
    """
    if isinstance(value, Sensitive):
        inner = convert(value.value, type_)
        return inner if isinstance(inner, Sensitive) else Sensitive(inner)
    if value is None or type_ == ANY:
        return value
    if isinstance(value, Unknown):
        return _convert_unknown(value, type_)
    match type_:
        case Primitive():
            return _convert_primitive(value, type_)
        case Collection(kind="map"):
            return _to_map(value, type_.element)
        case Collection():
            return _to_sequence(value, type_)
        case TupleType():
            return _to_tuple(value, type_)
        case ObjectType():
            return _to_object(value, type_)


def _convert_unknown(value: Unknown, type_: Type) -> Unknown:
    """An unknown of another type is still unknown; what was known of its text or length no longer counts."""
    if type_ in (NUMBER, BOOL) and (value.parts or value.partial is not None or value.length is not None):
        return replace(value, parts=(), partial=None, length=None)
    if isinstance(type_, Collection) and type_.kind == "set" and value.length is not None:
        return replace(value, length=None)
    return value


def _convert_primitive(value: TerraformValue, type_: Primitive) -> TerraformValue:
    if type_ == STRING:
        return to_string(value)
    if type_ == NUMBER:
        if isinstance(value, str):
            return parse_number(value)
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            return value
        raise TerraformError("a number is required")
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value in _BOOLS:
        return _BOOLS[value]
    if isinstance(value, str):
        raise TerraformError(
            "a bool is required"
            + (f'; to convert from string, use lowercase "{value.lower()}"' if value.lower() in _BOOLS else "")
        )
    raise TerraformError("bool required")


_BOOLS = {"true": True, "false": False, "1": True, "0": False}


def to_string(value: TerraformValue) -> str:
    """A known primitive as text, as in a template. Raises TerraformError for anything else."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Decimal):
        return format_number(value)
    raise TerraformError("string required")


def _to_sequence(value: TerraformValue, type_: Collection) -> TerraformValue:
    if isinstance(value, SetValue):
        elements: Sequence[TerraformValue] = value.elements
    elif isinstance(value, tuple | list):
        elements = value
    else:
        raise TerraformError(f"{type_name(type_)} required")
    converted = _convert_elements(list(elements), type_.element)
    return make_set(converted) if type_.kind == "set" else converted


def _convert_elements(elements: list[TerraformValue], type_: Type) -> list[TerraformValue]:
    """Every element converted; with ``any`` as element type they first have to agree on one."""
    wanted = type_
    if has_any(type_) and elements:
        shaped = [convert(element, type_) for element in elements] if type_ != ANY else elements
        common = unify(type_of(element) for element in shaped)
        if common is None:
            raise TerraformError("all elements must have the same type")
        elements, wanted = list(shaped), common
    return [convert(element, wanted) for element in elements]


def _to_map(value: TerraformValue, type_: Type) -> TerraformValue:
    if isinstance(value, OpenObject):
        return value.as_unknown()
    if not isinstance(value, dict):
        raise TerraformError(f"map of {type_name(type_)} required")
    return Map(zip(value, _convert_elements(list(value.values()), type_), strict=True))


def _to_tuple(value: TerraformValue, type_: TupleType) -> TerraformValue:
    if not isinstance(value, tuple | list) or len(value) != len(type_.elements):
        raise TerraformError(f"a tuple of {len(type_.elements)} elements is required")
    return tuple(convert(element, wanted) for element, wanted in zip(value, type_.elements, strict=True))


def _to_object(value: TerraformValue, type_: ObjectType) -> TerraformValue:
    if not isinstance(value, dict):
        raise TerraformError("object required")
    result: dict[str, TerraformValue] = {}
    for name, wanted in type_.attributes.items():
        given = value[name] if name in value or isinstance(value, OpenObject) else None
        if name not in value and name not in type_.optional and not isinstance(value, OpenObject):
            raise TerraformError(f'attribute "{name}" is required')
        if given is None and name in type_.defaults:
            given = type_.defaults[name]
        try:
            result[name] = convert(given, wanted)
        except TerraformError as error:
            raise TerraformError(f'attribute "{name}": {error}') from error
    return result
