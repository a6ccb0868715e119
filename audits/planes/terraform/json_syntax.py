"""``.tf.json`` and ``.tfvars.json``: JSON with places, and the same configuration as nodes.

A text in JSON configuration is a template. Without a schema, an object inside of a resource may be a block or a
value; blocks that Terraform itself knows (``lifecycle``, ``dynamic``, …) are read as such, the others as values.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Any

from audits.planes.terraform import nodes
from audits.planes.terraform.configuration import LABELS
from audits.planes.terraform.nodes import Attribute, Block, Body, Expression, SourceSyntaxError
from audits.planes.terraform.numbers import parse_number
from audits.planes.terraform.scanner import DEEPEST, line_and_column
from audits.planes.terraform.texts import nfc
from audits.planes.terraform.values import Exhausted, TerraformError

_SPACE = re.compile(r"[ \t\r\n]*")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
_WORDS = {"true": True, "false": False, "null": None}
_BLOCKS = frozenset(
    ("lifecycle", "dynamic", "provisioner", "connection", "validation", "precondition", "postcondition", "content")
)
_STATIC = frozenset(
    (
        "source",
        "version",
        "type",
        "providers",
        "provider",
        "depends_on",
        "ignore_changes",
        "replace_triggered_by",
        "sensitive",
        "nullable",
        "alias",
        "iterator",
    )
)


@dataclass(frozen=True, slots=True)
class Json:
    """A JSON value and where it starts. An object is a list of (key, value) pairs, for duplicates may count."""

    position: int
    value: Any
    kind: str


class JsonReader:
    """Reads JSON, and remembers where everything was."""

    def __init__(self, text: str) -> None:
        self.text = text.removeprefix("\ufeff")

    def error(self, message: str, position: int) -> SourceSyntaxError:
        """The error to raise for what is at ``position``."""
        return SourceSyntaxError(message, *line_and_column(self.text, position))

    def read(self) -> Json:
        """The whole text. Raises SourceSyntaxError."""
        value, end = self._value(self._skip(0), 0)
        end = self._skip(end)
        if end < len(self.text):
            raise self.error("unexpected text after the JSON value", end)
        return value

    def _skip(self, position: int) -> int:
        match = _SPACE.match(self.text, position)
        return match.end() if match else position

    def _value(self, position: int, depth: int) -> tuple[Json, int]:
        letter = self.text[position : position + 1]
        if depth > DEEPEST:
            raise self.error(f"nested more than {DEEPEST} deep", position)
        if letter == '"':
            text, end = self._string(position)
            return Json(position, text, "text"), end
        if letter in ("{", "["):
            return self._container(position, depth, letter)
        number = _NUMBER.match(self.text, position)
        if number:
            return Json(position, self._number(number), "plain"), number.end()
        for word, value in _WORDS.items():
            if self.text.startswith(word, position):
                return Json(position, value, "plain"), position + len(word)
        raise self.error("a JSON value is expected", position)

    def _number(self, match: re.Match[str]) -> int | Decimal:
        try:
            return parse_number(match.group())
        except (TerraformError, Exhausted) as error:
            raise self.error(str(error), match.start()) from error

    def _string(self, position: int) -> tuple[str, int]:
        try:
            text, end = scanstring(self.text, position + 1, True)
        except ValueError as error:
            raise self.error("invalid JSON text", position) from error
        return nfc(text), end

    def _container(self, position: int, depth: int, letter: str) -> tuple[Json, int]:
        closing, items = ("}" if letter == "{" else "]"), []
        start, position = position, self._skip(position + 1)
        if self.text[position : position + 1] == closing:
            return Json(start, [], "object" if letter == "{" else "list"), position + 1
        while True:
            key = ""
            if letter == "{":
                if self.text[position : position + 1] != '"':
                    raise self.error("a key in quotes is expected", position)
                at = position
                key, position = self._string(position)
                position = self._skip(position)
                if self.text[position : position + 1] != ":":
                    raise self.error("':' is expected", position)
                value, position = self._value(self._skip(position + 1), depth + 1)
                items.append((key, at, value))
            else:
                value, position = self._value(position, depth + 1)
                items.append(value)  # type: ignore[arg-type]
            position = self._skip(position)
            following = self.text[position : position + 1]
            if following == closing:
                return Json(start, items, "object" if letter == "{" else "list"), position + 1
            if following != ",":
                raise self.error(f"',' or {closing!r} is expected", position)
            position = self._skip(position + 1)


Template = Callable[[str], Expression]


class _Configuration:
    def __init__(self, text: str, file: str, templates: bool) -> None:
        self.reader = JsonReader(text)
        self.file = file
        self.templates = templates
        # A file written by a program may be one line of megabytes: no value looks for its line's beginning itself.
        self.starts = [0, *(match.end() for match in re.finditer("\n", self.reader.text))]

    def place(self, position: int) -> tuple[int, int]:
        line = bisect_right(self.starts, position)
        return line, position - self.starts[line - 1] + 1

    def pairs(self, value: Json) -> Iterator[tuple[str, int, Json]]:
        """The members of an object, or of every object in a list of them; comments (``//``) left out."""
        if value.kind == "list":
            for element in value.value:
                yield from self.pairs(element)
        elif value.kind == "object":
            yield from (pair for pair in value.value if pair[0] != "//")
        else:
            raise self.reader.error("an object is expected", value.position)

    def root(self) -> Body:
        blocks: list[Block] = []
        for name, position, value in self.pairs(self.reader.read()):
            blocks.extend(self.labelled(name, position, value, LABELS.get(name, 0), ()))
        return Body({}, tuple(blocks))

    def labelled(self, type_: str, at: int, value: Json, depth: int, labels: tuple[str, ...]) -> Iterator[Block]:
        if depth:
            for label, position, inner in self.pairs(value):
                yield from self.labelled(type_, position, inner, depth - 1, (*labels, label))
        elif value.kind == "list":
            for element in value.value:
                yield from self.labelled(type_, element.position, element, 0, labels)
        else:
            yield Block(self.file, *self.place(at), type_, labels, self.body(value, type_))

    def body(self, value: Json, type_: str) -> Body:
        attributes: dict[str, Attribute] = {}
        blocks: list[Block] = []
        for name, position, inner in self.pairs(value):
            if name in _BLOCKS and type_ != "locals" and inner.kind in ("object", "list"):
                depth = 1 if name in ("dynamic", "provisioner") else 0
                blocks.extend(self.labelled(name, position, inner, depth, ()))
                continue
            if type_ == "provider" and name == "default_tags":
                blocks.extend(self.labelled(name, position, inner, 0, ()))
                continue
            expression = self.static(inner) if name in _STATIC else self.expression(inner)
            attributes[name] = Attribute(self.file, *self.place(position), name, expression)
        return Body(attributes, tuple(blocks))

    def expression(self, value: Json) -> Expression:
        place = self.place(value.position)
        if value.kind == "list":
            return nodes.Tuple(*place, tuple(self.expression(element) for element in value.value))
        if value.kind == "object":
            return nodes.Object(
                *place,
                tuple((self.text(key, position), self.expression(inner)) for key, position, inner in value.value),
            )
        if value.kind == "text":
            return self.text(value.value, value.position)
        return nodes.Literal(*place, value.value)

    def text(self, text: str, position: int) -> Expression:
        place = self.place(position)
        if not self.templates or ("${" not in text and "%{" not in text):
            return nodes.Literal(*place, text)
        from audits.planes.terraform.syntax import parse_template

        try:
            return parse_template(text, self.file)
        except SourceSyntaxError as error:
            raise SourceSyntaxError(error.message, *place) from error

    def static(self, value: Json) -> Expression:
        """What Terraform reads as a keyword, reference or type, written as a text."""
        if value.kind != "text":
            if value.kind == "list":
                return nodes.Tuple(*self.place(value.position), tuple(self.static(one) for one in value.value))
            return self.expression(value)
        place = self.place(value.position)
        if re.fullmatch(r"\w+\(.*\)", value.value, re.DOTALL):
            from audits.planes.terraform.syntax import parse_expression

            try:
                return parse_expression(value.value, self.file)
            except SourceSyntaxError as error:
                raise SourceSyntaxError(error.message, *place) from error
        return nodes.Literal(*place, value.value)


def parse_json(text: str, file: str) -> Body:
    """The body of a ``.tf.json`` file. Raises SourceSyntaxError."""
    return _guarded(lambda: _Configuration(text, file, templates=True).root())


def parse_values(text: str, file: str) -> Body:
    """The body of a ``.tfvars.json`` file: values as they are. Raises SourceSyntaxError."""

    def read() -> Body:
        configuration = _Configuration(text, file, templates=False)
        attributes = {}
        for name, position, value in configuration.pairs(configuration.reader.read()):
            place = configuration.place(position)
            attributes[name] = Attribute(file, *place, name, configuration.expression(value))
        return Body(attributes, ())

    return _guarded(read)


def _guarded(read: Callable[[], Body]) -> Body:
    try:
        return read()
    except RecursionError as error:
        raise SourceSyntaxError("nested too deeply", 1, 1) from error
