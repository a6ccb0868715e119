"""The files bucket and the distribution in front of it."""

from __future__ import annotations

import time
from typing import Any

from examples.glimpse.account.seed.access import policy
from examples.glimpse.account.seed.clients import REGION, Clients
from examples.glimpse.account.seed.names import BUCKET, DOMAIN, PREFIX, tags

DAY = 86_400
BEHAVIORS = {"/profiles/*": 7, "/groups/*": 14, "/chat/*": 1}
OAC = {
    "Name": f"{PREFIX}-files",
    "Description": f"Signs every request to {BUCKET}",
    "SigningProtocol": "sigv4",
    "SigningBehavior": "always",
    "OriginAccessControlOriginType": "s3",
}
_ORIGIN = f"s3-{BUCKET}"


def seed(clients: Clients) -> str:
    """Create the bucket, the distribution, and the policy that lets it read; return the distribution's host name."""
    s3 = clients("s3")
    _bucket(s3)
    arn, host = _distribution(clients("cloudfront"))
    s3.put_bucket_policy(Bucket=BUCKET, Policy=policy(distribution_read(arn)))
    return host


def distribution_read(arn: str) -> dict[str, Any]:
    """Return the statement that lets one distribution read the objects."""
    return {
        "Sid": "AllowDistributionRead",
        "Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{BUCKET}/*",
        "Condition": {"StringEquals": {"AWS:SourceArn": arn}},
    }


def _bucket(s3: Any) -> None:
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_bucket_tagging(Bucket=BUCKET, Tagging={"TagSet": tags(BUCKET)})
    switches = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
    s3.put_public_access_block(Bucket=BUCKET, PublicAccessBlockConfiguration=dict.fromkeys(switches, True))
    s3.put_bucket_ownership_controls(
        Bucket=BUCKET, OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    )
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": True}
    s3.put_bucket_encryption(Bucket=BUCKET, ServerSideEncryptionConfiguration={"Rules": [rule]})
    cors = {
        "ID": "presigned-uploads",
        "AllowedMethods": ["PUT"],
        "AllowedOrigins": [f"https://{DOMAIN}", f"https://www.{DOMAIN}"],
        "AllowedHeaders": ["*"],
        "ExposeHeaders": ["ETag"],
        "MaxAgeSeconds": 3000,
    }
    s3.put_bucket_cors(Bucket=BUCKET, CORSConfiguration={"CORSRules": [cors]})
    s3.put_bucket_lifecycle_configuration(Bucket=BUCKET, LifecycleConfiguration={"Rules": _lifecycle()})


def _lifecycle() -> list[dict[str, Any]]:
    def rule(name: str, prefix: str, noncurrent: int, **more: Any) -> dict[str, Any]:
        kept = {"NoncurrentVersionExpiration": {"NoncurrentDays": noncurrent}}
        return {"ID": name, "Status": "Enabled", "Filter": {"Prefix": prefix}, **kept, **more}

    return [
        rule("forgotten-exports", "exports/", 30, Expiration={"Days": 14}),
        rule("old-versions", "", 30),
        rule("stale-uploads", "uploads/", 7, AbortIncompleteMultipartUpload={"DaysAfterInitiation": 1}),
    ]


def _behavior(methods: list[str], ttl: int, longest: int, **more: Any) -> dict[str, Any]:
    cached = {"Quantity": 2, "Items": ["GET", "HEAD"]}
    return {
        "TargetOriginId": _ORIGIN,
        "ViewerProtocolPolicy": "redirect-to-https",
        "AllowedMethods": {"Quantity": len(methods), "Items": methods, "CachedMethods": cached},
        "Compress": True,
        "MinTTL": 0,
        "DefaultTTL": ttl,
        "MaxTTL": longest,
        "ForwardedValues": {"QueryString": False, "Cookies": {"Forward": "none"}, "Headers": {"Quantity": 0}},
        **more,
    }


def _distribution(cloudfront: Any) -> tuple[str, str]:
    control = cloudfront.create_origin_access_control(OriginAccessControlConfig=OAC)["OriginAccessControl"]["Id"]
    origin = {
        "Id": _ORIGIN,
        "DomainName": f"{BUCKET}.s3.{REGION}.amazonaws.com",
        "OriginAccessControlId": control,
        "S3OriginConfig": {"OriginAccessIdentity": ""},
    }
    behaviors = [
        _behavior(["GET", "HEAD", "OPTIONS"], days * DAY, days * 4 * DAY, PathPattern=path)
        for path, days in BEHAVIORS.items()
    ]
    config = {
        "CallerReference": f"{PREFIX}-{time.time_ns()}",
        "Comment": f"{PREFIX} files",
        "Enabled": True,
        "IsIPV6Enabled": True,
        "HttpVersion": "http2and3",
        "PriceClass": "PriceClass_200",
        "Origins": {"Quantity": 1, "Items": [origin]},
        "DefaultCacheBehavior": _behavior(["GET", "HEAD"], DAY, 365 * DAY),
        "CacheBehaviors": {"Quantity": len(behaviors), "Items": behaviors},
        "Restrictions": {"GeoRestriction": {"RestrictionType": "whitelist", "Quantity": 1, "Items": ["KR"]}},
        "ViewerCertificate": {"CloudFrontDefaultCertificate": True},
    }
    made = cloudfront.create_distribution_with_tags(
        DistributionConfigWithTags={"DistributionConfig": config, "Tags": {"Items": tags()}}
    )
    return made["Distribution"]["ARN"], made["Distribution"]["DomainName"]
