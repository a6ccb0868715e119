"""Logarithm and power of 64-bit floats with the same rounding as Terraform's: the classic FreeBSD reductions.

The C library's results may differ from these in the last digit, and every digit is visible in Terraform.
"""

from __future__ import annotations

import math

_LN2_HIGH = 6.93147180369123816490e-01
_LN2_LOW = 1.90821492927058770002e-10
_SERIES = (
    6.666666666666735130e-01,
    3.999999999940941908e-01,
    2.857142874366239149e-01,
    2.222219843214978396e-01,
    1.818357216161805012e-01,
    1.531383769920937332e-01,
    1.479819860510558591e-01,
)


def natural_log(number: float) -> float:
    """ln(number) by argument reduction to [√½, √2) and a polynomial in s = f / (2 + f)."""
    if math.isnan(number) or number < 0:
        return math.nan
    if number == 0:
        return -math.inf
    if math.isinf(number):
        return number
    mantissa, exponent = math.frexp(number)
    if mantissa < math.sqrt(2) / 2:
        mantissa, exponent = mantissa * 2, exponent - 1
    rest = mantissa - 1
    s = rest / (2 + rest)
    s2 = s * s
    s4 = s2 * s2
    l1, l2, l3, l4, l5, l6, l7 = _SERIES
    odd = s2 * (l1 + s4 * (l3 + s4 * (l5 + s4 * l7)))
    even = s4 * (l2 + s4 * (l4 + s4 * l6))
    half = 0.5 * rest * rest
    return exponent * _LN2_HIGH - ((half - (s * (half + odd + even) + exponent * _LN2_LOW)) - rest)


def logarithm(number: float, base: float) -> float:
    """Logarithm of ``number`` to ``base``; nan and infinities as IEEE 754 says."""
    top, bottom = natural_log(number), natural_log(base)
    if bottom == 0:
        return math.nan if top == 0 or math.isnan(top) else math.copysign(math.inf, top)
    if math.isinf(top) and math.isinf(bottom):
        return math.nan
    return top / bottom


def power(base: float, exponent: float) -> float:
    """Power by repeated squaring of the mantissa."""
    special = _special_power(base, exponent)
    return special if special is not None else _general_power(base, exponent)


def _special_power(base: float, exponent: float) -> float | None:
    if exponent == 0 or base == 1:
        return 1.0
    if exponent == 1:
        return base
    if base == 0:
        return math.inf if exponent < 0 else 0.0
    if exponent == 0.5 and base > 0:
        return math.sqrt(base)
    if exponent == -0.5 and base > 0:
        return 1 / math.sqrt(base)
    if base < 0 and not exponent.is_integer():
        return math.nan
    if abs(exponent) >= 2.0**63:
        if base == -1:
            return 1.0
        return 0.0 if (abs(base) < 1) == (exponent > 0) else math.inf
    return None


def _general_power(base: float, exponent: float) -> float:
    fraction, integral = math.modf(abs(exponent))
    result, scale = 1.0, 0
    if fraction:
        if fraction > 0.5:
            fraction, integral = fraction - 1, integral + 1
        result = math.exp(fraction * natural_log(base))
    mantissa, shift = math.frexp(base)
    bits = int(integral)
    while bits:
        if not -(1 << 12) <= shift <= 1 << 12:
            scale += shift
            break
        if bits & 1:
            result, scale = result * mantissa, scale + shift
        mantissa, shift = mantissa * mantissa, shift << 1
        if mantissa < 0.5:
            mantissa, shift = mantissa + mantissa, shift - 1
        bits >>= 1
    if exponent < 0:
        result, scale = 1 / result, -scale
    try:
        return math.ldexp(result, scale)
    except OverflowError:
        return math.copysign(math.inf, result)
