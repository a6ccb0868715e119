"""What the account holds and Terraform does not, of that which a spec expects to be Terraform's. Pure.

A claim is made only where all of the source was read that may hold the resource. What AWS makes by itself, and what a
data source of the same source names, is explained.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal, TypeAlias

from audits import places
from audits.drift.compare import Compared
from audits.drift.defaults import Made
from audits.drift.links import Links
from audits.index import Index
from audits.kind import Kind
from audits.model import Observation, Redacted, Resource, Unknown, UnmanagedRule
from audits.places import Place

State: TypeAlias = Literal["unmanaged", "undecided", "explained", "elsewhere"]


@dataclass(frozen=True, slots=True)
class Unmanaged:
    """One of the account's resources that is not Terraform's, or of which that cannot be told, with the reason.

    ``elsewhere``: a data source names it, so something else manages it.
    """

    resource: Resource
    rule: UnmanagedRule
    state: State
    reason: str = ""


def unmanaged(
    compared: Compared,
    terraform: Observation,
    live: Observation,
    kinds: Mapping[str, Kind],
    rules: Sequence[UnmanagedRule],
) -> tuple[Unmanaged, ...]:
    """What became of each of the account's resources that pairs with none of Terraform's and that a rule speaks of."""
    made = Made(Index(live, kinds), tuple(there for _, there in compared.pairs.matched))
    source = _Source(terraform, kinds, Links(made.live, compared.pairs.live_of), _by_place(compared, kinds))
    found = []
    for resource in compared.pairs.left:
        if resource.kind not in kinds:
            continue  # A bill, say.
        chosen = [(rule, wanted) for rule in rules if (wanted := _concerns(rule, resource, kinds)) is not False]
        # What a rule surely speaks of counts before what one perhaps does.
        for rule, wanted in sorted(chosen, key=lambda one: one[1] is None)[:1]:
            state, reason = _judged(resource, rule, wanted, made, source)
            found.append(Unmanaged(resource, rule, state, reason))
    return tuple(found)


Perhaps: TypeAlias = Mapping[str, Mapping[Place, tuple[Resource, str]]]


@dataclass(frozen=True)
class _Source:
    """The source, as far as it may hold what the account has. ``perhaps``: what is unmatched, by kind and place."""

    terraform: Observation
    kinds: Mapping[str, Kind]
    links: Links
    perhaps: Perhaps


def _by_place(compared: Compared, kinds: Mapping[str, Kind]) -> Perhaps:
    found: dict[str, dict[Place, tuple[Resource, str]]] = {}
    for one, reason in compared.pairs.unmatched:
        place = places.place_of(one, kinds.get(one.kind))
        found.setdefault(one.kind, {}).setdefault(place, (one, reason))
    return found


def _judged(
    resource: Resource, rule: UnmanagedRule, wanted: bool | None, made: Made, source: _Source
) -> tuple[State, str]:
    reason = made.why(resource)
    if reason:
        return "explained", reason
    data = [one for one in source.terraform.data_sources if one.kind == resource.kind]
    asking = [(one, _named_by(one, resource, source)) for one in data]
    for one, named in sorted(asking, key=lambda pair: pair[1] is None):
        if named is True:
            return "elsewhere", f"{one.identity} reads it: it is managed elsewhere ({one.origin})"
        if named is None:
            return "undecided", f"{one.identity} perhaps reads it: it would be managed elsewhere ({one.origin})"
    if wanted is None:
        return "undecided", "its tags could not be read"
    hidden = Index(source.terraform, source.kinds, rule.modules).all_gaps(resource.kind)
    if hidden:
        return "undecided", f"Terraform may hold it behind a gap: {hidden[0].scope} ({hidden[0].cause})"
    here = places.place_of(resource, source.kinds.get(resource.kind))
    for place, (one, why) in source.perhaps.get(resource.kind, {}).items():
        if places.shared(here, place):
            return "undecided", f"it may be {one.identity}: {why}"
    return "unmanaged", ""


def _concerns(rule: UnmanagedRule, resource: Resource, kinds: Mapping[str, Kind]) -> bool | None:
    """Whether the rule speaks of the resource; None where its tags are not known."""
    if rule.kinds and not any(fnmatchcase(resource.kind, pattern) for pattern in rule.kinds):
        return False
    if places.within(resource, kinds.get(resource.kind), rule.scope).outside:
        return False
    tags = resource.attributes.get("tags")
    if rule.names is not None:
        named = [name for name in names_of(resource, kinds) if re.search(rule.names, name)]
        if not named:
            return None if isinstance(tags, Unknown | Redacted) and not rule.tags else False
    if not rule.tags:
        return True
    if isinstance(tags, Unknown | Redacted):
        return None
    held = tags if isinstance(tags, dict) else {}
    answers = [
        None if isinstance(held.get(name), Unknown) else held.get(name) == value for name, value in rule.tags.items()
    ]
    return False if False in answers else None if None in answers else True


def names_of(resource: Resource, kinds: Mapping[str, Kind]) -> list[str]:
    """What a resource of the account is called: its names, its key and its tag ``Name``."""
    kind = kinds.get(resource.kind)
    own = [resource.attributes.get(name) for name in (kind.names if kind else ()) if name != "arn"]
    tags = resource.attributes.get("tags")
    own += [resource.key, tags.get("Name") if isinstance(tags, dict) else None, resource.identity.rpartition("/")[2]]
    return list(dict.fromkeys(one for one in own if isinstance(one, str) and one))


def _named_by(data: Resource, resource: Resource, source: _Source) -> bool | None:
    """Whether a data source finds the resource: what it asks by is what that has, and names it; None: perhaps."""
    kind = source.kinds.get(resource.kind)
    names = {*(kind.names if kind else ()), *(kind.identity if kind else ())}
    naming = False
    for name, value in data.attributes.items():
        asked = source.links.text(value) if isinstance(value, Unknown) and not value.parts else value
        held = resource.attributes.get(name)
        if isinstance(asked, dict) and isinstance(held, dict):
            if any(isinstance(one, str) and held.get(key) != one for key, one in asked.items()):
                return False
        elif isinstance(asked, str | int | float) and isinstance(held, str | int | float):
            if held != asked:
                return False
            naming |= name in names
    return True if naming else None
