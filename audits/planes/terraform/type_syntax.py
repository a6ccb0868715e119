"""Reads type constraints from expressions of the syntax tree."""

from __future__ import annotations

from audits.planes.terraform import nodes
from audits.planes.terraform.nodes import Expression, SourceSyntaxError
from audits.planes.terraform.types import (
    ANY,
    PRIMITIVES,
    Collection,
    ObjectType,
    TupleType,
    Type,
    convert,
)
from audits.planes.terraform.values import TerraformError, TerraformValue

_LEGACY = {"list": Collection("list", ANY), "map": Collection("map", ANY), "set": Collection("set", ANY)}


def type_from_text(text: str) -> Type:
    """The type that a text states. Raises TerraformError."""
    from audits.planes.terraform.syntax import parse_expression

    if text in PRIMITIVES:
        return PRIMITIVES[text]
    try:
        return type_from_expression(parse_expression(text))
    except SourceSyntaxError as error:
        raise TerraformError(f"invalid type: {error.message}") from error


def type_from_expression(node: Expression) -> Type:
    """The type that an expression states. Raises TerraformError."""
    name = _keyword(node)
    if name is not None:
        if name in PRIMITIVES:
            return PRIMITIVES[name]
        if name in _LEGACY:
            return _LEGACY[name]
        raise TerraformError(f'"{name}" is no valid type')
    if not isinstance(node, nodes.Call):
        raise TerraformError("a type is a keyword or a call of a type constructor")
    if len(node.arguments) != 1:
        raise TerraformError(f"the {node.name} type constructor takes one argument")
    argument = node.arguments[0]
    if node.name in ("list", "set", "map"):
        return Collection(node.name, type_from_expression(argument))
    if node.name == "tuple" and isinstance(argument, nodes.Tuple):
        return TupleType(tuple(type_from_expression(element) for element in argument.elements))
    if node.name == "object" and isinstance(argument, nodes.Object):
        return _object(argument)
    if node.name == "optional":
        raise TerraformError("optional() is allowed for the attributes of an object type only")
    raise TerraformError(f"invalid {node.name} type")


def _keyword(node: Expression) -> str | None:
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Literal) and isinstance(node.value, str):
        return node.value
    return None


def _object(node: nodes.Object) -> ObjectType:
    attributes: dict[str, Type] = {}
    optional: set[str] = set()
    defaults: dict[str, TerraformValue] = {}
    for key, value in node.items:
        name = _keyword(key)
        if name is None:
            raise TerraformError("the attributes of an object type need plain names")
        if isinstance(value, nodes.Call) and value.name == "optional":
            optional.add(name)
            attributes[name] = _optional(name, value, defaults)
        else:
            attributes[name] = type_from_expression(value)
    return ObjectType(attributes, frozenset(optional), defaults)


def _optional(name: str, call: nodes.Call, defaults: dict[str, TerraformValue]) -> Type:
    from audits.planes.terraform.evaluate import evaluate
    from audits.planes.terraform.variables import CONSTANT

    if not 1 <= len(call.arguments) <= 2:
        raise TerraformError("optional() takes a type and perhaps a default")
    type_ = type_from_expression(call.arguments[0])
    if len(call.arguments) == 2:
        defaults[name] = convert(evaluate(call.arguments[1], CONSTANT), type_)
    return type_
