"""format and formatlist: the syntax of format strings, and what is done with unknown arguments."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from audits.model import Cause, Unknown
from audits.planes.terraform.functions.pieces import Piece, as_pieces, from_pieces
from audits.planes.terraform.functions.registry import FunctionError, Parameter, Unknowns, function
from audits.planes.terraform.functions.verbs import Verb, render
from audits.planes.terraform.types import STRING
from audits.planes.terraform.values import (
    Exhausted,
    SetValue,
    TerraformValue,
    check_length,
    derive,
    is_wholly_known,
    unknowns_in,
)

_VERB = re.compile(r"%(?:%|([0#+ -]*)([1-9]\d*)?(?:\.(\d*))?(?:\[([1-9]\d*)\])?([A-Za-z]))")
_SUPPORTED = frozenset("vtbdoxXeEfgGsq")
_WIDEST = 100_000

FORMAT = Parameter("format", STRING)
ARGS = Parameter("args", null=True, unknown=Unknowns.ALLOWED)


@dataclass(frozen=True, slots=True)
class Placed:
    """A verb and the number (from 0) of the argument it formats."""

    verb: Verb
    index: int


@lru_cache(maxsize=512)
def parse_format(text: str) -> tuple[str | Placed, ...]:
    """Literal texts and verbs, in order. Raises FunctionError for what is no format string."""
    return tuple(_parse(text))


def _parse(text: str) -> Iterator[str | Placed]:
    position, next_index = 0, 0
    while True:
        start = text.find("%", position)
        if start < 0:
            yield text[position:]
            return
        yield text[position:start]
        match = _VERB.match(text, start)
        if match is None:
            raise FunctionError(f"the format is invalid at {start}")
        position = match.end()
        if match[0] == "%%":
            yield "%"
            continue
        index = int(match[4]) - 1 if match[4] else next_index
        next_index = index + 1
        yield Placed(_verb(match), index)


def _verb(match: re.Match[str]) -> Verb:
    if match[5] not in _SUPPORTED:
        raise FunctionError(f'there is no format verb "{match[5]}"')
    width = int(match[2] or 0)
    precision = None if match[3] is None else int(match[3] or 0)
    if width > _WIDEST or (precision or 0) > _WIDEST:
        raise Exhausted(f"a width of more than {_WIDEST}")
    return Verb(match[5], match[1], width, precision)


def _check_arguments(parsed: Sequence[str | Placed], count: int) -> None:
    used = [piece.index for piece in parsed if isinstance(piece, Placed)]
    if any(index >= count for index in used):
        raise FunctionError("there are not enough arguments for the format")
    needed = max(used, default=-1) + 1
    if needed < count:
        raise FunctionError(f"there are too many arguments: the format uses only {needed}")


@function("format", FORMAT, variadic=ARGS)
def _format(template: str, *args: TerraformValue) -> TerraformValue:
    if any(arg is None for arg in args):
        return _null_argument(args)
    return format_values(template, args)


def _null_argument(args: Sequence[TerraformValue]) -> Unknown:
    """Terraform's own result for an untyped null is unknown; for a typed one it is an error."""
    return derive([*unknowns_in(args), Unknown(Cause.UNSUPPORTED, detail="format of null")], not_null=True)


def format_values(template: str, args: Sequence[TerraformValue]) -> TerraformValue:
    """The formatted text, or an Unknown that holds the pieces which are known."""
    unknown = unknowns_in(args)
    if not unknown:
        parsed = parse_format(template)
        _check_arguments(parsed, len(args))
        return _joined(_known_piece(piece, args) for piece in parsed)
    try:
        parsed = parse_format(template)
        _check_arguments(parsed, len(args))
        return from_pieces([part for piece in parsed for part in _pieces(piece, args)], unknown)
    except FunctionError:
        return derive(unknown, not_null=True)


def _joined(pieces: Iterator[str]) -> str:
    found: list[str] = []
    length = 0
    for piece in pieces:
        length += len(piece)
        check_length(length)
        found.append(piece)
    return "".join(found)


def _known_piece(piece: str | Placed, args: Sequence[TerraformValue]) -> str:
    return piece if isinstance(piece, str) else render(piece.verb, args[piece.index])


def _pieces(piece: str | Placed, args: Sequence[TerraformValue]) -> Sequence[Piece]:
    if isinstance(piece, str):
        return (piece,)
    arg = args[piece.index]
    unknown = unknowns_in(arg)
    if not unknown:
        return (render(piece.verb, arg),)
    plain = (
        piece.verb.letter in "sv"
        and "#" not in piece.verb.flags
        and not piece.verb.width
        and piece.verb.precision is None
    )
    return as_pieces(arg) if plain and isinstance(arg, Unknown) else (derive(unknown),)


@function("formatlist", FORMAT, variadic=ARGS)
def _formatlist(template: str, *args: TerraformValue) -> TerraformValue:
    if any(arg is None for arg in args):
        return _null_argument(args)
    if any(_of_unknown_length(arg) for arg in args):
        return derive(unknowns_in(args), not_null=True)
    lengths = {len(_elements(arg)) for arg in args if isinstance(arg, tuple | list | SetValue)}
    if len(lengths) > 1:
        raise FunctionError("the lists are not of the same length")
    count = lengths.pop() if lengths else 1
    return [_format_row(template, [_cell(arg, row) for arg in args]) for row in range(count)]


def _of_unknown_length(arg: TerraformValue) -> bool:
    if isinstance(arg, Unknown):
        return not arg.parts
    return isinstance(arg, SetValue) and len(arg.elements) > 1 and not is_wholly_known(arg)


def _elements(arg: TerraformValue) -> Sequence[TerraformValue]:
    elements: Sequence[TerraformValue] = arg.elements if isinstance(arg, SetValue) else arg
    return elements


def _cell(arg: TerraformValue, row: int) -> TerraformValue:
    return _elements(arg)[row] if isinstance(arg, tuple | list | SetValue) else arg


def _format_row(template: str, args: Sequence[TerraformValue]) -> TerraformValue:
    if any(arg is None for arg in args):
        raise FunctionError("a null value cannot be formatted")
    return format_values(template, args)
