"""Data sources that the source alone decides. Whatever else they hold stays unknown."""

from __future__ import annotations

from collections.abc import Callable

from audits.planes.terraform.bodies import BodyValue
from audits.planes.terraform.documents import complete_document
from audits.planes.terraform.providers import ProviderSettings, partition_of

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
