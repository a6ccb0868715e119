"""Whatever a kind may ask for fails in turn: nothing but what rests on it is other than before, and that is unreadable.

The demo account gives no reason to ask for some operations, and moto does not answer others: here each is answered
from AWS's service model. How failures come over the wire is tried with what moto answers (``tests/e2e/test_faults``).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from audits import kinds
from audits.model import Cause, Extent, Gap, Observation, Unknown, Value
from audits.planes.live import observing
from audits.planes.live.actions import api_name
from audits.planes.live.reader import AwsReader
from tests.planes.live.made_world import FAULTS, MadeAccount, Operation, made_account

NEVER_ASKED = frozenset({("s3", "GetBucketLocation")})
"""AWS gives a bucket's region in the listing; the call is for what does not (moto, where it is tried)."""
GOES_BY_ITS_FAMILY = {"aws_ecs_task_definition": {"family", "id", "arn"}}
"""What goes by another name while it cannot be described, and all that is known of it then."""
READ = [kind for kind in kinds.registry().values() if kind.from_live is not None]


def operations(kind: str) -> list[Operation]:
    """What a kind may ask for."""
    return [(read.service, api_name(read.service, read.operation)) for read in kinds.registry()[kind].reads]


def _part() -> list[tuple[str, Operation, str]]:
    """Two faults an operation of a kind, so that neighbours together meet them all."""
    names, found = list(FAULTS), []
    every = [(kind.type, operation) for kind in READ for operation in operations(kind.type)]
    for number, (kind, operation) in enumerate(every):
        found += [(kind, operation, names[(number + shift) % len(names)]) for shift in (0, 3)]
    return found


@pytest.fixture(scope="module")
def account() -> Iterator[MadeAccount]:
    with made_account() as made:
        yield made


_WHOLE: dict[str, tuple[Observation, frozenset[Operation]]] = {}


def whole(account: MadeAccount, kind: str) -> tuple[Observation, frozenset[Operation]]:
    """The kind, read without a fault, and what was asked for then."""
    if kind not in _WHOLE:
        observation = account.read(kinds.registry()[kind])
        _WHOLE[kind] = observation, frozenset(account.asked)
    return _WHOLE[kind]


def unreadable(value: Value) -> bool:
    """Whether it, or a part of it, could not be read."""
    if isinstance(value, Unknown):
        return value.cause is Cause.UNREADABLE
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(map(unreadable, parts))


def no_surer(value: Value, before: Value) -> bool:
    """Whether what is said of it was said before, or is that it could not be read."""
    if value == before or (isinstance(value, Unknown) and value.cause is Cause.UNREADABLE):
        return True
    if isinstance(value, dict) and isinstance(before, dict):
        return value.keys() == before.keys() and all(no_surer(value[key], before[key]) for key in value)
    if isinstance(value, list) and isinstance(before, list):
        return len(value) == len(before) and all(map(no_surer, value, before))
    return False


def about(gap: Gap, operation: Operation) -> bool:
    return gap.scope.startswith(f"{operation[0]}:{operation[1]} in ")


@cache
def _asked_by_some() -> frozenset[Operation]:
    with made_account() as account:
        return frozenset(one for kind in READ for one in whole(account, kind.type)[1])


def test_every_operation_is_asked_for() -> None:
    every = {operation for kind in READ for operation in operations(kind.type)}
    assert every - _asked_by_some() == NEVER_ASKED


def test_what_is_made_can_be_read(account: MadeAccount) -> None:
    found = {kind.type: whole(account, kind.type)[0] for kind in READ}
    assert {kind: one.gaps for kind, one in found.items() if one.gaps} == {}
    assert sum(bool(one.resources) for one in found.values()) > 0.9 * len(found)


@pytest.mark.parametrize(
    ("kind", "operation", "fault"), _part(), ids=lambda one: one if isinstance(one, str) else ":".join(one)
)
def test_what_fails_is_unreadable_and_the_rest_as_before(
    account: MadeAccount, kind: str, operation: Operation, fault: str
) -> None:
    before, asked = whole(account, kind)
    if operation not in asked:
        assert operation in NEVER_ASKED or operation in _asked_by_some()
        pytest.skip("this kind has no reason to ask for it here")
    check(account.read(kinds.registry()[kind], (operation, fault)), before, kind, operation)


def check(found: Observation, before: Observation, kind: str, operation: Operation) -> None:
    """Refuse what says more, or otherwise, than before."""
    assert found.gaps, "nothing says that it could not be read"
    for gap in found.gaps:
        assert gap.kinds == (kind,) and gap.cause and about(gap, operation), gap
        assert (gap.action is not None) and gap.mend
    listing_is_open = any(gap.resource is None for gap in found.gaps)
    present = {one.identity: one for one in found.resources}
    others = present.keys() - {one.identity for one in before.resources}
    assert not others or kind in GOES_BY_ITS_FAMILY
    for other in others:
        said = {name for name, value in present[other].attributes.items() if not unreadable(value)}
        assert said <= GOES_BY_ITS_FAMILY[kind]
    for one in before.resources:
        if one.identity not in present:
            assert listing_is_open or others, one.identity
            continue
        read = present[one.identity].attributes
        assert read.keys() == one.attributes.keys()
        surer = {name: value for name, value in read.items() if not no_surer(value, one.attributes[name])}
        assert not surer
    if not listing_is_open:
        assert any(unreadable(value) for one in found.resources for value in one.attributes.values())


def test_a_failure_that_passes_for_none_would_be_noticed(account: MadeAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    kind, operation = "aws_ecr_repository", ("ecr", "GetLifecyclePolicy")
    before, _ = whole(account, kind)
    detail = AwsReader.detail

    def none(self: AwsReader, *arguments: Any, **named: Any) -> Any:
        answer = detail(self, *arguments, **named)
        return None if isinstance(answer, Unknown) else answer

    monkeypatch.setattr(AwsReader, "detail", none)
    with pytest.raises(AssertionError, match="lifecycle_policy"):
        check(account.read(kinds.registry()[kind], (operation, "denied")), before, kind, operation)


def test_a_gap_that_is_lost_would_be_noticed(account: MadeAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    kind, operation = "aws_vpc", ("ec2", "DescribeVpcs")
    before, _ = whole(account, kind)
    monkeypatch.setattr(observing, "_merged", lambda gaps: ())
    with pytest.raises(AssertionError, match="nothing says"):
        check(account.read(kinds.registry()[kind], (operation, "reset")), before, kind, operation)


OF_SOME = {("aws_route53_zone", "vpc")}
"""Details that are asked for of some resources only, and not of those made here: private zones."""
ON_DEMAND = [(kind.type, detail) for kind in READ for detail in kind.on_demand if (kind.type, detail) not in OF_SOME]


@pytest.mark.parametrize(("kind", "detail"), ON_DEMAND)
def test_a_detail_that_nobody_needs_is_not_asked_for_and_known_of_nothing(
    account: MadeAccount, kind: str, detail: str
) -> None:
    """``on_demand`` names a detail as the kind asks for it: else it would be asked for whoever needs it or not."""
    before, asked = whole(account, kind)
    told = kinds.registry()[kind].on_demand[detail]
    found = account.read(kinds.registry()[kind], extent=Extent(left_out={kind: frozenset({detail})}))
    assert account.asked < asked
    assert found.gaps == () and [one.identity for one in found.resources] == [one.identity for one in before.resources]
    for one, other in zip(found.resources, before.resources, strict=True):
        assert {name for name in told if unreadable(one.attributes[name])} == set(told)
        rest = one.attributes.keys() - set(told)
        assert {name: one.attributes[name] for name in rest} == {name: other.attributes[name] for name in rest}
