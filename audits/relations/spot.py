"""The effective share of Spot among a service's tasks, from weights and bases rather than from one attribute.

``spot: {of: {kind: aws_ecs_service, select}, share: {minimum: 90}, tasks: 2}``. Of each service four verdicts: what the
share tends to, in percent; that no base of another provider forces one of the documented ``tasks`` off Spot; that
``launch_type`` does not stand beside a strategy; and that the strategy is one that AWS takes. At the documented number
of tasks AWS can only give certain percentages (of two tasks 0, 50 or 100): they are shown, not judged.

Rules (ECS API Reference, ``CreateService``): with a strategy, ``launchType`` must be left out (``terraform validate``
and ``plan`` do not look); with neither, the cluster's default strategy is used, and the launch type is EC2 if there is
none (provider documentation of ``aws_ecs_service``, ``launch_type``). Where the deployment controller is EXTERNAL or
CODE_DEPLOY, tasks run in task sets, whose strategy is their own (``CreateTaskSet``; CodeDeploy user guide, AppSpec
``CapacityProviderStrategy``), so the service tells nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from audits.kind import Kind
from audits.model import Cause, Control, Origin, Resource, State, Unknown, Value, Verdict
from audits.paths import parse, walk
from audits.relation import BodyError, Relation, verdict_on
from audits.relations._capacity import (
    ANY,
    MAX_BASE,
    Item,
    Share,
    Span,
    decided,
    forced_off,
    in_words,
    percent,
    placed,
    read_item,
    refusals,
    share,
)
from audits.relations._doubts import Doubt, mended, said, state_with, unknown_because
from audits.relations._granted import over_selected
from audits.relations._schema_check import check_selector
from audits.relations._selectors import SELECTOR, chosen_kinds
from audits.view import View

SHARE, BASE, LAUNCH, STRATEGY = "spot share", "on-demand base", "launch_type", "capacity_provider_strategy"
_SERVICE, _CLUSTER = "aws_ecs_service", "aws_ecs_cluster"
_DEFAULT = "default_capacity_provider_strategy"
_SPOT = "FARGATE_SPOT"
_TASK_SETS = ("EXTERNAL", "CODE_DEPLOY")
_ALONE = "not beside a strategy"
_TAKEN = "as AWS takes it"


@dataclass(frozen=True, slots=True)
class Way:
    """One way in which the tasks may be placed: by a strategy, or (``items`` None) by a launch type.

    ``associated``: the capacity providers of the cluster. ``origin``: where the strategy is written.
    """

    said: str
    items: tuple[Item, ...] | None = None
    associated: Value = None
    origin: Origin | None = None


@dataclass(slots=True)
class Placing:
    """The ways in which a service's tasks may be placed.

    ``doubts``: why there may be any other; ``either``: why it cannot be told which of the ways it is.
    """

    ways: list[Way] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    either: list[Doubt] = field(default_factory=list)

    def because(self) -> list[Doubt]:
        """All that leaves open how the tasks are placed."""
        unknowns = [unknown for way in self.ways for item in way.items or () for unknown in item.doubts]
        return list(dict.fromkeys([*self.doubts, *self.either, *(Doubt.of(one) for one in unknowns)]))


def judge(control: Control, view: View) -> Sequence[Verdict]:
    """For each selected service four verdicts."""
    body = control.body["spot"]
    tasks = int(body["tasks"])
    paths = {SHARE: body["share"], BASE: _none_of(tasks), LAUNCH: _ALONE, STRATEGY: _TAKEN}

    def judge_one(service: Resource) -> list[Verdict]:
        own, unsure = _blocks(view.attributes(service).get(STRATEGY))
        placing = _placing(service, own, unsure, view)
        return [
            _share(service, body["share"], tasks, placing),
            _base(service, tasks, placing),
            _launch(service, bool(own), unsure, view),
            _strategy(service, placing),
        ]

    return over_selected(control, body["of"], view, paths, judge_one)


def _none_of(tasks: int) -> str:
    return f"none of {tasks} tasks"


def _blocks(value: Value) -> tuple[list[Value], Unknown | None]:
    """The items that are surely there, and the unknown behind which there may be more."""
    if isinstance(value, Unknown):
        known = value.partial if isinstance(value.partial, list) else []
        return known, (value if value.open or not isinstance(value.partial, list) else None)
    return (value if isinstance(value, list) else []), None


def _placing(service: Resource, own: list[Value], unsure: Unknown | None, view: View) -> Placing:
    sets = _task_sets(service, view)
    if sets:
        return Placing(doubts=sets)
    if unsure is not None:
        return Placing(doubts=[Doubt.of(unsure, f"{STRATEGY} of {service.identity}")])
    cluster, doubts = _cluster(service, view)
    associated = view.attributes(cluster).get("capacity_providers") if cluster is not None else None
    if own:
        return Placing(
            [Way("its own strategy", _items(own, STRATEGY), associated, service.origin_of(f"{STRATEGY}[0]"))]
        )
    launch = _launch_type(service, view)
    if isinstance(launch, str):
        return Placing([Way(f"launch type {launch}", origin=service.origin_of(LAUNCH))])
    inherited = _inherited(cluster, associated, doubts, view)
    if launch is not None:
        inherited.ways.append(Way("a launch type"))
        inherited.either.append(Doubt.of(launch, f"{LAUNCH} of {service.identity}"))
    return inherited


def _items(blocks: Sequence[Value], name: str) -> tuple[Item, ...]:
    return tuple(read_item(block, _SPOT, f"{name}[{number}]") for number, block in enumerate(blocks))


def _task_sets(service: Resource, view: View) -> list[Doubt]:
    """Why the service itself does not tell how its tasks are placed."""
    found = walk(view.attributes(service), parse("deployment_controller[*].type"), lambda data, value: (None, ()))
    about = f"the deployment controller of {service.identity}"
    doubts = [Doubt.of(unknown, about) for unknown in found.more]
    for leaf in found.leaves:
        if isinstance(leaf.value, Unknown):
            doubts.append(Doubt.of(leaf.value, about))
        elif leaf.value in _TASK_SETS:
            text = f"{about} is {leaf.value}: its tasks run in task sets, each with a strategy of its own"
            doubts.append(Doubt(text, Cause.UNSUPPORTED))
    return doubts


def _launch_type(service: Resource, view: View) -> str | Unknown | None:
    """The launch type that is asked for; None where none is."""
    value = view.attributes(service).get(LAUNCH)
    if LAUNCH in service.computed or value in (None, ""):
        return None
    return value if isinstance(value, Unknown) else str(value)


def _cluster(service: Resource, view: View) -> tuple[Resource | None, list[Doubt]]:
    # CreateService: "If you do not specify a cluster, the default cluster is assumed."
    value = view.attributes(service).get("cluster") or "default"
    target = view.resolve(value, _CLUSTER, view.place_of(service))
    if target.resource is not None:
        return target.resource, []
    cause = value.cause if isinstance(value, Unknown) and not target.unreadable else None
    return None, [Doubt.unresolved(target, f"the cluster of {service.identity}", cause)]


def _inherited(cluster: Resource | None, associated: Value, doubts: list[Doubt], view: View) -> Placing:
    """How the cluster places what asks for nothing."""
    if cluster is None:
        return Placing(doubts=doubts)
    blocks, unsure = _blocks(view.attributes(cluster).get(_DEFAULT))
    if unsure is not None:
        return Placing(doubts=[Doubt.of(unsure, f"{_DEFAULT} of {cluster.identity}")])
    if blocks:
        origin = cluster.origin_of(f"{_DEFAULT}[0]")
        return Placing([Way("the cluster's default strategy", _items(blocks, _DEFAULT), associated, origin)])
    if view.observation.plane == "live":
        text = f"AWS tells neither launch type nor strategy, and {cluster.identity} has no default strategy"
        return Placing(doubts=[Doubt(text, Cause.UNRESOLVED)])
    return Placing([Way("launch type EC2: neither launch type nor strategy is given, and the cluster has no default")])


def _share(service: Resource, expected: Any, tasks: int, placing: Placing) -> Verdict:
    found = [_share_of(way) for way in placing.ways]
    found += [ANY] if placing.doubts else []
    answers = {decided(expected, one) for one in found}
    doubts = placing.because()
    shown = _shown(found)
    notes = [f"by {way.said}{_at(way, tasks)}" for way in placing.ways]
    if len(answers) > 1 or None in answers:
        unclear = unknown_because(doubts)
        return _open(service, SHARE, expected, replace(unclear, detail=f"{shown}; {unclear.detail}"), doubts, notes)
    state = State.PASS if answers == {True} else State.FAIL
    return _placed(verdict_on(service, state, SHARE, expected, shown, cause="; ".join(notes)), placing)


def _share_of(way: Way) -> Share:
    return Share(Fraction(0), Fraction(0)) if way.items is None else share(way.items)


def _shown(found: Sequence[Share]) -> str:
    lows = [one.low for one in found if one.low is not None]
    highs = [one.high for one in found if one.high is not None]
    if not lows or not highs:
        return "no provider that gets a task"
    low, high = percent(min(lows)), percent(max(highs))
    return f"{low} %" if low == high else f"{low} to {high} %"


def _at(way: Way, tasks: int) -> str:
    """What AWS can give at the documented number of tasks, which is shown rather than judged."""
    if way.items is None:
        return ""
    parts = ", ".join(f"{one.provider or 'unknown'} {_span(one.weight)} from {_span(one.base)}" for one in way.items)
    if share(way.items).low is None:
        return f" ({parts})"
    return f" ({parts}); at {tasks} tasks {in_words(placed(way.items, tasks), tasks)}"


def _span(span: Span) -> str:
    return str(span.low) if span.known else "?"


def _base(service: Resource, tasks: int, placing: Placing) -> Verdict:
    spans = [forced_off(way.items, tasks) for way in placing.ways if way.items is not None]
    spans += [Span(0, min(tasks, MAX_BASE))] if placing.doubts else []
    low, high = min((one.low for one in spans), default=0), max((one.high for one in spans), default=0)
    expected = _none_of(tasks)
    if high == 0:
        return _placed(verdict_on(service, State.PASS, BASE, expected, expected), placing)
    if low > 0:
        actual = f"{low} of {tasks} tasks" if low == high else f"{low} to {high} of {tasks} tasks"
        cause = "a base of another provider comes first, before any weight"
        return _placed(verdict_on(service, State.FAIL, BASE, expected, actual, cause=cause), placing)
    doubts = placing.because()
    return _open(service, BASE, expected, unknown_because(doubts), doubts)


def _launch(service: Resource, own: bool, unsure: Unknown | None, view: View) -> Verdict:
    launch = _launch_type(service, view)
    if launch is None or not (own or unsure is not None):
        shown = "unset" if launch is None else launch
        return verdict_on(service, State.PASS, LAUNCH, _ALONE, shown)
    if isinstance(launch, str) and own:
        cause = "AWS refuses launch_type together with capacity_provider_strategy; validate and plan do not look"
        return verdict_on(service, State.FAIL, LAUNCH, _ALONE, f"{launch} beside a strategy", cause=cause)
    doubts = [
        Doubt.of(one, f"{name} of {service.identity}")
        for name, one in ((LAUNCH, launch), (STRATEGY, unsure))
        if isinstance(one, Unknown)
    ]
    return _open(service, LAUNCH, _ALONE, unknown_because(doubts), doubts)


def _strategy(service: Resource, placing: Placing) -> Verdict:
    found = [refusals(way.items, way.associated) for way in placing.ways if way.items is not None]
    doubts = placing.because()
    if found and all(found) and len(found) == len(placing.ways) and not placing.doubts:
        actual = list(dict.fromkeys(text for one in found for text in one))
        return _placed(verdict_on(service, State.FAIL, STRATEGY, _TAKEN, actual, cause="AWS refuses it"), placing)
    if doubts:
        return _open(service, STRATEGY, _TAKEN, unknown_because(doubts), doubts)
    shown = "; ".join(way.said for way in placing.ways)
    return _placed(verdict_on(service, State.PASS, STRATEGY, _TAKEN, shown), placing)


def _placed(verdict: Verdict, placing: Placing) -> Verdict:
    """The verdict with the place of the strategy that it rests on."""
    origin = next((way.origin for way in placing.ways if way.origin is not None), None)
    return verdict if origin is None else replace(verdict, origin=origin)


def _open(
    service: Resource, path: str, expected: Any, actual: Value, doubts: Sequence[Doubt], notes: Sequence[str] = ()
) -> Verdict:
    cause = "; ".join(text for text in (said(doubts), *notes) if text)
    place = f"{STRATEGY}[0]"
    found = verdict_on(service, state_with(doubts), path, expected, actual, cause=cause, place=place)
    return replace(found, mend=mended(doubts))


def check_body(body: Mapping[str, Any], kinds: Mapping[str, Kind]) -> None:
    """Refuse another kind than services, and bounds that no share can meet.

    Raises:
        BodyError: with the path to the place.
    """
    data = body["spot"]
    kind = check_selector(data["of"], kinds, ("spot", "of"))
    if kind.type != _SERVICE:
        raise BodyError(f"tasks are placed by a strategy in {_SERVICE}, not in {kind.type}", ("spot", "of", "kind"))
    bounds = data["share"] if isinstance(data["share"], dict) else {"const": data["share"]}
    if not bounds:
        raise BodyError("share expects nothing: write a percentage, or a minimum", ("spot", "share"))
    for key, number in bounds.items():
        if not 0 <= number <= 100:
            place = ("spot", "share", key) if isinstance(data["share"], dict) else ("spot", "share")
            raise BodyError(f"a share is 0 to 100 percent, not {number}", place)


def kinds_of(body: Mapping[str, Any]) -> frozenset[str]:
    """Every kind that judging needs."""
    return frozenset({_CLUSTER} | chosen_kinds(body["spot"]["of"]))


_NUMBER = {"type": "number"}
RELATION = Relation(
    name="spot",
    keys=("spot",),
    required=("spot",),
    schema={
        "spot": {
            "type": "object",
            "properties": {
                "of": SELECTOR,
                "share": {
                    "type": ["number", "object"],
                    "properties": {
                        "minimum": _NUMBER,
                        "maximum": _NUMBER,
                        "exclusiveMinimum": _NUMBER,
                        "exclusiveMaximum": _NUMBER,
                    },
                    "additionalProperties": False,
                },
                "tasks": {"type": "integer", "minimum": 1},
            },
            "required": ["of", "share", "tasks"],
            "additionalProperties": False,
        }
    },
    check=check_body,
    kinds=kinds_of,
    judge=judge,
)
