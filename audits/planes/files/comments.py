"""Which characters of a program's text are comments, which are not, and of which it cannot be told.

No grammar of any language is here: only strings and comments. Where these alone cannot tell (a lone ``/`` may begin a
regular expression of JavaScript, in which quotes mean nothing), the text is in doubt rather than code.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Reading:
    """``text`` with every comment as blanks, at the same places, and the spans that may or may not be comments."""

    text: str
    doubtful: tuple[Span, ...] = ()

    def doubts(self, start: int, end: int) -> bool:
        """Whether anything between two places may be a comment."""
        return any(start < last and first < end for first, last in self.doubtful)


def without_comments(text: str, syntax: str) -> Reading:
    """The text without its comments, by the ``syntax`` that the spec declares (one of :data:`SYNTAXES`)."""
    return SYNTAXES[syntax](text)


def _none(text: str) -> Reading:
    return Reading(text)


def _hash(text: str) -> Reading:
    """``#`` at the beginning of a line is a comment; behind other text it may be one, or stand in a value."""
    found = list(text)
    doubtful: list[Span] = []
    for match in re.finditer(r"^([^#\n]*)#[^\n]*", text, re.MULTILINE):
        if match[1].strip():
            doubtful.append((match.end(1), match.end()))
        else:
            _blank(found, match.start(), match.end())
    # Between triple quotes a line that begins with # is text, and whatever else stands there is no setting.
    opened = next((at for at in (text.find('"""'), text.find("'''")) if at >= 0), None)
    return Reading("".join(found), (*doubtful, *([(opened, len(text))] if opened is not None else [])))


_TOKEN = re.compile(r"//[^\n]*|/\*|[\"'`{}]|/")


def _slashes(text: str) -> Reading:
    """``//`` and ``/* */``, outside ``"…"``, ``'…'`` and templates in backticks, whose ``${…}`` is code again."""
    found = list(text)
    doubtful: list[Span] = []
    braces: list[int] = []
    depth = at = 0
    while (match := _TOKEN.search(text, at)) is not None:
        token, start, at = match[0], match.start(), match.end()
        if token.startswith("//"):
            _blank(found, start, at)
        elif token == "/*":
            end = text.find("*/", at)
            if end < 0:
                doubtful.append((start, len(text)))
                break
            at = end + 2
            _blank(found, start, at)
        elif token == "{":
            depth += 1
        elif token == "}" and braces and depth == braces[-1]:
            braces.pop()
            at = _template(text, at, braces, depth)
        elif token == "}":
            depth -= 1
        elif token == "`":
            at = _template(text, at, braces, depth)
        else:
            end = _line_end(text, at)
            closed = None if token == "/" else re.compile(rf"(?:[^\\\n{token}]|\\.)*{token}").match(text, at)
            if closed is not None:
                at = closed.end()
            elif token != "/" or re.search(r"[\"'`/]", text[at:end]):
                # Its other end decides what is code on this line, and a comment or template may open in it.
                open_end = re.search(r"/\*|`", text[at:end]) is not None
                doubtful.append((start, len(text) if open_end else end))
                if open_end:
                    break
                at = end
        if at < 0:
            doubtful.append((start, len(text)))
            break
    return Reading("".join(found), tuple(doubtful))


def _template(text: str, at: int, braces: list[int], depth: int) -> int:
    """Where a template's text ends that goes on at ``at``: behind its backtick, or where code begins; -1 for nowhere.

    ``braces`` then holds how deep in braces that code is, to be known by its closing one.
    """
    match = re.compile(r"(?:[^`\\$]|\\.|\$(?!\{))*(`|\$\{)", re.DOTALL).match(text, at)
    if match is None:
        return -1
    if match[1] == "${":
        braces.append(depth)
    return match.end()


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _blank(characters: list[str], start: int, end: int) -> None:
    for index in range(start, end):
        if characters[index] != "\n":
            characters[index] = " "


SYNTAXES: Mapping[str, Callable[[str], Reading]] = {"none": _none, "hash": _hash, "slashes": _slashes}
"""How comments are written: not at all (JSON), behind ``#`` (YAML, .env, Python), or as ``//`` and ``/* */``."""
