"""YAML with the line of every value, YAML 1.2's scalars, and duplicate keys refused.

PyYAML's parser (its C one where present) reads the text; what becomes of it is ours, because PyYAML's own turns ``no``
into False, ``1:30`` into 90 and ``0777`` into 511, and lets the last of two equal keys win.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

import yaml

Place = tuple[str | int, ...]
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_WORDS = {"null": None, "~": None, "": None, "true": True, "false": False}
_MAX_DEPTH = 100
_MAX_DIGITS = 400


class YamlError(ValueError):
    """The text is no YAML as accepted here. ``line`` counts from 1."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True)
class Document:
    """The data, and the line (from 1) of every mapping entry and list element by its path."""

    data: Any
    lines: Mapping[Place, int]

    def line_of(self, place: Place) -> int:
        """The line of the value at ``place``, or of the nearest thing that encloses it."""
        for end in range(len(place), -1, -1):
            if place[:end] in self.lines:
                return self.lines[place[:end]]
        return 1


def load(text: str) -> Document:
    """Read one YAML document.

    Raises:
        YamlError: not YAML, several documents, a duplicate or non-text key, an alias, a tag of its own, too deep, a
            number that cannot be held.
    """
    try:
        # Events, not nodes: PyYAML composes nodes by recursion in C, which a deeply nested text turns into a crash.
        return _Reader(yaml.parse(text, Loader=_LOADER)).document()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        said = [getattr(error, "context", None), getattr(error, "problem", None)]
        problem = ", ".join(str(part) for part in said if part) or str(error)
        raise YamlError(" ".join(problem.split()), mark.line + 1 if mark else 1) from error
    except UnicodeError as error:
        raise YamlError("holds characters that are no text", 1) from error


class _Reader:
    """Builds data from PyYAML's events."""

    def __init__(self, events: Iterator[Any]) -> None:
        self._events = events
        self._lines: dict[Place, int] = {(): 1}

    def document(self) -> Document:
        """The only document there is; None for an empty text."""
        data: Any = None
        seen = False
        for event in self._events:
            if not isinstance(event, yaml.DocumentStartEvent):
                continue
            if seen:
                raise YamlError("only one document is accepted, and here begins another", _line(event))
            first = next(self._events)
            self._lines[()] = _line(first)
            data, seen = self._value(first, ()), True
        return Document(data, self._lines)

    def _value(self, event: Any, place: Place) -> Any:
        if isinstance(event, yaml.AliasEvent):
            raise YamlError(f"aliases (*{event.anchor}) are not accepted; write it out", _line(event))
        if getattr(event, "tag", None) is not None:
            raise YamlError(f"tag {event.tag} is not accepted", _line(event))
        if len(place) > _MAX_DEPTH:
            raise YamlError("nested too deeply", _line(event))
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(place)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(place)
        return _scalar(event)

    def _sequence(self, place: Place) -> list[Any]:
        found: list[Any] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            here = (*place, len(found))
            self._lines[here] = _line(event)
            found.append(self._value(event, here))
        return found

    def _mapping(self, place: Place) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            line = _line(event)
            if not isinstance(event, yaml.ScalarEvent) or event.tag is not None:
                raise YamlError("a key must be plain text", line)
            key: str = event.value
            here = (*place, key)
            if key in found:
                raise YamlError(f"duplicate key {key!r} (first on line {self._lines[here]})", line)
            self._lines[here] = line
            found[key] = self._value(next(self._events), here)
        return found


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


def _scalar(event: Any) -> Any:
    text: str = event.value
    if event.style in ("'", '"', "|", ">"):
        return text
    lowered = text if text in ("True", "False", "TRUE", "FALSE", "Null", "NULL") else ""
    if text in _WORDS or lowered:
        return _WORDS[(lowered or text).lower()]
    if _INTEGER.fullmatch(text):
        # Twelve digits are an account id, which may begin with zero: those with a leading zero stay text.
        if len(text) > _MAX_DIGITS:
            raise YamlError(f"a number of {len(text)} digits; write it in quotes if it is text", _line(event))
        return int(text)
    if not _FLOAT.fullmatch(text):
        return text
    number = float(text)
    if not isfinite(number):
        raise YamlError(f"{text} is too large for a number; write it in quotes if it is text", _line(event))
    return number
