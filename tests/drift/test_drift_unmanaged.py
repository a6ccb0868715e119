"""What the account holds and Terraform does not: claimed only where all was read, explained where AWS made it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from drift_factories import ours, plane, theirs

from audits import kinds
from audits.drift.compare import compare
from audits.drift.unmanaged import Unmanaged, unmanaged
from audits.model import BILL, Cause, Gap, Resource, Scope, UnmanagedRule
from audits.pairing import pair
from tests.factories import pointing, unknown

GROUP, DATABASE = "aws_cloudwatch_log_group", "aws_db_instance"
ALL = UnmanagedRule(kinds=("aws_*",))


def left(
    live: Sequence[Resource],
    rule: UnmanagedRule = ALL,
    *,
    source: Sequence[Resource] = (),
    data: Sequence[Resource] = (),
    gaps: Sequence[Gap] = (),
) -> tuple[Unmanaged, ...]:
    """What became of the account's resources that are not Terraform's."""
    terraform = plane("terraform", *source, gaps=gaps, data_sources=tuple(data))
    account = plane("live", *live)
    registry = kinds.registry()
    return unmanaged(compare(terraform, account, registry), terraform, account, registry, [rule])


def states(live: Sequence[Resource], rule: UnmanagedRule = ALL, **more: Any) -> list[tuple[str, str]]:
    return [(one.resource.identity, one.state) for one in left(live, rule, **more)]


def group(name: str = "app", **more: Any) -> Resource:
    return theirs(GROUP, f"arn:{name}", name=name, **more)


def test_what_terraform_does_not_have_is_unmanaged_and_what_it_has_is_not() -> None:
    source = [ours(GROUP, f"{GROUP}.a", name="app")]
    assert states([group("app"), group("by-hand")], source=source) == [("arn:by-hand", "unmanaged")]


@pytest.mark.parametrize(
    ("rule", "wanted"),
    [
        (UnmanagedRule(kinds=("aws_db_*",)), False),
        (UnmanagedRule(kinds=("aws_db_*", "aws_cloudwatch_*")), True),
        (UnmanagedRule(names="^app$"), True),
        (UnmanagedRule(names="^ap$"), False),
        (UnmanagedRule(names="Tagged"), True),
        (UnmanagedRule(tags={"Project": "x"}), True),
        (UnmanagedRule(tags={"Project": "y"}), False),
        (UnmanagedRule(tags={"Project": "x", "Other": "z"}), False),
        (UnmanagedRule(names="app", tags={"Project": "y"}), False),
        (UnmanagedRule(scope=Scope(regions=("eu-west-1",))), True),
        (UnmanagedRule(scope=Scope(regions=("us-east-1",))), False),
        (UnmanagedRule(scope=Scope(accounts=("999999999999",))), False),
    ],
)
def test_only_what_a_spec_declares_is_expected_in_terraform(rule: UnmanagedRule, wanted: bool) -> None:
    found = states([group(tags={"Project": "x", "Name": "Tagged"})], rule)
    assert found == ([("arn:app", "unmanaged")] if wanted else [])


@pytest.mark.parametrize("tags", [unknown(Cause.UNREADABLE), {"Project": unknown(Cause.UNREADABLE)}])
def test_tags_that_could_not_be_read_leave_it_open(tags: Any) -> None:
    assert states([group(tags=tags)], UnmanagedRule(tags={"Project": "x"})) == [("arn:app", "undecided")]
    assert states([group(tags=tags)], UnmanagedRule(names="app")) == [("arn:app", "unmanaged")]


def test_what_is_no_resource_is_never_unmanaged() -> None:
    assert states([theirs(BILL, "bill", name="app")], UnmanagedRule(names="app")) == []


def test_without_a_rule_nothing_is_claimed() -> None:
    terraform, account = plane("terraform"), plane("live", group())
    registry = kinds.registry()
    assert unmanaged(compare(terraform, account, registry), terraform, account, registry, []) == ()


@pytest.mark.parametrize(
    "gap",
    [
        Gap("terraform", None, "module.x", "missing module", module="x"),
        Gap("terraform", None, "main.tf", "not HCL"),
        Gap("terraform", (GROUP,), "a.tf", "unread"),
    ],
)
def test_a_gap_in_the_source_leaves_it_open(gap: Gap) -> None:
    assert states([group()], gaps=[gap]) == [("arn:app", "undecided")]


def test_a_gap_that_cannot_hide_it_does_not() -> None:
    module = Gap("terraform", None, "module.x", "missing module", module="x")
    rule = UnmanagedRule(kinds=("aws_*",), modules={"x": ("aws_db_*",)})
    assert states([group()], rule, gaps=[module]) == [("arn:app", "unmanaged")]
    assert states([group()], gaps=[Gap("terraform", (DATABASE,), "a.tf", "unread")]) == [("arn:app", "unmanaged")]


def test_what_may_be_an_unmatched_resource_of_the_source_is_not_claimed() -> None:
    unnamed = ours(GROUP, f"{GROUP}.a", name=unknown(Cause.VARIABLE, "var.x"))
    assert states([group()], source=[unnamed]) == [("arn:app", "undecided")]
    perhaps = ours(GROUP, f"{GROUP}.b[*]", name="app", Existence=unknown(Cause.VARIABLE, "var.n"))
    assert states([group()], source=[perhaps]) == [("arn:app", "undecided")]
    other = ours(DATABASE, f"{DATABASE}.a", identifier=unknown())
    assert states([group()], source=[other]) == [("arn:app", "unmanaged")]


def test_what_a_data_source_names_is_managed_elsewhere() -> None:
    named = ours(GROUP, f"data.{GROUP}.a", name="app")
    assert states([group()], data=[named]) == [("arn:app", "elsewhere")]
    assert states([group("other")], data=[named]) == [("arn:other", "unmanaged")]


def test_what_a_data_source_perhaps_names_is_open() -> None:
    asked = ours(GROUP, f"data.{GROUP}.a", name=unknown(Cause.VARIABLE, "var.x"))
    assert states([group()], data=[asked]) == [("arn:app", "undecided")]
    tagged = ours("aws_vpc", "data.aws_vpc.a", tags={"Name": "shared"})
    live = [theirs("aws_vpc", "arn:v", id="vpc-1", is_default=False, tags={"Name": "shared"})]
    assert states(live, data=[tagged]) == [("arn:v", "undecided")]
    live = [theirs("aws_vpc", "arn:v", id="vpc-1", is_default=False, tags={"Name": "other"})]
    assert states(live, data=[tagged]) == [("arn:v", "unmanaged")]


def test_a_data_source_that_asks_by_a_reference_is_followed() -> None:
    source = [ours("aws_vpc", "aws_vpc.a", cidr_block="10.0.0.0/16")]
    live = [
        theirs("aws_vpc", "arn:v", id="vpc-1", cidr_block="10.0.0.0/16"),
        theirs("aws_internet_gateway", "arn:g", id="igw-1", vpc_id="vpc-2"),
    ]
    asked = ours("aws_internet_gateway", "data.aws_internet_gateway.a", vpc_id=pointing("aws_vpc.a.id"))
    assert states(live, source=source, data=[asked]) == [("arn:g", "unmanaged")]


# -- What AWS makes by itself

DEFAULTS = [
    ("aws_security_group", {"name": "default"}, {"name": "default-2"}),
    ("aws_vpc", {"is_default": True}, {"is_default": False}),
    ("aws_subnet", {"default_for_az": True}, {"default_for_az": False}),
    ("aws_network_acl", {"is_default": True}, {"is_default": None}),
    ("aws_route_table", {"association": [{"main": True}]}, {"association": [{"main": False}]}),
    ("aws_iam_role", {"arn": "arn:aws:iam::123456789012:role/aws-service-role/x/AWSServiceRoleForX"},
     {"arn": "arn:aws:iam::123456789012:role/AWSServiceRoleForX"}),
    ("aws_iam_policy", {"arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"},
     {"arn": "arn:aws:iam::123456789012:policy/ReadOnlyAccess"}),
    ("aws_kms_alias", {"name": "alias/aws/rds"}, {"name": "alias/app"}),
    ("aws_db_parameter_group", {"name": "default.postgres16"}, {"name": "app"}),
    ("aws_rds_cluster_parameter_group", {"name": "default.aurora16"}, {"name": "defaults"}),
    ("aws_db_option_group", {"name": "default:mysql-8-0"}, {"name": "app"}),
    ("aws_elasticache_parameter_group", {"name": "default.redis7"}, {"name": "app"}),
    ("aws_elasticache_user", {"user_id": "default"}, {"user_id": "app"}),
    ("aws_secretsmanager_secret", {"name": "rds!db-1"}, {"name": "app"}),
    ("aws_cloudfront_cache_policy", {"name": "Managed-CachingOptimized"}, {"name": "Own"}),
    ("aws_backup_vault", {"name": "Default"}, {"name": "app"}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "default", "own"), DEFAULTS, ids=[one[0] for one in DEFAULTS])
def test_what_every_account_has_is_left_out(kind: str, default: dict[str, Any], own: dict[str, Any]) -> None:
    assert states([theirs(kind, "arn:x", **default)]) == [("arn:x", "explained")]
    assert states([theirs(kind, "arn:x", **own)]) == [("arn:x", "unmanaged")]


def test_the_default_networks_gateway_is_left_out() -> None:
    def gateway(of: str) -> list[tuple[str, str]]:
        network = theirs("aws_vpc", "arn:v", id="vpc-1", is_default=True)
        return states([network, theirs("aws_internet_gateway", "arn:g", vpc_id=of)])[1:]

    assert gateway("vpc-1") == [("arn:g", "explained")]
    assert gateway("vpc-2") == [("arn:g", "unmanaged")]


def test_records_that_come_with_a_zone_are_left_out() -> None:
    def record(type_: str, name: str) -> list[tuple[str, str]]:
        zone = theirs("aws_route53_zone", "arn:z", zone_id="Z", name="a.example", vpc=[])
        live = [zone, theirs("aws_route53_record", "r", zone_id="Z", name=name, type=type_)]
        return states(live, UnmanagedRule(kinds=("aws_route53_record",)))

    assert record("NS", "a.example") == [("r", "explained")]
    assert record("NS", "sub.a.example") == [("r", "unmanaged")]
    assert record("A", "a.example") == [("r", "unmanaged")]


MANAGED = [
    ours("aws_autoscaling_group", "aws_autoscaling_group.g", name="g"),
    ours("aws_elasticache_replication_group", "aws_elasticache_replication_group.r", replication_group_id="r"),
    ours("aws_lambda_function", "aws_lambda_function.f", function_name="f"),
    ours(DATABASE, f"{DATABASE}.d", identifier="d"),
    ours(
        "aws_appautoscaling_target", "aws_appautoscaling_target.s",
        service_namespace="ecs", resource_id="service/c/s", scalable_dimension="ecs:service:DesiredCount",
    ),
]  # fmt: skip
THERE = [theirs(one.kind, f"arn:{one.kind}", **one.attributes) for one in MANAGED]
ALARM = "AlarmHigh-75eada8f-e7d2-45a5-a9b4-d916a3144c56"
MADE = [
    ("aws_instance", {"autoscaling_group": "g"}, {"autoscaling_group": "other"}),
    ("aws_elasticache_cluster", {"replication_group_id": "r"}, {"replication_group_id": "other"}),
    (GROUP, {"name": "/aws/lambda/f"}, {"name": "/aws/lambda/other"}),
    (GROUP, {"name": "/aws/rds/instance/d/postgresql"}, {"name": "/aws/rds/instance/other/postgresql"}),
    (
        "aws_cloudwatch_metric_alarm",
        {"alarm_name": f"TargetTracking-service/c/s-{ALARM}"},
        {"alarm_name": f"TargetTracking-service/c/other-{ALARM}"},
    ),
]


@pytest.mark.parametrize(("kind", "made", "own"), MADE, ids=[f"{one[0]}-{n}" for n, one in enumerate(MADE)])
def test_what_aws_makes_for_a_managed_resource_is_explained(
    kind: str, made: dict[str, Any], own: dict[str, Any]
) -> None:
    assert states([*THERE, theirs(kind, "arn:x", **made)], source=MANAGED) == [("arn:x", "explained")]
    assert states([*THERE, theirs(kind, "arn:x", **own)], source=MANAGED) == [("arn:x", "unmanaged")]


def test_another_revision_of_a_managed_family_is_explained_where_a_state_tells_which_is_terraforms() -> None:
    kind, registry = "aws_ecs_task_definition", kinds.registry()
    source = ours(kind, f"{kind}.t", family="t")
    live = [theirs(kind, f"arn:aws:ecs:x:1:task-definition/t:{n}", family="t", arn=f"arn:t:{n}") for n in (1, 2)]
    assert {one.state for one in left(live, source=[source])} == {"undecided"}
    known = ours(kind, f"{kind}.t", family="t", arn="arn:t:2", id="t")
    terraform, account = pair(plane("terraform", source), plane("live", *live), {known.identity: known})
    found = unmanaged(compare(terraform, account, registry), terraform, account, registry, [ALL])
    assert [(one.resource.attributes["arn"], one.state) for one in found] == [("arn:t:1", "explained")]


def test_volumes_of_explained_and_managed_instances_are_explained() -> None:
    instance = theirs("aws_instance", "arn:i", autoscaling_group="g", root_block_device=[{"volume_id": "vol-1"}])

    def volume(name: str) -> str:
        live = [*THERE, instance, theirs("aws_ebs_volume", "arn:v", id=name)]
        return dict(states(live, source=MANAGED))["arn:v"]

    assert volume("vol-1") == "explained"
    assert volume("vol-2") == "unmanaged"
