"""Target groups of load balancers.

What does not apply to a group's protocol or target type is not in AWS's answer, and null here; the provider has the
blocks about targets' health and failover all the same.

Sources: provider documentation of ``aws_lb_target_group``; ELB API Reference (2015-12-01), DescribeTargetGroups and
TargetGroupAttribute, which lists the attributes' keys by protocol and target type.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from audits.kind import Default, Kind, Read, Reader
from audits.kinds._details import plan_default
from audits.kinds._shapes import named
from audits.kinds.aws_lb import with_tags
from audits.model import Resource, Unknown, Value

_SCHEMA = plan_default("aws_lb_target_group")
_PLAIN = (
    ("name", "TargetGroupName"),
    ("port", "Port"),
    ("protocol", "Protocol"),
    ("protocol_version", "ProtocolVersion"),
    ("vpc_id", "VpcId"),
    ("target_type", "TargetType"),
    ("ip_address_type", "IpAddressType"),
)
_HEALTH_CHECK = (
    ("enabled", "HealthCheckEnabled"),
    ("healthy_threshold", "HealthyThresholdCount"),
    ("interval", "HealthCheckIntervalSeconds"),
    ("path", "HealthCheckPath"),
    ("port", "HealthCheckPort"),
    ("protocol", "HealthCheckProtocol"),
    ("timeout", "HealthCheckTimeoutSeconds"),
    ("unhealthy_threshold", "UnhealthyThresholdCount"),
)
_WORDS = {
    "deregistration_delay": "deregistration_delay.timeout_seconds",
    "load_balancing_algorithm_type": "load_balancing.algorithm.type",
    "load_balancing_anomaly_mitigation": "load_balancing.algorithm.anomaly_mitigation",
    "load_balancing_cross_zone_enabled": "load_balancing.cross_zone.enabled",
    "preserve_client_ip": "preserve_client_ip.enabled",
}
_SWITCHES = {
    "connection_termination": "deregistration_delay.connection_termination.enabled",
    "lambda_multi_value_headers_enabled": "lambda.multi_value_headers.enabled",
    "proxy_protocol_v2": "proxy_protocol_v2.enabled",
}
_FAILOVER = (
    ("on_deregistration", "target_failover.on_deregistration"),
    ("on_unhealthy", "target_failover.on_unhealthy"),
)
_HEALTH = "target_group_health"
_OF_ATTRIBUTES = (
    *_WORDS,
    *_SWITCHES,
    "slow_start",
    "stickiness",
    "target_failover",
    "target_group_health",
    "target_health_state",
)


def target_groups(reader: Reader) -> list[dict[str, Any]]:
    """Every target group, as AWS lists them."""
    return reader.pages("elbv2", "describe_target_groups", "TargetGroups")


def _from_live(reader: Reader) -> Iterable[Resource]:
    return with_tags(reader, reader.each(target_groups(reader), partial(_group, reader)))


def _group(reader: Reader, group: Mapping[str, Any]) -> Resource:
    arn = group["TargetGroupArn"]
    matcher = group.get("Matcher") or {}
    attributes: dict[str, Value] = {
        "id": arn,
        "arn": arn,
        "arn_suffix": arn.split(":", 5)[5],
        **named(group, _PLAIN),
        "load_balancer_arns": list(group.get("LoadBalancerArns") or ()),
        "health_check": [
            {**named(group, _HEALTH_CHECK), "matcher": matcher.get("HttpCode") or matcher.get("GrpcCode") or ""}
        ],
        **_attributes(reader, arn),
    }
    return reader.resource("aws_lb_target_group", arn, attributes)


def _attributes(reader: Reader, arn: str) -> dict[str, Value]:
    answer = reader.detail(
        "elbv2",
        "describe_target_group_attributes",
        resource=arn,
        attribute=", ".join(_OF_ATTRIBUTES),
        TargetGroupArn=arn,
    )
    if isinstance(answer, Unknown):
        return dict.fromkeys(_OF_ATTRIBUTES, answer)
    given: dict[str, str] = {one["Key"]: one.get("Value", "") for one in (answer or {})["Attributes"]}
    return {
        **{name: given.get(key) for name, key in _WORDS.items()},
        **{name: given[key] == "true" if key in given else None for name, key in _SWITCHES.items()},
        "slow_start": _number(given, "slow_start.duration_seconds"),
        "stickiness": _stickiness(given),
        "target_failover": [{name: given.get(key) for name, key in _FAILOVER}],
        "target_group_health": _group_health(given),
        "target_health_state": _health_state(given),
    }


def _number(given: Mapping[str, str], key: str) -> int | None:
    return int(given[key]) if given.get(key) else None


def _stickiness(given: Mapping[str, str]) -> list[Value]:
    kind = given.get("stickiness.type")
    if not kind:
        return []
    # Only cookies have a duration; the answer holds the keys of both kinds of cookie.
    duration = _number(given, f"stickiness.{kind}.duration_seconds")
    name = given.get("stickiness.app_cookie.cookie_name", "") if kind == "app_cookie" else ""
    enabled = given.get("stickiness.enabled") == "true"
    return [{"type": kind, "enabled": enabled, "cookie_duration": duration, "cookie_name": name}]


def _group_health(given: Mapping[str, str]) -> list[Value]:
    dns, routing = f"{_HEALTH}.dns_failover.minimum_healthy_targets", f"{_HEALTH}.unhealthy_state_routing"
    return [
        {
            "dns_failover": [
                {
                    "minimum_healthy_targets_count": given.get(f"{dns}.count"),
                    "minimum_healthy_targets_percentage": given.get(f"{dns}.percentage"),
                }
            ],
            "unhealthy_state_routing": [
                {
                    "minimum_healthy_targets_count": _number(given, f"{routing}.minimum_healthy_targets.count"),
                    "minimum_healthy_targets_percentage": given.get(f"{routing}.minimum_healthy_targets.percentage"),
                }
            ],
        }
    ]


def _health_state(given: Mapping[str, str]) -> list[Value]:
    state = "target_health_state.unhealthy"
    termination = given.get(f"{state}.connection_termination.enabled")
    return [
        {
            "enable_unhealthy_connection_termination": None if termination is None else termination == "true",
            "unhealthy_draining_interval": _number(given, f"{state}.draining_interval_seconds"),
        }
    ]


KIND = Kind(
    type="aws_lb_target_group",
    identity=("name",),
    names=("id", "arn", "name", "arn_suffix"),
    reads=(
        Read("elbv2", "describe_target_groups"),
        Read("elbv2", "describe_target_group_attributes"),
        Read("elbv2", "describe_tags"),
    ),
    aliases=("aws_alb_target_group",),
    defaults={
        "target_type": Default("instance", _SCHEMA),
        "deregistration_delay": Default("300", _SCHEMA),
        "slow_start": Default(0, _SCHEMA),
        "proxy_protocol_v2": Default(False, _SCHEMA),
        "lambda_multi_value_headers_enabled": Default(False, _SCHEMA),
        "health_check[*].enabled": Default(True, _SCHEMA),
        "health_check[*].healthy_threshold": Default(3, _SCHEMA),
        "health_check[*].interval": Default(30, _SCHEMA),
        "health_check[*].port": Default("traffic-port", _SCHEMA),
        "health_check[*].protocol": Default("HTTP", _SCHEMA),
        "health_check[*].unhealthy_threshold": Default(3, _SCHEMA),
        "stickiness[*].enabled": Default(True, _SCHEMA),
        "stickiness[*].cookie_duration": Default(86400, _SCHEMA),
    },
    from_live=_from_live,
)
