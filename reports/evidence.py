"""What was observed, kept beside a run's JSON: one file a plane, and ``SHA256SUMS`` for ``sha256sum --check``.

The files are made elsewhere and opaque here. Order matters: observations (named by what is in them), then the run that
names them, then the sums, then what an earlier run of the same name left goes. Whoever reads in between finds the old
run whole, or is told that the sums do not fit.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reports.report import ReportError, Run, write
from reports.text import visible

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


def seal(path: Path, run: Run, written: bytes) -> None:
    """Write the sums of the run in ``path`` and its observations, and remove those of the run that it replaced.

    Raises:
        ReportError: the sums could not be written.
    """
    folder = folder_of(path)
    named = [entry for entry in run["run"]["observations"].values() if "path" in entry]
    sums = [(entry["sha256"], Path(entry["path"]).name) for entry in named]
    sums.append((hashlib.sha256(written).hexdigest(), f"../{path.name}"))
    write(folder / "SHA256SUMS", "".join(f"{digest}  {name}\n" for digest, name in sums))
    ours = {name for _, name in sums}
    try:
        for file in folder.iterdir():
            if _OURS.fullmatch(file.name) and file.name not in ours:
                file.unlink()
    except OSError as error:
        raise ReportError(f"{visible(str(folder))}: {error.strerror or error}") from None
