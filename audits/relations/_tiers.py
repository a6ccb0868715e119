"""Tiers of a port chain: which security groups belong to each, surely or perhaps, and what leaves that open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from audits.model import Cause, Resource, Unknown, Value
from audits.paths import parse, walk
from audits.relations._doubts import Doubt, nearest_misses
from audits.view import UNSET, Target, View

GROUP_KINDS = ("aws_security_group", "aws_default_security_group")
NEVER = Target()


@dataclass(slots=True)
class Tier:
    """A tier's groups by identity: ``groups`` surely, ``maybe`` perhaps; ``doubts``: it may have others.

    ``bare``: workloads to which no group is attached. ``nearest``: set if the tier surely is not there at all.
    """

    name: str
    groups: dict[str, Resource] = field(default_factory=dict)
    maybe: dict[str, Resource] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    doubts: list[Doubt] = field(default_factory=list)
    bare: list[Resource] = field(default_factory=list)
    nearest: str = ""


def alternatives(data: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The selectors of a tier: one, or several of which any will do."""
    found: Sequence[Mapping[str, Any]] = data.get("any_of", [data])
    return found


def build_tier(name: str, data: Mapping[str, Any], view: View) -> Tier:
    """The tier as the plane has it."""
    tier = Tier(name)
    chosen = alternatives(data)
    selections = [view.select(one["kind"], one.get("select", {})) for one in chosen]
    for selection in selections:
        for workload in selection.yes:
            _attach(tier, workload, view)
        for maybe in selection.maybe:
            _perhaps(tier, maybe.resource, "; ".join(maybe.reasons), view)
    gaps = tuple(dict.fromkeys(gap for selection in selections for gap in selection.gaps))
    tier.doubts.extend(Doubt.behind(gaps, view))
    if not any(selection.yes for selection in selections):
        maybes = [maybe for selection in selections for maybe in selection.maybe]
        for maybe in maybes:
            why = "; ".join(maybe.reasons)
            tier.doubts.append(Doubt(f"whether {maybe.resource.identity} is {name}: {why}", Cause.UNCERTAIN))
        if not maybes and not gaps:
            tier.nearest = nearest_misses(" or ".join(one["kind"] for one in chosen), selections)
    return tier


def _attach(tier: Tier, workload: Resource, view: View) -> None:
    groups, doubts = groups_of(workload, view)
    tier.groups.update({group.identity: group for group in groups})
    tier.doubts.extend(doubts)
    if not groups and not doubts:
        tier.bare.append(workload)


def _perhaps(tier: Tier, workload: Resource, reason: str, view: View) -> None:
    groups, doubts = groups_of(workload, view)
    tier.maybe.update({group.identity: group for group in groups})
    tier.reasons.update({group.identity: f"whether {workload.identity} is {tier.name}: {reason}" for group in groups})
    tier.doubts.extend(doubts)


def groups_of(workload: Resource, view: View) -> tuple[list[Resource], list[Doubt]]:
    """The groups attached to a workload (a group is its own), and what leaves them open."""
    if workload.kind in GROUP_KINDS:
        return [workload], []
    kind = view.kinds.get(workload.kind)
    values, doubts, unset = _attached(workload, kind.security_groups if kind else (), view)
    groups: list[Resource] = []
    for value in values:
        target = resolve_group(value, view)
        if target.resource is not None:
            groups.append(target.resource)
        else:
            doubts.append(Doubt.unresolved(target, f"the group {_shown(value)} of {workload.identity}"))
    if unset and not values and not doubts:
        doubts.append(Doubt.of(UNSET, f"the groups of {workload.identity}"))
    return groups, doubts


def _attached(workload: Resource, paths: Sequence[str], view: View) -> tuple[list[Value], list[Doubt], bool]:
    """The values that name groups; of several paths that may hold them each may be unset."""
    values: list[Value] = []
    doubts: list[Doubt] = []
    unset = False
    about = f"the groups of {workload.identity}"
    for path in paths:
        found = walk(view.attributes(workload), parse(path), lambda data, value: (None, ()))
        doubts.extend(Doubt.of(unknown, about) for unknown in found.more)
        for leaf in found.leaves:
            whole = leaf.path.endswith("]") or not path.endswith("]")
            if leaf.missing:
                unset = unset or (workload.missing == "unset" and leaf.missing == "is not set")
            elif isinstance(leaf.value, Unknown) and not whole:
                doubts.append(Doubt.of(leaf.value, about))
            elif leaf.value is not None:
                values.extend(leaf.value if isinstance(leaf.value, list) else [leaf.value])
    return values, doubts, unset


def resolve_group(value: Value, view: View) -> Target:
    """The security group, of any kind of them, that a value names."""
    first = view.resolve(value, GROUP_KINDS[0])
    if first.resource is not None:
        return first
    for kind in GROUP_KINDS[1:]:
        other = view.resolve(value, kind) if view.resources(kind) else NEVER
        if other.resource is not None:
            return other
        first = first if first.undecided else other
    return first


def _shown(value: Value) -> str:
    return value.describe() if isinstance(value, Unknown) else str(value)


def group_name(group: Resource) -> str:
    """What people call a group: its name where that is known."""
    name = group.attributes.get("name")
    return name if isinstance(name, str) and name else group.identity
