"""Internet gateways.

Sources: provider documentation of ``aws_internet_gateway`` and ``aws_internet_gateway_attachment``; EC2 API
Reference, DescribeInternetGateways and InternetGatewayAttachment.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from audits.kind import Kind, Part, Read, Reader
from audits.kinds._details import only
from audits.kinds.aws_vpc import tags
from audits.model import Resource, Value

_ATTACHED = frozenset({"available", "attached"})
"""An internet gateway says ``available`` when it is attached (EC2 API Reference, InternetGatewayAttachment, State)."""


def _attachment(part: Resource) -> dict[str, Any]:
    """The VPC in a list, as folding wants it; ``from_terraform`` takes it out again."""
    return {"vpc_id": [part.attributes["vpc_id"]]} if "vpc_id" in part.attributes else {}


def _from_terraform(gateway: Resource) -> Resource:
    return only(gateway, "vpc_id")


def _from_live(reader: Reader) -> Iterable[Resource]:
    listed = reader.pages("ec2", "describe_internet_gateways", "InternetGateways")
    return reader.each(listed, partial(_gateway, reader))


def _gateway(reader: Reader, gateway: Mapping[str, Any]) -> Resource:
    identifier = gateway["InternetGatewayId"]
    owner = gateway.get("OwnerId", reader.account)
    arn = f"arn:{reader.partition}:ec2:{reader.region}:{owner}:internet-gateway/{identifier}"
    attached = [one["VpcId"] for one in gateway.get("Attachments") or () if one.get("State") in _ATTACHED]
    attributes: dict[str, Value] = {
        "id": identifier,
        "arn": arn,
        "owner_id": owner,
        "vpc_id": attached[0] if attached else "",
        "tags": tags(gateway),
    }
    return reader.resource("aws_internet_gateway", arn, attributes)


KIND = Kind(
    type="aws_internet_gateway",
    reads=(Read("ec2", "describe_internet_gateways"),),
    parts=(Part("aws_internet_gateway_attachment", "internet_gateway_id", ("vpc_id",), ("id",), _attachment, False),),
    from_terraform=_from_terraform,
    from_live=_from_live,
)
