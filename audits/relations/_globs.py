"""Sets of texts written with ``*`` and ``?``, and exact questions about them.

One question answers all others: is there a text in all of these sets and in none of those? Containment, overlap and
coverage by a union follow. The patterns run side by side as automata over the characters they name and one that
stands for every other, so the answer is exact; it is refused, not guessed, where it would take too long.

Source: IAM user guide, "IAM JSON policy elements: Resource": ``*`` is any combination of characters, ``?`` any single
one; both may stand anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

_LIMIT = 50_000
_OTHER = "\0"


class TooComplexError(ArithmeticError):
    """The patterns are so entangled that an exact answer would take too long."""


@dataclass(frozen=True, slots=True, order=True)
class Texts:
    """The texts that match any of the patterns; or, ``inverted``, those that match none."""

    patterns: tuple[str, ...] = ()
    inverted: bool = False

    def __str__(self) -> str:
        joined = ", ".join(self.patterns)
        return f"everything but {joined}" if self.inverted else joined


ALL_TEXTS = Texts(("*",))
NO_TEXTS = Texts()


@lru_cache(maxsize=65536)
def exists(all_of: tuple[Texts, ...], none_of: tuple[Texts, ...] = ()) -> bool:
    """Whether some text is in all of the first sets and in none of the second.

    Raises:
        TooComplexError: it would take too long to tell.
    """
    known = _at_once(all_of, none_of)
    if known is not None:
        return known
    patterns = sorted({pattern for each in (*all_of, *none_of) for pattern in each.patterns})
    place = {pattern: number for number, pattern in enumerate(patterns)}
    wanted = [([place[pattern] for pattern in each.patterns], each.inverted) for each in all_of]
    wanted += [([place[pattern] for pattern in each.patterns], not each.inverted) for each in none_of]
    return _search([_compiled(pattern) for pattern in patterns], wanted)


def _at_once(all_of: tuple[Texts, ...], none_of: tuple[Texts, ...]) -> bool | None:
    """The answer where it can be seen without a search."""
    if NO_TEXTS in all_of or ALL_TEXTS in none_of or set(all_of) & set(none_of):
        return False
    plain = next((each for each in all_of if len(each.patterns) == 1 and not each.inverted), None)
    if plain is None:
        return None
    if any(plain.patterns[0] in each.patterns and not each.inverted for each in none_of):
        return False
    if re.search(r"[*?]", plain.patterns[0]) is None:
        text = plain.patterns[0]
        return all(_holds(each, text) for each in all_of) and not any(_holds(each, text) for each in none_of)
    return None


def _holds(texts: Texts, text: str) -> bool:
    return any(matches(pattern, text) for pattern in texts.patterns) is not texts.inverted


def matches(pattern: str, text: str) -> bool:
    """Whether one text matches a pattern."""
    return _regex(pattern).fullmatch(text) is not None


@lru_cache(maxsize=4096)
def _regex(pattern: str) -> re.Pattern[str]:
    meaning = {"*": ".*", "?": "."}
    return re.compile("".join(meaning.get(one) or re.escape(one) for one in pattern), re.DOTALL)


def within(texts: Texts, *others: Texts) -> bool:
    """Whether every text of the first set is in one of the others."""
    return not exists((texts,), tuple(sorted(set(others))))


def overlap(one: Texts, other: Texts) -> bool:
    """Whether the two sets share a text."""
    return exists((one, other))


class _Automaton:
    """A pattern as a machine whose states are sets of positions, one bit each."""

    def __init__(self, pattern: str) -> None:
        self.tokens = re.sub(r"\*+", "*", pattern)
        self.accept = 1 << len(self.tokens)
        self.start = self._closed(1)
        self.steps: dict[tuple[int, str], int] = {}

    def _closed(self, mask: int) -> int:
        for position, token in enumerate(self.tokens):
            if token == "*" and mask >> position & 1:
                mask |= 1 << position + 1
        return mask

    def step(self, mask: int, character: str) -> int:
        key = (mask, character)
        if key not in self.steps:
            after = 0
            for position, token in enumerate(self.tokens):
                if mask >> position & 1:
                    if token == "*":
                        after |= 1 << position
                    elif token in ("?", character):
                        after |= 1 << position + 1
            self.steps[key] = self._closed(after)
        return self.steps[key]


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> _Automaton:
    return _Automaton(pattern)


_Wanted = list[tuple[list[int], bool]]


def _search(machines: list[_Automaton], wanted: _Wanted) -> bool:
    """Whether some text brings the machines where every wanted set, or its complement, holds."""
    alphabet = sorted({token for machine in machines for token in machine.tokens} - {"*", "?"}) + [_OTHER]
    start = tuple(machine.start for machine in machines)
    seen, todo = {start}, [start]
    while todo:
        state = todo.pop()
        if _accepted(machines, state, wanted):
            return True
        for character in alphabet:
            after = tuple(machine.step(mask, character) for machine, mask in zip(machines, state, strict=True))
            if after not in seen and not _dead(after, wanted):
                if len(seen) > _LIMIT:
                    raise TooComplexError("the patterns are too entangled to compare")
                seen.add(after)
                todo.append(after)
    return False


def _accepted(machines: list[_Automaton], state: Iterable[int], wanted: _Wanted) -> bool:
    reached = [bool(mask & machine.accept) for machine, mask in zip(machines, state, strict=True)]
    return all(any(reached[number] for number in numbers) is not inverted for numbers, inverted in wanted)


def _dead(state: tuple[int, ...], wanted: _Wanted) -> bool:
    """Whether a set that has to hold can no longer be reached."""
    return any(not inverted and not any(state[number] for number in numbers) for numbers, inverted in wanted)
