"""One plane's observation, indexed: resources by kind, identity and name, the gaps, and where a reference leads.

A reference leads somewhere, nowhere, or it cannot be told why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cached_property

from audits import places
from audits.kind import Kind
from audits.model import Cause, Gap, Observation, Redacted, Reference, Resource, Unknown, Value
from audits.places import Place
from audits.selection import Target


@dataclass(frozen=True)
class Index:
    """An observation in canonical form, indexed. ``modules`` is the spec's declaration of kinds by missing module."""

    observation: Observation
    kinds: Mapping[str, Kind]
    modules: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def _by_kind(self) -> Mapping[str, tuple[Resource, ...]]:
        found: dict[str, list[Resource]] = {}
        for resource in self.observation.resources:
            found.setdefault(resource.kind, []).append(resource)
        return {kind: tuple(resources) for kind, resources in found.items()}

    @cached_property
    def by_identity(self) -> Mapping[str, Resource]:
        """Every resource by its identity."""
        return {resource.identity: resource for resource in self.observation.resources}

    @cached_property
    def _by_name(self) -> Mapping[tuple[str, str], tuple[Resource, ...]]:
        found: dict[tuple[str, str], list[Resource]] = {}
        for resource in self.observation.resources:
            kind = self.kinds.get(resource.kind)
            names = {resource.attributes.get(name) for name in (kind.names if kind else ()) if _text(resource, name)}
            for name in names:
                found.setdefault((resource.kind, str(name)), []).append(resource)
        return {key: tuple(resources) for key, resources in found.items()}

    @cached_property
    def _gaps(self) -> tuple[Gap, ...]:
        return (*self.observation.gaps, *self.observation.rests)

    @cached_property
    def in_source(self) -> bool:
        """Whether an attribute that is not there is unset rather than absent."""
        return any(resource.missing == "unset" for resource in self.observation.resources)

    @property
    def of_terraform(self) -> bool:
        """Whether it holds what one Terraform configuration manages (source, a plan, a state), so not everything."""
        return self.in_source or self.observation.plane == "terraform"

    def resources(self, kind: str) -> tuple[Resource, ...]:
        """Every resource of a kind that was read."""
        return self._by_kind.get(kind, ())

    def all_gaps(self, *types: str) -> tuple[Gap, ...]:
        """The gaps behind which there may be more resources of any of these Terraform types, anywhere."""
        return tuple(gap for gap in self._gaps if any(self.hides(gap, name) for name in types))

    def hides(self, gap: Gap, name: str) -> bool:
        """Whether there may be resources of this Terraform type behind a gap."""
        if gap.resource is not None:
            return False
        if gap.kinds is not None:
            return name in gap.kinds
        declared = self.declared_in(gap)
        return declared is None or any(fnmatchcase(name, pattern) for pattern in declared)

    def declared_in(self, gap: Gap) -> tuple[str, ...] | None:
        """The types that, as the spec declares, live in the module that is missing; None without such a declaration.

        The label of a call often writes the dashes of the module's folder as underscores: that is the same name.
        """
        if gap.module is None or gap.module in self.modules:
            return self.modules.get(gap.module or "")
        label = gap.module.replace("-", "_")
        alike = [types for name, types in self.modules.items() if name.replace("-", "_") == label]
        return tuple(pattern for types in alike for pattern in types) if alike else None

    def resolve(self, value: Value, kind: str, near: Place | None = None) -> Target:
        """The resource of ``kind`` that a value refers to: a reference in source, an identifier or name elsewhere.

        ``near`` is where whoever refers lies: the same name may be taken in every account and region.
        """
        if value == "":
            return Target()
        if isinstance(value, Unknown):
            return self._resolve_unknown(value, kind)
        if isinstance(value, Redacted):
            return Target(undecided=f"is redacted ({value.reason})")
        if not isinstance(value, str):
            return Target()
        found = self._by_name.get((kind, value), ())
        if found:
            return self._chosen(value, kind, found, near)
        declared = self.kinds.get(kind)
        gaps = [gap for gap in self.all_gaps(kind) if places.may_hide(gap, value, declared, near)]
        if gaps:
            return Target(undecided=f"{value} may lie behind a gap: {gaps[0].scope}", unreadable=True)
        foreign = places.out_of_sight(value, declared, self.observation)
        if foreign:
            return Target(undecided=f"{value} lies in {foreign}, which was not read", unreadable=True)
        if any(self._has_unread_name(resource) for resource in self.resources(kind)):
            return Target(undecided=f"{value} may be a name of a {kind} that could not be read", unreadable=True)
        if any(not _text(resource, "id") for resource in self.resources(kind)) and not self._excluded(value, kind):
            return Target(undecided=f"{value} may be the identifier of a resource that is not applied yet")
        if self.of_terraform and not (self.resources(kind) and self._excluded(value, kind)):
            return Target(undecided=f"{value} names a {kind} that this source does not hold")
        return Target()

    def _chosen(self, value: str, kind: str, found: Sequence[Resource], near: Place | None) -> Target:
        """The one that is meant, of those in any account and region that have this name."""
        here = [one for one in found if near is None or places.shared(near, self.place_of(one))]
        if len(here) == 1:
            return Target(here[0])
        if here:
            return Target(undecided=f"{value} names {len(here)} resources of kind {kind}")
        if len(found) == 1 and places.is_unique(value):
            return Target(found[0])
        return Target(undecided=f"{value} names a {kind} of another account or region")

    def place_of(self, resource: Resource) -> Place:
        """Where a resource lies."""
        return places.place_of(resource, self.kinds.get(resource.kind))

    def _has_unread_name(self, resource: Resource) -> bool:
        names = [resource.attributes.get(name) for name in self.kinds[resource.kind].names] if self.kinds else []
        return any(isinstance(name, Unknown) and name.cause is Cause.UNREADABLE for name in names)

    def _excluded(self, value: str, kind: str) -> bool:
        """Whether a literal cannot name any resource of the kind, all of whose own names are known."""
        declared = self.kinds.get(kind)
        if declared is None or value.startswith(("sg-", "arn:", "i-", "vpc-", "subnet-")):
            return False
        names = [name for name in declared.names if name not in ("id", "arn")]
        firsts = {first for first, _ in declared.composed}
        before = value.rpartition(":")[0]
        if any(
            resource.attributes.get(first) in (None, before) for resource in self.resources(kind) for first in firsts
        ):
            return False
        return bool(names) and all(any(_text(r, name) for name in names) for r in self.resources(kind))

    def _resolve_unknown(self, value: Unknown, kind: str) -> Target:
        if value.cause is Cause.UNREADABLE:
            return Target(undecided=value.describe(), unreadable=True)
        plain = not value.parts and value.partial is None
        if value.cause is Cause.COMPUTED and len(value.references) == 1 and plain and not value.derived:
            reference = value.references[0]
            resource = self.by_identity.get(reference.address)
            if resource is not None and resource.kind == kind:
                names = self.kinds[kind].names if kind in self.kinds else ("id", "arn", "name")
                if reference.attribute in names or not reference.attribute:
                    return Target(resource)
            elif self._is_other(reference, kind):
                return Target()
        composed = self._composed(value, kind)
        if composed is not None:
            return Target(composed)
        unreadable = value.cause is Cause.MISSING_MODULE
        return Target(undecided=value.describe(), unreadable=unreadable)

    def _composed(self, value: Unknown, kind: str) -> Resource | None:
        """The resource that a text like ``"${family}:${revision}"`` names, both being its own."""
        declared = self.kinds.get(kind)
        for resource in self.resources(kind) if declared and value.parts else ():
            for first, second in declared.composed if declared else ():
                parts = tuple(_reference_of(part) if isinstance(part, Unknown) else part for part in value.parts)
                last = _own(resource, second)
                if parts in ((f"{resource.attributes.get(first)}:", last), (_own(resource, first), ":", last)):
                    return resource
        return None

    def _is_other(self, reference: Reference, kind: str) -> bool:
        """Whether it surely names a resource of another kind: its own identifier does, other attributes may not."""
        type_ = _type_of(reference)
        declared = self.kinds.get(kind)
        parts = {part.type for part in declared.parts} if declared else set()
        return type_ not in (kind, None, *parts) and reference.attribute in ("id", "arn")


def same(one: Resource, other: Resource) -> bool:
    """Whether they are one resource: where an identity is no ARN, other accounts and regions have it, too."""
    return (one.identity, one.account, one.region) == (other.identity, other.account, other.region)


def _own(resource: Resource, attribute: str) -> Reference:
    return Reference(resource.identity, attribute)


def _reference_of(unknown: Unknown) -> Reference | None:
    plain = unknown.cause is Cause.COMPUTED and len(unknown.references) == 1 and not (unknown.parts or unknown.derived)
    return unknown.references[0] if plain else None


def _text(resource: Resource, name: str) -> bool:
    value = resource.attributes.get(name)
    return isinstance(value, str) and bool(value)


def _type_of(reference: Reference) -> str | None:
    """The Terraform type in a reference's address, None for modules, variables and data sources."""
    address = reference.address
    while address.startswith("module."):
        _, _, address = address[len("module.") :].partition(".")
    name = address.partition(".")[0]
    return name if "_" in name and name not in ("var", "local", "data") else None
