from __future__ import annotations

from typing import Any

import pytest

from audits.kinds.aws_lb_listener import KIND
from audits.model import Cause, Reference, Unknown
from tests.kinds.support import finished, live, source
from tests.kinds.test_aws_lb import create
from tests.planes.live.test_faults import query_error
from tests.planes.live.world import REGION, moto_account, proxied_account

CERTIFICATE = f"arn:aws:acm:{REGION}:123456789012:certificate/one"
TARGETS = f"arn:aws:elasticloadbalancing:{REGION}:123456789012:targetgroup/api/abc"


def test_an_account() -> None:
    with moto_account() as world:
        arn = create(world)["LoadBalancerArn"]
        elb = world.client("elbv2")
        vpc = world.client("ec2").describe_vpcs()["Vpcs"][0]["VpcId"]
        targets = elb.create_target_group(Name="api", Protocol="HTTP", Port=3001, VpcId=vpc)["TargetGroups"][0]
        certificate = world.client("acm").request_certificate(DomainName="example.org")["CertificateArn"]
        elb.create_listener(
            LoadBalancerArn=arn,
            Port=443,
            Protocol="HTTPS",
            SslPolicy="ELBSecurityPolicy-TLS13-1-2-2021-06",
            Certificates=[{"CertificateArn": certificate}],
            DefaultActions=[{"Type": "forward", "TargetGroupArn": targets["TargetGroupArn"]}],
        )
        redirect = {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}
        elb.create_listener(
            LoadBalancerArn=arn,
            Port=80,
            Protocol="HTTP",
            DefaultActions=[{"Type": "redirect", "RedirectConfig": redirect}],
        )
        found = world.observe(KIND)
    assert found.gaps == ()
    by_port = {one.attributes["port"]: one.attributes for one in found.resources}
    secure, plain = by_port[443], by_port[80]
    assert (secure["protocol"], secure["certificate_arn"], secure["load_balancer_arn"]) == ("HTTPS", certificate, arn)
    assert secure["ssl_policy"] == "ELBSecurityPolicy-TLS13-1-2-2021-06" and secure["tags"] == {}
    (action,) = secure["default_action"]
    assert (action["type"], action["target_group_arn"], action["forward"]) == ("forward", targets["TargetGroupArn"], [])
    (action,) = plain["default_action"]
    assert action["redirect"][0]["status_code"] == "HTTP_301" and plain["certificate_arn"] is None


def test_listeners_of_one_balancer_that_cannot_be_read() -> None:
    with proxied_account(DescribeListeners=[query_error("Throttling", 400), None]) as (world, _):
        for name in ("one", "two"):
            arn = create(world, name)["LoadBalancerArn"]
            reply = {
                "Type": "fixed-response",
                "FixedResponseConfig": {"StatusCode": "404", "ContentType": "text/plain"},
            }
            world.client("elbv2").create_listener(LoadBalancerArn=arn, Port=80, Protocol="HTTP", DefaultActions=[reply])
        found = world.observe(KIND)
    assert len(found.resources) == 1, "the other balancer's listener is read"
    (gap,) = found.gaps
    assert gap.cause == "throttled" and gap.covers(KIND.type)


def _source(forward: Any, **more: Any) -> dict[str, Any]:
    action = {"type": "forward", "forward": forward, **more}
    (found,) = finished(KIND, source("aws_lb_listener", default_action=[action]))["default_action"]
    return dict(found)


def test_both_ways_to_write_a_forward_are_one() -> None:
    target = Unknown(Cause.COMPUTED, (Reference("aws_lb_target_group.api", "arn"),))
    short = finished(KIND, source("aws_lb_listener", default_action=[{"type": "forward", "target_group_arn": target}]))
    long = _source([{"target_group": [{"arn": target}]}])
    assert long["target_group_arn"] == short["default_action"][0]["target_group_arn"] == target
    assert long["forward"] == []


@pytest.mark.parametrize(
    "forward",
    [
        [{"target_group": [{"arn": "a", "weight": 1}, {"arn": "b", "weight": 9}]}],
        [{"target_group": [{"arn": "a"}], "stickiness": [{"enabled": True, "duration": 60}]}],
        [{"target_group": [{"arn": "a"}], "stickiness": Unknown(Cause.VARIABLE)}],
        [{"target_group": Unknown(Cause.VARIABLE)}],
        Unknown(Cause.VARIABLE),
    ],
    ids=["two groups", "sticky", "perhaps sticky", "groups unknown", "unknown"],
)
def test_other_forwards_stay_as_they_are(forward: Any) -> None:
    assert _source(forward) == {"type": "forward", "forward": forward}


def test_what_moto_loses() -> None:
    forward = {
        "TargetGroups": [{"TargetGroupArn": TARGETS, "Weight": 1}, {"TargetGroupArn": "b", "Weight": 9}],
        "TargetGroupStickinessConfig": {"Enabled": True, "DurationSeconds": 60},
    }
    listener = {
        "ListenerArn": "arn:listener",
        "LoadBalancerArn": "arn:lb",
        "Port": 443,
        "Protocol": "HTTPS",
        "Certificates": [{"CertificateArn": CERTIFICATE}],
        "AlpnPolicy": ["HTTP2Preferred"],
        "MutualAuthentication": {"Mode": "off"},
        "DefaultActions": [
            {"Type": "authenticate-oidc", "Order": 1, "AuthenticateOidcConfig": {"Issuer": "i", "ClientId": "c"}},
            {"Type": "forward", "Order": 2, "ForwardConfig": forward},
        ],
    }
    answers = {
        ("elbv2", "describe_load_balancers"): {"LoadBalancers": [{"LoadBalancerArn": "arn:lb"}]},
        ("elbv2", "describe_listeners"): {"Listeners": [listener]},
        ("elbv2", "describe_tags"): {"TagDescriptions": [{"ResourceArn": "arn:listener", "Tags": []}]},
    }
    (found,) = live(KIND, answers)
    first, second = found.attributes["default_action"]
    assert first["authenticate_oidc"][0]["issuer"] == "i" and "client_secret" not in first["authenticate_oidc"][0]
    assert [one["weight"] for one in second["forward"][0]["target_group"]] == [1, 9]
    assert second["forward"][0]["stickiness"] == [{"enabled": True, "duration": 60}]
    assert found.attributes["mutual_authentication"][0]["mode"] == "off"
    assert found.attributes["alpn_policy"] == "HTTP2Preferred" and found.attributes["tags"] == {}
