"""Makes ``hcl_grammar.json``: python-hcl2's grammar as the tables that :mod:`audits.planes.terraform.grammar` walks.

python-hcl2 gives the grammar to lark, which works out an LALR(1) automaton; both together take three times as long to
import as an example tree takes to parse. So what lark worked out is kept in the repository, and ``make generated``
checks that it is still what the installed python-hcl2 says.
"""

from __future__ import annotations

import json
import sys
from typing import Any


def tables() -> dict[str, Any]:
    """``start`` and ``end`` (states), ``merging`` (operators that take a line's end before them), ``rules``, ``rows``.

    A rule is ``[name, symbol, values, expand, kept]``: the node it makes, the symbol it stands for, of how many values
    it is made; whether a single child stands for itself; which values become children, each with whether its own
    children take its place (null: all, as they are). A row is a state's actions by symbol: ``n`` goes to state ``n``,
    ``-1 - n`` reduces by rule ``n``.
    """
    import hcl2
    from hcl2.parser import parser
    from hcl2.postlexer import OPERATOR_TYPES
    from lark.parsers.lalr_analysis import Shift

    hcl2.parses_to_tree("")
    lark = parser()
    table = lark.parser.parser._parse_table
    rules = {rule: number for number, rule in enumerate(lark.rules)}
    start = table.start_states["start"]
    states = _numbered(table.states, start, Shift)
    rows = [
        {
            str(symbol): states[arg] if action is Shift else -1 - rules[arg]
            for symbol, (action, arg) in sorted(table.states[state].items())
        }
        for state in states
    ]
    return {
        "start": states[start],
        "end": states[table.end_states["start"]],
        "merging": sorted(OPERATOR_TYPES),
        "rules": [_rule(rule) for rule in lark.rules],
        "rows": rows,
    }


def _numbered(rows: dict[int, dict[str, tuple[Any, Any]]], start: int, shift: Any) -> dict[int, int]:
    """The states in the order in which they are met: lark's own numbers are not always the same."""
    numbers = {start: 0}
    waiting = [start]
    for state in waiting:
        for _, (action, target) in sorted(rows[state].items()):
            if action is shift and target not in numbers:
                numbers[target] = len(numbers)
                waiting.append(target)
    return numbers


def _rule(rule: Any) -> list[Any]:
    options = rule.options
    if options.empty_indices or options.template_source:
        raise ValueError(f"a rule of a kind that is not known here: {rule}")
    kept = [
        [index, not symbol.is_term and symbol.name.startswith("_")]
        for index, symbol in enumerate(rule.expansion)
        if options.keep_all_tokens or not (symbol.is_term and symbol.filter_out)
    ]
    plain = len(kept) == len(rule.expansion) and not any(spread for _, spread in kept)
    expand = bool(options.expand1 and not rule.alias)
    return [
        str(rule.alias or rule.origin.name),
        str(rule.origin.name),
        len(rule.expansion),
        expand,
        None if plain else kept,
    ]


def text() -> str:
    """The tables as they are kept, a rule and a row to a line."""
    made = tables()
    lists = {name: made.pop(name) for name in ("rules", "rows")}
    lines = [f" {json.dumps(name)}: {json.dumps(value)}" for name, value in made.items()]
    for name, entries in lists.items():
        body = ",\n".join(f"  {json.dumps(entry, separators=(',', ':'))}" for entry in entries)
        lines.append(f' "{name}": [\n{body}\n ]')
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    sys.stdout.write(text())
