"""Checkov's policies for AWS, as the locked Checkov has them: ``audits/checkov_policies.txt``.

``make checkov-policies`` makes the list. The first line is the requirement that it was made of (``checkov==3.3.30``);
then one policy a line: its id, the kind of block it is about (``graph`` where it is about how blocks are connected),
the resource types, the title.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PATH = Path(__file__).with_name("checkov_policies.txt")


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy. ``types``: the resource types that every result of it is about, empty where that is not listed."""

    id: str
    block: str
    types: tuple[str, ...]
    title: str

    @property
    def each(self) -> bool:
        """Whether there is a result for each resource of its types: a graph of blocks leaves some of them out."""
        return self.block == "resource"


_INDEX = re.compile(r'\[(?:\d+|\*|"(?:[^"\\]|\\.)*")\](?=\.|$)')


def block_of(address: str) -> str:
    """An address without the keys of instances."""
    return _INDEX.sub("", address)


@cache
def version() -> str:
    """The version of Checkov that the list is of."""
    with PATH.open(encoding="utf-8") as file:
        return file.readline().strip().removeprefix("checkov==")


@cache
def policies() -> Mapping[str, Policy]:
    """Every policy by its id."""
    found = {}
    for line in PATH.read_text(encoding="utf-8").splitlines()[1:]:
        name, block, types, title = line.split(" ", 3)
        found[name] = Policy(name, block, () if types == "*" else tuple(types.split(",")), title)
    return found
