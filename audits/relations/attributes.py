"""What most controls say: of the resources a selector chooses, so many exist, and their attributes are as documented.

``{kind, select, count, expect}``, or ``one_of: [{kind, select, expect}, …]`` where the document can be met by either of
several kinds (a Redis cluster of one node, or a replication group of one).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from audits.expectations import matches
from audits.kind import Kind
from audits.matcher_check import MatcherError, check, speaks_of
from audits.model import Control, Gap, Resource, State, Unknown, Value, Verdict, worst
from audits.outcome import Outcome
from audits.paths import MISSING, Leaf, Leaves, PathError, parse, plain, walk, wants_absence
from audits.relation import BodyError, Relation, first_origin, gap_text, mends, state_of, verdict_on
from audits.relations._schema_check import check_path, check_selector
from audits.relations._selectors import matcher_kinds, path_kinds, selector_kinds
from audits.selection import Maybe, Selection
from audits.view import View

_ALTERNATIVE = ("kind", "select", "expect")
_STRETCH = 1000


def alternatives(body: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The selectors of a control, one or several."""
    found: Sequence[Mapping[str, Any]] = body.get("one_of", [body])
    return found


def judge(control: Control, view: View) -> Sequence[Verdict]:
    """One verdict a resource and path, and one on the count where it is documented, missed or undecided."""
    chosen = [(one, view.select(one["kind"], one.get("select", {}))) for one in alternatives(control.body)]
    verdicts: list[Verdict] = []
    for one, selection in chosen:
        for resource in selection.yes:
            verdicts.extend(judge_resource(resource, one.get("expect", {}), view))
        for maybe in selection.maybe:
            found = judge_resource(maybe.resource, one.get("expect", {}), view)
            verdicts.extend(_perhaps(verdict, maybe) for verdict in found)
    return [*_count(control, [selection for _, selection in chosen], view), *verdicts]


def _perhaps(verdict: Verdict, maybe: Maybe) -> Verdict:
    """A verdict on a resource that is perhaps not meant: neither its fail nor its pass decides anything."""
    unreadable = maybe.unreadable or verdict.state is State.UNREADABLE
    cause = f"it cannot be told whether this resource is meant: {'; '.join(maybe.reasons)}"
    return replace(verdict, state=State.UNREADABLE if unreadable else State.UNKNOWN, cause=cause)


def _count(control: Control, selections: Sequence[Selection], view: View) -> list[Verdict]:
    documented = control.body.get("count", {"minimum": 1})
    certain = [resource for selection in selections for resource in selection.yes]
    maybes = [maybe for selection in selections for maybe in selection.maybe]
    gaps = tuple(dict.fromkeys(gap for selection in selections for gap in selection.gaps))
    elsewhere = list(dict.fromkeys(reason for selection in selections for reason in selection.elsewhere))
    starred = any(maybe.resource.existence is not None for maybe in maybes) or bool(elsewhere)
    state = _count_state(documented, len(certain), len(certain) + len(maybes), bool(gaps) or starred)
    if state is State.PASS and _half_read(control, selections):
        state = None
    if state is None:
        unreadable = bool(gaps) or any(maybe.unreadable for maybe in maybes)
        state = State.UNREADABLE if unreadable else State.UNKNOWN
    if state is State.FAIL and not certain:
        state = State.ABSENT
    reasons = [f"{maybe.resource.identity}: {'; '.join(maybe.reasons)}" for maybe in maybes]
    reasons += elsewhere
    cause = "; ".join([*reasons, *([gap_text(gaps, view)] if gaps else [])]) if state.undecided else ""
    if state is State.ABSENT:
        cause = _nearest(selections)
    return [
        Verdict(
            state,
            path="count",
            expected=documented,
            actual=len(certain) if not state.undecided else {"at least": len(certain), "read": len(certain)},
            origin=_where(certain, selections, gaps, state),
            cause=cause,
            mend=mends(gaps) if state.undecided else "",
            key="",
        )
    ]


def _half_read(control: Control, selections: Sequence[Selection]) -> bool:
    """Whether what was not read could deviate, although what was read is enough for the count.

    That is so of an alternative of which nothing was read, and of a listing that broke off: half of it is no pass.
    A gap that may hide anything (a missing module) leaves what was read judged, as everywhere.
    """
    unread = any(selection.gaps and not selection.yes for selection in selections)
    broken_off = any(gap.kinds is not None for selection in selections for gap in selection.gaps)
    return unread or (broken_off and "count" not in control.body)


def _count_state(documented: Any, low: int, high: int, unbounded: bool) -> State | None:
    """Decided only if every number in the interval agrees; None if not."""
    # A matcher on whole numbers changes its answer only at a bound it names (so one past the largest is enough), and
    # by multiples, which a stretch of numbers shows.
    named = _numbers(documented)
    top = max([high, *named]) + 1 if unbounded else high
    edges = {near for number in (*named, top) for near in (number - 1, number, number + 1) if low <= near <= top}
    answers = {matches(documented, number).holds for number in (*range(low, min(top, low + _STRETCH) + 1), *edges)}
    if answers == {True}:
        return State.PASS
    return State.FAIL if answers == {False} else None


def _numbers(documented: Any) -> list[int]:
    if isinstance(documented, dict):
        return [number for value in documented.values() for number in _numbers(value)]
    if isinstance(documented, list):
        return [number for value in documented for number in _numbers(value)]
    return [int(documented)] if isinstance(documented, int | float) else []


def _nearest(selections: Sequence[Selection]) -> str:
    misses = sorted((miss for selection in selections for miss in selection.no), key=lambda miss: -miss.matched)
    if not misses:
        return "nothing of this kind was found"
    shown = "; ".join(f"{miss.resource.identity}: {miss.clause}" for miss in misses[:3])
    return f"nothing matches; nearest: {shown}"


def _where(certain: Sequence[Resource], selections: Sequence[Selection], gaps: Sequence[Gap], state: State) -> Any:
    if certain:
        return certain[0].origin
    if state.undecided and gaps:
        return first_origin(gaps)
    return next((maybe.resource.origin for selection in selections for maybe in selection.maybe), first_origin(()))


def judge_resource(resource: Resource, expect: Mapping[str, Any], view: View) -> list[Verdict]:
    """One verdict for each expected path of one resource."""
    return [_judge_path(resource, path, matcher, view) for path, matcher in expect.items()]


def _judge_path(resource: Resource, path: str, matcher: Any, view: View) -> Verdict:
    context = view.context(resource)

    def decide(data: Any, value: Value) -> tuple[bool | None, tuple[Unknown, ...]]:
        outcome = matches(data, context.missing if value is MISSING else value, context)
        return outcome.holds, outcome.unknowns

    found = walk(view.attributes(resource), parse(path), decide)
    outcomes = [_leaf_outcome(leaf, matcher, view, resource) for leaf in found.leaves]
    states = [_state(outcome) for outcome in outcomes]
    states += [state_of([unknown]) for unknown in found.more]
    states += _of_nothing(found, matcher)
    state = worst(states)
    number = next((n for n, one in enumerate(states[: len(outcomes)]) if one is state), 0)
    leaf = found.leaves[number] if found.leaves else None
    return verdict_on(
        resource,
        state,
        path,
        matcher,
        _actual(found),
        cause=_cause(state, outcomes, found, resource, path),
        place=leaf.path if leaf else path,
    )


def _leaf_outcome(leaf: Leaf, matcher: Any, view: View, resource: Resource) -> Outcome:
    context = view.context(resource)
    value = leaf.value
    if leaf.missing:
        # An attribute that source leaves out is the provider's to decide; an element that a known list lacks is not.
        value = context.missing if leaf.missing == "is not set" else MISSING
    outcome = matches(matcher, value, context)
    if leaf.maybe and outcome.holds is not True:
        return Outcome(None, "; ".join(unknown.describe() for unknown in leaf.maybe), leaf.maybe)
    return outcome


def _state(outcome: Outcome) -> State:
    if outcome.holds is None:
        return state_of(outcome.unknowns)
    return State.PASS if outcome.holds else State.FAIL


def _of_nothing(found: Leaves, matcher: Any) -> list[State]:
    """A path quantified over nothing does not pass, nor one whose every leaf is only perhaps there.

    Unless absence is what is expected.
    """
    if wants_absence(matcher):
        return [State.PASS]
    if found.empty or not (found.leaves or found.more):
        return [State.FAIL]
    if all(leaf.maybe for leaf in found.leaves):
        return [state_of([unknown for leaf in found.leaves for unknown in leaf.maybe])]
    return []


def _actual(found: Leaves) -> Value:
    values = [None if leaf.missing else leaf.value for leaf in found.leaves]
    return values[0] if len(values) == 1 else values or None


def _cause(state: State, outcomes: Sequence[Outcome], found: Leaves, resource: Resource, path: str) -> str:
    wanted = {State.FAIL: False, State.PASS: True}.get(state)
    messages = [outcome.message for outcome in outcomes if outcome.holds is wanted and outcome.message]
    if state.undecided:
        messages += [unknown.describe() for unknown in found.more]
        messages += [unknown.describe() for leaf in found.leaves for unknown in leaf.maybe]
    if state is State.FAIL and found.empty:
        messages.append(f"nothing at {', '.join(found.empty)}")
    here = f"{plain(parse(path))}."
    source = next((text for name, text in resource.defaulted.items() if here.startswith(_plain(name))), "")
    return "; ".join([*dict.fromkeys(messages), *([f"provider default: {source}"] if source else [])])


def _plain(declared: str) -> str:
    return declared.replace("[*]", "") + "."


def check_body(body: Mapping[str, Any], kinds: Mapping[str, Kind]) -> None:
    """Refuse kinds, paths and matchers that cannot be.

    Raises:
        BodyError: with the path to the place and the nearest right name.
    """
    if "one_of" in body:
        clash = next((key for key in _ALTERNATIVE if key in body), None)
        if clash:
            raise BodyError(f"{clash} stands beside one_of; move it into the alternatives", (clash,))
        for number, one in enumerate(body["one_of"]):
            _check_alternative(one, kinds, ("one_of", number))
    else:
        _check_alternative(body, kinds, ())
    if "count" in body:
        try:
            check(body["count"], ("count",))
        except MatcherError as error:
            raise BodyError(str(error), error.path) from error
        if not speaks_of(body["count"]) <= {int, float} or "absent" in str(body["count"]):
            raise BodyError("count is a number, and this could never hold for one", ("count",))
    nothing = all("expect" not in one for one in alternatives(body)) and "count" not in body
    if nothing:
        raise BodyError("the control expects nothing: give expect, count, or both", ("kind",) if "kind" in body else ())


def _check_alternative(one: Mapping[str, Any], kinds: Mapping[str, Kind], path: tuple[str | int, ...]) -> None:
    kind = check_selector(one, kinds, path)
    for text, matcher in one.get("expect", {}).items():
        place = (*path, "expect", text)
        try:
            parse(text)
            check(matcher, place)
        except (PathError, MatcherError) as error:
            raise BodyError(str(error), getattr(error, "path", place)) from error
        check_path(kind, text, matcher, kinds, place)


def kinds_of(body: Mapping[str, Any]) -> frozenset[str]:
    """Every kind that judging needs."""
    return _led_to(body) | {one["kind"] for one in alternatives(body)}


def _led_to(body: Mapping[str, Any]) -> frozenset[str]:
    """The kinds that references lead to, from what is selected or to it."""
    found: set[str] = set()
    for one in alternatives(body):
        found |= selector_kinds(one.get("select", {}))
        for text, matcher in one.get("expect", {}).items():
            found |= matcher_kinds(matcher) | path_kinds(text)
    return frozenset(found)


def selectors_of(body: Mapping[str, Any], kind: str) -> Sequence[Mapping[str, Any]] | None:
    """The selectors of a kind. A reference may lead to any resource of its kind, which may also share a name."""
    if kind in _led_to(body):
        return None
    return [one.get("select", {}) for one in alternatives(body) if one["kind"] == kind]


_SELECT = {"type": "object"}
_EXPECT = {"type": "object", "minProperties": 1}
RELATION = Relation(
    name="attributes",
    keys=("kind", "one_of", "select", "expect", "count"),
    required=(),
    schema={
        "kind": {"$ref": "#/$defs/kind"},
        "select": _SELECT,
        "expect": _EXPECT,
        "count": {"type": ["integer", "object"]},
        "one_of": {
            "type": "array",
            "minItems": 2,
            "items": {
                "type": "object",
                "properties": {"kind": {"$ref": "#/$defs/kind"}, "select": _SELECT, "expect": _EXPECT},
                "required": ["kind"],
                "additionalProperties": False,
            },
        },
    },
    check=check_body,
    kinds=kinds_of,
    judge=judge,
    selectors=selectors_of,
)
