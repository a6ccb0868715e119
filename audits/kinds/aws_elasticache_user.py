"""Users of Redis and Valkey caches; never their passwords.

Sources: provider documentation of ``aws_elasticache_user``; ElastiCache API Reference, DescribeUsers and User.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from audits.kind import Kind, Read, Reader
from audits.kinds._shapes import named
from audits.kinds.aws_elasticache_cluster import tags_of
from audits.model import Resource, Value

_TYPES = {"no-password": "no-password-required"}
"""AWS answers with another word than it takes (ElastiCache API Reference, Authentication and AuthenticationMode)."""


def _from_live(reader: Reader) -> Iterable[Resource]:
    return reader.each(reader.pages("elasticache", "describe_users", "Users"), partial(_user, reader))


def _user(reader: Reader, user: Mapping[str, Any]) -> Resource:
    arn = user["ARN"]
    authentication = user.get("Authentication") or {}
    kind = authentication.get("Type", "")
    attributes: dict[str, Value] = {
        "id": user["UserId"],
        "arn": arn,
        **named(user, (("user_id", "UserId"), ("user_name", "UserName"), ("engine", "Engine"))),
        "access_string": user.get("AccessString"),
        "authentication_mode": [
            {"type": _TYPES.get(kind, kind), "password_count": authentication.get("PasswordCount", 0)}
        ]
        if kind
        else [],
        "no_password_required": kind == "no-password",
        "tags": tags_of(reader, arn),
    }
    return reader.resource("aws_elasticache_user", arn, attributes)


KIND = Kind(
    type="aws_elasticache_user",
    identity=("user_id",),
    names=("id", "arn", "user_id"),
    reads=(Read("elasticache", "describe_users"), Read("elasticache", "list_tags_for_resource")),
    from_live=_from_live,
)
