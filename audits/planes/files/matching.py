"""Where a declared pattern finds a value in a program's text, and what about the place makes the value uncertain."""

from __future__ import annotations

import re
from typing import Any

from audits.file_patterns import compile_pattern
from audits.planes.files.comments import Reading, without_comments

MOST = 20
"""How many places are kept: more than one is already no answer."""

_ENVIRONMENT = re.compile(
    r"process\.env|import\.meta\.env|\bos\.environ|\bgetenv\b|\benv\(|\bENV\[|\$\{|\bDeno\.env|ConfigService|\.get\("
)
"""What reads a setting while the program runs: from its environment, or from a configuration that does."""

_QUOTES = "\"'`"
_WORD = re.compile(r"[\w$.]")
_BEFORE = re.compile(r"(?:[*/%+\-?|&<>^!~.]|[*/%+\-?|&^!<>=]=)$")
_OPERATOR = re.compile(r"\*|/|%|\+|-|\?|\||&|<|>|==|!=|\^|\.|\(|\[")


def find(text: str, pattern: str, comments: str) -> list[dict[str, Any]]:
    """Every place where the pattern matches outside comments: ``value``, ``line``, ``column``, ``quoted``, ``doubt``.

    ``doubt`` says why the value may not be what counts; it is empty where nothing speaks against it.
    """
    reading = without_comments(text, comments)
    compiled = compile_pattern(pattern)
    group = compiled.groupindex["value"]
    found: list[dict[str, Any]] = []
    for match in compiled.finditer(reading.text):
        start, end = match.span(group)
        if start < 0 or not reading.text[start:end].strip():
            continue
        line_start = reading.text.rfind("\n", 0, start) + 1
        found.append(
            {
                "value": reading.text[start:end].strip(),
                "line": reading.text.count("\n", 0, start) + 1,
                "column": start - line_start + 1,
                "quoted": _quoted(reading.text, start, end),
                "doubt": _doubt(reading, match.span(), (start, end), comments),
            }
        )
        if len(found) == MOST:
            break
    return found


def _quoted(text: str, start: int, end: int) -> bool:
    return text[start - 1 : start] != "" and text[start - 1] in _QUOTES and text[end : end + 1] == text[start - 1]


def _doubt(reading: Reading, match: tuple[int, int], value: tuple[int, int], comments: str) -> str:
    if reading.doubts(*match):
        return "it cannot be told whether this is a comment"
    text = reading.text
    first = text.rfind("\n", 0, match[0]) + 1
    last = text.find("\n", match[1])
    if _ENVIRONMENT.search(text[first : last if last >= 0 else len(text)]):
        return "the program reads it from its environment or configuration"
    if _goes_on(text, *value, comments):
        return "it is part of a longer expression"
    return ""


def _goes_on(text: str, start: int, end: int, comments: str) -> bool:
    """Whether what stands around a value belongs to it: more of a name or number, or an operator."""
    inside = text[start:end]
    # What is at the end of a string may go on behind its quote.
    start -= text[start - 1 : start] != "" and text[start - 1] in _QUOTES
    end += text[end : end + 1] != "" and text[end] in _QUOTES
    before, after = text[:start], text[end:]
    if _WORD.match(after[:1]) and _WORD.match(inside[-1:]):
        return True
    if _WORD.match(before[-1:]) and _WORD.match(inside[:1]):
        return True
    # JavaScript goes on with an operator in the next line; YAML begins a list there.
    blanks = " \t\r\n" if comments == "slashes" else " \t"
    rest, ahead = after.lstrip(blanks), before.rstrip(blanks)
    if rest.startswith(("=>", "->")) or ahead.endswith(("=>", "->")):
        return False
    return bool(_OPERATOR.match(rest)) or bool(_BEFORE.search(ahead))
