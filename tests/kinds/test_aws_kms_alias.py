from __future__ import annotations

from audits.kinds.aws_kms_alias import KIND
from tests.kinds.support import declared, in_source
from tests.planes.live.world import moto_account


def test_both_planes_agree_and_awss_own_are_left_out() -> None:
    with moto_account() as world:
        client = world.client("kms")
        metadata = client.create_key()["KeyMetadata"]
        client.create_alias(AliasName="alias/files", TargetKeyId=metadata["KeyId"])
        (found,) = world.observe(KIND).resources
    configured = in_source(KIND, declared("aws_kms_alias", name="alias/files", target_key_id=metadata["KeyId"]))
    for name in ("name", "target_key_id"):
        assert configured.attributes[name] == found.attributes[name]
    assert found.attributes["target_key_arn"] == metadata["Arn"]
