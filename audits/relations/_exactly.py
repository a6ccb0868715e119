"""Whether policies grant exactly what is documented: every expected grant in full, and nothing beyond.

Source: IAM user guide, "Policy evaluation logic": everything is denied unless some Allow grants it; an explicit Deny
overrides; with a permissions boundary only what both allow is granted. Service and resource control policies of the
organisation and session policies are not in view: they could only narrow what is judged here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from audits.relations._actions import spelled
from audits.relations._conditions import Condition, extra, implies, narrows
from audits.relations._doubts import Doubt
from audits.relations._globs import ALL_TEXTS, Texts, exists, overlap, within
from audits.relations._principals import Principal, covers
from audits.relations._statements import Atom, Effect


@dataclass(frozen=True, slots=True)
class Expected:
    """One documented statement, as sets. ``path`` says it in words, the same on both planes."""

    effect: Effect
    actions: frozenset[str]
    places: tuple[Texts, ...]
    principals: tuple[Principal, ...]
    conditions: tuple[Condition, ...]
    path: str


@dataclass(frozen=True, slots=True)
class Policies:
    """All that was read. ``doubts``: there may be more; ``boundary``: the atoms that limit it, None for no boundary.

    What is granted to the same principal elsewhere counts only as more than is documented: ``beside`` within the
    boundary, ``free`` beyond it as well, and of ``either`` it cannot be told. ``beside_doubts``: there may be more.
    """

    atoms: Sequence[Atom]
    doubts: Sequence[Doubt] = ()
    boundary: Sequence[Atom] | None = None
    boundary_doubts: Sequence[Doubt] = ()
    beside: Sequence[Atom] = ()
    free: Sequence[Atom] = ()
    either: Sequence[Atom] = ()
    beside_doubts: Sequence[Doubt] = ()

    @property
    def unbounded(self) -> Policies:
        """The same without what the boundary leaves out; what it denies stays denied."""
        atoms = [*self.atoms, *(atom for atom in self.boundary or () if atom.effect == "Deny")]
        return replace(self, atoms=atoms, boundary=None, boundary_doubts=())

    def of(self, effect: Effect) -> list[Atom]:
        """The atoms of one effect."""
        return [atom for atom in self.atoms if atom.effect == effect]

    @property
    def denies(self) -> list[Atom]:
        """All that denies, the boundary's included."""
        return [*self.of("Deny"), *(atom for atom in self.boundary or () if atom.effect == "Deny")]

    def limits(self, action: str, condition: Condition | None, *, surely: bool) -> tuple[Texts, ...]:
        """The resources on which the boundary lets an action through: surely, or perhaps.

        For whoever meets ``condition``; without one, also where it does so only under some condition of its own.
        """
        if self.boundary is None:
            return () if surely and self.boundary_doubts else (ALL_TEXTS,)
        if self.boundary_doubts and not surely:
            return (ALL_TEXTS,)
        allows = [atom for atom in self.boundary if atom.effect == "Allow"]
        return _texts(allows, action, None, condition, surely=surely)


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far an expected statement is there. ``granted``: the actions that are, in full.

    ``instead``: what is granted instead, if all that is missing is granted otherwise; ``only_if``: what the grant asks
    beyond what is documented, though it does not matter.
    """

    holds: bool | None
    granted: tuple[str, ...]
    reasons: tuple[str, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    by: Atom | None = None
    instead: str = ""
    only_if: tuple[str, ...] = ()


def _texts(
    atoms: Iterable[Atom],
    action: str,
    principal: Principal | None,
    condition: Condition | None,
    *,
    surely: bool,
    denies: bool = False,
    meets: Callable[[Condition, Condition], bool | None] = implies,
) -> tuple[Texts, ...]:
    """The resources for which the atoms, surely or perhaps, speak of whoever meets all of this."""
    found: list[Texts] = []
    for atom in atoms:
        if action not in (atom.actions.certain if surely else atom.actions.possible):
            continue
        answers = [meets(condition, atom.condition)] if condition is not None else []
        answers += [covers(atom.principal, principal, denies)] if principal is not None else []
        if surely and atom.sure and all(answer is True for answer in answers):
            found.append(atom.places.certain)
        if not surely and all(answer is not False for answer in answers):
            found.append(atom.places.possible)
    return tuple(sorted(set(found)))


_NOT_INSTEAD = ("not ", "denied ")


def coverage(wanted: Expected, policies: Policies) -> Coverage:
    """Whether an expected statement is there in full, and no Deny takes it back."""
    granted: list[str] = []
    reasons: list[str] = []
    doubts: list[Doubt] = []
    answers: list[bool | None] = []
    for action in sorted(wanted.actions):
        found = [
            _covered(wanted, action, place, principal, condition, policies)
            for place in wanted.places
            for principal in wanted.principals
            for condition in wanted.conditions
        ]
        answers += [answer for answer, _ in found]
        reasons += [f"{spelled(action)} {reason}" for answer, reason in found if answer is False]
        if all(answer for answer, _ in found):
            granted.append(spelled(action))
    holds = False if False in answers else None if None in answers else True
    if holds is None:
        doubts = [*policies.doubts, *policies.boundary_doubts, *(d for a in policies.atoms for d in a.doubts)]
        doubts += [doubt for atom in policies.boundary or () for doubt in atom.doubts]
    by = next((atom for atom in policies.of(wanted.effect) if atom.actions.certain & wanted.actions), None)
    reasons = list(dict.fromkeys(reasons))
    ways = {reason.partition(" is ")[2] for reason in reasons}
    instead = next(iter(ways)) if len(ways) == 1 and not next(iter(ways)).startswith(_NOT_INSTEAD) else ""
    only_if = _only_if(wanted, policies) if holds and wanted.effect == "Allow" else ()
    return Coverage(holds, tuple(granted), tuple(reasons), tuple(dict.fromkeys(doubts)), by, instead, only_if)


def _covered(
    wanted: Expected, action: str, place: Texts, principal: Principal, condition: Condition, policies: Policies
) -> tuple[bool | None, str]:
    same = policies.of(wanted.effect)
    denying = wanted.effect == "Deny"
    meets = implies if denying else narrows
    surely = _texts(same, action, principal, condition, surely=True, denies=denying, meets=meets)
    perhaps = _texts(same, action, principal, condition, surely=False, denies=denying, meets=meets)
    if not policies.doubts and not within(place, *perhaps):
        instead = "" if denying else _instead(same, action, place, principal, condition)
        return False, f"is {instead}" if instead else f"is not {'denied' if denying else 'granted'} on {place}"
    certain = within(place, *surely)
    if denying:
        return (True if certain else None), ""
    # What was not read may deny; it cannot make a Deny undone.
    certain = certain and not policies.doubts
    if not within(place, *policies.limits(action, condition, surely=False)):
        return False, f"is not within the permissions boundary on {place}"
    certain = certain and within(place, *policies.limits(action, condition, surely=True))
    denies = policies.denies
    if within(place, *_texts(denies, action, principal, condition, surely=True, denies=True)):
        return False, f"is denied on {place}"
    removed = within(place, *_texts(denies, action, principal, condition, surely=False, denies=True))
    return (True if certain and not removed else None), ""


def _instead(atoms: Sequence[Atom], action: str, place: Texts, principal: Principal, condition: Condition) -> str:
    """How the action is granted on the place otherwise, under more conditions or to others; empty if it is not."""
    there = [atom for atom in atoms if atom.sure and action in atom.actions.certain and not atom.doubts]
    there = [atom for atom in there if overlap(place, atom.places.certain)]
    mine = [atom for atom in there if covers(atom.principal, principal)]
    if mine and within(place, *(atom.places.certain for atom in mine)):
        notes = sorted({note for atom in mine for note in atom.condition.notes})
        if notes:
            return f"granted more widely: {'; '.join(notes)}"
        return f"granted only if {' or only if '.join(sorted({extra(condition, atom.condition) for atom in mine}))}"
    others = [atom for atom in there if narrows(condition, atom.condition)]
    if others and within(place, *(atom.places.certain for atom in others)):
        return f"granted to {', '.join(sorted({str(atom.principal) for atom in others}))} instead"
    return ""


def _only_if(wanted: Expected, policies: Policies) -> tuple[str, ...]:
    """What the statements that grant it ask beyond what is documented."""
    found = {
        extra(condition, atom.condition)
        for atom in policies.of(wanted.effect)
        for condition in wanted.conditions
        if atom.actions.certain & wanted.actions and narrows(condition, atom.condition)
    }
    return tuple(sorted(found - {""}))


def narrowing(wanted: Expected, expected: Sequence[Expected], policies: Policies) -> list[Atom]:
    """The Denies, not among the documented ones, that take part of an expected grant back under some condition."""
    listed = [one for one in expected if one.effect == "Deny"]
    found: list[Atom] = []
    for atom in policies.of("Deny"):
        meets = atom.actions.possible & wanted.actions and any(overlap(p, atom.places.possible) for p in wanted.places)
        if meets and beyond(atom, listed, Policies(())) is not False:
            found.append(atom)
    return found


def beyond(atom: Atom, expected: Sequence[Expected], policies: Policies) -> bool | None:
    """Whether an atom grants more than is expected: True surely, False surely not, None if it cannot be told."""
    if not any(_perhaps_beyond(atom, action, expected, policies) for action in atom.actions.possible):
        return False
    if not atom.sure or not atom.principal.some or not atom.places.some:
        return None
    if any(_surely_beyond(atom, action, expected, policies) for action in atom.actions.certain):
        return True
    # Which action it is may be unknown, but not that it is one of the service: then all it can be have to be beyond.
    vague = atom.actions.some and not atom.actions.certain and bool(atom.actions.possible)
    every_one = vague and all(_surely_beyond(atom, action, expected, policies) for action in atom.actions.possible)
    return True if every_one else None


def more_than(expected: Sequence[Expected], policies: Policies) -> list[tuple[Atom, bool | None]]:
    """Everything that is allowed, with whether it is beyond what is expected."""
    unbounded = policies.unbounded
    limited = (*policies.of("Allow"), *policies.beside)
    answers = [(atom, beyond(atom, expected, policies)) for atom in limited]
    answers += [(atom, beyond(atom, expected, unbounded)) for atom in policies.free]
    for atom in policies.either:
        both = {beyond(atom, expected, policies), beyond(atom, expected, unbounded)}
        answers.append((atom, both.pop() if len(both) == 1 else None))
    return answers


def _documented(atom: Atom, action: str, expected: Sequence[Expected], *, surely: bool) -> list[Texts]:
    """The resources on which what the atom says is documented: surely, or perhaps."""
    found: list[Texts] = []
    for one in expected:
        if action not in one.actions:
            continue
        met = [implies(atom.condition, condition) for condition in one.conditions]
        named = [covers(principal, atom.principal) for principal in one.principals]
        if any(answer is True or (answer is None and not surely) for answer in met) and any(
            answer is True or (answer is None and not surely) for answer in named
        ):
            found.extend(one.places)
    return found


def _perhaps_beyond(atom: Atom, action: str, expected: Sequence[Expected], policies: Policies) -> bool:
    documented = _documented(atom, action, expected, surely=True)
    denied = _texts(policies.denies, action, atom.principal, atom.condition, surely=True, denies=True)
    none_of = tuple(sorted({*documented, *denied}))
    limits = policies.limits(action, None, surely=False)
    return any(exists((atom.places.possible, limit), none_of) for limit in limits)


def _surely_beyond(atom: Atom, action: str, expected: Sequence[Expected], policies: Policies) -> bool:
    documented = _documented(atom, action, expected, surely=False)
    denied = _texts(policies.denies, action, atom.principal, atom.condition, surely=False, denies=True)
    harmless = tuple(sorted({*documented, *denied}))
    limits = policies.limits(action, atom.condition, surely=True)
    if any(exists((atom.places.certain, limit), harmless) for limit in limits):
        return True
    # Which resource it is may be unknown, but if all it can be lies outside what is documented, it is beyond.
    possible = atom.places.possible
    apart = not any(overlap(possible, one) for one in harmless)
    return bool(limits) and apart and exists((possible,)) and within(possible, *limits)
