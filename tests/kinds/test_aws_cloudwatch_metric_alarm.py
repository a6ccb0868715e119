from __future__ import annotations

from audits.kinds.aws_cloudwatch_metric_alarm import KIND
from tests.kinds.support import agrees, declared, in_account, in_source
from tests.planes.live.world import moto_account

TOPIC = "arn:aws:sns:ap-northeast-2:123456789012:alarms"
QUERY = {"id": "e1", "expression": "m1*2", "label": "twice", "return_data": True}
METRIC = {"metric_name": "Count", "namespace": "AWS/X", "period": 300, "stat": "Sum", "dimensions": {"A": "b"}}


def test_both_planes_agree_on_an_alarm_on_one_metric() -> None:
    with moto_account() as world:
        world.client("cloudwatch").put_metric_alarm(
            AlarmName="a",
            Namespace="AWS/RDS",
            MetricName="FreeableMemory",
            Dimensions=[{"Name": "DBInstanceIdentifier", "Value": "x"}],
            ComparisonOperator="LessThanThreshold",
            Threshold=209715200,
            Statistic="Average",
            Period=300,
            EvaluationPeriods=2,
            AlarmActions=[TOPIC],
            Tags=[{"Key": "x", "Value": "y"}],
        )
        found = in_account(KIND, world.only(KIND, alarm_name="a"))
    configured = declared(
        "aws_cloudwatch_metric_alarm",
        alarm_name="a",
        namespace="AWS/RDS",
        metric_name="FreeableMemory",
        dimensions={"DBInstanceIdentifier": "x"},
        comparison_operator="LessThanThreshold",
        threshold="209715200",
        statistic="Average",
        period=300,
        evaluation_periods=2,
        alarm_actions=[TOPIC],
        tags={"x": "y"},
    )
    wanted = in_source(KIND, configured)
    agrees(dict(wanted.attributes), found.attributes)
    assert wanted.key == found.key == "a" and wanted.attributes["treat_missing_data"] == "missing"


def test_both_planes_agree_on_an_alarm_on_an_expression() -> None:
    with moto_account() as world:
        world.client("cloudwatch").put_metric_alarm(
            AlarmName="math",
            ComparisonOperator="GreaterThanThreshold",
            Threshold=10,
            EvaluationPeriods=1,
            Metrics=[
                {"Id": "e1", "Expression": "m1*2", "Label": "twice", "ReturnData": True},
                {
                    "Id": "m1",
                    "MetricStat": {
                        "Metric": {
                            "Namespace": "AWS/X",
                            "MetricName": "Count",
                            "Dimensions": [{"Name": "A", "Value": "b"}],
                        },
                        "Period": 300,
                        "Stat": "Sum",
                    },
                    "ReturnData": False,
                },
            ],
        )
        found = world.only(KIND, alarm_name="math").attributes
    queries = {one["id"]: one for one in found["metric_query"]}
    wanted = in_source(
        KIND,
        declared(
            "aws_cloudwatch_metric_alarm",
            alarm_name="math",
            metric_query=[QUERY, {"id": "m1", "metric": [METRIC]}],
        ),
    ).attributes["metric_query"]
    agrees({one["id"]: one for one in wanted}, queries)
    assert found["statistic"] == found["metric_name"] == "" and found["dimensions"] == {}
