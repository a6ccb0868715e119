"""Subnets. Sources: provider documentation of ``aws_subnet``; EC2 API Reference, DescribeSubnets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from audits.kind import Default, Kind, Read, Reader
from audits.kinds.aws_vpc import tags
from audits.model import Resource

_SCHEMA = "provider 5.100 schema default (the planned value of an aws_subnet that leaves it out)"


def _from_live(reader: Reader) -> Iterable[Resource]:
    return reader.each(reader.pages("ec2", "describe_subnets", "Subnets"), partial(_subnet, reader))


def _subnet(reader: Reader, subnet: Mapping[str, Any]) -> Resource:
    ipv6: Mapping[str, Any] = next(
        (
            one
            for one in subnet.get("Ipv6CidrBlockAssociationSet") or ()
            if one.get("Ipv6CidrBlockState", {}).get("State") == "associated"
        ),
        {},
    )
    naming = subnet.get("PrivateDnsNameOptionsOnLaunch") or {}
    attributes = {
        "id": subnet["SubnetId"],
        "arn": subnet["SubnetArn"],
        "vpc_id": subnet["VpcId"],
        "cidr_block": subnet.get("CidrBlock"),
        "ipv6_cidr_block": ipv6.get("Ipv6CidrBlock", ""),
        "ipv6_cidr_block_association_id": ipv6.get("AssociationId", ""),
        "ipv6_native": subnet.get("Ipv6Native"),
        "availability_zone": subnet["AvailabilityZone"],
        "availability_zone_id": subnet.get("AvailabilityZoneId"),
        "map_public_ip_on_launch": subnet.get("MapPublicIpOnLaunch"),
        "assign_ipv6_address_on_creation": subnet.get("AssignIpv6AddressOnCreation"),
        "map_customer_owned_ip_on_launch": subnet.get("MapCustomerOwnedIpOnLaunch"),
        "customer_owned_ipv4_pool": subnet.get("CustomerOwnedIpv4Pool", ""),
        "outpost_arn": subnet.get("OutpostArn", ""),
        "enable_dns64": subnet.get("EnableDns64"),
        "enable_lni_at_device_index": subnet.get("EnableLniAtDeviceIndex", 0),
        "private_dns_hostname_type_on_launch": naming.get("HostnameType"),
        "enable_resource_name_dns_a_record_on_launch": naming.get("EnableResourceNameDnsARecord"),
        "enable_resource_name_dns_aaaa_record_on_launch": naming.get("EnableResourceNameDnsAAAARecord"),
        "owner_id": subnet.get("OwnerId"),
        "default_for_az": subnet.get("DefaultForAz"),
        "tags": tags(subnet),
    }
    return reader.resource("aws_subnet", subnet["SubnetArn"], attributes)


KIND = Kind(
    type="aws_subnet",
    identity=("cidr_block", "availability_zone"),
    names=("id", "arn"),
    reads=(Read("ec2", "describe_subnets"),),
    defaults={
        "map_public_ip_on_launch": Default(False, _SCHEMA),
        "assign_ipv6_address_on_creation": Default(False, _SCHEMA),
        "enable_dns64": Default(False, _SCHEMA),
        "ipv6_native": Default(False, _SCHEMA),
    },
    # No attribute of the provider's resource; Terraform makes no default subnet by it.
    extra={"default_for_az": "bool"},
    from_live=_from_live,
)
