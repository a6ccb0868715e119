"""REST APIs with all that belongs to them."""

from __future__ import annotations

import json
from typing import Any

from audits.kinds import (
    aws_api_gateway_integration,
    aws_api_gateway_method,
    aws_api_gateway_rest_api,
    aws_api_gateway_stage,
    aws_api_gateway_vpc_link,
)
from tests.kinds.support import agrees, declared, in_account, in_source, live, reference
from tests.planes.live.world import moto_account

POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke"}]}
API = {"id": "a", "name": "rest"}


def test_both_planes_agree_on_a_rest_api() -> None:
    api, method = aws_api_gateway_rest_api.KIND, aws_api_gateway_method.KIND
    integration, stage = aws_api_gateway_integration.KIND, aws_api_gateway_stage.KIND
    with moto_account() as world:
        client = world.client("apigateway")
        made = client.create_rest_api(
            name="rest", description="d", endpointConfiguration={"types": ["REGIONAL"]}, tags={"x": "y"}
        )
        of = {"restApiId": made["id"]}
        root = client.get_resources(**of)["items"][0]["id"]
        verb = {**of, "resourceId": root, "httpMethod": "GET"}
        client.put_method(**verb, authorizationType="NONE", apiKeyRequired=True)
        client.put_integration(
            **verb,
            type="HTTP_PROXY",
            integrationHttpMethod="GET",
            uri="https://example.com/",
            requestParameters={"integration.request.header.x-key": "'hush'"},
        )
        deployment = client.create_deployment(**of)["id"]
        client.create_stage(
            **of, stageName="prod", deploymentId=deployment, tracingEnabled=True, variables={"key": "hush"}
        )
        found = {kind.type: in_account(kind, world.only(kind)) for kind in (api, method, integration, stage)}
    assert "hush" not in repr(found)
    there = {"rest_api_id": made["id"], "resource_id": root, "http_method": "GET"}
    wanted: list[tuple[Any, dict[str, Any]]] = [
        (
            api,
            {
                "name": "rest",
                "description": "d",
                "endpoint_configuration": [{"types": ["REGIONAL"]}],
                "tags": {"x": "y"},
            },
        ),
        (method, {**there, "authorization": "NONE", "api_key_required": True}),
        (
            integration,
            {**there, "type": "HTTP_PROXY", "integration_http_method": "GET", "uri": "https://example.com/"},
        ),
        (stage, {"rest_api_id": made["id"], "stage_name": "prod", "xray_tracing_enabled": True}),
    ]
    for kind, given in wanted:
        configured = in_source(kind, declared(kind.type, **given)).attributes
        agrees({name: configured[name] for name in given}, found[kind.type].attributes)


def test_a_policy_folds_into_its_api_and_is_answered_escaped() -> None:
    kind = aws_api_gateway_rest_api.KIND
    policy = declared(
        "aws_api_gateway_rest_api_policy",
        rest_api_id=reference("aws_api_gateway_rest_api.this", "id"),
        policy=json.dumps(POLICY),
    )
    assert in_source(kind, declared(kind.type, name="rest"), policy).attributes["policy"] == POLICY
    escaped = json.dumps(POLICY).replace('"', '\\"')
    (found,) = live(kind, {("apigateway", "get_rest_apis"): {"items": [{**API, "policy": escaped}]}})
    assert in_account(kind, found).attributes["policy"] == POLICY


def test_settings_of_methods_fold_into_their_stage() -> None:
    kind = aws_api_gateway_stage.KIND
    settings = [{"logging_level": "INFO", "metrics_enabled": True}]
    configured = in_source(
        kind,
        declared(kind.type, stage_name="prod"),
        declared("aws_api_gateway_method_settings", stage_name="prod", method_path="*/*", settings=settings),
    ).attributes["method_settings"]
    assert configured == [{"method_path": "*/*", "settings": settings}]
    stage = {
        "stageName": "prod",
        "deploymentId": "d",
        "methodSettings": {"*/*": {"loggingLevel": "INFO", "metricsEnabled": True}, "~1pets~1x/GET": {}},
    }
    (found,) = live(
        kind,
        {("apigateway", "get_rest_apis"): {"items": [API]}, ("apigateway", "get_stages"): {"item": [stage]}},
    )
    agrees(configured, found.attributes["method_settings"][:1])
    assert found.attributes["method_settings"][1]["method_path"] == "pets/x/GET"


def test_methods_without_integration_have_none() -> None:
    resources = [
        {"id": "r", "path": "/", "resourceMethods": {"GET": {"httpMethod": "GET", "authorizationType": "NONE"}}}
    ]
    answers: dict[tuple[str, str], Any] = {
        ("apigateway", "get_rest_apis"): {"items": [API]},
        ("apigateway", "get_resources"): {"items": [*resources, {"id": "s", "path": "/s"}]},
    }
    assert live(aws_api_gateway_integration.KIND, answers) == []
    (method,) = live(aws_api_gateway_method.KIND, answers)
    assert method.attributes["id"] == "agm-a-r-GET"


def test_both_planes_agree_on_a_vpc_link() -> None:
    kind = aws_api_gateway_vpc_link.KIND
    link = {"id": "l", "name": "l", "description": "d", "targetArns": ["arn:n"], "tags": {"x": "y"}}
    (found,) = live(kind, {("apigateway", "get_vpc_links"): {"items": [link]}})
    configured = declared(kind.type, name="l", description="d", target_arns=["arn:n"], tags={"x": "y"})
    agrees(dict(in_source(kind, configured).attributes), found.attributes)
