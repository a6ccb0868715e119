"""Parses the files of a large tree in several processes, before the reading comes to them.

Only a help: what is not parsed ahead, for whatever reason, is parsed when it is needed, and says the same. Threads
would not help, the parser is Python. The workers are plain child processes with pipes, so nothing is needed of the
system beyond starting one: no shared memory, no semaphores. They end with their input, or when nobody reads what they
write, so an interrupted audit leaves none behind.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

from audits.planes.terraform.cache import ParseCache
from audits.planes.terraform.configuration import configuration_files, read_text
from audits.planes.terraform.nodes import SourceSyntaxError
from audits.planes.terraform.parsing import kind_of
from audits.planes.terraform.paths import is_folder

WORTH_IT = 128 * 1024
"""So many characters take twice as long to parse as workers to start."""
MOST_CHARACTERS = 64 * 1024 * 1024
MOST_FOLDERS = 10_000
MOST_WORKERS = 8

_SOURCE = re.compile(r'\bsource"?\s*[=:]\s*"(\.{1,2}/[^"\\$%]*)"')
_PROJECT = Path(__file__).parent.parent.parent.parent
_WORKER = "import sys; sys.path.insert(0, sys.argv[1]); from audits.planes.terraform.parse_worker import main; main()"

Job = tuple[str, str]
"""A kind of file and a text."""


def parse_ahead(root: Path, cache: ParseCache) -> None:
    """Parse what a root module will need and is not in the cache, and put it there, if that is worth the processes."""
    workers = min(_processors(), MOST_WORKERS)
    if workers < 2 or not sys.executable:
        return
    jobs = [job for job in _jobs(root) if not cache.has(job[1], job[0])]
    if sum(len(text) for _, text in jobs) < WORTH_IT:
        return
    threads = [threading.Thread(target=_work, args=(share, cache), daemon=True) for share in _shares(jobs, workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _jobs(root: Path) -> Iterator[Job]:
    """The texts of a root module and of the folders that seem to be called from there, each once."""
    seen = {root}
    waiting = [root]
    left = MOST_CHARACTERS
    texts: set[Job] = set()
    for folder in waiting:
        for path in configuration_files(folder):
            try:
                text = read_text(path)
            except SourceSyntaxError:
                continue
            left -= len(text)
            if left < 0:
                return
            job = kind_of(path.name), text
            if job not in texts:
                texts.add(job)
                yield job
            # Whether it is a module's source the reading will tell: what is parsed in vain does no harm.
            for source in _SOURCE.findall(text):
                called = Path(os.path.normpath(folder / source))
                if called not in seen and len(seen) < MOST_FOLDERS and is_folder(called):
                    seen.add(called)
                    waiting.append(called)


def _shares(jobs: Iterable[Job], count: int) -> list[list[Job]]:
    """The jobs in so many parts of about the same size."""
    shares: list[list[Job]] = [[] for _ in range(count)]
    sizes = [0] * count
    for job in sorted(jobs, key=lambda job: len(job[1]), reverse=True):
        smallest = sizes.index(min(sizes))
        shares[smallest].append(job)
        sizes[smallest] += len(job[1])
    return [share for share in shares if share]


def _work(share: list[Job], cache: ParseCache) -> None:
    """Have one worker parse a share. Whatever goes wrong with it leaves the rest to the reading."""
    data = "\n".join(map(json.dumps, share)) + "\n"
    command = [sys.executable, "-I", "-c", _WORKER, str(_PROJECT)]
    try:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, close_fds=True
        )
    except (OSError, ValueError):
        return
    with process:
        try:
            output, _ = process.communicate(data.encode())
        except (OSError, MemoryError):
            process.kill()
            return
    lines = output.split(b"\n")
    # Without its line's end the last one is cut short; that of a whole output is empty.
    for (kind, text), payload in zip(share, lines[:-1], strict=False):
        if payload:
            cache.keep(text, kind, payload)
