"""Numbers as Terraform holds them: binary, with 512 bits of mantissa."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from audits.planes.terraform.numbers import Number

_MANTISSA = 512
_DIGITS = 156
"""So many decimal digits tell any two such numbers apart."""


def as_binary(number: Number | Fraction) -> Fraction:
    """The number with 512 bits of mantissa, rounded half to even."""
    exact = Fraction(number)
    if exact == 0 or (exact.denominator == 1 and exact.numerator.bit_length() <= _MANTISSA):
        return exact
    if exact < 0:
        return -as_binary(-exact)
    shift = _MANTISSA - (exact.numerator.bit_length() - exact.denominator.bit_length())
    scale = Fraction(2) ** shift
    while exact * scale >= 2**_MANTISSA:
        scale /= 2
    return Fraction(round(exact * scale)) / scale


def magnitude(number: Number) -> Number:
    """The number without its sign; Python's own ``abs`` rounds a decimal."""
    return number.copy_abs() if isinstance(number, Decimal) else abs(number)


def add(left: Number, right: Number) -> Number:
    """The sum, rounded as Terraform rounds it."""
    if isinstance(left, int) and isinstance(right, int):
        return left + right
    return shortest(as_binary(as_binary(left) + as_binary(right)))


def shortest(exact: Fraction) -> Number:
    """The number of the fewest digits that stands for this one of 512 bits."""
    if exact.denominator == 1:
        return exact.numerator
    low, high = 1, _DIGITS
    while low < high:
        middle = (low + high) // 2
        if as_binary(Fraction(_rounded(exact, middle))) == exact:
            high = middle
        else:
            low = middle + 1
    return _rounded(exact, low)


def _rounded(exact: Fraction, digits: int) -> Decimal:
    """So many significant digits of it, rounded half to even."""
    count, exponent = significant(abs(exact), digits)
    return Decimal((int(exact < 0), tuple(map(int, count)), exponent - digits + 1))


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
