"""Templates in files: the text of a ``templatefile`` with its variables."""

from __future__ import annotations

from collections.abc import Mapping

from audits.planes.terraform.evaluate import Roots, Scope, Step, evaluate
from audits.planes.terraform.nodes import SourceSyntaxError
from audits.planes.terraform.run import Run
from audits.planes.terraform.values import TerraformError, TerraformValue


class TemplateRoots:
    """In a template file only its variables are known; functions are those of the module."""

    def __init__(self, roots: Roots) -> None:
        self.roots = roots

    def reference(self, name: str, steps: list[Step], scope: Scope) -> tuple[TerraformValue, int]:
        """Always an error: the variables are bound in the scope."""
        raise TerraformError(f'vars map does not contain key "{name}"')

    def call(self, name: str, arguments: list[TerraformValue]) -> TerraformValue:
        """The result of a function; templates do not render templates."""
        if name in ("templatefile", "templatestring"):
            raise TerraformError(f"cannot call {name} from inside a template")
        return self.roots.call(name, arguments)

    def spend(self, rounds: int) -> None:
        """The module pays."""
        self.roots.spend(rounds)


def render_template(
    run: Run, roots: Roots, text: str, variables: Mapping[str, TerraformValue], file: str
) -> TerraformValue:
    """The value of a template's text. Raises TerraformError, with the place in the file."""
    try:
        return evaluate(run.template(text, file), Scope(TemplateRoots(roots), dict(variables)))
    except SourceSyntaxError as error:
        raise TerraformError(f"{file}:{error.line}: {error.message}") from error
    except TerraformError as error:
        line = getattr(error, "line", None)
        raise TerraformError(f"{file}:{line}: {error}" if line else f"{file}: {error}") from error
