"""HTTP and WebSocket APIs with all that belongs to them."""

from __future__ import annotations

from typing import Any

from audits.kinds import (
    aws_apigatewayv2_api,
    aws_apigatewayv2_api_mapping,
    aws_apigatewayv2_authorizer,
    aws_apigatewayv2_domain_name,
    aws_apigatewayv2_integration,
    aws_apigatewayv2_route,
    aws_apigatewayv2_stage,
    aws_apigatewayv2_vpc_link,
)
from audits.model import Cause, Redacted, Unknown
from tests.kinds.support import agrees, declared, in_account, in_source, live
from tests.planes.live.world import REGION, moto_account

CORS = {
    "AllowOrigins": ["https://example.com"],
    "AllowMethods": ["GET"],
    "AllowHeaders": ["authorization"],
    "MaxAge": 300,
}
LOG = "arn:aws:logs:ap-northeast-2:123456789012:log-group:/api"


def test_both_planes_agree_on_an_http_api() -> None:
    stage, route = aws_apigatewayv2_stage.KIND, aws_apigatewayv2_route.KIND
    api, integration = aws_apigatewayv2_api.KIND, aws_apigatewayv2_integration.KIND
    with moto_account() as world:
        client = world.client("apigatewayv2")
        made = client.create_api(
            Name="http", ProtocolType="HTTP", Description="d", CorsConfiguration=CORS, Tags={"x": "y"}
        )["ApiId"]
        behind = client.create_integration(
            ApiId=made,
            IntegrationType="HTTP_PROXY",
            IntegrationMethod="ANY",
            ConnectionType="INTERNET",
            IntegrationUri="https://example.com/x",
            PayloadFormatVersion="1.0",
            RequestParameters={"overwrite:header.x-key": "hush"},
        )["IntegrationId"]
        client.create_route(ApiId=made, RouteKey="GET /health", Target=f"integrations/{behind}")
        client.create_stage(
            ApiId=made,
            StageName="$default",
            AutoDeploy=True,
            AccessLogSettings={"DestinationArn": LOG, "Format": '{"id": "$context.requestId"}'},
            DefaultRouteSettings={"ThrottlingRateLimit": 100.0, "ThrottlingBurstLimit": 200},
            StageVariables={"key": "hush"},
        )
        found = {kind.type: in_account(kind, world.only(kind)) for kind in (api, integration, route, stage)}
    assert "hush" not in repr(found)
    cors = {
        "allow_origins": ["https://example.com"],
        "allow_methods": ["GET"],
        "allow_headers": ["Authorization"],
        "max_age": 300,
    }
    wanted = [
        (
            api,
            declared(
                api.type,
                name="http",
                protocol_type="HTTP",
                description="d",
                cors_configuration=[cors],
                tags={"x": "y"},
            ),
        ),
        (
            integration,
            declared(
                integration.type,
                api_id=made,
                integration_type="HTTP_PROXY",
                integration_method="ANY",
                integration_uri="https://example.com/x",
                request_parameters={"overwrite:header.x-key": "hush"},
            ),
        ),
        (route, declared(route.type, api_id=made, route_key="GET /health", target=f"integrations/{behind}")),
        (
            stage,
            declared(
                stage.type,
                api_id=made,
                name="$default",
                auto_deploy=True,
                access_log_settings=[{"destination_arn": LOG, "format": '{"id":"$context.requestId"}'}],
                default_route_settings=[{"throttling_rate_limit": 100, "throttling_burst_limit": 200}],
                stage_variables={"key": "hush"},
            ),
        ),
    ]
    for kind, resource in wanted:
        configured = in_source(kind, resource).attributes
        assert "hush" not in repr(configured)
        agrees(
            {name: value for name, value in configured.items() if value not in ([], None)}, found[kind.type].attributes
        )
    assert found[stage.type].attributes["invoke_url"] == f"https://{made}.execute-api.{REGION}.amazonaws.com/"


def test_headers_of_unknown_lists_stay_unknown() -> None:
    headers = Unknown(Cause.VARIABLE, partial=["X-A"], open=True)
    api = declared("aws_apigatewayv2_api", name="a", cors_configuration=[{"allow_headers": headers}])
    (block,) = in_source(aws_apigatewayv2_api.KIND, api).attributes["cors_configuration"]
    assert block["allow_headers"].open and block["allow_headers"].partial == ["x-a"]


def test_a_web_socket_is_invoked_by_its_stage() -> None:
    with moto_account() as world:
        client = world.client("apigatewayv2")
        made = client.create_api(Name="ws", ProtocolType="WEBSOCKET", RouteSelectionExpression="$request.body.action")
        client.create_stage(ApiId=made["ApiId"], StageName="prod")
        found = world.only(aws_apigatewayv2_stage.KIND).attributes
    assert found["invoke_url"] == f"wss://{made['ApiId']}.execute-api.{REGION}.amazonaws.com/prod"
    assert found["execution_arn"] == f"arn:aws:execute-api:{REGION}:123456789012:{made['ApiId']}/prod"


def test_both_planes_agree_on_a_vpc_link() -> None:
    kind = aws_apigatewayv2_vpc_link.KIND
    with moto_account() as world:
        world.client("apigatewayv2").create_vpc_link(
            Name="l", SecurityGroupIds=["sg-1"], SubnetIds=["subnet-1", "subnet-2"], Tags={"x": "y"}
        )
        found = in_account(kind, world.only(kind))
    link = declared(
        kind.type, name="l", security_group_ids=["sg-1"], subnet_ids=["subnet-2", "subnet-1"], tags={"x": "y"}
    )
    agrees(dict(in_source(kind, link).attributes), found.attributes)


def test_both_planes_agree_on_a_domain_name_and_what_it_leads_to() -> None:
    domain, mapping = aws_apigatewayv2_domain_name.KIND, aws_apigatewayv2_api_mapping.KIND
    with moto_account() as world:
        client = world.client("apigatewayv2")
        api = client.create_api(Name="http", ProtocolType="HTTP")["ApiId"]
        client.create_stage(ApiId=api, StageName="prod")
        client.create_domain_name(
            DomainName="api.example.com",
            DomainNameConfigurations=[
                {"CertificateArn": "arn:c", "EndpointType": "REGIONAL", "SecurityPolicy": "TLS_1_2"}
            ],
        )
        client.create_api_mapping(ApiId=api, DomainName="api.example.com", Stage="prod", ApiMappingKey="v1")
        named, leads = in_account(domain, world.only(domain)), world.only(mapping)
    block = {"certificate_arn": "arn:c", "endpoint_type": "REGIONAL", "security_policy": "TLS_1_2"}
    configured = declared(domain.type, domain_name="api.example.com", domain_name_configuration=[block])
    agrees(dict(in_source(domain, configured).attributes), named.attributes)
    configured = declared(mapping.type, api_id=api, domain_name="api.example.com", stage="prod", api_mapping_key="v1")
    agrees(dict(in_source(mapping, configured).attributes), leads.attributes)


def test_an_authorizer_is_read_by_botocores_shapes() -> None:
    """moto answers GetAuthorizers with an error of the server where an API has one."""
    kind = aws_apigatewayv2_authorizer.KIND
    answers: dict[tuple[str, str], Any] = {
        ("apigatewayv2", "get_apis"): {"Items": [{"ApiId": "a", "Name": "http", "ProtocolType": "HTTP"}]},
        ("apigatewayv2", "get_authorizers"): {
            "Items": [
                {
                    "AuthorizerId": "z",
                    "AuthorizerType": "JWT",
                    "IdentitySource": ["$request.header.Authorization"],
                    "JwtConfiguration": {"Audience": ["x"], "Issuer": "https://i"},
                    "Name": "jwt",
                }
            ]
        },
    }
    (found,) = live(kind, answers)
    configured = declared(
        kind.type,
        api_id="a",
        name="jwt",
        authorizer_type="JWT",
        identity_sources=["$request.header.Authorization"],
        jwt_configuration=[{"audience": ["x"], "issuer": "https://i"}],
    )
    wanted = in_source(kind, configured)
    agrees(dict(wanted.attributes), found.attributes)
    assert wanted.key == "jwt"


def test_what_may_hold_a_key_is_redacted_in_source() -> None:
    integration = declared("aws_apigatewayv2_integration", integration_type="MOCK", request_templates={"a": "hush"})
    found = in_source(aws_apigatewayv2_integration.KIND, integration)
    assert found.attributes["request_templates"] == Redacted()
