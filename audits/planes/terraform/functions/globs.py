"""Finding files by a glob with ``**``, ``?``, ``[…]`` and ``{…,…}``, within a tree."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from audits.planes.terraform.functions.registry import FunctionError

_MOST_FILES = 100_000
_DEEPEST = 64


def find(folder: Path, pattern: str, tree: Path) -> list[str]:
    """The regular files below ``folder`` that match, as relative paths. Links that leave ``tree`` are not followed."""
    matcher = translate(pattern)
    return [path for path in _files(folder, "", tree, 0) if matcher.fullmatch(path)]


def _files(folder: Path, prefix: str, tree: Path, depth: int) -> Iterator[str]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return
    if len(entries) > _MOST_FILES:
        raise FunctionError("there are too many files")
    for entry in entries:
        if entry.is_symlink() and not _stays(Path(entry.path), tree):
            continue
        if entry.is_file():
            yield prefix + entry.name
        elif entry.is_dir() and not entry.is_symlink() and depth < _DEEPEST:
            yield from _files(Path(entry.path), f"{prefix}{entry.name}/", tree, depth + 1)


def _stays(path: Path, tree: Path) -> bool:
    try:
        return tree in path.resolve().parents
    except (OSError, RuntimeError):
        return False


@lru_cache(maxsize=256)
def translate(pattern: str) -> re.Pattern[str]:
    """The glob as a regular expression for whole paths. Raises FunctionError if it is malformed."""
    try:
        return re.compile("".join(_translated(pattern)), re.DOTALL)
    except re.error as error:
        raise FunctionError(f'"{pattern}" is no valid pattern') from error


def _translated(pattern: str) -> Iterator[str]:
    position, braces = 0, 0
    while position < len(pattern):
        character = pattern[position]
        step = 1
        if character == "/" and braces:
            raise FunctionError(f'"{pattern}" is no valid pattern')
        if pattern.startswith("**/", position) and _at_start(pattern, position):
            yield "(?:[^/]+/)*"
            step = 3
        elif pattern[position:] == "**" and _at_start(pattern, position):
            yield ".*"
            step = 2
        elif character == "*":
            yield "[^/]*"
        elif character == "?":
            yield "[^/]"
        elif character == "[":
            text, step = _class(pattern, position)
            yield text
        elif character == "{":
            braces += 1
            yield "(?:"
        elif character == "}" and braces:
            braces -= 1
            yield ")"
        elif character == "," and braces:
            yield "|"
        elif character == "\\" and position + 1 < len(pattern):
            yield re.escape(pattern[position + 1])
            step = 2
        else:
            yield re.escape(character)
        position += step


def _at_start(pattern: str, position: int) -> bool:
    return position == 0 or pattern[position - 1] == "/"


def _class(pattern: str, position: int) -> tuple[str, int]:
    """A character class as a regular expression, and its length."""
    end = pattern.find("]", position + 2)
    if end < 0:
        raise FunctionError(f'"{pattern}" is no valid pattern')
    body = pattern[position + 1 : end]
    negated = body.startswith("^")
    body = re.sub(r"([\[\\^])", r"\\\1", body[1:] if negated else body)
    return (f"[^/{body}]" if negated else f"[{body}]"), end - position + 1
