"""Policy documents taken apart into atoms: one effect, action pattern, resource pattern, principal and condition each.

A statement says the same as all combinations of its parts, so how people split and order statements does not matter.
Every atom is known within bounds. Source: IAM user guide, "Grammar of the IAM JSON policy language" (elements may be
one value or a list; ``NotAction``, ``NotResource`` and ``NotPrincipal`` name what is left out; one statement needs no
list).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from audits.model import NOWHERE, Cause, Origin, Unknown, Value
from audits.relations._actions import dated, every, expand, touches
from audits.relations._arns import widest
from audits.relations._conditions import ALWAYS, Condition, Translate, conditions
from audits.relations._doubts import Doubt, shown
from audits.relations._globs import ALL_TEXTS, NO_TEXTS, Texts, within
from audits.relations._principals import OWNER, Principal, principals

Effect = Literal["Allow", "Deny"]


@dataclass(frozen=True, slots=True)
class Actions:
    """The actions that one pattern names, within bounds; ``some``: at least one of the service, surely."""

    certain: frozenset[str]
    possible: frozenset[str]
    text: str
    some: bool = True
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True)
class Places:
    """The resources that one pattern names, within bounds."""

    certain: Texts
    possible: Texts
    text: str
    some: bool = True
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True)
class Atom:
    """One thing that a policy says. ``sure``: it surely says it. ``policy`` names the policy, ``origin`` its place."""

    effect: Effect
    actions: Actions
    places: Places
    principal: Principal = OWNER
    condition: Condition = ALWAYS
    sure: bool = True
    extra: tuple[Doubt, ...] = ()
    policy: str = ""
    origin: Origin = NOWHERE

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        """Why it is not known exactly."""
        parts = (self.extra, self.actions.doubts, self.places.doubts, self.principal.doubts, self.condition.doubts)
        return tuple(doubt for part in parts for doubt in part)

    def __str__(self) -> str:
        texts = [str(self.principal), self.actions.text]
        texts += [f"on {self.places.text}"] if self.places.text else []
        texts += [f"if {self.condition}"] if self.condition != ALWAYS else []
        return " ".join(text for text in texts if text)


@dataclass(frozen=True, slots=True)
class Document:
    """A policy document with what is needed to read and to name it.

    ``text`` derives what a value surely is (an ARN from a bucket's name), ``condition`` and ``principal`` likewise
    for their values. ``identity``: it is attached to whom it speaks of, so it has no principals.
    """

    body: Value
    policy: str
    origin: Origin
    text: Callable[[Value], Value]
    condition: Translate
    principal: Callable[[str, Value], Value]
    identity: bool


def read(document: Document, service: str) -> tuple[list[Atom], list[Doubt]]:
    """The atoms of a document that can touch a service, and the doubts whether it says more."""
    body, doubts = _opened(document.body, document.policy)
    atoms: list[Atom] = []
    for one in body:
        statements = _member(one, "Statement")
        inner, more = _listed(statements, f"{document.policy}: Statement")
        doubts += more
        for statement in inner:
            atoms += _statement(statement, document, service)
    return atoms, doubts


def _opened(value: Value, policy: str) -> tuple[list[Value], list[Doubt]]:
    """The documents that a value holds; a list means all of them (parts fold into lists)."""
    found, doubts = _listed(value, policy)
    found = [_decoded(one) for one in found]
    nested = [one["policy"] if isinstance(one, dict) and set(one) == {"policy"} else one for one in found]
    bad = [
        Doubt(f"{policy} is no policy document", Cause.INVALID) for one in nested if not isinstance(one, dict | Unknown)
    ]
    doubts += bad + [Doubt.of(one, policy) for one in nested if isinstance(one, Unknown) and one.partial is None]
    return [one for one in nested if isinstance(one, dict | Unknown)], doubts


def _decoded(value: Value) -> Value:
    try:
        return json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return value


def _texts(value: Value, about: str, document: Document) -> tuple[list[Value], list[Doubt]]:
    """The texts of an element that is one or a list of them, with what can be derived of each."""
    whole = document.text(value) if isinstance(value, Unknown) and value.partial is None else value
    if isinstance(whole, Unknown) and whole.parts:
        return [whole], []
    elements, doubts = _listed(whole, about)
    return [document.text(one) for one in elements], doubts


def _listed(value: Value, about: str) -> tuple[list[Value], list[Doubt]]:
    """The elements of a list, or of what stands for a list of one, and the doubts whether there are more."""
    if isinstance(value, Unknown):
        known = value.partial
        if isinstance(known, dict):
            return [value], []
        closed = isinstance(known, list) and not value.open
        return (known if isinstance(known, list) else []), ([] if closed else [Doubt.of(value, about)])
    if value is None:
        return [], []
    return (value if isinstance(value, list) else [value]), []


def _member(body: Value, name: str) -> Value:
    """An element of a statement or document: None if it is not there, Unknown if that cannot be told."""
    known = body.partial if isinstance(body, Unknown) else body
    for key, value in known.items() if isinstance(known, dict) else ():
        if key.lower() == name.lower():
            return value
    return replace(body, partial=None, parts=()) if isinstance(body, Unknown) else None


def _statement(statement: Value, document: Document, service: str) -> Iterator[Atom]:
    shape = statement.partial if isinstance(statement, Unknown) else statement
    effect = _member(statement, "Effect")
    known = effect in ("Allow", "Deny")
    extra: tuple[Doubt, ...] = ()
    if not known:
        said = effect.describe() if isinstance(effect, Unknown) else f"is {shown(effect)}"
        extra = (Doubt(f"{document.policy}: Effect {said}", getattr(effect, "cause", Cause.INVALID)),)
    owners = [OWNER] if document.identity else _principals(statement, document)
    effects: tuple[Effect, ...] = (effect,) if known else ("Allow", "Deny")
    sure = known and isinstance(shape, dict)
    for actions in _actions(statement, document, service):
        for places in _places(statement, document):
            for owner in owners:
                for condition in conditions(_member(statement, "Condition"), document.condition):
                    for each in effects:
                        yield Atom(
                            each, actions, places, owner, condition, sure, extra, document.policy, document.origin
                        )


def _principals(statement: Value, document: Document) -> list[Principal]:
    left_out = _member(statement, "NotPrincipal") if _has(statement, "NotPrincipal") else None
    if left_out is not None:
        return principals(left_out, True, document.principal)
    return principals(_member(statement, "Principal"), False, document.principal)


def _has(statement: Value, name: str) -> bool:
    known = statement.partial if isinstance(statement, Unknown) else statement
    return isinstance(known, dict) and any(key.lower() == name.lower() for key in known)


def _actions(statement: Value, document: Document, service: str) -> Iterator[Actions]:
    inverted = not _has(statement, "Action") and _has(statement, "NotAction")
    value = _member(statement, "NotAction" if inverted else "Action")
    texts, doubts = _texts(value, f"{document.policy}: {'NotAction' if inverted else 'Action'}", document)
    if inverted:
        yield _left_out_actions(texts, doubts, document, service)
        return
    for one in texts:
        if isinstance(one, Unknown):
            upper = widest(one)
            if touches(upper, service):
                inside = within(Texts((upper.lower(),)), Texts((f"{service}:*",)))
                doubt = Doubt.of(one, f"{document.policy}: Action")
                yield Actions(frozenset(), expand(upper, service), "an unknown action", inside, (doubt,))
        elif touches(str(one), service):
            yield _action(str(one), service, document)
    if doubts:
        yield Actions(frozenset(), every(service), "unknown actions", False, tuple(doubts))


def _action(pattern: str, service: str, document: Document) -> Actions:
    found = expand(pattern, service)
    if found:
        return Actions(found, found, pattern)
    doubt = Doubt(f"{document.policy}: {pattern} names no action in the list of {dated()}")
    return Actions(frozenset(), frozenset((pattern.lower(),)), pattern, False, (doubt,))


def _left_out_actions(texts: list[Value], doubts: list[Doubt], document: Document, service: str) -> Actions:
    known = [one for one in texts if isinstance(one, str)]
    vague = [one for one in texts if isinstance(one, Unknown)]
    widest_left = every(service) - frozenset(name for one in known for name in expand(one, service))
    surely_left = widest_left - frozenset(name for one in vague for name in expand(widest(one), service))
    surely_left = frozenset() if doubts else surely_left
    said = [*doubts, *(Doubt.of(one, f"{document.policy}: NotAction") for one in vague)]
    text = f"everything but {', '.join(sorted(known)) or 'something unknown'}"
    return Actions(surely_left, widest_left, text, bool(surely_left), tuple(said))


def _places(statement: Value, document: Document) -> Iterator[Places]:
    inverted = not _has(statement, "Resource") and _has(statement, "NotResource")
    name = "NotResource" if inverted else "Resource"
    value = _member(statement, name)
    if value is None and not document.identity:
        yield Places(ALL_TEXTS, ALL_TEXTS, "")
        return
    texts, doubts = _texts(value, f"{document.policy}: {name}", document)
    if inverted:
        yield _left_out_places(texts, doubts, document)
        return
    for one in texts:
        if isinstance(one, str):
            yield Places(Texts((one,)), Texts((one,)), one)
        elif isinstance(one, Unknown):
            doubt = Doubt.of(one, f"{document.policy}: Resource")
            yield Places(NO_TEXTS, Texts((widest(one),)), "an unknown resource", True, (doubt,))
        else:
            doubts.append(Doubt(f"{document.policy}: Resource {shown(one)} is no text", Cause.INVALID))
    if doubts or value is None:
        said = tuple(doubts) or (Doubt(f"{document.policy}: a statement has no Resource", Cause.INVALID),)
        yield Places(NO_TEXTS, ALL_TEXTS, "unknown resources", False, said)


def _left_out_places(texts: list[Value], doubts: list[Doubt], document: Document) -> Places:
    known = tuple(sorted(one for one in texts if isinstance(one, str)))
    vague = [one for one in texts if isinstance(one, Unknown)]
    widest_left = Texts(known, inverted=True) if known else ALL_TEXTS
    outer = tuple(sorted({*known, *(widest(one) for one in vague)}))
    surely = NO_TEXTS if doubts else Texts(outer, inverted=True)
    said = [*doubts, *(Doubt.of(one, f"{document.policy}: NotResource") for one in vague)]
    return Places(surely, widest_left, str(Texts(known, inverted=True)), not said, tuple(said))
