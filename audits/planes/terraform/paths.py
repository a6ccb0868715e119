"""What is at a path, where asking may fail: too long a name or a folder that may not be entered is no error here."""

from __future__ import annotations

import stat
from pathlib import Path


def _mode(path: Path) -> int:
    try:
        return path.stat().st_mode
    except (OSError, ValueError):
        return 0


def is_there(path: Path) -> bool:
    """Whether there is anything that can be seen."""
    return _mode(path) != 0


def is_folder(path: Path) -> bool:
    """Whether it is a folder."""
    return stat.S_ISDIR(_mode(path))


def is_file(path: Path) -> bool:
    """Whether it is a regular file: reading a pipe or a device may never end."""
    return stat.S_ISREG(_mode(path))
