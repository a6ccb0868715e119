"""NAT gateways. Sources: provider documentation of ``aws_nat_gateway``; EC2 API Reference, DescribeNatGateways.

AWS lists a gateway for about an hour after it was deleted, and one that could not be made: neither is there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from audits.kind import Default, Kind, Read, Reader
from audits.kinds.aws_vpc import tags
from audits.model import Resource

_GONE = frozenset({"deleted", "failed"})


def _from_live(reader: Reader) -> Iterable[Resource]:
    listed = reader.pages("ec2", "describe_nat_gateways", "NatGateways")
    found = reader.each(listed, partial(_gateway, reader))
    return [gateway for gateways in found for gateway in gateways]


def _gateway(reader: Reader, gateway: Mapping[str, Any]) -> list[Resource]:
    if gateway.get("State") in _GONE:
        return []
    identifier = gateway["NatGatewayId"]
    addresses = gateway.get("NatGatewayAddresses") or []
    # A regional gateway, and older answers, name no primary address: then it is the first.
    primary = next((one for one in addresses if one.get("IsPrimary")), addresses[0] if addresses else {})
    others = [one for one in addresses if one is not primary]
    attributes = {
        "id": identifier,
        "subnet_id": gateway.get("SubnetId"),
        "connectivity_type": gateway.get("ConnectivityType"),
        "allocation_id": primary.get("AllocationId", ""),
        "association_id": primary.get("AssociationId", ""),
        "network_interface_id": primary.get("NetworkInterfaceId"),
        "private_ip": primary.get("PrivateIp"),
        "public_ip": primary.get("PublicIp", ""),
        "secondary_allocation_ids": [one["AllocationId"] for one in others if one.get("AllocationId")],
        "secondary_private_ip_addresses": [one["PrivateIp"] for one in others if one.get("PrivateIp")],
        "secondary_private_ip_address_count": sum(1 for one in others if one.get("PrivateIp")),
        "tags": tags(gateway),
    }
    arn = f"arn:{reader.partition}:ec2:{reader.region}:{reader.account}:natgateway/{identifier}"
    return [reader.resource("aws_nat_gateway", arn, attributes)]


KIND = Kind(
    type="aws_nat_gateway",
    names=("id",),
    reads=(Read("ec2", "describe_nat_gateways"),),
    defaults={
        "connectivity_type": Default(
            "public", "provider 5.100 schema default (the planned value of an aws_nat_gateway that leaves it out)"
        ),
    },
    from_live=_from_live,
)
