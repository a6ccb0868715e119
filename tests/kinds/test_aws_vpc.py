from __future__ import annotations

from audits.kinds.aws_vpc import KIND, tags
from audits.model import Cause
from tests.planes.live.world import ACCOUNT, REGION, moto_account


def test_an_account() -> None:
    with moto_account() as world:
        ec2 = world.client("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16", AmazonProvidedIpv6CidrBlock=True)["Vpc"]["VpcId"]
        ec2.create_tags(Resources=[vpc], Tags=[{"Key": "Name", "Value": "main"}])
        found = world.only(KIND, id=vpc)
    assert found.identity == f"arn:aws:ec2:{REGION}:{ACCOUNT}:vpc/{vpc}"
    given = found.attributes
    assert (given["cidr_block"], given["instance_tenancy"], given["tags"]) == (
        "10.0.0.0/16",
        "default",
        {"Name": "main"},
    )
    assert given["ipv6_cidr_block"].endswith("::/56") and given["owner_id"] == ACCOUNT
    assert given["enable_dns_hostnames"].cause is Cause.UNSUPPORTED, "not asked for is not the same as off"


def test_tags_of_aws_are_left_out() -> None:
    assert tags({"Tags": [{"Key": "aws:cloudformation:stack-name", "Value": "s"}, {"Key": "a"}]}) == {"a": ""}
    assert tags({}) == {}
