"""Alarms on one metric, or on an expression over several.

Sources: provider documentation of ``aws_cloudwatch_metric_alarm``; CloudWatch API Reference, DescribeAlarms and
ListTagsForResource.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from audits.kind import Default, Kind, Reader
from audits.kinds._cloudwatch import READS, alarms, common
from audits.kinds._details import plan_default
from audits.model import Resource, Value

_PLAN = plan_default("aws_cloudwatch_metric_alarm")


def _from_live(reader: Reader) -> Iterable[Resource]:
    return reader.each(alarms(reader, "MetricAlarms"), partial(_alarm, reader))


def _alarm(reader: Reader, alarm: Mapping[str, Any]) -> Resource:
    attributes: dict[str, Value] = {
        **common(reader, alarm),
        "comparison_operator": alarm.get("ComparisonOperator"),
        "datapoints_to_alarm": alarm.get("DatapointsToAlarm", 0),
        "dimensions": _dimensions(alarm),
        "evaluate_low_sample_count_percentiles": alarm.get("EvaluateLowSampleCountPercentile", ""),
        "evaluation_periods": alarm.get("EvaluationPeriods"),
        "extended_statistic": alarm.get("ExtendedStatistic", ""),
        "metric_name": alarm.get("MetricName", ""),
        "metric_query": [_query(one) for one in alarm.get("Metrics") or ()],
        "namespace": alarm.get("Namespace", ""),
        "period": alarm.get("Period", 0),
        "statistic": alarm.get("Statistic", ""),
        "threshold": alarm.get("Threshold"),
        "threshold_metric_id": alarm.get("ThresholdMetricId", ""),
        # "If TreatMissingData isn't specified, the default of missing is used" (PutMetricAlarm).
        "treat_missing_data": alarm.get("TreatMissingData", "missing"),
        "unit": alarm.get("Unit", ""),
    }
    return reader.resource("aws_cloudwatch_metric_alarm", alarm["AlarmArn"], attributes)


def _dimensions(of: Mapping[str, Any]) -> dict[str, str]:
    found: Sequence[Mapping[str, str]] = of.get("Dimensions") or ()
    return {one["Name"]: one["Value"] for one in found}


def _query(query: Mapping[str, Any]) -> dict[str, Value]:
    stat = query.get("MetricStat")
    metric = stat and {
        "dimensions": _dimensions(stat["Metric"]),
        "metric_name": stat["Metric"].get("MetricName"),
        "namespace": stat["Metric"].get("Namespace", ""),
        "period": stat["Period"],
        "stat": stat["Stat"],
        "unit": stat.get("Unit", ""),
    }
    return {
        "id": query["Id"],
        "account_id": query.get("AccountId", ""),
        "expression": query.get("Expression", ""),
        "label": query.get("Label", ""),
        "period": query.get("Period"),
        # "When used in PutMetricAlarm … the default is true" (MetricDataQuery, ReturnData).
        "return_data": query.get("ReturnData", True),
        "metric": [metric] if metric else [],
    }


KIND = Kind(
    type="aws_cloudwatch_metric_alarm",
    identity=("alarm_name",),
    names=("id", "arn", "alarm_name"),
    reads=READS,
    defaults={
        "actions_enabled": Default(True, _PLAN),
        "treat_missing_data": Default("missing", _PLAN),
        "metric_query[*].return_data": Default(False, "provider documentation: return_data defaults to false"),
    },
    from_live=_from_live,
)
