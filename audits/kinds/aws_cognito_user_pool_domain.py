"""Domains of user pools. No operation lists them: each pool names its own, at most one prefix and one custom domain.

Sources: provider documentation of ``aws_cognito_user_pool_domain``; Cognito User Pools API Reference, DescribeUserPool
and DescribeUserPoolDomain (answers with nothing where there is no such domain).
"""

from __future__ import annotations

from collections.abc import Iterable

from audits.kind import Kind, Read, Reader
from audits.kinds._cognito import POOL, POOLS, in_pools
from audits.model import Resource

_CLOUDFRONT_ZONE = "Z2FDTNDATAQYW2"
"""The hosted zone of every CloudFront distribution (Route 53 API Reference, AliasTarget)."""


def _from_live(reader: Reader) -> Iterable[Resource]:
    def domains(pool: str) -> list[Resource]:
        described = reader.call("cognito-idp", "describe_user_pool", UserPoolId=pool)["UserPool"]
        names = [described[key] for key in ("Domain", "CustomDomain") if described.get(key)]
        return [one for name in names for one in _domain(reader, name)]

    return in_pools(reader, domains)


def _domain(reader: Reader, name: str) -> list[Resource]:
    found = reader.call("cognito-idp", "describe_user_pool_domain", Domain=name)["DomainDescription"]
    if not found.get("UserPoolId"):
        return []
    distribution = found.get("CloudFrontDistribution")
    attributes = {
        "id": name,
        "domain": name,
        "aws_account_id": found.get("AWSAccountId"),
        "certificate_arn": (found.get("CustomDomainConfig") or {}).get("CertificateArn", ""),
        "cloudfront_distribution": distribution,
        "cloudfront_distribution_arn": distribution,
        "cloudfront_distribution_zone_id": _CLOUDFRONT_ZONE,
        "managed_login_version": found.get("ManagedLoginVersion", 0),
        "s3_bucket": found.get("S3Bucket"),
        "user_pool_id": found["UserPoolId"],
        "version": found.get("Version"),
    }
    return [reader.resource("aws_cognito_user_pool_domain", name, attributes)]


KIND = Kind(
    type="aws_cognito_user_pool_domain",
    identity=("domain",),
    names=("id", "domain"),
    reads=(POOLS, POOL, Read("cognito-idp", "describe_user_pool_domain")),
    from_live=_from_live,
)
