"""Planning: from specs to checks, and from checks to the kinds that must be read. No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from audits.kind import Kind
from audits.model import Check, FileQuery, Plane, Spec
from audits.relation import Relation


def checks(specs: Iterable[Spec], planes: Sequence[Plane]) -> tuple[Check, ...]:
    """One check for each control and plane, in the order of the specs."""
    return tuple(
        Check(control, plane)
        for spec in specs
        for control in spec.controls
        for plane in control.planes
        if plane in planes
    )


def kinds_needed(
    planned: Iterable[Check], relations: Mapping[str, Relation], kinds: Mapping[str, Kind]
) -> tuple[Kind, ...]:
    """The kinds that the checks rest on, in order of their names."""
    names = {name for check in planned for name in relations[check.control.relation].kinds(check.control.body)}
    return tuple(kinds[name] for name in sorted(names) if name in kinds)


def files_needed(planned: Iterable[Check], relations: Mapping[str, Relation]) -> frozenset[FileQuery]:
    """What the checks need of the repository's files."""
    return frozenset(
        query for check in planned for query in relations[check.control.relation].files(check.control.body)
    )
