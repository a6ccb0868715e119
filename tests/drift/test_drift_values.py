"""What differs between two values, and what does not: each rule both ways."""

from __future__ import annotations

from typing import Any

import pytest
from drift_factories import differ, found
from hypothesis import given, settings
from hypothesis import strategies as st

from audits.drift.values import DOCUMENT, PARTS
from audits.model import Cause, Redacted, Reference, Unknown
from tests.factories import unknown

SET, LIST, MAP = ["set", "string"], ["list", "string"], ["map", "string"]
BLOCK = {"attributes": {"x": {"type": "number"}, "y": {"type": "string"}}, "blocks": {}}
BLOCKS = {"nesting": "set", "block": BLOCK}
ORDERED = {"nesting": "list", "block": BLOCK}


@pytest.mark.parametrize(
    ("source", "live"),
    [
        (1, "1"),
        ("1.50", 1.5),
        (True, "true"),
        ("", None),
        (0, None),
        (False, None),
        ([], None),
        ({}, None),
        ([{"a": ""}], []),
        ('{"a": [1]}', '{"a":[1]}'),
    ],
)
def test_one_value_in_two_spellings_does_not_differ(source: Any, live: Any) -> None:
    assert found(source, live) == found(source, source)


@pytest.mark.parametrize(
    ("source", "live"), [(1, 2), ("a", "b"), (True, False), ("7", None), (["a"], None), ('{"a": 1}', '{"a": 2}')]
)
def test_what_differs_is_told_with_both_values(source: Any, live: Any) -> None:
    assert [(one, other) for _, one, other in differ(source, live)] == [
        (source[0] if isinstance(source, list) else source, live)
    ]


def test_a_boolean_is_no_number() -> None:
    assert differ(True, 1) == [("a", True, 1)]


def test_sets_have_no_order_and_lists_have() -> None:
    assert differ(["a", "b"], ["b", "a"], SET) == []
    assert differ(["a", "b"], ["b", "a"], LIST) == [("a[0]", "a", "b"), ("a[1]", "b", "a")]


def test_of_a_set_the_elements_that_are_on_one_side_only_are_named() -> None:
    assert differ(["a", "b"], ["b", "c", "d"], SET) == [("a", "a", None), ("a", None, "c"), ("a", None, "d")]
    assert differ([], ["b"], SET) == [("a", None, "b")]
    assert differ(["a"], ["a", "b"], SET) == [("a", None, "b")]


def test_one_element_for_another_is_one_difference() -> None:
    assert differ(["a", "b"], ["a", "c"], SET) == [("a", "b", "c")]


def test_of_a_map_every_key_counts_and_of_a_block_only_what_is_set() -> None:
    assert differ({"k": "v"}, {"k": "v", "by hand": "w"}, MAP) == [('a["by hand"]', None, "w")]
    assert differ({"k": "v"}, {}, MAP) == [("a.k", "v", None)]
    assert differ([{"x": 1}], [{"x": 1, "y": "what AWS chose"}], BLOCKS) == []
    assert differ([{"x": 1}], [{"x": 2, "y": "what AWS chose"}], BLOCKS) == [("a[0].x", 1, 2)]


def test_blocks_in_a_set_are_matched_however_little_is_set() -> None:
    source, live = [{"x": 1}, {"x": 1, "y": "b"}], [{"x": 1, "y": "b"}, {"x": 1, "y": "c"}]
    assert differ(source, live, BLOCKS) == []
    assert differ([*source, {"x": 3}], live, BLOCKS) == [("a", {"x": 3}, None)]


def test_blocks_in_a_list_are_compared_in_their_order() -> None:
    assert differ([{"x": 1}, {"x": 2}], [{"x": 2}, {"x": 1}], ORDERED) == [("a[0].x", 1, 2), ("a[1].x", 2, 1)]
    assert differ([{"x": 1}], [{"x": 1}, {"x": 2}], ORDERED) == [("a", None, {"x": 2})]


# -- Documents


def statement(**more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": "s3:GetObject", "Resource": ["arn:a", "arn:b"], **more}


def policy(*statements: Any, **more: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements), **more}


@pytest.mark.parametrize(
    "other",
    [
        policy(statement(Action=["s3:GetObject"])),
        policy(statement(Action="S3:getobject")),
        policy(statement(Resource=["arn:b", "arn:a"])),
        {"Version": "2012-10-17", "Statement": statement()},
        policy(statement(Sid="")),
        policy(statement(), Id=None),
    ],
)
def test_a_policy_in_another_spelling_is_the_same(other: dict[str, Any]) -> None:
    assert differ(policy(statement()), other, DOCUMENT) == []
    assert differ(other, policy(statement()), DOCUMENT) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("*", {"AWS": "*"}),
        ({"AWS": "123456789012"}, {"AWS": ["arn:aws:iam::123456789012:root"]}),
        ({"Service": "a"}, {"Service": ["a"]}),
    ],
)
def test_a_principal_in_another_form_is_the_same(one: Any, other: Any) -> None:
    assert differ(policy(statement(Principal=one)), policy(statement(Principal=other)), DOCUMENT) == []


def test_conditions_are_compared_by_what_they_hold() -> None:
    one = policy(statement(Condition={"Bool": {"aws:SecureTransport": "false"}}))
    same = policy(statement(Condition={"Bool": {"aws:securetransport": [False]}}))
    other = policy(statement(Condition={"Bool": {"aws:SecureTransport": "true"}}))
    assert differ(one, same, DOCUMENT) == []
    assert [path for path, *_ in differ(one, other, DOCUMENT)] == [
        'a.Statement[0].Condition.Bool["aws:securetransport"][0]'
    ]


def test_statements_have_no_order_and_a_further_one_is_named() -> None:
    first, second = statement(), statement(Effect="Deny")
    assert differ(policy(first, second), policy(second, first), DOCUMENT) == []
    more = differ(policy(first), policy(second, first), DOCUMENT)
    assert [(path, ours) for path, ours, _ in more] == [("a.Statement", None)]
    assert more[0][2]["Effect"] == "Deny"


def test_another_action_differs_and_case_counts_elsewhere() -> None:
    assert differ(policy(statement()), policy(statement(Action="s3:PutObject")), DOCUMENT) == [
        ("a.Statement[0].Action[0]", "s3:GetObject", "s3:PutObject")
    ]
    assert differ(policy(statement(Resource="arn:A")), policy(statement(Resource="arn:a")), DOCUMENT) != []


def test_a_version_left_out_is_the_old_one() -> None:
    old = {"Statement": [statement()]}
    assert differ(old, {**old, "Version": "2008-10-17"}, DOCUMENT) == []
    assert differ(old, policy(statement()), DOCUMENT) == [("a.Version", "2008-10-17", "2012-10-17")]


def test_objects_of_a_document_have_no_order_and_texts_have() -> None:
    variables = [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]
    assert differ([{"environment": variables}], [{"environment": variables[::-1]}], DOCUMENT) == []
    assert differ([{"command": ["a", "b"]}], [{"command": ["b", "a"]}], DOCUMENT) != []
    assert differ([{"environment": variables}], [{"environment": variables, "mountPoints": []}], DOCUMENT) == []
    assert differ([{"cpu": 1}], [{"cpu": 1, "privileged": True}], DOCUMENT) == [("a[0].privileged", None, True)]


def test_text_that_holds_a_document_is_compared_as_one() -> None:
    assert differ(policy(statement()), policy(statement(Action=["s3:GetObject"])), "string") == []


# -- What is not known never differs


@pytest.mark.parametrize("live", [None, "", "x", 7, ["x"], {"k": "v"}])
@pytest.mark.parametrize(
    "source",
    [
        unknown(Cause.VARIABLE, "var.x"),
        unknown(Cause.COMPUTED, "aws_x.y.name"),
        unknown(Cause.DATA_SOURCE, "data.aws_x.y.id"),
        unknown(Cause.MISSING_MODULE, "module.x.y"),
        Redacted(),
    ],
)
def test_an_unknown_never_differs(source: Any, live: Any) -> None:
    assert differ(source, live) == []
    assert found(source, live).open


@pytest.mark.parametrize("source", ["x", 7, ["x"], {"k": "v"}, [{"x": 1}]])
@pytest.mark.parametrize("live", [unknown(Cause.UNREADABLE), unknown(Cause.UNSUPPORTED), Redacted()])
def test_what_could_not_be_read_never_differs(source: Any, live: Any) -> None:
    assert differ(source, live) == []
    assert found(source, live).open


def test_what_is_known_of_an_unknown_differs() -> None:
    text = Unknown(Cause.COMPUTED, (Reference("aws_x.y", "id"),), parts=("prod-", unknown()), not_null=True)
    assert differ(text, "prod-7") == []
    assert differ(text, "test-7") == [("a", text, "test-7")]
    known = unknown(partial={"k": "v", "l": unknown()})
    assert differ(known, {"k": "w", "l": "x", "m": "y"}, MAP) == [("a.k", "v", "w")]
    some = unknown(partial=["a"], open=True)
    assert differ(some, ["a", "b"], SET) == []
    assert differ(some, ["b"], SET) == [("a", "a", None)]


def test_an_element_that_is_unknown_may_be_any() -> None:
    assert differ(["a", unknown()], ["a", "b"], SET) == []
    assert differ(["a", unknown()], ["b", "c"], SET) == [("a", "a", None)]
    assert found(["a", unknown()], ["b", "c"], SET).open


def test_a_block_with_an_unknown_list_may_stand_for_several() -> None:
    rule = {"x": 1, "y": unknown()}
    assert differ([rule], [{"x": 1, "y": "a"}, {"x": 1, "y": "b"}], BLOCKS) == []
    assert differ([rule], [{"x": 1, "y": "a"}, {"x": 2, "y": "b"}], BLOCKS) == [("a", None, {"x": 2, "y": "b"})]


def test_a_reference_that_resolves_decides() -> None:
    answers = {"sg-1": True, "sg-2": False}
    reference = unknown(Cause.COMPUTED, "aws_security_group.x.id")

    def resolves(_: Unknown, live: Any) -> bool | None:
        return answers.get(live)

    assert found(reference, "sg-1", resolves=resolves).open == ()
    assert differ(reference, "sg-2", resolves=resolves) == [("a", reference, "sg-2")]
    assert differ(reference, "sg-3", resolves=resolves) == []
    assert differ([reference, "sg-9"], ["sg-9", "sg-1"], SET, resolves=resolves) == []


def test_an_identifier_and_nothing_at_all_differ() -> None:
    assert differ(unknown(Cause.COMPUTED, "aws_kms_key.x.arn"), "") == [
        ("a", unknown(Cause.COMPUTED, "aws_kms_key.x.arn"), "")
    ]


# -- ignore_changes, names, limits


@pytest.mark.parametrize("path", ["all", "a", 'a["Name"]', "a.Name"])
def test_what_is_ignored_does_not_differ(path: str) -> None:
    assert differ({"Name": "x"}, {"Name": "y"}, MAP, ignored=(path,)) == []


@pytest.mark.parametrize("path", ["b", "a.Other", "a.Nam"])
def test_only_what_is_ignored_is_left_out(path: str) -> None:
    assert differ({"Name": "x"}, {"Name": "y"}, MAP, ignored=(path,)) == [("a.Name", "x", "y")]


def test_an_ignored_element_is_any_element() -> None:
    assert differ([{"x": 1}, {"x": 2}], [{"x": 1}, {"x": 9}], BLOCKS, ignored=("a[1]",)) == []
    assert differ([{"x": 1}, {"x": 2}], [{"x": 8}, {"x": 9}], BLOCKS, ignored=("a[1]",)) == [("a", {"x": 1}, None)]


def test_an_arn_and_the_name_in_it_may_be_one() -> None:
    assert differ("prod", "arn:aws:ecs:eu-west-1:123456789012:cluster/prod") == []
    assert found("prod", "arn:aws:ecs:eu-west-1:123456789012:cluster/prod").open
    assert differ("test", "arn:aws:ecs:eu-west-1:123456789012:cluster/prod") != []


def test_lists_that_are_too_long_to_compare_stay_open() -> None:
    long = [{"x": number} for number in range(600)]
    assert differ(long, long[1:], BLOCKS) == []
    assert found(long, long[1:], BLOCKS).open == (("a", "too many elements to compare"),)


def test_what_parts_fold_into_has_no_order() -> None:
    assert differ([{"n": "a"}, {"n": "b"}], [{"n": "b", "more": 1}, {"n": "a"}], PARTS) == []


SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=4)
KNOWN = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
)
HOLES = st.sampled_from(
    [
        unknown(Cause.VARIABLE, "var.x"),
        unknown(Cause.COMPUTED, "aws_x.y.name"),
        unknown(Cause.UNREADABLE),
        Redacted(),
    ]
)
WANTED = st.sampled_from(["dynamic", DOCUMENT, PARTS, SET, LIST, MAP, BLOCKS, ORDERED, "string", "number"])


@settings(max_examples=300, deadline=None)
@given(KNOWN, WANTED)
def test_a_value_never_differs_from_itself(value: Any, wanted: Any) -> None:
    assert found(value, value, wanted).differing == ()


@settings(max_examples=300, deadline=None)
@given(HOLES, KNOWN, WANTED)
def test_what_is_wholly_unknown_never_differs(hole: Any, value: Any, wanted: Any) -> None:
    assert found(hole, value, wanted).differing == ()
    if not isinstance(hole, Unknown) or hole.cause is Cause.UNREADABLE:
        assert found(value, hole, wanted).differing == ()


def _holes(value: Any, draw: Any, holes: Any) -> Any:
    """The value with some parts of it replaced by one of ``holes``."""
    if draw(st.integers(0, 4)) == 0:
        return draw(holes)
    if isinstance(value, dict):
        return {key: _holes(one, draw, holes) for key, one in value.items()}
    return [_holes(one, draw, holes) for one in value] if isinstance(value, list) else value


@settings(max_examples=300, deadline=None)
@given(st.data(), KNOWN, WANTED)
def test_a_value_never_differs_from_what_it_may_be(data: Any, value: Any, wanted: Any) -> None:
    assert found(_holes(value, data.draw, HOLES), value, wanted).differing == ()


@settings(max_examples=300, deadline=None)
@given(st.data(), KNOWN, WANTED)
def test_a_value_never_differs_from_what_was_read_of_it(data: Any, value: Any, wanted: Any) -> None:
    torn = _holes(
        value, data.draw, st.sampled_from([unknown(Cause.UNREADABLE), unknown(Cause.UNSUPPORTED), Redacted()])
    )
    assert found(value, torn, wanted).differing == ()
