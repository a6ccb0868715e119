"""Data sources that the source alone decides. Whatever else they hold stays unknown."""

from __future__ import annotations

import json
from collections.abc import Callable

from audits.model import Cause, Reference, Unknown
from audits.planes.terraform.bodies import BodyValue
from audits.planes.terraform.documents import complete_document
from audits.planes.terraform.providers import ProviderSettings, partition_of
from audits.planes.terraform.values import TerraformValue, mark, unmark

Provider = Callable[[], ProviderSettings]


def complete(kind: str, body: BodyValue, provider: Provider) -> None:
    """Add to an evaluated data source the attributes that follow from its arguments and its provider."""
    if kind == "aws_iam_policy_document":
        complete_document(body)
    elif kind == "aws_region":
        _region(body, provider)
    elif kind == "aws_partition":
        _partition(body, provider)
    elif kind == "aws_caller_identity":
        account = provider().account
        if account is not None:
            body.attributes.update(account_id=account, id=account)
    elif kind == "aws_default_tags":
        settings = provider()
        if settings.default_tags is not None:
            body.attributes["tags"] = settings.default_tags


def defer(body: BodyValue, completed: frozenset[str], address: str, waits_for: str) -> None:
    """Make what was completed unknown: Terraform reads the data source only while applying.

    The structure of a document stays as its ``partial``: it is what will be read.
    """
    for name in completed:
        value, sensitive = unmark(body.attributes[name])
        if not isinstance(value, Unknown):
            references = (Reference(address, name),)
            detail = f"read while applying, after {waits_for}"
            unknown = Unknown(Cause.DATA_SOURCE, references, detail, _structure(value), not_null=True)
            body.attributes[name] = mark(unknown, sensitive)


def _structure(value: TerraformValue) -> TerraformValue:
    """What a text says as a JSON object; None if it says none."""
    if not isinstance(value, str) or not value.startswith("{"):
        return None
    return json.loads(value)


def _region(body: BodyValue, provider: Provider) -> None:
    if body.attributes.get("name") is not None or body.attributes.get("endpoint") is not None:
        name = body.attributes.get("name")
    else:
        name = provider().known_region
    if isinstance(name, str):
        body.attributes.update(name=name, id=name)


def _partition(body: BodyValue, provider: Provider) -> None:
    region = provider().known_region
    if region is None:
        return
    partition, suffix = partition_of(region)
    reverse = ".".join(reversed(suffix.split(".")))
    body.attributes.update(partition=partition, id=partition, dns_suffix=suffix, reverse_dns_prefix=reverse)
