"""The configurations under roots/, against the plans that the real CLI made of them (stored beside them)."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from audits.model import Cause, Origin, Resource, Unknown
from tests.planes.terraform import accuracy, plans
from tests.planes.terraform.comparison import Outcome, compare_body, compare_value, worst
from tests.planes.terraform.refinements import contradictions
from tests.planes.terraform.source_lines import scan

ROOTS = list(plans.roots(plans.ROOTS))


@pytest.fixture(autouse=True)
def _no_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDIT_CACHE_DIR", "")


@cache
def _schema() -> dict[str, Any]:
    return plans.load_schema()


@pytest.mark.parametrize("root", ROOTS, ids=lambda root: root.name)
def test_agrees_with_the_plan(root: Path) -> None:
    measured = accuracy.measure(root, _schema())
    assert measured.amiss == {}
    assert measured.count(Outcome.EQUAL)
    assert measured.lines > measured.addresses > 0


def _outcome(ours: Any, theirs: Any, unknown: Any = False, type_: Any = "dynamic") -> Outcome:
    return worst(compare_value("p", ours, theirs, unknown, type_))


_COMPUTED = Unknown(Cause.COMPUTED)


@pytest.mark.parametrize(
    ("ours", "theirs", "unknown", "type_"),
    [
        ("y", "x", False, "string"),
        ("1", 1, False, "dynamic"),
        ("1.0", "1", False, "string"),
        (True, "True", False, "string"),
        (1, True, False, "dynamic"),
        (10**21, 10**21 + 1, False, "dynamic"),
        ('{"a":1}', '{"a":"1"}', False, "string"),
        ('{"a":["x"]}', '{"a":"x"}', False, "string"),
        (["a", "b"], ["b", "a"], False, ["list", "string"]),
        (["a", "a"], ["a", "b"], False, ["set", "string"]),
        (["a"], ["a", "b"], False, ["set", "string"]),
        (["a"], [], False, ["list", "string"]),
        (["a"], None, False, ["list", "string"]),
        ({"a": "1"}, {"a": "1", "b": "2"}, False, ["map", "string"]),
        ({"a": "1", "b": "2"}, {"a": "1"}, False, ["map", "string"]),
        ({"a": 1}, {"a": 2}, False, "dynamic"),
        ({}, {"a": 2}, False, "dynamic"),
        ("", None, False, "string"),
    ],
)
def test_what_differs_is_wrong(ours: Any, theirs: Any, unknown: Any, type_: Any) -> None:
    assert _outcome(ours, theirs, unknown, type_) is Outcome.WRONG


@pytest.mark.parametrize(
    ("ours", "theirs", "unknown", "type_", "outcome"),
    [
        ("x", None, True, "string", Outcome.INVENTED),
        (["x"], None, True, ["list", "string"], Outcome.INVENTED),
        ({"a": _COMPUTED}, None, True, ["map", "string"], Outcome.PARTIAL),
        ({"a": "x"}, None, True, ["map", "string"], Outcome.INVENTED),
        ({"a": _COMPUTED}, None, True, "dynamic", Outcome.INVENTED),
        (["x", _COMPUTED], None, True, ["list", "string"], Outcome.PARTIAL),
        ([_COMPUTED], None, True, ["set", "string"], Outcome.PARTIAL),
        ({"a": "x"}, {}, {"a": True}, ["map", "string"], Outcome.INVENTED),
        (_COMPUTED, "x", False, "string", Outcome.MISSED),
        (_COMPUTED, None, False, "string", Outcome.MISSED),
        (_COMPUTED, {"a": 1}, {"b": True}, "dynamic", Outcome.MISSED),
        (_COMPUTED, None, True, "string", Outcome.UNKNOWN),
        (Unknown(Cause.COMPUTED, partial={"a": 2, "b": _COMPUTED}), {"a": 1}, {"b": True}, "dynamic", Outcome.WRONG),
        (Unknown(Cause.COMPUTED, partial=["a"], open=True), ["a", None], [False, True], "dynamic", Outcome.EQUAL),
        (Unknown(Cause.COMPUTED, partial=["b"], open=True), ["a", None], [False, True], "dynamic", Outcome.WRONG),
        (Unknown(Cause.COMPUTED, partial=[], open=True), ["a", None], [False, True], "dynamic", Outcome.MISSED),
        (8080, "8080", False, "string", Outcome.EQUAL),
        ("8080", 8080, False, "number", Outcome.EQUAL),
        ("true", True, False, "bool", Outcome.EQUAL),
        (["a", "b"], ["b", "a"], False, ["set", "string"], Outcome.EQUAL),
        ('{ "a": 1 }', '{"a":1}', False, "string", Outcome.EQUAL),
    ],
)
def test_outcomes_of_one_value(ours: Any, theirs: Any, unknown: Any, type_: Any, outcome: Outcome) -> None:
    assert _outcome(ours, theirs, unknown, type_) is outcome


_BLOCK = {
    "attributes": {"name": "string"},
    "blocks": {"rule": {"nesting": "set", "block": {"attributes": {"a": "number", "b": "number"}, "blocks": {}}}},
}


def _blocks(ours: list[Any], theirs: list[Any]) -> Outcome:
    return worst(compare_body("", {"rule": ours}, ({"rule": theirs}, {}), _BLOCK, lambda path: ()))


def test_blocks_of_a_set_are_paired_one_to_one() -> None:
    two = [{"a": 1, "b": 2}, {"a": 1, "b": 3}]
    assert _blocks([{"a": 1, "b": 3}, {"a": 1}], two) is Outcome.EQUAL
    assert _blocks([{"a": 1}, {"a": 1, "b": 2}], two) is Outcome.EQUAL
    assert _blocks([{"a": 1, "b": 3}, {"a": 1, "b": 3}], two) is Outcome.WRONG
    assert _blocks([{"a": 1}], two) is Outcome.WRONG


def test_what_is_written_and_not_observed_is_missed() -> None:
    leaves = compare_body("", {}, ({"name": "x"}, {}), _BLOCK, lambda path: ["name"])
    assert [leaf.outcome for leaf in leaves] == [Outcome.MISSED]


def test_a_wrong_line_is_noticed() -> None:
    written = scan('resource "a" "b" {\n  x = 1\n  rule {\n    y = <<-E\n      }\n    E\n  }\n}\n', "main.tf").blocks[0]
    origins = {
        "x": Origin("main.tf", 2, 3),
        "rule": Origin("main.tf", 3, 3),
        "rule[0]": Origin("main.tf", 3, 3),
        "rule[0].y": Origin("main.tf", 4, 5),
    }
    right = Resource("a", "a.b", {"x": 1, "rule": [{"y": "}\n"}]}, Origin("main.tf", 1, 1), origins=origins)
    assert [problem for _, problem in accuracy.check_lines(right, written) if problem] == []
    for path in origins:
        if path != "rule":
            moved = {**origins, path: Origin("main.tf", 7, 1)}
            wrong = Resource("a", "a.b", right.attributes, right.origin, origins=moved)
            assert [at for at, problem in accuracy.check_lines(wrong, written) if problem] == [path]


def test_what_is_known_of_the_unknown_is_checked_against_what_it_became() -> None:
    unknown = Unknown(Cause.COMPUTED, partial={"a": 1, "b": _COMPUTED}, not_null=True)
    assert list(contradictions("p", unknown, '{"a":1,"b":7}')) == []
    assert list(contradictions("p", unknown, '{"a":2,"b":7}'))
    assert list(contradictions("p", unknown, None))
    text = Unknown(Cause.COMPUTED, parts=("x-", _COMPUTED, "-y"))
    assert list(contradictions("p", text, "x-1-y")) == []
    assert list(contradictions("p", text, "x-1-z"))
    assert list(contradictions("p", Unknown(Cause.COMPUTED, length=2), ["a"]))
    some = Unknown(Cause.COMPUTED, partial=["b"], open=True)
    assert list(contradictions("p", some, ["a", "b"])) == []
    assert list(contradictions("p", some, ["a", "c"]))
