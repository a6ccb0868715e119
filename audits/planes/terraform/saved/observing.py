"""From what was read of a plan or state to an Observation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from audits.model import Finding, Gap, Observation, Resource
from audits.planes.terraform.errors import SourceError


def now() -> str:
    """The time in UTC."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def described(path: Path, read: Callable[[], Observation]) -> Observation:
    """``read()``, with the file named in whatever it refuses."""
    try:
        return read()
    except SourceError as error:
        text = str(error)
        raise SourceError(text if text.startswith(str(path)) else f"{path}: {text}") from error


def observed(
    path: Path, resources: tuple[Resource, ...], gaps: Sequence[Gap], findings: Sequence[Finding], started: str
) -> Observation:
    """The Observation that these make."""
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
    )
