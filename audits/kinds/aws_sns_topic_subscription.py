"""SNS subscriptions. An address on the web is the subscriber's secret (chat webhooks carry their token in the path).

Only what is confirmed has an ARN and attributes of its own: of a pending one the listing alone tells, and AWS calls
each of them ``PendingConfirmation``. Sources: provider documentation of ``aws_sns_topic_subscription``; SNS API
Reference, ListSubscriptions and GetSubscriptionAttributes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from audits.kind import Default, Kind, Read, Reader
from audits.kinds._details import OF_TERRAFORM, plan_default, told
from audits.model import Cause, Redacted, Resource, Unknown, Value

_PLAN = plan_default("aws_sns_topic_subscription")
_PENDING = Unknown(Cause.UNREADABLE, detail="AWS tells nothing more of a subscription that is not confirmed yet")
_WEB = ("http", "https")
_KNOWN = (*_WEB, "application", "email", "email-json", "firehose", "lambda", "sms", "sqs")


def _conceal(attributes: Mapping[str, Value]) -> Mapping[str, Value]:
    protocol, endpoint = attributes.get("protocol"), attributes.get("endpoint")
    if endpoint is None or (protocol in _KNOWN and protocol not in _WEB):
        return attributes
    if isinstance(endpoint, Unknown):
        return {**attributes, "endpoint": replace(endpoint, partial=None, parts=())}
    if protocol not in _WEB and isinstance(endpoint, str) and "://" not in endpoint:
        return attributes
    return {**attributes, "endpoint": Redacted("an address on the web may hold a token")}


def _from_live(reader: Reader) -> Iterable[Resource]:
    found = reader.each(_numbered(reader), partial(_subscription, reader))
    return [one for subscriptions in found for one in subscriptions]


def _numbered(reader: Reader) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """Each subscription with what tells it from the others, also where AWS gives no ARN yet."""
    seen: dict[tuple[str, str], int] = {}
    for one in reader.pages("sns", "list_subscriptions", "Subscriptions"):
        arn = one["SubscriptionArn"]
        if not arn.startswith("arn:"):
            key = (one["TopicArn"], one["Protocol"])
            seen[key] = seen.get(key, 0) + 1
            arn = f"{one['TopicArn']}:{one['Protocol']}:{arn}-{seen[key]}"
        yield arn, one


def _subscription(reader: Reader, item: tuple[str, Mapping[str, Any]]) -> list[Resource]:
    identity, listed = item
    arn = listed["SubscriptionArn"]
    if arn == "Deleted":
        return []
    confirmed = arn.startswith("arn:")
    none = _attributes({})
    attributes: dict[str, Value] = {
        "id": arn,
        "arn": arn,
        "topic_arn": listed["TopicArn"],
        "protocol": listed["Protocol"],
        "endpoint": listed.get("Endpoint"),
        "owner_id": listed.get("Owner"),
        "confirmation_timeout_in_minutes": OF_TERRAFORM,
        "endpoint_auto_confirms": OF_TERRAFORM,
    }
    if confirmed:
        attributes |= told(
            reader,
            "sns",
            "get_subscription_attributes",
            lambda answer: _attributes(answer["Attributes"]),
            resource=arn,
            none=none,
            SubscriptionArn=arn,
        )
    else:
        attributes |= {**dict.fromkeys(none, _PENDING), "pending_confirmation": True}
    return [reader.resource("aws_sns_topic_subscription", identity, attributes)]


def _attributes(given: Mapping[str, str]) -> dict[str, Value]:
    return {
        "confirmation_was_authenticated": given.get("ConfirmationWasAuthenticated") == "true",
        "delivery_policy": given.get("DeliveryPolicy", ""),
        "filter_policy": given.get("FilterPolicy", ""),
        "filter_policy_scope": given.get("FilterPolicyScope", "MessageAttributes" if given.get("FilterPolicy") else ""),
        "pending_confirmation": given.get("PendingConfirmation") == "true",
        "raw_message_delivery": given.get("RawMessageDelivery") == "true",
        "redrive_policy": given.get("RedrivePolicy", ""),
        "replay_policy": given.get("ReplayPolicy", ""),
        "subscription_role_arn": given.get("SubscriptionRoleArn", ""),
    }


KIND = Kind(
    type="aws_sns_topic_subscription",
    identity=("topic_arn", "protocol", "endpoint"),
    names=("id", "arn"),
    reads=(Read("sns", "list_subscriptions"), Read("sns", "get_subscription_attributes")),
    documents=("delivery_policy", "filter_policy", "redrive_policy", "replay_policy"),
    defaults={
        "confirmation_timeout_in_minutes": Default(1, _PLAN),
        "endpoint_auto_confirms": Default(False, _PLAN),
        "raw_message_delivery": Default(False, _PLAN),
    },
    conceal=_conceal,
    from_live=_from_live,
)
