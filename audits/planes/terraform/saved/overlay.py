"""A value of a plan or state with its marks laid over it: Unknown where it is not known yet, Redacted where secret."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from audits.model import Redacted, Unknown, Value
from audits.planes.terraform.errors import SourceError

Path: TypeAlias = tuple[str | int, ...]
Unknowns: TypeAlias = Callable[[Path], Unknown]
"""What an unknown value at a path of a resource is."""

DEEPEST_VALUE = 80
"""How deep a value may nest; the deepest blocks of the AWS provider take half of it."""


def path_text(path: Path) -> str:
    """A path as the model writes it (``rules[0].y``, ``tags["a.b"]`` as ``tags.a.b``)."""
    found = ""
    for step in path:
        if isinstance(step, int):
            found += f"[{step}]"
        else:
            found += f".{step}" if found else step
    return found


def overlay(value: Any, unknown: Any, sensitive: Any, unknown_at: Unknowns, path: Path = ()) -> Value:
    """The value with ``unknown`` and ``sensitive`` (Terraform's marks: true, or the structure of the value) over it.

    Raises:
        SourceError: it nests deeper than any real value.
    """
    if len(path) > DEEPEST_VALUE:
        raise SourceError(f"a value nests more than {DEEPEST_VALUE} levels deep")
    if sensitive is True:
        return Redacted()
    if unknown is True:
        return unknown_at(path)
    if isinstance(value, dict) or (isinstance(unknown, dict) and value is None):
        return _object(value or {}, unknown, sensitive, unknown_at, path)
    if isinstance(value, list) or (isinstance(unknown, list) and value is None):
        return _list(value or [], unknown, sensitive, unknown_at, path)
    return value


def attributes(values: dict[str, Any], unknown: Any, sensitive: Any, unknown_at: Unknowns) -> dict[str, Value]:
    """The attributes of a resource, of which the whole may be marked, with their marks laid over them.

    Raises:
        SourceError: as :func:`overlay`.
    """
    everything = dict.fromkeys(values, True)
    marks, hidden = (everything if whole is True else whole for whole in (unknown, sensitive))
    return _object(values, marks, hidden, unknown_at, ())


def _object(value: dict[str, Any], unknown: Any, sensitive: Any, unknown_at: Unknowns, path: Path) -> dict[str, Value]:
    marks = unknown if isinstance(unknown, dict) else {}
    hidden = sensitive if isinstance(sensitive, dict) else {}
    return {
        name: overlay(value.get(name), marks.get(name), hidden.get(name), unknown_at, (*path, name))
        for name in dict.fromkeys([*value, *marks])
        # A mark of false says only that the attribute, which is null, is known.
        if name in value or _marked(marks[name])
    }


def _list(value: list[Any], unknown: Any, sensitive: Any, unknown_at: Unknowns, path: Path) -> list[Value]:
    marks = unknown if isinstance(unknown, list) else []
    hidden = sensitive if isinstance(sensitive, list) else []
    # An element that is wholly unknown may be left out of the values at the end.
    length = max(len(value), max((at + 1 for at, mark in enumerate(marks) if _marked(mark)), default=0))
    return [overlay(_at(value, at), _at(marks, at), _at(hidden, at), unknown_at, (*path, at)) for at in range(length)]


def _at(listed: list[Any], index: int) -> Any:
    return listed[index] if index < len(listed) else None


def _marked(mark: Any) -> bool:
    """Whether anything is unknown in it."""
    if isinstance(mark, dict):
        return any(_marked(inner) for inner in mark.values())
    if isinstance(mark, list):
        return any(_marked(inner) for inner in mark)
    return mark is True
