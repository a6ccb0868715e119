"""A doubt about one tier says nothing of groups that the tier surely does not have."""

from __future__ import annotations

from typing import Any

import pytest

from audits.model import Cause
from tests.relations import relation_world as world
from tests.relations.reach_world import BODY, CLOSED, group_of, judge, resources, rule, rules, states, view

INTO_ALB, INTO_ECS, INTO_RDS = CLOSED
UNKNOWN = world.unknown()
WITH_REDIS = {
    **BODY,
    "tiers": {
        **BODY["tiers"],
        "redis": {
            "any_of": [
                {"kind": "aws_elasticache_replication_group"},
                {"kind": "aws_elasticache_cluster", "select": {"engine": "redis"}},
            ]
        },
    },
    "closed": ["alb", "ecs", "rds", "redis"],
}


def with_redis(cluster: dict[str, Any]) -> Any:
    group = world.source(
        "aws_elasticache_replication_group", "main", security_group_ids=[group_of("terraform", "redis")]
    )
    held = resources("terraform", {"redis": [rule(6379, security_groups=[group_of("terraform", "web")])]})
    return world.view(*held, group, world.source("aws_elasticache_cluster", "reader", **cluster))


@pytest.mark.parametrize("groups", [..., None])
def test_a_database_whose_groups_are_unset_has_no_other_tiers_group(groups: Any) -> None:
    held = resources("terraform")
    database = {"engine": "postgres", **({} if groups is ... else {"vpc_security_group_ids": groups})}
    found = judge(world.view(*held[:-1], world.source("aws_db_instance", "rds", **database)))
    assert [str(found[path].state) for path in CLOSED] == ["pass", "pass", "unknown"]
    assert "default group" in found[INTO_RDS].cause
    assert str(found[INTO_RDS].origin) == "main.tf:1"


def test_a_member_of_a_replication_group_has_its_groups() -> None:
    member = {"engine": "redis", "replication_group_id": world.reference("aws_elasticache_replication_group.main")}
    found = states(with_redis(member), WITH_REDIS)
    assert [found[path] for path in CLOSED] == ["pass", "pass", "pass"]
    assert found["into redis: nothing else"] == "fail"


def test_a_member_of_a_group_that_is_not_known_leaves_all_open() -> None:
    found = states(with_redis({"engine": "redis", "replication_group_id": UNKNOWN}), WITH_REDIS)
    assert found[INTO_ECS] == "unknown"


def test_the_default_group_may_be_that_of_a_database_whose_groups_are_unset() -> None:
    default = world.source("aws_default_security_group", "this")
    more = rule(22, security_groups=[world.reference("aws_default_security_group.this")])
    ingress = {"ecs": [*rules("terraform")["ecs"], more]}
    held = [*resources("terraform", ingress)[:-1], world.source("aws_db_instance", "rds", engine="postgres"), default]
    found = judge(world.view(*held))
    assert str(found[INTO_ECS].state) == "fail"


def test_a_workload_that_is_perhaps_the_tier_brings_only_its_own_groups() -> None:
    held = resources("terraform")
    seen = world.view(*held[:-1], world.changed(held[-1], engine=UNKNOWN))
    found = states(seen)
    assert [found[path] for path in CLOSED] == ["pass", "pass", "unknown"]


def test_a_tier_that_is_no_source_excuses_no_third_group() -> None:
    """Whether or not the database has that group, it is none that may come into the service."""
    ingress = {
        "ecs": [*rules("terraform")["ecs"], rule(22, security_groups=[group_of("terraform", "third")])],
        "third": [],
    }
    found = states(view("terraform", ingress, rds=UNKNOWN))
    assert found[INTO_ECS] == "fail"
    assert states(view("terraform", ingress, alb=UNKNOWN))[INTO_ECS] == "fail", "not on that port"
    ingress["ecs"][1] = rule(3001, security_groups=[group_of("terraform", "third")])
    assert states(view("terraform", ingress, rds=UNKNOWN))[INTO_ECS] == "fail"
    assert states(view("terraform", ingress, alb=UNKNOWN))[INTO_ECS] == "unknown", "it may be the balancer's"


def test_groups_by_a_variable_may_be_another_tiers() -> None:
    """The database may then be admitted by the balancer's group: nothing here rules that out."""
    found = judge(view("terraform", rds=UNKNOWN))
    assert str(found[INTO_ECS].state) == "unknown"
    assert "var.x" in found[INTO_ECS].mend and "--var" in found[INTO_ECS].mend


def test_every_undecided_row_has_a_place_and_says_each_doubt_once() -> None:
    found = judge(view("terraform", rds=UNKNOWN))
    for verdict in found.values():
        assert str(verdict.origin), verdict.path
        assert verdict.cause.count("variable without value") <= 1
    assert Cause.VARIABLE in str(found[INTO_RDS].actual.describe())
    assert found[INTO_RDS].actual.describe().count("variable without value") == 1


def test_sources_that_are_no_text_are_shown_as_people_write_them() -> None:
    odd = rule(22, cidr_blocks=[{"cidr": UNKNOWN}])
    found = judge(view("terraform", {"rds": [*rules("terraform")["rds"], odd]}))
    assert "Unknown(" not in str([one.cause for one in found.values()])
