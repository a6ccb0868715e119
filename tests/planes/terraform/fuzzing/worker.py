"""A process that works on every so-manyth input, and says on its output what it starts and how it went.

One line of JSON each: ``{"start": number}``, then ``{"done": number, "seconds": …, "bytes": …, "wrong": …}`` with the
largest memory the process has had. A file's name, if any, is the only argument that is no number.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import sys
import tempfile
import time
import traceback
from pathlib import Path

from tests.planes.terraform.fuzzing import inputs

MOST_ADDRESSES = 3 * 1024**3
"""Bytes of addresses, not of memory: threads with large stacks take many that they never use."""


def most_memory() -> int:
    """The most memory this process has had, in bytes. What ``getrusage`` says begins with that of the parent."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))
    except (OSError, StopIteration):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main(seed: int, first: int, step: int, end: int) -> None:
    """Work on the inputs ``range(first, end, step)``."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_ADDRESSES, MOST_ADDRESSES))
    os.environ["AUDIT_CACHE_DIR"] = ""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as scratch:
        folder = Path(scratch) / "input"
        for number in range(first, end, step):
            _say({"start": number})
            folder.mkdir()
            started = time.monotonic()
            wrong = work(seed, number, folder)
            seconds = time.monotonic() - started
            shutil.rmtree(folder)
            memory = most_memory()
            _say({"done": number, "seconds": seconds, "bytes": memory, "wrong": wrong})


def work(seed: int, number: int, folder: Path) -> str:
    """What went wrong with an input; empty if nothing did."""
    try:
        return inputs.run(seed, number, folder)
    except Exception:  # noqa: BLE001 - any exception at all is what is looked for
        return traceback.format_exc()


def _say(line: dict[str, object]) -> None:
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main(*(int(text) for text in sys.argv[1:5]))
