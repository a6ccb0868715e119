from __future__ import annotations

from typing import Any

from audits.canonical import canonical
from audits.kinds.aws_internet_gateway import KIND
from audits.model import Cause, Observation, Resource, Unknown
from tests.kinds.support import live, reference, source
from tests.planes.live.world import moto_account


def folded(*parts: Resource, **attributes: Any) -> Any:
    gateway = source("aws_internet_gateway", **attributes)
    return canonical(Observation("terraform", (gateway, *parts)), {KIND.type: KIND}).resources[0].attributes


def test_an_account() -> None:
    with moto_account() as world:
        ec2 = world.client("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        made = [ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"] for _ in range(2)]
        ec2.attach_internet_gateway(InternetGatewayId=made[0], VpcId=vpc)
        attached, loose = (world.only(KIND, id=one).attributes for one in made)
    assert attached["vpc_id"] == vpc and attached["arn"].endswith(f":internet-gateway/{made[0]}")
    assert loose["vpc_id"] == ""


def test_one_that_is_being_detached_is_not_attached() -> None:
    attachments = [{"VpcId": "vpc-1", "State": "detaching"}]
    gateway = {"InternetGatewayId": "igw-1", "OwnerId": "210987654321", "Attachments": attachments}
    (found,) = live(KIND, {("ec2", "describe_internet_gateways"): {"InternetGateways": [gateway]}})
    assert found.attributes["vpc_id"] == "" and found.attributes["owner_id"] == "210987654321"


def test_an_attachment_of_its_own_is_the_same() -> None:
    vpc = reference("aws_vpc.main", "id")
    part = source(
        "aws_internet_gateway_attachment", internet_gateway_id=reference("aws_internet_gateway.this", "id"), vpc_id=vpc
    )
    assert folded(vpc_id=vpc)["vpc_id"] == folded(part)["vpc_id"] == vpc


def test_what_is_not_declared_stays_unset() -> None:
    assert "vpc_id" not in folded()


def test_an_attachment_to_an_unknown_gateway_leaves_it_open() -> None:
    found = folded(source("aws_internet_gateway_attachment", internet_gateway_id=Unknown(Cause.VARIABLE), vpc_id="v"))
    assert found["vpc_id"].cause is Cause.VARIABLE and not found["vpc_id"].open
