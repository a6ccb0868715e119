from __future__ import annotations

import json
from typing import Any

import pytest

from audits.canonical import without_secrets
from audits.kinds.aws_sns_topic_subscription import KIND
from audits.model import Cause, Observation, Redacted, Unknown
from tests.kinds.support import declared, in_account, in_source, live
from tests.planes.live.world import moto_account

HOOK = "https://hooks.example.com/services/T0/B0/hush"
TOPIC = "arn:aws:sns:ap-northeast-2:123456789012:alarms"
QUEUE = "arn:aws:sqs:ap-northeast-2:123456789012:q"


def test_both_planes_agree_and_neither_shows_an_address_on_the_web() -> None:
    with moto_account() as world:
        client = world.client("sns")
        topic = client.create_topic(Name="alarms")["TopicArn"]
        policy = json.dumps({"a": ["b"]})
        client.subscribe(
            TopicArn=topic,
            Protocol="sqs",
            Endpoint=QUEUE,
            Attributes={"RawMessageDelivery": "true", "FilterPolicy": policy},
        )
        client.subscribe(TopicArn=topic, Protocol="https", Endpoint=HOOK)
        queue = in_account(KIND, world.only(KIND, protocol="sqs"))
        hook = world.only(KIND, protocol="https")
    configured = in_source(
        KIND,
        declared(
            "aws_sns_topic_subscription",
            topic_arn=topic,
            protocol="sqs",
            endpoint=QUEUE,
            raw_message_delivery=True,
            filter_policy=policy,
        ),
    )
    for name in ("topic_arn", "protocol", "endpoint", "raw_message_delivery", "filter_policy"):
        assert configured.attributes[name] == queue.attributes[name]
    assert configured.key == queue.key
    assert isinstance(hook.attributes["endpoint"], Redacted) and "hush" not in repr(hook)


@pytest.mark.parametrize("protocol", ["http", "https", Unknown(Cause.VARIABLE), "of-tomorrow"])
def test_an_address_on_the_web_never_leaves_source(protocol: Any) -> None:
    for endpoint in (HOOK, Unknown(Cause.VARIABLE, parts=(HOOK, Unknown(Cause.VARIABLE)))):
        one = declared("aws_sns_topic_subscription", protocol=protocol, endpoint=endpoint)
        shown = without_secrets(Observation("terraform", (one,)), {KIND.type: KIND})
        assert "hush" not in repr(in_source(KIND, one)) and "hush" not in repr(shown)


def test_other_addresses_are_no_secrets() -> None:
    mail = declared("aws_sns_topic_subscription", protocol="email", endpoint="ops@example.com")
    queue = declared("aws_sns_topic_subscription", protocol=Unknown(Cause.VARIABLE), endpoint=QUEUE)
    assert in_source(KIND, mail).attributes["endpoint"] == "ops@example.com"
    assert in_source(KIND, queue).attributes["endpoint"] == QUEUE


def test_pending_ones_are_told_apart_and_deleted_ones_left_out() -> None:
    def listed(arn: str, endpoint: str) -> dict[str, str]:
        return {"SubscriptionArn": arn, "Protocol": "email", "Endpoint": endpoint, "TopicArn": TOPIC, "Owner": "1"}

    subscriptions = [
        listed("PendingConfirmation", "a@example.com"),
        listed("Deleted", "b@example.com"),
        listed("PendingConfirmation", "c@example.com"),
    ]
    found = live(KIND, {("sns", "list_subscriptions"): {"Subscriptions": subscriptions}})
    assert [one.attributes["endpoint"] for one in found] == ["a@example.com", "c@example.com"]
    assert len({one.identity for one in found}) == 2
    for one in found:
        assert one.attributes["pending_confirmation"] is True
        assert one.attributes["filter_policy"].cause is Cause.UNREADABLE
