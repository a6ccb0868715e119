"""Mutations of the account: the end-to-end tests' deviations and rewrites, judged on the live plane alone.

Each changes the seeded account by the calls somebody would make, and undoes it.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

import botocore.loaders
from e2e_account import Account
from e2e_audit import Audited, audit
from e2e_catalogue import DEVIATIONS, REWRITES
from e2e_deviations import Wrong

from examples.glimpse.account.demo import seeded
from tests.mutation.source import relations_of
from tests.mutation.verdicts import Outcome, Seen, compare, seen, turned

__all__ = ["DEVIATIONS", "REWRITES", "conforming", "opened", "run"]


@contextmanager
def opened() -> Iterator[Account]:
    """The demo account, conforming."""
    # A client's service model is half of what a reading costs: every session shares what was parsed.
    shared = functools.cache(botocore.loaders.create_loader)
    with mock.patch.object(botocore.loaders, "create_loader", shared), seeded(()) as endpoint:
        yield Account(endpoint)


def conforming(account: Account) -> Seen:
    """What the specs say of the account before it is changed."""
    return _due(account.conforming)


def judged(account: Account) -> Seen:
    """The same, with what is not due yet."""
    return seen(account.conforming.results, "live")


def _due(audited: Audited) -> Seen:
    """Without what is not due yet: no deviation declares that (see ``Audited.deviating``)."""
    due = {name: one for name, one in audited.results.items() if one.control.planned is None}
    return seen(due, "live")


def run(name: str, account: Account) -> Outcome:
    """Judge the account with one deviation or rewrite in it."""
    with (DEVIATIONS.get(name) or REWRITES[name])(account) as declared:
        after = audit(account.endpoint)
    expected = list(declared or ())
    turns: dict[str, list[str]] = {}
    for one in expected:
        turns.setdefault(one.control, []).append(one.path)
    said = _due(after)
    found = {(control, v.path, v.resource, str(v.state)) for control, v in after.deviating()}
    wrong = [*compare(conforming(account), said, turns)]
    if not wrong and found != set(map(_key, expected)):
        strange = found ^ set(map(_key, expected))
        wrong += [f"on another resource, or in another state: {one}" for one in sorted(strange, key=str)]
    return Outcome(name, "live", turns, turned(said), relations_of(turns), wrong=tuple(wrong))


def left(account: Account) -> tuple[str, ...]:
    """What the account shows other than before, after all was undone."""
    return compare(conforming(account), _due(audit(account.endpoint)), {})


def _key(wrong: Wrong) -> tuple[str, str, str | None, str]:
    return wrong.control, wrong.path, wrong.resource, wrong.state
