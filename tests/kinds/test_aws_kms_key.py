from __future__ import annotations

import json
from typing import Any

from audits.kinds.aws_kms_key import KIND
from tests.kinds.support import DENIED, Absent, agrees, declared, in_account, in_source, live, reference
from tests.planes.live.world import moto_account

POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "kms:*"}]}


def test_both_planes_agree_on_a_key_that_rotates() -> None:
    with moto_account() as world:
        client = world.client("kms")
        key = client.create_key(
            Description="files",
            KeyUsage="ENCRYPT_DECRYPT",
            Policy=json.dumps(POLICY),
            Tags=[{"TagKey": "x", "TagValue": "y"}],
        )["KeyMetadata"]["KeyId"]
        client.enable_key_rotation(KeyId=key)
        doomed = client.create_key()["KeyMetadata"]["KeyId"]
        client.schedule_key_deletion(KeyId=doomed)
        found = in_account(KIND, world.only(KIND, key_id=key))
        assert [one.attributes["key_id"] for one in world.observe(KIND).resources] == [key]
    configured = in_source(
        KIND,
        declared("aws_kms_key", description="files", enable_key_rotation=True, tags={"x": "y"}),
        declared("aws_kms_key_policy", key_id=reference("aws_kms_key.this", "id"), policy=json.dumps(POLICY)),
    ).attributes
    assert configured["policy"] == POLICY
    agrees(
        {key: value for key, value in configured.items() if key != "bypass_policy_lockout_safety_check"},
        found.attributes,
    )


def _answers(metadata: dict[str, Any], **changes: Any) -> dict[tuple[str, str], Any]:
    known = {"KeyId": "k", "Arn": "arn:k", "KeyManager": "CUSTOMER", "KeyState": "Enabled", "Enabled": True}
    return {
        ("kms", "list_keys"): {"Keys": [{"KeyId": "k", "KeyArn": "arn:k"}]},
        ("kms", "describe_key"): {"KeyMetadata": {**known, **metadata}},
        ("kms", "get_key_policy"): {"Policy": "{}"},
        ("kms", "list_resource_tags"): {"Tags": []},
        **{("kms", name): answer for name, answer in changes.items()},
    }


def test_only_keys_that_can_rotate_are_asked_about_it() -> None:
    (found,) = live(KIND, _answers({"KeySpec": "RSA_2048", "Origin": "AWS_KMS"}))
    assert found.attributes["enable_key_rotation"] is False
    symmetric = {"KeySpec": "SYMMETRIC_DEFAULT", "Origin": "AWS_KMS"}
    (found,) = live(KIND, _answers(symmetric, get_key_rotation_status=DENIED))
    assert found.attributes["enable_key_rotation"] == DENIED
    (found,) = live(KIND, _answers(symmetric, get_key_rotation_status=Absent("UnsupportedOperationException")))
    assert found.attributes["enable_key_rotation"] is False


def test_keys_of_awss_own_are_no_resources_and_unreadable_ones_are() -> None:
    assert live(KIND, _answers({"KeyManager": "AWS"})) == []
    (found,) = live(KIND, _answers({}, describe_key=DENIED))
    assert found.attributes["is_enabled"] == found.attributes["enable_key_rotation"] == DENIED
