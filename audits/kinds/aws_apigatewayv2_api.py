"""HTTP and WebSocket APIs.

Sources: provider documentation of ``aws_apigatewayv2_api``; API Gateway V2 API Reference, GetApis.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from audits.kind import Default, Kind, Reader
from audits.kinds._apigateway import APIS, arn, execution_arn
from audits.kinds._details import OF_TERRAFORM, plan_default, tag_map
from audits.model import Resource, Unknown, Value

_PLAN = plan_default("aws_apigatewayv2_api")
_SOURCE_ONLY = ("body", "credentials_arn", "fail_on_warnings", "route_key", "target")


def _small(headers: Value) -> Value:
    """Names of headers are the same in any letters, and AWS answers in small ones."""
    if isinstance(headers, Unknown):
        return headers if headers.partial is None else replace(headers, partial=_small(headers.partial))
    if not isinstance(headers, list):
        return headers
    return [header.lower() if isinstance(header, str) else header for header in headers]


def _from_terraform(api: Resource) -> Resource:
    blocks = api.attributes.get("cors_configuration")
    if not isinstance(blocks, list):
        return api
    small = [
        {name: _small(value) if name.endswith("_headers") else value for name, value in block.items()}
        if isinstance(block, dict)
        else block
        for block in blocks
    ]
    return replace(api, attributes={**api.attributes, "cors_configuration": small})


def _from_live(reader: Reader) -> Iterable[Resource]:
    return reader.each(reader.pages("apigatewayv2", "get_apis", "Items"), lambda api: _api(reader, api))


def _api(reader: Reader, api: Mapping[str, Any]) -> Resource:
    identifier = api["ApiId"]
    cors = api.get("CorsConfiguration")
    attributes: dict[str, Value] = {
        **dict.fromkeys(_SOURCE_ONLY, OF_TERRAFORM),
        "id": identifier,
        "arn": arn(reader, f"/apis/{identifier}"),
        "execution_arn": execution_arn(reader, identifier),
        "name": api["Name"],
        "api_endpoint": api.get("ApiEndpoint"),
        "api_key_selection_expression": api.get("ApiKeySelectionExpression", ""),
        "cors_configuration": [_cors(cors)] if cors else [],
        "description": api.get("Description", ""),
        "disable_execute_api_endpoint": api.get("DisableExecuteApiEndpoint"),
        "ip_address_type": api.get("IpAddressType", ""),
        "protocol_type": api.get("ProtocolType"),
        "route_selection_expression": api.get("RouteSelectionExpression", ""),
        "version": api.get("Version", ""),
        "tags": tag_map(api.get("Tags")),
    }
    return reader.resource("aws_apigatewayv2_api", attributes["arn"], attributes)


def _cors(found: Mapping[str, Any]) -> dict[str, Value]:
    return {
        "allow_credentials": found.get("AllowCredentials", False),
        "allow_headers": _small(list(found.get("AllowHeaders") or ())),
        "allow_methods": list(found.get("AllowMethods") or ()),
        "allow_origins": list(found.get("AllowOrigins") or ()),
        "expose_headers": _small(list(found.get("ExposeHeaders") or ())),
        "max_age": found.get("MaxAge", 0),
    }


KIND = Kind(
    type="aws_apigatewayv2_api",
    identity=("name",),
    names=("id", "arn", "execution_arn", "api_endpoint"),
    reads=(APIS,),
    defaults={
        "api_key_selection_expression": Default("$request.header.x-api-key", _PLAN),
        "disable_execute_api_endpoint": Default(
            False,
            "API Gateway V2 API Reference, CreateApi: by default, clients can invoke it with the default endpoint",
        ),
        "route_selection_expression": Default("$request.method $request.path", _PLAN),
    },
    from_terraform=_from_terraform,
    from_live=_from_live,
)
