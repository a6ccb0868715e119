from __future__ import annotations

from audits.kinds.aws_dynamodb_table import KIND
from audits.model import Cause
from tests.kinds.support import DENIED, agrees, declared, in_account, in_source, live
from tests.planes.live.world import moto_account


def test_both_planes_agree_on_a_table() -> None:
    with moto_account() as world:
        client = world.client("dynamodb")
        client.create_table(
            TableName="t",
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            DeletionProtectionEnabled=True,
            Tags=[{"Key": "x", "Value": "y"}],
        )
        client.update_continuous_backups(
            TableName="t", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
        )
        client.update_time_to_live(TableName="t", TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"})
        found = in_account(KIND, world.only(KIND, name="t"))
    configured = declared(
        "aws_dynamodb_table",
        name="t",
        billing_mode="PAY_PER_REQUEST",
        hash_key="id",
        attribute=[{"name": "id", "type": "S"}],
        deletion_protection_enabled=True,
        point_in_time_recovery=[{"enabled": True}],
        ttl=[{"enabled": True, "attribute_name": "expires"}],
        tags={"x": "y"},
    )
    wanted = in_source(KIND, configured)
    agrees({name: value for name, value in wanted.attributes.items() if name != "import_table"}, found.attributes)
    assert wanted.key == found.key == "t"


def test_indexes_are_not_guessed_and_denied_details_are_unknown() -> None:
    table = {
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "at", "KeyType": "RANGE"}],
        "GlobalSecondaryIndexes": [{"IndexName": "g"}],
        "LocalSecondaryIndexes": [
            {
                "IndexName": "l",
                "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "z", "KeyType": "RANGE"}],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
        "SSEDescription": {"Status": "ENABLED", "SSEType": "KMS", "KMSMasterKeyArn": "arn:k"},
    }
    (found,) = live(
        KIND,
        {
            ("dynamodb", "list_tables"): [{"TableNames": ["t"]}, {"TableNames": []}],
            ("dynamodb", "describe_table"): {"Table": table},
            ("dynamodb", "describe_continuous_backups"): DENIED,
            ("dynamodb", "describe_time_to_live"): {"TimeToLiveDescription": {"TimeToLiveStatus": "DISABLED"}},
            ("dynamodb", "list_tags_of_resource"): {},
        },
    )
    given = found.attributes
    assert given["global_secondary_index"].cause is Cause.UNSUPPORTED and given["replica"] == []
    local = {"name": "l", "range_key": "z", "projection_type": "ALL", "non_key_attributes": []}
    assert given["local_secondary_index"] == [local] and given["range_key"] == "at"
    assert given["server_side_encryption"] == [{"enabled": True, "kms_key_arn": "arn:k"}]
    assert given["point_in_time_recovery"] == DENIED and given["ttl"] == [{"attribute_name": "", "enabled": False}]
