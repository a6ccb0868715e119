"""Input variables: declarations, values from every source in Terraform's order, conversion and validation."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from audits.model import Cause, Origin, Reference, Unknown
from audits.planes.terraform import nodes
from audits.planes.terraform.bodies import guarded, safely
from audits.planes.terraform.configuration import ModuleSource, read_text
from audits.planes.terraform.evaluate import Scope, Step, evaluate
from audits.planes.terraform.nodes import Attribute, Block, Problem, SourceSyntaxError
from audits.planes.terraform.run import Run, parse_or_none
from audits.planes.terraform.types import ANY, BOOL, NUMBER, STRING, Primitive, Type, convert, parse_type
from audits.planes.terraform.values import (
    TerraformError,
    TerraformValue,
    close,
    mark,
    unmark,
    unmark_deep,
)

_PREFIX = "TF_VAR_"


class NoRoots:
    """Where no references and no functions are allowed: in files of values and in defaults."""

    def reference(self, name: str, steps: list[Step], scope: Scope) -> tuple[TerraformValue, int]:
        """Always an error."""
        raise TerraformError(f'references are not allowed here ("{name}")')

    def call(self, name: str, arguments: list[TerraformValue]) -> TerraformValue:
        """Always an error."""
        raise TerraformError(f'function calls are not allowed here ("{name}")')

    def spend(self, rounds: int) -> None:
        """Files of values are small enough."""


CONSTANT = Scope(NoRoots())


@dataclass(frozen=True, slots=True)
class Given:
    """A value given from outside: an expression of a file, or a text that the variable's type tells how to read."""

    expression: nodes.Expression | None
    text: str | None
    origin: Attribute | None
    source: str


def declared_type(block: Block) -> Type:
    """The type constraint of a variable; ``any`` without one. Raises TerraformError for a bad one."""
    attribute = block.body.attributes.get("type")
    return ANY if attribute is None else parse_type(attribute.expression)


def _flag(block: Block, name: str, default: bool) -> bool:
    attribute = block.body.attributes.get(name)
    value = getattr(attribute.expression, "value", default) if attribute else default
    return value if isinstance(value, bool) else default


def is_sensitive(block: Block) -> bool:
    """Whether the variable is declared as sensitive."""
    return _flag(block, "sensitive", False)


def variable_value(
    run: Run, block: Block, given: TerraformValue, is_given: bool, address: str, at: Attribute | None = None
) -> TerraformValue:
    """The value of a variable in a module: what is given or the default, converted to its type, marked.

    ``at`` is the argument of the call that gives it: there Terraform reports a value that does not fit.
    """

    def compute() -> TerraformValue:
        type_ = declared_type(block)
        value = given if is_given else _default(block, address)
        if value is None and is_given and not _flag(block, "nullable", True):
            value = _default(block, address)
        if value is None and not _flag(block, "nullable", True):
            raise TerraformError(f"the variable {block.labels[0]} must not be null")
        try:
            return convert(value, type_)
        except TerraformError as error:
            raise TerraformError(f"invalid value for variable {block.labels[0]}: {error}") from error

    return mark(guarded(compute, at or block, run.report), is_sensitive(block))


def _default(block: Block, address: str) -> TerraformValue:
    attribute = block.body.attributes.get("default")
    if attribute is not None:
        return evaluate(attribute.expression, CONSTANT)
    return Unknown(Cause.VARIABLE, (Reference(address),), sensitive=is_sensitive(block))


def validate(run: Run, block: Block, scope: Scope, calls: tuple[str, ...]) -> None:
    """Report every validation block whose condition is certainly false."""
    for rule in block.body.of_type("validation"):
        condition = rule.body.attributes.get("condition")
        message = rule.body.attributes.get("error_message")
        if condition is None:
            continue
        result, _ = unmark(close(safely(condition, scope, run.report)))
        if result is False or result == "false":
            text = safely(message, scope, run.report) if message else ""
            plain, hidden = unmark_deep(text)
            detail = plain if isinstance(plain, str) and not hidden else "the condition is false"
            origin = Origin(condition.file, condition.line, condition.column, calls=calls)
            run.finding("variable validation failed", f"var.{block.labels[0]}: {detail.strip()}", origin)


def root_values(
    run: Run,
    source: ModuleSource,
    var_files: Sequence[Path],
    variables: Iterable[tuple[str, str]],
    environment: Mapping[str, str],
) -> dict[str, TerraformValue]:
    """The values of the root module's variables that are given, in Terraform's precedence (later wins)."""
    given: dict[str, Given] = {
        name.removeprefix(_PREFIX): Given(None, text, None, f"environment variable {name}")
        for name, text in environment.items()
        if name.startswith(_PREFIX)
    }
    for path in [*_automatic_files(run.root), *var_files]:
        given.update(_from_file(run, path))
    command_line = {name: Given(None, text, None, "--var") for name, text in variables}
    given.update(command_line)
    for name in command_line:
        if name not in source.variables:
            run.finding("undeclared variable", f"a value is given for variable {name}, which is not declared", Origin())
    return {
        name: _read_given(run, source.variables[name], value)
        for name, value in given.items()
        if name in source.variables
    }


def _automatic_files(root: Path) -> list[Path]:
    named = [root / "terraform.tfvars", root / "terraform.tfvars.json"]
    automatic = [*root.glob("*.auto.tfvars"), *root.glob("*.auto.tfvars.json")]
    return [path for path in named if path.is_file()] + sorted(automatic, key=lambda path: path.name)


def _from_file(run: Run, path: Path) -> dict[str, Given]:
    name = run.name_of(path)
    try:
        text = read_text(path)
    except SourceSyntaxError as error:
        run.unreadable_file(Problem(name, error.line, error.column, error.message))
        return {}
    if name.endswith(".json"):
        from audits.planes.terraform.json_syntax import parse_values

        body = _guarded_json(run, name, text, parse_values)
    else:
        body = parse_or_none(run, path, text)
    if body is None:
        return {}
    return {key: Given(attribute.expression, None, attribute, name) for key, attribute in body.attributes.items()}


def _guarded_json(run: Run, name: str, text: str, parse: object) -> nodes.Body | None:
    try:
        body: nodes.Body = parse(text, name)  # type: ignore[operator]
    except SourceSyntaxError as error:
        run.unreadable_file(Problem(name, error.line, error.column, error.message))
        return None
    return body


def _read_given(run: Run, block: Block, given: Given) -> TerraformValue:
    if given.expression is not None and given.origin is not None:
        expression = given.expression
        return guarded(lambda: evaluate(expression, CONSTANT), given.origin, run.report)
    return guarded(lambda: _from_text(block, given.text or "", given.source), block, run.report)


def _from_text(block: Block, text: str, source: str) -> TerraformValue:
    """A value given as text: taken as it is for a primitive type or none, else read as an expression."""
    if "type" not in block.body.attributes or declared_type(block) in (STRING, NUMBER, BOOL):
        return text
    type_ = declared_type(block)
    assert not isinstance(type_, Primitive) or type_ == ANY
    simple = _simple_json(text)
    if simple is not None:
        return simple
    from audits.planes.terraform.syntax import parse_expression

    try:
        return evaluate(parse_expression(text), CONSTANT)
    except SourceSyntaxError as error:
        raise TerraformError(f"{source}: {error.message}") from error


def _simple_json(text: str) -> TerraformValue:
    """A list or object of plain strings in JSON is also HCL: no parser is needed. None for anything else."""
    if "${" in text or "%{" in text or "\\" in text:
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if isinstance(value, list) and all(isinstance(element, str) for element in value):
        return tuple(value)
    if isinstance(value, dict) and all(isinstance(element, str) for element in value.values()):
        return value
    return None
