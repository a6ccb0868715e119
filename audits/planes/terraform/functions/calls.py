"""Calling a function: arity, conversion of the arguments, unknowns and sensitive marks."""

from __future__ import annotations

from collections.abc import Sequence
from unicodedata import normalize

from audits.model import Unknown
from audits.planes.terraform.functions.conversion import convert_argument
from audits.planes.terraform.functions.provider_aws import AWS_FUNCTIONS, call_aws
from audits.planes.terraform.functions.registry import (
    FUNCTIONS,
    Function,
    FunctionContext,
    FunctionError,
    Parameter,
    TypesDifferError,
    Unknowns,
    unsupported,
)
from audits.planes.terraform.types import ANY
from audits.planes.terraform.values import (
    Exhausted,
    Sensitive,
    TerraformError,
    TerraformValue,
    close,
    derive,
    mark,
    unknowns_in,
    unmark,
    unmark_deep,
)

_SCALARS = (str, int, bool, type(None))


def names() -> frozenset[str]:
    """The names of all built-in functions."""
    return frozenset(FUNCTIONS)


def call(name: str, args: Sequence[TerraformValue], context: FunctionContext) -> TerraformValue:
    """The result of a call. Raises FunctionError where Terraform would refuse it.

    A function of a provider other than AWS gives an Unknown; a name that is no function at all raises.
    """
    bare = name.removeprefix("core::")
    if bare in AWS_FUNCTIONS:
        return call_aws(bare, args)
    if bare not in FUNCTIONS:
        if bare.startswith("provider::"):
            return unsupported(f"{bare} needs its provider")
        raise FunctionError(f'there is no function named "{name}"')
    try:
        return _call(FUNCTIONS[bare], args, context)
    except FunctionError as error:
        raise FunctionError(f"{bare}: {error}") from error
    except TerraformError as error:
        raise FunctionError(f"{bare}: {_one_line(error)}") from error
    except ArithmeticError as error:
        raise Exhausted(f"{bare}: a number is too large or too small") from error
    except RecursionError as error:
        raise Exhausted(f"{bare}: the value is nested too deeply") from error


def _call(function: Function, args: Sequence[TerraformValue], context: FunctionContext) -> TerraformValue:
    _check_arity(function, len(args))
    ready: list[TerraformValue] = []
    undecided: list[Unknown] = []
    sensitive = False
    for position, arg in enumerate(args):
        parameter = function.parameter(position)
        value, marked = _prepare(parameter, arg)
        deciding = _deciding_unknowns(parameter, value)
        sensitive = sensitive or marked or (bool(deciding) and isinstance(value, Sensitive))
        undecided.extend(deciding)
        ready.append(value)
    if undecided:
        return mark(derive(undecided, not_null=function.not_null), sensitive)
    return mark(_evaluate(function, ready, context), sensitive)


def _evaluate(function: Function, args: Sequence[TerraformValue], context: FunctionContext) -> TerraformValue:
    try:
        result = function.body(context, *args) if function.context else function.body(*args)
    except TypesDifferError:
        unknown = unknowns_in(args)
        if not unknown:
            raise
        return derive(unknown, not_null=function.not_null)
    return normalize("NFC", result) if isinstance(result, str) and not result.isascii() else result


def _check_arity(function: Function, given: int) -> None:
    wanted = len(function.parameters)
    if given < wanted:
        raise FunctionError(f'not enough arguments: "{function.parameters[given].name}" is missing')
    if given > wanted and function.variadic is None:
        raise FunctionError(f"too many arguments: it takes {wanted}, {given} are given")


def _prepare(parameter: Parameter, arg: TerraformValue) -> tuple[TerraformValue, bool]:
    """The argument as the parameter wants it, and whether marks were taken off it."""
    marked = False
    value = arg if isinstance(arg, _SCALARS) else close(arg)
    if not parameter.marks:
        value, marked = unmark_deep(value) if not isinstance(value, _SCALARS) else (value, False)
        marked = marked or any(unknown.sensitive for unknown in unknowns_in(value))
    if unmark(value)[0] is None and not parameter.null:
        raise FunctionError(f'the value for "{parameter.name}" must not be null')
    if parameter.type != ANY:
        try:
            value = convert_argument(value, parameter.type)
        except TerraformError as error:
            raise FunctionError(f'invalid value for "{parameter.name}": {_one_line(error)}') from error
    return value, marked


def _deciding_unknowns(parameter: Parameter, value: TerraformValue) -> list[Unknown]:
    if parameter.unknown is Unknowns.ALLOWED or isinstance(value, _SCALARS):
        return []
    if parameter.unknown is Unknowns.REFUSED:
        return unknowns_in(value)
    inner = unmark(value)[0]
    return [inner] if isinstance(inner, Unknown) else []


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
