from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from audits.canonical import canonical
from audits.kinds.aws_security_group import KIND
from audits.model import Cause, Observation, Origin, Reference, Resource, Unknown
from tests.kinds.support import live
from tests.planes.live.world import ACCOUNT, moto_account

ME = "aws_security_group.me"
OTHER = Unknown(Cause.COMPUTED, (Reference("aws_security_group.other", "id"),))
OWN = Unknown(Cause.COMPUTED, (Reference(ME, "id"),))


def block(**known: Any) -> dict[str, Any]:
    return {
        "description": "",
        "from_port": 443,
        "to_port": 443,
        "protocol": "tcp",
        "cidr_blocks": [],
        "ipv6_cidr_blocks": [],
        "prefix_list_ids": [],
        "security_groups": [],
        "self": False,
        **known,
    }


def folded(*parts: Resource, **attributes: Any) -> Resource:
    """The group as the Terraform plane has it after everything was folded in."""
    group = Resource("aws_security_group", ME, {"name": "me", **attributes}, missing="unset")
    found = canonical(Observation("terraform", (group, *parts)), {KIND.type: KIND})
    (one,) = found.resources
    return one


def old_rule(number: int = 0, **attributes: Any) -> Resource:
    return _part("aws_security_group_rule", number, attributes)


def new_rule(direction: str, number: int = 0, **attributes: Any) -> Resource:
    return _part(f"aws_vpc_security_group_{direction}_rule", number, attributes)


def _part(kind: str, number: int, attributes: Mapping[str, Any]) -> Resource:
    known = {"security_group_id": OWN, **attributes}
    origin = Origin("rules.tf", number + 1)
    return Resource(kind, f"{kind}.r{number}", known, origin, missing="unset")


WEB = {"from_port": 443, "to_port": 443, "protocol": "tcp"}


def test_the_three_ways_to_write_a_rule_are_one() -> None:
    cidr = {"cidr_blocks": ["0.0.0.0/0"], "description": "web"}
    inline = folded(ingress=[{**WEB, **cidr}])
    old = folded(old_rule(type="ingress", **WEB, **cidr))
    new = folded(
        new_rule("ingress", cidr_ipv4="0.0.0.0/0", description="web", ip_protocol="6", from_port=443, to_port=443)
    )
    expected = [block(cidr_blocks=["0.0.0.0/0"], description="web")]
    assert inline.attributes["ingress"] == old.attributes["ingress"] == new.attributes["ingress"] == expected
    assert inline.attributes["egress"] == [] and "egress" in inline.defaulted


def test_a_reference_to_the_group_itself_is_self() -> None:
    inline = folded(ingress=[{**WEB, "self": True}])
    named = folded(ingress=[{**WEB, "security_groups": [OWN]}])
    old = folded(old_rule(type="ingress", source_security_group_id=OWN, **WEB))
    new = folded(new_rule("ingress", referenced_security_group_id=OWN, ip_protocol="tcp", from_port=443, to_port=443))
    expected = [block(self=True)]
    for one in (inline, named, old, new):
        assert one.attributes["ingress"] == expected


def test_a_reference_to_another_group_stays_one() -> None:
    for one in (
        folded(old_rule(type="egress", source_security_group_id=OTHER, **WEB)),
        folded(egress=[{**WEB, "security_groups": [OTHER]}]),
        folded(new_rule("egress", referenced_security_group_id=OTHER, ip_protocol="TCP", from_port=443, to_port=443)),
    ):
        assert one.attributes["egress"] == [block(security_groups=[OTHER])]


def test_all_protocols_have_no_ports() -> None:
    for protocol, ports in (("-1", (0, 0)), ("all", (0, 0)), ("-1", (0, 65535)), ("ALL", (-1, -1))):
        one = folded(
            egress=[{"protocol": protocol, "from_port": ports[0], "to_port": ports[1], "cidr_blocks": ["::/0"]}]
        )
        assert one.attributes["egress"] == [block(protocol="-1", from_port=0, to_port=0, cidr_blocks=["::/0"])]
    split = folded(new_rule("egress", ip_protocol="-1", cidr_ipv6="::/0"))
    assert split.attributes["egress"] == [block(protocol="-1", from_port=0, to_port=0, ipv6_cidr_blocks=["::/0"])]


def test_what_cannot_be_told_stays_unknown() -> None:
    zones = Unknown(Cause.VARIABLE, (Reference("var.zones"),))
    (one,) = folded(ingress=[{**WEB, "cidr_blocks": zones}]).attributes["ingress"]
    assert one == block(cidr_blocks=zones)
    dynamic = Unknown(Cause.VARIABLE, partial=[{**WEB, "cidr_blocks": ["10.0.0.0/8"]}], open=True)
    many = folded(ingress=dynamic).attributes["ingress"]
    assert many.open and many.partial == [block(cidr_blocks=["10.0.0.0/8"])]


def test_a_rule_of_unknown_type_may_be_either() -> None:
    kind = Unknown(Cause.VARIABLE, (Reference("var.type"),))
    one = folded(old_rule(type=kind, **WEB, cidr_blocks=["10.0.0.0/8"]))
    for direction in ("ingress", "egress"):
        (found,) = one.attributes[direction]
        assert isinstance(found, Unknown) and found.cause is Cause.VARIABLE


def test_each_grant_keeps_its_place() -> None:
    one = folded(
        old_rule(0, type="ingress", **WEB, cidr_blocks=["10.1.0.0/16", "10.0.0.0/16"]),
        old_rule(1, type="ingress", **WEB, cidr_blocks=["10.0.5.0/24"]),
    )
    lines = {
        grant["cidr_blocks"][0]: one.origin_of(f"ingress[{number}].cidr_blocks").line
        for number, grant in enumerate(one.attributes["ingress"])
    }
    assert lines == {"10.1.0.0/16": 1, "10.0.0.0/16": 1, "10.0.5.0/24": 2}


SOURCE = st.one_of(
    st.tuples(st.just("cidr_blocks"), st.sampled_from(["0.0.0.0/0", "10.0.0.0/8", "10.1.0.0/16"])),
    st.tuples(st.just("ipv6_cidr_blocks"), st.sampled_from(["::/0", "fd00::/8"])),
    st.tuples(st.just("prefix_list_ids"), st.just("pl-1")),
    st.tuples(st.just("security_groups"), st.sampled_from([OTHER, "sg-2", f"{'9' * 12}/sg-3"])),
    st.tuples(st.just("self"), st.just(True)),
)
PROTOCOL = st.sampled_from([("tcp", 22, 22), ("6", 443, 443), ("UDP", 53, 53), ("-1", 0, 0), ("icmp", -1, -1)])
GRANT = st.tuples(st.sampled_from(["ingress", "egress"]), PROTOCOL, SOURCE, st.sampled_from(["", "why"]))
GRANTS = st.lists(GRANT, max_size=8)
Grant = tuple[str, tuple[str, int, int], tuple[str, Any], str]


def _inline(grants: Sequence[Grant]) -> Resource:
    """As few blocks as possible: grants with equal ports and description in one."""
    merged: dict[Any, dict[str, Any]] = {}
    for direction, (protocol, first, last), (name, value), description in grants:
        known = {"from_port": first, "to_port": last, "protocol": protocol, "description": description}
        one = merged.setdefault((direction, protocol, first, description), known)
        one[name] = True if name == "self" else [*one.get(name, []), value]
    found: dict[str, list[Any]] = {"ingress": [], "egress": []}
    for (direction, *_), one in merged.items():
        found[direction].append(one)
    return folded(**found)


def _old(grants: Sequence[Grant]) -> Resource:
    parts = []
    for number, (direction, (protocol, first, last), (name, value), description) in enumerate(grants):
        source = {"source_security_group_id": value} if name == "security_groups" else {name: [value]}
        source = {"self": True} if name == "self" else source
        known = {"from_port": first, "to_port": last, "protocol": protocol, "description": description}
        parts.append(old_rule(number, type=direction, **known, **source))
    return folded(*parts)


NEW_NAMES = {
    "cidr_blocks": "cidr_ipv4",
    "ipv6_cidr_blocks": "cidr_ipv6",
    "prefix_list_ids": "prefix_list_id",
    "security_groups": "referenced_security_group_id",
}


def _new(grants: Sequence[Grant]) -> Resource:
    parts = []
    for number, (direction, (protocol, first, last), (name, value), description) in enumerate(grants):
        source = {"referenced_security_group_id": OWN} if name == "self" else {NEW_NAMES[name]: value}
        ports = {} if protocol == "-1" else {"from_port": first, "to_port": last}
        known = {"ip_protocol": protocol, **ports, **({"description": description} if description else {})}
        parts.append(new_rule(direction, number, **known, **source))
    return folded(*parts)


def _rules(group: Resource) -> tuple[Any, Any]:
    return group.attributes["ingress"], group.attributes["egress"]


@settings(max_examples=60, deadline=None)
@given(GRANTS)
def test_inline_and_split_are_the_same_thing(grants: list[Grant]) -> None:
    assert _rules(_inline(grants)) == _rules(_old(grants)) == _rules(_new(grants))


AWS_LISTS = {
    "cidr_blocks": ("IpRanges", "CidrIp"),
    "ipv6_cidr_blocks": ("Ipv6Ranges", "CidrIpv6"),
    "prefix_list_ids": ("PrefixListIds", "PrefixListId"),
}


def _permission(protocol: tuple[str, int, int], source: tuple[str, Any], description: str) -> dict[str, Any]:
    name, first, last = protocol
    aws_name = {"6": "tcp", "UDP": "udp"}.get(name, name)
    ports = {} if name == "-1" else {"FromPort": first, "ToPort": last}
    said = {"Description": description} if description else {}
    key, value = source
    if key in AWS_LISTS:
        aws_list, aws_key = AWS_LISTS[key]
        return {"IpProtocol": aws_name, **ports, aws_list: [{aws_key: value, **said}]}
    account, _, group = str(value).rpartition("/")
    pair = {"GroupId": "sg-1" if key == "self" else group, "UserId": account or ACCOUNT, **said}
    return {"IpProtocol": aws_name, **ports, "UserIdGroupPairs": [pair]}


def _account(grants: Sequence[Grant]) -> Resource:
    found: dict[str, list[Any]] = {"ingress": [], "egress": []}
    for direction, protocol, source, description in grants:
        found[direction].append(_permission(protocol, source, description))
    answer = {
        "GroupId": "sg-1",
        "GroupName": "me",
        "Description": "d",
        "OwnerId": ACCOUNT,
        "VpcId": "vpc-1",
        "IpPermissions": found["ingress"],
        "IpPermissionsEgress": found["egress"],
    }
    (one,) = live(KIND, {("ec2", "describe_security_groups"): {"SecurityGroups": [answer]}})
    return canonical(Observation("live", (one,)), {KIND.type: KIND}).resources[0]


@settings(max_examples=60, deadline=None)
@given(st.lists(GRANT.filter(lambda grant: grant[2][1] is not OTHER), max_size=8))
def test_source_and_account_are_the_same_thing(grants: list[Grant]) -> None:
    assert _rules(_inline(grants)) == _rules(_account(grants))


def test_an_account() -> None:
    with moto_account() as world:
        ec2 = world.client("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        group = ec2.create_security_group(GroupName="me", Description="mine", VpcId=vpc)["GroupId"]
        ec2.authorize_security_group_ingress(
            GroupId=group,
            IpPermissions=[
                {
                    "IpProtocol": "tcp",
                    "FromPort": 443,
                    "ToPort": 443,
                    "IpRanges": [{"CidrIp": "0.0.0.0/0", "Description": "web"}],
                    "UserIdGroupPairs": [{"GroupId": group}],
                }
            ],
        )
        ec2.create_tags(Resources=[group], Tags=[{"Key": "Name", "Value": "me"}])
        found = world.only(KIND, name="me")
    assert found.attributes["ingress"] == [
        block(cidr_blocks=["0.0.0.0/0"], description="web"),
        block(self=True),
    ] or found.attributes["ingress"] == [block(self=True), block(cidr_blocks=["0.0.0.0/0"], description="web")]
    assert found.attributes["egress"] == [block(protocol="-1", from_port=0, to_port=0, cidr_blocks=["0.0.0.0/0"])]
    assert (found.attributes["vpc_id"], found.attributes["tags"]) == (vpc, {"Name": "me"})
    assert found.identity == f"arn:aws:ec2:ap-northeast-2:{ACCOUNT}:security-group/{group}"
