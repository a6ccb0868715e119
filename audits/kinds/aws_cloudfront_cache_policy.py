"""CloudFront cache policies, the account's own and AWS's managed ones: a behaviour may use either for its TTLs.

Sources: provider documentation of ``aws_cloudfront_cache_policy``; CloudFront API Reference, ListCachePolicies
(botocore has no paginator for it: the reader follows ``NextMarker``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from audits.kind import Default, Kind, Read, Reader
from audits.model import Cause, Resource, Unknown, Value

_NOT_READ = Unknown(Cause.UNSUPPORTED, detail="this suite does not read it from the account: no listing gives it")
_PLAN = "provider 5.100 schema default (the planned value of an aws_cloudfront_cache_policy that leaves it out)"


def _from_live(reader: Reader) -> Iterator[Resource]:
    """The cache policies, where some behaviour uses one: without any, their listing tells nothing and is left out."""
    distributions = reader.pages("cloudfront", "list_distributions", "DistributionList.Items")
    if not any(_uses_policy(distribution) for distribution in distributions):
        return
    for summary in reader.pages("cloudfront", "list_cache_policies", "CachePolicyList.Items", MaxItems="100"):
        yield _resource(reader, summary)


def _uses_policy(distribution: Mapping[str, Any]) -> bool:
    others = distribution.get("CacheBehaviors", {}).get("Items", ())
    return any(behavior.get("CachePolicyId") for behavior in (distribution.get("DefaultCacheBehavior", {}), *others))


def _resource(reader: Reader, summary: Mapping[str, Any]) -> Resource:
    policy = summary["CachePolicy"]
    config = policy["CachePolicyConfig"]
    own = summary.get("Type") == "custom"
    arn = f"arn:{reader.partition}:cloudfront::{reader.account}:cache-policy/{policy['Id']}"
    return reader.resource(
        "aws_cloudfront_cache_policy",
        arn if own else policy["Id"],
        {
            "id": policy["Id"],
            "arn": arn if own else _NOT_READ,
            "name": config["Name"],
            "comment": config.get("Comment", ""),
            "min_ttl": config["MinTTL"],
            "default_ttl": config.get("DefaultTTL"),
            "max_ttl": config.get("MaxTTL"),
            "parameters_in_cache_key_and_forwarded_to_origin": _parameters(config),
            "etag": _NOT_READ,
        },
    )


def _parameters(config: Mapping[str, Any]) -> list[Value]:
    parameters = config.get("ParametersInCacheKeyAndForwardedToOrigin")
    if parameters is None:
        return []
    block = {
        "enable_accept_encoding_gzip": parameters.get("EnableAcceptEncodingGzip"),
        "enable_accept_encoding_brotli": parameters.get("EnableAcceptEncodingBrotli"),
        "headers_config": _part(parameters, "HeadersConfig", "HeaderBehavior", "Headers", "header"),
        "cookies_config": _part(parameters, "CookiesConfig", "CookieBehavior", "Cookies", "cookie"),
        "query_strings_config": _part(
            parameters, "QueryStringsConfig", "QueryStringBehavior", "QueryStrings", "query_string"
        ),
    }
    return [block]


def _part(parameters: Mapping[str, Any], config: str, behavior: str, items: str, name: str) -> list[Value]:
    part = parameters.get(config)
    if part is None:
        return []
    names = part.get(items, {}).get("Items", ())
    return [{f"{name}_behavior": part.get(behavior), f"{name}s": [{"items": list(names)}] if names else []}]


KIND = Kind(
    type="aws_cloudfront_cache_policy",
    identity=("name",),
    names=("id", "arn"),
    scope="global",
    reads=(Read("cloudfront", "list_distributions"), Read("cloudfront", "list_cache_policies")),
    defaults={"default_ttl": Default(86400, _PLAN), "max_ttl": Default(31536000, _PLAN)},
    from_live=_from_live,
)
