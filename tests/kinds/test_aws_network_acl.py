from __future__ import annotations

from typing import Any

from audits.canonical import canonical
from audits.kinds.aws_network_acl import KIND
from audits.model import Cause, Observation, Resource, Unknown
from tests.kinds.support import live, reference, source
from tests.planes.live.world import moto_account

OWN = reference("aws_network_acl.this", "id")


def rule(**known: Any) -> dict[str, Any]:
    numbers = dict.fromkeys(("from_port", "to_port", "icmp_type", "icmp_code"), 0)
    return {
        "rule_no": 100,
        "action": "allow",
        "protocol": "6",
        "cidr_block": "",
        "ipv6_cidr_block": "",
        **numbers,
    } | known


def folded(*parts: Resource, **attributes: Any) -> Any:
    acl = source("aws_network_acl", vpc_id="vpc-1", **attributes)
    return canonical(Observation("terraform", (acl, *parts)), {KIND.type: KIND}).resources[0].attributes


def test_an_account() -> None:
    with moto_account() as world:
        ec2 = world.client("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
        acl = ec2.create_network_acl(VpcId=vpc)["NetworkAcl"]["NetworkAclId"]
        for number, outwards in ((100, False), (200, True)):
            ec2.create_network_acl_entry(
                NetworkAclId=acl,
                RuleNumber=number,
                Protocol="6",
                RuleAction="deny",
                Egress=outwards,
                CidrBlock="10.0.0.0/8",
                PortRange={"From": 22, "To": 23},
            )
        old = ec2.describe_network_acls(Filters=[{"Name": "association.subnet-id", "Values": [subnet]}])
        (association,) = [one for one in old["NetworkAcls"][0]["Associations"] if one["SubnetId"] == subnet]
        ec2.replace_network_acl_association(AssociationId=association["NetworkAclAssociationId"], NetworkAclId=acl)
        given = world.only(KIND, id=acl).attributes
    ports = {"action": "deny", "cidr_block": "10.0.0.0/8", "from_port": 22, "to_port": 23}
    assert given["ingress"] == [rule(**ports)] and given["egress"] == [rule(rule_no=200, **ports)]
    assert (given["vpc_id"], given["subnet_ids"]) == (vpc, [subnet])


def test_what_moto_loses() -> None:
    entries = [
        {
            "RuleNumber": 1,
            "Protocol": "1",
            "RuleAction": "allow",
            "Egress": False,
            "IcmpTypeCode": {"Type": 8, "Code": -1},
        },
        {"RuleNumber": 2, "Protocol": "-1", "RuleAction": "allow", "Egress": False, "Ipv6CidrBlock": "::/0"},
        {"RuleNumber": 32767, "Protocol": "-1", "RuleAction": "deny", "Egress": False, "CidrBlock": "0.0.0.0/0"},
        {"RuleNumber": 32768, "Protocol": "-1", "RuleAction": "deny", "Egress": True, "Ipv6CidrBlock": "::/0"},
    ]
    acl = {"NetworkAclId": "acl-1", "OwnerId": "210987654321", "VpcId": "vpc-1", "Entries": entries}
    (found,) = live(KIND, {("ec2", "describe_network_acls"): {"NetworkAcls": [acl]}})
    assert found.attributes["ingress"] == [
        rule(rule_no=1, protocol="1", icmp_type=8, icmp_code=-1),
        rule(rule_no=2, protocol="-1", ipv6_cidr_block="::/0"),
    ]
    assert found.attributes["egress"] == []


def test_rules_inline_and_by_parts_are_one() -> None:
    web = {"protocol": "TCP", "cidr_block": "0.0.0.0/0", "from_port": 443, "to_port": 443}
    inline = folded(ingress=[{"rule_no": 100, "action": "allow", **web}], subnet_ids=["subnet-1"])
    parts = folded(
        source("aws_network_acl_rule", network_acl_id=OWN, rule_number=100, rule_action="allow", **web),
        source("aws_network_acl_association", network_acl_id=OWN, subnet_id="subnet-1"),
    )
    assert inline["ingress"] == parts["ingress"] == [rule(cidr_block="0.0.0.0/0", from_port=443, to_port=443)]
    assert inline["subnet_ids"] == parts["subnet_ids"] == ["subnet-1"]
    assert inline["egress"] == parts["egress"] == []


def test_a_rule_of_unknown_direction_may_be_either() -> None:
    found = folded(source("aws_network_acl_rule", network_acl_id=OWN, rule_number=1, egress=Unknown(Cause.VARIABLE)))
    for direction in ("ingress", "egress"):
        (one,) = found[direction]
        assert one.cause is Cause.VARIABLE


def test_what_cannot_be_told_stays_unknown() -> None:
    ports = Unknown(Cause.VARIABLE)
    (one,) = folded(ingress=[{"rule_no": 1, "action": "allow", "protocol": ports, "from_port": ports}])["ingress"]
    assert one["protocol"] == one["from_port"] == ports and one["to_port"] == 0
