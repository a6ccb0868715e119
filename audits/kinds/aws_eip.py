"""Elastic IP addresses, with what they are associated with.

Sources: provider documentation of ``aws_eip`` and ``aws_eip_association``; EC2 API Reference, DescribeAddresses.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from audits.kind import Kind, Part, Read, Reader
from audits.kinds._details import only
from audits.kinds._shapes import named
from audits.kinds.aws_vpc import not_read, tags
from audits.model import Resource, Value

_OR_EMPTY = (
    ("allocation_id", "AllocationId"),
    ("association_id", "AssociationId"),
    ("carrier_ip", "CarrierIp"),
    ("customer_owned_ip", "CustomerOwnedIp"),
    ("customer_owned_ipv4_pool", "CustomerOwnedIpv4Pool"),
    ("domain", "Domain"),
    ("instance", "InstanceId"),
    ("network_border_group", "NetworkBorderGroup"),
    ("network_interface", "NetworkInterfaceId"),
    ("private_ip", "PrivateIpAddress"),
    ("public_ip", "PublicIp"),
    ("public_ipv4_pool", "PublicIpv4Pool"),
)


_ASSOCIATION = {
    "instance": "instance_id",
    "network_interface": "network_interface_id",
    "private_ip": "private_ip_address",
}
"""What the address calls what it is associated with, and what ``aws_eip_association`` calls it."""


def _association(part: Resource) -> Mapping[str, Any]:
    """Each in a list, as folding wants it; ``from_terraform`` takes it out again."""
    given = part.attributes
    return {name: [given[theirs]] for name, theirs in _ASSOCIATION.items() if given.get(theirs) not in (None, "")}


def _from_terraform(address: Resource) -> Resource:
    return only(address, *_ASSOCIATION)


def _from_live(reader: Reader) -> Iterable[Resource]:
    return reader.each(reader.pages("ec2", "describe_addresses", "Addresses"), partial(_address, reader))


def _address(reader: Reader, address: Mapping[str, Any]) -> Resource:
    # An address of EC2-Classic had no allocation: its name was the address itself.
    identifier = address.get("AllocationId") or address["PublicIp"]
    arn = f"arn:{reader.partition}:ec2:{reader.region}:{reader.account}:elastic-ip/{identifier}"
    attributes: dict[str, Value] = {
        "id": identifier,
        "arn": arn,
        **named(address, _OR_EMPTY, ""),
        "vpc": address.get("Domain") == "vpc",
        "ptr_record": not_read("ec2:DescribeAddressesAttribute"),
        "tags": tags(address),
    }
    return reader.resource("aws_eip", arn, attributes)


KIND = Kind(
    type="aws_eip",
    names=("id", "arn", "allocation_id", "public_ip"),
    reads=(Read("ec2", "describe_addresses"),),
    parts=(
        Part(
            "aws_eip_association",
            "allocation_id",
            tuple(_ASSOCIATION),
            ("id", "allocation_id"),
            _association,
            many=False,
        ),
    ),
    from_terraform=_from_terraform,
    from_live=_from_live,
)
