"""Runs a command as a whole process: how long, how much of the processors, how much memory with its children."""

from __future__ import annotations

import os
import statistics
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Run:
    """Wall seconds, CPU seconds of a process and its children, megabytes of all of them at their peak, exit status."""

    wall: float
    cpu: float
    megabytes: float
    status: int


@dataclass(frozen=True)
class Runs:
    """Several runs of one command."""

    runs: tuple[Run, ...]

    @property
    def wall(self) -> float:
        """The median, in seconds."""
        return statistics.median(run.wall for run in self.runs)

    @property
    def spread(self) -> str:
        """The median, with the quickest and the slowest."""
        walls = [run.wall for run in self.runs]
        return f"{self.wall:.2f} ({min(walls):.2f}–{max(walls):.2f})" if len(walls) > 1 else f"{self.wall:.2f}"

    @property
    def cpu(self) -> float:
        """The median, in seconds."""
        return statistics.median(run.cpu for run in self.runs)

    @property
    def megabytes(self) -> float:
        """The largest."""
        return max(run.megabytes for run in self.runs)

    @property
    def statuses(self) -> str:
        """The exit statuses that there were."""
        return ", ".join(sorted({str(run.status) for run in self.runs}))


def measure(command: Sequence[str], environment: Mapping[str, str]) -> Run:
    """Run a command to its end, its output thrown away."""
    null = os.open(os.devnull, os.O_RDWR)
    actions = [(os.POSIX_SPAWN_DUP2, null, stream) for stream in (0, 1, 2)]
    started = time.monotonic()
    process = os.posix_spawnp(command[0], list(command), {**os.environ, **environment}, file_actions=actions)
    watch = _Watch(process)
    _, status, usage = os.wait4(process, 0)
    wall = time.monotonic() - started
    os.close(null)
    # Of processes too short to be seen the system still knows the largest.
    peak = max(watch.stop(), usage.ru_maxrss * 1024)
    return Run(wall, usage.ru_utime + usage.ru_stime, peak / 1024 / 1024, os.waitstatus_to_exitcode(status))


class _Watch:
    """Looks at a process and all below it ten times a second: memory, what they share counted once."""

    def __init__(self, process: int) -> None:
        self.process = process
        self.peak = 0
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._look, daemon=True)
        self.thread.start()

    def _look(self) -> None:
        while not self.over.wait(0.1):
            self.peak = max(self.peak, sum(map(_memory, _family(self.process))))

    def stop(self) -> int:
        """The peak, in bytes."""
        self.over.set()
        self.thread.join()
        return self.peak


def _family(process: int) -> list[int]:
    """A process and all below it."""
    found = [process]
    for one in found:
        with suppress(OSError):
            for children in Path(f"/proc/{one}/task").glob("*/children"):
                found.extend(map(int, children.read_text().split()))
    return found


def _memory(process: int) -> int:
    """The proportional size of a process in bytes; 0 if it is gone, or where there is no /proc."""
    with suppress(OSError, ValueError, IndexError):
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0
