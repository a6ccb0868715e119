from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from audits.kind import Kind, Read, Reader
from audits.kinds.aws_db_instance import KIND as DATABASE
from audits.kinds.aws_security_group import KIND as GROUP
from audits.kinds.aws_subnet import KIND as SUBNET
from audits.model import Cause, Resource, Unknown
from audits.planes.live.failures import classify
from tests.planes.live.world import ACCOUNT, REGION, Answer, moto_endpoint, proxied_account


def _secrets(reader: Reader) -> Iterable[Resource]:
    for secret in reader.pages("secretsmanager", "list_secrets", "SecretList"):
        yield reader.resource("aws_secretsmanager_secret", secret["ARN"], {"name": secret["Name"]})


def _buckets(reader: Reader) -> Iterable[Resource]:
    return reader.each(reader.pages("s3", "list_buckets", "Buckets"), partial(_bucket, reader))


def _bucket(reader: Reader, bucket: dict[str, Any]) -> Resource:
    name = bucket["Name"]
    policy = reader.detail("s3", "get_bucket_policy", resource=name, attribute="policy", Bucket=name)
    versioning = reader.detail("s3", "get_bucket_versioning", resource=name, attribute="versioning", Bucket=name)
    return reader.resource("aws_s3_bucket", name, {"bucket": name, "policy": policy, "versioning": versioning})


SECRET = Kind("aws_secretsmanager_secret", reads=(Read("secretsmanager", "list_secrets"),), from_live=_secrets)
BUCKET = Kind(
    "aws_s3_bucket",
    scope="global",
    reads=(
        Read("s3", "list_buckets", action="s3:ListAllMyBuckets"),
        Read("s3", "get_bucket_policy", absent=("NoSuchBucketPolicy",)),
        Read("s3", "get_bucket_versioning"),
    ),
    from_live=_buckets,
)

PATIENCE = 1.0
"""Seconds to wait for an answer that never comes; every other answer must come within them, on a busy machine, too."""

BLOB = "Encoded authorization failure message: " + "aB3" * 60


def query_error(code: str, status: int = 403, message: str = "no") -> Answer:
    return Answer(
        status,
        f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
        "<RequestId>r-1</RequestId></ErrorResponse>".encode(),
    )


def ec2_error(code: str, status: int = 403, message: str = "no") -> Answer:
    return Answer(
        status,
        f"<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors>"
        "<RequestID>r-1</RequestID></Response>".encode(),
    )


def json_error(code: str, status: int = 400, message: str = "no") -> Answer:
    body = {"__type": f"com.amazon.coral.service#{code}", "message": message}
    return Answer(status, json.dumps(body).encode(), type="application/x-amz-json-1.1")


def s3_error(code: str, status: int = 403) -> Answer:
    body = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>no</Message><RequestId>r</RequestId></Error>"
    return Answer(status, body.encode())


def seed(endpoint: str = "") -> None:
    """A database, a secret and two buckets, made behind the proxy's back."""
    made: dict[str, Any] = {"region_name": REGION, "endpoint_url": endpoint or moto_endpoint()}
    boto3.client("rds", **made).create_db_instance(
        DBInstanceIdentifier="one", DBInstanceClass="db.t4g.micro", Engine="postgres", AllocatedStorage=20
    )
    boto3.client("secretsmanager", **made).create_secret(Name="one", SecretString="x")
    for name in ("bucket-a", "bucket-b"):
        boto3.client("s3", **made).create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})


ErrorOf = Callable[..., Answer]
ONE_AND_MORE = b"""<DescribeDBInstancesResponse><DescribeDBInstancesResult><Marker>more</Marker><DBInstances>
<DBInstance><DBInstanceIdentifier>one</DBInstanceIdentifier><DBInstanceArn>arn:one</DBInstanceArn>
<DbiResourceId>db-1</DbiResourceId></DBInstance></DBInstances></DescribeDBInstancesResult></DescribeDBInstancesResponse>"""
LISTINGS: list[tuple[Kind, str, ErrorOf, str]] = [
    (DATABASE, "DescribeDBInstances", query_error, "rds:DescribeDBInstances"),
    (GROUP, "DescribeSecurityGroups", ec2_error, "ec2:DescribeSecurityGroups"),
    (SECRET, "ListSecrets", json_error, "secretsmanager:ListSecrets"),
    (BUCKET, "GET /", s3_error, "s3:ListAllMyBuckets"),
]
IDS = [kind.type for kind, *_ in LISTINGS]

CODES = [
    ("AccessDenied", 403, "access denied"),
    ("AccessDeniedException", 400, "access denied"),
    ("UnauthorizedOperation", 403, "access denied"),
    ("Throttling", 400, "throttled"),
    ("RequestLimitExceeded", 503, "throttled"),
    ("TooManyRequestsException", 429, "throttled"),
    ("InternalFailure", 500, "server error"),
    ("ServiceUnavailable", 503, "server error"),
    ("ExpiredToken", 403, "expired credentials"),
    ("ExpiredTokenException", 400, "expired credentials"),
    ("RequestExpired", 400, "expired credentials"),
    ("AuthFailure", 401, "credentials refused"),
    ("UnrecognizedClientException", 400, "credentials refused"),
    ("ValidationError", 400, "request refused"),
]


@pytest.mark.parametrize(("kind", "operation", "error", "action"), LISTINGS, ids=IDS)
def test_an_error_becomes_a_gap_and_nothing_else(kind: Kind, operation: str, error: ErrorOf, action: str) -> None:
    with proxied_account() as (world, proxy):
        seed()
        for code, status, cause in CODES[:: len(CODES) // 5]:
            proxy.faults = {operation: [error(code, status)], f"{operation}?x-id=ListBuckets": [error(code, status)]}
            found = world.observe(kind, SUBNET)
            (gap,) = found.gaps
            assert (gap.cause, gap.kinds, gap.action) == (cause, (kind.type,), action), code
            assert gap.covers(kind.type) and not gap.covers(SUBNET.type)
            assert code in gap.detail
            assert list(found.of_kind(kind.type)) == []
            assert list(found.of_kind(SUBNET.type)), "what was not touched is read as ever"


@pytest.mark.parametrize(("code", "status", "cause"), CODES)
def test_every_code_has_its_cause(code: str, status: int, cause: str) -> None:
    answer: Any = {"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    assert classify(ClientError(answer, "Operation")).cause == cause


BODIES = [
    ("bare 403", Answer(403), "access denied"),
    ("bare 500", Answer(500), "server error"),
    ("bare 429", Answer(429), "throttled"),
    (
        "web page",
        Answer(200, b"<!DOCTYPE html><html></html>", type="text/html"),
        "malformed answer",
    ),
    ("empty body", Answer(200), "malformed answer"),
    ("cut short", Answer(200, b"<a><b>", how="cut"), ""),
    ("cut clean", Answer(200, b'{"SecretList": [{"ARN": "arn:aws', type="application/json"), ""),
    ("other XML", Answer(200, b"<other/>"), "malformed answer"),
    ("other JSON", Answer(200, b"{}", type="application/json"), ""),
    ("JSON list", Answer(200, b"[]", type="application/json"), ""),
    ("reset", Answer(how="reset"), "connection failed"),
    ("hang", Answer(how="hang"), "timeout"),
]


@pytest.mark.parametrize(("kind", "operation", "error", "action"), LISTINGS, ids=IDS)
def test_whatever_is_no_answer_becomes_a_gap(kind: Kind, operation: str, error: ErrorOf, action: str) -> None:
    with proxied_account() as (world, proxy):
        seed()
        for name, answer, cause in BODIES:
            proxy.faults = {operation: [answer], f"{operation}?x-id=ListBuckets": [answer]}
            found = world.observe(kind, read_timeout=PATIENCE if name == "hang" else 20)
            assert found.resources == (), name
            (gap,) = found.gaps
            assert (gap.kinds, gap.action) == ((kind.type,), action), name
            assert gap.cause == cause or not cause, (name, gap)


def test_a_gap_names_action_caller_and_no_secret() -> None:
    fault = ec2_error("UnauthorizedOperation", message=f"You are not authorized. {BLOB}")
    with proxied_account(DescribeSecurityGroups=fault) as (world, _):
        found = world.observe(GROUP)
    (gap,) = found.gaps
    assert gap.scope == f"ec2:DescribeSecurityGroups in {REGION}"
    assert gap.mend == f"allow ec2:DescribeSecurityGroups to {found.caller}"
    assert "aB3" not in gap.detail and "not authorized" in gap.detail
    assert (gap.account, gap.region, gap.resource) == (ACCOUNT, REGION, None)


def test_throttling_is_tried_again_and_then_succeeds() -> None:
    with proxied_account(DescribeDBInstances=[query_error("InternalFailure", 500), None]) as (world, proxy):
        seed()
        found = world.observe(DATABASE, max_attempts=2)
    assert found.gaps == () and len(found.resources) == 1
    assert proxy.seen.count("DescribeDBInstances") == 2


def test_throttling_to_exhaustion_counts_the_attempts() -> None:
    with proxied_account(DescribeDBInstances=query_error("Throttling", 400)) as (world, proxy):
        found = world.observe(DATABASE, max_attempts=2)
    assert [gap.cause for gap in found.gaps] == ["throttled"]
    assert proxy.seen.count("DescribeDBInstances") == 2


@pytest.mark.parametrize(
    ("second", "cause"),
    [
        (query_error("AccessDenied"), "access denied"),
        (query_error("ExpiredToken"), "expired credentials"),
        (Answer(500), "server error"),
        (Answer(how="reset"), "connection failed"),
        (Answer(how="hang"), "timeout"),
        (Answer(200, b"<DescribeDBInstancesResponse/>"), "malformed answer"),
        (Answer(200, ONE_AND_MORE), "partial listing"),
    ],
)
def test_a_second_page_that_fails_keeps_the_first_behind_a_gap(second: Any, cause: str) -> None:
    with proxied_account(DescribeDBInstances=[Answer(200, ONE_AND_MORE), second]) as (world, _):
        seed()
        found = world.observe(DATABASE, read_timeout=PATIENCE if cause == "timeout" else 20)
    assert [one.attributes["identifier"] for one in found.resources] == ["one"]
    (gap,) = found.gaps
    assert gap.cause == cause and gap.covers(DATABASE.type)
    assert gap.detail.startswith("partial listing, ")


def test_a_detail_that_fails_leaves_the_rest_of_the_resource() -> None:
    with proxied_account() as (world, proxy):
        seed()
        proxy.faults = {"GET /bucket-a?policy": [s3_error("AccessDenied")]}
        found = world.observe(BUCKET)
    first, second = found.resources
    assert isinstance(first.attributes["policy"], Unknown) and first.attributes["policy"].cause is Cause.UNREADABLE
    assert second.attributes["policy"] is None, "NoSuchBucketPolicy says that there is none"
    (gap,) = found.gaps
    assert (gap.resource, gap.attribute, gap.action) == ("bucket-a", "policy", "s3:GetBucketPolicy")
    assert not gap.covers(BUCKET.type)


@pytest.mark.parametrize(
    "answer", [Answer(404), s3_error("NoSuchBucket", 404), Answer(200), Answer(200, b"<html>"), Answer(how="reset")]
)
def test_only_the_declared_code_means_that_there_is_none(answer: Answer) -> None:
    with proxied_account() as (world, proxy):
        seed()
        proxy.faults = {"GET /bucket-a?policy": [answer], "GET /bucket-a?versioning": [answer]}
        found = world.observe(BUCKET)
    assert isinstance(found.resources[0].attributes["versioning"], Unknown)
    policy = found.resources[0].attributes["policy"]
    assert isinstance(policy, Unknown) or policy == {"Policy": "<html>"}
    assert {gap.resource for gap in found.gaps} == {"bucket-a"}


def test_a_token_that_expires_while_reading() -> None:
    with proxied_account() as (world, proxy):
        seed()
        proxy.faults = {"GET /bucket-b?policy": [s3_error("ExpiredToken", 400)]}
        proxy.faults["DescribeDBInstances"] = [query_error("ExpiredToken")]
        found = world.observe(BUCKET, DATABASE, SUBNET)
    assert {gap.cause for gap in found.gaps} == {"expired credentials"}
    assert len(list(found.of_kind(BUCKET.type))) == 2 and not list(found.of_kind(DATABASE.type))


def test_an_endpoint_that_is_down_is_not_tried_over_and_over(monkeypatch: pytest.MonkeyPatch) -> None:
    with proxied_account() as (world, _):
        seed()
        monkeypatch.setenv("AWS_ENDPOINT_URL_RDS", "http://127.0.0.1:9")
        found = world.observe(DATABASE, SUBNET)
    assert [(gap.cause, gap.kinds) for gap in found.gaps] == [("endpoint unreachable", (DATABASE.type,))]


def test_an_answer_that_cannot_be_translated_hides_one_resource_only() -> None:
    def without_a_class(body: bytes) -> bytes:
        return body.replace(b"<DBInstanceArn>", b"<Nothing>", 1).replace(b"</DBInstanceArn>", b"</Nothing>", 1)

    with proxied_account(DescribeDBInstances=without_a_class) as (world, _):
        seed()
        boto3.client("rds", region_name=REGION, endpoint_url=moto_endpoint()).create_db_instance(
            DBInstanceIdentifier="two", DBInstanceClass="db.t4g.micro", Engine="postgres", AllocatedStorage=20
        )
        found = world.observe(DATABASE)
    assert [one.attributes["identifier"] for one in found.resources] == ["two"]
    (gap,) = found.gaps
    assert gap.cause == "malformed answer" and gap.covers(DATABASE.type)
    assert "DBInstanceArn" in gap.detail and "one" in gap.detail


def test_an_explicit_deny_is_not_mended_by_allowing() -> None:
    message = "not authorized to perform ec2:DescribeSecurityGroups with an explicit deny in a policy"
    with proxied_account(DescribeSecurityGroups=ec2_error("UnauthorizedOperation", message=message)) as (world, _):
        found = world.observe(GROUP)
    (gap,) = found.gaps
    assert gap.mend == f"lift the explicit deny of ec2:DescribeSecurityGroups that meets {found.caller}"


def test_an_endpoint_that_lets_every_call_run_out_of_time_is_given_up() -> None:
    with proxied_account() as (world, proxy):
        for number in range(20):
            boto3.client("s3", region_name=REGION, endpoint_url=moto_endpoint()).create_bucket(
                Bucket=f"bucket-{number}", CreateBucketConfiguration={"LocationConstraint": REGION}
            )
        proxy.choose = lambda name, *_: Answer(how="hang") if "?policy" in name or "?versioning" in name else None
        found = world.observe(BUCKET, read_timeout=0.3, max_workers=2)
    assert len(found.resources) == 20
    assert len(found.gaps) == 40, "each names what it hides"
    assert {gap.cause for gap in found.gaps} == {"timeout"}
    assert sum("?policy" in name or "?versioning" in name for name in proxy.seen) < 10
    assert all(isinstance(one.attributes["policy"], Unknown) for one in found.resources)


def _services(reader: Reader) -> Iterable[Resource]:
    for service in reader.call("ecs", "describe_services", services=["a"]).get("services", ()):
        yield reader.resource("aws_ecs_service", service["serviceArn"], {})


def test_an_empty_answer_is_not_an_answer_of_nothing() -> None:
    kind = Kind("aws_ecs_service", reads=(Read("ecs", "describe_services"),), from_live=_services)
    for body, cause in ((b"{}", "malformed answer"), (b'{"services": []}', "")):
        answer = Answer(200, body, type="application/x-amz-json-1.1")
        with proxied_account(DescribeServices=answer) as (world, _):
            found = world.observe(kind)
        assert [gap.cause for gap in found.gaps] == ([cause] if cause else [])


def _attached(reader: Reader) -> Iterable[Resource]:
    found = reader.detail("iam", "list_attached_role_policies", resource="r", attribute="policies", RoleName="r")
    yield reader.resource("aws_iam_role", "r", {"policies": found})


@pytest.mark.parametrize(
    ("answers", "unreadable"),
    [
        ([query_error("NoSuchEntity", 404)], False),
        ([Answer(200, b"<other/>")], True),
        ([b"more", query_error("NoSuchEntity", 404)], True),
    ],
)
def test_what_a_later_page_lacks_says_nothing_of_the_whole(answers: list[Any], unreadable: bool) -> None:
    page = (
        b"<ListAttachedRolePoliciesResponse><ListAttachedRolePoliciesResult><IsTruncated>true</IsTruncated>"
        b"<Marker>t</Marker><AttachedPolicies><member><PolicyName>a</PolicyName></member></AttachedPolicies>"
        b"</ListAttachedRolePoliciesResult></ListAttachedRolePoliciesResponse>"
    )
    reads = (Read("iam", "list_attached_role_policies", absent=("NoSuchEntity",)),)
    kind = Kind("aws_iam_role", scope="global", reads=reads, from_live=_attached)
    given = [Answer(200, page) if answer == b"more" else answer for answer in answers]
    with proxied_account(ListAttachedRolePolicies=given) as (world, _):
        found = world.observe(kind)
    assert isinstance(found.resources[0].attributes["policies"], Unknown) is unreadable
    assert bool(found.gaps) is unreadable


@pytest.mark.parametrize("how", ["whole", "cut"])
def test_half_a_document_is_not_the_document(how: str) -> None:
    text = b'{"Version": "2012-10-17", "Statement": []}'
    given = Answer(200, text[:20], type="application/json") if how == "whole" else Answer(200, text, how="cut")
    with proxied_account() as (world, proxy):
        seed()
        proxy.faults = {"GET /bucket-a?policy": [given]}
        found = world.observe(BUCKET)
    assert isinstance(found.resources[0].attributes["policy"], Unknown)
    (gap,) = found.gaps
    assert (gap.resource, gap.attribute, gap.cause) == ("bucket-a", "policy", "malformed answer")


def test_a_whole_document_passes() -> None:
    with proxied_account() as (world, proxy):
        seed()
        proxy.faults = {"GET /bucket-a?policy": [Answer(200, b'{"Statement": []}', type="application/json")]}
        found = world.observe(BUCKET)
    assert found.resources[0].attributes["policy"] == {"Policy": '{"Statement": []}'}
    assert found.gaps == ()
