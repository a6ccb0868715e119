from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from audits.canonical import canonical
from audits.kinds.aws_s3_bucket import KIND
from audits.model import Cause, Observation, Origin, Resource, Unknown
from tests.kinds.support import DENIED, Absent, agrees, converted, finished, live, reference, source

NAME = "glimpse-files-prod"
EVERYBODY = "http://acs.amazonaws.com/groups/global/AllUsers"
POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "cloudfront.amazonaws.com"},
            "Action": "s3:GetObject",
            "Resource": f"arn:aws:s3:::{NAME}/*",
            "Condition": {"StringEquals": {"AWS:SourceArn": "arn:aws:cloudfront::123456789012:distribution/E1"}},
        }
    ],
}
BLOCKED: dict[str, Any] = dict.fromkeys(
    ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"), True
)
FULL: dict[str, Any] = {
    "list_buckets": {"Buckets": [{"Name": NAME, "BucketRegion": "ap-northeast-2"}]},
    "get_bucket_location": {"LocationConstraint": "eu-central-1"},
    "get_bucket_policy": {"Policy": json.dumps(POLICY)},
    "get_public_access_block": {
        "PublicAccessBlockConfiguration": dict.fromkeys(
            ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"), True
        )
    },
    "get_bucket_encryption": {
        "ServerSideEncryptionConfiguration": {
            "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": True}]
        }
    },
    "get_bucket_versioning": {"Status": "Enabled"},
    "get_bucket_cors": {
        "CORSRules": [
            {
                "ID": "uploads",
                "AllowedMethods": ["PUT"],
                "AllowedOrigins": ["https://glimpse.contact"],
                "AllowedHeaders": ["*"],
                "ExposeHeaders": ["ETag"],
                "MaxAgeSeconds": 3000,
            }
        ]
    },
    "get_bucket_lifecycle_configuration": {
        "Rules": [
            {
                "ID": "chat",
                "Status": "Enabled",
                "Filter": {"Prefix": "chat/"},
                "Expiration": {"Days": 90},
                "NoncurrentVersionExpiration": {"NoncurrentDays": 30},
                "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
            },
            {
                "ID": "old",
                "Status": "Disabled",
                "Filter": {"And": {"Prefix": "old/", "Tags": [{"Key": "a", "Value": "b"}]}},
                "Transitions": [{"Date": datetime(2026, 1, 1, tzinfo=UTC), "StorageClass": "GLACIER"}],
                "NoncurrentVersionTransitions": [{"NoncurrentDays": 3, "StorageClass": "GLACIER"}],
            },
        ]
    },
    "get_bucket_ownership_controls": {"OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}},
    "get_bucket_logging": {"LoggingEnabled": {"TargetBucket": "logs", "TargetPrefix": "files/"}},
    "get_bucket_website": {
        "IndexDocument": {"Suffix": "index.html"},
        "ErrorDocument": {"Key": "error.html"},
        "RoutingRules": [{"Condition": {"KeyPrefixEquals": "a/"}, "Redirect": {"ReplaceKeyPrefixWith": "b/"}}],
    },
    "get_bucket_notification_configuration": {
        "TopicConfigurations": [
            {
                "Id": "made",
                "TopicArn": "arn:topic",
                "Events": ["s3:ObjectRemoved:*", "s3:ObjectCreated:*"],
                "Filter": {"Key": {"FilterRules": [{"Name": "Prefix", "Value": "in/"}]}},
            }
        ],
    },
    "get_bucket_replication": {
        "ReplicationConfiguration": {
            "Role": "arn:role",
            "Rules": [
                {
                    "ID": "copy",
                    "Status": "Enabled",
                    "Priority": 1,
                    "Filter": {"And": {"Prefix": "in/", "Tags": [{"Key": "a", "Value": "b"}]}},
                    "DeleteMarkerReplication": {"Status": "Disabled"},
                    "SourceSelectionCriteria": {"SseKmsEncryptedObjects": {"Status": "Enabled"}},
                    "Destination": {
                        "Bucket": "arn:aws:s3:::copy",
                        "StorageClass": "STANDARD",
                        "EncryptionConfiguration": {"ReplicaKmsKeyID": "arn:key"},
                        "ReplicationTime": {"Status": "Enabled", "Time": {"Minutes": 15}},
                        "Metrics": {"Status": "Enabled", "EventThreshold": {"Minutes": 15}},
                    },
                }
            ],
        }
    },
    "get_object_lock_configuration": {
        "ObjectLockConfiguration": {
            "ObjectLockEnabled": "Enabled",
            "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 5}},
        }
    },
    "get_bucket_acl": {
        "Owner": {"ID": "me"},
        "Grants": [
            {"Grantee": {"ID": "me", "Type": "CanonicalUser"}, "Permission": "FULL_CONTROL"},
            {"Grantee": {"Type": "Group", "URI": EVERYBODY}, "Permission": "WRITE"},
            {"Grantee": {"Type": "Group", "URI": EVERYBODY}, "Permission": "READ"},
        ],
    },
    "get_bucket_tagging": {"TagSet": [{"Key": "Name", "Value": NAME}, {"Key": "aws:x", "Value": "y"}]},
}
NONE = {
    "get_bucket_policy": Absent("NoSuchBucketPolicy"),
    "get_public_access_block": Absent("NoSuchPublicAccessBlockConfiguration"),
    "get_bucket_encryption": Absent("ServerSideEncryptionConfigurationNotFoundError"),
    "get_bucket_versioning": {},
    "get_bucket_cors": Absent("NoSuchCORSConfiguration"),
    "get_bucket_lifecycle_configuration": Absent("NoSuchLifecycleConfiguration"),
    "get_bucket_ownership_controls": Absent("OwnershipControlsNotFoundError"),
    "get_bucket_logging": {},
    "get_bucket_website": Absent("NoSuchWebsiteConfiguration"),
    "get_bucket_notification_configuration": {},
    "get_bucket_replication": Absent("ReplicationConfigurationNotFoundError"),
    "get_object_lock_configuration": Absent("ObjectLockConfigurationNotFoundError"),
    "get_bucket_acl": {"Owner": {"ID": "me"}, "Grants": []},
    "get_bucket_tagging": Absent("NoSuchTagSet"),
}


WEBSITE: dict[str, Any] = {
    "index_document": [{"suffix": "index.html"}],
    "error_document": [{"key": "error.html"}],
    "routing_rule": [
        {"condition": [{"key_prefix_equals": "a/"}], "redirect": [{"replace_key_prefix_with": "b/"}]},
    ],
}
TOPIC = {
    "id": "made",
    "topic_arn": "arn:topic",
    "events": ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"],
    "filter_prefix": "in/",
}
COPY = {
    "id": "copy",
    "status": "Enabled",
    "priority": 1,
    "filter": [{"and": [{"prefix": "in/", "tags": {"a": "b"}}]}],
    "delete_marker_replication": [{"status": "Disabled"}],
    "source_selection_criteria": [{"sse_kms_encrypted_objects": [{"status": "Enabled"}]}],
    "destination": [
        {
            "bucket": "arn:aws:s3:::copy",
            "storage_class": "STANDARD",
            "encryption_configuration": [{"replica_kms_key_id": "arn:key"}],
            "replication_time": [{"status": "Enabled", "time": [{"minutes": 15}]}],
            "metrics": [{"status": "Enabled", "event_threshold": [{"minutes": 15}]}],
        }
    ],
}
RETENTION = {"default_retention": [{"mode": "COMPLIANCE", "days": 5}]}


def bucket(**changes: Any) -> Resource:
    (found,) = live(KIND, {("s3", name): answer for name, answer in {**FULL, **changes}.items()})
    return found


def test_both_planes_agree_on_the_documented_bucket() -> None:
    lifecycle = {
        "id": "chat",
        "status": "Enabled",
        "filter": [{"prefix": "chat/"}],
        "expiration": [{"days": 90}],
        "noncurrent_version_expiration": [{"noncurrent_days": 30}],
        "abort_incomplete_multipart_upload": [{"days_after_initiation": 7}],
    }
    old = {"id": "old", "status": "Disabled", "transition": [{"date": "2026-01-01T00:00:00Z"}]}
    cors = {"id": "uploads", "allowed_methods": ["PUT"], "allowed_headers": ["*"], "max_age_seconds": 3000}
    encryption = {"apply_server_side_encryption_by_default": [{"sse_algorithm": "AES256"}], "bucket_key_enabled": True}
    parts = [
        source("aws_s3_bucket_policy", bucket=NAME, policy=POLICY),
        source("aws_s3_bucket_public_access_block", bucket=NAME, **BLOCKED),
        source("aws_s3_bucket_versioning", bucket=NAME, versioning_configuration=[{"status": "Enabled"}]),
        source("aws_s3_bucket_server_side_encryption_configuration", bucket=NAME, rule=[encryption]),
        source("aws_s3_bucket_cors_configuration", bucket=NAME, cors_rule=[cors]),
        source("aws_s3_bucket_lifecycle_configuration", bucket=NAME, rule=[lifecycle, old]),
        source("aws_s3_bucket_ownership_controls", bucket=NAME, rule=[{"object_ownership": "BucketOwnerEnforced"}]),
        source("aws_s3_bucket_logging", bucket=NAME, target_bucket="logs", target_prefix="files/"),
        source("aws_s3_bucket_website_configuration", bucket=NAME, **WEBSITE),
        source("aws_s3_bucket_notification", bucket=NAME, topic=[TOPIC]),
        source("aws_s3_bucket_replication_configuration", bucket=NAME, role="arn:role", rule=[COPY]),
        source("aws_s3_bucket_object_lock_configuration", bucket=NAME, rule=[RETENTION]),
        source("aws_s3_bucket_acl", bucket=NAME, acl="public-read-write"),
    ]
    folded = {name: blocks for one in parts for name, blocks in converted(KIND, one).items()}
    configured = finished(KIND, source("aws_s3_bucket", bucket=NAME, tags={"Name": NAME}, **folded))
    actual = dict(bucket().attributes)
    actual["policy"] = json.loads(actual["policy"])  # the live plane's documents are decoded by the canonical form
    agrees(configured, actual)
    assert len(configured) == 15


def test_what_a_bucket_does_not_have_is_visible() -> None:
    found = bucket(**NONE).attributes
    assert found["policy"] is None
    for name in ("public_access_block", "server_side_encryption_configuration", "cors_rule", "lifecycle_rule"):
        assert found[name] == []
    for name in ("ownership_controls", "logging", "website", "notification", "replication_configuration", "grant"):
        assert found[name] == []
    assert (found["object_lock_configuration"], found["object_lock_enabled"]) == ([], False)
    assert found["versioning"] == [{"status": "Disabled", "mfa_delete": None}]
    assert found["tags"] == found["tags_all"] == {}


@pytest.mark.parametrize(
    ("operation", "attribute"), [(name, None) for name in NONE] + [("get_bucket_location", "region")]
)
def test_a_denied_detail_is_unreadable_and_harms_nothing_else(operation: str, attribute: str | None) -> None:
    buckets = {"Buckets": [{"Name": NAME}]} if attribute else FULL["list_buckets"]
    found = bucket(list_buckets=buckets, **{operation: DENIED}).attributes
    unreadable = {
        name for name, value in found.items() if isinstance(value, Unknown) and value.cause is Cause.UNREADABLE
    }
    expected = {"region": {"region", "bucket_regional_domain_name"}}.get(attribute or "")
    assert unreadable == expected if expected else len(unreadable - {"tags_all", "object_lock_enabled"}) == 1


@pytest.mark.parametrize(
    ("location", "region"), [("eu-central-1", "eu-central-1"), ("EU", "eu-west-1"), (None, "us-east-1")]
)
def test_the_region_is_asked_for_only_where_the_listing_lacks_it(location: str | None, region: str) -> None:
    answer = {} if location is None else {"LocationConstraint": location}
    found = bucket(list_buckets={"Buckets": [{"Name": NAME}]}, get_bucket_location=answer)
    assert found.region == found.attributes["region"] == region
    assert found.attributes["bucket_regional_domain_name"] == f"{NAME}.s3.{region}.amazonaws.com"
    assert bucket().region == "ap-northeast-2"


def test_a_region_that_cannot_be_read_is_not_the_readers() -> None:
    assert bucket(list_buckets={"Buckets": [{"Name": NAME}]}, get_bucket_location=DENIED).region is None


def test_what_is_not_read_is_unknown_rather_than_none() -> None:
    assert bucket().attributes["request_payer"].cause is Cause.UNSUPPORTED


def test_the_folded_policy_becomes_one_document_and_keeps_its_place() -> None:
    place = Origin("bucket.tf", 7)
    folded = Resource("aws_s3_bucket", "b", {"policy": [POLICY]}, missing="unset", origins={"policy[0]": place})
    assert KIND.from_terraform is not None
    found = KIND.from_terraform(folded)
    assert found.attributes["policy"] == POLICY
    assert found.origin_of("policy.Statement[0]") == place


def test_a_policy_of_the_bucket_itself_stays_and_none_is_unset() -> None:
    assert finished(KIND, source("aws_s3_bucket", policy=POLICY)) == {"policy": POLICY}
    assert finished(KIND, source("aws_s3_bucket", policy=[])) == {}
    assert finished(KIND, source("aws_s3_bucket")) == {}


def test_two_policies_contradict_each_other() -> None:
    assert finished(KIND, source("aws_s3_bucket", policy=[POLICY, POLICY]))["policy"].cause is Cause.INVALID


def test_a_policy_that_is_perhaps_this_buckets_is_known_in_nothing() -> None:
    perhaps = Unknown(Cause.VARIABLE, detail="may belong to it", partial=[], open=True, not_null=True)
    found = finished(KIND, source("aws_s3_bucket", policy=perhaps))["policy"]
    assert (found.partial, found.open, found.not_null, found.cause) == (None, False, False, Cause.VARIABLE)


def test_an_unknown_document_stays_as_it_is() -> None:
    document = reference("aws_x.y", "json")
    folded = converted(KIND, source("aws_s3_bucket_policy", bucket=NAME, policy=document))
    assert finished(KIND, source("aws_s3_bucket", **folded))["policy"] == document


def test_unknown_blocks_of_a_part_stand_for_all_of_them() -> None:
    rules = Unknown(Cause.VARIABLE)
    assert converted(KIND, source("aws_s3_bucket_lifecycle_configuration", rule=rules)) == {"lifecycle_rule": rules}


@pytest.mark.parametrize(
    ("block", "words"),
    [
        ({"enabled": True}, {"status": "Enabled"}),
        ({"enabled": True, "mfa_delete": True}, {"status": "Enabled", "mfa_delete": "Enabled"}),
        ({"status": "Suspended"}, {"status": "Suspended"}),
    ],
)
def test_inline_versioning_in_the_words_of_its_sub_resource(block: dict[str, Any], words: dict[str, Any]) -> None:
    assert finished(KIND, source("aws_s3_bucket", versioning=[block]))["versioning"] == [words]


def test_inline_versioning_that_is_off_does_not_tell_suspended_from_never_on() -> None:
    (found,) = finished(KIND, source("aws_s3_bucket", versioning=[{"enabled": False}]))["versioning"]
    assert found["status"].cause is Cause.UNSUPPORTED


def test_inline_versioning_that_is_unknown_stays_so() -> None:
    (found,) = finished(KIND, source("aws_s3_bucket", versioning=[{"enabled": reference("var.v", "")}]))["versioning"]
    assert found["status"].cause is Cause.COMPUTED


def test_inline_lifecycle_in_the_words_of_its_sub_resource() -> None:
    rule = {
        "id": "x",
        "enabled": True,
        "prefix": "logs/",
        "abort_incomplete_multipart_upload_days": 2,
        "expiration": [{"days": 3}],
        "noncurrent_version_expiration": [{"days": 4}],
    }
    (found,) = finished(KIND, source("aws_s3_bucket", lifecycle_rule=[rule]))["lifecycle_rule"]
    assert found == {
        "id": "x",
        "status": "Enabled",
        "filter": [{"prefix": "logs/"}],
        "abort_incomplete_multipart_upload": [{"days_after_initiation": 2}],
        "expiration": [{"days": 3}],
        "noncurrent_version_expiration": [{"noncurrent_days": 4}],
    }
    tagged = {"enabled": False, "tags": {"a": "b"}}
    (found,) = finished(KIND, source("aws_s3_bucket", lifecycle_rule=[tagged]))["lifecycle_rule"]
    assert found == {"status": "Disabled", "filter": [{"and": [{"prefix": "", "tags": {"a": "b"}}]}]}


def test_actions_that_are_not_named_like_their_operation() -> None:
    actions = {read.operation: read.action for read in KIND.reads}
    assert actions["list_buckets"] == "s3:ListAllMyBuckets"
    assert actions["get_public_access_block"] == "s3:GetBucketPublicAccessBlock"
    assert actions["get_bucket_encryption"] == "s3:GetEncryptionConfiguration"
    assert actions["get_bucket_lifecycle_configuration"] == "s3:GetLifecycleConfiguration"
    assert actions["get_bucket_cors"] == "s3:GetBucketCORS"


def settled(**attributes: Any) -> Any:
    """A bucket that source describes, in canonical form."""
    declared = source("aws_s3_bucket", bucket=NAME, **attributes)
    return canonical(Observation("terraform", (declared,)), {KIND.type: KIND}).resources[0].attributes


@pytest.mark.parametrize(
    ("acl", "permissions"),
    [
        ("private", None),
        ("bucket-owner-full-control", None),
        ("public-read", ["READ"]),
        ("public-read-write", ["READ", "WRITE"]),
    ],
)
def test_a_canned_acl_is_what_it_grants(acl: str, permissions: list[str] | None) -> None:
    everybody = {"id": "", "type": "Group", "uri": EVERYBODY, "permissions": permissions}
    expected = [everybody] if permissions else []
    assert converted(KIND, source("aws_s3_bucket_acl", acl=acl)) == {"grant": expected}
    assert settled(acl=acl)["grant"] == expected
    assert settled()["grant"] == []


def test_a_canned_acl_that_cannot_be_told_is_unknown() -> None:
    for acl in ("aws-exec-read", Unknown(Cause.VARIABLE)):
        assert isinstance(converted(KIND, source("aws_s3_bucket_acl", acl=acl))["grant"], Unknown)


def test_grants_of_a_policy_are_those_to_others() -> None:
    group = {"type": "Group", "uri": EVERYBODY}
    grants = [
        {"permission": "FULL_CONTROL", "grantee": [{"id": "me", "type": "CanonicalUser"}]},
        {"permission": "READ", "grantee": [group]},
        {"permission": "READ_ACP", "grantee": [group]},
    ]
    policy = {"owner": [{"id": "me"}], "grant": grants}
    found = converted(KIND, source("aws_s3_bucket_acl", access_control_policy=[policy]))["grant"]
    assert found == [{"id": "", "type": "Group", "uri": EVERYBODY, "permissions": ["READ", "READ_ACP"]}]


def test_a_grant_to_somebody_unknown_is_there() -> None:
    for policy in (
        Unknown(Cause.VARIABLE),
        [{"owner": [{"id": "me"}], "grant": Unknown(Cause.VARIABLE)}],
        [{"owner": [{"id": "me"}], "grant": [{"permission": "READ", "grantee": Unknown(Cause.VARIABLE)}]}],
    ):
        (found,) = converted(KIND, source("aws_s3_bucket_acl", access_control_policy=policy))["grant"]
        assert found["uri"].cause is Cause.VARIABLE


def test_the_deprecated_website_has_the_words_of_its_part() -> None:
    rules = json.dumps(
        [{"Condition": {"KeyPrefixEquals": "a/"}, "Redirect": {"ReplaceKeyPrefixWith": "b/", "HostName": "h"}}]
    )
    inline = {"index_document": "index.html", "error_document": "error.html", "routing_rules": rules}
    (found,) = settled(website=[inline])["website"]
    assert found["index_document"] == [{"suffix": "index.html"}] and found["error_document"] == [{"key": "error.html"}]
    assert found["routing_rule"][0]["redirect"][0]["replace_key_prefix_with"] == "b/"
    by_json = source("aws_s3_bucket_website_configuration", index_document=[{"suffix": "i"}], routing_rules=rules)
    assert converted(KIND, by_json)["website"][0]["routing_rule"] == found["routing_rule"]


@pytest.mark.parametrize(
    ("target", "host", "protocol"),
    [("https://new.example", "new.example", "https"), ("new.example", "new.example", "")],
)
def test_a_website_that_redirects(target: str, host: str, protocol: str) -> None:
    (found,) = settled(website=[{"redirect_all_requests_to": target}])["website"]
    assert found["redirect_all_requests_to"] == [{"host_name": host, "protocol": protocol}]


def test_routing_rules_that_are_none_are_not_nothing() -> None:
    for rules in ("{", "[1]", '{"a": 1}', Unknown(Cause.VARIABLE)):
        website = [{"index_document": "i", "routing_rules": rules}]
        assert isinstance(settled(website=website)["website"][0]["routing_rule"], Unknown)


def test_the_deprecated_replication_rules_are_unknown_rather_than_none() -> None:
    (found,) = settled(replication_configuration=[{"role": "arn:role", "rules": [{"id": "copy"}]}])[
        "replication_configuration"
    ]
    assert found["role"] == "arn:role" and found["rule"].cause is Cause.UNSUPPORTED


def test_notifications_to_an_event_bridge() -> None:
    given = bucket(get_bucket_notification_configuration={"EventBridgeConfiguration": {}}).attributes["notification"]
    assert given == [{"eventbridge": True, "topic": [], "queue": [], "lambda_function": []}]


def test_logs_with_a_key_format() -> None:
    form = {"PartitionedPrefix": {"PartitionDateSource": "EventTime"}}
    enabled = {"TargetBucket": "logs", "TargetPrefix": "", "TargetObjectKeyFormat": form}
    (given,) = bucket(get_bucket_logging={"LoggingEnabled": enabled}).attributes["logging"]
    assert given["target_object_key_format"] == [
        {"simple_prefix": [], "partitioned_prefix": [{"partition_date_source": "EventTime"}]}
    ]
