"""More sizes and numbers that may be changed by hand."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from e2e_account import Account, arn
from e2e_deviations import Change, Wrong, deviation, register, revised

from examples.glimpse.account.seed.names import CLUSTER, DATABASE, NAT, NAT_IMAGE, REDIS, SERVICE


@contextmanager
def _database(account: Account, **changes: Any) -> Iterator[None]:
    rds, where = account.aws("rds"), {"DBInstanceIdentifier": DATABASE, "ApplyImmediately": True}
    before = rds.describe_db_instances(DBInstanceIdentifier=DATABASE)["DBInstances"][0]
    rds.modify_db_instance(**where, **changes)
    yield
    rds.modify_db_instance(**where, **{name: before[name] for name in changes})


@contextmanager
def _service(account: Account, **changes: Any) -> Iterator[None]:
    ecs = account.aws("ecs")
    before = ecs.describe_services(cluster=CLUSTER, services=[SERVICE])["services"][0]
    ecs.update_service(cluster=CLUSTER, service=SERVICE, **changes)
    yield
    ecs.update_service(cluster=CLUSTER, service=SERVICE, **{name: before[name] for name in changes})


_CLASS = ("rds-instance", "instance_class")
DATABASES: dict[str, tuple[dict[str, Any], str, str, Any]] = {
    "database_of_the_intel_class": ({"DBInstanceClass": "db.t3.micro"}, *_CLASS, "db.t3.micro"),
    "database_four_sizes_up": ({"DBInstanceClass": "db.m7g.large"}, *_CLASS, "db.m7g.large"),
    "storage_with_a_nought_too_many": ({"AllocatedStorage": 200}, "rds-storage", "allocated_storage", 200),
    "storage_by_one_gigabyte_more": ({"AllocatedStorage": 21}, "rds-storage", "allocated_storage", 21),
    "backups_for_three_days": (
        {"BackupRetentionPeriod": 3},
        "rds-backup-retention",
        "backup_retention_period",
        3,
    ),
}


# Of what the price list holds, and beyond the tolerance at any of its prices.
COSTLY = ("db.t3.micro", "db.m7g.large", 200, "cache.t4g.small", "cache.r7g.large")


def _costs(control: str, resource: str, shows: Any) -> list[Wrong]:
    return [Wrong(control, "estimate", resource)] if shows in COSTLY else []


def _resized(changes: dict[str, Any], control: str, path: str, shows: Any) -> Change:
    def bend(account: Account) -> Iterator[Collection[Wrong]]:
        with _database(account, **changes):
            yield [Wrong(control, path, account.database, shows), *_costs("cost-rds", account.database, shows)]

    return bend


def _counted(tasks: int) -> Change:
    def bend(account: Account) -> Iterator[Collection[Wrong]]:
        with _service(account, desiredCount=tasks):
            yield [Wrong("ecs-service-count", "desired_count", account.service, tasks)]

    return bend


def _bounded(path: str, name: str, value: int) -> Change:
    def bend(account: Account) -> Iterator[Collection[Wrong]]:
        scaling, before = account.aws("application-autoscaling"), account.scalable_target
        target = {key: before[key] for key in ("ServiceNamespace", "ResourceId", "ScalableDimension")}
        scaling.register_scalable_target(**target, **{name: value})
        yield [Wrong("ecs-autoscaling-bounds", path, before["ScalableTargetARN"], value)]
        scaling.register_scalable_target(**target, **{name: before[name]})

    return bend


def _cached(node: str) -> Change:
    def bend(account: Account) -> Iterator[Collection[Wrong]]:
        elasticache = account.aws("elasticache")
        group = {"ReplicationGroupId": REDIS, "ApplyImmediately": True}
        elasticache.modify_replication_group(**group, CacheNodeType=node)
        yield [Wrong("redis-node", "node_type", account.cache, node), *_costs("cost-redis", account.cache, node)]
        elasticache.modify_replication_group(**group, CacheNodeType="cache.t4g.micro")

    return bend


for _name, _case in DATABASES.items():
    register(_name, _resized(*_case))
for _name, _tasks in {"no_task": 0, "one_task": 1, "twenty_tasks": 20}.items():
    register(_name, _counted(_tasks))
for _name, _path, _key, _value in (
    ("scaling_from_one", "min_capacity", "MinCapacity", 1),
    ("scaling_from_none", "min_capacity", "MinCapacity", 0),
    ("scaling_from_three", "min_capacity", "MinCapacity", 3),
    ("scaling_to_ten", "max_capacity", "MaxCapacity", 10),
    ("scaling_to_twenty_one", "max_capacity", "MaxCapacity", 21),
):
    register(_name, _bounded(_path, _key, _value))
for _name in ("cache.t4g.small", "cache.t3.micro", "cache.r7g.large"):
    register(f"cache_of_{_name.removeprefix('cache.').replace('.', '_')}", _cached(_name))


@deviation
def tasks_with_cpu_and_memory_of_the_next_size(account: Account) -> Iterator[Collection[Wrong]]:
    revision = revised(account, cpu="1024", memory="2048")
    with _service(account, taskDefinition=revision):
        yield [Wrong("ecs-task-size", "cpu", revision, "1024"), Wrong("ecs-task-size", "memory", revision, "2048")]


@deviation
def scaling_bounds_exchanged(account: Account) -> Iterator[Collection[Wrong]]:
    scaling, before = account.aws("application-autoscaling"), account.scalable_target
    target = {key: before[key] for key in ("ServiceNamespace", "ResourceId", "ScalableDimension")}
    scaling.register_scalable_target(**target, MinCapacity=4, MaxCapacity=4)
    yield [
        Wrong("ecs-autoscaling-bounds", "min_capacity", before["ScalableTargetARN"], 4),
        Wrong("ecs-autoscaling-bounds", "max_capacity", before["ScalableTargetARN"], 4),
    ]
    scaling.register_scalable_target(**target, MinCapacity=2, MaxCapacity=20)


@deviation
def second_nat_instance_of_another_type(account: Account) -> Iterator[Collection[Wrong]]:
    ec2 = account.aws("ec2")
    tags = [{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": f"{NAT}-spare"}]}]
    made = ec2.run_instances(
        ImageId=NAT_IMAGE,
        InstanceType="t4g.large",
        SubnetId=account.public_subnet,
        TagSpecifications=tags,
        BlockDeviceMappings=[{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 8}}],
        MinCount=1,
        MaxCount=1,
    )["Instances"][0]["InstanceId"]
    resource = arn("ec2", f"instance/{made}")
    yield [
        Wrong("nat-instance", "instance_type", resource, "t4g.large"),
        Wrong("nat-kept", "instances", resource, says="belongs to no Auto Scaling group"),
        Wrong("cost-nat", "estimate", None),
    ]
    ec2.delete_tags(Resources=[made], Tags=[{"Key": "Name"}])
    ec2.terminate_instances(InstanceIds=[made])
