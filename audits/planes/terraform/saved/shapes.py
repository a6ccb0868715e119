"""Typed access to JSON that anybody may have written: every surprise is a SourceError that says where."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from audits.planes.terraform.errors import SourceError

Json = dict[str, Any]

LONGEST_ADDRESS = 10_000

_NAMES = {dict: "an object", list: "a list", str: "a text", int: "a whole number", float: "a number", bool: "a flag"}


class MalformedError(SourceError):
    """The document is not in the form that Terraform writes. The message says where, without quoting values."""

    def __init__(self, where: str, wanted: str, found: Any) -> None:
        name = "null" if found is None else _NAMES.get(type(found), "something else")
        super().__init__(f"not in the form that Terraform writes: {where} is {name}, not {wanted}")


def mapping(holder: Json, name: str, where: str) -> Json:
    """The object under a name; empty where there is none, or null. Raises MalformedError."""
    value = holder.get(name)
    if value is None:
        return {}
    return as_mapping(value, f"{where}.{name}")


def as_mapping(value: Any, where: str) -> Json:
    """The value, which must be an object. Raises MalformedError."""
    if not isinstance(value, dict):
        raise MalformedError(where, "an object", value)
    return value


def mappings(holder: Json, name: str, where: str) -> Iterator[tuple[Json, str]]:
    """The objects in the list under a name, each with its place; none where there is no list. Raises MalformedError."""
    value = holder.get(name)
    if value is None:
        return
    if not isinstance(value, list):
        raise MalformedError(f"{where}.{name}", "a list", value)
    for number, one in enumerate(value):
        place = f"{where}.{name}[{number}]"
        yield as_mapping(one, place), place


def text(holder: Json, name: str, where: str) -> str:
    """The text under a name. Raises MalformedError."""
    value = holder.get(name)
    if not isinstance(value, str):
        raise MalformedError(f"{where}.{name}", "a text", value)
    return value


def address(holder: Json, where: str) -> str:
    """The address of a resource. Raises MalformedError, also for one that is longer than any."""
    value = text(holder, "address", where)
    if len(value) > LONGEST_ADDRESS:
        raise MalformedError(f"{where}.address", f"an address (it has {len(value)} characters)", value)
    return value


def optional_text(holder: Json, name: str, where: str) -> str | None:
    """The text under a name, None where there is none. Raises MalformedError."""
    return None if holder.get(name) is None else text(holder, name, where)
