from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from audits.kinds.aws_appautoscaling_policy import KIND
from tests.kinds.support import agrees, live

COMMON = {
    "PolicyARN": "arn:policy",
    "ServiceNamespace": "ecs",
    "ResourceId": "service/glimpse-prod/glimpse-api",
    "ScalableDimension": "ecs:service:DesiredCount",
    "CreationTime": datetime(2025, 1, 1, tzinfo=UTC),
}
TRACKING = {
    **COMMON,
    "PolicyName": "cpu",
    "PolicyType": "TargetTrackingScaling",
    "TargetTrackingScalingPolicyConfiguration": {
        "TargetValue": 70.0,
        "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"},
        "ScaleInCooldown": 300,
        "ScaleOutCooldown": 60,
    },
    "Alarms": [{"AlarmName": "a", "AlarmARN": "arn:alarm"}],
}
STEP = {
    **COMMON,
    "PolicyName": "step",
    "PolicyType": "StepScaling",
    "StepScalingPolicyConfiguration": {
        "AdjustmentType": "ChangeInCapacity",
        "Cooldown": 60,
        "MetricAggregationType": "Average",
        "StepAdjustments": [
            {"MetricIntervalLowerBound": 0.0, "MetricIntervalUpperBound": 0.5, "ScalingAdjustment": 1},
            {"MetricIntervalLowerBound": 0.5, "ScalingAdjustment": 2},
        ],
    },
}
CUSTOM = {
    **COMMON,
    "PolicyName": "custom",
    "PolicyType": "TargetTrackingScaling",
    "TargetTrackingScalingPolicyConfiguration": {
        "TargetValue": 1.5,
        "CustomizedMetricSpecification": {
            "MetricName": "m",
            "Namespace": "n",
            "Dimensions": [{"Name": "d", "Value": "v"}],
            "Metrics": [
                {
                    "Id": "a",
                    "MetricStat": {"Stat": "Sum", "Metric": {"MetricName": "x", "Namespace": "y", "Dimensions": []}},
                    "ReturnData": True,
                }
            ],
        },
    },
}


def policies() -> list[Any]:
    def answer(parameters: dict[str, Any]) -> Any:
        return {"ScalingPolicies": [TRACKING, STEP, CUSTOM] if parameters["ServiceNamespace"] == "ecs" else []}

    return live(KIND, {("application-autoscaling", "describe_scaling_policies"): answer})


def test_both_planes_agree_on_the_documented_target_value() -> None:
    configured = {
        "name": "cpu",
        "policy_type": "TargetTrackingScaling",
        "resource_id": "service/glimpse-prod/glimpse-api",
        "target_tracking_scaling_policy_configuration": [
            {
                "target_value": 70,
                "scale_in_cooldown": 300,
                "scale_out_cooldown": 60,
                "disable_scale_in": KIND.defaults[
                    "target_tracking_scaling_policy_configuration[*].disable_scale_in"
                ].value,
                "predefined_metric_specification": [{"predefined_metric_type": "ECSServiceAverageCPUUtilization"}],
            }
        ],
        "step_scaling_policy_configuration": [],
    }
    found = policies()[0].attributes
    agrees(configured, found)
    assert found["alarm_arns"] == ["arn:alarm"]


def test_bounds_of_steps_are_text_and_no_bound_is_none() -> None:
    found = policies()[1].attributes
    assert found["policy_type"] == KIND.defaults["policy_type"].value
    first, second = found["step_scaling_policy_configuration"][0]["step_adjustment"]
    assert (first["metric_interval_lower_bound"], first["metric_interval_upper_bound"]) == ("0", "0.5")
    assert second["metric_interval_upper_bound"] is None


def test_metrics_of_ones_own() -> None:
    (tracking,) = policies()[2].attributes["target_tracking_scaling_policy_configuration"]
    (metric,) = tracking["customized_metric_specification"]
    assert metric["dimensions"] == [{"name": "d", "value": "v"}]
    assert metric["metrics"][0]["metric_stat"][0]["metric"][0]["metric_name"] == "x"
    assert tracking["predefined_metric_specification"] == []
