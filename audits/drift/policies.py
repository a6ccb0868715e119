"""Policy documents in a normal form: what differs only in spelling is equal.

IAM takes one text for a list of one, statements, actions and resources in any order, ``"*"`` for ``{"AWS": "*"}``, an
account's number for the ARN of its root (IAM User Guide, "JSON policy elements reference").
Without a version a policy is of 2008-10-17.
"""

from __future__ import annotations

import re
from typing import Any

from audits.model import Unknown, Value

_LISTS = ("Action", "NotAction", "Resource", "NotResource")
_PRINCIPALS = ("Principal", "NotPrincipal")
_ACCOUNT = re.compile(r"arn:[\w-]+:iam::([0-9]{12}):root")


def is_policy(value: Value) -> bool:
    """Whether a value looks like a policy document."""
    return isinstance(value, dict) and "Statement" in value


def normal_policy(document: Value) -> dict[str, Value]:
    """The document in normal form; parts that are unknown stay where they are."""
    statements = document["Statement"]
    given = statements if isinstance(statements, list) else [statements]
    normal: Value = statements if isinstance(statements, Unknown) else [_statement(one) for one in given]
    return {"Version": "2008-10-17", **document, "Statement": normal}


def _statement(statement: Value) -> Value:
    if not isinstance(statement, dict):
        return statement
    found: dict[str, Value] = dict(statement)
    for name in _LISTS:
        if name in found:
            found[name] = _listed(found[name])
    for name in _PRINCIPALS:
        if name in found:
            found[name] = _principals(found[name])
    conditions = found.get("Condition")
    if isinstance(conditions, dict):
        found["Condition"] = {
            operator: {key.lower(): _listed(one) for key, one in keys.items()} if isinstance(keys, dict) else keys
            for operator, keys in conditions.items()
        }
    return found


def _listed(value: Value) -> Value:
    if isinstance(value, Unknown):
        return value
    found: list[Value] = []
    for one in value if isinstance(value, list) else [value]:
        text: Any = ("true" if one else "false") if isinstance(one, bool) else one
        text = str(text) if isinstance(text, int | float) else text
        if isinstance(text, Unknown) or text not in found:
            found.append(text)
    return found


def _principals(value: Value) -> Value:
    if value == "*":
        return {"AWS": ["*"]}
    if not isinstance(value, dict):
        return value
    return {name: _accounts(_listed(one)) if name == "AWS" else _listed(one) for name, one in value.items()}


def _accounts(values: Value) -> Value:
    if not isinstance(values, list):
        return values
    return [_ACCOUNT.sub(r"\1", one) if isinstance(one, str) else one for one in values]
