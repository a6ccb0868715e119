"""Attributes, indexes and iteration of values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal

from audits.model import Reference, Unknown
from audits.planes.terraform.numbers import counted
from audits.planes.terraform.types import NUMBER, STRING, convert
from audits.planes.terraform.values import (
    EncodedUnknown,
    Map,
    OpenObject,
    OpenUnknown,
    Sensitive,
    SetValue,
    TerraformError,
    TerraformValue,
    close,
    derive,
    mark,
    unmark,
)


def attribute_of(value: TerraformValue, name: str) -> TerraformValue:
    """``value.name``. Raises TerraformError if there is no such attribute."""
    if isinstance(value, Sensitive):
        return mark(attribute_of(value.value, name), True)
    if isinstance(value, OpenUnknown) and value.source is not None:
        return value.source[name]
    if isinstance(value, Unknown):
        if value.parts or isinstance(value, EncodedUnknown):
            raise TerraformError(f'can\'t access attribute "{name}": a text has no attributes')
        return _below(value, name)
    if isinstance(value, OpenObject):
        return value[name]
    if isinstance(value, dict):
        if name in value:
            return value[name]
        if isinstance(value, Map):
            raise TerraformError(f'the given key "{name}" does not identify an element in this map')
        raise TerraformError(f'this object does not have an attribute named "{name}"')
    if value is None:
        raise TerraformError(f'attempt to get attribute "{name}" from null value')
    raise TerraformError(f'can\'t access attribute "{name}": the value has no attributes')


def _below(value: Unknown, name: str) -> Unknown:
    """Part of an unknown: a whole object or variable is referred to by that part, anything else as it is."""
    if len(value.references) == 1 and not value.references[0].attribute:
        reference = Reference(value.references[0].address, name)
        return Unknown(value.cause, (reference,), value.detail, sensitive=value.sensitive)
    return derive([value])


def element_of(value: TerraformValue, key: TerraformValue) -> TerraformValue:
    """``value[key]``. Raises TerraformError if there is no such element."""
    if isinstance(value, Sensitive):
        return mark(element_of(value.value, key), True)
    index, sensitive = unmark(close(key))
    if index is None:
        raise TerraformError("can't use a null value as an index")
    return mark(_element(value, index), sensitive)


def _element(value: TerraformValue, key: TerraformValue) -> TerraformValue:
    if value is None:
        raise TerraformError("this value is null, so it does not have any indices")
    if isinstance(value, Unknown):
        if value.parts or isinstance(value, EncodedUnknown):
            raise TerraformError("a text does not have any indices")
        unknowns = [value, *([key] if isinstance(key, Unknown) else [])]
        whole = len(value.references) == 1 and not value.references[0].attribute
        return derive(unknowns) if not whole else replace(derive(unknowns), detail=value.detail)
    if isinstance(value, dict):
        return _of_mapping(value, key)
    if isinstance(value, tuple | list):
        return _of_sequence(value, key)
    raise TerraformError("this value does not have any indices")


def _some_element(key: Unknown, elements: Iterable[TerraformValue]) -> Unknown:
    """The element at an unknown key: of instances of a resource, it refers to these, too."""
    addresses = (element.address for element in elements if isinstance(element, OpenObject) and not element.path)
    found = dict.fromkeys(f"{address.rpartition('[')[0]}[*]" for address in addresses if address.endswith("]"))
    return replace(derive([key]), references=(*key.references, *map(Reference, found)))


def _of_mapping(value: dict[str, TerraformValue], key: TerraformValue) -> TerraformValue:
    if isinstance(key, Unknown):
        return _some_element(key, value.values())
    name = convert(key, STRING)
    if isinstance(value, OpenObject) or name in value:
        return value[name]
    raise TerraformError(f'the given key "{name}" does not identify an element in this collection value')


def _of_sequence(value: tuple[TerraformValue, ...] | list[TerraformValue], key: TerraformValue) -> TerraformValue:
    try:
        number = convert(key, NUMBER)
    except TerraformError:
        raise TerraformError("a number is required as the index of a list") from None
    if isinstance(number, Unknown):
        return _some_element(number, value)
    if isinstance(number, Decimal) or not 0 <= number < len(value):
        raise TerraformError(f"the given index {number} is not within the collection of {len(value)} elements")
    return value[number]


def elements_of(value: TerraformValue) -> Iterator[tuple[TerraformValue, TerraformValue]]:
    """Keys and values in Terraform's order: of maps and objects by key, of sets each element as its own key.

    Raises TerraformError for what cannot be iterated.
    """
    if isinstance(value, dict):
        return ((key, value[key]) for key in sorted(value, key=lambda text: text.encode("utf-8", "surrogatepass")))
    if isinstance(value, tuple | list):
        return ((counted(index), element) for index, element in enumerate(value))
    if isinstance(value, SetValue):
        return ((element, element) for element in value.elements)
    if value is None:
        raise TerraformError("a null value cannot be iterated")
    raise TerraformError("this value is not iterable")
