"""Reading, checking, writing; values as text; comparing runs."""

from __future__ import annotations

import copy
import json
import random
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import report_runs
from report_builders import control, live, redacted, run, source, unknown

from audits.schema_predicate import compile_schema
from reports.diff import compare, diff_text
from reports.labels import Labels
from reports.report import ReportError, dumps, load, loads, schema, validate, write
from reports.text import clip, origin_text, value_lines, value_text, visible

# --- files


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", r":1:1: not JSON"),
        (b'{"a": 1,\n "b": }', r":2:7: not JSON"),
        (b"\xff\xfe", r": not UTF-8 at byte 0"),
        (b"[]", r": not a run of glimpse-audit/run/v1: it names no schema"),
        (b'{"schema": "glimpse-audit/run/v9"}', r'schema is "glimpse-audit/run/v9"'),
        (
            b'{"schema": "glimpse-audit/run/v1"}',
            r": top level: 'controls' is a required property|is a required property",
        ),
        (b'{"schema": NaN}', r"NaN is no JSON number"),
        (b'{"schema": ' + b"9" * 5000 + b"}", r"not JSON: Exceeds the limit"),
        (b"[" * 200_000, r"nested too deeply"),
    ],
)
def test_a_bad_file_is_one_line(tmp_path: Path, data: bytes, said: str) -> None:
    path = tmp_path / "run.json"
    path.write_bytes(data)
    with pytest.raises(ReportError, match=said) as caught:
        load(path)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith(str(path))


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="No such file"):
        load(tmp_path / "none.json")
    with pytest.raises(ReportError, match="directory"):
        load(tmp_path)


def test_an_error_names_the_place_in_the_run() -> None:
    broken = report_runs.mixed()
    broken["controls"][3]["rows"][0]["live"]["state"] = "maybe"
    with pytest.raises(ReportError, match=r"controls\[3\]\.rows\[0\]\.live\.state: 'maybe' is not one of"):
        validate(broken)


def test_keys_to_come_are_allowed() -> None:
    later = report_runs.mixed()
    later["controls"][0]["history"] = {"first_seen": "2026-01-01"}
    later["trend"] = []
    validate(later)


def test_the_quick_check_agrees_with_jsonschema() -> None:
    chance = random.Random(11)
    fits, slow = compile_schema(schema()), jsonschema.Draft202012Validator(schema())
    slow.check_schema(schema())
    original = report_runs.mixed()
    refused = 0
    for _ in range(400):
        changed = copy.deepcopy(original)
        _break(changed, chance)
        agreed = slow.is_valid(changed)
        assert fits(changed) is agreed
        refused += not agreed
    assert refused > 100


def _break(value: Any, chance: random.Random) -> None:
    """Change one thing somewhere below ``value``."""
    while True:
        keys = list(value) if isinstance(value, dict) else list(range(len(value)))
        key = chance.choice(keys)
        below = value[key]
        if isinstance(below, (dict, list)) and below and chance.random() < 0.85:
            value = below
            continue
        if isinstance(value, dict) and chance.random() < 0.4:
            del value[key]
        else:
            value[key] = chance.choice([None, "x", -1, 1.5, 2.0, True, [], {}, "pass", ["x"]])
        return


def test_a_schema_keyword_the_quick_check_does_not_know_is_refused() -> None:
    with pytest.raises(ValueError, match="patternProperties"):
        compile_schema({"patternProperties": {}})


def test_writing_is_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "run.json"
    write(path, "one")
    write(path, b"two")
    assert path.read_bytes() == b"two"
    assert [entry.name for entry in path.parent.iterdir()] == ["run.json"]
    blocked = tmp_path / "file"
    blocked.write_text("x")
    with pytest.raises(ReportError, match="could not be written"):
        write(blocked / "run.json", "x")
    with pytest.raises(ReportError, match="could not be written"):
        write(path.parent, "x")
    assert [entry.name for entry in path.parent.parent.iterdir() if entry.name.endswith(".tmp")] == []


def test_what_json_cannot_hold_is_refused() -> None:
    with pytest.raises(ReportError, match="cannot be written as JSON"):
        dumps({"a": float("inf")})


def test_half_a_surrogate_survives() -> None:
    text = report_runs.mixed()
    text["controls"][0]["title"] = "x\ud800y"
    assert loads(dumps(text)) == text


# --- text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("db.t4g.micro", "db.t4g.micro"),
        ("", '""'),
        (" x", '" x"'),
        ("7", '"7"'),
        ("true", '"true"'),
        (7, "7"),
        (None, "null"),
        (True, "true"),
        ({"minimum": 7}, "{minimum: 7}"),
        (["a", 1], "[a, 1]"),
        (unknown("computed", "module.x.aws_y.z.arn"), "unknown: computed (module.x.aws_y.z.arn)"),
        (unknown("unset"), "unknown: unset"),
        (unknown("unreadable", detail="denied"), "unknown: unreadable (denied)"),
        (
            unknown(
                "variable without value",
                "var.b",
                parts=["arn:aws:s3:::", unknown("variable without value", "var.b"), "/*"],
            ),
            "arn:aws:s3:::‹unknown: variable without value (var.b)›/*",
        ),
        (unknown("computed", partial=["a"], open=True), "partly unknown: computed: [a], and perhaps more"),
        ({"password": redacted()}, "{password: redacted: sensitive}"),
        ({"__unknown__": 1}, "{__unknown__: 1}"),
    ],
)
def test_values_as_text(value: Any, text: str) -> None:
    assert value_text(value) == text
    assert "\n" not in value_text(value)
    assert value_lines(value) or value == ""


def test_deep_and_long_values_end() -> None:
    deep: Any = "x"
    for _ in range(500):
        deep = [deep]
    assert "…" in value_text(deep)
    assert value_lines(deep)
    assert len(value_text("y" * 10_000, 50)) == 50
    assert clip("abc", 3) == "abc"


def test_hidden_characters_are_shown() -> None:
    assert visible("a\x1b[31m\u202eb\ud800\U000e0041\n") == "a\\x1b[31m\\u202eb\\ud800\\U000e0041\\n"
    assert visible("a\nb\r", lines=True) == "a\nb\\r"
    assert visible("한국어 – ✓ 😀") == "한국어 – ✓ 😀"


def test_origins_as_text() -> None:
    place = {"file": "main.tf", "line": 12, "column": 1, "arn": None, "calls": ["root.tf:3 module.ecs"]}
    assert origin_text(place) == "main.tf:12 (via root.tf:3 module.ecs)"
    assert origin_text({"arn": "arn:aws:x"}) == "arn:aws:x"
    assert origin_text(None) == ""


# --- comparison


def _one(state: str, actual: Any = None, *, name: str = "size", plane: str = "live") -> dict[str, Any]:
    made = live if plane == "live" else source
    outcome = {"pass": "pass", "fail": "fail", "absent": "fail"}.get(state, "undecided")
    return run([control(name, "drift", outcome, {plane: [made(state, "p", 1, actual, key="k")]})])


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (_one("pass"), _one("fail", 2), "new"),
        (_one("fail", 2), _one("pass", 1), "fixed"),
        (_one("fail", 2), _one("fail", 2), "still"),
        (_one("fail", 2), _one("fail", 3), "changed"),
        (_one("fail", 2), _one("absent"), "changed"),
        (_one("fail", 2), _one("unreadable"), "unreadable"),
        (_one("fail", 2), _one("unknown"), "unreadable"),
        (_one("pass", 1), _one("unreadable"), "unreadable"),
        (_one("fail", 2), _one("pass", 1, name="other"), "unaudited"),
        (_one("fail", 2), _one("pass", 1, plane="terraform"), "unaudited"),
        (_one("pass"), _one("pass"), None),
    ],
)
def test_what_changed(old: dict[str, Any], new: dict[str, Any], expected: str | None) -> None:
    found = {name: len(changes) for name, changes in compare(old, new).changes.items() if changes}
    assert found == ({expected: 1} if expected else {})
    text = diff_text(old, new, Labels("en"))
    assert text.count("\n") == (5 if expected else 1)


def test_a_deviation_that_is_out_of_sight_is_not_fixed() -> None:
    old = _one("fail", 2)
    dark = run([control("size", "undecided", "undecided", {"live": [live("unreadable", "", None)]})])
    gone = run([control("size", "agrees", "pass", {"live": []})])
    assert [name for name, changes in compare(old, dark).changes.items() if changes] == ["unreadable"]
    assert [name for name, changes in compare(old, gone).changes.items() if changes] == ["fixed"]


def test_a_run_differs_from_itself_in_nothing() -> None:
    difference = compare(report_runs.mixed(), report_runs.mixed())
    assert not difference.worse
    assert {name for name, changes in difference.changes.items() if changes} == {"still"}


def test_the_comparison_is_quiet_about_hostile_text() -> None:
    text = diff_text(report_runs.mixed(), report_runs.hostile(), Labels("ko"))
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_the_schema_lists_every_word_of_the_model() -> None:
    from audits import model

    definitions = schema()["$defs"]
    assert set(definitions["state"]["enum"]) == {str(state) for state in model.State}
    assert set(definitions["standing"]["enum"]) == {str(standing) for standing in model.Standing}
    assert definitions["severity"]["enum"] == list(model.SEVERITIES)
    assert json.dumps(schema())
