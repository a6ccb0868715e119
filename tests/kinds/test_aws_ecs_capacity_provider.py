from __future__ import annotations

from typing import Any

from audits.canonical import canonical
from audits.kinds.aws_ecs_capacity_provider import KIND
from audits.model import Observation
from tests.kinds.support import live, source

ARN = "arn:aws:ecs:ap-northeast-2:123456789012:capacity-provider"
GROUP = "arn:aws:autoscaling:ap-northeast-2:123456789012:autoScalingGroup:x:autoScalingGroupName/workers"


def provider(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "capacityProviderArn": f"{ARN}/{name}", "status": "ACTIVE", **more}


def test_what_an_account_answers() -> None:
    """By AWS's shapes only: moto cannot list them without being told their names."""
    scaling = {
        "status": "ENABLED",
        "targetCapacity": 90,
        "minimumScalingStepSize": 1,
        "maximumScalingStepSize": 10,
        "instanceWarmupPeriod": 120,
    }
    own = {
        "autoScalingGroupArn": GROUP,
        "managedScaling": scaling,
        "managedTerminationProtection": "ENABLED",
        "managedDraining": "DISABLED",
    }
    pages = [
        {"capacityProviders": [provider("FARGATE"), provider("FARGATE_SPOT")]},
        {
            "capacityProviders": [
                provider("workers", autoScalingGroupProvider=own, tags=[{"key": "Name", "value": "w"}]),
                provider("gone") | {"status": "INACTIVE"},
            ]
        },
    ]
    (found,) = live(KIND, {("ecs", "describe_capacity_providers"): pages})
    assert (found.attributes["name"], found.attributes["tags"]) == ("workers", {"Name": "w"})
    (block,) = found.attributes["auto_scaling_group_provider"]
    assert (block["auto_scaling_group_arn"], block["managed_draining"]) == (GROUP, "DISABLED")
    assert block["managed_scaling"] == [
        {
            "status": "ENABLED",
            "target_capacity": 90,
            "minimum_scaling_step_size": 1,
            "maximum_scaling_step_size": 10,
            "instance_warmup_period": 120,
        }
    ]


def test_what_is_left_out_in_source_stays_unset() -> None:
    declared = source(KIND.type, auto_scaling_group_provider=[{"auto_scaling_group_arn": GROUP}])
    (found,) = canonical(Observation("terraform", (declared,)), {KIND.type: KIND}).resources
    assert found.attributes["auto_scaling_group_provider"] == [{"auto_scaling_group_arn": GROUP}]
