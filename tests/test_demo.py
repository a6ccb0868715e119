"""What the demo takes for a deviation, and what becomes of it without Checkov."""

from __future__ import annotations

from typing import Any

from examples.glimpse.__main__ import found


def run(state: str, *, relation: str = "policy", failed: str = "", **more: Any) -> dict[str, Any]:
    row = {"path": "p", "standing": "single plane", "terraform": {"state": state}, "live": None}
    control = {"id": "c", "relation": relation, "planned": None, "rows": [row], **more}
    return {"controls": [control], "policies": {"failed": failed, "mend": ""}}


def test_a_policy_that_does_not_pass_was_planted_or_is_wrong() -> None:
    assert found(run("pass")) == {}
    for state in ("fail", "unknown", "unreadable"):
        assert found(run(state)) == {("c", "p"): "single plane"}


def test_without_checkov_its_policies_are_asked_nothing() -> None:
    assert found(run("unreadable", failed="not installed")) == {}
    assert found(run("unreadable", failed="not installed", relation="attributes")) == {("c", "p"): "single plane"}
    left_out = {**run("unreadable", relation="attributes"), "policies": None}
    assert found(left_out) == {("c", "p"): "single plane"}
