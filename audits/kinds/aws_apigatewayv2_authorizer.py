"""Authorizers of HTTP and WebSocket APIs.

Sources: provider documentation of ``aws_apigatewayv2_authorizer``; API Gateway V2 API Reference, GetApis and
GetAuthorizers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from audits.kind import Kind, Reader
from audits.kinds._apigateway import APIS, in_apis, read
from audits.model import Resource, Value


def _from_live(reader: Reader) -> Iterable[Resource]:
    return in_apis(reader, "get_authorizers", lambda api, one: _authorizer(reader, api["ApiId"], one))


def _authorizer(reader: Reader, api: str, found: Mapping[str, Any]) -> Resource:
    identifier, jwt = found["AuthorizerId"], found.get("JwtConfiguration")
    attributes: dict[str, Value] = {
        "id": identifier,
        "api_id": api,
        "name": found["Name"],
        "authorizer_type": found.get("AuthorizerType"),
        "authorizer_uri": found.get("AuthorizerUri", ""),
        "authorizer_credentials_arn": found.get("AuthorizerCredentialsArn", ""),
        "authorizer_payload_format_version": found.get("AuthorizerPayloadFormatVersion", ""),
        "authorizer_result_ttl_in_seconds": found.get("AuthorizerResultTtlInSeconds", 0),
        "enable_simple_responses": found.get("EnableSimpleResponses", False),
        "identity_sources": list(found.get("IdentitySource") or ()),
        "jwt_configuration": [{"audience": list(jwt.get("Audience") or ()), "issuer": jwt.get("Issuer", "")}]
        if jwt
        else [],
    }
    return reader.resource("aws_apigatewayv2_authorizer", f"{api}/{identifier}", attributes)


KIND = Kind(
    type="aws_apigatewayv2_authorizer",
    identity=("name",),
    names=("id",),
    reads=(APIS, read("get_authorizers")),
    from_live=_from_live,
)
