"""S3 buckets with their sub-resources folded in: one shape, whether a bucket is written inline or in parts.

Canonical shape, with the names of the sub-resources' bodies: ``policy`` (one document), ``public_access_block``
[{block_public_acls, ...}], ``versioning`` [{status, mfa_delete}], ``server_side_encryption_configuration`` [{rule}],
``cors_rule`` [{...}], ``lifecycle_rule`` [{id, status, filter, ...}] (the ``rule`` of the sub-resource),
``ownership_controls`` [{rule}]. What a bucket does not have is ``[]`` (``None`` for the policy) on the live plane.

Sources: provider documentation of ``aws_s3_bucket`` and ``aws_s3_bucket_*``; S3 API Reference; IAM actions from the
Service Authorization Reference, "Actions defined by Amazon S3".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from audits.kind import Default, Kind, Part, Read, Reader
from audits.kinds._shapes import each_block
from audits.model import Cause, Resource, Unknown, Value

_NOT_READ = Unknown(Cause.UNSUPPORTED, detail="this suite does not read it from the account")
_UNREAD = (
    "acceleration_status",
    "acl",
    "force_destroy",
    "grant",
    "hosted_zone_id",
    "logging",
    "object_lock_configuration",
    "object_lock_enabled",
    "replication_configuration",
    "request_payer",
    "website",
    "website_domain",
    "website_endpoint",
)
_PUBLIC_ACCESS = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
_PLAN = "provider 5.100 schema default (the planned value of an aws_s3_bucket_public_access_block without it)"


# -- Terraform ---------------------------------------------------------------------------------------------------------


def _body(*names: str) -> Callable[[Resource], dict[str, Value]]:
    """One block with those of the part's attributes that say how the bucket is."""

    def convert(part: Resource) -> dict[str, Value]:
        return {name: part.attributes[name] for name in names if name in part.attributes}

    return convert


def _one(into: str, *names: str) -> Callable[[Resource], Mapping[str, Any]]:
    body = _body(*names)
    return lambda part: {into: [body(part)]}


def _all(into: str, blocks: str) -> Callable[[Resource], Mapping[str, Any]]:
    """The blocks of a part as blocks of the bucket; an Unknown stands for all of them."""
    return lambda part: {into: part.attributes.get(blocks, [])}


def _policy(part: Resource) -> Mapping[str, Any]:
    """The document in a list, as folding wants it; ``from_terraform`` takes it out again."""
    return {"policy": [part.attributes["policy"]]} if "policy" in part.attributes else {}


def _from_terraform(bucket: Resource) -> Resource:
    attributes = dict(bucket.attributes)
    attributes["policy"] = _only(attributes.get("policy"))
    if attributes["policy"] is None:
        del attributes["policy"]
    folded = {path: at for path, at in bucket.origins.items() if path.startswith("policy[0]")}
    origins = {**bucket.origins, **{path.replace("policy[0]", "policy", 1): at for path, at in folded.items()}}
    for name, convert in (("versioning", _versioning), ("lifecycle_rule", _lifecycle)):
        if name in attributes:
            attributes[name] = each_block(attributes[name], convert)
    return replace(bucket, attributes=attributes, origins=origins)


def _only(policy: Value) -> Value:
    """The one document of a bucket, out of the list that folding made; a perhaps of several is known in nothing."""
    if isinstance(policy, Unknown) and policy.open:
        return replace(policy, partial=None, parts=(), open=False, length=None, not_null=False)
    if not isinstance(policy, list) or not policy:
        return policy or None
    if len(policy) == 1:
        return policy[0]
    return Unknown(Cause.INVALID, detail=f"{len(policy)} policies are declared for a bucket, which has one")


def _versioning(block: dict[str, Value]) -> Value:
    """The deprecated ``versioning { enabled, mfa_delete }`` in the words of ``aws_s3_bucket_versioning``."""
    if "enabled" not in block and not isinstance(block.get("mfa_delete"), bool):
        return block
    words: dict[str, Value] = {"status": _status(block.get("enabled", False))}
    if "mfa_delete" in block:
        words["mfa_delete"] = _choice(block["mfa_delete"], "Enabled", "Disabled")
    return words


def _status(enabled: Value) -> Value:
    # The provider suspends versioning only where it was on; the source does not tell whether it ever was.
    ambiguous = Unknown(Cause.UNSUPPORTED, detail="enabled = false: Suspended, or Disabled if it never was on")
    return _choice(enabled, "Enabled", ambiguous)


def _choice(flag: Value, yes: Value, no: Value) -> Value:
    if isinstance(flag, Unknown):
        return replace(flag, partial=None, parts=())
    return yes if flag is True or flag == "true" else no


def _lifecycle(block: dict[str, Value]) -> Value:
    """The deprecated inline ``lifecycle_rule`` in the words of ``aws_s3_bucket_lifecycle_configuration``."""
    if "enabled" not in block:
        return block
    rule = {key: value for key, value in block.items() if key in ("id", "expiration", "transition")}
    rule["status"] = _choice(block["enabled"], "Enabled", "Disabled")
    prefix, tags = block.get("prefix"), block.get("tags")
    rule["filter"] = [{"and": [{"prefix": prefix or "", "tags": tags}]}] if tags else [{"prefix": prefix or ""}]
    if days := block.get("abort_incomplete_multipart_upload_days"):
        rule["abort_incomplete_multipart_upload"] = [{"days_after_initiation": days}]
    for name in ("noncurrent_version_expiration", "noncurrent_version_transition"):
        if name in block:
            rule[name] = each_block(block[name], _noncurrent)
    return rule


def _noncurrent(block: dict[str, Value]) -> Value:
    return {"noncurrent_days" if key == "days" else key: value for key, value in block.items()}


# -- live --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Detail:
    """One question about a bucket: what it is asked with, what the answer means, and what "there is none" means."""

    attribute: str
    operation: str
    convert: Callable[[dict[str, Any]], Value]
    none: Value


def _public_access_block(answer: dict[str, Any]) -> Value:
    block = answer["PublicAccessBlockConfiguration"]
    return [
        {
            "block_public_acls": block.get("BlockPublicAcls"),
            "block_public_policy": block.get("BlockPublicPolicy"),
            "ignore_public_acls": block.get("IgnorePublicAcls"),
            "restrict_public_buckets": block.get("RestrictPublicBuckets"),
        }
    ]


def _encryption(answer: dict[str, Any]) -> Value:
    rules = []
    for rule in answer["ServerSideEncryptionConfiguration"]["Rules"]:
        default = rule.get("ApplyServerSideEncryptionByDefault")
        block = default and {
            "sse_algorithm": default["SSEAlgorithm"],
            "kms_master_key_id": default.get("KMSMasterKeyID"),
        }
        rules.append(
            {
                "apply_server_side_encryption_by_default": [block] if block else [],
                "bucket_key_enabled": rule.get("BucketKeyEnabled"),
            }
        )
    return [{"rule": rules}]


def _live_versioning(answer: dict[str, Any]) -> Value:
    # "If you have never enabled versioning on a bucket, then it does not have a versioning state": the provider's
    # word for that is Disabled (documentation of aws_s3_bucket_versioning, "status").
    return [{"status": answer.get("Status", "Disabled"), "mfa_delete": answer.get("MFADelete")}]


def _cors(answer: dict[str, Any]) -> Value:
    return [
        {
            "id": rule.get("ID"),
            "allowed_headers": list(rule.get("AllowedHeaders", ())),
            "allowed_methods": list(rule["AllowedMethods"]),
            "allowed_origins": list(rule["AllowedOrigins"]),
            "expose_headers": list(rule.get("ExposeHeaders", ())),
            "max_age_seconds": rule.get("MaxAgeSeconds"),
        }
        for rule in answer.get("CORSRules", ())
    ]


def _ownership(answer: dict[str, Any]) -> Value:
    rules = answer["OwnershipControls"]["Rules"]
    return [{"rule": [{"object_ownership": rule["ObjectOwnership"]} for rule in rules]}]


def _when(block: Mapping[str, Any]) -> dict[str, Value]:
    date = block.get("Date")
    return {
        "date": date.strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(date, datetime) else date,
        "days": block.get("Days"),
    }


def _noncurrent_block(block: Mapping[str, Any]) -> dict[str, Value]:
    return {
        "newer_noncurrent_versions": block.get("NewerNoncurrentVersions"),
        "noncurrent_days": block.get("NoncurrentDays"),
    }


def _filter(condition: Mapping[str, Any]) -> dict[str, Value]:
    tag, both = condition.get("Tag"), condition.get("And")
    return {**_sizes(condition), "tag": [{"key": tag["Key"], "value": tag["Value"]}] if tag else [], "and": _and(both)}


def _sizes(condition: Mapping[str, Any]) -> dict[str, Value]:
    return {
        "prefix": condition.get("Prefix"),
        "object_size_greater_than": condition.get("ObjectSizeGreaterThan"),
        "object_size_less_than": condition.get("ObjectSizeLessThan"),
    }


def _and(condition: Mapping[str, Any] | None) -> list[Value]:
    if condition is None:
        return []
    return [{**_sizes(condition), "tags": {tag["Key"]: tag["Value"] for tag in condition.get("Tags", ())}}]


def _lifecycle_rule(rule: Mapping[str, Any]) -> dict[str, Value]:
    expiration, aborts = rule.get("Expiration"), rule.get("AbortIncompleteMultipartUpload")
    expired = expiration and {
        **_when(expiration),
        "expired_object_delete_marker": expiration.get("ExpiredObjectDeleteMarker"),
    }
    noncurrent = rule.get("NoncurrentVersionExpiration")
    return {
        "id": rule.get("ID"),
        "status": rule["Status"],
        "prefix": rule.get("Prefix"),
        "filter": [_filter(rule["Filter"])] if rule.get("Filter") is not None else [],
        "expiration": [expired] if expired else [],
        "transition": [
            {**_when(item), "storage_class": item.get("StorageClass")} for item in rule.get("Transitions", ())
        ],
        "noncurrent_version_expiration": [_noncurrent_block(noncurrent)] if noncurrent else [],
        "noncurrent_version_transition": [
            {**_noncurrent_block(item), "storage_class": item.get("StorageClass")}
            for item in rule.get("NoncurrentVersionTransitions", ())
        ],
        "abort_incomplete_multipart_upload": (
            [{"days_after_initiation": aborts.get("DaysAfterInitiation")}] if aborts else []
        ),
    }


_DETAILS = (
    _Detail("policy", "get_bucket_policy", lambda answer: answer["Policy"], None),
    _Detail("public_access_block", "get_public_access_block", _public_access_block, []),
    _Detail("server_side_encryption_configuration", "get_bucket_encryption", _encryption, []),
    _Detail("versioning", "get_bucket_versioning", _live_versioning, []),
    _Detail("cors_rule", "get_bucket_cors", _cors, []),
    _Detail(
        "lifecycle_rule",
        "get_bucket_lifecycle_configuration",
        lambda answer: [_lifecycle_rule(rule) for rule in answer.get("Rules", ())],
        [],
    ),
    _Detail("ownership_controls", "get_bucket_ownership_controls", _ownership, []),
    _Detail(
        "tags",
        "get_bucket_tagging",
        lambda answer: {tag["Key"]: tag["Value"] for tag in answer["TagSet"] if not tag["Key"].startswith("aws:")},
        {},
    ),
)


def _from_live(reader: Reader) -> list[Resource]:
    # Only a request with a parameter is answered with each bucket's region (S3 API Reference, ListBuckets).
    buckets = reader.pages("s3", "list_buckets", "Buckets", MaxBuckets=1000)
    return reader.each(buckets, lambda bucket: _resource(reader, bucket))


def _arn(reader: Reader, name: str) -> str:
    return f"arn:{reader.partition}:s3:::{name}"


def _ask(reader: Reader, bucket: str, detail: _Detail) -> Value:
    answer = reader.detail(
        "s3", detail.operation, resource=_arn(reader, bucket), attribute=detail.attribute, Bucket=bucket
    )
    if answer is None:
        return detail.none
    return answer if isinstance(answer, Unknown) else detail.convert(answer)


def _region(reader: Reader, bucket: Mapping[str, Any]) -> str | Unknown:
    if region := bucket.get("BucketRegion"):
        return str(region)
    name = bucket["Name"]
    answer = reader.detail("s3", "get_bucket_location", resource=_arn(reader, name), attribute="region", Bucket=name)
    if not isinstance(answer, dict):
        return answer or Unknown(Cause.UNREADABLE, detail="AWS gave no location")
    # "Buckets in Region us-east-1 have a LocationConstraint of null"; EU is eu-west-1's old name (GetBucketLocation)
    location = answer.get("LocationConstraint") or "us-east-1"
    return "eu-west-1" if location == "EU" else str(location)


def _resource(reader: Reader, bucket: Mapping[str, Any]) -> Resource:
    name, region = bucket["Name"], _region(reader, bucket)
    answers = reader.each(_DETAILS, lambda detail: _ask(reader, name, detail))
    details = {detail.attribute: answer for detail, answer in zip(_DETAILS, answers, strict=True)}
    suffix = "amazonaws.com.cn" if reader.partition == "aws-cn" else "amazonaws.com"
    attributes = {
        **dict.fromkeys(_UNREAD, _NOT_READ),
        "id": name,
        "bucket": name,
        "arn": _arn(reader, name),
        "region": region,
        "bucket_domain_name": f"{name}.s3.{suffix}",
        "bucket_regional_domain_name": region if isinstance(region, Unknown) else f"{name}.s3.{region}.{suffix}",
        **details,
        "tags_all": details["tags"],
    }
    known = None if isinstance(region, Unknown) else region
    # A region that could not be read is none, not the reader's.
    return replace(reader.resource("aws_s3_bucket", _arn(reader, name), attributes, region=known), region=known)


def _read(operation: str, action: str, *absent: str) -> Read:
    return Read("s3", operation, f"s3:{action}", absent)


def _part(name: str, into: str, convert: Callable[[Resource], Mapping[str, Any]]) -> Part:
    return Part(f"aws_s3_bucket_{name}", "bucket", (into,), ("id", "bucket"), convert, many=False)


KIND = Kind(
    type="aws_s3_bucket",
    identity=("bucket",),
    names=("id", "arn", "bucket", "bucket_domain_name", "bucket_regional_domain_name"),
    scope="global",
    reads=(
        _read("list_buckets", "ListAllMyBuckets"),
        _read("get_bucket_location", "GetBucketLocation"),
        _read("get_bucket_policy", "GetBucketPolicy", "NoSuchBucketPolicy"),
        _read("get_public_access_block", "GetBucketPublicAccessBlock", "NoSuchPublicAccessBlockConfiguration"),
        _read("get_bucket_encryption", "GetEncryptionConfiguration", "ServerSideEncryptionConfigurationNotFoundError"),
        _read("get_bucket_versioning", "GetBucketVersioning"),
        _read("get_bucket_cors", "GetBucketCORS", "NoSuchCORSConfiguration"),
        _read("get_bucket_lifecycle_configuration", "GetLifecycleConfiguration", "NoSuchLifecycleConfiguration"),
        _read("get_bucket_ownership_controls", "GetBucketOwnershipControls", "OwnershipControlsNotFoundError"),
        _read("get_bucket_tagging", "GetBucketTagging", "NoSuchTagSet"),
    ),
    documents=("policy",),
    defaults={f"public_access_block[*].{name}": Default(False, _PLAN) for name in _PUBLIC_ACCESS},
    parts=(
        _part("policy", "policy", _policy),
        _part("public_access_block", "public_access_block", _one("public_access_block", *_PUBLIC_ACCESS)),
        _part("versioning", "versioning", _all("versioning", "versioning_configuration")),
        _part(
            "server_side_encryption_configuration",
            "server_side_encryption_configuration",
            _one("server_side_encryption_configuration", "rule"),
        ),
        _part("cors_configuration", "cors_rule", _all("cors_rule", "cors_rule")),
        _part("lifecycle_configuration", "lifecycle_rule", _all("lifecycle_rule", "rule")),
        _part("ownership_controls", "ownership_controls", _one("ownership_controls", "rule")),
    ),
    extra={
        "public_access_block": ["list", ["object", dict.fromkeys(_PUBLIC_ACCESS, "bool")]],
        "versioning": ["list", ["object", {"status": "string", "mfa_delete": "string"}]],
        "cors_rule": ["set", "dynamic"],
        "lifecycle_rule": ["list", "dynamic"],
        "ownership_controls": ["list", ["object", {"rule": ["list", ["object", {"object_ownership": "string"}]]}]],
    },
    from_terraform=_from_terraform,
    from_live=_from_live,
)
