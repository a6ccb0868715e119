"""Mutations nobody writes: of every attribute that a control expects, and of every count, away from what it is.

They change what was observed, so they show that the control can turn at all, on either plane; what a reader makes of
source or answers is shown by the mutations that are written.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from e2e_audit import specs

from audits import kinds, plan, relations
from audits.judge import judge
from audits.model import Check, Observation, Plane, Resource, State, Unknown, Value, Verdict
from audits.paths import Index, Key, Step, parse
from audits.relations.attributes import alternatives
from tests.mutation.coverage import Exempt, is_exempt
from tests.mutation.verdicts import Outcome

OTHER = "other"
COUNT = "count"


def changed(value: Value) -> Iterator[Value]:
    """Values of the same shape that are not this one."""
    if value is None or isinstance(value, Unknown):
        yield from (OTHER, -1, [{OTHER: OTHER}])
    elif isinstance(value, bool):
        yield not value
    elif isinstance(value, int | float):
        yield from (value + 1, value - 1, 0, -1)
    elif isinstance(value, str):
        yield from (f"{value}-{OTHER}", OTHER, "")
    elif isinstance(value, list):
        yield from ([*value, OTHER], [*value, {OTHER: OTHER}], [])
        yield from ([*value[:at], one, *value[at + 1 :]] for at, old in enumerate(value) for one in changed(old))
    elif isinstance(value, dict):
        yield from ({**value, name: one} for name, old in value.items() for one in changed(old))


def changed_at(value: Value, steps: Sequence[Step]) -> Iterator[Value]:
    """The value with something else below the path; of a list's elements each in its turn, whatever the path asks."""
    if not steps:
        yield from changed(value)
        return
    step, rest = steps[0], steps[1:]
    if isinstance(step, Key) and isinstance(value, dict | None):
        for one in changed_at((value or {}).get(step.name), rest):
            yield {**(value or {}), step.name: one}
    elif not isinstance(step, Key):
        found = value if isinstance(value, list) and value else [None]
        wanted = [step.number] if isinstance(step, Index) else range(len(found))
        for at in wanted:
            yield from ([*found[:at], one, *found[at + 1 :]] for one in changed_at(found[at], rest))


def observations(
    check: Check, observation: Observation, verdicts: Sequence[Verdict], verdict: Verdict
) -> Iterator[Observation]:
    """What may turn a verdict: another value at its path; for a count other resources."""
    if verdict.path == COUNT:
        for resources in _counted(check, observation.resources, {one.resource for one in verdicts}):
            yield replace(observation, resources=tuple(resources))
        return
    (resource,) = (one for one in observation.resources if one.identity == verdict.resource)
    others = tuple(one for one in observation.resources if one is not resource)
    for attributes in changed_at(resource.attributes, parse(verdict.path)):
        yield replace(observation, resources=(*others, replace(resource, attributes=attributes)))


def _counted(
    check: Check, resources: Sequence[Resource], judged: Collection[str | None]
) -> Iterator[Sequence[Resource]]:
    """None of those that were judged, none of their kinds, none at all; and one more."""
    kinds_of = {one["kind"] for one in alternatives(check.control.body)}
    yield [one for one in resources if one.identity not in judged]
    yield [one for one in resources if one.kind not in kinds_of]
    yield []
    for one in resources:
        if one.identity in judged:
            yield [*resources, replace(one, identity=f"{one.identity}-{OTHER}", key=None)]
    yield [*resources, *(Resource(kind, f"{kind}.{OTHER}", {}) for kind in kinds_of)]


def run(plane: Plane, observation: Observation, listed: Exempt) -> Iterator[Outcome]:
    """One mutation for each path that an attributes control judges on a plane; one change that turns it is enough."""
    for check in plan.checks(specs(), (plane,)):
        if check.control.relation != "attributes":
            continue
        verdicts = _verdicts(check, observation)
        for verdict in verdicts:
            control = check.control.id
            if is_exempt(listed, control, verdict.path) or verdict.state is not State.PASS:
                continue
            turns = {control: [verdict.path]}
            bent = observations(check, observation, verdicts, verdict)
            turned = any(_turned(check, one, verdict.path) for one in bent)
            wrong = () if turned else (f"missed: {control} {verdict.path}: no other value turns it",)
            name = f"another {verdict.path} of {verdict.resource or control}"
            yield Outcome(name, plane, turns, turns if turned else {}, automatic=True, wrong=wrong)


def _verdicts(check: Check, observation: Observation) -> Sequence[Verdict]:
    return judge(check, observation, kinds.registry(), relations.registry()).verdicts


def _turned(check: Check, observation: Observation, path: str) -> bool:
    return any(one.path == path and one.state.deviates for one in _verdicts(check, observation))
