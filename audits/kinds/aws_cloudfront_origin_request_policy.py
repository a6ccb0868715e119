"""CloudFront origin request policies, the account's own and AWS's managed ones: a behaviour may name either.

Sources: provider documentation of ``aws_cloudfront_origin_request_policy``; CloudFront API Reference,
ListOriginRequestPolicies (botocore has no paginator for it: the reader follows ``NextMarker``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from audits.kind import Kind, Read, Reader
from audits.kinds._cloudfront import chosen, identity_of
from audits.kinds.aws_vpc import not_read
from audits.model import Resource, Value


def _from_live(reader: Reader) -> Iterable[Resource]:
    listed = reader.pages("cloudfront", "list_origin_request_policies", "OriginRequestPolicyList.Items", MaxItems="100")
    return reader.each(listed, partial(_policy, reader))


def _policy(reader: Reader, summary: Mapping[str, Any]) -> Resource:
    policy = summary["OriginRequestPolicy"]
    config, identifier = policy["OriginRequestPolicyConfig"], policy["Id"]
    identity, arn = identity_of(reader, summary, identifier, "origin-request-policy")
    attributes: dict[str, Value] = {
        "id": identifier,
        "arn": arn,
        "name": config["Name"],
        "comment": config.get("Comment", ""),
        "headers_config": chosen(config.get("HeadersConfig"), "HeaderBehavior", "Headers", "header"),
        "cookies_config": chosen(config.get("CookiesConfig"), "CookieBehavior", "Cookies", "cookie"),
        "query_strings_config": chosen(
            config.get("QueryStringsConfig"), "QueryStringBehavior", "QueryStrings", "query_string"
        ),
        "etag": not_read("cloudfront:GetOriginRequestPolicy"),
    }
    return reader.resource("aws_cloudfront_origin_request_policy", identity, attributes)


KIND = Kind(
    type="aws_cloudfront_origin_request_policy",
    identity=("name",),
    scope="global",
    reads=(Read("cloudfront", "list_origin_request_policies"),),
    from_live=_from_live,
)
