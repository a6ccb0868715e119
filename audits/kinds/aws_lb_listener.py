"""Listeners of load balancers, with their default actions (rules are a resource of their own).

A forward to one target group can be written in two ways, and AWS answers with both at once. Here it is
``target_group_arn``; ``forward`` is there only for several target groups, or for stickiness.

Sources: provider documentation of ``aws_lb_listener``; ELB API Reference (2015-12-01), DescribeListeners and Action.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from audits.kind import Kind, Read, Reader
from audits.kinds._shapes import each_block
from audits.kinds.aws_lb import with_tags
from audits.model import Resource, Value

_REDIRECT = (
    ("host", "Host"),
    ("path", "Path"),
    ("port", "Port"),
    ("protocol", "Protocol"),
    ("query", "Query"),
    ("status_code", "StatusCode"),
)
_FIXED = (("content_type", "ContentType"), ("message_body", "MessageBody"), ("status_code", "StatusCode"))
_SESSION = (
    ("authentication_request_extra_params", "AuthenticationRequestExtraParams"),
    ("on_unauthenticated_request", "OnUnauthenticatedRequest"),
    ("scope", "Scope"),
    ("session_cookie_name", "SessionCookieName"),
    ("session_timeout", "SessionTimeout"),
)
_COGNITO = (
    *_SESSION,
    ("user_pool_arn", "UserPoolArn"),
    ("user_pool_client_id", "UserPoolClientId"),
    ("user_pool_domain", "UserPoolDomain"),
)
_OIDC = (
    *_SESSION,
    ("authorization_endpoint", "AuthorizationEndpoint"),
    ("client_id", "ClientId"),
    ("issuer", "Issuer"),
    ("token_endpoint", "TokenEndpoint"),
    ("user_info_endpoint", "UserInfoEndpoint"),
)
_BLOCKS = (
    ("redirect", "RedirectConfig", _REDIRECT),
    ("fixed_response", "FixedResponseConfig", _FIXED),
    ("authenticate_cognito", "AuthenticateCognitoConfig", _COGNITO),
    ("authenticate_oidc", "AuthenticateOidcConfig", _OIDC),
)


def one_forward(action: Mapping[str, Value]) -> Value:
    """The action with a forward to one target group as ``target_group_arn`` alone. Unknown parts stay as they are."""
    forward = action.get("forward")
    if not isinstance(forward, list) or len(forward) != 1 or not isinstance(forward[0], dict):
        return dict(action)
    groups, stickiness = forward[0].get("target_group"), forward[0].get("stickiness") or []
    if not isinstance(groups, list) or len(groups) != 1 or not isinstance(groups[0], dict):
        return dict(action)
    if not isinstance(stickiness, list) or any(
        not isinstance(one, dict) or one.get("enabled", False) is not False for one in stickiness
    ):
        return dict(action)
    return {**action, "target_group_arn": groups[0].get("arn"), "forward": []}


def _from_terraform(listener: Resource) -> Resource:
    if "default_action" not in listener.attributes:
        return listener
    actions = each_block(listener.attributes["default_action"], one_forward)
    return replace(listener, attributes={**listener.attributes, "default_action": actions})


def of_each_listener(reader: Reader, function: Callable[[Mapping[str, Any]], list[Resource]]) -> list[Resource]:
    """The resources that ``function`` makes of every listener that AWS lists."""
    balancers = reader.pages("elbv2", "describe_load_balancers", "LoadBalancers")
    found = reader.each(balancers, partial(_of_balancer, reader, function))
    return [one for of_balancer in found for of_listener in of_balancer for one in of_listener]


def _of_balancer(
    reader: Reader, function: Callable[[Mapping[str, Any]], list[Resource]], balancer: Mapping[str, Any]
) -> list[list[Resource]]:
    arn = balancer["LoadBalancerArn"]
    return reader.each(reader.pages("elbv2", "describe_listeners", "Listeners", LoadBalancerArn=arn), function)


def _from_live(reader: Reader) -> Iterable[Resource]:
    return with_tags(reader, of_each_listener(reader, partial(_listener, reader)))


def _listener(reader: Reader, listener: Mapping[str, Any]) -> list[Resource]:
    arn = listener["ListenerArn"]
    # "Certificates: [HTTPS and TLS listeners] the default certificate": never more than this one.
    certificates = listener.get("Certificates") or [{}]
    mutual = listener.get("MutualAuthentication")
    attributes = {
        "id": arn,
        "arn": arn,
        "load_balancer_arn": listener["LoadBalancerArn"],
        "port": listener.get("Port", 0),
        "protocol": listener.get("Protocol", ""),
        "ssl_policy": listener.get("SslPolicy", ""),
        "certificate_arn": certificates[0].get("CertificateArn"),
        "alpn_policy": next(iter(listener.get("AlpnPolicy") or ()), None),
        "default_action": [live_action(one) for one in listener["DefaultActions"]],
        "mutual_authentication": [
            {
                "mode": mutual.get("Mode"),
                "trust_store_arn": mutual.get("TrustStoreArn", ""),
                "ignore_client_certificate_expiry": mutual.get("IgnoreClientCertificateExpiry", False),
                "advertise_trust_store_ca_names": mutual.get("AdvertiseTrustStoreCaNames", ""),
            }
        ]
        if mutual
        else [],
    }
    return [reader.resource("aws_lb_listener", arn, attributes)]


def live_action(action: Mapping[str, Any]) -> Value:
    """An action of a listener or rule in the provider's words."""
    blocks = {
        name: [{attribute: action[key].get(aws_name) for attribute, aws_name in names}] if action.get(key) else []
        for name, key, names in _BLOCKS
    }
    return one_forward(
        {
            "type": action["Type"],
            "order": action.get("Order"),
            "target_group_arn": action.get("TargetGroupArn", ""),
            "forward": _forward(action.get("ForwardConfig")),
            **blocks,
        }
    )


def _forward(forward: Mapping[str, Any] | None) -> list[Value]:
    if not forward or not forward.get("TargetGroups"):
        return []
    stickiness = forward.get("TargetGroupStickinessConfig")
    return [
        {
            "target_group": [
                {"arn": one["TargetGroupArn"], "weight": one.get("Weight")} for one in forward["TargetGroups"]
            ],
            "stickiness": [
                {"enabled": stickiness.get("Enabled", False), "duration": stickiness.get("DurationSeconds", 0)}
            ]
            if stickiness
            else [],
        }
    ]


KIND = Kind(
    type="aws_lb_listener",
    identity=("load_balancer_arn", "port"),
    names=("id", "arn"),
    reads=(
        Read("elbv2", "describe_load_balancers"),
        Read("elbv2", "describe_listeners"),
        Read("elbv2", "describe_tags"),
    ),
    from_terraform=_from_terraform,
    aliases=("aws_alb_listener",),
    from_live=_from_live,
)
