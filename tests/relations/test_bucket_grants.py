"""What the policies of buckets add to, and take from, what a role's own policies grant: on both planes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from audits.model import Cause, Gap, Reference, Resource, Unknown
from audits.relations import grants
from tests.relations import relation_world as world
from tests.relations.iam_world import (
    GRANTED,
    GRANTS,
    OBJECTS,
    POLICY_ARN,
    REST,
    ROLE_ARN,
    allow,
    deny,
    document,
    role,
)

PLANES = pytest.mark.parametrize("plane", ["terraform", "live"])
ACCOUNT = "111122223333"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
BACKUPS = "arn:aws:s3:::backups/*"
OTHER_ROLE = ROLE_ARN.replace("task", "else")


def bucket(plane: str, name: str, policy: Any) -> Resource:
    if plane == "terraform":
        found = world.source("aws_s3_bucket", name, bucket=name, policy=policy)
        return replace(found, account=ACCOUNT)
    return world.live("aws_s3_bucket", f"arn:aws:s3:::{name}", bucket=name, policy=policy)


def judge(plane: str, *buckets: Resource, gaps: tuple[Gap, ...] = (), **more: Any) -> dict[str, Any]:
    held = [one for one in role(plane, allow(), **more) if one.kind != "aws_s3_bucket"]
    # The account is known on both planes: in source by allowed_account_ids.
    held = [replace(one, account=ACCOUNT) for one in held]
    return world.judge(grants.RELATION, GRANTS, world.view(*held, *buckets, gaps=gaps))


def states(plane: str, *statements: Any, name: str = "backups", **more: Any) -> tuple[str, str]:
    """The states of the documented grant and of everything else, beside a bucket with these statements."""
    found = judge(plane, bucket(plane, name, document(*statements)), **more)
    return str(found[GRANTED].state), str(found[REST].state)


def reading(principal: Any, **more: Any) -> dict[str, Any]:
    return allow("s3:GetObject", BACKUPS, Principal=principal, **more)


def this_role(plane: str) -> Any:
    return world.reference("aws_iam_role.task", "arn") if plane == "terraform" else ROLE_ARN


def when(operator: str, key: str, value: Any) -> dict[str, Any]:
    return {"Condition": {operator: {key: value}}}


@PLANES
@pytest.mark.parametrize("everyone", ["*", {"AWS": "*"}, {"AWS": ["*", ROOT]}])
def test_what_everyone_may_the_role_may(plane: str, everyone: Any) -> None:
    found = judge(plane, bucket(plane, "backups", document(reading(everyone))))
    assert (str(found[GRANTED].state), str(found[REST].state)) == ("pass", "fail")
    assert found[REST].actual == [f"s3:GetObject on {BACKUPS}"]
    assert "which speaks of everyone" in found[REST].cause


@PLANES
@pytest.mark.parametrize(
    "condition",
    [
        when("StringEquals", "aws:SourceVpce", "vpce-1"),
        when("IpAddress", "aws:SourceIp", "10.0.0.0/8"),
        when("Bool", "aws:SecureTransport", "true"),
        when("ArnLike", "aws:PrincipalArn", f"arn:aws:iam::{ACCOUNT}:role/*"),
        when("StringEquals", "aws:PrincipalAccount", ACCOUNT),
        when("StringEquals", "aws:PrincipalType", "AssumedRole"),
        when("ArnNotEquals", "aws:PrincipalArn", OTHER_ROLE),
        when("StringEqualsIfExists", "aws:SourceArn", "arn:aws:sns:::x"),
        when("Null", "aws:SourceArn", "true"),
        when("Bool", "aws:PrincipalIsAWSService", "false"),
    ],
)
def test_everyone_under_a_condition_that_the_role_can_meet(plane: str, condition: Any) -> None:
    assert states(plane, reading("*", **condition)) == ("pass", "fail")


@PLANES
@pytest.mark.parametrize(
    "condition",
    [
        when("StringEquals", "aws:SourceArn", "arn:aws:cloudfront::1:distribution/E1"),
        when("ArnLike", "aws:SourceArn", "arn:aws:sns:*"),
        when("StringEquals", "aws:SourceAccount", ACCOUNT),
        when("Bool", "aws:PrincipalIsAWSService", "true"),
        when("Null", "aws:PrincipalServiceName", "false"),
        when("ArnEquals", "aws:PrincipalArn", OTHER_ROLE),
        when("StringLike", "aws:PrincipalArn", [OTHER_ROLE, f"arn:aws:iam::{ACCOUNT}:user/*"]),
        when("ArnNotLike", "aws:PrincipalArn", f"arn:aws:iam::{ACCOUNT}:role/t*"),
        when("StringEquals", "aws:PrincipalAccount", "999988887777"),
        when("StringNotEquals", "aws:PrincipalAccount", ACCOUNT),
        when("StringEquals", "aws:username", "ann"),
        {"Condition": {"ArnEquals": {"aws:PrincipalArn": OTHER_ROLE}, "Bool": {"aws:SecureTransport": "true"}}},
    ],
)
def test_everyone_under_a_condition_that_the_role_never_meets(plane: str, condition: Any) -> None:
    assert states(plane, reading("*", **condition)) == ("pass", "pass")


@PLANES
@pytest.mark.parametrize(
    "condition",
    [
        when("StringEquals", "aws:PrincipalOrgID", "o-1"),
        when("StringEquals", "aws:PrincipalTag/team", "a"),
        when("StringLike", "aws:userid", "AROA1:*"),
        when("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", "o-1/*"),
    ],
)
def test_what_cannot_be_told_of_the_role_leaves_it_open(plane: str, condition: Any) -> None:
    found = judge(plane, bucket(plane, "backups", document(reading("*", **condition))))
    assert (str(found[GRANTED].state), str(found[REST].state)) == ("pass", "unknown")
    assert "meets" in found[REST].cause
    # It may be that it speaks of the role: within what is documented that is no matter.
    within = allow("s3:GetObject", OBJECTS, Principal="*", **condition)
    assert states(plane, within, name="glimpse-files-prod") == ("pass", "pass")


@PLANES
def test_the_account_alone_grants_nothing_by_itself(plane: str) -> None:
    for account in (ROOT, ACCOUNT):
        assert states(plane, reading({"AWS": account})) == ("pass", "pass")


@PLANES
def test_others_are_not_the_role(plane: str) -> None:
    others: list[Any] = [
        {"Service": "cloudfront.amazonaws.com"},
        {"AWS": OTHER_ROLE},
        {"AWS": f"arn:aws:sts::{ACCOUNT}:assumed-role/else/session"},
        {"AWS": "arn:aws:sts::999988887777:assumed-role/task/session"},
        {"AWS": "AROAEXAMPLE"},
        {"CanonicalUser": "79a5"},
        {"Federated": "cognito-identity.amazonaws.com"},
    ]
    assert [states(plane, reading(one)) for one in others] == [("pass", "pass")] * len(others)


@PLANES
def test_a_session_of_the_role_is_the_role(plane: str) -> None:
    session = {"AWS": f"arn:aws:sts::{ACCOUNT}:assumed-role/task/session"}
    assert states(plane, reading(session)) == ("pass", "fail")


@PLANES
def test_everyone_but_some_is_the_role_unless_it_is_named(plane: str) -> None:
    def but(principal: Any) -> dict[str, Any]:
        return allow("s3:GetObject", BACKUPS, NotPrincipal=principal)

    assert states(plane, but({"AWS": OTHER_ROLE})) == ("pass", "fail")
    assert states(plane, but({"AWS": this_role(plane)})) == ("pass", "pass")
    assert states(plane, but({"AWS": ROOT})) == ("pass", "unknown")


def test_a_principal_that_is_not_known_leaves_it_open() -> None:
    assert states("terraform", reading({"AWS": world.unknown()})) == ("pass", "unknown")
    assert states("terraform", reading(world.unknown())) == ("pass", "unknown")
    assert states("terraform", reading({"Service": world.unknown()})) == ("pass", "pass")
    cdn = Unknown(Cause.COMPUTED, (Reference("aws_cloudfront_origin_access_identity.cdn", "iam_arn"),))
    assert states("terraform", reading({"AWS": cdn})) == ("pass", "pass")
    root = Unknown(Cause.UNSUPPORTED, parts=("arn:aws:iam::", world.unknown(), ":root"))
    assert states("terraform", reading({"AWS": root})) == ("pass", "pass")
    named = Unknown(Cause.UNSUPPORTED, parts=("arn:aws:iam::", world.unknown(), ":role/else"))
    assert states("terraform", reading({"AWS": named})) == ("pass", "pass")
    named = Unknown(Cause.UNSUPPORTED, parts=("arn:aws:iam::", world.unknown(), ":role/task"))
    assert states("terraform", reading({"AWS": named})) == ("pass", "unknown")


# --- what a bucket denies


@PLANES
@pytest.mark.parametrize(
    "statement",
    [
        {"Principal": "*"},
        {"Principal": {"AWS": ROOT}},
        {"NotPrincipal": {"AWS": "arn:aws:iam::999988887777:role/else"}},
        {"Principal": "*", **when("ArnNotEquals", "aws:PrincipalArn", OTHER_ROLE)},
    ],
)
def test_what_the_bucket_denies_is_not_granted(plane: str, statement: dict[str, Any]) -> None:
    denied = {**deny("s3:DeleteObject"), **statement}
    found = judge(plane, bucket(plane, "glimpse-files-prod", document(denied)))
    assert (found[GRANTED].state, found[GRANTED].actual) == ("fail", "only s3:GetObject, s3:PutObject")
    assert "s3:DeleteObject is denied" in found[GRANTED].cause


@PLANES
@pytest.mark.parametrize(
    "statement",
    [
        deny(
            "s3:*",
            ["arn:aws:s3:::glimpse-files-prod", OBJECTS],
            Principal="*",
            **when("Bool", "aws:SecureTransport", "false"),
        ),
        deny("s3:DeleteObject", Principal={"AWS": OTHER_ROLE}),
        deny("s3:DeleteObject", Principal={"Service": "cloudfront.amazonaws.com"}),
        deny("s3:DeleteObject", Principal={"AWS": "999988887777"}),
        deny("s3:DeleteBucket", "arn:aws:s3:::glimpse-files-prod", Principal="*"),
        deny("s3:DeleteObject", Principal="*", **when("ArnNotEquals", "aws:PrincipalArn", ROLE_ARN)),
    ],
)
def test_a_deny_that_leaves_the_role_what_is_documented_passes(plane: str, statement: dict[str, Any]) -> None:
    assert states(plane, statement, name="glimpse-files-prod") == ("pass", "pass")


def test_a_deny_that_perhaps_speaks_of_the_role_is_open() -> None:
    denied = deny("s3:DeleteObject", Principal={"AWS": world.unknown()})
    assert states("terraform", denied, name="glimpse-files-prod") == ("unknown", "pass")
    tagged = deny("s3:DeleteObject", Principal="*", **when("StringEquals", "aws:PrincipalOrgID", "o-1"))
    assert states("terraform", tagged, name="glimpse-files-prod") == ("pass", "pass")


def test_a_deny_takes_back_what_another_policy_grants_too_much() -> None:
    wide = allow("s3:GetObject", BACKUPS)
    held = [one for one in role("live", allow(), wide) if one.kind != "aws_s3_bucket"]
    closed = bucket("live", "backups", document(deny("s3:*", BACKUPS, Principal="*")))
    found = world.judge(grants.RELATION, GRANTS, world.view(*held, closed))
    assert (found[GRANTED].state, found[REST].state) == ("pass", "pass")


# --- what was not read, or cannot be told


@PLANES
def test_a_policy_that_is_not_known_leaves_open_what_it_could_say(plane: str) -> None:
    unread = Unknown(Cause.UNREADABLE, detail="s3:GetBucketPolicy was denied")
    found = judge(plane, bucket(plane, "backups", unread))
    assert (found[GRANTED].state, found[REST].state) == ("pass", "unreadable")
    assert "s3:GetBucketPolicy" in found[REST].cause
    found = judge(plane, bucket(plane, "glimpse-files-prod", unread))
    assert (found[GRANTED].state, found[REST].state) == ("unreadable", "unreadable")


@PLANES
def test_buckets_that_were_not_read_may_grant_more(plane: str) -> None:
    found = judge(plane, gaps=(world.gap("aws_s3_bucket"),))
    assert (found[GRANTED].state, found[REST].state) == ("pass", "unreadable")
    assert found[REST].mend == "allow"
    # A policy may lie behind a gap of its own, and then nobody knows what it says.
    bare = bucket(plane, "glimpse-files-prod", None)
    found = judge(plane, bare, gaps=(world.gap("aws_s3_bucket_policy"),))
    assert (found[GRANTED].state, found[REST].state) == ("unreadable", "unreadable")


def test_a_bucket_that_perhaps_exists_decides_nothing() -> None:
    perhaps = replace(bucket("terraform", "backups", document(reading("*"))), existence=world.unknown())
    found = judge("terraform", perhaps)
    assert (found[GRANTED].state, found[REST].state) == ("pass", "unknown")


def test_a_policy_that_only_the_provider_computes_is_none_of_a_new_bucket() -> None:
    new = replace(bucket("terraform", "backups", Unknown(Cause.COMPUTED)), computed=("policy",), missing="absent")
    found = judge("terraform", new)
    assert (found[GRANTED].state, found[REST].state) == ("pass", "pass")


@PLANES
def test_a_bucket_of_another_account_does_not_grant_by_itself_but_denies(plane: str) -> None:
    theirs = replace(bucket(plane, "backups", document(reading("*"))), account="999988887777")
    found = judge(plane, theirs)
    assert (found[GRANTED].state, found[REST].state) == ("pass", "pass")
    denied = document(deny("s3:DeleteObject", Principal="*"))
    theirs = replace(bucket(plane, "glimpse-files-prod", denied), account="999988887777")
    assert judge(plane, theirs)[GRANTED].state == "fail"


# --- the boundary


@PLANES
@pytest.mark.parametrize(
    ("principal", "state"),
    [
        # a role that is named is held to its boundary, a session is not, and of everyone the guide does not say
        ("this role", "pass"),
        ({"AWS": f"arn:aws:sts::{ACCOUNT}:assumed-role/task/session"}, "fail"),
        ("*", "unknown"),
    ],
)
def test_a_boundary_holds_for_a_role_that_is_named(plane: str, principal: Any, state: str) -> None:
    named = {"AWS": this_role(plane)} if principal == "this role" else principal
    limit = world.reference("aws_iam_policy.files", "arn") if plane == "terraform" else POLICY_ARN
    body = {"name": "limit", "policy": document(allow("s3:*"))}
    boundary = (
        world.source("aws_iam_policy", "files", **body)
        if plane == "terraform"
        else world.live("aws_iam_policy", POLICY_ARN, arn=POLICY_ARN, **body)
    )
    policy = bucket(plane, "backups", document(reading(named)))
    found = judge(plane, policy, boundary, permissions_boundary=limit)
    assert (found[GRANTED].state, found[REST].state) == ("pass", state)


@PLANES
def test_what_the_boundary_denies_is_denied_to_everyone_it_holds_for(plane: str) -> None:
    limit = world.reference("aws_iam_policy.files", "arn") if plane == "terraform" else POLICY_ARN
    body = {"name": "limit", "policy": document(allow("s3:*"), deny("s3:*", BACKUPS))}
    boundary = (
        world.source("aws_iam_policy", "files", **body)
        if plane == "terraform"
        else world.live("aws_iam_policy", POLICY_ARN, arn=POLICY_ARN, **body)
    )
    policy = bucket(plane, "backups", document(reading("*")))
    found = judge(plane, policy, boundary, permissions_boundary=limit)
    assert (found[GRANTED].state, found[REST].state) == ("pass", "pass")
