"""Which resource of Terraform is which of the account's, and when neither missing nor unmanaged can be said."""

from __future__ import annotations

import pytest
from drift_factories import between, ours, theirs, values

from audits.model import Cause, Gap
from tests.factories import pointing, unknown

GROUP, DATABASE, LISTENER = "aws_cloudwatch_log_group", "aws_db_instance", "aws_lb_listener"
ARN = "arn:aws:logs:eu-west-1:123456789012:log-group:a"


def unmatched(found: object) -> list[tuple[str, str]]:
    return [(one.identity, reason) for one, reason in found.pairs.unmatched]  # type: ignore[attr-defined]


def test_a_known_name_that_is_unique_on_both_sides_pairs() -> None:
    found = between([ours(GROUP, f"{GROUP}.a", name="a")], [theirs(GROUP, ARN, name="a")])
    assert [(one.identity, other.identity) for one, other in found.pairs.matched] == [(f"{GROUP}.a", ARN)]


def test_a_resource_that_is_in_no_complete_listing_is_missing() -> None:
    found = between([ours(GROUP, f"{GROUP}.a", name="a")], [theirs(GROUP, ARN, name="b")])
    assert [one.terraform.identity for one in found.drift] == [f"{GROUP}.a"]
    assert found.drift[0].live is None
    assert unmatched(found) == []


@pytest.mark.parametrize(
    "gap",
    [
        Gap("live", (GROUP,), "logs:DescribeLogGroups", "denied"),
        Gap("live", None, "everything", "denied"),
        Gap("live", (GROUP,), "logs:DescribeLogGroups", "denied", account="123456789012", region="eu-west-1"),
    ],
)
def test_what_may_lie_behind_a_gap_is_not_missing(gap: Gap) -> None:
    found = between([ours(GROUP, f"{GROUP}.a", name="a")], [], gaps=[gap])
    assert found.drift == ()
    assert unmatched(found) == [(f"{GROUP}.a", f"may lie behind a gap: {gap.scope}")]


def test_a_gap_of_another_region_or_kind_hides_nothing() -> None:
    gaps = [Gap("live", ("aws_vpc",), "x", "denied"), Gap("live", (GROUP,), "x", "denied", region="us-east-1")]
    assert len(between([ours(GROUP, f"{GROUP}.a", name="a", Region="eu-west-1")], [], gaps=gaps).drift) == 1


@pytest.mark.parametrize("name", [unknown(Cause.VARIABLE, "var.x"), None])
def test_a_resource_without_a_known_name_is_unmatched(name: object) -> None:
    found = between([ours(GROUP, f"{GROUP}.a", name=name)], [theirs(GROUP, ARN, name="a")])
    assert found.drift == ()
    assert [address for address, _ in unmatched(found)] == [f"{GROUP}.a"]


def test_a_name_that_is_taken_twice_pairs_nothing() -> None:
    twice = [theirs(GROUP, f"{ARN}{number}", name="a") for number in range(2)]
    found = between([ours(GROUP, f"{GROUP}.a", name="a")], twice)
    assert (found.drift, len(found.pairs.matched), len(unmatched(found))) == ((), 0, 1)
    both = [ours(GROUP, f"{GROUP}.{name}", name="a") for name in "ab"]
    found = between(both, [theirs(GROUP, ARN, name="a")])
    assert (found.drift, len(found.pairs.matched), len(unmatched(found))) == ((), 0, 2)


def test_the_same_name_in_another_region_is_another() -> None:
    live = [theirs(GROUP, ARN, name="a"), theirs(GROUP, "other", name="a", Region="us-east-1")]
    found = between([ours(GROUP, f"{GROUP}.a", name="a", Region="us-east-1")], live)
    assert [other.identity for _, other in found.pairs.matched] == ["other"]


def test_what_may_exist_once_more_pairs_nothing() -> None:
    perhaps = ours(GROUP, f"{GROUP}.b[*]", name="a", Existence=unknown(Cause.VARIABLE, "var.more"))
    found = between([ours(GROUP, f"{GROUP}.a", name="a"), perhaps], [theirs(GROUP, ARN, name="a")])
    assert (found.drift, found.pairs.matched) == ((), ())


def test_a_key_that_refers_to_a_paired_resource_is_what_that_has() -> None:
    balancer, port = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/a/1", 443
    source = [
        ours("aws_lb", "aws_lb.a", name="a"),
        ours(LISTENER, f"{LISTENER}.a", load_balancer_arn=pointing("aws_lb.a.arn"), port=port),
    ]
    live = [
        theirs("aws_lb", balancer, name="a", arn=balancer),
        theirs(LISTENER, "listener", load_balancer_arn=balancer, port=port),
    ]
    assert [other.identity for _, other in between(source, live).pairs.matched] == [balancer, "listener"]
    assert len(between(source, live[1:]).pairs.matched) == 0


def test_a_state_pairs_by_identifier_whatever_things_are_called() -> None:
    source = ours(DATABASE, f"{DATABASE}.a", identifier="new-name")
    live = theirs(DATABASE, "arn:db", identifier="old-name", arn="arn:db", id="db-1")
    state = ours(DATABASE, f"{DATABASE}.a", identifier="old-name", arn="arn:db", id="db-1")
    assert values(between([source], [live], state=[state])) == [("identifier", "new-name", "old-name")]


def test_without_a_state_what_may_have_been_renamed_is_neither_missing_nor_unmanaged() -> None:
    source, live = ours(DATABASE, f"{DATABASE}.a", identifier="a"), theirs(DATABASE, "arn:db", identifier="b")
    found = between([source], [live])
    assert found.drift == ()
    assert unmatched(found) == [(f"{DATABASE}.a", "it may be there under another name (b): give a state (--state)")]
    # A log group cannot be renamed: then one is missing, and the other another.
    assert len(between([ours(GROUP, f"{GROUP}.a", name="a")], [theirs(GROUP, ARN, name="b")]).drift) == 1


def test_what_a_state_knows_and_the_account_does_not_hold_is_missing_whatever_else_there_is() -> None:
    source, live = (
        ours(DATABASE, f"{DATABASE}.a", identifier="a"),
        theirs(DATABASE, "arn:b", identifier="b", arn="arn:b"),
    )
    state = ours(DATABASE, f"{DATABASE}.a", identifier="a", arn="arn:a", id="db-1")
    assert [one.live for one in between([source], [live], state=[state]).drift] == [None]


def test_a_kind_that_was_not_asked_for_is_counted_and_not_compared() -> None:
    found = between([ours("aws_mq_broker", "aws_mq_broker.a", description="x")], [])
    assert found.drift == ()
    assert unmatched(found) == [("aws_mq_broker.a", "the account was not asked for this kind")]
    assert (found.attributes.compared, found.attributes.reasons) == (0, {"kind not compared": 1})
