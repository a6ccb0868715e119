"""One listing of IAM's tells of roles, policies, users and groups: it is asked once, for those that are read."""

from __future__ import annotations

import json

from audits.kind import Kind
from audits.kinds.aws_iam_group import KIND as GROUP
from audits.kinds.aws_iam_policy import KIND as POLICY
from audits.kinds.aws_iam_role import KIND as ROLE
from audits.kinds.aws_iam_user import KIND as USER
from tests.planes.live.test_faults import query_error
from tests.planes.live.world import World, proxied_account

DETAILS = "GetAccountAuthorizationDetails"
GRANT = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
ANY = json.dumps({"Version": "2012-10-17", "Statement": [GRANT]})


def _fill(world: World) -> None:
    iam = world.client("iam")
    iam.create_role(RoleName="role", AssumeRolePolicyDocument=ANY)
    iam.create_policy(PolicyName="policy", PolicyDocument=ANY)
    iam.create_user(UserName="user")
    iam.create_group(GroupName="group")


def _read(world: World, *kinds: Kind) -> set[tuple[str, str]]:
    found = world.observe(*kinds)
    assert found.gaps == ()
    return {(one.kind, str(one.attributes["name"])) for one in found.resources}


def test_kinds_that_are_read_together_share_it() -> None:
    with proxied_account() as (world, proxy):
        _fill(world)
        proxy.seen.clear()
        every = {(kind.type, kind.type.rpartition("_")[2]) for kind in (ROLE, POLICY, USER, GROUP)}
        assert _read(world, ROLE, POLICY, USER, GROUP) == every
        assert proxy.seen.count(DETAILS) == 1
        for kind in (ROLE, POLICY, USER, GROUP):
            assert _read(world, kind) == {(kind.type, kind.type.rpartition("_")[2])}


def test_where_it_fails_each_of_them_is_unreadable() -> None:
    with proxied_account(GetAccountAuthorizationDetails=query_error("AccessDenied")) as (world, _):
        found = world.observe(ROLE, POLICY)
    assert [gap.kinds for gap in found.gaps] == [("aws_iam_policy", "aws_iam_role")]
    assert found.resources == ()
