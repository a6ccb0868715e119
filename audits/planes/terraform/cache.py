"""A cache of parsed files, so that a second run need not import the parser.

One entry a file, named by the hash of its text and of everything that decides how it is parsed. An entry is two
lines: its name again with the hash of the rest, and the body as JSON (nothing in it is ever executed). What is not
exactly that is a miss: a truncated entry, one of another version, one that stands under another's name.

The folder is the user's alone (``0700``); one that somebody else owns or may write to is not used at all, nor is a
symbolic link, in its place or in an entry's. So nobody else can make a file say what it does not. Whoever may write
as the user can; but they could change this very file as well.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import sys
import time
from contextlib import suppress
from functools import cache
from pathlib import Path

from audits.planes.terraform.node_codec import CodecError, dumps, loads
from audits.planes.terraform.nodes import Body

FORMAT = "2"
MOST_BYTES = 256 * 1024 * 1024
"""What is kept of the folder when it is pruned, once an hour at most: 300,000 lines of source take a tenth of it."""
MOST_ENTRIES = 50_000
LARGEST_ENTRY = 64 * 1024 * 1024
STALE = 30 * 24 * 3600
"""Seconds after which an entry that nobody asked for goes."""
_HOUR, _DAY = 3600, 24 * 3600

_PARSER = (
    *("nodes.py", "node_codec.py", "numbers.py", "scanner.py", "grammar.py", "hcl_grammar.json", "syntax.py"),
    *("template_syntax.py", "json_syntax.py", "texts.py", "configuration.py"),
)
_ENTRY = re.compile(r"[0-9a-f]{64}(\.json|\.[0-9]+\.tmp)")


def default_folder() -> Path | None:
    """``AUDIT_CACHE_DIR`` (empty: no cache), else a folder of this suite's among the user's caches.

    Never one in the working directory: a checkout could bring its own entries along.
    """
    given = os.environ.get("AUDIT_CACHE_DIR")
    if given is not None:
        return Path(given) if given else None
    caches = os.environ.get("XDG_CACHE_HOME", "")
    with suppress(RuntimeError):
        base = Path(caches) if Path(caches).is_absolute() else Path.home() / ".cache"
        return base / "glimpse-audit" / "terraform"
    return None


@cache
def _version() -> str | None:
    """The hash of all that decides how a text is parsed; None if it cannot be told (then there is no cache)."""
    digest = hashlib.sha256(f"{FORMAT}\0{sys.version_info[:2]}".encode())
    try:
        for name in _PARSER:
            digest.update(Path(__file__).with_name(name).read_bytes())
    except OSError:
        return None
    return digest.hexdigest()


class ParseCache:
    """Bodies by the text of their file. With ``folder`` None it remembers nothing."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder if _version() is not None and os.open in os.supports_dir_fd else None
        self._handle: int | None = None
        self._kept: dict[str, bytes] = {}

    def get(self, text: str, kind: str, file: str) -> Body | None:
        """The body of this text, its places in ``file``; None if it is not there."""
        key = _key(text, kind)
        with suppress(OSError, CodecError):
            payload = self._kept.pop(key, None)
            if payload is None and (folder := self._open(make=False)) is not None:
                payload = _read(folder, key)
            return loads(payload, file) if payload is not None else None
        return None

    def has(self, text: str, kind: str) -> bool:
        """Whether there seems to be an entry for this text."""
        key, folder = _key(text, kind), self._open(make=False)
        if key in self._kept or folder is None:
            return key in self._kept
        try:
            return stat.S_ISREG(os.stat(f"{key}.json", dir_fd=folder, follow_symlinks=False).st_mode)
        except OSError:
            return False

    def put(self, text: str, kind: str, body: Body) -> None:
        """Remember a body. That it could not be written is no error."""
        if self._open(make=True) is not None:
            with suppress(RecursionError, ValueError):
                self._put(_key(text, kind), dumps(body))

    def keep(self, text: str, kind: str, payload: bytes) -> None:
        """Remember what :func:`dumps` made of a body, until it is asked for even without a folder."""
        key = _key(text, kind)
        self._kept[key] = payload
        self._put(key, payload)

    def _put(self, key: str, payload: bytes) -> None:
        folder = self._open(make=True)
        if folder is not None and len(payload) <= LARGEST_ENTRY:
            with suppress(OSError):
                _prune(folder, time.time())
                _write(folder, key, payload)

    def _open(self, make: bool) -> int | None:
        """The folder, open, if it is the user's alone. Entries are reached through it, wherever its name leads."""
        if self._handle is None and self.folder is not None:
            try:
                self._handle = _open_folder(self.folder, make)
            except FileNotFoundError:
                return None
            except (OSError, ValueError):
                self.folder = None
        return self._handle

    def __del__(self) -> None:
        if self._handle is not None:
            os.close(self._handle)


def _key(text: str, kind: str) -> str:
    return hashlib.sha256(f"{_version()}\0{kind}\0".encode() + text.encode("utf-8", "surrogatepass")).hexdigest()


def _is_ours(found: os.stat_result) -> bool:
    """Whether only this user can have written it."""
    return found.st_uid == os.geteuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _open_folder(folder: Path, make: bool) -> int:
    """The folder, open. Raises OSError if it is not there, cannot be made, or may be written to by others."""
    if make:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    if not _is_ours(os.fstat(handle)):
        os.close(handle)
        raise PermissionError(f"{folder} is not this user's alone")
    return handle


def _read(folder: int, key: str) -> bytes | None:
    """What the entry holds; None if it is not what :func:`_write` wrote there. Raises OSError if there is none."""
    # Without O_NONBLOCK a named pipe in an entry's place would be waited for.
    handle = os.open(f"{key}.json", os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    with os.fdopen(handle, "rb") as stream:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode) or not _is_ours(found) or found.st_size > LARGEST_ENTRY + 1_000:
            return None
        head, _, payload = stream.read(LARGEST_ENTRY + 1_000).partition(b"\n")
        if head != _head(key, payload):
            return None
        if found.st_mtime + _DAY < time.time():
            # The day of its last use, so that pruning takes the oldest.
            with suppress(OSError):
                os.utime(handle)
        return payload


def _head(key: str, payload: bytes) -> bytes:
    return f"{key} {hashlib.sha256(payload).hexdigest()}".encode()


def _write(folder: int, key: str, payload: bytes) -> None:
    """Write an entry at once under its final name, or not at all."""
    temporary = f"{key}.{os.getpid()}.tmp"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    handle = os.open(temporary, flags, 0o600, dir_fd=folder)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(_head(key, payload) + b"\n" + payload)
        os.rename(temporary, f"{key}.json", src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary, dir_fd=folder)
        raise


def _prune(folder: int, now: float) -> None:
    """Once an hour: remove entries that nobody used for long, and the oldest of the others while they are too many."""
    with suppress(FileNotFoundError):
        if abs(now - os.stat("pruned", dir_fd=folder, follow_symlinks=False).st_mtime) < _HOUR:
            return
    handle = os.open("pruned", os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600, dir_fd=folder)
    os.utime(handle)
    os.close(handle)
    entries: list[tuple[float, int, str]] = []
    with os.scandir(folder) as found:
        for entry in found:
            if _ENTRY.fullmatch(entry.name):
                with suppress(FileNotFoundError):
                    status = entry.stat(follow_symlinks=False)
                    entries.append((status.st_mtime, status.st_size, entry.name))
    total = 0
    for number, (used, size, name) in enumerate(sorted(entries, reverse=True), 1):
        total += size
        lost = name.endswith(".tmp") and used < now - _HOUR
        if lost or used < now - STALE or total > MOST_BYTES or number > MOST_ENTRIES:
            with suppress(FileNotFoundError):
                os.unlink(name, dir_fd=folder)
