from __future__ import annotations

from audits.kinds.aws_cloudfront_origin_access_control import KIND
from tests.kinds.support import agrees, live

SUMMARY = {
    "Id": "E2OAC",
    "Name": "glimpse-prod-files",
    "Description": "Managed by Terraform",
    "SigningProtocol": "sigv4",
    "SigningBehavior": "always",
    "OriginAccessControlOriginType": "s3",
}


def test_both_planes_agree() -> None:
    pages = [{"OriginAccessControlList": {"Quantity": 0}}, {"OriginAccessControlList": {"Items": [SUMMARY]}}]
    (found,) = live(KIND, {("cloudfront", "list_origin_access_controls"): pages})
    configured = {
        "name": "glimpse-prod-files",
        "description": KIND.defaults["description"].value,
        "origin_access_control_origin_type": "s3",
        "signing_behavior": "always",
        "signing_protocol": "sigv4",
    }
    agrees(configured, found.attributes)
    assert found.identity == "arn:aws:cloudfront::123456789012:origin-access-control/E2OAC"
