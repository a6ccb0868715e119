"""Whether a matcher is well formed: refused before anything is read, by place, with the nearest right name.

What the keywords mean is in :mod:`audits.expectations`.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Any

from audits.expectations import KEYWORDS


class MatcherError(ValueError):
    """A matcher that is not well formed. ``path`` leads to the place inside the matcher's data."""

    def __init__(self, message: str, path: tuple[str | int, ...] = ()) -> None:
        super().__init__(message)
        self.path = path


TYPE_NAMES = ("string", "number", "integer", "boolean", "array", "object", "null")
_LISTS = {"allOf", "anyOf", "oneOf"}
_SINGLE = {"items", "contains", "not"}
_NUMBERS = {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}
_SIZES = {"minLength", "maxLength", "minItems", "maxItems"}


def check(matcher: Any, path: tuple[str | int, ...] = ()) -> None:
    """Refuse a matcher that is not well formed.

    Raises:
        MatcherError: unknown keyword (with the nearest right one), wrong argument, bad pattern; with its place.
    """
    if not isinstance(matcher, dict):
        return
    if not matcher:
        raise MatcherError("an empty matcher would match anything; write what is expected", path)
    for keyword, argument in matcher.items():
        if keyword not in KEYWORDS:
            near = get_close_matches(str(keyword), KEYWORDS, 1, 0.5)
            hint = f"; did you mean {near[0]!r}?" if near else "; to compare with an object write {const: {…}}"
            raise MatcherError(f"unknown keyword {keyword!r}{hint}", (*path, keyword))
        _check_argument(keyword, argument, (*path, keyword))


def _check_argument(keyword: str, argument: Any, path: tuple[str | int, ...]) -> None:
    if keyword in _LISTS:
        _need(isinstance(argument, list) and bool(argument), f"{keyword} needs a list of matchers", path)
        for number, one in enumerate(argument):
            check(one, (*path, number))
    elif keyword in _SINGLE:
        check(argument, path)
    elif keyword == "properties":
        _need(isinstance(argument, dict) and bool(argument), "properties needs a mapping of matchers", path)
        for name, one in argument.items():
            check(one, (*path, name))
    else:
        _check_scalar(keyword, argument, path)


def _check_scalar(keyword: str, argument: Any, path: tuple[str | int, ...]) -> None:
    number = isinstance(argument, int | float) and not isinstance(argument, bool)
    if keyword in _NUMBERS:
        _need(number and (keyword != "multipleOf" or argument > 0), f"{keyword} needs a number", path)
    elif keyword in _SIZES:
        _need(isinstance(argument, int) and number and argument >= 0, f"{keyword} needs a whole number", path)
    elif keyword in ("enum", "unordered", "required"):
        _need(
            isinstance(argument, list) and (bool(argument) or keyword == "unordered"), f"{keyword} needs a list", path
        )
        texts = all(isinstance(one, str) for one in argument)
        _need(keyword != "required" or texts, "required needs the names of attributes", path)
    elif keyword == "type":
        names = argument if isinstance(argument, list) else [argument]
        unknown = ", ".join(str(name) for name in names if name not in TYPE_NAMES) or "nothing"
        well = bool(names) and all(name in TYPE_NAMES for name in names)
        _need(well, f"type is one of {', '.join(TYPE_NAMES)}, not {unknown}", path)
    elif keyword == "uniqueItems":
        _need(isinstance(argument, bool), "uniqueItems needs true or false", path)
    elif keyword == "absent":
        _need(argument is True, "absent takes only true", path)
    elif keyword == "refers_to":
        _need(isinstance(argument, dict) and "kind" in argument, "refers_to needs a kind", path)
        _need(isinstance(argument.get("select", {}), dict), "select needs a mapping", (*path, "select"))
    elif keyword == "pattern":
        _need(isinstance(argument, str), "pattern needs a string", path)
        try:
            re.compile(argument)
        except (re.error, OverflowError, RecursionError) as error:
            raise MatcherError(f"bad pattern {argument!r}: {' '.join(str(error).split())}", path) from error


def _need(condition: bool, message: str, path: tuple[str | int, ...]) -> None:
    if not condition:
        raise MatcherError(message, path)


def speaks_of(matcher: Any) -> set[type]:
    """The types of value a matcher can hold for; empty for any. Used to find matchers that could never pass."""
    if not isinstance(matcher, dict):
        return {type(matcher)} if matcher is not None else set()
    found: set[type] = set()
    for keyword, argument in matcher.items():
        if keyword == "const":
            found |= speaks_of(argument) if not isinstance(argument, dict) else {dict}
        elif keyword == "enum":
            found |= {type(one) for one in argument if one is not None}
        else:
            found |= set(KEYWORDS[keyword].speaks_of)
    return found
