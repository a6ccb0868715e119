"""Whatever is changed in the account turns the controls that speak of it and no other, and is named."""

from __future__ import annotations

import pytest
from e2e_account import Account
from e2e_audit import audit
from e2e_catalogue import DEVIATIONS, OF_EACH_KIND
from e2e_deviations import Wrong


@pytest.mark.parametrize("name", OF_EACH_KIND)
def test_deviation_turns_what_it_should_and_nothing_else(account: Account, name: str) -> None:
    turns_what_it_should_and_nothing_else(account, name)


@pytest.mark.parametrize("name", [name for name in DEVIATIONS if name not in OF_EACH_KIND])
def test_more_deviations_turn_what_they_should_and_nothing_else(seeded_account: Account, name: str) -> None:
    turns_what_it_should_and_nothing_else(seeded_account, name)


def turns_what_it_should_and_nothing_else(account: Account, name: str) -> None:
    assert account.conforming.deviating() == []
    with DEVIATIONS[name](account) as wrong:
        audited = audit(account.endpoint)
    found = {
        (control, verdict.path, verdict.resource, str(verdict.state)): verdict
        for control, verdict in audited.deviating()
    }
    assert set(found) == {_key(one) for one in wrong}
    assert audited.undecided() == account.conforming.undecided()
    for one in wrong:
        verdict = found[_key(one)]
        assert one.shows in (None, verdict.actual) or verdict.actual == [one.shows]
        assert one.says in f"{verdict.actual} {verdict.cause}"


def _key(wrong: Wrong) -> tuple[str, str, str | None, str]:
    return wrong.control, wrong.path, wrong.resource, wrong.state
