"""Route tables with their routes, what they are associated with, and the gateways that propagate routes into them.

Routes have one form, whether written inline or as ``aws_route``: all keys of the provider's inline ``route``, ``""``
for those that do not apply. Left out on both planes, as the provider leaves them out: the local route that AWS makes,
routes that a gateway propagates, and those of gateway endpoints (``vpce-…`` to a prefix list), which
``aws_vpc_endpoint.route_table_ids`` says.

``association`` (an attribute of this project) holds ``{subnet_id, gateway_id, main}``: ``main`` is true for the one
that makes it the main table of its VPC, and names neither.

Sources: provider documentation of ``aws_route_table``, ``aws_route``, ``aws_route_table_association``,
``aws_main_route_table_association`` and ``aws_vpn_gateway_route_propagation``; EC2 API Reference, DescribeRouteTables,
Route (``Origin``) and RouteTableAssociation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from audits.kind import Default, Kind, Part, Read, Reader
from audits.kinds._shapes import each_block
from audits.kinds.aws_vpc import tags
from audits.model import Resource, Value

_DESTINATIONS = {
    "cidr_block": "destination_cidr_block",
    "ipv6_cidr_block": "destination_ipv6_cidr_block",
    "destination_prefix_list_id": "destination_prefix_list_id",
}
"""The inline route's destinations, and what ``aws_route`` calls them."""
_TARGETS = (
    "carrier_gateway_id",
    "core_network_arn",
    "egress_only_gateway_id",
    "gateway_id",
    "local_gateway_id",
    "nat_gateway_id",
    "network_interface_id",
    "transit_gateway_id",
    "vpc_endpoint_id",
    "vpc_peering_connection_id",
)
_AWS = (
    ("carrier_gateway_id", "CarrierGatewayId"),
    ("cidr_block", "DestinationCidrBlock"),
    ("core_network_arn", "CoreNetworkArn"),
    ("destination_prefix_list_id", "DestinationPrefixListId"),
    ("egress_only_gateway_id", "EgressOnlyInternetGatewayId"),
    ("ipv6_cidr_block", "DestinationIpv6CidrBlock"),
    ("local_gateway_id", "LocalGatewayId"),
    ("nat_gateway_id", "NatGatewayId"),
    ("network_interface_id", "NetworkInterfaceId"),
    ("transit_gateway_id", "TransitGatewayId"),
    ("vpc_peering_connection_id", "VpcPeeringConnectionId"),
)
_IN_EFFECT = frozenset({"associated", "associating", None})
_NONE = "and none is declared for this one"


def _route(known: Mapping[str, Value]) -> dict[str, Value]:
    """A route with every key. A route has one destination and one target: those left out are none."""
    return {name: "" if known.get(name) is None else known[name] for name in (*_DESTINATIONS, *_TARGETS)}


def _of_route(part: Resource) -> dict[str, list[Value]]:
    given = part.attributes
    known = {name: given.get(theirs) for name, theirs in _DESTINATIONS.items()}
    return {"route": [_route({**known, **{name: given.get(name) for name in _TARGETS}})]}


def _association(**known: Value) -> dict[str, Value]:
    return {"subnet_id": "", "gateway_id": "", "main": False, **known}


def _of_association(part: Resource) -> dict[str, list[Value]]:
    known = {name: part.attributes[name] for name in ("subnet_id", "gateway_id") if name in part.attributes}
    return {"association": [_association(**known)]}


def _of_main(_: Resource) -> dict[str, list[Value]]:
    return {"association": [_association(main=True)]}


def _of_propagation(part: Resource) -> dict[str, list[Value]]:
    return {"propagating_vgws": [part.attributes.get("vpn_gateway_id")]}


def _from_terraform(table: Resource) -> Resource:
    if "route" not in table.attributes:
        return table
    return replace(table, attributes={**table.attributes, "route": each_block(table.attributes["route"], _route)})


def _from_live(reader: Reader) -> Iterable[Resource]:
    return reader.each(reader.pages("ec2", "describe_route_tables", "RouteTables"), partial(_table, reader))


def _table(reader: Reader, table: Mapping[str, Any]) -> Resource:
    identifier, owner = table["RouteTableId"], table.get("OwnerId", reader.account)
    arn = f"arn:{reader.partition}:ec2:{reader.region}:{owner}:route-table/{identifier}"
    attributes: dict[str, Value] = {
        "id": identifier,
        "arn": arn,
        "vpc_id": table.get("VpcId"),
        "owner_id": owner,
        "route": [_live_route(route) for route in table.get("Routes") or () if _declared(route)],
        "association": [
            _association(
                subnet_id=one.get("SubnetId", ""), gateway_id=one.get("GatewayId", ""), main=one.get("Main", False)
            )
            for one in table.get("Associations") or ()
            if (one.get("AssociationState") or {}).get("State") in _IN_EFFECT
        ],
        "propagating_vgws": [one["GatewayId"] for one in table.get("PropagatingVgws") or ()],
        "tags": tags(table),
    }
    return reader.resource("aws_route_table", arn, attributes)


def _declared(route: Mapping[str, Any]) -> bool:
    """Whether somebody set the route, rather than AWS by itself or by something else that was set."""
    gateway = route.get("GatewayId", "")
    if gateway in ("local", "VpcLattice") or route.get("Origin") == "EnableVgwRoutePropagation":
        return False
    return not (route.get("DestinationPrefixListId") and gateway.startswith("vpce-"))


def _live_route(route: Mapping[str, Any]) -> dict[str, Value]:
    gateway = route.get("GatewayId", "")
    # AWS names the endpoint of a Gateway Load Balancer as a gateway; the provider tells them apart by the identifier.
    target = "vpc_endpoint_id" if gateway.startswith("vpce-") else "gateway_id"
    return _route({**{name: route.get(aws_name) for name, aws_name in _AWS}, target: gateway})


KIND = Kind(
    type="aws_route_table",
    reads=(Read("ec2", "describe_route_tables"),),
    parts=(
        Part("aws_route", "route_table_id", ("route",), ("id",), _of_route),
        Part("aws_route_table_association", "route_table_id", ("association",), ("id",), _of_association),
        Part("aws_main_route_table_association", "route_table_id", ("association",), ("id",), _of_main),
        Part("aws_vpn_gateway_route_propagation", "route_table_id", ("propagating_vgws",), ("id",), _of_propagation),
    ),
    defaults={
        "route": Default([], f"VPC User Guide, route tables: a new one holds the local route only ({_NONE})"),
        "association": Default([], f"VPC User Guide, route tables: a new one is associated with nothing ({_NONE})"),
        "propagating_vgws": Default([], f"VPC User Guide, route propagation: off unless enabled ({_NONE})"),
    },
    extra={
        "association": ["list", ["object", {"subnet_id": "string", "gateway_id": "string", "main": "bool"}]],
    },
    from_terraform=_from_terraform,
    from_live=_from_live,
)
