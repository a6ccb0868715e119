"""IAM users, with their inline policies, attached policies and groups as one thing.

``inline_policy`` and ``attached_policies`` have the form they have for ``aws_iam_role``; ``groups`` holds the names of
the user's groups, whose policies hold for the user, too.

Sources: provider documentation of ``aws_iam_user``, ``aws_iam_user_policy``, ``aws_iam_user_policy_attachment``,
``aws_iam_policy_attachment``, ``aws_iam_user_group_membership`` and ``aws_iam_group_membership``; IAM API Reference,
GetAccountAuthorizationDetails (UserDetail).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from audits.kind import Default, Kind, Part, Reader
from audits.kinds._details import OF_TERRAFORM, plan_default
from audits.kinds._iam import POLICIES, policies_of, policy_parts, without_external_ids
from audits.kinds._iam_details import DETAILS, account_details
from audits.kinds.aws_iam_role import tags_of
from audits.model import Resource, Unknown, Value

_SCHEMA = plan_default("aws_iam_user")
_NONE = "IAM User Guide, users: a new one has no permissions and is in no group (and none is declared for this one)"


def _groups(part: Resource) -> dict[str, Any]:
    groups = part.attributes.get("groups")
    return {"groups": replace(groups, parts=()) if isinstance(groups, Unknown) else list(groups or ())}


def _member(part: Resource) -> dict[str, Any]:
    return {"groups": [part.attributes["group"]] if "group" in part.attributes else []}


def _from_live(reader: Reader) -> Iterable[Resource]:
    listed = account_details(reader, "UserDetailList")
    return reader.each(listed, partial(_user, reader))


def _user(reader: Reader, user: Mapping[str, Any]) -> Resource:
    attributes: dict[str, Value] = {
        "id": user["UserName"],
        "arn": user["Arn"],
        "name": user["UserName"],
        "path": user.get("Path"),
        "unique_id": user.get("UserId"),
        "permissions_boundary": user.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
        "force_destroy": OF_TERRAFORM,
        **policies_of(user, "UserPolicyList"),
        "groups": list(user.get("GroupList", ())),
        "tags": tags_of(user.get("Tags", ())),
    }
    return reader.resource("aws_iam_user", user["Arn"], attributes)


KIND = Kind(
    type="aws_iam_user",
    identity=("name",),
    names=("id", "arn", "name"),
    scope="global",
    reads=(DETAILS,),
    documents=("inline_policy[*].policy",),
    defaults={
        "path": Default("/", _SCHEMA),
        "inline_policy": Default([], _NONE),
        "attached_policies": Default([], _NONE),
        "groups": Default([], _NONE),
    },
    parts=(
        *policy_parts("user"),
        Part("aws_iam_user_group_membership", "user", ("groups",), ("id", "name"), _groups),
        Part("aws_iam_group_membership", "users", ("groups",), ("id", "name"), _member),
    ),
    extra={**POLICIES, "groups": ["set", "string"]},
    from_terraform=without_external_ids,
    from_live=_from_live,
)
