"""Pairs of planes for the tests of drift."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from audits import kinds
from audits.canonical import canonical
from audits.drift.compare import Compared, compare
from audits.drift.values import Comparison, Found
from audits.model import Gap, Observation, Plane, Resource
from audits.pairing import pair


def ours(kind: str, address: str, /, **given: Any) -> Resource:
    """A resource of the source; capitalised keywords are fields of it."""
    return _resource(kind, address, "unset", given)


def theirs(kind: str, identity: str, /, **given: Any) -> Resource:
    """A resource of the account."""
    return _resource(kind, identity, "absent", {"Account": "123456789012", "Region": "eu-west-1", **given})


def _resource(kind: str, identity: str, missing: Any, given: Mapping[str, Any]) -> Resource:
    fields = {name.lower(): value for name, value in given.items() if name[0].isupper()}
    attributes = {name: value for name, value in given.items() if not name[0].isupper()}
    return Resource(kind, identity, attributes, missing=missing, **fields)


def plane(name: Plane, *resources: Resource, gaps: Sequence[Gap] = (), **more: Any) -> Observation:
    """One plane in canonical form."""
    return canonical(Observation(name, resources, tuple(gaps), **more), kinds.registry())


def between(
    source: Sequence[Resource],
    live: Sequence[Resource],
    *,
    state: Sequence[Resource] = (),
    gaps: Sequence[Gap] = (),
    modules: Mapping[str, tuple[str, ...]] | None = None,
) -> Compared:
    """The comparison of these; ``state`` pairs them as a state does; a gap's plane says which one it is of."""
    terraform = plane("terraform", *source, gaps=[gap for gap in gaps if gap.plane == "terraform"])
    account = plane("live", *live, gaps=[gap for gap in gaps if gap.plane == "live"])
    if state:
        terraform, account = pair(terraform, account, {one.identity: replace(one, missing="absent") for one in state})
    return compare(terraform, account, kinds.registry(), modules)


def paths(found: Compared) -> list[str]:
    """Where they differ."""
    return [one.path for one in found.drift]


def values(found: Compared) -> list[tuple[str, Any, Any]]:
    """Where they differ, and in what."""
    return [(one.path, one.difference.terraform, one.difference.live) for one in found.drift]


def differ(source: Any, live: Any, wanted: Any = "dynamic", **more: Any) -> list[tuple[str, Any, Any]]:
    """What differs between two values at ``a``."""
    return [(one.path, one.terraform, one.live) for one in found(source, live, wanted, **more).differing]


def found(source: Any, live: Any, wanted: Any = "dynamic", **more: Any) -> Found:
    """What comparing two values at ``a`` came to."""
    return Comparison(**more).of("a", source, live, wanted)
