from __future__ import annotations

from typing import Any

from audits.canonical import canonical
from audits.kinds.aws_rds_cluster_instance import KIND
from audits.model import Cause, Observation
from tests.kinds.support import DENIED, live, source
from tests.planes.live.world import REGION, moto_account

MADE: dict[str, Any] = {
    "DBInstanceIdentifier": "main-0",
    "DBInstanceArn": f"arn:aws:rds:{REGION}:123456789012:db:main-0",
    "DBClusterIdentifier": "main",
    "DBInstanceClass": "db.serverless",
    "Engine": "aurora-postgresql",
}
CLUSTERS = {
    "DBClusters": [
        {
            "DBClusterIdentifier": "main",
            "DBClusterMembers": [
                {"DBInstanceIdentifier": "main-0", "IsClusterWriter": True},
                {"DBInstanceIdentifier": "main-1", "IsClusterWriter": False},
            ],
        }
    ]
}


def answered(*instances: dict[str, Any], clusters: Any = CLUSTERS) -> list[Any]:
    answers = {
        ("rds", "describe_db_instances"): {"DBInstances": list(instances)},
        ("rds", "describe_db_clusters"): clusters,
    }
    return [one.attributes for one in live(KIND, answers)]


def test_an_account() -> None:
    with moto_account() as world:
        rds = world.client("rds")
        rds.create_db_cluster(
            DBClusterIdentifier="main", Engine="aurora-postgresql", MasterUsername="app", MasterUserPassword="not-one-1"
        )
        rds.create_db_instance(
            DBInstanceIdentifier="main-0",
            DBClusterIdentifier="main",
            DBInstanceClass="db.r6g.large",
            Engine="aurora-postgresql",
        )
        rds.create_db_instance(
            DBInstanceIdentifier="alone", DBInstanceClass="db.t4g.micro", Engine="postgres", AllocatedStorage=20
        )
        observed = world.observe(KIND)
    (found,) = observed.resources
    assert observed.gaps == () and found.attributes["identifier"] == "main-0"
    assert (found.attributes["cluster_identifier"], found.attributes["instance_class"]) == ("main", "db.r6g.large")


def test_what_moto_loses() -> None:
    more = {
        "PromotionTier": 1,
        "Endpoint": {"Address": "main-0.example", "Port": 5432},
        "DBParameterGroups": [{"DBParameterGroupName": "main"}],
        "DBSubnetGroup": {"DBSubnetGroupName": "private"},
        "PerformanceInsightsEnabled": True,
        "TagList": [{"Key": "Name", "Value": "x"}],
    }
    first, second = answered({**MADE, **more}, {**MADE, "DBInstanceIdentifier": "main-1"})
    assert (first["writer"], second["writer"]) == (True, False)
    assert (first["endpoint"], first["port"], first["promotion_tier"]) == ("main-0.example", 5432, 1)
    assert (first["db_parameter_group_name"], first["db_subnet_group_name"]) == ("main", "private")
    assert first["performance_insights_enabled"] is True and first["tags"] == {"Name": "x"}
    assert second["endpoint"] is None and second["promotion_tier"] is None


def test_whether_one_writes_may_not_be_known() -> None:
    (unread,) = answered(MADE, clusters=DENIED)
    assert unread["writer"] is DENIED
    (unlisted,) = answered(MADE, clusters={"DBClusters": []})
    assert unlisted["writer"].cause is Cause.UNREADABLE


def test_instances_of_other_services_are_other_types() -> None:
    assert answered({**MADE, "Engine": "docdb"}, {**MADE, "DBClusterIdentifier": ""}) == []


def test_defaults_are_those_of_the_provider() -> None:
    (found,) = canonical(
        Observation("terraform", (source(KIND.type, identifier="main-0"),)), {KIND.type: KIND}
    ).resources
    assert found.attributes["promotion_tier"] == 0 and found.attributes["auto_minor_version_upgrade"] is True
    assert "publicly_accessible" not in found.attributes
