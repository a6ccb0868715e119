"""Evaluates the body of a block: attributes, nested blocks and ``dynamic`` ones, each with its place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from audits.model import Cause, Origin, Unknown
from audits.planes.terraform import nodes
from audits.planes.terraform.access import elements_of
from audits.planes.terraform.evaluate import Scope, evaluate
from audits.planes.terraform.nodes import Attribute, Block, Body
from audits.planes.terraform.values import (
    Exhausted,
    OpenObject,
    Sensitive,
    SetValue,
    TerraformError,
    TerraformValue,
    derive,
    to_model,
    unknowns_in,
    unmark,
)

Report = Callable[[str, int, int, str], None]
"""Called with file, line, column and message of what Terraform would refuse."""

_HEAVIEST = 1_000_000

Place = tuple[str, int, int]


@dataclass(slots=True)
class BodyValue:
    """An evaluated body. A list of blocks is Unknown where it cannot be told how many there are."""

    place: Place
    attributes: dict[str, TerraformValue] = field(default_factory=dict)
    attribute_nodes: dict[str, Attribute] = field(default_factory=dict)
    blocks: dict[str, list[BodyValue] | Unknown] = field(default_factory=dict)
    block_places: dict[str, Place] = field(default_factory=dict)

    def as_object(self, address: str, cause: Cause, path: str = "") -> OpenObject:
        """The body as the value of a reference to it: what is not configured in it is unknown."""
        items = {name: value for name, value in self.attributes.items() if value is not None}
        for name, blocks in self.blocks.items():
            if isinstance(blocks, Unknown):
                items[name] = derive([blocks])
            else:
                inner = f"{path}.{name}" if path else name
                items[name] = tuple(
                    block.as_object(address, cause, f"{inner}[{index}]") for index, block in enumerate(blocks)
                )
        return OpenObject(items, address, cause, path)

    def as_model(self) -> dict[str, Any]:
        """The body in the vocabulary of :mod:`audits.model`: nulls left out, blocks as lists."""
        result = {name: to_model(value) for name, value in self.attributes.items() if value is not None}
        for name, blocks in self.blocks.items():
            result[name] = to_model(blocks) if isinstance(blocks, Unknown) else [block.as_model() for block in blocks]
        return result

    def unknowns(self, names: Iterable[str] | None = None) -> list[Unknown]:
        """Every Unknown in the body and its blocks; ``names`` restricts it to some of its own attributes."""
        own = self.attributes if names is None else [name for name in self.attributes if name in set(names)]
        found = [unknown for name in own for unknown in unknowns_in(self.attributes[name])]
        for blocks in self.blocks.values():
            inner = [blocks] if isinstance(blocks, Unknown) else [one for b in blocks for one in b.unknowns()]
            found.extend(inner)
        return found

    def origins(self, calls: tuple[str, ...], prefix: str = "") -> Iterator[tuple[str, Origin]]:
        """The place of every attribute and block by path."""
        for name, attribute in self.attribute_nodes.items():
            yield from _expression_origins(prefix + name, attribute, calls)
        for name, place in self.block_places.items():
            yield prefix + name, Origin(place[0], place[1], place[2], calls=calls)
        for name, blocks in self.blocks.items():
            if isinstance(blocks, Unknown):
                continue
            for index, block in enumerate(blocks):
                path = f"{prefix}{name}[{index}]"
                yield path, Origin(block.place[0], block.place[1], block.place[2], calls=calls)
                yield from block.origins(calls, path + ".")


def _expression_origins(path: str, attribute: Attribute, calls: tuple[str, ...]) -> Iterator[tuple[str, Origin]]:
    """The attribute's place, and those of the elements of lists and objects that are written out."""
    yield path, Origin(attribute.file, attribute.line, attribute.column, calls=calls)
    pending: list[tuple[str, nodes.Expression]] = [(path, attribute.expression)]
    while pending:
        at, node = pending.pop()
        children: list[tuple[str, nodes.Expression, nodes.Expression]] = []
        if isinstance(node, nodes.Tuple):
            children = [(f"{at}[{index}]", element, element) for index, element in enumerate(node.elements)]
        elif isinstance(node, nodes.Object):
            children = [
                (f"{at}.{key.value}", key, value) for key, value in node.items if isinstance(key, nodes.Literal)
            ]
        for name, where, value in children:
            yield name, Origin(attribute.file, where.line, where.column, calls=calls)
            pending.append((name, value))


def safely(attribute: Attribute, scope: Scope, report: Report) -> TerraformValue:
    """The attribute's value; what Terraform would refuse is reported, and Unknown."""
    return guarded(lambda: evaluate(attribute.expression, scope), attribute, report)


def guarded(compute: Callable[[], TerraformValue], at: Attribute | Block, report: Report) -> TerraformValue:
    """``compute()``; errors are reported at their place in the file of ``at``, and give an Unknown."""
    try:
        value = compute()
        if weight(value) > _HEAVIEST:
            return Unknown(Cause.UNSUPPORTED, detail=f"a value of more than {_HEAVIEST} parts")
        return value
    except Exhausted as error:
        return Unknown(Cause.UNSUPPORTED, detail=str(error))
    except TerraformError as error:
        line, column = getattr(error, "line", at.line), getattr(error, "column", at.column)
        report(at.file, line, column, str(error))
        return Unknown(Cause.INVALID, detail=str(error))
    except RecursionError:
        return Unknown(Cause.UNSUPPORTED, detail="nested too deeply")


def weight(value: TerraformValue) -> int:
    """How many parts a value has; parts that are shared count every time, but are looked at once."""
    known: dict[int, int] = {}

    def count(part: TerraformValue) -> int:
        if isinstance(part, str):
            return 1 + len(part) // 1_000
        if isinstance(part, Unknown):
            return 1 + len(part.parts) + (count(part.partial) if part.partial is not None else 0)
        if not isinstance(part, dict | tuple | list | SetValue | Sensitive):
            return 1
        if id(part) not in known:
            known[id(part)] = 1 + sum(count(child) for child in _children(part))
        return known[id(part)]

    return count(value)


def _children(value: TerraformValue) -> Iterable[TerraformValue]:
    if isinstance(value, dict):
        return value.values()
    if isinstance(value, Sensitive):
        return (value.value,)
    return value.elements if isinstance(value, SetValue) else value


def evaluate_body(
    body: Body, scope: Scope, report: Report, place: Place, skip: frozenset[str] = frozenset()
) -> BodyValue:
    """The body's values; ``skip`` names attributes and blocks that are none of them (``count``, ``lifecycle``)."""
    result = BodyValue(place)
    for name, attribute in body.attributes.items():
        if name not in skip:
            result.attributes[name] = safely(attribute, scope, report)
            result.attribute_nodes[name] = attribute
    for block in body.blocks:
        if block.type in skip:
            continue
        if block.type == "dynamic" and len(block.labels) == 1:
            _dynamic(result, block, scope, report)
        else:
            _append(result, block.type, [_block(block, scope, report)], block)
    return result


def _block(block: Block, scope: Scope, report: Report) -> BodyValue:
    return evaluate_body(block.body, scope, report, (block.file, block.line, block.column))


def _append(result: BodyValue, name: str, added: list[BodyValue], block: Block) -> None:
    result.block_places.setdefault(name, (block.file, block.line, block.column))
    if not added:
        # To Terraform no block is written then: the provider may compute what stands there.
        return
    existing = result.blocks.setdefault(name, [])
    if isinstance(existing, Unknown):
        partial = [*(existing.partial or []), *(value.as_model() for value in added)]
        result.blocks[name] = Unknown(existing.cause, existing.references, existing.detail, partial, open=True)
    else:
        existing.extend(added)


def _dynamic(result: BodyValue, block: Block, scope: Scope, report: Report) -> None:
    name = block.labels[0]
    content = next((inner for inner in block.body.blocks if inner.type == "content"), None)
    for_each = block.body.attributes.get("for_each")
    if content is None or for_each is None:
        report(block.file, block.line, block.column, "a dynamic block needs for_each and content")
        return
    collection, _ = unmark(safely(for_each, scope, report))
    unknown = _undecided(collection, for_each, report)
    if unknown is not None:
        _open(result, name, unknown, block)
        return
    try:
        scope.roots.spend(len(collection.elements if isinstance(collection, SetValue) else collection))
    except Exhausted as error:
        _open(result, name, Unknown(Cause.UNSUPPORTED, detail=str(error)), block)
        return
    iterator = _iterator_name(block, name)
    added = []
    for key, value in elements_of(collection):
        inner = scope.bind(**{iterator: {"key": key, "value": value}})
        added.append(_block(content, inner, report))
    _append(result, name, added, block)


def _undecided(collection: TerraformValue, for_each: Attribute, report: Report) -> Unknown | None:
    """Why it cannot be told how many blocks there are, or None if it can."""
    if isinstance(collection, Unknown):
        return collection
    if isinstance(collection, OpenObject):
        return collection.as_unknown()
    if isinstance(collection, SetValue) and len(collection.elements) > 1:
        unknowns = [unknown for element in collection.elements for unknown in unknowns_in(element)]
        return derive(unknowns) if unknowns else None
    if not isinstance(collection, dict | list | tuple | SetValue):
        message = "cannot use a null or primitive value in for_each"
        report(for_each.file, for_each.line, for_each.column, message)
        return Unknown(Cause.INVALID, detail=message)
    return None


def _open(result: BodyValue, name: str, why: Unknown, block: Block) -> None:
    """The list of blocks becomes Unknown: what is certain is its ``partial``."""
    existing = result.blocks.get(name, [])
    result.block_places.setdefault(name, (block.file, block.line, block.column))
    if isinstance(existing, Unknown):
        result.blocks[name] = derive([existing, why], partial=existing.partial, open=True)
    else:
        partial = [value.as_model() for value in existing]
        result.blocks[name] = derive([why], partial=partial, open=True)


def _iterator_name(block: Block, default: str) -> str:
    attribute = block.body.attributes.get("iterator")
    if attribute is not None and isinstance(attribute.expression, nodes.Name):
        return attribute.expression.name
    return default
