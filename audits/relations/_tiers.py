"""Tiers of a port chain: which security groups belong to each, surely or perhaps, and what leaves that open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from audits.model import NOWHERE, Cause, Origin, Resource, Unknown, Value
from audits.paths import parse, walk
from audits.places import Place
from audits.relations._doubts import Doubt, nearest_misses, shown
from audits.selection import Target
from audits.view import UNSET, View

DEFAULT_GROUP = "aws_default_security_group"
GROUP_KINDS = ("aws_security_group", DEFAULT_GROUP)
_JOINS = {"aws_elasticache_cluster": ("replication_group_id", "aws_elasticache_replication_group")}
"""What has the groups of what it joins (ElastiCache API, CreateCacheCluster, ReplicationGroupId), and by what."""
_TAKES_DEFAULT = frozenset(
    {
        "aws_lb",
        "aws_ecs_service",
        "aws_db_instance",
        "aws_elasticache_cluster",
        "aws_elasticache_replication_group",
    }
)
"""What gets its VPC's default group if no other is named, and nothing else (API references of ELB, ECS, RDS, EC)."""
_DEFAULT = "unset: the source names no security group, and AWS then attaches the VPC's default group"
NEVER = Target()


@dataclass(slots=True)
class Tier:
    """A tier's groups by identity: ``groups`` surely, ``maybe`` perhaps; ``doubts``: it may have others.

    ``more``: those of the doubts by which any group at all may be the tier's; ``by_default``: those by which only a
    VPC's default group may. ``bare``: workloads to which no group is attached. ``nearest``: set if the tier surely is
    not there at all. ``workloads``: all that are, or may be, the tier.
    """

    name: str
    groups: dict[str, Resource] = field(default_factory=dict)
    maybe: dict[str, Resource] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    doubts: list[Doubt] = field(default_factory=list)
    more: list[Doubt] = field(default_factory=list)
    by_default: list[Doubt] = field(default_factory=list)
    bare: list[Resource] = field(default_factory=list)
    nearest: str = ""
    workloads: list[Resource] = field(default_factory=list)

    def may_hold(self, group: Resource) -> list[Doubt]:
        """Why a group, which surely is not the tier's as far as it is known, may be; empty if it cannot be."""
        reason = self.reasons.get(group.identity)
        found = [Doubt(reason, Cause.UNCERTAIN)] if reason else []
        return [*found, *self.more, *(self.by_default if group.kind == DEFAULT_GROUP else [])]

    @property
    def origin(self) -> Origin:
        """The place of the first workload that has one."""
        return next((one.origin for one in self.workloads if str(one.origin)), NOWHERE)


@dataclass(slots=True)
class Attached:
    """The groups attached to a workload. ``doubts``: it may have any others; ``by_default``: a VPC's default one."""

    groups: list[Resource] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    by_default: list[Doubt] = field(default_factory=list)

    def add_to(self, tier: Tier) -> None:
        """The tier has the doubts of its workload."""
        tier.doubts.extend([*self.doubts, *self.by_default])
        tier.more.extend(self.doubts)
        tier.by_default.extend(self.by_default)


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
    Attached(doubts=Doubt.behind(gaps, view)).add_to(tier)
    if not any(selection.yes for selection in selections):
        maybes = [maybe for selection in selections for maybe in selection.maybe]
        for maybe in maybes:
            why = "; ".join(maybe.reasons)
            tier.doubts.append(Doubt(f"whether {maybe.resource.identity} is {name}: {why}", maybe.cause))
        if not maybes and not gaps:
            tier.nearest = nearest_misses(" or ".join(one["kind"] for one in chosen), selections)
    return tier


def _attach(tier: Tier, workload: Resource, view: View) -> None:
    found = groups_of(workload, view)
    tier.workloads.append(workload)
    tier.groups.update({group.identity: group for group in found.groups})
    found.add_to(tier)
    if not found.groups and not found.doubts and not found.by_default:
        tier.bare.append(workload)


def _perhaps(tier: Tier, workload: Resource, reason: str, view: View) -> None:
    found = groups_of(workload, view)
    tier.workloads.append(workload)
    tier.maybe.update({group.identity: group for group in found.groups})
    said = f"whether {workload.identity} is {tier.name}: {reason}"
    tier.reasons.update({group.identity: said for group in found.groups})
    found.add_to(tier)


def groups_of(workload: Resource, view: View) -> Attached:
    """The groups attached to a workload (a group is its own), and what leaves them open."""
    if workload.kind in GROUP_KINDS:
        return Attached([workload])
    kind = view.kinds.get(workload.kind)
    values, doubts, unset = _attached(workload, kind.security_groups if kind else (), view)
    groups: list[Resource] = []
    for value in values:
        target = resolve_group(value, view, view.place_of(workload))
        if target.resource is not None:
            groups.append(target.resource)
        else:
            cause = value.cause if isinstance(value, Unknown) and not target.unreadable else None
            doubts.append(Doubt.unresolved(target, f"the group {shown(value)} of {workload.identity}", cause))
    if unset and not values and not doubts:
        return _left_out(workload, view)
    return Attached(groups, doubts)


def _left_out(workload: Resource, view: View) -> Attached:
    """The groups of a workload whose source names none: those of what it joins, else perhaps the VPC's default one."""
    about = f"the groups of {workload.identity}"
    name, kind = _JOINS.get(workload.kind, ("", ""))
    value = view.attributes(workload).get(name)
    if value is not None:
        target = view.resolve(value, kind, view.place_of(workload))
        if target.resource is not None:
            return groups_of(target.resource, view)
        return Attached(doubts=[Doubt.unresolved(target, f"{about}, which are those of the {kind} it joins")])
    if workload.kind not in _TAKES_DEFAULT:
        return Attached(doubts=[Doubt.of(UNSET, about)])
    said = Doubt(f"{about}: {_DEFAULT}", Cause.UNSET, f"name the security groups of {workload.identity}")
    return Attached(by_default=[said])


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
                unset = unset or (workload.missing == "unset" and leaf.missing in ("is not set", "is null"))
            elif isinstance(leaf.value, Unknown) and not whole:
                doubts.append(Doubt.of(leaf.value, about))
            elif leaf.value is not None:
                values.extend(leaf.value if isinstance(leaf.value, list) else [leaf.value])
    return values, doubts, unset


def joined_by(kind: str) -> tuple[str, ...]:
    """The kind whose groups a workload of this kind may have, if there is one."""
    return _JOINS[kind][1:] if kind in _JOINS else ()


def joined(workload: Resource, view: View) -> Resource | None:
    """What a workload joins, itself if it joins nothing; None where that cannot be told."""
    name, kind = _JOINS.get(workload.kind, ("", ""))
    value = view.attributes(workload).get(name)
    return workload if value is None else view.resolve(value, kind, view.place_of(workload)).resource


def resolve_group(value: Value, view: View, near: Place | None = None) -> Target:
    """The security group, of any kind of them, that a value names, as written by whoever lies ``near``."""
    first = view.resolve(value, GROUP_KINDS[0], near)
    if first.resource is not None:
        return first
    for kind in GROUP_KINDS[1:]:
        other = view.resolve(value, kind, near) if view.resources(kind) else NEVER
        if other.resource is not None:
            return other
        first = first if first.undecided else other
    return first


def group_name(group: Resource) -> str:
    """What people call a group: its name where that is known."""
    name = group.attributes.get("name")
    return name if isinstance(name, str) and name else group.identity
