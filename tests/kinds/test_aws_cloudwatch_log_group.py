from __future__ import annotations

from audits.kinds.aws_cloudwatch_log_group import KIND
from audits.model import Cause, Unknown
from tests.kinds.support import DENIED, agrees, declared, in_source, live, reference
from tests.planes.live.world import moto_account

TRANSFORMATION = {"name": "errors", "namespace": "app", "value": "1", "default_value": "0", "unit": "Count"}
LAMBDA = "arn:aws:lambda:ap-northeast-2:123456789012:function:f"


def test_both_planes_agree_on_a_group_with_a_metric_filter() -> None:
    with moto_account() as world:
        client = world.client("logs")
        client.create_log_group(logGroupName="/ecs/a", tags={"x": "y"})
        client.put_retention_policy(logGroupName="/ecs/a", retentionInDays=14)
        client.create_log_group(logGroupName="/ecs/b")
        client.put_metric_filter(
            logGroupName="/ecs/a",
            filterName="errors",
            filterPattern="ERROR",
            metricTransformations=[
                {
                    "metricName": "errors",
                    "metricNamespace": "app",
                    "metricValue": "1",
                    "defaultValue": 0,
                    "unit": "Count",
                }
            ],
        )
        found, other = world.only(KIND, name="/ecs/a"), world.only(KIND, name="/ecs/b")
    configured = in_source(
        KIND,
        declared("aws_cloudwatch_log_group", name="/ecs/a", retention_in_days=14, tags={"x": "y"}),
        declared(
            "aws_cloudwatch_log_metric_filter",
            log_group_name=reference("aws_cloudwatch_log_group.this", "name"),
            name="errors",
            pattern="ERROR",
            metric_transformation=[TRANSFORMATION],
        ),
    ).attributes
    names = ("name", "retention_in_days", "tags", "metric_filter")
    agrees({name: configured[name] for name in names}, found.attributes)
    assert not found.identity.endswith("*")
    assert other.attributes["retention_in_days"] == 0 and other.attributes["metric_filter"] == []


def test_subscription_filters_fold_into_their_group() -> None:
    found = in_source(
        KIND,
        declared("aws_cloudwatch_log_group", name="/ecs/a"),
        declared(
            "aws_cloudwatch_log_subscription_filter",
            log_group_name="/ecs/a",
            name="s",
            filter_pattern="",
            destination_arn=LAMBDA,
        ),
    ).attributes
    assert found["subscription_filter"] == [{"name": "s", "filter_pattern": "", "destination_arn": LAMBDA}]
    assert found["retention_in_days"] == 0 and "metric_filter" not in found


def test_what_cannot_be_read_or_is_not_told_is_unknown() -> None:
    subscription = {"filterName": "s", "filterPattern": "", "destinationArn": LAMBDA, "distribution": "ByLogStream"}
    group = {"logGroupName": "a", "arn": "arn:aws:logs:r:1:log-group:a:*", "retentionInDays": 1}
    (found,) = live(
        KIND,
        {
            ("logs", "describe_log_groups"): {"logGroups": [group]},
            ("logs", "describe_metric_filters"): DENIED,
            ("logs", "describe_subscription_filters"): {"subscriptionFilters": [subscription]},
            ("logs", "list_tags_for_resource"): {"tags": {"aws:cloudformation:x": "y", "Team": "ops"}},
        },
    )
    assert found.attributes["metric_filter"] == DENIED
    (shown,) = found.attributes["subscription_filter"]
    assert (shown["destination_arn"], shown["role_arn"], shown["distribution"]) == (LAMBDA, "", "ByLogStream")
    assert found.attributes["tags"] == {"Team": "ops"}
    log_class = found.attributes["log_group_class"]
    assert isinstance(log_class, Unknown) and log_class.cause is Cause.UNREADABLE
