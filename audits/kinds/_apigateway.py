"""What the kinds of API Gateway share: its one IAM action for all reads, and what every API holds.

``apigateway:GET`` allows every read of both versions (Service Authorization Reference, "Actions defined by Amazon API
Gateway Management"): a policy cannot be narrower but by the resource.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from audits.kind import Read, Reader
from audits.model import Resource

ACTION = "apigateway:GET"


def read(operation: str, service: str = "apigatewayv2", absent: tuple[str, ...] = ()) -> Read:
    """A read of API Gateway."""
    return Read(service, operation, action=ACTION, absent=absent)


APIS = read("get_apis")
REST_APIS = read("get_rest_apis", "apigateway")


def arn(reader: Reader, path: str) -> str:
    """The ARN under which API Gateway manages something."""
    return f"arn:{reader.partition}:apigateway:{reader.region}::{path}"


def execution_arn(reader: Reader, api: str) -> str:
    """The ARN under which an API is called."""
    return f"arn:{reader.partition}:execute-api:{reader.region}:{reader.account}:{api}"


def host(reader: Reader, api: str) -> str:
    """The name under which an API is called."""
    suffix = "amazonaws.com.cn" if reader.partition == "aws-cn" else "amazonaws.com"
    return f"{api}.execute-api.{reader.region}.{suffix}"


def in_apis(
    reader: Reader, operation: str, convert: Callable[[Mapping[str, Any], Mapping[str, Any]], Resource]
) -> list[Resource]:
    """What an operation lists, in every API of the second version; ``convert`` gets the API and the element."""

    def of(api: Mapping[str, Any]) -> list[Resource]:
        return [convert(api, one) for one in reader.pages("apigatewayv2", operation, "Items", ApiId=api["ApiId"])]

    apis = reader.pages("apigatewayv2", "get_apis", "Items")
    return [one for found in reader.each(apis, of) for one in found]


def methods(reader: Reader, convert: Callable[[str, str, dict[str, Any]], Resource]) -> list[Resource]:
    """What ``convert`` makes of every method of every REST API; it gets the API's and the resource's identifiers."""

    def of(api: Mapping[str, Any]) -> list[Resource]:
        resources = reader.pages("apigateway", "get_resources", "items", restApiId=api["id"], embed=["methods"])
        return [
            convert(api["id"], resource["id"], method)
            for resource in resources
            for method in (resource.get("resourceMethods") or {}).values()
        ]

    apis = reader.pages("apigateway", "get_rest_apis", "items")
    return [one for found in reader.each(apis, of) for one in found]
