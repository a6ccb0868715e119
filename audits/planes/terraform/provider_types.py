"""Values as the provider's schema types them: what a reference gets is converted, whatever was written."""

from __future__ import annotations

from typing import Any

from audits.planes.terraform.types import ANY, PRIMITIVES, STRING, Collection, ObjectType, Type, convert
from audits.planes.terraform.values import OpenObject, SetValue, TerraformError, TerraformValue
from audits.resource_shapes import Nesting, Shape, shape_of


def apply_types(kind: str, value: OpenObject) -> None:
    """Convert the attributes and blocks of a resource in place, where the provider has its kind."""
    shape = shape_of(kind)
    if shape is not None:
        _apply(shape, value)


def _apply(shape: Shape, value: OpenObject) -> None:
    for name, attribute in value.items():
        nested = shape.blocks.get(name)
        if nested is not None:
            value[name] = _blocks(*nested, attribute)
            continue
        wanted = _type(shape.attributes[name]) if name in shape.attributes else STRING
        if isinstance(wanted, Collection) and isinstance(wanted.element, ObjectType) and _are_blocks(attribute):
            # An attribute of objects that may be written as blocks.
            nesting: Nesting = "set" if wanted.kind == "set" else "list"
            value[name] = _blocks(nesting, Shape(shape.attributes[name][1][1]), attribute)
            continue
        try:
            value[name] = convert(attribute, wanted)
        except TerraformError:
            # The provider would refuse it; what was written is all there is to say.
            continue


def _are_blocks(value: TerraformValue) -> bool:
    return isinstance(value, tuple) and bool(value) and all(isinstance(one, OpenObject) for one in value)


def _blocks(nesting: Nesting, shape: Shape, value: TerraformValue) -> TerraformValue:
    """Blocks with what is in them converted. The order of a set of them rests on what the provider fills in."""
    if not _are_blocks(value):
        return value
    for block in value:
        _apply(shape, block)
    if nesting in ("single", "group"):
        return value[0]
    return SetValue(value) if nesting == "set" and len(value) > 1 else value


def _type(schema: Any) -> Type:
    """A type as ``terraform providers schema -json`` writes it."""
    if isinstance(schema, str):
        return PRIMITIVES.get(schema, ANY)
    kind, inner = schema[0], schema[1]
    if kind in ("list", "set", "map"):
        return Collection(kind, _type(inner))
    if kind == "object":
        return ObjectType({name: _type(type_) for name, type_ in inner.items()}, frozenset(inner))
    return ANY
