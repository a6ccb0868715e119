from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from audits.kinds.aws_cloudfront_cache_policy import KIND
from audits.model import Cause
from tests.kinds.support import agrees, live


def summary(kind: str, identifier: str) -> dict[str, Any]:
    parameters = {
        "EnableAcceptEncodingGzip": True,
        "EnableAcceptEncodingBrotli": False,
        "HeadersConfig": {"HeaderBehavior": "none"},
        "CookiesConfig": {"CookieBehavior": "none"},
        "QueryStringsConfig": {
            "QueryStringBehavior": "whitelist",
            "QueryStrings": {"Quantity": 1, "Items": ["v"]},
        },
    }
    config = {
        "Name": identifier,
        "MinTTL": 0,
        "DefaultTTL": 86400,
        "MaxTTL": 31536000,
        "ParametersInCacheKeyAndForwardedToOrigin": parameters,
    }
    policy = {"Id": identifier, "LastModifiedTime": datetime(2025, 1, 1, tzinfo=UTC), "CachePolicyConfig": config}
    return {"Type": kind, "CachePolicy": policy}


def distributions(policy: str | None) -> dict[tuple[str, str], Any]:
    behavior = {"PathPattern": "/x/*", "TargetOriginId": "files", "ViewerProtocolPolicy": "https-only"}
    behavior |= {"CachePolicyId": policy} if policy else {"DefaultTTL": 86400}
    one = {"Id": "D1", "CacheBehaviors": {"Quantity": 1, "Items": [behavior]}}
    return {("cloudfront", "list_distributions"): [{"DistributionList": {"Quantity": 1, "Items": [one]}}]}


def test_cache_policies_are_listed_only_where_a_behavior_uses_one() -> None:
    assert live(KIND, distributions(None)) == []


def test_both_planes_agree_and_every_page_counts() -> None:
    pages = [
        {"CachePolicyList": {"NextMarker": "m", "Quantity": 1, "Items": [summary("custom", "own")]}},
        {"CachePolicyList": {"Quantity": 1, "Items": [summary("managed", "aws")]}},
    ]
    own, managed = live(KIND, {**distributions("658327ea"), ("cloudfront", "list_cache_policies"): pages})
    configured = {
        "name": "own",
        "min_ttl": 0,
        "default_ttl": KIND.defaults["default_ttl"].value,
        "max_ttl": KIND.defaults["max_ttl"].value,
        "parameters_in_cache_key_and_forwarded_to_origin": [
            {
                "enable_accept_encoding_gzip": True,
                "headers_config": [{"header_behavior": "none"}],
                "cookies_config": [{"cookie_behavior": "none"}],
                "query_strings_config": [{"query_string_behavior": "whitelist", "query_strings": [{"items": ["v"]}]}],
            }
        ],
    }
    agrees(configured, own.attributes)
    assert own.identity.endswith(":cache-policy/own")
    assert managed.identity == "aws" and managed.attributes["arn"].cause is Cause.UNSUPPORTED
