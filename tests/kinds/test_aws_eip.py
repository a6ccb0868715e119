from __future__ import annotations

from typing import Any

from audits.canonical import canonical
from audits.kinds.aws_eip import KIND
from audits.model import Cause, Observation, Resource, Unknown
from tests.kinds.support import live, reference, source
from tests.planes.live.world import moto_account


def test_an_account() -> None:
    with moto_account() as world:
        ec2 = world.client("ec2")
        made = ec2.allocate_address(Domain="vpc")
        interface = ec2.create_network_interface(SubnetId=ec2.describe_subnets()["Subnets"][0]["SubnetId"])
        network_interface = interface["NetworkInterface"]["NetworkInterfaceId"]
        association = ec2.associate_address(
            AllocationId=made["AllocationId"], NetworkInterfaceId=network_interface, AllowReassociation=False
        )["AssociationId"]
        found = world.only(KIND, id=made["AllocationId"])
    given = found.attributes
    assert (given["public_ip"], given["domain"], given["vpc"]) == (made["PublicIp"], "vpc", True)
    assert (given["network_interface"], given["association_id"]) == (network_interface, association)
    assert given["instance"] == "" and found.identity == given["arn"]


def test_what_moto_loses() -> None:
    address = {
        "AllocationId": "eipalloc-1",
        "PublicIp": "203.0.113.1",
        "Domain": "vpc",
        "InstanceId": "i-1",
        "PrivateIpAddress": "10.0.0.4",
        "NetworkBorderGroup": "ap-northeast-2",
        "PublicIpv4Pool": "amazon",
        "Tags": [{"Key": "Name", "Value": "nat"}, {"Key": "aws:x", "Value": "y"}],
    }
    classic = {"PublicIp": "203.0.113.2", "Domain": "standard"}
    one, old = live(KIND, {("ec2", "describe_addresses"): {"Addresses": [address, classic]}})
    assert (one.attributes["instance"], one.attributes["private_ip"]) == ("i-1", "10.0.0.4")
    assert one.attributes["public_ipv4_pool"] == "amazon" and one.attributes["tags"] == {"Name": "nat"}
    assert (old.attributes["id"], old.attributes["vpc"]) == ("203.0.113.2", False)


def folded(*parts: Resource, **attributes: Any) -> Any:
    address = source(KIND.type, domain="vpc", **attributes)
    return canonical(Observation("terraform", (address, *parts)), {KIND.type: KIND}).resources[0].attributes


def test_an_association_of_its_own_is_the_same() -> None:
    instance = reference("aws_instance.nat", "id")
    for attribute in ("id", "allocation_id"):
        own = reference("aws_eip.this", attribute)
        part = source("aws_eip_association", allocation_id=own, instance_id=instance)
        assert folded(part)["instance"] == folded(instance=instance)["instance"] == instance
        assert "network_interface" not in folded(part)


def test_an_association_of_another_address_changes_nothing() -> None:
    other = source("aws_eip_association", allocation_id=reference("aws_eip.other", "id"), instance_id="i-1")
    assert "instance" not in folded(other)


def test_an_association_of_an_unknown_address_leaves_it_open() -> None:
    found = folded(source("aws_eip_association", allocation_id=Unknown(Cause.VARIABLE), instance_id="i-1"))
    assert found["instance"].cause is Cause.VARIABLE and not found["instance"].open
