"""The parser that walks python-hcl2's tables: what it says is what python-hcl2 says, tree for tree."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import Any

import hcl2
import pytest
from lark.exceptions import UnexpectedInput

from audits.planes.terraform import grammar, grammar_tables, syntax
from audits.planes.terraform.grammar import GrammarError, Tree
from audits.planes.terraform.nodes import SourceSyntaxError
from audits.planes.terraform.scanner import Scanner
from tests.planes.terraform import plans

PROJECT = Path(__file__).parent.parent.parent.parent
SOURCES = sorted(
    {path for folder in (plans.ROOTS, PROJECT / "examples", PROJECT / "tests") for path in folder.rglob("*.tf")}
)

SNIPPETS = [
    "a = x[*].b.c[0]",
    "a = x.*.b[0].c",
    "a = x[ * ]",
    "a = x.0.1.2",
    "a = x.0.b",
    "a = 1.5e3 + 2e-1 - 0.25",
    "a = [for k, v in m : k => v]",
    "a = {for k, v in m : k => v... if v != null}",
    "a = [for v in m : v]",
    "for = 1\nif = 2\nin = for_each\nnull = true",
    'in {}\nfor x {\n}\nif "0" in {}',
    "a = provider::aws::arn_parse(x, y...)",
    "a = f(\n)\n",
    "a = f(x, )",
    "a = [ ]\nb = { }\nc = {\n}\n",
    'a = {\n b = 1\n c : 2\n (d) = 3, "1" = 4\n}',
    "a = b\n  + c\n",
    "a = b\n  - c\n",
    "a = b ? c : d ? e : f",
    "a = b\n  ? c\n  : d\n",
    "a = !b && c || d == e != f < g <= h > i >= j % k / l * m",
    "a = 1 b = 2",
    "a { b = 1 }\nc {\n\n\n}\n",
    "a = -b.c[-1]",
    "a = (b)\nc = ((d))",
    "",
    "\n\n",
    "a",
    "a =",
    "= a",
    "a = }",
    "a {",
    "a = b c",
    "a = [1, 2",
    "a = 1 2",
    "a = .5",
    "a = b..c",
    "a = b...",
    "a = b :: c",
    "a = b => c",
    'a = "0" "1"',
    'a "0" b {}',
]


def prepared(text: str) -> str:
    scanner = Scanner(text)
    scanner.run()
    return "".join(scanner.output.pieces)


def shape(tree: Any) -> Any:
    """A tree, ours or lark's, as data: names, texts and places."""
    if not hasattr(tree, "data"):
        # lark counts blanks before '=' and ':', and line ends before an operator, as part of these.
        return (text := str(tree).strip()) and (text if text in _BLANKS_BEFORE else (text, tree.start_pos))
    start = tree.start_pos if isinstance(tree, Tree) else None if tree.meta.empty else tree.meta.start_pos
    return str(tree.data), start, [shape(child) for child in tree.children]


_GLUED = re.compile(r"\b(if|in|for|else|null|true|false)\w")
_BLANKS_BEFORE = {"=", ":", "==", "!=", "<", ">", "<=", ">=", "*", "/", "%", "&&", "||", "+", "?"}


def by_library(text: str) -> Any:
    try:
        return shape(hcl2.parses_to_tree(text))
    except UnexpectedInput:
        return "refused"


def by_us(text: str) -> Any:
    try:
        # The library adds a line's end of its own.
        return shape(grammar.parse(text + "\n"))
    except GrammarError:
        return "refused"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_files_have_the_same_tree(path: Path) -> None:
    try:
        text = prepared(path.read_text(encoding="utf-8"))
    except (SourceSyntaxError, UnicodeDecodeError):
        pytest.skip("not a text for the grammar")
    assert by_us(text) == by_library(text)


@pytest.mark.parametrize("text", SNIPPETS)
def test_snippets_have_the_same_tree_or_none(text: str) -> None:
    assert by_us(text) == by_library(text)


def test_snippets_are_both_read_and_refused() -> None:
    refused = [by_us(text) == "refused" for text in SNIPPETS]
    assert 10 < sum(refused) < len(refused) - 10


@pytest.mark.parametrize("seed", range(8))
def test_shuffled_tokens_have_the_same_tree_or_none(seed: int) -> None:
    chance = random.Random(seed)
    bodies = [tokens for text in SNIPPETS if (tokens := re.findall(r"\s+|\w+|\"\d+\"|[^\w\s\"]+", text))]
    words = [*"[](){}.,:?=<>+*/%!-\nx7", *["[*]", "...", ".*", "::", "=>", "==", "&&", "for", "in", "if", "null"]]
    read = 0
    for _ in range(250):
        tokens = list(chance.choice(bodies))
        for _ in range(chance.randint(1, 2)):
            at = chance.randrange(len(tokens))
            tokens[at : at + chance.randint(0, 1)] = [chance.choice(words)] * chance.randint(0, 1)
            if not tokens:
                tokens = ["x"]
        try:
            text = prepared(" ".join(tokens) if chance.random() < 0.5 else "".join(tokens))
        except SourceSyntaxError:
            continue
        ours, theirs = by_us(text), by_library(text)
        if ours == "refused" and _GLUED.search(text):
            continue  # The library reads "inx" as "in x" where only "in" can stand; Terraform does not.
        assert ours == theirs, text
        read += ours != "refused"
    assert read > 10


def test_the_tables_are_those_of_the_installed_library() -> None:
    assert grammar.TABLES.read_text(encoding="utf-8") == grammar_tables.text()


@pytest.mark.parametrize(
    ("text", "position", "found"),
    [
        ("a = [1 2]\n", 7, "2"),
        ("a = }\n", 4, "}"),
        ('a = "0" "1"\n', 8, '"'),
        ("a = \n", 4, ""),
        ("a {\n", 4, ""),
        ("a = &\n", 4, "&"),
    ],
)
def test_what_is_refused_is_named_with_its_place(text: str, position: int, found: str) -> None:
    with pytest.raises(GrammarError) as caught:
        grammar.parse(text)
    assert (caught.value.position, caught.value.found) == (position, found)


# -- The library has the last word -------------------------------------------------------------------------------------


def refusing(text: str) -> Tree:
    raise GrammarError(0, "anything")


@pytest.mark.parametrize("path", SOURCES[::7], ids=lambda path: str(path.relative_to(PROJECT)))
def test_what_only_our_walk_refuses_is_parsed_by_the_library(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = path.read_text(encoding="utf-8-sig", errors="replace")
    try:
        expected = syntax.parse_file(text, "x.tf")
    except SourceSyntaxError:
        pytest.skip("no HCL")
    monkeypatch.setattr(syntax, "parse", refusing)
    assert syntax.parse_file(text, "x.tf") == expected


def test_what_both_refuse_is_an_error_where_our_walk_stopped() -> None:
    with pytest.raises(SourceSyntaxError) as caught:
        syntax.parse_file("a = 1\nb = = 2\n", "x.tf")
    assert (caught.value.line, caught.value.column) == (2, 5)
