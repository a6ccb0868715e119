"""What the security groups are attached to: said where one that admits something, or is admitted, is to nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from audits.model import Cause, Resource, Unknown, Value
from audits.relations._tiers import DEFAULT_GROUP, GROUP_KINDS, Attached, group_name, groups_of
from audits.view import View


@dataclass(frozen=True)
class Attachments:
    """What of one plane the groups are attached to, as far as it was read."""

    view: View

    @cached_property
    def _held(self) -> Sequence[tuple[Resource, Attached]]:
        """Everything that can have groups, with those it has."""
        return [(one, groups_of(one, self.view)) for name in self._holders for one in self.view.resources(name)]

    @cached_property
    def _holders(self) -> frozenset[str]:
        return frozenset(name for name, kind in self.view.kinds.items() if kind.security_groups)

    @cached_property
    def wearers(self) -> Mapping[str, Sequence[Resource]]:
        """What surely has each group, by the group's identity."""
        found: dict[str, list[Resource]] = {}
        for holder, attached in self._held:
            for identity in dict.fromkeys(group.identity for group in attached.groups):
                found.setdefault(identity, []).append(holder)
        return found

    @cached_property
    def _known(self) -> frozenset[str] | None:
        """The groups that are, by identity; None if some workload's groups are not all known, or nothing was read."""
        asked = self.view.observation.kinds
        if asked is not None and not self._holders & set(asked):
            return None
        # Where the source names no group, AWS attaches the VPC's default one, or what a template names.
        if any(doubt.cause is not Cause.UNSET for _, attached in self._held for doubt in attached.doubts):
            return None
        return frozenset({*self._mentioned(), *self.wearers})

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
