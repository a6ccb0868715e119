"""No failing call decides anything it should not: every operation of every kind, in every way it can fail.

``PYTHONPATH=tests/e2e python -m e2e_faults`` does the same and prints the tally.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from e2e_faults import FAULTS, NOT_IN_MOTO, Trials, operations, trials
from e2e_proxy import Operation

from audits.planes.live import observing


@pytest.fixture(scope="module")
def account() -> Iterator[Trials]:
    with trials() as made:
        yield made


def test_without_a_fault_everything_is_as_the_controls_say(account: Trials) -> None:
    failing = {gap.scope.partition(" in ")[0] for gap in account.whole.gaps}
    assert failing <= {":".join(one) for one in NOT_IN_MOTO}
    hidden = {kind for gap in account.whole.gaps for kind in gap.kinds or ()}
    for found in account.before.values():
        for (control, path, resource), verdict in found.items():
            if control.partition(":")[0] in hidden:
                assert verdict.state.undecided or path != "count", (control, path, verdict.state)
                continue
            wrong = control.endswith(":more") or (":not so" in control and path != "count")
            right = verdict.state.deviates if wrong else str(verdict.state) == "pass"
            assert right, (control, path, resource, verdict.state, verdict.cause)


@pytest.mark.parametrize("operation", operations(), ids=":".join)
def test_a_failing_call_decides_nothing(account: Trials, operation: Operation) -> None:
    if operation not in account.state.asked or operation in NOT_IN_MOTO:
        pytest.skip("this account gives no reason to ask for it, or moto does not answer it")
    account.tally.wrong.clear()
    account.tally.silent.clear()
    for fault in FAULTS:
        account.run(operation, fault)
    assert account.tally.wrong == []
    assert account.tally.silent == []


def test_a_gap_that_is_lost_is_noticed(account: Trials, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(observing, "_merged", lambda gaps: ())
    account.tally.wrong.clear()
    account.run(("rds", "DescribeDBInstances"), "denied")
    found = account.tally.wrong
    account.tally.wrong = []
    account.tally.silent = []
    assert any("aws_db_instance:count" in line and "absent" in line for line in found)
    assert any("aws_db_instance:so 0" in line for line in found)
