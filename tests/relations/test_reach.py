"""Every way into a tier is found on both planes, and the documented chain stays silent however it is written."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from audits.kind import Kind
from audits.model import Cause, Unknown
from audits.relation import BodyError
from audits.relations.reach import RELATION
from tests.relations import relation_world as world
from tests.relations.reach_world import (
    BODY,
    CLOSED,
    HOPS,
    group_of,
    judge,
    resources,
    rule,
    rules,
    states,
    view,
    with_rule,
)

PLANES = pytest.mark.parametrize("plane", ["terraform", "live"])
INTO_ALB, INTO_ECS, INTO_RDS = CLOSED


@PLANES
def test_the_documented_chain_passes(plane: str) -> None:
    assert states(view(plane)) == dict.fromkeys([*HOPS, *CLOSED], "pass")


@PLANES
@pytest.mark.parametrize(
    "ingress",
    [
        [rule(443, cidr_blocks=["0.0.0.0/1", "128.0.0.0/1"])],
        [rule(443, cidr_blocks=["0.0.0.0/1"]), rule(443, cidr_blocks=["128.0.0.0/1"])],
        [rule(443, cidr_blocks=["0.0.0.0/0"]), rule(443, ipv6_cidr_blocks=["::/0"])],
        [rule(443, cidr_blocks=["0.0.0.0/0", "10.0.0.0/8"])],
        [rule(443, cidr_blocks=["0.0.0.0/0"]), rule(443, cidr_blocks=["0.0.0.0/0"])],
        [rule("443", protocol="6", cidr_blocks=["0.0.0.0/0"])],
        [rule(443, protocol="TCP", cidr_blocks=["0.0.0.0/0"])],
    ],
)
def test_other_words_for_the_same_are_no_deviation(plane: str, ingress: list[Any]) -> None:
    assert set(states(view(plane, {"alb": ingress})).values()) == {"pass"}


FOREIGN = [
    ({"cidr_blocks": ["0.0.0.0/0"]}, "0.0.0.0/0 → 5432/tcp"),
    ({"cidr_blocks": ["0.0.0.0/1", "128.0.0.0/1"]}, "0.0.0.0/0 → 5432/tcp"),
    ({"ipv6_cidr_blocks": ["::/0"]}, "::/0 → 5432/tcp"),
    ({"cidr_blocks": ["10.0.0.0/16"]}, "10.0.0.0/16 → 5432/tcp"),
    ({"self": True}, "rds itself → 5432/tcp"),
    ({"prefix_list_ids": ["pl-1"]}, "a prefix list → 5432/tcp"),
    ({"security_groups": ["444455556666/sg-x"]}, "group 444455556666/sg-x → 5432/tcp"),
]


@PLANES
@pytest.mark.parametrize(("sources", "said"), FOREIGN)
def test_another_source_into_the_database_fails(plane: str, sources: dict[str, Any], said: str) -> None:
    seen = view(plane, with_rule(plane, "rds", rule(5432, **sources)))
    if plane == "terraform":
        account = [replace(one, account="111122223333") for one in seen.observation.resources]
        seen = world.view(*account)
    found = judge(seen)
    assert (found[INTO_RDS].state, found[INTO_RDS].actual) == ("fail", [said])
    assert found[INTO_RDS].resource == ("aws_security_group.rds" if plane == "terraform" else "arn:sg-rds")
    assert "glimpse-prod-rds ingress[1]" in found[INTO_RDS].cause
    assert {path for path, one in found.items() if one.state != "pass"} == {INTO_RDS}
    if plane == "terraform":
        assert found[INTO_RDS].origin.line == 20


@PLANES
@pytest.mark.parametrize(
    ("more", "said"),
    [
        (rule(0, 0, "-1", cidr_blocks=["10.9.0.0/16"]), "10.9.0.0/16 → all"),
        (rule(53, protocol="udp", cidr_blocks=["10.9.0.0/16"]), "10.9.0.0/16 → 53/udp"),
        (rule(-1, -1, "icmp", cidr_blocks=["10.9.0.0/16"]), "10.9.0.0/16 → icmp"),
        (rule(8, 0, "icmp", cidr_blocks=["10.9.0.0/16"]), "10.9.0.0/16 → icmp type 8 code 0"),
        (rule(0, 0, "47", cidr_blocks=["10.9.0.0/16"]), "10.9.0.0/16 → gre"),
        (rule(0, 65535, cidr_blocks=["10.9.0.0/16"]), "10.9.0.0/16 → tcp"),
    ],
)
def test_ports_and_protocols_are_named(plane: str, more: Any, said: str) -> None:
    assert judge(view(plane, with_rule(plane, "ecs", more)))[INTO_ECS].actual == [said]


@PLANES
def test_a_wider_rule_makes_the_hop_hold_and_deviates_by_the_rest(plane: str) -> None:
    found = judge(view(plane, {"rds": [rule(5000, 6000, security_groups=[group_of(plane, "ecs")])]}))
    assert found[HOPS[2]].state == "pass"
    assert found[INTO_RDS].actual == ["ecs → 5000-5431/tcp, 5433-6000/tcp"]


@PLANES
def test_another_tier_and_a_third_group_are_named(plane: str) -> None:
    more = {"bastion": [], **with_rule(plane, "rds", rule(5432, security_groups=[group_of(plane, "bastion")]))}
    assert judge(view(plane, more))[INTO_RDS].actual == ["group glimpse-prod-bastion → 5432/tcp"]
    more = with_rule(plane, "rds", rule(5432, security_groups=[group_of(plane, "alb")]))
    assert judge(view(plane, more))[INTO_RDS].actual == ["alb → 5432/tcp"]


@PLANES
def test_a_missing_or_other_rule_fails_the_hop(plane: str) -> None:
    found = judge(view(plane, {"rds": []}))
    assert (found[HOPS[2]].state, found[HOPS[2]].actual, found[INTO_RDS].state) == ("fail", "not open", "pass")
    found = judge(view(plane, {"rds": [rule(5433, security_groups=[group_of(plane, "ecs")])]}))
    assert (found[HOPS[2]].actual, found[INTO_RDS].state) == (["ecs → 5433/tcp"], "fail")
    found = judge(view(plane, {"alb": [rule(443, cidr_blocks=["0.0.0.0/1"])]}))
    assert (found[HOPS[0]].actual, found[INTO_ALB].state) == (["0.0.0.0/1 → 443/tcp"], "pass")


@PLANES
def test_a_second_group_on_a_workload_counts(plane: str) -> None:
    more = {"extra": [rule(22, cidr_blocks=["0.0.0.0/0"])]}
    found = judge(view(plane, more, rds=[group_of(plane, "rds"), group_of(plane, "extra")]))
    assert found[INTO_RDS].actual == ["0.0.0.0/0 → 22/tcp"]
    assert "glimpse-prod-extra" in found[INTO_RDS].cause


@PLANES
def test_one_group_on_two_tiers_stands_for_both(plane: str) -> None:
    shared = [group_of(plane, "ecs")]
    found = judge(view(plane, alb=[group_of(plane, "alb"), *shared]))
    assert found[INTO_RDS].actual == ["alb → 5432/tcp"]
    assert found[INTO_ALB].actual == ["alb itself → 3001/tcp"]


@PLANES
def test_a_workload_without_a_group_fails(plane: str) -> None:
    found = judge(view(plane, rds=[]))
    assert (found[HOPS[2]].state, found[HOPS[2]].actual) == ("fail", "no security group")
    assert (found[INTO_RDS].state, found[INTO_RDS].actual) == ("fail", ["a workload without security group"])


@PLANES
def test_a_tier_that_is_not_there_is_absent_unless_it_may_lie_behind_a_gap(plane: str) -> None:
    rest = [one for one in resources(plane) if one.kind != "aws_db_instance"]
    found = states(world.view(*rest))
    assert (found[HOPS[2]], found[INTO_RDS], found[HOPS[1]]) == ("absent", "absent", "pass")
    found = states(world.view(*rest, gaps=(world.gap("aws_db_instance"),)))
    assert (found[HOPS[2]], found[INTO_RDS], found[HOPS[1]]) == ("unreadable", "unreadable", "pass")


@PLANES
@pytest.mark.parametrize("kind", ["aws_security_group_rule", None])
def test_a_gap_never_leaves_nothing_else_as_pass(plane: str, kind: str | None) -> None:
    found = judge(view(plane, gaps=(world.gap(kind),)))
    assert {found[path].state for path in CLOSED} == {"unreadable"}
    assert {found[path].state for path in HOPS} == {"pass"}
    assert found[INTO_RDS].mend == "allow"
    failing = judge(view(plane, with_rule(plane, "rds", rule(22, cidr_blocks=["0.0.0.0/0"])), (world.gap(kind),)))
    assert failing[INTO_RDS].state == "fail"


def test_an_unread_tier_may_be_the_group_that_is_admitted() -> None:
    rest = [one for one in resources("live") if one.kind != "aws_ecs_service"]
    found = states(world.view(*rest, gaps=(world.gap("aws_ecs_service"),)))
    assert (found[HOPS[2]], found[INTO_RDS]) == ("unreadable", "unreadable")
    # The group of the tasks may be attached to a load balancer that was not read, too.
    found = states(view("live", gaps=(world.gap("aws_lb"),)))
    assert (found[HOPS[2]], found[INTO_RDS]) == ("pass", "unreadable")
    deleted = with_rule("live", "rds", rule(5432, security_groups=["sg-gone"]))
    assert states(view("live", deleted, (world.gap("aws_ecs_service"),)))[INTO_RDS] == "unreadable"


def test_a_perhaps_selected_workload_never_fails_by_itself() -> None:
    other = world.source(
        "aws_db_instance", "other", engine=world.unknown(), vpc_security_group_ids=[group_of("terraform", "open")]
    )
    more = {"open": [rule(22, cidr_blocks=["0.0.0.0/0"])]}
    found = states(world.view(*resources("terraform", more), other))
    assert (found[HOPS[2]], found[INTO_RDS]) == ("pass", "unknown")
    vague = world.view(*resources("terraform", {"open": world.unknown()}), other)
    assert states(vague)[INTO_RDS] == "unknown"
    harmless = world.view(*resources("terraform", {"open": []}), other)
    assert states(harmless)[INTO_RDS] == "pass"


UNKNOWN_RULES = [
    (rule(5432, cidr_blocks=world.unknown()), "unknown"),
    (rule(5432, cidr_blocks=[world.unknown()]), "fail"),  # some address, and no hop is from one
    (rule(22, security_groups=[world.unknown()]), "fail"),  # whoever it is, 22 is in no hop
    (rule(22, security_groups=world.unknown()), "unknown"),  # perhaps nobody
    (rule(5432, security_groups=[world.unknown()]), "unknown"),
    (rule(world.unknown(), cidr_blocks=["10.0.0.0/8"]), "fail"),  # whatever the port, it is open to addresses
    (rule(world.unknown(), security_groups=[group_of("terraform", "ecs")]), "unknown"),
    (rule(22, world.unknown(), security_groups=[group_of("terraform", "ecs")]), "fail"),
    (rule(5432, world.unknown(), security_groups=[group_of("terraform", "ecs")]), "unknown"),
    (rule(5432, 5432, world.unknown(), security_groups=[group_of("terraform", "ecs")]), "unknown"),
    (rule(None, security_groups=[group_of("terraform", "ecs")]), "unknown"),
    (rule(5432, self=world.unknown()), "unknown"),
    (rule(5432, prefix_list_ids=[world.unknown()]), "fail"),
    (world.unknown(), "unknown"),
    (rule(5432, security_groups=[world.reference("module.other.aws_security_group.x")]), "unknown"),
    (rule(5432, cidr_blocks=["10.0.0.0/33"]), "fail"),
]


@pytest.mark.parametrize(("more", "state"), UNKNOWN_RULES)
def test_what_is_known_of_an_unknown_rule_decides(more: Any, state: str) -> None:
    found = states(view("terraform", with_rule("terraform", "rds", more)))
    assert (found[INTO_RDS], found[HOPS[2]]) == (state, "pass")


def test_unknown_groups_and_rules_are_undecided() -> None:
    assert states(view("terraform", rds=world.unknown()))[INTO_RDS] == "unknown"
    assert states(view("terraform", rds=[world.unknown()]))[HOPS[2]] == "unknown"
    missing = Unknown(Cause.MISSING_MODULE)
    assert states(view("terraform", rds=missing))[INTO_RDS] == "unreadable"
    assert states(view("terraform", {"rds": missing}))[HOPS[2]] == "unreadable"
    partial = Unknown(Cause.VARIABLE, partial=rules("terraform")["rds"], open=True)
    found = states(view("terraform", {"rds": partial}))
    assert (found[HOPS[2]], found[INTO_RDS]) == ("pass", "unknown")


def test_unset_in_source_is_unknown_and_none_in_an_account_is_nothing() -> None:
    bare = [
        replace(one, attributes={"name": "glimpse-prod-rds"}) if one.identity.endswith("group.rds") else one
        for one in resources("terraform")
    ]
    found = states(world.view(*bare))
    assert (found[HOPS[2]], found[INTO_RDS]) == ("unknown", "unknown")
    empty: tuple[Any, ...] = (None, [])
    for nothing in empty:
        found = states(view("live", {"rds": nothing}))
        assert (found[HOPS[2]], found[INTO_RDS]) == ("fail", "pass")
    unset = [
        replace(one, attributes={"engine": "postgres"}) if one.kind == "aws_db_instance" else one
        for one in resources("terraform")
    ]
    assert states(world.view(*unset))[INTO_RDS] == "unknown"


def test_a_group_that_was_not_read() -> None:
    deleted = with_rule("live", "rds", rule(5432, security_groups=["sg-gone"]))
    assert judge(view("live", deleted))[INTO_RDS].actual == ["group sg-gone → 5432/tcp"]
    assert states(view("live", deleted, (world.gap("aws_security_group"),)))[INTO_RDS] == "unreadable"
    literal = with_rule("terraform", "rds", rule(5432, security_groups=["sg-0abc"]))
    assert states(view("terraform", literal))[INTO_RDS] == "unknown"  # it may be the id of the ECS group
    default = world.reference("aws_vpc.main", "default_security_group_id")
    more = with_rule("terraform", "rds", rule(5432, security_groups=[default]))
    assert judge(view("terraform", more))[INTO_RDS].actual == ["group default → 5432/tcp"]
    own = with_rule("live", "rds", rule(5432, security_groups=["111122223333/sg-ecs"]))
    assert states(view("live", own))[INTO_RDS] == "pass"


REDIS: dict[str, Any] = {
    **BODY,
    "tiers": {
        **BODY["tiers"],
        "redis": {
            "any_of": [{"kind": "aws_elasticache_cluster"}, {"kind": "aws_security_group", "select": {"name": "r"}}]
        },
    },
    "reach": [
        *BODY["reach"],
        {"from": "ecs", "to": "redis", "ports": ["6379/tcp"], "required": False, "undocumented": "the app needs it"},
    ],
}


def test_a_hop_that_need_not_exist() -> None:
    def with_redis(*ingress: Any) -> dict[str, str]:
        cache = world.live("aws_elasticache_cluster", "c", security_group_ids=["sg-redis"])
        return states(world.view(*resources("live", {"redis": list(ingress)}), cache), REDIS)

    hop, closed = "ecs → redis: 6379/tcp", "into redis: nothing else"
    documented = rule(6379, security_groups=["sg-ecs"])
    assert (with_redis()[hop], with_redis()[closed]) == ("pass", "pass")
    assert (with_redis(documented)[hop], with_redis(documented)[closed]) == ("pass", "pass")
    assert with_redis(documented, rule(6379, self=True))[closed] == "fail"
    assert states(view("live"), REDIS)[closed] == "absent"


def test_hops_from_networks_groups_themselves_and_prefix_lists() -> None:
    body: dict[str, Any] = {
        "tiers": {"x": {"kind": "aws_security_group", "select": {"name": "glimpse-prod-alb"}}},
        "reach": [
            {"from": "10.0.0.0/16", "to": "x", "ports": ["22/tcp"]},
            {"from": "x", "to": "x", "ports": ["all"]},
            {"from": "pl-1", "to": "x", "ports": ["443/tcp"]},
        ],
    }
    fine = [
        rule(22, cidr_blocks=["10.0.0.0/17", "10.0.128.0/17"]),
        rule(0, 0, "-1", self=True),
        rule(443, prefix_list_ids=["pl-1"]),
    ]
    assert set(states(view("live", {"alb": fine}), body).values()) == {"pass"}
    wider = [rule(22, cidr_blocks=["10.0.0.0/15"]), *fine[1:]]
    found = judge(view("live", {"alb": wider}), body)["into x: nothing else"]
    assert (found.state, found.actual) == ("fail", ["10.1.0.0/16 → 22/tcp"])
    unknown_list = [*fine, rule(443, prefix_list_ids=["pl-2"])]
    assert states(view("live", {"alb": unknown_list}), body)["into x: nothing else"] == "fail"
    within = [*fine, rule(22, prefix_list_ids=["pl-2"])]
    assert states(view("live", {"alb": within}), body)["into x: nothing else"] == "unknown"


def test_closed_limits_what_is_judged_as_closed() -> None:
    body = {**BODY, "closed": ["rds"]}
    assert set(states(view("live"), body)) == {*HOPS, INTO_RDS}


def test_equal_deviations_compare_equal_across_the_planes() -> None:
    mores = [rule(22, cidr_blocks=["1.2.3.4/32"]), rule(0, 0, "-1", self=True), rule(80, prefix_list_ids=["pl-9"])]
    found = [judge(view(plane, with_rule(plane, "ecs", *mores))) for plane in ("terraform", "live")]
    assert [one.actual for one in found[0].values()] == [one.actual for one in found[1].values()]
    assert [one.key for one in found[0].values()] == [one.key for one in found[1].values()] == list(found[0])


@pytest.mark.parametrize(
    ("change", "message", "path"),
    [
        (
            {"reach": [{"from": "internet", "to": "alb", "ports": ["443"]}]},
            "unknown protocol",
            ("reach", 0, "ports", 0),
        ),
        ({"reach": [{"from": "internet", "to": "alb", "ports": ["9-1/tcp"]}]}, "range", ("reach", 0, "ports", 0)),
        ({"reach": [{"from": "alb", "to": "esc", "ports": ["all"]}]}, "did you mean 'ecs'", ("reach", 0, "to")),
        ({"reach": [{"from": "10.0.0.0/99", "to": "ecs", "ports": ["all"]}]}, "not a CIDR", ("reach", 0, "from")),
        ({"reach": [{"from": "internt", "to": "ecs", "ports": ["all"]}]}, "internet", ("reach", 0, "from")),
        ({"reach": [BODY["reach"][0], BODY["reach"][0]]}, "twice", ("reach", 1)),
        ({"closed": ["rsd"]}, "did you mean 'rds'", ("closed", 0)),
        ({"tiers": {**BODY["tiers"], "internet": BODY["tiers"]["alb"]}}, "everyone", ("tiers", "internet")),
        ({"tiers": {**BODY["tiers"], "x": {"kind": "aws_iam_role"}}}, "no security groups", ("tiers", "x", "kind")),
        ({"tiers": {**BODY["tiers"], "x": {"kind": "aws_lbb"}}}, "aws_lb", ("tiers", "x", "kind")),
    ],
)
def test_a_wrong_spec_is_refused_with_its_place(change: dict[str, Any], message: str, path: tuple[Any, ...]) -> None:
    with pytest.raises(BodyError, match=message) as caught:
        RELATION.check({**BODY, **change}, world.KINDS)
    assert caught.value.path == path


def test_a_right_spec_is_accepted_and_names_its_kinds() -> None:
    RELATION.check(BODY, world.KINDS)
    assert RELATION.kinds(BODY) == {"aws_security_group", "aws_lb", "aws_ecs_service", "aws_db_instance"}
    assert isinstance(world.KINDS["aws_lb"], Kind)
