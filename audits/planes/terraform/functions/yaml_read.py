"""Reading YAML as Terraform does: one document, its scalars typed by rules of their own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from audits.model import Unknown
from audits.planes.terraform.functions.registry import FunctionError
from audits.planes.terraform.functions.yaml_scalars import resolve, tagged
from audits.planes.terraform.texts import nfc
from audits.planes.terraform.types import to_string
from audits.planes.terraform.values import Exhausted, TerraformValue

_LARGEST = 16 * 1024 * 1024
_MOST_VALUES = 1_000_000
_DEEPEST = 200
_TAG = "tag:yaml.org,2002:"


def read(text: str) -> TerraformValue:
    """The value of a YAML document. Raises FunctionError if it is none."""
    if len(text) > _LARGEST:
        raise Exhausted("a document that is too large")
    return _Reader(_events(text)).document()


def _events(text: str) -> Iterator[Any]:
    import yaml

    try:
        yield from yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (yaml.YAMLError, RecursionError) as error:
        raise FunctionError(f"not valid YAML: {' '.join(str(error).split())}") from error


class _Reader:
    """Turns a parser's events into a value. ``_count`` keeps aliases from multiplying it without end."""

    def __init__(self, events: Iterator[Any]) -> None:
        self._events = events
        self._anchors: dict[str, tuple[TerraformValue, int]] = {}
        self._count = 0

    def document(self) -> TerraformValue:
        """The value of the one document."""
        next(self._events)
        if _name(next(self._events)) != "DocumentStart":
            raise FunctionError("the document is empty")
        value = self._value(next(self._events), 0)
        next(self._events)
        if _name(next(self._events)) != "StreamEnd":
            raise FunctionError("there is more than one document")
        return value

    def _value(self, event: Any, depth: int) -> TerraformValue:
        if depth > _DEEPEST:
            raise FunctionError("the document is nested too deeply")
        name = _name(event)
        if name == "Alias":
            return self._alias(event.anchor)
        before = self._count
        self._add(1)
        if event.anchor:
            self._anchors.pop(event.anchor, None)
        value = self._read(name, event, depth)
        if event.anchor:
            self._anchors[event.anchor] = (value, self._count - before)
        return value

    def _read(self, name: str, event: Any, depth: int) -> TerraformValue:
        if name == "Scalar":
            return _scalar(event)
        kind = "map" if name == "MappingStart" else "seq"
        if event.tag not in (None, _TAG + kind):
            raise FunctionError(f'the tag "{event.tag}" is not supported here')
        return self._mapping(depth) if kind == "map" else tuple(self._sequence(depth))

    def _alias(self, anchor: str) -> TerraformValue:
        if anchor not in self._anchors:
            raise FunctionError(f'there is no complete anchor "{anchor}" yet')
        value, size = self._anchors[anchor]
        self._add(size)
        return value

    def _add(self, count: int) -> None:
        self._count += count
        if self._count > _MOST_VALUES:
            raise Exhausted("a document that is too large")

    def _sequence(self, depth: int) -> Iterator[TerraformValue]:
        while _name(event := next(self._events)) != "SequenceEnd":
            yield self._value(event, depth + 1)

    def _mapping(self, depth: int) -> dict[str, TerraformValue]:
        result: dict[str, TerraformValue] = {}
        while _name(event := next(self._events)) != "MappingEnd":
            key = self._value(event, depth + 1)
            value = self._value(next(self._events), depth + 1)
            if key == "<<":
                if not isinstance(value, dict):
                    raise FunctionError("only mappings can be merged")
                result |= value
            else:
                result[_key(key)] = value
        return result


def _name(event: Any) -> str:
    return type(event).__name__.removesuffix("Event")


def _key(key: TerraformValue) -> str:
    if key is None or isinstance(key, tuple | dict | Unknown):
        raise FunctionError("a key must be a string, number or bool")
    return to_string(key)


def _scalar(event: Any) -> TerraformValue:
    """The value of a scalar: a string if it is quoted, else by its tag or its look."""
    text: str = event.value
    if event.tag is None:
        return nfc(text) if event.style else resolve(text)
    if not event.tag.startswith(_TAG):
        raise FunctionError(f'the tag "{event.tag}" is not supported')
    return tagged(text, event.tag.removeprefix(_TAG), quoted=bool(event.style))
