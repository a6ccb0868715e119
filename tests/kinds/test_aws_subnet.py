from __future__ import annotations

from audits.kinds.aws_subnet import KIND
from tests.planes.live.world import REGION, moto_account


def test_an_account() -> None:
    with moto_account() as world:
        ec2 = world.client("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        made = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24", AvailabilityZone=f"{REGION}c")["Subnet"]
        ec2.modify_subnet_attribute(SubnetId=made["SubnetId"], MapPublicIpOnLaunch={"Value": True})
        found = world.only(KIND, cidr_block="10.0.1.0/24")
    assert found.identity == made["SubnetArn"]
    given = found.attributes
    assert (given["vpc_id"], given["availability_zone"]) == (vpc, f"{REGION}c")
    assert given["map_public_ip_on_launch"] is True and given["assign_ipv6_address_on_creation"] is False
    assert given["ipv6_cidr_block"] == "" and given["tags"] == {}
