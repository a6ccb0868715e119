"""The syntax tree of the project's own: frozen nodes, each with the line and column (from 1) where it starts.

The file of an expression is that of the attribute it belongs to: override files mix attributes of several files in
one block.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

Primitive: TypeAlias = bool | int | Decimal | str | None


@dataclass(frozen=True, slots=True)
class Literal:
    """A number, bool, null, or a text without templates in it."""

    line: int
    column: int
    value: Primitive


@dataclass(frozen=True, slots=True)
class Name:
    """The root of a reference: ``var``, ``aws_vpc``, the variable of a ``for``."""

    line: int
    column: int
    name: str


@dataclass(frozen=True, slots=True)
class GetAttribute:
    """``source.name``."""

    line: int
    column: int
    source: Expression
    name: str


@dataclass(frozen=True, slots=True)
class Index:
    """``source[key]``, also ``source.0``."""

    line: int
    column: int
    source: Expression
    key: Expression


@dataclass(frozen=True, slots=True)
class Splat:
    """``source[*]…`` or ``source.*…``: ``each`` is applied to every element, which it knows as :class:`Element`."""

    line: int
    column: int
    source: Expression
    each: Expression


@dataclass(frozen=True, slots=True)
class Element:
    """The element at hand inside of a splat."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Call:
    """``name(arguments…)``; with ``expand`` the last argument is a list of arguments."""

    line: int
    column: int
    name: str
    arguments: tuple[Expression, ...]
    expand: bool = False


@dataclass(frozen=True, slots=True)
class Unary:
    """``-operand`` or ``!operand``."""

    line: int
    column: int
    operator: str
    operand: Expression


@dataclass(frozen=True, slots=True)
class Binary:
    """A chain of operators of one precedence, evaluated from the left: ``first (operator operand)…``."""

    line: int
    column: int
    first: Expression
    rest: tuple[tuple[str, Expression], ...]


@dataclass(frozen=True, slots=True)
class Conditional:
    """``condition ? then : otherwise``."""

    line: int
    column: int
    condition: Expression
    then: Expression
    otherwise: Expression


@dataclass(frozen=True, slots=True)
class Tuple:
    """``[elements…]``."""

    line: int
    column: int
    elements: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Object:
    """``{key = value…}``. A bare word as a key is a :class:`Literal`."""

    line: int
    column: int
    items: tuple[tuple[Expression, Expression], ...]


@dataclass(frozen=True, slots=True)
class For:
    """``[for key, value in collection : result if condition]``; an object if ``result_key`` is there."""

    line: int
    column: int
    key: str
    value: str
    collection: Expression
    result_key: Expression | None
    result: Expression
    condition: Expression | None
    group: bool = False


@dataclass(frozen=True, slots=True)
class Template:
    """A text with parts to evaluate; with ``wrap`` it is exactly one ``${…}`` and keeps that value's type."""

    line: int
    column: int
    parts: tuple[Expression, ...]
    wrap: bool = False


@dataclass(frozen=True, slots=True)
class TemplateIf:
    """``%{ if condition }then%{ else }otherwise%{ endif }``."""

    line: int
    column: int
    condition: Expression
    then: tuple[Expression, ...]
    otherwise: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class TemplateFor:
    """``%{ for key, value in collection }body%{ endfor }``."""

    line: int
    column: int
    key: str
    value: str
    collection: Expression
    body: tuple[Expression, ...]


Expression: TypeAlias = (
    Literal
    | Name
    | GetAttribute
    | Index
    | Splat
    | Element
    | Call
    | Unary
    | Binary
    | Conditional
    | Tuple
    | Object
    | For
    | Template
    | TemplateIf
    | TemplateFor
)

EXPRESSIONS: tuple[type, ...] = (
    Literal,
    Name,
    GetAttribute,
    Index,
    Splat,
    Element,
    Call,
    Unary,
    Binary,
    Conditional,
    Tuple,
    Object,
    For,
    Template,
    TemplateIf,
    TemplateFor,
)


@dataclass(frozen=True, slots=True)
class Attribute:
    """``name = expression`` in a body."""

    file: str
    line: int
    column: int
    name: str
    expression: Expression


@dataclass(frozen=True, slots=True)
class Block:
    """``type "label"… { body }``."""

    file: str
    line: int
    column: int
    type: str
    labels: tuple[str, ...]
    body: Body


@dataclass(frozen=True, slots=True)
class Body:
    """Attributes by name, and blocks in order."""

    attributes: Mapping[str, Attribute]
    blocks: tuple[Block, ...]

    def of_type(self, type_: str) -> tuple[Block, ...]:
        """The blocks of one type."""
        return tuple(block for block in self.blocks if block.type == type_)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in a file, at a place."""

    file: str
    line: int
    column: int
    message: str


EMPTY_BODY = Body({}, ())


class SourceSyntaxError(Exception):
    """A text that is not in the language. ``line`` and ``column`` count from 1."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column
