"""The verdicts on exact grants, alike for what is attached to a principal and for what a resource's policy says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from audits.model import Cause, Control, Resource, State, Value, Verdict
from audits.relation import verdict_on
from audits.relations._doubts import (
    Doubt,
    mended,
    nearest_misses,
    place_of,
    said,
    state_with,
    undecided,
    unknown_because,
)
from audits.relations._exactly import Expected, Policies, coverage, more_than, narrowing
from audits.relations._globs import TooComplexError
from audits.relations._statements import Atom
from audits.view import View

JudgeOne = Callable[[Resource], Sequence[Verdict]]
NOTHING_ELSE = "nothing else"


def over_selected(
    control: Control, data: Mapping[str, Any], view: View, paths: Mapping[str, Value], judge: JudgeOne
) -> list[Verdict]:
    """The verdicts on every resource that is selected; on all ``paths`` at once (with what each expects) if none is."""
    selection = view.select(data["kind"], data.get("select", {}))
    if not selection.yes:
        doubts = Doubt.behind(selection.gaps, view)
        doubts += [
            Doubt(f"whether {one.resource.identity} is meant: {'; '.join(one.reasons)}", one.cause)
            for one in selection.maybe
        ]
        doubts += [Doubt(reason, Cause.UNRESOLVED) for reason in selection.elsewhere]
        if doubts:
            return [undecided(path, expected, doubts) for path, expected in paths.items()]
        cause = nearest_misses(data["kind"], [selection])
        return [
            Verdict(State.ABSENT, path=path, expected=expected, actual="nothing there", cause=cause, key=path)
            for path, expected in paths.items()
        ]
    verdicts = [_keyed(one, len(selection.yes)) for resource in selection.yes for one in judge(resource)]
    # A listing that broke off may hide another that is meant as well: half of it is no pass.
    broken_off = [gap for gap in selection.gaps if gap.kinds is not None]
    if broken_off:
        doubts = Doubt.behind(broken_off, view)
        verdicts += [undecided(path, expected, doubts) for path, expected in paths.items()]
    for maybe in selection.maybe:
        why = f"it cannot be told whether this resource is meant: {'; '.join(maybe.reasons)}"
        for one in judge(maybe.resource):
            if one.state is not State.PASS:
                unreadable = maybe.unreadable or one.state is State.UNREADABLE
                state = State.UNREADABLE if unreadable else State.UNKNOWN
                verdicts.append(replace(one, state=state, cause=why))
    return verdicts


def _keyed(verdict: Verdict, selected: int) -> Verdict:
    """The only resource pairs with the only one of the other plane, whatever each is called."""
    return replace(verdict, key=verdict.path) if selected == 1 else verdict


def verdicts_on(
    resource: Resource, policies: Policies, expected: Sequence[Expected], rest: str, place: str
) -> list[Verdict]:
    """One verdict an expected statement, and one (``rest``) on everything beyond them. ``place``: of policies."""
    try:
        found = [_statement(resource, one, expected, policies, place) for one in expected]
        return [*found, _rest(resource, policies, expected, rest, place)]
    except TooComplexError as error:
        doubt = [Doubt(str(error), Cause.UNSUPPORTED)]
        paths = {**{one.path: one.path for one in expected}, rest: NOTHING_ELSE}
        return [_open(resource, path, wanted, doubt, place) for path, wanted in paths.items()]


def _statement(
    resource: Resource, wanted: Expected, expected: Sequence[Expected], policies: Policies, place: str
) -> Verdict:
    found = coverage(wanted, policies)
    if found.holds is None:
        return _open(resource, wanted.path, wanted.path, list(found.doubts), place)
    if found.holds:
        narrower = narrowing(wanted, expected, policies) if wanted.effect == "Allow" else []
        notes = [f"granted only if {text}, too" for text in found.only_if]
        notes += sorted({f"narrowed by Deny {atom} ({_by(atom)})" for atom in narrower})
        verdict = verdict_on(resource, State.PASS, wanted.path, wanted.path, wanted.path, place=place)
        origin = found.by.origin if found.by is not None else verdict.origin
        return replace(verdict, cause="; ".join(notes), origin=origin)
    nothing = "not denied" if wanted.effect == "Deny" else found.instead or "not granted"
    actual = f"only {', '.join(found.granted)}" if found.granted else nothing
    cause = "; ".join(found.reasons)
    verdict = verdict_on(resource, State.FAIL, wanted.path, wanted.path, actual, cause=cause, place=place)
    return replace(verdict, origin=found.by.origin) if found.by is not None else verdict


def _rest(resource: Resource, policies: Policies, expected: Sequence[Expected], path: str, place: str) -> Verdict:
    allowed = [one for one in expected if one.effect == "Allow"]
    answers = more_than(allowed, policies)
    surely = [atom for atom, answer in answers if answer]
    vague = [atom for atom, answer in answers if answer is None]
    doubts = [*policies.doubts, *policies.beside_doubts, *(doubt for atom in vague for doubt in atom.doubts)]
    if vague:
        doubts += [*policies.boundary_doubts, *(doubt for atom in policies.denies for doubt in atom.doubts)]
        doubts += [doubt for atom in policies.boundary or () for doubt in atom.doubts]
        doubts = doubts or [Doubt("whether the permissions boundary lets it through under its conditions")]
    doubts = list(dict.fromkeys(doubts))
    if surely:
        causes = [
            f"{text} by {by}"
            for by in sorted({_by(atom) for atom in surely})
            for text in in_words([atom for atom in surely if _by(atom) == by])
        ]
        causes += sorted({note for atom in surely for note in atom.condition.notes})
        causes += [f"also undecided: {said(doubts)}"] if doubts else []
        verdict = verdict_on(
            resource, State.FAIL, path, NOTHING_ELSE, in_words(surely), cause="; ".join(causes), place=place
        )
        first = min(surely, key=lambda atom: (atom.policy, str(atom)))
        return replace(verdict, origin=first.origin)
    if doubts:
        return _open(resource, path, NOTHING_ELSE, doubts, place)
    return verdict_on(resource, State.PASS, path, NOTHING_ELSE, NOTHING_ELSE, place=place)


def _by(atom: Atom) -> str:
    place = str(atom.origin)
    return f"{atom.policy} ({place})" if place else atom.policy


def in_words(atoms: Sequence[Atom]) -> list[str]:
    """What the atoms grant, those that differ in actions only together: the same however statements were split."""
    groups: dict[tuple[str, str, str], set[str]] = {}
    for atom in atoms:
        groups.setdefault((str(atom.principal), atom.places.text, str(atom.condition)), set()).add(atom.actions.text)
    texts: list[str] = []
    for (principal, places, condition), actions in groups.items():
        shown = [principal, ", ".join(sorted(actions)), f"on {places}" if places else ""]
        texts.append(" ".join(text for text in [*shown, f"if {condition}" if condition else ""] if text))
    return sorted(texts)


def _open(resource: Resource, path: str, expected: Value, doubts: Sequence[Doubt], place: str) -> Verdict:
    actual = unknown_because(doubts)
    verdict = verdict_on(resource, state_with(doubts), path, expected, actual, cause=said(doubts), place=place)
    placed = place_of(doubts)
    return replace(verdict, mend=mended(doubts), origin=placed if str(placed) else verdict.origin)
