"""ECR, ECS on Fargate, and its autoscaling."""

from __future__ import annotations

import json
from typing import Any

from examples.glimpse.account.seed.access import Roles, secret_arn
from examples.glimpse.account.seed.clients import ACCOUNT_ID, REGION, Clients
from examples.glimpse.account.seed.edge import Front
from examples.glimpse.account.seed.names import APP_PORT, BUCKET, CLUSTER, PREFIX, SECRETS, SERVICE, TAGS, tags
from examples.glimpse.account.seed.network import Network

LOG_GROUP = f"/ecs/{PREFIX}"
SCALED = {
    "ServiceNamespace": "ecs",
    "ResourceId": f"service/{CLUSTER}/{SERVICE}",
    "ScalableDimension": "ecs:service:DesiredCount",
}


def ecs_tags() -> list[dict[str, str]]:
    """Return the estate's tags in ECS's spelling."""
    return [{"key": key, "value": value} for key, value in TAGS.items()]


def strategy(spot: int) -> list[dict[str, Any]]:
    """Return the capacity provider strategy with this weight on Spot, out of 100."""
    weights = {"FARGATE": 100 - spot, "FARGATE_SPOT": spot}
    return [{"capacityProvider": name, "weight": weight, "base": 0} for name, weight in weights.items()]


def registry(clients: Clients) -> None:
    """Create the image repository and the log group."""
    ecr = clients("ecr")
    ecr.create_repository(
        repositoryName=SERVICE,
        imageTagMutability="MUTABLE",
        imageScanningConfiguration={"scanOnPush": True},
        encryptionConfiguration={"encryptionType": "AES256"},
        tags=tags(),
    )
    rule = {
        "rulePriority": 1,
        "description": "keep the last ten images",
        "selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 10},
        "action": {"type": "expire"},
    }
    ecr.put_lifecycle_policy(repositoryName=SERVICE, lifecyclePolicyText=json.dumps({"rules": [rule]}))
    logs = clients("logs")
    for name in (LOG_GROUP, f"/apigateway/{PREFIX}"):
        logs.create_log_group(logGroupName=name, tags=TAGS)
        logs.put_retention_policy(logGroupName=name, retentionInDays=30)


def seed(clients: Clients, place: Network, roles: Roles, front: Front, files: str) -> None:
    """Create cluster, task definition, service and autoscaling."""
    ecs = clients("ecs")
    ecs.create_cluster(
        clusterName=CLUSTER,
        settings=[{"name": "containerInsights", "value": "disabled"}],
        capacityProviders=["FARGATE", "FARGATE_SPOT"],
        defaultCapacityProviderStrategy=strategy(90),
        tags=ecs_tags(),
    )
    ecs.register_task_definition(**task_definition(roles.execution, roles.task, files))
    ecs.create_service(
        cluster=CLUSTER,
        serviceName=SERVICE,
        taskDefinition=SERVICE,
        desiredCount=2,
        capacityProviderStrategy=strategy(90),
        platformVersion="LATEST",
        networkConfiguration={
            "awsvpcConfiguration": {
                "subnets": place.tier("private"),
                "securityGroups": [place.groups["ecs"]],
                "assignPublicIp": "DISABLED",
            }
        },
        loadBalancers=[{"targetGroupArn": front.target_group, "containerName": SERVICE, "containerPort": APP_PORT}],
        deploymentConfiguration={
            "deploymentCircuitBreaker": {"enable": True, "rollback": True},
            "maximumPercent": 200,
            "minimumHealthyPercent": 100,
        },
        healthCheckGracePeriodSeconds=60,
        availabilityZoneRebalancing="DISABLED",
        propagateTags="SERVICE",
        tags=ecs_tags(),
    )
    _scaling(clients("application-autoscaling"))


def task_definition(execution: str, task: str, files: str, **changes: Any) -> dict[str, Any]:
    """Return the documented task definition, with `changes` to its top level; `files` is CloudFront's host name."""
    container = {
        "name": SERVICE,
        "image": f"{ACCOUNT_ID}.dkr.ecr.{REGION}.amazonaws.com/{SERVICE}:latest",
        "essential": True,
        "portMappings": [{"containerPort": APP_PORT, "hostPort": APP_PORT, "protocol": "tcp"}],
        "environment": [
            {"name": "CLOUDFRONT_DOMAIN", "value": f"https://{files}"},
            {"name": "NODE_ENV", "value": "production"},
            {"name": "PORT", "value": str(APP_PORT)},
            {"name": "S3_BUCKET_NAME", "value": BUCKET},
        ],
        "secrets": [{"name": name, "valueFrom": secret_arn(secret)} for name, secret in SECRETS.items()],
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {
                "awslogs-group": LOG_GROUP,
                "awslogs-region": REGION,
                "awslogs-stream-prefix": SERVICE,
            },
        },
    }
    return {
        "family": SERVICE,
        "requiresCompatibilities": ["FARGATE"],
        "networkMode": "awsvpc",
        "cpu": "256",
        "memory": "512",
        "executionRoleArn": execution,
        "taskRoleArn": task,
        "runtimePlatform": {"operatingSystemFamily": "LINUX", "cpuArchitecture": "ARM64"},
        "containerDefinitions": [container],
        "tags": ecs_tags(),
        **changes,
    }


def _scaling(scaling: Any) -> None:
    scaling.register_scalable_target(**SCALED, MinCapacity=2, MaxCapacity=20, Tags=TAGS)
    scaling.put_scaling_policy(
        **SCALED,
        PolicyName=f"{PREFIX}-cpuutilization",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": 70.0,
            "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"},
            "ScaleInCooldown": 300,
            "ScaleOutCooldown": 60,
            "DisableScaleIn": False,
        },
    )
