"""Texts that source does not spell out but that follow from what it does: an S3 bucket's ARN from the bucket's name.

The evaluator derives no ARN; a relation may, where the service's format leaves nothing open (Amazon S3 user guide,
"Amazon S3 resources": ``arn:partition:s3:::bucket``, without account and region). The partition is the region's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from audits.model import Cause, Redacted, Reference, Resource, Unknown, Value
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
    if value.cause not in (Cause.COMPUTED, Cause.DATA_SOURCE) or len(value.references) != 1 or value.derived:
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


_CALLER = re.compile(r"(?:.*\.)?data\.aws_caller_identity\.")
_ARN = re.compile(r"arn:(aws[\w-]*|[*\ue000-\ue0ff]):([a-z0-9-]+)::([^:]+):([a-z]+)/(.+)", re.DOTALL)
_TYPES = {
    "aws_cloudfront_distribution": ("cloudfront", "distribution"),
    "aws_iam_role": ("iam", "role"),
    "aws_iam_user": ("iam", "user"),
    "aws_iam_policy": ("iam", "policy"),
}
_FIRST = 0xE000  # private use: one character stands for each unknown piece of a text


@dataclass(frozen=True, slots=True)
class Named:
    """Whom a text names: ``value`` names the resource plainly, or is the text itself where it does not.

    ``doubt``: that holds only if the account in the text is the own one. ``unique``: no other account has a resource of
    that identifier. ``other``: it surely names none of the resources that were read.
    """

    value: Value
    doubt: str = ""
    unique: bool = False
    other: bool = False


def arn_shape(kind: str) -> str:
    """The pattern of every ARN of a kind."""
    service, type_ = _TYPES.get(kind, ("*", ""))
    return f"arn:*:{service}:*:{type_}/*" if type_ else "*"


def own_account(value: Value, account: str | None) -> bool | None:
    """Whether a text is the own account's id: None if that cannot be told."""
    if isinstance(value, str):
        return value == account if account is not None or not re.fullmatch(r"\d{12}", value) else None
    if not isinstance(value, Unknown) or value.parts or value.derived or len(value.references) != 1:
        return None
    reference = value.references[0]
    return True if _CALLER.match(reference.address) and reference.attribute in ("account_id", "id") else None


def named(value: Value, kind: str, view: View, account: str | None) -> Named:
    """The resource in an ARN that is put together from its account and its identifier, or name and path.

    Sources: Service Authorization Reference, Amazon CloudFront (``arn:partition:cloudfront::account:distribution/id``)
    and IAM (``arn:partition:iam::account:role/path-and-name``). A distribution's id is unique in all of AWS.
    """
    unknowns: list[Unknown] = []
    match = _ARN.fullmatch(_flat(value, unknowns)) if isinstance(value, str | Unknown) else None
    if match is None or _TYPES.get(kind) != (match[2], match[4]):
        return Named(value)
    unique = kind == "aws_cloudfront_distribution"
    place = _piece(match[3], unknowns)
    own = True if unique and place == "*" else own_account(place, account)
    if own is None and not isinstance(place, Unknown) and not re.fullmatch(r"\d{12}", str(place)):
        return Named(value)
    found = _identified(match[5], unknowns, kind, view)
    if own is False or (found is None and _surely_other(match[5], kind, view)):
        return Named(value, other=True)
    if found is None:
        return Named(value)
    said = place.describe() if isinstance(place, Unknown) else place
    return Named(
        found, "" if own else f"whether {said} is the own account cannot be told", unique and isinstance(place, str)
    )


def _flat(value: Value, unknowns: list[Unknown]) -> str:
    if isinstance(value, str):
        return value
    if value.parts:
        return "".join(_flat(part, unknowns) for part in value.parts)
    unknowns.append(value)
    return chr(_FIRST + len(unknowns) - 1)


def _piece(text: str, unknowns: Sequence[Unknown]) -> Value:
    number = ord(text) - _FIRST if len(text) == 1 else -1
    return unknowns[number] if 0 <= number < len(unknowns) else text


def _identified(text: str, unknowns: Sequence[Unknown], kind: str, view: View) -> Value:
    """What the last part of an ARN identifies, None if it cannot be told."""
    if kind == "aws_cloudfront_distribution":
        found = _piece(text, unknowns)
        if isinstance(found, Unknown):
            return found if all(one.attribute not in ("", "arn") for one in found.references) else None
        return None if re.search(r"[*?\ue000-\ue0ff]", text) else found
    for resource in view.resources(kind):
        path = _path(resource)
        if path is None:
            continue
        rest = text.removeprefix(path)
        name = _piece(rest, unknowns) if text.startswith(path) else ""
        if isinstance(name, Unknown):
            same = name.references == (Reference(resource.identity, "name"),)
        else:
            same = bool(name) and name == resource.attributes.get("name")
        if same:
            return Unknown(Cause.COMPUTED, (Reference(resource.identity, "arn"),), not_null=True)
    return None


def _path(resource: Resource) -> str | None:
    """A role's or policy's path as it stands in an ARN behind the slash; None if it is not known."""
    path = resource.attributes.get("path") or ("/" if resource.missing == "unset" else None)
    return path.removeprefix("/") if isinstance(path, str) else None


def _surely_other(text: str, kind: str, view: View) -> bool:
    """Whether no resource that was read, and none that was not, has this path and name."""
    if kind == "aws_cloudfront_distribution" or view.all_gaps(kind) or re.search(r"[*?\ue000-\ue0ff]", text):
        return False
    known = [_path(one) is not None and isinstance(one.attributes.get("name"), str) for one in view.resources(kind)]
    return bool(known) and all(known)
