"""Makes well-formed expressions that mix all kinds of nodes, operators and functions.

Kinds: ``n`` number, ``s`` string, ``b`` bool, ``l`` list or tuple, ``e`` set, ``m`` map or object; the other ones are
texts of a certain sort (an address range, a date, a pattern, …). Mostly the kinds fit, so that much of it evaluates.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager

KINDS = "nsblem"
TEXTS: Mapping[str, Sequence[str]] = {
    "cidr": ["10.0.0.0/8", "10.1.2.0/24", "192.168.0.0/16", "fd00::/48", "10.0.0.5/33", "0.0.0.0/0", "10.1.2.3/31"],
    "time": ["2024-02-29T12:30:45Z", "1999-12-31T23:59:59+09:00", "2025-01-01T00:00:00.5Z", "2025-13-01T00:00:00Z"],
    "duration": ["1h", "-30m", "1h30m10s", "1.5h", "100ms", "1d", ""],
    "dates": ["YYYY-MM-DD", "EEE, DD MMM YY hh:mm:ss ZZZ", "h:mmaa 'o''clock'", "MMMM", "x", "HH AA Z ZZZZ"],
    "pattern": ["[a-z]+", "(\\d+)-(\\w)", "^(?P<first>.)(?P<rest>.*)$", "", "a|b", "(", "x*", "(?i)A", "[[:alpha:]]"],
    "format": [
        "%s",
        "%d",
        "%5.2f|%s",
        "%v-%v",
        "%q",
        "%05d",
        "%x",
        "%t",
        "%%",
        "%#v",
        "%e",
        "%-5s|",
        "%",
        "%[2]s %[1]s",
    ],
    "json": ['{"a":[1,2.50,null,true]}', "[]", '"x"', "1e3", "{", '{"b":{"c":"é"}}', "null", '[1,"1",true]'],
    "yaml": ["a: 1\nb: [x, 2.5, ~]\n", "- 1\n- true\n- 0x1f\n", "x", "{", "a: &x [1]\nb: *x\n", "!!str 1", "1e3"],
    "csv": ["a,b\n1,2\n3,4\n", "a\n", "a,b\n1\n", 'a\n"x,y"\n', ""],
    "base64": ["aGVsbG8=", "", "w6k=", "a", "/w=="],
    "digits": ["10", "ff", "-7", "zz", "", "1010", "012", "9999999999999999999999"],
    "encoding": ["UTF-8", "UTF-16LE", "ISO-8859-1", "Shift_JIS", "nope"],
    "namespace": ["dns", "url", "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "x"],
    "path": ["files/../x", "a/b/c.txt", "/", "", ".", "a//b/"],
}
WORDS = [
    "",
    "a",
    "b",
    "abc",
    "a-b",
    "Hello World",
    "é",
    "e\u0301",
    "日本",
    "👨‍👩‍👧",
    "x\ny\n",
    " pad ",
    "10",
    "1.5",
    "true",
]
WORDS += ["a,b,,c", "$", "%", '"', "\\", "<&>", "0", "-0", "007", "1e3", "İ", "ß", "straße", "\t"]
NUMBERS = [
    "0",
    "1",
    "2",
    "3",
    "-1",
    "0.1",
    "0.2",
    "1.5",
    "-2.5",
    "10",
    "100",
    "255",
    "1e3",
    "1e-7",
    "1e20",
    "0.30000004",
]
NUMBERS += ["123456789.123456789", "9007199254740993", "18446744073709551616", "3.000", "1e40", "-0.5", "7"]

SIGNATURES: Mapping[str, tuple[str, str]] = {
    "abs": ("n", "n"),
    "ceil": ("n", "n"),
    "floor": ("n", "n"),
    "log": ("n n", "n"),
    "max": ("n n*", "n"),
    "min": ("n n*", "n"),
    "parseint": ("digits n", "n"),
    "pow": ("n n", "n"),
    "signum": ("n", "n"),
    "sum": ("ln", "n"),
    "range": ("n n*", "l"),
    "length": ("?", "n"),
    "index": ("l ?", "n"),
    "tonumber": ("?", "n"),
    "timecmp": ("time time", "n"),
    "chomp": ("s", "s"),
    "indent": ("n s", "s"),
    "join": ("s ls*", "s"),
    "lower": ("s", "s"),
    "upper": ("s", "s"),
    "title": ("s", "s"),
    "trim": ("s s", "s"),
    "trimprefix": ("s s", "s"),
    "trimsuffix": ("s s", "s"),
    "trimspace": ("s", "s"),
    "strrev": ("s", "s"),
    "substr": ("s n n", "s"),
    "replace": ("s s s", "s"),
    "format": ("format ?*", "s"),
    "formatdate": ("dates time", "s"),
    "timeadd": ("time duration", "s"),
    "jsonencode": ("?", "s"),
    "yamlencode": ("?", "s"),
    "urlencode": ("s", "s"),
    "base64encode": ("s", "s"),
    "base64decode": ("base64", "s"),
    "base64sha256": ("s", "s"),
    "base64sha512": ("s", "s"),
    "md5": ("s", "s"),
    "sha1": ("s", "s"),
    "sha256": ("s", "s"),
    "sha512": ("s", "s"),
    "uuidv5": ("namespace s", "s"),
    "textencodebase64": ("s encoding", "s"),
    "textdecodebase64": ("base64 encoding", "s"),
    "tostring": ("?", "s"),
    "basename": ("path", "s"),
    "dirname": ("path", "s"),
    "cidrhost": ("cidr n", "s"),
    "cidrnetmask": ("cidr", "s"),
    "cidrsubnet": ("cidr n n", "s"),
    "startswith": ("s s", "b"),
    "endswith": ("s s", "b"),
    "strcontains": ("s s", "b"),
    "alltrue": ("lb", "b"),
    "anytrue": ("lb", "b"),
    "contains": ("l ?", "b"),
    "can": ("?", "b"),
    "tobool": ("?", "b"),
    "issensitive": ("?", "b"),
    "chunklist": ("l n", "l"),
    "coalescelist": ("l l*", "l"),
    "compact": ("ls", "l"),
    "concat": ("l l*", "l"),
    "distinct": ("l", "l"),
    "flatten": ("l", "l"),
    "formatlist": ("format ls ?*", "l"),
    "keys": ("m", "l"),
    "values": ("m", "l"),
    "matchkeys": ("l l l", "l"),
    "reverse": ("l", "l"),
    "slice": ("l n n", "l"),
    "sort": ("ls", "l"),
    "split": ("s s", "l"),
    "regexall": ("pattern s", "l"),
    "csvdecode": ("csv", "l"),
    "cidrsubnets": ("cidr n n*", "l"),
    "tolist": ("le", "l"),
    "setproduct": ("l l*", "l"),
    "setunion": ("e e*", "e"),
    "setintersection": ("e e*", "e"),
    "setsubtract": ("e e", "e"),
    "toset": ("l", "e"),
    "merge": ("m m*", "m"),
    "zipmap": ("ls l", "m"),
    "tomap": ("m", "m"),
    "transpose": ("m", "m"),
    "coalesce": ("? ?*", "?"),
    "element": ("l n", "?"),
    "lookup": ("m s ?", "?"),
    "one": ("l", "?"),
    "try": ("? ?*", "?"),
    "regex": ("pattern s", "?"),
    "jsondecode": ("json", "?"),
    "yamldecode": ("yaml", "?"),
    "sensitive": ("?", "?"),
    "nonsensitive": ("?", "?"),
    "ephemeralasnull": ("?", "?"),
}
"""Parameters (``*``: any number of it, ``?``: any kind, two letters: a list of it) and result of each function."""

BY_RESULT: dict[str, list[str]] = {kind: [] for kind in KINDS}
for _name, (_, _result) in SIGNATURES.items():
    for _kind in KINDS if _result == "?" else _result:
        BY_RESULT[_kind].append(_name)


class ExpressionMaker:
    """Makes expressions with ``rng``. ``names`` are references that may stand in them, by kind."""

    def __init__(self, rng: random.Random, names: Mapping[str, Sequence[str]]) -> None:
        self.rng = rng
        self.names = {kind: list(names.get(kind, ())) for kind in KINDS}
        self.loops = 0
        self.compared = KINDS

    def any(self, depth: int = 4) -> str:
        """An expression of some kind."""
        return self.make(self.rng.choice(KINDS), depth)

    def make(self, kind: str, depth: int) -> str:
        """An expression, mostly of the kind."""
        rng = self.rng
        if rng.random() < 0.03:
            kind = rng.choice(KINDS)
        if rng.random() < 0.015:
            return "null"
        if depth <= 0:
            return self.leaf(kind)
        shape = rng.random()
        if shape < 0.15:
            return self.leaf(kind)
        if shape < 0.45:
            return self.call(kind, depth)
        if shape < 0.55:
            return f"({self.make('b', depth - 1)} ? {self.make(kind, depth - 1)} : {self.make(kind, depth - 1)})"
        if shape < 0.62:
            return self.part(kind, depth)
        return self.own(kind, depth)

    def leaf(self, kind: str) -> str:
        """A literal or a reference."""
        rng = self.rng
        if self.names[kind] and rng.random() < 0.5:
            return rng.choice(self.names[kind])
        if kind == "n":
            return rng.choice(NUMBERS)
        if kind == "s":
            return quote(rng.choice(WORDS))
        if kind == "b":
            return rng.choice(["true", "false"])
        count = rng.choice([0, 1, 2, 2, 3])
        inner = self.elements()
        if kind == "m":
            return "{" + ", ".join(f"k{n} = {self.leaf(inner)}" for n in range(count)) + "}"
        elements = f"[{', '.join(self.leaf(inner) for _ in range(count))}]"
        return f"toset({elements})" if kind == "e" else elements

    def elements(self) -> str:
        """The kind of the elements of one literal collection."""
        return self.rng.choice("nsb")

    def argument(self, wanted: str, depth: int) -> str:
        """An argument for a parameter."""
        if wanted in TEXTS:
            return quote(self.rng.choice(TEXTS[wanted])) if self.rng.random() < 0.9 else self.make("s", depth)
        if len(wanted) == 2 and wanted[0] == "l" and wanted[1] in KINDS:
            count = self.rng.randint(0, 3)
            return f"[{', '.join(self.make(wanted[1], depth) for _ in range(count))}]"
        return self.any(depth) if wanted == "?" else self.make(wanted, depth)

    def call(self, kind: str, depth: int) -> str:
        """A call whose result is of the kind."""
        name = self.rng.choice(BY_RESULT[kind])
        arguments = []
        for wanted in SIGNATURES[name][0].split():
            repeat = self.rng.choice([0, 1, 1, 2]) if wanted.endswith("*") else 1
            arguments += [self.argument(wanted.rstrip("*"), depth - 1) for _ in range(repeat)]
        if self.rng.random() < 0.02:
            arguments.append(self.leaf("n"))
        if arguments and self.rng.random() < 0.03:
            arguments[-1] = f"[{arguments[-1]}]..."
        return f"{name}({', '.join(arguments)})"

    def part(self, kind: str, depth: int) -> str:
        """An element or attribute of something that has one of the kind."""
        inner, form = self.make(kind, depth - 1), self.rng.randrange(6)
        if form == 0:
            return f"[{inner}, {self.make(kind, depth - 1)}][{self.make('n', depth - 2)}]"
        if form == 1:
            return f"{{a = {inner}}}.a"
        if form == 2:
            return f"{{a = {inner}, b = {self.make(kind, depth - 1)}}}[{self.rng.choice(['a', 'b', 'c'])!r}]".replace(
                "'", '"'
            )
        if form == 3:
            return f"[{inner}][0]"
        if form == 4:
            return f"[{{a = {inner}}}][*].a[0]"
        return f"tolist([{inner}])[0]"

    @contextmanager
    def bound(self, kind: str) -> Iterator[str]:
        """A loop variable of the kind."""
        name = f"v{self.loops}"
        self.loops += 1
        self.names[kind].append(name)
        try:
            yield name
        finally:
            self.names[kind].remove(name)

    def own(self, kind: str, depth: int) -> str:
        """An operator, template, constructor or loop of the kind."""
        return {
            "n": self._number,
            "s": self._template,
            "b": self._bool,
            "l": self._list,
            "e": lambda at: f"toset({self.make('l', at)})",
            "m": self._mapping,
        }[kind](depth - 1)

    def _number(self, depth: int) -> str:
        if self.rng.random() < 0.15:
            return f"-{self.leaf('n')}"
        return f"({self.make('n', depth)} {self.rng.choice('+-*/%')} {self.make('n', depth)})"

    def _bool(self, depth: int) -> str:
        form = self.rng.randrange(4)
        if form == 0:
            return f"!{self.make('b', depth)}"
        if form == 1:
            return f"({self.make('b', depth)} {self.rng.choice(['&&', '||'])} {self.make('b', depth)})"
        if form == 2:
            return f"({self.make('n', depth)} {self.rng.choice(['<', '<=', '>', '>='])} {self.make('n', depth)})"
        kind = self.rng.choice(self.compared)
        return f"({self.make(kind, depth)} {self.rng.choice(['==', '!='])} {self.make(kind, depth)})"

    def _template(self, depth: int) -> str:
        pieces = []
        for _ in range(self.rng.randint(1, 3)):
            form = self.rng.randrange(5)
            if form <= 1:
                pieces.append(quote(self.rng.choice(WORDS))[1:-1].rstrip("$%"))
            elif form == 2:
                pieces.append(f"${{{self.make(self.rng.choice('nsb'), depth)}}}")
            elif form == 3:
                arm, other = self.make("s", depth - 1), self.make("n", depth - 1)
                pieces.append(f"%{{ if {self.make('b', depth)} }}${{{arm}}}%{{ else }}${{{other}}}%{{ endif ~}}")
            else:
                collection = self.make(self.rng.choice("lem"), depth)
                with self.bound("s") as name:
                    pieces.append(
                        f"%{{ for {name} in {collection} }}{name}=${{{self.make('s', depth - 1)}}}%{{ endfor }}"
                    )
        return f'"{"".join(pieces)}"'

    def _list(self, depth: int) -> str:
        form = self.rng.randrange(4)
        if form == 0:
            return f"[{', '.join(self.any(depth) for _ in range(self.rng.randint(0, 3)))}]"
        if form == 1:
            return f"{self.make(self.rng.choice('lem'), depth)}[*]"
        if form == 2:
            return (
                f"[for x in {self.make('l', depth)} : {{a = x, b = {self.any(depth - 1)}}}][*].{self.rng.choice('ab')}"
            )
        return f"[{self._loop(depth, lambda: self.any(depth - 1))}]"

    def _loop(self, depth: int, result: Callable[[], str]) -> str:
        collection, inner = self.make(self.rng.choice("lem"), depth), self.rng.choice("nsb")
        with self.bound(inner) as name, self.bound("s") as key:
            names = f"{key}, {name}" if self.rng.random() < 0.5 else name
            if "," not in names:
                self.names["s"].remove(key)
            text = f"for {names} in {collection} : {result()}"
            if self.rng.random() < 0.3:
                text += f" if {self.make('b', depth - 1)}"
            if "," not in names:
                self.names["s"].append(key)
            return text

    def _item(self, depth: int) -> str:
        return f"{self.make('s', depth)} => {self.any(depth)}"

    def _mapping(self, depth: int) -> str:
        if self.rng.random() < 0.5:
            items = []
            for index in range(self.rng.randint(0, 3)):
                key = f"k{index}" if self.rng.random() < 0.7 else f"({self.make('s', depth - 1)})"
                items.append(f"{key} = {self.any(depth)}")
            return "{" + ", ".join(items) + "}"
        group = "..." if self.rng.random() < 0.4 else ""
        return f"{{{self._loop(depth, lambda: self._item(depth - 1) + group)}}}"


_SAME = ("sensitive", "nonsensitive", "ephemeralasnull")
_OF_TEXTS = ("coalesce", "element", "lookup", "one", "try")
_LEFT_OUT = ("issensitive", "range", "csvdecode", "regexall", "setproduct", "chunklist", "transpose")


class UniformMaker(ExpressionMaker):
    """Makes expressions whose kinds always fit, with collections of texts only: nothing is brought to another type.

    Lists are not compared: whether one is a tuple depends on types, and that of an unknown is not kept.
    """

    def __init__(self, rng: random.Random, names: Mapping[str, Sequence[str]]) -> None:
        super().__init__(rng, names)
        self.compared = "nsbe"

    def make(self, kind: str, depth: int) -> str:
        """An expression of the kind."""
        rng = self.rng
        if rng.random() < 0.01:
            return "null"
        if depth <= 0 or rng.random() < 0.15:
            return self.leaf(kind)
        form = rng.randrange(10)
        if form < 4:
            return self.call(kind, depth)
        if form < 5:
            return f"({self.make('b', depth - 1)} ? {self.make(kind, depth - 1)} : {self.make(kind, depth - 1)})"
        return self.part(kind, depth) if form < 6 else self.own(kind, depth)

    def elements(self) -> str:
        """Texts."""
        return "s"

    def call(self, kind: str, depth: int) -> str:
        """A call whose result is of the kind, and holds nothing but texts."""
        name = self.rng.choice([name for name in BY_RESULT[kind] if self._fits(name, kind)])
        if name in _SAME:
            return f"{name}({self.make(kind, depth - 1)})"
        arguments = []
        for wanted in SIGNATURES[name][0].split():
            repeat = self.rng.choice([0, 1, 1, 2]) if wanted.endswith("*") else 1
            sort = wanted.rstrip("*")
            if sort == "?" and name in (*_OF_TEXTS, "contains", "index"):
                sort = "s"
            arguments += [self.argument(sort, depth - 1) for _ in range(repeat)]
        return f"{name}({', '.join(arguments)})"

    def _fits(self, name: str, kind: str) -> bool:
        if name in _LEFT_OUT:
            return False
        return SIGNATURES[name][1] != "?" or name in _SAME or (kind == "s" and name in _OF_TEXTS)

    def _list(self, depth: int) -> str:
        form = self.rng.randrange(4)
        if form == 0:
            return f"[{', '.join(self.make('s', depth) for _ in range(self.rng.randint(0, 3)))}]"
        if form == 1:
            return f"{self.make(self.rng.choice('le'), depth)}[*]"
        if form == 2:
            each = f"{{a = x, b = {self.make('s', depth - 1)}}}"
            return f"[for x in {self.make('l', depth)} : {each}][*].{self.rng.choice('ab')}"
        return f"[{self._loop(depth, lambda: self.make('s', depth - 1))}]"

    def _loop(self, depth: int, result: Callable[[], str]) -> str:
        kind = self.rng.choice("lem")
        collection = self.make(kind, depth)
        with ExitStack() as stack:
            names = [stack.enter_context(self.bound("n" if kind == "l" else "s"))] if self.rng.random() < 0.4 else []
            names.append(stack.enter_context(self.bound("s")))
            condition = f" if {self.make('b', depth - 1)}" if self.rng.random() < 0.3 else ""
            return f"for {', '.join(names)} in {collection} : {result()}{condition}"

    def _item(self, depth: int) -> str:
        return f"{self.make('s', depth)} => {self.make('s', depth)}"

    def _mapping(self, depth: int) -> str:
        if self.rng.random() < 0.5:
            return f"{{{self._loop(depth, lambda: self._item(depth - 1))}}}"
        keys = (
            f"k{n}" if self.rng.random() < 0.7 else f"({self.make('s', depth - 1)})"
            for n in range(self.rng.randint(0, 3))
        )
        return "{" + ", ".join(f"{key} = {self.make('s', depth)}" for key in keys) + "}"


def quote(text: str) -> str:
    """The text as a quoted template without sequences."""
    return json.dumps(text, ensure_ascii=False).replace("${", "$${").replace("%{", "%%{")
