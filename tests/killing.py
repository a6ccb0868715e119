"""``python -m tests.killing [COUNT]``: ends runs at random moments as the kernel would, and looks at what is left.

Every run writes the same reports, evidence and history over those of the run before. Whenever it ends, each report is
whole and of one run, the evidence fits the run it lies beside, the history holds all runs it held, and the next run
works. Half of the moments fall anywhere in a run, half where it is seen to be writing.
"""

from __future__ import annotations

import contextlib
import json
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from audits import evidence
from audits.model import PLANES
from reports.history.store import read
from reports.report import load
from tests.project.harness import environment, project

REPORTS = {"json": "run.json", "html": "report.html", "sarif": "report.sarif", "junit": "junit.xml"}
HISTORY = "history.sqlite"
_WRITING = 0.2
"""Seconds within which a run that begins to write is ended."""


class DamageError(AssertionError):
    """What a killed run left is not as it must be."""


def command() -> list[str]:
    """The run, in a folder that holds the small project."""
    plugins = ["-p", "audits.plugin", "-p", "reports.plugin", "-p", "no:cacheprovider"]
    reports = [f"--report={name}=out/{file}" for name, file in REPORTS.items()]
    audit = ["specs", "--terraform", "terraform", f"--history=out/{HISTORY}"]
    return [sys.executable, "-m", "pytest", "-q", *plugins, *audit, *reports]


def kill_at_random(folder: Path, moments: int, seed: int) -> Iterator[str]:
    """End ``moments`` runs in ``folder``, and say of each when it was and what it left.

    Raises:
        DamageError: something is not whole, or the next run does not work.
    """
    project(folder)
    chance = random.Random(seed)
    whole = _whole(folder)
    runs = _look(folder, 0)
    for number in range(moments):
        if number % 2:
            ended, when = _kill_while_writing(folder, chance)
        else:
            ended, when = _kill(folder, chance.uniform(0, whole))
        kept = _look(folder, runs)
        _whole(folder)
        runs = _look(folder, kept + 1)
        yield f"{'killed' if ended else 'had ended'} {when}: {kept} runs kept, and the next one works"


def _whole(folder: Path) -> float:
    began = time.monotonic()
    ran = subprocess.run(command(), cwd=folder, env=environment(), capture_output=True, text=True, check=False)
    if ran.returncode != 0:
        raise DamageError(f"a run ends with {ran.returncode}: {ran.stdout}{ran.stderr}")
    return time.monotonic() - began


def _start(folder: Path) -> subprocess.Popen[bytes]:
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen(command(), cwd=folder, env=environment(), **quiet)


def _kill(folder: Path, seconds: float) -> tuple[bool, str]:
    process = _start(folder)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
    return _end(process), f"{seconds:.2f} s after it began"


def _kill_while_writing(folder: Path, chance: random.Random) -> tuple[bool, str]:
    process, before, seconds = _start(folder), _traces(folder), chance.uniform(0, _WRITING)
    while process.poll() is None and _traces(folder) == before:
        time.sleep(0.002)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
    return _end(process), f"{seconds:.3f} s after it began to write"


def _traces(folder: Path) -> list[tuple[str, int]]:
    places = (folder / "out", folder / "out" / "run.observations")
    return [(place.name, place.stat().st_mtime_ns) for place in places if place.exists()]


def _end(process: subprocess.Popen[bytes]) -> bool:
    """Whether it had to be ended."""
    process.kill()
    return process.wait() != 0


def _look(folder: Path, least: int) -> int:
    """How many runs the history has; all that is there is whole."""
    out = folder / "out"
    load(out / REPORTS["json"])
    saved = evidence.open_run(out / REPORTS["json"])
    for plane in PLANES:
        if plane in saved.files:
            evidence.load(saved, plane)
    json.loads((out / REPORTS["sarif"]).read_text(encoding="utf-8"))
    for name, end in (("html", "</html>\n"), ("junit", "</testsuites>\n")):
        if not (out / REPORTS[name]).read_text(encoding="utf-8").endswith(end):
            raise DamageError(f"{REPORTS[name]} is cut off")
    with contextlib.closing(sqlite3.connect(out / HISTORY)) as base:
        if base.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            raise DamageError("the history is damaged")
    runs = len(read(out / HISTORY))
    if runs < least:
        raise DamageError(f"the history has {runs} runs, and had {least}")
    return runs


def main(arguments: list[str]) -> None:
    """Say what each moment left; the first damage ends it with an error."""
    moments = int(arguments[0]) if arguments else 50
    with tempfile.TemporaryDirectory() as folder:
        for number, said in enumerate(kill_at_random(Path(folder), moments, seed=moments), start=1):
            print(f"{number:3}  {said}", flush=True)
    print(f"{moments} moments: all reports, evidence and histories whole")


if __name__ == "__main__":
    main(sys.argv[1:])
