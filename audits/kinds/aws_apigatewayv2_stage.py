"""Stages of HTTP and WebSocket APIs. Their variables may hold anything, and so are never shown.

Sources: provider documentation of ``aws_apigatewayv2_stage``; API Gateway V2 API Reference, GetApis and GetStages.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from audits.kind import Default, Kind, Reader
from audits.kinds._apigateway import APIS, arn, execution_arn, host, in_apis, read
from audits.kinds._details import plan_default, tag_map
from audits.model import Resource, Value

_PLAN = plan_default("aws_apigatewayv2_stage")


def _from_live(reader: Reader) -> Iterable[Resource]:
    return in_apis(reader, "get_stages", lambda api, stage: _stage(reader, api, stage))


def _stage(reader: Reader, api: Mapping[str, Any], stage: Mapping[str, Any]) -> Resource:
    identifier, name = api["ApiId"], stage["StageName"]
    log = stage.get("AccessLogSettings")
    default = stage.get("DefaultRouteSettings")
    web_socket = api.get("ProtocolType") == "WEBSOCKET"
    path = "" if name == "$default" and not web_socket else name
    attributes: dict[str, Value] = {
        "id": name,
        "api_id": identifier,
        "name": name,
        "arn": arn(reader, f"/apis/{identifier}/stages/{name}"),
        "execution_arn": f"{execution_arn(reader, identifier)}/{name}",
        "invoke_url": f"{'wss' if web_socket else 'https'}://{host(reader, identifier)}/{path}",
        "access_log_settings": [{"destination_arn": log.get("DestinationArn"), "format": log.get("Format")}]
        if log
        else [],
        "auto_deploy": stage.get("AutoDeploy", False),
        "client_certificate_id": stage.get("ClientCertificateId", ""),
        "default_route_settings": [_settings(default)] if default else [],
        "deployment_id": stage.get("DeploymentId", ""),
        "description": stage.get("Description", ""),
        "route_settings": [
            {"route_key": key, **_settings(one)} for key, one in sorted((stage.get("RouteSettings") or {}).items())
        ],
        "stage_variables": dict(stage.get("StageVariables") or {}),
        "tags": tag_map(stage.get("Tags")),
    }
    return reader.resource("aws_apigatewayv2_stage", attributes["arn"], attributes)


def _settings(found: Mapping[str, Any]) -> dict[str, Value]:
    return {
        "data_trace_enabled": found.get("DataTraceEnabled", False),
        "detailed_metrics_enabled": found.get("DetailedMetricsEnabled", False),
        "logging_level": found.get("LoggingLevel", ""),
        "throttling_burst_limit": found.get("ThrottlingBurstLimit", 0),
        "throttling_rate_limit": found.get("ThrottlingRateLimit", 0),
    }


KIND = Kind(
    type="aws_apigatewayv2_stage",
    identity=("name",),
    names=("id", "arn", "execution_arn"),
    reads=(APIS, read("get_stages")),
    documents=("access_log_settings[*].format",),
    secrets=("stage_variables",),
    defaults={"auto_deploy": Default(False, _PLAN)},
    from_live=_from_live,
)
