"""What may be chosen about reading an account, and the one error that ends the reading before it began."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from audits.model import CallRecord


class AccountError(Exception):
    """The account cannot be read at all: no or wrong credentials, wrong account, endpoint down. One line, status 4."""


@dataclass(frozen=True, slots=True)
class LiveOptions:
    """How an account is read.

    ``profile`` and ``regions`` as the AWS CLI takes them; without regions the session's own. ``account_roles``: the
    ARNs of roles to assume, one an account; the accounts read are then theirs. ``external_id`` goes with them, and
    into no output. ``expect_accounts``: no other account is read. ``max_workers`` bounds the calls under way at any
    time. ``max_attempts`` counts the first one. ``on_call`` hears of each exchange, from several threads.
    """

    profile: str | None = None
    regions: tuple[str, ...] = ()
    expect_accounts: tuple[str, ...] = ()
    account_roles: tuple[str, ...] = ()
    external_id: str | None = field(default=None, repr=False)
    max_workers: int = 16
    connect_timeout: float = 4.0
    read_timeout: float = 20.0
    max_attempts: int = 5
    on_call: Callable[[CallRecord], None] | None = None


def utc(moment: datetime) -> str:
    """The moment as ISO 8601 in UTC, to the millisecond."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
