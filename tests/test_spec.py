"""Specs: every mistake named by file and line, all of them at once, and never a traceback."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audits import kinds, relations
from audits.model import Scope, Spec
from audits.spec import SCHEMA_PATH, SpecError, dump_schema, find, is_spec, load_all, load_file, schema

KINDS, RELATIONS = kinds.registry(), relations.registry()
SPECS = Path(__file__).parent.parent / "specs"
GOOD = """\
spec: prod/db
document: README.md
controls:
  - id: one
    title: A title
    clause: {section: A, row: B, states: "7", line: 3}
    basis: stated
    severity: high
    kind: aws_db_instance
    select: {engine: postgres}
    expect:
      backup_retention_period: {minimum: 7}
  - id: two
    title: Another
    clause: {section: A, row: B, states: "7"}
    basis: inferred
    basis_reason: because
    severity: low
    planes: [live]
    frameworks: {aws-fsbp: ["RDS.11"]}
    kind: aws_db_instance
    count: 1
"""


def loaded(path: Path, text: str | bytes = GOOD) -> Spec:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_file(path, KINDS, RELATIONS)


def problems(path: Path, text: str | bytes) -> list[str]:
    with pytest.raises(SpecError) as caught:
        loaded(path, text)
    found = list(caught.value.problems)
    assert found
    for problem in found:
        assert "\n" not in problem
        assert problem.startswith(str(path))
    return [problem.removeprefix(f"{path}:") for problem in found]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "a.yaml"


def test_a_good_spec(file: Path) -> None:
    spec = loaded(file)
    one, two = spec.controls
    assert (spec.name, spec.document, one.theme) == ("prod/db", "README.md", "db")
    assert (one.line, one.planes, one.clause.line, one.relation) == (4, ("terraform", "live"), 3, "attributes")
    assert one.body["expect"] == {"backup_retention_period": {"minimum": 7}}
    assert (two.planes, two.basis_reason, two.frameworks) == (("live",), "because", {"aws-fsbp": ("RDS.11",)})
    assert loaded(file, b"\xef\xbb\xbf" + GOOD.encode()).controls[0].line == 4


def test_what_a_spec_and_a_control_are_about(file: Path) -> None:
    assert not loaded(file).controls[0].scope
    about = 'accounts: ["012345678901"]\nregions: [ap-northeast-2, us-gov-west-1]\n'
    own = GOOD.replace("    planes: [live]\n", "    planes: [live]\n    regions: [us-east-1]\n")
    first, second = loaded(file, about + own).controls
    assert first.scope == Scope(("012345678901",), ("ap-northeast-2", "us-gov-west-1"))
    assert second.scope == Scope(("012345678901",), ("us-east-1",))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("severity: high", "severty: high", r"8: unknown key 'severty' in controls\[0\]; did you mean 'severity'\?"),
        ("severity: high", "severity: hihg", r"8: .*'hihg' is none of.*did you mean 'high'"),
        ("    severity: high\n", "", r"4: controls\[0\] lacks 'severity'"),
        ("spec: prod/db\n", "", r"1: the spec lacks 'spec'"),
        ("spec: prod/db", "spec: 5", r"1: spec: 5 is not of type"),
        ("document: README.md", "document: README.md\nextra: 1", r"3: unknown key 'extra'"),
        (
            "document: README.md",
            "document: README.md\naccounts: [123456789012]",
            r"3: accounts\[0\]: an account is text",
        ),
        ("document: README.md", 'document: README.md\naccounts: ["123"]', r"3: accounts\[0\]: '123' does not match"),
        ("document: README.md", "document: README.md\nregions: [Seoul]", r"3: regions\[0\]: 'Seoul' does not match"),
        ("document: README.md", "document: README.md\nregions: []", r"3: regions: \[\]"),
        ("id: two", "id: one", r"13: duplicate id 'one' \(first on line 4\)"),
        ("id: two", "id: Two!", r"13: .*"),
        (
            "kind: aws_db_instance\n    select",
            "kind: aws_db_instanc\n    select",
            r"9: one: unknown kind 'aws_db_instanc'.*aws_db_instance",
        ),
        ("kind: aws_db_instance\n    select", "kind: [x]\n    select", r"9: "),
        (
            "kind: aws_db_instance\n    count",
            "kind: aws_security_group_rule\n    count",
            r"21: two: .*folds into aws_security_group",
        ),
        ("{engine: postgres}", "{engin: postgres}", r"10: one: engin: no attribute 'engin'; did you mean 'engine'"),
        ("backup_retention_period", "backup_retention", r"12: one: .*no attribute"),
        ("{minimum: 7}", "{minimun: 7}", r"12: one: unknown keyword 'minimun'; did you mean 'minimum'"),
        ("{minimum: 7}", "{pattern: '('}", r"12: one: bad pattern"),
        ("{minimum: 7}", "seven", r"12: one: .*speaks of a string"),
        ("{minimum: 7}", "{minimum: 7, minimum: 8}", r"12: duplicate key 'minimum'"),
        ("    basis_reason: because\n", "", r"13: two: an inferred control"),
        ("    count: 1\n", "", r"21: two: the control expects nothing"),
        ("    kind: aws_db_instance\n    count: 1\n", "", r"13: the control needs one of"),
        (
            "    count: 1\n",
            "    one_of: [{kind: aws_db_instance}, {kind: aws_db_instance}]\n",
            r"13: the control has kind and one_of",
        ),
        ("    count: 1\n", "    count: no\n", r"22: "),
        ("    count: 1\n", "    count: {pattern: x}\n", r"22: two: count"),
        ("planes: [live]", "planes: [live, live]", r"19: "),
        ("planes: [live]", "planes: []", r"19: "),
        ("planes: [live]", "planes: *x", r"19: aliases"),
        (
            "{engine: postgres}",
            "{referred_by: {kind: aws_db_instance, path: engine, select: 5}}",
            r"10: one: select needs a mapping",
        ),
        ("{minimum: 7}", "{refers_to: {kind: [1]}}", r"12: one: a kind is named by text"),
    ],
)
def test_each_mistake_is_named_by_its_line(file: Path, old: str, new: str, said: str) -> None:
    assert old in GOOD
    found = problems(file, GOOD.replace(old, new, 1))
    assert any(re.match(said, problem) for problem in found), found


def test_several_mistakes_are_all_named_in_order(file: Path) -> None:
    text = (
        GOOD.replace("severity: high", "severty: high")
        .replace("count: 1", "count: {minimun: 1}")
        .replace("id: two", "id: two\n    hue: 1")
    )
    text = text.replace("id: two\n    hue: 1", "id: two") + "  - {id: x, title: 5}\n"
    found = problems(file, text)
    assert [int(problem.split(":")[0]) for problem in found] == sorted(int(problem.split(":")[0]) for problem in found)
    for said in ("severty", "minimun", "controls[2] lacks", "title"):
        assert any(said in problem for problem in found), (said, found)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# only a comment",
        "5",
        "[]",
        "a",
        "controls: 5",
        "controls: [5]",
        "controls: [null]",
        "controls: [[]]",
        "controls: {a: 1}",
        GOOD.replace("controls:", "controls: []\nx:"),
        b"\xff\xfe",
        "a: b: c",
        "\x00",
        "{" * 5000,
        GOOD + "---\n" + GOOD,
    ],
)
def test_what_is_no_spec_is_refused(file: Path, text: str | bytes) -> None:
    problems(file, text)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "d.yaml").mkdir()
    for path in (tmp_path / "d.yaml", tmp_path / "gone.yaml"):
        with pytest.raises(SpecError, match=path.name):
            load_file(path, KINDS, RELATIONS)


def test_specs_are_found_once_and_in_order(tmp_path: Path) -> None:
    for name in ("b.yaml", "a.yaml", "waivers.yaml", "schema/x.yaml", "sub/c.yaml", "n.yml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(GOOD)
    wanted = [tmp_path / "a.yaml", tmp_path / "b.yaml", tmp_path / "sub" / "c.yaml"]
    assert find([tmp_path]) == wanted
    assert len(find([tmp_path, tmp_path / "a.yaml", tmp_path / "sub" / ".." / "a.yaml"])) == 3
    assert not is_spec(tmp_path / "waivers.yaml")
    for none in (tmp_path / "gone", tmp_path / "schema"):
        with pytest.raises(SpecError):
            find([none])


def test_all_files_problems_are_told_and_ids_are_unique_across_them(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(GOOD)
    (tmp_path / "b.yaml").write_text(GOOD.replace("id: two", "id: three"))
    (tmp_path / "c.yaml").write_text(GOOD.replace("title:", "titel:"))
    (tmp_path / "d.yaml").write_text("[")
    with pytest.raises(SpecError) as caught:
        load_all([tmp_path], KINDS, RELATIONS)
    text = str(caught.value)
    assert f"{tmp_path}/b.yaml:4: duplicate id 'one' (first at {tmp_path}/a.yaml:4)" in text
    assert text.count("titel") == 2
    assert "d.yaml:" in text


def test_the_projects_own_specs_load() -> None:
    assert load_all([SPECS], KINDS, RELATIONS)


def test_the_schema_is_made_of_kinds_and_relations() -> None:
    made = schema(KINDS, RELATIONS)
    assert made["$defs"]["kind"]["enum"] == sorted(KINDS)
    assert dump_schema(KINDS, RELATIONS).endswith("}\n")
    assert SCHEMA_PATH.name == "spec.schema.json"


# Properties -----------------------------------------------------------------------------------------------------------

BASE: Any = yaml.safe_load(GOOD)
JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 9),
    st.floats(),
    st.text(max_size=4),
    st.sampled_from(
        ["aws_db_instance", "a[*].b", "engine[{", "tags[{a: {b: 1}}].c", "origin[{x: {refers_to: {kind: 5}}}]"]
    ),
    st.sampled_from(
        [
            [],
            {},
            [[]],
            {"kind": 5},
            {"minimum": 1},
            {"refers_to": {}},
            {"refers_to": {"kind": "x", "select": []}},
            {"referred_by": {"kind": [], "path": {}}},
            {"properties": []},
            {"allOf": 5},
            {"not": {}},
            {"type": {}},
            {"enum": 3},
        ]
    ),
)
NAMES = st.sampled_from(
    [
        "kind",
        "select",
        "expect",
        "count",
        "one_of",
        "tiers",
        "reach",
        "grants",
        "referred_by",
        "refers_to",
        "resource_policy",
        "path",
        "engine",
        "modules",
        "theme",
        "id",
        "const",
        "",
        "a[",
        "0",
    ]
)


def _places(data: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    pairs = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [here, *(place for key, value in pairs for place in _places(value, (*here, key)))]


@st.composite
def mutated(draw: st.DrawFn) -> Any:
    data = copy.deepcopy(BASE)
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.sampled_from(_places(data)))
        if not place:
            continue
        inner = data
        for step in place[:-1]:
            inner = inner[step]
        change = draw(st.integers(0, 2))
        if change == 0:
            inner[place[-1]] = copy.deepcopy(draw(JUNK))
        elif change == 1:
            del inner[place[-1]]
        elif isinstance(inner, dict):
            inner[draw(NAMES)] = copy.deepcopy(draw(JUNK))
        else:
            inner.append(copy.deepcopy(draw(JUNK)))
    return data


def _spec_or_problems(path: Path, text: str) -> None:
    try:
        assert isinstance(loaded(path, text.encode("utf-8", "replace")), Spec)
    except SpecError as error:
        assert error.problems
        for problem in error.problems:
            assert "\n" not in problem
            assert re.match(rf"{re.escape(str(path))}(:\d+)?: ", problem), problem


quiet = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@quiet
@given(data=mutated())
def test_a_mutated_spec_is_a_spec_or_refused(file: Path, data: Any) -> None:
    _spec_or_problems(file, yaml.safe_dump(data, allow_unicode=True))


@quiet
@given(cut=st.integers(0, len(GOOD)), end=st.integers(0, 30), text=st.text("ab:-[]{},'\"&*!|>%@? \n\t#~0", max_size=6))
def test_a_garbled_spec_is_a_spec_or_refused(file: Path, cut: int, end: int, text: str) -> None:
    _spec_or_problems(file, GOOD[:cut] + text + GOOD[cut + end :])
