"""VPC endpoints: gateway, interface and Gateway Load Balancer ones, with their parts folded in.

Sources: provider documentation of ``aws_vpc_endpoint`` and ``aws_vpc_endpoint_{route_table_association,
subnet_association,security_group_association,policy}``; EC2 API Reference, DescribeVpcEndpoints and VpcEndpoint.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from audits.kind import Default, Kind, Part, Read, Reader
from audits.kinds._details import OF_TERRAFORM, document, only, plan_default
from audits.kinds._shapes import named
from audits.kinds.aws_vpc import not_read, tags
from audits.model import Resource, Value

_GONE = frozenset({"deleted", "failed", "rejected", "expired"})
_PLAIN = (
    ("vpc_id", "VpcId"),
    ("service_name", "ServiceName"),
    ("vpc_endpoint_type", "VpcEndpointType"),
    ("private_dns_enabled", "PrivateDnsEnabled"),
    ("requester_managed", "RequesterManaged"),
    ("owner_id", "OwnerId"),
    ("ip_address_type", "IpAddressType"),
    ("service_region", "ServiceRegion"),
)
_OR_EMPTY = (("resource_configuration_arn", "ResourceConfigurationArn"), ("service_network_arn", "ServiceNetworkArn"))


def _joins(into: str, name: str) -> Callable[[Resource], Mapping[str, Any]]:
    return lambda part: {into: [part.attributes[name]] if name in part.attributes else []}


def _from_terraform(endpoint: Resource) -> Resource:
    return only(endpoint, "policy")


def _from_live(reader: Reader) -> Iterable[Resource]:
    found = reader.each(reader.pages("ec2", "describe_vpc_endpoints", "VpcEndpoints"), partial(_endpoint, reader))
    return [endpoint for endpoints in found for endpoint in endpoints]


def _endpoint(reader: Reader, endpoint: Mapping[str, Any]) -> list[Resource]:
    state = endpoint.get("State", "")
    # AWS writes states with a capital in some answers (EC2 API Reference, VpcEndpoint: "pendingAcceptance").
    if state.lower() in _GONE:
        return []
    identifier = endpoint["VpcEndpointId"]
    owner = endpoint.get("OwnerId", reader.account)
    arn = f"arn:{reader.partition}:ec2:{reader.region}:{owner}:vpc-endpoint/{identifier}"
    options = endpoint.get("DnsOptions")
    attributes: dict[str, Value] = {
        "id": identifier,
        "arn": arn,
        **named(endpoint, _PLAIN),
        **named(endpoint, _OR_EMPTY, ""),
        "state": state[:1].lower() + state[1:],
        "policy": endpoint.get("PolicyDocument"),
        "route_table_ids": list(endpoint.get("RouteTableIds") or ()),
        "subnet_ids": list(endpoint.get("SubnetIds") or ()),
        "security_group_ids": [one["GroupId"] for one in endpoint.get("Groups") or ()],
        "network_interface_ids": list(endpoint.get("NetworkInterfaceIds") or ()),
        "dns_entry": [
            {"dns_name": one.get("DnsName", ""), "hosted_zone_id": one.get("HostedZoneId", "")}
            for one in endpoint.get("DnsEntries") or ()
        ],
        "dns_options": [
            {
                "dns_record_ip_type": options.get("DnsRecordIpType"),
                "private_dns_only_for_inbound_resolver_endpoint": options.get(
                    "PrivateDnsOnlyForInboundResolverEndpoint", False
                ),
            }
        ]
        if options
        else [],
        "auto_accept": OF_TERRAFORM,
        "subnet_configuration": not_read("ec2:DescribeNetworkInterfaces"),
        "cidr_blocks": not_read("ec2:DescribePrefixLists"),
        "prefix_list_id": not_read("ec2:DescribePrefixLists"),
        "tags": tags(endpoint),
    }
    return [reader.resource("aws_vpc_endpoint", arn, attributes)]


def _part(name: str, into: str, convert: Callable[[Resource], Mapping[str, Any]], *, many: bool = True) -> Part:
    return Part(f"aws_vpc_endpoint_{name}", "vpc_endpoint_id", (into,), ("id",), convert, many)


KIND = Kind(
    type="aws_vpc_endpoint",
    reads=(Read("ec2", "describe_vpc_endpoints"),),
    documents=("policy",),
    security_groups=("security_group_ids[*]",),
    parts=(
        _part("policy", "policy", document("policy"), many=False),
        _part("route_table_association", "route_table_ids", _joins("route_table_ids", "route_table_id")),
        _part("subnet_association", "subnet_ids", _joins("subnet_ids", "subnet_id")),
        _part("security_group_association", "security_group_ids", _joins("security_group_ids", "security_group_id")),
    ),
    defaults={"vpc_endpoint_type": Default("Gateway", plan_default("aws_vpc_endpoint"))},
    from_terraform=_from_terraform,
    from_live=_from_live,
)
