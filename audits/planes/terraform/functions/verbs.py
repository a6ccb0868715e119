"""What the verbs of a format string make of a value."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from audits.planes.terraform.functions.graphemes import clusters
from audits.planes.terraform.functions.json_text import encode, quote
from audits.planes.terraform.functions.registry import FunctionError
from audits.planes.terraform.numbers import Number, as_binary, is_negative, magnitude, significant
from audits.planes.terraform.types import BOOL, NUMBER, STRING, Type, convert
from audits.planes.terraform.values import TerraformError, TerraformValue, is_number

_SHORTEST_PRECISION = 6


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb with its flags, width and precision (None if not given)."""

    letter: str
    flags: str
    width: int
    precision: int | None


def render(verb: Verb, value: TerraformValue) -> str:
    """The known value as the verb has it. Raises FunctionError for a value that does not fit."""
    letter = verb.letter
    if letter == "v":
        return _render_any(verb, value)
    if letter == "t":
        return "true" if _as(value, BOOL, verb) else "false"
    if letter in "bdoxX":
        return _pad_number(verb, _integer(verb, _as(value, NUMBER, verb)), zeros=verb.precision is None)
    if letter in "eEfgG":
        return _pad_number(verb, _float(verb, _as(value, NUMBER, verb)), zeros=True)
    text = _as(value, STRING, verb)
    if verb.precision:
        text = "".join(clusters(text)[: verb.precision])
    return _pad_text(verb, quote(text) if letter == "q" else text)


def _as(value: TerraformValue, wanted: Type, verb: Verb) -> TerraformValue:
    try:
        return convert(value, wanted)
    except TerraformError as error:
        raise FunctionError(f'unsupported value for "%{verb.letter}": {error}') from error


def _render_any(verb: Verb, value: TerraformValue) -> str:
    if "#" in verb.flags:
        return _pad_text(verb, encode(value))
    if isinstance(value, str):
        return _pad_text(verb, value)
    if is_number(value):
        return _pad_text(verb, _general(value, None, "e"))
    return _pad_text(verb, encode(value))


def _pad_text(verb: Verb, text: str) -> str:
    missing = verb.width - len(clusters(text)) if verb.width else 0
    if missing <= 0:
        return text
    padding = ("0" if "0" in verb.flags else " ") * missing
    return text + padding if "-" in verb.flags else padding + text


def _pad_number(verb: Verb, signed: tuple[str, str], *, zeros: bool) -> str:
    """Sign (with any base prefix) and digits, filled up to the width."""
    sign, digits = signed
    missing = max(verb.width - len(sign) - len(digits), 0)
    if "-" in verb.flags:
        return sign + digits + " " * missing
    if zeros and "0" in verb.flags:
        return sign + "0" * missing + digits
    return " " * missing + sign + digits


def _sign(verb: Verb, negative: bool) -> str:
    if negative:
        return "-"
    return "+" if "+" in verb.flags else " " if " " in verb.flags else ""


_PREFIXES = {"b": "0b", "o": "0", "x": "0x", "X": "0X", "d": ""}


def _integer(verb: Verb, number: Number) -> tuple[str, str]:
    if not isinstance(number, int):
        raise FunctionError(f'unsupported value for "%{verb.letter}": an integer is required')
    digits = format(abs(int(as_binary(number))), verb.letter)
    if verb.precision is not None:
        digits = "" if verb.precision == 0 and number == 0 else digits.rjust(verb.precision, "0")
    return _sign(verb, number < 0) + (_PREFIXES[verb.letter] if "#" in verb.flags else ""), digits


def _float(verb: Verb, number: Number) -> tuple[str, str]:
    size = magnitude(number)
    precision = verb.precision
    if verb.letter in "gG":
        text = _general(size, precision, "E" if verb.letter == "G" else "e")
    else:
        exact = as_binary(size)
        precision = _SHORTEST_PRECISION if precision is None else precision
        text = _fixed(exact, precision) if verb.letter == "f" else _scientific(exact, precision, verb.letter)
    return _sign(verb, is_negative(number)), text


def _fixed(exact: Fraction, precision: int) -> str:
    digits = str(round(exact * 10**precision)).rjust(precision + 1, "0")
    return f"{digits[:-precision]}.{digits[-precision:]}" if precision else digits


def _scientific(exact: Fraction, precision: int, letter: str) -> str:
    digits, exponent = significant(exact, precision + 1)
    return _with_exponent(digits, exponent, letter)


def _with_exponent(digits: str, exponent: int, letter: str) -> str:
    mantissa = f"{digits[0]}.{digits[1:]}" if len(digits) > 1 else digits
    return f"{mantissa}{letter}{'-' if exponent < 0 else '+'}{abs(exponent):02d}"


def _general(number: Number, precision: int | None, letter: str) -> str:
    """``%g``: scientific for a small or large exponent, else plain; no trailing zeros."""
    size = magnitude(number)
    sign = "-" if is_negative(number) else ""
    if precision is None:
        digits, exponent = _shortest(size)
        limit = _SHORTEST_PRECISION
    else:
        digits, exponent = significant(as_binary(size), max(precision, 1))
        digits = digits.rstrip("0") or "0"
        limit = max(precision, 1)
        if limit > len(digits) and len(digits) >= exponent + 1:
            limit = len(digits)
    if exponent < -4 or exponent >= limit:
        return sign + _with_exponent(digits, exponent, letter)
    return sign + _plain(digits, exponent)


def _plain(digits: str, exponent: int) -> str:
    if exponent < 0:
        return "0." + "0" * (-exponent - 1) + digits
    whole = digits[: exponent + 1].ljust(exponent + 1, "0")
    rest = digits[exponent + 1 :]
    return f"{whole}.{rest}" if rest else whole


def _shortest(size: Number) -> tuple[str, int]:
    _, digits, exponent = Decimal(size).as_tuple()
    text = "".join(map(str, digits)).lstrip("0")
    if not text:
        return "0", 0
    return text.rstrip("0"), len(text) + int(exponent) - 1
