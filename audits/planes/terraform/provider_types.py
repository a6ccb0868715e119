"""Values as the provider's schema types them: what a reference gets is converted, whatever was written."""

from __future__ import annotations

from functools import cache
from typing import Any

from audits import provider_schema
from audits.planes.terraform.types import ANY, PRIMITIVES, Collection, ObjectType, Type, convert
from audits.planes.terraform.values import OpenObject, TerraformError


def apply_types(kind: str, value: OpenObject) -> None:
    """Convert the attributes of a resource in place, where the schema of its kind is known."""
    types = _attribute_types(kind)
    for name, attribute in value.items():
        wanted = types.get(name)
        if wanted is not None:
            try:
                value[name] = convert(attribute, wanted)
            except TerraformError:
                # The provider would refuse it; what was written is all there is to say.
                continue


@cache
def _attribute_types(kind: str) -> dict[str, Type]:
    try:
        block = provider_schema.block_of(kind)
    except (OSError, ValueError):
        return {}
    return {} if block is None else {name: _type(body["type"]) for name, body in block["attributes"].items()}


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
