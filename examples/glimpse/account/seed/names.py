"""Names and figures of the documented estate, the same as in the Terraform beside it."""

from __future__ import annotations

PREFIX = "glimpse-prod"
CLUSTER = PREFIX
SERVICE = "glimpse-api"
BUCKET = "glimpse-files-prod"
DOMAIN = "glimpse.contact"
API_HOST = f"api.{DOMAIN}"

VPC_CIDR = "10.0.0.0/16"
ZONES = ("ap-northeast-2a", "ap-northeast-2c")
ANYWHERE = "0.0.0.0/0"
APP_PORT = 3001

DATABASE = f"{PREFIX}-postgres"
REDIS = f"{PREFIX}-redis"
NAT = f"{PREFIX}-nat"
NAT_IMAGE = "ami-0000000000a12023"  # the one of amis.json
EXECUTION_ROLE = f"{PREFIX}-ecs-execution"
TASK_ROLE = f"{PREFIX}-ecs-task"
S3_POLICY = f"{PREFIX}-s3-access"
TOPIC = f"{PREFIX}-alarms"
SECRETS = {
    "JWT_SECRET": f"{PREFIX}-jwt-secret",
    "DB_PASSWORD": f"{PREFIX}-db-password",
    "REDIS_AUTH_TOKEN": f"{PREFIX}-redis-auth-token",
}

ROLE_ACTIONS = ["s3:PutObject", "s3:GetObject", "s3:DeleteObject"]
PLACEHOLDER = "placeholder-rotate-after-first-apply"
TAGS = {"Project": "glimpse", "Environment": "prod", "ManagedBy": "terraform"}


def tags(name: str | None = None, **more: str) -> list[dict[str, str]]:
    """Return the estate's tags the way most services want them."""
    every = ({"Name": name} if name else {}) | more | TAGS
    return [{"Key": key, "Value": value} for key, value in every.items()]


def group_name(tier: str) -> str:
    """Return the name of a tier's security group."""
    return f"{PREFIX}-{tier}"
