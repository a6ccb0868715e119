"""What the internet meets: DNS, certificate, load balancer, HTTP API."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any

from examples.glimpse.account.seed.clients import ACCOUNT_ID, REGION, Clients
from examples.glimpse.account.seed.names import API_HOST, APP_PORT, DOMAIN, PREFIX, TAGS, tags
from examples.glimpse.account.seed.network import Network


@dataclass(frozen=True)
class Front:
    """The load balancer, as the other systems refer to it."""

    balancer: str
    dns_name: str
    zone: str
    listener: str
    target_group: str

    @property
    def suffix(self) -> str:
        """Return the load balancer's name as CloudWatch knows it."""
        return self.balancer.split("loadbalancer/")[1]


def certificate(clients: Clients) -> str:
    """Request the API's certificate; moto issues it on the first look."""
    acm = clients("acm")
    arn: str = acm.request_certificate(DomainName=API_HOST, ValidationMethod="DNS", Tags=tags(f"{PREFIX}-api"))[
        "CertificateArn"
    ]
    return arn


def balancer(clients: Clients, place: Network, certificate_arn: str) -> Front:
    """Create the load balancer with its one listener, HTTPS."""
    elb = clients("elbv2")
    made = elb.create_load_balancer(
        Name=f"{PREFIX}-alb",
        Type="application",
        Scheme="internet-facing",
        Subnets=place.tier("public"),
        SecurityGroups=[place.groups["alb"]],
        Tags=tags(f"{PREFIX}-alb"),
    )["LoadBalancers"][0]
    settings = {
        "deletion_protection.enabled": "true",
        "routing.http.drop_invalid_header_fields.enabled": "true",
        "idle_timeout.timeout_seconds": "120",
    }
    elb.modify_load_balancer_attributes(LoadBalancerArn=made["LoadBalancerArn"], Attributes=_attributes(settings))
    target = _target_group(elb, place)
    listener = elb.create_listener(
        LoadBalancerArn=made["LoadBalancerArn"],
        Port=443,
        Protocol="HTTPS",
        SslPolicy="ELBSecurityPolicy-TLS13-1-2-2021-06",
        Certificates=[{"CertificateArn": certificate_arn}],
        DefaultActions=[{"Type": "forward", "TargetGroupArn": target}],
        Tags=tags(),
    )["Listeners"][0]["ListenerArn"]
    return Front(made["LoadBalancerArn"], made["DNSName"], made["CanonicalHostedZoneId"], listener, target)


def _attributes(settings: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in settings.items()]


def _target_group(elb: Any, place: Network) -> str:
    arn: str = elb.create_target_group(
        Name=f"{PREFIX}-api",
        Protocol="HTTP",
        Port=APP_PORT,
        VpcId=place.vpc,
        TargetType="ip",
        HealthCheckEnabled=True,
        HealthCheckPath="/health",
        Matcher={"HttpCode": "200"},
        HealthCheckIntervalSeconds=30,
        HealthCheckTimeoutSeconds=5,
        HealthyThresholdCount=2,
        UnhealthyThresholdCount=3,
        Tags=tags(f"{PREFIX}-api"),
    )["TargetGroups"][0]["TargetGroupArn"]
    settings = {
        "deregistration_delay.timeout_seconds": "30",
        "stickiness.enabled": "true",
        "stickiness.type": "lb_cookie",
        "stickiness.lb_cookie.duration_seconds": "86400",
    }
    elb.modify_target_group_attributes(TargetGroupArn=arn, Attributes=_attributes(settings))
    return arn


def names(clients: Clients, front: Front, certificate_arn: str) -> None:
    """Create the zone with the API's alias, the certificate's proof and the CAA record."""
    route53 = clients("route53")
    zone = route53.create_hosted_zone(
        Name=DOMAIN,
        CallerReference=f"{PREFIX}-{time.time_ns()}",
        HostedZoneConfig={"Comment": f"{PREFIX} public zone"},
    )["HostedZone"]["Id"]
    route53.change_tags_for_resource(ResourceType="hostedzone", ResourceId=zone.split("/")[-1], AddTags=tags())
    alias = {"HostedZoneId": front.zone, "DNSName": front.dns_name, "EvaluateTargetHealth": True}
    issuers = [{"Value": f'0 issue "{name}"'} for name in ("amazon.com", "amazontrust.com")]
    proof = clients("acm").describe_certificate(CertificateArn=certificate_arn)["Certificate"]
    shown = proof["DomainValidationOptions"][0]["ResourceRecord"]
    records = [
        {"Name": shown["Name"], "Type": "CNAME", "TTL": 300, "ResourceRecords": [{"Value": shown["Value"]}]},
        {"Name": API_HOST, "Type": "A", "AliasTarget": alias},
        {"Name": DOMAIN, "Type": "CAA", "TTL": 3600, "ResourceRecords": issuers},
    ]
    route53.change_resource_record_sets(
        HostedZoneId=zone,
        ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": record} for record in records]},
    )


def http_api(clients: Clients, place: Network, front: Front) -> None:
    """Create the HTTP API that reaches the load balancer over a VPC link."""
    gateway = clients("apigatewayv2")
    api = gateway.create_api(
        Name=f"{PREFIX}-http",
        Description="HTTP API in front of the load balancer",
        ProtocolType="HTTP",
        Tags=TAGS,
    )["ApiId"]
    link = gateway.create_vpc_link(
        Name=f"{PREFIX}-link",
        SecurityGroupIds=[place.groups["vpc-link"]],
        SubnetIds=place.tier("private"),
        Tags=TAGS,
    )["VpcLinkId"]
    integration = gateway.create_integration(
        ApiId=api,
        IntegrationType="HTTP_PROXY",
        IntegrationMethod="ANY",
        IntegrationUri=front.listener,
        ConnectionType="VPC_LINK",
        ConnectionId=link,
        PayloadFormatVersion="1.0",
        TlsConfig={"ServerNameToVerify": API_HOST},
    )["IntegrationId"]
    for key in ("ANY /{proxy+}", "GET /health"):
        gateway.create_route(ApiId=api, RouteKey=key, Target=f"integrations/{integration}")
    logged = {name: f"$context.{name}" for name in ("requestId", "routeKey", "status")}
    log = f"arn:aws:logs:{REGION}:{ACCOUNT_ID}:log-group:/apigateway/{PREFIX}"
    gateway.create_stage(
        ApiId=api,
        StageName="$default",
        AutoDeploy=True,
        AccessLogSettings={"DestinationArn": log, "Format": json.dumps(logged)},
        DefaultRouteSettings={"ThrottlingRateLimit": 100.0, "ThrottlingBurstLimit": 200},
        Tags=TAGS,
    )
