"""Rules of EventBridge and what they start."""

from __future__ import annotations

import json

from audits.kinds import aws_cloudwatch_event_rule, aws_cloudwatch_event_target
from audits.model import Redacted
from tests.kinds.support import agrees, declared, in_account, in_source, live
from tests.planes.live.world import moto_account

PATTERN = {"source": ["aws.ec2"]}
TOPIC = "arn:aws:sns:ap-northeast-2:123456789012:alarms"


def test_both_planes_agree_on_rules_of_every_bus() -> None:
    kind = aws_cloudwatch_event_rule.KIND
    with moto_account() as world:
        client = world.client("events")
        client.create_event_bus(Name="own")
        client.put_rule(Name="nightly", ScheduleExpression="rate(1 day)", Tags=[{"Key": "x", "Value": "y"}])
        client.put_rule(Name="pattern", EventPattern=json.dumps(PATTERN), EventBusName="own", State="DISABLED")
        nightly, pattern = (in_account(kind, world.only(kind, name=name)) for name in ("nightly", "pattern"))
    wanted = in_source(kind, declared(kind.type, name="nightly", schedule_expression="rate(1 day)", tags={"x": "y"}))
    agrees({name: value for name, value in wanted.attributes.items() if name != "force_destroy"}, nightly.attributes)
    wanted = in_source(
        kind, declared(kind.type, name="pattern", event_bus_name="own", event_pattern=json.dumps(PATTERN))
    )
    assert pattern.attributes["event_pattern"] == wanted.attributes["event_pattern"] == PATTERN
    assert (pattern.attributes["is_enabled"], pattern.attributes["id"]) == (False, "own/pattern")
    assert wanted.key == pattern.key == "own/pattern"


def test_both_planes_agree_on_a_target_and_neither_shows_its_input() -> None:
    kind = aws_cloudwatch_event_target.KIND
    with moto_account() as world:
        client = world.client("events")
        client.put_rule(Name="nightly", ScheduleExpression="rate(1 day)")
        client.put_targets(
            Rule="nightly",
            Targets=[{"Id": "x", "Arn": TOPIC, "Input": '{"a": "hush"}', "RetryPolicy": {"MaximumRetryAttempts": 3}}],
        )
        found = in_account(kind, world.only(kind, rule="nightly"))
    configured = in_source(
        kind,
        declared(
            kind.type,
            rule="nightly",
            target_id="x",
            arn=TOPIC,
            input='{"a": "hush"}',
            retry_policy=[{"maximum_retry_attempts": 3}],
        ),
    )
    assert "hush" not in repr((found, configured)) and found.attributes["input"] == Redacted()
    for name in ("rule", "target_id", "arn", "event_bus_name"):
        assert configured.attributes[name] == found.attributes[name]
    assert found.attributes["retry_policy"][0]["maximum_retry_attempts"] == 3
    assert configured.key == found.key == "nightly/x"


def test_a_task_that_is_started_is_read_by_botocores_shapes() -> None:
    task = {
        "TaskDefinitionArn": "arn:t",
        "LaunchType": "FARGATE",
        "NetworkConfiguration": {
            "awsvpcConfiguration": {"Subnets": ["subnet-1"], "SecurityGroups": ["sg-1"], "AssignPublicIp": "DISABLED"}
        },
    }
    (found,) = live(
        aws_cloudwatch_event_target.KIND,
        {
            ("events", "list_event_buses"): {"EventBuses": [{"Name": "default"}]},
            ("events", "list_rules"): {"Rules": [{"Name": "nightly", "Arn": "arn:r"}]},
            ("events", "list_targets_by_rule"): {"Targets": [{"Id": "x", "Arn": "arn:c", "EcsParameters": task}]},
        },
    )
    (block,) = found.attributes["ecs_target"]
    assert (block["task_definition_arn"], block["launch_type"], block["task_count"]) == ("arn:t", "FARGATE", 1)
    network = {"assign_public_ip": False, "security_groups": ["sg-1"], "subnets": ["subnet-1"]}
    assert block["network_configuration"] == [network]


def test_headers_of_requests_are_redacted_in_source() -> None:
    target = declared("aws_cloudwatch_event_target", rule="r", http_target=[{"header_parameters": {"x-key": "hush"}}])
    assert "hush" not in repr(in_source(aws_cloudwatch_event_target.KIND, target))
