"""How cases write Terraform values in JSON, and what becomes of them: values of the evaluator, and HCL text.

``null``, booleans, strings and integers stand for themselves, an array for a tuple. Everything else is an object with
one key: ``{"number": "1.5"}``, ``{"object": {…}}``, ``{"list": […]}``, ``{"set": […]}``, ``{"map": {…}}``,
``{"sensitive": …}``, ``{"local": "name"}`` for a local of ``fixture/main.tf`` (``unknown`` is one that no plan knows,
``key`` a private key).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from audits.model import Cause, Reference, Unknown
from audits.planes.terraform.numbers import parse_number
from audits.planes.terraform.types import Collection, ObjectType, Primitive, TupleType, Type
from audits.planes.terraform.values import Map, Sensitive, SetValue, TerraformValue, make_set
from tests.planes.terraform.functions.key import private_key

UNKNOWN = Unknown(Cause.COMPUTED, (Reference("terraform_data.unknown", "id"),))
LOCALS: Mapping[str, TerraformValue] = {
    "unknown": UNKNOWN,
    "key": private_key(),
    "template": "<${a}>",
    "broken": "${nothing",
    "plain": "no variables",
}


def value(written: Any) -> TerraformValue:
    """The value that is written."""
    if isinstance(written, list):
        return tuple(map(value, written))
    if not isinstance(written, dict):
        return written
    ((tag, inner),) = written.items()
    match tag:
        case "number":
            return parse_number(inner)
        case "object":
            return {key: value(element) for key, element in inner.items()}
        case "map":
            return Map((key, value(element)) for key, element in inner.items())
        case "list":
            return list(map(value, inner))
        case "set":
            return make_set(map(value, inner))
        case "sensitive":
            return Sensitive(value(inner))
        case "local":
            return LOCALS[inner]
    raise ValueError(f"there is no tag {tag}")


def hcl(written: Any) -> str:
    """The expression that is written."""
    if isinstance(written, list):
        return f"[{', '.join(map(hcl, written))}]"
    if isinstance(written, str):
        return quote(written)
    if not isinstance(written, dict):
        return json.dumps(written)
    ((tag, inner),) = written.items()
    match tag:
        case "number":
            return str(inner)
        case "object":
            return "{" + ", ".join(f"({quote(key)}) = {hcl(element)}" for key, element in inner.items()) + "}"
        case "map":
            return f"tomap({hcl({'object': inner})})"
        case "list" | "set":
            return f"to{tag}({hcl(inner)})"
        case "sensitive":
            return f"sensitive({hcl(inner)})"
        case "local":
            return f"local.{inner}"
    raise ValueError(f"there is no tag {tag}")


def quote(text: str) -> str:
    """The text as a quoted template without interpolations, all but printable ASCII escaped."""
    escaped = "".join(map(_escape, text))
    return '"' + escaped.replace("${", "$${").replace("%{", "%%{") + '"'


def _escape(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    if " " <= character <= "~":
        return character
    return f"\\u{ord(character):04x}" if ord(character) <= 0xFFFF else f"\\U{ord(character):08x}"


def call_text(function: str, args: list[Any]) -> str:
    """The call as an expression."""
    return f"{function}({', '.join(map(hcl, args))})"


def type_text(type_: Type) -> str:
    """The type as ``type()`` writes it in ``terraform console``, without white space."""
    match type_:
        case Primitive(name):
            return "dynamic" if name == "any" else name
        case Collection(kind, element):
            return f"{kind}({type_text(element)})"
        case TupleType(elements):
            return f"tuple([{','.join(map(type_text, elements))}])"
        case ObjectType(attributes):
            inner = ",".join(f"{name}:{type_text(attributes[name])}" for name in sorted(attributes))
            return f"object({{{inner}}})"


def holds_set(found: TerraformValue) -> bool:
    """Whether there is a set in it."""
    if isinstance(found, SetValue):
        return True
    if isinstance(found, dict):
        return any(map(holds_set, found.values()))
    return isinstance(found, tuple | list) and any(map(holds_set, found))
