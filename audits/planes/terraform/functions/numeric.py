"""Numbers: abs, ceil, floor, log, max, min, parseint, pow, range, signum, sum."""

from __future__ import annotations

import math
import string
from decimal import Decimal
from functools import reduce

from audits.planes.terraform.functions.floats import logarithm, power
from audits.planes.terraform.functions.registry import (
    FunctionError,
    Parameter,
    function,
    unsupported,
    whole,
)
from audits.planes.terraform.numbers import (
    Number,
    arithmetic,
    as_binary,
    counted,
    floor,
    from_float,
    is_less,
    magnitude,
    negate,
)
from audits.planes.terraform.types import NUMBER, convert
from audits.planes.terraform.values import Exhausted, SetValue, TerraformError, TerraformValue, is_number

_DIGITS = {digit: value for value, digit in enumerate(string.digits + string.ascii_letters)}
_RANGE_LIMIT = 1024
_SMALLEST_NORMAL = 2.0**-1022
_LONGEST_INTEGER = 4_000

NUM = Parameter("num", NUMBER)


@function("abs", NUM)
def _abs(number: Number) -> Number:
    return magnitude(number)


@function("ceil", NUM)
def _ceil(number: Number) -> Number:
    return magnitude(above) if (above := negate(floor(negate(number)))) == 0 else above


@function("floor", NUM)
def _floor(number: Number) -> Number:
    return floor(number)


@function("signum", NUM)
def _signum(number: Number) -> int:
    value = whole(number)
    return counted((value > 0) - (value < 0))


@function("max", variadic=Parameter("numbers", NUMBER))
def _max(*numbers: Number) -> Number:
    if not numbers:
        raise FunctionError("at least one number is required")
    return reduce(lambda best, number: number if is_less(best, number) else best, numbers)


@function("min", variadic=Parameter("numbers", NUMBER))
def _min(*numbers: Number) -> Number:
    if not numbers:
        raise FunctionError("at least one number is required")
    return reduce(lambda best, number: number if is_less(number, best) else best, numbers)


@function("log", NUM, Parameter("base", NUMBER))
def _log(number: Number, base: Number) -> TerraformValue:
    return _from_float(logarithm(_to_float(number), _to_float(base)))


@function("pow", NUM, Parameter("power", NUMBER))
def _pow(number: Number, exponent: Number) -> TerraformValue:
    if isinstance(exponent, Decimal) and magnitude(exponent) != Decimal("0.5") and number > 0:
        return unsupported("a power with a fraction for exponent")
    return _from_float(power(_to_float(number), _to_float(exponent)))


def _to_float(number: Number) -> float:
    try:
        return float(as_binary(number))
    except OverflowError as error:
        raise Exhausted("an infinite number") from error


def _from_float(result: float) -> TerraformValue:
    if math.isnan(result):
        raise FunctionError("the result is not a number")
    if math.isinf(result):
        return unsupported("an infinite number")
    if 0 < abs(result) < _SMALLEST_NORMAL:
        return unsupported("a number too small")
    return from_float(result)


@function("parseint", Parameter("number"), Parameter("base", NUMBER), not_null=False)
def _parseint(text: TerraformValue, base: Number) -> int:
    if not isinstance(text, str):
        raise FunctionError("the first argument must be a string")
    radix = whole(base, "the base")
    if not 2 <= radix <= 62:
        raise FunctionError("the base must be between 2 and 62")
    negative = text.startswith("-")
    digits = text[1:] if text[:1] in ("+", "-") else text
    if radix <= 36:
        digits = digits.lower()
    if not digits or any(_DIGITS.get(digit, radix) >= radix for digit in digits):
        raise FunctionError(f'cannot parse "{text}" as a base {radix} integer')
    if len(digits) > _LONGEST_INTEGER:
        raise Exhausted(f"a number of more than {_LONGEST_INTEGER} digits")
    result = 0
    for digit in digits:
        result = result * radix + _DIGITS[digit]
    return counted(-result if negative else result)


@function("range", variadic=Parameter("params", NUMBER))
def _range(*params: Number) -> list[Number]:
    start, end, step = _range_bounds(params)
    ascending = step >= 0
    result: list[Number] = []
    current = start
    while is_less(current, end) if ascending else is_less(end, current):
        if len(result) >= _RANGE_LIMIT:
            raise FunctionError(f"more than {_RANGE_LIMIT} values were generated")
        result.append(current)
        current = arithmetic("+", current, step)
    return result


def _range_bounds(params: tuple[Number, ...]) -> tuple[Number, Number, Number]:
    if not 1 <= len(params) <= 3:
        raise FunctionError("it takes one, two or three numbers")
    start, end = (counted(0), params[0]) if len(params) == 1 else (params[0], params[1])
    step = params[2] if len(params) == 3 else counted(1 if start <= end else -1)
    if len(params) == 3 and ((step > 0 and end < start) or (step < 0 and end > start)):
        raise FunctionError("the end must lie in the direction of the step")
    return start, end, step


@function("sum", Parameter("list"), not_null=False)
def _sum(elements: TerraformValue) -> Number:
    if isinstance(elements, SetValue):
        elements = elements.elements
    if not isinstance(elements, list | tuple):
        raise FunctionError("the argument must be a list, set or tuple")
    if not elements:
        raise FunctionError("cannot sum an empty list")
    return reduce(lambda total, number: arithmetic("+", total, number), map(_addend, elements))


def _addend(element: TerraformValue) -> Number:
    try:
        number = convert(element, NUMBER)
    except TerraformError as error:
        raise FunctionError("all elements must be numbers") from error
    if not is_number(number):
        raise FunctionError("all elements must be numbers")
    result: Number = number
    return result
