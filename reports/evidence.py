"""What was observed, kept beside a run's JSON: one file a plane, and ``SHA256SUMS`` for ``sha256sum --check``.

The files are made elsewhere and opaque here. Order matters: observations (named by what is in them), then their sums
and the run's beside those of the run before, then the run that names them, then the sums of this run alone, then what
an earlier run of the same name left goes. Whoever reads in between, or after a crash, finds one of the two runs whole.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reports.report import ReportError, Run, write
from reports.text import visible

_SUMS = "SHA256SUMS"
_OURS = re.compile(r"[a-z]+-[0-9a-f]{16}\.jsonl\.gz")


def folder_of(path: Path) -> Path:
    """Where the observations of the run in ``path`` are kept."""
    return path.with_suffix(".observations")


def keep(path: Path, run: Run, observations: Mapping[str, bytes]) -> Run:
    """Write the observations and return the run that names them.

    Raises:
        ReportError: they could not be written.
    """
    folder = folder_of(path)
    named: dict[str, Any] = dict(run["run"].get("observations") or {})
    for plane, data in observations.items():
        digest = hashlib.sha256(data).hexdigest()
        name = f"{plane}-{digest[:16]}.jsonl.gz"
        write(folder / name, data)
        place = {"path": f"{folder.name}/{name}", "sha256": digest, "bytes": len(data)}
        named[plane] = {**named.get(plane, {}), **place}
    return {**run, "run": {**run["run"], "observations": named}}


def announce(path: Path, run: Run, written: bytes) -> None:
    """Write the sums of the run that ``path`` will hold, beside those of the run that it holds.

    Raises:
        ReportError: the sums could not be read or written.
    """
    place = folder_of(path) / _SUMS
    try:
        before = place.read_bytes().decode("utf-8", "replace").splitlines() if place.exists() else []
    except OSError as error:
        raise ReportError(f"{visible(str(place))}: {error.strerror or error}") from None
    ours = _lines(path, run, written)
    write(place, "".join(f"{line}\n" for line in dict.fromkeys((*before, *ours))))


def seal(path: Path, run: Run, written: bytes) -> None:
    """Write the sums of the run in ``path`` and its observations, and remove those of the run that it replaced.

    Raises:
        ReportError: the sums could not be written.
    """
    folder, lines = folder_of(path), _lines(path, run, written)
    write(folder / _SUMS, "".join(f"{line}\n" for line in lines))
    ours = {line.partition("  ")[2] for line in lines}
    try:
        for file in folder.iterdir():
            if _OURS.fullmatch(file.name) and file.name not in ours:
                file.unlink()
    except OSError as error:
        raise ReportError(f"{visible(str(folder))}: {error.strerror or error}") from None


def _lines(path: Path, run: Run, written: bytes) -> list[str]:
    named = [entry for entry in run["run"]["observations"].values() if "path" in entry]
    sums = [(entry["sha256"], Path(entry["path"]).name) for entry in named]
    sums.append((hashlib.sha256(written).hexdigest(), f"../{path.name}"))
    return [f"{digest}  {name}" for digest, name in sums]
