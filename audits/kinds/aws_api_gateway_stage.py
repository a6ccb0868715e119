"""Stages of REST APIs, with the settings of their methods. Their variables may hold anything, and are never shown.

Canonical shape: ``method_settings`` [{method_path, settings}]. Sources: provider documentation of
``aws_api_gateway_stage`` and ``aws_api_gateway_method_settings``; API Gateway V1 API Reference, GetRestApis and
GetStages.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from audits.kind import Default, Kind, Part, Reader
from audits.kinds._apigateway import REST_APIS, arn, execution_arn, host, read
from audits.kinds._details import tag_map
from audits.model import Resource, Value

_SETTINGS = {
    "cache_data_encrypted": "cacheDataEncrypted",
    "cache_ttl_in_seconds": "cacheTtlInSeconds",
    "caching_enabled": "cachingEnabled",
    "data_trace_enabled": "dataTraceEnabled",
    "logging_level": "loggingLevel",
    "metrics_enabled": "metricsEnabled",
    "require_authorization_for_cache_control": "requireAuthorizationForCacheControl",
    "throttling_burst_limit": "throttlingBurstLimit",
    "throttling_rate_limit": "throttlingRateLimit",
    "unauthorized_cache_control_header_strategy": "unauthorizedCacheControlHeaderStrategy",
}


def _settings_of(part: Resource) -> Mapping[str, Any]:
    names = ("method_path", "settings")
    return {"method_settings": [{name: part.attributes[name] for name in names if name in part.attributes}]}


def _from_live(reader: Reader) -> Iterable[Resource]:
    def stages(api: Mapping[str, Any]) -> list[Resource]:
        answer = reader.call("apigateway", "get_stages", restApiId=api["id"])
        return [_stage(reader, api["id"], one) for one in answer.get("item") or ()]

    apis = reader.pages("apigateway", "get_rest_apis", "items")
    return [one for found in reader.each(apis, stages) for one in found]


def _stage(reader: Reader, api: str, stage: Mapping[str, Any]) -> Resource:
    name = stage["stageName"]
    log, canary = stage.get("accessLogSettings"), stage.get("canarySettings")
    attributes: dict[str, Value] = {
        "id": f"ags-{api}-{name}",
        "arn": arn(reader, f"/restapis/{api}/stages/{name}"),
        "execution_arn": f"{execution_arn(reader, api)}/{name}",
        "invoke_url": f"https://{host(reader, api)}/{name}",
        "rest_api_id": api,
        "stage_name": name,
        "deployment_id": stage.get("deploymentId"),
        "description": stage.get("description", ""),
        "access_log_settings": [{"destination_arn": log.get("destinationArn"), "format": log.get("format")}]
        if log
        else [],
        "cache_cluster_enabled": stage.get("cacheClusterEnabled", False),
        "cache_cluster_size": stage.get("cacheClusterSize", ""),
        "canary_settings": [_canary(canary)] if canary else [],
        "client_certificate_id": stage.get("clientCertificateId", ""),
        "documentation_version": stage.get("documentationVersion", ""),
        "method_settings": [
            # AWS writes "~1" for a slash within a path, and "/*/*" for all methods of all resources.
            {"method_path": path.replace("~1", "/").removeprefix("/"), "settings": [_settings(one)]}
            for path, one in sorted((stage.get("methodSettings") or {}).items())
        ],
        "variables": dict(stage.get("variables") or {}),
        "web_acl_arn": stage.get("webAclArn", ""),
        "xray_tracing_enabled": stage.get("tracingEnabled", False),
        "tags": tag_map(stage.get("tags")),
    }
    return reader.resource("aws_api_gateway_stage", attributes["arn"], attributes)


def _settings(found: Mapping[str, Any]) -> dict[str, Value]:
    return {name: found.get(key) for name, key in _SETTINGS.items()}


def _canary(found: Mapping[str, Any]) -> dict[str, Value]:
    return {
        "deployment_id": found.get("deploymentId"),
        "percent_traffic": found.get("percentTraffic", 0),
        "stage_variable_overrides": dict(found.get("stageVariableOverrides") or {}),
        "use_stage_cache": found.get("useStageCache", False),
    }


KIND = Kind(
    type="aws_api_gateway_stage",
    identity=("stage_name",),
    names=("id", "arn", "stage_name"),
    reads=(REST_APIS, read("get_stages", "apigateway")),
    documents=("access_log_settings[*].format",),
    secrets=("variables", "canary_settings[*].stage_variable_overrides"),
    defaults={
        "xray_tracing_enabled": Default(
            False, "provider documentation of aws_api_gateway_stage: xray_tracing_enabled defaults to false"
        ),
    },
    parts=(
        Part(
            "aws_api_gateway_method_settings",
            "stage_name",
            ("method_settings",),
            ("stage_name",),
            _settings_of,
        ),
    ),
    extra={"method_settings": ["list", "dynamic"]},
    from_live=_from_live,
)
