"""``audits watch``: audits again when specs, Terraform, variables or the document change, and tells what changed by it.

Files are looked at twice a second (size, time and inode of each): that works on every file system, also on those that
are mounted into a container. A change counts once it has settled, so that a save of many files is one run.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from types import FrameType
from typing import NoReturn, Protocol

from audits.options import declared

INTERVAL = 0.5
"""Seconds between two looks."""
_FILES = ("--var-file", "--document", "--plan", "--state", "--baseline", "--replay")
_LOCAL = re.compile(r'"?source"?\s*[=:]\s*"(\.{1,2}/[^"]*)"')
_SKIPPED = ("node_modules", "__pycache__")
_MOST = 50_000

Stamp = dict[str, tuple[int, int, int]]


class Teller(Protocol):
    """Says of a saved run what a person at the desk wants to know of it."""

    def __call__(self, before: Path | None, now: Path) -> str:
        """The text; ``before`` is the run before it, None for the first."""


def watch(arguments: Sequence[str], tell: Teller, say: Callable[[str], None], rounds: int | None = None) -> int:
    """Audit with these arguments of ``run``, and again at each change, until interrupted; the result is 0.

    ``rounds``: end after so many runs. A run that could not be made is told by what it printed, and what came before
    is kept to compare the next one with.
    """
    signal.signal(signal.SIGTERM, _interrupt)
    with tempfile.TemporaryDirectory(prefix="audit-watch-") as folder:
        try:
            _loop(arguments, Path(folder), tell, say, rounds)
        except KeyboardInterrupt:
            say("stopped")
    return 0


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def _loop(arguments: Sequence[str], folder: Path, tell: Teller, say: Callable[[str], None], rounds: int | None) -> None:
    before: Path | None = None
    number = 0
    while True:
        # What changes while it is being read is seen by the next look.
        seen = stamp(watched(arguments))
        number += 1
        now = folder / str(number) / "run.json"
        printed = _run(arguments, now)
        if now.exists():
            say(tell(before, now))
            before = now
        else:
            say(printed.strip() or "the audit ended without a run")
        if number == rounds:
            return
        say(f"watching {len(seen)} files; Ctrl-C ends")
        changed = _wait(arguments, seen)
        say(f"changed: {', '.join(changed[:5])}{f' and {len(changed) - 5} more' if len(changed) > 5 else ''}")


def _run(arguments: Sequence[str], now: Path) -> str:
    """One audit as a process of its own, so that nothing of the last one is left; the result is what it printed."""
    home = str(Path(__file__).parent.parent)
    path = os.pathsep.join([home, *filter(None, [os.environ.get("PYTHONPATH")])])
    # -P: a folder called audits where the command is given is none of ours.
    command = [sys.executable, "-P", "-m", "audits", "run", *arguments, f"--report=json={now}"]
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "PYTHONPATH": path},
        encoding="utf-8",
        errors="backslashreplace",
    )
    try:
        return process.communicate()[0]
    except BaseException:
        process.terminate()
        process.wait()
        raise


def _wait(arguments: Sequence[str], seen: Stamp) -> list[str]:
    """The files that are new, changed or gone, once nothing has changed from one look to the next."""
    last = seen
    while True:
        time.sleep(INTERVAL)
        now = stamp(watched(arguments))
        if now == last and now != seen:
            return sorted(name for name in {*now, *seen} if now.get(name) != seen.get(name))
        last = now


def stamp(paths: Iterable[Path]) -> Stamp:
    """Size, time and inode of each file that is there."""
    found: Stamp = {}
    for path in paths:
        try:
            about = path.stat()
        except OSError:
            continue
        found[str(path)] = (about.st_size, about.st_mtime_ns, about.st_ino)
    return found


def watched(arguments: Sequence[str]) -> list[Path]:
    """The files on which an audit with these arguments rests, as far as they lie here, each once.

    What the audit itself writes is none of them, wherever it is to lie: it would bring the next audit, without end.
    """
    found: dict[Path, None] = {}
    values = list(_values(arguments))
    for option, value in values:
        path = Path(value.partition("::")[0])
        if option in _FILES:
            found[path] = None
        elif option == "--terraform":
            for folder in modules(path):
                found.update(dict.fromkeys(_below(folder)))
        elif not option and path.is_dir():
            found.update(dict.fromkeys(one for one in _below(path) if one.suffix in (".yaml", ".yml")))
        elif not option and path.is_file():
            found[path] = None
    written = _written(values)
    return [path for path in found if not written(path)][:_MOST]


def _written(values: Sequence[tuple[str, str]]) -> Callable[[Path], bool]:
    """Whether a file is one that the audit writes: a report, what was observed beside it, the history, its journal."""
    reports = [Path(value.partition("=")[2]).resolve() for option, value in values if option == "--report"]
    histories = [Path(value).resolve() for option, value in values if option == "--history"]
    names = {*reports, *histories}
    names |= {one.with_name(one.name + end) for one in histories for end in ("-journal", "-wal", "-shm")}
    folders = {one.with_suffix(".observations") for one in reports}

    def writes(path: Path) -> bool:
        place = path.resolve()
        return place in names or not folders.isdisjoint(place.parents)

    return writes


@cache
def _valued() -> frozenset[str]:
    """The options that take a value: it is no argument of its own."""
    own = {name for name, metavar, _ in declared(("audits.plugin", "reports.plugin")) if metavar}
    return frozenset({*own, "-k", "-m", "-n", "-p", "-c", "-o", "-r", "-W", "--color", "--rootdir", "--basetemp"})


def _values(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each option with its value, and each argument that is none with an empty option."""
    rest = iter(arguments)
    for word in rest:
        if not word.startswith("-"):
            yield "", word
        elif "=" in word:
            option, _, value = word.partition("=")
            yield option, value
        elif word in _valued():
            yield word, next(rest, "")


def modules(root: Path) -> list[Path]:
    """The folder, and those of the local modules that it calls, directly or not. Nothing is evaluated."""
    found: dict[Path, None] = {}
    ahead = [root]
    while ahead:
        folder = ahead.pop()
        if folder in found or not folder.is_dir():
            continue
        found[folder] = None
        for path in sorted([*folder.glob("*.tf"), *folder.glob("*.tf.json")]):
            try:
                text = path.read_text(encoding="utf-8", errors="replace")
            except OSError:
                continue
            ahead.extend(Path(os.path.normpath(folder / one)) for one in _LOCAL.findall(text))
    return list(found)


def _below(folder: Path) -> Iterator[Path]:
    """Every file in the folder and below it, but in what is hidden: templates lie beside what reads them."""
    for where, folders, names in os.walk(folder):
        folders[:] = sorted(one for one in folders if not one.startswith(".") and one not in _SKIPPED)
        yield from (Path(where, name) for name in sorted(names) if not name.startswith("."))
