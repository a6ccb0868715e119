"""Deviations of alarms: what each says, what it watches, and who hears of it. Importing this registers them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from e2e_account import Account, arn
from e2e_deviations import Change, Wrong, deviation, register

from examples.glimpse.account.seed.names import TOPIC
from examples.glimpse.account.seed.watch import alarm_name

_KEPT = (
    "AlarmName",
    "AlarmDescription",
    "ActionsEnabled",
    "OKActions",
    "AlarmActions",
    "InsufficientDataActions",
    "MetricName",
    "Namespace",
    "Statistic",
    "Dimensions",
    "Period",
    "Unit",
    "EvaluationPeriods",
    "DatapointsToAlarm",
    "Threshold",
    "ComparisonOperator",
    "TreatMissingData",
)
CONTROLS = {
    "rds-memory-low": "alarm-rds-memory",
    "rds-connections-high": "alarm-rds-connections",
    "ecs-cpu-high": "alarm-ecs-cpu",
    "alb-5xx": "alarm-alb-5xx",
    "nat-down": "alarm-nat-down",
}
PATHS = ("metric", "statistic", "threshold", "unit", "notifies")
MORE = {"alb-5xx": ("window",), "nat-down": ("missing_data", "recovery")}


@contextmanager
def changed(account: Account, key: str, **changes: Any) -> Iterator[str]:
    """An alarm with something else in it (None: without); its ARN is the same."""
    cloudwatch = account.aws("cloudwatch")
    (before,) = cloudwatch.describe_alarms(AlarmNames=[alarm_name(key)])["MetricAlarms"]
    kept = {name: before[name] for name in _KEPT if name in before}
    put = {name: value for name, value in {**kept, **changes}.items() if value is not None}
    cloudwatch.put_metric_alarm(**put)
    yield arn("cloudwatch", f"alarm:{alarm_name(key)}")
    cloudwatch.delete_alarms(AlarmNames=[alarm_name(key)])
    cloudwatch.put_metric_alarm(**kept)


def bent(key: str, path: str, *, shows: Any = None, says: str = "", **changes: Any) -> Change:
    """A deviation that changes an alarm, and the one verdict on it that this turns."""

    def bend(account: Account) -> Iterator[Collection[Wrong]]:
        with changed(account, key, **changes) as alarm:
            yield [Wrong(CONTROLS[key], path, alarm, shows, says)]

    return bend


def absent(key: str, resource: str | None, says: str = "") -> list[Wrong]:
    """All verdicts on an alarm where nothing watches the resource as documented."""
    paths = (*PATHS, *MORE.get(key, ()))
    return [Wrong(CONTROLS[key], path, resource, state="absent", says=says) for path in paths]


for _name, _bend in {
    "memory_alarm_in_megabytes": bent(
        "rds-memory-low",
        "threshold",
        shows={"comparison_operator": "LessThanThreshold", "threshold": 200},
        Threshold=200.0,
    ),
    "memory_alarm_with_a_unit_in_which_there_is_no_data": bent(
        "rds-memory-low", "unit", shows="Megabytes", Unit="Megabytes"
    ),
    "memory_alarm_above_instead_of_below": bent(
        "rds-memory-low", "threshold", ComparisonOperator="GreaterThanThreshold"
    ),
    "memory_alarm_on_the_highest_value": bent("rds-memory-low", "statistic", shows="Maximum", Statistic="Maximum"),
    "connections_alarm_at_ninety": bent("rds-connections-high", "threshold", says="90", Threshold=90.0),
    "cpu_alarm_as_a_fraction": bent("ecs-cpu-high", "threshold", says="0.8", Threshold=0.8),
    "cpu_alarm_at_the_scaling_target": bent("ecs-cpu-high", "threshold", says="70", Threshold=70.0),
    "cpu_alarm_switched_off": bent("ecs-cpu-high", "notifies", says="switched off", ActionsEnabled=False),
    "cpu_alarm_that_nobody_hears": bent("ecs-cpu-high", "notifies", says="no alarm_actions", AlarmActions=[]),
    "cpu_alarm_to_a_topic_that_is_not_there": bent(
        "ecs-cpu-high", "notifies", says="that is meant and exists", AlarmActions=[arn("sns", f"{TOPIC}-old")]
    ),
    "errors_alarm_over_one_minute": bent(
        "alb-5xx", "window", says="not the Sum over 300 s", Period=60, EvaluationPeriods=5
    ),
    "errors_alarm_after_two_periods": bent("alb-5xx", "window", EvaluationPeriods=2),
    "errors_alarm_on_the_average": bent("alb-5xx", "statistic", shows="Average", Statistic="Average"),
    "nat_alarm_to_which_no_data_is_good": bent(
        "nat-down", "missing_data", shows="notBreaching", TreatMissingData="notBreaching"
    ),
}.items():
    register(_name, _bend)


@deviation
def connections_alarm_deleted(account: Account) -> Iterator[Collection[Wrong]]:
    cloudwatch = account.aws("cloudwatch")
    with changed(account, "rds-connections-high"):
        cloudwatch.delete_alarms(AlarmNames=[alarm_name("rds-connections-high")])
        yield absent("rds-connections-high", account.database, "rds-memory-low")


@deviation
def connections_alarm_on_another_database(account: Account) -> Iterator[Collection[Wrong]]:
    other = [{"Name": "DBInstanceIdentifier", "Value": "glimpse-dev"}]
    with changed(account, "rds-connections-high", Dimensions=other):
        yield absent("rds-connections-high", account.database, "DBInstanceIdentifier names another")


@deviation
def cpu_alarm_on_the_whole_cluster(account: Account) -> Iterator[Collection[Wrong]]:
    with changed(account, "ecs-cpu-high", Dimensions=[{"Name": "ClusterName", "Value": "glimpse-prod"}]):
        yield absent("ecs-cpu-high", account.service, "has no dimension ServiceName")


@deviation
def errors_alarm_on_refusals(account: Account) -> Iterator[Collection[Wrong]]:
    with changed(account, "alb-5xx", MetricName="HTTPCode_ELB_4XX_Count"):
        yield absent("alb-5xx", account.balancer, "metric_name")


def _not_kept(account: Account, says: str) -> list[Wrong]:
    return [
        Wrong("alarm-nat-down", "recovery", arn("cloudwatch", f"alarm:{alarm_name('nat-down')}"), says=says),
        Wrong("nat-kept", "replaced", account.nat_group_arn, says=says),
    ]


@deviation
def nat_group_that_may_be_empty(account: Account) -> Iterator[Collection[Wrong]]:
    group = account.aws("autoscaling")
    name = {"AutoScalingGroupName": account.nat_group}
    group.update_auto_scaling_group(**name, MinSize=0)
    yield _not_kept(account, "min_size")
    group.update_auto_scaling_group(**name, MinSize=1)


@deviation
def nat_group_that_replaces_nothing(account: Account) -> Iterator[Collection[Wrong]]:
    group = account.aws("autoscaling")
    name = {"AutoScalingGroupName": account.nat_group, "ScalingProcesses": ["ReplaceUnhealthy"]}
    group.suspend_processes(**name)
    yield _not_kept(account, "suspended_processes")
    group.resume_processes(**name)
