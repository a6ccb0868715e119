"""Settings in files, judged: what is written out passes or fails, all else is unknown or unreadable."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from relation_world import KINDS

from audits.model import Clause, Control, Gap, Observation, Origin, Redacted, Resource, Verdict
from audits.relation import BodyError
from audits.relations.files import RELATION, literal, query_of
from audits.view import View

FILE: dict[str, Any] = {
    "path": "src/a.ts",
    "pattern": "port = (?P<value>.*)",
    "comments": "slashes",
    "type": "number",
    "expect": 60,
}


def control(**more: Any) -> Control:
    clause = Clause("README.md", "A", "b", "60")
    body = {"file": {**FILE, **more}}
    return Control("setting", "A setting", "low", "stated", clause, "files", body, "specs/a.yaml", 3, "application")


def place(value: Any, line: int = 7, *, quoted: bool = False, doubt: str = "") -> dict[str, Any]:
    return {"value": value, "line": line, "column": 3, "quoted": quoted, "doubt": doubt}


def judged(*places: dict[str, Any], gaps: tuple[Gap, ...] = (), **more: Any) -> Verdict:
    one = control(**more)
    answer = {"digest": query_of(one.body).digest, "matches": list(places)}
    file = Resource("file", "src/a.ts", {"queries": [answer]}, Origin("app/src/a.ts"), key="src/a.ts")
    return verdict(one, View(Observation("terraform", (file,), gaps), KINDS))


def verdict(one: Control, view: View) -> Verdict:
    (found,) = RELATION.judge(one, view)
    return found


def test_a_documented_value_passes_and_another_fails_with_its_line() -> None:
    assert judged(place("60")).state == "pass"
    found = judged(place("30"))
    assert (found.state, found.expected, found.actual) == ("fail", 60, 30)
    assert (str(found.origin), found.resource, found.key) == ("app/src/a.ts:7", "src/a.ts", "src/a.ts")


@pytest.mark.parametrize(
    ("value", "more", "state"),
    [
        ("60 * 1000", {"type": "duration", "unit": "ms"}, "pass"),
        ("60_000", {"type": "duration", "unit": "ms"}, "pass"),
        ("60000", {"type": "duration", "unit": "s"}, "fail"),
        ("'1m'", {"type": "duration"}, "pass"),
        ("61s", {"type": "duration"}, "fail"),
        ("60", {"type": "duration"}, "unknown"),
        ("1 fortnight", {"type": "duration"}, "unknown"),
        ("SIXTY", {}, "unknown"),
        ("60 + x", {}, "unknown"),
        ("'on'", {"type": "string", "expect": "on"}, "pass"),
        ("'off'", {"type": "string", "expect": "on"}, "fail"),
        ("on", {"type": "string", "expect": "on"}, "unknown"),
        ("on", {"type": "string", "expect": "on", "comments": "hash"}, "pass"),
        ("'o\\x6e'", {"type": "string", "expect": "on"}, "unknown"),
    ],
)
def test_values_are_what_is_written_out(value: str, more: dict[str, Any], state: str) -> None:
    assert judged(place(value), **more).state == state


def test_a_string_whose_quotes_the_pattern_leaves_out_is_written_out() -> None:
    assert judged(place("on", quoted=True), type="string", expect="on").state == "pass"


def test_a_doubtful_or_removed_value_is_unknown_with_the_cause() -> None:
    found = judged(place("60", doubt="the program reads it from its environment"))
    assert (found.state, found.cause) == ("unknown", "the program reads it from its environment")
    assert judged(place(Redacted("looks like a secret"))).state == "unknown"


def test_a_pattern_that_finds_nothing_decides_nothing() -> None:
    found = judged()
    assert found.state == "unknown"
    assert "finds nothing" in found.cause


def test_several_places_never_pass_and_fail_only_if_all_deviate() -> None:
    assert judged(place("60"), place("60", 9)).state == "unknown"
    assert judged(place("60"), place("30", 9)).state == "unknown"
    assert judged(place("30"), place("x", 9)).state == "unknown"
    found = judged(place("30"), place("20", 9))
    assert (found.state, found.actual) == ("fail", [30, 20])
    assert "lines 7, 9" in found.cause


def test_a_file_that_was_not_read_is_unreadable_with_the_mend() -> None:
    gap = Gap("terraform", ("file",), "src/a.ts", "No such file", mend="give it", resource="src/a.ts")
    found = verdict(control(), View(Observation("terraform", (), (gap,)), KINDS))
    assert (found.state, found.cause, found.mend) == ("unreadable", "No such file", "give it")
    assert found.resource is None
    other = replace(gap, resource="src/b.ts")
    for gaps in ((other,), ()):
        found = verdict(control(), View(Observation("terraform", (), gaps), KINDS))
        assert found.state == "unreadable"
        assert "--repository" in found.mend


def test_a_file_that_was_read_for_other_patterns_is_unreadable() -> None:
    file = Resource("file", "src/a.ts", {"queries": [{"digest": "0", "matches": [place("60")]}]})
    found = verdict(control(), View(Observation("terraform", (file,)), KINDS))
    assert found.state == "unreadable"
    assert "not searched" in found.cause


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"path": "../a.ts"}, "without .."),
        ({"path": "/etc/passwd"}, "below the repository"),
        ({"path": "src\\a.ts"}, "with /"),
        ({"path": "./src//a.ts"}, "write the path as 'src/a.ts'"),
        ({"path": "."}, "below the repository"),
        ({"pattern": "port = (.*)"}, "no group"),
        ({"pattern": "(?=x)(?P<value>y)"}, "no pattern of RE2"),
        ({"pattern": "(?P<value>"}, "no pattern of RE2"),
        ({"pattern": "(?P<value>.*)"}, "where there is nothing"),
        ({"unit": "s"}, "unit goes with type: duration"),
        ({"expect": {"minimun": 3}}, "did you mean 'minimum'"),
        ({"expect": "yes"}, "could never hold for a number"),
        ({"expect": None}, "could never hold"),
        ({"expect": {"not": {"absent": True}}}, "could never hold"),
        ({"type": "string", "expect": {"minimum": 1}}, "could never hold for a string"),
    ],
)
def test_a_control_that_cannot_be_is_refused(more: dict[str, Any], said: str) -> None:
    with pytest.raises(BodyError, match=said.replace("(", r"\(")):
        RELATION.check({"file": {**FILE, **more}}, KINDS)


def test_a_control_that_can_be_is_not() -> None:
    RELATION.check({"file": FILE}, KINDS)
    RELATION.check({"file": {**FILE, "type": "duration", "unit": "ms", "expect": {"minimum": 1}}}, KINDS)
    RELATION.check({"file": {**FILE, "type": "string", "expect": {"enum": ["a", "b"]}}}, KINDS)


@given(st.integers(-(10**9), 10**9))
def test_whole_numbers_are_read_as_written(number: int) -> None:
    assert literal(str(number), "number", None, False) == number
    assert literal(f"{number:_}", "number", None, False) == number
    assert literal(f"'{number}'", "number", None, False) == number


@given(st.text(max_size=12))
def test_any_text_is_a_value_or_none_of_its_type(text: str) -> None:
    assert isinstance(literal(text, "number", None, True), int | float | None)
    assert isinstance(literal(text, "duration", "ms", True), int | float | None)
    assert isinstance(literal(text, "string", None, False), str | None)
