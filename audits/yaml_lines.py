"""YAML with the line of every value, YAML 1.2's scalars, and duplicate keys refused.

PyYAML's parser (its C one where present) reads the nodes; the walk over them is ours, because PyYAML's own turns ``no``
into False, ``1:30`` into 90 and ``0777`` into 511, and lets the last of two equal keys win.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

Place = tuple[str | int, ...]
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_WORDS = {"null": None, "~": None, "": None, "true": True, "false": False}
_MAX_DEPTH = 100


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
        YamlError: not YAML, several documents, a duplicate or non-text key, an alias, a tag of its own, too deep.
    """
    try:
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise YamlError(str(problem), mark.line + 1 if mark else 1) from error
    except RecursionError as error:
        raise YamlError("nested too deeply", 1) from error
    lines: dict[Place, int] = {(): node.start_mark.line + 1 if node else 1}
    return Document(_value(node, (), lines) if node else None, lines)


def _value(node: yaml.Node, place: Place, lines: dict[Place, int]) -> Any:
    if len(place) > _MAX_DEPTH:
        raise YamlError("nested too deeply", node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, place, lines)
    if isinstance(node, yaml.SequenceNode):
        found = []
        for number, element in enumerate(node.value):
            lines[(*place, number)] = element.start_mark.line + 1
            found.append(_value(element, (*place, number), lines))
        return found
    return _scalar(node)


def _mapping(node: yaml.MappingNode, place: Place, lines: dict[Place, int]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            raise YamlError("a key must be plain text", line)
        key = key_node.value
        if key in found:
            raise YamlError(f"duplicate key {key!r} (first on line {lines[(*place, key)]})", line)
        lines[(*place, key)] = line
        found[key] = _value(value_node, (*place, key), lines)
    return found


def _scalar(node: Any) -> Any:
    if node.tag.startswith("!") or not node.tag.startswith("tag:yaml.org,2002:"):
        raise YamlError(f"tag {node.tag} is not accepted", node.start_mark.line + 1)
    text: str = node.value
    if node.style is not None:
        return text
    lowered = text if text in ("True", "False", "TRUE", "FALSE", "Null", "NULL") else ""
    if text in _WORDS or lowered:
        return _WORDS[(lowered or text).lower()]
    if _INTEGER.fullmatch(text):
        # Twelve digits are an account id, which may begin with zero: those with a leading zero stay text.
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) and not re.fullmatch(r"0[0-9]+", text) else text
