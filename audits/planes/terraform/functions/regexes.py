"""Regular expressions with RE2's semantics: regex, regexall, replace."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from audits.model import Unknown
from audits.planes.terraform.functions.pieces import as_pieces, from_pieces
from audits.planes.terraform.functions.registry import FunctionError, Parameter, Unknowns, function
from audits.planes.terraform.types import STRING
from audits.planes.terraform.values import TerraformValue, check_length, derive

_ANY_BYTE = re.compile(r"(?<!\\)(?:\\\\)*\\C")
_NAMED_GROUP = re.compile(r"(?<!\\)(?:\\\\)*\(\?P?<([^=!>][^>]*)>")
PATTERN = Parameter("pattern", STRING)
TEXT = Parameter("string", STRING)


@lru_cache(maxsize=512)
def compile_pattern(pattern: str) -> Any:
    """The compiled pattern. Raises FunctionError if it is none."""
    import re2

    if _ANY_BYTE.search(pattern):
        raise FunctionError("invalid regular expression: \\C")
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        raise FunctionError(f"invalid regular expression: {_text(error)}") from error


def _text(error: Exception) -> str:
    reason = error.args[0] if error.args else ""
    return reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)


def matches(pattern: Any, text: bytes) -> Iterator[Any]:
    """All matches in a text in UTF-8, leftmost first; an empty one right behind another match does not count.

    Bytes, since the library would encode a text once more for every match.
    """
    position, previous = 0, -1
    while position <= len(text):
        found = pattern.search(text, position)
        if found is None:
            return
        start, end = found.span()
        if start != end or start != previous:
            yield found
            previous = end
        position = end if end > start else end + _width(text[end : end + 1])


def _width(first: bytes) -> int:
    """The number of bytes of the character that begins so."""
    return 1 if first < b"\xc0" else 2 if first < b"\xe0" else 3 if first < b"\xf0" else 4


@function("regex", PATTERN, TEXT, not_null=False)
def _regex(pattern: str, text: str) -> TerraformValue:
    compiled = _checked(pattern)
    found = next(matches(compiled, text.encode()), None)
    if found is None:
        raise FunctionError("the pattern does not match any part of the string")
    return _captures(compiled, found)


@function("regexall", PATTERN, TEXT)
def _regexall(pattern: str, text: str) -> list[TerraformValue]:
    compiled = _checked(pattern)
    return [_captures(compiled, found) for found in matches(compiled, text.encode())]


def _checked(pattern: str) -> Any:
    compiled = compile_pattern(pattern)
    if compiled.groupindex and len(_NAMED_GROUP.findall(pattern)) != compiled.groups:
        raise FunctionError("named and unnamed capture groups cannot be mixed")
    return compiled


def _captures(pattern: Any, found: Any) -> TerraformValue:
    if pattern.groupindex:
        return dict(zip(_NAMED_GROUP.findall(pattern.pattern), map(_decoded, found.groups()), strict=True))
    return tuple(map(_decoded, found.groups())) if pattern.groups else _decoded(found.group())


def _decoded(group: bytes | None) -> str | None:
    return None if group is None else group.decode()


@function(
    "replace",
    Parameter("str", STRING, unknown=Unknowns.ALLOWED),
    Parameter("substr", STRING),
    Parameter("replace", STRING),
)
def _replace(text: str | Unknown, wanted: str, replacement: str) -> TerraformValue:
    if isinstance(text, Unknown):
        return _replace_in_pieces(text, wanted, replacement)
    if len(wanted) > 1 and wanted.startswith("/") and wanted.endswith("/"):
        return _replace_pattern(text, wanted[1:-1], replacement)
    count = text.count(wanted)
    check_length(len(text) + count * (len(replacement) - len(wanted)))
    return text.replace(wanted, replacement)


def _replace_in_pieces(text: Unknown, wanted: str, replacement: str) -> Unknown:
    """One single character cannot lie across two pieces: it is replaced in each known one."""
    if len(wanted) != 1:
        return derive([text], not_null=True)
    pieces = [
        piece.replace(wanted, replacement) if isinstance(piece, str) else derive([piece]) for piece in as_pieces(text)
    ]
    return from_pieces(pieces, [text])


def _replace_pattern(text: str, pattern: str, replacement: str) -> str:
    compiled = compile_pattern(pattern)
    result: list[str] = []
    data = text.encode()
    position, length = 0, len(text)
    for found in matches(compiled, data):
        start, end = found.span()
        put = _expand(replacement, found, compiled)
        length += len(put)
        check_length(length)
        result += (data[position:start].decode(), put)
        position = end
    return "".join((*result, data[position:].decode()))


def _expand(template: str, found: Any, pattern: Any) -> str:
    """The template with ``$1``, ``$name`` and ``${name}`` filled in; ``$$`` is a dollar sign."""
    result, rest = [], template
    while "$" in rest:
        before, _, rest = rest.partition("$")
        result.append(before)
        if rest.startswith("$"):
            result.append("$")
            rest = rest[1:]
            continue
        name, after = _group_name(rest)
        if not name:
            result.append("$")
            continue
        result.append(_group(name, found, pattern))
        rest = after
    return "".join((*result, rest))


def _group_name(text: str) -> tuple[str, str]:
    """The longest name that the text begins with, braced or not, and what follows it."""
    braced = text.startswith("{")
    start = end = 1 if braced else 0
    while end < len(text) and (text[end].isalnum() or text[end] == "_"):
        end += 1
    name = text[start:end]
    if braced:
        return (name, text[end + 1 :]) if text[end : end + 1] == "}" else ("", text)
    return name, text[end:]


def _group(name: str, found: Any, pattern: Any) -> str:
    if name.isascii() and name.isdecimal() and (name == "0" or not name.startswith("0")):
        index = int(name[:9])
        return _decoded(found.group(index)) or "" if index <= pattern.groups else ""
    index = pattern.groupindex.get(name)
    return _decoded(found.group(index)) or "" if index is not None else ""
