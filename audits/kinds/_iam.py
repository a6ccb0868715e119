"""What IAM's kinds share: policies inline and attached, as one thing however source writes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from audits.kind import Part
from audits.kinds.aws_iam_role import attached
from audits.model import Resource, Value
from audits.secrets import scrub

POLICIES = {
    "inline_policy": ["list", ["object", {"name": "string", "policy": "dynamic"}]],
    "attached_policies": ["set", ["object", {"policy_arn": "string"}]],
}
"""The attributes that policies fold into, of users and groups, with their types."""


def _inline(part: Resource) -> dict[str, Any]:
    return {"inline_policy": [{key: part.attributes[key] for key in ("name", "policy") if key in part.attributes}]}


def _attachment(part: Resource) -> dict[str, Any]:
    if "policy_arn" not in part.attributes:
        return {}
    return {"attached_policies": [{"policy_arn": part.attributes["policy_arn"]}]}


def _exclusive(part: Resource) -> dict[str, Any]:
    return {"attached_policies": attached(part.attributes.get("policy_arns"))}


def policy_parts(principal: str) -> tuple[Part, ...]:
    """The types that give a ``user`` or ``group`` its policies."""
    names = ("id", "name")
    return (
        Part(f"aws_iam_{principal}_policy", principal, ("inline_policy",), names, _inline),
        Part(f"aws_iam_{principal}_policy_attachment", principal, ("attached_policies",), names, _attachment),
        Part("aws_iam_policy_attachment", f"{principal}s", ("attached_policies",), names, _attachment),
        Part(
            f"aws_iam_{principal}_policy_attachments_exclusive",
            f"{principal}_name",
            ("attached_policies",),
            names,
            _exclusive,
        ),
    )


def without_external_ids(resource: Resource) -> Resource:
    """The principal without what is secret in its inline policies."""
    if "inline_policy" not in resource.attributes:
        return resource
    inline = scrub(resource.attributes["inline_policy"])
    return replace(resource, attributes={**resource.attributes, "inline_policy": inline})


def policies_of(detail: Mapping[str, Any], inline: str) -> dict[str, Value]:
    """The policies in an answer of GetAccountAuthorizationDetails; ``inline``: AWS's name of its inline ones."""
    arns: Iterable[str] = [policy["PolicyArn"] for policy in detail.get("AttachedManagedPolicies", ())]
    return {
        "inline_policy": [
            {"name": policy["PolicyName"], "policy": scrub(policy.get("PolicyDocument"))}
            for policy in detail.get(inline, ())
        ],
        "attached_policies": attached(list(arns)),
    }
