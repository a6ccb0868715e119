"""JSON: jsonencode, jsondecode."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import NoReturn

from audits.model import Unknown
from audits.planes.terraform.functions.mappings import sorted_keys
from audits.planes.terraform.functions.registry import FunctionError, Parameter, Unknowns, function, unsupported
from audits.planes.terraform.numbers import format_number, parse_number
from audits.planes.terraform.texts import nfc
from audits.planes.terraform.types import STRING
from audits.planes.terraform.values import EncodedUnknown, Exhausted, SetValue, TerraformValue, derive, unknowns_in

_ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
_LARGEST = 16 * 1024 * 1024


@function("jsonencode", Parameter("val", null=True, unknown=Unknowns.ALLOWED))
def _jsonencode(value: TerraformValue) -> TerraformValue:
    unknown = unknowns_in(value)
    return encoded(value, unknown, not_null=True) if unknown else encode(value)


def encoded(value: TerraformValue, unknown: Sequence[Unknown], *, not_null: bool) -> Unknown:
    """The unknown text of a document with these unknown parts, with what is known of its structure."""
    result = derive(unknown)
    partial, is_open = value, False
    if isinstance(value, EncodedUnknown):
        partial = None
    elif isinstance(value, Unknown):
        partial, is_open = value.partial, value.open
    return EncodedUnknown(
        result.cause,
        result.references,
        result.detail,
        partial,
        open=is_open,
        not_null=not_null,
        sensitive=result.sensitive,
    )


def encode(value: TerraformValue) -> str:
    """A known value as compact JSON, escaped as Go does."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return quote(value)
    if isinstance(value, int | Decimal):
        return format_number(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{quote(key)}:{encode(value[key])}" for key in sorted_keys(value)) + "}"
    elements = value.elements if isinstance(value, SetValue) else value
    return "[" + ",".join(map(encode, elements)) + "]"


def quote(text: str) -> str:
    """A string as JSON, escaped so that it may stand in HTML."""
    quoted = json.dumps(text, ensure_ascii=False)
    for character, escape in _ESCAPES.items():
        if character in quoted:
            quoted = quoted.replace(character, escape)
    return quoted


@function("jsondecode", Parameter("str", STRING, unknown=Unknowns.ALLOWED), not_null=False)
def _jsondecode(text: str | Unknown) -> TerraformValue:
    if isinstance(text, Unknown):
        return replace(derive([text]), partial=text.partial, open=text.open)
    return decode(text)


def decode(text: str) -> TerraformValue:
    """The value of a JSON text. Raises FunctionError if it is none."""
    if len(text) > _LARGEST:
        raise Exhausted("a document that is too large")
    try:
        found = json.loads(
            text,
            parse_int=_number,
            parse_float=_number,
            parse_constant=_refuse,
            object_pairs_hook=_object,
        )
    except ValueError as error:
        raise FunctionError(f"not valid JSON: {error}") from error
    return _typed(found)


def _number(text: str) -> TerraformValue:
    try:
        return parse_number(text)
    except Exhausted as error:
        return unsupported(str(error))


def _refuse(name: str) -> NoReturn:
    raise FunctionError(f"not valid JSON: {name}")


def _object(pairs: list[tuple[str, TerraformValue]]) -> dict[str, TerraformValue]:
    return dict(pairs)


def _typed(value: TerraformValue) -> TerraformValue:
    if isinstance(value, str):
        return nfc(value)
    if isinstance(value, list):
        return tuple(_typed(element) for element in value)
    if isinstance(value, dict):
        return {nfc(key): _typed(element) for key, element in value.items()}
    return value
