from __future__ import annotations

from audits.kinds.aws_nat_gateway import KIND
from tests.kinds.support import live
from tests.planes.live.world import moto_account


def test_an_account() -> None:
    with moto_account() as world:
        ec2 = world.client("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
        address = ec2.allocate_address(Domain="vpc")
        made = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address["AllocationId"], ConnectivityType="public")[
            "NatGateway"
        ]
        found = world.only(KIND, id=made["NatGatewayId"])
    given = found.attributes
    assert (given["subnet_id"], given["connectivity_type"]) == (subnet, "public")
    assert given["allocation_id"] == address["AllocationId"] and given["public_ip"] == address["PublicIp"]


def test_one_that_is_gone_is_not_there() -> None:
    def gateway(identifier: str, state: str) -> dict[str, object]:
        addresses = [
            {"AllocationId": "eipalloc-2", "PrivateIp": "10.0.0.2", "IsPrimary": False},
            {"AllocationId": "eipalloc-1", "PrivateIp": "10.0.0.1", "IsPrimary": True},
        ]
        return {"NatGatewayId": identifier, "State": state, "SubnetId": "s", "NatGatewayAddresses": addresses}

    states = ["available", "pending", "deleting", "deleted", "failed"]
    gateways = [gateway(f"nat-{state}", state) for state in states]
    found = live(KIND, {("ec2", "describe_nat_gateways"): {"NatGateways": gateways}})
    assert [one.attributes["id"] for one in found] == ["nat-available", "nat-pending", "nat-deleting"]
    assert found[0].attributes["allocation_id"] == "eipalloc-1"
    assert found[0].attributes["secondary_allocation_ids"] == ["eipalloc-2"]
