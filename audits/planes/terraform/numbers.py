"""Terraform's numbers: integers of any size, else decimals that stand for its 512-bit floats."""

from __future__ import annotations

import re
from decimal import ROUND_DOWN, Context, Decimal

from audits.planes.terraform.values import Exhausted, TerraformError

Number = int | Decimal

CONTEXT = Context(prec=154, Emin=-999_999, Emax=999_999)
"""512 bits of mantissa are about 154 decimal digits."""

MOST_BITS = 512
"""Terraform rounds what is longer."""

_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_LARGEST_EXPONENT = 2_000


def normalize(number: Decimal) -> Number:
    """An ``int`` where the number is integral. Raises TerraformError beyond what fits in memory sensibly."""
    if not number.is_finite():
        raise TerraformError("the number is not finite")
    if number.adjusted() > _LARGEST_EXPONENT or number.adjusted() < -_LARGEST_EXPONENT:
        raise TerraformError("the number is too large or too small")
    if number == number.to_integral_value(rounding=ROUND_DOWN):
        return int(number)
    return number


def parse_number(text: str) -> Number:
    """The number a text states, in HCL's syntax. Raises TerraformError if it states none."""
    if not _NUMBER.fullmatch(text) or len(text) > _LARGEST_EXPONENT:
        raise TerraformError("a number is required")
    if text.isdecimal() and text.isascii():
        return int(text)
    try:
        return normalize(CONTEXT.create_decimal(text))
    except ArithmeticError as error:
        raise TerraformError("the number is too large or too small") from error


def format_number(number: Number) -> str:
    """The number as Terraform converts it to text: no exponent, no trailing zeros."""
    if isinstance(number, int):
        return str(number)
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def divide(left: Number, right: Number) -> Number:
    """The quotient. Raises TerraformError for a division by zero."""
    if right == 0:
        raise TerraformError("division by zero")
    return normalize(CONTEXT.divide(Decimal(left), Decimal(right)))


def modulo(left: Number, right: Number) -> Number:
    """The remainder with the sign of ``left``, as Terraform's ``%``. Raises TerraformError for zero."""
    if right == 0:
        raise TerraformError("division by zero")
    quotient = (Decimal(left) / Decimal(right)).to_integral_value(rounding=ROUND_DOWN, context=CONTEXT)
    return normalize(CONTEXT.subtract(Decimal(left), CONTEXT.multiply(quotient, Decimal(right))))


def arithmetic(operator: str, left: Number, right: Number) -> Number:
    """``left operator right`` for ``+ - * / %``."""
    if operator == "/":
        return divide(left, right)
    if operator == "%":
        return modulo(left, right)
    if isinstance(left, int) and isinstance(right, int):
        result = {"+": left.__add__, "-": left.__sub__, "*": left.__mul__}[operator](right)
        if result.bit_length() > MOST_BITS:
            raise Exhausted(f"numbers beyond {MOST_BITS} bits")
        return result
    first, second = Decimal(left), Decimal(right)
    operation = {"+": CONTEXT.add, "-": CONTEXT.subtract, "*": CONTEXT.multiply}[operator]
    return normalize(operation(first, second))
