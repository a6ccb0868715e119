"""Parses prepared text by python-hcl2's grammar: the same language and the same tree, in a quarter of the time.

lark's own parser is built for any grammar, and its tables take longer to load than a small tree to parse. This one
walks the tables in ``hcl_grammar.json`` (see :mod:`audits.planes.terraform.grammar_tables`). It reads only what
:mod:`audits.planes.terraform.scanner` writes: no comments, no heredocs, and of quoted text only numbers.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

TABLES = Path(__file__).with_name("hcl_grammar.json")

_TOKEN = re.compile(
    r"""[ \t\r]+
    | (?P<NL_OR_COMMENT>\n[ \t]*)
    | (?P<NAME>[a-zA-Z_][a-zA-Z0-9_-]*)
    | (?P<NUMBER>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
    | "(?P<STRING_CHARS>\d+)"
    | (?P<SIGN>\[\*\]|\.\.\.|\.\*|::|[=!<>]=|=>|&&|\|\||[(){}\[\].,:?=<>+*/%!-])""",
    re.VERBOSE | re.ASCII,
)
_BLANK, _LINE_END, _NAME, _NUMBER, _STRING = None, 1, 2, 3, 4
_WORDS = {
    **{word: word.upper() for word in ("if", "in", "for", "for_each", "else", "endif", "endfor")},
    **{word: word.upper() for word in ("null", "true", "false")},
}
_SIGNS = {
    "==": "DOUBLE_EQ",
    "!=": "NEQ",
    "<": "LT",
    ">": "GT",
    "<=": "LEQ",
    ">=": "GEQ",
    "-": "MINUS",
    "*": "ASTERISK",
    "/": "SLASH",
    "%": "PERCENT",
    "&&": "DOUBLE_AMP",
    "||": "DOUBLE_PIPE",
    "+": "PLUS",
    "!": "NOT",
    "?": "QMARK",
    "(": "LPAR",
    ")": "RPAR",
    "{": "LBRACE",
    "}": "RBRACE",
    "[": "LSQB",
    "]": "RSQB",
    ",": "COMMA",
    ".": "DOT",
    "=": "EQ",
    ":": "COLON",
    ".*": "ATTR_SPLAT",
    "[*]": "FULL_SPLAT_START",
    "=>": "FOR_OBJECT_ARROW",
    "...": "ELLIPSIS",
    "::": "COLONS",
}


class GrammarError(Exception):
    """A text that the grammar does not know. ``position`` is an offset; ``found`` the token there, empty at an end."""

    def __init__(self, position: int, found: str) -> None:
        super().__init__(position, found)
        self.position = position
        self.found = found


class Token(str):
    """A token with the offset where it starts."""

    __slots__ = ("start_pos",)
    start_pos: int


class Tree:
    """A node of the tree. ``start_pos`` is None for one that stands for no text at all."""

    __slots__ = ("children", "data", "start_pos")

    def __init__(self, data: str, children: list[Any], start_pos: int | None) -> None:
        self.data = data
        self.children = children
        self.start_pos = start_pos


@dataclass(frozen=True, slots=True)
class _Rule:
    """A reduction. ``alone``: the value it is made of stands for it as it is."""

    name: str
    symbol: str
    size: int
    expand: bool
    kept: tuple[tuple[int, bool], ...] | None
    alone: bool


@dataclass(frozen=True, slots=True)
class _Grammar:
    start: int
    end: int
    merging: frozenset[str]
    rules: tuple[_Rule, ...]
    rows: list[dict[str, int]]
    ladders: dict[tuple[int, int, str], int]


@cache
def _grammar() -> _Grammar:
    data = json.loads(TABLES.read_bytes())
    rules = tuple(
        _Rule(name, symbol, size, expand, kept and tuple(map(tuple, kept)), expand and size == 1 and kept is None)
        for name, symbol, size, expand, kept in data["rules"]
    )
    return _Grammar(data["start"], data["end"], frozenset(data["merging"]), rules, data["rows"], {})


def parse(text: str) -> Tree:
    """The tree of a whole prepared text. Raises GrammarError."""
    grammar = _grammar()
    parser = _Parser(grammar)
    rows, states, feed = grammar.rows, parser.states, parser.feed
    line_end: Token | None = None
    position, length, match_token = 0, len(text), _TOKEN.match
    while position < length:
        match = match_token(text, position)
        if match is None:
            raise GrammarError(position, text[position])
        kind, end = match.lastindex, match.end()
        if kind is _BLANK:
            position = end
            continue
        # As lark does, a token is told by the state before a line's end that is still to come.
        row = rows[states[-1]]
        value = match.group()
        if kind == _NAME:
            type_ = _WORDS.get(value, "NAME")
            if type_ not in row:
                type_ = "NAME"
        elif kind == _LINE_END:
            type_ = "NL_OR_COMMENT"
        elif kind == _STRING:
            type_ = "DBLQUOTE"
        else:
            type_, value = _number(value, row) if kind == _NUMBER else _sign(value, row)
            end = position + len(value)
        if type_ not in row:
            raise GrammarError(position, value.strip() if kind != _STRING else '"')
        token = Token(value)
        token.start_pos = position
        if line_end is not None:
            # The end of a line before an operator does not end the expression.
            if type_ not in grammar.merging:
                feed("NL_OR_COMMENT", line_end, line_end.start_pos)
            line_end = None
        if kind == _LINE_END:
            line_end = token
        elif kind == _STRING:
            parser.string(match.group(_STRING), position)
        else:
            feed(type_, token, position)
        position = end
    if line_end is not None:
        feed("NL_OR_COMMENT", line_end, line_end.start_pos)
    return parser.end(length)


def _number(text: str, row: dict[str, int]) -> tuple[str, str]:
    """The type of a number, and as much of it as is one here: ``.0.1`` are two indexes."""
    if text.isdigit():
        return "INT_LITERAL", text
    if "FLOAT_LITERAL" in row:
        return "FLOAT_LITERAL", text
    whole = re.match(r"\d+", text)
    assert whole is not None
    return "INT_LITERAL", whole.group()


def _sign(text: str, row: dict[str, int]) -> tuple[str, str]:
    """The type of a sign, and as much of it as is one here: ``[*]`` may be a bracket and a product."""
    type_ = _SIGNS[text]
    if type_ not in row and text in ("[*]", ".*", "..."):
        return _SIGNS[text[0]], text[0]
    return type_, text


class _Parser:
    """The automaton: a stack of states, with a value and the offset of its first token for each but the first."""

    def __init__(self, grammar: _Grammar) -> None:
        self.rules = grammar.rules
        self.rows = grammar.rows
        self.ladders = grammar.ladders
        self.final = grammar.end
        self.states = [grammar.start]
        self.values: list[Any] = []
        self.starts: list[int | None] = []

    def feed(self, type_: str, value: Any, start: int) -> None:
        """Take a token: reduce what it ends, then go on with it. Raises GrammarError."""
        rows, states = self.rows, self.states
        while True:
            action = rows[states[-1]].get(type_)
            if action is None:
                raise GrammarError(start, value.strip())
            if action >= 0:
                states.append(action)
                self.values.append(value)
                self.starts.append(start)
                return
            rule = self.rules[-1 - action]
            if rule.alone:
                states[-1] = self._risen(states[-2], states[-1], type_)
            else:
                self._reduce(rule)

    def _risen(self, below: int, top: int, type_: str) -> int:
        """The state after all that a value stands for by itself: a literal is a term, a product, … an expression."""
        key = (below, top, type_)
        risen = self.ladders.get(key)
        if risen is None:
            risen = top
            action = self.rows[top].get(type_, 0)
            while action < 0 and (rule := self.rules[-1 - action]).alone:
                risen = self.rows[below][rule.symbol]
                action = self.rows[risen].get(type_, 0)
            self.ladders[key] = risen
        return risen

    def _reduce(self, rule: _Rule) -> None:
        states = self.states
        size, values, starts = rule.size, self.values, self.starts
        start = None
        children: list[Any] = []
        if size:
            children = values[-size:]
            start = starts[-size]
            if start is None:
                start = next((one for one in starts[-size:] if one is not None), None)
            del states[-size:], values[-size:], starts[-size:]
        if rule.kept is not None:
            children = _kept(children, rule.kept)
        values.append(children[0] if rule.expand and len(children) == 1 else Tree(rule.name, children, start))
        starts.append(start)
        states.append(self.rows[states[-1]][rule.symbol])

    def string(self, number: str, start: int) -> None:
        """Take a quoted number, which stands for a template."""
        for type_, text, at in (
            ("DBLQUOTE", '"', start),
            ("STRING_CHARS", number, start + 1),
            ("DBLQUOTE", '"', start + 1 + len(number)),
        ):
            token = Token(text)
            token.start_pos = at
            self.feed(type_, token, at)

    def end(self, length: int) -> Tree:
        """The whole tree, at the end of the text. Raises GrammarError."""
        while self.states[-1] != self.final:
            action = self.rows[self.states[-1]].get("$END")
            if action is None or action >= 0:
                raise GrammarError(length, "")
            rule = self.rules[-1 - action]
            if rule.alone:
                self.states[-1] = self._risen(self.states[-2], self.states[-1], "$END")
            else:
                self._reduce(rule)
        tree: Tree = self.values[-1]
        return tree


def _kept(values: list[Any], kept: tuple[tuple[int, bool], ...]) -> list[Any]:
    """The children among the values; those of an inner repetition in its place."""
    children: list[Any] = []
    for index, spread in kept:
        if not spread:
            children.append(values[index])
        elif children:
            children += values[index].children
        else:
            # A repetition grows by one at a time: its list is taken over, or it would be copied as often.
            children = values[index].children
    return children
