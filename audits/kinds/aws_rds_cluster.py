"""RDS clusters: Aurora, and Multi-AZ DB clusters. Those of DocumentDB and Neptune are other Terraform types.

Sources: provider documentation of ``aws_rds_cluster``; RDS API Reference, DescribeDBClusters, DBCluster and
CreateDBCluster.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from audits.kind import Default, Kind, Part, Read, Reader
from audits.kinds._details import OF_TERRAFORM, plan_default
from audits.kinds._rds import OTHER_ENGINES, master_secret
from audits.kinds._shapes import named
from audits.kinds.aws_vpc import not_read, tags
from audits.model import Resource, Value

_SCHEMA = plan_default("aws_rds_cluster")
_API = "RDS API Reference, CreateDBCluster"
_PLAIN = (
    ("allocated_storage", "AllocatedStorage"),
    ("backup_retention_period", "BackupRetentionPeriod"),
    ("cluster_resource_id", "DbClusterResourceId"),
    ("cluster_scalability_type", "ClusterScalabilityType"),
    ("copy_tags_to_snapshot", "CopyTagsToSnapshot"),
    ("database_insights_mode", "DatabaseInsightsMode"),
    ("db_cluster_parameter_group_name", "DBClusterParameterGroup"),
    ("db_subnet_group_name", "DBSubnetGroup"),
    ("deletion_protection", "DeletionProtection"),
    ("endpoint", "Endpoint"),
    ("engine", "Engine"),
    ("engine_lifecycle_support", "EngineLifecycleSupport"),
    ("engine_mode", "EngineMode"),
    ("engine_version", "EngineVersion"),
    ("engine_version_actual", "EngineVersion"),
    ("hosted_zone_id", "HostedZoneId"),
    ("iam_database_authentication_enabled", "IAMDatabaseAuthenticationEnabled"),
    ("master_username", "MasterUsername"),
    ("network_type", "NetworkType"),
    ("port", "Port"),
    ("preferred_backup_window", "PreferredBackupWindow"),
    ("preferred_maintenance_window", "PreferredMaintenanceWindow"),
    ("reader_endpoint", "ReaderEndpoint"),
    ("storage_encrypted", "StorageEncrypted"),
)
_OR_EMPTY = (
    ("database_name", "DatabaseName"),
    ("db_cluster_instance_class", "DBClusterInstanceClass"),
    ("db_system_id", "DBSystemId"),
    ("kms_key_id", "KmsKeyId"),
    ("monitoring_role_arn", "MonitoringRoleArn"),
    ("performance_insights_kms_key_id", "PerformanceInsightsKMSKeyId"),
    ("replication_source_identifier", "ReplicationSourceIdentifier"),
    ("storage_type", "StorageType"),
)
_OR_ZERO = (
    ("backtrack_window", "BacktrackWindow"),
    ("iops", "Iops"),
    ("monitoring_interval", "MonitoringInterval"),
    ("performance_insights_retention_period", "PerformanceInsightsRetentionPeriod"),
)
_OR_FALSE = (
    ("enable_http_endpoint", "HttpEndpointEnabled"),
    ("performance_insights_enabled", "PerformanceInsightsEnabled"),
)
_SCALING = (
    ("auto_pause", "AutoPause"),
    ("max_capacity", "MaxCapacity"),
    ("min_capacity", "MinCapacity"),
    ("seconds_before_timeout", "SecondsBeforeTimeout"),
    ("seconds_until_auto_pause", "SecondsUntilAutoPause"),
    ("timeout_action", "TimeoutAction"),
)
_SERVERLESS = (
    ("max_capacity", "MaxCapacity"),
    ("min_capacity", "MinCapacity"),
    ("seconds_until_auto_pause", "SecondsUntilAutoPause"),
)
_SOURCE_ONLY = (
    "allow_major_version_upgrade",
    "apply_immediately",
    "delete_automated_backups",
    "final_snapshot_identifier",
    "skip_final_snapshot",
)
_FORWARDING = frozenset({"enabled", "enabling"})


def _role(part: Resource) -> dict[str, list[Value]]:
    return {"iam_roles": [part.attributes["role_arn"]] if "role_arn" in part.attributes else []}


def _from_live(reader: Reader) -> Iterable[Resource]:
    found = reader.each(reader.pages("rds", "describe_db_clusters", "DBClusters"), partial(_cluster, reader))
    return [cluster for clusters in found for cluster in clusters]


def _cluster(reader: Reader, cluster: Mapping[str, Any]) -> list[Resource]:
    if cluster.get("Engine") in OTHER_ENGINES:
        return []
    identifier, arn = cluster["DBClusterIdentifier"], cluster["DBClusterArn"]
    secret = cluster.get("MasterUserSecret")
    certificate = cluster.get("CertificateDetails") or {}
    scaling, serverless = cluster.get("ScalingConfigurationInfo"), cluster.get("ServerlessV2ScalingConfiguration")
    attributes: dict[str, Value] = {
        "id": identifier,
        "arn": arn,
        "cluster_identifier": identifier,
        **dict.fromkeys(_SOURCE_ONLY, OF_TERRAFORM),
        **named(cluster, _PLAIN),
        **named(cluster, _OR_EMPTY, ""),
        **named(cluster, _OR_ZERO, 0),
        **named(cluster, _OR_FALSE, False),
        "availability_zones": list(cluster.get("AvailabilityZones") or ()),
        "ca_certificate_identifier": certificate.get("CAIdentifier", ""),
        "cluster_members": [one["DBInstanceIdentifier"] for one in cluster.get("DBClusterMembers") or ()],
        "enabled_cloudwatch_logs_exports": list(cluster.get("EnabledCloudwatchLogsExports") or ()),
        "enable_local_write_forwarding": cluster.get("LocalWriteForwardingStatus") in _FORWARDING,
        "global_cluster_identifier": not_read("rds:DescribeGlobalClusters"),
        "enable_global_write_forwarding": not_read("rds:DescribeGlobalClusters"),
        "iam_roles": [one["RoleArn"] for one in cluster.get("AssociatedRoles") or ()],
        "manage_master_user_password": True if secret else None,
        "master_user_secret": master_secret(secret),
        "master_user_secret_kms_key_id": (secret or {}).get("KmsKeyId", ""),
        "scaling_configuration": [named(scaling, _SCALING)] if scaling is not None else [],
        "serverlessv2_scaling_configuration": [named(serverless, _SERVERLESS)] if serverless else [],
        "vpc_security_group_ids": [one["VpcSecurityGroupId"] for one in cluster.get("VpcSecurityGroups") or ()],
        "tags": tags(cluster, "TagList"),
    }
    return [reader.resource("aws_rds_cluster", arn, attributes)]


KIND = Kind(
    type="aws_rds_cluster",
    identity=("cluster_identifier",),
    names=("id", "arn", "cluster_identifier"),
    reads=(Read("rds", "describe_db_clusters"),),
    security_groups=("vpc_security_group_ids[*]",),
    parts=(
        Part(
            "aws_rds_cluster_role_association",
            "db_cluster_identifier",
            ("iam_roles",),
            ("id", "cluster_identifier"),
            _role,
        ),
    ),
    defaults={
        "backup_retention_period": Default(1, f"{_API}, BackupRetentionPeriod: default 1"),
        "copy_tags_to_snapshot": Default(False, _SCHEMA),
        "engine_mode": Default("provisioned", _SCHEMA),
        "deletion_protection": Default(False, f"{_API}, DeletionProtection: by default, it isn't enabled"),
        "iam_database_authentication_enabled": Default(
            False, f"{_API}, EnableIAMDatabaseAuthentication: by default, mapping isn't enabled"
        ),
        "enable_http_endpoint": Default(False, f"{_API}, EnableHttpEndpoint: by default, it isn't enabled"),
    },
    from_live=_from_live,
)
