"""From what was read of a plan or state to an Observation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from audits.model import Finding, Gap, Observation, Resource
from audits.planes.terraform.errors import SourceError
from audits.resource_shapes import shape_of

Result = TypeVar("Result")


def now() -> str:
    """The time in UTC."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def described(path: Path, read: Callable[[], Result]) -> Result:
    """``read()``, with the file named in whatever it refuses."""
    try:
        return read()
    except SourceError as error:
        text = str(error)
        raise SourceError(text if text.startswith(str(path)) else f"{path}: {text}") from error


def observed(
    path: Path,
    resources: tuple[Resource, ...],
    gaps: Sequence[Gap],
    findings: Sequence[Finding],
    started: str,
    data_sources: Iterable[Resource],
) -> Observation:
    """The Observation that these make. Of data sources those count that are of a type of resources."""
    return Observation(
        "terraform",
        resources,
        tuple(gaps),
        tuple(findings),
        started,
        now(),
        source=str(path),
        accounts=tuple(sorted({one.account for one in resources if one.account})),
        regions=tuple(sorted({one.region for one in resources if one.region})),
        data_sources=tuple(one for one in data_sources if shape_of(one.kind) is not None),
    )
