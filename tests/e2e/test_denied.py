"""Whatever single call is denied: nothing passes or fails that did not before, and the gap names the action."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from e2e_account import Account
from e2e_audit import UNTOLD, Audited, audit, kinds_read, newly_decided
from e2e_deviations import DEVIATIONS
from e2e_jobs import pytest_run
from e2e_proxy import Denying, Operation, proxy, reads

from audits.planes.live.actions import api_name, iam_action
from audits.planes.live.failures import DENIED
from audits.run import Policy, exit_status

UNDECIDED = {"unreadable", "unknown"}


class Undisturbed:
    """A proxied account, and what an audit of it says if nothing is denied."""

    def __init__(self, denying: Denying) -> None:
        self.denying = denying
        self.known: dict[Operation, Audited] = {}
        self.audited = audit(denying.endpoint)
        self.asked = frozenset(denying.asked)

    def without(self, operation: Operation) -> Audited:
        """An audit that is denied one operation."""
        if operation not in self.known:
            with self.denying.refusing(operation):
                self.known[operation] = audit(self.denying.endpoint)
        return self.known[operation]


@pytest.fixture(scope="module")
def conforming(seeded_account: Account) -> Iterator[Undisturbed]:
    with proxy(seeded_account.endpoint) as denying:
        yield Undisturbed(denying)


@pytest.fixture(scope="module")
def deviating(planted_account: Account) -> Iterator[Undisturbed]:
    with proxy(planted_account.endpoint) as denying:
        yield Undisturbed(denying)


@pytest.fixture(scope="module", params=["conforming", "deviating"])
def undisturbed(request: pytest.FixtureRequest) -> Undisturbed:
    found: Undisturbed = request.getfixturevalue(request.param)
    return found


def test_the_proxy_knows_every_request_and_changes_nothing_by_itself(
    undisturbed: Undisturbed, request: pytest.FixtureRequest
) -> None:
    behind = "seeded_account" if undisturbed.audited.deviating() == [] else "planted_account"
    assert undisturbed.audited.states() == audit(request.getfixturevalue(behind).endpoint).states()
    assert undisturbed.audited.undecided() == []
    assert undisturbed.denying.strange == set()


@pytest.mark.parametrize("operation", reads(), ids=":".join)
def test_a_denied_call_decides_nothing(undisturbed: Undisturbed, operation: Operation) -> None:
    if operation not in undisturbed.asked:
        pytest.skip("this account gives no reason to ask for it")
    audited = undisturbed.without(operation)
    before, after = undisturbed.audited.states(), audited.states()
    assert newly_decided(before, after) == {}
    gone = {control for control, path, resource in before if (control, path, resource) not in after}
    told = {control for (control, _, _), state in after.items() if state in UNDECIDED}
    assert gone <= told

    gaps = [gap for gap in audited.observations["live"].gaps if gap.cause == DENIED]
    action = iam_action(reads()[operation])
    assert {gap.action for gap in gaps} == {action}
    assert all(action in gap.mend for gap in gaps)

    results = list(audited.results.values())
    deviates = bool(audited.deviating())
    assert exit_status(results, Policy()) == int(deviates)
    told = [result for name, result in audited.results.items() if name not in UNTOLD]
    unreadable = any(state == "unreadable" for (name, _, _), state in after.items() if name not in UNTOLD)
    assert exit_status(told, Policy(strict=True)) == int(deviates or unreadable)


def _listings() -> list[Operation]:
    """The operation that lists each kind."""
    first = [kind.reads[0] for kind in kinds_read()]
    return list(dict.fromkeys((read.service, api_name(read.service, read.operation)) for read in first))


@pytest.mark.parametrize("operation", _listings(), ids=":".join)
def test_a_denied_listing_is_never_an_empty_one(conforming: Undisturbed, operation: Operation) -> None:
    if operation not in conforming.asked:
        pytest.skip("this account gives no reason to ask for it")
    assert "unreadable" in conforming.without(operation).states().values()


def test_a_run_with_a_denied_call_ends_well_and_names_it(conforming: Undisturbed) -> None:
    with conforming.denying.refusing(("rds", "DescribeDBInstances")) as denying:
        lenient = pytest_run("--live", endpoint=denying.endpoint)
        strict = pytest_run("--live", "--strict", endpoint=denying.endpoint)
    assert (lenient.status, strict.status) == (0, 1)
    for run in (lenient, strict):
        assert run.states("rds-instance") == {"unreadable"}
        assert run.states("redis-node") == {"pass"}
        assert "allow rds:DescribeDBInstances to" in run.output
        assert "Traceback" not in run.output


def test_no_deviation_hides_behind_a_denied_listing(seeded_account: Account) -> None:
    with DEVIATIONS["nat_instance_resized"](seeded_account), proxy(seeded_account.endpoint) as denying:
        with denying.refusing(("ec2", "DescribeInstances")):
            audited = audit(denying.endpoint)
        assert {name for name, _ in audit(seeded_account.endpoint).deviating()} == {
            "nat-instance",
            "nat-kept",
            "cost-nat",
        }
    assert "unreadable" in {str(verdict.state) for name, verdict in audited.verdicts() if name == "nat-instance"}
    assert exit_status(list(audited.results.values()), Policy(strict=True)) == 1
