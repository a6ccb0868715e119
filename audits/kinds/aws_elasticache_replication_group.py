"""ElastiCache replication groups. What AWS tells only of the members (groups, versions) is taken from the first one.

Sources: provider documentation of ``aws_elasticache_replication_group``; ElastiCache API Reference,
DescribeReplicationGroups and DescribeCacheClusters.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from audits.kind import Default, Kind, Read, Reader
from audits.kinds.aws_elasticache_cluster import log_delivery, tags_of, versions
from audits.model import Cause, Resource, Unknown, Value

_SCHEMA = "provider 5.100 schema default (the planned value of an aws_elasticache_replication_group that leaves it out)"
_ON = frozenset({"enabled", "enabling"})
_OF_MEMBER = (
    "engine",
    "engine_version",
    "engine_version_actual",
    "maintenance_window",
    "notification_topic_arn",
    "parameter_group_name",
    "security_group_ids",
    "subnet_group_name",
)


def _from_live(reader: Reader) -> Iterable[Resource]:
    listed = reader.pages("elasticache", "describe_replication_groups", "ReplicationGroups")
    # The same question as the clusters' own kind asks, so that it is asked once.
    answer = reader.detail(
        "elasticache", "describe_cache_clusters", resource="*", attribute=", ".join(_OF_MEMBER), ShowCacheNodeInfo=True
    )
    members: Mapping[str, Any] | Unknown
    if isinstance(answer, Unknown):
        members = answer
    else:
        members = {cluster["CacheClusterId"]: cluster for cluster in (answer or {}).get("CacheClusters", ())}
    return reader.each(listed, partial(_group, reader, members))


def _group(reader: Reader, members: Mapping[str, Any] | Unknown, group: Mapping[str, Any]) -> Resource:
    arn, names = group["ARN"], list(group.get("MemberClusters") or ())
    attributes: dict[str, Value] = {
        "id": group["ReplicationGroupId"],
        "arn": arn,
        "replication_group_id": group["ReplicationGroupId"],
        "description": group.get("Description"),
        "node_type": group.get("CacheNodeType"),
        "num_cache_clusters": len(names),
        "member_clusters": names,
        "automatic_failover_enabled": group.get("AutomaticFailover") in _ON,
        "multi_az_enabled": group.get("MultiAZ") in _ON,
        "at_rest_encryption_enabled": group.get("AtRestEncryptionEnabled", False),
        "transit_encryption_enabled": group.get("TransitEncryptionEnabled", False),
        "transit_encryption_mode": group.get("TransitEncryptionMode", ""),
        "auto_minor_version_upgrade": group.get("AutoMinorVersionUpgrade"),
        "cluster_enabled": group.get("ClusterEnabled", False),
        "cluster_mode": group.get("ClusterMode"),
        "data_tiering_enabled": group.get("DataTiering") == "enabled",
        "global_replication_group_id": (group.get("GlobalReplicationGroupInfo") or {}).get(
            "GlobalReplicationGroupId", ""
        ),
        "ip_discovery": group.get("IpDiscovery"),
        "network_type": group.get("NetworkType"),
        "kms_key_id": group.get("KmsKeyId", ""),
        "snapshot_retention_limit": group.get("SnapshotRetentionLimit", 0),
        "snapshot_window": group.get("SnapshotWindow", ""),
        "user_group_ids": list(group.get("UserGroupIds") or ()),
        "log_delivery_configuration": log_delivery(group),
        **_of_nodes(group),
        **_of_member(members, names, group),
        "tags": tags_of(reader, arn),
    }
    return reader.resource("aws_elasticache_replication_group", arn, attributes)


def _of_nodes(group: Mapping[str, Any]) -> dict[str, Value]:
    """Shards and endpoints: the configuration endpoint with cluster mode, else those of the only shard."""
    shards = group.get("NodeGroups") or []
    found: dict[str, Value] = {
        "num_node_groups": len(shards),
        "replicas_per_node_group": len(shards[0].get("NodeGroupMembers") or [None]) - 1 if shards else None,
    }
    endpoint = group.get("ConfigurationEndpoint")
    primary = (shards[0].get("PrimaryEndpoint") if shards else None) or {}
    reading = (shards[0].get("ReaderEndpoint") if shards else None) or {}
    return {
        **found,
        "port": (endpoint or primary).get("Port"),
        "configuration_endpoint_address": (endpoint or {}).get("Address", ""),
        "primary_endpoint_address": "" if endpoint else primary.get("Address", ""),
        "reader_endpoint_address": "" if endpoint else reading.get("Address", ""),
    }


def _of_member(
    members: Mapping[str, Any] | Unknown, names: Iterable[str], group: Mapping[str, Any]
) -> dict[str, Value]:
    member = (
        members if isinstance(members, Unknown) else next((members[name] for name in names if name in members), None)
    )
    if member is None:
        member = Unknown(Cause.UNREADABLE, detail="elasticache:DescribeCacheClusters lists none of its members")
    engine = {"engine": group["Engine"]} if group.get("Engine") else {}
    if isinstance(member, Unknown):
        return {**dict.fromkeys(_OF_MEMBER, member), **engine}
    notification = member.get("NotificationConfiguration") or {}
    notified = notification.get("TopicStatus") == "active"
    return {
        "engine": member["Engine"],
        **versions(member["Engine"], member.get("EngineVersion")),
        "maintenance_window": member.get("PreferredMaintenanceWindow"),
        "notification_topic_arn": notification.get("TopicArn", "") if notified else "",
        "parameter_group_name": (member.get("CacheParameterGroup") or {}).get("CacheParameterGroupName"),
        "security_group_ids": [one["SecurityGroupId"] for one in member.get("SecurityGroups") or ()],
        "subnet_group_name": member.get("CacheSubnetGroupName", ""),
        **engine,
    }


KIND = Kind(
    type="aws_elasticache_replication_group",
    identity=("replication_group_id",),
    names=("id", "arn", "replication_group_id"),
    reads=(
        Read("elasticache", "describe_replication_groups"),
        Read("elasticache", "describe_cache_clusters"),
        Read("elasticache", "list_tags_for_resource"),
    ),
    security_groups=("security_group_ids[*]",),
    defaults={
        "engine": Default("redis", _SCHEMA),
        "automatic_failover_enabled": Default(False, _SCHEMA),
        "multi_az_enabled": Default(False, _SCHEMA),
        "snapshot_retention_limit": Default(
            0, "ElastiCache API Reference, CreateReplicationGroup, SnapshotRetentionLimit: default 0"
        ),
    },
    from_live=_from_live,
)
