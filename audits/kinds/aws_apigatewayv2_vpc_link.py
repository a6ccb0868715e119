"""VPC links of HTTP APIs.

Sources: provider documentation of ``aws_apigatewayv2_vpc_link``; API Gateway V2 API Reference, GetVpcLinks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from audits.kind import Kind, Reader
from audits.kinds._apigateway import arn, read
from audits.kinds._details import tag_map
from audits.model import Resource, Value


def _from_live(reader: Reader) -> Iterable[Resource]:
    return reader.each(reader.pages("apigatewayv2", "get_vpc_links", "Items"), partial(_link, reader))


def _link(reader: Reader, link: Mapping[str, Any]) -> Resource:
    identifier = link["VpcLinkId"]
    attributes: dict[str, Value] = {
        "id": identifier,
        "arn": arn(reader, f"/vpclinks/{identifier}"),
        "name": link["Name"],
        "security_group_ids": list(link.get("SecurityGroupIds") or ()),
        "subnet_ids": list(link.get("SubnetIds") or ()),
        "tags": tag_map(link.get("Tags")),
    }
    return reader.resource("aws_apigatewayv2_vpc_link", attributes["arn"], attributes)


KIND = Kind(
    type="aws_apigatewayv2_vpc_link",
    identity=("name",),
    names=("id", "arn"),
    reads=(read("get_vpc_links"),),
    security_groups=("security_group_ids[*]",),
    from_live=_from_live,
)
