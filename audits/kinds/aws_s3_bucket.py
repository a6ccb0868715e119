"""S3 buckets with their sub-resources folded in: one shape, whether a bucket is written inline or in parts.

Canonical shape, with the names of the sub-resources' bodies: ``policy`` (one document), ``public_access_block``
[{block_public_acls, ...}], ``versioning`` [{status, mfa_delete}], ``server_side_encryption_configuration`` [{rule}],
``cors_rule`` [{...}], ``lifecycle_rule`` [{id, status, filter, ...}] (the ``rule`` of the sub-resource),
``ownership_controls`` [{rule}], ``logging``, ``website``, ``notification``, ``object_lock_configuration`` and
``replication_configuration`` as their parts have them, and ``grant`` [{id, type, uri, permissions}]: what the ACL
grants to others than the owner. What a bucket does not have is ``[]`` (``None`` for the policy) on the live plane.

Sources: provider documentation of ``aws_s3_bucket`` and ``aws_s3_bucket_*``; S3 API Reference; IAM actions from the
Service Authorization Reference, "Actions defined by Amazon S3".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from audits.kind import Default, Kind, Part, Read, Reader
from audits.kinds import _s3_live as told
from audits.kinds import _s3_source as source
from audits.kinds._details import document
from audits.kinds._shapes import each_block
from audits.model import Cause, Resource, Unknown, Value

_NOT_READ = Unknown(Cause.UNSUPPORTED, detail="this suite does not read it from the account")
_UNREAD = (
    "acceleration_status",
    "acl",
    "force_destroy",
    "hosted_zone_id",
    "request_payer",
    "website_domain",
    "website_endpoint",
)
_PUBLIC_ACCESS = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
_LOGGING = ("target_bucket", "target_prefix", "target_grant", "target_object_key_format")
_NOTIFICATION = ("eventbridge", "lambda_function", "queue", "topic")
_OWNER_ONLY = (
    "S3 User Guide, access control list overview: by default an ACL grants the owner full control, and others nothing"
    " (and none is declared for this one)"
)
_PLAN = "provider 5.100 schema default (the planned value of an aws_s3_bucket_public_access_block without it)"


# -- Terraform ---------------------------------------------------------------------------------------------------------


def _from_terraform(bucket: Resource) -> Resource:
    attributes = dict(bucket.attributes)
    attributes["policy"] = _only(attributes.get("policy"))
    if attributes["policy"] is None:
        del attributes["policy"]
    folded = {path: at for path, at in bucket.origins.items() if path.startswith("policy[0]")}
    origins = {**bucket.origins, **{path.replace("policy[0]", "policy", 1): at for path, at in folded.items()}}
    for name, convert in _DEPRECATED:
        if name in attributes:
            attributes[name] = each_block(attributes[name], convert)
    if "grant" not in attributes and attributes.get("acl") is not None:
        attributes["grant"] = source.canned(attributes["acl"])
    return replace(bucket, attributes=attributes, origins=origins)


_DEPRECATED: tuple[tuple[str, Callable[[dict[str, Value]], Value]], ...] = (
    ("versioning", source.versioning),
    ("lifecycle_rule", source.lifecycle),
    ("website", source.website),
    ("replication_configuration", source.replication),
)
"""Blocks of the bucket that the provider words otherwise than the part which takes their place."""


def _only(policy: Value) -> Value:
    """The one document of a bucket, out of the list that folding made; a perhaps of several is known in nothing."""
    if isinstance(policy, Unknown) and policy.open:
        return replace(policy, partial=None, parts=(), open=False, length=None, not_null=False)
    if not isinstance(policy, list) or not policy:
        return policy or None
    if len(policy) == 1:
        return policy[0]
    return Unknown(Cause.INVALID, detail=f"{len(policy)} policies are declared for a bucket, which has one")


# -- live --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Detail:
    """One question about a bucket: what it is asked with, what the answer means, and what "there is none" means."""

    attribute: str
    operation: str
    convert: Callable[[dict[str, Any]], Value]
    none: Value


_DETAILS = (
    _Detail("policy", "get_bucket_policy", lambda answer: answer["Policy"], None),
    _Detail("public_access_block", "get_public_access_block", told.public_access_block, []),
    _Detail("server_side_encryption_configuration", "get_bucket_encryption", told.encryption, []),
    _Detail("versioning", "get_bucket_versioning", told.versioning, []),
    _Detail("cors_rule", "get_bucket_cors", told.cors, []),
    _Detail(
        "lifecycle_rule",
        "get_bucket_lifecycle_configuration",
        lambda answer: [told.lifecycle_rule(rule) for rule in answer.get("Rules", ())],
        [],
    ),
    _Detail("ownership_controls", "get_bucket_ownership_controls", told.ownership, []),
    _Detail("logging", "get_bucket_logging", told.logging, []),
    _Detail("website", "get_bucket_website", told.website, []),
    _Detail("notification", "get_bucket_notification_configuration", told.notification, []),
    _Detail("replication_configuration", "get_bucket_replication", told.replication, []),
    _Detail("object_lock_configuration", "get_object_lock_configuration", told.object_lock, []),
    _Detail("grant", "get_bucket_acl", told.grants, []),
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
    name = bucket["Name"]
    asked = (partial(_region, reader, bucket), *(partial(_ask, reader, name, detail) for detail in _DETAILS))
    region, *answers = reader.each(asked, lambda ask: ask())
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
        "object_lock_enabled": _locked(details["object_lock_configuration"]),
        "tags_all": details["tags"],
    }
    known = None if isinstance(region, Unknown) else region
    # A region that could not be read is none, not the reader's.
    return replace(reader.resource("aws_s3_bucket", _arn(reader, name), attributes, region=known), region=known)


def _locked(configuration: Value) -> Value:
    return configuration if isinstance(configuration, Unknown) else bool(configuration)


def _read(operation: str, action: str, *absent: str) -> Read:
    return Read("s3", operation, f"s3:{action}", absent)


def _part(name: str, into: str, convert: Callable[[Resource], Mapping[str, Any]]) -> Part:
    return Part(f"aws_s3_bucket_{name}", "bucket", (into,), ("id", "bucket"), convert, many=False)


KIND = Kind(
    type="aws_s3_bucket",
    identity=("bucket",),
    names=("id", "arn", "bucket", "bucket_domain_name", "bucket_regional_domain_name"),
    scope="global",
    on_demand={
        # What a bucket's policy grants counts wherever access to it does.
        **{detail.attribute: (detail.attribute,) for detail in _DETAILS if detail.attribute != "policy"},
        "object_lock_configuration": ("object_lock_configuration", "object_lock_enabled"),
        "tags": ("tags", "tags_all"),
    },
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
        _read("get_bucket_logging", "GetBucketLogging"),
        _read("get_bucket_website", "GetBucketWebsite", "NoSuchWebsiteConfiguration"),
        _read("get_bucket_notification_configuration", "GetBucketNotification"),
        _read("get_bucket_replication", "GetReplicationConfiguration", "ReplicationConfigurationNotFoundError"),
        _read(
            "get_object_lock_configuration",
            "GetBucketObjectLockConfiguration",
            "ObjectLockConfigurationNotFoundError",
        ),
        _read("get_bucket_acl", "GetBucketAcl"),
        _read("get_bucket_tagging", "GetBucketTagging", "NoSuchTagSet"),
    ),
    documents=("policy",),
    defaults={
        **{f"public_access_block[*].{name}": Default(False, _PLAN) for name in _PUBLIC_ACCESS},
        "grant": Default([], _OWNER_ONLY),
    },
    parts=(
        _part("policy", "policy", document("policy")),
        _part("public_access_block", "public_access_block", source.one_block("public_access_block", *_PUBLIC_ACCESS)),
        _part("versioning", "versioning", source.all_blocks("versioning", "versioning_configuration")),
        _part(
            "server_side_encryption_configuration",
            "server_side_encryption_configuration",
            source.one_block("server_side_encryption_configuration", "rule"),
        ),
        _part("cors_configuration", "cors_rule", source.all_blocks("cors_rule", "cors_rule")),
        _part("lifecycle_configuration", "lifecycle_rule", source.all_blocks("lifecycle_rule", "rule")),
        _part("ownership_controls", "ownership_controls", source.one_block("ownership_controls", "rule")),
        _part("logging", "logging", source.one_block("logging", *_LOGGING)),
        _part("website_configuration", "website", source.website_part),
        _part("notification", "notification", source.one_block("notification", *_NOTIFICATION)),
        _part(
            "replication_configuration",
            "replication_configuration",
            source.one_block("replication_configuration", "role", "rule"),
        ),
        _part(
            "object_lock_configuration",
            "object_lock_configuration",
            source.one_block("object_lock_configuration", "object_lock_enabled", "rule"),
        ),
        _part("acl", "grant", source.acl_part),
    ),
    extra={
        "public_access_block": ["list", ["object", dict.fromkeys(_PUBLIC_ACCESS, "bool")]],
        "versioning": ["list", ["object", {"status": "string", "mfa_delete": "string"}]],
        "cors_rule": ["set", "dynamic"],
        "lifecycle_rule": ["list", "dynamic"],
        "logging": ["list", "dynamic"],
        "website": ["list", "dynamic"],
        "notification": ["list", "dynamic"],
        "replication_configuration": ["list", "dynamic"],
        "object_lock_configuration": ["list", "dynamic"],
        "grant": ["list", "dynamic"],
        "ownership_controls": ["list", ["object", {"rule": ["list", ["object", {"object_ownership": "string"}]]}]],
    },
    from_terraform=_from_terraform,
    from_live=_from_live,
)
