"""Instances of RDS clusters. An instance on its own is another Terraform type (``aws_db_instance``).

Sources: provider documentation of ``aws_rds_cluster_instance``; RDS API Reference, DescribeDBInstances and, for which
one writes, DescribeDBClusters.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from audits.kind import Default, Kind, Read, Reader
from audits.kinds._details import OF_TERRAFORM, plan_default
from audits.kinds._rds import OTHER_ENGINES
from audits.kinds._shapes import named
from audits.kinds.aws_vpc import tags
from audits.model import Cause, Resource, Unknown, Value

_SCHEMA = plan_default("aws_rds_cluster_instance")
_PLAIN = (
    ("auto_minor_version_upgrade", "AutoMinorVersionUpgrade"),
    ("availability_zone", "AvailabilityZone"),
    ("ca_cert_identifier", "CACertificateIdentifier"),
    ("cluster_identifier", "DBClusterIdentifier"),
    ("copy_tags_to_snapshot", "CopyTagsToSnapshot"),
    ("dbi_resource_id", "DbiResourceId"),
    ("engine", "Engine"),
    ("engine_version", "EngineVersion"),
    ("engine_version_actual", "EngineVersion"),
    ("identifier", "DBInstanceIdentifier"),
    ("instance_class", "DBInstanceClass"),
    ("network_type", "NetworkType"),
    ("preferred_backup_window", "PreferredBackupWindow"),
    ("preferred_maintenance_window", "PreferredMaintenanceWindow"),
    ("promotion_tier", "PromotionTier"),
    ("publicly_accessible", "PubliclyAccessible"),
    ("storage_encrypted", "StorageEncrypted"),
)
_OR_EMPTY = (
    ("custom_iam_instance_profile", "CustomIamInstanceProfile"),
    ("kms_key_id", "KmsKeyId"),
    ("monitoring_role_arn", "MonitoringRoleArn"),
    ("performance_insights_kms_key_id", "PerformanceInsightsKMSKeyId"),
)


def _from_live(reader: Reader) -> Iterable[Resource]:
    listed = reader.pages("rds", "describe_db_instances", "DBInstances")
    answer = reader.detail("rds", "describe_db_clusters", resource="*", attribute="writer")
    writers: Mapping[str, Value] | Unknown
    if isinstance(answer, Unknown):
        writers = answer
    else:
        writers = {
            member["DBInstanceIdentifier"]: member.get("IsClusterWriter", False)
            for cluster in (answer or {}).get("DBClusters", ())
            for member in cluster.get("DBClusterMembers") or ()
        }
    found = reader.each(listed, partial(_instance, reader, writers))
    return [instance for instances in found for instance in instances]


def _instance(reader: Reader, writers: Mapping[str, Value] | Unknown, instance: Mapping[str, Any]) -> list[Resource]:
    if not instance.get("DBClusterIdentifier") or instance.get("Engine") in OTHER_ENGINES:
        return []
    identifier, arn = instance["DBInstanceIdentifier"], instance["DBInstanceArn"]
    endpoint = instance.get("Endpoint") or {}
    parameters = instance.get("DBParameterGroups") or [{}]
    unlisted = Unknown(Cause.UNREADABLE, detail="rds:DescribeDBClusters does not list it among its cluster's members")
    attributes: dict[str, Value] = {
        "id": identifier,
        "arn": arn,
        "apply_immediately": OF_TERRAFORM,
        "force_destroy": OF_TERRAFORM,
        **named(instance, _PLAIN),
        **named(instance, _OR_EMPTY, ""),
        "db_parameter_group_name": parameters[0].get("DBParameterGroupName"),
        "db_subnet_group_name": (instance.get("DBSubnetGroup") or {}).get("DBSubnetGroupName", ""),
        "endpoint": endpoint.get("Address"),
        "port": endpoint.get("Port"),
        "monitoring_interval": instance.get("MonitoringInterval", 0),
        "performance_insights_enabled": instance.get("PerformanceInsightsEnabled", False),
        "performance_insights_retention_period": instance.get("PerformanceInsightsRetentionPeriod", 0),
        "writer": writers if isinstance(writers, Unknown) else writers.get(identifier, unlisted),
        "tags": tags(instance, "TagList"),
    }
    return [reader.resource("aws_rds_cluster_instance", arn, attributes)]


KIND = Kind(
    type="aws_rds_cluster_instance",
    identity=("identifier",),
    names=("id", "arn", "identifier"),
    reads=(Read("rds", "describe_db_instances"), Read("rds", "describe_db_clusters")),
    defaults={
        "auto_minor_version_upgrade": Default(True, _SCHEMA),
        "copy_tags_to_snapshot": Default(False, _SCHEMA),
        "monitoring_interval": Default(0, _SCHEMA),
        "promotion_tier": Default(0, _SCHEMA),
    },
    from_live=_from_live,
)
