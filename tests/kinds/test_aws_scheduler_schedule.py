from __future__ import annotations

from audits.kinds.aws_scheduler_schedule import KIND
from audits.model import Cause, Redacted
from tests.kinds.support import DENIED, agrees, declared, in_account, in_source, live
from tests.planes.live.world import moto_account

TARGET = {"Arn": "arn:aws:sns:r:1:t", "RoleArn": "arn:aws:iam::1:role/r", "Input": "hush"}


def test_both_planes_agree_and_neither_shows_the_input() -> None:
    with moto_account() as world:
        world.client("scheduler").create_schedule(
            Name="nightly",
            ScheduleExpression="rate(1 day)",
            ScheduleExpressionTimezone="UTC",
            FlexibleTimeWindow={"Mode": "OFF"},
            Target={**TARGET, "RetryPolicy": {"MaximumEventAgeInSeconds": 86400, "MaximumRetryAttempts": 185}},
            State="ENABLED",
        )
        found = in_account(KIND, world.only(KIND, name="nightly"))
    configured = in_source(
        KIND,
        declared(
            "aws_scheduler_schedule",
            name="nightly",
            schedule_expression="rate(1 day)",
            flexible_time_window=[{"mode": "OFF"}],
            target=[{"arn": TARGET["Arn"], "role_arn": TARGET["RoleArn"], "input": "hush"}],
        ),
    )
    assert "hush" not in repr((found, configured))
    assert found.attributes["target"][0]["input"] == Redacted()
    for name in ("name", "schedule_expression", "schedule_expression_timezone", "state"):
        assert configured.attributes[name] == found.attributes[name]
    agrees(configured.attributes["flexible_time_window"], found.attributes["flexible_time_window"])
    assert found.attributes["target"][0]["arn"] == TARGET["Arn"] and configured.key == found.key


def test_what_is_not_translated_is_unknown_and_what_is_denied_as_well() -> None:
    listed = {"Name": "a", "GroupName": "default", "Arn": "arn:a", "State": "DISABLED"}
    answers = {
        ("scheduler", "list_schedules"): {"Schedules": [listed]},
        ("scheduler", "get_schedule"): {"Target": {**TARGET, "EcsParameters": {"TaskDefinitionArn": "arn:t"}}},
    }
    (found,) = live(KIND, answers)
    (target,) = found.attributes["target"]
    assert target["ecs_parameters"].cause is Cause.UNSUPPORTED and target["kinesis_parameters"] == []
    (hidden,) = live(KIND, {**answers, ("scheduler", "get_schedule"): DENIED})
    assert hidden.attributes["target"] == DENIED and hidden.attributes["state"] == "DISABLED"
