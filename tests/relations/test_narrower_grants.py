"""Grants that are narrower, wider or written by hand: said as what they are, decided where that can be told."""

from __future__ import annotations

from typing import Any

import pytest

from audits.model import Cause, Reference, Unknown
from audits.relations import grants, resource_policy
from tests.relations import relation_world as world
from tests.relations.iam_world import (
    BUCKET,
    CDN_ARN,
    GRANTED,
    GRANTS,
    OBJECTS,
    REST,
    ROLE_ARN,
    allow,
    bucket_verdicts,
    distribution,
    document,
    judge,
    reading,
    role,
    states,
)

PLANES = ("terraform", "live")
CALLER = Unknown(Cause.DATA_SOURCE, (Reference("data.aws_caller_identity.current", "account_id"),))


def text(*parts: Any) -> Unknown:
    return Unknown(Cause.COMPUTED, parts=parts, not_null=True)


def verdicts(plane: str, operator: str, value: Any, **more: Any) -> list[Any]:
    return bucket_verdicts(plane, reading(plane, Condition={operator: {"AWS:SourceArn": value}, **more}))


def told(found: list[Any]) -> list[str]:
    return [str(one.state) for one in found]


@pytest.mark.parametrize("operator", ["StringLike", "ArnLike", "ArnEquals"])
def test_a_pattern_admits_any_distribution(operator: str) -> None:
    for value, plane in (
        ("arn:aws:cloudfront::111122223333:distribution/*", "live"),
        ("arn:aws:cloudfront::111122223333:distribution/*", "terraform"),
        (text("arn:aws:cloudfront::", CALLER, ":distribution/*"), "terraform"),
        (text("arn:aws:cloudfront::", world.unknown(), ":distribution/*"), "terraform"),
    ):
        found = verdicts(plane, operator, value)
        assert told(found) == ["fail", "fail"]
        assert all("admits any aws_cloudfront_distribution" in one.cause for one in found)
        assert "data source: data source" not in found[0].cause


def test_the_sources_account_alone_is_not_the_source() -> None:
    for plane in PLANES:
        condition = {"StringEquals": {"AWS:SourceAccount": "111122223333"}}
        assert told(bucket_verdicts(plane, reading(plane, Condition=condition))) == ["fail", "fail"]


def test_equal_texts_know_no_wildcards() -> None:
    assert told(verdicts("live", "StringEquals", "arn:aws:cloudfront::111122223333:distribution/*")) == ["fail", "fail"]


def test_a_pattern_with_the_id_admits_one() -> None:
    found = verdicts("live", "StringLike", "arn:aws:cloudfront::*:distribution/E1")
    assert told(found) == ["pass", "pass"]


@pytest.mark.parametrize("plane", PLANES)
def test_harmless_conditions_beside_the_source_narrow(plane: str) -> None:
    account = CALLER if plane == "terraform" else "111122223333"
    both = {"AWS:SourceArn": distribution(plane), "AWS:SourceAccount": account}
    found = bucket_verdicts(plane, reading(plane, Condition={"StringEquals": both}))
    assert told(found) == ["pass", "pass"]
    assert "only if StringEquals AWS:SourceAccount" in found[0].cause
    secure = {"StringEquals": {"AWS:SourceArn": distribution(plane)}, "Bool": {"aws:SecureTransport": "true"}}
    assert told(bucket_verdicts(plane, reading(plane, Condition=secure))) == ["pass", "pass"]


def test_a_foreign_account_or_another_condition_is_no_such_grant() -> None:
    for more in (
        {"AWS:SourceAccount": "999999999999"},
        {"aws:PrincipalOrgID": "o-1"},
        {"aws:Referer": "x"},
    ):
        found = verdicts("live", "StringEquals", CDN_ARN, StringLike=more)
        assert told(found) == ["fail", "pass"]
        assert "only if" in found[0].cause and "not granted" not in found[0].cause
        assert "only if" in str(found[0].actual)
    insecure = verdicts("live", "StringEquals", CDN_ARN, Bool={"aws:SecureTransport": "false"})
    assert told(insecure) == ["fail", "pass"]


def test_an_account_that_source_does_not_tell_leaves_it_open() -> None:
    both = {"AWS:SourceArn": distribution("terraform"), "AWS:SourceAccount": "123456789012"}
    found = bucket_verdicts("terraform", reading("terraform", Condition={"StringEquals": both}))
    assert told(found) == ["unknown", "pass"]
    assert "123456789012" in found[0].cause


@pytest.mark.parametrize("plane", PLANES)
def test_a_wider_principal_is_said(plane: str) -> None:
    found = bucket_verdicts(plane, reading(plane, Principal="*"))
    assert told(found) == ["fail", "fail"]
    assert "granted to AWS * instead" in found[0].cause


def test_an_arn_put_together_from_the_id_is_the_distributions() -> None:
    own = world.reference("aws_cloudfront_distribution.cdn")
    parts = ("arn:aws:cloudfront::", CALLER, ":distribution/", own)
    assert told(verdicts("terraform", "StringEquals", text(*parts))) == ["pass", "pass"]
    found = verdicts("terraform", "StringEquals", text("arn:aws:cloudfront::123456789012:distribution/", own))
    assert told(found) == ["unknown", "pass"], "in another account there is no distribution of that id"
    assert "123456789012" in found[0].cause


def test_an_arn_in_the_place_of_the_id_names_nothing() -> None:
    parts = (
        "arn:aws:cloudfront::",
        CALLER,
        ":distribution/",
        world.reference("aws_cloudfront_distribution.cdn", "arn"),
    )
    assert told(verdicts("terraform", "StringEquals", text(*parts)))[0] != "pass"


def test_a_role_named_by_a_text() -> None:
    role_ = world.source("aws_iam_role", "task", name="task")
    statement = {**BUCKET["resource_policy"]["exactly"][0], "conditions": {}}
    body = {
        "resource_policy": {
            **BUCKET["resource_policy"],
            "exactly": [{**statement, "principals": {"AWS": {"refers_to": {"kind": "aws_iam_role"}}}}],
        }
    }
    for value, state in (
        (text("arn:aws:iam::", CALLER, ":role/task"), "pass"),
        (text("arn:aws:iam::", CALLER, ":role/", world.reference("aws_iam_role.task", "name")), "pass"),
        (text("arn:aws:iam::", CALLER, ":role/other"), "fail"),
        ("arn:aws:iam::123456789012:role/task", "unknown"),
        (text("arn:aws:iam::", CALLER, ":role/path/task"), "fail"),
    ):
        policy = document(allow("s3:GetObject", Principal={"AWS": value}))
        bucket = world.source("aws_s3_bucket", "files", bucket="glimpse-files-prod", policy=policy)
        found = world.judge(resource_policy.RELATION, body, world.view(bucket, role_))
        assert str(next(iter(found.values())).state) == state, value


def test_an_attached_policy_named_by_a_text() -> None:
    arn = text("arn:aws:iam::", CALLER, ":policy/extra")
    held = role("terraform", attached=document(allow()))
    held[0] = world.changed(held[0], attached_policies=[{"policy_arn": arn}])
    found = world.judge(grants.RELATION, GRANTS, world.view(*held))
    assert (str(found[GRANTED].state), str(found[REST].state)) == ("pass", "pass")


def test_a_policy_of_aws_is_left_to_the_live_plane() -> None:
    attached = [{"policy_arn": "arn:aws:iam::aws:policy/AmazonS3FullAccess"}]
    found = judge("terraform", attached_policies=attached)
    assert str(found[REST].state) == "unknown"
    assert "AmazonS3FullAccess is AWS's own policy: its content is not in the source" in found[REST].cause
    assert "the live plane decides" in found[REST].cause


def test_a_policy_that_is_attached_to_nothing_is_hinted_at() -> None:
    held = role("terraform", attached=document(allow()))
    held[0] = world.changed(held[0], attached_policies=[])
    found = world.judge(grants.RELATION, GRANTS, world.view(*held))[GRANTED]
    assert str(found.state) == "fail"
    assert "policy extra" in found.cause and "not attached to" in found.cause


@pytest.mark.parametrize("plane", PLANES)
def test_another_buckets_policy_may_grant_to_the_role(plane: str) -> None:
    named = world.reference("aws_iam_role.task", "arn") if plane == "terraform" else ROLE_ARN
    make = world.source if plane == "terraform" else world.live
    other = "arn:aws:s3:::backups/*"
    policy = document(allow("s3:GetObject", other, Principal={"AWS": named}))
    bucket = make("aws_s3_bucket", "aws_s3_bucket.backups", bucket="backups", policy=policy)
    found = world.judge(grants.RELATION, GRANTS, world.view(*role(plane, allow()), bucket))
    assert (str(found[GRANTED].state), str(found[REST].state)) == ("pass", "fail")
    assert "policy of aws_s3_bucket" in found[REST].cause and other in str(found[REST].actual)
    denied = document(allow("s3:GetObject", other, Principal={"AWS": "arn:aws:iam::111122223333:role/else"}))
    beside = world.changed(bucket, policy=denied)
    assert str(world.judge(grants.RELATION, GRANTS, world.view(*role(plane, allow()), beside))[REST].state) == "pass"
    documented = document(allow("s3:GetObject", OBJECTS, Principal={"AWS": named}))
    same = world.changed(bucket, policy=documented)
    assert str(world.judge(grants.RELATION, GRANTS, world.view(*role(plane, allow()), same))[REST].state) == "pass"
    # What a bucket grants does not stand for what the role's policies are to grant.
    assert str(world.judge(grants.RELATION, GRANTS, world.view(*role(plane), same))[GRANTED].state) == "fail"


def test_no_text_shows_what_python_writes() -> None:
    odd = allow(effect=[world.unknown()], resources=[{"a": world.unknown()}])
    found = judge("terraform", odd)
    assert "Unknown(" not in str([one.cause for one in found.values()])
    assert states("terraform", odd)[1] == "unknown"


def test_a_variable_without_value_says_how_to_give_one() -> None:
    found = judge("terraform", allow(resources=world.unknown()))
    assert found[GRANTED].mend == "give --var or --var-file a value for var.x"
    assert found[GRANTED].cause.count("variable without value") == 1
