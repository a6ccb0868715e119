"""SNS topics, with their access policy.

Sources: provider documentation of ``aws_sns_topic`` and ``aws_sns_topic_policy``; SNS API Reference, ListTopics,
GetTopicAttributes (an attribute that is not set is not in the answer) and ListTagsForResource.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from audits.kind import Default, Kind, Part, Read, Reader
from audits.kinds._details import document, on_demand, only, plan_default, tag_pairs, told
from audits.model import Resource, Value

_PLAN = plan_default("aws_sns_topic")
_TEXTS = {
    "archive_policy": "ArchivePolicy",
    "beginning_archive_time": "BeginningArchiveTime",
    "delivery_policy": "DeliveryPolicy",
    "display_name": "DisplayName",
    "fifo_throughput_scope": "FifoThroughputScope",
    "kms_master_key_id": "KmsMasterKeyId",
    "owner": "Owner",
    "policy": "Policy",
    "tracing_config": "TracingConfig",
    **{
        f"{ours}_{word}_feedback_role_arn": f"{theirs}{word.title()}FeedbackRoleArn"
        for ours, theirs in (
            ("application", "Application"),
            ("firehose", "Firehose"),
            ("http", "HTTP"),
            ("lambda", "Lambda"),
            ("sqs", "SQS"),
        )
        for word in ("success", "failure")
    },
}
_NUMBERS = {
    "signature_version": "SignatureVersion",
    "application_success_feedback_sample_rate": "ApplicationSuccessFeedbackSampleRate",
    "firehose_success_feedback_sample_rate": "FirehoseSuccessFeedbackSampleRate",
    "http_success_feedback_sample_rate": "HTTPSuccessFeedbackSampleRate",
    "lambda_success_feedback_sample_rate": "LambdaSuccessFeedbackSampleRate",
    "sqs_success_feedback_sample_rate": "SQSSuccessFeedbackSampleRate",
}
_SWITCHES = {"content_based_deduplication": "ContentBasedDeduplication", "fifo_topic": "FifoTopic"}


def _from_live(reader: Reader) -> Iterable[Resource]:
    return reader.each(reader.pages("sns", "list_topics", "Topics"), partial(_topic, reader))


def _topic(reader: Reader, topic: Mapping[str, Any]) -> Resource:
    arn = topic["TopicArn"]
    attributes: dict[str, Value] = {
        "id": arn,
        "arn": arn,
        "name": arn.rsplit(":", 1)[-1],
        **told(
            reader,
            "sns",
            "get_topic_attributes",
            lambda answer: _attributes(answer["Attributes"]),
            resource=arn,
            none=_attributes({}),
            TopicArn=arn,
        ),
        **told(
            reader,
            "sns",
            "list_tags_for_resource",
            lambda answer: {"tags": tag_pairs(answer.get("Tags"))},
            resource=arn,
            none={"tags": {}},
            ResourceArn=arn,
        ),
    }
    return reader.resource("aws_sns_topic", arn, attributes)


def _attributes(given: Mapping[str, str]) -> dict[str, Value]:
    return {
        **{name: given.get(key, "") for name, key in _TEXTS.items()},
        **{name: int(given.get(key, 0)) for name, key in _NUMBERS.items()},
        **{name: given.get(key) == "true" for name, key in _SWITCHES.items()},
    }


KIND = Kind(
    type="aws_sns_topic",
    identity=("name",),
    names=("id", "arn"),
    reads=(
        Read("sns", "list_topics"),
        Read("sns", "get_topic_attributes"),
        Read("sns", "list_tags_for_resource"),
    ),
    on_demand=on_demand(_attributes({})),
    documents=("policy", "delivery_policy", "archive_policy"),
    defaults={
        "content_based_deduplication": Default(False, _PLAN),
        "fifo_topic": Default(False, _PLAN),
    },
    parts=(Part("aws_sns_topic_policy", "arn", ("policy",), convert=document("policy"), many=False),),
    from_terraform=lambda topic: only(topic, "policy"),
    from_live=_from_live,
)
