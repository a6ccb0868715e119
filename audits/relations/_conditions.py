"""Conditions of policy statements as sets, three-valued: when does meeting one imply meeting another?

Source: IAM user guide, "IAM JSON policy elements: Condition operators" and "Conditions with multiple context keys or
values": operators and keys are all to be met; of several values one is enough, and none may match for a negated
operator; keys compare without regard to case; ``ArnEquals`` and ``ArnLike`` behave identically. So a statement with
several values of a positive operator says the same as several statements with one value each, and is taken apart into
those; ``ForAllValues`` and negated operators stay whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import TypeAlias

from audits.model import Cause, Redacted, Unknown, Value
from audits.relations._doubts import Doubt, shown
from audits.relations._globs import Texts, within


@dataclass(frozen=True, slots=True)
class Meant:
    """What a condition's value stands for: a text, or an Unknown.

    ``at_most``: if it is unknown, the one text whose meaning it has, or else nobody meets it. ``note``: what a pattern
    lets in.
    """

    value: Value
    at_most: str = ""
    note: str = ""


Translate: TypeAlias = Callable[[str, str, Value], Sequence[Meant]]
"""``translate(operator, key, value)``: what a value stands for; of several, each alone is enough."""

OWN_ACCOUNT = "⟨the own account⟩"
_ALIKE = {"stringequals", "stringlike", "arnequals", "arnlike"}
_WILD = re.compile(r"[*?]")


@dataclass(frozen=True, slots=True)
class Term:
    """One operator, key and values. ``vague``: the values are not all known, but ``bounded`` by those given."""

    operator: str
    key: str
    values: frozenset[str]
    vague: tuple[Doubt, ...] = ()
    text: str = field(default="", compare=False)
    bounded: bool = False
    note: str = field(default="", compare=False)

    @property
    def negated(self) -> bool:
        """Whether more values make it stricter."""
        return "not" in self.operator

    @property
    def family(self) -> str:
        """The operator without what depends on the values: whole texts and patterns of them are of one family."""
        plain = self.operator.removesuffix("ifexists")
        qualifier, _, base = plain.rpartition(":")
        return f"{qualifier}:{'text' if base in (*_ALIKE, 'like', 'arnlike') else base}"


@dataclass(frozen=True, slots=True)
class Condition:
    """Terms that are all to be met. ``more``: there may be other terms, or none."""

    terms: frozenset[Term] = frozenset()
    more: tuple[Doubt, ...] = ()

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        """Why it is not known exactly."""
        return (*self.more, *(doubt for term in self.terms for doubt in term.vague))

    @property
    def notes(self) -> list[str]:
        """What its patterns let in."""
        return sorted({term.note for term in self.terms if term.note})

    def __str__(self) -> str:
        texts = sorted(term.text for term in self.terms) + (["an unknown condition"] if self.more else [])
        return " and ".join(texts)


ALWAYS = Condition()
_MANY = 256


def conditions(value: Value, translate: Translate) -> list[Condition]:
    """A statement's condition as alternatives, one of which is to be met."""
    if value is None:
        return [ALWAYS]
    more = (Doubt.of(value, "condition"),) if isinstance(value, Unknown) else ()
    body = value.partial if isinstance(value, Unknown) else value
    if not isinstance(body, dict):
        return [Condition(more=more or (Doubt("the condition is not an object", Cause.INVALID),))]
    choices: list[list[Term]] = []
    for operator, keys in body.items():
        if not isinstance(keys, dict):
            text = keys.describe() if isinstance(keys, Unknown) else "is not an object"
            more = (*more, Doubt(f"condition {operator}: {text}", getattr(keys, "cause", Cause.INVALID)))
            keys = keys.partial if isinstance(keys, Unknown) and isinstance(keys.partial, dict) else {}
        choices += [list(_terms(operator, key, values, translate)) for key, values in keys.items()]
    found = [Condition(frozenset(terms), more) for terms in product(*choices)] if _count(choices) <= _MANY else []
    return found or [Condition(more=(Doubt("the condition cannot be taken apart", Cause.UNSUPPORTED),))]


def _count(choices: list[list[Term]]) -> int:
    total = 1
    for one in choices:
        total *= max(1, len(one))
    return total


def _terms(operator: str, key: str, values: Value, translate: Translate) -> Iterator[Term]:
    """The alternatives that one operator and key leave."""
    whole = values.partial if isinstance(values, Unknown) and isinstance(values.partial, list) else values
    elements = [
        meant
        for one in (whole if isinstance(whole, list) else [whole])
        for meant in translate(operator, key, _text(one))
    ]
    known = [one.value for one in elements if isinstance(one.value, str)]
    vague = [Doubt.of(one.value, f"{operator} {key}") for one in elements if isinstance(one.value, Unknown)]
    if isinstance(values, Unknown) and whole is not values and values.open:
        elements.append(Meant(replace(values, partial=None)))
        vague.append(Doubt.of(values, f"{operator} {key}"))
    lower = operator.lower()
    if "not" in lower or lower.startswith("forallvalues:"):
        yield _term(operator, key, known, tuple(vague))
        return
    notes = {one.value: one.note for one in elements if isinstance(one.value, str)}
    for text, note in sorted(notes.items()):
        yield replace(_term(operator, key, [text], ()), note=note)
    for one in elements:
        if isinstance(one.value, Unknown):
            bounds = [one.at_most] if one.at_most else []
            term = _term(operator, key, bounds, (Doubt.of(one.value, f"{operator} {key}"),))
            yield replace(term, bounded=bool(bounds))


def _text(value: Value) -> Value:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str | Unknown | Redacted) else shown(value)


def _term(operator: str, key: str, values: list[str], vague: tuple[Doubt, ...]) -> Term:
    normal = operator.lower()
    qualifier, _, base = normal.rpartition(":")
    suffix = "ifexists" if base.endswith("ifexists") else ""
    base = base.removesuffix("ifexists")
    # Without wildcards all four compare whole texts; an unknown value may be without.
    if (base in _ALIKE and not any(_WILD.search(value) for value in values)) or base == "stringlike":
        base = "like"
    elif base == "arnequals":
        base = "arnlike"
    said = "something unknown" if vague and not values else " or ".join(sorted(values))
    normal = f"{qualifier}:{base}{suffix}" if qualifier else f"{base}{suffix}"
    compared = [value.lower() for value in values] if "ignorecase" in base or base in ("bool", "null") else values
    return Term(normal, key.lower(), frozenset(compared), vague, f"{operator} {key} is {said}")


def implies(one: Condition, other: Condition) -> bool | None:
    """Whether whoever meets ``one`` meets ``other``: None if that cannot be told."""
    undecided = bool(other.more)
    for wanted in other.terms:
        answers = [_term_implies(term, wanted) for term in one.terms]
        if True in answers:
            continue
        if None not in answers and not one.more:
            return False
        undecided = True
    return None if undecided else True


def narrows(one: Condition, other: Condition) -> bool | None:
    """Whether whoever meets ``one`` meets ``other`` but for what of it cannot matter to them: None if unclear.

    Beside the ARN of the source (``aws:SourceArn``) its account says nothing new if it is the own one, and
    ``aws:SecureTransport`` asks for TLS only. ``aws:PrincipalOrgID`` does matter: a service principal has none.
    """
    beside = any(term.key == "aws:sourcearn" and not term.negated for term in other.terms)
    harmless = {term for term in other.terms if beside and _harmless(term)}
    rest = Condition(other.terms - harmless, other.more)
    answer = implies(one, rest)
    return None if answer and any(term.vague for term in harmless) else answer


def _harmless(term: Term) -> bool:
    plain = term.operator.removesuffix("ifexists")
    if term.key == "aws:securetransport":
        return plain == "bool" and term.values == {"true"} and not term.vague
    return term.key == "aws:sourceaccount" and plain == "like" and (bool(term.vague) or term.values == {OWN_ACCOUNT})


def extra(one: Condition, other: Condition) -> str:
    """What ``other`` asks beyond ``one``, in words."""
    rest = {term for term in other.terms if not any(_term_implies(mine, term) for mine in one.terms)}
    return str(Condition(frozenset(rest), other.more))


def _term_implies(one: Term, other: Term) -> bool | None:
    if one.key != other.key or one.family != other.family:
        return False
    if other.vague or (one.vague and not one.bounded):
        return None
    if one.vague:
        return _term_implies(replace(one, vague=()), other) or None
    if one.operator != other.operator and f"{one.operator}ifexists" != other.operator:
        if {one.operator, other.operator} == {"like", "arnlike"}:
            return _inside(one, other)
        return False
    if one.negated:
        return one.values >= other.values
    return _inside(one, other)


def _inside(one: Term, other: Term) -> bool:
    if "like" not in other.operator:
        return one.values <= other.values
    wanted = [Texts((value,)) for value in sorted(other.values)]
    return all(within(Texts((value,)), *wanted) for value in sorted(one.values))
