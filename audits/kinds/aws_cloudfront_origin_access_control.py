"""CloudFront origin access controls: how a distribution signs its requests to an origin.

Sources: provider documentation of ``aws_cloudfront_origin_access_control``; CloudFront API Reference,
ListOriginAccessControls, whose summaries hold everything but the ETag.
"""

from __future__ import annotations

from collections.abc import Iterator

from audits.kind import Default, Kind, Read, Reader
from audits.model import Cause, Resource, Unknown

_NOT_READ = Unknown(Cause.UNSUPPORTED, detail="this suite does not read it from the account: no listing gives it")
_PLAN = "provider 5.100 schema default (the planned value of an aws_cloudfront_origin_access_control without it)"


def _from_live(reader: Reader) -> Iterator[Resource]:
    summaries = reader.pages("cloudfront", "list_origin_access_controls", "OriginAccessControlList.Items")
    for summary in summaries:
        # Service Authorization Reference, "Resource types defined by Amazon CloudFront"
        arn = f"arn:{reader.partition}:cloudfront::{reader.account}:origin-access-control/{summary['Id']}"
        attributes = {
            "id": summary["Id"],
            "arn": arn,
            "name": summary["Name"],
            "description": summary.get("Description", ""),
            "origin_access_control_origin_type": summary.get("OriginAccessControlOriginType"),
            "signing_behavior": summary.get("SigningBehavior"),
            "signing_protocol": summary.get("SigningProtocol"),
            "etag": _NOT_READ,
        }
        yield reader.resource("aws_cloudfront_origin_access_control", arn, attributes)


KIND = Kind(
    type="aws_cloudfront_origin_access_control",
    identity=("name",),
    names=("id", "arn"),
    scope="global",
    reads=(Read("cloudfront", "list_origin_access_controls"),),
    defaults={"description": Default("Managed by Terraform", _PLAN)},
    from_live=_from_live,
)
