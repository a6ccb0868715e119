"""Attribute paths of expectations: ``a.b``, ``a[0].b``, ``a[*].b``, ``a[{path_pattern: "/chat/*"}].b``, ``a["k:v"]``.

Walking a path is three-valued: a leaf may be certain, may belong to an element that only perhaps matches, or may be
missing; and there may be more leaves than could be seen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, TypeAlias

from audits.model import Cause, Redacted, Unknown, Value
from audits.yaml_lines import YamlError, load


class PathError(ValueError):
    """A path that is not well formed; the message says where."""


@dataclass(frozen=True, slots=True)
class Key:
    """Step into an attribute or map key."""

    name: str


@dataclass(frozen=True, slots=True)
class Index:
    """Step into one element of a list, by number from 0."""

    number: int


@dataclass(frozen=True, slots=True)
class Every:
    """Step into every element of a list."""


@dataclass(frozen=True, slots=True)
class Where:
    """Step into the elements of a list that match every condition: pairs of path text and matcher data."""

    conditions: tuple[tuple[str, Any], ...]
    text: str


Step: TypeAlias = Key | Index | Every | Where

_NAME = re.compile(r"[A-Za-z_][\w\-]*")
_MAX_INDEX_DIGITS = 9


@lru_cache(maxsize=4096)
def parse(text: str) -> tuple[Step, ...]:
    """The steps of a path.

    Raises:
        PathError: the text is no path.
    """
    steps: list[Step] = []
    position = 0
    while position < len(text):
        if text[position] == "[":
            end = _closing(text, position)
            steps.append(_bracket(text[position + 1 : end], text))
            position = end + 1
            continue
        if steps:
            if text[position] != ".":
                raise PathError(f"expected '.' or '[' at column {position + 1} of {text!r}")
            position += 1
        match = _NAME.match(text, position)
        if not match:
            raise PathError(f"expected an attribute name at column {position + 1} of {text!r}")
        steps.append(Key(match[0]))
        position = match.end()
    if not steps or not isinstance(steps[0], Key):
        raise PathError(f"a path begins with an attribute name: {text!r}")
    return tuple(steps)


def _closing(text: str, start: int) -> int:
    depth, quote, escaped = 0, "", False
    for position in range(start, len(text)):
        character = text[position]
        if escaped:
            escaped = False
        elif quote:
            escaped = quote == '"' and character == "\\"
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        elif character in "[{":
            depth += 1
        elif character in "]}":
            depth -= 1
            if depth == 0:
                return position
    raise PathError(f"'[' at column {start + 1} of {text!r} is not closed")


def _bracket(inner: str, text: str) -> Step:
    inner = inner.strip()
    if inner == "*":
        return Every()
    if inner.isascii() and inner.isdecimal():
        if len(inner) > _MAX_INDEX_DIGITS:
            raise PathError(f"no list has an element [{inner[:_MAX_INDEX_DIGITS]}…]")
        return Index(int(inner))
    try:
        data = load(inner).data
    except YamlError as error:
        raise PathError(f"cannot read [{inner}] in {text!r}: {error}") from error
    if isinstance(data, str) and inner[:1] in "\"'":
        return Key(data)
    if isinstance(data, dict) and data and all(isinstance(name, str) for name in data):
        for name in data:
            parse(name)
        return Where(tuple(data.items()), inner)
    raise PathError(f'[{inner}] in {text!r} is none of [*], [0], ["key"] and [{{attribute: value}}]')


def plain(steps: tuple[Step, ...]) -> str:
    """The path without brackets of lists, as defaults and secrets are declared (``ingress.self``)."""
    return ".".join(step.name for step in steps if isinstance(step, Key))


@dataclass(frozen=True, slots=True)
class Leaf:
    """One value at the end of a path.

    ``path`` is concrete (``origin[1].domain_name``). ``missing`` says why there is none (then ``value`` is None).
    ``maybe`` holds the unknowns because of which it is uncertain that the path leads here at all.
    """

    path: str
    value: Value = None
    missing: str = ""
    maybe: tuple[Unknown, ...] = ()


@dataclass(frozen=True, slots=True)
class Leaves:
    """All leaves of a path. ``more``: unknowns that may hide others; ``empty``: lists that surely have no element."""

    leaves: tuple[Leaf, ...]
    more: tuple[Unknown, ...] = ()
    empty: tuple[str, ...] = ()


Matches: TypeAlias = Callable[[Any, Any], tuple[bool | None, tuple[Unknown, ...]]]
"""``matches(matcher data, value or MISSING)``: three-valued, with the unknowns that leave it open."""


class Missing:
    """The value of a path that leads nowhere, for matchers."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __repr__(self) -> str:
        return self._name


MISSING = Missing("MISSING")
NOT_THERE = Missing("NOT_THERE")
"""As MISSING, and in source as well: nothing but the source itself could have set it."""
_NOT_IN_MAP = "is not in the map"


class KnownMap(dict[str, Value]):
    """A map that is known whole: a key that it lacks is not there, in source as well, where an attribute is unset."""


def wants_absence(matcher: Any) -> bool:
    """Whether a matcher is met by a path that is quantified over a list without elements: by no other one is it."""
    return bool(matcher == {"absent": True})


def walk(attributes: Mapping[str, Value], steps: tuple[Step, ...], matches: Matches) -> Leaves:
    """Every leaf of the path, three-valued. ``matches`` decides the conditions of ``[{…}]``."""
    return _walk(dict(attributes), steps, matches)


def _walk(value: Value, steps: tuple[Step, ...], matches: Matches) -> Leaves:
    state = Leaves((Leaf("", value),))
    for step in steps:
        parts = [_step(leaf, step, matches) for leaf in state.leaves]
        state = Leaves(
            tuple(leaf for part in parts for leaf in part.leaves),
            state.more + tuple(unknown for part in parts for unknown in part.more),
            state.empty + tuple(path for part in parts for path in part.empty),
        )
    return state


def _step(leaf: Leaf, step: Step, matches: Matches) -> Leaves:
    if leaf.missing or isinstance(leaf.value, Redacted):
        return Leaves((leaf,))
    value = leaf.value
    if isinstance(value, Unknown) and value.partial is None:
        return Leaves((replace(leaf, value=_below(value)),))
    if isinstance(step, Key):
        return Leaves((_key(leaf, step),))
    return _elements(leaf, step, matches)


def _below(unknown: Unknown) -> Unknown:
    """What is known of something inside an unknown value: why it is unknown, and nothing else."""
    return replace(unknown, partial=None, parts=(), open=False, length=None, not_null=False)


def _key(leaf: Leaf, step: Key) -> Leaf:
    value = leaf.value.partial if isinstance(leaf.value, Unknown) else leaf.value
    path = f"{leaf.path}.{step.name}" if leaf.path else step.name
    if isinstance(value, dict):
        if step.name in value:
            return replace(leaf, path=path, value=value[step.name])
        if isinstance(leaf.value, Unknown):
            return replace(leaf, path=path, value=_below(leaf.value))
        return replace(
            leaf, path=path, value=None, missing=_NOT_IN_MAP if isinstance(value, KnownMap) else "is not set"
        )
    if isinstance(leaf.value, Unknown):
        return replace(leaf, path=path, value=_below(leaf.value))
    return replace(leaf, path=path, value=None, missing=f"{leaf.path} is {type_name(value)}, not an object")


def _elements(leaf: Leaf, step: Step, matches: Matches) -> Leaves:
    source = leaf.value
    value = source.partial if isinstance(source, Unknown) else source
    if isinstance(source, Unknown) and not isinstance(value, list):
        return Leaves((replace(leaf, value=_below(source)),))
    if not isinstance(value, list):
        missing = "is null" if value is None else f"{leaf.path} is {type_name(value)}, not a list"
        return Leaves((replace(leaf, value=None, missing=missing),))
    more = (source,) if isinstance(source, Unknown) and source.open else ()
    elements = [replace(leaf, path=f"{leaf.path}[{number}]", value=element) for number, element in enumerate(value)]
    if isinstance(step, Index):
        path = f"{leaf.path}[{step.number}]"
        if more:
            # What else the list may hold may stand before what is known of it.
            return Leaves((replace(leaf, path=path, value=_below(more[0])),))
        if step.number < len(elements):
            return Leaves((elements[step.number],))
        return Leaves((replace(leaf, path=path, value=None, missing=f"has only {len(elements)} elements"),))
    if isinstance(step, Where):
        elements = [kept for element in elements if (kept := _where(element, step, matches)) is not None]
    if elements or more:
        return Leaves(tuple(elements), more)
    if leaf.maybe:
        # It is empty, but perhaps the path does not lead here.
        return Leaves((), leaf.maybe)
    return Leaves((), (), (f"{leaf.path}[{step.text}]" if isinstance(step, Where) else leaf.path,))


def _where(element: Leaf, step: Where, matches: Matches) -> Leaf | None:
    doubts: list[Unknown] = list(element.maybe)
    for text, matcher in step.conditions:
        decided, unknowns = condition(element.value, text, matcher, matches)
        if decided is False:
            return None
        if decided is None:
            doubts.extend(unknowns or [Unknown(Cause.UNCERTAIN, detail=f"whether {element.path} is [{step.text}]")])
    return replace(element, maybe=tuple(doubts))


def condition(value: Value, text: str, matcher: Any, matches: Matches) -> tuple[bool | None, tuple[Unknown, ...]]:
    """Whether every leaf of ``text`` below ``value`` matches: three-valued, with the unknowns that leave it open."""
    if isinstance(value, Redacted):
        return None, ()
    base = value.partial if isinstance(value, Unknown) else value
    if not isinstance(base, dict):
        return (None, (value,)) if isinstance(value, Unknown) else (False, ())
    found = _walk(value, parse(text), matches)
    doubts: list[Unknown] = list(found.more)
    undecided = bool(found.more)
    if found.empty and not wants_absence(matcher):
        return False, ()
    if found.leaves and all(leaf.maybe for leaf in found.leaves):
        undecided = True
        doubts.extend(unknown for leaf in found.leaves for unknown in leaf.maybe)
    for leaf in found.leaves:
        nowhere = NOT_THERE if leaf.missing == _NOT_IN_MAP else MISSING
        decided, unknowns = matches(matcher, nowhere if leaf.missing else leaf.value)
        if decided is False and not leaf.maybe:
            return False, ()
        if decided is not True:
            undecided = True
            doubts.extend(unknowns + leaf.maybe)
    return (None if undecided else True), tuple(doubts)


def type_name(value: Value) -> str:
    """What people call the value's type."""
    names = {bool: "a boolean", int: "a number", float: "a number", str: "a string", list: "a list", dict: "an object"}
    if value is None:
        return "null"
    if isinstance(value, Unknown):
        return "unknown"
    if isinstance(value, Redacted):
        return "redacted"
    return names.get(type(value), type(value).__name__)
