"""A Markdown page as sections and the rows in them: table rows, list items, lines of code, lines of text."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from audits.document.encoding import LOST, Damage, repaired

if TYPE_CHECKING:
    from markdown_it.token import Token

LARGEST = 8 * 1024 * 1024


class DocumentError(ValueError):
    """The document cannot be used at all; one line for people."""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and the lines under it, up to the next heading. ``path`` is its full heading path, emoji left out.

    The one first-level heading of a page is its title and no part of a path; what stands before the next heading is
    cited by it. ``rows`` are (line, text), without blank lines.
    """

    path: tuple[str, ...]
    line: int
    rows: tuple[tuple[int, str], ...]
    title: str = ""

    @property
    def name(self) -> str:
        """The path as clauses cite it."""
        return " > ".join(self.path) or self.title


@dataclass(frozen=True, slots=True)
class Page:
    """A document. ``sha256`` is that of the file as it is; ``damage`` what was undone to read it."""

    path: str
    sha256: str
    sections: tuple[Section, ...]
    damage: Damage | None = None

    @property
    def rows(self) -> Iterable[tuple[int, str]]:
        """Every row, in order."""
        return (row for section in self.sections for row in section.rows)


def read_page(path: Path) -> Page:
    """Read a document.

    Raises:
        DocumentError: there is no such file, it is no text, or it is too large.
    """
    try:
        if path.is_dir():
            raise DocumentError(f"{path}: a folder, not a document")
        if path.stat().st_size > LARGEST:
            raise DocumentError(f"{path}: larger than {LARGEST // 1024 // 1024} MB")
        data = path.read_bytes()
    except OSError as error:
        raise DocumentError(f"{path}: cannot be read: {error.strerror or error}") from error
    return parse_page(data, str(path))


def parse_page(data: bytes, path: str) -> Page:
    """The page that a file's bytes hold. Raises DocumentError."""
    text, damage = repaired(_decoded(data, path))
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return Page(path, hashlib.sha256(data).hexdigest(), _sections(lines), damage)


def _decoded(data: bytes, path: str) -> str:
    for mark, codec in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return _decode(data, codec, path)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        hint = "; it may be EUC-KR: save it as UTF-8" if _may_be_korean(data) else ""
        raise DocumentError(f"{path}:{line}: not UTF-8{hint}") from error


def _decode(data: bytes, codec: str, path: str) -> str:
    try:
        return data.decode(codec)
    except UnicodeDecodeError as error:
        raise DocumentError(f"{path}: not {codec.upper()}, though it begins so") from error


def _may_be_korean(data: bytes) -> bool:
    try:
        text = data.decode("cp949")
    except UnicodeDecodeError:
        return False
    return any("가" <= char <= "힣" for char in text)


def _sections(lines: Sequence[str]) -> tuple[Section, ...]:
    headings = _headings("\n".join(lines))
    titles = [level for level, *_ in headings].count(1)
    sections: list[Section] = []
    trail: list[tuple[int, str]] = []
    bounds = [(0, "", 0, 0), *headings, (0, "", len(lines), len(lines))]
    for (level, text, start, end), (_, _, following, _) in pairwise(bounds):
        while trail and level and trail[-1][0] >= level:
            trail.pop()
        if level and not (level == 1 and titles == 1):
            trail.append((level, text))
        rows = tuple((number + 1, lines[number]) for number in range(end, following) if lines[number].strip())
        title = text if level == 1 and titles == 1 else ""
        sections.append(Section(tuple(name for _, name in trail), start + 1, rows, title))
    return tuple(sections)


def _headings(text: str) -> list[tuple[int, str, int, int]]:
    """Level, text, first line and the line after it of every heading; code fences hold none."""
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    found = []
    for opening, inline in pairwise(tokens):
        if opening.type == "heading_open" and opening.map is not None and opening.level == 0:
            found.append((int(opening.tag[1:]), plain(_text(inline)), opening.map[0], opening.map[1]))
    return found


def _text(inline: Token) -> str:
    """The words of a heading, without emphasis and links."""
    return "".join(child.content for child in inline.children or () if child.type in ("text", "code_inline"))


def plain(text: str) -> str:
    """A text without emoji, and with single spaces."""
    kept = "".join(char for char in text if char == LOST or not _is_emoji(char))
    return re.sub(r"\s+", " ", kept).strip()


def _is_emoji(char: str) -> bool:
    # Symbols, skin tones, and what joins and varies them.
    return unicodedata.category(char) in ("So", "Sk", "Cs") or char in "\u200d\ufe0e\ufe0f\u20e3"
