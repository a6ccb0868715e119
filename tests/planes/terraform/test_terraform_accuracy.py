"""The configurations under roots/, against the plans that the real CLI made of them (stored beside them)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from audits.planes.terraform import read
from tests.planes.terraform import plans


@pytest.fixture(autouse=True)
def _no_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDIT_CACHE_DIR", "")


ROOTS = list(plans.roots(plans.ROOTS))


@pytest.mark.parametrize("root", ROOTS, ids=lambda root: root.name)
def test_agrees_with_the_plan(root: Path) -> None:
    observation = read(root, environment={})
    comparison = plans.compare(observation, json.loads((root / "plan.json").read_text(encoding="utf-8")))
    assert comparison.wrong == []
    assert comparison.invented == []
    assert comparison.missed == []
    assert comparison.missing_resources == []
    assert comparison.extra_resources == []
    assert comparison.leaked == []
    assert comparison.hidden == []
    assert comparison.equal
    assert observation.gaps == ()
    assert observation.findings == ()


@pytest.mark.parametrize("root", ROOTS, ids=lambda root: root.name)
def test_every_attribute_has_its_line(root: Path) -> None:
    for resource in read(root, environment={}).resources:
        for name in resource.attributes:
            if name == "tags_all":
                continue
            origin = resource.origin_of(name)
            assert origin.file is not None and origin.line is not None
            line = (root / origin.file).read_text(encoding="utf-8").splitlines()[origin.line - 1]
            assert name in line, f"{resource.identity}.{name} is not in {origin}: {line}"


def test_the_comparison_notices_what_is_wrong() -> None:
    assert plans.compare_value("p", "y", "x", False).wrong
    assert plans.compare_value("p", "x", None, True).invented
    assert plans.compare_value("p", ["a"], ["b"], False).wrong
    assert plans.compare_value("p", {"a": 1}, {"a": 2}, False).wrong
