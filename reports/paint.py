"""How the summary fits a terminal: long lines folded, and colour laid over what can be read without it.

Colour is added last, to text in which nothing acts any more (:func:`reports.text.visible`), and only by whole tokens:
whoever takes the escapes away has the same text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from reports.text import columns

NARROW = 80
"""Columns below which a table of four has no room."""
_SGR = {"red": 31, "green": 32, "yellow": 33, "cyan": 36, "bold": 1, "dim": 2}
_HEAD = re.compile(r"(?P<severity>CRITICAL|HIGH|MEDIUM|LOW|INFO)(?P<gap> +)(?P<id>\S+)  (?P<standing>.+)")
_SEVERITIES = {"CRITICAL": ("bold", "red"), "HIGH": ("red",), "MEDIUM": ("yellow",), "LOW": ("cyan",), "INFO": ("dim",)}
_TITLE = re.compile(r"(?P<title>[A-Z][^:|]{2,60}:)(?P<rest>.*)")
_MARK = re.compile(r"(?<!\S)(?:✓|✗(?: absent)?|\?(?: unknown| unreadable)?)(?= |$)|^ +mend(?=  )")
_COUNT = re.compile(r"(?P<deviate>[1-9]\d* deviate)|(?P<undecided>[1-9]\d* undecided|[1-9]\d* gaps)")


def wanted(arguments: Sequence[str], environment: Mapping[str, str], terminal: bool) -> bool:
    """Whether colour is asked for, as pytest decides it: ``--color``, else NO_COLOR, FORCE_COLOR, else a terminal."""
    said = [word.partition("=")[2] for word in arguments if word.startswith("--color=")]
    said += [two for one, two in pairwise(arguments) if one == "--color"]
    if said and said[-1] in ("yes", "no"):
        return said[-1] == "yes"
    if environment.get("NO_COLOR"):
        return False
    return bool(environment.get("FORCE_COLOR")) or (terminal and environment.get("TERM") != "dumb")


def painted(text: str) -> str:
    """The summary with colour (SGR, ECMA-48 8.3.117)."""
    return "\n".join(map(_line, text.split("\n")))


def _line(line: str) -> str:
    head = _HEAD.fullmatch(line)
    if head:
        severity = _in(head["severity"], *_SEVERITIES[head["severity"]])
        return f"{severity}{head['gap']}{_in(head['id'], 'bold')}  {_standing(head['standing'])}"
    title = _TITLE.fullmatch(line)
    if title:
        return _in(title["title"], "bold") + title["rest"]
    if line[:1].isdigit():
        return _COUNT.sub(lambda found: _in(found[0], "red" if found["deviate"] else "yellow"), line)
    return _MARK.sub(lambda found: _in(found[0], _colour(found[0])), line)


def _standing(text: str) -> str:
    if text.startswith(("undecided", "single plane")) or text.endswith(")"):
        return _in(text, "yellow")
    return text if text.startswith("agrees") else _in(text, "red")


def _colour(mark: str) -> str:
    return {"✓": "green", "✗": "red", "?": "yellow"}.get(mark[0], "cyan")


def _in(text: str, *styles: str) -> str:
    codes = ";".join(str(_SGR[one]) for one in styles)
    return f"\x1b[{codes}m{text}\x1b[0m"


def folded(text: str, width: int) -> str:
    """Text whose lines are folded at blanks to so many columns, what follows indented.

    A word that is longer is left whole: a terminal folds it by itself, and so it can still be copied.
    """
    return "\n".join(part for line in text.split("\n") for part in _folded(line, max(width, 20)))


def _folded(line: str, width: int) -> Iterator[str]:
    indent = " " * min(len(line) - len(line.lstrip()) + 4, width // 3)
    while columns(line) > width:
        least = len(line) - len(line.lstrip())
        cut, used = 0, 0
        for place, char in enumerate(line):
            used += columns(char)
            if used > width + (char == " "):
                break
            if char == " " and place > least:
                cut = place
        if not cut:
            cut = line.find(" ", least)
            if cut < 0:
                break
        yield line[:cut].rstrip()
        line = indent + line[cut:].lstrip()
    yield line
