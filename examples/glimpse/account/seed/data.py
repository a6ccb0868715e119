"""PostgreSQL on RDS and Redis on ElastiCache."""

from __future__ import annotations

from typing import Any

from botocore.parsers import ResponseParserError

from examples.glimpse.account.seed.clients import Clients
from examples.glimpse.account.seed.names import DATABASE, PLACEHOLDER, PREFIX, REDIS, tags
from examples.glimpse.account.seed.network import Network


def seed(clients: Clients, place: Network) -> None:
    """Create the database and the cache with their subnet and parameter groups."""
    _database(clients("rds"), place)
    _cache(clients("elasticache"), place)


def _database(rds: Any, place: Network) -> None:
    rds.create_db_subnet_group(
        DBSubnetGroupName=DATABASE,
        DBSubnetGroupDescription=f"Data subnets of {PREFIX}",
        SubnetIds=place.tier("data"),
        Tags=tags(),
    )
    rds.create_db_parameter_group(
        DBParameterGroupName=DATABASE,
        DBParameterGroupFamily="postgres16",
        Description=f"Parameters of {DATABASE}",
        Tags=tags(),
    )
    values = {"rds.force_ssl": "1", "log_min_duration_statement": "1000"}
    rds.modify_db_parameter_group(
        DBParameterGroupName=DATABASE,
        Parameters=[
            {"ParameterName": name, "ParameterValue": value, "ApplyMethod": "immediate"}
            for name, value in values.items()
        ],
    )
    rds.create_db_instance(
        DBInstanceIdentifier=DATABASE,
        Engine="postgres",
        EngineVersion="16.4",
        DBInstanceClass="db.t4g.micro",
        AllocatedStorage=20,
        StorageType="gp3",
        StorageEncrypted=True,
        DBName="glimpse",
        MasterUsername="glimpse_admin",
        MasterUserPassword=PLACEHOLDER,
        Port=5432,
        DBSubnetGroupName=DATABASE,
        DBParameterGroupName=DATABASE,
        VpcSecurityGroupIds=[place.groups["rds"]],
        PubliclyAccessible=False,
        MultiAZ=False,
        BackupRetentionPeriod=7,
        PreferredBackupWindow="17:00-18:00",
        PreferredMaintenanceWindow="sun:18:30-sun:19:30",
        CopyTagsToSnapshot=True,
        AutoMinorVersionUpgrade=True,
        DeletionProtection=True,
        EnableCloudwatchLogsExports=["postgresql"],
        Tags=tags(),
    )


def _cache(elasticache: Any, place: Network) -> None:
    elasticache.create_cache_subnet_group(
        CacheSubnetGroupName=REDIS,
        CacheSubnetGroupDescription=f"Data subnets of {PREFIX}",
        SubnetIds=place.tier("data"),
        Tags=tags(),
    )
    group = {"CacheParameterGroupName": REDIS}
    if _has_parameter_groups(elasticache, group):
        elasticache.modify_cache_parameter_group(
            **group, ParameterNameValues=[{"ParameterName": "maxmemory-policy", "ParameterValue": "allkeys-lru"}]
        )
    elasticache.create_replication_group(
        ReplicationGroupId=REDIS,
        ReplicationGroupDescription=f"Sessions and query cache of {PREFIX}",
        Engine="redis",
        EngineVersion="7.1",
        CacheNodeType="cache.t4g.micro",
        NumCacheClusters=1,
        Port=6379,
        CacheSubnetGroupName=REDIS,
        SecurityGroupIds=[place.groups["redis"]],
        AutomaticFailoverEnabled=False,
        MultiAZEnabled=False,
        AtRestEncryptionEnabled=True,
        TransitEncryptionEnabled=True,
        AuthToken=PLACEHOLDER,
        AutoMinorVersionUpgrade=True,
        SnapshotRetentionLimit=1,
        PreferredMaintenanceWindow="sun:19:30-sun:20:30",
        Tags=tags(),
        **group,
    )


def _has_parameter_groups(elasticache: Any, group: dict[str, str]) -> bool:
    """Create the parameter group; moto without the shim answers with a page of HTML, and we go without one."""
    try:
        elasticache.create_cache_parameter_group(
            **group, CacheParameterGroupFamily="redis7", Description=f"Parameters of {REDIS}", Tags=tags()
        )
    except ResponseParserError:
        return False
    return True
