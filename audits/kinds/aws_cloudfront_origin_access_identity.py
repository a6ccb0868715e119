"""CloudFront origin access identities, the older way for a distribution to be known to S3.

Sources: provider documentation of ``aws_cloudfront_origin_access_identity``; CloudFront API Reference,
ListCloudFrontOriginAccessIdentities; CloudFront Developer Guide, "Restrict access to an Amazon S3 origin" (the forms of
its name in policies and origins).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from audits.kind import Kind, Read, Reader
from audits.kinds.aws_vpc import not_read
from audits.model import Resource, Value


def _from_live(reader: Reader) -> Iterable[Resource]:
    listed = reader.pages(
        "cloudfront",
        "list_cloud_front_origin_access_identities",
        "CloudFrontOriginAccessIdentityList.Items",
    )
    return reader.each(listed, partial(_identity, reader))


def _identity(reader: Reader, identity: Mapping[str, Any]) -> Resource:
    identifier = identity["Id"]
    of_cloudfront = f"arn:{reader.partition}:iam::cloudfront:user/CloudFront Origin Access Identity {identifier}"
    attributes: dict[str, Value] = {
        "id": identifier,
        "arn": f"arn:{reader.partition}:cloudfront::{reader.account}:origin-access-identity/{identifier}",
        "cloudfront_access_identity_path": f"origin-access-identity/cloudfront/{identifier}",
        "comment": identity.get("Comment", ""),
        "iam_arn": of_cloudfront,
        "s3_canonical_user_id": identity.get("S3CanonicalUserId"),
        "caller_reference": not_read("cloudfront:GetCloudFrontOriginAccessIdentity"),
        "etag": not_read("cloudfront:GetCloudFrontOriginAccessIdentity"),
    }
    return reader.resource("aws_cloudfront_origin_access_identity", str(attributes["arn"]), attributes)


KIND = Kind(
    type="aws_cloudfront_origin_access_identity",
    names=("id", "arn", "iam_arn", "cloudfront_access_identity_path", "s3_canonical_user_id"),
    scope="global",
    reads=(Read("cloudfront", "list_cloud_front_origin_access_identities"),),
    from_live=_from_live,
)
