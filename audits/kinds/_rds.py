"""What the kinds of RDS share. Sources: RDS API Reference, ListTagsForResource, DescribeDBParameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from audits.kind import Reader
from audits.kinds.aws_vpc import not_read, tags
from audits.model import Unknown, Value

OTHER_ENGINES = frozenset({"docdb", "neptune"})
"""Engines that answer through RDS's operations, and that the provider has types of their own for."""


def tags_of(reader: Reader, arn: str) -> Value:
    """The tags of a group, which a call of its own tells."""
    answer = reader.detail("rds", "list_tags_for_resource", resource=arn, attribute="tags", ResourceName=arn)
    return answer if isinstance(answer, Unknown) else tags(answer or {}, "TagList")


def is_default(name: str) -> bool:
    """Whether a group is AWS's own: its settings cannot be changed (RDS User Guide, parameter and option groups)."""
    return name.startswith(("default.", "default:"))


def tags_of_group(reader: Reader, arn: str, name: str) -> Value:
    """The tags of a parameter or option group; AWS's own ones are not asked for."""
    return (
        not_read("rds:ListTagsForResource, which is asked for the account's own groups")
        if is_default(name)
        else tags_of(reader, arn)
    )


def parameters(reader: Reader, operation: str, group: str, name: str, arn: str) -> Value:
    """The parameters that were set in a group. ``group``: the operation's word for the group's name."""
    if is_default(name):
        return []
    answer = reader.detail("rds", operation, resource=arn, attribute="parameter", **{group: name, "Source": "user"})
    if isinstance(answer, Unknown):
        return answer
    return [_parameter(one) for one in (answer or {})["Parameters"] if one.get("ParameterValue") is not None]


def _parameter(parameter: Mapping[str, Any]) -> dict[str, Value]:
    return {
        # The provider keeps both in lower case, whatever AWS answers.
        "name": parameter["ParameterName"].lower(),
        "value": parameter["ParameterValue"],
        "apply_method": parameter.get("ApplyMethod", "").lower(),
    }


def master_secret(secret: Mapping[str, Any] | None) -> list[Value]:
    """The secret in which AWS keeps the master password: where it is, not what it holds."""
    if not secret:
        return []
    return [
        {
            "kms_key_id": secret.get("KmsKeyId"),
            "secret_arn": secret.get("SecretArn"),
            "secret_status": secret.get("SecretStatus"),
        }
    ]
