from __future__ import annotations

from typing import Any

from audits.canonical import canonical
from audits.kinds.aws_rds_cluster import KIND
from audits.model import Observation, Unknown
from tests.kinds.support import live, reference, source
from tests.planes.live.world import REGION, moto_account

MADE: dict[str, Any] = {
    "DBClusterIdentifier": "main",
    "DBClusterArn": f"arn:aws:rds:{REGION}:123456789012:cluster:main",
    "Engine": "aurora-postgresql",
}


def answered(**more: Any) -> Any:
    (found,) = live(KIND, {("rds", "describe_db_clusters"): {"DBClusters": [{**MADE, **more}]}})
    return found.attributes


def test_an_account() -> None:
    with moto_account() as world:
        group = world.client("ec2").describe_security_groups()["SecurityGroups"][0]["GroupId"]
        world.client("rds").create_db_cluster(
            DBClusterIdentifier="main",
            Engine="aurora-postgresql",
            MasterUsername="app",
            MasterUserPassword="not-a-secret-1",
            BackupRetentionPeriod=5,
            StorageEncrypted=True,
            DeletionProtection=True,
            VpcSecurityGroupIds=[group],
            Tags=[{"Key": "env", "Value": "prod"}],
        )
        found = world.only(KIND, cluster_identifier="main")
    given = found.attributes
    assert (given["engine"], given["backup_retention_period"], given["storage_encrypted"]) == (
        "aurora-postgresql",
        5,
        True,
    )
    assert given["deletion_protection"] is True and given["vpc_security_group_ids"] == [group]
    assert given["tags"] == {"env": "prod"} and "master_password" not in given and given["id"] == "main"


def test_what_moto_loses() -> None:
    given = answered(
        ServerlessV2ScalingConfiguration={"MinCapacity": 0.5, "MaxCapacity": 4.0},
        ScalingConfigurationInfo={"MinCapacity": 2, "MaxCapacity": 8, "AutoPause": True},
        MasterUserSecret={"SecretArn": "arn:secret", "SecretStatus": "active", "KmsKeyId": "key"},
        DBClusterMembers=[{"DBInstanceIdentifier": "main-0", "IsClusterWriter": True}],
        AssociatedRoles=[{"RoleArn": "arn:role", "Status": "ACTIVE"}],
        CertificateDetails={"CAIdentifier": "rds-ca"},
        LocalWriteForwardingStatus="enabling",
        HttpEndpointEnabled=True,
    )
    assert given["serverlessv2_scaling_configuration"][0]["max_capacity"] == 4.0
    assert given["scaling_configuration"][0]["auto_pause"] is True
    assert given["master_user_secret"][0]["secret_arn"] == "arn:secret" and given["manage_master_user_password"] is True
    assert (given["cluster_members"], given["iam_roles"]) == (["main-0"], ["arn:role"])
    assert given["ca_certificate_identifier"] == "rds-ca" and given["enable_local_write_forwarding"] is True
    assert given["enable_http_endpoint"] is True and isinstance(given["global_cluster_identifier"], Unknown)


def test_what_aws_does_not_give_is_null_or_empty() -> None:
    given = answered()
    assert given["backup_retention_period"] is None and given["kms_key_id"] == ""
    assert given["scaling_configuration"] == given["master_user_secret"] == given["vpc_security_group_ids"] == []
    assert given["manage_master_user_password"] is None and given["enable_http_endpoint"] is False


def test_clusters_of_other_services_are_other_types() -> None:
    others = [{**MADE, "Engine": engine} for engine in ("docdb", "neptune")]
    assert live(KIND, {("rds", "describe_db_clusters"): {"DBClusters": others}}) == []


def test_a_role_that_is_associated_folds_in() -> None:
    cluster = source(KIND.type, cluster_identifier="main", engine="aurora-postgresql")
    own = reference("aws_rds_cluster.this", "id")
    role = source(
        "aws_rds_cluster_role_association", db_cluster_identifier=own, feature_name="s3Import", role_arn="arn:role"
    )
    (found,) = canonical(Observation("terraform", (cluster, role)), {KIND.type: KIND}).resources
    assert found.attributes["iam_roles"] == ["arn:role"]
    assert found.attributes["deletion_protection"] is False and found.attributes["engine_mode"] == "provisioned"
    assert "storage_encrypted" not in found.attributes and found.key == "main"
