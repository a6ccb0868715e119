"""Texts that source does not spell out but that follow from what it does: an S3 bucket's ARN from the bucket's name.

The evaluator derives no ARN; a relation may, where the service's format leaves nothing open (Amazon S3 user guide,
"Amazon S3 resources": ``arn:partition:s3:::bucket``, without account and region). The partition is the region's.
"""

from __future__ import annotations

import re

from audits.model import Cause, Redacted, Reference, Unknown, Value
from audits.view import View


def partition(region: str | None) -> str:
    """The partition that a region lies in."""
    prefixes = {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}
    return next((name for prefix, name in prefixes.items() if (region or "").startswith(prefix)), "aws")


def known_text(value: Value, view: View, region: str | None = None) -> Value:
    """The text that an unknown value surely has, if it can be derived; else the value with what can be filled in."""
    if isinstance(value, Redacted):
        return Unknown(Cause.REDACTED, detail=value.reason, not_null=True)
    if not isinstance(value, Unknown):
        return value
    if value.parts:
        return _joined(value, view, region)
    if value.cause not in (Cause.COMPUTED, Cause.DATA_SOURCE) or len(value.references) != 1:
        return value
    found = _referred(value.references[0], view, region)
    return value if found is None else found


def _joined(value: Unknown, view: View, region: str | None) -> Value:
    parts: list[str | Unknown] = []
    for part in value.parts:
        known = known_text(part, view, region)
        if isinstance(known, str) and parts and isinstance(parts[-1], str):
            parts[-1] += known
        else:
            parts.append(known)
    if len(parts) == 1 and isinstance(parts[0], str):
        return parts[0]
    return Unknown(value.cause, value.references, value.detail, parts=tuple(parts), not_null=True)


def _referred(reference: Reference, view: View, region: str | None) -> str | None:
    if reference.attribute == "partition" and "data.aws_partition." in f".{reference.address}" and region:
        return partition(region)
    resource = view.by_identity.get(reference.address)
    if resource is None:
        return None
    if resource.kind == "aws_s3_bucket" and reference.attribute in ("arn", "id", "bucket"):
        name = resource.attributes.get("bucket")
        if not isinstance(name, str):
            return None
        return f"arn:{partition(resource.region)}:s3:::{name}" if reference.attribute == "arn" else name
    text = resource.attributes.get(reference.attribute)
    return text if isinstance(text, str) else None


def widest(value: Unknown) -> str:
    """The pattern of all that an unknown text may be, by the parts of it that are known."""
    if not value.parts:
        return "*"
    return "".join(part if isinstance(part, str) else widest(part) for part in value.parts)


_OWN_DATA = re.compile(r"data\.aws_(?:caller_identity|partition)\.")
_OWN_DISTRIBUTION = re.compile(r"arn:(?:aws[\w-]*|\*):cloudfront::\*:distribution/")


def identifier_in(value: Value, kind: str) -> Value:
    """The identifier in an ARN that is put together from it and the own account (a CloudFront distribution's).

    Source: Service Authorization Reference, Amazon CloudFront: ``arn:partition:cloudfront::account:distribution/id``.
    """
    if not isinstance(value, Unknown) or kind != "aws_cloudfront_distribution" or len(value.parts) < 2:
        return value
    *before, last = value.parts
    start = "".join(part if isinstance(part, str) else "*" for part in before)
    own = all(isinstance(part, str) or _OWN_DATA.search(str(part.references[:1])) for part in before)
    return last if own and _OWN_DISTRIBUTION.fullmatch(start) else value
