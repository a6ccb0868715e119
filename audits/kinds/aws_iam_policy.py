"""Managed IAM policies: the customer's own, and AWS's own where something in the account uses them.

Sources: provider documentation of ``aws_iam_policy``; IAM API Reference, GetAccountAuthorizationDetails ("includes
information about ... policies ... and their versions"): one listing gives every policy with its default version.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from audits.kind import Default, Kind, Read, Reader
from audits.kinds._iam_details import DETAILS, account_details
from audits.model import Cause, Resource, Unknown, Value
from audits.secrets import scrub

_PLAN = "provider 5.100 schema default (the planned value of an aws_iam_policy that leaves it out)"
_NOT_READ = Unknown(Cause.UNSUPPORTED, detail="this suite does not read it from the account: no listing gives it")
_NO_VERSION = Unknown(Cause.UNREADABLE, detail="AWS named no default version of the policy", not_null=True)


def _from_terraform(policy: Resource) -> Resource:
    attributes = dict(policy.attributes)
    if "policy" in attributes:
        attributes["policy"] = scrub(attributes["policy"])
    return replace(policy, attributes=attributes)


def _from_live(reader: Reader) -> list[Resource]:
    policies = account_details(reader, "Policies")
    return reader.each(filter(_concerns, policies), lambda policy: _resource(reader, policy))


def _concerns(policy: Mapping[str, Any]) -> bool:
    """Whether it is the customer's own, or one of AWS's (account ``aws`` in the ARN) that is in use here."""
    if policy["Arn"].split(":")[4] != "aws":
        return True
    counts = [policy[name] for name in ("AttachmentCount", "PermissionsBoundaryUsageCount") if name in policy]
    return not counts or any(counts)


def _resource(reader: Reader, policy: Mapping[str, Any]) -> Resource:
    arn = policy["Arn"]
    tags: Value = _NOT_READ if arn.split(":")[4] != "aws" else {}
    return reader.resource(
        "aws_iam_policy",
        arn,
        {
            "id": arn,
            "arn": arn,
            # an ARN ends in path and name (IAM User Guide, "IAM ARNs")
            "name": policy.get("PolicyName", arn.rsplit("/", 1)[-1]),
            "path": policy.get("Path"),
            "policy_id": policy.get("PolicyId"),
            "description": policy.get("Description") or None,
            "attachment_count": policy.get("AttachmentCount"),
            "policy": scrub(_document(reader, policy)),
            "tags": tags,
            "tags_all": tags,
        },
    )


def _document(reader: Reader, policy: Mapping[str, Any]) -> Value:
    default = policy.get("DefaultVersionId")
    for version in policy.get("PolicyVersionList", ()):
        is_default = version.get("IsDefaultVersion") or version.get("VersionId") == default
        if is_default and version.get("Document") is not None:
            return version["Document"]
    if default is None:
        return _NO_VERSION
    answer = reader.detail(
        "iam",
        "get_policy_version",
        resource=policy["Arn"],
        attribute="policy",
        PolicyArn=policy["Arn"],
        VersionId=default,
    )
    return answer["PolicyVersion"].get("Document") if isinstance(answer, dict) else answer


KIND = Kind(
    type="aws_iam_policy",
    identity=("name", "path"),
    names=("id", "arn"),
    scope="global",
    reads=(DETAILS, Read("iam", "get_policy_version")),
    documents=("policy",),
    defaults={"path": Default("/", _PLAN)},
    from_terraform=_from_terraform,
    from_live=_from_live,
)
