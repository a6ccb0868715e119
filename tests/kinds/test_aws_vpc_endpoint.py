from __future__ import annotations

import json
from typing import Any

from audits.canonical import canonical
from audits.kinds.aws_vpc_endpoint import KIND
from audits.model import Cause, Observation, Resource, Unknown
from tests.kinds.support import live, reference, source
from tests.planes.live.world import moto_account

OWN = reference("aws_vpc_endpoint.this", "id")
POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}


def folded(*parts: Resource, **attributes: Any) -> Any:
    endpoint = source("aws_vpc_endpoint", vpc_id="vpc-1", **attributes)
    return canonical(Observation("terraform", (endpoint, *parts)), {KIND.type: KIND}).resources[0].attributes


def test_an_account() -> None:
    with moto_account() as world:
        ec2 = world.client("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
        made = ec2.create_vpc_endpoint(
            VpcId=vpc,
            ServiceName="com.amazonaws.ap-northeast-2.s3",
            VpcEndpointType="Gateway",
            RouteTableIds=[table],
            PolicyDocument=json.dumps(POLICY),
        )["VpcEndpoint"]["VpcEndpointId"]
        found = canonical(world.observe(KIND), {KIND.type: KIND}).resources
    (given,) = [one.attributes for one in found if one.attributes["id"] == made]
    assert (given["vpc_id"], given["vpc_endpoint_type"], given["route_table_ids"]) == (vpc, "Gateway", [table])
    assert given["policy"] == POLICY and given["state"] == "available"


def test_what_moto_loses() -> None:
    endpoint = {
        "VpcEndpointId": "vpce-1",
        "VpcEndpointType": "Interface",
        "State": "Available",
        "OwnerId": "210987654321",
        "SubnetIds": ["subnet-1"],
        "Groups": [{"GroupId": "sg-1", "GroupName": "g"}],
        "PrivateDnsEnabled": True,
        "NetworkInterfaceIds": ["eni-1"],
        "DnsEntries": [{"DnsName": "x.example", "HostedZoneId": "Z1"}],
        "DnsOptions": {"DnsRecordIpType": "ipv4", "PrivateDnsOnlyForInboundResolverEndpoint": True},
        "IpAddressType": "ipv4",
    }
    gone = [{"VpcEndpointId": f"vpce-{state}", "State": state} for state in ("Deleted", "failed", "rejected")]
    (found,) = live(KIND, {("ec2", "describe_vpc_endpoints"): {"VpcEndpoints": [endpoint, *gone]}})
    given = found.attributes
    assert (given["state"], given["subnet_ids"], given["security_group_ids"]) == ("available", ["subnet-1"], ["sg-1"])
    assert given["dns_entry"] == [{"dns_name": "x.example", "hosted_zone_id": "Z1"}]
    assert given["dns_options"][0]["private_dns_only_for_inbound_resolver_endpoint"] is True
    assert found.identity == "arn:aws:ec2:ap-northeast-2:210987654321:vpc-endpoint/vpce-1"


def test_parts_and_arguments_are_one() -> None:
    table, subnet, group = (reference(f"aws_{name}.a", "id") for name in ("route_table", "subnet", "security_group"))
    inline = folded(policy=json.dumps(POLICY), route_table_ids=[table], subnet_ids=[subnet], security_group_ids=[group])
    parts = folded(
        source("aws_vpc_endpoint_policy", vpc_endpoint_id=OWN, policy=json.dumps(POLICY)),
        source("aws_vpc_endpoint_route_table_association", vpc_endpoint_id=OWN, route_table_id=table),
        source("aws_vpc_endpoint_subnet_association", vpc_endpoint_id=OWN, subnet_id=subnet),
        source("aws_vpc_endpoint_security_group_association", vpc_endpoint_id=OWN, security_group_id=group),
    )
    names = ("policy", "route_table_ids", "subnet_ids", "security_group_ids")
    assert {name: inline[name] for name in names} == {name: parts[name] for name in names}
    assert inline["policy"] == POLICY


def test_what_is_left_out_stays_unset_but_for_the_type() -> None:
    found = folded(service_name="com.amazonaws.ap-northeast-2.s3")
    assert found["vpc_endpoint_type"] == "Gateway"
    assert not {"policy", "route_table_ids", "security_group_ids"} & set(found)


def test_a_policy_that_may_be_anothers_is_open() -> None:
    part = source("aws_vpc_endpoint_policy", vpc_endpoint_id=Unknown(Cause.VARIABLE), policy="{}")
    assert folded(part)["policy"].cause is Cause.VARIABLE
    both = folded(*[source("aws_vpc_endpoint_policy", name, vpc_endpoint_id=OWN, policy="{}") for name in "ab"])
    assert both["policy"].cause is Cause.INVALID
