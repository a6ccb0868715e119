"""It never invents, tried on generated expressions and on what such trials found."""

from __future__ import annotations

import random

import pytest

from audits.model import Cause, Reference, Unknown
from audits.planes.terraform.values import SetValue, TerraformValue
from tests.planes.terraform.console import soundness

ID = Unknown(Cause.COMPUTED, (Reference("aws_thing.x", "id"),))
ARN = Unknown(Cause.COMPUTED, ID.references, parts=("arn:", ID), not_null=True)


@pytest.mark.parametrize("seed", range(8))
def test_what_is_known_holds_whatever_the_unknown_turn_out_to_be(seed: int) -> None:
    found = [soundness.check(random.Random(f"{seed}-{number}")) for number in range(250)]
    assert "\n".join(str(one) for one in found if one) == ""


@pytest.mark.parametrize(
    ("expression", "hidden", "concrete"),
    [
        ("toset([1, local.x, 2])[*]", ID, 2),
        ("length(toset([lower(local.x), upper(local.x)]))", ID, "a"),
        ('{ for v in toset(["a", local.x]) : "k" => v... }', ID, "a"),
        ('{ for v in toset([local.x, local.x]) : "" => 1 }', ID, "a"),
        ('"%{ for v in toset(["b", local.x]) }${v}%{ endfor }"', ID, "a"),
        ('"%{ for v in toset(["b", local.x]) }-%{ endfor }"', ID, "b"),
        ("try({ a = local.x }.a[0], 5)", ARN, "arn:x"),
        ("try([tonumber(local.x)], 5)", ID, "a"),
        ("jsonencode(jsonencode({ a = local.x }))", ID, "a"),
        ("jsonencode(merge({ a = 1 }, local.x))", ID, {"b": 1}),
        ('format("%#v", "a${local.x}")', ID, "b"),
        ("length([local.x]...)", SetValue((ID, "a")), SetValue(("a",))),
        ("max(local.x...)", SetValue((1, ID)), SetValue((1,))),
    ],
)
def test_what_was_once_invented(expression: str, hidden: TerraformValue, concrete: TerraformValue) -> None:
    assert soundness.contradiction(expression, {"x": hidden}, {"x": concrete}) is None


def test_an_error_in_an_arm_that_may_not_count_is_no_error() -> None:
    assert soundness.contradiction("local.x ? [][0] : 1", {"x": ID}, {"x": False}) is None


def test_a_contradiction_is_found() -> None:
    found = soundness.contradiction("local.x", {"x": "a"}, {"x": "b"})
    assert found is not None and "gives 'a'" in str(found)
    assert not soundness.stands_for((1, ID), (2, "x"))
    assert not soundness.stands_for(ARN, "x")
    assert not soundness.stands_for(Unknown(Cause.COMPUTED, length=1), ["a", "b"])
    assert not soundness.stands_for(Unknown(Cause.COMPUTED, partial={"a": 1}), '{"a":2}')
    assert not soundness.stands_for(Unknown(Cause.COMPUTED, partial=["a"], open=True), ("b",))
    assert not soundness.stands_for(Unknown(Cause.COMPUTED, not_null=True), None)
    assert soundness.stands_for(Unknown(Cause.COMPUTED, partial={"a": ID}), '{"a":2}')
