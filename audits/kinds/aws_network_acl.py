"""Network ACLs with their rules and subnets: inline, ``aws_network_acl_rule`` and ``aws_network_acl_association``.

Rules have one form: the nine keys of the provider's inline blocks, ``protocol`` as AWS keeps it (a number, ``-1`` for
all), ports and ICMP numbers 0 where they do not apply. The rule ``32767`` (``*``) that AWS adds at the end of every
list is left out, as the provider leaves it out.

Sources: provider documentation of the three types; EC2 API Reference, DescribeNetworkAcls and NetworkAclEntry; VPC User
Guide, network ACLs ("a rule whose number is an asterisk"); IANA protocol numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from audits.kind import Default, Kind, Part, Read, Reader
from audits.kinds._shapes import each_block
from audits.kinds.aws_vpc import tags
from audits.model import Cause, Resource, Unknown, Value

_DIRECTIONS = ("ingress", "egress")
_LAST_RULES = frozenset({32767, 32768})
"""AWS's own last rule, for IPv4 and for IPv6."""
_PROTOCOLS = {"all": "-1", "icmp": "1", "tcp": "6", "udp": "17", "icmpv6": "58"}
_NUMBERS = ("from_port", "to_port", "icmp_type", "icmp_code")
_NONE = "and none is declared for this one"


def _rule(known: Mapping[str, Value]) -> dict[str, Value]:
    protocol = known.get("protocol")
    if isinstance(protocol, str):
        protocol = _PROTOCOLS.get(protocol.lower(), protocol)
    return {
        "rule_no": known.get("rule_no"),
        "action": known.get("action"),
        "protocol": protocol,
        **{name: "" if known.get(name) is None else known[name] for name in ("cidr_block", "ipv6_cidr_block")},
        **{name: 0 if known.get(name) is None else known[name] for name in _NUMBERS},
    }


def _of_rule(part: Resource) -> dict[str, list[Value]]:
    """``aws_network_acl_rule``: ``egress`` says the direction, false if left out (the provider's schema default)."""
    given = part.attributes
    known = {**given, "rule_no": given.get("rule_number"), "action": given.get("rule_action")}
    outwards = given.get("egress", False)
    if isinstance(outwards, bool):
        return {"egress" if outwards else "ingress": [_rule(known)]}
    doubt = outwards if isinstance(outwards, Unknown) else Unknown(Cause.INVALID, detail="egress is no truth value")
    return {name: [replace(doubt, partial=None, detail=f"direction of {part.identity}")] for name in _DIRECTIONS}


def _of_association(part: Resource) -> dict[str, list[Value]]:
    return {"subnet_ids": [part.attributes["subnet_id"]] if "subnet_id" in part.attributes else []}


def _from_terraform(acl: Resource) -> Resource:
    rules = {name: each_block(acl.attributes[name], _rule) for name in _DIRECTIONS if name in acl.attributes}
    return replace(acl, attributes={**acl.attributes, **rules})


def _from_live(reader: Reader) -> Iterable[Resource]:
    return reader.each(reader.pages("ec2", "describe_network_acls", "NetworkAcls"), partial(_acl, reader))


def _acl(reader: Reader, acl: Mapping[str, Any]) -> Resource:
    identifier, owner = acl["NetworkAclId"], acl.get("OwnerId", reader.account)
    arn = f"arn:{reader.partition}:ec2:{reader.region}:{owner}:network-acl/{identifier}"
    entries = [one for one in acl.get("Entries") or () if one.get("RuleNumber") not in _LAST_RULES]
    attributes: dict[str, Value] = {
        "id": identifier,
        "arn": arn,
        "vpc_id": acl.get("VpcId"),
        "owner_id": owner,
        "subnet_ids": [one["SubnetId"] for one in acl.get("Associations") or ()],
        "ingress": [_live_rule(one) for one in entries if not one.get("Egress")],
        "egress": [_live_rule(one) for one in entries if one.get("Egress")],
        "is_default": acl.get("IsDefault"),
        "tags": tags(acl),
    }
    return reader.resource("aws_network_acl", arn, attributes)


def _live_rule(entry: Mapping[str, Any]) -> dict[str, Value]:
    ports, icmp = entry.get("PortRange") or {}, entry.get("IcmpTypeCode") or {}
    return _rule(
        {
            "rule_no": entry.get("RuleNumber"),
            "action": entry.get("RuleAction"),
            "protocol": entry.get("Protocol"),
            "cidr_block": entry.get("CidrBlock"),
            "ipv6_cidr_block": entry.get("Ipv6CidrBlock"),
            "from_port": ports.get("From"),
            "to_port": ports.get("To"),
            "icmp_type": icmp.get("Type"),
            "icmp_code": icmp.get("Code"),
        }
    )


KIND = Kind(
    type="aws_network_acl",
    reads=(Read("ec2", "describe_network_acls"),),
    parts=(
        Part("aws_network_acl_rule", "network_acl_id", _DIRECTIONS, ("id",), _of_rule),
        Part("aws_network_acl_association", "network_acl_id", ("subnet_ids",), ("id",), _of_association),
    ),
    defaults={
        name: Default([], f"VPC User Guide, network ACLs: a new one {what} ({_NONE})")
        for name, what in (
            ("ingress", "denies all traffic until you add rules"),
            ("egress", "denies all traffic until you add rules"),
            ("subnet_ids", "is associated with no subnet"),
        )
    },
    # No attribute of the provider's resource; Terraform makes no default ACL by it.
    extra={"is_default": "bool"},
    from_terraform=_from_terraform,
    from_live=_from_live,
)
