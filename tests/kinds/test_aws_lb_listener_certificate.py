from __future__ import annotations

from typing import Any

from audits.canonical import canonical
from audits.kinds.aws_lb_listener_certificate import KIND
from audits.model import Observation
from tests.kinds.support import FakeReader, live, source

BALANCER = "arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:loadbalancer/app/web/0123456789abcdef"
LISTENER = BALANCER.replace("loadbalancer", "listener") + "/0123456789abcdef"
SECOND = "arn:aws:acm:ap-northeast-2:123456789012:certificate/2"
ANSWERS: dict[tuple[str, str], Any] = {
    ("elbv2", "describe_load_balancers"): {"LoadBalancers": [{"LoadBalancerArn": BALANCER}]},
    ("elbv2", "describe_listeners"): {"Listeners": [{"ListenerArn": LISTENER, "Protocol": "HTTPS"}]},
    ("elbv2", "describe_listener_certificates"): {
        "Certificates": [
            {"CertificateArn": "arn:aws:acm:ap-northeast-2:123456789012:certificate/1", "IsDefault": True},
            {"CertificateArn": SECOND, "IsDefault": False},
        ]
    },
}


def test_the_default_certificate_is_the_listeners_own() -> None:
    (found,) = live(KIND, ANSWERS)
    assert (found.attributes["listener_arn"], found.attributes["certificate_arn"]) == (LISTENER, SECOND)
    assert found.identity == found.attributes["id"] == f"{LISTENER}_{SECOND}"


def test_only_listeners_that_can_have_one_are_asked() -> None:
    plain = {"Listeners": [{"ListenerArn": LISTENER, "Protocol": "HTTP"}]}
    reader = FakeReader(KIND, {**ANSWERS, ("elbv2", "describe_listeners"): plain})
    assert KIND.from_live is not None and list(KIND.from_live(reader)) == []
    assert [name for name, _ in reader.calls] == ["describe_load_balancers", "describe_listeners"]


def test_both_planes_have_one_key() -> None:
    declared = source(KIND.type, listener_arn=LISTENER, certificate_arn=SECOND)
    (found,) = canonical(Observation("terraform", (declared,)), {KIND.type: KIND}).resources
    assert found.key == f"{LISTENER}/{SECOND}"
