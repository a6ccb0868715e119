"""Plans (``terraform show -json``): what an apply will make of the account, with references from the configuration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from audits.model import Gap, Observation, Resource, Unknown, Value
from audits.planes.terraform.deep_stack import with_deep_stack
from audits.planes.terraform.errors import SourceError
from audits.planes.terraform.saved.configuration import Module, read_configuration
from audits.planes.terraform.saved.doubts import findings_of, gaps_of
from audits.planes.terraform.saved.listing import MOST_RESOURCES, Saved, listed, made, without_values
from audits.planes.terraform.saved.loading import PLAN, load
from audits.planes.terraform.saved.observing import described, now, observed
from audits.planes.terraform.saved.overlay import Path as ValuePath
from audits.planes.terraform.saved.overlay import overlay
from audits.planes.terraform.saved.policies import POLICY_DOCUMENT, Documents, has_secret
from audits.planes.terraform.saved.references import Instances, Resolver
from audits.planes.terraform.saved.shapes import Json, as_mapping, mapping, mappings, optional_text, text
from audits.planes.terraform.saved.traversals import ModulePath, module_path, without_key
from audits.planes.terraform.saved.types import shape_of


def read_plan(path: Path) -> Observation:
    """What a plan (``terraform show -json plan.bin``) will make of the account.

    Raises:
        SourceError: there is no such file, or it is no plan in a format that is known.
    """
    return with_deep_stack(lambda: described(path, partial(_observe, path)))


def _observe(path: Path) -> Observation:
    started = now()
    document, _ = load(path, PLAN)
    plan = Plan(document, str(path))
    gaps, findings = gaps_of(document, str(path)), findings_of(document, str(path))
    _ = plan.changes, plan.configuration  # What is not in the right form is refused, also where nothing needs it.
    resources = tuple(_resources(plan, gaps))
    return observed(path, resources, gaps, findings, started)


def _resources(plan: Plan, gaps: list[Gap]) -> Iterator[Resource]:
    for one in plan.managed:
        change = plan.changes.get(one.address)
        # Where every value is unknown, the planned values leave them out, and the change alone says so.
        if one.values is None and (change is None or not isinstance(change.unknown, dict)):
            resource, gap = without_values(one.kind, one.address, plan.file, "plan")
            gaps.append(gap)
            yield resource
        else:
            yield plan.resource(one, one.values or {})


@dataclass(slots=True)
class Change:
    """What ``resource_changes`` says of an instance: what is unknown and sensitive of it afterwards."""

    kind: str
    mode: str
    actions: tuple[str, ...]
    after: Any
    unknown: Any
    sensitive: Any


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
            found[text(one, "address", where)] = Change(
                optional_text(one, "type", where) or "",
                "managed" if one.get("mode") is None else text(one, "mode", where),
                tuple(action for action in actions if isinstance(action, str)) if isinstance(actions, list) else (),
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
    def resolver(self) -> Resolver:
        """Follows what unknown values refer to."""
        marks: dict[str, Any] = {}
        for one in listed(mapping(mapping(self.document, "prior_state", "the plan"), "values", "prior_state"), ""):
            if one.mode == "data":
                marks[one.address] = {}
        for one in self.managed:
            change = self.changes.get(one.address)
            unknown = change.unknown if change else None
            marks[one.address] = True if one.values is None and unknown is None else unknown
        reads = {address: one for address, one in self.changes.items() if one.mode == "data"}
        marks |= {address: one.unknown for address, one in reads.items()}
        documents = frozenset(address for address, one in reads.items() if one.kind == POLICY_DOCUMENT)
        return Resolver(self.configuration, Instances(marks), Documents(self._arguments, documents))

    def _arguments(self, address: str) -> dict[str, Value] | None:
        """The arguments of a data source that is read while applying, None if any of them is secret."""
        change = self.changes[address]
        base = without_key(address)
        steps = base.split(".")
        values = overlay(
            as_mapping(change.after or {}, address),
            change.unknown,
            change.sensitive,
            partial(self._unknown, address, "", module_path(".".join(steps[:-3])), ".".join(steps[-3:])),
        )
        return None if has_secret(values) else values

    def _unknown(self, address: str, kind: str, module: ModulePath, name: str, path: ValuePath) -> Unknown:
        collection, blocks = shape_of(kind, path) if kind else (False, len(path) == 1)
        return self.resolver.unknown(address, module, name, path, collection=collection, blocks=blocks)

    def resource(self, one: Saved, values: Json) -> Resource:
        """A planned instance, with its unknown values."""
        change = self.changes.get(one.address)
        module, name = module_path(one.module), ".".join(without_key(one.address).split(".")[-2:])
        unknown_at = partial(self._unknown, one.address, one.kind, module, name)
        unknown, sensitive = (change.unknown, change.sensitive) if change else (None, None)
        attributes = overlay(overlay(values, unknown, one.sensitive, unknown_at), None, sensitive, unknown_at)
        block = self._block(module, name)
        configured = block.expressions if block else {}
        computed = tuple(name for name in attributes if name not in configured)
        return made(one.kind, one.address, attributes, self.file, computed)

    def _block(self, module: ModulePath, name: str) -> Any:
        found = self.configuration.at(module)
        return found.resources.get(name) if found else None
