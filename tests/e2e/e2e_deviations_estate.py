"""More of the estate that may be changed by hand: alarms, tasks, trust, dashboards, secrets, the NAT's group."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator
from typing import Any

from e2e_account import Account, arn
from e2e_alarms import absent, bent, changed
from e2e_deviations import Change, Wrong, deviation, register, revised

from examples.glimpse.account.seed.names import CLUSTER, EXECUTION_ROLE, NAT, PREFIX, SECRETS, SERVICE

_TRUSTED = "Service ecs-tasks.amazonaws.com sts:AssumeRole"
_NO_OTHER = "nothing else in assume_role_policy"
_LOGS = "container_definitions[*].logConfiguration"


for _name, _bend in {
    "nat_alarm_that_never_goes_off": bent("nat-down", "threshold", Threshold=1.0),
    "nat_alarm_that_nobody_hears": bent("nat-down", "notifies", AlarmActions=[]),
    "nat_alarm_on_the_number_of_samples": bent("nat-down", "statistic", Statistic="SampleCount"),
    "nat_alarm_in_percent": bent("nat-down", "unit", Unit="Percent"),
    "memory_alarm_in_megabytes_by_hand": bent("rds-memory-low", "threshold", Threshold=200.0),
    "connections_alarm_at_fifty": bent("rds-connections-high", "threshold", Threshold=50.0),
    "errors_alarm_over_ten_minutes": bent("alb-5xx", "window", EvaluationPeriods=2),
}.items():
    register(_name, _bend)


@deviation
def nat_alarm_on_traffic(account: Account) -> Iterator[Collection[Wrong]]:
    with changed(account, "nat-down", MetricName="NetworkIn", Threshold=0.0):
        scaling = account.aws("autoscaling")
        (group,) = scaling.describe_auto_scaling_groups(AutoScalingGroupNames=[NAT])["AutoScalingGroups"]
        yield absent("nat-down", group["AutoScalingGroupARN"])


def _containers(account: Account, change: Callable[[dict[str, Any]], None]) -> list[dict[str, Any]]:
    ecs = account.aws("ecs")
    used = ecs.describe_services(cluster=CLUSTER, services=[SERVICE])["services"][0]["taskDefinition"]
    found: list[dict[str, Any]] = json.loads(
        json.dumps(ecs.describe_task_definition(taskDefinition=used)["taskDefinition"]["containerDefinitions"])
    )
    for one in found:
        change(one["logConfiguration"])
    return found


def _driver(logging: dict[str, Any]) -> None:
    logging["logDriver"] = "awsfirelens"


def _elsewhere(logging: dict[str, Any]) -> None:
    logging["options"]["awslogs-group"] = "/ecs/other"


TASKS: dict[str, tuple[str, str, Callable[[Account], dict[str, Any]]]] = {
    "tasks_on_intel": (
        "ecs-arm",
        "runtime_platform[*].cpu_architecture",
        lambda _: {"runtimePlatform": {"cpuArchitecture": "X86_64", "operatingSystemFamily": "LINUX"}},
    ),
    "tasks_made_for_instances": (
        "ecs-fargate",
        "requires_compatibilities",
        lambda _: {"requiresCompatibilities": ["EC2"]},
    ),
    "tasks_that_log_by_another_driver": (
        "ecs-task-logs",
        f"{_LOGS}.logDriver",
        lambda account: {"containerDefinitions": _containers(account, _driver)},
    ),
    "tasks_that_log_elsewhere": (
        "ecs-task-logs",
        f"{_LOGS}.options.awslogs-group",
        lambda account: {"containerDefinitions": _containers(account, _elsewhere)},
    ),
}


def _running(control: str, path: str, changes: Callable[[Account], dict[str, Any]]) -> Change:
    def bend(account: Account) -> Iterator[Collection[Wrong]]:
        ecs = account.aws("ecs")
        before = ecs.describe_services(cluster=CLUSTER, services=[SERVICE])["services"][0]["taskDefinition"]
        revision = revised(account, **changes(account))
        ecs.update_service(cluster=CLUSTER, service=SERVICE, taskDefinition=revision)
        yield [Wrong(control, path, revision)]
        ecs.update_service(cluster=CLUSTER, service=SERVICE, taskDefinition=before)

    return bend


for _name, _task in TASKS.items():
    register(_name, _running(*_task))


@deviation
def tasks_in_one_zone(account: Account) -> Iterator[Collection[Wrong]]:
    ecs = account.aws("ecs")
    before = ecs.describe_services(cluster=CLUSTER, services=[SERVICE])["services"][0]["networkConfiguration"]
    network = before["awsvpcConfiguration"]
    one = {"awsvpcConfiguration": {**network, "subnets": network["subnets"][:1]}}
    ecs.update_service(cluster=CLUSTER, service=SERVICE, networkConfiguration=one)
    yield [Wrong("tasks-in-both-zones", "network_configuration[*].subnets", account.service)]
    ecs.update_service(cluster=CLUSTER, service=SERVICE, networkConfiguration=before)


STATEMENTS: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "trust_in_another_service_instead": ({"Principal": {"Service": "ec2.amazonaws.com"}}, (_TRUSTED, _NO_OTHER)),
    "trust_in_everybody": ({"Principal": {"AWS": "*"}}, (_TRUSTED, _NO_OTHER)),
    "trust_in_an_account": ({"Principal": {"AWS": "arn:aws:iam::999999999999:root"}}, (_TRUSTED, _NO_OTHER)),
    "trust_by_web_identity_too": ({"Action": ["sts:AssumeRole", "sts:AssumeRoleWithWebIdentity"]}, (_NO_OTHER,)),
    "trust_with_tags_of_the_session": ({"Action": ["sts:AssumeRole", "sts:TagSession"]}, (_NO_OTHER,)),
    "trust_denied": ({"Effect": "Deny"}, (_TRUSTED,)),
    "trust_under_a_condition": ({"Condition": {"StringEquals": {"aws:SourceVpc": "vpc-0"}}}, (_TRUSTED,)),
}


def _trusting(changes: dict[str, Any], paths: Collection[str]) -> Change:
    def bend(account: Account) -> Iterator[Collection[Wrong]]:
        iam = account.aws("iam")
        before = iam.get_role(RoleName=EXECUTION_ROLE)["Role"]["AssumeRolePolicyDocument"]
        bent = {**before, "Statement": [{**one, **changes} for one in before["Statement"]]}
        iam.update_assume_role_policy(RoleName=EXECUTION_ROLE, PolicyDocument=json.dumps(bent))
        role = arn("iam", f"role/{EXECUTION_ROLE}", region="")
        yield [Wrong("execution-role-trust", path, role) for path in paths]
        iam.update_assume_role_policy(RoleName=EXECUTION_ROLE, PolicyDocument=json.dumps(before))

    return bend


for _name, (_statement, _paths) in STATEMENTS.items():
    register(_name, _trusting(_statement, _paths))


def _undashed(metric: str, control: str) -> Change:
    def bend(account: Account) -> Iterator[Collection[Wrong]]:
        cloudwatch = account.aws("cloudwatch")
        before = cloudwatch.get_dashboard(DashboardName=PREFIX)["DashboardBody"]
        assert metric in before
        cloudwatch.put_dashboard(DashboardName=PREFIX, DashboardBody=before.replace(metric, f"{metric}Old"))
        yield [Wrong(control, "count", None, state="absent")]
        cloudwatch.put_dashboard(DashboardName=PREFIX, DashboardBody=before)

    return bend


for _part, _metric in (
    ("ecs", "MemoryUtilization"),
    ("rds", "FreeableMemory"),
    ("alb", "TargetResponseTime"),
    ("nat", "NetworkOut"),
):
    register(f"dashboard_without_{_metric}", _undashed(_metric, f"dashboard-{_part}"))


def _forgotten(key: str, control: str) -> Change:
    def bend(account: Account) -> Iterator[Collection[Wrong]]:
        manager, name = account.aws("secretsmanager"), SECRETS[key]
        manager.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)
        yield [Wrong(control, "count", None, state="absent")]
        manager.create_secret(Name=name, SecretString="placeholder")

    return bend


register("secret_of_the_database_deleted", _forgotten("DB_PASSWORD", "secret-db-password"))
register("secret_of_the_cache_deleted", _forgotten("REDIS_AUTH_TOKEN", "secret-redis-auth-token"))


@deviation
def second_balancer_within_the_network(account: Account) -> Iterator[Collection[Wrong]]:
    balancing, ec2 = account.aws("elbv2"), account.aws("ec2")
    where = [{"Name": "vpc-id", "Values": [account.vpc]}, {"Name": "map-public-ip-on-launch", "Values": ["false"]}]
    subnets = [one["SubnetId"] for one in ec2.describe_subnets(Filters=where)["Subnets"]][:2]
    made = balancing.create_load_balancer(
        Name="inside", Subnets=subnets, SecurityGroups=[account.group("nat")], Scheme="internal"
    )
    balancer = made["LoadBalancers"][0]["LoadBalancerArn"]
    unwatched = ("metric", "notifies", "statistic", "threshold", "unit", "window")
    yield [
        Wrong("alb-public", "count", None, 2),
        Wrong("alb-public", "internal", balancer, True),
        Wrong("cost-alb", "estimate", None),
        *(Wrong("alarm-alb-5xx", path, balancer, state="absent") for path in unwatched),
    ]
    balancing.delete_load_balancer(LoadBalancerArn=balancer)


@deviation
def nat_group_that_launches_thirty_gigabytes(account: Account) -> Iterator[Collection[Wrong]]:
    ec2, scaling, template = account.aws("ec2"), account.aws("autoscaling"), account.nat_template
    name = {"LaunchTemplateId": template["LaunchTemplateId"]}
    (group,) = scaling.describe_auto_scaling_groups(AutoScalingGroupNames=[NAT])["AutoScalingGroups"]
    (latest,) = ec2.describe_launch_template_versions(**name, Versions=["$Latest"])["LaunchTemplateVersions"]
    before = latest["LaunchTemplateData"]
    bent = json.loads(json.dumps(before))
    bent["BlockDeviceMappings"][0]["Ebs"]["VolumeSize"] = 30
    made = ec2.create_launch_template_version(**name, LaunchTemplateData=bent)["LaunchTemplateVersion"]
    version = {**name, "Version": str(made["VersionNumber"])}
    scaling.update_auto_scaling_group(AutoScalingGroupName=NAT, LaunchTemplate=version)
    resource = arn("ec2", f"launch-template/{template['LaunchTemplateId']}")
    yield [
        Wrong("nat-instance", "block_device_mappings[*].ebs[*].volume_size", resource, 30),
        Wrong("nat-kept", "volume_size", group["AutoScalingGroupARN"]),
        Wrong("nat-kept", "instances", arn("ec2", f"instance/{account.nat_instance['InstanceId']}")),
    ]
    kept = {key: group["LaunchTemplate"][key] for key in ("LaunchTemplateId", "Version")}
    scaling.update_auto_scaling_group(AutoScalingGroupName=NAT, LaunchTemplate=kept)
    ec2.create_launch_template_version(**name, LaunchTemplateData=before)
