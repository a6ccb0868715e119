from __future__ import annotations

from typing import Any

from audits.kinds.aws_ecs_service import KIND
from audits.model import Cause, Unknown
from tests.kinds.support import FakeReader, agrees, finished, live, reference, source

CLUSTER = "arn:aws:ecs:ap-northeast-2:123456789012:cluster/glimpse-prod"
ARN = "arn:aws:ecs:ap-northeast-2:123456789012:service/glimpse-prod/glimpse-api"
SERVICE: dict[str, Any] = {
    "serviceArn": ARN,
    "serviceName": "glimpse-api",
    "clusterArn": CLUSTER,
    "status": "ACTIVE",
    "desiredCount": 2,
    "capacityProviderStrategy": [
        {"capacityProvider": "FARGATE_SPOT", "weight": 90, "base": 0},
        {"capacityProvider": "FARGATE", "weight": 10, "base": 0},
    ],
    "platformVersion": "LATEST",
    "taskDefinition": "arn:aws:ecs:ap-northeast-2:123456789012:task-definition/glimpse-api:7",
    "deploymentConfiguration": {
        "maximumPercent": 200,
        "minimumHealthyPercent": 100,
        "deploymentCircuitBreaker": {"enable": True, "rollback": True},
        "alarms": {"alarmNames": ["a"], "enable": True, "rollback": False},
    },
    "deploymentController": {"type": "ECS"},
    "networkConfiguration": {
        "awsvpcConfiguration": {"subnets": ["subnet-1"], "securityGroups": ["sg-1"], "assignPublicIp": "DISABLED"}
    },
    "loadBalancers": [{"targetGroupArn": "arn:tg", "containerName": "glimpse-api", "containerPort": 3001}],
    "serviceRegistries": [{"registryArn": "arn:r", "port": 1}],
    "placementConstraints": [{"type": "distinctInstance"}],
    "placementStrategy": [{"type": "spread", "field": "host"}],
    "schedulingStrategy": "REPLICA",
    "healthCheckGracePeriodSeconds": 60,
    "propagateTags": "SERVICE",
    "enableECSManagedTags": False,
    "enableExecuteCommand": False,
    "availabilityZoneRebalancing": "DISABLED",
    "tags": [{"key": "Name", "value": "api"}],
}


def answers(*services: dict[str, Any], failures: Any = ()) -> dict[tuple[str, str], Any]:
    return {
        ("ecs", "list_clusters"): {"clusterArns": [CLUSTER]},
        ("ecs", "list_services"): [{"serviceArns": [ARN]}],
        ("ecs", "describe_services"): {"services": list(services), "failures": list(failures)},
    }


def test_both_planes_agree_on_the_documented_service() -> None:
    configured = {
        "name": "glimpse-api",
        "cluster": reference("aws_ecs_cluster.this", "id"),
        "task_definition": reference("aws_ecs_task_definition.this"),
        "desired_count": 2,
        "platform_version": "LATEST",
        "capacity_provider_strategy": [
            {"capacity_provider": "FARGATE_SPOT", "weight": 90, "base": 0},
            {"capacity_provider": "FARGATE", "weight": 10},
        ],
        "deployment_circuit_breaker": [{"enable": True, "rollback": True}],
        "network_configuration": [
            {"subnets": ["subnet-1"], "security_groups": [reference("aws_security_group.ecs", "id")]}
        ],
        "load_balancer": [{"container_name": "glimpse-api", "container_port": 3001, "target_group_arn": "arn:tg"}],
        "health_check_grace_period_seconds": 60,
        "tags": {"Name": "api"},
        **{name: default.value for name, default in KIND.defaults.items() if "[*]" not in name},
    }
    (found,) = live(KIND, answers(SERVICE))
    agrees(finished(KIND, source("aws_ecs_service", **configured)), found.attributes)
    assert found.attributes["network_configuration"][0]["assign_public_ip"] is False
    assert found.identity == ARN and found.attributes["cluster"] == CLUSTER


def test_the_strategy_takes_the_launch_types_place() -> None:
    (found,) = live(KIND, answers(SERVICE))
    assert found.attributes["launch_type"] is None
    plain = {key: value for key, value in SERVICE.items() if key != "capacityProviderStrategy"}
    (found,) = live(KIND, answers({**plain, "launchType": "FARGATE"}))
    assert (found.attributes["launch_type"], found.attributes["capacity_provider_strategy"]) == ("FARGATE", [])


def test_a_breaker_that_is_off_is_no_block_on_either_plane() -> None:
    off = {"deploymentCircuitBreaker": {"enable": False, "rollback": False}}
    idle = {"alarms": {"alarmNames": [], "enable": False, "rollback": False}}
    (found,) = live(KIND, answers({**SERVICE, "deploymentConfiguration": {**off, **idle}}))
    written = source("aws_ecs_service", deployment_circuit_breaker=[{"enable": False, "rollback": False}])
    assert found.attributes["deployment_circuit_breaker"] == found.attributes["alarms"] == []
    assert finished(KIND, written)["deployment_circuit_breaker"] == []
    unknown = [{"enable": Unknown(Cause.VARIABLE), "rollback": False}]
    assert finished(KIND, source("aws_ecs_service", alarms=unknown))["alarms"] == unknown


def test_the_default_controller_says_where_it_comes_from() -> None:
    assert KIND.from_terraform is not None
    found = KIND.from_terraform(source("aws_ecs_service"))
    assert found.attributes["deployment_controller"] == [{"type": "ECS"}] and found.defaulted["deployment_controller"]
    written = [{"type": "CODE_DEPLOY"}]
    assert finished(KIND, source("aws_ecs_service", deployment_controller=written))["deployment_controller"] == written


def test_ten_services_a_call_in_every_cluster() -> None:
    arns = [f"{ARN}-{number}" for number in range(21)]
    reader = FakeReader(
        KIND,
        {
            **answers(),
            ("ecs", "list_clusters"): {"clusterArns": [CLUSTER, f"{CLUSTER}-2"]},
            ("ecs", "list_services"): [{"serviceArns": arns[:15]}, {"serviceArns": arns[15:]}],
        },
    )
    assert KIND.from_live is not None
    list(KIND.from_live(reader))
    sizes = [len(parameters["services"]) for operation, parameters in reader.calls if operation == "describe_services"]
    assert sizes == [10, 10, 1, 10, 10, 1]


def test_deleted_services_are_not_there() -> None:
    gone = [{"arn": ARN, "reason": "MISSING"}]
    assert live(KIND, answers({**SERVICE, "status": "INACTIVE"}, failures=gone)) == []
    assert len(live(KIND, answers({**SERVICE, "status": "DRAINING"}))) == 1


def test_a_service_that_is_not_described_for_another_reason_is_unreadable() -> None:
    (found,) = live(KIND, answers(failures=[{"arn": ARN, "reason": "ODD"}]))
    assert found.attributes["name"] == "glimpse-api"
    assert found.attributes["desired_count"].cause is Cause.UNREADABLE


def test_what_is_not_read_is_unknown_rather_than_none() -> None:
    (found,) = live(KIND, answers(SERVICE))
    for name in ("service_connect_configuration", "volume_configuration", "force_new_deployment"):
        assert found.attributes[name].cause is Cause.UNSUPPORTED
