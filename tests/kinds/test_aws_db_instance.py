from __future__ import annotations

from typing import Any

import pytest

from audits.canonical import canonical
from audits.kinds.aws_db_instance import KIND
from audits.model import Cause, Observation
from tests.kinds.support import live, source
from tests.planes.live.world import REGION, moto_account

MADE: dict[str, Any] = {
    "DBInstanceIdentifier": "glimpse-db",
    "DBInstanceArn": f"arn:aws:rds:{REGION}:123456789012:db:glimpse-db",
    "DbiResourceId": "db-ABC",
    "DBInstanceClass": "db.t4g.micro",
    "Engine": "postgres",
}


def test_an_account() -> None:
    with moto_account() as world:
        ec2 = world.client("ec2")
        group = ec2.describe_security_groups()["SecurityGroups"][0]["GroupId"]
        subnets = [one["SubnetId"] for one in ec2.describe_subnets()["Subnets"]][:2]
        rds = world.client("rds")
        rds.create_db_subnet_group(DBSubnetGroupName="db", DBSubnetGroupDescription="d", SubnetIds=subnets)
        rds.create_db_instance(
            DBInstanceIdentifier="glimpse-db",
            DBInstanceClass="db.t4g.micro",
            Engine="postgres",
            AllocatedStorage=20,
            BackupRetentionPeriod=7,
            MasterUsername="app",
            MasterUserPassword="not-a-secret-1",
            VpcSecurityGroupIds=[group],
            DBSubnetGroupName="db",
            DeletionProtection=True,
            PubliclyAccessible=False,
            Tags=[{"Key": "env", "Value": "prod"}],
        )
        found = world.only(KIND, identifier="glimpse-db")
    given = found.attributes
    assert (given["instance_class"], given["engine"], given["allocated_storage"]) == ("db.t4g.micro", "postgres", 20)
    assert (given["backup_retention_period"], given["deletion_protection"]) == (7, True)
    assert (given["multi_az"], given["publicly_accessible"], given["storage_encrypted"]) == (False, False, False)
    assert given["vpc_security_group_ids"] == [group] and given["db_subnet_group_name"] == "db"
    assert given["tags"] == {"env": "prod"} and "password" not in given
    assert found.identity == given["arn"]


def test_every_page_counts() -> None:
    with moto_account() as world:
        rds = world.client("rds")
        for number in range(105):
            rds.create_db_instance(
                DBInstanceIdentifier=f"db-{number}",
                DBInstanceClass="db.t4g.micro",
                Engine="postgres",
                AllocatedStorage=20,
            )
        found = world.observe(KIND)
    assert found.gaps == () and len(found.resources) == 105


def test_what_aws_does_not_give_is_null_or_empty() -> None:
    (found,) = live(KIND, {("rds", "describe_db_instances"): {"DBInstances": [MADE]}})
    given = found.attributes
    assert given["backup_retention_period"] is None and given["port"] is None and given["endpoint"] is None
    assert given["kms_key_id"] == "" and given["vpc_security_group_ids"] == [] and given["master_user_secret"] == []


def test_what_moto_loses() -> None:
    more = {
        "Endpoint": {"Address": "db.example", "Port": 5432, "HostedZoneId": "Z1"},
        "MasterUserSecret": {"SecretArn": "arn:secret", "SecretStatus": "active", "KmsKeyId": "key"},
        "PreferredMaintenanceWindow": "Sun:03:00-Sun:04:00",
        "ReadReplicaSourceDBInstanceIdentifier": "main",
        "MaxAllocatedStorage": 100,
    }
    (found,) = live(KIND, {("rds", "describe_db_instances"): {"DBInstances": [{**MADE, **more}]}})
    given = found.attributes
    assert (given["endpoint"], given["port"], given["hosted_zone_id"]) == ("db.example:5432", 5432, "Z1")
    assert given["manage_master_user_password"] is True
    assert given["master_user_secret"][0]["secret_arn"] == "arn:secret"
    assert given["maintenance_window"] == "sun:03:00-sun:04:00" and given["replicate_source_db"] == "main"
    assert given["max_allocated_storage"] == 100


def test_members_of_a_cluster_are_another_type() -> None:
    member = {**MADE, "DBClusterIdentifier": "aurora"}
    assert live(KIND, {("rds", "describe_db_instances"): {"DBInstances": [member]}}) == []


def _canonical(**attributes: Any) -> Any:
    observation = Observation("terraform", (source("aws_db_instance", **attributes),))
    return canonical(observation, {KIND.type: KIND}).resources[0]


def test_defaults_are_those_that_are_documented() -> None:
    found = _canonical(identifier="db")
    assert found.attributes["publicly_accessible"] is False and found.attributes["storage_encrypted"] is False
    assert "multi_az" not in found.attributes and "backup_retention_period" not in found.attributes
    assert set(found.defaulted) == set(KIND.defaults) and found.key == "db"


@pytest.mark.parametrize(
    "origin", [{"snapshot_identifier": "s"}, {"replicate_source_db": "m"}, {"restore_to_point_in_time": [{}]}]
)
def test_a_copy_takes_its_encryption_from_elsewhere(origin: dict[str, Any]) -> None:
    found = _canonical(**origin).attributes["storage_encrypted"]
    assert found.cause is Cause.UNSET
    assert _canonical(**origin, storage_encrypted=True).attributes["storage_encrypted"] is True
