"""What most controls say: counts as intervals, attributes three-valued, absence with the nearest candidates."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audits.model import Cause, Redacted, State, Unknown, Verdict
from audits.relation import BodyError
from audits.relations.attributes import RELATION, check_body, judge, kinds_of
from audits.view import View
from tests.factories import KINDS, control, gap, resource, unknown, view
from tests.test_expectations import hidden, values

DB = "aws_db_instance"


def database(identity: str = "db", source: bool = False, **given: Any) -> Any:
    return resource(DB, identity, source, **{"identifier": identity, **given})


def judged(seen: View, **body: Any) -> dict[str, Verdict]:
    return {
        v.path if v.resource is None else f"{v.resource} {v.path}": v for v in judge(control(kind=DB, **body), seen)
    }


def state(attributes: dict[str, Any], path: str, matcher: Any, source: bool = False) -> State:
    return judged(view(database(source=source, **attributes)), expect={path: matcher})[f"db {path}"].state


DATA = Unknown(Cause.DATA_SOURCE)
UNREAD = Unknown(Cause.UNREADABLE)


@pytest.mark.parametrize(
    ("attributes", "path", "matcher", "expected"),
    [
        ({"a": 7}, "a", {"minimum": 7}, "pass"),
        ({"a": 6}, "a", {"minimum": 7}, "fail"),
        ({"a": "7"}, "a", {"minimum": 7}, "fail"),
        ({}, "a", {"minimum": 7}, "fail"),
        ({"a": None}, "a", {"not": "x"}, "fail"),
        ({}, "a", {"absent": True}, "pass"),
        ({"a": DATA}, "a", 7, "unknown"),
        ({"a": UNREAD}, "a", 7, "unreadable"),
        ({"a": Redacted()}, "a", 7, "unknown"),
        ({"a": []}, "a[*].b", 7, "fail"),
        ({"a": []}, "a[*].b", {"not": 7}, "fail"),
        ({"a": []}, "a[*].b", {"absent": True}, "pass"),
        ({"a": [{"b": 7}, {"b": 8}]}, "a[*].b", 7, "fail"),
        ({"a": [{"b": 7}, {"b": DATA}]}, "a[*].b", 7, "unknown"),
        ({"a": [{"b": 8}, {"b": DATA}]}, "a[*].b", 7, "fail"),
        ({"a": [{"b": UNREAD}, {"b": DATA}]}, "a[*].b", 7, "unreadable"),
        ({"a": [{"b": []}, {"b": [7]}]}, "a[*].b[*]", 7, "fail"),
        ({"a": [{"k": "x", "b": 7}]}, "a[{k: y}].b", 7, "fail"),
        ({"a": [{"k": "x", "b": 7}, {"k": DATA, "b": 8}]}, "a[{k: x}].b", 7, "unknown"),
        ({"a": [{"k": "x", "b": 7}, {"k": DATA, "b": 7}]}, "a[{k: x}].b", 7, "pass"),
        ({"a": [{"k": DATA, "b": 7}]}, "a[{k: x}].b", 7, "unknown"),
        ({"a": [{"k": UNREAD, "b": 7}]}, "a[{k: x}].b", 7, "unreadable"),
        ({"a": [{"k": Redacted(), "b": 8}]}, "a[{k: x}].b", 7, "unknown"),
        ({"a": unknown(partial=[{"b": 7}], open=True)}, "a[*].b", 7, "unknown"),
        ({"a": unknown(partial=[{"b": 8}], open=True)}, "a[*].b", 7, "fail"),
        ({"a": unknown(partial=[{"b": 7}])}, "a[*].b", 7, "pass"),
        ({"a": unknown(partial=[], open=True)}, "a", {"absent": True}, "unknown"),
        ({"a": [7]}, "a[1]", 7, "fail"),
        ({"a": unknown(partial=[7], open=True)}, "a[0]", 7, "unknown"),
        ({"a": unknown(Cause.COMPUTED, parts=("prod", DATA))}, "a.b", {"pattern": "prod"}, "unknown"),
    ],
)
def test_a_path_is_judged_three_valued(attributes: dict[str, Any], path: str, matcher: Any, expected: str) -> None:
    assert state(attributes, path, matcher) == expected


def test_unset_in_source_is_the_providers_to_decide() -> None:
    for matcher in (7, {"minimum": 7}, {"absent": True}, {"not": 7}):
        assert state({}, "a", matcher, source=True) is State.UNKNOWN
    assert state({"a": [{}]}, "a[*].b", 7, source=True) is State.UNKNOWN
    assert state({"a": []}, "a[*].b", 7, source=True) is State.FAIL


@settings(max_examples=400, deadline=None)
@given(
    st.dictionaries(st.sampled_from("xyz"), values, max_size=2),
    st.sampled_from(["x", "x.y", "x[0]", "x[*]", "x[*].y", "x[{y: 1}].x", "x[*].y[*]", "x[{y: {minimum: 1}}].z"]),
    st.sampled_from([1, {"minimum": 1}, {"not": {"const": 1}}, {"absent": True}, {"contains": 1}, {"required": ["x"]}]),
    st.data(),
)
def test_a_hidden_part_never_turns_a_verdict_round(
    attributes: dict[str, Any], path: str, matcher: Any, data: st.DataObject
) -> None:
    known = state(attributes, path, matcher)
    assert known in (State.PASS, State.FAIL)
    seen = state({k: data.draw(hidden(v)) for k, v in attributes.items()}, path, matcher)
    assert seen in (known, State.UNKNOWN)


# Counts ---------------------------------------------------------------------------------------------------------------

MAYBE = database("m", engine=unknown())
GHOST = database("g[*]", engine="p", Existence=unknown())
P, Q = database("p", engine="p"), database("q", engine="p")


@pytest.mark.parametrize(
    ("resources", "gaps", "count", "expected"),
    [
        ([P], False, None, "pass"),
        ([], False, None, "absent"),
        ([], True, None, "unreadable"),
        ([P], True, None, "unreadable"),
        ([P], False, 1, "pass"),
        ([P], True, 1, "unreadable"),
        ([P, Q], False, 1, "fail"),
        ([P, Q], True, 1, "fail"),
        ([P], False, 2, "fail"),
        ([P], True, 2, "unreadable"),
        ([P, MAYBE], False, 1, "unknown"),
        ([P, MAYBE], False, 2, "unknown"),
        ([P, MAYBE], False, 3, "fail"),
        ([MAYBE], False, 2, "absent"),
        ([MAYBE], False, None, "unknown"),
        ([P, MAYBE], False, {"minimum": 1, "maximum": 2}, "pass"),
        ([P, GHOST], False, {"minimum": 1, "maximum": 2}, "unknown"),
        ([P, GHOST], False, None, "pass"),
        ([], False, 0, "pass"),
        ([], True, 0, "unreadable"),
        ([P], True, 0, "fail"),
        ([MAYBE], False, 0, "unknown"),
        ([P], True, {"maximum": 3}, "unreadable"),
        ([P], True, {"not": 5}, "unreadable"),
        ([P], True, {"multipleOf": 7}, "unreadable"),
        ([P], True, {"enum": [3, 9]}, "unreadable"),
        ([P], True, {"anyOf": [{"minimum": 1}, 0]}, "pass"),
        ([P], True, {"maximum": 10**15}, "unreadable"),
        ([P], True, {"minimum": 10**15}, "unreadable"),
        ([P], True, 10**15, "unreadable"),
    ],
)
def test_the_count_lies_in_an_interval(resources: list[Any], gaps: bool, count: Any, expected: str) -> None:
    body = {"select": {"engine": "p"}, "expect": {"engine": "p"}} | ({} if count is None else {"count": count})
    seen = view(*resources, gaps=[gap(DB)] if gaps else [])
    assert judged(seen, **body)["count"].state == expected


def test_a_perhaps_meant_resource_never_fails_nor_passes() -> None:
    seen = view(P, database("m", engine=unknown(), size=9), database("n", engine=unknown(), size=1))
    found = judged(seen, select={"engine": "p"}, expect={"size": 1})
    assert found["m size"].state is found["n size"].state is State.UNKNOWN
    assert "meant" in found["m size"].cause


def test_absence_names_the_nearest_candidates_and_what_each_missed() -> None:
    near, far = database("near", engine="p", size=2), database("far", engine="q", size=1)
    found = judged(view(far, near), select={"engine": "p", "size": 1}, expect={"size": 1})["count"]
    assert found.state is State.ABSENT
    assert found.cause.index("near: size") < found.cause.index("far: engine")
    assert "nothing of this kind" in judged(view(), expect={"size": 1})["count"].cause


def test_gaps_say_what_was_not_read_and_what_mends_it() -> None:
    hidden_by = gap(DB, scope="rds:DescribeDBInstances", cause="AccessDenied", mend="grant rds:Describe*")
    found = judged(view(gaps=[hidden_by]), expect={"size": 1})["count"]
    assert "rds:DescribeDBInstances: AccessDenied" in found.cause
    assert found.mend == "grant rds:Describe*"


def test_what_was_read_is_judged_as_ever_behind_a_gap() -> None:
    found = judged(view(database("p", size=1), database("q", size=2), gaps=[gap()]), expect={"size": 1})
    assert (found["p size"].state, found["q size"].state) == (State.PASS, State.FAIL)


def test_either_of_several_kinds_meets_the_document() -> None:
    body = {"one_of": [{"kind": DB, "expect": {"a": 1}}, {"kind": "aws_s3_bucket", "expect": {"b": 2}}], "count": 1}

    def found(*resources: Any, gaps: Any = ()) -> list[str]:
        return [str(v.state) for v in judge(control(**body), view(*resources, gaps=gaps))]

    bucket = resource("aws_s3_bucket", "s", b=2)
    assert found(database(a=1)) == ["pass", "pass"]
    assert found(bucket) == ["pass", "pass"]
    assert found(database(a=1), bucket) == ["fail", "pass", "pass"]
    assert found() == ["absent"]
    assert found(gaps=[gap("aws_s3_bucket")]) == ["unreadable"]


def test_a_provider_default_is_named_where_it_decided_and_nowhere_else() -> None:
    filled = {"multi_az": "page 1", "blocks[*].self": "page 2"}
    one = database(multi_az=False, multi_azure=1, blocks=[{"self": False, "name": "x"}], Defaulted=filled)
    found = judged(
        view(one), expect={"multi_az": True, "multi_azure": 2, "blocks[*].self": True, "blocks[0].name": "y"}
    )
    causes = {path: verdict.cause for path, verdict in found.items()}
    assert "page 1" in causes["db multi_az"]
    assert "page 2" in causes["db blocks[*].self"]
    assert "default" not in causes["db multi_azure"]
    assert "default" not in causes["db blocks[0].name"]


def test_the_verdict_stands_where_the_failing_leaf_is() -> None:
    from audits.model import Origin

    origins = {"a[0]": Origin("x.tf", 1), "a[1]": Origin("x.tf", 2)}
    found = judged(view(database(a=[{"b": 1}, {"b": 2}], Origins=origins)), expect={"a[*].b": 1})["db a[*].b"]
    assert (found.origin, found.actual) == (Origin("x.tf", 2), [1, 2])


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"kind": DB}, "expects nothing"),
        ({"kind": "aws_db_instanc", "count": 1}, "aws_db_instance"),
        ({"kind": ["x"], "count": 1}, "text"),
        ({"kind": DB, "expect": {"engin": 1}}, "engine"),
        ({"kind": DB, "expect": {"engine[": 1}}, "not closed"),
        ({"kind": DB, "expect": {"engine": {"patern": "x"}}}, "pattern"),
        ({"kind": DB, "count": {"pattern": "x"}}, "count"),
        ({"kind": DB, "count": {"absent": True}}, "count"),
        ({"kind": DB, "count": {"minimun": 1}}, "minimum"),
        ({"kind": DB, "one_of": []}, "beside one_of"),
        ({"one_of": [{"kind": DB}, {"kind": DB}]}, "expects nothing"),
    ],
)
def test_bodies_that_cannot_be_are_refused(body: dict[str, Any], said: str) -> None:
    with pytest.raises(BodyError, match=said):
        check_body(body, KINDS)


def test_the_kinds_it_needs_and_its_place_among_relations() -> None:
    body = {
        "one_of": [{"kind": DB, "expect": {"a": {"refers_to": {"kind": "aws_s3_bucket"}}}}, {"kind": "aws_iam_role"}]
    }
    assert kinds_of(body) == {DB, "aws_s3_bucket", "aws_iam_role"}
    assert RELATION.name == "attributes"


def test_an_alternative_of_which_nothing_was_read_may_deviate() -> None:
    small = {"kind": DB, "expect": {"size": 1}}
    other = {"kind": "aws_s3_bucket", "expect": {"bucket": "b"}}
    for gaps, expected in (([gap("aws_s3_bucket")], State.UNREADABLE), ([], State.PASS)):
        found = judge(control(one_of=[small, other]), view(database("a", size=1), gaps=gaps))
        assert [one.state for one in found if one.path == "count"] == [expected]


def test_a_missing_module_leaves_what_was_read_judged_where_no_count_is_documented() -> None:
    seen = view(database("a", size=1), gaps=[gap()])
    assert judged(seen, expect={"size": 1})["count"].state is State.PASS
    assert judged(seen, expect={"size": 1}, count=1)["count"].state is State.UNREADABLE
