"""ECS services.

Sources: provider documentation of ``aws_ecs_service``; ECS API Reference, Service, DescribeServices (ten services a
call; ``launchType`` "is omitted if the service was created using a capacity provider strategy").
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import chain
from typing import Any

from audits.kind import Default, Kind, Read, Reader
from audits.kinds.aws_ecs_cluster import ZERO, cluster_arns, gone, strategy, tags_of, unread
from audits.model import Cause, Resource, Unknown, Value

_NOT_READ = Unknown(Cause.UNSUPPORTED, detail="this suite does not read it from the account")
_SOURCE_ONLY = Unknown(Cause.UNSUPPORTED, detail="an option of Terraform's, not kept in the account")
_PLAN = "provider 5.100 schema default (the planned value of an aws_ecs_service that leaves it out)"
_CONTROLLER = "ECS API Reference, CreateService: if no deployment controller is specified, the default ECS is used"
_UNREAD = ("service_connect_configuration", "volume_configuration", "vpc_lattice_configurations")
_OPTIONS = ("force_delete", "force_new_deployment", "triggers", "wait_for_steady_state")
_BATCH = 10


def describe(reader: Reader, cluster: str) -> list[dict[str, Any]]:
    """The answers of DescribeServices for every service of a cluster, in batches."""
    arns = reader.pages("ecs", "list_services", "serviceArns", cluster=cluster, maxResults=100)
    batches = [arns[start : start + _BATCH] for start in range(0, len(arns), _BATCH)]
    return reader.each(
        batches,
        lambda batch: reader.call("ecs", "describe_services", cluster=cluster, services=batch, include=["TAGS"]),
    )


def active(service: Mapping[str, Any]) -> bool:
    """Whether a service is there (ACTIVE, or DRAINING on its way out); a deleted one is described as INACTIVE."""
    return service.get("status") != "INACTIVE"


def _from_live(reader: Reader) -> Iterator[Resource]:
    # a cluster whose services cannot be read hides nothing of the others
    return chain.from_iterable(reader.each(cluster_arns(reader), lambda cluster: _services(reader, cluster)))


def _services(reader: Reader, cluster: str) -> list[Resource]:
    found = []
    for answer in describe(reader, cluster):
        for service in filter(active, answer.get("services", ())):
            found.append(reader.resource("aws_ecs_service", service["serviceArn"], _attributes(service)))
        for failure in answer.get("failures", ()):
            if not gone(failure):
                found.append(_undescribed(reader, failure))
    return found


def _undescribed(reader: Reader, failure: Mapping[str, Any]) -> Resource:
    arn = failure["arn"]
    known = {"serviceArn": arn, "serviceName": arn.rsplit("/", 1)[-1]}
    names = _attributes(known).keys() - {"id", "name"}
    return reader.resource("aws_ecs_service", arn, {**_attributes(known), **unread(names, failure)})


def _attributes(service: Mapping[str, Any]) -> dict[str, Value]:
    tags = tags_of(service.get("tags", ()))
    return {
        "id": service["serviceArn"],
        "name": service["serviceName"],
        "cluster": service.get("clusterArn"),
        "task_definition": service.get("taskDefinition"),
        "desired_count": service.get("desiredCount"),
        "launch_type": service.get("launchType"),
        "platform_version": service.get("platformVersion"),
        "scheduling_strategy": service.get("schedulingStrategy"),
        "availability_zone_rebalancing": service.get("availabilityZoneRebalancing"),
        "enable_ecs_managed_tags": service.get("enableECSManagedTags"),
        "enable_execute_command": service.get("enableExecuteCommand"),
        "health_check_grace_period_seconds": service.get("healthCheckGracePeriodSeconds"),
        "iam_role": service.get("roleArn"),
        "propagate_tags": service.get("propagateTags"),
        "capacity_provider_strategy": strategy(service.get("capacityProviderStrategy", ())),
        **_deployment(service),
        **_network(service),
        **_placement(service),
        **dict.fromkeys(_UNREAD, _NOT_READ),
        **dict.fromkeys(_OPTIONS, _SOURCE_ONLY),
        "tags": tags,
        "tags_all": tags,
    }


def _without_idle(blocks: Value) -> Value:
    """Circuit breakers or alarms that are off altogether are no block.

    ECS answers with such a block where none was asked for, and the provider takes the two for equal
    (``suppressMissingOptionalConfigurationBlock``).
    """
    if not isinstance(blocks, list):
        return blocks
    return [block for block in blocks if not isinstance(block, dict) or any(block.values())]


def _from_terraform(service: Resource) -> Resource:
    attributes, defaulted = dict(service.attributes), dict(service.defaulted)
    for name in ("deployment_circuit_breaker", "alarms"):
        if name in attributes:
            attributes[name] = _without_idle(attributes[name])
    # A plan shows an empty list where nothing is written.
    if attributes.get("deployment_controller", []) == []:
        attributes["deployment_controller"] = [{"type": "ECS"}]
        defaulted["deployment_controller"] = _CONTROLLER
    return replace(service, attributes=attributes, defaulted=defaulted)


def _deployment(service: Mapping[str, Any]) -> dict[str, Value]:
    configuration = service.get("deploymentConfiguration", {})
    breaker, alarms = configuration.get("deploymentCircuitBreaker"), configuration.get("alarms")
    controller = service.get("deploymentController")
    rules = breaker and {"enable": breaker["enable"], "rollback": breaker["rollback"]}
    watched = alarms and {
        "alarm_names": list(alarms.get("alarmNames", ())),
        "enable": alarms.get("enable"),
        "rollback": alarms.get("rollback"),
    }
    return {
        "deployment_maximum_percent": configuration.get("maximumPercent"),
        "deployment_minimum_healthy_percent": configuration.get("minimumHealthyPercent"),
        "deployment_circuit_breaker": _without_idle([rules] if rules else []),
        "alarms": _without_idle([watched] if watched else []),
        "deployment_controller": [{"type": controller["type"]}] if controller else [],
    }


def _network(service: Mapping[str, Any]) -> dict[str, Value]:
    network = service.get("networkConfiguration", {}).get("awsvpcConfiguration")
    placed = network and {
        "subnets": list(network["subnets"]),
        "security_groups": list(network.get("securityGroups", ())),
        # "The default value is DISABLED" on the API (AwsVpcConfiguration, assignPublicIp)
        "assign_public_ip": network.get("assignPublicIp", "DISABLED") == "ENABLED",
    }
    return {
        "network_configuration": [placed] if placed else [],
        "load_balancer": [
            {
                "target_group_arn": item.get("targetGroupArn"),
                "elb_name": item.get("loadBalancerName"),
                "container_name": item.get("containerName"),
                "container_port": item.get("containerPort"),
            }
            for item in service.get("loadBalancers", ())
        ],
        "service_registries": [
            {
                "registry_arn": item.get("registryArn"),
                "port": item.get("port"),
                "container_name": item.get("containerName"),
                "container_port": item.get("containerPort"),
            }
            for item in service.get("serviceRegistries", ())
        ],
    }


def _placement(service: Mapping[str, Any]) -> dict[str, Value]:
    return {
        "placement_constraints": [
            {"type": item.get("type"), "expression": item.get("expression")}
            for item in service.get("placementConstraints", ())
        ],
        "ordered_placement_strategy": [
            {"type": item.get("type"), "field": item.get("field")} for item in service.get("placementStrategy", ())
        ],
    }


KIND = Kind(
    type="aws_ecs_service",
    # A name is unique within its cluster only; source refers to the cluster by what AWS makes (its ARN), so it cannot
    # be part of a key. Where two clusters have a service of one name, the pair is not unique and stays unmatched.
    identity=("name",),
    names=("id", "name"),
    reads=(Read("ecs", "list_clusters"), Read("ecs", "list_services"), Read("ecs", "describe_services")),
    defaults={
        "availability_zone_rebalancing": Default("DISABLED", _PLAN),
        "deployment_maximum_percent": Default(200, _PLAN),
        "deployment_minimum_healthy_percent": Default(100, _PLAN),
        "enable_ecs_managed_tags": Default(False, _PLAN),
        "enable_execute_command": Default(False, _PLAN),
        "scheduling_strategy": Default("REPLICA", _PLAN),
        "network_configuration[*].assign_public_ip": Default(False, _PLAN),
        "capacity_provider_strategy[*].base": ZERO,
        "capacity_provider_strategy[*].weight": ZERO,
    },
    from_terraform=_from_terraform,
    from_live=_from_live,
    security_groups=("network_configuration[*].security_groups[*]",),
)
