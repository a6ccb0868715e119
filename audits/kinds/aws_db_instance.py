"""RDS database instances. Members of a cluster are another Terraform type (``aws_rds_cluster_instance``) and left out.

Sources: provider documentation of ``aws_db_instance``; RDS API Reference, DescribeDBInstances and CreateDBInstance.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from audits.kind import Default, Kind, Read, Reader
from audits.kinds.aws_vpc import tags
from audits.model import Cause, Resource, Unknown, Value

_SCHEMA = "provider 5.100 schema default (the planned value of an aws_db_instance that leaves it out)"
_API = "RDS API Reference, CreateDBInstance"

_PLAIN = (
    ("allocated_storage", "AllocatedStorage"),
    ("auto_minor_version_upgrade", "AutoMinorVersionUpgrade"),
    ("availability_zone", "AvailabilityZone"),
    ("backup_retention_period", "BackupRetentionPeriod"),
    ("backup_target", "BackupTarget"),
    ("backup_window", "PreferredBackupWindow"),
    ("ca_cert_identifier", "CACertificateIdentifier"),
    ("copy_tags_to_snapshot", "CopyTagsToSnapshot"),
    ("database_insights_mode", "DatabaseInsightsMode"),
    ("dedicated_log_volume", "DedicatedLogVolume"),
    ("deletion_protection", "DeletionProtection"),
    ("engine", "Engine"),
    ("engine_lifecycle_support", "EngineLifecycleSupport"),
    ("engine_version", "EngineVersion"),
    ("engine_version_actual", "EngineVersion"),
    ("iam_database_authentication_enabled", "IAMDatabaseAuthenticationEnabled"),
    ("instance_class", "DBInstanceClass"),
    ("license_model", "LicenseModel"),
    ("multi_az", "MultiAZ"),
    ("network_type", "NetworkType"),
    ("publicly_accessible", "PubliclyAccessible"),
    ("resource_id", "DbiResourceId"),
    ("status", "DBInstanceStatus"),
    ("storage_encrypted", "StorageEncrypted"),
    ("storage_type", "StorageType"),
    ("username", "MasterUsername"),
)
_OR_EMPTY = (
    ("character_set_name", "CharacterSetName"),
    ("custom_iam_instance_profile", "CustomIamInstanceProfile"),
    ("db_name", "DBName"),
    ("kms_key_id", "KmsKeyId"),
    ("monitoring_role_arn", "MonitoringRoleArn"),
    ("nchar_character_set_name", "NcharCharacterSetName"),
    ("performance_insights_kms_key_id", "PerformanceInsightsKMSKeyId"),
    ("replica_mode", "ReplicaMode"),
    ("replicate_source_db", "ReadReplicaSourceDBInstanceIdentifier"),
    ("timezone", "Timezone"),
)
_OR_ZERO = (
    ("iops", "Iops"),
    ("max_allocated_storage", "MaxAllocatedStorage"),
    ("monitoring_interval", "MonitoringInterval"),
    ("performance_insights_retention_period", "PerformanceInsightsRetentionPeriod"),
    ("storage_throughput", "StorageThroughput"),
)
_COPIED_FROM = ("replicate_source_db", "restore_to_point_in_time", "s3_import", "snapshot_identifier")


def _from_terraform(instance: Resource) -> Resource:
    """A copy takes its encryption from what it is copied from: nothing can be said of it if it is left out."""
    given = instance.attributes
    if "storage_encrypted" in given or not any(given.get(name) not in (None, [], "") for name in _COPIED_FROM):
        return instance
    inherited = Unknown(Cause.UNSET, detail="taken from the database or snapshot it is made of")
    return replace(instance, attributes={**given, "storage_encrypted": inherited})


def _from_live(reader: Reader) -> Iterable[Resource]:
    found = reader.each(reader.pages("rds", "describe_db_instances", "DBInstances"), partial(_database, reader))
    return [database for databases in found for database in databases]


def _database(reader: Reader, database: Mapping[str, Any]) -> list[Resource]:
    if database.get("DBClusterIdentifier"):
        return []
    attributes: dict[str, Value] = {
        "id": database["DbiResourceId"],
        "arn": database["DBInstanceArn"],
        "identifier": database["DBInstanceIdentifier"],
        **{name: database.get(key) for name, key in _PLAIN},
        **{name: database.get(key, "") for name, key in _OR_EMPTY},
        **{name: database.get(key, 0) for name, key in _OR_ZERO},
        **_of_groups(database),
        **_of_endpoint(database),
        "maintenance_window": database.get("PreferredMaintenanceWindow", "").lower(),
        "performance_insights_enabled": database.get("PerformanceInsightsEnabled", False),
        "customer_owned_ip_enabled": database.get("CustomerOwnedIpEnabled", False),
        "replicas": list(database.get("ReadReplicaDBInstanceIdentifiers") or ()),
        "enabled_cloudwatch_logs_exports": list(database.get("EnabledCloudwatchLogsExports") or ()),
        "tags": tags(database, "TagList"),
    }
    return [reader.resource("aws_db_instance", database["DBInstanceArn"], attributes)]


def _of_groups(database: Mapping[str, Any]) -> dict[str, Value]:
    secret = database.get("MasterUserSecret")
    options = database.get("OptionGroupMemberships") or [{}]
    parameters = database.get("DBParameterGroups") or [{}]
    return {
        "vpc_security_group_ids": [one["VpcSecurityGroupId"] for one in database.get("VpcSecurityGroups") or ()],
        "db_subnet_group_name": (database.get("DBSubnetGroup") or {}).get("DBSubnetGroupName", ""),
        "option_group_name": options[0].get("OptionGroupName"),
        "parameter_group_name": parameters[0].get("DBParameterGroupName"),
        # Whether AWS keeps the master password is told by its secret being there.
        "manage_master_user_password": True if secret else None,
        "master_user_secret": [
            {
                "kms_key_id": secret.get("KmsKeyId"),
                "secret_arn": secret.get("SecretArn"),
                "secret_status": secret.get("SecretStatus"),
            }
        ]
        if secret
        else [],
    }


def _of_endpoint(database: Mapping[str, Any]) -> dict[str, Value]:
    """Address and port. There is none yet while the instance is being made."""
    endpoint = database.get("Endpoint") or {}
    address, port = endpoint.get("Address"), endpoint.get("Port")
    return {
        "address": address,
        "port": port if port is not None else database.get("DbInstancePort") or None,
        "endpoint": f"{address}:{port}" if address else None,
        "hosted_zone_id": endpoint.get("HostedZoneId"),
    }


KIND = Kind(
    type="aws_db_instance",
    identity=("identifier",),
    names=("id", "arn", "identifier"),
    reads=(Read("rds", "describe_db_instances"),),
    security_groups=("vpc_security_group_ids[*]",),
    defaults={
        "publicly_accessible": Default(False, _SCHEMA),
        "auto_minor_version_upgrade": Default(True, _SCHEMA),
        "copy_tags_to_snapshot": Default(False, _SCHEMA),
        "monitoring_interval": Default(0, _SCHEMA),
        "performance_insights_enabled": Default(False, _SCHEMA),
        "dedicated_log_volume": Default(False, _SCHEMA),
        "storage_encrypted": Default(False, f"{_API}, StorageEncrypted: by default, it isn't encrypted"),
        "deletion_protection": Default(False, f"{_API}, DeletionProtection: by default, it isn't enabled"),
        "iam_database_authentication_enabled": Default(
            False, f"{_API}, EnableIAMDatabaseAuthentication: by default, mapping isn't enabled"
        ),
    },
    from_terraform=_from_terraform,
    from_live=_from_live,
)
