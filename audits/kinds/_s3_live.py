"""What S3 answers about a bucket, in the words of the provider's parts of a bucket. Source: S3 API Reference."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from audits.kinds._shapes import named
from audits.model import Value

GROUPS = {
    "AllUsers": "http://acs.amazonaws.com/groups/global/AllUsers",
    "AuthenticatedUsers": "http://acs.amazonaws.com/groups/global/AuthenticatedUsers",
    "LogDelivery": "http://acs.amazonaws.com/groups/s3/LogDelivery",
}
"""Amazon S3's predefined groups (S3 User Guide, "Access control list (ACL) overview")."""
_STATUS = (("status", "Status"),)


def public_access_block(answer: dict[str, Any]) -> Value:
    """Which kinds of public access are blocked."""
    block = answer["PublicAccessBlockConfiguration"]
    return [
        {
            "block_public_acls": block.get("BlockPublicAcls"),
            "block_public_policy": block.get("BlockPublicPolicy"),
            "ignore_public_acls": block.get("IgnorePublicAcls"),
            "restrict_public_buckets": block.get("RestrictPublicBuckets"),
        }
    ]


def encryption(answer: dict[str, Any]) -> Value:
    """How objects are encrypted by default."""
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


def versioning(answer: dict[str, Any]) -> Value:
    """Whether versions are kept."""
    # "If you have never enabled versioning on a bucket, then it does not have a versioning state": the provider's
    # word for that is Disabled (documentation of aws_s3_bucket_versioning, "status").
    return [{"status": answer.get("Status", "Disabled"), "mfa_delete": answer.get("MFADelete")}]


def cors(answer: dict[str, Any]) -> Value:
    """The CORS rules."""
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


def ownership(answer: dict[str, Any]) -> Value:
    """Who owns objects."""
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


def lifecycle_rule(rule: Mapping[str, Any]) -> dict[str, Value]:
    """A lifecycle rule in the provider's words."""
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


def logging(answer: dict[str, Any]) -> Value:
    """Where access logs go; nothing if they are not kept."""
    enabled = answer.get("LoggingEnabled")
    if not enabled:
        return []
    grants = [
        {"permission": one.get("Permission"), "grantee": [_grantee(one.get("Grantee") or {})]}
        for one in enabled.get("TargetGrants") or ()
    ]
    known = {"target_bucket": enabled["TargetBucket"], "target_prefix": enabled.get("TargetPrefix", "")}
    return [{**known, "target_grant": grants, "target_object_key_format": _key_format(enabled)}]


def _grantee(grantee: Mapping[str, Any]) -> dict[str, Value]:
    names = (("id", "ID"), ("type", "Type"), ("uri", "URI"), ("email_address", "EmailAddress"))
    return named(grantee, names, "")


def _key_format(enabled: Mapping[str, Any]) -> list[Value]:
    form = enabled.get("TargetObjectKeyFormat")
    if not form:
        return []
    partitioned = form.get("PartitionedPrefix")
    return [
        {
            "simple_prefix": [{}] if form.get("SimplePrefix") is not None else [],
            "partitioned_prefix": [{"partition_date_source": partitioned.get("PartitionDateSource")}]
            if partitioned
            else [],
        }
    ]


def website(answer: dict[str, Any]) -> Value:
    """How the bucket serves a website."""
    index, error = answer.get("IndexDocument"), answer.get("ErrorDocument")
    redirect = answer.get("RedirectAllRequestsTo")
    return [
        {
            "index_document": [{"suffix": index.get("Suffix")}] if index else [],
            "error_document": [{"key": error.get("Key")}] if error else [],
            "redirect_all_requests_to": [
                {"host_name": redirect.get("HostName"), "protocol": redirect.get("Protocol", "")}
            ]
            if redirect
            else [],
            "routing_rule": [routing_rule(rule) for rule in answer.get("RoutingRules") or ()],
        }
    ]


def routing_rule(rule: Mapping[str, Any]) -> dict[str, Value]:
    """A routing rule, from AWS's words."""
    condition, redirect = rule.get("Condition"), rule.get("Redirect") or {}
    conditions = (
        ("http_error_code_returned_equals", "HttpErrorCodeReturnedEquals"),
        ("key_prefix_equals", "KeyPrefixEquals"),
    )
    redirects = (
        ("host_name", "HostName"),
        ("http_redirect_code", "HttpRedirectCode"),
        ("protocol", "Protocol"),
        ("replace_key_prefix_with", "ReplaceKeyPrefixWith"),
        ("replace_key_with", "ReplaceKeyWith"),
    )
    return {
        "condition": [named(condition, conditions, "")] if condition else [],
        "redirect": [named(redirect, redirects, "")],
    }


def notification(answer: dict[str, Any]) -> Value:
    """Whom the bucket tells of events; nothing if nobody."""
    targets = (
        ("topic", "TopicConfigurations", "topic_arn", "TopicArn"),
        ("queue", "QueueConfigurations", "queue_arn", "QueueArn"),
        ("lambda_function", "LambdaFunctionConfigurations", "lambda_function_arn", "LambdaFunctionArn"),
    )
    found: dict[str, Value] = {
        name: [_told(one, attribute, key) for one in answer.get(listed) or ()]
        for name, listed, attribute, key in targets
    }
    bridge = answer.get("EventBridgeConfiguration") is not None
    return [{**found, "eventbridge": bridge}] if bridge or any(found.values()) else []


def _told(one: Mapping[str, Any], attribute: str, key: str) -> dict[str, Value]:
    rules = ((one.get("Filter") or {}).get("Key") or {}).get("FilterRules") or ()
    filters = {rule.get("Name", "").lower(): rule.get("Value", "") for rule in rules}
    return {
        "id": one.get("Id", ""),
        attribute: one.get(key),
        "events": sorted(one.get("Events") or ()),
        "filter_prefix": filters.get("prefix", ""),
        "filter_suffix": filters.get("suffix", ""),
    }


def replication(answer: dict[str, Any]) -> Value:
    """Where objects are copied to."""
    configuration = answer["ReplicationConfiguration"]
    return [{"role": configuration.get("Role"), "rule": [_copy(rule) for rule in configuration.get("Rules") or ()]}]


def _copy(rule: Mapping[str, Any]) -> dict[str, Value]:
    criteria = rule.get("SourceSelectionCriteria")
    condition = rule.get("Filter")
    return {
        "id": rule.get("ID"),
        "status": rule.get("Status"),
        "priority": rule.get("Priority", 0),
        "prefix": rule.get("Prefix", ""),
        "filter": [_filter_of_copy(condition)] if condition is not None else [],
        "delete_marker_replication": _block(rule.get("DeleteMarkerReplication"), _STATUS),
        "existing_object_replication": _block(rule.get("ExistingObjectReplication"), _STATUS),
        "destination": [_destination(rule["Destination"])] if rule.get("Destination") else [],
        "source_selection_criteria": [
            {
                "replica_modifications": _block(criteria.get("ReplicaModifications"), _STATUS),
                "sse_kms_encrypted_objects": _block(criteria.get("SseKmsEncryptedObjects"), _STATUS),
            }
        ]
        if criteria
        else [],
    }


def _block(answer: Mapping[str, Any] | None, names: Iterable[tuple[str, str]]) -> list[Value]:
    return [named(answer, names)] if answer else []


def _filter_of_copy(condition: Mapping[str, Any]) -> dict[str, Value]:
    tag, both = condition.get("Tag"), condition.get("And")
    return {
        "prefix": condition.get("Prefix", ""),
        "tag": [{"key": tag["Key"], "value": tag["Value"]}] if tag else [],
        "and": [
            {"prefix": both.get("Prefix", ""), "tags": {one["Key"]: one["Value"] for one in both.get("Tags") or ()}}
        ]
        if both
        else [],
    }


def _destination(destination: Mapping[str, Any]) -> dict[str, Value]:
    time, metrics = destination.get("ReplicationTime"), destination.get("Metrics")
    threshold = (metrics or {}).get("EventThreshold")
    return {
        "bucket": destination["Bucket"],
        "storage_class": destination.get("StorageClass", ""),
        "account": destination.get("Account", ""),
        "access_control_translation": _block(destination.get("AccessControlTranslation"), (("owner", "Owner"),)),
        "encryption_configuration": _block(
            destination.get("EncryptionConfiguration"), (("replica_kms_key_id", "ReplicaKmsKeyID"),)
        ),
        "metrics": [{"status": metrics.get("Status"), "event_threshold": _block(threshold, (("minutes", "Minutes"),))}]
        if metrics
        else [],
        "replication_time": [
            {"status": time.get("Status"), "time": _block(time.get("Time"), (("minutes", "Minutes"),))}
        ]
        if time
        else [],
    }


def grants(answer: dict[str, Any]) -> Value:
    """What the bucket's ACL grants to others than its owner, the permissions of each in one block."""
    owner = (answer.get("Owner") or {}).get("ID")
    found: dict[tuple[str, str, str], set[str]] = {}
    for grant in answer.get("Grants") or ():
        grantee = grant.get("Grantee") or {}
        if grantee.get("ID") is not None and grantee.get("ID") == owner:
            continue
        name = (grantee.get("ID", ""), grantee.get("Type", ""), grantee.get("URI", ""))
        found.setdefault(name, set()).add(grant.get("Permission", ""))
    return [
        {"id": identifier, "type": kind, "uri": uri, "permissions": sorted(permissions)}
        for (identifier, kind, uri), permissions in sorted(found.items())
    ]


def object_lock(answer: dict[str, Any]) -> Value:
    """Whether objects can be locked, and for how long they are by default."""
    configuration = answer["ObjectLockConfiguration"]
    retention = (configuration.get("Rule") or {}).get("DefaultRetention")
    kept = retention and {
        "mode": retention.get("Mode"),
        "days": retention.get("Days", 0),
        "years": retention.get("Years", 0),
    }
    rule = [{"default_retention": [kept]}] if kept else []
    return [{"object_lock_enabled": configuration.get("ObjectLockEnabled", ""), "rule": rule}]
