"""Deviations of alarms: what each says, what it watches, and who hears of it. Importing this registers them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from e2e_account import Account, arn
from e2e_deviations import Wrong, deviation

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
    bent = {name: value for name, value in {**kept, **changes}.items() if value is not None}
    cloudwatch.put_metric_alarm(**bent)
    yield arn("cloudwatch", f"alarm:{alarm_name(key)}")
    cloudwatch.delete_alarms(AlarmNames=[alarm_name(key)])
    cloudwatch.put_metric_alarm(**kept)


def _absent(key: str, resource: str | None, says: str = "") -> list[Wrong]:
    paths = (*PATHS, *MORE.get(key, ()))
    return [Wrong(CONTROLS[key], path, resource, state="absent", says=says) for path in paths]


@deviation
def memory_alarm_in_megabytes(account: Account) -> Iterator[Collection[Wrong]]:
    with changed(account, "rds-memory-low", Threshold=200.0) as alarm:
        shows = {"comparison_operator": "LessThanThreshold", "threshold": 200}
        yield [Wrong("alarm-rds-memory", "threshold", alarm, shows)]


@deviation
def memory_alarm_with_a_unit_in_which_there_is_no_data(account: Account) -> Iterator[Collection[Wrong]]:
    with changed(account, "rds-memory-low", Unit="Megabytes") as alarm:
        yield [Wrong("alarm-rds-memory", "unit", alarm, "Megabytes")]


@deviation
def memory_alarm_above_instead_of_below(account: Account) -> Iterator[Collection[Wrong]]:
    with changed(account, "rds-memory-low", ComparisonOperator="GreaterThanThreshold") as alarm:
        yield [Wrong("alarm-rds-memory", "threshold", alarm)]


@deviation
def memory_alarm_on_the_highest_value(account: Account) -> Iterator[Collection[Wrong]]:
    with changed(account, "rds-memory-low", Statistic="Maximum") as alarm:
        yield [Wrong("alarm-rds-memory", "statistic", alarm, "Maximum")]


@deviation
def connections_alarm_at_ninety(account: Account) -> Iterator[Collection[Wrong]]:
    with changed(account, "rds-connections-high", Threshold=90.0) as alarm:
        yield [Wrong("alarm-rds-connections", "threshold", alarm, says="90")]


@deviation
def connections_alarm_deleted(account: Account) -> Iterator[Collection[Wrong]]:
    cloudwatch = account.aws("cloudwatch")
    with changed(account, "rds-connections-high"):
        cloudwatch.delete_alarms(AlarmNames=[alarm_name("rds-connections-high")])
        yield _absent("rds-connections-high", account.database, "rds-memory-low")


@deviation
def connections_alarm_on_another_database(account: Account) -> Iterator[Collection[Wrong]]:
    other = [{"Name": "DBInstanceIdentifier", "Value": "glimpse-dev"}]
    with changed(account, "rds-connections-high", Dimensions=other):
        yield _absent("rds-connections-high", account.database, "DBInstanceIdentifier names another")


@deviation
def cpu_alarm_as_a_fraction(account: Account) -> Iterator[Collection[Wrong]]:
    with changed(account, "ecs-cpu-high", Threshold=0.8) as alarm:
        yield [Wrong("alarm-ecs-cpu", "threshold", alarm, says="0.8")]


@deviation
def cpu_alarm_at_the_scaling_target(account: Account) -> Iterator[Collection[Wrong]]:
    with changed(account, "ecs-cpu-high", Threshold=70.0) as alarm:
        yield [Wrong("alarm-ecs-cpu", "threshold", alarm, says="70")]


@deviation
def cpu_alarm_on_the_whole_cluster(account: Account) -> Iterator[Collection[Wrong]]:
    with changed(account, "ecs-cpu-high", Dimensions=[{"Name": "ClusterName", "Value": "glimpse-prod"}]):
        yield _absent("ecs-cpu-high", account.service, "has no dimension ServiceName")


@deviation
def cpu_alarm_switched_off(account: Account) -> Iterator[Collection[Wrong]]:
    with changed(account, "ecs-cpu-high", ActionsEnabled=False) as alarm:
        yield [Wrong("alarm-ecs-cpu", "notifies", alarm, says="switched off")]


@deviation
def cpu_alarm_that_nobody_hears(account: Account) -> Iterator[Collection[Wrong]]:
    with changed(account, "ecs-cpu-high", AlarmActions=[]) as alarm:
        yield [Wrong("alarm-ecs-cpu", "notifies", alarm, says="no alarm_actions")]


@deviation
def cpu_alarm_to_a_topic_that_is_not_there(account: Account) -> Iterator[Collection[Wrong]]:
    with changed(account, "ecs-cpu-high", AlarmActions=[arn("sns", f"{TOPIC}-old")]) as alarm:
        yield [Wrong("alarm-ecs-cpu", "notifies", alarm, says="that is meant and exists")]


@deviation
def errors_alarm_over_one_minute(account: Account) -> Iterator[Collection[Wrong]]:
    with changed(account, "alb-5xx", Period=60, EvaluationPeriods=5) as alarm:
        yield [Wrong("alarm-alb-5xx", "window", alarm, says="not the Sum over 300 s")]


@deviation
def errors_alarm_after_two_periods(account: Account) -> Iterator[Collection[Wrong]]:
    with changed(account, "alb-5xx", EvaluationPeriods=2) as alarm:
        yield [Wrong("alarm-alb-5xx", "window", alarm)]


@deviation
def errors_alarm_on_the_average(account: Account) -> Iterator[Collection[Wrong]]:
    with changed(account, "alb-5xx", Statistic="Average") as alarm:
        yield [Wrong("alarm-alb-5xx", "statistic", alarm, "Average")]


@deviation
def errors_alarm_on_refusals(account: Account) -> Iterator[Collection[Wrong]]:
    with changed(account, "alb-5xx", MetricName="HTTPCode_ELB_4XX_Count"):
        yield _absent("alb-5xx", account.balancer, "metric_name")


@deviation
def nat_alarm_to_which_no_data_is_good(account: Account) -> Iterator[Collection[Wrong]]:
    with changed(account, "nat-down", TreatMissingData="notBreaching") as alarm:
        yield [Wrong("alarm-nat-down", "missing_data", alarm, "notBreaching")]


@deviation
def nat_group_that_may_be_empty(account: Account) -> Iterator[Collection[Wrong]]:
    group = account.aws("autoscaling")
    name = {"AutoScalingGroupName": account.nat_group}
    group.update_auto_scaling_group(**name, MinSize=0)
    alarm = arn("cloudwatch", f"alarm:{alarm_name('nat-down')}")
    yield [
        Wrong("alarm-nat-down", "recovery", alarm, says="min_size"),
        Wrong("nat-kept", "replaced", account.nat_group_arn, says="min_size"),
    ]
    group.update_auto_scaling_group(**name, MinSize=1)


@deviation
def nat_group_that_replaces_nothing(account: Account) -> Iterator[Collection[Wrong]]:
    group = account.aws("autoscaling")
    name = {"AutoScalingGroupName": account.nat_group, "ScalingProcesses": ["ReplaceUnhealthy"]}
    group.suspend_processes(**name)
    alarm = arn("cloudwatch", f"alarm:{alarm_name('nat-down')}")
    yield [
        Wrong("alarm-nat-down", "recovery", alarm, says="suspended_processes"),
        Wrong("nat-kept", "replaced", account.nat_group_arn, says="suspended_processes"),
    ]
    group.resume_processes(**name)
