"""IAM groups, with their inline and attached policies; who is in one is told by ``aws_iam_user.groups``.

Sources: provider documentation of ``aws_iam_group``, ``aws_iam_group_policy``, ``aws_iam_group_policy_attachment`` and
``aws_iam_policy_attachment``; IAM API Reference, GetAccountAuthorizationDetails (GroupDetail).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from audits.kind import Default, Kind, Reader
from audits.kinds._details import plan_default
from audits.kinds._iam import POLICIES, policies_of, policy_parts, without_external_ids
from audits.kinds._iam_details import DETAILS, account_details
from audits.model import Resource, Value

_NONE = "IAM User Guide, user groups: a new one has no permissions (and none is declared for this one)"


def _from_live(reader: Reader) -> Iterable[Resource]:
    return reader.each(account_details(reader, "GroupDetailList"), partial(_group, reader))


def _group(reader: Reader, group: Mapping[str, Any]) -> Resource:
    attributes: dict[str, Value] = {
        "id": group["GroupName"],
        "arn": group["Arn"],
        "name": group["GroupName"],
        "path": group.get("Path"),
        "unique_id": group.get("GroupId"),
        **policies_of(group, "GroupPolicyList"),
    }
    return reader.resource("aws_iam_group", group["Arn"], attributes)


KIND = Kind(
    type="aws_iam_group",
    identity=("name",),
    names=("id", "arn", "name"),
    scope="global",
    reads=(DETAILS,),
    documents=("inline_policy[*].policy",),
    defaults={
        "path": Default("/", plan_default("aws_iam_group")),
        "inline_policy": Default([], _NONE),
        "attached_policies": Default([], _NONE),
    },
    parts=policy_parts("group"),
    extra=POLICIES,
    from_terraform=without_external_ids,
    from_live=_from_live,
)
