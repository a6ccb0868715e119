"""Methods of REST APIs: what may be called, and by whom.

One listing an API gives its resources with their methods and integrations (``embed=methods``). Sources: provider
documentation of ``aws_api_gateway_method``; API Gateway V1 API Reference, GetRestApis and GetResources.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from audits.kind import Default, Kind, Reader
from audits.kinds._apigateway import REST_APIS, methods, read
from audits.kinds._details import plan_default
from audits.model import Resource, Value


def _from_live(reader: Reader) -> Iterable[Resource]:
    return methods(reader, partial(_method, reader))


def _method(reader: Reader, api: str, resource: str, method: Mapping[str, Any]) -> Resource:
    verb = method["httpMethod"]
    attributes: dict[str, Value] = {
        "id": f"agm-{api}-{resource}-{verb}",
        "rest_api_id": api,
        "resource_id": resource,
        "http_method": verb,
        "api_key_required": method.get("apiKeyRequired", False),
        "authorization": method.get("authorizationType"),
        "authorization_scopes": list(method.get("authorizationScopes") or ()),
        "authorizer_id": method.get("authorizerId", ""),
        "operation_name": method.get("operationName", ""),
        "request_models": dict(method.get("requestModels") or {}),
        "request_parameters": dict(method.get("requestParameters") or {}),
        "request_validator_id": method.get("requestValidatorId", ""),
    }
    return reader.resource("aws_api_gateway_method", attributes["id"], attributes)


KIND = Kind(
    type="aws_api_gateway_method",
    names=("id",),
    reads=(REST_APIS, read("get_resources", "apigateway")),
    defaults={"api_key_required": Default(False, plan_default("aws_api_gateway_method"))},
    from_live=_from_live,
)
