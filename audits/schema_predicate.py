"""A quick yes for data (a run, a spec) that fits its JSON Schema.

jsonschema gives the better messages, takes 13 s for 20,000 verdicts on two planes, and its import alone takes as long
as judging a small tree. So a schema is also compiled into plain predicates; only data that these refuse is given to
jsonschema, which then says what is wrong. A keyword that is not known here stops the compilation, so a schema that
grows cannot be half checked without notice.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeAlias

Predicate: TypeAlias = Callable[[Any], bool]

_IGNORED = frozenset({"$schema", "$id", "$defs", "title", "description"})
_TYPES: dict[str, Predicate] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: _number(value) and value == value // 1,
    "number": lambda value: _number(value),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
}
_LEAST: dict[str, type[str] | type[list[Any]] | type[dict[str, Any]]] = {
    "minLength": str,
    "minItems": list,
    "minProperties": dict,
}


def compile_schema(schema: dict[str, Any]) -> Predicate:
    """A predicate that says what the schema (2020-12) says.

    Raises:
        ValueError: it uses a keyword, or a keyword in a way, that is not known here.
    """
    definitions: dict[str, Predicate] = {}
    for name, part in schema.get("$defs", {}).items():
        definitions[f"#/$defs/{name}"] = _compile(part, definitions)
    return _compile(schema, definitions)


def _compile(schema: dict[str, Any], definitions: dict[str, Predicate]) -> Predicate:
    tests = [_keyword(name, schema, definitions) for name in schema if name not in _IGNORED | {"then", "else"}]
    wanted = [test for test in tests if test is not None]
    if len(wanted) == 1:
        return wanted[0]
    return lambda value: all(test(value) for test in wanted)


def _keyword(name: str, schema: dict[str, Any], definitions: dict[str, Predicate]) -> Predicate | None:
    said = schema[name]
    if name in ("properties", "additionalProperties"):
        # One predicate checks both; where both are there it stands in for "properties".
        return _members(schema, definitions) if name == "properties" or "properties" not in schema else None
    if name == "$ref":
        return _later(said, definitions)
    if name == "if":
        when, then, other = (_compile(schema.get(part, {}), definitions) for part in ("if", "then", "else"))
        return lambda value: then(value) if when(value) else other(value)
    if name == "items":
        item = _compile(said, definitions)
        return lambda value: not isinstance(value, list) or all(map(item, value))
    if name == "propertyNames":
        key = _compile(said, definitions)
        return lambda value: not isinstance(value, dict) or all(map(key, value))
    if name == "dependentSchemas":
        dependents = [(key, _compile(part, definitions)) for key, part in said.items()]
        return lambda value: not isinstance(value, dict) or all(test(value) for key, test in dependents if key in value)
    if name == "not":
        refused = _compile(said, definitions)
        return lambda value: not refused(value)
    if name in ("allOf", "anyOf", "oneOf"):
        parts = [_compile(part, definitions) for part in said]
        if name == "allOf":
            return lambda value: all(test(value) for test in parts)
        if name == "anyOf":
            return lambda value: any(test(value) for test in parts)
        return lambda value: sum(test(value) for test in parts) == 1
    return _plain(name, said)


def _later(name: str, definitions: dict[str, Predicate]) -> Predicate:
    """A definition looked up when it is used: it may be compiled after what refers to it."""

    def referred(value: Any) -> bool:
        return definitions[name](value)

    return referred


def _plain(name: str, said: Any) -> Predicate:
    """Keywords that hold no further schema."""
    if name == "type":
        types = [_TYPES[item] for item in ([said] if isinstance(said, str) else said)]
        return types[0] if len(types) == 1 else lambda value: any(test(value) for test in types)
    if name == "required":
        names = frozenset(said)
        return lambda value: not isinstance(value, dict) or names <= value.keys()
    if name in ("enum", "const"):
        allowed = frozenset(said if name == "enum" else [said])
        if not all(item is None or isinstance(item, str) for item in allowed):
            raise ValueError(f"{name} holds more than strings and null")
        return lambda value: (value is None or isinstance(value, str)) and value in allowed
    if name == "minimum":
        return lambda value: not _number(value) or value >= said
    if name in _LEAST:
        type_ = _LEAST[name]
        return lambda value: not isinstance(value, type_) or len(value) >= said
    if name == "pattern":
        search = re.compile(said).search
        return lambda value: not isinstance(value, str) or search(value) is not None
    if name == "uniqueItems":
        return _unique if said else lambda value: True
    raise ValueError(f"the schema uses a keyword that is not known here: {name}")


def _unique(value: Any) -> bool:
    return not isinstance(value, list) or len(set(map(_hashable, value))) == len(value)


def _hashable(value: Any) -> Any:
    """What is equal exactly if the values are the same in JSON: 1 and 1.0 are, 1 and true are not."""
    if isinstance(value, dict):
        return "object", frozenset((key, _hashable(element)) for key, element in value.items())
    if isinstance(value, list):
        return "array", tuple(map(_hashable, value))
    return isinstance(value, bool), value


def _members(schema: dict[str, Any], definitions: dict[str, Predicate]) -> Predicate:
    named = {name: _compile(part, definitions) for name, part in schema.get("properties", {}).items()}
    rest = schema.get("additionalProperties", True)
    other: Predicate = (lambda _: bool(rest)) if isinstance(rest, bool) else _compile(rest, definitions)

    def members(value: Any) -> bool:
        return not isinstance(value, dict) or all(named.get(key, other)(item) for key, item in value.items())

    return members


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
