"""What a built-in function is, and the register of all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from audits.model import Cause, Unknown
from audits.planes.terraform.types import ANY, Type
from audits.planes.terraform.values import TerraformError, TerraformValue

_INT64 = 2**63
RenderTemplate = Callable[[str, Mapping[str, TerraformValue], str], TerraformValue]


class FunctionError(TerraformError):
    """A call that Terraform would refuse. The message is one line."""


class TypesDifferError(FunctionError):
    """Values that should be of one type are not. An unknown among them may yet reconcile them."""


@dataclass(frozen=True, slots=True)
class FunctionContext:
    """What a call may know of its surroundings.

    Relative paths start at ``root_dir``, as in Terraform. Nothing outside ``tree`` is read.
    ``render_template`` gives the value of a template's text with these variables; it gets the file's name too.
    """

    module_dir: Path
    root_dir: Path
    tree: Path
    render_template: RenderTemplate


class Unknowns(Enum):
    """How much of an argument may be unknown without making the result unknown."""

    REFUSED = 0
    """Nothing: any unknown part decides."""
    INSIDE = 1
    """Parts of it, but not the whole."""
    ALLOWED = 2
    """The function itself looks into the matter."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter. With ``marks`` the function sees sensitive marks and answers for them itself."""

    name: str
    type: Type = ANY
    null: bool = False
    unknown: Unknowns = Unknowns.REFUSED
    marks: bool = False


@dataclass(frozen=True, slots=True)
class Function:
    """One built-in function.

    ``body`` gets the converted arguments, after the context if ``context`` is set.
    ``not_null``: Terraform knows that an unknown result is not null.
    """

    name: str
    body: Callable[..., TerraformValue]
    parameters: tuple[Parameter, ...]
    variadic: Parameter | None
    context: bool
    not_null: bool

    def parameter(self, position: int) -> Parameter:
        """The parameter that the argument at this position belongs to (the arity was checked before)."""
        if position < len(self.parameters):
            return self.parameters[position]
        assert self.variadic is not None
        return self.variadic


FUNCTIONS: dict[str, Function] = {}


def function(
    name: str,
    *parameters: Parameter,
    variadic: Parameter | None = None,
    context: bool = False,
    not_null: bool = True,
) -> Callable[[Callable[..., TerraformValue]], Callable[..., TerraformValue]]:
    """Register the decorated function under its Terraform name."""

    def register(body: Callable[..., TerraformValue]) -> Callable[..., TerraformValue]:
        FUNCTIONS[name] = Function(name, body, parameters, variadic, context, not_null)
        return body

    return register


def unsupported(detail: str, **refinements: Any) -> Unknown:
    """The result of a call that needs something which is not here."""
    return Unknown(Cause.UNSUPPORTED, detail=detail, not_null=True, **refinements)


def whole(number: TerraformValue, what: str = "the number", *, any_size: bool = False) -> int:
    """The number as an integer. Raises FunctionError for a fraction, and for one of more than 64 bits."""
    if not isinstance(number, int):
        raise FunctionError(f"{what} must be a whole number")
    if not any_size and not -_INT64 <= number < _INT64:
        raise FunctionError(f"{what} must fit in 64 bits")
    return number


def at_least_one(args: Sequence[TerraformValue]) -> None:
    """Raise FunctionError if there is no argument at all."""
    if not args:
        raise FunctionError("at least one argument is required")
