"""YAML as specs have it: lines of everything, no trap of YAML 1.1, and an error in one line for all else."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audits.yaml_lines import Document, YamlError, load


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("off", "off"),
        ("y", "y"),
        ("1:30", "1:30"),
        ("0777", "0777"),
        ("-0777", "-0777"),
        ("0o17", "0o17"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("012345678901", "012345678901"),
        ("123456789012", 123456789012),
        ("2020-01-01", "2020-01-01"),
        ("true", True),
        ("True", True),
        ("FALSE", False),
        ("tRUE", "tRUE"),
        ("null", None),
        ("~", None),
        ("", None),
        ("Null", None),
        ("nULL", "nULL"),
        ("7", 7),
        ("-7", -7),
        ("+7", 7),
        ("0", 0),
        ("1.5", 1.5),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("1.", 1.0),
        ("00.5", "00.5"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("=", "="),
        ("<<", "<<"),
        ("'7'", "7"),
        ('"no"', "no"),
        ("'null'", "null"),
        ("''", ""),
        ("|\n  7", "7"),
        (">\n  true", "true"),
    ],
)
def test_scalars_are_those_of_yaml_1_2(text: str, value: Any) -> None:
    found = load(f"a: {text}").data["a"]
    assert found == value
    assert type(found) is type(value)


def test_every_entry_and_element_has_its_line() -> None:
    document = load("# comment\na: 1\nb:\n  - x\n  - c: {d: 2,\n      e: 3}\n")
    assert document.data == {"a": 1, "b": ["x", {"c": {"d": 2, "e": 3}}]}
    assert {
        place: document.line_of(place) for place in [("a",), ("b",), ("b", 1), ("b", 1, "c", "e"), ("b", 1, "zz")]
    } == {
        ("a",): 2,
        ("b",): 3,
        ("b", 1): 5,
        ("b", 1, "c", "e"): 6,
        ("b", 1, "zz"): 5,
    }
    assert Document(None, {}).line_of(("a",)) == 1


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n"])
def test_an_empty_text_is_nothing(text: str) -> None:
    assert load(text).data is None


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("a: 1\nb: 2\na: 3", 3, "duplicate key 'a' (first on line 1)"),
        ("a: {b: 1,\n b: 2}", 2, "duplicate key 'b'"),
        ("a: 1\n---\nb: 2", 2, "only one document"),
        ("a: &x 1\nb: *x", 2, "aliases"),
        ("a: &x\n  - *x", 2, "aliases"),
        ("a: &x {b: 1}\nc:\n  <<: *x", 3, "aliases"),
        ("a: !!python/object:os.system x", 1, "tag"),
        ("a: !!str 7", 1, "tag"),
        ("a: !x {b: 1}", 1, "tag"),
        ("a: !x [b]", 1, "tag"),
        ("!!str a: 1", 1, "plain text"),
        ("? [a]\n: 1", 1, "plain text"),
        ("? {a: 1}\n: 1", 1, "plain text"),
        ("a: [1,\nb: 2", 3, "flow sequence"),
        ("a:\n\tb: 1", 2, "token"),
        ("a: 'x", 1, "quoted"),
        ("a: \x00", 1, "control"),
        ("a: 1e999", 1, "too large"),
        ("a:\n - " + "9" * 5000, 2, "digits"),
        ("\ud800", 1, "no text"),
    ],
)
def test_all_else_is_refused_by_line_in_one_line(text: str, line: int, said: str) -> None:
    with pytest.raises(YamlError) as caught:
        load(text)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.line == line


@pytest.mark.parametrize("text", ["[" * 100_000, "- " * 100_000, "{a: " * 50_000, "? " * 50_000, "[" * 300 + "]" * 300])
def test_deep_nesting_is_refused_without_a_crash(text: str) -> None:
    with pytest.raises(YamlError):
        load(text)


def test_a_billion_laughs_are_refused() -> None:
    lines = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [" + ", ".join([f"*a{n - 1}"] * 9) + "]" for n in range(1, 30)]
    # Followed, they would be 10^28 elements: a test that ends has not followed them.
    with pytest.raises(YamlError, match="aliases"):
        load("\n".join(lines))


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.text(max_size=40), st.text("ab:-[]{},'\"&*!|>%@? \n\t#~0.e", max_size=40)))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        document = load(text)
    except YamlError as error:
        assert error.line >= 1
        assert "\n" not in str(error)
        return
    assert _plain(document.data)


def _plain(data: Any) -> bool:
    if isinstance(data, dict):
        return all(isinstance(key, str) and _plain(value) for key, value in data.items())
    if isinstance(data, list):
        return all(_plain(value) for value in data)
    return data is None or isinstance(data, bool | int | str) or (isinstance(data, float) and math.isfinite(data))
