"""One instance of a module: what ``var.x``, ``local.x``, resources and calls stand for in it, each evaluated once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from audits.model import Cause, Reference, Unknown
from audits.planes.terraform.bodies import BodyValue, evaluate_body, safely
from audits.planes.terraform.configuration import ModuleSource
from audits.planes.terraform.derived import derived_attributes
from audits.planes.terraform.evaluate import Scope
from audits.planes.terraform.expansion import Expansion, Key, expand
from audits.planes.terraform.json_blocks import body_of
from audits.planes.terraform.nodes import Attribute, Block
from audits.planes.terraform.normal_forms import normalise
from audits.planes.terraform.provider_types import apply_types
from audits.planes.terraform.providers import ProviderSettings, passed_providers, reference_of, settings_of
from audits.planes.terraform.run import Run
from audits.planes.terraform.tags import has_tags, tags_all
from audits.planes.terraform.values import OpenObject, TerraformError, TerraformValue, mark
from audits.planes.terraform.variables import validate, variable_value

META = frozenset(["count", "for_each", "provider", "depends_on", "lifecycle", "provisioner", "connection"])
CALL_META = frozenset(["count", "for_each", "source", "version", "providers", "depends_on"])


@dataclass(slots=True)
class BlockInstance:
    """One instance of a resource or data source."""

    key: Key
    address: str
    kind: str
    block: Block
    body: BodyValue
    why: Unknown | None = None


@dataclass(slots=True)
class ModuleInstance:
    """``address`` is empty for the root; ``inputs`` give the arguments of the call, evaluated where it stands."""

    run: Run
    source: ModuleSource
    address: str = ""
    calls: tuple[str, ...] = ()
    inputs: Mapping[str, Callable[[], TerraformValue]] = field(default_factory=dict)
    parent: ModuleInstance | None = None
    call_block: Block | None = None
    why: Unknown | None = None
    scope: Scope = field(init=False)

    def __post_init__(self) -> None:
        from audits.planes.terraform.roots import ModuleRoots

        self.scope = Scope(ModuleRoots(self))

    def absolute(self, name: str) -> str:
        """An address in this module, from the root."""
        return f"{self.address}.{name}" if self.address else name

    def report(self, file: str, line: int, column: int, message: str) -> None:
        """Report what Terraform would refuse."""
        self.run.report(file, line, column, message)

    def memo(self, name: str, block: Attribute | Block, compute: Callable[[], Any], slot: str = "") -> Any:
        """``compute()``, once; an Unknown with the members if it depends on itself."""
        key = (self.absolute(name), slot)
        return self.run.memo.get(key, compute, lambda members: self.run.cycle(members, block))

    # -- values -------------------------------------------------------------------------------------------------

    def variable(self, name: str) -> TerraformValue:
        """The value of ``var.name``. Raises TerraformError if it is not declared."""
        block = self.source.variables.get(name)
        if block is None:
            raise TerraformError(f'an input variable with the name "{name}" has not been declared')
        address = self.absolute(f"var.{name}")

        def compute() -> TerraformValue:
            given = self.inputs[name]() if name in self.inputs else None
            argument = self.call_block.body.attributes.get(name) if self.call_block is not None else None
            return variable_value(self.run, block, given, name in self.inputs, address, argument)

        return self.memo(f"var.{name}", block, compute)

    def local(self, name: str) -> TerraformValue:
        """The value of ``local.name``. Raises TerraformError if it is not declared."""
        attribute = self.source.locals.get(name)
        if attribute is None:
            raise TerraformError(f'a local value with the name "{name}" has not been declared')
        return self.memo(f"local.{name}", attribute, lambda: safely(attribute, self.scope, self.report))

    def output(self, name: str) -> TerraformValue:
        """The value of an output. Raises TerraformError if it is not declared."""
        block = self.source.outputs.get(name)
        if block is None:
            raise TerraformError(f'this object does not have an attribute named "{name}"')
        value = block.body.attributes.get("value")
        if value is None:
            return None

        def compute() -> TerraformValue:
            flag = block.body.attributes.get("sensitive")
            sensitive = flag is not None and getattr(flag.expression, "value", False) is True
            return mark(safely(value, self.scope, self.report), sensitive)

        return self.memo(f"output.{name}", block, compute)

    def outputs(self) -> dict[str, TerraformValue]:
        """All outputs, as the object that a whole module is."""
        return {name: self.output(name) for name in self.source.outputs}

    def validate_variables(self) -> None:
        """Report values that do not fit their type, used or not, and validations that fail."""
        for name, block in self.source.variables.items():
            self.variable(name)
            validate(self.run, block, self.scope, self.calls)

    # -- resources ----------------------------------------------------------------------------------------------

    def block_of(self, mode: str, kind: str, name: str) -> Block | None:
        """The block of a resource (``mode`` empty) or data source (``data``)."""
        return (self.source.data if mode else self.source.resources).get((kind, name))

    def expansion(self, name: str, block: Block) -> Expansion:
        """How many instances the block has."""
        result = self.memo(name, block, lambda: expand(block, self.scope, self.report), "instances")
        return result if isinstance(result, Expansion) else Expansion("unknown", {}, result)

    def instances(self, mode: str, kind: str, name: str) -> list[BlockInstance] | Unknown:
        """The evaluated instances of a resource or data source; an Unknown if it depends on itself."""
        block = self.block_of(mode, kind, name)
        assert block is not None
        local = f"{mode}.{kind}.{name}" if mode else f"{kind}.{name}"

        def compute() -> list[BlockInstance]:
            expansion = self.expansion(local, block)
            content, place = body_of(block, kind, data=bool(mode)), (block.file, block.line, block.column)
            result = []
            for key, address, scope in expansion.scopes(self.scope, self.absolute(local)):
                body = evaluate_body(content, scope, self.report, place, META)
                if mode:
                    self._complete_data(kind, body, block, address)
                else:
                    normalise(kind, body)
                result.append(BlockInstance(key, address, kind, block, body, expansion.why or self.why))
            return result

        instances: list[BlockInstance] | Unknown = self.memo(local, block, compute)
        return instances

    def _complete_data(self, kind: str, body: BodyValue, block: Block, address: str) -> None:
        from audits.planes.terraform.data import complete, defer
        from audits.planes.terraform.deferral import waits_for

        configured = frozenset(body.attributes)
        complete(kind, body, lambda: self.provider_of(block))
        completed = frozenset(body.attributes) - configured
        if not completed:
            return
        unknowns = body.unknowns(configured)
        awaited = str(next((one for found in unknowns for one in found.references), "what is unknown in it"))
        awaited = awaited if unknowns else waits_for(self, block) or ""
        if awaited:
            defer(body, completed, address, awaited)

    def resource_value(self, mode: str, kind: str, name: str) -> TerraformValue:
        """What a reference to the whole resource stands for: an object, or several by index or key."""
        block = self.block_of(mode, kind, name)
        if block is None:
            what = "data resource" if mode else "managed resource"
            raise TerraformError(f'a {what} "{kind}" "{name}" has not been declared')
        found = self.instances(mode, kind, name)
        if isinstance(found, Unknown):
            return found
        local = f"{mode}.{kind}.{name}" if mode else f"{kind}.{name}"
        expansion = self.expansion(local, block)
        cause = Cause.DATA_SOURCE if mode else Cause.COMPUTED
        if expansion.why is not None:
            reference = Reference(found[0].address)
            return Unknown(expansion.why.cause, (reference,), expansion.why.detail, not_null=True)
        values = {instance.key: self._known_of(self._as_object(instance, cause), instance, cause) for instance in found}
        if expansion.kind == "single":
            return values[None]
        if expansion.kind == "count":
            return tuple(values.values())
        return {str(key): value for key, value in values.items()}

    def _as_object(self, one: BlockInstance, cause: Cause) -> OpenObject:
        """The instance as the value of a reference, with what the provider derives while planning."""
        value = one.body.as_object(one.address, cause)
        if cause is not Cause.COMPUTED:
            return value
        apply_types(one.kind, value)
        for name, derived in derived_attributes(one.kind, one.body, one.address).items():
            value[name] = derived
        tags = tags_all(one.kind, one.body, self.provider_of(one.block), one.address) if has_tags(one.kind) else None
        if tags is not None:
            value["tags_all"] = tags
        return value

    def _known_of(self, value: OpenObject, one: BlockInstance, cause: Cause) -> OpenObject:
        """The value with what a plan of this source knows of it, if there is one."""
        if self.run.knowledge is not None:
            self.run.knowledge.complete(one.address, value)
            if cause is Cause.COMPUTED:
                apply_types(one.kind, value)
        return value

    # -- providers ----------------------------------------------------------------------------------------------

    def provider_of(self, block: Block) -> ProviderSettings:
        """The settings of the provider that a resource or data source uses."""
        default = (block.labels[0].partition("_")[0], "")
        return self.provider(reference_of(block.body.attributes.get("provider")) or default)

    def provider(self, reference: tuple[str, str]) -> ProviderSettings:
        """The settings behind a provider's name and alias in this module."""
        block = self.source.providers.get(reference)
        if block is not None:
            name = f"provider.{reference[0]}.{reference[1]}"
            result = self.memo(name, block, lambda: settings_of(self._provider_body(block)))
            return result if isinstance(result, ProviderSettings) else ProviderSettings(region=result)
        if self.parent is None or self.call_block is None:
            return ProviderSettings()
        passed = passed_providers(self.call_block)
        if reference in passed:
            return self.parent.provider(passed[reference])
        if reference[1]:
            return ProviderSettings()
        return self.parent.provider(reference)

    def _provider_body(self, block: Block) -> BodyValue:
        return evaluate_body(block.body, self.scope, self.report, (block.file, block.line, block.column))
