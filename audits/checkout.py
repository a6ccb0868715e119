"""What git tells of the checkout that something lies in. Nothing that it configures is run, and nothing is changed."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

Ranges = tuple[tuple[int, int], ...]
"""First and last lines, both included."""

_PATIENCE = 120
_HUNK = re.compile(r"@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@")
# fsmonitor is a command, and a smudge filter fetches.
_SETTINGS = ("core.fsmonitor=false", "core.quotePath=false", "filter.lfs.smudge=", "filter.lfs.required=false")
WHOLE: Ranges = ((1, 10**9),)


class CheckoutError(ValueError):
    """There is no checkout, no git, or no such commit; one line that says which."""


def git_state(folder: Path) -> dict[str, Any] | None:
    """The commit that ``folder`` is at, and whether it has changes; None outside a checkout or without git."""
    try:
        head = _git(folder, "rev-parse", "HEAD")
        return {"commit": head.strip(), "dirty": bool(_git(folder, "status", "--porcelain", "--", ".").strip())}
    except CheckoutError:
        return None


def top_of(folder: Path) -> Path:
    """The folder of the checkout that ``folder`` lies in. Raises CheckoutError."""
    return Path(_git(folder, "rev-parse", "--show-toplevel").rstrip("\n"))


def base_of(top: Path, ref: str) -> str:
    """The commit at which this checkout parted from ``ref``.

    Raises:
        CheckoutError: there is no such commit, or the two have none in common as far as the checkout knows.
    """
    try:
        commit = _git(top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}").strip()
    except CheckoutError:
        raise CheckoutError(f"{ref}: git knows no such commit here") from None
    try:
        return _git(top, "merge-base", commit, "HEAD").strip()
    except CheckoutError:
        raise CheckoutError(f"{ref}: no commit in common with HEAD: fetch more of the history") from None


def changed_lines(top: Path, commit: str) -> dict[str, Ranges]:
    """The lines that are new or other than at ``commit``, by path below ``top``; of untracked files all.

    Where lines were only taken away, the ones around the place count: something changed there.
    """
    flags = ("--unified=0", "--no-color", "--no-ext-diff", "--no-textconv", "--no-renames", "--dst-prefix=b/")
    found: dict[str, list[tuple[int, int]]] = {}
    path = ""
    for line in _git(top, "diff", *flags, commit, "--").splitlines():
        if line.startswith("+++ "):
            path = line.removeprefix("+++ b/") if line.startswith("+++ b/") else ""
        elif path and (hunk := _HUNK.match(line)):
            first, count = int(hunk[1]), int(hunk[2] or 1)
            found.setdefault(path, []).append((first, first + count - 1) if count else (first, first + 1))
    ranges: dict[str, Ranges] = {name: tuple(pairs) for name, pairs in found.items()}
    untracked = _git(top, "ls-files", "--others", "--exclude-standard", "-z", "--full-name")
    return ranges | dict.fromkeys(filter(None, untracked.split("\0")), WHOLE)


def write_tree(top: Path, commit: str, folder: Path) -> Path:
    """Write the files of ``commit`` below ``folder``, and return the folder that stands for ``top``.

    An index of its own leaves the checkout's alone; unlike ``git archive`` it leaves no file out.
    """
    tree = folder / "tree"
    tree.mkdir()
    index = {"GIT_INDEX_FILE": str(folder / "index")}
    _git(top, "read-tree", commit, environment=index)
    _git(top, "checkout-index", "--all", "--force", "--quiet", f"--prefix={tree}/", environment=index)
    return tree


def _git(folder: Path, *arguments: str, environment: Mapping[str, str] | None = None) -> str:
    command = ["git", "--no-optional-locks", *_settings(), "-C", str(folder), *arguments]
    try:
        done = subprocess.run(
            command,
            check=True,
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",
            timeout=_PATIENCE,
            env={**os.environ, **(environment or {})},
        )
    except FileNotFoundError:
        raise CheckoutError("git is not installed") from None
    except (OSError, subprocess.SubprocessError) as error:
        said = str(getattr(error, "stderr", "") or "").strip().splitlines()
        raise CheckoutError(f"{folder}: {said[-1] if said else 'git failed'}") from None
    return done.stdout


def _settings() -> Iterator[str]:
    for one in _SETTINGS:
        yield from ("-c", one)
