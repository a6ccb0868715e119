"""Who else has the groups by which a tier is let in: workloads that no tier names have the tier's access, too.

Rule (Amazon VPC user guide, "Security group rules"): a group as source stands for whatever the group is attached to.

Only what surely has the group, and surely is no tier's, is named. A member counts as what it is a member of. A network
interface is named by its instance, and only where Terraform manages it: those of an account may be a load balancer's, a
database's or a task's, and a task's is attached to the instance that runs it ("Task networking", ECS developer guide).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from audits.model import Resource, Value
from audits.relations._attached import Attachments
from audits.relations._chain import Hop, Inbound, carries
from audits.relations._tiers import GROUP_KINDS, Tier, group_name, groups_of, joined, joined_by
from audits.view import View

_INSTANCE = "aws_instance"
_INTERFACE = "aws_network_interface"
_LAUNCHES = frozenset({_INSTANCE, "aws_launch_template"})
"""Of these one may be made by the other: what launched an instance is not always told."""
_SHOWN = 3


def let_in(hop: Hop, tiers: Mapping[str, Tier], into: Inbound) -> list[Resource]:
    """The groups, surely its source's, that a hop is open to by a rule that names them."""
    ways = [one for one in into.openings if carries(one, hop)]
    named = {one.group.identity for one in ways if one.source == "self"}
    groups = tiers[hop.source].groups.values() if hop.source in tiers else ()
    return [
        one for one in groups if one.identity in named or any(way.source.endswith(f"({one.identity})") for way in ways)
    ]


def outsiders(group: Resource, tiers: Mapping[str, Tier], attached: Attachments) -> list[Resource]:
    """What has the group and surely is, or belongs to, no workload that a tier names; by identity."""
    view = attached.view
    named = [one for tier in tiers.values() for one in tier.workloads]
    if any(_stands_for_others(one, group, view) for one in named):
        return []
    inside = {_key(one) for one in named} | {_key(whole) for one in named if (whole := _whole(one, view))}
    unsure = _perhaps_inside(named, group, view)
    found = {}
    for wearer in attached.wearers.get(group.identity, ()):
        whole = _whole(wearer, view)
        if whole is None or wearer.existence is not None or whole.existence is not None:
            continue
        if whole.kind not in unsure and _key(whole) not in inside:
            found[_key(whole)] = whole
    return sorted(found.values(), key=lambda one: one.identity)


def _perhaps_inside(named: Sequence[Resource], group: Resource, view: View) -> frozenset[str]:
    """The kinds of what a tier's workload may be part of, or made by, though that is not told."""
    kinds = {one.kind for one in named if one.kind in _LAUNCHES and _may_have(one, group, view)}
    launched = {kind for each in kinds for kind in _LAUNCHES - {each}}
    parts = {kind for one in named if _whole(one, view) is None for kind in joined_by(one.kind)}
    return frozenset({*launched, *parts})


def _stands_for_others(named: Resource, group: Resource, view: View) -> bool:
    """Whether a tier takes in whatever has the group, not the workload alone: one made of groups or of interfaces."""
    return named.kind in (*GROUP_KINDS, _INTERFACE) and _may_have(named, group, view)


def _may_have(workload: Resource, group: Resource, view: View) -> bool:
    has = groups_of(workload, view)
    return bool(has.doubts) or any(one.identity == group.identity for one in has.groups)


def _whole(workload: Resource, view: View) -> Resource | None:
    """What a workload is part of, itself if it stands alone; None where that cannot be told."""
    if workload.kind == _INTERFACE:
        return _instance_of(workload, view) if view.of_terraform else None
    return joined(workload, view)


def _instance_of(interface: Resource, view: View) -> Resource | None:
    """The instance that an interface is attached to, by what either says of it."""
    for attachment in _blocks(interface, "attachment", view):
        instance = view.resolve(attachment.get("instance"), _INSTANCE, view.place_of(interface)).resource
        if instance is not None:
            return instance
    for instance in view.resources(_INSTANCE):
        for block in _blocks(instance, "network_interface", view):
            target = view.resolve(block.get("network_interface_id"), _INTERFACE, view.place_of(instance))
            if target.resource is not None and _key(target.resource) == _key(interface):
                return instance
    return None


def _blocks(resource: Resource, name: str, view: View) -> Iterator[Mapping[str, Value]]:
    value = view.attributes(resource).get(name)
    yield from (one for one in value if isinstance(one, dict)) if isinstance(value, list) else ()


def _key(resource: Resource) -> tuple[str, str | None, str | None]:
    return resource.identity, resource.account, resource.region


def also_attached(group: Resource, others: Sequence[Resource]) -> str:
    """That a group is attached to these, too, the first few by name."""
    more = [f"{len(others) - _SHOWN} more"] if len(others) > _SHOWN else []
    names = [*(one.identity for one in others[:_SHOWN]), *more]
    last = f" and {names[-1]}" if len(names) > 1 else names[-1]
    shown = ", ".join(names[:-1]) + last
    return f"group {group_name(group)} ({group.identity}) is attached as well to {shown}, which no tier names"
