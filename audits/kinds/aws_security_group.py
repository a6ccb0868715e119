"""Security groups, with all their rules: inline, ``aws_security_group_rule`` and ``aws_vpc_security_group_*_rule``.

However a rule is written, it ends up here as blocks of one form, each with one source: nine keys as the provider has
them, ``protocol`` by name, ports 0 where the protocol has none. A block with several sources is as many grants, and
AWS stores it so; taken apart, inline and split rules are the same thing, on both planes, and each grant keeps the
place it comes from.

Sources: provider documentation of the four types; its schema (an inline block's ``description`` is ``""`` if left
out, ``self`` is false); EC2 API Reference, IpPermission ("-1 to specify all protocols … traffic on all ports is
allowed, regardless of any ports you specify") and UserIdGroupPair; IANA protocol numbers for tcp, udp and icmp.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from audits.kind import Default, Kind, Part, Read, Reader
from audits.kinds.aws_vpc import tags
from audits.model import Cause, Origin, Resource, Unknown, Value

_DIRECTIONS = ("ingress", "egress")
_LISTS = ("cidr_blocks", "ipv6_cidr_blocks", "prefix_list_ids", "security_groups")
_PROTOCOLS = {"all": "-1", "1": "icmp", "6": "tcp", "17": "udp", "58": "icmpv6"}
_WITH_PORTS = frozenset({"tcp", "udp", "icmp", "icmpv6"})

_AWS_LIST_KEYS = (
    ("cidr_blocks", "IpRanges", "CidrIp"),
    ("ipv6_cidr_blocks", "Ipv6Ranges", "CidrIpv6"),
    ("prefix_list_ids", "PrefixListIds", "PrefixListId"),
)


def rule(**known: Value) -> dict[str, Value]:
    """A rule block with all nine keys. Ports and protocol are brought to one form."""
    protocol = known.get("protocol")
    if isinstance(protocol, str):
        protocol = _PROTOCOLS.get(protocol.lower(), protocol.lower())
    ports = {"from_port": known.get("from_port"), "to_port": known.get("to_port")}
    if isinstance(protocol, str) and protocol not in _WITH_PORTS:
        ports = {"from_port": 0, "to_port": 0}
    elif isinstance(protocol, Unknown):
        # With all protocols there are no ports to give: not given, they depend on the protocol.
        ports = {name: Unknown(Cause.UNSET) if port is None else port for name, port in ports.items()}
    lists = {name: [] if known.get(name) is None else known[name] for name in _LISTS}
    description = known.get("description")
    return {
        "description": "" if description is None else description,
        **ports,
        "protocol": protocol,
        **lists,
        "self": False if known.get("self") is None else known["self"],
    }


def single_grants(block: Mapping[str, Value], own: Any = None) -> Iterator[dict[str, Value]]:
    """The block's grants, one source each. A source that cannot be told stays as it is, in a block of its own.

    ``own`` says of an element of ``security_groups`` whether it is the group itself.
    """
    base = rule(**block)
    bare = {**base, **{name: [] for name in _LISTS}, "self": False}
    itself = base["self"]
    for name in _LISTS:
        sources = base[name]
        for source in sources if isinstance(sources, list) else [sources]:
            if name == "security_groups" and own is not None and own(source):
                itself = True
            else:
                yield {**bare, name: [source] if isinstance(sources, list) else source}
    if itself is not False:
        yield {**bare, "self": itself}


def _key(block: Value) -> str:
    return json.dumps(block, sort_keys=True, ensure_ascii=False, default=repr)


def settled(blocks: Iterable[Value]) -> list[Value]:
    """The blocks without duplicates, in an order that depends on nothing but them."""
    unique = {_key(block): block for block in blocks}
    return [unique[key] for key in sorted(unique)]


# --- Terraform ---------------------------------------------------------------------------------------------------


def rules_taken_apart(group: Resource) -> Resource:
    """The group with its rules in the one form that both planes have."""
    for direction in _DIRECTIONS:
        if direction in group.attributes:
            group = _normal(group, direction)
    return group


def _normal(group: Resource, direction: str) -> Resource:
    """The group with this direction's blocks in one form; places follow their blocks."""
    value = group.attributes[direction]
    blocks = value.partial if isinstance(value, Unknown) else value
    if not isinstance(blocks, list):
        return group
    grants: dict[str, tuple[Value, int]] = {}
    for number, block in enumerate(blocks):
        found = single_grants(block, partial(_is_itself, group)) if isinstance(block, dict) else [block]
        for grant in found:
            grants.setdefault(_key(grant), (grant, number))
    ordered = [grants[key] for key in sorted(grants)]
    normal: Value = [grant for grant, _ in ordered]
    if isinstance(value, Unknown):
        normal = replace(value, partial=normal, length=None)
    return replace(
        group,
        attributes={**group.attributes, direction: normal},
        origins=_moved(group.origins, direction, [number for _, number in ordered]),
    )


def _moved(origins: Mapping[str, Origin], direction: str, numbers: Sequence[int]) -> dict[str, Origin]:
    """The places, where block ``i`` of a direction now holds what block ``numbers[i]`` held."""
    moved = {path: origin for path, origin in origins.items() if not path.startswith(f"{direction}[")}
    for new, old in enumerate(numbers):
        start = f"{direction}[{old}]"
        for path, origin in origins.items():
            if path == start or path.startswith((f"{start}.", f"{start}[")):
                moved[f"{direction}[{new}]{path[len(start) :]}"] = origin
    return moved


def _is_itself(group: Resource, source: Value) -> bool:
    if isinstance(source, Unknown):
        return (
            source.cause is Cause.COMPUTED
            and not source.parts
            and not source.derived
            and len(source.references) == 1
            and source.references[0].address == group.identity
            and source.references[0].attribute == "id"
        )
    return isinstance(source, str) and source == group.attributes.get("id")


def _plain(one: Unknown) -> bool:
    return one.cause is Cause.COMPUTED and not one.parts and not one.derived and len(one.references) == 1


def _same(one: Value, other: Value) -> bool:
    """Whether two values surely are the same group: equal names, or references to the same attribute."""
    if isinstance(one, Unknown) and isinstance(other, Unknown):
        return _plain(one) and one == other
    return isinstance(one, str) and one == other


def _of_rule(part: Resource) -> dict[str, list[Value]]:
    """``aws_security_group_rule``: ``type`` says the direction, ``source_security_group_id`` is the other group."""
    given = part.attributes
    direction = given.get("type")
    source = given.get("source_security_group_id")
    itself = source is not None and _same(source, given.get("security_group_id"))
    block = {name: given.get(name) for name in ("description", "from_port", "to_port", "protocol", *_LISTS)}
    block["security_groups"] = [] if source is None or itself else [source]
    block["self"] = True if itself else given.get("self")
    if direction in _DIRECTIONS:
        return {str(direction): list(single_grants(block))}
    doubt = direction if isinstance(direction, Unknown) else Unknown(Cause.INVALID, detail="neither ingress nor egress")
    return {name: [replace(doubt, partial=None, parts=(), detail=f"type of {part.identity}")] for name in _DIRECTIONS}


def _of_vpc_rule(direction: str, part: Resource) -> dict[str, list[Value]]:
    """``aws_vpc_security_group_(in|e)gress_rule``: exactly one source."""
    given = part.attributes
    other = given.get("referenced_security_group_id")
    itself = other is not None and _same(other, given.get("security_group_id"))
    block = {
        "description": given.get("description"),
        "from_port": given.get("from_port"),
        "to_port": given.get("to_port"),
        "protocol": given.get("ip_protocol"),
        "cidr_blocks": _one(given.get("cidr_ipv4")),
        "ipv6_cidr_blocks": _one(given.get("cidr_ipv6")),
        "prefix_list_ids": _one(given.get("prefix_list_id")),
        "security_groups": [] if itself else _one(other),
        "self": itself,
    }
    return {direction: list(single_grants(block))}


def _one(value: Value) -> list[Value]:
    return [] if value is None else [value]


# --- live ----------------------------------------------------------------------------------------------------------


def _from_live(reader: Reader) -> Iterable[Resource]:
    return reader.each(reader.pages("ec2", "describe_security_groups", "SecurityGroups"), partial(_group, reader))


def _group(reader: Reader, group: Mapping[str, Any]) -> Resource:
    identifier, owner = group["GroupId"], group["OwnerId"]
    arn = f"arn:{reader.partition}:ec2:{reader.region}:{owner}:security-group/{identifier}"
    attributes = {
        "id": identifier,
        "arn": arn,
        "name": group["GroupName"],
        "description": group["Description"],
        "owner_id": owner,
        "vpc_id": group["VpcId"],
        "ingress": _rules(group["IpPermissions"], identifier, owner),
        "egress": _rules(group["IpPermissionsEgress"], identifier, owner),
        "tags": tags(group),
    }
    return reader.resource("aws_security_group", arn, attributes)


def _rules(permissions: Iterable[Mapping[str, Any]], identifier: str, owner: str) -> list[Value]:
    found: list[Value] = []
    for permission in permissions:
        base = {
            "protocol": permission["IpProtocol"],
            "from_port": permission.get("FromPort"),
            "to_port": permission.get("ToPort"),
        }
        for name, aws_list, aws_name in _AWS_LIST_KEYS:
            for source in permission.get(aws_list) or ():
                found.append(rule(**base, description=source.get("Description"), **{name: [source[aws_name]]}))
        for pair in permission.get("UserIdGroupPairs") or ():
            found.append(rule(**base, description=pair.get("Description"), **_pair(pair, identifier, owner)))
    return settled(found)


def _pair(pair: Mapping[str, Any], identifier: str, owner: str) -> dict[str, Value]:
    """The group's own pair is ``self``; a group of another account is named with it, as the provider writes it."""
    other, account = pair["GroupId"], pair.get("UserId")
    if other == identifier:
        return {"self": True}
    return {"security_groups": [f"{account}/{other}" if account and account != owner else other]}


RULES = (
    Part("aws_security_group_rule", "security_group_id", _DIRECTIONS, ("id",), _of_rule),
    Part(
        "aws_vpc_security_group_ingress_rule",
        "security_group_id",
        ("ingress",),
        ("id",),
        partial(_of_vpc_rule, "ingress"),
    ),
    Part(
        "aws_vpc_security_group_egress_rule", "security_group_id", ("egress",), ("id",), partial(_of_vpc_rule, "egress")
    ),
)
"""The types that each are one rule of a group, whichever type the group is of."""


KIND = Kind(
    type="aws_security_group",
    identity=("name",),
    names=("id", "arn", "name"),
    reads=(Read("ec2", "describe_security_groups"),),
    defaults={
        "description": Default("Managed by Terraform", "provider 5.100 schema default of aws_security_group"),
        "ingress": Default(
            [], "VPC User Guide, security groups: a new group has no inbound rules (and none is declared for this one)"
        ),
        "egress": Default(
            [],
            "provider documentation of aws_security_group: Terraform removes the egress rule that AWS creates by"
            " default (and none is declared for this one)",
        ),
    },
    parts=RULES,
    from_terraform=rules_taken_apart,
    from_live=_from_live,
)
