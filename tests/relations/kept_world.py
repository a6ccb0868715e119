"""A NAT instance that a group keeps, and the service whose traffic leaves by it, on both planes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from audits import kinds
from audits.model import Cause, Gap, Observation, Plane, Reference, Resource, Unknown, Verdict
from audits.relations.kept import RELATION
from audits.view import View
from tests.relations import relation_world as world

PLANES: tuple[Plane, ...] = ("terraform", "live")
BODY: dict[str, Any] = {
    "group": {"name": "nat"},
    "instances": {"tags.Name": "nat"},
    "instance_type": "t4g.nano",
    "volume_size": 8,
    "routes_of": {"kind": "aws_ecs_service", "select": {"name": "api"}},
}
LAUNCHED = {
    "instance_type": "t4g.nano",
    "block_device_mappings": [{"device_name": "/dev/xvda", "ebs": [{"volume_size": 8}]}],
}
_DESTINATIONS = {"cidr_block": "", "ipv6_cidr_block": "", "destination_prefix_list_id": ""}
Changes = Mapping[str, Mapping[str, Any] | None]


def _named(plane: Plane, address: str, identifier: str) -> Any:
    return world.reference(address) if plane == "terraform" else identifier


def route(**target: Any) -> dict[str, Any]:
    empty = {"gateway_id": "", "nat_gateway_id": "", "network_interface_id": ""}
    return {**_DESTINATIONS, "cidr_block": "0.0.0.0/0", **empty, **target}


def way(plane: Plane) -> dict[str, Any]:
    """The documented default route."""
    return route(network_interface_id=_named(plane, "aws_network_interface.nat", "eni-1"))


def resources(plane: Plane, changes: Changes | None = None) -> list[Resource]:
    """Everything, by type; ``changes`` replaces attributes of the resource of a type (None leaves it out)."""
    live = plane == "live"
    template = {"id": _named(plane, "aws_launch_template.nat", "lt-1"), "version": "$Latest"}
    everything: dict[str, dict[str, Any]] = {
        "aws_autoscaling_group": {
            "name": "nat",
            "min_size": 1,
            "max_size": 1,
            "desired_capacity": 1,
            "launch_template": [template],
        },
        "aws_launch_template": {"name": "nat", **LAUNCHED},
        "aws_ecs_service": {
            "name": "api",
            "network_configuration": [{"subnets": [_named(plane, "aws_subnet.nat", "subnet-1")]}],
        },
        "aws_subnet": {"vpc_id": _named(plane, "aws_vpc.nat", "vpc-1")},
        "aws_route_table": {
            "vpc_id": _named(plane, "aws_vpc.nat", "vpc-1"),
            "route": [way(plane)],
            "association": [
                {"subnet_id": _named(plane, "aws_subnet.nat", "subnet-1"), "gateway_id": "", "main": False}
            ],
        },
        "aws_network_interface": {"source_dest_check": False},
    }
    if live:
        identifiers = {"aws_launch_template": "lt-1", "aws_subnet": "subnet-1", "aws_network_interface": "eni-1"}
        for kind, identifier in identifiers.items():
            everything[kind]["id"] = identifier
        everything["aws_autoscaling_group"] |= {
            "launches": [{"id": "lt-1", "version": "$Latest", **LAUNCHED}],
            "instances": [{"instance_id": "i-1", "lifecycle_state": "InService"}],
        }
        everything["aws_network_interface"]["attachment"] = [{"instance": "i-1", "device_index": 1}]
        everything["aws_instance"] = {
            "id": "i-1",
            "tags": {"Name": "nat"},
            "instance_type": "t4g.nano",
            "root_block_device": [{"volume_size": 8}],
            "ebs_block_device": [],
        }
    found = []
    for kind, attributes in everything.items():
        change = (changes or {}).get(kind, {})
        if change is not None:
            found.append(one(plane, kind, **{**attributes, **change}))
    return found


def one(plane: Plane, kind: str, /, identity: str = "nat", **attributes: Any) -> Resource:
    kept = {name: value for name, value in attributes.items() if value is not None}
    return (
        world.source(kind, identity, **kept) if plane == "terraform" else world.live(kind, f"{kind}:{identity}", **kept)
    )


def seen(plane: Plane, changes: Changes | None = None, *more: Resource, gaps: tuple[Gap, ...] = ()) -> View:
    return View(Observation(plane, (*resources(plane, changes), *more), gaps), kinds.registry())


def judged(view: View, body: Mapping[str, Any] | None = None) -> dict[str, Verdict]:
    found: dict[str, Verdict] = world.judge(RELATION, {"kept": dict(body or BODY)}, view)
    return found


def wrong(view: View, body: Mapping[str, Any] | None = None) -> dict[str, str]:
    """The paths that do not pass, with their states."""
    return {path: str(v.state) for path, v in judged(view, body).items() if str(v.state) != "pass"}


def unknown(cause: Cause = Cause.VARIABLE, **more: Any) -> Unknown:
    return Unknown(cause, (Reference("var.x"),), **more)


def gap(*names: str) -> Gap:
    return Gap("live", names or None, f"everything of {', '.join(names)}", "AccessDenied", mend="allow it")
