"""Workloads in no tier that have a tier's group, and so its access: named where they are, on both planes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from audits import kinds, sources
from audits.model import Cause, Resource, Unknown
from audits.relations.reach import RELATION
from audits.sources import Sources
from audits.view import View
from tests.relations import relation_world as world
from tests.relations.reach_world import BODY, CLOSED, HOPS, group_of, judge, resources, rule, with_rule

PLANES = pytest.mark.parametrize("plane", ["terraform", "live"])
INTO_ALB, INTO_ECS, INTO_RDS = CLOSED
SAID = "is attached as well to"


def made(plane: str, kind: str, name: str, /, **attributes: Any) -> Resource:
    identity = f"arn:{kind}.{name}"
    return world.source(kind, name, **attributes) if plane == "terraform" else world.live(kind, identity, **attributes)


def seen(*found: Resource) -> View:
    """A view with the kinds that the suite has, not the few of the other tests."""
    return replace(world.view(*found), kinds=kinds.registry())


def bastion(plane: str, *groups: str, name: str = "bastion", **more: Any) -> Resource:
    attributes = {"vpc_security_group_ids": [group_of(plane, one) for one in groups], **more}
    return made(plane, "aws_instance", name, id=f"i-{name}", **attributes)


def named(plane: str, kind: str, name: str) -> str:
    return made(plane, kind, name).identity


def notes(looked: View, body: dict[str, Any] | None = None) -> dict[str, str]:
    """The causes that name who has a group, too, by path."""
    return {path: one.cause for path, one in judge(looked, body).items() if SAID in one.cause}


def redis(**more: Any) -> dict[str, Any]:
    """The chain with a cache that may call itself on another port."""
    tiers = {**BODY["tiers"], "redis": {"kind": "aws_elasticache_replication_group", **more}}
    return {"tiers": tiers, "reach": [*BODY["reach"], {"from": "redis", "to": "redis", "ports": ["6379/tcp"]}]}


def cache(plane: str) -> list[Resource]:
    """The chain with a group of the cache's own, which lets its members in."""
    return resources(plane, {"redis": [rule(6379, self=True)]})


@PLANES
def test_what_no_tier_names_and_has_the_group_that_is_let_in_is_said(plane: str) -> None:
    without = judge(seen(*resources(plane)))
    found = judge(seen(*resources(plane), bastion(plane, "ecs", "rds")))
    group = "aws_security_group.ecs" if plane == "terraform" else "arn:sg-ecs"
    host = named(plane, "aws_instance", "bastion")
    said = f"group glimpse-prod-ecs ({group}) is attached as well to {host}, which no tier names"
    assert found[HOPS[2]].cause == f"{without[HOPS[2]].cause}; {said}"
    assert found[INTO_RDS].cause == said
    # The rules are as documented all the same, and other hops have nothing to do with it.
    assert {path: one.state for path, one in found.items()} == {path: one.state for path, one in without.items()}
    assert set(notes(seen(*resources(plane), bastion(plane, "ecs", "rds")))) == {HOPS[2], INTO_RDS}


@PLANES
def test_the_workloads_of_tiers_and_groups_of_no_tier_say_nothing(plane: str) -> None:
    assert notes(seen(*resources(plane))) == {}
    # A workload of another tier has the group: a tier names it.
    assert notes(seen(*resources(plane, rds=[group_of(plane, "ecs"), group_of(plane, "rds")]))) == {}
    more = {"other": [], **with_rule(plane, "rds", rule(5432, security_groups=[group_of(plane, "other")]))}
    assert notes(seen(*resources(plane, more), bastion(plane, "other"))) == {}


@PLANES
def test_a_group_of_the_tier_that_is_not_let_in_says_nothing(plane: str) -> None:
    both = {"ecs": [group_of(plane, "ecs"), group_of(plane, "plain")]}
    held = resources(plane, {"plain": []}, **both)
    assert notes(seen(*held, bastion(plane, "plain"))) == {}
    assert notes(seen(*held, bastion(plane, "ecs")))


@PLANES
def test_a_hop_that_is_not_open_and_a_tier_that_is_not_closed_say_nothing(plane: str) -> None:
    shut = {"rds": [rule(5433, security_groups=[group_of(plane, "ecs")])]}
    found = judge(seen(*resources(plane, shut), bastion(plane, "ecs")))
    assert (found[HOPS[2]].state, found[INTO_RDS].state) == ("fail", "fail")
    assert not any(SAID in one.cause for one in found.values())
    # Another way in deviates by itself, and the hop says who takes the documented one.
    wider = with_rule(plane, "rds", rule(5433, security_groups=[group_of(plane, "ecs")]))
    assert set(notes(seen(*resources(plane, wider), bastion(plane, "ecs")))) == {HOPS[2]}
    # A hop that is open in part has failed.
    hops = [*BODY["reach"][:2], {"from": "ecs", "to": "rds", "ports": ["5432-5433/tcp"]}]
    assert set(notes(seen(*resources(plane), bastion(plane, "ecs")), {**BODY, "reach": hops})) == {INTO_RDS}


@PLANES
def test_a_hop_that_may_be_open_says_so_too(plane: str) -> None:
    hops = [*BODY["reach"][:2], {**BODY["reach"][2], "required": False}]
    assert set(notes(seen(*resources(plane), bastion(plane, "ecs")), {**BODY, "reach": hops})) == {HOPS[2], INTO_RDS}


@PLANES
def test_a_workload_that_is_perhaps_of_a_tier_or_perhaps_has_the_group_is_not_named(plane: str) -> None:
    service = {"network_configuration": [{"security_groups": [group_of(plane, "ecs")]}]}
    worker = made(plane, "aws_ecs_service", "w", name="worker", **service)
    assert named(plane, "aws_ecs_service", "w") in notes(seen(*resources(plane), worker))[INTO_RDS]
    # Its name is not known: it may be the tier's.
    assert notes(seen(*resources(plane), world.changed(worker, name=world.unknown()))) == {}
    assert notes(seen(*resources(plane), bastion(plane, vpc_security_group_ids=world.unknown()))) == {}
    perhaps = replace(bastion(plane, "ecs"), existence=Unknown(Cause.VARIABLE))
    assert notes(seen(*resources(plane), perhaps)) == {}
    # What else it has is no matter.
    partly = [group_of(plane, "ecs"), world.unknown()]
    assert notes(seen(*resources(plane), bastion(plane, vpc_security_group_ids=partly)))


@PLANES
def test_a_tier_made_of_the_group_itself_takes_in_whatever_has_it(plane: str) -> None:
    tiers = {**BODY["tiers"], "ecs": {"kind": "aws_security_group", "select": {"name": "glimpse-prod-ecs"}}}
    assert notes(seen(*resources(plane), bastion(plane, "ecs")), {**BODY, "tiers": tiers}) == {}


@PLANES
def test_a_launch_template_is_a_workload_of_its_own_unless_a_tier_holds_what_it_launches(plane: str) -> None:
    interfaces = [{"security_groups": [group_of(plane, "ecs")]}]
    template = made(plane, "aws_launch_template", "t", vpc_security_group_ids=[], network_interfaces=interfaces)
    app = bastion(plane, "ecs", name="app", instance_type="t3.small")
    assert named(plane, "aws_launch_template", "t") in notes(seen(*resources(plane), template))[HOPS[2]]
    tiers = {**BODY["tiers"], "ecs": {"kind": "aws_instance", "select": {"instance_type": "t3.small"}}}
    body = {**BODY, "tiers": tiers}
    held = [one for one in resources(plane) if one.kind != "aws_ecs_service"]
    assert notes(seen(*held, app, template), body) == {}
    found = notes(seen(*held, app, template, bastion(plane, "ecs", instance_type="t3.nano")), body)
    assert f"{SAID} {named(plane, 'aws_instance', 'bastion')}, which" in found[INTO_RDS]
    body["tiers"]["ecs"] = {"kind": "aws_launch_template"}
    assert notes(seen(*held, template, app), body) == {}
    # What the tier's template attaches is not known: the instance may be the template's.
    vague = world.changed(template, vpc_security_group_ids=world.unknown(), network_interfaces=[])
    body["tiers"]["ecs"] = {"any_of": [{"kind": "aws_launch_template"}, {"kind": "aws_ecs_service"}]}
    body["reach"] = [{**BODY["reach"][2], "required": False}]
    body["closed"] = []
    assert notes(seen(*resources(plane), vague, app), body) == {}
    assert notes(seen(*resources(plane), app), body)


@PLANES
def test_the_members_of_a_replication_group_are_its_own(plane: str) -> None:
    groups = [group_of(plane, "redis")]
    whole = made(
        plane,
        "aws_elasticache_replication_group",
        "r",
        id="r",
        replication_group_id="r",
        engine="redis",
        security_group_ids=groups,
    )
    joins = world.reference(whole.identity) if plane == "terraform" else "r"
    member = made(
        plane,
        "aws_elasticache_cluster",
        "m",
        cluster_id="r-001",
        replication_group_id=joins,
        security_group_ids=groups,
    )
    assert notes(seen(*cache(plane), whole, member), redis()) == {}
    by_member = {**redis(), "tiers": {**redis()["tiers"], "redis": {"kind": "aws_elasticache_cluster"}}}
    assert notes(seen(*cache(plane), whole, member), by_member) == {}
    # Whose member it is, is not told: nothing is said of any such group.
    vague = world.changed(member, replication_group_id=world.unknown())
    assert notes(seen(*cache(plane), whole, vague), by_member) == {}
    assert notes(seen(*cache(plane), whole, vague), redis()) == {}
    # One of another kind of engine is named once, as a whole.
    another = replace(
        whole, identity=f"{whole.identity}2", attributes={**whole.attributes, "id": "s", "engine": "valkey"}
    )
    another = world.changed(another, replication_group_id="s")
    joins = world.reference(another.identity) if plane == "terraform" else "s"
    its = replace(world.changed(member, cluster_id="s-001", replication_group_id=joins), identity="its")
    chosen = redis(select={"engine": "redis"})
    found = notes(seen(*cache(plane), whole, member, another, its), chosen)
    assert f"{SAID} {another.identity}, which no tier names" in found["into redis: nothing else"]
    # One that stands alone is named.
    alone = world.changed(member, replication_group_id=None)
    assert member.identity in notes(seen(*cache(plane), whole, alone), chosen)["into redis: nothing else"]


@pytest.mark.parametrize("instance", ["", "i-bastion"])
def test_network_interfaces_of_an_account_are_not_named_nor_what_they_are_attached_to(instance: str) -> None:
    # ECS attaches a task's interface to the instance that runs it.
    interface = world.live(
        "aws_network_interface",
        "arn:eni",
        id="eni-1",
        description="arn:aws:ecs:ap-northeast-2:111122223333:attachment/1",
        security_groups=["sg-ecs"],
        attachment=[{"instance": instance}],
    )
    assert notes(seen(*resources("live"), interface, bastion("live", "rds"))) == {}


def test_an_interface_in_terraform_is_named_by_its_instance() -> None:
    interface = world.source("aws_network_interface", "e", security_groups=[world.reference("aws_security_group.ecs")])
    host = world.source("aws_instance", "bastion")
    assert notes(seen(*resources("terraform"), interface, host)) == {}
    to_it = world.changed(interface, attachment=[{"instance": world.reference("aws_instance.bastion")}])
    by_it = world.changed(
        host, network_interface=[{"device_index": 0, "network_interface_id": world.reference(interface.identity)}]
    )
    for pair in ((to_it, host), (interface, by_it)):
        assert f"{SAID} aws_instance.bastion, which" in notes(seen(*resources("terraform"), *pair))[HOPS[2]]
    perhaps = Unknown(Cause.VARIABLE)
    for pair in ((replace(to_it, existence=perhaps), host), (to_it, replace(host, existence=perhaps))):
        assert notes(seen(*resources("terraform"), *pair)) == {}
    # The instance is the tier itself; or it is made of interfaces.
    tiers = {**BODY["tiers"], "ecs": {"kind": "aws_instance", "select": {"key_name": "app"}}}
    held = [one for one in resources("terraform") if one.kind != "aws_ecs_service"]
    groups = [world.reference("aws_security_group.ecs")]
    app = world.changed(host, key_name="app", vpc_security_group_ids=groups)
    assert notes(seen(*held, to_it, app), {**BODY, "tiers": tiers}) == {}
    tiers = {**BODY["tiers"], "ecs": {"kind": "aws_network_interface"}}
    assert notes(seen(*held, to_it, app), {**BODY, "tiers": tiers}) == {}


def test_a_tier_made_of_network_interfaces_takes_in_whatever_they_belong_to() -> None:
    interface = world.live("aws_network_interface", "arn:eni", id="eni-1", security_groups=["sg-ecs"])
    body = {**BODY, "tiers": {**BODY["tiers"], "ecs": {"kind": "aws_network_interface"}}}
    assert {str(one.state) for one in judge(seen(*resources("live"), interface), body).values()} == {"pass"}
    assert notes(seen(*resources("live"), interface), body) == {}


def test_of_many_the_first_are_named_and_the_others_counted() -> None:
    many = [bastion("terraform", "ecs", name=name) for name in ("e", "c", "a", "d", "b")]
    two = notes(seen(*resources("terraform"), *many[:2]))[INTO_RDS]
    assert two.endswith(f"{SAID} aws_instance.c and aws_instance.e, which no tier names")
    all_ = notes(seen(*resources("terraform"), *many))[INTO_RDS]
    assert all_.endswith(f"{SAID} aws_instance.a, aws_instance.b, aws_instance.c and 2 more, which no tier names")


def test_no_kinds_are_read_for_it() -> None:
    assert RELATION.kinds(BODY) == {"aws_security_group", "aws_lb", "aws_ecs_service", "aws_db_instance"}


def test_a_bastion_in_real_source_is_said(tmp_path: Path) -> None:
    text = """
    provider "aws" { region = "ap-northeast-2" }
    resource "aws_security_group" "task" { name = "task" }
    resource "aws_security_group" "db" {
      name = "db"
      ingress {
        from_port       = 5432
        to_port         = 5432
        protocol        = "tcp"
        security_groups = [aws_security_group.task.id]
      }
    }
    resource "aws_ecs_service" "api" {
      name = "api"
      network_configuration {
        subnets         = ["subnet-1"]
        security_groups = [aws_security_group.task.id]
      }
    }
    resource "aws_db_instance" "db" { vpc_security_group_ids = [aws_security_group.db.id] }
    resource "aws_instance" "bastion" { vpc_security_group_ids = [aws_security_group.task.id] }
    """
    (tmp_path / "main.tf").write_text(text, encoding="utf-8")
    body = {
        "tiers": {"ecs": {"kind": "aws_ecs_service"}, "rds": {"kind": "aws_db_instance"}},
        "reach": [{"from": "ecs", "to": "rds", "ports": ["5432/tcp"]}],
    }
    found = judge(View(sources.read("terraform", Sources(terraform=tmp_path), ()), kinds.registry()), body)
    assert {str(one.state) for one in found.values()} == {"pass"}
    said = "group task (aws_security_group.task) is attached as well to aws_instance.bastion, which no tier names"
    assert found[INTO_RDS].cause == said
