"""IAM actions of operations, and the least-privilege policy that lets an auditor read what the kinds need.

Action names follow the Service Authorization Reference. Its prefix is not always botocore's service name; where the
action itself is called otherwise (``s3:GetEncryptionConfiguration``), the kind's ``Read`` says so.
"""

from __future__ import annotations

import json
import re
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

_VERSION = "2012-10-17"
MANAGED_POLICY_CHARACTERS = 6144
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
    """The least an auditor needs to read these kinds, generated from their declarations, in one document."""
    return {"Version": _VERSION, "Statement": _statements(_narrowed(kinds))}


def policy_documents(kinds: Iterable[Kind]) -> list[dict[str, Any]]:
    """The same as managed policies: as few documents as their size allows.

    "The size of each managed policy cannot exceed 6,144 characters", white space not counted (IAM quotas).
    """
    parts: list[dict[tuple[str, ...], list[str]]] = [{}]
    for resources, actions in _narrowed(kinds).items():
        for action in actions:
            trial = {**parts[-1], resources: [*parts[-1].get(resources, ()), action]}
            if _size(trial) > MANAGED_POLICY_CHARACTERS and parts[-1]:
                parts.append({resources: [action]})
            else:
                parts[-1] = trial
    return [{"Version": _VERSION, "Statement": _statements(part)} for part in parts]


def _narrowed(kinds: Iterable[Kind]) -> dict[tuple[str, ...], list[str]]:
    """The actions, by the resources to which they are narrowed: all the patterns that any read needs of an action."""
    needed: dict[str, set[str]] = {IDENTITY_ACTION: {"*"}}
    for read in (read for kind in kinds for read in kind.reads):
        needed.setdefault(iam_action(read), set()).update(_resources(read))
    found: dict[tuple[str, ...], list[str]] = {}
    for action in sorted(needed):
        patterns = ("*",) if "*" in needed[action] else tuple(sorted(needed[action]))
        found.setdefault(patterns, []).append(action)
    return dict(sorted(found.items()))


def _resources(read: Read) -> tuple[str, ...]:
    """What the action is narrowed to. ``apigateway:GET`` alone would read API keys, too: its resources are paths.

    "``arn:${Partition}:apigateway:${Region}::/apis/${ApiId}``" (Service Authorization Reference, Amazon API Gateway
    Management and Management V2); botocore's paths of the second version begin with ``/v2``.
    """
    if read.resources or iam_action(read) != "apigateway:GET":
        return read.resources or ("*",)
    model = botocore.session.get_session().get_service_model(read.service)
    uri = model.operation_model(api_name(read.service, read.operation)).http["requestUri"].partition("?")[0]
    path = re.sub(r"\{[^}]*\}", "*", uri.removeprefix("/v2"))
    return (f"arn:*:apigateway:*::{path}",)


def _statements(actions: dict[tuple[str, ...], list[str]]) -> list[dict[str, Any]]:
    """One statement a set of resources. A Sid holds letters and digits only, and is unique in its document."""
    return [
        {
            "Sid": "ReadForAudit" if resources == ("*",) else f"ReadForAudit{_services(names)}{number}",
            "Effect": "Allow",
            "Action": names,
            "Resource": "*" if resources == ("*",) else list(resources),
        }
        for number, (resources, names) in enumerate(actions.items())
    ]


def _services(actions: Iterable[str]) -> str:
    services = dict.fromkeys(re.sub("[^a-z0-9]", "", action.partition(":")[0]) for action in actions)
    return "".join(service.capitalize() for service in services)


def _size(actions: dict[tuple[str, ...], list[str]]) -> int:
    document = {"Version": _VERSION, "Statement": _statements(actions)}
    return len(re.sub(r"\s", "", json.dumps(document)))
