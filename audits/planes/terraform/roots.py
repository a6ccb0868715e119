"""What the names at the root of references stand for in a module instance, and how it calls functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audits.model import Cause, Reference, Unknown
from audits.planes.terraform import nodes
from audits.planes.terraform.calls import Called, called, missing_value
from audits.planes.terraform.evaluate import Scope, Step, evaluate
from audits.planes.terraform.expansion import Key
from audits.planes.terraform.types import NUMBER, STRING, convert
from audits.planes.terraform.values import TerraformError, TerraformValue, close, unmark

if TYPE_CHECKING:
    from audits.planes.terraform.functions import FunctionContext
    from audits.planes.terraform.instance import ModuleInstance


class ModuleRoots:
    """Implements :class:`audits.planes.terraform.evaluate.Roots` for one module instance."""

    def __init__(self, instance: ModuleInstance) -> None:
        self.instance = instance
        self._context: FunctionContext | None = None

    def call(self, name: str, arguments: list[TerraformValue]) -> TerraformValue:
        """The result of a function."""
        from audits.planes.terraform.functions import call

        if self._context is None:
            self._context = self._make_context()
        return call(name, arguments, self._context)

    def spend(self, rounds: int) -> None:
        """Account for rounds of a loop in the whole run."""
        self.instance.run.spend(rounds)

    def _make_context(self) -> FunctionContext:
        from audits.planes.terraform.functions import FunctionContext
        from audits.planes.terraform.rendering import render_template

        run = self.instance.run
        return FunctionContext(
            module_dir=self.instance.source.directory,
            root_dir=run.root,
            tree=run.tree,
            render_template=lambda text, variables, file: render_template(run, self, text, variables, file),
        )

    def reference(self, name: str, steps: list[Step], scope: Scope) -> tuple[TerraformValue, int]:
        """The value of a name with the first of the steps after it, and how many of these were used."""
        first = _attribute(steps, 0)
        if name in ("var", "local", "module", "path", "terraform"):
            if first is None:
                raise TerraformError(f'the "{name}" object cannot be accessed directly')
            return self._named(name, first, steps, scope)
        if name == "data":
            second = _attribute(steps, 1)
            if first is None or second is None:
                raise TerraformError('"data" must be followed by a resource type and a name')
            return self.instance.resource_value("data", first, second), 2
        if name in ("each", "count"):
            wanted = "for_each" if name == "each" else "count"
            raise TerraformError(f'"{name}" can be used only where "{wanted}" is set')
        if name == "self":
            return Unknown(Cause.UNSUPPORTED, detail="self"), 0
        if name == "ephemeral":
            return Unknown(Cause.UNSUPPORTED, detail="ephemeral resources have no value in a plan"), len(steps)
        if first is None:
            raise TerraformError(f'"{name}" is no known name: a reference to a resource names its type and name')
        return self.instance.resource_value("", name, first), 1

    def _named(self, name: str, first: str, steps: list[Step], scope: Scope) -> tuple[TerraformValue, int]:
        if name == "var":
            return self.instance.variable(first), 1
        if name == "local":
            return self.instance.local(first), 1
        if name == "path":
            return self._path(first), 1
        if name == "terraform":
            if first != "workspace":
                raise TerraformError(f'the "terraform" object has no attribute named "{first}"')
            return self.instance.run.workspace, 1
        return self._module(first, steps, scope)

    def _path(self, name: str) -> TerraformValue:
        if name == "module":
            return self.instance.run.name_of(self.instance.source.directory)
        if name == "root":
            return "."
        if name == "cwd":
            return Unknown(Cause.UNSUPPORTED, (Reference("path.cwd"),), "depends on the machine", not_null=True)
        raise TerraformError(f'the "path" object has no attribute named "{name}"')

    # -- modules ------------------------------------------------------------------------------------------------

    def _module(self, name: str, steps: list[Step], scope: Scope) -> tuple[TerraformValue, int]:
        """``module.name…``: only the output that is asked for is evaluated, others may depend on this very value."""
        call = called(self.instance, name)
        if isinstance(call, Unknown):
            return call, 1
        if call.missing:
            return missing_value(call), 1
        if call.expansion.kind in ("single", "unknown"):
            return self._only_module(call, steps)
        if len(steps) > 1 and isinstance(steps[1], nodes.Index):
            key, sensitive = unmark(close(evaluate(steps[1].key, scope)))
            output = _attribute(steps, 2)
            module = _pick(call, key)
            if module is not None and output is not None and not sensitive:
                return module.output(output), 3
        return self._all_modules(call), 1

    def _only_module(self, call: Called, steps: list[Step]) -> tuple[TerraformValue, int]:
        module = next(iter(call.modules.values()))
        output = _attribute(steps, 1)
        if call.expansion.why is not None:
            why = call.expansion.why
            return Unknown(why.cause, (Reference(module.address),), why.detail, not_null=True), 1
        if output is not None:
            return module.output(output), 2
        return module.outputs(), 1

    def _all_modules(self, call: Called) -> TerraformValue:
        values = {key: module.outputs() for key, module in call.modules.items()}
        if call.expansion.kind == "count":
            return tuple(values.values())
        return {str(key): value for key, value in values.items()}


def _attribute(steps: list[Step], at: int) -> str | None:
    """The name of the step at this position, if it is one of an attribute (``x["y"]`` with plain text counts)."""
    if at >= len(steps):
        return None
    step = steps[at]
    if isinstance(step, nodes.GetAttribute):
        return step.name
    if isinstance(step.key, nodes.Literal) and isinstance(step.key.value, str):
        return step.key.value
    return None


def _pick(call: Called, key: TerraformValue) -> ModuleInstance | None:
    """The module instance with this key; None if it cannot be told, or there is none."""
    if isinstance(key, Unknown) or key is None:
        return None
    try:
        wanted: Key = convert(key, NUMBER if call.expansion.kind == "count" else STRING)
    except TerraformError:
        return None
    return call.modules.get(wanted)
