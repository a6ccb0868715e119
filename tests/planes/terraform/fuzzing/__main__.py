"""``make fuzz``: many inputs, most of them broken, none of which may do harm.

Ends with status 1 if an input gave a traceback, a contradiction, took more than 30 seconds or more than 1 GB. Every
such input is saved as a file, whose name is shown; ``--one N --seed S`` works on one input again.
"""

from __future__ import annotations

import argparse
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.planes.terraform.fuzzing import inputs, worker

SLOWEST = 30.0
PATIENCE = 60.0
"""Seconds of silence after which a process is ended; a slow machine alone makes no hang."""
LARGEST = 1024**3
WORKERS = 2


@dataclass(slots=True)
class Tally:
    """What came of the inputs so far."""

    seed: int
    folder: Path
    kinds: Counter[str] = field(default_factory=Counter)
    slowest: tuple[float, int] = (0.0, -1)
    largest: tuple[int, int] = (0, -1)
    failures: list[str] = field(default_factory=list)

    def add(self, number: int, seconds: float, memory: int, wrong: str) -> None:
        """Count an input that came to an end."""
        self.kinds[inputs.kind_of(self.seed, number)] += 1
        self.slowest = max(self.slowest, (seconds, number))
        self.largest = max(self.largest, (memory, number))
        if wrong:
            self.fail(number, wrong)
        elif seconds > SLOWEST:
            self.fail(number, f"took {seconds:.0f} s")

    def fail(self, number: int, wrong: str) -> None:
        """Save an input that did harm."""
        path = self.folder / f"{self.seed}-{number}.txt"
        self.folder.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{wrong}\n\n{inputs.describe(self.seed, number)}\n", encoding="utf-8", errors="replace")
        kind = inputs.kind_of(self.seed, number)
        last = wrong.strip().splitlines()[-1]
        self.failures.append(f"{number} ({kind}): {last[:200]}: {path}")
        print(f"FAILED {self.failures[-1]}", flush=True)

    def show(self, seconds: float) -> None:
        """Print it."""
        total = sum(self.kinds.values())
        print(f"{total} inputs in {seconds:.0f} s, seed {self.seed}")
        for kind, count in self.kinds.most_common():
            print(f"  {count:7} {kind}")
        print(f"  slowest {self.slowest[0]:.2f} s (input {self.slowest[1]}, {self._kind(self.slowest[1])})")
        print(f"  largest memory {self.largest[0] / 2**20:.0f} MB (first at input {self.largest[1]})")
        print(f"  {len(self.failures)} failures")

    def _kind(self, number: int) -> str:
        return inputs.kind_of(self.seed, number) if number >= 0 else "none"


def supervise(tally: Tally, lock: threading.Lock, first: int, end: int) -> None:
    """Have a process work on ``range(first, end, WORKERS)``; a new one where one hangs, dies or grows too large."""
    while first < end:
        first = _one_process(tally, lock, first, end)


def _one_process(tally: Tally, lock: threading.Lock, first: int, end: int) -> int:
    """Returns the number of the next input to work on."""
    command = [sys.executable, "-m", worker.__name__, *map(str, (tally.seed, first, WORKERS, end))]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    lines: queue.Queue[str] = queue.Queue()
    assert process.stdout is not None
    threading.Thread(target=_forward, args=(process.stdout, lines), daemon=True).start()
    current = first
    try:
        while True:
            try:
                line = lines.get(timeout=PATIENCE)
            except queue.Empty:
                with lock:
                    tally.fail(current, f"no end after {PATIENCE:.0f} s")
                return current + WORKERS
            if not line:
                break
            said = json.loads(line)
            if "start" in said:
                current = said["start"]
                continue
            with lock:
                tally.add(current, said["seconds"], said["bytes"], said["wrong"])
                if said["bytes"] > LARGEST:
                    tally.fail(current, f"took {said['bytes'] / 2**20:.0f} MB")
            first = current + WORKERS
            if said["bytes"] > LARGEST:
                return first
    finally:
        process.kill()
        process.wait()
    if first < end:
        with lock:
            tally.fail(current, f"the process died with status {process.returncode}")
        return current + WORKERS
    return first


def _forward(stream: object, lines: queue.Queue[str]) -> None:
    for line in stream:  # type: ignore[attr-defined]
        lines.put(line)
    lines.put("")


def fuzz(count: int, seed: int, folder: Path) -> Tally:
    """Work on ``count`` inputs."""
    tally, lock = Tally(seed, folder), threading.Lock()
    threads = [threading.Thread(target=supervise, args=(tally, lock, first, count)) for first in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return tally


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="make fuzz")
    parser.add_argument("count", nargs="?", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--one", type=int, help="work on this input only, and show it")
    parser.add_argument("--failures", type=Path, default=Path("reports/out/fuzz"), help="where they are saved")
    options = parser.parse_args()
    if options.one is not None:
        os.environ["AUDIT_CACHE_DIR"] = ""
        print(inputs.describe(options.seed, options.one))
        with tempfile.TemporaryDirectory() as scratch:
            wrong = worker.work(options.seed, options.one, Path(scratch))
        print(wrong or "nothing went wrong")
        return bool(wrong)
    started = time.monotonic()
    tally = fuzz(options.count, options.seed, options.failures)
    tally.show(time.monotonic() - started)
    return bool(tally.failures)


if __name__ == "__main__":
    sys.exit(main())
