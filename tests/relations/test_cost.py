"""Costs, judged: a range at list prices passes or fails as a whole, and the bill only where it is final."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits import kinds, prices
from audits.model import (
    Cause,
    Clause,
    Control,
    Gap,
    Observation,
    Origin,
    Plane,
    Reference,
    Resource,
    Scope,
    Unknown,
    Verdict,
)
from audits.prices import Prices
from audits.ranges import Range
from audits.relation import BodyError
from audits.relations.cost import RELATION, bounds
from audits.view import View

REGION = "ap-northeast-2"
ENTRIES = {
    "rds/postgres/single/db.t4g.micro/hour": Range(0.02, 0.02),
    "rds/postgres/multi/db.t4g.micro/hour": Range(0.04, 0.04),
    "rds/postgres/single/db.t4g.small/hour": Range(0.04, 0.05),
    "rds/storage/single/gp2/gb-month": Range(0.1, 0.1),
    "rds/storage/single/gp3/gb-month": Range(0.1, 0.1),
    "rds/storage/multi/gp2/gb-month": Range(0.2, 0.2),
    "rds/storage/multi/gp3/gb-month": Range(0.2, 0.2),
    "elasticache/redis/cache.t4g.micro/hour": Range(0.02, 0.02),
    "ec2/t4g.nano/hour": Range(0.005, 0.005),
    "ebs/gp2/gb-month": Range(0.12, 0.12),
    "ebs/gp3/gb-month": Range(0.1, 0.1),
    "elb/application/hour": Range(0.02, 0.02),
    "nat-gateway/hour": Range(0.06, 0.06),
    "fargate/arm64/vcpu-hour": Range(0.04, 0.04),
    "fargate/arm64/gb-hour": Range(0.004, 0.004),
    "fargate/x86_64/vcpu-hour": Range(0.05, 0.05),
    "fargate/x86_64/gb-hour": Range(0.005, 0.005),
    "fargate/spot-share-of-price": Range(0.3, 1),
}
"""Round prices of the tests' own."""


@pytest.fixture(autouse=True)
def _prices() -> Any:
    with mock.patch.object(prices, "snapshots", lambda: (Prices(REGION, "2026-01-01", "test", True, ENTRIES, "0"),)):
        prices.prices_of.cache_clear()
        yield
    prices.prices_of.cache_clear()


def body(kind: str | None = "aws_db_instance", documented: float = 16.6, **more: Any) -> dict[str, Any]:
    priced = {"priced": [{"kind": kind}]} if kind else {}
    tables = {"now": {"title": "Now", "total": 1, "rows": {"it": documented}}}
    own = {name: more.pop(name) for name in ("cost_explorer",) if name in more}
    tolerance = {"percent": 0, "absolute": 0.01}
    return {
        "cost": {"table": "now", "component": "it", "tolerance": tolerance, **priced, **more},
        "cost_tables": tables,
        **own,
    }


def control(found: dict[str, Any]) -> Control:
    clause = Clause("README.md", "A", "b", "13")
    return Control("it", "It costs so much", "low", "stated", clause, "cost", found, "specs/a.yaml", 3, "cost")


READ: dict[str, tuple[str, ...]] = {
    "aws_db_instance": ("max_allocated_storage", "iops", "storage_throughput"),
    "aws_elasticache_cluster": ("replication_group_id",),
    "aws_elasticache_replication_group": ("num_node_groups", "replicas_per_node_group"),
    "aws_instance": ("ebs_block_device",),
    "aws_ecs_service": ("launch_type", "capacity_provider_strategy"),
    "aws_ecs_task_definition": ("ephemeral_storage", "runtime_platform"),
}
"""What the readers give of an account in any case; there an attribute that is not given was not read."""


def resource(kind: str, plane: Plane = "live", name: str = "a", /, **attributes: Any) -> Resource:
    missing: Any = "unset" if plane == "terraform" else "absent"
    origin = Origin("main.tf", 7) if plane == "terraform" else Origin(arn=f"arn:{name}")
    read = dict.fromkeys(READ.get(kind, ())) if plane == "live" else {}
    return Resource(kind, name, {**read, **attributes}, origin, "111122223333", REGION, name, missing)


def judge(
    found: dict[str, Any], *resources: Resource, plane: Plane = "live", gaps: tuple[Gap, ...] = ()
) -> list[Verdict]:
    RELATION.check(found, kinds.registry())
    return list(RELATION.judge(control(found), View(Observation(plane, resources, gaps), kinds.registry())))


def judged(found: dict[str, Any], *resources: Resource, plane: Plane = "live", gaps: tuple[Gap, ...] = ()) -> Verdict:
    (verdict,) = judge(found, *resources, plane=plane, gaps=gaps)
    return verdict


def database(plane: Plane = "live", name: str = "a", /, **more: Any) -> Resource:
    base = {"engine": "postgres", "instance_class": "db.t4g.micro", "multi_az": False, "allocated_storage": 20}
    return resource("aws_db_instance", plane, name, **{**base, "storage_type": "gp3", **more})


def unknown(cause: Cause = Cause.VARIABLE) -> Unknown:
    return Unknown(cause, (Reference("var.x"),))


# -- Both planes -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("plane", ["terraform", "live"])
def test_what_costs_as_much_as_is_documented_passes_and_another_class_fails(plane: Plane) -> None:
    found = judged(body(), database(plane), plane=plane)
    assert (found.state, found.actual, found.path, found.resource) == ("pass", 16.6, "estimate", "a")
    assert "db.t4g.micro 730 h 14.6 USD" in found.cause
    found = judged(body(), database(plane, instance_class="db.t4g.small"), plane=plane)
    assert (found.state, found.actual) == ("fail", {"from": 31.2, "to": 38.5})


@pytest.mark.parametrize("plane", ["terraform", "live"])
def test_a_range_that_only_partly_agrees_is_unknown(plane: Plane) -> None:
    found = judged(body(documented=31.2), database(plane, instance_class="db.t4g.small"), plane=plane)
    assert found.state == "unknown"
    assert "may be as documented or not" in found.cause


@pytest.mark.parametrize("plane", ["terraform", "live"])
def test_what_is_not_in_the_snapshot_has_no_price(plane: Plane) -> None:
    found = judged(body(), database(plane, instance_class="db.r6g.large"), plane=plane)
    assert (found.state, found.actual) == ("unknown", {"at least": 2})
    assert "no price in the snapshot: rds/postgres/single/db.r6g.large/hour" in found.cause


def test_an_unknown_attribute_leaves_the_range_open_and_names_its_cause() -> None:
    found = judged(body(), database("terraform", instance_class=unknown()), plane="terraform")
    assert found.state == "unknown"
    assert "instance_class: variable without value: var.x" in found.cause
    found = judged(body(), database("terraform", allocated_storage=unknown()), plane="terraform")
    assert (found.state, found.actual) == ("unknown", {"at least": 14.6})


def test_what_could_not_be_read_is_unreadable() -> None:
    found = judged(body(), database(instance_class=unknown(Cause.UNREADABLE)))
    assert found.state == "unreadable"


def test_what_is_certain_of_an_open_range_can_be_too_much_already() -> None:
    found = judged(body(documented=1), database("terraform", allocated_storage=unknown()), plane="terraform")
    assert found.state == "fail"


def test_a_region_without_prices_or_that_is_not_known_decides_nothing() -> None:
    for region, said in (("eu-west-1", "no prices are kept for eu-west-1"), (None, "its region is not known")):
        found = judged(body(), replace(database(), region=region))
        assert found.state == "unknown"
        assert said in found.cause


# -- What there is -----------------------------------------------------------------------------------------------------


def test_nothing_where_something_is_documented_is_absent() -> None:
    found = judged(body())
    assert (found.state, found.actual, found.resource) == ("absent", 0, None)
    assert judged(body(documented=0)).state == "pass"


def test_a_gap_hides_what_may_cost_anything() -> None:
    gap = Gap("live", ("aws_db_instance",), "rds:DescribeDBInstances", "AccessDenied", mend="allow it")
    found = judged(body(), gaps=(gap,))
    assert (found.state, found.mend) == ("unreadable", "allow it")
    assert judged(body(), database(), gaps=(gap,)).state == "unreadable"
    assert judged(body(documented=1), database(), gaps=(gap,)).state == "fail"


def test_what_is_perhaps_not_there_costs_between_nothing_and_its_price() -> None:
    maybe = replace(database("terraform"), existence=unknown())
    found = judged(body(), maybe, plane="terraform")
    assert (found.state, found.actual) == ("unknown", {"from": 0, "to": 16.6})
    assert judged(body(documented=40), maybe, plane="terraform").state == "fail"


def test_several_add_up() -> None:
    found = judged(body(documented=33.2), database(), database("live", "b"))
    assert (found.state, found.actual, found.resource) == ("pass", 33.2, None)


def test_what_is_billed_by_use_is_open_and_passes_never() -> None:
    found = judged(body(None, 7, by_use=["S3"]))
    assert (found.state, found.actual) == ("unknown", {"at least": 0})
    assert "S3: billed by use" in found.cause
    found = judged(body("aws_s3_bucket", 7), resource("aws_s3_bucket", bucket="b"))
    assert found.state == "unknown"
    assert "aws_s3_bucket is billed by use" in found.cause


# -- Kinds -------------------------------------------------------------------------------------------------------------


def amount(kind: str, *resources: Resource, plane: Plane = "live") -> Any:
    return judged(body(kind, 10_000), *resources, plane=plane).actual


def test_a_database_in_two_zones_costs_twice_and_one_that_may_be_costs_between() -> None:
    assert amount("aws_db_instance", database(multi_az=True)) == 33.2
    assert amount("aws_db_instance", database("terraform", multi_az=unknown()), plane="terraform") == {
        "from": 16.6,
        "to": 33.2,
    }


def test_storage_that_grows_by_itself_costs_up_to_its_limit() -> None:
    assert amount("aws_db_instance", database(max_allocated_storage=100)) == {"from": 16.6, "to": 24.6}
    assert amount("aws_db_instance", database(max_allocated_storage=0)) == 16.6
    assert amount("aws_db_instance", database(max_allocated_storage=unknown())) == {"at least": 16.6}
    assert amount("aws_db_instance", database(iops=12000)) == {"at least": 16.6}


def test_a_database_that_is_stopped_or_watched_closely_is_open() -> None:
    assert amount("aws_db_instance", database(status="stopped")) == {"from": 2, "to": 16.6}
    watched = {"performance_insights_enabled": True, "performance_insights_retention_period": 31}
    assert amount("aws_db_instance", database(**watched)) == {"at least": 16.6}
    assert amount("aws_db_instance", database(**{**watched, "performance_insights_retention_period": 7})) == 16.6


def cache(**more: Any) -> Resource:
    base = {"engine": "redis", "node_type": "cache.t4g.micro", "num_cache_clusters": 1}
    return resource("aws_elasticache_replication_group", **{**base, **more})


def test_a_cache_costs_by_its_nodes() -> None:
    group = "aws_elasticache_replication_group"
    assert amount(group, cache()) == 14.6
    assert amount(group, cache(num_cache_clusters=3)) == 43.8
    sharded = cache(num_cache_clusters=None, num_node_groups=2, replicas_per_node_group=1)
    assert amount(group, sharded) == 58.4
    assert amount(group, cache(num_cache_clusters=unknown())) == {"at least": 0}
    assert amount(group, cache(engine="valkey")) == {"at least": 0}


def test_a_node_of_a_group_is_the_groups_in_an_account_and_perhaps_another_one_in_source() -> None:
    node = {"engine": "redis", "node_type": "cache.t4g.micro", "num_cache_nodes": 1}
    kind = "aws_elasticache_cluster"
    assert amount(kind, resource(kind, **node)) == 14.6
    assert amount(kind, resource(kind, **node, replication_group_id="g")) == 0
    own = resource(kind, "terraform", **node, replication_group_id="g")
    assert amount(kind, own, plane="terraform") == {"from": 0, "to": 14.6}


VOLUME = {"volume_size": 8, "volume_type": "gp3"}


def instance(**more: Any) -> Resource:
    base: dict[str, Any] = {"instance_type": "t4g.nano", "instance_state": "running", "instance_lifecycle": ""}
    return resource("aws_instance", **{**base, "tenancy": "default", "root_block_device": [VOLUME], **more})


def test_an_instance_costs_its_hours_and_its_volumes() -> None:
    assert amount("aws_instance", instance()) == 4.45
    assert amount("aws_instance", instance(instance_state="stopped")) == {"from": 0.8, "to": 4.45}
    assert amount("aws_instance", instance(instance_state="terminated")) == 0
    assert amount("aws_instance", instance(instance_lifecycle="spot")) == {"from": 0.8, "to": 4.45}
    assert amount("aws_instance", instance(tenancy="dedicated")) == {"at least": 0.8}
    assert amount("aws_instance", instance(root_block_device=[])) == {"at least": 3.65}
    assert amount("aws_instance", instance(ebs_block_device=[VOLUME])) == 5.25
    assert amount("aws_instance", instance(monitoring=True)) == {"at least": 4.45}
    assert amount("aws_instance", instance(root_block_device=[{**VOLUME, "iops": 4000}])) == {"at least": 4.45}


def group(**more: Any) -> list[Resource]:
    template = resource(
        "aws_launch_template",
        "terraform",
        "aws_launch_template.nat",
        instance_type="t4g.nano",
        block_device_mappings=[{"device_name": "/dev/xvda", "ebs": [VOLUME]}],
    )
    reference = Unknown(Cause.COMPUTED, (Reference("aws_launch_template.nat", "id"),))
    base = {"min_size": 1, "max_size": 1, "launch_template": [{"id": reference}]}
    return [template, resource("aws_autoscaling_group", "terraform", "aws_autoscaling_group.nat", **{**base, **more})]


def test_a_group_costs_what_its_template_says_as_often_as_it_may_run() -> None:
    kind = "aws_autoscaling_group"
    assert amount(kind, *group(), plane="terraform") == 4.45
    assert amount(kind, *group(max_size=3), plane="terraform") == {"from": 4.45, "to": 13.35}
    assert amount(kind, *group(max_size=unknown()), plane="terraform") == {"at least": 4.45}
    assert amount(kind, *group(mixed_instances_policy=[{}]), plane="terraform") == {"at least": 0}
    assert amount(kind, *group(launch_template=[]), plane="terraform") == {"at least": 0}


def test_a_groups_instances_are_priced_themselves_in_an_account() -> None:
    assert amount("aws_autoscaling_group", resource("aws_autoscaling_group", min_size=1, max_size=1)) == 0


def test_a_group_none_of_whose_instances_is_there_just_now_decides_nothing() -> None:
    found = judged(body("aws_autoscaling_group", 4), resource("aws_autoscaling_group", min_size=1, max_size=1))
    assert (found.state, found.actual) == ("unknown", 0)
    assert "nothing of it runs just now" in found.cause


def test_balancers_and_nat_gateways_are_billed_by_use_on_top() -> None:
    assert amount("aws_lb", resource("aws_lb", load_balancer_type="application")) == {"at least": 14.6}
    assert amount("aws_lb", resource("aws_lb", load_balancer_type="gateway")) == {"at least": 0}
    assert amount("aws_nat_gateway", resource("aws_nat_gateway")) == {"at least": 43.8}
    two = (resource("aws_lb", "live", name, load_balancer_type="application") for name in "ab")
    assert judged(body("aws_lb", 16), *two).state == "fail"


# -- Fargate -----------------------------------------------------------------------------------------------------------

ARM = [{"operating_system_family": "LINUX", "cpu_architecture": "ARM64"}]
BOTH = [
    {"capacity_provider": "FARGATE", "weight": 10, "base": 0},
    {"capacity_provider": "FARGATE_SPOT", "weight": 90, "base": 0},
]


def service(task: dict[str, Any] | None = None, scaling: dict[str, Any] | None = None, **more: Any) -> list[Resource]:
    """One vCPU and one GB on ARM, 0.044 USD an hour, so 32.12 USD a month and task."""
    size = {"cpu": "1024", "memory": 1024, "runtime_platform": ARM, **(task or {})}
    definition = resource("aws_ecs_task_definition", "live", "task", arn="task", **size)
    base = {"name": "api", "desired_count": 2, "launch_type": "FARGATE", "task_definition": "task"}
    found = [definition, resource("aws_ecs_service", "live", "service", **{**base, **more})]
    if scaling is not None:
        about = {"service_namespace": "ecs", "resource_id": "service/c/api", "min_capacity": 2, "max_capacity": 4}
        found.append(resource("aws_appautoscaling_target", "live", "scaling", **{**about, **scaling}))
    return found


def tasks(*arguments: Any, **more: Any) -> Any:
    return amount("aws_ecs_service", *service(*arguments, **more))


def test_tasks_on_demand_cost_their_size_and_number() -> None:
    assert tasks() == 64.24
    assert tasks(desired_count=3) == 96.36
    assert tasks({"runtime_platform": []}) == {"from": 64.24, "to": 80.3}
    assert tasks({"cpu": 2048}) == 122.64


def test_tasks_on_spot_cost_less_by_nobody_knows_how_much() -> None:
    assert tasks(launch_type=None, capacity_provider_strategy=BOTH) == {"from": 19.27, "to": 64.24}
    based = [{**BOTH[0], "base": 1}, BOTH[1]]
    assert tasks(launch_type=None, capacity_provider_strategy=based) == {"from": 41.76, "to": 64.24}
    assert tasks(launch_type=None, capacity_provider_strategy=[BOTH[0]]) == 64.24


def test_how_many_tasks_run_is_decided_by_what_scales_this_service() -> None:
    assert tasks(None, {}) == {"from": 64.24, "to": 128.48}
    assert tasks(None, {"resource_id": "service/c/other"}) == 64.24
    assert tasks(None, {"service_namespace": "dynamodb"}) == 64.24
    assert tasks(None, {"resource_id": unknown(), "min_capacity": 3}) == {"from": 64.24, "to": 128.48}
    assert tasks(None, {"max_capacity": unknown()}) == {"at least": 64.24}
    assert tasks(desired_count=unknown()) == {"at least": 0}


@pytest.mark.parametrize(
    "more",
    [
        {"launch_type": "EC2"},
        {"launch_type": None},
        {"launch_type": "FARGATE", "capacity_provider_strategy": BOTH},
        {"launch_type": None, "capacity_provider_strategy": [{"capacity_provider": "own", "weight": 1}]},
        {"launch_type": None, "capacity_provider_strategy": unknown()},
        {"task_definition": "another"},
    ],
)
def test_what_is_not_surely_fargate_may_cost_anything(more: dict[str, Any]) -> None:
    assert tasks(**more) == {"at least": 0}


def test_tasks_on_windows_or_with_storage_of_their_own_are_open() -> None:
    windows = [{"operating_system_family": "WINDOWS_SERVER_2022_CORE", "cpu_architecture": "X86_64"}]
    assert tasks({"runtime_platform": windows}) == {"at least": 0}
    assert tasks({"ephemeral_storage": [{"size_in_gib": 50}]}) == {"at least": 64.24}


def test_scaling_that_could_not_be_read_leaves_the_number_open() -> None:
    gap = Gap("live", ("aws_appautoscaling_target",), "DescribeScalableTargets", "AccessDenied")
    found = judged(body("aws_ecs_service", 64.24), *service(), gaps=(gap,))
    assert (found.state, found.actual) == ("unreadable", {"at least": 0})


def test_a_count_that_terraform_leaves_to_others_is_open() -> None:
    definition, one = service()
    found = judged(body("aws_ecs_service", 1), definition, replace(one, ignored=("desired_count",)))
    assert found.state == "unknown"


@given(
    st.sampled_from([unknown(), None, "", 0, 1, -1, "x", [], {}, True, [None], [{}], 3.5, "7"]),
    st.sampled_from(
        ["cpu", "memory", "runtime_platform", "ephemeral_storage"]
        + ["name", "desired_count", "launch_type", "capacity_provider_strategy", "task_definition"]
    ),
)
def test_no_value_of_an_attribute_breaks_the_estimate(value: Any, name: str) -> None:
    of_task = name in ("cpu", "memory", "runtime_platform", "ephemeral_storage")
    found = service({name: value}) if of_task else service(**{name: value})
    assert judged(body("aws_ecs_service", 64.24), *found).state in ("pass", "fail", "unknown")


@given(
    st.sampled_from([unknown(), None, "", 0, 1, -1, "x", [], {}, True, [None], [{}], 3.5, "7"]),
    st.sampled_from(
        ["engine", "instance_class", "multi_az", "allocated_storage", "storage_type", "max_allocated_storage"]
    ),
)
def test_no_value_of_a_database_breaks_the_estimate(value: Any, name: str) -> None:
    assert judged(body(), database(**{name: value})).state in ("pass", "fail", "unknown")


# -- The bill ----------------------------------------------------------------------------------------------------------

BILLED = {"services": ["Amazon Relational Database Service"], "usage_types": ["InstanceUsage", "Storage"]}


def bill(*groups: tuple[str, str, float], estimated: bool = False, unit: str = "USD") -> Resource:
    shaped = [{"service": s, "usage_type": u, "amount": a, "unit": unit} for s, u, a in groups]
    return resource("bill", "live", "bill of 2026-09", month="2026-09", estimated=estimated, groups=shaped)


USED = (
    ("Amazon Relational Database Service", "APN2-InstanceUsage:db.t4g.micro", 14.0),
    ("Amazon Relational Database Service", "APN2-RDS:GP3-Storage", 2.6),
    ("Amazon Relational Database Service", "APN2-DataTransfer-Out", 9.0),
    ("Amazon ElastiCache", "APN2-NodeUsage:cache.t4g.micro", 17.0),
)


def billed(*resources: Resource, gaps: tuple[Gap, ...] = (), **more: Any) -> Verdict:
    found = judge(body(cost_explorer=True, billed={**BILLED, **more}), *resources, gaps=gaps)
    assert [one.path for one in found] == ["estimate", "billed"]
    return found[1]


def test_the_bill_passes_or_fails_by_the_declared_services_and_usage() -> None:
    found = billed(bill(*USED))
    assert (found.state, found.actual) == ("pass", 16.6)
    assert "2026-09" in found.cause
    found = billed(bill(*USED), usage_types=[""])
    assert (found.state, found.actual) == ("fail", 25.6)


def test_a_bill_that_is_not_final_not_in_dollars_or_without_the_service_decides_nothing() -> None:
    assert billed(bill(*USED, estimated=True)).state == "unknown"
    assert billed(bill(*USED, unit="KRW")).state == "unknown"
    found = billed(bill(USED[3]))
    assert found.state == "unknown"
    assert "it may be called otherwise there" in found.cause


def test_a_bill_that_was_refused_or_never_asked_for_is_unreadable() -> None:
    gap = Gap("live", ("bill",), "ce:GetCostAndUsage", "AccessDenied", mend="allow ce:GetCostAndUsage")
    found = billed(gaps=(gap,))
    assert (found.state, found.mend) == ("unreadable", "allow ce:GetCostAndUsage")
    assert billed().state == "unreadable"


def test_the_bill_of_each_account_that_is_meant_has_to_be_there() -> None:
    found = body(cost_explorer=True, billed=BILLED)
    for accounts, state in ((("111122223333",), "pass"), (("111122223333", "444455556666"), "unreadable")):
        view = View(Observation("live", (bill(*USED),)), kinds.registry(), scope=Scope(accounts))
        assert [one.state for one in RELATION.judge(control(found), view) if one.path == "billed"] == [state]


def test_a_bill_is_of_all_regions() -> None:
    for types, state in ((BILLED, "pass"), ({"services": BILLED["services"]}, "unknown")):
        found = body(cost_explorer=True, billed=types)
        view = View(Observation("live", (bill(*USED),)), kinds.registry(), scope=Scope((), (REGION,)))
        assert [one.state for one in RELATION.judge(control(found), view) if one.path == "billed"] == [state]


def test_the_bill_is_asked_for_only_where_the_spec_says_so_and_of_the_account_only() -> None:
    asking, quiet = body(cost_explorer=True, billed=BILLED), body(billed=BILLED)
    assert "bill" in RELATION.kinds(asking)
    assert "bill" not in RELATION.kinds(quiet)
    assert "bill" not in RELATION.kinds(body(cost_explorer=True))
    assert [one.path for one in judge(quiet, database())] == ["estimate"]
    assert [one.path for one in judge(asking, database("terraform"), plane="terraform")] == ["estimate"]


# -- Bodies ------------------------------------------------------------------------------------------------------------


def test_tolerance_is_the_larger_of_percent_and_amount() -> None:
    assert bounds(body(documented=10, tolerance={"percent": 10, "absolute": 2})) == Range(8, 12)
    assert bounds(body(documented=100, tolerance={"percent": 10, "absolute": 2})) == Range(90, 110)
    assert bounds(body(documented=1, tolerance={"absolute": 2})) == Range(0, 3)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"table": "know"}, "did you mean 'now'"),
        ({"component": "itt"}, "did you mean 'it'"),
        ({"priced": [{"kind": "aws_db_instanc"}]}, "did you mean 'aws_db_instance'"),
        ({"priced": [{"kind": "aws_lb", "select": {"nme": "a"}}]}, "nme"),
        ({"billed": {"services": ["a"], "usage_types": ["("]}}, "bad pattern"),
    ],
)
def test_a_control_that_cannot_be_is_refused(change: dict[str, Any], said: str) -> None:
    found = body()
    with pytest.raises(BodyError, match=said):
        RELATION.check({**found, "cost": {**found["cost"], **change}}, kinds.registry())


@pytest.mark.parametrize(
    "tables", [3, {"now": 3}, {"now": {"rows": {"it": "x"}}}, {"now": {"rows": {"it": float("inf")}}}]
)
def test_tables_that_are_none_are_refused(tables: Any) -> None:
    with pytest.raises(BodyError, match="cost_tables"):
        RELATION.check({**body(), "cost_tables": tables}, kinds.registry())


def test_a_control_says_what_it_prices() -> None:
    found = body(None)
    with pytest.raises(BodyError, match="by_use"):
        RELATION.check(found, kinds.registry())
