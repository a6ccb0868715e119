"""The configuration that a plan carries: for every argument what it refers to, but not how it is put together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from audits.planes.terraform.saved.overlay import Path
from audits.planes.terraform.saved.shapes import Json, mapping, mappings, text
from audits.planes.terraform.saved.traversals import ModulePath

_EXPRESSION = frozenset({"references", "constant_value"})


@dataclass(frozen=True, slots=True)
class Block:
    """A resource, data source or module call: its arguments, and what says how many there are."""

    expressions: Json
    repetition: Json | None
    provider: str = ""


@dataclass(slots=True)
class Module:
    """A module as it is configured. Resources are named ``aws_x.y`` and ``data.aws_x.y``."""

    resources: dict[str, Block] = field(default_factory=dict)
    calls: dict[str, Block] = field(default_factory=dict)
    outputs: dict[str, Any] = field(default_factory=dict)
    variables: Json = field(default_factory=dict)
    modules: dict[str, Module] = field(default_factory=dict)

    def at(self, path: ModulePath) -> Module | None:
        """The module that these calls lead to."""
        found: Module | None = self
        for name, _ in path:
            found = found.modules.get(name) if found else None
        return found


def read_configuration(plan: Json) -> Module:
    """The root module of a plan's ``configuration``. Raises MalformedError."""
    configuration = mapping(plan, "configuration", "the plan")
    return _module(mapping(configuration, "root_module", "configuration"), "configuration.root_module")


def _module(data: Json, where: str) -> Module:
    module = Module(variables=mapping(data, "variables", where))
    for one, place in mappings(data, "resources", where):
        mode = "data." if one.get("mode") == "data" else ""
        name = f"{mode}{text(one, 'type', place)}.{text(one, 'name', place)}"
        provider = one.get("provider_config_key")
        module.resources[name] = _block(one, place, provider if isinstance(provider, str) else "")
    for name, output in mapping(data, "outputs", where).items():
        module.outputs[name] = output.get("expression") if isinstance(output, dict) else None
    calls = mapping(data, "module_calls", where)
    for name in calls:
        call = mapping(calls, name, f"{where}.module_calls")
        place = f"{where}.module_calls.{name}"
        module.calls[name] = _block(call, place)
        module.modules[name] = _module(mapping(call, "module", place), f"{place}.module")
    return module


def _block(data: Json, where: str, provider: str = "") -> Block:
    repetition = data.get("for_each_expression") or data.get("count_expression")
    return Block(mapping(data, "expressions", where), repetition if isinstance(repetition, dict) else None, provider)


def is_expression(node: Any) -> bool:
    """Whether it is an argument's expression, not a nested block."""
    return isinstance(node, dict) and node.keys() <= _EXPRESSION


def references_in(node: Any) -> Iterator[str]:
    """Every reference in an expression or block, whatever its form."""
    pending = [node]
    while pending:
        one = pending.pop()
        if isinstance(one, list):
            pending.extend(reversed(one))
        elif isinstance(one, dict):
            for name, inner in one.items():
                if name == "references" and isinstance(inner, list):
                    yield from (text for text in inner if isinstance(text, str))
                elif name != "constant_value":
                    pending.append(inner)


def expression_at(expressions: Json, path: Path) -> tuple[Any, bool]:
    """What sets the argument at a path of a resource, and whether it is one argument: else several may have set it.

    None if nothing sets it. Blocks are matched by number only where there is just one: sets of blocks are in another
    order in a plan than in the configuration, and what ``dynamic`` makes is not in the configuration at all.
    """
    node: Any = expressions
    for number, step in enumerate(path):
        if is_expression(node) and number > 0:
            return node, True
        if isinstance(step, int):
            if isinstance(node, list):
                if len(node) > 1:
                    return _below(node, path[number + 1 :]), False
                node = node[0] if node and step == 0 else None
        elif isinstance(node, dict):
            node = node.get(step)
        else:
            node = None
        if node is None:
            return None, True
    return node, is_expression(node)


def _below(blocks: list[Any], path: Path) -> list[Any] | None:
    """What sets the argument at the path in any of the blocks."""
    found = [node for node, _ in (expression_at(one, path) for one in blocks if isinstance(one, dict)) if node]
    return found or None
