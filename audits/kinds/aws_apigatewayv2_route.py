"""Routes of HTTP and WebSocket APIs: what may be called, by whom, and where it goes.

Sources: provider documentation of ``aws_apigatewayv2_route``; API Gateway V2 API Reference, GetApis and GetRoutes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from audits.kind import Default, Kind, Reader
from audits.kinds._apigateway import APIS, in_apis, read
from audits.kinds._details import plan_default
from audits.model import Resource, Value

_PLAN = plan_default("aws_apigatewayv2_route")


def _from_live(reader: Reader) -> Iterable[Resource]:
    return in_apis(reader, "get_routes", lambda api, one: _route(reader, api["ApiId"], one))


def _route(reader: Reader, api: str, found: Mapping[str, Any]) -> Resource:
    identifier = found["RouteId"]
    attributes: dict[str, Value] = {
        "id": identifier,
        "api_id": api,
        "api_key_required": found.get("ApiKeyRequired", False),
        "authorization_scopes": list(found.get("AuthorizationScopes") or ()),
        "authorization_type": found.get("AuthorizationType"),
        "authorizer_id": found.get("AuthorizerId", ""),
        "model_selection_expression": found.get("ModelSelectionExpression", ""),
        "operation_name": found.get("OperationName", ""),
        "request_models": dict(found.get("RequestModels") or {}),
        "request_parameter": [
            {"request_parameter_key": key, "required": one.get("Required")}
            for key, one in sorted((found.get("RequestParameters") or {}).items())
        ],
        "route_key": found["RouteKey"],
        "route_response_selection_expression": found.get("RouteResponseSelectionExpression", ""),
        "target": found.get("Target", ""),
    }
    return reader.resource("aws_apigatewayv2_route", f"{api}/{identifier}", attributes)


KIND = Kind(
    type="aws_apigatewayv2_route",
    identity=("route_key",),
    names=("id",),
    reads=(APIS, read("get_routes")),
    defaults={"api_key_required": Default(False, _PLAN), "authorization_type": Default("NONE", _PLAN)},
    from_live=_from_live,
)
