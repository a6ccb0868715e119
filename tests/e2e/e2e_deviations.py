"""Deviations: each bends an account by the call somebody would make, says what an audit must show, and undoes it.

A deviation yields *every* verdict that it may turn. Named by what it does; its parameters are in it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any, TypeVar

from e2e_account import Account, arn

from examples.glimpse.account.seed.access import policy
from examples.glimpse.account.seed.files import distribution_read
from examples.glimpse.account.seed.names import (
    ANYWHERE,
    BUCKET,
    CLUSTER,
    DATABASE,
    EXECUTION_ROLE,
    PREFIX,
    REDIS,
    ROLE_ACTIONS,
    SECRETS,
    SERVICE,
    TASK_ROLE,
)
from examples.glimpse.account.server import ACCOUNT_ID, REGION


@dataclass(frozen=True)
class Wrong:
    """A verdict that a deviation must turn: exactly here, on this resource, and with this to show for it."""

    control: str
    path: str
    resource: str | None
    shows: Any = None
    """What was found instead, in full; None if the state alone says it."""
    says: str = ""
    """What the cause must name."""
    state: str = "fail"


Yielded = TypeVar("Yielded")


class Undone(AbstractContextManager[Yielded]):
    """Goes on after the yield whatever happened in between, so that a change is always undone."""

    def __init__(self, change: Iterator[Yielded]) -> None:
        self._change = change

    def __enter__(self) -> Yielded:
        return next(self._change)

    def __exit__(self, *_: object) -> None:
        next(self._change, None)


Change = Callable[[Account], Iterator[Collection[Wrong]]]
Bend = Callable[[Account], AbstractContextManager[Collection[Wrong]]]
DEVIATIONS: dict[str, Bend] = {}
ELSE_S3 = "nothing else in s3"
ELSE_POLICY = "nothing else in policy"


def register(name: str, bend: Change) -> Bend:
    """Make a deviation of what bends an account, yields and undoes it."""
    DEVIATIONS[name] = lambda account: Undone(bend(account))
    return DEVIATIONS[name]


def deviation(bend: Change) -> Bend:
    """Register a deviation under its name."""
    return register(bend.__name__, bend)


# --- sizes, backups


@contextmanager
def _database(account: Account, **changes: Any) -> Iterator[None]:
    rds = account.aws("rds")
    before = rds.describe_db_instances(DBInstanceIdentifier=DATABASE)["DBInstances"][0]
    where = {"DBInstanceIdentifier": DATABASE, "ApplyImmediately": True}
    rds.modify_db_instance(**where, **changes)
    yield
    rds.modify_db_instance(**where, **{name: before[name] for name in changes})


@deviation
def database_of_another_class(account: Account) -> Iterator[Collection[Wrong]]:
    with _database(account, DBInstanceClass="db.t4g.small"):
        yield [
            Wrong("rds-instance", "instance_class", account.database, "db.t4g.small"),
            Wrong("cost-rds", "estimate", account.database, says="db.t4g.small"),
        ]


@deviation
def database_with_more_storage(account: Account) -> Iterator[Collection[Wrong]]:
    with _database(account, AllocatedStorage=50):
        yield [
            Wrong("rds-storage", "allocated_storage", account.database, 50),
            Wrong("cost-rds", "estimate", account.database, says="storage gp3 6.55 USD"),
        ]


@deviation
def backups_for_one_day(account: Account) -> Iterator[Collection[Wrong]]:
    with _database(account, BackupRetentionPeriod=1):
        yield [Wrong("rds-backup-retention", "backup_retention_period", account.database, 1)]


@deviation
def backups_for_six_days(account: Account) -> Iterator[Collection[Wrong]]:
    with _database(account, BackupRetentionPeriod=6):
        yield [Wrong("rds-backup-retention", "backup_retention_period", account.database, 6)]


@deviation
def backups_off(account: Account) -> Iterator[Collection[Wrong]]:
    with _database(account, BackupRetentionPeriod=0):
        yield [Wrong("rds-backup-retention", "backup_retention_period", account.database, 0)]


_KEPT_OF_A_DATABASE = [
    "Engine",
    "EngineVersion",
    "DBInstanceClass",
    "AllocatedStorage",
    "StorageType",
    "StorageEncrypted",
    "DBName",
    "MasterUsername",
    "MultiAZ",
    "PubliclyAccessible",
    "BackupRetentionPeriod",
    "PreferredBackupWindow",
    "PreferredMaintenanceWindow",
    "CopyTagsToSnapshot",
    "AutoMinorVersionUpgrade",
]


def _database_alarms(**said: Any) -> list[Wrong]:
    """Both alarms of a database, with all that they should say."""
    paths = ("metric", "statistic", "threshold", "unit", "notifies")
    return [Wrong(f"alarm-rds-{one}", path, **said) for one in ("memory", "connections") for path in paths]


@deviation
def database_deleted(account: Account) -> Iterator[Collection[Wrong]]:
    rds = account.aws("rds")
    before = rds.describe_db_instances(DBInstanceIdentifier=DATABASE)["DBInstances"][0]
    rds.modify_db_instance(DBInstanceIdentifier=DATABASE, DeletionProtection=False, ApplyImmediately=True)
    rds.delete_db_instance(DBInstanceIdentifier=DATABASE, SkipFinalSnapshot=True)
    gone = {"resource": None, "state": "absent"}
    yield [
        *_database_alarms(**gone),
        Wrong("rds-instance", "count", **gone),
        Wrong("rds-storage", "count", **gone),
        Wrong("rds-backup-retention", "count", **gone),
        Wrong("port-chain", "ecs → rds: 5432/tcp", **gone),
        Wrong("port-chain", "into rds: nothing else", **gone),
        Wrong("dashboard-rds", "count", **gone),
        Wrong("cost-rds", "estimate", shows=0, **gone),
    ]
    rds.create_db_instance(
        DBInstanceIdentifier=DATABASE,
        MasterUserPassword="placeholder",
        DBSubnetGroupName=before["DBSubnetGroup"]["DBSubnetGroupName"],
        VpcSecurityGroupIds=[one["VpcSecurityGroupId"] for one in before["VpcSecurityGroups"]],
        DBParameterGroupName=before["DBParameterGroups"][0]["DBParameterGroupName"],
        **{name: before[name] for name in _KEPT_OF_A_DATABASE},
    )


@deviation
def second_database(account: Account) -> Iterator[Collection[Wrong]]:
    rds = account.aws("rds")
    before = rds.describe_db_instances(DBInstanceIdentifier=DATABASE)["DBInstances"][0]
    rds.create_db_instance(
        DBInstanceIdentifier="glimpse-prod-copy",
        MasterUserPassword="placeholder",
        VpcSecurityGroupIds=[one["VpcSecurityGroupId"] for one in before["VpcSecurityGroups"]],
        **{name: before[name] for name in _KEPT_OF_A_DATABASE},
    )
    unwatched = {"resource": arn("rds", "db:glimpse-prod-copy"), "state": "absent"}
    yield [
        Wrong("rds-instance", "count", None, 2),
        Wrong("cost-rds", "estimate", None, says="db.t4g.micro"),
        *_database_alarms(**unwatched),
    ]
    rds.delete_db_instance(DBInstanceIdentifier="glimpse-prod-copy", SkipFinalSnapshot=True)


@deviation
def cache_node_of_another_type(account: Account) -> Iterator[Collection[Wrong]]:
    elasticache = account.aws("elasticache")
    group = {"ReplicationGroupId": REDIS, "ApplyImmediately": True}
    elasticache.modify_replication_group(**group, CacheNodeType="cache.t4g.medium")
    yield [
        Wrong("redis-node", "node_type", account.cache, "cache.t4g.medium"),
        Wrong("cost-redis", "estimate", account.cache, says="cache.t4g.medium"),
    ]
    elasticache.modify_replication_group(**group, CacheNodeType="cache.t4g.micro")


@contextmanager
def _service(account: Account, **changes: Any) -> Iterator[None]:
    ecs = account.aws("ecs")
    where = {"cluster": CLUSTER, "service": SERVICE}
    before = ecs.describe_services(cluster=CLUSTER, services=[SERVICE])["services"][0]
    ecs.update_service(**where, **changes)
    yield
    ecs.update_service(**where, **{name: before[name] for name in changes})


@deviation
def three_tasks(account: Account) -> Iterator[Collection[Wrong]]:
    with _service(account, desiredCount=3):
        yield [Wrong("ecs-service-count", "desired_count", account.service, 3)]


def revised(account: Account, **changes: Any) -> str:
    ecs = account.aws("ecs")
    used = ecs.describe_services(cluster=CLUSTER, services=[SERVICE])["services"][0]["taskDefinition"]
    current = ecs.describe_task_definition(taskDefinition=used)["taskDefinition"]
    given = ecs.meta.service_model.operation_model("RegisterTaskDefinition").input_shape.members
    kept = {name: value for name, value in current.items() if name in given}
    return str(ecs.register_task_definition(**kept | changes)["taskDefinition"]["taskDefinitionArn"])


@deviation
def tasks_with_more_memory(account: Account) -> Iterator[Collection[Wrong]]:
    revision = revised(account, memory="1024")
    with _service(account, taskDefinition=revision):
        yield [Wrong("ecs-task-size", "memory", revision, "1024")]


@deviation
def tasks_with_more_cpu(account: Account) -> Iterator[Collection[Wrong]]:
    revision = revised(account, cpu="512", memory="1024")
    with _service(account, taskDefinition=revision):
        yield [
            Wrong("ecs-task-size", "cpu", revision, "512"),
            Wrong("ecs-task-size", "memory", revision, "1024"),
        ]


def _weights(spot: int, other: int, base: int = 0) -> list[dict[str, Any]]:
    return [
        {"capacityProvider": "FARGATE", "weight": other, "base": base},
        {"capacityProvider": "FARGATE_SPOT", "weight": spot, "base": 0},
    ]


@deviation
def spot_for_seven_tasks_in_ten(account: Account) -> Iterator[Collection[Wrong]]:
    with _service(account, capacityProviderStrategy=_weights(70, 30)):
        yield [Wrong("ecs-spot-share", "spot share", account.service, "70 %", "at 2 tasks 0, 50 or 100 %")]


@deviation
def spot_for_all_but_the_first_task(account: Account) -> Iterator[Collection[Wrong]]:
    with _service(account, capacityProviderStrategy=_weights(90, 10, base=1)):
        yield [Wrong("ecs-spot-share", "on-demand base", account.service, "1 of 2 tasks")]


@deviation
def spot_not_at_all(account: Account) -> Iterator[Collection[Wrong]]:
    on_demand = [{"capacityProvider": "FARGATE", "weight": 1, "base": 0}]
    with _service(account, capacityProviderStrategy=on_demand):
        yield [Wrong("ecs-spot-share", "spot share", account.service, "0 %", "at 2 tasks 0 %")]


@deviation
def spot_without_weights(account: Account) -> Iterator[Collection[Wrong]]:
    with _service(account, capacityProviderStrategy=_weights(0, 0)):
        yield [
            Wrong("ecs-spot-share", "spot share", account.service, "no provider that gets a task"),
            Wrong("ecs-spot-share", "capacity_provider_strategy", account.service, says="every weight is 0"),
        ]


@deviation
def scaling_to_fifty_tasks(account: Account) -> Iterator[Collection[Wrong]]:
    scaling, before = account.aws("application-autoscaling"), account.scalable_target
    target = {name: before[name] for name in ("ServiceNamespace", "ResourceId", "ScalableDimension")}
    scaling.register_scalable_target(**target, MaxCapacity=50)
    yield [Wrong("ecs-autoscaling-bounds", "max_capacity", before["ScalableTargetARN"], 50)]
    scaling.register_scalable_target(**target, MaxCapacity=before["MaxCapacity"])


@deviation
def scaling_gone(account: Account) -> Iterator[Collection[Wrong]]:
    scaling, before = account.aws("application-autoscaling"), account.scalable_target
    target = {name: before[name] for name in ("ServiceNamespace", "ResourceId", "ScalableDimension")}
    scaling.deregister_scalable_target(**target)
    yield [
        Wrong("ecs-autoscaling-bounds", "count", None, state="absent"),
        # Without scaling exactly two tasks run, and on ARM these cost less than is documented.
        Wrong("cost-ecs", "estimate", account.service, says="2 tasks"),
    ]
    scaling.register_scalable_target(**target, MinCapacity=before["MinCapacity"], MaxCapacity=before["MaxCapacity"])


# --- TLS

TLS = "alb-tls-termination"
REDIRECT = {"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}}


def forward(account: Account) -> dict[str, Any]:
    """The action by which the load balancer's own listener forwards."""
    return {"Type": "forward", "TargetGroupArn": account.listener["DefaultActions"][0]["TargetGroupArn"]}


@contextmanager
def listening(account: Account, port: int, action: dict[str, Any], **more: Any) -> Iterator[str]:
    """A further listener in plain text."""
    elb, where = account.aws("elbv2"), {"LoadBalancerArn": account.balancer}
    made = elb.create_listener(**where, Port=port, DefaultActions=[action], **{"Protocol": "HTTP", **more})
    yield made["Listeners"][0]["ListenerArn"]
    elb.delete_listener(ListenerArn=made["Listeners"][0]["ListenerArn"])


@contextmanager
def ruled(account: Account, listener: str, *actions: dict[str, Any]) -> Iterator[None]:
    """A rule of a listener."""
    elb = account.aws("elbv2")
    paths = [{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/old/*"]}}]
    made = elb.create_rule(ListenerArn=listener, Priority=5, Conditions=paths, Actions=actions)["Rules"][0]
    yield
    elb.delete_rule(RuleArn=made["RuleArn"])


@contextmanager
def _listener(account: Account, **changes: Any) -> Iterator[None]:
    elb, before = account.aws("elbv2"), account.listener
    arn_ = before["ListenerArn"]
    elb.modify_listener(ListenerArn=arn_, **changes)
    yield
    kept = ("Port", "Protocol", "SslPolicy", "Certificates", "DefaultActions")
    elb.modify_listener(ListenerArn=arn_, **{name: before[name] for name in kept})


@deviation
def plain_text_forwarded_by_a_second_listener(account: Account) -> Iterator[Collection[Wrong]]:
    balancer = account.balancer
    with listening(account, 80, forward(account)):
        yield [Wrong(TLS, "plain text", balancer, ["80/HTTP by default"])]


@deviation
def plain_text_forwarded_by_weights(account: Account) -> Iterator[Collection[Wrong]]:
    balancer, group = account.balancer, forward(account)["TargetGroupArn"]
    weighted = {"Type": "forward", "ForwardConfig": {"TargetGroups": [{"TargetGroupArn": group, "Weight": 1}]}}
    with listening(account, 8080, weighted):
        yield [Wrong(TLS, "plain text", balancer, ["8080/HTTP by default"])]


@deviation
def plain_text_forwarded_by_a_rule(account: Account) -> Iterator[Collection[Wrong]]:
    balancer, action = account.balancer, forward(account)
    with listening(account, 80, REDIRECT) as listener, ruled(account, listener, action):
        yield [Wrong(TLS, "plain text", balancer, ["80/HTTP by rule 5"])]


@deviation
def tls_on_another_port(account: Account) -> Iterator[Collection[Wrong]]:
    with _listener(account, Port=8443):
        yield [
            Wrong(TLS, "HTTPS on 443", account.balancer, "nothing listens there"),
            Wrong(TLS, "certificate", account.balancer, "no listener"),
        ]


@deviation
def plain_text_where_tls_should_end(account: Account) -> Iterator[Collection[Wrong]]:
    with _listener(account, Protocol="HTTP"):
        yield [
            Wrong(TLS, "HTTPS on 443", account.balancer, "443/HTTP"),
            Wrong(TLS, "certificate", account.balancer, "no listener"),
            Wrong(TLS, "plain text", account.balancer, ["443/HTTP by default"]),
        ]


# --- outbound


@contextmanager
def _nat_template(account: Account, change: Callable[[dict[str, Any]], None]) -> Iterator[str]:
    """A new version of the launch template; moto cannot delete versions, so the undo is another new one."""
    ec2, template = account.aws("ec2"), account.nat_template
    name = {"LaunchTemplateId": template["LaunchTemplateId"]}
    (latest,) = ec2.describe_launch_template_versions(**name, Versions=["$Latest"])["LaunchTemplateVersions"]
    before = json.dumps(latest["LaunchTemplateData"])
    bent = json.loads(before)
    change(bent)
    ec2.create_launch_template_version(**name, LaunchTemplateData=bent)
    yield arn("ec2", f"launch-template/{template['LaunchTemplateId']}")
    ec2.create_launch_template_version(**name, LaunchTemplateData=json.loads(before))


@deviation
def nat_template_of_another_type(account: Account) -> Iterator[Collection[Wrong]]:
    def change(data: dict[str, Any]) -> None:
        data["InstanceType"] = "t4g.small"

    with _nat_template(account, change) as template:
        yield [Wrong("nat-instance", "instance_type", template, "t4g.small")]


@deviation
def nat_template_with_thirty_gigabytes(account: Account) -> Iterator[Collection[Wrong]]:
    def change(data: dict[str, Any]) -> None:
        data["BlockDeviceMappings"][0]["Ebs"]["VolumeSize"] = 30

    with _nat_template(account, change) as template:
        yield [Wrong("nat-instance", "block_device_mappings[*].ebs[*].volume_size", template, 30)]


@deviation
def nat_instance_with_a_second_disk(account: Account) -> Iterator[Collection[Wrong]]:
    def change(data: dict[str, Any]) -> None:
        data["BlockDeviceMappings"].append({"DeviceName": "/dev/xvdb", "Ebs": {"VolumeSize": 100}})

    with _nat_template(account, change) as template:
        yield [Wrong("nat-instance", "block_device_mappings[*].ebs[*].volume_size", template)]


@deviation
def nat_volume_grown_to_thirty_gigabytes(account: Account) -> Iterator[Collection[Wrong]]:
    ec2, instance = account.aws("ec2"), account.nat_instance
    (mapping,) = instance["BlockDeviceMappings"]
    volume = mapping["Ebs"]["VolumeId"]
    ec2.modify_volume(VolumeId=volume, Size=30)
    resource = arn("ec2", f"instance/{instance['InstanceId']}")
    yield [
        Wrong("nat-instance", "root_block_device[*].volume_size", resource, 30),
        Wrong("cost-nat", "estimate", resource, says="EBS gp3 2.74 USD"),
        Wrong("nat-kept", "instances", resource, says="has volume_size 30, and its group launches 8"),
    ]
    ec2.modify_volume(VolumeId=volume, Size=8)


@deviation
def nat_instance_resized(account: Account) -> Iterator[Collection[Wrong]]:
    ec2, instance = account.aws("ec2"), account.nat_instance
    name = instance["InstanceId"]
    ec2.stop_instances(InstanceIds=[name])
    ec2.modify_instance_attribute(InstanceId=name, InstanceType={"Value": "t4g.micro"})
    ec2.start_instances(InstanceIds=[name])
    resource = arn("ec2", f"instance/{name}")
    yield [
        Wrong("nat-instance", "instance_type", resource, "t4g.micro"),
        Wrong("cost-nat", "estimate", resource, says="t4g.micro"),
        Wrong("nat-kept", "instances", resource, says="has instance_type t4g.micro, and its group launches t4g.nano"),
    ]
    ec2.stop_instances(InstanceIds=[name])
    ec2.modify_instance_attribute(InstanceId=name, InstanceType={"Value": "t4g.nano"})
    ec2.start_instances(InstanceIds=[name])


@deviation
def nat_gateway_created(account: Account) -> Iterator[Collection[Wrong]]:
    ec2 = account.aws("ec2")
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    made = ec2.create_nat_gateway(SubnetId=account.public_subnet, AllocationId=address)["NatGateway"]["NatGatewayId"]
    yield [Wrong("no-nat-gateway", "count", None, 1)]
    ec2.delete_nat_gateway(NatGatewayId=made)
    for one in ec2.describe_addresses(AllocationIds=[address])["Addresses"]:
        if association := one.get("AssociationId"):
            ec2.disassociate_address(AssociationId=association)
    ec2.release_address(AllocationId=address)


# --- ports


@contextmanager
def opened(account: Account, tier: str, low: int, high: int, *, protocol: str = "tcp", **source: Any) -> Iterator[str]:
    ec2, group = account.aws("ec2"), account.group(tier)
    ports = {} if protocol == "-1" else {"FromPort": low, "ToPort": high}
    permission = [{"IpProtocol": protocol, **ports, **source}]
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=permission)
    yield account.group_arn(tier)
    ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=permission)


def v4(cidr: str) -> dict[str, Any]:
    return {"IpRanges": [{"CidrIp": cidr}]}


def _into(tier: str, resource: str, *, shows: Any = None, says: str = "") -> list[Wrong]:
    return [Wrong("port-chain", f"into {tier}: nothing else", resource, shows, says)]


@deviation
def database_open_to_the_network(account: Account) -> Iterator[Collection[Wrong]]:
    with opened(account, "rds", 5432, 5432, **v4("10.0.0.0/16")) as group:
        yield _into("rds", group, says="10.0.0.0/16")


@deviation
def database_open_to_one_address(account: Account) -> Iterator[Collection[Wrong]]:
    with opened(account, "rds", 22, 22, **v4("203.0.113.7/32")) as group:
        yield _into("rds", group, says="22/tcp")


@deviation
def database_open_on_a_range_of_ports(account: Account) -> Iterator[Collection[Wrong]]:
    tasks = {"UserIdGroupPairs": [{"GroupId": account.group("ecs")}]}
    with opened(account, "rds", 5000, 6000, **tasks) as group:
        yield _into("rds", group, says="5000-6000")


@deviation
def database_open_to_ipv6(account: Account) -> Iterator[Collection[Wrong]]:
    with opened(account, "rds", 5432, 5432, Ipv6Ranges=[{"CidrIpv6": "::/0"}]) as group:
        yield _into("rds", group, says="::/0")


@deviation
def database_open_to_itself(account: Account) -> Iterator[Collection[Wrong]]:
    itself = {"UserIdGroupPairs": [{"GroupId": account.group("rds")}]}
    with opened(account, "rds", 5432, 5432, **itself) as group:
        yield _into("rds", group, says="5432/tcp")


@deviation
def database_open_to_a_third_group(account: Account) -> Iterator[Collection[Wrong]]:
    ec2 = account.aws("ec2")
    made = ec2.create_security_group(GroupName="bastion", Description="by hand", VpcId=account.vpc)["GroupId"]
    with opened(account, "rds", 5432, 5432, UserIdGroupPairs=[{"GroupId": made}]) as group:
        yield _into("rds", group, says="bastion")
    ec2.delete_security_group(GroupId=made)


@deviation
def database_open_on_every_port_to_the_tasks(account: Account) -> Iterator[Collection[Wrong]]:
    tasks = {"UserIdGroupPairs": [{"GroupId": account.group("ecs")}]}
    with opened(account, "rds", 0, 0, protocol="-1", **tasks) as group:
        yield _into("rds", group)


@deviation
def database_open_to_the_load_balancer(account: Account) -> Iterator[Collection[Wrong]]:
    balancer = {"UserIdGroupPairs": [{"GroupId": account.group("alb")}]}
    with opened(account, "rds", 5432, 5432, **balancer) as group:
        yield _into("rds", group, says="glimpse-prod-alb")


@deviation
def second_group_on_the_database(account: Account) -> Iterator[Collection[Wrong]]:
    ec2 = account.aws("ec2")
    made = ec2.create_security_group(GroupName="office", Description="by hand", VpcId=account.vpc)["GroupId"]
    rule = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "IpRanges": [{"CidrIp": "198.51.100.0/24"}]}
    ec2.authorize_security_group_ingress(GroupId=made, IpPermissions=[rule])
    rds, own = account.aws("rds"), account.group("rds")
    rds.modify_db_instance(DBInstanceIdentifier=DATABASE, VpcSecurityGroupIds=[own, made], ApplyImmediately=True)
    yield _into("rds", arn("ec2", f"security-group/{made}"), says="198.51.100.0/24")
    rds.modify_db_instance(DBInstanceIdentifier=DATABASE, VpcSecurityGroupIds=[own], ApplyImmediately=True)
    ec2.delete_security_group(GroupId=made)


@deviation
def database_open_to_a_prefix_list(account: Account) -> Iterator[Collection[Wrong]]:
    ec2 = account.aws("ec2")
    made = ec2.create_managed_prefix_list(PrefixListName="offices", AddressFamily="IPv4", MaxEntries=5)["PrefixList"]
    name = made["PrefixListId"]
    with opened(account, "rds", 5432, 5432, PrefixListIds=[{"PrefixListId": name}]) as group:
        yield _into("rds", group, says=name)
    ec2.delete_managed_prefix_list(PrefixListId=name)


@deviation
def database_open_to_the_tasks_by_udp(account: Account) -> Iterator[Collection[Wrong]]:
    tasks = {"UserIdGroupPairs": [{"GroupId": account.group("ecs")}]}
    with opened(account, "rds", 5432, 5432, protocol="udp", **tasks) as group:
        yield _into("rds", group, says="5432/udp")


@deviation
def database_open_to_the_tasks_by_ping(account: Account) -> Iterator[Collection[Wrong]]:
    tasks = {"UserIdGroupPairs": [{"GroupId": account.group("ecs")}]}
    with opened(account, "rds", -1, -1, protocol="icmp", **tasks) as group:
        yield _into("rds", group, says="icmp")


@deviation
def quic_on_the_load_balancer(account: Account) -> Iterator[Collection[Wrong]]:
    with opened(account, "alb", 443, 443, protocol="udp", **v4(ANYWHERE)) as group:
        yield _into("alb", group, says="443/udp")


@contextmanager
def _group_by_hand(account: Account, port: int) -> Iterator[str]:
    """A group of its own that admits the internet on a port."""
    ec2 = account.aws("ec2")
    made = str(ec2.create_security_group(GroupName="by-hand", Description="by hand", VpcId=account.vpc)["GroupId"])
    rule = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **v4(ANYWHERE)}
    ec2.authorize_security_group_ingress(GroupId=made, IpPermissions=[rule])
    yield made
    ec2.delete_security_group(GroupId=made)


@deviation
def second_group_on_the_load_balancer(account: Account) -> Iterator[Collection[Wrong]]:
    elb = account.aws("elbv2")
    (balancer,) = elb.describe_load_balancers()["LoadBalancers"]
    name, before = {"LoadBalancerArn": balancer["LoadBalancerArn"]}, balancer["SecurityGroups"]
    with _group_by_hand(account, 22) as group:
        elb.set_security_groups(**name, SecurityGroups=[*before, group])
        yield _into("alb", arn("ec2", f"security-group/{group}"), says="22/tcp")
        elb.set_security_groups(**name, SecurityGroups=before)


@deviation
def second_group_on_the_tasks(account: Account) -> Iterator[Collection[Wrong]]:
    with _group_by_hand(account, 9229) as group:
        (before,) = account.aws("ecs").describe_services(cluster=CLUSTER, services=[SERVICE])["services"]
        network = before["networkConfiguration"]["awsvpcConfiguration"]
        both = network | {"securityGroups": [*network["securityGroups"], group]}
        with _service(account, networkConfiguration={"awsvpcConfiguration": both}):
            yield _into("ecs", arn("ec2", f"security-group/{group}"), says="9229/tcp")


@deviation
def tasks_open_to_the_internet(account: Account) -> Iterator[Collection[Wrong]]:
    with opened(account, "ecs", 3001, 3001, **v4(ANYWHERE)) as group:
        yield _into("ecs", group, says=ANYWHERE)


@deviation
def plain_http_on_the_load_balancer(account: Account) -> Iterator[Collection[Wrong]]:
    with opened(account, "alb", 80, 80, **v4(ANYWHERE)) as group:
        yield _into("alb", group, says="80/tcp")


@deviation
def cache_open_to_the_network(account: Account) -> Iterator[Collection[Wrong]]:
    with opened(account, "redis", 6379, 6379, **v4("10.0.0.0/16")) as group:
        yield _into("redis", group, says="6379/tcp")


@contextmanager
def closed(account: Account, tier: str, keep: str | None = None, revoke: str | None = None) -> Iterator[str]:
    """Revoke what leads into a group (or only what leads there from `revoke`), and allow `keep` instead if given."""
    ec2, group = account.aws("ec2"), account.group(tier)
    (before,) = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]["IpPermissions"]
    before = {key: value for key, value in before.items() if value != []}
    if revoke:
        before["IpRanges"] = [one for one in before["IpRanges"] if one["CidrIp"] == revoke]
    ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=[before])
    with opened(account, tier, before["FromPort"], before["ToPort"], **v4(keep)) if keep else nullcontext():
        yield account.group_arn(tier)
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[before])


@deviation
def https_closed_on_the_load_balancer(account: Account) -> Iterator[Collection[Wrong]]:
    with closed(account, "alb") as group:
        yield [Wrong("port-chain", "internet → alb: 443/tcp", group)]


@deviation
def https_for_half_the_internet(account: Account) -> Iterator[Collection[Wrong]]:
    with closed(account, "alb", "0.0.0.0/1") as group:
        yield [Wrong("port-chain", "internet → alb: 443/tcp", group, says="0.0.0.0/1")]


@deviation
def database_closed_to_the_tasks(account: Account) -> Iterator[Collection[Wrong]]:
    with closed(account, "rds") as group:
        yield [Wrong("port-chain", "ecs → rds: 5432/tcp", group)]


@deviation
def tasks_reached_by_address_not_by_group(account: Account) -> Iterator[Collection[Wrong]]:
    with closed(account, "ecs", "10.0.0.0/23") as group:
        yield [
            Wrong("port-chain", "alb → ecs: 3001/tcp", group),
            *_into("ecs", group, says="10.0.0.0/23"),
        ]


# --- IAM


@contextmanager
def granted(account: Account, *statements: dict[str, Any]) -> Iterator[None]:
    """Another default version of the role's policy."""
    iam, name = account.aws("iam"), {"PolicyArn": account.s3_policy}
    before = iam.get_policy(**name)["Policy"]["DefaultVersionId"]
    made = iam.create_policy_version(**name, PolicyDocument=policy(*statements), SetAsDefault=True)["PolicyVersion"]
    yield
    iam.set_default_policy_version(**name, VersionId=before)
    iam.delete_policy_version(**name, VersionId=made["VersionId"])


def allow(actions: Any, resources: Any, **more: Any) -> dict[str, Any]:
    """An Allow statement."""
    return {"Effect": "Allow", "Action": actions, "Resource": resources, **more}


def _beyond(account: Account, says: str) -> Wrong:
    return Wrong("task-role-s3", ELSE_S3, account.task_role, says=says)


def _missing(account: Account) -> Wrong:
    (path,) = [path for path in account.paths("task-role-s3") if path != ELSE_S3]
    return Wrong("task-role-s3", path, account.task_role)


@deviation
def one_more_s3_action(account: Account) -> Iterator[Collection[Wrong]]:
    with granted(account, allow([*ROLE_ACTIONS, "s3:PutObjectAcl"], account.objects)):
        yield [_beyond(account, "s3:PutObjectAcl")]


@deviation
def every_s3_action(account: Account) -> Iterator[Collection[Wrong]]:
    with granted(account, allow("s3:*", account.objects)):
        yield [_beyond(account, "s3:*")]


@deviation
def every_s3_get_action(account: Account) -> Iterator[Collection[Wrong]]:
    with granted(account, allow(["s3:Get*", "s3:PutObject", "s3:DeleteObject"], account.objects)):
        yield [_beyond(account, "s3:Get*")]


@deviation
def every_action_of_every_service(account: Account) -> Iterator[Collection[Wrong]]:
    with granted(account, allow("*", "*")):
        yield [_beyond(account, "*")]


@deviation
def a_second_bucket(account: Account) -> Iterator[Collection[Wrong]]:
    with granted(account, allow(ROLE_ACTIONS, [account.objects, "arn:aws:s3:::glimpse-backups-prod/*"])):
        yield [_beyond(account, "glimpse-backups-prod")]


@deviation
def every_bucket_that_begins_alike(account: Account) -> Iterator[Collection[Wrong]]:
    with granted(account, allow(ROLE_ACTIONS, f"arn:aws:s3:::{BUCKET}*")):
        yield [_beyond(account, f"{BUCKET}*")]


@deviation
def all_but_some_s3_actions(account: Account) -> Iterator[Collection[Wrong]]:
    statement = {"Effect": "Allow", "NotAction": ["s3:DeleteBucket", "iam:*"], "Resource": account.objects}
    with granted(account, statement):
        yield [_beyond(account, "everything but iam:*, s3:DeleteBucket")]


@deviation
def all_resources_but_one(account: Account) -> Iterator[Collection[Wrong]]:
    aside = {"Effect": "Allow", "Action": "s3:GetObject", "NotResource": "arn:aws:s3:::glimpse-backups-prod/*"}
    with granted(account, allow(ROLE_ACTIONS, account.objects), aside):
        yield [_beyond(account, "s3:GetObject")]


@deviation
def one_action_less(account: Account) -> Iterator[Collection[Wrong]]:
    with granted(account, allow(["s3:GetObject", "s3:PutObject"], account.objects)):
        yield [_missing(account)]


@deviation
def the_grant_under_a_condition(account: Account) -> Iterator[Collection[Wrong]]:
    only = {"StringEquals": {"aws:SourceVpce": "vpce-0123456789abcdef0"}}
    with granted(account, allow(ROLE_ACTIONS, account.objects, Condition=only)):
        yield [_missing(account)]


@deviation
def part_of_the_bucket_only(account: Account) -> Iterator[Collection[Wrong]]:
    with granted(account, allow(ROLE_ACTIONS, f"{account.bucket}/uploads/*")):
        yield [_missing(account)]


@deviation
def inline_policy_on_the_task_role(account: Account) -> Iterator[Collection[Wrong]]:
    iam, name = account.aws("iam"), {"RoleName": TASK_ROLE, "PolicyName": "temporary"}
    iam.put_role_policy(**name, PolicyDocument=policy(allow("s3:ListBucket", account.bucket)))
    yield [_beyond(account, "s3:ListBucket")]
    iam.delete_role_policy(**name)


@deviation
def managed_policy_of_aws_attached(account: Account) -> Iterator[Collection[Wrong]]:
    iam, name = account.aws("iam"), {"RoleName": TASK_ROLE, "PolicyArn": "arn:aws:iam::aws:policy/AmazonS3FullAccess"}
    iam.attach_role_policy(**name)
    yield [_beyond(account, "AmazonS3FullAccess")]
    iam.detach_role_policy(**name)


@deviation
def policy_detached_from_the_task_role(account: Account) -> Iterator[Collection[Wrong]]:
    iam, name = account.aws("iam"), {"RoleName": TASK_ROLE, "PolicyArn": account.s3_policy}
    iam.detach_role_policy(**name)
    yield [_missing(account)]
    iam.attach_role_policy(**name)


@deviation
def everything_denied_to_the_task_role(account: Account) -> Iterator[Collection[Wrong]]:
    iam, name = account.aws("iam"), {"RoleName": TASK_ROLE, "PolicyName": "lockdown"}
    iam.put_role_policy(**name, PolicyDocument=policy({"Effect": "Deny", "Action": "s3:*", "Resource": "*"}))
    yield [_missing(account)]
    iam.delete_role_policy(**name)


@deviation
def boundary_that_allows_no_s3(account: Account) -> Iterator[Collection[Wrong]]:
    iam, name = account.aws("iam"), {"RoleName": TASK_ROLE}
    document = policy(allow("logs:*", "*"))
    boundary = iam.create_policy(PolicyName="boundary", PolicyDocument=document)["Policy"]["Arn"]
    iam.put_role_permissions_boundary(**name, PermissionsBoundary=boundary)
    yield [_missing(account)]
    iam.delete_role_permissions_boundary(**name)
    iam.delete_policy(PolicyArn=boundary)


@deviation
def another_role_for_the_tasks(account: Account) -> Iterator[Collection[Wrong]]:
    iam = account.aws("iam")
    trust = allow("sts:AssumeRole", None, Principal={"Service": "ecs-tasks.amazonaws.com"})
    del trust["Resource"]
    role = iam.create_role(RoleName="admin", AssumeRolePolicyDocument=policy(trust))["Role"]["Arn"]
    iam.attach_role_policy(RoleName="admin", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    with _service(account, taskDefinition=revised(account, taskRoleArn=role)):
        yield [Wrong("task-role-s3", ELSE_S3, role, says="AdministratorAccess")]
    iam.detach_role_policy(RoleName="admin", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    iam.delete_role(RoleName="admin")


# --- the bucket


@contextmanager
def _access_block(account: Account, **changes: bool) -> Iterator[None]:
    s3 = account.aws("s3")
    before = s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"]
    s3.put_public_access_block(Bucket=BUCKET, PublicAccessBlockConfiguration=before | changes)
    yield
    s3.put_public_access_block(Bucket=BUCKET, PublicAccessBlockConfiguration=before)


@deviation
def public_policies_not_blocked(account: Account) -> Iterator[Collection[Wrong]]:
    with _access_block(account, BlockPublicPolicy=False):
        yield [Wrong("files-bucket-private", "public_access_block[*].block_public_policy", account.bucket, False)]


@deviation
def public_buckets_not_restricted(account: Account) -> Iterator[Collection[Wrong]]:
    with _access_block(account, RestrictPublicBuckets=False):
        yield [Wrong("files-bucket-private", "public_access_block[*].restrict_public_buckets", account.bucket, False)]


@deviation
def public_access_block_deleted(account: Account) -> Iterator[Collection[Wrong]]:
    s3 = account.aws("s3")
    before = s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"]
    s3.delete_public_access_block(Bucket=BUCKET)
    names = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
    yield [Wrong("files-bucket-private", f"public_access_block[*].{name}", account.bucket) for name in names]
    s3.put_public_access_block(Bucket=BUCKET, PublicAccessBlockConfiguration=before)


@contextmanager
def bucket_policy(account: Account, *statements: dict[str, Any]) -> Iterator[None]:
    """Another policy on the files bucket."""
    s3 = account.aws("s3")
    before = s3.get_bucket_policy(Bucket=BUCKET)["Policy"]
    s3.put_bucket_policy(Bucket=BUCKET, Policy=policy(*statements))
    yield
    s3.put_bucket_policy(Bucket=BUCKET, Policy=before)


def _unread(account: Account) -> Wrong:
    (path,) = [path for path in account.paths("files-bucket-policy") if path != ELSE_POLICY]
    return Wrong("files-bucket-policy", path, account.bucket)


def _shared(account: Account, says: str) -> Wrong:
    return Wrong("files-bucket-policy", ELSE_POLICY, account.bucket, says=says)


def reading(account: Account) -> dict[str, Any]:
    """The documented statement of the bucket's policy."""
    return distribution_read(account.distribution["ARN"])


@deviation
def bucket_readable_by_everybody(account: Account) -> Iterator[Collection[Wrong]]:
    with bucket_policy(account, reading(account), allow("s3:GetObject", account.objects, Principal="*")):
        yield [_shared(account, "s3:GetObject")]


@deviation
def bucket_policy_for_any_distribution(account: Account) -> Iterator[Collection[Wrong]]:
    statement = {key: value for key, value in reading(account).items() if key != "Condition"}
    with bucket_policy(account, statement):
        yield [_shared(account, "cloudfront.amazonaws.com")]


@deviation
def bucket_policy_for_another_distribution(account: Account) -> Iterator[Collection[Wrong]]:
    foreign = "arn:aws:cloudfront::999999999999:distribution/E2EXAMPLE"
    with bucket_policy(account, distribution_read(foreign)):
        yield [_unread(account), _shared(account, foreign)]


@deviation
def bucket_writable_by_the_distribution(account: Account) -> Iterator[Collection[Wrong]]:
    with bucket_policy(account, reading(account) | {"Action": ["s3:GetObject", "s3:PutObject"]}):
        yield [_shared(account, "s3:PutObject")]


@deviation
def bucket_readable_by_another_account(account: Account) -> Iterator[Collection[Wrong]]:
    guest = {"AWS": "arn:aws:iam::999999999999:root"}
    with bucket_policy(account, reading(account), allow("s3:GetObject", account.objects, Principal=guest)):
        yield [_shared(account, "999999999999")]


@deviation
def bucket_policy_for_a_second_distribution(account: Account) -> Iterator[Collection[Wrong]]:
    second = arn("cloudfront", "distribution/E2EXAMPLE", region="")
    both = {"StringEquals": {"AWS:SourceArn": [account.distribution["ARN"], second]}}
    with bucket_policy(account, reading(account) | {"Condition": both}):
        yield [_shared(account, second)]


@deviation
def bucket_policy_for_the_account(account: Account) -> Iterator[Collection[Wrong]]:
    with bucket_policy(account, reading(account) | {"Condition": {"StringEquals": {"AWS:SourceAccount": ACCOUNT_ID}}}):
        yield [_unread(account), _shared(account, "SourceAccount")]


@deviation
def bucket_policy_for_all_but_one(account: Account) -> Iterator[Collection[Wrong]]:
    guest = {"AWS": "arn:aws:iam::999999999999:root"}
    with bucket_policy(account, reading(account), allow("s3:GetObject", account.objects, NotPrincipal=guest)):
        yield [_shared(account, "s3:GetObject")]


@deviation
def bucket_policy_for_every_prefix_but_the_documented_one(account: Account) -> Iterator[Collection[Wrong]]:
    with bucket_policy(account, reading(account) | {"Resource": f"{account.bucket}/public/*"}):
        yield [_unread(account)]


@deviation
def bucket_policy_deleted(account: Account) -> Iterator[Collection[Wrong]]:
    s3 = account.aws("s3")
    before = s3.get_bucket_policy(Bucket=BUCKET)["Policy"]
    s3.delete_bucket_policy(Bucket=BUCKET)
    yield [_unread(account)]
    s3.put_bucket_policy(Bucket=BUCKET, Policy=before)


# --- the distribution


@contextmanager
def _access_control(account: Account, **changes: str) -> Iterator[str]:
    cloudfront, before = account.aws("cloudfront"), account.access_control
    config = before["OriginAccessControlConfig"]
    name = {"Id": before["Id"], "IfMatch": before["ETag"]}
    cloudfront.update_origin_access_control(**name, OriginAccessControlConfig=config | changes)
    yield account.access_control_arn
    name["IfMatch"] = account.access_control["ETag"]
    cloudfront.update_origin_access_control(**name, OriginAccessControlConfig=config)


@deviation
def origin_requests_not_signed(account: Account) -> Iterator[Collection[Wrong]]:
    with _access_control(account, SigningBehavior="never") as control:
        yield [Wrong("cloudfront-oac-signing", "signing_behavior", control, "never")]


@deviation
def origin_requests_signed_unless_the_viewer_does(account: Account) -> Iterator[Collection[Wrong]]:
    with _access_control(account, SigningBehavior="no-override") as control:
        yield [Wrong("cloudfront-oac-signing", "signing_behavior", control, "no-override")]


@deviation
def access_control_for_another_kind_of_origin(account: Account) -> Iterator[Collection[Wrong]]:
    with _access_control(account, OriginAccessControlOriginType="mediastore") as control:
        yield [Wrong("cloudfront-oac-signing", "origin_access_control_origin_type", control, "mediastore")]


@contextmanager
def distributed(account: Account, change: Callable[[dict[str, Any]], None]) -> Iterator[str]:
    """The distribution with another configuration."""
    cloudfront, found = account.aws("cloudfront"), account.distribution

    def put(edit: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
        answer = cloudfront.get_distribution_config(Id=found["Id"])
        before = json.loads(json.dumps(answer["DistributionConfig"]))
        config = edit(answer["DistributionConfig"]) or answer["DistributionConfig"]
        cloudfront.update_distribution(Id=found["Id"], IfMatch=answer["ETag"], DistributionConfig=config)
        return dict(before)

    before = put(change)
    yield found["ARN"]
    put(lambda _: before)


_ORIGIN = "origin[{custom_origin_config: {absent: true}}].origin_access_control_id"
_FILES = "{refers_to: {kind: aws_s3_bucket, select: {bucket: glimpse-files-prod}}}"
_FILES_ORIGIN = f"origin[{{domain_name: {_FILES}}}].origin_access_control_id"


@deviation
def origin_without_access_control(account: Account) -> Iterator[Collection[Wrong]]:
    """Shown by the shim: bare moto forgets the id."""

    def change(config: dict[str, Any]) -> None:
        config["Origins"]["Items"][0]["OriginAccessControlId"] = ""

    with distributed(account, change) as distribution:
        yield [
            Wrong("cloudfront-oac", _ORIGIN, distribution),
            Wrong("cloudfront-oac", _FILES_ORIGIN, distribution),
            Wrong("cloudfront-oac-signing", "count", None, state="absent"),
        ]


@deviation
def second_origin_without_access_control(account: Account) -> Iterator[Collection[Wrong]]:
    """Not shown by bare moto either, which forgets the first origin's id."""

    def change(config: dict[str, Any]) -> None:
        bare = {
            "Id": "old",
            "DomainName": f"glimpse-old.s3.{REGION}.amazonaws.com",
            "OriginAccessControlId": "",
            "S3OriginConfig": {"OriginAccessIdentity": "origin-access-identity/cloudfront/E127EXAMPLE51Z"},
        }
        config["Origins"] = {"Quantity": 2, "Items": [*config["Origins"]["Items"], bare]}

    with distributed(account, change) as distribution:
        yield [Wrong("cloudfront-oac", _ORIGIN, distribution)]


@deviation
def one_more_country(account: Account) -> Iterator[Collection[Wrong]]:
    def change(config: dict[str, Any]) -> None:
        config["Restrictions"]["GeoRestriction"] |= {"Quantity": 2, "Items": ["KR", "JP"]}

    with distributed(account, change) as distribution:
        path = "restrictions[*].geo_restriction[*].locations"
        yield [Wrong("cloudfront-korea-only", path, distribution, says="JP")]


@deviation
def every_country_but_korea(account: Account) -> Iterator[Collection[Wrong]]:
    def change(config: dict[str, Any]) -> None:
        config["Restrictions"]["GeoRestriction"]["RestrictionType"] = "blacklist"

    with distributed(account, change) as distribution:
        path = "restrictions[*].geo_restriction[*].restriction_type"
        yield [Wrong("cloudfront-korea-only", path, distribution, "blacklist")]


def _behavior(config: dict[str, Any], name: str) -> dict[str, Any]:
    (found,) = [one for one in config["CacheBehaviors"]["Items"] if name in one["PathPattern"]]
    return dict(found) and found


@deviation
def group_pictures_cached_for_a_minute(account: Account) -> Iterator[Collection[Wrong]]:
    def change(config: dict[str, Any]) -> None:
        _behavior(config, "groups")["DefaultTTL"] = 60

    with distributed(account, change) as distribution:
        path = r"ordered_cache_behavior[{path_pattern: {pattern: '^/?groups/\*$'}}]"
        yield [Wrong("cloudfront-cache-groups", path, distribution)]


@deviation
def chat_pictures_with_no_behaviour_of_their_own(account: Account) -> Iterator[Collection[Wrong]]:
    def change(config: dict[str, Any]) -> None:
        kept = [one for one in config["CacheBehaviors"]["Items"] if "chat" not in one["PathPattern"]]
        config["CacheBehaviors"] = {"Quantity": len(kept), "Items": kept}

    with distributed(account, change) as distribution:
        path = r"ordered_cache_behavior[{path_pattern: {pattern: '^/?chat/\*$'}}]"
        yield [Wrong("cloudfront-cache-chat", path, distribution)]


# --- the rest of the estate


@deviation
def secret_deleted(account: Account) -> Iterator[Collection[Wrong]]:
    manager, name = account.aws("secretsmanager"), SECRETS["JWT_SECRET"]
    manager.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)
    yield [Wrong("secret-jwt-secret", "count", None, state="absent")]
    manager.create_secret(Name=name, SecretString="placeholder")


@deviation
def execution_role_open_to_another_service(account: Account) -> Iterator[Collection[Wrong]]:
    iam = account.aws("iam")
    before = iam.get_role(RoleName=EXECUTION_ROLE)["Role"]["AssumeRolePolicyDocument"]
    more = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
    bent = {**before, "Statement": [*before["Statement"], more]}
    iam.update_assume_role_policy(RoleName=EXECUTION_ROLE, PolicyDocument=json.dumps(bent))
    role = arn("iam", f"role/{EXECUTION_ROLE}", region="")
    yield [Wrong("execution-role-trust", "nothing else in assume_role_policy", role, says="lambda.amazonaws.com")]
    iam.update_assume_role_policy(RoleName=EXECUTION_ROLE, PolicyDocument=json.dumps(before))


@deviation
def scaling_at_eighty_percent(account: Account) -> Iterator[Collection[Wrong]]:
    scaling = account.aws("application-autoscaling")
    (before,) = scaling.describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"]
    names = ("PolicyName", "PolicyType", "ServiceNamespace", "ResourceId", "ScalableDimension")
    tracking = before["TargetTrackingScalingPolicyConfiguration"]
    policies = [{**tracking, "TargetValue": 80.0}, tracking]
    put = [
        {**{name: before[name] for name in names}, "TargetTrackingScalingPolicyConfiguration": one} for one in policies
    ]
    watch, found = account.aws("cloudwatch"), _alarms(account)
    bent = scaling.put_scaling_policy(**put[0])["PolicyARN"]
    path = "target_tracking_scaling_policy_configuration[*].target_value"
    yield [Wrong("ecs-scaling-target", path, bent, 80)]
    scaling.put_scaling_policy(**put[1])
    # moto makes alarms of its own for each put, and leaves them.
    watch.delete_alarms(AlarmNames=sorted(_alarms(account) - found))


def _alarms(account: Account) -> set[str]:
    return {one["AlarmName"] for one in account.aws("cloudwatch").describe_alarms()["MetricAlarms"]}


@deviation
def log_group_deleted(account: Account) -> Iterator[Collection[Wrong]]:
    logs, name = account.aws("logs"), f"/ecs/{PREFIX}"
    (before,) = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    logs.delete_log_group(logGroupName=name)
    yield [Wrong("ecs-log-group", "count", None, state="absent")]
    logs.create_log_group(logGroupName=name)
    logs.put_retention_policy(logGroupName=name, retentionInDays=before["retentionInDays"])


@deviation
def dashboard_without_the_cache(account: Account) -> Iterator[Collection[Wrong]]:
    cloudwatch = account.aws("cloudwatch")
    before = cloudwatch.get_dashboard(DashboardName=PREFIX)["DashboardBody"]
    kept = [one for one in json.loads(before)["widgets"] if "Redis" not in one["properties"]["title"]]
    cloudwatch.put_dashboard(DashboardName=PREFIX, DashboardBody=json.dumps({"widgets": kept}))
    yield [Wrong("dashboard-redis", "count", None, state="absent")]
    cloudwatch.put_dashboard(DashboardName=PREFIX, DashboardBody=before)


@deviation
def subnet_in_a_third_zone(account: Account) -> Iterator[Collection[Wrong]]:
    ec2 = account.aws("ec2")
    place = {"CidrBlock": "10.0.77.0/24", "AvailabilityZone": f"{REGION}b"}
    subnet = ec2.create_subnet(VpcId=account.vpc, **place)["Subnet"]["SubnetId"]
    yield [Wrong("vpc-zones", "availability_zone", arn("ec2", f"subnet/{subnet}"), f"{REGION}b")]
    ec2.delete_subnet(SubnetId=subnet)


@deviation
def second_balancer_on_the_internet(account: Account) -> Iterator[Collection[Wrong]]:
    balancing, ec2 = account.aws("elbv2"), account.aws("ec2")
    where = [{"Name": "vpc-id", "Values": [account.vpc]}, {"Name": "map-public-ip-on-launch", "Values": ["true"]}]
    subnets = [one["SubnetId"] for one in ec2.describe_subnets(Filters=where)["Subnets"]]
    made = balancing.create_load_balancer(Name="by-hand", Subnets=subnets, SecurityGroups=[account.group("alb")])
    balancer = made["LoadBalancers"][0]["LoadBalancerArn"]
    unwatched = ("metric", "notifies", "statistic", "threshold", "unit", "window")
    yield [
        Wrong("alb-public", "count", None, 2),
        Wrong("cost-alb", "estimate", None, says="16.43 USD"),
        *(Wrong("alb-tls-termination", path, balancer) for path in ("HTTPS on 443", "certificate")),
        *(Wrong("alarm-alb-5xx", path, balancer, state="absent") for path in unwatched),
    ]
    balancing.delete_load_balancer(LoadBalancerArn=balancer)


@deviation
def zone_of_another_name(account: Account) -> Iterator[Collection[Wrong]]:
    """A private zone of the same name is not the documented one."""
    route53 = account.aws("route53")
    network = {"VPCRegion": REGION, "VPCId": account.vpc}
    private = route53.create_hosted_zone(
        Name="glimpse.contact", CallerReference="by-hand", VPC=network, HostedZoneConfig={"PrivateZone": True}
    )["HostedZone"]["Id"]
    public = route53.create_hosted_zone(Name="glimpse.contact", CallerReference="again")["HostedZone"]["Id"]
    yield [Wrong("dns-zone", "count", None, 2)]
    for zone in (private, public):
        route53.delete_hosted_zone(Id=zone)
