"""Paths: what they lead to, surely, perhaps or not."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audits.expectations import matches
from audits.model import Cause, Redacted, Unknown
from audits.paths import (
    MISSING,
    Every,
    Index,
    Key,
    Leaf,
    Leaves,
    PathError,
    Where,
    condition,
    parse,
    plain,
    type_name,
    walk,
)
from tests.test_expectations import hidden, values

DATA = Unknown(Cause.DATA_SOURCE)
REFINED = Unknown(Cause.COMPUTED, parts=("ab", DATA), length=2, not_null=True)


def decide(matcher: Any, value: Any) -> tuple[bool | None, tuple[Unknown, ...]]:
    outcome = matches(matcher, value)
    return outcome.holds, outcome.unknowns


def leaves(attributes: dict[str, Any], path: str) -> Leaves:
    return walk(attributes, parse(path), decide)


def only(attributes: dict[str, Any], path: str) -> Leaf:
    (leaf,) = leaves(attributes, path).leaves
    return leaf


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("a", (Key("a"),)),
        ("a.b-c", (Key("a"), Key("b-c"))),
        ("a[0].b", (Key("a"), Index(0), Key("b"))),
        ("a[*]", (Key("a"), Every())),
        ('a["k:v.w"]', (Key("a"), Key("k:v.w"))),
        ('a["x\\"]y"].b', (Key("a"), Key('x"]y'), Key("b"))),
        ("a['it''s']", (Key("a"), Key("it's"))),
        ('a[{p: "/chat/*"}].b', (Key("a"), Where((("p", "/chat/*"),), '{p: "/chat/*"}'), Key("b"))),
        (
            "a[{p: {minimum: 3}, q: no}]",
            (Key("a"), Where((("p", {"minimum": 3}), ("q", "no")), "{p: {minimum: 3}, q: no}")),
        ),
        (
            "a[{d: 2020-01-01, i: 012345678901}]",
            (Key("a"), Where((("d", "2020-01-01"), ("i", "012345678901")), "{d: 2020-01-01, i: 012345678901}")),
        ),
    ],
)
def test_paths_are_read(text: str, steps: tuple[Any, ...]) -> None:
    assert parse(text) == steps


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".a",
        "a.",
        "a..b",
        "[0]",
        "a[",
        "a[]",
        "a[x]",
        "a[-1]",
        "a[{}]",
        "a[{p}]x",
        "a b",
        "a[0]b",
        "a[{1: {2}]",
        "a[{a: 1, a: 2}]",
        "a[{'.b': 1}]",
        "a[99999999999999999999]",
        "a[" + "9" * 5000 + "]",
        "a[{d: [[[[}]",
        "a[{d: &x 1, e: *x}]",
    ],
)
def test_other_text_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(PathError) as caught:
        parse(text)
    assert "\n" not in str(caught.value)


@settings(max_examples=300, deadline=None)
@given(st.text("a.b[]{}*\"':0 -é\n&!", max_size=14))
def test_any_text_is_a_path_or_refused(text: str) -> None:
    try:
        steps = parse(text)
    except PathError:
        return
    assert isinstance(steps[0], Key)


def test_the_plain_form_has_no_lists() -> None:
    assert plain(parse("a[*].b[0].c[{d: 1}]")) == "a.b.c"


def test_leaves_have_concrete_paths() -> None:
    found = leaves({"a": [{"b": 1}, {"b": 2}]}, "a[*].b")
    assert [(leaf.path, leaf.value) for leaf in found.leaves] == [("a[0].b", 1), ("a[1].b", 2)]
    assert leaves({"a": [{"b": 1}, {"b": 2, "c": 5}]}, "a[{b: 2}].c").leaves == (Leaf("a[1].c", 5),)
    assert only({"a": {"k.x": 1}}, 'a["k.x"]').value == 1


@pytest.mark.parametrize(
    ("attributes", "path", "why"),
    [
        ({}, "a", "is not set"),
        ({"a": {}}, "a.b", "is not set"),
        ({"a": [1]}, "a[1]", "has only 1 elements"),
        ({"a": None}, "a[*]", "is null"),
        ({"a": "x"}, "a.b", "a is a string, not an object"),
        ({"a": {"b": 1}}, "a[*]", "a is an object, not a list"),
        ({"a": [1]}, "a.b", "a is a list, not an object"),
    ],
)
def test_missing_says_why(attributes: dict[str, Any], path: str, why: str) -> None:
    assert only(attributes, path).missing == why


def test_quantified_over_nothing_is_told() -> None:
    assert leaves({"a": []}, "a[*].b") == Leaves((), (), ("a",))
    assert leaves({"a": [{"b": 1}]}, "a[{b: 2}].b") == Leaves((), (), ("a[{b: 2}]",))
    assert leaves({"a": [{"b": []}, {"b": [1]}]}, "a[*].b[*]").empty == ("a[0].b",)


def test_open_lists_may_hold_more() -> None:
    opened = Unknown(Cause.COMPUTED, partial=[{"b": 1}], open=True)
    assert leaves({"a": opened}, "a[*].b") == Leaves((Leaf("a[0].b", 1),), (opened,))
    assert leaves({"a": opened}, "a[{b: 2}].b") == Leaves((), (opened,))
    # Which one is first cannot be told, nor whether there is a second.
    assert only({"a": opened}, "a[0].b").value == Unknown(Cause.COMPUTED)
    assert only({"a": opened}, "a[1].b").value == Unknown(Cause.COMPUTED)


def test_closed_partial_lists_hold_no_more() -> None:
    closed = Unknown(Cause.COMPUTED, partial=[{"b": DATA}])
    assert leaves({"a": closed}, "a[*].b") == Leaves((Leaf("a[0].b", DATA),))
    assert only({"a": closed}, "a[1].b").missing == "has only 1 elements"
    assert leaves({"a": Unknown(Cause.COMPUTED, partial=[])}, "a[*].b").empty == ("a",)


@pytest.mark.parametrize("path", ["a.b", "a[0]", "a[*].b", "a[{b: 1}].c"])
@pytest.mark.parametrize("known", [{}, {"partial": {"z": 1}}, {"partial": {}}])
def test_what_is_known_of_the_whole_is_not_said_of_what_is_inside(path: str, known: dict[str, Any]) -> None:
    whole = Unknown(Cause.COMPUTED, not_null=True, length=3, parts=() if known else ("prod", DATA), **known)
    leaf = only({"a": whole}, path)
    assert leaf.value == Unknown(Cause.COMPUTED)
    assert decide({"pattern": "prod"}, leaf.value)[0] is None


def test_the_unknown_at_the_end_keeps_what_is_known_of_it() -> None:
    assert only({"a": REFINED}, "a").value == REFINED
    assert only({"a": [REFINED]}, "a[*]").value == REFINED


def test_a_list_that_is_known_in_part_is_no_failure_of_a_key() -> None:
    assert only({"a": Unknown(Cause.UNREADABLE, partial=[], open=True)}, "a.b").value == Unknown(Cause.UNREADABLE)


def test_redacted_ends_the_way() -> None:
    for path in ("a.b", "a[*].b", "a[0]"):
        assert only({"a": Redacted()}, path).value == Redacted()


@pytest.mark.parametrize(
    "element", [{"k": DATA}, {"k": Redacted()}, DATA, Redacted(), Unknown(Cause.COMPUTED, partial={})]
)
def test_conditions_that_are_only_perhaps_true_leave_doubt(element: Any) -> None:
    found = leaves({"a": [element]}, "a[{k: x}]")
    (leaf,) = found.leaves
    assert leaf.maybe, "an undecided condition must leave a trace"
    assert not found.empty


def test_an_empty_list_below_a_doubtful_element_is_no_failure() -> None:
    found = leaves({"a": [{"k": DATA, "b": []}]}, "a[{k: x}].b[*]")
    assert (found.leaves, found.more, found.empty) == ((), (DATA,), ())


@pytest.mark.parametrize(
    ("value", "text", "matcher", "expected"),
    [
        ({"a": 1}, "a", 1, True),
        ({"a": 1}, "a", 2, False),
        ({}, "a", 1, False),
        ({}, "a", {"absent": True}, True),
        ({"a": []}, "a[*].b", 1, False),
        ({"a": []}, "a[*].b", {"not": {"contains": 1}}, False),
        ({"a": []}, "a[*].b", {"absent": True}, True),
        ({"a": []}, "a[*].b", [], False),
        ({"a": [{"b": 1}, {"b": 2}]}, "a[*].b", 1, False),
        ({"a": [{"b": DATA}, {"b": 2}]}, "a[*].b", 1, False),
        ({"a": [{"b": DATA}, {"b": 1}]}, "a[*].b", 1, None),
        ({"a": [{"k": DATA, "b": 1}]}, "a[{k: x}].b", 1, None),
        ("text", "a", 1, False),
        (Redacted(), "a", 1, None),
        (DATA, "a", 1, None),
        (Unknown(Cause.COMPUTED, partial={"b": 1}), "a", 1, None),
        (Unknown(Cause.COMPUTED, partial={"a": 1}), "a", 2, False),
        (Unknown(Cause.COMPUTED, partial=[1], open=True), "a", 1, None),
    ],
)
def test_conditions_are_three_valued(value: Any, text: str, matcher: Any, expected: bool | None) -> None:
    assert condition(value, text, matcher, decide)[0] is expected


PATHS = st.sampled_from(
    ["x", "x.y", "x[0]", "x[1].y", "x[*]", "x[*].y", "x[{y: 1}].x", "x[{y: {absent: true}}]", "x[*].y[*]"]
)


@settings(max_examples=400, deadline=None)
@given(
    st.dictionaries(st.sampled_from("xyz"), values, max_size=2),
    PATHS,
    st.sampled_from([1, None, {"minimum": 0}, {"absent": True}]),
    st.data(),
)
def test_a_hidden_part_never_turns_a_condition_round(
    attributes: dict[str, Any], path: str, matcher: Any, data: st.DataObject
) -> None:
    known, _ = condition(attributes, path, matcher, decide)
    seen, _ = condition(data.draw(hidden(attributes)), path, matcher, decide)
    assert known is not None
    assert seen in (known, None)


def test_types_have_names_for_people() -> None:
    given = [None, True, 1, 1.5, "a", [], {}, DATA, Redacted()]
    assert [type_name(one) for one in given] == [
        "null",
        "a boolean",
        "a number",
        "a number",
        "a string",
        "a list",
        "an object",
        "unknown",
        "redacted",
    ]
    assert re.fullmatch("MISSING", repr(MISSING))
