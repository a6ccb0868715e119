"""Auto Scaling groups.

Two attributes of this project hold what an account tells and source does not: ``instances``, what a group has, and what
each was launched from; ``launches``, what the versions of launch templates that it launches from say.

Sources: provider documentation of ``aws_autoscaling_group``; Auto Scaling API Reference, DescribeAutoScalingGroups and
LaunchTemplateSpecification (without a version it is the default one); EC2 API Reference,
DescribeLaunchTemplateVersions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from audits.kind import Default, Kind, Read, Reader
from audits.kinds._launch_templates import DEFAULT, VERSIONS, chosen, current_versions
from audits.kinds.aws_launch_template import translate
from audits.model import Cause, Resource, Unknown, Value

_OF_TEMPLATE = ("instance_type", "block_device_mappings")
_SCHEMA = "provider 5.100 schema default (the planned value of an aws_autoscaling_group that leaves it out)"
_DISTRIBUTION = (
    ("on_demand_allocation_strategy", "OnDemandAllocationStrategy"),
    ("on_demand_base_capacity", "OnDemandBaseCapacity"),
    ("on_demand_percentage_above_base_capacity", "OnDemandPercentageAboveBaseCapacity"),
    ("spot_allocation_strategy", "SpotAllocationStrategy"),
    ("spot_instance_pools", "SpotInstancePools"),
    ("spot_max_price", "SpotMaxPrice"),
)


def _from_live(reader: Reader) -> Iterable[Resource]:
    listed = reader.pages("autoscaling", "describe_auto_scaling_groups", "AutoScalingGroups")
    return reader.each(listed, partial(_group, reader))


def _group(reader: Reader, group: Mapping[str, Any]) -> Resource:
    template = group.get("LaunchTemplate")
    maintenance = group.get("InstanceMaintenancePolicy") or {}
    attributes = {
        "id": group["AutoScalingGroupName"],
        "arn": group["AutoScalingGroupARN"],
        "name": group["AutoScalingGroupName"],
        "min_size": group["MinSize"],
        "max_size": group["MaxSize"],
        "desired_capacity": group["DesiredCapacity"],
        "desired_capacity_type": group.get("DesiredCapacityType", ""),
        "availability_zones": list(group.get("AvailabilityZones") or ()),
        "vpc_zone_identifier": [one for one in group.get("VPCZoneIdentifier", "").split(",") if one],
        "health_check_type": group.get("HealthCheckType"),
        "health_check_grace_period": group.get("HealthCheckGracePeriod"),
        "default_cooldown": group.get("DefaultCooldown"),
        "default_instance_warmup": group.get("DefaultInstanceWarmup", 0),
        "capacity_rebalance": group.get("CapacityRebalance", False),
        "max_instance_lifetime": group.get("MaxInstanceLifetime", 0),
        "protect_from_scale_in": group.get("NewInstancesProtectedFromScaleIn", False),
        "placement_group": group.get("PlacementGroup", ""),
        "service_linked_role_arn": group.get("ServiceLinkedRoleARN"),
        "launch_configuration": group.get("LaunchConfigurationName", ""),
        "launch_template": [_template(template)] if template else [],
        "mixed_instances_policy": _mixed(group.get("MixedInstancesPolicy")),
        "instance_maintenance_policy": [
            {
                "min_healthy_percentage": maintenance.get("MinHealthyPercentage"),
                "max_healthy_percentage": maintenance.get("MaxHealthyPercentage"),
            }
        ]
        if maintenance
        else [],
        "target_group_arns": list(group.get("TargetGroupARNs") or ()),
        "load_balancers": list(group.get("LoadBalancerNames") or ()),
        "suspended_processes": [one["ProcessName"] for one in group.get("SuspendedProcesses") or ()],
        "enabled_metrics": [one["Metric"] for one in group.get("EnabledMetrics") or ()],
        "termination_policies": _termination(group.get("TerminationPolicies") or []),
        "tag": [
            {"key": one["Key"], "value": one.get("Value", ""), "propagate_at_launch": one.get("PropagateAtLaunch")}
            for one in group.get("Tags") or ()
            if not one["Key"].startswith("aws:")
        ],
        "instances": [
            {
                "instance_id": one["InstanceId"],
                "instance_type": one.get("InstanceType", ""),
                "lifecycle_state": one.get("LifecycleState", ""),
                "launch_template": [_template(one["LaunchTemplate"])] if one.get("LaunchTemplate") else [],
                "launch_configuration": one.get("LaunchConfigurationName", ""),
            }
            for one in group.get("Instances") or ()
        ],
        "launches": [_launched(reader, group["AutoScalingGroupARN"], one) for one in _specifications(group)],
    }
    return reader.resource("aws_autoscaling_group", group["AutoScalingGroupARN"], attributes)


def _termination(policies: list[str]) -> list[str]:
    """The policies; none where AWS tells of its default only, as the provider shows it."""
    return [] if policies == ["Default"] else list(policies)


def _template(template: Mapping[str, Any]) -> dict[str, Value]:
    return {
        "id": template.get("LaunchTemplateId"),
        "name": template.get("LaunchTemplateName"),
        "version": template.get("Version", ""),
    }


def _specification(template: Mapping[str, Any]) -> dict[str, Value]:
    return {
        "launch_template_id": template.get("LaunchTemplateId"),
        "launch_template_name": template.get("LaunchTemplateName"),
        "version": template.get("Version", ""),
    }


def _specifications(group: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Each version of a launch template that the group may launch from, the group's own first."""
    mixed = (group.get("MixedInstancesPolicy") or {}).get("LaunchTemplate") or {}
    given = [group.get("LaunchTemplate"), mixed.get("LaunchTemplateSpecification")]
    given += [one.get("LaunchTemplateSpecification") for one in mixed.get("Overrides") or ()]
    return [one for one in given if one]


def _launched(reader: Reader, group: str, specification: Mapping[str, Any]) -> dict[str, Value]:
    identifier, version = specification.get("LaunchTemplateId", ""), specification.get("Version") or DEFAULT
    found = _version(reader, group, specification, version)
    if isinstance(found, Unknown):
        said: dict[str, Value] = dict.fromkeys(_OF_TEMPLATE, found)
    else:
        body = translate(found["LaunchTemplateData"])
        said = {key: body[key] for key in _OF_TEMPLATE}
    return {"id": identifier, "version": version, **said}


def _version(reader: Reader, group: str, specification: Mapping[str, Any], version: str) -> Mapping[str, Any] | Unknown:
    """The version that a group names: out of the listing for all, or, being neither latest nor default, by itself."""
    name = "LaunchTemplateId" if specification.get("LaunchTemplateId") else "LaunchTemplateName"
    template = {name: specification.get(name, "")}
    listed = current_versions(reader, "launches")
    if isinstance(listed, Unknown):
        return listed
    found = chosen((one for one in listed if one.get(name) == template[name]), version)
    if found is not None:
        return found
    answer = reader.detail(
        VERSIONS.service, VERSIONS.operation, resource=group, attribute="launches", **template, Versions=[version]
    )
    if isinstance(answer, Unknown):
        return answer
    missing = Unknown(Cause.UNREADABLE, detail=f"ec2:DescribeLaunchTemplateVersions does not list version {version}")
    return next(iter((answer or {}).get("LaunchTemplateVersions", ())), missing)


def _mixed(policy: Mapping[str, Any] | None) -> list[Value]:
    if not policy:
        return []
    distribution = policy.get("InstancesDistribution") or {}
    template = policy.get("LaunchTemplate") or {}
    overrides = [
        {
            "instance_type": one.get("InstanceType"),
            "weighted_capacity": one.get("WeightedCapacity"),
            "launch_template_specification": [_specification(one["LaunchTemplateSpecification"])]
            if one.get("LaunchTemplateSpecification")
            else [],
        }
        for one in template.get("Overrides") or ()
    ]
    return [
        {
            "instances_distribution": [{name: distribution.get(key) for name, key in _DISTRIBUTION}],
            "launch_template": [
                {
                    "launch_template_specification": [
                        _specification(template.get("LaunchTemplateSpecification") or {})
                    ],
                    "override": overrides,
                }
            ],
        }
    ]


def _from_terraform(group: Resource) -> Resource:
    """A group made of a launch template has no mixed policy.

    Source: Auto Scaling API Reference, CreateAutoScalingGroup: exactly one of a launch template, a launch
    configuration, a mixed instances policy and an instance says what a group launches.
    """
    template = group.attributes.get("launch_template")
    if "mixed_instances_policy" in group.attributes or not isinstance(template, list) or not template:
        return group
    return replace(group, attributes={**group.attributes, "mixed_instances_policy": []})


KIND = Kind(
    type="aws_autoscaling_group",
    identity=("name",),
    names=("id", "arn", "name"),
    reads=(Read("autoscaling", "describe_auto_scaling_groups"), VERSIONS),
    defaults={
        "health_check_grace_period": Default(300, _SCHEMA),
        "protect_from_scale_in": Default(False, _SCHEMA),
    },
    extra={"instances": ["list", "dynamic"], "launches": ["list", "dynamic"]},
    from_terraform=_from_terraform,
    from_live=_from_live,
)
