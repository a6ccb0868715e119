from __future__ import annotations

import json
import re

import pytest

from audits.kinds.aws_vpc import KIND as VPC
from audits.planes.live import AccountError, LiveOptions, observe
from tests.planes.live.test_faults import PATIENCE, query_error
from tests.planes.live.world import ACCOUNT, REGION, Answer, environment, moto_account, proxied_account

ROLE = "arn:aws:iam::222222222222:role/audit"


def _refused(options: LiveOptions | None = None) -> str:
    with pytest.raises(AccountError) as caught:
        observe([VPC], options)
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    with moto_account():
        monkeypatch.delenv("AWS_ACCESS_KEY_ID")
        monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
        assert _refused().startswith("no AWS credentials found")


def test_unknown_profile() -> None:
    with moto_account():
        assert _refused(LiveOptions(profile="nobody")) == "no profile 'nobody' in the AWS configuration"


def test_no_region(monkeypatch: pytest.MonkeyPatch) -> None:
    with moto_account():
        monkeypatch.delenv("AWS_REGION")
        assert _refused().startswith("no region")
        assert observe([VPC], LiveOptions(regions=(REGION,))).regions == (REGION,)


def test_no_such_region() -> None:
    with moto_account():
        assert "Seoul" in _refused(LiveOptions(regions=("Seoul!",)))


def test_wrong_account() -> None:
    with moto_account():
        assert _refused(LiveOptions(expect_account="1" * 12)) == (
            f"wrong account: the credentials belong to {ACCOUNT}, expected 111111111111"
        )
        assert observe([VPC], LiveOptions(expect_account=ACCOUNT)).accounts == (ACCOUNT,)


def test_endpoint_down(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment("http://127.0.0.1:9").items():
        monkeypatch.setenv(name, value)
    assert "endpoint unreachable" in _refused(LiveOptions(max_attempts=1))


@pytest.mark.parametrize(
    ("answer", "begins"),
    [
        (query_error("ExpiredToken"), "the AWS credentials have expired"),
        (query_error("InvalidClientTokenId"), "AWS refuses the credentials"),
        (query_error("AccessDenied"), "AWS refuses the credentials"),
        (Answer(how="hang"), "cannot reach AWS"),
        (Answer(200, b"<html><body>sign in</body></html>"), "cannot reach AWS"),
        (Answer(200, b"<GetCallerIdentityResponse/>"), "cannot"),
        (Answer(500), "cannot reach AWS"),
    ],
)
def test_what_goes_wrong_at_the_first_call(answer: Answer, begins: str) -> None:
    with proxied_account(GetCallerIdentity=answer):
        assert _refused(LiveOptions(max_attempts=1, read_timeout=PATIENCE)).startswith(begins)


def test_roles_are_other_accounts() -> None:
    with moto_account() as world:
        trust = {"Version": "2012-10-17", "Statement": []}
        world.client("iam").create_role(RoleName="audit", AssumeRolePolicyDocument=json.dumps(trust))
        found = world.observe(VPC, account_roles=(ROLE, ROLE))
    assert found.accounts == ("222222222222",)
    assert {resource.account for resource in found.resources} == {"222222222222"}
    assert found.caller is not None and ACCOUNT in found.caller
    assert all(re.match(rf"arn:aws:ec2:{REGION}:222222222222:vpc/", one.identity) for one in found.resources)


def test_one_role_that_is_refused_is_a_gap_and_all_of_them_an_error() -> None:
    other = "arn:aws:iam::333333333333:role/audit"
    with proxied_account(AssumeRole=[None, query_error("AccessDenied")]) as (world, _):
        found = world.observe(VPC, account_roles=(ROLE, other))
    (gap,) = found.gaps
    assert (gap.cause, gap.account, gap.kinds) == ("access denied", "333333333333", (VPC.type,))
    assert gap.covers(VPC.type) and found.caller is not None and found.caller in gap.mend
    with proxied_account(AssumeRole=query_error("AccessDenied")):
        assert _refused(LiveOptions(account_roles=(ROLE,))).startswith("no role could be assumed")
