"""IAM roles, with their trust policy, inline policies and attached policies as one thing.

Sources: provider documentation of ``aws_iam_role`` and the parts below; IAM API Reference,
GetAccountAuthorizationDetails (everything but description and session length, which only ListRoles gives). botocore
hands out policy documents already decoded (its ``after-call.iam`` handler ``json_decode_policies``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from audits.kind import Default, Kind, Part, Read, Reader
from audits.kinds._iam_details import DETAILS, account_details
from audits.model import Cause, Resource, Unknown, Value
from audits.secrets import scrub

_PLAN = "provider 5.100 schema default (the planned value of an aws_iam_role that leaves it out)"
_SOURCE_ONLY = Unknown(Cause.UNSUPPORTED, detail="an option of Terraform's, not kept in the account")
_OF_LISTING = {"description": "Description", "max_session_duration": "MaxSessionDuration"}
_NOT_LISTED = Unknown(Cause.UNREADABLE, detail="the role was not in the answer of iam:ListRoles", not_null=True)


def timestamp(value: object) -> str | None:
    """A time as the provider writes it (RFC 3339, seconds, UTC)."""
    return value.strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(value, datetime) else None


def tags_of(pairs: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Tags as a map, without those of AWS's own (``aws:``), which the provider leaves out, too."""
    return {pair["Key"]: pair["Value"] for pair in pairs if not pair["Key"].startswith("aws:")}


def _inline(part: Resource) -> dict[str, Any]:
    return {"inline_policy": [{key: part.attributes[key] for key in ("name", "policy") if key in part.attributes}]}


def _attachment(part: Resource) -> dict[str, Any]:
    if "policy_arn" not in part.attributes:
        return {}
    return {"attached_policies": [{"policy_arn": part.attributes["policy_arn"]}]}


def _exclusive(part: Resource) -> dict[str, Any]:
    return {"attached_policies": attached(part.attributes.get("policy_arns"))}


def attached(arns: Value) -> Value:
    """A list of policy ARNs (or what is known of one) as blocks."""
    if isinstance(arns, Unknown):
        return replace(arns, partial=None if arns.partial is None else attached(arns.partial), parts=())
    return [{"policy_arn": arn} for arn in arns or ()]


def _from_terraform(role: Resource) -> Resource:
    """Attach ``managed_policy_arns`` like any attachment, and take external ids out of the documents."""
    attributes = dict(role.attributes)
    inline_arns = attributes.get("managed_policy_arns")
    if inline_arns is not None:
        attributes["attached_policies"] = _joined(attributes.get("attached_policies"), attached(inline_arns))
    for name in ("assume_role_policy", "inline_policy"):
        if name in attributes:
            attributes[name] = scrub(attributes[name])
    return replace(role, attributes=attributes)


def _joined(first: Value, second: Value) -> Value:
    """Two lists of blocks as one; where either is not wholly known, an open one that holds what is certain."""
    if not isinstance(first, Unknown) and not isinstance(second, Unknown):
        return [*(first or ()), *second]
    unknowns = [value for value in (first, second) if isinstance(value, Unknown)]
    certain = [
        block for value in (first, second) for block in ((value.partial if isinstance(value, Unknown) else value) or ())
    ]
    references = tuple(dict.fromkeys(ref for unknown in unknowns for ref in unknown.references))
    return replace(unknowns[0], references=references, partial=certain, parts=(), open=True, length=None)


def _from_live(reader: Reader) -> Iterator[Resource]:
    details = account_details(reader, "RoleDetailList")
    listed = _listed(reader)
    for detail in details:
        said = listed if isinstance(listed, Unknown) else listed.get(detail["RoleName"], _NOT_LISTED)
        yield reader.resource("aws_iam_role", detail["Arn"], {**_attributes(detail), **_of_listing(said)})


def _listed(reader: Reader) -> dict[str, Mapping[str, Any]] | Unknown:
    """What only the other listing tells of the roles, by their names."""
    answer = reader.detail("iam", "list_roles", resource="*", attribute=", ".join(_OF_LISTING), MaxItems=1000)
    if isinstance(answer, Unknown):
        return answer
    return {role["RoleName"]: role for role in (answer or {})["Roles"]}


def _of_listing(said: Mapping[str, Any] | Unknown) -> dict[str, Value]:
    if isinstance(said, Unknown):
        return dict.fromkeys(_OF_LISTING, said)
    return {name: said.get(key) for name, key in _OF_LISTING.items()}


def _attributes(detail: Mapping[str, Any]) -> dict[str, Value]:
    policies = [policy["PolicyArn"] for policy in detail.get("AttachedManagedPolicies", ())]
    tags = tags_of(detail.get("Tags", ()))
    return {
        "id": detail["RoleName"],
        "name": detail["RoleName"],
        "arn": detail["Arn"],
        "path": detail.get("Path"),
        "unique_id": detail.get("RoleId"),
        "create_date": timestamp(detail.get("CreateDate")),
        "assume_role_policy": scrub(detail.get("AssumeRolePolicyDocument")),
        "inline_policy": [
            {"name": policy["PolicyName"], "policy": scrub(policy.get("PolicyDocument"))}
            for policy in detail.get("RolePolicyList", ())
        ],
        "attached_policies": attached(policies),
        "managed_policy_arns": policies,
        "permissions_boundary": detail.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
        "force_detach_policies": _SOURCE_ONLY,
        "tags": tags,
        "tags_all": tags,
    }


KIND = Kind(
    type="aws_iam_role",
    identity=("name",),
    names=("id", "arn", "name"),
    scope="global",
    on_demand={", ".join(_OF_LISTING): tuple(_OF_LISTING)},
    reads=(DETAILS, Read("iam", "list_roles")),
    documents=("assume_role_policy", "inline_policy[*].policy"),
    defaults={
        "path": Default("/", _PLAN),
        "max_session_duration": Default(3600, _PLAN),
        "force_detach_policies": Default(False, _PLAN),
    },
    parts=(
        Part("aws_iam_role_policy", "role", ("inline_policy",), ("id", "name"), _inline),
        Part("aws_iam_role_policy_attachment", "role", ("attached_policies",), ("id", "name"), _attachment),
        Part("aws_iam_policy_attachment", "roles", ("attached_policies",), ("id", "name"), _attachment),
        Part(
            "aws_iam_role_policy_attachments_exclusive", "role_name", ("attached_policies",), ("id", "name"), _exclusive
        ),
    ),
    extra={"attached_policies": ["set", ["object", {"policy_arn": "string"}]]},
    from_terraform=_from_terraform,
    from_live=_from_live,
)
