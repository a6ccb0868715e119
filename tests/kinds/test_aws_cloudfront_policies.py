"""What a cache behaviour may name: request and response policies, functions, key groups, access identities.

moto has neither policies nor access identities: those are by AWS's shapes only.
"""

from __future__ import annotations

from typing import Any

import pytest

from audits import kinds
from audits.canonical import canonical
from audits.kind import Kind
from audits.model import Observation, Resource, Unknown
from tests.kinds.support import live, source
from tests.planes.live.world import moto_account

KINDS = kinds.registry()
REQUEST = KINDS["aws_cloudfront_origin_request_policy"]
RESPONSE = KINDS["aws_cloudfront_response_headers_policy"]
FUNCTION, KEY = KINDS["aws_cloudfront_function"], KINDS["aws_cloudfront_public_key"]
GROUP, IDENTITY = KINDS["aws_cloudfront_key_group"], KINDS["aws_cloudfront_origin_access_identity"]
PEM = """-----BEGIN PUBLIC KEY-----
MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAKj34GkxFhD90vcNLYLInFEX6Ppy1tPf
9Cnzj4p4WGeKLs1Pt8QuKUpRKfFLfRYC9AIKjbJTWit+CqvjWYzvQwECAwEAAQ==
-----END PUBLIC KEY-----
"""


def test_origin_request_policies() -> None:
    config = {
        "Name": "own",
        "Comment": "c",
        "HeadersConfig": {"HeaderBehavior": "whitelist", "Headers": {"Quantity": 1, "Items": ["Origin"]}},
        "CookiesConfig": {"CookieBehavior": "none"},
        "QueryStringsConfig": {"QueryStringBehavior": "all", "QueryStrings": {"Quantity": 0}},
    }
    own = {"Type": "custom", "OriginRequestPolicy": {"Id": "1", "OriginRequestPolicyConfig": config}}
    managed = {
        "Type": "managed",
        "OriginRequestPolicy": {"Id": "2", "OriginRequestPolicyConfig": {"Name": "AllViewer"}},
    }
    pages = [{"OriginRequestPolicyList": {"Items": [own]}}, {"OriginRequestPolicyList": {"Items": [managed]}}]
    one, other = live(REQUEST, {("cloudfront", "list_origin_request_policies"): pages})
    assert one.attributes["headers_config"] == [{"header_behavior": "whitelist", "headers": [{"items": ["Origin"]}]}]
    assert one.attributes["cookies_config"] == [{"cookie_behavior": "none", "cookies": []}]
    assert one.attributes["query_strings_config"] == [{"query_string_behavior": "all", "query_strings": []}]
    assert one.identity == "arn:aws:cloudfront::123456789012:origin-request-policy/1"
    assert (other.identity, other.attributes["headers_config"]) == ("2", [])
    assert isinstance(other.attributes["arn"], Unknown)


def response(**config: Any) -> Any:
    policy = {"Id": "1", "ResponseHeadersPolicyConfig": {"Name": "own", **config}}
    listed = {"ResponseHeadersPolicyList": {"Items": [{"Type": "custom", "ResponseHeadersPolicy": policy}]}}
    (found,) = live(RESPONSE, {("cloudfront", "list_response_headers_policies"): listed})
    return found.attributes


def test_response_headers_policies() -> None:
    given = response(
        CorsConfig={
            "AccessControlAllowCredentials": False,
            "OriginOverride": True,
            "AccessControlAllowOrigins": {"Quantity": 1, "Items": ["https://app.example"]},
            "AccessControlAllowMethods": {"Quantity": 1, "Items": ["GET"]},
            "AccessControlAllowHeaders": {"Quantity": 1, "Items": ["*"]},
            "AccessControlMaxAgeSec": 600,
        },
        SecurityHeadersConfig={
            "StrictTransportSecurity": {
                "Override": True,
                "AccessControlMaxAgeSec": 63072000,
                "IncludeSubdomains": True,
            },
            "FrameOptions": {"Override": True, "FrameOption": "DENY"},
            "ContentTypeOptions": {"Override": True},
        },
        CustomHeadersConfig={"Quantity": 1, "Items": [{"Header": "X-A", "Value": "1", "Override": False}]},
        RemoveHeadersConfig={"Quantity": 1, "Items": [{"Header": "Server"}]},
        ServerTimingHeadersConfig={"Enabled": True, "SamplingRate": 50.0},
    )
    (cors,) = given["cors_config"]
    assert cors["access_control_allow_origins"] == [{"items": ["https://app.example"]}]
    assert cors["access_control_expose_headers"] == [] and cors["access_control_max_age_sec"] == 600
    (security,) = given["security_headers_config"]
    assert security["strict_transport_security"][0]["access_control_max_age_sec"] == 63072000
    assert security["frame_options"] == [{"override": True, "frame_option": "DENY"}]
    assert security["content_type_options"] == [{"override": True}] and security["xss_protection"] == []
    assert given["custom_headers_config"] == [{"items": [{"header": "X-A", "value": "1", "override": False}]}]
    assert given["remove_headers_config"] == [{"items": [{"header": "Server"}]}]
    assert given["server_timing_headers_config"] == [{"enabled": True, "sampling_rate": 50.0}]


def test_a_policy_that_sets_nothing() -> None:
    given = response(CustomHeadersConfig={"Quantity": 0})
    blocks = [name for name in given if name.endswith("_config")]
    assert len(blocks) == 5 and all(given[name] == [] for name in blocks)


def test_functions_keys_and_groups_of_an_account() -> None:
    with moto_account() as world:
        cloudfront = world.client("cloudfront")
        cloudfront.create_function(
            Name="headers",
            FunctionConfig={"Comment": "adds headers", "Runtime": "cloudfront-js-2.0"},
            FunctionCode=b"function handler(event) { return event.response; }",
        )
        config = {"CallerReference": "1", "Name": "signer", "EncodedKey": PEM, "Comment": "signs"}
        key = cloudfront.create_public_key(PublicKeyConfig=config)["PublicKey"]["Id"]
        group = cloudfront.create_key_group(KeyGroupConfig={"Name": "signers", "Items": [key]})["KeyGroup"]["Id"]
        function = world.only(FUNCTION, name="headers").attributes
        signer = world.only(KEY, id=key).attributes
        signers = world.only(GROUP, id=group).attributes
    assert (function["runtime"], function["comment"]) == ("cloudfront-js-2.0", "adds headers")
    assert isinstance(function["code"], Unknown) and function["arn"].endswith(":function/headers")
    assert (signer["name"], signer["encoded_key"]) == ("signer", PEM)
    assert (signers["name"], signers["items"]) == ("signers", [key])


def test_what_moto_loses_of_functions() -> None:
    stores = {"Quantity": 1, "Items": [{"KeyValueStoreARN": "arn:store"}]}
    function = {
        "Name": "headers",
        "Status": "UNASSOCIATED",
        "FunctionConfig": {"Comment": "", "Runtime": "cloudfront-js-2.0", "KeyValueStoreAssociations": stores},
        "FunctionMetadata": {"FunctionARN": "arn:function", "Stage": "DEVELOPMENT"},
    }
    (found,) = live(FUNCTION, {("cloudfront", "list_functions"): {"FunctionList": {"Items": [function]}}})
    assert found.attributes["status"] == "UNASSOCIATED"
    assert found.attributes["key_value_store_associations"] == ["arn:store"]


def test_what_moto_loses_of_keys() -> None:
    key = {"Id": "K1", "Name": "signer", "EncodedKey": PEM, "Comment": "signs"}
    (found,) = live(KEY, {("cloudfront", "list_public_keys"): {"PublicKeyList": {"Items": [key]}}})
    assert (found.attributes["id"], found.attributes["comment"]) == ("K1", "signs")


def test_origin_access_identities() -> None:
    identity = {"Id": "E1", "S3CanonicalUserId": "c0ffee", "Comment": "files"}
    (found,) = live(
        IDENTITY,
        {
            ("cloudfront", "list_cloud_front_origin_access_identities"): {
                "CloudFrontOriginAccessIdentityList": {"Items": [identity]}
            }
        },
    )
    given = found.attributes
    assert given["iam_arn"] == "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"
    assert given["cloudfront_access_identity_path"] == "origin-access-identity/cloudfront/E1"
    assert (given["s3_canonical_user_id"], given["comment"]) == ("c0ffee", "files")


@pytest.mark.parametrize("kind", [REQUEST, RESPONSE, FUNCTION, KEY, GROUP])
def test_both_planes_have_one_key(kind: Kind) -> None:
    declared = Resource(kind.type, f"{kind.type}.this", {"name": "own"}, missing="unset")
    (found,) = canonical(Observation("terraform", (declared,)), {kind.type: kind}).resources
    assert found.key == "own"


def test_blocks_that_source_leaves_out_are_empty_where_the_provider_says_so() -> None:
    declared = source(RESPONSE.type, security_headers_config=[{"frame_options": [{"frame_option": "DENY"}]}])
    (found,) = canonical(Observation("terraform", (declared,)), {RESPONSE.type: RESPONSE}).resources
    assert found.attributes["cors_config"] == [] and found.attributes["remove_headers_config"] == []
    assert found.attributes["security_headers_config"][0]["xss_protection"] == []
