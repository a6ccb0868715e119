"""ElastiCache clusters: Memcached clusters, single Redis nodes, and the members of replication groups.

AWS lists members like clusters of their own: ``replication_group_id`` tells them apart, null for one on its own.

Sources: provider documentation of ``aws_elasticache_cluster``; ElastiCache API Reference, DescribeCacheClusters.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from audits.kind import Default, Kind, Read, Reader
from audits.kinds.aws_vpc import tags
from audits.model import Resource, Unknown, Value


def tags_of(reader: Reader, arn: str) -> Value:
    """The tags of a cluster or replication group, which a call of its own tells."""
    answer = reader.detail("elasticache", "list_tags_for_resource", resource=arn, attribute="tags", ResourceName=arn)
    return answer if isinstance(answer, Unknown) else tags(answer or {}, "TagList")


def versions(engine: str, version: str | None) -> dict[str, Value]:
    """``engine_version`` and ``engine_version_actual``, as the provider words them.

    Redis from 6 on, and Valkey, are asked for by major and minor version (provider documentation, ``engine_version``);
    the patch is AWS's, and only the actual version has it.
    """
    numbers = (version or "").split(".")
    if not all(number.isdigit() for number in numbers):
        return {"engine_version": version, "engine_version_actual": version}
    whole = ".".join([*numbers, "0", "0"][: max(3, len(numbers))])
    by_minor = engine != "memcached" and int(numbers[0]) >= 6 and len(numbers) > 1
    return {"engine_version": ".".join(numbers[:2]) if by_minor else version, "engine_version_actual": whole}


def log_delivery(answer: Mapping[str, Any]) -> list[Value]:
    """Where a cluster or replication group sends its logs."""
    found: list[Value] = []
    for one in answer.get("LogDeliveryConfigurations") or ():
        details = one.get("DestinationDetails") or {}
        stream, group = details.get("KinesisFirehoseDetails"), details.get("CloudWatchLogsDetails")
        destination = (group or {}).get("LogGroup") or (stream or {}).get("DeliveryStream")
        found.append(
            {
                "destination": destination,
                "destination_type": one.get("DestinationType"),
                "log_format": one.get("LogFormat"),
                "log_type": one.get("LogType"),
            }
        )
    return found


def _from_live(reader: Reader) -> Iterable[Resource]:
    listed = reader.pages("elasticache", "describe_cache_clusters", "CacheClusters", ShowCacheNodeInfo=True)
    return reader.each(listed, partial(_cluster, reader))


def _cluster(reader: Reader, cluster: Mapping[str, Any]) -> Resource:
    identifier = cluster["CacheClusterId"]
    arn = cluster["ARN"]
    attributes: dict[str, Value] = {
        "id": identifier,
        "arn": arn,
        "cluster_id": identifier,
        "replication_group_id": cluster.get("ReplicationGroupId") or None,
        "engine": cluster["Engine"],
        **versions(cluster["Engine"], cluster.get("EngineVersion")),
        "node_type": cluster["CacheNodeType"],
        "num_cache_nodes": cluster["NumCacheNodes"],
        "auto_minor_version_upgrade": cluster.get("AutoMinorVersionUpgrade"),
        "ip_discovery": cluster.get("IpDiscovery"),
        "network_type": cluster.get("NetworkType"),
        "maintenance_window": cluster.get("PreferredMaintenanceWindow"),
        "snapshot_retention_limit": cluster.get("SnapshotRetentionLimit", 0),
        "snapshot_window": cluster.get("SnapshotWindow", ""),
        "preferred_outpost_arn": cluster.get("PreferredOutpostArn", ""),
        "transit_encryption_enabled": cluster.get("TransitEncryptionEnabled", False),
        "log_delivery_configuration": log_delivery(cluster),
        **_of_groups(cluster),
        **_of_nodes(cluster),
        "tags": tags_of(reader, arn),
    }
    return reader.resource("aws_elasticache_cluster", arn, attributes)


def _of_groups(cluster: Mapping[str, Any]) -> dict[str, Value]:
    notification = cluster.get("NotificationConfiguration") or {}
    notified = notification.get("TopicStatus") == "active"
    return {
        "security_group_ids": [one["SecurityGroupId"] for one in cluster.get("SecurityGroups") or ()],
        "subnet_group_name": cluster.get("CacheSubnetGroupName", ""),
        "parameter_group_name": (cluster.get("CacheParameterGroup") or {}).get("CacheParameterGroupName"),
        "notification_topic_arn": notification.get("TopicArn", "") if notified else "",
    }


def _of_nodes(cluster: Mapping[str, Any]) -> dict[str, Value]:
    """Zones, nodes and endpoints. ``availability_zone`` is ``Multiple`` where nodes are spread over zones."""
    zone = cluster.get("PreferredAvailabilityZone")
    nodes = [
        {
            "id": node.get("CacheNodeId"),
            "address": (node.get("Endpoint") or {}).get("Address"),
            "port": (node.get("Endpoint") or {}).get("Port"),
            "availability_zone": node.get("CustomerAvailabilityZone"),
            "outpost_arn": node.get("CustomerOutpostArn", ""),
        }
        for node in cluster.get("CacheNodes") or ()
    ]
    endpoint = cluster.get("ConfigurationEndpoint") or {}
    address, port = endpoint.get("Address"), endpoint.get("Port")
    return {
        "availability_zone": zone,
        "az_mode": "cross-az" if zone == "Multiple" else "single-az",
        "cache_nodes": nodes,
        "port": port if port is not None else (nodes[0]["port"] if nodes else None),
        "cluster_address": address or "",
        "configuration_endpoint": f"{address}:{port}" if address else "",
    }


KIND = Kind(
    type="aws_elasticache_cluster",
    identity=("cluster_id",),
    names=("id", "arn", "cluster_id"),
    reads=(
        Read("elasticache", "describe_cache_clusters"),
        Read("elasticache", "list_tags_for_resource"),
    ),
    security_groups=("security_group_ids[*]",),
    defaults={
        "replication_group_id": Default(
            None,
            "ElastiCache API Reference, CreateCacheCluster, ReplicationGroupId: if it is not given, the cluster is a"
            " standalone primary that is not part of any replication group",
        ),
        "auto_minor_version_upgrade": Default(
            "true", "provider 5.100 schema default (the planned value of an aws_elasticache_cluster that leaves it out)"
        ),
    },
    from_live=_from_live,
)
