"""VPCs. Sources: provider documentation of ``aws_vpc``; EC2 API Reference, DescribeVpcs.

Whether DNS is enabled is told by one further call a VPC and attribute (DescribeVpcAttribute), which is not made:
no control speaks of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from audits.kind import Default, Kind, Read, Reader
from audits.model import Cause, Resource, Unknown

_SCHEMA = "provider 5.100 schema default (the planned value of an aws_vpc that leaves it out)"


def tags(answer: Mapping[str, Any], names: str = "Tags") -> dict[str, str]:
    """Tags as the provider shows them: AWS's own (``aws:…``) are left out, as the provider leaves them out."""
    found = answer.get(names) or ()
    return {tag["Key"]: tag.get("Value", "") for tag in found if not tag["Key"].startswith("aws:")}


def not_read(operation: str) -> Unknown:
    """What stands for an attribute that no call of this suite asks for: not known, rather than none."""
    return Unknown(Cause.UNSUPPORTED, detail=f"this suite does not read it: it takes {operation}")


def _from_live(reader: Reader) -> Iterable[Resource]:
    return reader.each(reader.pages("ec2", "describe_vpcs", "Vpcs"), partial(_vpc, reader))


def _vpc(reader: Reader, vpc: Mapping[str, Any]) -> Resource:
    arn = f"arn:{reader.partition}:ec2:{reader.region}:{vpc['OwnerId']}:vpc/{vpc['VpcId']}"
    # Only associations that are in effect count; the provider shows the first one.
    ipv6: Mapping[str, Any] = next(
        (
            one
            for one in vpc.get("Ipv6CidrBlockAssociationSet") or ()
            if one.get("Ipv6CidrBlockState", {}).get("State") == "associated"
        ),
        {},
    )
    attributes = {
        "id": vpc["VpcId"],
        "arn": arn,
        "cidr_block": vpc["CidrBlock"],
        "instance_tenancy": vpc.get("InstanceTenancy"),
        "dhcp_options_id": vpc.get("DhcpOptionsId"),
        "ipv6_cidr_block": ipv6.get("Ipv6CidrBlock", ""),
        "ipv6_association_id": ipv6.get("AssociationId", ""),
        "owner_id": vpc["OwnerId"],
        "is_default": vpc.get("IsDefault"),
        "enable_dns_support": not_read("ec2:DescribeVpcAttribute"),
        "enable_dns_hostnames": not_read("ec2:DescribeVpcAttribute"),
        "tags": tags(vpc),
    }
    return reader.resource("aws_vpc", arn, attributes)


KIND = Kind(
    type="aws_vpc",
    identity=("cidr_block",),
    names=("id", "arn"),
    reads=(Read("ec2", "describe_vpcs"),),
    defaults={
        "instance_tenancy": Default("default", _SCHEMA),
        "enable_dns_support": Default(True, _SCHEMA),
    },
    # No attribute of the provider's resource; Terraform makes no default VPC by it.
    extra={"is_default": "bool"},
    from_live=_from_live,
)
