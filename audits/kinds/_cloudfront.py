"""What CloudFront's policies share. Source: CloudFront API Reference, the list operations of each kind of policy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from audits.kind import Reader
from audits.kinds.aws_vpc import not_read
from audits.model import Value


def identity_of(reader: Reader, summary: Mapping[str, Any], identifier: str, path: str) -> tuple[str, Value]:
    """What a policy is called, and its ARN: only the account's own ones have one of this account."""
    if summary.get("Type") != "custom":
        return identifier, not_read("the ARN of a policy of AWS's own")
    arn = f"arn:{reader.partition}:cloudfront::{reader.account}:{path}/{identifier}"
    return arn, arn


def items(answer: Mapping[str, Any] | None) -> list[Value]:
    """The ``Items`` of one of CloudFront's lists, which leaves them out where there are none."""
    return list((answer or {}).get("Items") or ())


def chosen(config: Mapping[str, Any] | None, behavior: str, members: str, name: str) -> list[Value]:
    """Which cookies, headers or query strings a policy speaks of: ``{name}_behavior``, and the names as ``{name}s``."""
    if config is None:
        return []
    names = items(config.get(members))
    return [{f"{name}_behavior": config.get(behavior), f"{name}s": [{"items": names}] if names else []}]
