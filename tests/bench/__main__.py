"""``make bench``: the jobs as whole processes, each run several times; prints seconds and memory, judges nothing."""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tabulate import tabulate

RUNS = 5
TREE = "examples/glimpse/terraform/environments/startup-prod"
COMMANDS: Mapping[str, Sequence[str]] = {
    "make premerge (example tree, without Checkov)": ["make", "premerge", "CHECKOV=0", "REPORT_DIR={out}"],
    "make audit (examples, both planes)": ["make", "audit", "REPORT_DIR={out}"],
    "observe terraform, cold": [sys.executable, "-m", "audits", "observe", "terraform", TREE, "--json"],
    "observe terraform, warm": [sys.executable, "-m", "audits", "observe", "terraform", TREE, "--json"],
}


@dataclass(frozen=True)
class Run:
    """One whole process: wall seconds, CPU seconds of it and its children, and the largest process in MB."""

    wall: float
    cpu: float
    megabytes: float
    status: int


def measure(command: Sequence[str], environment: Mapping[str, str]) -> Run:
    """Run a command to its end, its output thrown away."""
    started = time.monotonic()
    null = os.open(os.devnull, os.O_WRONLY)
    actions = [(os.POSIX_SPAWN_DUP2, null, 1), (os.POSIX_SPAWN_DUP2, null, 2)]
    process = os.posix_spawnp(command[0], list(command), environment, file_actions=actions)
    _, status, usage = os.wait4(process, 0)
    os.close(null)
    wall = time.monotonic() - started
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, os.waitstatus_to_exitcode(status))


def row(name: str, command: Sequence[str]) -> tuple[str, str, str, str, str]:
    """Measure one command and say it in a table's row."""
    runs = []
    with tempfile.TemporaryDirectory() as folder:
        filled = [part.format(out=folder) for part in command]
        for number in range(RUNS + 1):
            cache = Path(folder, f"cache{number if name.endswith('cold') else ''}")
            run = measure(filled, {**os.environ, "AUDIT_CACHE_DIR": str(cache)})
            runs += [run] if number else []
    walls = [run.wall for run in runs]
    cpu = statistics.median(run.cpu for run in runs)
    memory = max(run.megabytes for run in runs)
    statuses = ", ".join(sorted({str(run.status) for run in runs}))
    spread = f"{statistics.median(walls):.2f} ({min(walls):.2f}–{max(walls):.2f})"
    return name, spread, f"{cpu:.2f}", f"{memory:.0f}", statuses


def main() -> None:
    """Measure everything and print the table."""
    rows = [row(name, command) for name, command in COMMANDS.items()]
    headers = ["command", f"wall s, median of {RUNS} (min–max)", "CPU s", "MB", "status"]
    print(tabulate(rows, headers=headers, disable_numparse=True))


if __name__ == "__main__":
    main()
