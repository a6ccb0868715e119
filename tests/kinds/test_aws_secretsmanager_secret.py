from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from audits.kinds.aws_secretsmanager_secret import KIND
from audits.model import Cause, Unknown
from tests.kinds.support import DENIED, declared, in_source, live, reference
from tests.planes.live.world import moto_account

POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}]}
ARN = "arn:aws:secretsmanager:ap-northeast-2:123456789012:secret:a-AbCdEf"


def answers(policy: Any, **changes: Any) -> dict[tuple[str, str], Any]:
    secret = {"ARN": ARN, "Name": "a", "LastRotatedDate": datetime(2025, 1, 1, tzinfo=UTC), **changes}
    return {
        ("secretsmanager", "list_secrets"): {"SecretList": [secret]},
        ("secretsmanager", "get_resource_policy"): policy,
    }


def test_an_account_tells_of_a_secret_and_never_what_it_holds() -> None:
    with moto_account() as world:
        client = world.client("secretsmanager")
        client.create_secret(
            Name="a", Description="jwt", SecretString="hunter2", KmsKeyId="k", Tags=[{"Key": "x", "Value": "y"}]
        )
        client.put_resource_policy(SecretId="a", ResourcePolicy=json.dumps(POLICY))
        found = world.only(KIND, name="a")
    given = found.attributes
    assert (given["description"], given["kms_key_id"], given["tags"]) == ("jwt", "k", {"x": "y"})
    assert json.loads(given["policy"]) == POLICY and given["rotation"] == []
    assert found.identity == given["arn"] and "hunter2" not in repr(found)


def test_a_rotation_is_what_was_asked_for() -> None:
    rules = {"AutomaticallyAfterDays": 7, "ScheduleExpression": "rate(7 days)", "Duration": "2h"}
    changes = {"RotationEnabled": True, "RotationLambdaARN": "arn:f", "RotationRules": rules}
    (found,) = live(KIND, answers({"ARN": ARN, "Name": "a"}, **changes))
    block = {"automatically_after_days": 0, "duration": "2h", "schedule_expression": "rate(7 days)"}
    assert found.attributes["rotation"] == [{"rotation_lambda_arn": "arn:f", "rotation_rules": [block]}]
    assert found.attributes["policy"] == ""
    (stopped,) = live(KIND, answers({"ARN": ARN, "Name": "a"}, **{**changes, "RotationEnabled": False}))
    assert stopped.attributes["rotation"] == []


def test_a_policy_that_cannot_be_read_is_unknown() -> None:
    (found,) = live(KIND, answers(DENIED))
    assert found.attributes["policy"] == DENIED and found.attributes["name"] == "a"


def test_policy_and_rotation_fold_into_their_secret() -> None:
    arn = reference("aws_secretsmanager_secret.this")
    found = in_source(
        KIND,
        declared("aws_secretsmanager_secret", name="a"),
        declared("aws_secretsmanager_secret_policy", secret_arn=arn, policy=json.dumps(POLICY)),
        declared(
            "aws_secretsmanager_secret_rotation",
            secret_id=reference("aws_secretsmanager_secret.this", "id"),
            rotation_lambda_arn="arn:f",
            rotation_rules=[{"automatically_after_days": "30"}],
        ),
    )
    assert found.attributes["policy"] == POLICY
    rules = [{"automatically_after_days": 30}]
    assert found.attributes["rotation"] == [{"rotation_lambda_arn": "arn:f", "rotation_rules": rules}]
    assert found.key == "a"


def test_a_policy_of_some_secret_may_be_this_ones() -> None:
    policy = declared("aws_secretsmanager_secret_policy", secret_arn=Unknown(Cause.VARIABLE), policy="{}")
    found = in_source(KIND, declared("aws_secretsmanager_secret", name="a"), policy).attributes["policy"]
    assert isinstance(found, Unknown) and not found.open and found.partial is None
