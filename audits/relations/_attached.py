"""Which security groups are attached to anything: said where one that admits something, or is admitted, is not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from audits.model import Cause, Resource, Unknown, Value
from audits.relations._tiers import DEFAULT_GROUP, GROUP_KINDS, group_name, groups_of
from audits.view import View


@dataclass(frozen=True)
class Attachments:
    """What of one plane the groups are attached to, as far as it was read."""

    view: View

    @cached_property
    def _known(self) -> frozenset[str] | None:
        """The groups that are, by identity; None if some workload's groups are not all known, or nothing was read."""
        found: set[str] = set()
        asked = self.view.observation.kinds
        holders = [name for name, kind in self.view.kinds.items() if kind.security_groups]
        if asked is not None and not set(holders) & set(asked):
            return None
        found |= self._mentioned()
        for name in holders:
            for workload in self.view.resources(name):
                attached = groups_of(workload, self.view)
                # Where the source names no group, AWS attaches the VPC's default one, or what a template names.
                if any(doubt.cause is not Cause.UNSET for doubt in attached.doubts):
                    return None
                found.update(group.identity for group in attached.groups)
        return frozenset(found)

    def _mentioned(self) -> set[str]:
        """The groups that anything else names at all, also what this suite does not know to have groups."""
        groups = [one for kind in GROUP_KINDS for one in self.view.resources(kind)]
        by_name = {
            one.attributes.get("id"): one.identity for one in groups if isinstance(one.attributes.get("id"), str)
        }
        identities = {one.identity for one in groups}
        named = {
            name
            for resource in self.view.observation.resources
            if resource.kind not in GROUP_KINDS
            for value in resource.attributes.values()
            for name in _names(value)
        }
        return (named & identities) | {identity for name, identity in by_name.items() if name in named}

    def to_nothing(self, group: Resource) -> bool:
        """Whether nothing that was read has the group; what was not read may have it, and anything a default one."""
        default = group.kind == DEFAULT_GROUP or group.attributes.get("name") == "default"
        return self._known is not None and not default and group.identity not in self._known

    @cached_property
    def loose(self) -> list[Resource]:
        """Every group that is attached to nothing that was read."""
        return [one for kind in GROUP_KINDS for one in self.view.resources(kind) if self.to_nothing(one)]


def _names(value: Value) -> Iterator[str]:
    """Every text in a value, and the address of everything that it refers to."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Unknown):
        yield from (reference.address for reference in value.references)
        for inner in (value.partial, list(value.parts)):
            yield from _names(inner)
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _names(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _names(inner)


def in_words(groups: Iterable[Resource], what: str = "") -> list[str]:
    """That these groups are attached to nothing, and what they do all the same."""
    doing = f" {what}, but" if what else ""
    return [f"group {group_name(one)} ({one.identity}){doing} is attached to nothing that was read" for one in groups]
