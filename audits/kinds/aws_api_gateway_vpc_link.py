"""VPC links of REST APIs, which lead to network load balancers.

Sources: provider documentation of ``aws_api_gateway_vpc_link``; API Gateway V1 API Reference, GetVpcLinks.
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
    return reader.each(reader.pages("apigateway", "get_vpc_links", "items"), partial(_link, reader))


def _link(reader: Reader, link: Mapping[str, Any]) -> Resource:
    identifier = link["id"]
    attributes: dict[str, Value] = {
        "id": identifier,
        "arn": arn(reader, f"/vpclinks/{identifier}"),
        "name": link.get("name"),
        "description": link.get("description", ""),
        "target_arns": list(link.get("targetArns") or ()),
        "tags": tag_map(link.get("tags")),
    }
    return reader.resource("aws_api_gateway_vpc_link", attributes["arn"], attributes)


KIND = Kind(
    type="aws_api_gateway_vpc_link",
    identity=("name",),
    names=("id", "arn"),
    reads=(read("get_vpc_links", "apigateway"),),
    from_live=_from_live,
)
