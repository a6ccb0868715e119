"""Matchers in JSON Schema's vocabulary, three-valued and without vacuous passes.

JSON Schema lets ``{minimum: 7}`` pass on a text and ``{pattern: …}`` on a number. Here a keyword implies the type it
speaks of, an unknown keyword is an error, and a missing path never passes. What is unknown leaves the answer open
unless what *is* known of it decides. On values that are known whole and of the right type the answers are those of
JSON Schema 2020-12 (a property test holds this against the ``jsonschema`` package).

A matcher is plain data: a mapping is read as keywords, anything else means "equals". Own keywords beside JSON
Schema's: ``absent: true`` (not there, or null), ``unordered: [...]`` (equal as sets), and ``refers_to`` (the value
names a resource that a selector chooses), which is judged by a resolver that the caller brings.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from math import isfinite
from typing import Any, TypeAlias

from audits.model import Redacted, Unknown, Value
from audits.outcome import YES, Outcome, all_of, any_of, equal, joined, left_open, negated
from audits.paths import MISSING, Missing, type_name

Resolver: TypeAlias = Callable[[Mapping[str, Any], Value], Outcome]
"""Judges ``refers_to``: its data and the value."""


def no_resolver(data: Mapping[str, Any], value: Value) -> Outcome:
    """The resolver where references cannot be followed: never decides."""
    return Outcome(None, "a reference cannot be followed here")


@dataclass(frozen=True, slots=True)
class Context:
    """What a matcher needs beside the value.

    ``resolve`` judges ``refers_to``. ``missing`` stands for what an object does not hold: MISSING where that means
    "absent" (an account, a plan), an Unknown with cause ``unset`` in source, where the provider decides.
    """

    resolve: Resolver = no_resolver
    missing: Any = MISSING


PLAIN = Context()


def matches(matcher: Any, value: Value, context: Context = PLAIN) -> Outcome:
    """Whether ``value`` (or :data:`audits.paths.MISSING`) is as ``matcher`` says."""
    if not isinstance(matcher, dict):
        return _guard("const", matcher, value, context)
    return all_of(_guard(keyword, argument, value, context) for keyword, argument in matcher.items())


def _guard(keyword: str, argument: Any, value: Value, context: Context) -> Outcome:
    if keyword == "absent":
        return _absent(value)
    if keyword in _COMBINING:
        return KEYWORDS[keyword].judge(argument, value, context)
    if isinstance(value, Missing):
        return Outcome(False, "is not set", misfit=True)
    if isinstance(value, Redacted):
        return Outcome(None, f"is redacted ({value.reason})")
    return KEYWORDS[keyword].judge(argument, value, context)


def _absent(value: Value) -> Outcome:
    if isinstance(value, Missing) or value in (None, [], "", {}):
        return YES
    filled = isinstance(value, Unknown) and (
        any(isinstance(p, str) for p in value.parts) or value.partial or value.length
    )
    if isinstance(value, Unknown) and not filled:
        # Even one that is certainly not null may be an empty list.
        return left_open(value)
    return Outcome(False, "is set")


def _const(expected: Any, value: Value) -> Outcome:
    found = equal(expected, value)
    return replace(found, misfit=True) if found.holds is False and _misfits(expected, value) else found


def _misfits(expected: Any, value: Value) -> bool:
    """Whether a value that differs is of another type than the one it is compared with, null included."""
    if expected is None:
        return False
    if isinstance(value, Unknown):
        value = "" if value.parts else value.partial
        return value is not None and type_name(expected) != type_name(value)
    return type_name(expected) != type_name(value)


def _unordered(expected: list[Any], value: Value) -> Outcome:
    if isinstance(value, Unknown):
        if not isinstance(value.partial, list):
            return Outcome(False, "is a string, not a list", misfit=True) if value.parts else left_open(value)
        for element in value.partial:
            if any_of((equal(one, element) for one in expected), "").holds is False:
                return Outcome(False, f"holds also {element!r}")
        return left_open(value)
    if not isinstance(value, list):
        return Outcome(False, f"is {type_name(value)}, not a list", misfit=True)
    extra = [any_of((equal(one, element) for one in expected), f"holds also {element!r}") for element in value]
    lacking = [any_of((equal(one, element) for element in value), f"lacks {one!r}") for one in expected]
    return all_of([*extra, *lacking])


def _typed(name: str, kinds: tuple[type, ...], check: Callable[[Any, Any], bool], phrase: str) -> Keyword:
    """A keyword about scalars of one type: a value of another type fails, an unknown one stays open."""

    def judge(argument: Any, value: Value, context: Context) -> Outcome:
        if isinstance(value, Unknown):
            return Outcome(False, "is a string", misfit=True) if value.parts and str not in kinds else left_open(value)
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            return Outcome(False, f"is {type_name(value)}, and {name} needs {type_name(kinds[0]())}", misfit=True)
        return YES if check(argument, value) else Outcome(False, phrase.format(argument))

    return Keyword(judge, kinds)


def _multiple(argument: float, value: float) -> bool:
    try:
        quotient = value / argument
        return quotient == int(quotient)
    except (OverflowError, ValueError):
        return (isinstance(value, int) or isfinite(value)) and Fraction(value) % Fraction(argument) == 0


def _pattern(argument: str, value: Value, context: Context) -> Outcome:
    if isinstance(value, Unknown):
        literal = re.fullmatch(r"\^((?:[\w\-/:]|\\\.)+)", argument)
        if literal and value.prefix:
            start = literal[1].replace("\\.", ".")
            if value.prefix.startswith(start):
                return YES
            if not start.startswith(value.prefix):
                return Outcome(False, f"begins with {value.prefix!r}")
        return YES if _found_in_part(argument, value) else left_open(value)
    if not isinstance(value, str):
        return Outcome(False, f"is {type_name(value)}, and pattern needs a string", misfit=True)
    return YES if compiled(argument).search(value) else Outcome(False, f"does not match {argument}")


def _found_in_part(pattern: str, value: Unknown) -> bool:
    """Whether the pattern matches for certain, because it matches inside a known part of the text.

    A match that ends before the part does, and begins behind its beginning (or at the text's), sees the same
    characters around it in the whole text. Looking further around is excluded.
    """
    if re.search(r"\(\?[=!<]|\\[AZz]", pattern):
        return False
    for number, part in enumerate(value.parts):
        if not isinstance(part, str) or "\n" in part:
            continue
        match = compiled(pattern).search(part)
        if match and match.end() < len(part) and (match.start() > 0 or number == 0):
            return True
    return False


@lru_cache(maxsize=1024)
def compiled(pattern: str) -> re.Pattern[str]:
    """The compiled pattern (Python's regular expressions, unanchored as JSON Schema's are)."""
    return re.compile(pattern)


def _sized(kind: type[Any], holds: Callable[[int, int], bool], grows: bool, phrase: str) -> Keyword:
    """A keyword about a size. ``grows``: more elements can only help (a minimum), else only harm (a maximum)."""

    def judge(argument: int, value: Any, context: Context) -> Outcome:
        if isinstance(value, Unknown):
            return _unknown_size(value, argument)
        if not isinstance(value, kind):
            return Outcome(False, f"is {type_name(value)}, not {type_name(kind())}", misfit=True)
        return YES if holds(len(value), argument) else Outcome(False, phrase.format(argument, len(value)))

    def _unknown_size(value: Unknown, argument: int) -> Outcome:
        known = value.length
        if known is None and isinstance(value.partial, list) and not value.open:
            known = len(value.partial)
        if known is not None and kind is list:
            return YES if holds(known, argument) else Outcome(False, phrase.format(argument, known))
        if value.open and isinstance(value.partial, list) and kind is list:
            seen = holds(len(value.partial), argument)
            if grows and seen:
                return YES
            if not grows and not seen:
                return Outcome(False, phrase.format(argument, f"at least {len(value.partial)}"))
        return left_open(value)

    return Keyword(judge, (kind,))


def _list_of(value: Value) -> tuple[list[Value] | None, tuple[Unknown, ...]]:
    """The elements that are known, and the unknowns that may hide more; None if it is no list."""
    if isinstance(value, Unknown):
        return (value.partial if isinstance(value.partial, list) else []), ((value,) if _hides(value) else ())
    return (value, ()) if isinstance(value, list) else (None, ())


def _hides(value: Unknown) -> bool:
    return value.open or not isinstance(value.partial, list)


def _items(argument: Any, value: Value, context: Context) -> Outcome:
    elements, hidden = _list_of(value)
    if elements is None:
        return Outcome(False, f"is {type_name(value)}, and items needs a list", misfit=True)
    if not elements and not hidden:
        return Outcome(False, "is empty, so nothing in it can be as documented")
    found = [matches(argument, element, context) for element in elements]
    numbered = [
        replace(one, message=f"[{number}] {one.message}") if one.holds is False else one
        for number, one in enumerate(found)
    ]
    return all_of(numbered + ([left_open(*hidden)] if hidden else []))


def _contains(argument: Any, value: Value, context: Context) -> Outcome:
    elements, hidden = _list_of(value)
    if elements is None:
        return Outcome(False, f"is {type_name(value)}, and contains needs a list", misfit=True)
    found = [matches(argument, element, context) for element in elements]
    outcome = any_of(found + ([left_open(*hidden)] if hidden else []), "holds no such element")
    # That none is such is said only where each was of the kind that was looked for.
    if outcome.holds is not False:
        return outcome
    kinds = {one.misfit for one in found}
    return replace(outcome, misfit=True if True in kinds else (None if None in kinds else False))


def _unique(argument: bool, value: Value, context: Context) -> Outcome:
    elements, hidden = _list_of(value)
    if elements is None:
        return Outcome(False, f"is {type_name(value)}, and uniqueItems needs a list", misfit=True)
    if not argument:
        return left_open(*hidden) if hidden else YES
    pairs = [(one, other) for number, one in enumerate(elements) for other in elements[number + 1 :]]
    found = [negated(equal(one, other), f"holds {one!r} twice") for one, other in pairs]
    return all_of(found + ([left_open(*hidden)] if hidden else []))


def _object_of(value: Value) -> tuple[dict[str, Value] | None, Unknown | None]:
    if isinstance(value, Unknown):
        return (value.partial if isinstance(value.partial, dict) else {}), value
    return (value, None) if isinstance(value, dict) else (None, None)


def _properties(argument: Mapping[str, Any], value: Value, context: Context) -> Outcome:
    known, hidden = _object_of(value)
    if known is None:
        return Outcome(False, f"is {type_name(value)}, and properties needs an object", misfit=True)
    found = []
    for name, matcher in argument.items():
        if name not in known and hidden is not None:
            found.append(left_open(hidden))
            continue
        outcome = matches(matcher, known.get(name, context.missing), context)
        found.append(replace(outcome, message=f"{name} {outcome.message}".strip()))
    return all_of(found)


def _required(argument: list[str], value: Value, context: Context) -> Outcome:
    known, hidden = _object_of(value)
    if known is None:
        return Outcome(False, f"is {type_name(value)}, and required needs an object", misfit=True)
    # Null is what the provider calls an attribute that is not there.
    lacking = [name for name in argument if known.get(name) is None]
    doubt = hidden if hidden is not None else context.missing
    unset = [name for name in lacking if name not in known and isinstance(doubt, Unknown)]
    if len(lacking) > len(unset):
        return Outcome(False, f"lacks {', '.join(name for name in lacking if name not in unset)}")
    doubts = [known[name] for name in argument if _may_be_null(known.get(name))] + ([doubt] if unset else [])
    return left_open(*doubts) if doubts else YES


def _may_be_null(value: Value) -> bool:
    return isinstance(value, Unknown) and not (
        value.not_null or value.parts or value.partial is not None or value.length
    )


def _type(argument: str | list[str], value: Value, context: Context) -> Outcome:
    names = [argument] if isinstance(argument, str) else argument
    if isinstance(value, Unknown):
        if not value.parts:
            return left_open(value)
        return YES if "string" in names else Outcome(False, "is a string")
    return YES if any(_is_type(name, value) for name in names) else Outcome(False, f"is {type_name(value)}")


def _is_type(name: str, value: Value) -> bool:
    if name == "integer":
        return not isinstance(value, bool) and (
            isinstance(value, int) or (isinstance(value, float) and value.is_integer())
        )
    kinds: dict[str, Any] = {"string": str, "number": (int, float), "boolean": bool, "array": list, "object": dict}
    if name == "null":
        return value is None
    return isinstance(value, kinds[name]) and (name != "number" or not isinstance(value, bool))


def _one_of(argument: list[Any], value: Value, context: Context) -> Outcome:
    found = [matches(one, value, context) for one in argument]
    certain = sum(outcome.holds is True for outcome in found)
    if certain > 1:
        return Outcome(False, f"matches {certain} of the alternatives, not one")
    if any(outcome.holds is None for outcome in found):
        return joined(found)
    return YES if certain == 1 else any_of(found, "matches none of the alternatives")


@dataclass(frozen=True, slots=True)
class Keyword:
    """One keyword: how it judges, and the types of value it speaks of (() for any)."""

    judge: Callable[[Any, Value, Context], Outcome]
    speaks_of: tuple[type, ...] = ()


ABOUT: Mapping[str, str] = {
    "const": "equals this value; a literal in place of a mapping means the same",
    "enum": "equals one of these",
    "type": "is of this type: string, number, integer, boolean, array, object, null",
    "minimum": "is a number, at least this",
    "maximum": "is a number, at most this",
    "exclusiveMinimum": "is a number, more than this",
    "exclusiveMaximum": "is a number, less than this",
    "multipleOf": "is a whole multiple of this number",
    "pattern": "is text in which this regular expression (Python's) is found; not anchored",
    "minLength": "is text of at least so many characters",
    "maxLength": "is text of at most so many characters",
    "minItems": "is a list of at least so many elements",
    "maxItems": "is a list of at most so many elements",
    "uniqueItems": "is a list without repeats",
    "items": "every element matches; of an empty list none does",
    "contains": "some element matches",
    "properties": "each of these is there and matches",
    "required": "these are there",
    "allOf": "all of these match",
    "anyOf": "some of these match",
    "oneOf": "exactly one of these matches",
    "not": "this does not match",
    "unordered": "is a list with these elements in any order",
    "refers_to": "names a resource of this kind that the selector chooses; of a list every element does",
    "absent": "(`absent: true`) is not there, null or empty",
}
"""What each keyword says, for people."""

_COMBINING = ("allOf", "anyOf", "oneOf", "not")
_NUMBER = (int, float)
KEYWORDS: Mapping[str, Keyword] = {
    "const": Keyword(lambda argument, value, _: _const(argument, value)),
    "enum": Keyword(
        lambda argument, value, _: any_of((_const(one, value) for one in argument), f"is not in {argument}")
    ),
    "type": Keyword(_type),
    "minimum": _typed("minimum", _NUMBER, lambda bound, value: value >= bound, "is less than {}"),
    "maximum": _typed("maximum", _NUMBER, lambda bound, value: value <= bound, "is more than {}"),
    "exclusiveMinimum": _typed("exclusiveMinimum", _NUMBER, lambda bound, value: value > bound, "is not more than {}"),
    "exclusiveMaximum": _typed("exclusiveMaximum", _NUMBER, lambda bound, value: value < bound, "is not less than {}"),
    "multipleOf": _typed("multipleOf", _NUMBER, _multiple, "is no multiple of {}"),
    "pattern": Keyword(_pattern, (str,)),
    "minLength": _sized(str, lambda size, bound: size >= bound, True, "is shorter than {} ({})"),
    "maxLength": _sized(str, lambda size, bound: size <= bound, False, "is longer than {} ({})"),
    "minItems": _sized(list, lambda size, bound: size >= bound, True, "has fewer than {} elements ({})"),
    "maxItems": _sized(list, lambda size, bound: size <= bound, False, "has more than {} elements ({})"),
    "uniqueItems": Keyword(_unique, (list,)),
    "items": Keyword(_items, (list,)),
    "contains": Keyword(_contains, (list,)),
    "properties": Keyword(_properties, (dict,)),
    "required": Keyword(_required, (dict,)),
    "allOf": Keyword(lambda argument, value, context: all_of(matches(one, value, context) for one in argument)),
    "anyOf": Keyword(
        lambda argument, value, context: any_of(
            (matches(one, value, context) for one in argument), "matches none of the alternatives"
        )
    ),
    "oneOf": Keyword(_one_of),
    "not": Keyword(
        lambda argument, value, context: negated(matches(argument, value, context), "is what it must not be")
    ),
    "unordered": Keyword(lambda argument, value, _: _unordered(argument, value), (list,)),
    "refers_to": Keyword(lambda argument, value, context: context.resolve(argument, value)),
    "absent": Keyword(lambda argument, value, _: _absent(value)),
}
