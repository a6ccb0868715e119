from __future__ import annotations

from typing import Any

from audits.kinds.aws_elasticache_replication_group import KIND
from audits.model import Cause
from tests.kinds.support import DENIED, live
from tests.kinds.test_aws_elasticache_cluster import MEMBER
from tests.planes.live.world import moto_account

GROUP: dict[str, Any] = {
    "ReplicationGroupId": "cache",
    "ARN": "arn:cache",
    "Description": "d",
    "MemberClusters": ["cache-001"],
    "CacheNodeType": "cache.t4g.micro",
    "AutomaticFailover": "disabled",
    "MultiAZ": "disabled",
    "TransitEncryptionEnabled": True,
    "AtRestEncryptionEnabled": True,
    "NodeGroups": [
        {
            "PrimaryEndpoint": {"Address": "p.example", "Port": 6379},
            "NodeGroupMembers": [{"CacheClusterId": "cache-001"}],
        }
    ],
}


def _live(members: Any, **more: Any) -> dict[str, Any]:
    answers = {
        ("elasticache", "describe_replication_groups"): {"ReplicationGroups": [{**GROUP, **more}]},
        ("elasticache", "describe_cache_clusters"): members,
        ("elasticache", "list_tags_for_resource"): {"TagList": [{"Key": "a", "Value": "b"}]},
    }
    (found,) = live(KIND, answers)
    return dict(found.attributes)


def test_what_the_members_tell() -> None:
    given = _live({"CacheClusters": [MEMBER]})
    assert (given["engine"], given["security_group_ids"], given["subnet_group_name"]) == ("redis", ["sg-1"], "private")
    assert (given["num_cache_clusters"], given["num_node_groups"], given["replicas_per_node_group"]) == (1, 1, 0)
    assert given["transit_encryption_enabled"] is True and given["automatic_failover_enabled"] is False
    assert (given["port"], given["primary_endpoint_address"], given["tags"]) == (6379, "p.example", {"a": "b"})


def test_members_that_cannot_be_read_are_unknown() -> None:
    for members in (DENIED, {"CacheClusters": []}):
        given = _live(members)
        assert given["node_type"] == "cache.t4g.micro" and given["num_cache_clusters"] == 1
        assert given["security_group_ids"].cause is Cause.UNREADABLE and given["engine"].cause is Cause.UNREADABLE
    assert _live(DENIED, Engine="valkey")["engine"] == "valkey"


def test_an_account() -> None:
    with moto_account() as world:
        world.client("elasticache").create_replication_group(
            ReplicationGroupId="cache",
            ReplicationGroupDescription="d",
            CacheNodeType="cache.t4g.micro",
            Engine="redis",
            NumCacheClusters=1,
            TransitEncryptionEnabled=True,
        )
        found = world.only(KIND, replication_group_id="cache")
    given = found.attributes
    assert (given["node_type"], given["num_cache_clusters"]) == ("cache.t4g.micro", 1)
    assert given["transit_encryption_enabled"] is True
