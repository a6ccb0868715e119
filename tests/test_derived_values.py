"""What is computed from a reference is not what it refers to, also where there is only that one."""

from __future__ import annotations

from pathlib import Path

import pytest

from audits import kinds, sources
from audits.codec import decode, encode
from audits.sources import Sources
from audits.view import View

SOURCE = """
resource "aws_iam_role" "task" {{
  name               = "task"
  assume_role_policy = "{{}}"
}}
resource "aws_ecs_task_definition" "t" {{
  family                = "api"
  container_definitions = "[]"
  task_role_arn         = {expression}
}}
"""


def resolved(folder: Path, expression: str) -> tuple[bool, bool]:
    """Whether the expression surely names the role, and whether that is open."""
    (folder / "main.tf").write_text(SOURCE.format(expression=expression))
    view = View(sources.read("terraform", Sources(terraform=folder), ()), kinds.registry())
    (task,) = view.resources("aws_ecs_task_definition")
    value = task.attributes["task_role_arn"]
    assert decode(encode(value)) == value
    target = view.resolve(value, "aws_iam_role")
    return target.resource is not None, bool(target.undecided)


@pytest.fixture(autouse=True)
def _no_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDIT_CACHE_DIR", "")


@pytest.mark.parametrize(
    "expression",
    [
        'replace(aws_iam_role.task.arn, "task", "admin")',
        'split("/", aws_iam_role.task.arn)[0]',
        'length(aws_iam_role.task.arn) > 3 ? aws_iam_role.task.arn : "arn:aws:iam::123456789012:role/admin"',
        "upper(aws_iam_role.task.arn)",
    ],
)
def test_what_a_function_makes_of_a_reference_is_untold(tmp_path: Path, expression: str) -> None:
    assert resolved(tmp_path, expression) == (False, True)


@pytest.mark.parametrize(
    "expression",
    [
        "aws_iam_role.task.arn",
        '"${aws_iam_role.task.arn}"',
        "tostring(aws_iam_role.task.arn)",
        "coalesce(null, aws_iam_role.task.arn)",
        "try(aws_iam_role.task.arn, null)",
        "one([aws_iam_role.task.arn])",
        'lookup({ a = aws_iam_role.task.arn }, "a")',
        "true ? aws_iam_role.task.arn : null",
        "[for one in [aws_iam_role.task] : one.arn][0]",
        "(aws_iam_role.task[*].arn)[0]",
    ],
)
def test_what_hands_a_reference_on_is_still_it(tmp_path: Path, expression: str) -> None:
    assert resolved(tmp_path, expression) == (True, False)
