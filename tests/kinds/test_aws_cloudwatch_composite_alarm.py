"""moto answers without CompositeAlarms: the reader is proved by answers that botocore's output shapes allow."""

from __future__ import annotations

from audits.kinds.aws_cloudwatch_composite_alarm import KIND
from tests.kinds.support import agrees, declared, in_source, live

ARN = "arn:aws:cloudwatch:ap-northeast-2:123456789012:alarm:both"
RULE = "ALARM(a) AND ALARM(b)"


def test_both_planes_agree() -> None:
    alarm = {
        "AlarmName": "both",
        "AlarmArn": ARN,
        "AlarmDescription": "x",
        "AlarmRule": RULE,
        "ActionsEnabled": True,
        "AlarmActions": ["arn:t"],
        "ActionsSuppressor": "quiet",
        "ActionsSuppressorExtensionPeriod": 10,
        "ActionsSuppressorWaitPeriod": 20,
    }
    other = {"AlarmName": "one", "AlarmArn": f"{ARN}2", "AlarmRule": RULE, "ActionsEnabled": False}
    found, plain = live(
        KIND,
        {
            ("cloudwatch", "describe_alarms"): [
                {"CompositeAlarms": [alarm], "MetricAlarms": [], "NextToken": "n"},
                {"CompositeAlarms": [other], "MetricAlarms": []},
            ],
            ("cloudwatch", "list_tags_for_resource"): {"Tags": [{"Key": "x", "Value": "y"}]},
        },
    )
    wanted = in_source(
        KIND,
        declared(
            "aws_cloudwatch_composite_alarm",
            alarm_name="both",
            alarm_description="x",
            alarm_rule=RULE,
            alarm_actions=["arn:t"],
            actions_suppressor=[{"alarm": "quiet", "extension_period": 10, "wait_period": 20}],
            tags={"x": "y"},
        ),
    )
    agrees(dict(wanted.attributes), found.attributes)
    assert wanted.attributes["actions_enabled"] is True
    assert plain.attributes["actions_suppressor"] == [] and plain.attributes["actions_enabled"] is False
