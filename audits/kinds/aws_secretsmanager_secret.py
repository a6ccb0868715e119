"""Secrets of Secrets Manager: that they are there, who may read them, whether they rotate. Never what they hold.

Canonical shape: ``policy`` (one document, "" where there is none) and ``rotation`` [{rotation_lambda_arn,
rotation_rules}], empty where it is not enabled. Sources: provider documentation of ``aws_secretsmanager_secret`` and
its two parts; Secrets Manager API Reference, ListSecrets (leaves out what is scheduled for deletion) and
GetResourcePolicy.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from audits.kind import Default, Kind, Part, Read, Reader
from audits.kinds._details import OF_TERRAFORM, document, only, plan_default, tag_pairs, told
from audits.kinds.aws_vpc import not_read
from audits.model import Resource, Value

_PLAN = plan_default("aws_secretsmanager_secret")
_RULES = [
    "list",
    ["object", {"automatically_after_days": "number", "duration": "string", "schedule_expression": "string"}],
]


def _rotation(part: Resource) -> Mapping[str, Any]:
    names = ("rotation_lambda_arn", "rotation_rules")
    return {"rotation": [{name: part.attributes[name] for name in names if name in part.attributes}]}


def _from_live(reader: Reader) -> Iterable[Resource]:
    return reader.each(reader.pages("secretsmanager", "list_secrets", "SecretList"), partial(_secret, reader))


def _secret(reader: Reader, secret: Mapping[str, Any]) -> Resource:
    arn = secret["ARN"]
    attributes: dict[str, Value] = {
        "id": arn,
        "arn": arn,
        "name": secret["Name"],
        "description": secret.get("Description", ""),
        "kms_key_id": secret.get("KmsKeyId", ""),
        "rotation": [_rotates(secret)] if secret.get("RotationEnabled") else [],
        "replica": not_read("secretsmanager:DescribeSecret"),
        "recovery_window_in_days": OF_TERRAFORM,
        "force_overwrite_replica_secret": OF_TERRAFORM,
        "tags": tag_pairs(secret.get("Tags")),
        **told(
            reader,
            "secretsmanager",
            "get_resource_policy",
            lambda answer: {"policy": answer.get("ResourcePolicy", "")},
            resource=arn,
            none={"policy": ""},
            SecretId=arn,
        ),
    }
    return reader.resource("aws_secretsmanager_secret", arn, attributes)


def _rotates(secret: Mapping[str, Any]) -> dict[str, Value]:
    rules = secret.get("RotationRules")
    # AWS works the days out where a schedule is given; the provider shows what was asked for.
    days = 0 if not rules or "ScheduleExpression" in rules else rules.get("AutomaticallyAfterDays", 0)
    block = rules and {
        "automatically_after_days": days,
        "duration": rules.get("Duration", ""),
        "schedule_expression": rules.get("ScheduleExpression", ""),
    }
    return {
        "rotation_lambda_arn": secret.get("RotationLambdaARN", ""),
        "rotation_rules": [block] if block else [],
    }


KIND = Kind(
    type="aws_secretsmanager_secret",
    identity=("name",),
    names=("id", "arn", "name"),
    on_demand={"policy": ("policy",)},
    reads=(Read("secretsmanager", "list_secrets"), Read("secretsmanager", "get_resource_policy")),
    documents=("policy",),
    defaults={
        "recovery_window_in_days": Default(30, _PLAN),
        "force_overwrite_replica_secret": Default(False, _PLAN),
    },
    parts=(
        Part("aws_secretsmanager_secret_policy", "secret_arn", ("policy",), convert=document("policy"), many=False),
        Part("aws_secretsmanager_secret_rotation", "secret_id", ("rotation",), convert=_rotation, many=False),
    ),
    extra={
        "rotation": [
            "list",
            ["object", {"rotation_lambda_arn": "string", "rotation_rules": ["list", ["object", _RULES]]}],
        ]
    },
    from_terraform=lambda secret: only(secret, "policy"),
    from_live=_from_live,
)
