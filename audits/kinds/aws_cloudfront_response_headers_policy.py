"""CloudFront response headers policies, the account's own and AWS's managed ones: a behaviour may name either.

Sources: provider documentation of ``aws_cloudfront_response_headers_policy``; CloudFront API Reference,
ListResponseHeadersPolicies (botocore has no paginator for it: the reader follows ``NextMarker``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from audits.kind import Kind, Read, Reader
from audits.kinds._cloudfront import identity_of, items
from audits.kinds._shapes import named
from audits.kinds.aws_vpc import not_read
from audits.model import Resource, Value

_CORS_LISTS = (
    ("access_control_allow_headers", "AccessControlAllowHeaders"),
    ("access_control_allow_methods", "AccessControlAllowMethods"),
    ("access_control_allow_origins", "AccessControlAllowOrigins"),
    ("access_control_expose_headers", "AccessControlExposeHeaders"),
)
_OVERRIDE = ("override", "Override")
_SECURITY = (
    (
        "content_security_policy",
        "ContentSecurityPolicy",
        (_OVERRIDE, ("content_security_policy", "ContentSecurityPolicy")),
    ),
    ("content_type_options", "ContentTypeOptions", (_OVERRIDE,)),
    ("frame_options", "FrameOptions", (_OVERRIDE, ("frame_option", "FrameOption"))),
    ("referrer_policy", "ReferrerPolicy", (_OVERRIDE, ("referrer_policy", "ReferrerPolicy"))),
    (
        "strict_transport_security",
        "StrictTransportSecurity",
        (
            _OVERRIDE,
            ("access_control_max_age_sec", "AccessControlMaxAgeSec"),
            ("include_subdomains", "IncludeSubdomains"),
            ("preload", "Preload"),
        ),
    ),
    (
        "xss_protection",
        "XSSProtection",
        (_OVERRIDE, ("protection", "Protection"), ("mode_block", "ModeBlock"), ("report_uri", "ReportUri")),
    ),
)


def _from_live(reader: Reader) -> Iterable[Resource]:
    listed = reader.pages(
        "cloudfront", "list_response_headers_policies", "ResponseHeadersPolicyList.Items", MaxItems="100"
    )
    return reader.each(listed, partial(_policy, reader))


def _policy(reader: Reader, summary: Mapping[str, Any]) -> Resource:
    policy = summary["ResponseHeadersPolicy"]
    config, identifier = policy["ResponseHeadersPolicyConfig"], policy["Id"]
    identity, arn = identity_of(reader, summary, identifier, "response-headers-policy")
    timing = config.get("ServerTimingHeadersConfig")
    attributes: dict[str, Value] = {
        "id": identifier,
        "arn": arn,
        "name": config["Name"],
        "comment": config.get("Comment", ""),
        "cors_config": _cors(config.get("CorsConfig")),
        "custom_headers_config": _headers(
            config.get("CustomHeadersConfig"), (("header", "Header"), _OVERRIDE, ("value", "Value"))
        ),
        "remove_headers_config": _headers(config.get("RemoveHeadersConfig"), (("header", "Header"),)),
        "security_headers_config": _security(config.get("SecurityHeadersConfig")),
        "server_timing_headers_config": [
            {"enabled": timing.get("Enabled"), "sampling_rate": timing.get("SamplingRate", 0)}
        ]
        if timing
        else [],
        "etag": not_read("cloudfront:GetResponseHeadersPolicy"),
    }
    return reader.resource("aws_cloudfront_response_headers_policy", identity, attributes)


def _cors(config: Mapping[str, Any] | None) -> list[Value]:
    if not config:
        return []
    return [
        {
            "access_control_allow_credentials": config.get("AccessControlAllowCredentials"),
            "access_control_max_age_sec": config.get("AccessControlMaxAgeSec", 0),
            "origin_override": config.get("OriginOverride"),
            **{name: [{"items": items(config[key])}] if config.get(key) else [] for name, key in _CORS_LISTS},
        }
    ]


def _headers(config: Mapping[str, Any] | None, names: tuple[tuple[str, str], ...]) -> list[Value]:
    # Without headers there is nothing that the policy would set or remove.
    headers = (config or {}).get("Items") or ()
    return [{"items": [named(one, names) for one in headers]}] if headers else []


def _security(config: Mapping[str, Any] | None) -> list[Value]:
    if not config:
        return []
    return [{name: [named(config[key], names)] if config.get(key) else [] for name, key, names in _SECURITY}]


KIND = Kind(
    type="aws_cloudfront_response_headers_policy",
    identity=("name",),
    scope="global",
    reads=(Read("cloudfront", "list_response_headers_policies"),),
    from_live=_from_live,
)
