"""The configuration that a plan carries: for every argument what it refers to, but not how it is put together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
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


@dataclass(frozen=True, slots=True)
class Setting:
    """What sets a value. ``node`` is None if nothing does; ``alone`` is whether it is one argument, not any of several.

    ``hidden``: a ``dynamic`` block may have set it, and those are in no plan's configuration.
    """

    node: Any = None
    alone: bool = True
    hidden: bool = False


_HIDDEN = Setting(hidden=True)
_NOTHING = Setting()


def setting_of(expressions: Json, path: Path, length: Callable[[Path], int]) -> Setting:
    """What sets the value at a path of a resource. ``length``: how many elements the planned list at a path has.

    Blocks are matched only where as many are planned as are written: more are made by ``dynamic`` ones. Where there is
    more than one, any of them may be meant: sets are in another order in a plan than in the configuration.
    """
    node: Any = expressions
    for number, step in enumerate(path):
        if number > 0 and isinstance(path[number - 1], str) and is_expression(node):
            return Setting(node)
        last = number == len(path) - 1
        if isinstance(step, int):
            if not isinstance(node, list) or len(node) != length(path[:number]):
                return _HIDDEN
            if len(node) > 1:
                return _any_of(node, path[number + 1 :])
            node = node[0]
        elif isinstance(node, dict) and step in node:
            node = node[step]
        else:
            return _NOTHING if last else _HIDDEN
    return Setting(node, is_expression(node))


def _any_of(blocks: list[Any], path: Path) -> Setting:
    """What sets the value at the path in any of the blocks; what lies in blocks inside these is not told apart."""
    if any(isinstance(step, int) for step in path):
        return _HIDDEN
    found = [setting_of(one, path, lambda _: 0).node for one in blocks if isinstance(one, dict)]
    given = [node for node in found if node is not None]
    return Setting(given, alone=False) if given else _NOTHING
