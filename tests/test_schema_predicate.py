"""The quick check of data against a schema: what it says is what jsonschema says."""

from __future__ import annotations

import copy
import random
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from audits import kinds, relations
from audits.schema_predicate import compile_schema
from audits.spec import find, schema

SPECS = Path(__file__).parent.parent / "specs"
VALUES = [None, True, False, 0, 1, 1.0, -3, 2.5, "", "x", "X y", "aws_lb", "Allow", "*", [], {}, ["a"], ["a", "a"]]
CASES: list[tuple[dict[str, Any], list[Any]]] = [
    ({"pattern": "^a+$"}, ["a", "aaa", "ba", "", 3, None]),
    ({"propertyNames": {"pattern": "^a"}}, [{}, {"a": 1}, {"b": 1}, {"a": 1, "b": 1}, "b"]),
    ({"minItems": 1}, [[], [1], "", {}]),
    ({"minProperties": 1}, [{}, {"a": 1}, [], ""]),
    ({"minLength": 1}, ["", "a", "é", [], {}]),
    ({"uniqueItems": True}, [[], [1, 1.0], [1, True], [0, False], [{"a": 1}, {"a": 1.0}], [[1], [True]], ["a", "a"]]),
    ({"uniqueItems": False}, [[1, 1]]),
    ({"oneOf": [{"required": ["a"]}, {"required": ["b"]}]}, [{}, {"a": 1}, {"b": 1}, {"a": 1, "b": 1}, 7]),
    ({"allOf": [{"type": "string"}, {"minLength": 2}]}, ["a", "ab", 3]),
    ({"anyOf": [{"type": "string"}, {"type": "array", "minItems": 1}]}, ["a", [], [1], 3]),
    ({"not": {"required": ["a"]}}, [{}, {"a": 1}, "a"]),
    ({"dependentSchemas": {"a": {"not": {"required": ["b"]}}}}, [{}, {"a": 1}, {"b": 1}, {"a": 1, "b": 1}, []]),
    ({"if": {"required": ["a"]}, "then": {"required": ["b"]}}, [{}, {"a": 1}, {"b": 1}, {"a": 1, "b": 1}]),
    ({"type": "integer"}, [1, 1.0, 1.5, True, "1"]),
    ({"type": ["number", "object"]}, [1, 1.5, True, "1", None, {}]),
    ({"type": ["object", "null"]}, [None, {}, [], False]),
    ({"const": "*"}, ["*", "x", None]),
]


@pytest.mark.parametrize(("given", "values"), CASES, ids=[str(given) for given, _ in CASES])
def test_every_keyword_means_what_it_means_to_jsonschema(given: dict[str, Any], values: list[Any]) -> None:
    fits, slow = compile_schema(given), jsonschema.Draft202012Validator(given)
    assert [fits(value) for value in values] == [slow.is_valid(value) for value in values]
    assert len({fits(value) for value in values}) == (1 if given == {"uniqueItems": False} else 2)


@pytest.mark.parametrize("given", [{"maximum": 3}, {"enum": [1]}, {"items": {"format": "date"}}])
def test_an_unknown_keyword_stops_the_compilation(given: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"keyword|strings"):
        compile_schema(given)


def test_the_schema_of_specs_is_told_quickly_and_as_jsonschema_does() -> None:
    given = schema(kinds.registry(), relations.registry())
    fits, slow = compile_schema(given), jsonschema.Draft202012Validator(given)
    originals = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in find([SPECS])]
    assert all(map(fits, originals))
    chance = random.Random(7)
    refused = 0
    for _ in range(600):
        changed = copy.deepcopy(chance.choice([one for one in originals if "controls" in one]))
        changed["controls"] = chance.sample(changed["controls"], 1)
        for _ in range(chance.randint(1, 2)):
            _break(changed, chance)
        agreed = slow.is_valid(changed)
        assert fits(changed) is agreed, changed
        refused += not agreed
    assert 100 < refused < 600


def _break(value: Any, chance: random.Random) -> None:
    """Change one thing somewhere below ``value``."""
    while True:
        keys = list(value) if isinstance(value, dict) else list(range(len(value)))
        key = chance.choice(keys)
        if isinstance(value[key], dict | list) and value[key] and chance.random() < 0.8:
            value = value[key]
            continue
        action = chance.random()
        if action < 0.3 and isinstance(value, dict):
            value[chance.choice(["stray", "kind", "any_of", "reach", "select", "planes"])] = chance.choice(VALUES)
        elif action < 0.5:
            del value[key]
        else:
            value[key] = chance.choice(VALUES)
        return
