from __future__ import annotations

from typing import Any

import pytest

from audits.canonical import canonical
from audits.kinds.aws_elasticache_cluster import KIND, versions
from audits.model import Observation
from tests.kinds.support import DENIED, declared, live
from tests.planes.live.world import moto_account

MEMBER: dict[str, Any] = {
    "CacheClusterId": "cache-001",
    "ARN": "arn:cache-001",
    "Engine": "redis",
    "EngineVersion": "7.1.0",
    "CacheNodeType": "cache.t4g.micro",
    "NumCacheNodes": 1,
    "ReplicationGroupId": "cache",
    "SecurityGroups": [{"SecurityGroupId": "sg-1", "Status": "active"}],
    "CacheSubnetGroupName": "private",
    "CacheParameterGroup": {"CacheParameterGroupName": "default.redis7"},
    "PreferredAvailabilityZone": "ap-northeast-2a",
    "TransitEncryptionEnabled": True,
    "NotificationConfiguration": {"TopicArn": "arn:topic", "TopicStatus": "active"},
    "CacheNodes": [{"CacheNodeId": "0001", "Endpoint": {"Address": "a.example", "Port": 6379}}],
    "LogDeliveryConfigurations": [
        {
            "LogType": "slow-log",
            "LogFormat": "json",
            "DestinationType": "cloudwatch-logs",
            "DestinationDetails": {"CloudWatchLogsDetails": {"LogGroup": "/cache"}},
        }
    ],
}


def test_an_account() -> None:
    with moto_account() as world:
        world.client("elasticache").create_cache_cluster(
            CacheClusterId="cache", Engine="redis", CacheNodeType="cache.t4g.micro", NumCacheNodes=1
        )
        found = world.only(KIND, cluster_id="cache")
    given = found.attributes
    assert (given["engine"], given["node_type"], given["num_cache_nodes"]) == ("redis", "cache.t4g.micro", 1)
    assert given["replication_group_id"] is None and given["tags"] == {}


def test_a_member_of_a_replication_group() -> None:
    answers = {
        ("elasticache", "describe_cache_clusters"): {"CacheClusters": [MEMBER]},
        ("elasticache", "list_tags_for_resource"): DENIED,
    }
    (found,) = live(KIND, answers)
    given = found.attributes
    assert (given["replication_group_id"], given["security_group_ids"], given["port"]) == ("cache", ["sg-1"], 6379)
    assert (given["parameter_group_name"], given["subnet_group_name"]) == ("default.redis7", "private")
    assert given["notification_topic_arn"] == "arn:topic" and given["transit_encryption_enabled"] is True
    assert given["log_delivery_configuration"][0]["destination"] == "/cache" and given["tags"] is DENIED


def test_a_cluster_in_source_is_on_its_own_unless_it_says_otherwise() -> None:
    observation = Observation("terraform", (declared("aws_elasticache_cluster", cluster_id="cache"),))
    (found,) = canonical(observation, {KIND.type: KIND}).resources
    assert found.attributes["replication_group_id"] is None and found.key == "cache"
    assert "num_cache_nodes" not in found.attributes


@pytest.mark.parametrize(
    ("engine", "version", "asked", "actual"),
    [
        ("redis", "7.1.0", "7.1", "7.1.0"),
        ("redis", "7.1", "7.1", "7.1.0"),
        ("valkey", "8.0.1", "8.0", "8.0.1"),
        ("redis", "5.0.6", "5.0.6", "5.0.6"),
        ("memcached", "1.6.22", "1.6.22", "1.6.22"),
        ("redis", None, None, None),
        ("redis", "7", "7", "7.0.0"),
    ],
)
def test_versions_are_worded_as_the_provider_words_them(
    engine: str, version: str | None, asked: str | None, actual: str | None
) -> None:
    assert versions(engine, version) == {"engine_version": asked, "engine_version_actual": actual}
