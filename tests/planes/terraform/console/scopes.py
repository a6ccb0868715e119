"""A scope for single expressions, as ``terraform console`` has one: locals, functions, no files beside the fixture."""

from __future__ import annotations

from collections.abc import Mapping

from audits.planes.terraform import nodes
from audits.planes.terraform.evaluate import Roots, Scope, Step, evaluate
from audits.planes.terraform.functions import FunctionContext, call
from audits.planes.terraform.nodes import SourceSyntaxError
from audits.planes.terraform.syntax import parse_template
from audits.planes.terraform.values import Exhausted, TerraformError, TerraformValue
from tests.planes.terraform.functions.test_terraform_functions import FIXTURE

MOST_ROUNDS = 100_000


class LocalRoots:
    """``local.name`` for given values, and all functions."""

    def __init__(self, values: Mapping[str, TerraformValue]) -> None:
        self.values = values
        self.rounds = 0

    def reference(self, name: str, steps: list[Step], scope: Scope) -> tuple[TerraformValue, int]:
        """The value of a local."""
        if name == "local" and steps and isinstance(steps[0], nodes.GetAttribute) and steps[0].name in self.values:
            return self.values[steps[0].name], 1
        raise TerraformError(f"there is no {name}")

    def call(self, name: str, arguments: list[TerraformValue]) -> TerraformValue:
        """The result of a function."""
        return call(name, arguments, FunctionContext(FIXTURE, FIXTURE, FIXTURE, self._render))

    def spend(self, rounds: int) -> None:
        """Count them."""
        self.rounds += rounds
        if self.rounds > MOST_ROUNDS:
            raise Exhausted("too many rounds")

    def _render(self, text: str, variables: Mapping[str, TerraformValue], file: str) -> TerraformValue:
        roots: Roots = self
        try:
            return evaluate(parse_template(text), Scope(roots, dict(variables)))
        except SourceSyntaxError as error:
            raise TerraformError(str(error)) from error


def scope_of(values: Mapping[str, TerraformValue]) -> Scope:
    """A scope in which ``local.name`` is ``values["name"]``."""
    return Scope(LocalRoots(values))
