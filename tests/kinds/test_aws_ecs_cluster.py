from __future__ import annotations

from typing import Any

from audits.kinds.aws_ecs_cluster import KIND
from audits.model import Cause, Unknown
from tests.kinds.support import FakeReader, agrees, converted, live, source

ARN = "arn:aws:ecs:ap-northeast-2:123456789012:cluster/glimpse-prod"
CLUSTER = {
    "clusterArn": ARN,
    "clusterName": "glimpse-prod",
    "status": "ACTIVE",
    "settings": [{"name": "containerInsights", "value": "enabled"}],
    "capacityProviders": ["FARGATE_SPOT", "FARGATE"],
    "defaultCapacityProviderStrategy": [
        {"capacityProvider": "FARGATE_SPOT", "weight": 90, "base": 0},
        {"capacityProvider": "FARGATE", "weight": 10},
    ],
    "configuration": {
        "executeCommandConfiguration": {"logging": "OVERRIDE", "logConfiguration": {"cloudWatchLogGroupName": "exec"}},
        "managedStorageConfiguration": {"kmsKeyId": "k"},
    },
    "serviceConnectDefaults": {"namespace": "arn:ns"},
    "tags": [{"key": "Name", "value": "x"}, {"key": "aws:y", "value": "z"}],
}


def answers(**described: Any) -> dict[tuple[str, str], Any]:
    return {
        ("ecs", "list_clusters"): [{"clusterArns": [ARN]}, {"clusterArns": [f"{ARN}-2"]}],
        ("ecs", "describe_clusters"): {"clusters": [CLUSTER], "failures": [], **described},
    }


def test_both_planes_agree_on_the_documented_cluster() -> None:
    providers = converted(
        KIND,
        source(
            "aws_ecs_cluster_capacity_providers",
            cluster_name="glimpse-prod",
            capacity_providers=["FARGATE", "FARGATE_SPOT"],
            default_capacity_provider_strategy=[
                {"capacity_provider": "FARGATE_SPOT", "weight": 90, "base": 0},
                {"capacity_provider": "FARGATE", "weight": 10},
            ],
        ),
    )
    setting = [{"name": "containerInsights", "value": "enabled"}]
    (found,) = live(KIND, answers())
    agrees({"name": "glimpse-prod", "setting": setting, "tags": {"Name": "x"}, **providers}, found.attributes)
    agrees([{"execute_command_configuration": [{"logging": "OVERRIDE"}]}], found.attributes["configuration"])


def test_base_and_weight_have_the_apis_default() -> None:
    (found,) = live(KIND, answers())
    base = found.attributes["default_capacity_provider_strategy"][1]["base"]
    assert base == KIND.defaults["default_capacity_provider_strategy[*].base"].value == 0


def test_a_hundred_clusters_a_call() -> None:
    arns = [f"{ARN}-{number}" for number in range(101)]
    reader = FakeReader(KIND, {**answers(), ("ecs", "list_clusters"): {"clusterArns": arns}})
    assert KIND.from_live is not None
    list(KIND.from_live(reader))
    described = [parameters["clusters"] for operation, parameters in reader.calls if operation == "describe_clusters"]
    assert [len(batch) for batch in described] == [100, 1]


def test_a_deleted_cluster_is_not_there() -> None:
    gone = [{**CLUSTER, "status": "INACTIVE"}]
    assert live(KIND, answers(clusters=gone, failures=[{"arn": ARN, "reason": "MISSING"}])) == []


def test_a_cluster_that_is_not_described_for_another_reason_is_unreadable() -> None:
    (found,) = live(KIND, answers(clusters=[], failures=[{"arn": ARN, "reason": "ODD", "detail": "d"}]))
    assert found.attributes["name"] == "glimpse-prod"
    assert found.attributes["capacity_providers"].cause is Cause.UNREADABLE


def test_an_unknown_list_stands_for_all_its_elements() -> None:
    unknown = Unknown(Cause.VARIABLE)
    part = source("aws_ecs_cluster_capacity_providers", capacity_providers=unknown)
    assert converted(KIND, part) == {"capacity_providers": unknown, "default_capacity_provider_strategy": []}
