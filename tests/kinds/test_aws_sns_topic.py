from __future__ import annotations

import json

from audits.kinds.aws_sns_topic import KIND
from tests.kinds.support import DENIED, agrees, declared, in_account, in_source, live, reference
from tests.planes.live.world import moto_account

POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sns:Publish", "Resource": "*"}
    ],
}


def test_both_planes_agree_on_a_topic_with_its_policy() -> None:
    with moto_account() as world:
        client = world.client("sns")
        arn = client.create_topic(
            Name="alarms",
            Attributes={"DisplayName": "Alarms", "KmsMasterKeyId": "alias/aws/sns"},
            Tags=[{"Key": "x", "Value": "y"}],
        )["TopicArn"]
        client.set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=json.dumps(POLICY))
        found = in_account(KIND, world.only(KIND, name="alarms"))
    topic = {"name": "alarms", "display_name": "Alarms", "kms_master_key_id": "alias/aws/sns", "tags": {"x": "y"}}
    apart = in_source(
        KIND,
        declared("aws_sns_topic", **topic),
        declared("aws_sns_topic_policy", arn=reference("aws_sns_topic.this"), policy=json.dumps(POLICY)),
    )
    inline = in_source(KIND, declared("aws_sns_topic", **topic, policy=json.dumps(POLICY)))
    assert apart.attributes == inline.attributes and apart.attributes["policy"] == POLICY
    agrees(dict(apart.attributes), found.attributes)
    assert apart.key == found.key == "alarms"


def test_attributes_that_cannot_be_read_are_unknown_and_those_not_set_are_empty() -> None:
    answers = {
        ("sns", "list_topics"): {"Topics": [{"TopicArn": "arn:aws:sns:r:1:t.fifo"}]},
        ("sns", "get_topic_attributes"): {"Attributes": {"FifoTopic": "true", "SQSSuccessFeedbackSampleRate": "50"}},
        ("sns", "list_tags_for_resource"): {"Tags": []},
    }
    (found,) = live(KIND, answers)
    assert found.attributes["fifo_topic"] is True and found.attributes["kms_master_key_id"] == ""
    assert found.attributes["sqs_success_feedback_sample_rate"] == 50
    (hidden,) = live(KIND, {**answers, ("sns", "get_topic_attributes"): DENIED})
    assert hidden.attributes["policy"] == hidden.attributes["fifo_topic"] == DENIED
    assert hidden.attributes["name"] == "t.fifo"
