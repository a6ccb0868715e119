"""Whether an Auto Scaling group keeps an instance: at least one, and a new one in place of one that fails.

Sources: Amazon EC2 Auto Scaling User Guide, "Set scaling limits for your Auto Scaling group" (a group never goes below
its minimum), "Health checks for instances in an Auto Scaling group" and "Suspend and resume Amazon EC2 Auto Scaling
processes" (what stops when each is suspended).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from audits.expectations import matches
from audits.index import same
from audits.model import Cause, Resource, Unknown, Value
from audits.outcome import Outcome, all_of, left_open
from audits.relations._doubts import Doubt, unknown_because
from audits.relations._series import given
from audits.view import UNSET, View

GROUP, SCHEDULE = "aws_autoscaling_group", "aws_autoscaling_schedule"
_SIZES = ("min_size", "max_size", "desired_capacity")
REPLACING = ("HealthCheck", "Launch", "ReplaceUnhealthy", "Terminate")
"""The processes without which an instance that fails is not replaced."""


def keeps_one(group: Resource, view: View) -> Outcome:
    """Whether a group holds at least one instance and replaces one that fails."""
    smallest = group.attributes.get("min_size", UNSET if group.missing == "unset" else None)
    at_least_one = matches({"minimum": 1}, smallest, view.context(group))
    suspended = given(group, "suspended_processes", [])
    stopped = [matches({"not": {"contains": name}}, suspended) if suspended else Outcome(True) for name in REPLACING]
    return all_of([_about("min_size", at_least_one), *(_about("suspended_processes", one) for one in stopped)])


def _about(name: str, outcome: Outcome) -> Outcome:
    return Outcome(outcome.holds, f"{name} {outcome.message}".strip(), outcome.unknowns)


def never_emptied(group: Resource, view: View) -> Outcome:
    """Whether no scheduled action takes the last instance from a group, or lets something else take it."""
    found: list[Outcome] = []
    for action in view.resources(SCHEDULE):
        target = view.resolve(action.attributes.get("autoscaling_group_name"), GROUP, view.place_of(action))
        if target.resource is not None and not same(target.resource, group):
            continue
        if target.resource is None and not target.undecided:
            continue
        sizes = [_about(f"{action.identity} sets {name}:", _not_none(action, name, view)) for name in _SIZES]
        empties = all_of(sizes)
        if empties.holds is False and target.resource is None:
            cause = Cause.UNREADABLE if target.unreadable else Cause.UNRESOLVED
            empties = left_open(Unknown(cause, detail=f"{action.identity}: which group it is for"))
        if action.existence is not None and empties.holds is False:
            empties = left_open(action.existence)
        found.append(empties)
    doubts = Doubt.behind(view.all_gaps(SCHEDULE), view)
    return all_of([*found, *([left_open(unknown_because(doubts))] if doubts else [])])


def _not_none(action: Resource, name: str, view: View) -> Outcome:
    value = action.attributes.get(name, -1)
    return matches({"not": {"const": 0}}, value, view.context(action))


@dataclass(frozen=True, slots=True)
class Groups:
    """The groups to which an instance belongs (AWS lets it be in one), or why that cannot be told."""

    groups: Sequence[Resource] = ()
    doubts: Sequence[Doubt] = ()


def members(group: Resource, view: View) -> tuple[list[dict[str, Value]], list[Doubt]]:
    """What a group holds in an account, each with a known ``instance_id``, and why there may be more."""
    known, doubts = elements(view.attributes(group).get("instances", []), f"the instances of {group.identity}")
    named = [one for one in known if isinstance(one.get("instance_id"), str)]
    doubts += [Doubt.of(one["instance_id"]) for one in known if isinstance(one.get("instance_id"), Unknown)]
    return named, doubts


def elements(value: Value, about: str) -> tuple[list[dict[str, Value]], list[Doubt]]:
    """The blocks of a list that are known, and the doubts that the others leave."""
    doubts: list[Doubt] = []
    if isinstance(value, Unknown):
        doubts += [Doubt.of(value, about)] if value.open or not isinstance(value.partial, list) else []
        value = value.partial if isinstance(value.partial, list) else []
    listed = value or []
    doubts += [Doubt.of(one, about) for one in listed if isinstance(one, Unknown)]
    return [one for one in listed if isinstance(one, dict)], doubts


def groups_of(instance: Resource, view: View) -> Groups:
    """The group of an instance.

    What source declares as an instance of its own belongs to none; what a group launches, source does not show.
    """
    if instance.missing == "unset" or view.of_terraform:
        return Groups()
    own = instance.attributes.get("id")
    doubts = [Doubt.of(own, f"the id of {instance.identity}")] if isinstance(own, Unknown) else []
    for group in view.resources(GROUP):
        found, unknown = members(group, view)
        doubts += unknown
        if any(one["instance_id"] == own for one in found):
            return Groups((group,))
    return Groups((), (*doubts, *Doubt.behind(view.all_gaps(GROUP), view)))
