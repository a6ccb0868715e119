"""Matchers: JSON Schema's answers on known values, never a vacuous pass, and sound where parts are unknown."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import jsonschema
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from audits.expectations import PLAIN, Context, matches
from audits.matcher_check import MatcherError, check, speaks_of
from audits.model import Cause, Redacted, Unknown
from audits.outcome import Outcome, equal
from audits.paths import MISSING

DATA = Unknown(Cause.DATA_SOURCE)
SIZES = ("minItems", "maxItems", "minLength", "maxLength")
BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")


def holds(matcher: Any, value: Any, context: Context = PLAIN) -> bool | None:
    return matches(matcher, value, context).holds


@pytest.mark.parametrize(
    ("matcher", "good", "bad"),
    [
        ("a", "a", "b"),
        (1, 1.0, 2),
        (True, True, False),
        (None, None, "a"),
        ([1, 2], [1, 2], [2, 1]),
        ({"const": {"a": [1]}}, {"a": [1]}, {"a": [1], "b": 2}),
        ({"enum": ["a", 3]}, 3, "b"),
        ({"type": "integer"}, 3, 3.5),
        ({"type": "null"}, None, "a"),
        ({"type": ["string", "boolean"]}, True, 1),
        ({"minimum": 7}, 7, 6),
        ({"maximum": 7}, 7, 8),
        ({"exclusiveMinimum": 7}, 8, 7),
        ({"exclusiveMaximum": 7}, 6, 7),
        ({"multipleOf": 2}, 4, 5),
        ({"pattern": "^a+$"}, "aaa", "ab"),
        ({"minLength": 2}, "ab", "a"),
        ({"maxLength": 2}, "ab", "abc"),
        ({"minItems": 1}, ["a"], []),
        ({"maxItems": 1}, ["a"], ["a", "b"]),
        ({"uniqueItems": True}, [1, "1"], [1, 1.0]),
        ({"items": {"minimum": 1}}, [1, 2], [1, 0]),
        ({"contains": "a"}, ["b", "a"], ["b"]),
        ({"properties": {"a": 1}}, {"a": 1, "b": 2}, {"a": 2}),
        ({"required": ["a"]}, {"a": 1}, {"b": 1}),
        ({"allOf": [{"minimum": 1}, {"maximum": 3}]}, 2, 4),
        ({"anyOf": [{"minimum": 5}, {"maximum": 3}]}, 6, 4),
        ({"oneOf": [{"minimum": 5}, {"maximum": 7}]}, 8, 6),
        ({"not": {"minimum": 5}}, 4, 5),
        ({"unordered": [1, 2]}, [2, 1, 2], [1]),
        ({"absent": True}, None, "a"),
        ({"minimum": 1, "maximum": 3}, 2, 0),
    ],
)
def test_every_keyword_fires_and_stays_silent(matcher: Any, good: Any, bad: Any) -> None:
    check(matcher)
    assert holds(matcher, good) is True
    outcome = matches(matcher, bad)
    assert outcome.holds is False
    assert outcome.message
    assert "\n" not in outcome.message


WRONG_TYPES = [
    ({"minimum": 7}, ["8", True, None, [8], {"a": 8}]),
    ({"maximum": 7}, ["1", False, None, float("nan")]),
    ({"multipleOf": 1}, ["1", True, float("inf"), float("nan")]),
    ({"pattern": ".*"}, [1, True, None, ["a"]]),
    ({"minLength": 0}, [1, None, []]),
    ({"maxItems": 3}, ["a", None, {}]),
    ({"minItems": 0}, ["a", None, {}]),
    ({"items": {"minimum": 1}}, [1, {}, None, []]),
    ({"contains": "a"}, ["a", {"a": 1}, None, []]),
    ({"uniqueItems": True}, ["ab", None]),
    ({"uniqueItems": False}, ["ab", None]),
    ({"properties": {"a": {"minimum": 1}}}, [[], "a", None, {}, {"a": None}, {"a": "2"}]),
    ({"required": ["a"]}, [[], "a", None, {}, {"a": None}]),
    ({"unordered": []}, ["", None, {}]),
    (1, [True, "1", None]),
    (True, [1, "true"]),
    ("7", [7]),
]


@pytest.mark.parametrize(("matcher", "value"), [(m, v) for m, values in WRONG_TYPES for v in values])
def test_wrong_type_or_nothing_never_passes_nor_does_its_negation(matcher: Any, value: Any) -> None:
    assert holds(matcher, value) is False
    if value != [] and value != {} and not isinstance(value, float) and "required" not in str(matcher):
        misfit = matches({"not": matcher}, value)
        assert misfit.holds is False, "the negation of a misfit is no pass"


@pytest.mark.parametrize("matcher", [m for m, _ in WRONG_TYPES])
def test_missing_path_never_passes(matcher: Any) -> None:
    assert holds(matcher, MISSING) is False
    for around in ("not", "allOf", "anyOf", "oneOf"):
        argument = matcher if around == "not" else [matcher]
        assert holds({around: argument}, MISSING) is False


@pytest.mark.parametrize(
    ("matcher", "value"),
    [
        ({"not": {"anyOf": [{"pattern": "a"}, {"pattern": "b"}]}}, 5),
        ({"not": {"oneOf": [{"pattern": "a"}, {"pattern": "b"}]}}, 5),
        ({"not": {"enum": ["a", "b"]}}, None),
        ({"not": {"contains": {"pattern": "^0"}}}, [1, 2]),
        ({"not": {"contains": {"properties": {"cidr": "0.0.0.0/0"}}}}, [{"other": "0.0.0.0/0"}]),
        ({"not": {"properties": {"a": {"const": 1}}}}, {}),
        ({"not": "public-read"}, None),
        ({"not": 5}, "5"),
        ({"items": {"not": {"pattern": "x"}}}, ["a", None]),
    ],
)
def test_negation_of_a_misfit_is_no_pass_at_any_depth(matcher: Any, value: Any) -> None:
    assert holds(matcher, value) is False


@pytest.mark.parametrize(
    ("matcher", "value"),
    [
        ({"not": None}, "a"),
        ({"not": {"anyOf": [{"pattern": "a"}, {"minimum": 3}]}}, 1),
        ({"not": {"contains": "a"}}, []),
        ({"not": {"properties": {"a": 1, "b": 2}}}, {"b": 3}),
        ({"not": {"absent": True}}, "a"),
    ],
)
def test_negation_passes_where_the_matcher_speaks_of_the_value(matcher: Any, value: Any) -> None:
    assert holds(matcher, value) is True


@pytest.mark.parametrize("value", [MISSING, None, []])
def test_absence_combines_with_other_matchers(value: Any) -> None:
    assert holds({"absent": True}, value) is True
    assert holds({"anyOf": [{"absent": True}, {"maximum": 0}]}, value) is True
    assert holds({"not": {"absent": True}}, value) is False


@pytest.mark.parametrize("known", [{}, {"not_null": True}, {"partial": [], "open": True, "not_null": True}])
def test_absence_of_something_that_may_be_an_empty_list_is_open(known: Any) -> None:
    assert holds({"absent": True}, Unknown(Cause.COMPUTED, **known)) is None


@pytest.mark.parametrize("known", [{"parts": ("a", DATA)}, {"partial": [1], "open": True}, {"length": 2}])
def test_absence_of_something_that_surely_is_there_fails(known: Any) -> None:
    assert holds({"absent": True}, Unknown(Cause.COMPUTED, **known)) is False


def test_redacted_values_decide_nothing() -> None:
    for matcher in (
        "a",
        {"pattern": "."},
        {"not": {"const": "a"}},
        {"anyOf": [{"minimum": 1}, "x"]},
        {"type": "string"},
    ):
        assert holds(matcher, Redacted()) is None
    assert holds({"properties": {"a": "x", "b": 1}}, {"a": Redacted(), "b": 2}) is False
    assert holds(["x"], [Redacted()]) is None
    assert holds({"uniqueItems": True}, [Redacted(), "a"]) is None


def test_hidden_elements_leave_uniqueness_open() -> None:
    assert holds({"uniqueItems": True}, [{"a": DATA}, {"a": 1}]) is None
    assert holds({"uniqueItems": True}, [{"a": DATA, "b": 1}, {"a": 1, "b": 2}]) is True
    assert holds({"uniqueItems": True}, [1, 1, DATA]) is False
    assert holds({"uniqueItems": False}, DATA) is None


def test_elements_that_are_unknown_leave_sets_open() -> None:
    assert holds({"unordered": [1, 2]}, [1, DATA]) is None
    assert holds({"unordered": [1, 2]}, [3, DATA]) is False
    assert holds({"unordered": [1, 2]}, Unknown(Cause.COMPUTED, partial=[3], open=True)) is False
    assert holds({"unordered": [1, 2]}, Unknown(Cause.COMPUTED, partial=[1, 2], open=True)) is None


def test_known_parts_of_a_text_decide_what_they_can() -> None:
    text = Unknown(Cause.COMPUTED, parts=("arn:aws:s3:::", DATA, "/chat/*"))
    assert holds("arn:aws:s3:::files/chat/*", text) is None
    assert holds("arn:aws:sqs:::files/chat/*", text) is False
    assert holds({"pattern": "^arn:aws:s3"}, text) is True
    assert holds({"pattern": "^arn:aws:sqs"}, text) is False
    assert holds({"pattern": "chat"}, text) is True
    assert holds({"pattern": "chat$"}, text) is None
    assert holds({"type": "string"}, text) is True
    assert holds({"minimum": 1}, text) is False


def test_a_document_known_in_part_is_not_another_text() -> None:
    document = Unknown(Cause.COMPUTED, partial={"a": DATA})
    assert holds('{"a": 1}', document) is None
    assert holds({"const": {"a": 1}}, document) is None
    assert holds({"const": {"b": 1}}, document) is False
    assert holds(5, document) is False


def test_unset_in_source_leaves_properties_open() -> None:
    source = Context(missing=Unknown(Cause.UNSET))
    assert holds({"properties": {"a": 1}}, {}, source) is None
    assert holds({"required": ["a"]}, {}, source) is None
    assert holds({"required": ["a"]}, {"a": Unknown(Cause.VARIABLE)}, source) is None
    assert holds({"properties": {"a": 1, "b": 2}}, {"b": 3}, source) is False


def test_fail_beats_undecided_beats_pass() -> None:
    assert holds({"items": {"minimum": 3}}, [DATA, 1, 5]) is False
    assert holds({"items": {"minimum": 3}}, [DATA, 4, 5]) is None
    assert holds({"contains": {"minimum": 3}}, [DATA, 4]) is True
    assert holds({"oneOf": [{"minimum": 1}, {"minimum": 2}, {"refers_to": {"kind": "x"}}]}, 3) is False


def test_references_are_judged_by_the_caller() -> None:
    context = Context(resolve=lambda data, value: Outcome(value == data["kind"]))
    assert holds({"refers_to": {"kind": "a"}}, "a", context) is True
    assert holds({"refers_to": {"kind": "a"}}, "b", context) is False
    assert holds({"refers_to": {"kind": "a"}}, "a") is None


def test_huge_numbers_are_judged() -> None:
    assert holds({"multipleOf": 7}, 7 * 10**400) is True
    assert holds({"multipleOf": 7}, 7 * 10**400 + 1) is False
    assert holds({"type": "integer"}, 10**400) is True
    assert holds({"type": "integer"}, float("inf")) is False


@pytest.mark.parametrize(
    ("matcher", "said", "path"),
    [
        ({}, "anything", ()),
        ({"minimun": 7}, "'minimum'", ("minimun",)),
        ({"zzz": 7}, "const", ("zzz",)),
        ({"minimum": "7"}, "number", ("minimum",)),
        ({"minimum": True}, "number", ("minimum",)),
        ({"multipleOf": 0}, "number", ("multipleOf",)),
        ({"minItems": -1}, "whole", ("minItems",)),
        ({"minItems": 1.5}, "whole", ("minItems",)),
        ({"pattern": "("}, "bad pattern", ("pattern",)),
        ({"pattern": "a{99999999999999999999}"}, "bad pattern", ("pattern",)),
        ({"pattern": 5}, "string", ("pattern",)),
        ({"enum": []}, "list", ("enum",)),
        ({"unordered": 1}, "list", ("unordered",)),
        ({"required": [1]}, "names", ("required",)),
        ({"type": "text"}, "string", ("type",)),
        ({"type": []}, "string", ("type",)),
        ({"type": [["a"]]}, "string", ("type",)),
        ({"absent": False}, "true", ("absent",)),
        ({"uniqueItems": 1}, "true", ("uniqueItems",)),
        ({"allOf": []}, "list", ("allOf",)),
        ({"anyOf": [{}]}, "anything", ("anyOf", 0)),
        ({"items": {"minimun": 1}}, "minimum", ("items", "minimun")),
        ({"not": {}}, "anything", ("not",)),
        ({"properties": {"a": {"patern": "x"}}}, "pattern", ("properties", "a", "patern")),
        ({"refers_to": {"select": {}}}, "kind", ("refers_to",)),
        ({"refers_to": {"kind": "x", "select": 5}}, "select", ("refers_to", "select")),
    ],
)
def test_malformed_matchers_are_refused_by_place(matcher: Any, said: str, path: tuple[Any, ...]) -> None:
    with pytest.raises(MatcherError, match=re.escape(said)) as caught:
        check(matcher)
    assert caught.value.path == path
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("matcher", [5, "a", None, [1], {"const": {}}, {"unordered": []}, {"refers_to": {"kind": "x"}}])
def test_well_formed_matchers_are_accepted(matcher: Any) -> None:
    check(matcher)


def test_the_types_a_matcher_speaks_of() -> None:
    assert speaks_of("a") == {str}
    assert speaks_of(None) == set()
    assert speaks_of({"const": {"a": 1}}) == {dict}
    assert speaks_of({"enum": ["a", None, 1]}) == {str, int}
    assert speaks_of({"minimum": 1, "pattern": "a"}) == {int, float, str}
    assert speaks_of({"anyOf": [{"minimum": 1}]}) == set()


# Properties ---------------------------------------------------------------------------------------------------------

scalars = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 9), st.sampled_from([0.5, 1.0, 2.5]), st.text("ab/:1", max_size=3)
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("xyz"), inner, max_size=3),
    max_leaves=6,
)


def _matchers(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    several = st.lists(inner, min_size=1, max_size=3)
    return st.one_of(
        *[st.builds(lambda a, k=key: {k: a}, inner) for key in ("items", "contains", "not")],
        *[st.builds(lambda a, k=key: {k: a}, several) for key in ("allOf", "anyOf", "oneOf")],
        st.builds(lambda a: {"properties": a}, st.dictionaries(st.sampled_from("xyz"), inner, min_size=1, max_size=2)),
    )


leaf_matchers = st.one_of(
    st.builds(lambda v: {"const": v}, values),
    st.builds(lambda v: {"enum": v}, st.lists(scalars, min_size=1, max_size=3)),
    st.builds(lambda k, n: {k: n}, st.sampled_from(BOUNDS), st.integers(-3, 9)),
    st.builds(lambda n: {"multipleOf": n}, st.sampled_from([1, 2, 0.5])),
    st.builds(lambda k, n: {k: n}, st.sampled_from(SIZES), st.integers(0, 3)),
    st.builds(lambda p: {"pattern": p}, st.sampled_from(["a", "^a", "^ab", "b$", "^a/", "[^a]", "a+b", ""])),
    st.builds(lambda b: {"uniqueItems": b}, st.booleans()),
    st.builds(lambda v: {"unordered": v}, st.lists(scalars, max_size=3)),
    st.builds(lambda n: {"required": n}, st.lists(st.sampled_from("xyz"), min_size=1, max_size=2)),
    st.builds(
        lambda t: {"type": t}, st.sampled_from(["string", "number", "integer", "boolean", "array", "object", "null"])
    ),
    st.just({"absent": True}),
)
matchers = st.recursive(leaf_matchers, _matchers, max_leaves=4)


@st.composite
def hidden(draw: st.DrawFn, value: Any) -> Any:
    """The value with some parts replaced by unknowns that tell only what is true of them."""
    what = draw(st.integers(0, 5))
    if what == 0:
        return Unknown(Cause.COMPUTED, not_null=value is not None and draw(st.booleans()))
    if isinstance(value, dict):
        inner = {key: draw(hidden(one)) for key, one in value.items()}
        if what > 2:
            return inner
        return Unknown(Cause.COMPUTED, partial={k: v for k, v in inner.items() if draw(st.booleans())}, not_null=True)
    if isinstance(value, list):
        return draw(_hidden_list(value, what))
    if isinstance(value, str) and what == 1:
        cut = draw(st.integers(0, len(value)))
        parts: tuple[Any, ...] = (value[:cut], DATA) if draw(st.booleans()) else (DATA, value[cut:])
        kept = tuple(part for part in parts if part != "")
        return Unknown(Cause.COMPUTED, parts=kept, not_null=True)
    if isinstance(value, str) and what == 2 and value:
        return Unknown(Cause.COMPUTED, parts=(value[0], DATA, value[1:]) if value[1:] else (value[0], DATA))
    return value


@st.composite
def _hidden_list(draw: st.DrawFn, value: list[Any], what: int) -> Any:
    inner = [draw(hidden(one)) for one in value]
    if what == 1:
        kept = [one for one in inner if draw(st.booleans())]
        return Unknown(Cause.COMPUTED, partial=kept, open=True, not_null=draw(st.booleans()))
    if what == 2:
        return Unknown(Cause.COMPUTED, partial=inner, not_null=draw(st.booleans()))
    if what == 3:
        return Unknown(Cause.COMPUTED, length=len(value))
    return inner


@settings(max_examples=500, deadline=None)
@given(matchers, values, st.data())
def test_what_is_hidden_never_turns_an_answer_round(matcher: Any, value: Any, data: st.DataObject) -> None:
    check(matcher)
    known = holds(matcher, value)
    assert known is not None
    seen = data.draw(hidden(value))
    assert holds(matcher, seen) in (known, None), f"{value!r} seen as {seen!r}"


@settings(max_examples=100, deadline=None)
@given(values, values, st.data())
def test_equality_is_sound_on_both_sides(one: Any, other: Any, data: st.DataObject) -> None:
    left, right = data.draw(hidden(one)), data.draw(hidden(other))
    assert equal(left, right).holds in (equal(one, other).holds, None)


@settings(max_examples=100, deadline=None)
@given(matchers, values)
def test_a_missing_attribute_in_source_is_no_failure_of_a_present_one(matcher: Any, value: Any) -> None:
    assert holds(matcher, MISSING, PLAIN) in (True, False)
    assert holds(matcher, value, replace(PLAIN, missing=Unknown(Cause.UNSET))) in (holds(matcher, value), None)


def _differs_on_purpose(matcher: Any, value: Any) -> bool:
    """Where the answer is meant to be another than JSON Schema's: it is never looser, except for what it adds.

    A keyword implies its type, ``items`` fails on nothing, null does not meet ``required``, and the negation of a
    misfit is no pass. ``absent`` and ``unordered`` are not JSON Schema's.
    """
    text = json.dumps(matcher)
    return any(f'"{own}"' in text for own in ("absent", "unordered", "not", "oneOf"))


def _as_schema(matcher: Any) -> Any:
    """The matcher in JSON Schema, with the types that its keywords imply."""
    implied = {
        **dict.fromkeys((*BOUNDS, "multipleOf"), "number"),
        **dict.fromkeys(("pattern", "minLength", "maxLength"), "string"),
        **dict.fromkeys(("minItems", "maxItems", "uniqueItems", "items", "contains"), "array"),
        **dict.fromkeys(("properties", "required"), "object"),
    }
    ((keyword, argument),) = matcher.items()
    if keyword in ("items", "contains"):
        argument = _as_schema(argument)
    elif keyword in ("allOf", "anyOf"):
        argument = [_as_schema(one) for one in argument]
    elif keyword == "properties":
        argument = {name: _as_schema(one) for name, one in argument.items()}
    parts: list[Any] = [{keyword: argument}]
    if keyword in implied:
        parts.append({"type": implied[keyword]})
    if keyword == "items":
        parts.append({"minItems": 1})
    if keyword in ("properties", "required"):
        parts.append({"required": list(argument)})
    if keyword == "required":
        parts.append({"properties": {name: {"not": {"type": "null"}} for name in argument}})
    return {"allOf": parts}


@settings(max_examples=250, deadline=None)
@given(matchers, values)
def test_known_values_get_the_answers_of_json_schema(matcher: Any, value: Any) -> None:
    assume(not _differs_on_purpose(matcher, value))
    assert holds(matcher, value) is jsonschema.Draft202012Validator(_as_schema(matcher)).is_valid(value)
