"""CloudFront distributions, as ListDistributions summarises them.

By botocore's model a summary lacks, of what the provider's schema has, only the logging, the default root object, the
caller reference, the continuous deployment policy and the tags: these are not read, rather than none. ``""`` stays
``""``, as in the provider's state. Where AWS gives no TTLs (a behaviour with a cache policy) they are None.

Sources: provider documentation of ``aws_cloudfront_distribution``; CloudFront API Reference, DistributionSummary.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from audits.kind import Default, Kind, Read, Reader
from audits.model import Cause, Resource, Unknown, Value

_NOT_READ = Unknown(Cause.UNSUPPORTED, detail="this suite does not read it: cloudfront:ListDistributions lacks it")
_UNREAD = (
    "caller_reference",
    "continuous_deployment_policy_id",
    "default_root_object",
    "hosted_zone_id",
    "in_progress_validation_batches",
    "logging_config",
    "retain_on_delete",
    "tags",
    "tags_all",
    "trusted_key_groups",
    "trusted_signers",
    "wait_for_deployment",
)
_PLAN = "provider 5.100 schema default (the planned value of an aws_cloudfront_distribution that leaves it out)"


def _items(holder: Mapping[str, Any] | None) -> list[Any]:
    """The items of CloudFront's ``{Quantity, Items}``; it leaves Items out where the quantity is 0."""
    return list((holder or {}).get("Items") or ())


def _block(value: Mapping[str, Any] | None, convert: Callable[[Mapping[str, Any]], dict[str, Value]]) -> list[Value]:
    return [] if value is None else [convert(value)]


# -- Terraform: blocks that switch nothing on --------------------------------------------------------------------------

_IDLE: dict[tuple[str, str], dict[str, Value]] = {
    ("origin", "s3_origin_config"): {"origin_access_identity": ""},
    ("origin", "origin_shield"): {"enabled": False},
    ("default_cache_behavior", "grpc_config"): {"enabled": False},
    ("ordered_cache_behavior", "grpc_config"): {"enabled": False},
}
"""CloudFront answers with these where nothing was asked for, so neither plane keeps them."""


def _from_terraform(distribution: Resource) -> Resource:
    attributes = dict(distribution.attributes)
    for (outer, inner), idle in _IDLE.items():
        if isinstance(attributes.get(outer), list):
            attributes[outer] = [_without(block, inner, idle) for block in attributes[outer]]
    attributes["shadowed_behaviors"] = shadowed(attributes.get("ordered_cache_behavior", []))
    return replace(distribution, attributes=attributes)


def shadowed(behaviors: Value) -> Value:
    """The path patterns of ordered behaviours that never apply, because an earlier one takes all their requests.

    Source: CloudFront API Reference, CacheBehaviors: a request goes to the first behaviour whose path pattern it
    matches. ``[{path_pattern, by}]``; unknown where a pattern, or the list, is. A pattern counts as taken only where
    the earlier one surely covers it; the slash at its beginning is optional (CacheBehavior, PathPattern).
    """
    if not isinstance(behaviors, list):
        return behaviors if isinstance(behaviors, Unknown) else []
    patterns = [one.get("path_pattern") if isinstance(one, dict) else one for one in behaviors]
    known = [one for one in patterns if isinstance(one, str)]
    if len(known) < len(patterns) > 1:
        doubts = [one for one in patterns if isinstance(one, Unknown)]
        unset = Unknown(Cause.UNSET, detail="a behaviour has no path pattern")
        return replace(doubts[0] if doubts else unset, partial=None, parts=())
    found = []
    for number, pattern in enumerate(known):
        by = next((one for one in known[:number] if _covers(one, pattern)), None)
        found += [{"path_pattern": pattern, "by": by}] if by is not None else []
    return found


def _covers(earlier: str, later: str) -> bool:
    """Whether every path that ``later`` matches is one that ``earlier`` matches; False where that is not plain.

    Source: CloudFront Developer Guide, "Path pattern": ``*`` is any number of characters, ``?`` exactly one.
    """
    # A wildcard of the later pattern is covered where one of the earlier's takes it, as if it were a letter.
    meaning = {"*": ".*", "?": "[^*]"}
    pattern = "".join(meaning.get(one) or re.escape(one) for one in earlier.removeprefix("/"))
    return re.fullmatch(pattern, later.removeprefix("/"), re.DOTALL) is not None


def _without(block: Value, name: str, idle: Mapping[str, Value]) -> Value:
    if not isinstance(block, dict) or not isinstance(block.get(name), list):
        return block
    return {**block, name: [one for one in block[name] if not _switches_nothing(one, idle)]}


def _switches_nothing(block: Value, idle: Mapping[str, Value]) -> bool:
    return isinstance(block, dict) and all(block.get(name) == value for name, value in idle.items())


# -- origins -----------------------------------------------------------------------------------------------------------


def _origin(origin: Mapping[str, Any]) -> dict[str, Value]:
    identity = (origin.get("S3OriginConfig") or {}).get("OriginAccessIdentity")
    shield = origin.get("OriginShield") or {}
    return {
        "origin_id": origin["Id"],
        "domain_name": origin["DomainName"],
        "origin_path": origin.get("OriginPath", ""),
        "origin_access_control_id": origin.get("OriginAccessControlId", ""),
        "connection_attempts": origin.get("ConnectionAttempts"),
        "connection_timeout": origin.get("ConnectionTimeout"),
        "custom_header": [
            {"name": header["HeaderName"], "value": header["HeaderValue"]}
            for header in _items(origin.get("CustomHeaders"))
        ],
        # AWS always gives the block for an S3 origin; the provider keeps it only where it names an identity
        "s3_origin_config": [{"origin_access_identity": identity}] if identity else [],
        "custom_origin_config": _block(origin.get("CustomOriginConfig"), _custom_origin),
        "vpc_origin_config": _block(origin.get("VpcOriginConfig"), _vpc_origin),
        # likewise, a shield that is off is no block
        "origin_shield": (
            [{"enabled": True, "origin_shield_region": shield.get("OriginShieldRegion")}]
            if shield.get("Enabled")
            else []
        ),
    }


def _custom_origin(config: Mapping[str, Any]) -> dict[str, Value]:
    return {
        "http_port": config["HTTPPort"],
        "https_port": config["HTTPSPort"],
        "origin_protocol_policy": config["OriginProtocolPolicy"],
        "origin_ssl_protocols": _items(config.get("OriginSslProtocols")),
        "origin_keepalive_timeout": config.get("OriginKeepaliveTimeout"),
        "origin_read_timeout": config.get("OriginReadTimeout"),
    }


def _vpc_origin(config: Mapping[str, Any]) -> dict[str, Value]:
    return {
        "vpc_origin_id": config["VpcOriginId"],
        "origin_keepalive_timeout": config.get("OriginKeepaliveTimeout"),
        "origin_read_timeout": config.get("OriginReadTimeout"),
    }


def _origin_group(group: Mapping[str, Any]) -> dict[str, Value]:
    codes = _items(group.get("FailoverCriteria", {}).get("StatusCodes"))
    return {
        "origin_id": group["Id"],
        "failover_criteria": [{"status_codes": codes}],
        "member": [{"origin_id": member["OriginId"]} for member in _items(group.get("Members"))],
    }


# -- behaviours --------------------------------------------------------------------------------------------------------


def _behavior(behavior: Mapping[str, Any]) -> dict[str, Value]:
    methods = behavior.get("AllowedMethods")
    return {
        "target_origin_id": behavior["TargetOriginId"],
        "viewer_protocol_policy": behavior["ViewerProtocolPolicy"],
        "allowed_methods": _items(methods),
        "cached_methods": _items((methods or {}).get("CachedMethods")),
        "compress": behavior.get("Compress"),
        "smooth_streaming": behavior.get("SmoothStreaming"),
        "min_ttl": behavior.get("MinTTL"),
        "default_ttl": behavior.get("DefaultTTL"),
        "max_ttl": behavior.get("MaxTTL"),
        "cache_policy_id": behavior.get("CachePolicyId", ""),
        "origin_request_policy_id": behavior.get("OriginRequestPolicyId", ""),
        "response_headers_policy_id": behavior.get("ResponseHeadersPolicyId", ""),
        "field_level_encryption_id": behavior.get("FieldLevelEncryptionId", ""),
        "realtime_log_config_arn": behavior.get("RealtimeLogConfigArn", ""),
        "trusted_key_groups": _items(behavior.get("TrustedKeyGroups")),
        "trusted_signers": _items(behavior.get("TrustedSigners")),
        "forwarded_values": _block(behavior.get("ForwardedValues"), _forwarded),
        "function_association": [
            {"event_type": item["EventType"], "function_arn": item["FunctionARN"]}
            for item in _items(behavior.get("FunctionAssociations"))
        ],
        "lambda_function_association": [
            {
                "event_type": item["EventType"],
                "lambda_arn": item["LambdaFunctionARN"],
                "include_body": item.get("IncludeBody"),
            }
            for item in _items(behavior.get("LambdaFunctionAssociations"))
        ],
        "grpc_config": [{"enabled": True}] if (behavior.get("GrpcConfig") or {}).get("Enabled") else [],
    }


def _ordered(behavior: Mapping[str, Any]) -> dict[str, Value]:
    return {"path_pattern": behavior["PathPattern"], **_behavior(behavior)}


def _forwarded(values: Mapping[str, Any]) -> dict[str, Value]:
    return {
        "query_string": values["QueryString"],
        "query_string_cache_keys": _items(values.get("QueryStringCacheKeys")),
        "headers": _items(values.get("Headers")),
        "cookies": _block(
            values.get("Cookies"),
            lambda cookies: {
                "forward": cookies["Forward"],
                "whitelisted_names": _items(cookies.get("WhitelistedNames")),
            },
        ),
    }


# -- the distribution --------------------------------------------------------------------------------------------------


def _error_response(response: Mapping[str, Any]) -> dict[str, Value]:
    code = response.get("ResponseCode")
    return {
        "error_code": response["ErrorCode"],
        "error_caching_min_ttl": response.get("ErrorCachingMinTTL"),
        "response_code": int(code) if code else None,
        "response_page_path": response.get("ResponsePagePath", ""),
    }


def _certificate(certificate: Mapping[str, Any]) -> dict[str, Value]:
    default = bool(certificate.get("CloudFrontDefaultCertificate"))
    return {
        "acm_certificate_arn": certificate.get("ACMCertificateArn", ""),
        "iam_certificate_id": certificate.get("IAMCertificateId", ""),
        "cloudfront_default_certificate": default,
        "minimum_protocol_version": certificate.get("MinimumProtocolVersion", ""),
        "ssl_support_method": certificate.get("SSLSupportMethod", ""),
    }


def _restrictions(restrictions: Mapping[str, Any]) -> dict[str, Value]:
    geo = restrictions.get("GeoRestriction")
    return {
        "geo_restriction": _block(
            geo, lambda geo: {"restriction_type": geo["RestrictionType"], "locations": _items(geo)}
        )
    }


def _go_time(value: object) -> str | None:
    """A time as Go writes it by default, which is what the provider keeps (``2025-10-01 00:00:00.5 +0000 UTC``)."""
    if not isinstance(value, datetime):
        return None
    return value.strftime("%Y-%m-%d %H:%M:%S.%f").rstrip("0").rstrip(".") + " +0000 UTC"


def _attributes(summary: Mapping[str, Any]) -> dict[str, Value]:
    behaviors = [_ordered(behavior) for behavior in _items(summary.get("CacheBehaviors"))]
    return {
        **dict.fromkeys(_UNREAD, _NOT_READ),
        "shadowed_behaviors": shadowed(behaviors),
        "id": summary["Id"],
        "arn": summary["ARN"],
        "domain_name": summary["DomainName"],
        "status": summary.get("Status"),
        "etag": summary.get("ETag", _NOT_READ),
        "last_modified_time": _go_time(summary.get("LastModifiedTime")),
        "enabled": summary["Enabled"],
        "staging": summary.get("Staging"),
        "comment": summary.get("Comment", ""),
        "aliases": _items(summary.get("Aliases")),
        "price_class": summary.get("PriceClass"),
        "http_version": str(summary["HttpVersion"]).lower() if "HttpVersion" in summary else None,
        "is_ipv6_enabled": summary.get("IsIPV6Enabled"),
        "web_acl_id": summary.get("WebACLId", ""),
        "origin": [_origin(origin) for origin in _items(summary.get("Origins"))],
        "origin_group": [_origin_group(group) for group in _items(summary.get("OriginGroups"))],
        "default_cache_behavior": _block(summary.get("DefaultCacheBehavior"), _behavior),
        "ordered_cache_behavior": behaviors,
        "custom_error_response": [_error_response(item) for item in _items(summary.get("CustomErrorResponses"))],
        "restrictions": _block(summary.get("Restrictions"), _restrictions),
        "viewer_certificate": _block(summary.get("ViewerCertificate"), _certificate),
    }


def _from_live(reader: Reader) -> Iterator[Resource]:
    for summary in reader.pages("cloudfront", "list_distributions", "DistributionList.Items"):
        yield reader.resource("aws_cloudfront_distribution", summary["ARN"], _attributes(summary))


def _defaults() -> dict[str, Default]:
    values: dict[str, Value] = {
        "http_version": "http2",
        "is_ipv6_enabled": False,
        "price_class": "PriceClass_All",
        "origin[*].connection_attempts": 3,
        "origin[*].connection_timeout": 10,
        "origin[*].origin_path": "",
        "origin[*].origin_access_control_id": "",
        "origin[*].custom_origin_config[*].origin_keepalive_timeout": 5,
        "origin[*].custom_origin_config[*].origin_read_timeout": 30,
        "default_cache_behavior[*].cache_policy_id": "",
        "ordered_cache_behavior[*].cache_policy_id": "",
        "default_cache_behavior[*].compress": False,
        "default_cache_behavior[*].min_ttl": 0,
        "ordered_cache_behavior[*].compress": False,
        "ordered_cache_behavior[*].min_ttl": 0,
    }
    return {path: Default(value, _PLAN) for path, value in values.items()}


KIND = Kind(
    type="aws_cloudfront_distribution",
    names=("id", "arn", "domain_name"),
    scope="global",
    reads=(Read("cloudfront", "list_distributions"),),
    secrets=("origin[*].custom_header[*].value",),
    defaults=_defaults(),
    extra={"shadowed_behaviors": ["list", "dynamic"]},
    from_terraform=_from_terraform,
    from_live=_from_live,
)
