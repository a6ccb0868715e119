"""IAM roles and policies, and the secrets that are made by hand."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from examples.glimpse.account.seed.clients import ACCOUNT_ID, REGION, Clients
from examples.glimpse.account.seed.names import (
    BUCKET,
    EXECUTION_ROLE,
    NAT,
    PLACEHOLDER,
    ROLE_ACTIONS,
    S3_POLICY,
    SECRETS,
    TASK_ROLE,
    tags,
)

_EXECUTION_POLICY = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"


@dataclass(frozen=True)
class Roles:
    """What the other systems run as."""

    execution: str
    task: str
    nat_profile: str


def policy(*statements: dict[str, Any]) -> str:
    """Return a policy document of these statements."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def secret_arn(name: str) -> str:
    """Return the ARN of a secret without the six characters AWS adds to it."""
    return f"arn:aws:secretsmanager:{REGION}:{ACCOUNT_ID}:secret:{name}"


def seed(clients: Clients) -> Roles:
    """Create the three roles with what they may do."""
    iam = clients("iam")
    execution = _role(
        iam, EXECUTION_ROLE, "ecs-tasks", "ECS agent: pulls the image, writes the logs, reads the secrets"
    )
    iam.attach_role_policy(RoleName=EXECUTION_ROLE, PolicyArn=_EXECUTION_POLICY)
    read = {
        "Sid": "ReadOwnSecrets",
        "Effect": "Allow",
        "Action": "secretsmanager:GetSecretValue",
        "Resource": [f"{secret_arn(name)}-*" for name in SECRETS.values()],
    }
    iam.put_role_policy(RoleName=EXECUTION_ROLE, PolicyName="read-secrets", PolicyDocument=policy(read))
    task = _role(iam, TASK_ROLE, "ecs-tasks", "Application: objects of one bucket")
    objects = {"Sid": "Objects", "Effect": "Allow", "Action": ROLE_ACTIONS, "Resource": f"arn:aws:s3:::{BUCKET}/*"}
    made = iam.create_policy(
        PolicyName=S3_POLICY,
        Description="Objects of the files bucket, nothing else",
        PolicyDocument=policy(objects),
        Tags=tags(),
    )
    iam.attach_role_policy(RoleName=TASK_ROLE, PolicyArn=made["Policy"]["Arn"])
    _nat(iam)
    return Roles(execution, task, NAT)


def _role(iam: Any, name: str, service: str, description: str) -> str:
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": f"{service}.amazonaws.com"}}
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy(trust), Description=description, Tags=tags())
    arn: str = made["Role"]["Arn"]
    return arn


def _nat(iam: Any) -> None:
    _role(iam, NAT, "ec2", "NAT instance: may attach its own network interface")
    attach = {
        "Sid": "AttachOwnInterface",
        "Effect": "Allow",
        "Action": ["ec2:ModifyNetworkInterfaceAttribute", "ec2:AttachNetworkInterface"],
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:ResourceTag/Name": NAT}},
    }
    iam.put_role_policy(RoleName=NAT, PolicyName="attach-interface", PolicyDocument=policy(attach))
    iam.create_instance_profile(InstanceProfileName=NAT, Tags=tags())
    iam.add_role_to_instance_profile(InstanceProfileName=NAT, RoleName=NAT)


def secrets(clients: Clients) -> None:
    """Create the secrets the way the owner does: by name, by hand, without Terraform's tags."""
    manager = clients("secretsmanager")
    for name in SECRETS.values():
        manager.create_secret(Name=name, SecretString=PLACEHOLDER)
