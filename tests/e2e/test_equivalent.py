"""Other ways to write the same state turn no control."""

from __future__ import annotations

import pytest
from e2e_account import Account
from e2e_audit import audit
from e2e_catalogue import REWRITES


@pytest.mark.parametrize("name", REWRITES)
def test_the_same_state_written_otherwise_turns_nothing(account: Account, name: str) -> None:
    with REWRITES[name](account):
        audited = audit(account.endpoint)
    assert audited.deviating() == []
    assert audited.undecided() == []
