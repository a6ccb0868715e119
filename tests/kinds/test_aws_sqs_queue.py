from __future__ import annotations

import json

from audits.kinds.aws_sqs_queue import KIND
from tests.kinds.support import DENIED, agrees, declared, in_account, in_source, live, reference
from tests.planes.live.world import Answer, moto_account, proxied_account

POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage"}]}
REDRIVE = {"deadLetterTargetArn": "arn:aws:sqs:ap-northeast-2:123456789012:dead", "maxReceiveCount": 4}


def test_both_planes_agree_on_a_queue_with_its_policies() -> None:
    with moto_account() as world:
        client = world.client("sqs")
        client.create_queue(QueueName="dead")
        url = client.create_queue(
            QueueName="q",
            Attributes={
                "VisibilityTimeout": "60",
                "MaximumMessageSize": "262144",
                "SqsManagedSseEnabled": "true",
                "Policy": json.dumps(POLICY),
                "RedrivePolicy": json.dumps(REDRIVE),
            },
            tags={"x": "y"},
        )["QueueUrl"]
        found = in_account(KIND, world.only(KIND, name="q"))
    queue_url = reference("aws_sqs_queue.this", "url")
    configured = in_source(
        KIND,
        declared("aws_sqs_queue", name="q", visibility_timeout_seconds=60, tags={"x": "y"}),
        declared("aws_sqs_queue_policy", queue_url=queue_url, policy=json.dumps(POLICY)),
        declared("aws_sqs_queue_redrive_policy", queue_url=queue_url, redrive_policy=json.dumps(REDRIVE)),
    )
    assert configured.attributes["policy"] == POLICY and configured.attributes["redrive_policy"] == REDRIVE
    agrees(dict(configured.attributes), found.attributes)
    assert found.attributes["id"] == url and found.attributes["sqs_managed_sse_enabled"] is True
    assert found.identity == "arn:aws:sqs:ap-northeast-2:123456789012:q"


def test_a_queue_whose_attributes_cannot_be_read_is_still_there() -> None:
    url = "https://sqs.ap-northeast-2.amazonaws.com/123456789012/q"
    (found,) = live(
        KIND,
        {
            ("sqs", "list_queues"): {"QueueUrls": [url]},
            ("sqs", "get_queue_attributes"): DENIED,
            ("sqs", "list_queue_tags"): {},
        },
    )
    assert (found.attributes["name"], found.attributes["tags"]) == ("q", {})
    assert found.attributes["policy"] == found.attributes["kms_data_key_reuse_period_seconds"] == DENIED


def test_an_account_without_queues_is_answered_without_a_list() -> None:
    with proxied_account(ListQueues=Answer(200, b"{}", type="application/x-amz-json-1.0")) as (world, _):
        found = world.observe(KIND)
    assert found.gaps == () and found.resources == ()


def test_another_document_is_no_account_without_queues() -> None:
    answer = Answer(200, b'{"message": "hello"}', type="application/x-amz-json-1.0")
    with proxied_account(ListQueues=answer) as (world, _):
        (gap,) = world.observe(KIND).gaps
    assert gap.kinds == ("aws_sqs_queue",) and "without any member" in gap.detail
