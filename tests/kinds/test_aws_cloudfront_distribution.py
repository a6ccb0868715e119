from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from audits.kinds.aws_cloudfront_distribution import KIND, shadowed
from audits.model import Cause, Resource, Unknown
from tests.kinds.support import agrees, finished, live, reference, source

ARN = "arn:aws:cloudfront::123456789012:distribution/E1"
DOMAIN = "glimpse-files-prod.s3.ap-northeast-2.amazonaws.com"


def behavior(**changes: Any) -> dict[str, Any]:
    return {
        "TargetOriginId": "s3",
        "ViewerProtocolPolicy": "redirect-to-https",
        "AllowedMethods": {
            "Quantity": 2,
            "Items": ["GET", "HEAD"],
            "CachedMethods": {"Quantity": 2, "Items": ["GET", "HEAD"]},
        },
        "Compress": True,
        "SmoothStreaming": False,
        "TrustedSigners": {"Enabled": False, "Quantity": 0},
        "TrustedKeyGroups": {"Enabled": False, "Quantity": 0},
        "LambdaFunctionAssociations": {
            "Quantity": 1,
            "Items": [{"LambdaFunctionARN": "arn:l", "EventType": "viewer-request", "IncludeBody": False}],
        },
        "FunctionAssociations": {"Quantity": 1, "Items": [{"FunctionARN": "arn:f", "EventType": "viewer-request"}]},
        "FieldLevelEncryptionId": "",
        "GrpcConfig": {"Enabled": False},
        "ForwardedValues": {
            "QueryString": False,
            "Cookies": {"Forward": "none"},
            "Headers": {"Quantity": 0},
            "QueryStringCacheKeys": {"Quantity": 0},
        },
        "MinTTL": 0,
        "DefaultTTL": 86400,
        "MaxTTL": 31536000,
        **changes,
    }


def cached(policy: str) -> dict[str, Any]:
    found = behavior(CachePolicyId=policy, PathPattern="/other/*")
    return {
        key: value for key, value in found.items() if key not in ("ForwardedValues", "MinTTL", "DefaultTTL", "MaxTTL")
    }


def distribution(**changes: Any) -> Resource:
    origins = [
        {
            "Id": "s3",
            "DomainName": DOMAIN,
            "OriginPath": "",
            "CustomHeaders": {"Quantity": 0},
            "S3OriginConfig": {"OriginAccessIdentity": ""},
            "ConnectionAttempts": 3,
            "ConnectionTimeout": 10,
            "OriginShield": {"Enabled": False},
            "OriginAccessControlId": "E2OAC",
        },
        {
            "Id": "api",
            "DomainName": "api.example.com",
            "OriginPath": "/v1",
            "CustomHeaders": {"Quantity": 1, "Items": [{"HeaderName": "X-Verify", "HeaderValue": "hush"}]},
            "CustomOriginConfig": {
                "HTTPPort": 80,
                "HTTPSPort": 443,
                "OriginProtocolPolicy": "https-only",
                "OriginSslProtocols": {"Quantity": 1, "Items": ["TLSv1.2"]},
                "OriginReadTimeout": 30,
                "OriginKeepaliveTimeout": 5,
            },
            "OriginShield": {"Enabled": True, "OriginShieldRegion": "ap-northeast-2"},
        },
        {"Id": "old", "DomainName": DOMAIN, "S3OriginConfig": {"OriginAccessIdentity": "origin-access-identity/E3"}},
        {"Id": "vpc", "DomainName": "x", "VpcOriginConfig": {"VpcOriginId": "vo_1", "OriginReadTimeout": 30}},
    ]
    paths = [("/profiles/*", 604800), ("/groups/*", 1209600), ("/chat/*", 86400)]
    ordered = [behavior(PathPattern=path, DefaultTTL=ttl) for path, ttl in paths] + [cached("policy-1")]
    summary = {
        "Id": "E1",
        "ARN": ARN,
        "ETag": "ETAG1",
        "Status": "Deployed",
        "LastModifiedTime": datetime(2025, 10, 1, tzinfo=UTC),
        "DomainName": "d1.cloudfront.net",
        "Aliases": {"Quantity": 1, "Items": ["cdn.glimpse.contact"]},
        "Origins": {"Quantity": 4, "Items": origins},
        "OriginGroups": {
            "Quantity": 1,
            "Items": [
                {
                    "Id": "both",
                    "FailoverCriteria": {"StatusCodes": {"Quantity": 1, "Items": [500]}},
                    "Members": {"Quantity": 2, "Items": [{"OriginId": "s3"}, {"OriginId": "api"}]},
                }
            ],
        },
        "DefaultCacheBehavior": behavior(),
        "CacheBehaviors": {"Quantity": len(ordered), "Items": ordered},
        "CustomErrorResponses": {
            "Quantity": 2,
            "Items": [
                {"ErrorCode": 404, "ResponseCode": "200", "ResponsePagePath": "/", "ErrorCachingMinTTL": 10},
                {"ErrorCode": 500, "ResponseCode": "", "ResponsePagePath": "", "ErrorCachingMinTTL": 0},
            ],
        },
        "Comment": "",
        "PriceClass": "PriceClass_200",
        "Enabled": True,
        "ViewerCertificate": {
            "CloudFrontDefaultCertificate": False,
            "ACMCertificateArn": "arn:acm",
            "SSLSupportMethod": "sni-only",
            "MinimumProtocolVersion": "TLSv1.2_2021",
        },
        "Restrictions": {"GeoRestriction": {"RestrictionType": "whitelist", "Quantity": 1, "Items": ["KR"]}},
        "WebACLId": "",
        "HttpVersion": "http2and3",
        "IsIPV6Enabled": True,
        "Staging": False,
        **changes,
    }
    pages = [{"DistributionList": {"Quantity": 1, "Items": [summary]}}, {"DistributionList": {"Quantity": 0}}]
    (found,) = live(KIND, {("cloudfront", "list_distributions"): pages})
    return found


def test_both_planes_agree_on_the_documented_distribution() -> None:
    behaviors = [
        {
            "path_pattern": path,
            "target_origin_id": "s3",
            "viewer_protocol_policy": "redirect-to-https",
            "allowed_methods": ["GET", "HEAD"],
            "cached_methods": ["GET", "HEAD"],
            "min_ttl": 0,
            "default_ttl": ttl,
            "max_ttl": 31536000,
            "forwarded_values": [{"query_string": False, "cookies": [{"forward": "none"}]}],
        }
        for path, ttl in (("/profiles/*", 604800), ("/groups/*", 1209600), ("/chat/*", 86400))
    ]
    oac = reference("aws_cloudfront_origin_access_control.this", "id")
    actual = dict(distribution().attributes)
    agrees(
        {
            "enabled": True,
            "http_version": "http2and3",
            "price_class": "PriceClass_200",
            "aliases": ["cdn.glimpse.contact"],
            "restrictions": [{"geo_restriction": [{"restriction_type": "whitelist", "locations": ["KR"]}]}],
            "viewer_certificate": [{"acm_certificate_arn": "arn:acm", "minimum_protocol_version": "TLSv1.2_2021"}],
        },
        actual,
    )
    agrees(behaviors, actual["ordered_cache_behavior"][:3])
    agrees([{"origin_id": "s3", "domain_name": DOMAIN, "origin_access_control_id": oac}], actual["origin"][:1])
    assert actual["origin"][0]["origin_access_control_id"] == "E2OAC"
    assert actual["last_modified_time"] == "2025-10-01 00:00:00 +0000 UTC"


def test_declared_defaults_are_what_aws_answers_for_them() -> None:
    s3 = distribution().attributes["origin"][0]
    for name in ("connection_attempts", "connection_timeout", "origin_path"):
        assert s3[name] == KIND.defaults[f"origin[*].{name}"].value
    assert distribution().attributes["origin"][2]["origin_access_control_id"] == ""


def test_kinds_of_origin() -> None:
    s3, api, old, vpc = distribution().attributes["origin"]
    assert s3["s3_origin_config"] == [] and s3["origin_shield"] == [] and s3["custom_header"] == []
    assert old["s3_origin_config"] == [{"origin_access_identity": "origin-access-identity/E3"}]
    assert api["custom_origin_config"][0]["origin_ssl_protocols"] == ["TLSv1.2"]
    assert api["origin_shield"] == [{"enabled": True, "origin_shield_region": "ap-northeast-2"}]
    assert vpc["vpc_origin_config"][0]["vpc_origin_id"] == "vo_1"
    assert KIND.secrets == ("origin[*].custom_header[*].value",)


def test_blocks_that_switch_nothing_on_are_none_on_either_plane() -> None:
    origin = {
        "origin_id": "s3",
        "s3_origin_config": [{"origin_access_identity": ""}],
        "origin_shield": [{"enabled": False}],
    }
    written = source(
        "aws_cloudfront_distribution", origin=[origin], default_cache_behavior=[{"grpc_config": [{"enabled": False}]}]
    )
    found = finished(KIND, written)
    assert found["origin"] == [{"origin_id": "s3", "s3_origin_config": [], "origin_shield": []}]
    assert found["default_cache_behavior"] == [{"grpc_config": []}]
    assert distribution().attributes["default_cache_behavior"][0]["grpc_config"] == []
    unknown = [{"origin_access_identity": Unknown(Cause.VARIABLE)}]
    kept = finished(KIND, source("aws_cloudfront_distribution", origin=[{"s3_origin_config": unknown}]))
    assert kept["origin"] == [{"s3_origin_config": unknown}]
    whole = finished(KIND, source("aws_cloudfront_distribution", origin=unknown[0]))
    assert whole == {"origin": unknown[0], "shadowed_behaviors": []}


def test_a_behaviour_with_a_cache_policy_has_no_times_of_its_own() -> None:
    found = distribution().attributes["ordered_cache_behavior"][3]
    assert found["cache_policy_id"] == "policy-1"
    assert (found["min_ttl"], found["default_ttl"], found["max_ttl"], found["forwarded_values"]) == (
        None,
        None,
        None,
        [],
    )


def test_functions_groups_and_error_pages() -> None:
    found = distribution().attributes
    default = found["default_cache_behavior"][0]
    assert default["function_association"] == [{"event_type": "viewer-request", "function_arn": "arn:f"}]
    assert default["lambda_function_association"][0]["include_body"] is False
    assert found["origin_group"][0]["member"] == [{"origin_id": "s3"}, {"origin_id": "api"}]
    assert [page["response_code"] for page in found["custom_error_response"]] == [200, None]


def test_what_the_summary_lacks_is_unknown_rather_than_none() -> None:
    found = distribution().attributes
    for name in ("logging_config", "default_root_object", "tags"):
        assert found[name].cause is Cause.UNSUPPORTED


def test_no_behaviours_no_aliases_no_restriction() -> None:
    none = {"RestrictionType": "none", "Quantity": 0}
    found = distribution(
        Aliases={"Quantity": 0}, CacheBehaviors={"Quantity": 0}, Restrictions={"GeoRestriction": none}
    ).attributes
    assert found["aliases"] == found["ordered_cache_behavior"] == []
    assert found["restrictions"] == [{"geo_restriction": [{"restriction_type": "none", "locations": []}]}]


@pytest.mark.parametrize(
    ("patterns", "hidden"),
    [
        (["/profiles/*", "/groups/*", "/chat/*"], []),
        (["/profiles/*", "*"], []),
        (["*", "/profiles/*"], ["/profiles/*"]),
        (["/*", "profiles/*"], ["profiles/*"]),
        (["/pro*", "/profiles/*", "/groups/*"], ["/profiles/*"]),
        (["/profiles/*", "/profiles/*"], ["/profiles/*"]),
        (["/profiles/a", "/profiles/*"], []),
        (["/?rofiles/*", "/profiles/*"], ["/profiles/*"]),
        (["/profile?/*", "/profile?/*"], ["/profile?/*"]),
        (["/profiles/?", "/profiles/*"], []),
        (["/profile??/*", "/profiles/*"], []),
        (["/profiles/*", "/profile?/*"], []),
        (["/*?/*", "/profiles/*"], ["/profiles/*"]),
        (["/*.jpg", "/profiles/*"], []),
        (["/*.jpg", "/profiles/*.jpg"], ["/profiles/*.jpg"]),
    ],
)
def test_a_behavior_behind_a_wider_one_is_hidden(patterns: list[str], hidden: list[str]) -> None:
    found = shadowed([{"path_pattern": pattern} for pattern in patterns])
    assert [one["path_pattern"] for one in found] == hidden


def test_what_is_hidden_is_unknown_where_a_pattern_is() -> None:
    unknown = Unknown(Cause.VARIABLE)
    assert isinstance(shadowed([{"path_pattern": unknown}, {"path_pattern": "/a/*"}]), Unknown)
    assert shadowed(unknown) == unknown
    assert shadowed([{"path_pattern": unknown}]) == []
