"""How the planes' verdicts are paired, and what they come to together."""

from __future__ import annotations

from typing import Any

import pytest

from audits.judge import Judgement, Result, combine, judge, standing
from audits.model import Cause, Check, Plane, Redacted, Standing, State, Unknown, Verdict
from audits.relation import Relation
from audits.relations import registry
from tests.factories import KINDS, control, gap, observation, resource, verdict

FAIL7, FAIL8 = verdict("fail", actual=7), verdict("fail", actual=8)
PASS, ABSENT, UNKNOWN, UNREADABLE = verdict("pass"), verdict("absent"), verdict("unknown"), verdict("unreadable")


def combined(terraform: list[Verdict] | None = None, live: list[Verdict] | None = None) -> Result:
    asked = control()
    given: dict[Plane, list[Verdict] | None] = {"terraform": terraform, "live": live}
    judgements = {p: Judgement(Check(asked, p), tuple(v), 0) for p, v in given.items() if v is not None}
    return combine(asked, judgements)


@pytest.mark.parametrize(
    ("terraform", "live", "expected"),
    [
        (PASS, PASS, Standing.AGREES),
        (PASS, FAIL7, Standing.DRIFT),
        (PASS, ABSENT, Standing.DRIFT),
        (FAIL7, PASS, Standing.UNAPPLIED),
        (ABSENT, PASS, Standing.UNAPPLIED),
        (FAIL7, FAIL7, Standing.STALE_DOCUMENT),
        (FAIL7, FAIL8, Standing.ALL_DIFFER),
        (FAIL7, ABSENT, Standing.ALL_DIFFER),
        (ABSENT, ABSENT, Standing.UNBUILT),
        (UNKNOWN, FAIL7, Standing.UNDECIDED),
        (PASS, UNREADABLE, Standing.UNDECIDED),
        (UNKNOWN, UNKNOWN, Standing.UNDECIDED),
        (PASS, None, Standing.UNDECIDED),
    ],
)
def test_the_standing_table(terraform: Verdict | None, live: Verdict | None, expected: Standing) -> None:
    assert standing(terraform, live, 2) is expected
    assert standing(terraform, live, 1) is Standing.SINGLE_PLANE


@pytest.mark.parametrize("actual", [Unknown(Cause.VARIABLE), Redacted(), [Unknown(Cause.COMPUTED)]])
def test_a_stale_document_needs_both_actuals_known(actual: Any) -> None:
    both = verdict("fail", actual=actual)
    assert standing(both, both, 2) is not Standing.STALE_DOCUMENT


def test_true_is_not_one() -> None:
    assert standing(verdict("fail", actual=True), verdict("fail", actual=1), 2) is Standing.ALL_DIFFER


def test_rows_pair_by_key_and_path() -> None:
    result = combined(
        [verdict("pass", "aws_x.a", "p", key="a"), verdict("fail", "aws_x.a", "q", key="a", actual=1)],
        [verdict("fail", "arn:a", "p", key="a"), verdict("pass", "arn:a", "q", key="a")],
    )
    assert {row.path: row.standing for row in result.rows} == {"p": Standing.DRIFT, "q": Standing.UNAPPLIED}
    assert result.standing is Standing.DRIFT


def test_the_only_one_on_each_plane_is_the_same_one() -> None:
    for left, right in ((None, None), ("a", None), (None, "b")):
        result = combined([verdict("pass", "aws_x.a", "p", key=left)], [verdict("fail", "arn:a", "p", key=right)])
        assert [row.standing for row in result.rows] == [Standing.DRIFT]


def test_two_known_different_keys_are_no_pair() -> None:
    result = combined([verdict("pass", "aws_x.a", "p", key="a")], [verdict("fail", "arn:b", "p", key="b")])
    assert len(result.rows) == 2


def test_a_key_that_several_have_pairs_nothing_and_hides_nothing() -> None:
    result = combined(
        [verdict("pass", "aws_x.a", "p", key="k")],
        [verdict("fail", "arn:1", "p", key="k", region="a"), verdict("pass", "arn:2", "p", key="k", region="b")],
    )
    assert Standing.AGREES not in {row.standing for row in result.rows if row.live and row.live.state is State.FAIL}
    assert {row.live.resource for row in result.rows if row.live} == {"arn:1", "arn:2"}


def test_of_several_verdicts_on_one_thing_the_worst_counts() -> None:
    for order in (("fail", "pass"), ("pass", "fail")):
        result = combined([verdict("pass", "a", "p", key="k")], [verdict(one, "b", "p", key="k") for one in order])
        assert [row.standing for row in result.rows] == [Standing.DRIFT]


def test_what_one_plane_does_not_have_is_answered_by_its_count() -> None:
    shown = verdict("pass", "aws_x.a", "p", key="a")
    gone = verdict("absent", path="count", key="")
    assert combined([shown, verdict("pass", path="count", key="")], [gone]).standing is Standing.DRIFT
    hidden = verdict("unreadable", path="count", key="")
    result = combined([shown, verdict("pass", path="count", key="")], [hidden])
    assert {row.standing for row in result.rows} == {Standing.UNDECIDED}


def test_one_sided_rows() -> None:
    count = verdict("pass", path="count", key="")
    both = verdict("pass", "x", "p", key="k")
    for live_state, expected in (("pass", Standing.AGREES), ("fail", Standing.DRIFT), ("unknown", Standing.UNDECIDED)):
        result = combined([count, both], [count, both, verdict(live_state, "arn:e", "p", key="e")])
        assert {row.key: row.standing for row in result.rows}["e"] is expected
    result = combined([count, both, verdict("fail", "aws_x.e", "p", key="e")], [count, both])
    assert result.standing is Standing.UNAPPLIED


def test_an_undecided_plane_never_hides_the_other_ones_failure() -> None:
    result = combined([verdict("unknown", "a", "p", key="k")], [verdict("fail", "b", "p", key="k", actual=1)])
    assert result.judgements["live"].state is State.FAIL
    assert result.rows[0].live is not None
    assert result.rows[0].live.state is State.FAIL


def test_a_single_plane_says_so() -> None:
    assert combined([verdict("fail", "a", "p")]).standing is Standing.SINGLE_PLANE


def test_the_worst_verdict_counts() -> None:
    asked = Check(control(), "live")
    for states, expected in (
        (("pass", "unknown"), State.UNKNOWN),
        (("unknown", "unreadable"), State.UNREADABLE),
        (("unreadable", "absent"), State.ABSENT),
        (("absent", "fail", "pass"), State.FAIL),
        (("pass",), State.PASS),
    ):
        assert Judgement(asked, tuple(verdict(one) for one in states), 0).state is expected


def _relation(*verdicts: Verdict) -> Relation:
    return Relation("attributes", ("kind",), (), {}, lambda *_: None, lambda _: frozenset(), lambda *_: verdicts)


def test_a_check_that_says_nothing_is_an_error() -> None:
    with pytest.raises(AssertionError, match=r"c\[live\]"):
        judge(Check(control(), "live"), observation(), KINDS, {"attributes": _relation()})


def test_what_was_examined_is_counted_once() -> None:
    found = _relation(verdict("pass", "a", "p"), verdict("pass", "a", "q"), verdict("pass", "b", "p"), verdict("pass"))
    assert judge(Check(control(), "live"), observation(), KINDS, {"attributes": found}).examined == 2


def test_a_verdict_that_rests_on_the_declaration_of_modules_says_so() -> None:
    database = resource("aws_db_instance", "db", instance_class="a")
    body = {"kind": "aws_db_instance", "count": 1, "expect": {"instance_class": "a"}}
    missing = [gap(scope="module.cdn", module="cdn")]
    said = "rests on the spec's declaration: cdn holds only aws_cloudfront_*"
    for modules, states, causes in (
        ({"cdn": ("aws_cloudfront_*",)}, ["pass", "pass"], [said, said]),
        ({"cdn": ("aws_db_*",)}, ["unreadable", "pass"], None),
        ({}, ["unreadable", "pass"], None),
    ):
        asked = Check(control(modules=modules, **body), "live")
        judged = judge(asked, observation(database, gaps=missing), KINDS, registry())
        assert [str(one.state) for one in judged.verdicts] == states
        if causes is not None:
            assert [one.cause for one in judged.verdicts] == causes
        else:
            assert all("declaration" not in one.cause for one in judged.verdicts)
    whole = judge(Check(control(modules={"cdn": ("aws_x",)}, **body), "live"), observation(database), KINDS, registry())
    assert [one.cause for one in whole.verdicts] == ["", ""]


@pytest.mark.parametrize(
    ("declared", "state"),
    [
        ({"api-gateway": ("aws_api_*",)}, "pass"),
        ({"api-gateway": ("aws_api_*", "aws_db_*")}, "unreadable"),
        ({"api-gateway": ("aws_api_*",), "api_gateway": ("aws_db_*",)}, "unreadable"),
        ({"api": ("aws_api_*",)}, "unreadable"),
    ],
)
def test_the_label_of_a_call_may_write_the_folders_dashes_as_underscores(
    declared: dict[str, tuple[str, ...]], state: str
) -> None:
    database = resource("aws_db_instance", "db", instance_class="a")
    body = {"kind": "aws_db_instance", "count": 1, "expect": {"instance_class": "a"}}
    missing = [gap(scope="module.api_gateway", module="api_gateway")]
    asked = Check(control(modules=declared, **body), "live")
    judged = judge(asked, observation(database, gaps=missing), KINDS, registry())
    (count,) = [one for one in judged.verdicts if one.path == "count"]
    assert count.state == state
    assert ("api_gateway holds only aws_api_*" in count.cause) == (state == "pass")
