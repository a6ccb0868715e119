from __future__ import annotations

from typing import Any

from audits.canonical import canonical
from audits.kinds.aws_lb_target_group import KIND
from audits.model import Observation, Unknown
from tests.kinds.support import DENIED, live, source
from tests.planes.live.world import moto_account

ARN = "arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:targetgroup/api/0123456789abcdef"
GROUP: dict[str, Any] = {"TargetGroupArn": ARN, "TargetGroupName": "api", "Protocol": "HTTP", "Port": 8080}
TAGS = {"TagDescriptions": [{"ResourceArn": ARN, "Tags": []}]}


def answered(given: Any, **group: Any) -> Any:
    attributes = (
        given if isinstance(given, Unknown) else {"Attributes": [{"Key": k, "Value": v} for k, v in given.items()]}
    )
    answers = {
        ("elbv2", "describe_target_groups"): {"TargetGroups": [{**GROUP, **group}]},
        ("elbv2", "describe_target_group_attributes"): attributes,
        ("elbv2", "describe_tags"): TAGS,
    }
    (found,) = live(KIND, answers)
    return found.attributes


def test_an_account() -> None:
    with moto_account() as world:
        vpc = world.client("ec2").describe_vpcs()["Vpcs"][0]["VpcId"]
        made = world.client("elbv2").create_target_group(
            Name="api",
            Protocol="HTTP",
            Port=8080,
            VpcId=vpc,
            TargetType="ip",
            HealthCheckPath="/health",
            Matcher={"HttpCode": "200-299"},
            HealthCheckIntervalSeconds=15,
            Tags=[{"Key": "Name", "Value": "api"}],
        )["TargetGroups"][0]["TargetGroupArn"]
        given = world.only(KIND, arn=made).attributes
    assert (given["name"], given["port"], given["protocol"], given["target_type"]) == ("api", 8080, "HTTP", "ip")
    (check,) = given["health_check"]
    assert (check["path"], check["matcher"], check["interval"], check["enabled"]) == ("/health", "200-299", 15, True)
    assert given["deregistration_delay"] == "300" and given["stickiness"][0]["type"] == "lb_cookie"
    assert given["arn_suffix"] == made.rpartition(":")[2] and given["tags"] == {"Name": "api"}


def test_what_moto_loses() -> None:
    given = answered(
        {
            "slow_start.duration_seconds": "60",
            "stickiness.enabled": "true",
            "stickiness.type": "app_cookie",
            "stickiness.app_cookie.cookie_name": "sid",
            "stickiness.app_cookie.duration_seconds": "120",
            "stickiness.lb_cookie.duration_seconds": "86400",
            "load_balancing.cross_zone.enabled": "use_load_balancer_configuration",
            "target_group_health.dns_failover.minimum_healthy_targets.count": "1",
            "target_group_health.dns_failover.minimum_healthy_targets.percentage": "off",
            "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count": "2",
            "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage": "off",
        },
        LoadBalancerArns=["arn:balancer"],
        Matcher={"GrpcCode": "12"},
        IpAddressType="ipv4",
    )
    assert given["slow_start"] == 60 and given["load_balancer_arns"] == ["arn:balancer"]
    assert given["stickiness"] == [
        {"type": "app_cookie", "enabled": True, "cookie_duration": 120, "cookie_name": "sid"}
    ]
    assert given["target_group_health"] == [
        {
            "dns_failover": [{"minimum_healthy_targets_count": "1", "minimum_healthy_targets_percentage": "off"}],
            "unhealthy_state_routing": [
                {"minimum_healthy_targets_count": 2, "minimum_healthy_targets_percentage": "off"}
            ],
        }
    ]
    assert given["health_check"][0]["matcher"] == "12"


def test_a_group_of_a_network_load_balancer() -> None:
    given = answered(
        {
            "preserve_client_ip.enabled": "true",
            "proxy_protocol_v2.enabled": "false",
            "deregistration_delay.connection_termination.enabled": "true",
            "stickiness.enabled": "false",
            "stickiness.type": "source_ip",
            "target_health_state.unhealthy.connection_termination.enabled": "false",
            "target_health_state.unhealthy.draining_interval_seconds": "30",
        },
        Protocol="TCP",
    )
    assert (given["preserve_client_ip"], given["proxy_protocol_v2"], given["connection_termination"]) == (
        "true",
        False,
        True,
    )
    assert given["slow_start"] is None and given["stickiness"][0]["cookie_duration"] is None
    assert given["target_health_state"] == [
        {"enable_unhealthy_connection_termination": False, "unhealthy_draining_interval": 30}
    ]


def test_attributes_that_could_not_be_read_are_unknown() -> None:
    given = answered(DENIED)
    assert given["stickiness"] is DENIED and given["deregistration_delay"] is DENIED
    assert given["health_check"] != DENIED and given["name"] == "api"


def test_defaults_are_those_of_the_provider() -> None:
    group = source(KIND.type, health_check=[{"path": "/"}], stickiness=[{"type": "lb_cookie"}])
    (found,) = canonical(Observation("terraform", (group,)), {KIND.type: KIND}).resources
    (check,) = found.attributes["health_check"]
    assert (check["interval"], check["port"], check["enabled"]) == (30, "traffic-port", True)
    assert "matcher" not in check and "timeout" not in check
    assert found.attributes["stickiness"] == [{"type": "lb_cookie", "enabled": True, "cookie_duration": 86400}]
    assert found.attributes["target_type"] == "instance" and "protocol" not in found.attributes


def test_a_group_without_blocks_leaves_them_unset() -> None:
    (found,) = canonical(Observation("terraform", (source(KIND.type, port=80),)), {KIND.type: KIND}).resources
    assert not {"health_check", "stickiness", "target_failover"} & set(found.attributes)
