from __future__ import annotations

from typing import Any

import pytest

from audits.kinds.aws_ecs_task_definition import KIND, containers
from audits.model import Cause, Redacted, Unknown
from tests.kinds.support import DENIED, FakeReader, agrees, finished, live, reference, source

PREFIX = "arn:aws:ecs:ap-northeast-2:123456789012"
ARN = f"{PREFIX}:task-definition/glimpse-api:7"
OLD = f"{PREFIX}:task-definition/glimpse-api:6"
CLUSTER = f"{PREFIX}:cluster/glimpse-prod"
DEFINITION: dict[str, Any] = {
    "taskDefinitionArn": ARN,
    "family": "glimpse-api",
    "revision": 7,
    "status": "ACTIVE",
    "cpu": "256",
    "memory": "512",
    "networkMode": "awsvpc",
    "requiresCompatibilities": ["FARGATE"],
    "taskRoleArn": "arn:task",
    "executionRoleArn": "arn:execution",
    "runtimePlatform": {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"},
    "volumes": [
        {
            "name": "files",
            "host": {},
            "efsVolumeConfiguration": {
                "fileSystemId": "fs-1",
                "transitEncryption": "ENABLED",
                "authorizationConfig": {"accessPointId": "ap", "iam": "ENABLED"},
            },
        }
    ],
    "containerDefinitions": [
        {
            "name": "glimpse-api",
            "image": "glimpse-api:latest",
            "cpu": 0,
            "essential": True,
            "portMappings": [{"containerPort": 3001, "hostPort": 3001, "protocol": "tcp"}],
            "environment": [{"name": "PORT", "value": "3001"}, {"name": "DB", "value": "postgres://hush"}],
            "mountPoints": [],
            "volumesFrom": [],
            "systemControls": [],
            "secrets": [{"name": "JWT", "valueFrom": "arn:secret"}],
            "logConfiguration": {
                "logDriver": "awslogs",
                "options": {"awslogs-group": "/ecs/glimpse-prod", "splunk-token": "hush"},
            },
        }
    ],
}


def described(parameters: dict[str, Any]) -> Any:
    if parameters["taskDefinition"] == OLD:
        return {"taskDefinition": {**DEFINITION, "taskDefinitionArn": OLD, "revision": 6, "status": "INACTIVE"}}
    return {"taskDefinition": DEFINITION, "tags": [{"key": "Name", "value": "api"}]}


def answers(describe: Any = described, *used: str) -> dict[tuple[str, str], Any]:
    services = [{"serviceArn": "s", "status": "ACTIVE", "taskDefinition": arn} for arn in used]
    return {
        ("ecs", "list_task_definition_families"): [{"families": ["glimpse-api"]}],
        ("ecs", "describe_task_definition"): describe,
        ("ecs", "list_clusters"): {"clusterArns": [CLUSTER]},
        ("ecs", "list_services"): {"serviceArns": ["s"]},
        ("ecs", "describe_services"): {"services": services, "failures": []},
    }


def test_both_planes_agree_on_the_documented_task() -> None:
    configured = finished(
        KIND,
        source(
            "aws_ecs_task_definition",
            family="glimpse-api",
            cpu="256",
            memory="512",
            network_mode="awsvpc",
            requires_compatibilities=["FARGATE"],
            task_role_arn=reference("aws_iam_role.task"),
            runtime_platform=[{"cpu_architecture": "ARM64", "operating_system_family": "LINUX"}],
            container_definitions=[
                {
                    "name": "glimpse-api",
                    "image": "glimpse-api:latest",
                    "portMappings": [{"containerPort": 3001}],
                    "environment": [{"name": "PORT", "value": "3001"}, {"name": "DB", "value": "postgres://hush"}],
                    "secrets": [{"name": "JWT", "valueFrom": "arn:secret"}],
                    "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "/ecs/glimpse-prod"}},
                }
            ],
        ),
    )
    (found,) = live(KIND, answers())
    agrees(configured, found.attributes)
    assert found.attributes["task_role_arn"] == "arn:task"
    assert found.attributes["tags"] == {"Name": "api"}
    container = dict(found.attributes["container_definitions"][0])
    assert container.pop("logConfiguration")["options"]["splunk-token"] == Redacted("log option")
    (same,) = configured["container_definitions"]
    assert {**same, "logConfiguration": None} == {**container, "logConfiguration": None}


def test_values_of_the_environment_go_and_names_stay() -> None:
    (found,) = live(KIND, answers())
    assert "hush" not in repr(found)
    environment = found.attributes["container_definitions"][0]["environment"]
    assert [entry["name"] for entry in environment] == ["DB", "PORT"]


def test_the_latest_of_a_family_and_what_services_run() -> None:
    reader = FakeReader(KIND, answers(described, ARN, OLD, OLD))
    assert KIND.from_live is not None
    assert [one.identity for one in KIND.from_live(reader)] == [ARN, OLD]
    asked = [parameters["taskDefinition"] for name, parameters in reader.calls if name == "describe_task_definition"]
    assert asked == ["glimpse-api", OLD]


def test_what_an_inactive_service_ran_does_not_count() -> None:
    script = answers()
    gone = {"serviceArn": "s", "status": "INACTIVE", "taskDefinition": OLD}
    script["ecs", "describe_services"] = {"services": [gone]}
    assert [one.identity for one in live(KIND, script)] == [ARN]


def test_a_definition_that_cannot_be_read_is_there_and_unreadable() -> None:
    family, revision = live(KIND, answers(DENIED, OLD))
    assert (family.identity, family.attributes["family"], family.attributes["cpu"]) == (
        "glimpse-api",
        "glimpse-api",
        DENIED,
    )
    assert (revision.identity, revision.attributes["family"]) == (OLD, "glimpse-api")
    assert family.attributes["container_definitions"] == DENIED
    # It may be the very revision that the service runs: one definition, or two.
    assert (family.existence is not None, revision.existence) == (True, None)
    (alone,) = live(KIND, answers(DENIED))
    assert alone.existence is None


def test_volumes() -> None:
    (found,) = live(KIND, answers())
    (volume,) = found.attributes["volume"]
    assert volume["efs_volume_configuration"][0]["authorization_config"] == [
        {"access_point_id": "ap", "iam": "ENABLED"}
    ]
    assert volume["docker_volume_configuration"] == []


@pytest.mark.parametrize(
    ("cpu", "memory", "units"),
    [
        ("0.25 vCPU", "0.5GB", ("256", "512")),
        (".25 vcpu", "1 gb", ("256", "1024")),
        ("256", "512", ("256", "512")),
        ("lots", "0.0001 GB", ("lots", "0.0001 GB")),
    ],
)
def test_sizes_in_words_are_units(cpu: str, memory: str, units: tuple[str, str]) -> None:
    found = finished(KIND, source("aws_ecs_task_definition", cpu=cpu, memory=memory))
    assert (found["cpu"], found["memory"]) == units


def test_an_unknown_size_stays_unknown() -> None:
    unknown = Unknown(Cause.VARIABLE)
    assert finished(KIND, source("aws_ecs_task_definition", cpu=unknown))["cpu"] == unknown


def test_keys_in_capitals_are_the_apis_and_free_keys_stay() -> None:
    (found,) = containers(
        [
            {
                "Name": "a",
                "Environment": [{"Name": "X", "Value": "hush"}],
                "LogConfiguration": {"LogDriver": "awslogs", "Options": {"Awslogs-Group": "g"}},
                "DockerLabels": {"Team": "x"},
                "Cpu": None,
            }
        ],
        "bridge",
    )
    assert found["environment"] == [{"name": "X", "value": Redacted("container environment")}]
    assert found["logConfiguration"] == {"logDriver": "awslogs", "options": {"Awslogs-Group": "g"}}
    assert found["dockerLabels"] == {"Team": "x"}
    assert found["cpu"] == 0


def test_the_host_port_follows_only_where_the_api_says_so() -> None:
    mapping = [{"name": "a", "portMappings": [{"containerPort": 1}]}]
    assert "hostPort" not in containers(mapping, "bridge")[0]["portMappings"][0]
    assert "hostPort" not in containers(mapping, Unknown(Cause.VARIABLE))[0]["portMappings"][0]
    assert containers(mapping, "host")[0]["portMappings"] == [{"containerPort": 1, "hostPort": 1, "protocol": "tcp"}]


def test_secrets_in_unknown_definitions_go_as_well() -> None:
    environment = Unknown(Cause.COMPUTED, partial=[{"name": "A", "value": "hush"}], parts=("hush",), open=True)
    definitions = Unknown(Cause.COMPUTED, partial=[{"name": "a", "environment": environment}], parts=("hush",))
    found = containers(definitions, "awsvpc")
    assert "hush" not in repr(found)
    assert found.partial[0]["environment"].partial[0]["name"] == "A"
    whole = Unknown(Cause.VARIABLE)
    assert containers(whole, "awsvpc") == whole


def test_text_that_is_no_json_is_invalid_and_not_shown() -> None:
    found = finished(KIND, source("aws_ecs_task_definition", container_definitions="[{hush"))["container_definitions"]
    assert found.cause is Cause.INVALID and "hush" not in repr(found)


def test_containers_with_unknown_names_keep_their_order() -> None:
    unknown = Unknown(Cause.VARIABLE)
    found = containers([{"name": "b"}, {"name": unknown}, {"name": "a"}, unknown], "awsvpc")
    assert [item["name"] for item in found[:3]] == ["b", unknown, "a"] and found[3] == unknown
