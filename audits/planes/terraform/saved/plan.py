"""Plans (``terraform show -json``): what an apply will make of the account, with references from the configuration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from audits.model import Cause, Gap, Observation, Resource, Unknown, Value
from audits.planes.terraform.deep_stack import with_deep_stack
from audits.planes.terraform.errors import SourceError
from audits.planes.terraform.knowledge import Knowledge, known_attributes, terraform_value
from audits.planes.terraform.saved.configuration import Block, Module, read_configuration
from audits.planes.terraform.saved.doubts import findings_of, gaps_of
from audits.planes.terraform.saved.listing import MOST_RESOURCES, Saved, listed, made, without_values
from audits.planes.terraform.saved.loading import PLAN, load
from audits.planes.terraform.saved.observing import described, now, observed
from audits.planes.terraform.saved.overlay import Path as ValuePath
from audits.planes.terraform.saved.overlay import attributes
from audits.planes.terraform.saved.places import Places, configured_places, placed
from audits.planes.terraform.saved.policies import POLICY_DOCUMENT, Documents, has_secret
from audits.planes.terraform.saved.references import Instances, Resolver
from audits.planes.terraform.saved.shapes import Json, as_mapping, mapping, mappings, optional_text, text
from audits.planes.terraform.saved.shapes import address as address_of
from audits.planes.terraform.saved.traversals import ModulePath, module_path, without_key
from audits.planes.terraform.saved.types import Shape, shape_of


def read_plan(path: Path) -> Observation:
    """What a plan (``terraform show -json plan.bin``) will make of the account.

    Raises:
        SourceError: there is no such file, or it is no plan in a format that is known.
    """
    return with_deep_stack(lambda: described(path, partial(_observe, path)))


def read_plan_whole(path: Path) -> tuple[Observation, Knowledge]:
    """The same, with what the plan knows for evaluating its source.

    Raises:
        SourceError: as :func:`read_plan`.
    """

    def read() -> tuple[Observation, Knowledge]:
        observation, plan = _read(path)
        return observation, plan.knowledge

    return with_deep_stack(lambda: described(path, read))


def _calls(module: Module, prefix: str) -> Iterator[str]:
    for name, inner in module.modules.items():
        yield f"{prefix}module.{name}"
        yield from _calls(inner, f"{prefix}module.{name}.")


def _observe(path: Path) -> Observation:
    return _read(path)[0]


def _read(path: Path) -> tuple[Observation, Plan]:
    started = now()
    document, _ = load(path, PLAN)
    plan = Plan(document, str(path))
    gaps, findings = gaps_of(document, str(path)), findings_of(document, str(path))
    _ = plan.changes, plan.configuration  # What is not in the right form is refused, also where nothing needs it.
    resources = placed(_resources(plan, gaps), plan.places)
    return observed(path, resources, gaps, findings, started, plan.data_sources), plan


def _resources(plan: Plan, gaps: list[Gap]) -> Iterator[tuple[Resource, str]]:
    for one in plan.managed:
        change = plan.changes.get(one.address)
        # Where every value is unknown, the planned values leave them out, and the change alone says so.
        if one.values is None and (change is None or not isinstance(change.unknown, dict)):
            resource, gap = without_values(one.kind, one.address, plan.file, "plan")
            gaps.append(gap)
        else:
            resource = plan.resource(one, one.values or {})
        yield resource, plan.provider_of(one)


def _own(path: ValuePath) -> Unknown:
    return Unknown(Cause.COMPUTED)


@dataclass(slots=True)
class Change:
    """What ``resource_changes`` says of an instance: what is unknown and sensitive of it afterwards."""

    kind: str
    mode: str
    actions: tuple[str, ...]
    before: Any
    after: Any
    unknown: Any
    sensitive: Any

    @property
    def unchanged(self) -> frozenset[str]:
        """The attributes that stay as they are: the provider may keep them in words other than the configuration's."""
        if not isinstance(self.before, dict) or not isinstance(self.after, dict):
            return frozenset()
        return frozenset(
            name for name, value in self.after.items() if name in self.before and self.before[name] == value
        )


def _length(change: Change | None, path: ValuePath) -> int:
    """How many elements a list has that is planned, as the values and the marks of what is unknown tell."""
    found: list[Any] = [change.after, change.unknown] if change else []
    for step in path:
        found = [one[step] for one in found if _has(one, step)]
    return max((len(one) for one in found if isinstance(one, list)), default=0)


def _has(value: Any, step: str | int) -> bool:
    if isinstance(step, int):
        return isinstance(value, list) and step < len(value)
    return isinstance(value, dict) and step in value


@dataclass
class Plan:
    """A plan's document, indexed. ``file`` is what it is called."""

    document: Json
    file: str
    managed: list[Saved] = field(init=False)

    def __post_init__(self) -> None:
        planned = listed(mapping(self.document, "planned_values", "the plan"), "planned_values")
        self.managed = []
        for one in planned:
            if len(self.managed) >= MOST_RESOURCES:
                raise SourceError(f"holds more than {MOST_RESOURCES} resources")
            if one.mode == "managed":
                self.managed.append(one)

    @cached_property
    def changes(self) -> Mapping[str, Change]:
        """The changes by address; those of what is left of earlier objects (deposed) are none of the address."""
        found: dict[str, Change] = {}
        for one, where in mappings(self.document, "resource_changes", "the plan"):
            if one.get("deposed") is not None:
                continue
            change = mapping(one, "change", where)
            actions = change.get("actions")
            found[address_of(one, where)] = Change(
                optional_text(one, "type", where) or "",
                "managed" if one.get("mode") is None else text(one, "mode", where),
                tuple(action for action in actions if isinstance(action, str)) if isinstance(actions, list) else (),
                change.get("before"),
                change.get("after"),
                change.get("after_unknown"),
                change.get("after_sensitive"),
            )
        return found

    @cached_property
    def configuration(self) -> Module:
        """The configuration that the plan was made of."""
        return read_configuration(self.document)

    @cached_property
    def data_sources(self) -> list[Resource]:
        """What data sources name, as far as it was read; of those that are read while applying, what they ask for."""
        found = []
        for one in self._data:
            read = attributes(one.values or {}, None, one.sensitive, _own)
            found.append(made(one.kind, one.address, read, self.file))
        for address, change in self.changes.items():
            if change.mode == "data":
                asked = attributes(as_mapping(change.after or {}, address), change.unknown, change.sensitive, _own)
                found.append(made(change.kind, address, asked, self.file))
        return found

    @cached_property
    def places(self) -> Places:
        """Where each provider configuration works, as it says itself, or as who asked with it was told."""
        found = configured_places(self.document)
        for one in self._data:
            account, region = found.get(self.provider_of(one), (None, None))
            if one.kind == "aws_caller_identity" and account is None:
                told = (one.values or {}).get("account_id")
                found[self.provider_of(one)] = (told if isinstance(told, str) else None, region)
        return found

    def provider_of(self, one: Saved) -> str:
        """The provider configuration that a resource is made with, as the configuration names it."""
        block = self._block(module_path(one.module), one.local)
        return block.provider if block else ""

    @cached_property
    def resolver(self) -> Resolver:
        """Follows what unknown values refer to."""
        marks: dict[str, Any] = {}
        for one in self._data:
            marks[one.address] = {}
        for one in self.managed:
            change = self.changes.get(one.address)
            unknown = change.unknown if change else None
            marks[one.address] = True if one.values is None and unknown is None else unknown
        reads = {address: one for address, one in self.changes.items() if one.mode == "data"}
        marks |= {address: one.unknown for address, one in reads.items()}
        documents = frozenset(address for address, one in reads.items() if one.kind == POLICY_DOCUMENT)
        return Resolver(self.configuration, Instances(marks), Documents(self._arguments, documents))

    @cached_property
    def knowledge(self) -> Knowledge:
        """What an evaluation of the source may take from the plan."""
        given = mapping(self.document, "variables", "the plan")
        variables = {name: terraform_value(one.get("value")) for name, one in given.items() if isinstance(one, dict)}
        values = {}
        for one in self._data:
            read = one.values or {}
            values[one.address] = known_attributes(attributes(read, None, one.sensitive, _own), read)
        for address, change in self.changes.items():
            if "delete" in change.actions and "create" not in change.actions:
                continue
            after = as_mapping(change.after or {}, address)
            laid = attributes(after, change.unknown, change.sensitive, _own)
            values[address] = known_attributes(laid, after)
        unchanged = {address: change.unchanged for address, change in self.changes.items()}
        return Knowledge(variables, values, frozenset(_calls(self.configuration, "")), unchanged)

    @cached_property
    def _data(self) -> list[Saved]:
        """The data sources that were read while planning."""
        values = mapping(mapping(self.document, "prior_state", "the plan"), "values", "prior_state")
        return [one for one in listed(values, "prior_state.values") if one.mode == "data"]

    def _arguments(self, address: str) -> dict[str, Value] | None:
        """The arguments of a data source that is read while applying, None if any of them is secret."""
        change = self.changes[address]
        base = without_key(address)
        steps = base.split(".")
        values = attributes(
            as_mapping(change.after or {}, address),
            change.unknown,
            change.sensitive,
            partial(self._unknown, change, address, "", module_path(".".join(steps[:-3])), ".".join(steps[-3:])),
        )
        return None if has_secret(values) else values

    def _unknown(
        self, change: Change | None, address: str, kind: str, module: ModulePath, name: str, path: ValuePath
    ) -> Unknown:
        shape = shape_of(kind, path) if kind else Shape(blocks=len(path) == 1)
        length = partial(_length, change)
        return self.resolver.unknown(address, module, name, path, shape=shape, length=length)

    def resource(self, one: Saved, values: Json) -> Resource:
        """A planned instance, with its unknown values."""
        change = self.changes.get(one.address)
        module, name = module_path(one.module), one.local
        unknown_at = partial(self._unknown, change, one.address, one.kind, module, name)
        unknown, sensitive = (change.unknown, change.sensitive) if change else (None, None)
        found = attributes(attributes(values, unknown, one.sensitive, unknown_at), None, sensitive, unknown_at)
        block = self._block(module, name)
        # Dynamic blocks are not in a plan's configuration: what may be one is not surely computed.
        configured = block.expressions if block else dict.fromkeys(found)
        computed = tuple(n for n in found if n not in configured and not shape_of(one.kind, (n,)).blocks)
        return made(one.kind, one.address, found, self.file, computed)

    def _block(self, module: ModulePath, name: str) -> Block | None:
        found = self.configuration.at(module)
        return found.resources.get(name) if found else None
