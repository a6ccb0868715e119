"""Data sources that Terraform reads only while applying: those that wait for a managed resource with changes to make.

Terraform plans no value of a data source that names a managed resource in its own block, that has one behind its
``depends_on``, or that is in a module whose call has one behind its, whatever could be told of it from the source. As
far as the source tells, every resource is still to be made.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

from audits.model import Unknown
from audits.planes.terraform import nodes
from audits.planes.terraform.nodes import Block, Body, Expression

if TYPE_CHECKING:
    from audits.planes.terraform.instance import ModuleInstance

_WITHOUT_RESOURCES = frozenset(["path", "terraform", "each", "count", "self", "ephemeral"])

Name = tuple[str, str, str]
"""The first three names of a reference: ``("data", "aws_region", "current")``, ``("aws_vpc", "this", "id")``."""


def waits_for(instance: ModuleInstance, block: Block) -> str | None:
    """The address of a managed resource that the data source of this block waits for; None if there is none."""
    for name in _names_in(block.body):
        if name[0] not in ("data", "module", "var", "local"):
            found = _managed(instance, name)
            if found is not None:
                return found
    for name in _depends_on(block):
        # A data source has nothing to change: what it waits for itself is not asked.
        found = None if name[0] == "data" else _behind(instance, name, set())
        if found is not None:
            return found
    return _calls_wait_for(instance)


def _calls_wait_for(instance: ModuleInstance) -> str | None:
    """What the calls that lead to a module wait for."""
    if instance.parent is None or instance.call_block is None:
        return None
    seen: set[tuple[str, Name]] = set()
    waits = (_behind(instance.parent, name, seen) for name in _depends_on(instance.call_block))
    return next((found for found in waits if found is not None), None) or _calls_wait_for(instance.parent)


def _managed(instance: ModuleInstance, name: Name) -> str | None:
    """The address of a managed resource, if there is one of that name and the source makes an instance of it."""
    block = instance.source.resources.get(name[:2])
    if block is None:
        return None
    local = f"{name[0]}.{name[1]}"
    expansion = instance.expansion(local, block)
    return instance.absolute(local) if expansion.kind in ("single", "unknown") or expansion.values else None


def _behind(instance: ModuleInstance, name: Name, seen: set[tuple[str, Name]]) -> str | None:
    """A managed resource that a reference leads to, directly or through what it is made of."""
    key = (instance.address, name[:3] if name[0] == "data" else (*name[:2], ""))
    if key in seen or name[0] in _WITHOUT_RESOURCES:
        return None
    seen.add(key)
    found = _managed(instance, name)
    return found if found is not None else _first(_sources(instance, name), seen)


def _first(sources: Iterable[tuple[ModuleInstance, Name]], seen: set[tuple[str, Name]]) -> str | None:
    return next((found for at, name in sources if (found := _behind(at, name, seen)) is not None), None)


def _sources(instance: ModuleInstance, name: Name) -> Iterator[tuple[ModuleInstance, Name]]:
    """The references in what a name stands for, each with the module in which it stands."""
    kind, label, third = name
    if kind == "local" and label in instance.source.locals:
        yield from ((instance, inner) for inner in names_in(instance.source.locals[label].expression))
    elif kind == "var" and instance.parent is not None and instance.call_block is not None:
        argument = instance.call_block.body.attributes.get(label)
        if argument is not None:
            yield from ((instance.parent, inner) for inner in names_in(argument.expression))
    elif kind == "data" and (label, third) in instance.source.data:
        yield from ((instance, inner) for inner in _names_in(instance.source.data[label, third].body))
    elif kind == "module" and label in instance.source.calls:
        yield from ((instance, inner) for inner in _names_in(instance.source.calls[label].body))
        yield from _contents(instance, label)
    elif (kind, label) in instance.source.resources:
        yield from ((instance, inner) for inner in _names_in(instance.source.resources[kind, label].body))


def _contents(instance: ModuleInstance, label: str) -> Iterator[tuple[ModuleInstance, Name]]:
    """All that is in the instances of a module call."""
    from audits.planes.terraform.calls import called

    call = called(instance, label)
    if isinstance(call, Unknown):
        return
    for module in call.modules.values():
        yield from ((module, (kind, name, "")) for kind, name in module.source.resources)
        yield from ((module, ("module", name, "")) for name in module.source.calls)


def _depends_on(block: Block) -> Iterator[Name]:
    attribute = block.body.attributes.get("depends_on")
    if attribute is not None:
        yield from names_in(attribute.expression)


def _names_in(body: Body) -> Iterator[Name]:
    """The references in a body and in all blocks in it, without those that only order it."""
    for name, attribute in body.attributes.items():
        if name not in ("depends_on", "provider", "providers"):
            yield from names_in(attribute.expression)
    for block in body.blocks:
        yield from _names_in(block.body)


def names_in(expression: Expression) -> Iterator[Name]:
    """The references in an expression. A text is one too: ``depends_on`` in JSON is written so."""
    if isinstance(expression, nodes.Tuple):
        for element in expression.elements:
            yield from names_in(element)
        return
    if isinstance(expression, nodes.Literal):
        if isinstance(expression.value, str) and "." in expression.value:
            first, second, third = (*expression.value.split("."), "", "")[:3]
            yield first, second.partition("[")[0], third.partition("[")[0]
        return
    yield from _walk(expression)


def _walk(root: Expression) -> Iterator[Name]:
    pending: list[tuple[Any, tuple[str, ...]]] = [(root, ())]
    while pending:
        node, after = pending.pop()
        if isinstance(node, nodes.GetAttribute):
            pending.append((node.source, (node.name, *after)))
        elif isinstance(node, nodes.Index):
            pending.extend([(node.source, after), (node.key, ())])
        elif isinstance(node, nodes.Name):
            first, second = (*after, "", "")[:2]
            yield node.name, first, second
        elif isinstance(node, nodes.Splat):
            pending.extend([(node.source, ()), (node.each, ())])
        elif isinstance(node, tuple):
            pending.extend((part, ()) for part in node)
        elif is_dataclass(node) and not isinstance(node, type):
            pending.extend((getattr(node, one.name), ()) for one in fields(node))
