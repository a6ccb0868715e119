"""Bodies as JSON text and back: what the cache of parsed files keeps.

A node is a list that starts with its tag, a tuple is one that starts with -1, a Decimal with -2. Files are left out:
they are those of the reading that asks.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields
from decimal import Decimal
from typing import Any

from audits.planes.terraform import nodes
from audits.planes.terraform.nodes import Attribute, Block, Body, Expression

_TAGS: dict[type, int] = {type_: index for index, type_ in enumerate(nodes.EXPRESSIONS)}
_NAMES: dict[type, tuple[str, ...]] = {type_: tuple(item.name for item in fields(type_)) for type_ in nodes.EXPRESSIONS}


class CodecError(ValueError):
    """Data that :func:`dumps` did not make."""


def dumps(body: Body) -> bytes:
    """The body as JSON text. Raises ValueError or RecursionError if it cannot be written."""
    return json.dumps(_body(body), separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")


def loads(data: bytes, file: str) -> Body:
    """The body that :func:`dumps` wrote, its places in ``file``.

    Raises:
        CodecError: it is not what that writes. Every part is checked: the type of each field, and that no more is
            there than belongs there.
    """
    try:
        return _Decoder(file).body(json.loads(data.decode("utf-8", "surrogatepass")))
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, ArithmeticError, RecursionError) as error:
        raise CodecError(f"not a parsed file: {error}") from error


def _body(body: Body) -> list[Any]:
    return [
        [[a.line, a.column, a.name, _encode(a.expression)] for a in body.attributes.values()],
        [[b.line, b.column, b.type, b.labels, _body(b.body)] for b in body.blocks],
    ]


def _encode(value: Any) -> Any:
    tag = _TAGS.get(type(value))
    if tag is not None:
        return [tag, *(_encode(getattr(value, name)) for name in _NAMES[type(value)])]
    if isinstance(value, tuple):
        return [-1, *(_encode(element) for element in value)]
    if isinstance(value, Decimal):
        return [-2, str(value)]
    return value


class _Decoder:
    def __init__(self, file: str) -> None:
        self.file = file

    def body(self, data: Any) -> Body:
        """The body; raises ValueError or TypeError if the data is not what :func:`_body` made."""
        attributes, blocks = data
        return Body(
            {
                name: Attribute(self.file, _number(line), _number(column), _text(name), _node(expression))
                for line, column, name, expression in attributes
            },
            tuple([self.block(*block) for block in blocks]),
        )

    def block(self, line: Any, column: Any, kind: Any, labels: Any, body: Any) -> Block:
        """One block of a body."""
        names = tuple([_text(label) for label in labels])
        return Block(self.file, _number(line), _number(column), _text(kind), names, self.body(body))


def _text(value: Any) -> str:
    if type(value) is not str:
        raise ValueError("not a text")
    return value


def _number(value: Any) -> int:
    if type(value) is not int:
        raise ValueError("not a number")
    return value


def _flag(value: Any) -> bool:
    if type(value) is not bool:
        raise ValueError("not a bool")
    return value


def _primitive(value: Any) -> nodes.Primitive:
    if type(value) is list:
        tag, text = value
        if tag != -2:
            raise ValueError("not a decimal")
        number = Decimal(_text(text))
        if not number.is_finite():
            raise ValueError("not a number")
        return number
    if value is not None and type(value) not in (str, int, bool):
        raise ValueError("not a primitive")
    primitive: nodes.Primitive = value
    return primitive


def _optional(data: Any) -> Expression | None:
    return None if data is None else _node(data)


def _many(data: Any) -> tuple[Expression, ...]:
    if data[0] != -1:
        raise ValueError("not a tuple")
    return tuple([_node(element) for element in data[1:]])


def _pairs(data: Any) -> tuple[tuple[Expression, Expression], ...]:
    if data[0] != -1:
        raise ValueError("not a tuple")
    return tuple([(_node(key), _node(value)) for _, key, value in data[1:]])


def _operations(data: Any) -> tuple[tuple[str, Expression], ...]:
    if data[0] != -1:
        raise ValueError("not a tuple")
    return tuple([(_text(operator), _node(operand)) for _, operator, operand in data[1:]])


def _node(data: Any) -> Expression:
    tag, line, column, *values = data
    if type(tag) is not int or tag < 0:
        raise ValueError("not an expression")
    type_, readers = _BY_TAG[tag]
    if len(readers) != len(values):
        raise ValueError("not an expression")
    made: Expression = type_(
        _number(line), _number(column), *[read(value) for read, value in zip(readers, values, strict=True)]
    )
    return made


_READERS: dict[type, tuple[Callable[[Any], Any], ...]] = {
    nodes.Literal: (_primitive,),
    nodes.Name: (_text,),
    nodes.GetAttribute: (_node, _text),
    nodes.Index: (_node, _node),
    nodes.Splat: (_node, _node),
    nodes.Element: (),
    nodes.Call: (_text, _many, _flag),
    nodes.Unary: (_text, _node),
    nodes.Binary: (_node, _operations),
    nodes.Conditional: (_node,) * 3,
    nodes.Tuple: (_many,),
    nodes.Object: (_pairs,),
    nodes.For: (_text, _text, _node, _optional, _node, _optional, _flag),
    nodes.Template: (_many, _flag),
    nodes.TemplateIf: (_node, _many, _many),
    nodes.TemplateFor: (_text, _text, _node, _many),
}
_BY_TAG = [(type_, _READERS[type_]) for type_ in nodes.EXPRESSIONS]
