from __future__ import annotations

from audits.kinds.aws_key_pair import KIND
from tests.kinds.support import live
from tests.planes.live.world import moto_account

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJzl3tIzwZ6y0AVkKHJ0c1J5m7vXlmCJ8Q2sn0sZ9hJK"


def test_an_account() -> None:
    with moto_account() as world:
        ec2 = world.client("ec2")
        made = ec2.import_key_pair(KeyName="deploy", PublicKeyMaterial=KEY.encode())
        found = world.only(KIND, key_name="deploy")
    assert found.attributes["fingerprint"] == made["KeyFingerprint"] and found.attributes["id"] == "deploy"


def test_what_moto_loses() -> None:
    key = {"KeyName": "deploy", "KeyPairId": "key-1", "KeyType": "ed25519", "PublicKey": KEY}
    (found,) = live(KIND, {("ec2", "describe_key_pairs"): {"KeyPairs": [key]}})
    assert (found.attributes["key_pair_id"], found.attributes["key_type"]) == ("key-1", "ed25519")
    assert found.attributes["public_key"] == KEY and found.identity.endswith(":key-pair/deploy")
