from __future__ import annotations

from typing import Any

from audits.canonical import canonical
from audits.kinds.aws_route_table import KIND
from audits.model import Cause, Observation, Resource, Unknown
from tests.kinds.support import live, reference, source
from tests.planes.live.world import moto_account

TABLE = "aws_route_table.this"
OWN = reference(TABLE, "id")


def route(**known: str) -> dict[str, Any]:
    names = [
        "carrier_gateway_id",
        "cidr_block",
        "core_network_arn",
        "destination_prefix_list_id",
        "egress_only_gateway_id",
        "gateway_id",
        "ipv6_cidr_block",
        "local_gateway_id",
        "nat_gateway_id",
        "network_interface_id",
        "transit_gateway_id",
        "vpc_endpoint_id",
        "vpc_peering_connection_id",
    ]
    return {**dict.fromkeys(names, ""), **known}


def folded(*parts: Resource, **attributes: Any) -> Resource:
    table = source("aws_route_table", vpc_id="vpc-1", **attributes)
    return canonical(Observation("terraform", (table, *parts)), {KIND.type: KIND}).resources[0]


def test_an_account() -> None:
    with moto_account() as world:
        ec2 = world.client("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
        gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
        table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
        ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
        ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
        ec2.create_tags(Resources=[table], Tags=[{"Key": "Name", "Value": "public"}])
        found = world.only(KIND, id=table)
        main = world.only(KIND, vpc_id=vpc, route=[])
    assert found.attributes["route"] == [route(cidr_block="0.0.0.0/0", gateway_id=gateway)]
    assert found.attributes["association"] == [{"subnet_id": subnet, "gateway_id": "", "main": False}]
    assert found.attributes["tags"] == {"Name": "public"}
    assert main.attributes["association"] == [{"subnet_id": "", "gateway_id": "", "main": True}]


def test_what_nobody_declared_is_left_out() -> None:
    routes = [
        {"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "Origin": "CreateRouteTable"},
        {"DestinationCidrBlock": "10.9.0.0/16", "GatewayId": "vgw-1", "Origin": "EnableVgwRoutePropagation"},
        {"DestinationPrefixListId": "pl-1", "GatewayId": "vpce-1", "Origin": "CreateRoute"},
        {"DestinationCidrBlock": "10.8.0.0/16", "GatewayId": "vpce-2", "Origin": "CreateRoute"},
        {"DestinationPrefixListId": "pl-2", "TransitGatewayId": "tgw-1", "Origin": "CreateRoute"},
        {"DestinationIpv6CidrBlock": "::/0", "EgressOnlyInternetGatewayId": "eigw-1", "Origin": "CreateRoute"},
    ]
    states = ["associated", "associating", "disassociating", "failed"]
    associations = [{"SubnetId": state, "AssociationState": {"State": state}} for state in states]
    table = {
        "RouteTableId": "rtb-1",
        "VpcId": "vpc-1",
        "Routes": routes,
        "Associations": [*associations, {"GatewayId": "igw-1", "Main": False}],
        "PropagatingVgws": [{"GatewayId": "vgw-1"}],
    }
    (found,) = live(KIND, {("ec2", "describe_route_tables"): {"RouteTables": [table]}})
    assert found.attributes["route"] == [
        route(cidr_block="10.8.0.0/16", vpc_endpoint_id="vpce-2"),
        route(destination_prefix_list_id="pl-2", transit_gateway_id="tgw-1"),
        route(ipv6_cidr_block="::/0", egress_only_gateway_id="eigw-1"),
    ]
    given = [(one["subnet_id"], one["gateway_id"]) for one in found.attributes["association"]]
    assert given == [("associated", ""), ("associating", ""), ("", "igw-1")]
    assert found.attributes["propagating_vgws"] == ["vgw-1"]


def test_routes_inline_and_by_parts_are_one() -> None:
    gateway = reference("aws_internet_gateway.this", "id")
    inline = folded(route=[{"cidr_block": "0.0.0.0/0", "gateway_id": gateway}, {"ipv6_cidr_block": "::/0"}])
    parts = folded(
        source("aws_route", "a", route_table_id=OWN, destination_cidr_block="0.0.0.0/0", gateway_id=gateway),
        source("aws_route", "b", route_table_id=OWN, destination_ipv6_cidr_block="::/0"),
    )
    expected = [{**route(cidr_block="0.0.0.0/0"), "gateway_id": gateway}, route(ipv6_cidr_block="::/0")]
    assert inline.attributes["route"] == parts.attributes["route"] == expected


def test_associations_fold_in() -> None:
    subnet = reference("aws_subnet.a", "id")
    found = folded(
        source("aws_route_table_association", "a", route_table_id=OWN, subnet_id=subnet),
        source("aws_main_route_table_association", "m", route_table_id=OWN, vpc_id="vpc-1"),
        source("aws_vpn_gateway_route_propagation", "p", route_table_id=OWN, vpn_gateway_id="vgw-1"),
    ).attributes
    assert found["association"] == [
        {"subnet_id": subnet, "gateway_id": "", "main": False},
        {"subnet_id": "", "gateway_id": "", "main": True},
    ]
    assert found["propagating_vgws"] == ["vgw-1"]


def test_a_table_without_any_has_none() -> None:
    found = folded()
    assert (found.attributes["route"], found.attributes["association"]) == ([], [])
    assert set(found.defaulted) == set(KIND.defaults)


def test_a_route_of_an_unknown_table_leaves_it_open() -> None:
    which = Unknown(Cause.VARIABLE)
    found = folded(source("aws_route", route_table_id=which, destination_cidr_block="0.0.0.0/0")).attributes["route"]
    assert isinstance(found, Unknown) and found.open and found.partial == []
    another = folded(source("aws_route", route_table_id=reference("aws_route_table.other", "id")))
    assert another.attributes["route"] == []
