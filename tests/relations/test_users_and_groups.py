"""Grants of users and groups: own policies, those of groups, boundaries, and buckets, on both planes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from audits import kinds
from audits.model import Cause, Gap, Observation, Plane, Resource, Unknown
from audits.relation import BodyError
from audits.relations import grants
from audits.view import View
from tests.relations import relation_world as world
from tests.relations.iam_world import GRANTED, OBJECTS, REST, THREE, allow, deny, document

PLANES = pytest.mark.parametrize("plane", ["terraform", "live"])
ARN = "arn:aws:iam::111122223333:{}"
BACKUPS = "arn:aws:s3:::backups/*"


def body(kind: str, name: str) -> dict[str, Any]:
    exactly = [{"effect": "Allow", "actions": THREE, "resources": [OBJECTS], "conditions": {}}]
    return {"grants": {"to": {"kind": kind, "select": {"name": name}}, "service": "s3", "exactly": exactly}}


def owner(plane: str, kind: str, name: str, *statements: Any, **more: Any) -> Resource:
    inline = [{"name": "files", "policy": document(*statements)}] if statements else []
    attributes = {"name": name, "inline_policy": inline, "attached_policies": [], **more}
    if plane == "terraform":
        return replace(world.source(kind, name, **attributes), account="111122223333")
    unbounded = {"permissions_boundary": None} if kind == "aws_iam_user" else {}
    identity = ARN.format(f"{kind.removeprefix('aws_iam_')}/{name}")
    return world.live(kind, identity, **{"arn": identity, "id": name, **unbounded, **attributes})


def user(plane: str, *statements: Any, groups: Any = (), **more: Any) -> Resource:
    named = list(groups) if isinstance(groups, tuple) else groups
    return owner(plane, "aws_iam_user", "ann", *statements, groups=named, **more)


def group(plane: str, name: str, *statements: Any, **more: Any) -> Resource:
    return owner(plane, "aws_iam_group", name, *statements, **more)


def member(plane: str, name: str) -> Any:
    """How a user's groups name one on a plane."""
    return world.reference(f"aws_iam_group.{name}", "name") if plane == "terraform" else name


def states(
    plane: str, *found: Resource, of: tuple[str, str] = ("aws_iam_user", "ann"), gaps: Any = ()
) -> tuple[str, str]:
    seen: Plane = "live" if plane == "live" else "terraform"
    view = View(Observation(seen, found, tuple(gaps)), kinds.registry())
    judged = world.judge(grants.RELATION, body(*of), view)
    return str(judged[GRANTED].state), str(judged[REST].state)


@PLANES
def test_what_a_user_is_granted_by_its_own_policies(plane: str) -> None:
    assert states(plane, user(plane, allow())) == ("pass", "pass")
    assert states(plane, user(plane, allow("s3:GetObject"))) == ("fail", "pass")
    assert states(plane, user(plane, allow(), allow("s3:ListBucket", "*"))) == ("pass", "fail")
    assert states(plane, user(plane)) == ("fail", "pass")


@PLANES
def test_the_policies_of_a_users_groups_are_its_own(plane: str) -> None:
    held = user(plane, allow("s3:GetObject"), groups=(member(plane, "writers"), member(plane, "idle")))
    writers = group(plane, "writers", allow(["s3:PutObject", "s3:DeleteObject"]))
    assert states(plane, held, writers, group(plane, "idle")) == ("pass", "pass")
    assert states(plane, held, writers, group(plane, "idle", allow("s3:Get*"))) == ("pass", "fail")
    assert states(plane, held, writers, group(plane, "idle", deny("s3:PutObject"))) == ("fail", "pass")
    # a group that it is not in says nothing of it
    assert states(plane, user(plane, allow()), group(plane, "others", allow("s3:*", "*"))) == ("pass", "pass")


@PLANES
def test_an_attached_policy_of_a_group_counts(plane: str) -> None:
    arn = ARN.format("policy/files")
    policy = {"name": "files", "policy": document(allow())}
    if plane == "terraform":
        managed, named = (
            world.source("aws_iam_policy", "files", **policy),
            world.reference("aws_iam_policy.files", "arn"),
        )
    else:
        managed, named = world.live("aws_iam_policy", arn, arn=arn, **policy), arn  # type: ignore[assignment]
    writers = group(plane, "writers", attached_policies=[{"policy_arn": named}])
    held = user(plane, groups=(member(plane, "writers"),))
    assert states(plane, held, writers, managed) == ("pass", "pass")
    assert states(plane, writers, managed, of=("aws_iam_group", "writers")) == ("pass", "pass")


@PLANES
def test_a_group_that_was_not_read_leaves_it_open(plane: str) -> None:
    gone = Gap(plane, ("aws_iam_group",), "iam:GetAccountAuthorizationDetails", "AccessDenied")  # type: ignore[arg-type]
    assert states(plane, user(plane, allow(), groups=("writers",)), gaps=(gone,)) == ("unreadable", "unreadable")
    unread = Unknown(Cause.UNREADABLE)
    assert states(plane, user(plane, allow(), groups=unread)) == ("unreadable", "unreadable")


def test_groups_that_source_does_not_tell_leave_it_open() -> None:
    assert states("terraform", user("terraform", allow(), groups=world.unknown())) == ("unknown", "unknown")
    held = user("terraform", allow(), groups=("elsewhere",))
    assert states("terraform", held) == ("unknown", "unknown")
    held = user("terraform", allow(), groups=Unknown(Cause.VARIABLE, partial=["writers"], open=True))
    assert states("terraform", held, group("terraform", "writers", allow("s3:ListBucket", "*"))) == ("unknown", "fail")


@PLANES
def test_a_users_boundary_intersects_its_groups_policies(plane: str) -> None:
    arn = ARN.format("policy/limit")
    limit = {"name": "limit", "policy": document(allow("s3:GetObject"))}
    if plane == "terraform":
        managed, named = (
            world.source("aws_iam_policy", "limit", **limit),
            world.reference("aws_iam_policy.limit", "arn"),
        )
    else:
        managed, named = world.live("aws_iam_policy", arn, arn=arn, **limit), arn  # type: ignore[assignment]
    held = user(plane, groups=(member(plane, "writers"),), permissions_boundary=named)
    assert states(plane, held, group(plane, "writers", allow()), managed) == ("fail", "pass")


@PLANES
def test_a_bucket_may_grant_a_user_by_name_whatever_its_boundary(plane: str) -> None:
    make = world.source if plane == "terraform" else world.live
    named = world.reference("aws_iam_user.ann", "arn") if plane == "terraform" else ARN.format("user/ann")
    policy = document(allow("s3:GetObject", BACKUPS, Principal={"AWS": named}))
    bucket = make("aws_s3_bucket", "backups", bucket="backups", policy=policy)
    assert states(plane, user(plane, allow()), bucket) == ("pass", "fail")
    session = document(
        allow("s3:GetObject", BACKUPS, Principal={"AWS": "arn:aws:sts::111122223333:assumed-role/ann/x"})
    )
    assert states(plane, user(plane, allow()), world.changed(bucket, policy=session)) == ("pass", "pass")
    hers = {"Condition": {"StringEquals": {"aws:username": "ann"}}}
    policy = document(allow("s3:GetObject", BACKUPS, Principal="*", **hers))
    assert states(plane, user(plane, allow()), world.changed(bucket, policy=policy)) == ("pass", "fail")
    others = {"Condition": {"StringEquals": {"aws:username": "bob"}}}
    policy = document(allow("s3:GetObject", BACKUPS, Principal="*", **others))
    assert states(plane, user(plane, allow()), world.changed(bucket, policy=policy)) == ("pass", "pass")


@PLANES
def test_a_group_is_no_principal_of_a_bucket(plane: str) -> None:
    make = world.source if plane == "terraform" else world.live
    policy = document(allow("s3:GetObject", BACKUPS, Principal="*"))
    bucket = make("aws_s3_bucket", "backups", bucket="backups", policy=policy)
    assert states(plane, group(plane, "writers", allow()), bucket, of=("aws_iam_group", "writers")) == ("pass", "pass")


@PLANES
def test_no_such_user_is_absent(plane: str) -> None:
    assert states(plane, group(plane, "ann", allow())) == ("absent", "absent")


def test_kinds_are_those_that_judging_needs() -> None:
    assert grants.RELATION.kinds(body("aws_iam_user", "ann")) == {
        "aws_iam_user",
        "aws_iam_group",
        "aws_iam_policy",
        "aws_s3_bucket",
    }
    assert grants.RELATION.kinds(body("aws_iam_group", "x")) == {"aws_iam_group", "aws_iam_policy"}
    for kind in ("aws_iam_user", "aws_iam_group"):
        grants.RELATION.check(body(kind, "x"), kinds.registry())
    with pytest.raises(BodyError, match="not of aws_iam_policy"):
        grants.RELATION.check(body("aws_iam_policy", "x"), kinds.registry())
