"""Terraform's numbers: binary floats of 512 bits, some functions' results of fewer.

A number is kept by its text, the fewest decimal digits that tell it from its neighbours: an ``int`` where that is
whole, else a ``Decimal``. That is how Terraform prints and compares for equality; arithmetic and order go by the
binary value (:func:`as_binary`). What has another precision than 512 bits carries it.
"""

from __future__ import annotations

import math
import re
from decimal import Decimal
from fractions import Fraction

from audits.planes.terraform.values import Exhausted, TerraformError

Number = int | Decimal

MOST_BITS = 512
"""The mantissa of a number that is written, or read from text."""

_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+|[pP][+-]?\d+)?", re.ASCII)
_INFINITE = re.compile(r"[+-]?[iI]nf")
_LARGEST_EXPONENT = 1_000
_LONGEST = 2_000


class NarrowInt(int):
    """A whole number of fewer bits than 512: 64 of what counts (``length``, an index), 53 of ``pow`` and ``log``."""

    precision: int = 64


class NarrowDecimal(Decimal):
    """A fraction of fewer bits than 512."""

    precision: int

    def __new__(cls, value: str, precision: int) -> NarrowDecimal:
        """The number of this text, which is the shortest of its precision."""
        made = super().__new__(cls, value)
        made.precision = precision
        return made


class NegativeZero(int):
    """The zero with a minus, as of ``0 * -1``: equal to the other one, but printed ``-0``."""


def precision_of(number: Number) -> int:
    """The bits of its mantissa."""
    return number.precision if isinstance(number, NarrowInt | NarrowDecimal) else MOST_BITS


def counted(number: int) -> NarrowInt:
    """What Terraform makes of an integer of its own: 64 bits, or as many as it takes."""
    made = NarrowInt(number)
    if number.bit_length() > made.precision:
        made.precision = number.bit_length()
    return made


def from_float(number: float) -> Number:
    """A float of 64 bits as a number: 53 bits of mantissa. It must be finite."""
    return _number(repr(number), 53) if number else _zero(math.copysign(1, number) < 0, 53)


def parse_number(text: str) -> Number:
    """The number a text states, in HCL's syntax.

    Raises TerraformError if it states none, Exhausted for one beyond what is followed here.
    """
    if text.isdecimal() and text.isascii() and len(text) < 150:
        return int(text)
    if not _NUMBER.fullmatch(text):
        if _INFINITE.fullmatch(text):
            raise Exhausted("an infinite number")
        raise TerraformError("a number is required")
    if len(text) > _LONGEST:
        raise Exhausted(f"a number of more than {_LONGEST} digits")
    mantissa, _, binary = text.lower().partition("p")
    digits, _, exponent = mantissa.partition("e")
    if len(exponent.lstrip("+-0")) > 6 or len(binary.lstrip("+-0")) > 6:
        raise _beyond()
    decimal = Decimal(mantissa)
    if not decimal:
        return NegativeZero() if decimal.is_signed() else 0
    if abs(decimal.adjusted()) > _LARGEST_EXPONENT or abs(int(binary or 0)) > 3 * _LARGEST_EXPONENT:
        raise _beyond()
    if not binary and len(digits) < 150:
        return _whole_or_not(decimal, MOST_BITS)
    return from_binary(Fraction(decimal) * Fraction(2) ** int(binary or 0))


def format_number(number: Number) -> str:
    """The number as Terraform converts it to text: no exponent, no trailing zeros."""
    if isinstance(number, int):
        return "-0" if isinstance(number, NegativeZero) else int.__repr__(number)
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def as_binary(number: Number) -> Fraction:
    """The exact value."""
    precision = precision_of(number)
    if isinstance(number, int) and number.bit_length() <= precision:
        return Fraction(number)
    return round_bits(Fraction(number), precision)


def from_binary(exact: Fraction, precision: int = MOST_BITS) -> Number:
    """The number nearest to this value, of so many bits. Raises Exhausted if it is too large or too small."""
    if not exact:
        return 0 if precision == MOST_BITS else _narrow(0, precision)
    numerator, denominator = abs(exact.numerator), exact.denominator
    if abs(numerator.bit_length() - denominator.bit_length()) > 3.3 * _LARGEST_EXPONENT:
        raise _beyond()
    if denominator == 1 and numerator.bit_length() <= precision:
        return _narrow(exact.numerator, precision)
    mantissa, exponent = _round(numerator, denominator, precision)
    return _number(("-" if exact < 0 else "") + _shortest(mantissa, exponent, precision), precision)


def arithmetic(operator: str, left: Number, right: Number) -> Number:
    """``left operator right`` for ``+ - * / %``.

    Raises TerraformError where Terraform would refuse, Exhausted for what is infinite or beyond what is followed here.
    """
    if operator == "/":
        return divide(left, right)
    if operator == "%":
        return modulo(left, right)
    plain = type(left) is int and type(right) is int
    if plain:
        result = left + right if operator == "+" else left - right if operator == "-" else left * right
        if result and isinstance(result, int) and result.bit_length() <= MOST_BITS:
            return result
    first, second = as_binary(left), as_binary(right)
    precision = max(precision_of(left), precision_of(right))
    if operator == "*":
        return _product(left, right, first * second, precision)
    exact = first + second if operator == "+" else first - second
    if not exact and is_negative(left) and is_negative(right) == (operator == "+") and not first:
        return NegativeZero()
    return from_binary(exact, precision)


def _product(left: Number, right: Number, exact: Fraction, precision: int) -> Number:
    """Rounded to 512 bits, and then to as many as the factors have, but never below what it takes."""
    if not exact:
        return _zero(is_negative(left) != is_negative(right), precision)
    rounded = round_bits(exact, MOST_BITS)
    numerator = abs(rounded.numerator)
    needed = numerator.bit_length() - (numerator & -numerator).bit_length() + 1
    return from_binary(rounded, max(precision, needed))


def divide(left: Number, right: Number) -> Number:
    """The quotient. Raises TerraformError for zero by zero, Exhausted for another number by zero."""
    if right == 0:
        if left == 0:
            raise TerraformError("can't divide zero by zero or infinity by infinity")
        raise Exhausted("an infinite number")
    precision = max(precision_of(left), precision_of(right))
    if left == 0:
        return _zero(is_negative(left) != is_negative(right), precision)
    return from_binary(as_binary(left) / as_binary(right), precision)


def modulo(left: Number, right: Number) -> Number:
    """The remainder with the sign of ``left``, as Terraform's ``%``; ``left`` itself for zero."""
    if right == 0:
        return left
    precision = precision_of(left)
    dividend, divisor = as_binary(left), as_binary(right)
    quotient = as_binary(divide(left, right))
    whole = (
        quotient.numerator // quotient.denominator if quotient >= 0 else -(-quotient.numerator // quotient.denominator)
    )
    taken = round_bits(divisor * round_bits(Fraction(whole), precision), precision)
    return from_binary(dividend - taken, precision)


def negate(number: Number) -> Number:
    """``-number``, of the same precision."""
    if number == 0:
        return 0 if isinstance(number, NegativeZero) else _zero(True, precision_of(number))
    if isinstance(number, NarrowInt | NarrowDecimal):
        return _number(
            format_number(number).removeprefix("-") if number < 0 else "-" + format_number(number), number.precision
        )
    return number.copy_negate() if isinstance(number, Decimal) else -number


def magnitude(number: Number) -> Number:
    """The number without its sign, of the same precision; Python's own ``abs`` rounds a decimal."""
    return negate(number) if is_negative(number) else number


def floor(number: Number) -> Number:
    """The largest whole number that is not above it, of the same precision."""
    exact = Fraction(number)
    return _narrow(exact.numerator // exact.denominator, precision_of(number))


def is_negative(number: Number) -> bool:
    """Whether it has a minus, which a zero may have too."""
    return number < 0 or isinstance(number, NegativeZero)


def is_less(left: Number, right: Number) -> bool:
    """``left < right``, by their exact values."""
    if isinstance(left, NarrowDecimal) or isinstance(right, NarrowDecimal):
        return as_binary(left) < as_binary(right)
    return left < right


def round_bits(exact: Fraction, precision: int) -> Fraction:
    """The nearest value with so many bits of mantissa; a half goes to the even one."""
    if not exact:
        return exact
    mantissa, exponent = _round(abs(exact.numerator), exact.denominator, precision)
    size = Fraction(mantissa << exponent) if exponent >= 0 else Fraction(mantissa, 1 << -exponent)
    return -size if exact < 0 else size


def significant(exact: Fraction, count: int) -> tuple[str, int]:
    """So many digits of a number that is not negative, rounded half to even, and the exponent of the first."""
    if exact == 0:
        return "0" * count, 0
    exponent = len(str(exact.numerator)) - len(str(exact.denominator))
    while exact >= Fraction(10) ** (exponent + 1):
        exponent += 1
    while exact < Fraction(10) ** exponent:
        exponent -= 1
    digits = str(round(exact * Fraction(10) ** (count - 1 - exponent)))
    return (digits[:count], exponent + 1) if len(digits) > count else (digits, exponent)


def bucket_text(number: Number) -> str:
    """The ten digits by which cty sorts what is neither number nor text into a set."""
    digits, exponent = significant(abs(as_binary(number)), 10)
    digits = digits.rstrip("0") or "0"
    sign = "-" if is_negative(number) else ""
    limit = len(digits) if exponent < len(digits) else 10
    if exponent < -4 or exponent >= limit:
        mantissa = f"{digits[0]}.{digits[1:]}" if len(digits) > 1 else digits
        return f"{sign}{mantissa}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"
    if exponent < 0:
        return f"{sign}0.{'0' * (-exponent - 1)}{digits}"
    whole, rest = digits[: exponent + 1].ljust(exponent + 1, "0"), digits[exponent + 1 :]
    return f"{sign}{whole}.{rest}" if rest else sign + whole


def _beyond() -> Exhausted:
    return Exhausted(f"a number beyond 10 to the power of {_LARGEST_EXPONENT}, or that small")


def _narrow(number: int, precision: int) -> int:
    if precision == MOST_BITS:
        return number
    made = NarrowInt(number)
    if precision != made.precision:
        made.precision = precision
    return made


def _zero(negative: bool, precision: int) -> int:
    return NegativeZero() if negative else _narrow(0, precision)


def _number(text: str, precision: int) -> Number:
    return _whole_or_not(Decimal(text), precision)


def _whole_or_not(decimal: Decimal, precision: int) -> Number:
    if decimal == decimal.to_integral_value():
        return _narrow(int(decimal), precision)
    return decimal if precision == MOST_BITS else NarrowDecimal(str(decimal), precision)


def _round(numerator: int, denominator: int, precision: int) -> tuple[int, int]:
    """Mantissa (of ``precision`` bits, or the next power of two) and exponent of the nearest value."""
    shift = precision - numerator.bit_length() + denominator.bit_length()
    while True:
        top, bottom = (numerator << shift, denominator) if shift >= 0 else (numerator, denominator << -shift)
        mantissa, rest = divmod(top, bottom)
        if mantissa.bit_length() <= precision:
            break
        shift -= 1
    if 2 * rest > bottom or (2 * rest == bottom and mantissa & 1):
        mantissa += 1
    return mantissa, -shift


def _digits(mantissa: int, exponent: int) -> tuple[str, int]:
    """All decimal digits of ``mantissa * 2**exponent``, and where the point stands: before them for 0."""
    text = str(mantissa << exponent if exponent >= 0 else mantissa * 5**-exponent)
    return text.rstrip("0"), len(text) + min(exponent, 0)


def _shortest(mantissa: int, exponent: int, precision: int) -> str:
    """The fewest digits that lie nearer to this value than half the way to its neighbours, as Go finds them."""
    shift = precision + 1 - mantissa.bit_length()
    mantissa, exponent = mantissa << shift, exponent - shift
    digits, point = _digits(mantissa, exponent)
    below, above = _digits(mantissa - 1, exponent)[0], _digits(mantissa + 1, exponent)[0]
    even = not mantissa & 2
    for index, digit in enumerate(digits):
        low, high = below[index : index + 1] or "0", above[index : index + 1] or "0"
        down = low != digit or (even and index + 1 == len(below))
        up = digit != high and (even or chr(ord(digit) + 1) < high or index + 1 < len(above))
        if down or up:
            head, rest = digits[: index + 1], digits[index + 1 :]
            if up and (not down or _rounds_up(head, rest)):
                head = str(int(head) + 1)
                point += len(head) - index - 1
            return f"{head}e{point - len(head)}"
    return f"{digits}e{point - len(digits)}"


def _rounds_up(head: str, rest: str) -> bool:
    if rest == "5":
        return head[-1] in "13579"
    return rest[:1] >= "5"
