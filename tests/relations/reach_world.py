"""The documented port chain on both planes."""

from __future__ import annotations

from typing import Any

from audits.model import Gap, Resource
from audits.relations.reach import RELATION
from audits.view import View
from tests.relations import relation_world as world

BODY: dict[str, Any] = {
    "tiers": {
        "alb": {"kind": "aws_lb", "select": {"load_balancer_type": "application"}},
        "ecs": {"kind": "aws_ecs_service", "select": {"name": "glimpse-api"}},
        "rds": {"kind": "aws_db_instance", "select": {"engine": "postgres"}},
    },
    "reach": [
        {"from": "internet", "to": "alb", "ports": ["443/tcp"]},
        {"from": "alb", "to": "ecs", "ports": ["3001/tcp"]},
        {"from": "ecs", "to": "rds", "ports": ["5432/tcp"]},
    ],
}
HOPS = ("internet → alb: 443/tcp", "alb → ecs: 3001/tcp", "ecs → rds: 5432/tcp")
CLOSED = tuple(f"into {tier}: nothing else" for tier in ("alb", "ecs", "rds"))
NAMES = ("alb", "ecs", "rds")


def rule(low: Any, high: Any = None, protocol: Any = "tcp", **sources: Any) -> dict[str, Any]:
    """A rule in canonical form."""
    empty: dict[str, Any] = {
        "cidr_blocks": [],
        "ipv6_cidr_blocks": [],
        "prefix_list_ids": [],
        "security_groups": [],
        "self": False,
    }
    return {
        "description": "",
        "from_port": low,
        "to_port": low if high is None else high,
        "protocol": protocol,
        **empty,
        **sources,
    }


def group_of(plane: str, name: str) -> Any:
    """How a value names a group on a plane."""
    return world.reference(f"aws_security_group.{name}") if plane == "terraform" else f"sg-{name}"


def rules(plane: str) -> dict[str, list[Any]]:
    """The documented rules, by group."""
    return {
        "alb": [rule(443, cidr_blocks=["0.0.0.0/0"])],
        "ecs": [rule(3001, security_groups=[group_of(plane, "alb")])],
        "rds": [rule(5432, security_groups=[group_of(plane, "ecs")])],
    }


def resources(plane: str, ingress: dict[str, Any] | None = None, **groups: Any) -> list[Resource]:
    """Workloads and groups; ``ingress`` replaces rules by group, ``groups`` a workload's groups."""
    held: dict[str, Any] = {**rules(plane), **(ingress or {})}
    attached = {name: groups.get(name, [group_of(plane, name)]) for name in NAMES}
    workloads = {
        "alb": ("aws_lb", {"load_balancer_type": "application", "security_groups": attached["alb"]}),
        "ecs": (
            "aws_ecs_service",
            {"name": "glimpse-api", "network_configuration": [{"security_groups": attached["ecs"]}]},
        ),
        "rds": ("aws_db_instance", {"engine": "postgres", "vpc_security_group_ids": attached["rds"]}),
    }
    found: list[Resource] = []
    for name in held:
        body = {"name": f"glimpse-prod-{name}", "ingress": held[name]}
        if plane == "terraform":
            found.append(world.source("aws_security_group", name, **body))
        else:
            found.append(world.live("aws_security_group", f"arn:sg-{name}", id=f"sg-{name}", **body))
    for name, (kind, attributes) in workloads.items():
        if plane == "terraform":
            found.append(world.source(kind, name, **attributes))
        else:
            found.append(world.live(kind, f"arn:{kind}-{name}", **attributes))
    return found


def view(plane: str, ingress: dict[str, Any] | None = None, gaps: tuple[Gap, ...] = (), **groups: Any) -> View:
    return world.view(*resources(plane, ingress, **groups), gaps=gaps)


def judge(seen: View, body: dict[str, Any] | None = None) -> dict[str, Any]:
    return world.judge(RELATION, body or BODY, seen)


def states(seen: View, body: dict[str, Any] | None = None) -> dict[str, str]:
    return world.states(RELATION, body or BODY, seen)


def with_rule(plane: str, group: str, *more: Any) -> dict[str, Any]:
    """The documented rules and some more in one group."""
    return {group: [*rules(plane)[group], *more]}
