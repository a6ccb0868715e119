"""Writing YAML as Terraform does: block style, every string quoted or literal."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from audits.planes.terraform.functions.mappings import sorted_keys
from audits.planes.terraform.numbers import format_number
from audits.planes.terraform.values import SetValue, TerraformValue

_ESCAPES = {
    "\0": "\\0", "\a": "\\a", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\v": "\\v", "\f": "\\f", "\r": "\\r",
    "\x1b": "\\e", '"': '\\"', "\\": "\\\\", "\x85": "\\N", "\u2028": "\\L", "\u2029": "\\P",
}  # fmt: skip
_BREAKS = "\n\r\x85\u2028\u2029"
_WIDTH = 80
_LONGEST_KEY = 128


def write(value: TerraformValue) -> str:
    """A known value as a YAML document."""
    text = "".join(_node(value, 0, 0))
    plain = (
        not isinstance(value, str) and not _is_nested(value) and not isinstance(value, dict | tuple | list | SetValue)
    )
    return f"{text}...\n" if plain else text


def _is_nested(value: TerraformValue) -> bool:
    elements = value.elements if isinstance(value, SetValue) else value
    return isinstance(elements, dict | tuple | list) and bool(elements)


def _node(value: TerraformValue, indent: int, column: int) -> Iterator[str]:
    """The text of a value up to its last line's end; the first line begins at ``column``, behind ``- `` or ``: ``."""
    if isinstance(value, SetValue):
        value = value.elements
    if isinstance(value, dict) and value:
        yield from _mapping(value, indent)
    elif isinstance(value, tuple | list) and value:
        yield from _sequence(value, indent)
    else:
        yield _scalar(value, indent + 2, column) + "\n"


def _mapping(value: dict[str, TerraformValue], indent: int) -> Iterator[str]:
    lead = ""
    for key in sorted_keys(value):
        yield lead
        lead = " " * indent
        if len(key.encode()) > _LONGEST_KEY or any(character in _BREAKS for character in key):
            yield f"? {_scalar(key, indent + 2, indent + 2)}\n{lead}: "
            yield from _node(value[key], indent + 2 if _is_nested(value[key]) else indent, indent + 2)
        else:
            quoted = _quote(key)
            yield f"{quoted}:"
            yield from _value(value[key], indent, indent + len(quoted) + 2)


def _value(value: TerraformValue, indent: int, column: int) -> Iterator[str]:
    """What follows a key on its line, or on the next ones: a sequence is not indented there."""
    if not _is_nested(value):
        yield " "
        yield from _node(value, indent, column)
        return
    inner = indent + 2 if isinstance(value, dict) else indent
    yield "\n" + " " * inner
    yield from _node(value, inner, inner)


def _sequence(value: tuple[TerraformValue, ...] | list[TerraformValue], indent: int) -> Iterator[str]:
    lead = ""
    for element in value:
        yield lead + "- "
        lead = " " * indent
        yield from _node(element, indent + 2 if _is_nested(element) else indent, indent + 2)


def _scalar(value: TerraformValue, indent: int, column: int) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Decimal):
        return format_number(value)
    if isinstance(value, str):
        return _literal(value, indent) if _may_be_literal(value) else _quote(value, indent, column)
    return "{}" if isinstance(value, dict) else "[]"


def _may_be_literal(text: str) -> bool:
    if "\n" not in text or text.endswith(" ") or not all(map(_printable, text)):
        return False
    return not any(f" {character}" in text for character in _BREAKS)


def _literal(text: str, indent: int) -> str:
    """The text as it is, each line indented; the line end of the last one is left to the caller."""
    result = ["|", "2" if text[0] in " " + _BREAKS else "", _chomping(text), "\n"]
    fresh = True
    for character in text:
        if character not in _BREAKS and fresh:
            result.append(" " * indent)
        fresh = character in _BREAKS
        result.append(character)
    return "".join(result).removesuffix("\n") if text.endswith("\n") else "".join(result)


def _chomping(text: str) -> str:
    if text[-1] not in _BREAKS:
        return "-"
    return "+" if len(text) == 1 or text[-2] in _BREAKS else ""


def _printable(character: str) -> bool:
    code = ord(character)
    if code < 0xA0:
        return character == "\n" or 0x20 <= code <= 0x7E
    return (code <= 0xD7FF or 0xE000 <= code <= 0xFFFD) and code != 0xFEFF


def _quote(text: str, indent: int = 0, column: int | None = None) -> str:
    """The text in double quotes, broken at a space behind the 80th column if a column is given."""
    result = ['"']
    at = None if column is None else column + 1
    previous = ""
    for index, character in enumerate(text):
        breaks = character == " " and previous != " " and at is not None and at > _WIDTH
        if breaks and 0 < index < len(text) - 1:
            piece = "\\" if text[index + 1] == " " else ""
            result.append("\n" + " " * indent + piece)
            at = indent + len(piece)
        else:
            piece = _escape(character)
            result.append(piece)
            at = None if at is None else at + len(piece)
        previous = character
    return "".join((*result, '"'))


def _escape(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if _printable(character):
        return character
    code = ord(character)
    if code > 0xFFFF:
        return f"\\U{code:08X}"
    return f"\\x{code:02X}" if code <= 0xFF else f"\\u{code:04X}"
