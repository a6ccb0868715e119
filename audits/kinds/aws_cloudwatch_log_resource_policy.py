"""Resource policies of CloudWatch Logs: which AWS services may write to log groups, and for whom.

Sources: provider documentation of ``aws_cloudwatch_log_resource_policy``; CloudWatch Logs API Reference,
DescribeResourcePolicies (without an ARN: those of the account).
"""

from __future__ import annotations

from collections.abc import Iterator

from audits.kind import Kind, Read, Reader
from audits.model import Resource


def _from_live(reader: Reader) -> Iterator[Resource]:
    for policy in reader.pages("logs", "describe_resource_policies", "resourcePolicies"):
        name = policy["policyName"]
        attributes = {"id": name, "policy_name": name, "policy_document": policy.get("policyDocument")}
        yield reader.resource("aws_cloudwatch_log_resource_policy", name, attributes)


KIND = Kind(
    type="aws_cloudwatch_log_resource_policy",
    identity=("policy_name",),
    names=("id", "policy_name"),
    reads=(Read("logs", "describe_resource_policies"),),
    documents=("policy_document",),
    from_live=_from_live,
)
