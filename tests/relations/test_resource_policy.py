"""A bucket's and a role's own policy say exactly what is documented, by principal and condition, on both planes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from audits.kind import Part
from audits.model import Cause, Reference, Unknown
from audits.relation import BodyError
from audits.relations.resource_policy import RELATION
from tests.relations import relation_world as world
from tests.relations.iam_world import (
    BUCKET,
    CDN_ARN,
    OBJECTS,
    allow,
    bucket,
    bucket_states,
    bucket_verdicts,
    deny,
    distribution,
    document,
    reading,
)

PLANES = pytest.mark.parametrize("plane", ["terraform", "live"])
CDN = {"Service": "cloudfront.amazonaws.com"}
INSECURE = {"Bool": {"aws:SecureTransport": "false"}}


@PLANES
def test_the_documented_policy_passes_however_it_is_written(plane: str) -> None:
    named = distribution(plane)
    for statements in (
        [reading(plane)],
        [reading(plane, Principal={"Service": ["cloudfront.amazonaws.com"]}, Action=["S3:getobject"])],
        [reading(plane, Condition={"ArnEquals": {"aws:sourcearn": [named]}})],
        [reading(plane, Condition={"stringlike": {"aws:SourceArn": named}})],
        [reading(plane), reading(plane)],
        [reading(plane), deny("s3:*", "*", Principal="*", Condition=INSECURE)],
        [
            reading(plane),
            reading(plane, Condition={"StringEquals": {"AWS:SourceArn": named}, "Bool": {"aws:SecureTransport": True}}),
        ],
    ):
        assert bucket_states(plane, *statements) == ["pass", "pass"]


@PLANES
@pytest.mark.parametrize(
    ("change", "states"),
    [
        ({"Condition": None}, ["pass", "fail"]),
        ({"Condition": {"StringEquals": {"AWS:SourceAccount": "111122223333"}}}, ["fail", "fail"]),
        ({"Condition": {"StringNotEquals": {"AWS:SourceArn": CDN_ARN}}}, ["fail", "fail"]),
        ({"Condition": {"StringLike": {"AWS:SourceArn": "arn:aws:cloudfront::111122223333:*"}}}, ["fail", "fail"]),
        ({"Principal": "*"}, ["fail", "fail"]),
        ({"Principal": {"AWS": "*"}}, ["fail", "fail"]),
        ({"Principal": {"Service": ["cloudfront.amazonaws.com", "ec2.amazonaws.com"]}}, ["pass", "fail"]),
        ({"Action": "s3:*"}, ["pass", "fail"]),
        ({"Action": "*"}, ["pass", "fail"]),
        ({"Action": ["s3:GetObject", "s3:ListBucket"]}, ["pass", "fail"]),
        ({"Resource": "arn:aws:s3:::glimpse-files-prod/x/*"}, ["fail", "pass"]),
        ({"Effect": "Deny"}, ["fail", "pass"]),
    ],
)
def test_a_changed_statement_fails(plane: str, change: dict[str, Any], states: list[str]) -> None:
    assert bucket_states(plane, reading(plane, **change)) == states


@PLANES
def test_another_statement_fails_and_is_named(plane: str) -> None:
    public = allow("s3:GetObject", Principal="*")
    found = bucket_verdicts(plane, reading(plane), public)[1]
    assert (found.state, found.actual) == ("fail", [f"AWS * s3:GetObject on {OBJECTS}"])
    other = {"AWS": "arn:aws:iam::444455556666:root"}
    found = bucket_verdicts(plane, reading(plane), allow("s3:PutObject", Principal=other))[1]
    assert found.actual == [f"AWS 444455556666 s3:PutObject on {OBJECTS}"]
    inverted = {"Effect": "Allow", "NotPrincipal": CDN, "Action": "s3:GetObject", "Resource": OBJECTS}
    found = bucket_verdicts(plane, reading(plane), inverted)[1]
    assert found.actual == [f"everyone but Service cloudfront.amazonaws.com s3:GetObject on {OBJECTS}"]


@PLANES
def test_a_deny_that_takes_it_away_fails_and_a_narrower_one_is_said(plane: str) -> None:
    assert bucket_states(plane, reading(plane), deny("s3:*", "*", Principal="*")) == ["fail", "pass"]
    assert bucket_states(plane, reading(plane), deny("s3:*", "*", Principal=CDN)) == ["fail", "pass"]
    assert bucket_states(plane, reading(plane), deny("s3:*", "*", Principal={"AWS": "1" * 12})) == ["pass", "pass"]
    left_out = {"Effect": "Deny", "NotPrincipal": CDN, "Action": "s3:*", "Resource": "*"}
    assert bucket_states(plane, reading(plane), left_out) == ["pass", "pass"]
    narrowed = bucket_verdicts(plane, reading(plane), deny("s3:*", "*", Principal="*", Condition=INSECURE))[0]
    assert "narrowed by Deny" in narrowed.cause


def test_another_distribution_fails_on_both_planes() -> None:
    other = world.reference("aws_cloudfront_distribution.other", "arn")
    for plane, named in (("terraform", other), ("live", f"{CDN_ARN}2")):
        base = bucket(plane, document(reading(plane, Condition={"StringEquals": {"AWS:SourceArn": named}})))
        if plane == "terraform":
            more = world.source("aws_cloudfront_distribution", "other", comment="x")
            chosen = world.changed(base.observation.resources[1], comment="main")
            base = world.view(base.observation.resources[0], chosen, more)
            body = _selecting({"comment": "main"})
        else:
            body = BUCKET
        assert list(world.states(RELATION, body, base).values()) == ["fail", "fail"]


def _selecting(select: dict[str, Any]) -> dict[str, Any]:
    statement = BUCKET["resource_policy"]["exactly"][0]
    refers = {"refers_to": {"kind": "aws_cloudfront_distribution", "select": select}}
    changed = {**statement, "conditions": {"StringEquals": {"AWS:SourceArn": refers}}}
    return {"resource_policy": {**BUCKET["resource_policy"], "exactly": [changed]}}


def test_an_arn_put_together_from_the_own_account_is_the_distributions() -> None:
    account = Unknown(Cause.DATA_SOURCE, (Reference("data.aws_caller_identity.current", "account_id"),))
    identifier = world.reference("aws_cloudfront_distribution.cdn")
    named = Unknown(Cause.COMPUTED, parts=("arn:aws:cloudfront::", account, ":distribution/", identifier))
    condition = {"StringEquals": {"AWS:SourceArn": named}}
    assert bucket_states("terraform", reading("terraform", Condition=condition)) == ["pass", "pass"]
    vague = Unknown(Cause.COMPUTED, parts=("arn:aws:cloudfront::", world.unknown(), ":distribution/", identifier))
    condition = {"StringEquals": {"AWS:SourceArn": vague}}
    assert bucket_states("terraform", reading("terraform", Condition=condition)) == ["unknown", "unknown"]


@pytest.mark.parametrize(
    ("change", "states"),
    [
        ({"Condition": world.unknown()}, ["unknown", "unknown"]),
        ({"Condition": {"StringEquals": {"AWS:SourceArn": world.unknown()}}}, ["unknown", "unknown"]),
        ({"Principal": world.unknown()}, ["unknown", "unknown"]),
        ({"Principal": {"Service": [world.unknown()]}}, ["unknown", "unknown"]),
        ({"Action": world.unknown()}, ["unknown", "unknown"]),
        ({"Effect": world.unknown()}, ["unknown", "pass"]),
        ({"Principal": {"Service": [world.unknown()]}, "Action": "s3:PutObject"}, ["fail", "fail"]),
    ],
)
def test_what_is_known_of_an_unknown_statement_decides(change: dict[str, Any], states: list[str]) -> None:
    assert bucket_states("terraform", reading("terraform", **change)) == states


def test_no_policy_and_a_policy_that_was_not_read() -> None:
    def of(plane: str, policy: Any, kind: str | None = "") -> list[str]:
        gaps = () if kind == "" else (world.gap(kind),)
        return list(world.states(RELATION, BUCKET, bucket(plane, policy, gaps)).values())

    assert of("live", None) == of("terraform", ...) == ["fail", "pass"]
    assert of("live", ...) == ["unknown", "unknown"]  # a live reader that gives none has not read it
    assert of("terraform", ..., "aws_s3_bucket_policy") == of("live", None, None) == ["unreadable", "unreadable"]
    assert of("live", Unknown(Cause.UNREADABLE)) == ["unreadable", "unreadable"]
    assert of("terraform", world.unknown()) == ["unknown", "unknown"]
    assert of("terraform", document(reading("terraform")), "aws_s3_bucket_policy") == ["pass", "pass"]
    assert of("terraform", [document(reading("terraform"))]) == ["pass", "pass"]
    assert of("live", "{}") == ["fail", "pass"]
    assert of("live", "no JSON") == ["unknown", "unknown"]
    assert of("terraform", Unknown(Cause.COMPUTED, partial=document(reading("terraform")))) == ["pass", "pass"]
    # One that is known leaves no room for another, even where the kind does not say so.
    many = replace(world.KINDS["aws_s3_bucket"], parts=(Part("aws_s3_bucket_policy", "bucket", ("policy",)),))
    seen = bucket("live", document(reading("live"), allow("s3:*", Principal="*")), (world.gap(None),))
    seen = replace(seen, kinds={**world.KINDS, "aws_s3_bucket": many})
    assert list(world.states(RELATION, BUCKET, seen).values()) == ["pass", "fail"]
    nothing = world.view(world.live("aws_s3_bucket", "arn:x", bucket="other"))
    assert set(world.states(RELATION, BUCKET, nothing).values()) == {"absent"}
    hidden = world.view(gaps=(world.gap("aws_s3_bucket"),))
    assert set(world.states(RELATION, BUCKET, hidden).values()) == {"unreadable"}


TRUST: dict[str, Any] = {
    "resource_policy": {
        "of": {"kind": "aws_iam_role", "select": {"name": "task"}},
        "path": "assume_role_policy",
        "exactly": [
            {
                "effect": "Allow",
                "principals": {"Service": "ecs-tasks.amazonaws.com"},
                "actions": ["sts:AssumeRole"],
            }
        ],
    }
}


def _trust(*statements: Any) -> list[Any]:
    seen = world.view(world.live("aws_iam_role", "r", name="task", assume_role_policy=document(*statements)))
    return list(world.judge(RELATION, TRUST, seen).values())


def test_a_trust_policy_has_no_resources() -> None:
    ecs = {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}
    assert [one.state for one in _trust(ecs)] == ["pass", "pass"]
    assert _trust(ecs)[0].path == "Service ecs-tasks.amazonaws.com sts:AssumeRole"
    more = {**ecs, "Principal": {"Service": ["ecs-tasks.amazonaws.com", "ec2.amazonaws.com"]}}
    assert [one.state for one in _trust(more)] == ["pass", "fail"]
    assert _trust(more)[1].actual == ["Service ec2.amazonaws.com sts:AssumeRole"]
    assert [one.state for one in _trust({**ecs, "Action": "sts:*"})] == ["pass", "fail"]
    snippet = {key: value for key, value in ecs.items() if key != "Effect"}
    assert [one.state for one in _trust(snippet)] == ["unknown", "pass"]
    assert [one.state for one in _trust()] == ["fail", "pass"]


def test_nothing_documented_means_nothing_at_all() -> None:
    body = {"resource_policy": {**BUCKET["resource_policy"], "exactly": []}}
    for actions in ("*", "s3:Get*", ["s3:GetObject"], "sqs:SendMessage"):
        assert bucket_states("live", allow(actions, Principal="*"), body=body) == ["fail"]
    assert bucket_states("live", deny("*", Principal="*"), body=body) == ["pass"]


@pytest.mark.parametrize(
    ("change", "message", "path"),
    [
        ({"path": "polcy"}, "did you mean 'policy'", ("path",)),
        ({"of": {"kind": "aws_s3_buckett"}}, "aws_s3_bucket", ("of", "kind")),
        (
            {"exactly": [{**BUCKET["resource_policy"]["exactly"][0], "actions": ["s3:GetObjct"]}]},
            "did you mean 's3:GetObject'",
            ("exactly", 0, "actions", 0),
        ),
        (
            {"exactly": [{**BUCKET["resource_policy"]["exactly"][0], "principals": {"AWS": [{"kind": "x"}]}}]},
            "refers_to",
            ("exactly", 0, "principals", "AWS", 0),
        ),
    ],
)
def test_a_wrong_spec_is_refused_with_its_place(change: Any, message: str, path: tuple[Any, ...]) -> None:
    with pytest.raises(BodyError, match=message) as caught:
        RELATION.check({"resource_policy": {**BUCKET["resource_policy"], **change}}, world.KINDS)
    assert caught.value.path == ("resource_policy", *path)


def test_a_right_spec_is_accepted_and_names_its_kinds() -> None:
    RELATION.check(BUCKET, world.KINDS)
    RELATION.check(TRUST, world.KINDS)
    assert RELATION.kinds(BUCKET) == {"aws_s3_bucket", "aws_cloudfront_distribution"}
