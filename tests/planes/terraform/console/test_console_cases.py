"""Expressions of all kinds against what ``terraform console`` said of them; generated ones where the CLI is there."""

from __future__ import annotations

import json
import shutil

import pytest

from tests.planes.terraform.console import differential


@pytest.mark.parametrize(
    "case", json.loads(differential.CASES.read_text(encoding="utf-8")), ids=lambda case: case["expression"][:80]
)
def test_as_the_console(case: dict[str, str]) -> None:
    found = differential.ours(case["expression"])
    if "ours" in case:
        assert found == case["ours"] != case["console"]
    else:
        assert found == case["console"]


@pytest.mark.skipif(shutil.which("terraform") is None, reason="the Terraform CLI is not on PATH")
def test_generated_expressions_are_never_different() -> None:
    compared = list(differential.compare(differential.generated(150, seed=11)))
    assert [found for found in compared if found[0] == "DIFFERENT"] == []
    assert sum(found[0] == "same value" for found in compared) > 40
