"""By what the traffic of a workload leaves: the default routes of its subnets' tables, and what these lead to.

Rules (Amazon VPC User Guide, "Configure route tables" and "NAT instances"): a subnet that is associated with no table
uses the main one of its VPC; a route leads to one target; an interface that forwards for others needs its
source/destination check off, and one that is attached to nothing forwards nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from audits.expectations import matches
from audits.index import same
from audits.model import Resource, Unknown, Value
from audits.outcome import Outcome
from audits.paths import parse, walk
from audits.relations._doubts import Doubt, shown
from audits.relations._kept import elements
from audits.view import UNSET, View

SUBNETS: Mapping[str, str] = {
    "aws_ecs_service": "network_configuration[*].subnets",
    "aws_lambda_function": "vpc_config[*].subnet_ids",
    "aws_instance": "subnet_id",
    "aws_autoscaling_group": "vpc_zone_identifier",
}
"""Where a workload names its subnets."""
TABLE, SUBNET, INTERFACE, INSTANCE = "aws_route_table", "aws_subnet", "aws_network_interface", "aws_instance"
KINDS = frozenset({TABLE, SUBNET, INTERFACE, INSTANCE})
_DESTINATIONS = ("cidr_block", "ipv6_cidr_block", "destination_prefix_list_id")
_ANYWHERE = "0.0.0.0/0"


@dataclass
class Found:
    """What speaks against it, what leaves it open, and what is only said."""

    wrong: list[str] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass
class Kept:
    """The identifiers of the instances that are kept, in an account, and why there may be others."""

    instances: list[Value] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)


@dataclass
class WaysOut:
    """What was found of a workload's ways out: where its routes lead, and what that is attached to.

    ``table``: the first that leads elsewhere.
    """

    routes: Found = field(default_factory=Found)
    attached: Found = field(default_factory=Found)
    table: Resource | None = None


def ways_out(workload: Resource, kept: Kept, view: View) -> WaysOut:
    """The default routes of a workload, which should lead to an interface of an instance that is kept."""
    found = WaysOut()
    tables: list[Resource] = []
    for value in _subnets(workload, found, view):
        target = view.resolve(value, SUBNET, view.place_of(workload))
        if target.resource is None:
            found.routes.doubts.append(Doubt.unresolved(target, f"the subnet {shown(value)} of {workload.identity}"))
            continue
        tables += [one for one in _tables(target.resource, found, view) if not any(same(one, old) for old in tables)]
    for table in tables:
        _judge(table, kept, found, view)
    attached = found.attached
    if not (attached.wrong or attached.doubts or attached.notes):
        attached.doubts += found.routes.doubts
        attached.wrong += [] if found.routes.doubts else ["no default route leads to an interface"]
    return found


def _subnets(workload: Resource, found: WaysOut, view: View) -> Iterator[Value]:
    leaves = walk(view.attributes(workload), parse(SUBNETS[workload.kind]), lambda data, value: (None, ()))
    found.routes.doubts += [Doubt.of(unknown, f"the subnets of {workload.identity}") for unknown in leaves.more]
    for leaf in leaves.leaves:
        value = leaf.value
        if leaf.missing or value in (None, "", []):
            found.routes.doubts.append(Doubt.of(UNSET, f"the subnets of {workload.identity}"))
        elif isinstance(value, Unknown) and isinstance(value.partial, list):
            yield from value.partial
            found.routes.doubts += [Doubt.of(value, f"the subnets of {workload.identity}")] if value.open else []
        else:
            yield from value if isinstance(value, list) else [value]


def _tables(subnet: Resource, found: WaysOut, view: View) -> list[Resource]:
    """The table of a subnet. Several may be: then each is."""
    doubts: list[Doubt] = []
    for table in view.resources(TABLE):
        about = f"what {table.identity} is associated with"
        associations, unknown = elements(view.attributes(table).get("association", []), about)
        doubts += unknown
        for one in associations:
            target = view.resolve(one.get("subnet_id"), SUBNET, view.place_of(table))
            if target.resource is not None and same(target.resource, subnet):
                return [table]
            if target.undecided:
                doubts.append(Doubt.unresolved(target, about))
    doubts += Doubt.behind(view.all_gaps(TABLE), view)
    if not doubts and not view.of_terraform:
        main = [one for one in view.resources(TABLE) if _is_main_of(one, subnet)]
        if main:
            return main
    found.routes.doubts += doubts or [
        Doubt.of(UNSET, f"{subnet.identity} is associated with no table, so with its VPC's main one")
    ]
    return []


def _is_main_of(table: Resource, subnet: Resource) -> bool:
    associations, _ = elements(table.attributes.get("association"), "")
    is_main = any(one.get("main") is True for one in associations)
    return is_main and table.attributes.get("vpc_id") == subnet.attributes.get("vpc_id")


def _judge(table: Resource, kept: Kept, found: WaysOut, view: View) -> None:
    routes = view.attributes(table).get("route", [])
    open_ = [routes] if isinstance(routes, Unknown) else []
    routes = (routes.partial if isinstance(routes.partial, list) else []) if isinstance(routes, Unknown) else routes
    before = len(found.routes.wrong)
    defaults = 0
    for route in routes:
        if isinstance(route, Unknown) or isinstance(route.get("cidr_block"), Unknown):
            open_.append(route if isinstance(route, Unknown) else route["cidr_block"])
        elif route.get("cidr_block") == _ANYWHERE:
            defaults += 1
            _route(route, table, kept, found, view)
    if not defaults and not open_:
        found.routes.wrong.append(f"{table.identity} has no default route")
    elif not defaults:
        found.routes.doubts += [Doubt.of(one, f"the routes of {table.identity}") for one in open_]
    if len(found.routes.wrong) > before and found.table is None:
        found.table = table


def _route(route: Mapping[str, Value], table: Resource, kept: Kept, found: WaysOut, view: View) -> None:
    targets = {name: one for name, one in route.items() if name not in _DESTINATIONS and one not in (None, "")}
    interface = targets.pop("network_interface_id", None)
    unknown = [name for name, one in targets.items() if isinstance(one, Unknown)]
    if interface is None and targets:
        names = ", ".join(f"{name} {shown(one)}" for name, one in targets.items())
        found.routes.wrong.append(f"{table.identity} leads out by {names}")
    elif interface is None or unknown:
        found.routes.doubts.append(Doubt(f"{table.identity}: where its default route leads"))
    else:
        _interface(interface, table, kept, found, view)


def _interface(value: Value, table: Resource, kept: Kept, found: WaysOut, view: View) -> None:
    target = view.resolve(value, INTERFACE, view.place_of(table))
    interface = target.resource or _of_instance(value, view)
    if interface is None:
        if target.undecided:
            doubt = Doubt.unresolved(target, f"{table.identity} leads to interface {shown(value)}")
            found.routes.doubts.append(doubt)
            found.attached.doubts.append(doubt)
        else:
            found.routes.wrong.append(f"{table.identity} leads to {shown(value)}, which is not there")
        return
    forwards = matches(False, view.attributes(interface).get("source_dest_check", UNSET), view.context(interface))
    if forwards.holds is None:
        found.routes.doubts.append(_because(forwards, f"source_dest_check of {interface.identity}"))
    elif not forwards.holds:
        found.routes.wrong.append(f"{interface.identity} forwards nothing: its source_dest_check is on")
    if interface.kind == INTERFACE:
        _attached(interface, kept, found, view)


def _attached(interface: Resource, kept: Kept, found: WaysOut, view: View) -> None:
    if view.of_terraform:
        found.routes.notes.append(
            f"source does not show what attaches {interface.identity} to the instance that is launched"
        )
        return
    about = f"the attachment of {interface.identity}"
    attachment, doubts = elements(view.attributes(interface).get("attachment"), about)
    doubts += [Doubt.of(one["instance"], about) for one in attachment if isinstance(one.get("instance"), Unknown)]
    if any(one.get("instance") in kept.instances for one in attachment):
        found.attached.notes.append(interface.identity)
    elif doubts or (attachment and kept.doubts):
        found.attached.doubts += [*doubts, *kept.doubts]
    elif not attachment:
        found.attached.wrong.append(f"{interface.identity} is attached to nothing")
    else:
        names = ", ".join(one.get("instance") or "no instance" for one in attachment)
        found.attached.wrong.append(f"{interface.identity} is attached to {names}, which no such group keeps")


def _of_instance(value: Value, view: View) -> Resource | None:
    """The instance whose first interface a value names."""
    if not isinstance(value, Unknown) or value.derived or value.parts or len(value.references) != 1:
        return None
    reference = value.references[0]
    instance = view.by_identity.get(reference.address)
    named = reference.attribute == "primary_network_interface_id"
    return instance if instance is not None and instance.kind == INSTANCE and named else None


def _because(outcome: Outcome, about: str) -> Doubt:
    return Doubt.of(outcome.unknowns[0], about) if outcome.unknowns else Doubt(f"{about}: {outcome.message}")
