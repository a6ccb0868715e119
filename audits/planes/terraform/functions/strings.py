"""Text: chomp, case, trimming, splitting and joining, searching, reversing, cutting."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from audits.model import Unknown
from audits.planes.terraform.functions.graphemes import clusters
from audits.planes.terraform.functions.pieces import Piece, as_pieces, from_pieces
from audits.planes.terraform.functions.registry import FunctionError, Parameter, Unknowns, function, whole
from audits.planes.terraform.types import NUMBER, STRING, list_of
from audits.planes.terraform.values import TerraformValue, check_length, derive, unknowns_in

STR = Parameter("str", STRING)
PIECES = Parameter("str", STRING, unknown=Unknowns.ALLOWED)
_SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
_TRAILING_NEWLINES = re.compile(r"(?:\r\n?|\n)*\Z")


def _string(name: str, unknown: Unknowns = Unknowns.REFUSED) -> Parameter:
    return Parameter(name, STRING, unknown=unknown)


@function("chomp", STR)
def _chomp(text: str) -> str:
    return _TRAILING_NEWLINES.sub("", text, count=1)


@function("indent", Parameter("spaces", NUMBER), STR)
def _indent(spaces: TerraformValue, text: str) -> str:
    width = whole(spaces, "the number of spaces")
    if width < 0:
        raise FunctionError("the number of spaces is out of range")
    if "\n" not in text:
        return text
    check_length(len(text) + text.count("\n") * width)
    return text.replace("\n", "\n" + " " * width)


def upper_rune(rune: str) -> str:
    """Unicode's simple upper case: one character for one."""
    upper = rune.upper()
    if len(upper) == 1:
        return upper
    title = rune.title()
    return title if len(title) == 1 else rune


def lower_rune(rune: str) -> str:
    """Unicode's simple lower case: one character for one."""
    return "i" if rune == "\u0130" else rune.lower()


def title_rune(rune: str) -> str:
    """Unicode's simple title case: one character for one."""
    title = rune.title()
    return title if len(title) == 1 else rune


def upper(text: str) -> str:
    """The text in upper case."""
    return text.upper() if text.isascii() else "".join(map(upper_rune, text))


def lower(text: str) -> str:
    """The text in lower case."""
    return text.lower() if text.isascii() else "".join(map(lower_rune, text))


@function("upper", PIECES)
def _upper(text: str | Unknown) -> TerraformValue:
    return _by_pieces(text, upper)


@function("lower", PIECES)
def _lower(text: str | Unknown) -> TerraformValue:
    return _by_pieces(text, lower)


def _by_pieces(text: str | Unknown, change: Callable[[str], str]) -> TerraformValue:
    """Apply what works character by character to the known pieces of a text."""
    if isinstance(text, str):
        return change(text)
    pieces = [change(piece) if isinstance(piece, str) else derive([piece]) for piece in as_pieces(text)]
    return from_pieces(pieces, [text])


@function("title", STR)
def _title(text: str) -> str:
    previous = " "
    result = []
    for rune in text:
        result.append(title_rune(rune) if _separates(previous) else rune)
        previous = rune
    return "".join(result)


def _separates(rune: str) -> bool:
    if rune.isascii():
        return not (rune.isalnum() or rune == "_")
    if rune.isalpha() or rune.isdecimal():
        return False
    return rune in _SPACE


@function("trimspace", STR)
def _trimspace(text: str) -> str:
    return text.strip(_SPACE)


@function("trim", STR, _string("cutset"))
def _trim(text: str, cutset: str) -> str:
    return text.strip(cutset) if cutset else text


@function("trimprefix", PIECES, _string("prefix"))
def _trimprefix(text: str | Unknown, prefix: str) -> TerraformValue:
    if isinstance(text, str):
        return text.removeprefix(prefix)
    pieces = as_pieces(text)
    first = pieces[0]
    if isinstance(first, str) and len(first) >= len(prefix):
        return from_pieces([first.removeprefix(prefix), *pieces[1:]], [text])
    return derive([text], not_null=True)


@function("trimsuffix", PIECES, _string("suffix"))
def _trimsuffix(text: str | Unknown, suffix: str) -> TerraformValue:
    if isinstance(text, str):
        return text.removesuffix(suffix)
    pieces = as_pieces(text)
    last = pieces[-1]
    if isinstance(last, str) and len(last) >= len(suffix):
        return from_pieces([*pieces[:-1], last.removesuffix(suffix)], [text])
    return derive([text], not_null=True)


@function("startswith", PIECES, _string("prefix", Unknowns.ALLOWED))
def _startswith(text: str | Unknown, prefix: str | Unknown) -> TerraformValue:
    if isinstance(text, str) and isinstance(prefix, str):
        return text.startswith(prefix)
    if isinstance(text, Unknown) and isinstance(prefix, str):
        known = text.prefix
        if known.startswith(prefix):
            return True
        if not prefix.startswith(known):
            return False
    return derive(unknowns_in((text, prefix)), not_null=True)


@function("endswith", STR, _string("suffix"))
def _endswith(text: str, suffix: str) -> bool:
    return text.endswith(suffix)


@function("strcontains", STR, _string("substr"), not_null=False)
def _strcontains(text: str, wanted: str) -> bool:
    return wanted in text


@function("split", _string("separator"), STR)
def _split(separator: str, text: str) -> list[str]:
    return text.split(separator) if separator else list(text)


@function("join", _string("separator"), variadic=Parameter("lists", list_of(STRING), unknown=Unknowns.ALLOWED))
def _join(separator: str, *lists: TerraformValue) -> TerraformValue:
    if not lists:
        raise FunctionError("at least one list is required")
    unknown = unknowns_in(lists)
    if any(isinstance(elements, Unknown) for elements in lists):
        return derive(unknown, not_null=True)
    elements = [element for elements in lists for element in elements]
    if any(element is None for element in elements):
        raise FunctionError("an element is null")
    check_length(sum(len(element) for element in elements if isinstance(element, str)) + len(separator) * len(elements))
    if not unknown:
        return separator.join(elements)
    pieces: list[Piece] = []
    for element in elements:
        if pieces:
            pieces.append(separator)
        pieces.extend(as_pieces(element))
    return from_pieces(pieces, unknown)


@function("strrev", STR)
def _strrev(text: str) -> str:
    return "".join(reversed(clusters(text)))


@function("substr", STR, Parameter("offset", NUMBER), Parameter("length", NUMBER))
def _substr(text: str, offset: TerraformValue, length: TerraformValue) -> str:
    start, count = whole(offset, "the offset"), whole(length, "the length")
    characters: Sequence[str] = clusters(text)
    if start < 0:
        start = max(start + len(characters), 0)
    return "".join(characters[start:] if count < 0 else characters[start : start + count])
