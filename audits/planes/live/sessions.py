"""Credentials, accounts and clients. The only module that makes a client (of botocore, which boto3 wraps)."""

from __future__ import annotations

import os
import platform
import re
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from botocore import __version__ as botocore_version
from botocore import exceptions as aws
from botocore.config import Config
from botocore.credentials import RefreshableCredentials, create_assume_role_refresher

from audits.kind import Read
from audits.model import CallRecord
from audits.planes.live import answers, failures, guard, turns
from audits.planes.live.clients import Clients
from audits.planes.live.economy import new_session
from audits.planes.live.models import Models
from audits.planes.live.options import AccountError, LiveOptions, utc

_ROLE_SESSION = "compliance-audit"
_ROLE_ARN = re.compile(r"arn:aws[a-z-]*:iam::([0-9]{12}):role/\S+")
_ASSUMING = 8
"""Roles that are assumed side by side: STS limits calls, too."""
_GLOBAL_REGIONS = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}


class Account:
    """One account that is read: who reads it, and its clients, each made once.

    ``identified`` is the exchange in which AWS said whose credentials they are.
    """

    def __init__(self, clients: Clients, identity: Any, identified: CallRecord) -> None:
        self.id = str(identity["Account"])
        self.caller = str(identity["Arn"])
        self.identified = identified
        self.partition = self.caller.split(":")[1] or "aws"
        self._clients = clients

    @property
    def global_region(self) -> str:
        """Where the endpoints of the partition's global services are."""
        return _GLOBAL_REGIONS.get(self.partition, "us-east-1")

    def client(self, service: str, region: str) -> Any:
        """The client of a service in a region."""
        return self._clients.get(service, region)

    def close(self) -> None:
        """Close the connections of every client."""
        self._clients.close()


@dataclass(frozen=True, slots=True)
class Opened:
    """What was found when the credentials were used for the first time.

    ``refused`` holds the roles that could not be assumed, with what AWS said.
    """

    caller: str
    regions: tuple[str, ...]
    accounts: tuple[Account, ...]
    refused: tuple[tuple[str, failures.Failure], ...]
    source: str


def open_accounts(options: LiveOptions, reads: Iterable[Read] = ()) -> Opened:
    """Resolve the credentials once, ask who they are, and assume the roles, if any.

    ``reads``: all that will be read. Clients of their services can do nothing else, and those of the first region are
    made while AWS is asked who is calling.

    Raises:
        AccountError: there are no credentials, or they are refused, belong to another account or reach no endpoint.
    """
    needed = tuple(reads)
    session = _session(options.profile, needed)
    regions = tuple(dict.fromkeys(options.regions)) or _session_regions(session)
    config = _config(options)
    try:
        # With roles to assume, the clients of the credentials' own account are not needed.
        own = _account(session, config, regions[0], () if options.account_roles else needed)
    except (aws.BotoCoreError, aws.ClientError, ValueError, KeyError, failures.MalformedAnswer) as error:
        raise AccountError(_why(error, options.profile)) from error
    source = os.environ.get("AWS_ENDPOINT_URL") or "aws"
    if not options.account_roles:
        _refuse_others(own.id, "the credentials belong to", options)
        return Opened(own.caller, regions, (own,), (), source)
    accounts, refused = _assume(own, options, config, regions[0], needed)
    if not accounts:
        role, failure = refused[0]
        raise AccountError(f"no role could be assumed: {role}: {failure.detail}")
    return Opened(own.caller, regions, accounts, refused, source)


def _refuse_others(account: str, said: str, options: LiveOptions) -> None:
    if options.expect_accounts and account not in options.expect_accounts:
        raise AccountError(f"wrong account: {said} {account}, expected {' or '.join(options.expect_accounts)}")


def _session(profile: str | None, reads: Iterable[Read]) -> Any:
    try:
        return _protected(new_session(profile), reads)
    except aws.ProfileNotFound:
        raise AccountError(f"no profile {profile!r} in the AWS configuration") from None
    except aws.BotoCoreError as error:
        raise AccountError(f"the AWS configuration cannot be read: {failures.safe(str(error))}") from error


def _protected(session: Any, reads: Iterable[Read]) -> Any:
    """The session, every client of which can only read, and takes only answers for answers."""
    session.register_component("data_loader", Models(session.get_config_variable("data_path"), reads))
    events = session.get_component("event_emitter")
    guard.install(events)
    answers.install(events)
    turns.install(events)
    return session


def _session_regions(session: Any) -> tuple[str, ...]:
    # The other SDKs and the CLI heed AWS_REGION; botocore alone knows AWS_DEFAULT_REGION only.
    region = os.environ.get("AWS_REGION") or session.get_config_variable("region")
    if not region:
        raise AccountError("no region: give --region, or set AWS_REGION or a region in the profile")
    return (region,)


def _config(options: LiveOptions) -> Config:
    return Config(
        # Given as a whole, it is not put together anew for each request.
        user_agent=f"compliance-audit Botocore/{botocore_version} Python/{platform.python_version()}",
        retries={"mode": "adaptive", "total_max_attempts": options.max_attempts},
        connect_timeout=options.connect_timeout,
        read_timeout=options.read_timeout,
        max_pool_connections=options.max_workers,
    )


def _account(session: Any, config: Config, region: str, reads: Iterable[Read] = ()) -> Account:
    """The account of a session. Whoever says whose it is, answers for it: account and ARN must be told.

    The clients that ``reads`` need, those of global services included, can be made in any region: here, meanwhile.
    """
    begun = time.monotonic()
    at = utc(datetime.now(UTC))
    clients = Clients(session, config, session.get_component("data_loader").share)
    sts = clients.get("sts", region)
    wanted = [(read.service, region) for read in reads]
    # Not before the question is on its way: both would want the interpreter.
    sts.meta.events.register("before-send.sts.GetCallerIdentity", lambda **_: clients.make_ahead(wanted))
    try:
        identity = sts.get_caller_identity()
        if not str(identity["Arn"]).startswith("arn:") or not str(identity["Account"]).isdecimal():
            raise failures.MalformedAnswer("sts:GetCallerIdentity names no account")
    except BaseException:
        clients.close()
        raise
    request_id = str(identity.get("ResponseMetadata", {}).get("RequestId") or "")
    seconds = round(time.monotonic() - begun, 3)
    record = CallRecord(str(identity["Account"]), region, "sts", "get_caller_identity", "ok", request_id, seconds, at)
    return Account(clients, identity, record)


def _why(error: Exception, profile: str | None) -> str:
    whose = f" of profile {profile!r}" if profile else ""
    if isinstance(error, aws.NoCredentialsError):
        return "no AWS credentials found: give --profile, or set them in the environment"
    if isinstance(error, ValueError | KeyError) and not isinstance(error, aws.BotoCoreError):
        return f"cannot ask who the credentials{whose} are: {failures.safe(f'{type(error).__name__}: {error}')}"
    failure = failures.classify(error)
    if failure.cause == failures.EXPIRED:
        return f"the AWS credentials{whose} have expired or cannot be renewed: {failure.detail}"
    if failure.cause in (failures.CREDENTIALS, failures.DENIED):
        return f"AWS refuses the credentials{whose}: {failure.detail}"
    return f"cannot reach AWS to ask who the credentials{whose} are ({failure.cause}): {failure.detail}"


def roles_by_account(roles: Sequence[str]) -> dict[str, str]:
    """The roles to assume, by the account that each is in.

    Raises:
        AccountError: one of them is no ARN of a role, or two are in one account.
    """
    found: dict[str, str] = {}
    for role in dict.fromkeys(roles):
        match = _ROLE_ARN.fullmatch(role)
        if match is None:
            raise AccountError(f"not the ARN of a role: {failures.safe(role)!r} (arn:aws:iam::ACCOUNT:role/NAME)")
        other = found.setdefault(match[1], role)
        if other != role:
            raise AccountError(f"two roles in account {match[1]}: {other} and {role}; give one for each account")
    return found


def _assume(
    own: Account, options: LiveOptions, config: Config, region: str, reads: tuple[Read, ...]
) -> tuple[tuple[Account, ...], tuple[tuple[str, failures.Failure], ...]]:
    """The accounts of the roles, and the roles that were refused. None is assumed if one is of the wrong account."""
    roles = roles_by_account(options.account_roles)
    for account in roles:
        _refuse_others(account, "a role to assume is in", options)
    sts = own.client("sts", region)

    def assume(expected: str) -> Account | failures.Failure:
        try:
            account = _account(_role_session(sts, roles[expected], options.external_id, reads), config, region)
            if account.id != expected:
                raise failures.MalformedAnswer(f"the role's credentials belong to account {account.id}")
        except (aws.BotoCoreError, aws.ClientError, KeyError, ValueError, failures.MalformedAnswer) as error:
            failure = failures.classify(error)
            return replace(failure, detail=failure.detail.replace(options.external_id or "\0", "…"))
        return account

    with ThreadPoolExecutor(_ASSUMING, thread_name_prefix="audits-role") as pool:
        found = list(zip(roles.values(), pool.map(assume, roles), strict=True))
    accounts = tuple(one for _, one in found if isinstance(one, Account))
    return accounts, tuple((role, one) for role, one in found if isinstance(one, failures.Failure))


def _role_session(sts: Any, role: str, external_id: str | None, reads: Iterable[Read]) -> Any:
    """A session in the role, whose credentials renew themselves: a long reading outlives the first ones."""
    parameters = {"RoleArn": role, "RoleSessionName": _ROLE_SESSION}
    if external_id:
        parameters["ExternalId"] = external_id
    refresh = create_assume_role_refresher(sts, parameters)
    session: Any = _protected(new_session(), reads)
    session._credentials = RefreshableCredentials.create_from_metadata(  # botocore offers no public way
        metadata=refresh(), refresh_using=refresh, method="sts-assume-role"
    )
    return session
