"""Ways the account can differ from the documented state: a registry of small functions over API calls.

A deviation is done to a seeded, conforming account as somebody would do it by hand: by the call that changes the thing.
Each can be applied alone; `PLANTED` is the demo's default set, at least one for each audited theme.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from examples.glimpse.account.seed.access import policy
from examples.glimpse.account.seed.clients import ACCOUNT_ID, REGION, Clients
from examples.glimpse.account.seed.compute import LOG_GROUP, SCALED, strategy, task_definition
from examples.glimpse.account.seed.files import OAC
from examples.glimpse.account.seed.names import (
    ANYWHERE,
    APP_PORT,
    BUCKET,
    CLUSTER,
    DATABASE,
    EXECUTION_ROLE,
    PREFIX,
    REDIS,
    S3_POLICY,
    SECRETS,
    SERVICE,
    TASK_ROLE,
    VPC_CIDR,
    group_name,
)
from examples.glimpse.account.seed.watch import alarm_name

Apply = Callable[[Clients], None]


@dataclass(frozen=True)
class Deviation:
    """One difference from the documented state; `needs_shim` if moto alone would not show it."""

    name: str
    theme: str
    what: str
    apply: Apply
    needs_shim: bool = False


DEVIATIONS: dict[str, Deviation] = {}


def _deviation(name: str, theme: str, what: str, *, needs_shim: bool = False) -> Callable[[Apply], Apply]:
    def register(apply: Apply) -> Apply:
        DEVIATIONS[name] = Deviation(name, theme, what, apply, needs_shim)
        return apply

    return register


# --- sizes


@_deviation("rds-class", "sizes", "the database runs on db.t4g.medium")
def _rds_class(clients: Clients) -> None:
    clients("rds").modify_db_instance(
        DBInstanceIdentifier=DATABASE, DBInstanceClass="db.t4g.medium", ApplyImmediately=True
    )


@_deviation("redis-node", "sizes", "the cache runs on cache.t4g.small")
def _redis_node(clients: Clients) -> None:
    clients("elasticache").modify_replication_group(
        ReplicationGroupId=REDIS, CacheNodeType="cache.t4g.small", ApplyImmediately=True
    )


@_deviation("ecs-task-doubled", "sizes", "tasks have 512 CPU units and 1024 MiB")
def _ecs_task(clients: Clients) -> None:
    ecs = clients("ecs")
    current = ecs.describe_task_definition(taskDefinition=SERVICE)["taskDefinition"]
    kept = {name: value for name, value in current.items() if name in task_definition("", "", "")}
    made = ecs.register_task_definition(**kept | {"cpu": "512", "memory": "1024"})
    arn = made["taskDefinition"]["taskDefinitionArn"]
    ecs.update_service(cluster=CLUSTER, service=SERVICE, taskDefinition=arn)


@_deviation("autoscaling-floor", "sizes", "autoscaling may go down to one task")
def _autoscaling_floor(clients: Clients) -> None:
    clients("application-autoscaling").register_scalable_target(**SCALED, MinCapacity=1, MaxCapacity=20)


@_deviation("spot-share", "sizes", "seven tasks in ten run on Spot, not nine", needs_shim=True)
def _spot_share(clients: Clients) -> None:
    clients("ecs").update_service(cluster=CLUSTER, service=SERVICE, capacityProviderStrategy=strategy(70))


# --- port chain


def _open(clients: Clients, tier: str, port: int, cidr: str) -> None:
    ec2 = clients("ec2")
    where = [{"Name": "group-name", "Values": [group_name(tier)]}]
    group = ec2.describe_security_groups(Filters=where)["SecurityGroups"][0]["GroupId"]
    source = [{"CidrIp": cidr, "Description": "opened by hand"}]
    permission = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": source}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission])


@_deviation("rds-open-to-vpc", "ports", "the whole VPC reaches the database on 5432")
def _rds_open(clients: Clients) -> None:
    _open(clients, "rds", 5432, VPC_CIDR)


@_deviation("ecs-open-to-internet", "ports", "the internet reaches the tasks' group on 3001, past the load balancer")
def _ecs_open(clients: Clients) -> None:
    _open(clients, "ecs", APP_PORT, ANYWHERE)


@_deviation("alb-plain-http", "ports", "a second listener forwards plain HTTP on 80, which is open to the internet")
def _alb_plain_http(clients: Clients) -> None:
    _open(clients, "alb", 80, ANYWHERE)
    elb = clients("elbv2")
    balancer = elb.describe_load_balancers(Names=[f"{PREFIX}-alb"])["LoadBalancers"][0]["LoadBalancerArn"]
    target = elb.describe_target_groups(Names=[f"{PREFIX}-api"])["TargetGroups"][0]["TargetGroupArn"]
    forward = [{"Type": "forward", "TargetGroupArn": target}]
    elb.create_listener(LoadBalancerArn=balancer, Port=80, Protocol="HTTP", DefaultActions=forward)


# --- IAM: the bucket and nothing else


@_deviation("task-role-extra-bucket", "iam", "an inline policy lets the task role list and read a second bucket")
def _extra_bucket(clients: Clients) -> None:
    bucket = "arn:aws:s3:::glimpse-backups-prod"
    statement = {"Effect": "Allow", "Action": ["s3:ListBucket", "s3:GetObject"], "Resource": [bucket, f"{bucket}/*"]}
    clients("iam").put_role_policy(
        RoleName=TASK_ROLE, PolicyName="temporary-backup-access", PolicyDocument=policy(statement)
    )


@_deviation("s3-policy-wildcard", "iam", "the managed policy's default version allows s3:* on the bucket's objects")
def _wildcard(clients: Clients) -> None:
    statement = {"Effect": "Allow", "Action": "s3:*", "Resource": f"arn:aws:s3:::{BUCKET}/*"}
    arn = f"arn:aws:iam::{ACCOUNT_ID}:policy/{S3_POLICY}"
    clients("iam").create_policy_version(PolicyArn=arn, PolicyDocument=policy(statement), SetAsDefault=True)


@_deviation("execution-role-trust", "iam", "EC2 may assume the execution role too")
def _trust(clients: Clients) -> None:
    services = ["ecs-tasks.amazonaws.com", "ec2.amazonaws.com"]
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": services}}
    clients("iam").update_assume_role_policy(RoleName=EXECUTION_ROLE, PolicyDocument=policy(statement))


# --- backups


def _backup_days(clients: Clients, days: int) -> None:
    clients("rds").modify_db_instance(DBInstanceIdentifier=DATABASE, BackupRetentionPeriod=days, ApplyImmediately=True)


@_deviation("rds-backup-shortened", "backups", "backups are kept for one day")
def _backup_one(clients: Clients) -> None:
    _backup_days(clients, 1)


@_deviation("rds-backup-off", "backups", "automated backups are off")
def _backup_off(clients: Clients) -> None:
    _backup_days(clients, 0)


# --- CloudFront and its origin


@_deviation("oac-unsigned", "cdn", "the origin access control never signs, so the bucket cannot tell the distribution")
def _oac_unsigned(clients: Clients) -> None:
    cloudfront = clients("cloudfront")
    controls = cloudfront.list_origin_access_controls()["OriginAccessControlList"]["Items"]
    control = next(item["Id"] for item in controls if item["Name"] == OAC["Name"])
    cloudfront.update_origin_access_control(
        Id=control,
        IfMatch=cloudfront.get_origin_access_control(Id=control)["ETag"],
        OriginAccessControlConfig=OAC | {"SigningBehavior": "never"},
    )


@_deviation("files-bucket-public", "cdn", "a second statement of the bucket policy lets anybody read the objects")
def _bucket_public(clients: Clients) -> None:
    s3 = clients("s3")
    kept = json.loads(s3.get_bucket_policy(Bucket=BUCKET)["Policy"])["Statement"]
    anybody = {
        "Sid": "Anybody",
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{BUCKET}/*",
    }
    s3.put_bucket_policy(Bucket=BUCKET, Policy=policy(*kept, anybody))


@_deviation("cdn-geo-open", "cdn", "the distribution serves every country")
def _geo_open(clients: Clients) -> None:
    def everywhere(config: dict[str, Any]) -> None:
        config["Restrictions"] = {"GeoRestriction": {"RestrictionType": "none", "Quantity": 0}}

    _update_distribution(clients("cloudfront"), everywhere)


@_deviation("cdn-origin-without-oac", "cdn", "the origin has no origin access control", needs_shim=True)
def _without_oac(clients: Clients) -> None:
    def detach(config: dict[str, Any]) -> None:
        config["Origins"]["Items"][0]["OriginAccessControlId"] = ""

    _update_distribution(clients("cloudfront"), detach)


def _update_distribution(cloudfront: Any, change: Callable[[dict[str, Any]], None]) -> None:
    found = cloudfront.list_distributions()["DistributionList"]["Items"][0]["Id"]
    answer = cloudfront.get_distribution_config(Id=found)
    config = answer["DistributionConfig"]
    change(config)
    cloudfront.update_distribution(Id=found, IfMatch=answer["ETag"], DistributionConfig=config)


# --- the rest


@_deviation("alarm-missing", "alarms", "nobody is told when the database runs out of connections: the alarm is gone")
def _alarm_missing(clients: Clients) -> None:
    clients("cloudwatch").delete_alarms(AlarmNames=[alarm_name("rds-connections-high")])


@_deviation("secret-missing", "secrets", "the secret of the JSON web tokens is gone")
def _secret_missing(clients: Clients) -> None:
    clients("secretsmanager").delete_secret(SecretId=SECRETS["JWT_SECRET"], ForceDeleteWithoutRecovery=True)


# --- where no control speaks


@_deviation("database-tagged", "beside", "somebody put a tag on the database by hand")
def _database_tagged(clients: Clients) -> None:
    arn = f"arn:aws:rds:{REGION}:{ACCOUNT_ID}:db:{DATABASE}"
    clients("rds").add_tags_to_resource(ResourceName=arn, Tags=[{"Key": "Owner", "Value": "on-call"}])


@_deviation("log-retention-shortened", "beside", "the tasks' logs are kept for a week")
def _log_retention(clients: Clients) -> None:
    clients("logs").put_retention_policy(logGroupName=LOG_GROUP, retentionInDays=7)


@_deviation("log-group-by-hand", "beside", "a log group of the system that no Terraform knows")
def _log_group(clients: Clients) -> None:
    clients("logs").create_log_group(logGroupName=f"/{PREFIX}/migration", tags={"Project": "glimpse"})


PLANTED: tuple[str, ...] = (
    "rds-class",
    "redis-node",
    "rds-open-to-vpc",
    "task-role-extra-bucket",
    "rds-backup-shortened",
    "oac-unsigned",
    "files-bucket-public",
    "database-tagged",
    "log-retention-shortened",
    "log-group-by-hand",
)
