"""Accounts and regions: what a control is about, which gaps touch it, and where the same name is meant."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from audits.judge import judge
from audits.kind import Kind
from audits.model import Check, Gap, Observation, Resource, Scope, State, Verdict
from audits.places import Place, has_region, is_unique, may_hide, of_arn, out_of_sight, shared
from audits.relations import registry
from audits.view import View
from tests.factories import BUCKET, DATABASE, GROUP, KINDS, ROLE, control, gap, resource

HERE, THERE = ("111111111111", "ap-northeast-2"), ("222222222222", "eu-west-1")
SCOPED = {**KINDS, "aws_iam_role": replace(ROLE, scope="global"), "aws_s3_bucket": replace(BUCKET, scope="global")}
GLOBAL: Kind = SCOPED["aws_iam_role"]


def at(kind: str, called: str, place: tuple[str | None, str | None] = HERE, /, **given: Any) -> Resource:
    identity = f"arn:aws:x:{place[1] or ''}:{place[0] or ''}:{called}"
    return resource(kind, identity, Account=place[0], Region=place[1], id=called, arn=identity, **given)


def observed(*resources: Resource, gaps: tuple[Gap, ...] = (), plane: Any = "live") -> Observation:
    return Observation(
        plane, resources, gaps, accounts=("111111111111", "222222222222"), regions=("ap-northeast-2", "eu-west-1")
    )


def judged(seen: Observation, scope: Scope, kinds: dict[str, Kind] = SCOPED, **body: Any) -> dict[str, Verdict]:
    asked = replace(control(**body), scope=scope)
    return {one.path: one for one in judge(Check(asked, seen.plane), seen, kinds, registry()).verdicts}


def states(seen: Observation, scope: Scope, **body: Any) -> dict[str, str]:
    return {path: str(one.state) for path, one in judged(seen, scope, **body).items()}


ONE = {"kind": "aws_db_instance", "count": 1, "expect": {"multi_az": True}}
DATABASES = (
    at("aws_db_instance", "good", HERE, identifier="main", multi_az=True),
    at("aws_db_instance", "bad", THERE, identifier="main", multi_az=False),
)


@pytest.mark.parametrize(
    ("scope", "state"),
    [
        (Scope(("111111111111",)), "pass"),
        (Scope((), ("ap-northeast-2",)), "pass"),
        (Scope(("111111111111",), ("ap-northeast-2",)), "pass"),
        (Scope(("222222222222",)), "fail"),
    ],
)
def test_a_control_judges_only_what_it_is_about(scope: Scope, state: str) -> None:
    assert states(observed(*DATABASES), scope, **ONE) == {"count": "pass", "multi_az": state}
    crossed = states(observed(*DATABASES), Scope(("111111111111",), ("eu-west-1",)), **ONE)
    assert crossed == {"count": "absent"}


def test_without_a_scope_everything_counts() -> None:
    assert states(observed(*DATABASES), Scope(), **ONE)["count"] == "fail"


def test_what_is_absent_here_says_where_there_is_one() -> None:
    verdict = judged(observed(DATABASES[1]), Scope(("111111111111",)), **ONE)["count"]
    assert "is in account 222222222222, and the control is about 111111111111" in verdict.cause


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({"account": "222222222222", "region": "ap-northeast-2"}, "pass"),
        ({"account": "111111111111", "region": "eu-west-1"}, "pass"),
        ({"account": "111111111111", "region": "ap-northeast-2"}, "unreadable"),
        ({"account": "111111111111"}, "unreadable"),
        ({}, "unreadable"),
    ],
)
def test_only_a_gap_here_touches_a_control(fields: dict[str, str], state: str) -> None:
    seen = observed(DATABASES[0], gaps=(gap("aws_db_instance", **fields),))
    assert states(seen, Scope(("111111111111",), ("ap-northeast-2",)), **ONE)["count"] == state


def test_a_global_service_has_no_region_and_a_bucket_has_one_though_it_is_listed_globally() -> None:
    assert [has_region(SCOPED[name]) for name in ("aws_iam_role", "aws_s3_bucket", "aws_db_instance")] == [
        False,
        True,
        True,
    ]
    role = at("aws_iam_role", "r", ("111111111111", "us-east-1"), name="r")
    there, here = (at("aws_s3_bucket", n, ("111111111111", r), bucket=n) for n, r in (("a", "us-east-1"), ("b", "eu")))
    scope = Scope((), ("eu",))
    seen = replace(observed(role, there, here), regions=("eu", "us-east-1"))
    assert states(seen, scope, kind="aws_iam_role", count=1) == {"count": "pass"}
    assert states(seen, scope, kind="aws_s3_bucket", count=1) == {"count": "pass"}
    hidden = (gap("aws_s3_bucket", account="111111111111", region="us-east-1"),)
    assert states(replace(seen, gaps=hidden), scope, kind="aws_s3_bucket", count=1) == {"count": "unreadable"}


def test_an_account_or_region_that_was_not_read_is_unreadable_with_the_mend() -> None:
    account = judged(observed(*DATABASES), Scope(("333333333333",)), **ONE)["count"]
    assert (account.state, account.mend) == (State.UNREADABLE, "give --account-role a role in 333333333333")
    region = judged(observed(*DATABASES), Scope((), ("us-west-2",)), **ONE)["count"]
    assert (region.state, region.mend) == (State.UNREADABLE, "give --region us-west-2")
    half = judged(observed(*DATABASES), Scope((), ("ap-northeast-2", "us-west-2")), **ONE)["count"]
    assert half.state is State.UNREADABLE
    roles = judged(observed(), Scope((), ("us-west-2",)), kind="aws_iam_role", count=0)["count"]
    assert roles.state is State.PASS, "roles have no region: they were read"


def test_a_role_that_was_refused_is_said_once() -> None:
    refused = gap("aws_db_instance", scope="sts:AssumeRole", account="333333333333", mend="allow sts:AssumeRole")
    verdict = judged(observed(*DATABASES, gaps=(refused,)), Scope(("333333333333",)), **ONE)["count"]
    assert (verdict.state, verdict.mend) == (State.UNREADABLE, "allow sts:AssumeRole")


def test_what_source_does_not_place_is_perhaps_meant() -> None:
    nowhere = resource("aws_db_instance", "aws_db_instance.a", True, Region="ap-northeast-2", multi_az=False)
    seen = observed(nowhere, plane="terraform")
    found = judged(seen, Scope(("111111111111",)), **ONE)
    assert {str(one.state) for one in found.values()} == {"unknown"}, "never fail: it may be another account's"
    assert "its account is not known" in found["multi_az"].cause
    assert states(seen, Scope((), ("ap-northeast-2",)), **ONE) == {"count": "pass", "multi_az": "fail"}
    assert states(seen, Scope((), ("eu-west-1",)), **ONE) == {"count": "absent"}


def test_a_bucket_whose_region_could_not_be_read_is_unreadable() -> None:
    lost = at("aws_s3_bucket", "b", ("111111111111", None), bucket="b")
    assert states(observed(lost), Scope((), ("eu-west-1",)), kind="aws_s3_bucket", count=1) == {"count": "unreadable"}


# -- References --------------------------------------------------------------------------------------------------------

REFERS = {
    "kind": "aws_db_instance",
    "expect": {"group": {"refers_to": {"kind": "aws_security_group", "select": {"open": False}}}},
}


def group(place: tuple[str, str], **given: Any) -> Resource:
    return at("aws_security_group", f"sg-{place[1]}", place, name="main", **given)


def refers(name: str, *groups: Resource, gaps: tuple[Gap, ...] = (), place: tuple[str, str] = HERE) -> Verdict:
    database = at("aws_db_instance", "d", place, group=name)
    return judged(observed(database, *groups, gaps=gaps), Scope((HERE[0],)), **REFERS)["group"]


def test_a_name_means_the_one_in_the_own_account_and_region() -> None:
    assert refers("main", group(HERE, open=False), group(THERE, open=True)).state is State.PASS
    assert refers("main", group(HERE, open=True), group(THERE, open=False)).state is State.FAIL


def test_a_name_that_only_another_account_has_decides_nothing() -> None:
    for open_ in (True, False):
        assert refers("main", group(THERE, open=open_)).state is State.UNKNOWN


def test_an_arn_is_followed_into_other_accounts_and_out_of_the_scope() -> None:
    other = group(THERE, open=False)
    assert refers(other.identity, other).state is State.PASS
    assert refers(other.identity, group(THERE, open=True)).state is State.FAIL


def test_an_identifier_is_followed_too() -> None:
    shared_group = replace(group(THERE), attributes={"id": "sg-0123456789abcdef0", "open": False})
    assert refers("sg-0123456789abcdef0", shared_group).state is State.PASS


def test_a_gap_elsewhere_leaves_a_name_decided_and_an_arn_only_if_it_lies_there() -> None:
    elsewhere = (gap("aws_security_group", account=THERE[0], region=THERE[1]),)
    assert refers("gone", gaps=elsewhere).state is State.FAIL
    assert refers("arn:aws:ec2:ap-northeast-2:111111111111:group/gone", gaps=elsewhere).state is State.FAIL
    assert refers("arn:aws:ec2:eu-west-1:222222222222:group/gone", gaps=elsewhere).state is State.UNREADABLE


@pytest.mark.parametrize(("region", "account"), [("us-east-1", HERE[0]), (HERE[1], "333333333333")])
def test_what_lies_where_nobody_read_is_not_said_to_be_missing(region: str, account: str) -> None:
    verdict = refers(f"arn:aws:ec2:{region}:{account}:security-group/sg-1")
    assert verdict.state is State.UNREADABLE
    assert "which was not read" in verdict.cause


def test_aws_own_policies_lie_in_no_account() -> None:
    assert out_of_sight("arn:aws:iam::aws:policy/ReadOnlyAccess", GLOBAL, observed()) == ""
    assert out_of_sight("arn:aws:iam::333333333333:policy/x", GLOBAL, observed()) == "account 333333333333"
    assert out_of_sight("arn:aws:iam::333333333333:policy/x", GLOBAL, replace(observed(), plane="terraform")) == ""


def test_the_same_identity_in_two_regions_is_two_resources() -> None:
    one, other = (resource("aws_iam_role", "same", Account="1", Region=region, id=region) for region in ("a", "b"))
    pointing = {"referred_by": {"kind": "aws_db_instance", "path": "role"}}
    database = at("aws_db_instance", "d", ("1", "a"), role="a")
    found = View(Observation("live", (one, other, database)), KINDS).select("aws_iam_role", pointing)
    assert found.yes == (one,)


# -- Small things ------------------------------------------------------------------------------------------------------


def test_where_an_arn_lies() -> None:
    assert of_arn("arn:aws:rds:eu-west-1:123456789012:db:x") == Place("123456789012", "eu-west-1")
    assert of_arn("arn:aws:s3:::bucket") == Place(None, None)
    assert of_arn("bucket") == of_arn("arn:aws") == Place(None, None)


@pytest.mark.parametrize(
    ("value", "unique"),
    [
        ("sg-0123456789abcdef0", True),
        ("vpc-12345678", True),
        ("arn:aws:s3:::b", True),
        ("main", False),
        ("my-group", False),
        ("sg-main", False),
        ("deploy-20240101", False),
    ],
)
def test_which_names_are_unique(value: str, unique: bool) -> None:
    assert is_unique(value) is unique


def test_places_that_may_be_one() -> None:
    assert shared(Place("1", None), Place("1", "r"))
    assert not shared(Place("1", "r"), Place("2", "r"))
    assert not may_hide(gap("aws_db_instance", account="1", region="b"), "x", DATABASE, Place("1", "a"))
    assert may_hide(gap("aws_db_instance", account="2", region="a"), "sg-0123456789abcdef0", GROUP, Place("1", "a"))
    assert may_hide(gap("aws_iam_role", account="1", region="us-east-1"), "x", GLOBAL, Place("1", "a"))
    assert may_hide(gap("aws_db_instance", account="1", region="b"), "x", DATABASE, None)
