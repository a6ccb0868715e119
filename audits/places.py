"""Places: in which account and region a resource, a gap or a reference lies, and whether a control is about it.

Three-valued, as all of selecting: inside, outside, or not told. Global services have no region, whatever their endpoint
is in; a bucket has one, although all buckets are listed at once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from audits.kind import Kind
from audits.model import Gap, Observation, Resource, Scope
from audits.provider_schema import block_of

_IDENTIFIER = re.compile(
    r"(?:acl|ami|eipalloc|eni|i|igw|lt|nat|pl|rtb|sg|sgr|snap|subnet|vol|vpc|vpce)-(?:[0-9a-f]{8}|[0-9a-f]{17})"
)
"""How EC2 names what it makes: unique in all of AWS ("Resource IDs", Amazon EC2 User Guide)."""
_ACCOUNT = re.compile(r"[0-9]{12}")


class Place(NamedTuple):
    """An account and a region; None for each that is not known, or that there is none of."""

    account: str | None
    region: str | None


@dataclass(frozen=True, slots=True)
class Within:
    """Whether something lies in a scope: surely not (``outside`` says where it is), or it cannot be told (why)."""

    outside: str = ""
    doubts: tuple[str, ...] = ()


def has_region(kind: Kind | None) -> bool:
    """Whether resources of a kind lie in a region of their own."""
    if kind is None or kind.scope == "regional":
        return True
    return "region" in (block_of(kind.type) or {"attributes": {}})["attributes"]


def place_of(resource: Resource, kind: Kind | None) -> Place:
    """Where a resource lies."""
    return Place(resource.account, resource.region if has_region(kind) else None)


def within(resource: Resource, kind: Kind | None, scope: Scope) -> Within:
    """Whether a resource lies in the scope."""
    doubts: list[str] = []
    for name, wanted, found in (
        ("account", scope.accounts, resource.account),
        ("region", scope.regions if has_region(kind) else (), resource.region),
    ):
        if not wanted or found in wanted:
            continue
        if found is not None:
            return Within(f"is in {name} {found}, and the control is about {' and '.join(wanted)}")
        doubts.append(f"its {name} is not known, and the control is about {' and '.join(wanted)}")
    return Within(doubts=tuple(doubts))


def lies_elsewhere(gap: Gap, kind: Kind | None, scope: Scope) -> bool:
    """Whether all that a gap hides lies outside the scope. A global listing hides resources of every region."""
    if scope.accounts and gap.account is not None and gap.account not in scope.accounts:
        return True
    regional = kind is not None and kind.scope == "regional"
    return bool(scope.regions) and regional and gap.region is not None and gap.region not in scope.regions


def never_read(observation: Observation, kind: Kind, scope: Scope) -> tuple[Gap, ...]:
    """A gap for each account and region of the scope that the reading never went to."""
    known = {gap.account for gap in observation.gaps}
    accounts = [one for one in scope.accounts if observation.accounts and one not in (*observation.accounts, *known)]
    wanted = scope.regions if kind.scope == "regional" and observation.regions else ()
    said, mend = "not read in this run", "give --{} {}"
    return (
        *(
            Gap("live", (kind.type,), f"account {one}", said, mend=mend.format("account-role", f"a role in {one}"))
            for one in accounts
        ),
        *(
            Gap("live", (kind.type,), f"region {one}", said, mend=mend.format("region", one))
            for one in wanted
            if one not in observation.regions
        ),
    )


def shared(one: Place, other: Place) -> bool:
    """Whether two places may be one, as far as each is known: a name in the one may be meant in the other."""
    return all(None in pair or pair[0] == pair[1] for pair in zip(one, other, strict=True))


def is_unique(value: str) -> bool:
    """Whether a text names one resource in all of AWS, wherever it stands: an ARN, or an identifier of EC2's."""
    return value.startswith("arn:") or _IDENTIFIER.fullmatch(value) is not None


def of_arn(value: str) -> Place:
    """Where an ARN says that its resource lies."""
    parts = value.split(":")
    if parts[0] != "arn" or len(parts) < 6:
        return Place(None, None)
    return Place(parts[4] if _ACCOUNT.fullmatch(parts[4]) else None, parts[3] or None)


def may_hide(gap: Gap, value: str, kind: Kind | None, near: Place | None) -> bool:
    """Whether what a value names, as written by whoever lies ``near``, may lie behind a gap.

    A name is one of the own account and region; EC2's identifiers name nothing in another region.
    """
    place = of_arn(value) if value.startswith("arn:") else near or Place(None, None)
    if not value.startswith("arn:") and is_unique(value):
        place = place._replace(account=None)
    regional = kind is not None and kind.scope == "regional"
    return shared(place, Place(gap.account, gap.region if regional else None))


def out_of_sight(value: str, kind: Kind | None, observation: Observation) -> str:
    """The account or region in which an ARN lies, if that is one that was not read; else nothing."""
    if observation.plane != "live":
        return ""
    place = of_arn(value)
    if place.account and observation.accounts and place.account not in observation.accounts:
        return f"account {place.account}"
    regional = kind is not None and kind.scope == "regional"
    if regional and place.region and observation.regions and place.region not in observation.regions:
        return f"region {place.region}"
    return ""
