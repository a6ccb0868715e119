"""Nested blocks in ``.tf.json``: only the provider's schema tells them from attributes that are objects."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from audits.planes.terraform import nodes
from audits.planes.terraform.nodes import Attribute, Block, Body
from audits.resource_shapes import Shape, shape_of

_STATEMENT = Shape(
    blocks={"condition": ("set", Shape()), "principals": ("set", Shape()), "not_principals": ("set", Shape())},
)
_DATA = {"aws_iam_policy_document": Shape(blocks={"statement": ("list", _STATEMENT)})}


def body_of(block: Block, kind: str, *, data: bool) -> Body:
    """The body of a resource or data source; attributes in JSON that are blocks to the provider are made blocks."""
    shape = _DATA.get(kind) if data else shape_of(kind) if _in_json(block.body) else None
    return block.body if shape is None else with_blocks(block.body, shape)


def _in_json(body: Body) -> bool:
    return any(attribute.file.endswith(".json") for attribute in body.attributes.values()) or any(
        block.file.endswith(".json") for block in body.blocks
    )


def with_blocks(body: Body, shape: Shape) -> Body:
    """The body, where what the shape calls a block is one."""
    attributes, blocks = {}, [_inner(block, shape) for block in body.blocks]
    for name, attribute in body.attributes.items():
        found = _as_blocks(attribute, shape.blocks[name][1]) if _may_be_block(attribute, shape) else None
        if found is None:
            attributes[name] = attribute
        else:
            blocks.extend(found)
    return Body(attributes, tuple(blocks))


def _may_be_block(attribute: Attribute, shape: Shape) -> bool:
    return attribute.name in shape.blocks and attribute.file.endswith(".json")


def _inner(block: Block, shape: Shape) -> Block:
    """A block that stands there as one already, or the content of a dynamic one."""
    if block.type == "dynamic" and block.labels and block.labels[0] in shape.blocks:
        inner = shape.blocks[block.labels[0]][1]
        contents = (
            replace(one, body=with_blocks(one.body, inner)) if one.type == "content" else one
            for one in block.body.blocks
        )
        return replace(block, body=replace(block.body, blocks=tuple(contents)))
    if block.type in shape.blocks:
        return replace(block, body=with_blocks(block.body, shape.blocks[block.type][1]))
    return block


def _as_blocks(attribute: Attribute, shape: Shape) -> list[Block] | None:
    """The blocks that an object, or a list of objects, says; None for anything else (a template, null)."""
    expression = attribute.expression
    if isinstance(expression, nodes.Object):
        return [_block(attribute, expression, (attribute.line, attribute.column), shape)]
    if not isinstance(expression, nodes.Tuple):
        return None
    if not all(isinstance(element, nodes.Object) for element in expression.elements):
        return None
    return [
        _block(attribute, element, (element.line, element.column), shape)
        for element in expression.elements
        if isinstance(element, nodes.Object)
    ]


def _block(attribute: Attribute, value: nodes.Object, place: tuple[int, int], shape: Shape) -> Block:
    attributes = dict(_attributes(attribute.file, value))
    dynamic = attributes.pop("dynamic", None)
    body = Body(attributes, tuple(_dynamic(dynamic)) if dynamic else ())
    return Block(attribute.file, *place, attribute.name, (), with_blocks(body, shape))


def _attributes(file: str, value: nodes.Object) -> Iterator[tuple[str, Attribute]]:
    for key, inner in value.items:
        if isinstance(key, nodes.Literal) and isinstance(key.value, str) and key.value != "//":
            yield key.value, Attribute(file, key.line, key.column, key.value, inner)


def _dynamic(attribute: Attribute) -> Iterator[Block]:
    """The dynamic blocks in a nested block."""
    labelled = attribute.expression
    for element in labelled.elements if isinstance(labelled, nodes.Tuple) else (labelled,):
        if not isinstance(element, nodes.Object):
            continue
        for name, one in _attributes(attribute.file, element):
            if isinstance(one.expression, nodes.Object):
                inner = dict(_attributes(attribute.file, one.expression))
                content = _as_blocks(inner.pop("content"), Shape()) if "content" in inner else None
                body = Body(inner, tuple(content or ()))
                yield Block(one.file, one.line, one.column, "dynamic", (name,), body)
