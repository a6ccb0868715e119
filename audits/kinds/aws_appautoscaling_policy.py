"""Application Auto Scaling policies: when a scalable target is scaled.

Sources: provider documentation of ``aws_appautoscaling_policy`` ("Without a value, AWS will treat the aggregation
type as Average"); Application Auto Scaling API Reference, ScalingPolicy.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from audits.kind import Default, Kind, Read, Reader
from audits.kinds.aws_appautoscaling_target import REFUSED, everywhere
from audits.model import Resource, Value

_PLAN = "provider 5.100 schema default (the planned value of an aws_appautoscaling_policy that leaves it out)"


def _from_live(reader: Reader) -> list[Resource]:
    def convert(policy: dict[str, Any]) -> Resource:
        return reader.resource("aws_appautoscaling_policy", policy["PolicyARN"], _attributes(policy))

    return everywhere(reader, "describe_scaling_policies", "ScalingPolicies", convert)


def _attributes(policy: Mapping[str, Any]) -> dict[str, Value]:
    step = policy.get("StepScalingPolicyConfiguration")
    tracking = policy.get("TargetTrackingScalingPolicyConfiguration")
    return {
        "id": policy["PolicyName"],
        "arn": policy["PolicyARN"],
        "name": policy["PolicyName"],
        "policy_type": policy["PolicyType"],
        "service_namespace": policy["ServiceNamespace"],
        "resource_id": policy["ResourceId"],
        "scalable_dimension": policy["ScalableDimension"],
        "alarm_arns": [alarm["AlarmARN"] for alarm in policy.get("Alarms", ())],
        "step_scaling_policy_configuration": [_step(step)] if step else [],
        "target_tracking_scaling_policy_configuration": [_tracking(tracking)] if tracking else [],
    }


def _bound(bound: float | None) -> str | None:
    """A bound as text, as the provider's schema has it (``0``, ``0.5``)."""
    if bound is None:
        return None
    return str(int(bound)) if bound == int(bound) else repr(bound)


def _step(step: Mapping[str, Any]) -> dict[str, Value]:
    return {
        "adjustment_type": step.get("AdjustmentType"),
        "cooldown": step.get("Cooldown"),
        "metric_aggregation_type": step.get("MetricAggregationType"),
        "min_adjustment_magnitude": step.get("MinAdjustmentMagnitude"),
        "step_adjustment": [
            {
                "metric_interval_lower_bound": _bound(item.get("MetricIntervalLowerBound")),
                "metric_interval_upper_bound": _bound(item.get("MetricIntervalUpperBound")),
                "scaling_adjustment": item["ScalingAdjustment"],
            }
            for item in step.get("StepAdjustments", ())
        ],
    }


def _tracking(tracking: Mapping[str, Any]) -> dict[str, Value]:
    predefined = tracking.get("PredefinedMetricSpecification")
    customized = tracking.get("CustomizedMetricSpecification")
    metric = predefined and {
        "predefined_metric_type": predefined["PredefinedMetricType"],
        "resource_label": predefined.get("ResourceLabel"),
    }
    return {
        "target_value": tracking["TargetValue"],
        "disable_scale_in": tracking.get("DisableScaleIn", False),  # "the default value is false" (API Reference)
        "scale_in_cooldown": tracking.get("ScaleInCooldown"),
        "scale_out_cooldown": tracking.get("ScaleOutCooldown"),
        "predefined_metric_specification": [metric] if metric else [],
        "customized_metric_specification": [_customized(customized)] if customized else [],
    }


def _customized(metric: Mapping[str, Any]) -> dict[str, Value]:
    return {
        "metric_name": metric.get("MetricName"),
        "namespace": metric.get("Namespace"),
        "statistic": metric.get("Statistic"),
        "unit": metric.get("Unit"),
        "dimensions": _dimensions(metric.get("Dimensions", ())),
        "metrics": [
            {
                "id": item["Id"],
                "expression": item.get("Expression"),
                "label": item.get("Label"),
                "return_data": item.get("ReturnData"),
                "metric_stat": [_stat(item["MetricStat"])] if item.get("MetricStat") else [],
            }
            for item in metric.get("Metrics", ())
        ],
    }


def _dimensions(dimensions: Iterable[Mapping[str, Any]]) -> list[Value]:
    return [{"name": item["Name"], "value": item["Value"]} for item in dimensions]


def _stat(stat: Mapping[str, Any]) -> dict[str, Value]:
    metric = stat["Metric"]
    named = {
        "metric_name": metric.get("MetricName"),
        "namespace": metric.get("Namespace"),
        "dimensions": _dimensions(metric.get("Dimensions", ())),
    }
    return {"stat": stat["Stat"], "unit": stat.get("Unit"), "metric": [named]}


KIND = Kind(
    type="aws_appautoscaling_policy",
    identity=("service_namespace", "resource_id", "scalable_dimension", "name"),
    names=("id", "arn", "name"),
    reads=(Read("application-autoscaling", "describe_scaling_policies", absent=REFUSED),),
    in_parts_by="service_namespace",
    defaults={
        "policy_type": Default("StepScaling", _PLAN),
        "target_tracking_scaling_policy_configuration[*].disable_scale_in": Default(False, _PLAN),
        "step_scaling_policy_configuration[*].metric_aggregation_type": Default(
            "Average", "provider documentation of aws_appautoscaling_policy, metric_aggregation_type"
        ),
    },
    from_live=_from_live,
)
