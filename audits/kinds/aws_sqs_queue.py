"""SQS queues, with their access policy and redrive policies.

Sources: provider documentation of ``aws_sqs_queue`` and its parts; SQS API Reference, ListQueues (without MaxResults
it ends after 1,000 queues, and does not say so), GetQueueAttributes and ListQueueTags.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from audits.kind import Default, Kind, Part, Read, Reader
from audits.kinds._details import document, only, plan_default, tag_map, told
from audits.model import Resource, Value

_PLAN = plan_default("aws_sqs_queue")
_AT_ONCE = 1000
_NUMBERS = {
    "delay_seconds": "DelaySeconds",
    "kms_data_key_reuse_period_seconds": "KmsDataKeyReusePeriodSeconds",
    "max_message_size": "MaximumMessageSize",
    "message_retention_seconds": "MessageRetentionPeriod",
    "receive_wait_time_seconds": "ReceiveMessageWaitTimeSeconds",
    "visibility_timeout_seconds": "VisibilityTimeout",
}
_TEXTS = {
    "deduplication_scope": "DeduplicationScope",
    "fifo_throughput_limit": "FifoThroughputLimit",
    "kms_master_key_id": "KmsMasterKeyId",
    "policy": "Policy",
    "redrive_allow_policy": "RedriveAllowPolicy",
    "redrive_policy": "RedrivePolicy",
}
_SWITCHES = {
    "content_based_deduplication": "ContentBasedDeduplication",
    "fifo_queue": "FifoQueue",
    "sqs_managed_sse_enabled": "SqsManagedSseEnabled",
}


def _from_live(reader: Reader) -> Iterable[Resource]:
    listed = reader.pages("sqs", "list_queues", "QueueUrls[*].{url: @}", MaxResults=_AT_ONCE)
    return reader.each(listed, partial(_queue, reader))


def _queue(reader: Reader, listed: Mapping[str, Any]) -> Resource:
    url = listed["url"]
    name = url.rsplit("/", 1)[-1]
    arn = f"arn:{reader.partition}:sqs:{reader.region}:{reader.account}:{name}"
    attributes: dict[str, Value] = {
        "id": url,
        "url": url,
        "arn": arn,
        "name": name,
        **told(
            reader,
            "sqs",
            "get_queue_attributes",
            lambda answer: _attributes(answer.get("Attributes") or {}),
            resource=arn,
            none=_attributes({}),
            QueueUrl=url,
            AttributeNames=["All"],
        ),
        **told(
            reader,
            "sqs",
            "list_queue_tags",
            lambda answer: {"tags": tag_map(answer.get("Tags"))},
            resource=arn,
            none={"tags": {}},
            QueueUrl=url,
        ),
    }
    return reader.resource("aws_sqs_queue", arn, attributes)


def _attributes(given: Mapping[str, str]) -> dict[str, Value]:
    return {
        **{name: int(given[key]) if key in given else None for name, key in _NUMBERS.items()},
        "kms_data_key_reuse_period_seconds": int(given.get("KmsDataKeyReusePeriodSeconds", 300)),
        **{name: given.get(key, "") for name, key in _TEXTS.items()},
        **{name: given.get(key) == "true" for name, key in _SWITCHES.items()},
    }


def _part(name: str) -> Part:
    return Part(f"aws_sqs_queue_{name}", "queue_url", (name,), ("id", "url"), document(name), many=False)


KIND = Kind(
    type="aws_sqs_queue",
    identity=("name",),
    names=("id", "arn", "url"),
    reads=(
        Read("sqs", "list_queues"),
        Read("sqs", "get_queue_attributes"),
        Read("sqs", "list_queue_tags"),
    ),
    documents=("policy", "redrive_policy", "redrive_allow_policy"),
    defaults={
        "content_based_deduplication": Default(False, _PLAN),
        "delay_seconds": Default(0, _PLAN),
        "fifo_queue": Default(False, _PLAN),
        "max_message_size": Default(262144, _PLAN),
        "message_retention_seconds": Default(345600, _PLAN),
        "receive_wait_time_seconds": Default(0, _PLAN),
        "visibility_timeout_seconds": Default(30, _PLAN),
    },
    parts=(_part("policy"), _part("redrive_policy"), _part("redrive_allow_policy")),
    from_terraform=lambda queue: only(queue, "policy", "redrive_policy", "redrive_allow_policy"),
    from_live=_from_live,
)
