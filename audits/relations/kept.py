"""Instances that an Auto Scaling group keeps: what it launches, that it replaces them, that none lives beside it.

Judged, each a path: ``replaced`` (the group holds at least one instance, replaces one that fails, and no scheduled
action empties it), ``instance_type`` and ``volume_size`` of all that it may launch, ``instances`` (each that there is
belongs to such a group and is as it launches them), and, where ``routes_of`` names a workload, ``routes``: the default
routes of its subnets lead to an interface that forwards. In an account also ``attached``: to an instance that is kept.
What attaches an interface when an instance starts is a program's doing, which source does not show: that is said there,
and not judged.

The rules are told in ``_kept``, ``_launched`` and ``_routes``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from audits.expectations import matches
from audits.kind import Kind
from audits.matcher_check import MatcherError, check
from audits.model import Control, Resource, State, Unknown, Value, Verdict
from audits.outcome import Outcome, all_of
from audits.relation import BodyError, Relation, state_of, verdict_on
from audits.relations._doubts import Doubt, nearest_misses, said, undecided
from audits.relations._granted import over_selected
from audits.relations._kept import GROUP, SCHEDULE, elements, groups_of, keeps_one, members, never_emptied
from audits.relations._launched import TEMPLATE, Launches, launches
from audits.relations._routes import INSTANCE, KINDS, SUBNETS, Found, Kept, ways_out
from audits.relations._schema_check import check_selector
from audits.relations._selectors import SELECTOR, chosen_kinds, selector_kinds
from audits.relations._series import given
from audits.selection import Selection
from audits.view import View

_REPLACED = "at least one instance, replaced when it fails"
_INSTANCES = "each belongs to the group and is as it launches them"
_ROUTES = "by an interface that forwards"
_ATTACHED = "to an instance that the group keeps"
_GOING = ("Terminating", "Terminated", "Detaching", "Detached")


def judge(control: Control, view: View) -> Sequence[Verdict]:
    """The verdicts on each selected group, on the instances, and on the ways to them."""
    body = control.body["kept"]
    paths = {"replaced": _REPLACED, **{name: body[name] for name in ("instance_type", "volume_size") if name in body}}
    group = {"kind": GROUP, "select": body["group"]}

    def judge_group(one: Resource) -> list[Verdict]:
        return _group(one, body, view)

    verdicts = over_selected(control, group, view, paths, judge_group)
    verdicts.append(_instances(body, view))
    if "routes_of" in body:
        verdicts += _routes(control, body, view)
    return verdicts


def _group(group: Resource, body: Mapping[str, Any], view: View) -> list[Verdict]:
    outcome = all_of([keeps_one(group, view), never_emptied(group, view)])
    actual = {name: group.attributes.get(name) for name in ("min_size", "max_size", "desired_capacity")}
    suspended = given(group, "suspended_processes", [])
    actual |= {"suspended_processes": suspended} if suspended else {}
    found = [_verdict(group, "replaced", _REPLACED, actual, outcome, "min_size")]
    launched = launches(group, view)
    for name, values in (("instance_type", launched.types), ("volume_size", launched.volumes)):
        if name in body:
            each = all_of(matches(body[name], value, view.context(group)) for value in values)
            shown = values[0] if len(values) == 1 else list(values)
            found.append(_verdict(group, name, body[name], shown, each, launched.place))
    return found


def _verdict(group: Resource, path: str, expected: Value, actual: Value, outcome: Outcome, place: str) -> Verdict:
    state = State.PASS if outcome.holds else State.FAIL if outcome.holds is False else state_of(outcome.unknowns)
    return verdict_on(group, state, path, expected, actual, cause=outcome.message, place=place)


def _instances(body: Mapping[str, Any], view: View) -> Verdict:
    groups = view.select(GROUP, body["group"])
    selection = view.select(INSTANCE, body["instances"])
    wrong: list[str] = []
    doubts: list[Doubt] = []
    for instance in selection.yes:
        owners = groups_of(instance, view)
        doubts += owners.doubts
        if not owners.groups and not owners.doubts:
            wrong.append(f"{instance.identity} belongs to no Auto Scaling group")
        for group in owners.groups:
            _as_launched(instance, launches(group, view), wrong, doubts, view)
    doubts += _perhaps(selection)
    doubts += Doubt.behind(selection.gaps, view)
    if not view.of_terraform:
        for group in groups.yes:
            _holds_one(group, wrong, doubts, view)
    if wrong:
        first = next((one for one in selection.yes if any(one.identity in text for text in wrong)), None)
        verdict = Verdict(State.FAIL, path="instances", expected=_INSTANCES, actual=wrong, cause="; ".join(wrong))
        verdict = replace(verdict, key="instances")
        first = first or next(iter(groups.yes), None)
        return verdict if first is None else _of(verdict, first)
    if not groups.yes and not selection.yes:
        doubts += Doubt.behind(groups.gaps, view)
        doubts += _perhaps(groups)
        if not doubts:
            cause = nearest_misses(f"{GROUP} or {INSTANCE}", [groups, selection])
            return Verdict(
                State.ABSENT,
                path="instances",
                expected=_INSTANCES,
                actual="nothing there",
                cause=cause,
                key="instances",
            )
    if doubts:
        return undecided("instances", _INSTANCES, doubts)
    verdict = Verdict(State.PASS, path="instances", expected=_INSTANCES, actual=_INSTANCES, key="instances")
    return _of(verdict, groups.yes[0]) if groups.yes else verdict


def _perhaps(selection: Selection) -> list[Doubt]:
    """The doubts whether resources are meant."""
    return [
        Doubt(f"whether {one.resource.identity} is meant: {'; '.join(one.reasons)}", one.cause)
        for one in selection.maybe
    ]


def _of(verdict: Verdict, resource: Resource) -> Verdict:
    return replace(
        verdict,
        resource=resource.identity,
        origin=resource.origin,
        account=resource.account,
        region=resource.region,
    )


def _as_launched(instance: Resource, launched: Launches, wrong: list[str], doubts: list[Doubt], view: View) -> None:
    """Compare an instance with what its group launches. Where the template leaves a size open, any is as launched."""
    attributes = view.attributes(instance)
    sizes: list[Value] = []
    for name in ("root_block_device", "ebs_block_device"):
        devices, unread = elements(attributes.get(name), f"{name} of {instance.identity}")
        sizes += [one.get("volume_size") for one in devices]
        doubts += unread
    for what, values, meant in (
        ("instance_type", [attributes.get("instance_type")], launched.types),
        ("volume_size", sizes, launched.volumes),
    ):
        known = [one for one in meant if not isinstance(one, Unknown)]
        for value in values:
            if value in known:
                continue
            if isinstance(value, Unknown) or len(known) < len(meant):
                unknown = (
                    value if isinstance(value, Unknown) else next(one for one in meant if isinstance(one, Unknown))
                )
                doubts.append(Doubt.of(unknown, f"{what} of {instance.identity}"))
            else:
                shown = " or ".join(str(one) for one in dict.fromkeys(known))
                wrong.append(f"{instance.identity} has {what} {value}, and its group launches {shown}")


def _holds_one(group: Resource, wrong: list[str], doubts: list[Doubt], view: View) -> None:
    found, unknown = members(group, view)
    if any(_stays(one.get("lifecycle_state", "")) for one in found):
        return
    unsure = [one["lifecycle_state"] for one in found if isinstance(one.get("lifecycle_state"), Unknown)]
    doubts += [*unknown, *(Doubt.of(one, f"the instances of {group.identity}") for one in unsure)]
    if not unknown and not unsure:
        wrong.append(f"{group.identity} has no instance")


def _stays(state: Value) -> bool:
    return isinstance(state, str) and not state.startswith(_GOING)


def _routes(control: Control, body: Mapping[str, Any], view: View) -> list[Verdict]:
    kept = Kept()
    groups = view.select(GROUP, body["group"])
    for group in groups.yes:
        found, doubts = members(group, view)
        kept.instances += [one["instance_id"] for one in found]
        kept.doubts += doubts
    kept.doubts += [*_perhaps(groups), *Doubt.behind(groups.gaps, view)]
    paths = {"routes": _ROUTES} if view.of_terraform else {"routes": _ROUTES, "attached": _ATTACHED}

    def judge_one(workload: Resource) -> list[Verdict]:
        found = ways_out(workload, kept, view)
        verdicts = [_on_ways(workload, "routes", _ROUTES, found.routes, found.table)]
        if "attached" in paths:
            verdicts.append(_on_ways(workload, "attached", _ATTACHED, found.attached, None))
        return verdicts

    return over_selected(control, body["routes_of"], view, paths, judge_one)


def _on_ways(workload: Resource, path: str, expected: str, found: Found, table: Resource | None) -> Verdict:
    if found.wrong:
        also = [f"also undecided: {said(found.doubts)}"] if found.doubts else []
        cause = "; ".join([*found.wrong, *also])
        verdict = verdict_on(workload, State.FAIL, path, expected, found.wrong, cause=cause)
        return verdict if table is None else replace(verdict, origin=table.origin_of("route"))
    if found.doubts:
        return replace(_of(undecided(path, expected, found.doubts), workload), key=workload.key)
    return verdict_on(workload, State.PASS, path, expected, expected, cause="; ".join(dict.fromkeys(found.notes)))


def check_body(body: Mapping[str, Any], kinds: Mapping[str, Kind]) -> None:
    """Refuse selectors and matchers that cannot be, and workloads whose subnets are not known.

    Raises:
        BodyError: with the path to the place and the nearest right name.
    """
    data = body["kept"]
    for key, kind in (("group", GROUP), ("instances", INSTANCE)):
        try:
            check_selector({"kind": kind, "select": data[key]}, kinds, ())
        except BodyError as error:
            raise BodyError(str(error), ("kept", key, *error.path[1:])) from error
    for key in ("instance_type", "volume_size"):
        try:
            check(data.get(key), ("kept", key))
        except MatcherError as error:
            raise BodyError(str(error), error.path) from error
    if "routes_of" in data:
        kind_ = check_selector(data["routes_of"], kinds, ("kept", "routes_of"))
        if kind_.type not in SUBNETS:
            known = ", ".join(SUBNETS)
            raise BodyError(f"where {kind_.type} names its subnets is not known; known: {known}", ("kept", "routes_of"))


def kinds_of(body: Mapping[str, Any]) -> frozenset[str]:
    """Every kind that judging needs."""
    data = body["kept"]
    found = {GROUP, SCHEDULE, TEMPLATE, INSTANCE} | selector_kinds(data["group"]) | selector_kinds(data["instances"])
    if "routes_of" in data:
        found |= {*KINDS} | chosen_kinds(data["routes_of"])
    return frozenset(found)


_SELECT = {"type": "object", "minProperties": 1}
RELATION = Relation(
    name="kept",
    keys=("kept",),
    required=("kept",),
    schema={
        "kept": {
            "type": "object",
            "properties": {
                "group": _SELECT,
                "instances": _SELECT,
                "instance_type": {"type": ["string", "object"], "minLength": 1},
                "volume_size": {"type": ["number", "object"]},
                "routes_of": SELECTOR,
            },
            "required": ["group", "instances"],
            "additionalProperties": False,
        }
    },
    check=check_body,
    kinds=kinds_of,
    judge=judge,
)
