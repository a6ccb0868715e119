"""IAM actions of operations, and the least-privilege policy that lets an auditor read what the kinds need.

Action names follow the Service Authorization Reference. Its prefix is not always botocore's service name; where the
action itself is called otherwise (``s3:GetEncryptionConfiguration``), the kind's ``Read`` says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

import botocore.session
from botocore import xform_name

from audits.kind import Kind, Read

_PREFIXES = {
    "apigatewayv2": "apigateway",
    "efs": "elasticfilesystem",
    "elb": "elasticloadbalancing",
    "elbv2": "elasticloadbalancing",
    "opensearch": "es",
    "resourcegroupstaggingapi": "tag",
    "s3control": "s3",
    "sesv2": "ses",
    "stepfunctions": "states",
}

IDENTITY_ACTION = "sts:GetCallerIdentity"


@cache
def _operations(service: str) -> dict[str, str]:
    model = botocore.session.get_session().get_service_model(service)
    return {xform_name(name): name for name in model.operation_names}


def api_name(service: str, operation: str) -> str:
    """AWS's own name of an operation (``DescribeDBInstances`` for ``describe_db_instances``).

    Raises:
        ValueError: the service has no such operation.
    """
    try:
        return _operations(service)[operation]
    except KeyError:
        raise ValueError(f"{service} has no operation {operation}") from None


def iam_action(read: Read) -> str:
    """The IAM action that allows the operation."""
    if read.action:
        return read.action
    return f"{_PREFIXES.get(read.service, read.service)}:{api_name(read.service, read.operation)}"


def policy_document(kinds: Iterable[Kind]) -> dict[str, Any]:
    """The least an auditor needs to read these kinds, generated from their declarations."""
    actions = {iam_action(read) for kind in kinds for read in kind.reads} | {IDENTITY_ACTION}
    return {
        "Version": "2012-10-17",
        "Statement": [{"Sid": "ReadForAudit", "Effect": "Allow", "Action": sorted(actions), "Resource": "*"}],
    }
