"""Selectors ``{kind, select}``: the one schema that every relation declares of them, and which kinds they need."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from audits.paths import Where, parse

CHOICE: Mapping[str, Any] = {"kind": {"$ref": "#/$defs/kind"}, "select": {"type": "object"}}
"""The properties of a selector, for what has others beside them."""
SELECTOR: Mapping[str, Any] = {
    "type": "object",
    "properties": CHOICE,
    "required": ["kind"],
    "additionalProperties": False,
}
"""The JSON Schema of a selector; what may stand in ``select`` is the kind's (:func:`._schema_check.check_selector`)."""


def chosen_kinds(data: Mapping[str, Any]) -> set[str]:
    """The kind that ``{kind, select}`` chooses from, and those that its conditions lead to."""
    return {data["kind"]} | selector_kinds(data.get("select", {}))


def selector_kinds(selector: Mapping[str, Any]) -> set[str]:
    """The kinds that a selector's conditions lead to (``referred_by``, ``refers_to`` inside matchers)."""
    found: set[str] = set()
    for clause, matcher in selector.items():
        if clause == "referred_by" and isinstance(matcher, dict):
            found |= chosen_kinds(matcher) | path_kinds(matcher["path"])
        else:
            found |= matcher_kinds(matcher) | path_kinds(clause)
    return found


def path_kinds(text: str) -> set[str]:
    """The kinds that the conditions inside a path lead to."""
    found: set[str] = set()
    for step in parse(text):
        if isinstance(step, Where):
            for name, matcher in step.conditions:
                found |= path_kinds(name) | matcher_kinds(matcher)
    return found


def matcher_kinds(matcher: Any) -> set[str]:
    """The kinds that a matcher's references lead to, at any depth."""
    found: set[str] = set()
    if isinstance(matcher, dict):
        for keyword, argument in matcher.items():
            if keyword == "refers_to" and isinstance(argument, dict):
                found |= chosen_kinds(argument)
            else:
                found |= matcher_kinds(argument)
    elif isinstance(matcher, list):
        for element in matcher:
            found |= matcher_kinds(element)
    return found
