"""Whether a composite alarm goes off whenever another alarm does, by its rule.

Rules (CloudWatch API Reference, PutCompositeAlarm, AlarmRule): ``ALARM(x)``, ``OK(x)``, ``INSUFFICIENT_DATA(x)``,
``TRUE``, ``FALSE``, with ``AND``, ``OR``, ``NOT`` and parentheses; an alarm is named by name or ARN, in quotes or not.
The one alarm is in ``ALARM``, and of the states of all others nothing is known, so ``ALARM(x) OR ALARM(y)`` goes off
with either and ``ALARM(x) AND ALARM(y)`` with none. ``AT_LEAST(…)`` is not understood.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TypeAlias

from audits.model import Unknown, Value

Named: TypeAlias = Callable[[Value], bool | None]
"""Whether a name in a rule (a text, or an Unknown in its place) is that of the alarm; None where it cannot be told."""

_TOKEN = re.compile(r'\s*(?:(?P<mark>[()])|"(?P<quoted>[^"]*)"|(?P<word>[^\s()"]+))')
_HOLE = "\x00{}\x00"
_HOLES = re.compile(r"\x00(\d+)\x00")
_DEEPEST = 50


class RuleError(ValueError):
    """A rule that is not understood."""


def implied(rule: Value, named: Named) -> bool | None:
    """Whether the rule is true whenever the named alarm is in ``ALARM``; None where it cannot be told.

    Raises:
        RuleError: the rule is not understood.
    """
    pieces: Sequence[str | Unknown] = (rule,) if isinstance(rule, str) else getattr(rule, "parts", ())
    if not pieces:
        raise RuleError("its rule is not known")
    text = "".join(one if isinstance(one, str) else _HOLE.format(number) for number, one in enumerate(pieces))
    surely = _Rule(text, pieces, named, lenient=False).read()
    if surely is True:
        return True
    return None if _Rule(text, pieces, named, lenient=True).read() is True else False


class _Rule:
    """A reader of one rule. ``lenient``: what may be the alarm is taken for it."""

    def __init__(self, text: str, pieces: Sequence[str | Unknown], named: Named, *, lenient: bool) -> None:
        self._tokens = list(_tokens(text))
        self._pieces = pieces
        self._named = named
        self._lenient = lenient
        self._at = 0

    def read(self) -> bool | None:
        found = self._either(0)
        if self._at != len(self._tokens):
            raise RuleError(f"its rule goes on with {self._tokens[self._at][1]!r}")
        return found

    def _either(self, depth: int) -> bool | None:
        if depth > _DEEPEST:
            raise RuleError(f"its rule is nested deeper than {_DEEPEST}")
        found = self._both(depth)
        while self._takes("OR"):
            other = self._both(depth)
            found = True if True in (found, other) else (None if None in (found, other) else False)
        return found

    def _both(self, depth: int) -> bool | None:
        found = self._one(depth)
        while self._takes("AND"):
            other = self._one(depth)
            found = False if False in (found, other) else (None if None in (found, other) else True)
        return found

    def _one(self, depth: int) -> bool | None:
        negations = 0
        while self._takes("NOT"):
            negations += 1
        found = self._plain(depth)
        return found if found is None or negations % 2 == 0 else not found

    def _plain(self, depth: int) -> bool | None:
        kind, text = self._next()
        if (kind, text) == ("mark", "("):
            found = self._either(depth + 1)
            self._need(")")
            return found
        word = text.upper()
        if kind == "word" and word in ("TRUE", "FALSE"):
            return word == "TRUE"
        if kind != "word" or word not in ("ALARM", "OK", "INSUFFICIENT_DATA"):
            raise RuleError(f"its rule says {text!r}")
        self._need("(")
        _, name = self._next()
        self._need(")")
        mine = self._named(self._filled(name))
        if mine or (mine is None and self._lenient):
            return word == "ALARM"
        return None

    def _filled(self, name: str) -> Value:
        whole = _HOLES.fullmatch(name)
        if whole:
            return self._pieces[int(whole[1])]
        if _HOLES.search(name):
            parts = tuple(
                self._pieces[int(one)] if number % 2 else one for number, one in enumerate(_HOLES.split(name))
            )
            return Unknown(next(one.cause for one in parts if isinstance(one, Unknown)), parts=parts)
        return name

    def _next(self) -> tuple[str, str]:
        if self._at >= len(self._tokens):
            raise RuleError("its rule breaks off")
        self._at += 1
        return self._tokens[self._at - 1]

    def _need(self, mark: str) -> None:
        if self._next() != ("mark", mark):
            raise RuleError(f"its rule lacks {mark!r}")

    def _takes(self, word: str) -> bool:
        here = self._tokens[self._at] if self._at < len(self._tokens) else ("", "")
        if here[0] == "word" and here[1].upper() == word:
            self._at += 1
            return True
        return False


def _tokens(text: str) -> Sequence[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    at, end = 0, len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None:
            raise RuleError(f"its rule cannot be read from {text[at : at + 10]!r} on")
        kind = match.lastgroup or ""
        found.append((kind, match[kind]))
        at = match.end()
    return found
