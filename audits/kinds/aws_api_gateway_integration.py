"""Integrations of REST APIs: what stands behind their methods.

Request parameters and templates may hold a key of the system behind, so they are never shown. Sources: provider
documentation of ``aws_api_gateway_integration``; API Gateway V1 API Reference, GetRestApis and GetResources.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from audits.kind import Default, Kind, Reader
from audits.kinds._apigateway import REST_APIS, methods, read
from audits.kinds._details import plan_default
from audits.model import Resource, Value

_PLAN = plan_default("aws_api_gateway_integration")


def _from_live(reader: Reader) -> Iterable[Resource]:
    found = methods(reader, partial(_integration, reader))
    return [one for one in found if one.attributes["type"]]


def _integration(reader: Reader, api: str, resource: str, method: Mapping[str, Any]) -> Resource:
    verb, found = method["httpMethod"], method.get("methodIntegration") or {}
    tls = found.get("tlsConfig")
    attributes: dict[str, Value] = {
        "id": f"agi-{api}-{resource}-{verb}",
        "rest_api_id": api,
        "resource_id": resource,
        "http_method": verb,
        "cache_key_parameters": list(found.get("cacheKeyParameters") or ()),
        "cache_namespace": found.get("cacheNamespace", ""),
        "connection_id": found.get("connectionId", ""),
        "connection_type": found.get("connectionType", "INTERNET"),
        "content_handling": found.get("contentHandling", ""),
        "credentials": found.get("credentials", ""),
        "integration_http_method": found.get("httpMethod", ""),
        "passthrough_behavior": found.get("passthroughBehavior"),
        "request_parameters": dict(found.get("requestParameters") or {}),
        "request_templates": dict(found.get("requestTemplates") or {}),
        "timeout_milliseconds": found.get("timeoutInMillis"),
        "tls_config": [{"insecure_skip_verification": tls.get("insecureSkipVerification")}] if tls else [],
        "type": found.get("type"),
        "uri": found.get("uri", ""),
    }
    return reader.resource("aws_api_gateway_integration", attributes["id"], attributes)


KIND = Kind(
    type="aws_api_gateway_integration",
    names=("id",),
    reads=(REST_APIS, read("get_resources", "apigateway")),
    secrets=("request_parameters", "request_templates"),
    defaults={
        "connection_type": Default("INTERNET", _PLAN),
        "timeout_milliseconds": Default(29000, _PLAN),
    },
    from_live=_from_live,
)
