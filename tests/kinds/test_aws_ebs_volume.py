from __future__ import annotations

from datetime import UTC, datetime

from audits.kinds.aws_ebs_volume import KIND
from tests.kinds.support import live
from tests.planes.live.world import REGION, moto_account


def test_an_account() -> None:
    with moto_account() as world:
        made = world.client("ec2").create_volume(
            AvailabilityZone=f"{REGION}a", Size=8, VolumeType="gp3", Encrypted=True
        )
        found = world.only(KIND, id=made["VolumeId"])
    given = found.attributes
    assert (given["size"], given["type"], given["encrypted"]) == (8, "gp3", True)
    assert given["availability_zone"] == f"{REGION}a" and found.identity.endswith(f":volume/{made['VolumeId']}")


def test_one_that_is_deleted_is_not_there() -> None:
    made = datetime(2025, 1, 1, 12, 0, 0, 5, tzinfo=UTC)
    volumes = [
        {"VolumeId": f"vol-{state}", "State": state, "AvailabilityZone": "a", "Size": 1, "CreateTime": made}
        for state in ("in-use", "deleting", "deleted")
    ]
    (found,) = live(KIND, {("ec2", "describe_volumes"): {"Volumes": volumes}})
    assert found.attributes["id"] == "vol-in-use" and found.attributes["create_time"] == "2025-01-01T12:00:00Z"
