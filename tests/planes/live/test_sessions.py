from __future__ import annotations

import json
import re
import threading
from unittest import mock

import pytest

from audits.kinds.aws_vpc import KIND as VPC
from audits.planes.live import AccountError, LiveOptions, observe
from audits.planes.live.clients import Clients
from tests.planes.live.test_faults import PATIENCE, query_error
from tests.planes.live.world import ACCOUNT, IDENTITY, REGION, Answer, environment, moto_account, proxied_account

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
        assert _refused(LiveOptions(expect_accounts=("1" * 12,))) == (
            f"wrong account: the credentials belong to {ACCOUNT}, expected 111111111111"
        )
        assert observe([VPC], LiveOptions(expect_accounts=("1" * 12, ACCOUNT))).accounts == (ACCOUNT,)


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
        patience = PATIENCE if answer.how == "hang" else 20
        assert _refused(LiveOptions(max_attempts=1, read_timeout=patience)).startswith(begins)


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
    with proxied_account() as (world, proxy):
        proxy.choose = lambda name, _, body: query_error("AccessDenied") if "%3A333333333333%3A" in body else None
        found = world.observe(VPC, account_roles=(ROLE, other))
    (gap,) = found.gaps
    assert (gap.cause, gap.account, gap.kinds) == ("access denied", "333333333333", (VPC.type,))
    assert gap.covers(VPC.type) and found.caller is not None and found.caller in gap.mend
    with proxied_account(AssumeRole=query_error("AccessDenied")):
        assert _refused(LiveOptions(account_roles=(ROLE,))).startswith("no role could be assumed")


def test_no_role_of_another_account_is_assumed() -> None:
    with proxied_account() as (_, proxy):
        said = _refused(LiveOptions(account_roles=(ROLE,), expect_accounts=(ACCOUNT,)))
        assert said == f"wrong account: a role to assume is in 222222222222, expected {ACCOUNT}"
        assert "AssumeRole" not in proxy.seen
    with moto_account() as world:
        found = world.observe(VPC, account_roles=(ROLE,), expect_accounts=("222222222222",))
    assert found.accounts == ("222222222222",)


def test_a_role_that_leads_to_another_account_is_refused() -> None:
    with proxied_account() as (_, proxy):
        proxy.faults = {"GetCallerIdentity": [None, Answer(200, IDENTITY.encode())]}
        said = _refused(LiveOptions(account_roles=(ROLE,)))
    assert said.endswith(f"the role's credentials belong to account {ACCOUNT}")


@pytest.mark.parametrize(
    ("roles", "said"),
    [
        (("audit",), "not the ARN of a role: 'audit' (arn:aws:iam::ACCOUNT:role/NAME)"),
        (("arn:aws:iam::222222222222:user/audit",), "not the ARN of a role: 'arn:aws:iam::222222222222:user/audit'"),
        ((ROLE, f"{ROLE}2"), f"two roles in account 222222222222: {ROLE} and {ROLE}2; give one for each account"),
    ],
)
def test_roles_that_cannot_be_meant_are_refused(roles: tuple[str, ...], said: str) -> None:
    with moto_account():
        assert _refused(LiveOptions(account_roles=roles)).startswith(said)


def test_the_external_id_is_sent_and_shown_nowhere() -> None:
    repeated = query_error("ValidationError", 400, "Value 'shared-with-you' at 'externalId' failed")
    with proxied_account(AssumeRole=repeated) as (_, proxy):
        said = _refused(LiveOptions(account_roles=(ROLE,), external_id="shared-with-you"))
    assert said.endswith("ValidationError: Value '…' at 'externalId' failed")
    with proxied_account() as (world, proxy):
        found = world.observe(VPC, account_roles=(ROLE,), external_id="shared-with-you")
    assert any("ExternalId=shared-with-you" in body for body in proxy.bodies)
    assert "shared-with-you" not in repr(found)


def test_every_account_says_who_reads_it() -> None:
    with moto_account() as world:
        found = world.observe(VPC, account_roles=(ROLE,))
    (identified,) = [call for call in found.calls if call.operation == "get_caller_identity"]
    assert (identified.account, identified.outcome) == ("222222222222", "ok")
    assert identified.request_id


def test_clients_are_made_while_aws_is_asked_who_is_calling_and_only_once() -> None:
    made: list[str] = []
    asked = threading.Event()

    class Session:
        def create_client(self, service: str, **_: object) -> object:
            made.append(service)
            if service == "none":
                raise ValueError("there is no such service")
            asked.set() if service == "last" else None
            return mock.MagicMock(name=service)

    clients = Clients(Session(), None)
    first = clients.get("ec2", REGION)
    clients.make_ahead([("ec2", REGION), ("rds", REGION), ("last", REGION)])
    assert asked.wait(10)
    assert made == ["ec2", "rds", "last"]
    assert clients.get("ec2", REGION) is first
    clients.close()
    first.close.assert_called_once_with()
    with pytest.raises(ValueError, match="no such service"):
        clients.get("none", REGION)


def test_what_goes_wrong_ahead_is_left_to_who_needs_the_client(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = mock.MagicMock()
    broken.meta.service_model.operation_model.side_effect = KeyError("a model without it")
    broken.meta.service_model.operation_names = ["ListThings"]
    session = mock.Mock(create_client=mock.Mock(return_value=broken))
    told: list[object] = []
    monkeypatch.setattr(threading, "excepthook", told.append)
    clients = Clients(session, None)
    clients.make_ahead([("ec2", REGION)])
    for thread in threading.enumerate():
        if thread.name == "audits-clients":
            thread.join(10)
    assert broken.meta.service_model.operation_model.called
    assert told == []
    assert clients.get("ec2", REGION) is broken


def test_refused_credentials_leave_no_client_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[Clients] = []
    monkeypatch.setattr(Clients, "close", lambda clients: closed.append(clients))
    with proxied_account(GetCallerIdentity=query_error("InvalidClientTokenId")):
        _refused(LiveOptions(max_attempts=1))
    assert len(closed) == 1
