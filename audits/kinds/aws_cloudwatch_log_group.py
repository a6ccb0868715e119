"""Log groups, with what makes metrics of them (metric filters) and what sends them on (subscription filters).

Canonical shape: ``metric_filter`` [{name, pattern, metric_transformation}] and ``subscription_filter`` [{name,
filter_pattern, destination_arn, role_arn, distribution}]. Each is one listing of its own for the metric filters, and
one call a group for the subscription filters, which no listing gives. Sources: provider documentation of
``aws_cloudwatch_log_group`` and its parts; CloudWatch Logs API Reference, DescribeLogGroups, DescribeMetricFilters,
DescribeSubscriptionFilters and ListTagsForResource (takes the ARN without ``:*``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from audits.kind import Default, Kind, Part, Read, Reader
from audits.kinds._details import OF_TERRAFORM, plan_default, tag_map, told
from audits.model import Cause, Resource, Unknown, Value

_PLAN = plan_default("aws_cloudwatch_log_group")
_NO_CLASS = Unknown(Cause.UNREADABLE, detail="logs:DescribeLogGroups does not tell it")


def _from_live(reader: Reader) -> Iterable[Resource]:
    return reader.each(reader.pages("logs", "describe_log_groups", "logGroups"), partial(_group, reader))


def _group(reader: Reader, group: Mapping[str, Any]) -> Resource:
    name = group["logGroupName"]
    arn = group["arn"].removesuffix(":*")
    ask = partial(told, reader, "logs", resource=arn)
    attributes: dict[str, Value] = {
        "id": name,
        "arn": arn,
        "name": name,
        # "If you omit it, the events never expire": the provider says 0 for that.
        "retention_in_days": group.get("retentionInDays", 0),
        "kms_key_id": group.get("kmsKeyId", ""),
        "log_group_class": group.get("logGroupClass", _NO_CLASS),
        "skip_destroy": OF_TERRAFORM,
        **ask(
            "describe_metric_filters",
            lambda answer: {"metric_filter": [_metric_filter(one) for one in answer["metricFilters"]]},
            none={"metric_filter": []},
            logGroupName=name,
        ),
        **ask(
            "describe_subscription_filters",
            lambda answer: {"subscription_filter": [_subscription(one) for one in answer["subscriptionFilters"]]},
            none={"subscription_filter": []},
            logGroupName=name,
        ),
        **ask(
            "list_tags_for_resource",
            lambda answer: {"tags": tag_map(answer.get("tags"))},
            none={"tags": {}},
            resourceArn=arn,
        ),
    }
    return reader.resource("aws_cloudwatch_log_group", arn, attributes)


def _metric_filter(found: Mapping[str, Any]) -> dict[str, Value]:
    return {
        "name": found["filterName"],
        "pattern": found.get("filterPattern", ""),
        "metric_transformation": [
            {
                "name": one["metricName"],
                "namespace": one["metricNamespace"],
                "value": one["metricValue"],
                "default_value": _number_as_text(one.get("defaultValue")),
                "dimensions": one.get("dimensions") or {},
                "unit": one.get("unit", "None"),
            }
            for one in found.get("metricTransformations") or ()
        ],
    }


def _number_as_text(value: float | None) -> str:
    """As the provider writes it: its ``default_value`` is a text, empty for none."""
    return "" if value is None else f"{value:g}"


def _subscription(found: Mapping[str, Any]) -> dict[str, Value]:
    return {
        "name": found["filterName"],
        "filter_pattern": found.get("filterPattern", ""),
        "destination_arn": found["destinationArn"],
        "role_arn": found.get("roleArn", ""),
        "distribution": found.get("distribution"),
    }


def _into(name: str) -> Any:
    """The part's arguments as one block, without the group it is of."""
    return lambda part: {name: [{k: v for k, v in part.attributes.items() if k not in ("log_group_name", "id")}]}


KIND = Kind(
    type="aws_cloudwatch_log_group",
    identity=("name",),
    names=("id", "arn", "name"),
    on_demand={"metric_filter": ("metric_filter",), "subscription_filter": ("subscription_filter",)},
    reads=(
        Read("logs", "describe_log_groups"),
        Read("logs", "describe_metric_filters"),
        Read("logs", "describe_subscription_filters"),
        Read("logs", "list_tags_for_resource"),
    ),
    defaults={
        "retention_in_days": Default(0, _PLAN),
        "skip_destroy": Default(False, _PLAN),
        "log_group_class": Default("STANDARD", "CloudWatch Logs API Reference, CreateLogGroup, logGroupClass"),
    },
    parts=(
        Part(
            "aws_cloudwatch_log_metric_filter",
            "log_group_name",
            ("metric_filter",),
            ("id", "name"),
            _into("metric_filter"),
        ),
        Part(
            "aws_cloudwatch_log_subscription_filter",
            "log_group_name",
            ("subscription_filter",),
            ("id", "name"),
            _into("subscription_filter"),
        ),
    ),
    extra={"metric_filter": ["list", "dynamic"], "subscription_filter": ["list", "dynamic"]},
    from_live=_from_live,
)
