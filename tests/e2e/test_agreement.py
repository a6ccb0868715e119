"""Our readers and the provider say the same of the same account, attribute by attribute, but for what is named."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from e2e_terraform import Applying, obstacle

from audits import kinds
from tests.e2e.agreement.accounts import SUPPLIED, agreement, drifting
from tests.e2e.agreement.compare import Agreement, Compared
from tests.e2e.agreement.differences import DIFFERENCES, DRIFTS, DRIFTS_OR_NOT, NOT_APPLIED, UNLISTED, reason_of

TYPES = 60
SHARE = 0.98


@pytest.fixture(scope="module")
def found(agreeing: Mapping[str, Applying] | None) -> Agreement:
    """What is compared; both roots were being applied since the session began."""
    if agreeing is None:
        pytest.skip(obstacle() or "nothing is applied")
    return agreement(agreeing)


def _named(one: Compared) -> str:
    return f"{one.type}.{one.attribute}"


@pytest.mark.terraform_cli
def test_enough_is_compared_and_almost_all_of_it_is_equal(found: Agreement) -> None:
    assert len({one.type for one in found.compared}) >= TYPES
    assert sum(one.equal for one in found.compared) >= SHARE * len(found.compared)


@pytest.mark.terraform_cli
def test_every_difference_is_explained_and_every_explanation_used(found: Agreement) -> None:
    different = [one for one in found.compared if not one.equal]
    assert [(one.address, one.attribute, one.stated, one.live) for one in different if reason_of(one) is None] == []
    assert {_named(one) for one in different} == DIFFERENCES.keys()


@pytest.mark.terraform_cli
def test_every_resource_of_the_state_is_read_but_for_what_moto_cannot_list(found: Agreement) -> None:
    assert {address.split(".")[-2] for address in found.missing} == UNLISTED.keys()


@pytest.mark.terraform_cli
def test_every_declared_type_is_compared_or_named(found: Agreement) -> None:
    # A part that adds nothing to its parent (it only makes Terraform wait) leaves nothing to compare.
    telling = {part.type for kind in kinds.registry().values() for part in kind.parts if part.into}
    declared = kinds.registry().keys() | telling
    assert declared - {one.type for one in found.compared} == NOT_APPLIED.keys() | UNLISTED.keys()


@pytest.mark.terraform_cli
def test_what_is_supplied_never_counts(found: Agreement) -> None:
    assert not SUPPLIED.keys() & {_named(one) for one in found.compared}
    assert set(found.supplied) == SUPPLIED.keys()


@pytest.mark.terraform_cli
def test_nothing_drifts_in_what_terraform_has_just_applied_but_what_moto_loses(
    agreeing: Mapping[str, Applying] | None, tmp_path: Path
) -> None:
    if agreeing is None:
        pytest.skip(obstacle() or "nothing is applied")
    assert drifting(agreeing["further types"], tmp_path) - DRIFTS_OR_NOT.keys() == DRIFTS.keys()
