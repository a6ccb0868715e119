"""Three-valued answers, how they combine, and equality of values of which parts may be unknown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from audits.model import Cause, Redacted, Unknown, Value
from audits.paths import type_name


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether a value matches: True, False, or None with the unknowns that leave it open. ``message`` says why not.

    ``misfit``: it fails because the value is of another type than the matcher speaks of, or is not there. The
    negation of such a failure is no pass. None: that depends on what is unknown.
    """

    holds: bool | None
    message: str = ""
    unknowns: tuple[Unknown, ...] = ()
    misfit: bool | None = False


YES = Outcome(True)


def left_open(*unknowns: Unknown) -> Outcome:
    """Undecided, because of these."""
    return Outcome(None, "; ".join(unknown.describe() for unknown in unknowns), unknowns)


def all_of(outcomes: Iterable[Outcome]) -> Outcome:
    """Conjunction: one False decides, else one None leaves it open."""
    found = list(outcomes)
    doubts = joined(found)
    failed = [outcome for outcome in found if outcome.holds is False]
    if not failed:
        return doubts if any(outcome.holds is None for outcome in found) else YES
    plain = next((outcome for outcome in failed if outcome.misfit is False), None)
    if plain is not None:
        return plain
    open_ = any(outcome.holds is None or outcome.misfit is None for outcome in found)
    unknowns = doubts.unknowns + tuple(unknown for outcome in failed for unknown in outcome.unknowns)
    return replace(failed[0], misfit=None, unknowns=unknowns) if open_ else failed[0]


def any_of(outcomes: Iterable[Outcome], message: str) -> Outcome:
    """Disjunction: one True decides, else one None leaves it open."""
    found = list(outcomes)
    if any(outcome.holds is True for outcome in found):
        return YES
    if any(outcome.holds is None for outcome in found):
        return joined(found)
    kinds = {outcome.misfit for outcome in found}
    misfit = False if False in kinds or not found else (None if None in kinds else True)
    return Outcome(False, message, tuple(unknown for outcome in found for unknown in outcome.unknowns), misfit)


def joined(outcomes: Iterable[Outcome]) -> Outcome:
    """Undecided, because of what leaves each of these open."""
    undecided = [outcome for outcome in outcomes if outcome.holds is None]
    messages = dict.fromkeys(outcome.message for outcome in undecided if outcome.message)
    return Outcome(None, "; ".join(messages), tuple(u for outcome in undecided for u in outcome.unknowns))


def negated(outcome: Outcome, message: str) -> Outcome:
    """Negation; that of a misfit is no pass."""
    if outcome.holds is None:
        return outcome
    if outcome.holds:
        return Outcome(False, message)
    return YES if outcome.misfit is False else (outcome if outcome.misfit else replace(outcome, holds=None))


def equal(expected: Value, value: Value) -> Outcome:
    """Equality as JSON has it (1 equals 1.0, True does not equal 1), three-valued."""
    for one in (value, expected):
        if isinstance(one, Redacted):
            return Outcome(None, f"is redacted ({one.reason})")
    if isinstance(value, Unknown):
        return left_open(value) if isinstance(expected, Unknown) else _equal_unknown(expected, value)
    if isinstance(expected, Unknown):
        return _equal_unknown(value, expected)
    if isinstance(expected, dict) and isinstance(value, dict):
        if expected.keys() != value.keys():
            return Outcome(False, _differing_keys(expected, value))
        return all_of(equal(expected[key], value[key]) for key in expected)
    if isinstance(expected, list) and isinstance(value, list):
        if len(expected) != len(value):
            return Outcome(False, f"has {len(value)} elements, not {len(expected)}")
        return all_of(equal(one, other) for one, other in zip(expected, value, strict=True))
    return YES if same_scalar(expected, value) else Outcome(False, "differs")


def same_scalar(one: Value, other: Value) -> bool:
    """Equality of two scalars that does not mix booleans and numbers."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, int | float) and isinstance(other, int | float):
        return one == other
    return type(one) is type(other) and bool(one == other)


def _differing_keys(expected: Mapping[str, Any], value: Mapping[str, Any]) -> str:
    extra, missing = sorted(value.keys() - expected.keys()), sorted(expected.keys() - value.keys())
    parts = ([f"has also {', '.join(extra)}"] if extra else []) + ([f"lacks {', '.join(missing)}"] if missing else [])
    return " and ".join(parts)


def _equal_unknown(expected: Value, value: Unknown) -> Outcome:
    if expected == "" and _is_identifier(value):
        return Outcome(False, "is an identifier, which is never empty")
    if expected is None and value.not_null:
        return Outcome(False, "is not null")
    if value.parts:
        if not isinstance(expected, str):
            return Outcome(False, "is a string")
        pattern = "".join(re.escape(part) if isinstance(part, str) else ".*" for part in value.parts)
        if not re.fullmatch(pattern, expected, re.DOTALL):
            return Outcome(False, "cannot be that, by the parts of it that are known")
    known = _unlike_partial(expected, value)
    if known is not None:
        return known
    if isinstance(expected, list):
        if value.length is not None and value.length != len(expected):
            return Outcome(False, f"has {value.length} elements, not {len(expected)}")
        if value.open and isinstance(value.partial, list) and len(value.partial) > len(expected):
            return Outcome(False, f"has at least {len(value.partial)} elements, not {len(expected)}")
    return left_open(value)


def _is_identifier(value: Unknown) -> bool:
    """Whether it stands for what AWS names a resource by, once that exists."""
    plain = value.cause is Cause.COMPUTED and len(value.references) == 1 and not value.parts and not value.derived
    return plain and value.references[0].attribute in ("id", "arn") and value.partial is None


def _unlike_partial(expected: Value, value: Unknown) -> Outcome | None:
    """Why what is known of the structure cannot be ``expected``; None if it can."""
    partial = value.partial
    if isinstance(partial, dict) and isinstance(expected, dict):
        # Further keys may be hidden, but those that are known are there.
        extra = sorted(partial.keys() - expected.keys())
        if extra:
            return Outcome(False, f"has also {', '.join(extra)}")
        found = all_of(equal(expected[key], partial[key]) for key in partial)
        return found if found.holds is False else None
    if isinstance(partial, list) and isinstance(expected, list) and not value.open:
        found = equal(expected, partial)
        return found if found.holds is False else None
    # A text may be a document that is known in part.
    if partial is not None and not isinstance(expected, str) and type(partial) is not type(expected):
        return Outcome(False, f"is {type_name(partial)}")
    return None
