"""Whether an Auto Scaling group keeps an instance: at least one, and a new one in place of one that fails.

Sources: Amazon EC2 Auto Scaling User Guide, "Set scaling limits for your Auto Scaling group" (a group never goes below
its minimum), "Health checks for instances in an Auto Scaling group" and "Suspend and resume Amazon EC2 Auto Scaling
processes" (what stops when each is suspended).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from audits.expectations import matches
from audits.model import Resource, Unknown
from audits.outcome import Outcome, all_of
from audits.relations._doubts import Doubt
from audits.relations._series import given
from audits.view import UNSET, View

GROUP = "aws_autoscaling_group"
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


@dataclass(frozen=True, slots=True)
class Groups:
    """The groups to which an instance belongs (AWS lets it be in one), or why that cannot be told."""

    groups: Sequence[Resource] = ()
    doubts: Sequence[Doubt] = ()


def groups_of(instance: Resource, view: View) -> Groups:
    """The group of an instance.

    What source declares as an instance of its own belongs to none; what a group launches, source does not show.
    """
    if instance.missing == "unset" or view.of_terraform:
        return Groups()
    doubts: list[Doubt] = []
    for group in view.resources(GROUP):
        members = view.attributes(group).get("instances", [])
        if isinstance(members, Unknown):
            doubts.append(Doubt.of(members, f"instances of {group.identity}"))
            continue
        if any(one.get("instance_id") == instance.attributes.get("id") for one in members):
            return Groups((group,))
    return Groups((), (*doubts, *Doubt.behind(view.all_gaps(GROUP), view)))
