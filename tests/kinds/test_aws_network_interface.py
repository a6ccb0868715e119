from __future__ import annotations

from typing import Any

import pytest

from audits.kinds.aws_network_interface import KIND
from tests.kinds.support import converted, declared, live, reference
from tests.planes.live.world import moto_account

ENI = "eni-0123456789abcdef0"


@pytest.mark.parametrize(
    ("attached", "shown"),
    [
        (None, []),
        (
            {"AttachmentId": "eni-attach-1", "InstanceId": "i-1", "DeviceIndex": 1, "Status": "attached"},
            [{"attachment_id": "eni-attach-1", "instance": "i-1", "device_index": 1}],
        ),
        (
            {"AttachmentId": "ela-attach-1", "DeviceIndex": 1, "Status": "attached"},
            [{"attachment_id": "ela-attach-1", "instance": "", "device_index": 1}],
        ),
        ({"AttachmentId": "eni-attach-1", "InstanceId": "i-1", "DeviceIndex": 1, "Status": "detaching"}, []),
    ],
)
def test_what_it_is_attached_to(attached: dict[str, Any] | None, shown: list[dict[str, Any]]) -> None:
    answer: dict[str, Any] = {"NetworkInterfaceId": ENI, "SourceDestCheck": False}
    answer |= {"Attachment": attached} if attached else {}
    listed = {"NetworkInterfaces": [answer]}
    (found,) = live(KIND, {("ec2", "describe_network_interfaces"): listed})
    assert found.attributes["attachment"] == shown
    assert found.attributes["source_dest_check"] is False


def test_an_account() -> None:
    with moto_account() as world:
        ec2 = world.client("ec2")
        subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
        name = [{"ResourceType": "network-interface", "Tags": [{"Key": "Name", "Value": "nat"}]}]
        made = ec2.create_network_interface(SubnetId=subnet, Description="nat", TagSpecifications=name)
        identifier = made["NetworkInterface"]["NetworkInterfaceId"]
        ec2.modify_network_interface_attribute(NetworkInterfaceId=identifier, SourceDestCheck={"Value": False})
        found = world.only(KIND, id=identifier)
    given = found.attributes
    assert (given["subnet_id"], given["description"], given["tags"]) == (subnet, "nat", {"Name": "nat"})
    assert (given["source_dest_check"], given["attachment"]) == (False, [])
    assert given["arn"].endswith(f":network-interface/{identifier}")


def test_an_attachment_of_its_own_is_the_same_as_an_inline_one() -> None:
    instance = reference("aws_instance.nat", "id")
    part = declared("aws_network_interface_attachment", instance_id=instance, device_index=1)
    assert converted(KIND, part) == {"attachment": [{"device_index": 1, "instance": instance}]}
