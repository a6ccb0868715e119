"""Integrations of HTTP and WebSocket APIs: what stands behind their routes.

Request parameters may set a header to a key of the system behind, so they are never shown. Sources: provider
documentation of ``aws_apigatewayv2_integration``; API Gateway V2 API Reference, GetApis and GetIntegrations.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from audits.kind import Default, Kind, Reader
from audits.kinds._apigateway import APIS, in_apis, read
from audits.kinds._details import plan_default
from audits.model import Resource, Value

_PLAN = plan_default("aws_apigatewayv2_integration")
_TEXTS = {
    "connection_id": "ConnectionId",
    "connection_type": "ConnectionType",
    "content_handling_strategy": "ContentHandlingStrategy",
    "credentials_arn": "CredentialsArn",
    "description": "Description",
    "integration_method": "IntegrationMethod",
    "integration_response_selection_expression": "IntegrationResponseSelectionExpression",
    "integration_subtype": "IntegrationSubtype",
    "integration_type": "IntegrationType",
    "integration_uri": "IntegrationUri",
    "passthrough_behavior": "PassthroughBehavior",
    "payload_format_version": "PayloadFormatVersion",
    "template_selection_expression": "TemplateSelectionExpression",
}


def _from_live(reader: Reader) -> Iterable[Resource]:
    return in_apis(reader, "get_integrations", lambda api, one: _integration(reader, api["ApiId"], one))


def _integration(reader: Reader, api: str, found: Mapping[str, Any]) -> Resource:
    identifier = found["IntegrationId"]
    tls = found.get("TlsConfig")
    attributes: dict[str, Value] = {
        "id": identifier,
        "api_id": api,
        **{name: found.get(key, "") for name, key in _TEXTS.items()},
        "request_parameters": dict(found.get("RequestParameters") or {}),
        "request_templates": dict(found.get("RequestTemplates") or {}),
        "response_parameters": [
            {"status_code": code, "mappings": dict(mappings)}
            for code, mappings in sorted((found.get("ResponseParameters") or {}).items())
        ],
        "timeout_milliseconds": found.get("TimeoutInMillis"),
        "tls_config": [{"server_name_to_verify": tls.get("ServerNameToVerify", "")}] if tls else [],
    }
    return reader.resource("aws_apigatewayv2_integration", f"{api}/{identifier}", attributes)


KIND = Kind(
    type="aws_apigatewayv2_integration",
    names=("id",),
    reads=(APIS, read("get_integrations")),
    secrets=("request_parameters", "request_templates", "response_parameters[*].mappings"),
    defaults={
        "connection_type": Default("INTERNET", _PLAN),
        "payload_format_version": Default("1.0", _PLAN),
    },
    from_live=_from_live,
)
