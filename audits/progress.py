"""Progress of a long reading, on one line of a terminal that is wiped when the reading ends. Nowhere else."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TextIO

from audits.model import CallRecord

_AFTER = 1.0
_EVERY = 0.1
_WIPE = "\r\x1b[K"

Hearing = Callable[[CallRecord], None]


def quiet(environment: Mapping[str, str], verbosity: int = 0) -> bool:
    """Whether nothing is to be shown: asked for (``-q -q``), a job's log, or a terminal that cannot wipe a line."""
    return verbosity <= -2 or bool(environment.get("CI")) or environment.get("TERM", "") in ("", "dumb")


@contextmanager
def shown(stream: TextIO, *, verbosity: int = 0) -> Iterator[Hearing | None]:
    """Show what is heard of calls on the stream, if anybody watches it; else there is nothing to hear with."""
    if quiet(os.environ, verbosity) or not stream.isatty():
        yield None
        return
    line = Line(stream)
    try:
        yield line.hear
    finally:
        line.wipe()


class Line:
    """The line: how many calls were made, how many failed, for how long, and the last one. Safe from many threads."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._clock = clock
        self._begun = self._last = clock()
        self._calls = self._failed = 0
        self._drawn = False
        self._lock = threading.Lock()

    def hear(self, record: CallRecord) -> None:
        """Count a call, and draw the line if it is time to."""
        with self._lock:
            self._calls += 1
            self._failed += record.outcome != "ok"
            now = self._clock()
            if now - self._begun < _AFTER or now - self._last < _EVERY:
                return
            self._last = now
            self._draw(record, int(now - self._begun))

    def _draw(self, record: CallRecord, seconds: int) -> None:
        failed = f", {self._failed} failed" if self._failed else ""
        last = f"{record.service} {record.operation}, {record.account} {record.region}"
        text = f"reading the account: {self._calls} calls{failed}, {seconds} s ({last})"
        self._stream.write(_WIPE + text[: shutil.get_terminal_size().columns - 1])
        self._stream.flush()
        self._drawn = True

    def wipe(self) -> None:
        """Leave the terminal as it was."""
        with self._lock:
            if self._drawn:
                self._stream.write(_WIPE)
                self._stream.flush()
