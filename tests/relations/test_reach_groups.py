"""Groups that are attached to nothing, default groups and halves of the IPv6 internet, on both planes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from audits import kinds, sources
from audits.relations.reach import RELATION
from audits.sources import Sources
from audits.view import View
from tests.relations import relation_world as world
from tests.relations.reach_world import CLOSED, HOPS, group_of, judge, resources, rule, rules, states, view, with_rule

PLANES = pytest.mark.parametrize("plane", ["terraform", "live"])
INTO_ALB, INTO_ECS, INTO_RDS = CLOSED


def identity(plane: str, name: str) -> str:
    return f"aws_security_group.{name}" if plane == "terraform" else f"arn:sg-{name}"


@PLANES
def test_a_group_that_would_open_the_hop_but_is_attached_to_nothing_is_said(plane: str) -> None:
    more = {"rds": [], "spare": rules(plane)["rds"]}
    found = judge(view(plane, more))
    assert found[HOPS[2]].state == "fail"
    said = f"group glimpse-prod-spare ({identity(plane, 'spare')}) admits it, but is attached to nothing that was read"
    assert said in found[HOPS[2]].cause
    # One that would not open it says nothing, nor one that something has.
    assert "attached to nothing" not in judge(view(plane, {"rds": [], "spare": []}))[HOPS[2]].cause
    make = world.live if plane == "live" else world.source
    for kind, attribute in (("aws_elasticache_cluster", "security_group_ids"), ("aws_efs_mount_target", "any_groups")):
        holder = make(kind, "c", **{attribute: [group_of(plane, "spare")]})
        assert "attached to nothing" not in judge(world.view(*resources(plane, more), holder))[HOPS[2]].cause


@PLANES
def test_a_group_that_is_let_in_but_attached_to_nothing_is_said(plane: str) -> None:
    more = {"bastion": [], **with_rule(plane, "rds", rule(5432, security_groups=[group_of(plane, "bastion")]))}
    found = judge(view(plane, more))
    assert (found[INTO_RDS].state, found[INTO_RDS].actual) == ("fail", ["group glimpse-prod-bastion → 5432/tcp"])
    assert f"({identity(plane, 'bastion')}) is attached to nothing that was read" in found[INTO_RDS].cause


@PLANES
def test_a_tier_that_is_a_group_which_nothing_has_is_said(plane: str) -> None:
    body: dict[str, Any] = {
        "tiers": {"x": {"kind": "aws_security_group", "select": {"name": "glimpse-prod-spare"}}},
        "reach": [{"from": "10.0.0.0/16", "to": "x", "ports": ["22/tcp"]}],
    }
    found = judge(view(plane, {"spare": [rule(22, cidr_blocks=["10.0.0.0/16"])]}), body)
    assert {str(one.state) for one in found.values()} == {"pass"}
    assert all("attached to nothing that was read" in one.cause for one in found.values())
    body["tiers"]["x"]["select"] = {"name": "glimpse-prod-alb"}
    found = judge(view(plane), body)
    assert all("attached to nothing" not in one.cause for one in found.values())


@PLANES
def test_nothing_is_said_of_attachments_where_they_are_not_all_known(plane: str) -> None:
    more = {"rds": [], "spare": rules(plane)["rds"]}
    other = world.source if plane == "terraform" else world.live
    vague = other("aws_elasticache_cluster", "c", security_group_ids=world.unknown())
    assert "attached to nothing" not in judge(world.view(*resources(plane, more), vague))[HOPS[2]].cause
    # An account of which nothing was read that has groups tells nothing of attachments.
    if plane == "live":
        only_groups = [one for one in resources(plane, more) if one.kind == "aws_security_group"]
        looked = world.view(*only_groups)
        looked = replace(looked, observation=replace(looked.observation, kinds=("aws_security_group",)))
        body = {**GROUPS, "tiers": {"x": {"kind": "aws_security_group", "select": {"name": "glimpse-prod-spare"}}}}
        found = world.judge(RELATION, body, looked)
        assert all("attached to nothing" not in one.cause for one in found.values())


GROUPS: dict[str, Any] = {"reach": [{"from": "10.0.0.0/16", "to": "x", "ports": ["22/tcp"]}]}


@PLANES
def test_both_halves_of_the_ipv6_internet_are_all_of_it(plane: str) -> None:
    halves = rule(443, ipv6_cidr_blocks=["::/1", "8000::/1"])
    found = judge(view(plane, with_rule(plane, "alb", halves)))
    assert {str(one.state) for one in found.values()} == {"pass"}
    halves = rule(5432, ipv6_cidr_blocks=["::/1", "8000::/1"])
    assert judge(view(plane, with_rule(plane, "rds", halves)))[INTO_RDS].actual == ["::/0 → 5432/tcp"]
    apart = [rule(5432, cidr_blocks=["0.0.0.0/1"]), rule(5432, cidr_blocks=["128.0.0.0/1"])]
    assert judge(view(plane, with_rule(plane, "rds", *apart)))[INTO_RDS].actual == ["0.0.0.0/0 → 5432/tcp"]


@PLANES
def test_a_prefix_list_that_was_not_read_may_be_all_of_the_internet(plane: str) -> None:
    by_list = {"alb": [rule(443, prefix_list_ids=["pl-1"])]}
    assert states(view(plane, by_list)) == {
        **dict.fromkeys([*HOPS, *CLOSED], "pass"),
        HOPS[0]: "unknown",
    }
    assert "what is in prefix list pl-1" in judge(view(plane, by_list))[HOPS[0]].cause
    # Beside a rule that opens it, it is of no matter; on another port it is a way in.
    assert set(states(view(plane, with_rule(plane, "alb", *by_list["alb"]))).values()) == {"pass"}
    found = judge(view(plane, with_rule(plane, "alb", rule(80, prefix_list_ids=["pl-1"]))))
    assert (found[INTO_ALB].state, found[INTO_ALB].actual) == ("fail", ["a prefix list → 80/tcp"])


def source(tmp_path: Path, *groups: str, attached: str) -> View:
    text = f"""
    provider "aws" {{ region = "ap-northeast-2" }}
    resource "aws_vpc" "main" {{ cidr_block = "10.0.0.0/16" }}
    resource "aws_security_group" "ecs" {{ name = "ecs" }}
    resource "aws_db_instance" "db" {{
      engine                 = "postgres"
      vpc_security_group_ids = [{attached}]
    }}
    {"".join(groups)}
    """
    (tmp_path / "main.tf").write_text(text, encoding="utf-8")
    return View(sources.read("terraform", Sources(terraform=tmp_path), ()), kinds.registry())


DEFAULT = """
    resource "aws_default_security_group" "d" { vpc_id = aws_vpc.main.id }
"""
BY_RULE = """
    resource "aws_security_group_rule" "all" {
      type              = "ingress"
      security_group_id = aws_default_security_group.d.id
      from_port         = 5432
      to_port           = 5432
      protocol          = "tcp"
      cidr_blocks       = ["0.0.0.0/0"]
    }
    resource "aws_vpc_security_group_ingress_rule" "ssh" {
      security_group_id = aws_default_security_group.d.id
      ip_protocol       = "tcp"
      from_port         = 22
      to_port           = 22
      cidr_ipv6         = "::/0"
    }
"""
DATABASE: dict[str, Any] = {
    "tiers": {"ecs": {"kind": "aws_security_group", "select": {"name": "ecs"}}, "rds": {"kind": "aws_db_instance"}},
    "reach": [{"from": "ecs", "to": "rds", "ports": ["5432/tcp"], "required": False}],
    "closed": ["rds", "ecs"],
}


def test_rules_of_their_own_count_for_a_default_group(tmp_path: Path) -> None:
    found = world.judge(
        RELATION, DATABASE, source(tmp_path, DEFAULT, BY_RULE, attached="aws_default_security_group.d.id")
    )
    rds, ecs = found["into rds: nothing else"], found["into ecs: nothing else"]
    assert (rds.state, rds.actual) == ("fail", ["0.0.0.0/0 → 5432/tcp", "::/0 → 22/tcp"])
    assert rds.resource == "aws_default_security_group.d"
    # They are surely none of another group's.
    assert ecs.state == "pass"


def test_a_default_group_that_is_adopted_without_rules_admits_nothing(tmp_path: Path) -> None:
    found = world.judge(RELATION, DATABASE, source(tmp_path, DEFAULT, attached="aws_default_security_group.d.id"))
    assert found["into rds: nothing else"].state == "pass"


def test_a_default_group_that_nothing_manages_is_open(tmp_path: Path) -> None:
    looked = source(tmp_path, attached="aws_vpc.main.default_security_group_id")
    assert world.judge(RELATION, DATABASE, looked)["into rds: nothing else"].state == "unknown"
