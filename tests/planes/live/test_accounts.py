"""Two accounts and two regions, read by roles, and specs that are about one of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest

from audits import kinds, plan, relations, spec
from audits.judge import judge
from audits.kinds.aws_iam_role import KIND as ROLE
from audits.kinds.aws_security_group import KIND as GROUP
from audits.model import Observation
from tests.planes.live.test_faults import ec2_error, query_error
from tests.planes.live.world import REGION, World, moto_endpoint, proxied_account

FIRST, SECOND, FAR = "222222222222", "333333333333", "eu-west-1"
ROLES = tuple(f"arn:aws:iam::{account}:role/audit" for account in (FIRST, SECOND))
REGIONS = (REGION, FAR)


def _in(account: str, service: str, region: str = REGION) -> Any:
    """A client that acts in another account of moto's."""
    sts = boto3.client("sts", region_name=REGION, endpoint_url=moto_endpoint())
    given = sts.assume_role(RoleArn=f"arn:aws:iam::{account}:role/audit", RoleSessionName="seed")["Credentials"]
    return boto3.client(
        service,
        region_name=region,
        endpoint_url=moto_endpoint(),
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
    )


@contextmanager
def _two_accounts(choose: Any = None) -> Iterator[World]:
    """A group ``app`` in each account and region, but not in the second account's far one; a role in each account."""
    with proxied_account() as (world, proxy):
        for account, region in ((FIRST, REGION), (FIRST, FAR), (SECOND, REGION)):
            _in(account, "ec2", region).create_security_group(GroupName="app", Description=f"{account} {region}")
        for account in (FIRST, SECOND):
            _in(account, "iam").create_role(RoleName="task", AssumeRolePolicyDocument=json.dumps({"Statement": []}))
        proxy.choose = choose or proxy.choose
        yield world


def _observe(world: World) -> Observation:
    return world.observe(GROUP, ROLE, account_roles=ROLES, regions=REGIONS)


SPEC = """
spec: estate/groups
document: README.md
controls:
"""
CONTROL = """
  - id: {name}
    title: There is one group
    clause: {{section: s, row: r, states: app}}
    basis: stated
    severity: high
    kind: {kind}
    select: {{name: {select}}}
    count: 1
    {about}
"""
ABOUT = {
    "first-near": f'accounts: ["{FIRST}"]\n    regions: [{REGION}]',
    "first-far": f'accounts: ["{FIRST}"]\n    regions: [{FAR}]',
    "second-near": f'accounts: ["{SECOND}"]\n    regions: [{REGION}]',
    "second-far": f'accounts: ["{SECOND}"]\n    regions: [{FAR}]',
    "another-account": 'accounts: ["444444444444"]',
    "another-region": f'accounts: ["{FIRST}"]\n    regions: [us-west-2]',
    "all": "",
}


def _states(found: Observation, folder: Path, *, kind: str = GROUP.type, select: str = "app") -> dict[str, str]:
    text = SPEC + "".join(CONTROL.format(name=n, kind=kind, select=select, about=a) for n, a in ABOUT.items())
    (folder / "groups.yaml").write_text(text)
    read = spec.load_all([folder / "groups.yaml"], kinds.registry(), relations.registry())
    checks = plan.checks(read, ("live",))
    return {c.control.id: str(judge(c, found, kinds.registry(), relations.registry()).state) for c in checks}


def test_each_resource_says_where_it_lies_and_a_control_judges_its_own(tmp_path: Path) -> None:
    with _two_accounts() as world:
        found = _observe(world)
    assert found.gaps == ()
    assert (found.accounts, found.regions) == ((FIRST, SECOND), REGIONS)
    apps = [one for one in found.of_kind(GROUP.type) if one.attributes["name"] == "app"]
    assert sorted((one.account, one.region) for one in apps) == [(FIRST, REGION), (FIRST, FAR), (SECOND, REGION)]
    assert all(one.attributes["description"] == f"{one.account} {one.region}" for one in apps)
    assert _states(found, tmp_path) == {
        "first-near": "pass",
        "first-far": "pass",
        "second-near": "pass",
        "second-far": "absent",
        "another-account": "unreadable",
        "another-region": "unreadable",
        "all": "fail",
    }


def test_global_services_are_read_once_an_account_and_have_no_region(tmp_path: Path) -> None:
    with _two_accounts() as world:
        found = _observe(world)
    asked = [(call.account, call.operation) for call in found.calls if call.service == "iam"]
    assert len(asked) == len(set(asked)), "whatever the number of regions"
    assert _states(found, tmp_path, kind=ROLE.type, select="task") == {
        **dict.fromkeys(("first-near", "first-far", "second-near", "second-far", "another-region"), "pass"),
        "another-account": "unreadable",
        "all": "fail",
    }


@pytest.mark.parametrize("refused", [0, 1])
def test_a_role_that_is_refused_hides_its_account_and_no_other(tmp_path: Path, refused: int) -> None:
    account, other = (FIRST, SECOND)[refused], (SECOND, FIRST)[refused]

    def choose(operation: str, headers: Any, body: str) -> Any:
        meant = operation == "AssumeRole" and f"%3A{account}%3A" in body
        return query_error("AccessDenied") if meant else None

    with _two_accounts(choose) as world:
        found = _observe(world)
    assert found.accounts == (other,)
    (gap,) = found.gaps
    assert (gap.account, gap.region, gap.kinds, gap.action) == (
        account,
        None,
        (ROLE.type, GROUP.type),
        "sts:AssumeRole",
    )
    states = _states(found, tmp_path)
    hidden, seen = ("first", "second")[refused], ("second", "first")[refused]
    assert {states[f"{hidden}-near"], states[f"{hidden}-far"]} == {"unreadable"}
    assert states[f"{seen}-near"] == "pass"
    assert states[f"{seen}-far"] == ("pass" if seen == "first" else "absent")
    assert states["all"] == ("unreadable" if seen == "second" else "fail")


def test_a_region_that_fails_hides_nothing_of_the_other(tmp_path: Path) -> None:
    def choose(operation: str, headers: Any, body: str) -> Any:
        meant = operation == "DescribeSecurityGroups" and f"/{FAR}/ec2/" in headers["Authorization"]
        return ec2_error("UnauthorizedOperation") if meant else None

    with _two_accounts(choose) as world:
        found = _observe(world)
    assert sorted((gap.account, gap.region) for gap in found.gaps) == [(FIRST, FAR), (SECOND, FAR)]
    states = _states(found, tmp_path)
    assert (states["first-near"], states["second-near"]) == ("pass", "pass")
    assert (states["first-far"], states["second-far"]) == ("unreadable", "unreadable")
