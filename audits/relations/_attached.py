"""Which security groups are attached to anything: said where one that admits something, or is admitted, is not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from audits.model import Cause, Resource
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
        for name in holders:
            for workload in self.view.resources(name):
                attached = groups_of(workload, self.view)
                # Where the source names no group, AWS attaches the VPC's default one, or what a template names.
                if any(doubt.cause is not Cause.UNSET for doubt in attached.doubts):
                    return None
                found.update(group.identity for group in attached.groups)
        return frozenset(found)

    def to_nothing(self, group: Resource) -> bool:
        """Whether nothing that was read has the group; what was not read may have it, and anything a default one."""
        default = group.kind == DEFAULT_GROUP or group.attributes.get("name") == "default"
        return self._known is not None and not default and group.identity not in self._known

    @cached_property
    def loose(self) -> list[Resource]:
        """Every group that is attached to nothing that was read."""
        return [one for kind in GROUP_KINDS for one in self.view.resources(kind) if self.to_nothing(one)]


def in_words(groups: Iterable[Resource], what: str = "") -> list[str]:
    """That these groups are attached to nothing, and what they do all the same."""
    doing = f" {what}, but" if what else ""
    return [f"group {group_name(one)} ({one.identity}){doing} is attached to nothing that was read" for one in groups]
