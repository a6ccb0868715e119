from __future__ import annotations

from typing import Any

import pytest

from audits.kinds.aws_autoscaling_group import KIND
from audits.model import Resource, Unknown
from tests.kinds.support import DENIED, live
from tests.planes.live.world import REGION, moto_account


def test_an_account() -> None:
    with moto_account() as world:
        ec2 = world.client("ec2")
        data = {"ImageId": "ami-12c6146b", "InstanceType": "t4g.nano"}
        template = ec2.create_launch_template(LaunchTemplateName="nat", LaunchTemplateData=data)["LaunchTemplate"]
        subnets = [one["SubnetId"] for one in ec2.describe_subnets()["Subnets"]][:2]
        world.client("autoscaling").create_auto_scaling_group(
            AutoScalingGroupName="nat",
            MinSize=1,
            MaxSize=1,
            DesiredCapacity=1,
            LaunchTemplate={"LaunchTemplateId": template["LaunchTemplateId"], "Version": "$Latest"},
            VPCZoneIdentifier=",".join(subnets),
            Tags=[{"Key": "Name", "Value": "nat", "PropagateAtLaunch": True}],
        )
        found = world.only(KIND, name="nat")
    given = found.attributes
    assert (given["min_size"], given["max_size"], given["desired_capacity"]) == (1, 1, 1)
    assert sorted(given["vpc_zone_identifier"]) == sorted(subnets)
    assert given["launch_template"] == [{"id": template["LaunchTemplateId"], "name": "nat", "version": "$Latest"}]
    assert given["tag"] == [{"key": "Name", "value": "nat", "propagate_at_launch": True}]
    (launched,) = given["launches"]
    assert (launched["version"], launched["instance_type"]) == ("$Latest", "t4g.nano")
    (instance,) = given["instances"]
    assert instance["instance_id"].startswith("i-") and instance["lifecycle_state"] == "InService"
    assert given["arn"].startswith(f"arn:aws:autoscaling:{REGION}:") and given["mixed_instances_policy"] == []


def _live(group: dict[str, Any], versions: Any = None) -> Resource:
    body = {"InstanceType": "t4g.nano", "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 8}}]}
    answer = {"LaunchTemplateVersions": [{"LaunchTemplateData": body}]} if versions is None else versions
    answers = {
        ("autoscaling", "describe_auto_scaling_groups"): {"AutoScalingGroups": [group]},
        ("ec2", "describe_launch_template_versions"): answer,
    }
    (found,) = live(KIND, answers)
    return found


def test_a_mixed_policy() -> None:
    group: dict[str, Any] = {
        "AutoScalingGroupName": "nat",
        "AutoScalingGroupARN": "arn:group",
        "MinSize": 1,
        "MaxSize": 2,
        "DesiredCapacity": 1,
        "TerminationPolicies": ["Default"],
        "SuspendedProcesses": [{"ProcessName": "AZRebalance"}],
        "InstanceMaintenancePolicy": {"MinHealthyPercentage": 90, "MaxHealthyPercentage": 120},
        "MixedInstancesPolicy": {
            "InstancesDistribution": {"OnDemandBaseCapacity": 0, "OnDemandPercentageAboveBaseCapacity": 10},
            "LaunchTemplate": {
                "LaunchTemplateSpecification": {"LaunchTemplateId": "lt-1", "Version": "1"},
                "Overrides": [{"InstanceType": "t4g.nano"}, {"InstanceType": "t4g.micro", "WeightedCapacity": "2"}],
            },
        },
    }
    found = _live(group)
    (policy,) = found.attributes["mixed_instances_policy"]
    assert policy["instances_distribution"][0]["on_demand_percentage_above_base_capacity"] == 10
    (template,) = policy["launch_template"]
    assert template["launch_template_specification"][0]["launch_template_id"] == "lt-1"
    assert [one["instance_type"] for one in template["override"]] == ["t4g.nano", "t4g.micro"]
    assert found.attributes["launch_template"] == [] and found.attributes["termination_policies"] == []
    assert found.attributes["suspended_processes"] == ["AZRebalance"]
    assert found.attributes["instance_maintenance_policy"][0]["max_healthy_percentage"] == 120


def test_what_a_group_holds() -> None:
    template = {"LaunchTemplateId": "lt-1", "LaunchTemplateName": "nat", "Version": "3"}
    group: dict[str, Any] = {
        "AutoScalingGroupName": "nat",
        "AutoScalingGroupARN": "arn:group",
        "MinSize": 1,
        "MaxSize": 1,
        "DesiredCapacity": 1,
        "Instances": [
            {
                "InstanceId": "i-1",
                "InstanceType": "t4g.nano",
                "LifecycleState": "InService",
                "LaunchTemplate": template,
            },
            {"InstanceId": "i-2", "LifecycleState": "Terminating", "LaunchConfigurationName": "old"},
        ],
    }
    found = _live(group)
    assert found.attributes["instances"] == [
        {
            "instance_id": "i-1",
            "instance_type": "t4g.nano",
            "lifecycle_state": "InService",
            "launch_template": [{"id": "lt-1", "name": "nat", "version": "3"}],
            "launch_configuration": "",
        },
        {
            "instance_id": "i-2",
            "instance_type": "",
            "lifecycle_state": "Terminating",
            "launch_template": [],
            "launch_configuration": "old",
        },
    ]


def _of_template(**version: str) -> dict[str, Any]:
    return {
        "AutoScalingGroupName": "nat",
        "AutoScalingGroupARN": "arn:group",
        "MinSize": 1,
        "MaxSize": 1,
        "DesiredCapacity": 1,
        "LaunchTemplate": {"LaunchTemplateId": "lt-1", "LaunchTemplateName": "nat", **version},
    }


def _version(number: int, size: str, template: str = "lt-1", default: bool = False) -> dict[str, Any]:
    data = {"InstanceType": size, "UserData": "c2VjcmV0"}
    return {
        "LaunchTemplateId": template,
        "LaunchTemplateName": f"name-of-{template}",
        "VersionNumber": number,
        "DefaultVersion": default,
        "LaunchTemplateData": data,
    }


@pytest.mark.parametrize(
    ("given", "version", "size"),
    [
        ({}, "$Default", "t4g.micro"),
        ({"Version": "$Default"}, "$Default", "t4g.micro"),
        ({"Version": "$Latest"}, "$Latest", "t4g.large"),
        ({"Version": "10"}, "10", "t4g.large"),
        ({"Version": "2"}, "2", "t4g.micro"),
    ],
)
def test_what_a_group_launches_is_what_the_version_it_names_says(
    given: dict[str, str], version: str, size: str
) -> None:
    asked: list[dict[str, Any]] = []

    def versions(parameters: dict[str, Any]) -> dict[str, Any]:
        asked.append(parameters)
        others = [_version(99, "m5.large", "lt-2", default=True)]
        return {
            "LaunchTemplateVersions": [_version(2, "t4g.micro", default=True), *others, _version(10, "t4g.large")],
        }

    (launched,) = _live(_of_template(**given), versions).attributes["launches"]
    assert launched == {"id": "lt-1", "version": version, "instance_type": size, "block_device_mappings": []}
    assert asked == [{"Versions": ["$Latest", "$Default"]}], "one call tells them of every template"


def test_a_version_that_is_neither_latest_nor_default_is_asked_for_by_itself() -> None:
    asked: list[dict[str, Any]] = []

    def versions(parameters: dict[str, Any]) -> dict[str, Any]:
        asked.append(parameters)
        if "LaunchTemplateId" in parameters:
            return {"LaunchTemplateVersions": [_version(3, "t4g.micro")]}
        return {"LaunchTemplateVersions": [_version(4, "t4g.large", default=True)]}

    (launched,) = _live(_of_template(Version="3"), versions).attributes["launches"]
    assert launched == {"id": "lt-1", "version": "3", "instance_type": "t4g.micro", "block_device_mappings": []}
    assert asked[-1] == {"LaunchTemplateId": "lt-1", "Versions": ["3"]}


def test_a_version_that_could_not_be_read() -> None:
    (denied,) = _live(_of_template(Version="3"), DENIED).attributes["launches"]
    assert denied["instance_type"] == denied["block_device_mappings"] == DENIED
    (unlisted,) = _live(_of_template(Version="3"), {"LaunchTemplateVersions": []}).attributes["launches"]
    assert isinstance(unlisted["instance_type"], Unknown)
