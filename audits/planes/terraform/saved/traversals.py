"""The references that a plan's configuration names, taken apart (``module.a["k"].out``, ``aws_x.y[0].id``)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from audits.planes.terraform.saved.shapes import LONGEST_ADDRESS

_KEY = r'\[(?:\d+|"(?:[^"\\]|\\.)*")\]'
_NAME = r"[^.\[\]\s]+"
_STEP = re.compile(rf"(?P<name>{_NAME})(?P<key>{_KEY})?(?P<more>(?:{_KEY})*)(?:\.|$)")
_MODULE = re.compile(rf"module\.(?P<name>{_NAME})(?P<key>{_KEY})?(?:\.|$)")
_LAST_KEY = re.compile(rf"{_KEY}$")

ModulePath = tuple[tuple[str, str], ...]
"""The calls that lead to a module instance: name, and index as it is written (``["a"]``, ``[0]``, or nothing)."""


@dataclass(frozen=True, slots=True)
class Traversal:
    """``head`` is ``var``, ``local``, ``each``, ``count``, ``module``, ``data``, ``path``, …, or ``resource``.

    ``name`` is what it names in the module (``var.x``: ``x``; a resource: ``aws_x.y``; data: ``data.aws_x.y``), ``key``
    an index right behind it, and ``rest`` the path below.
    """

    head: str
    name: str
    key: str
    rest: str


def longest(references: Iterable[str]) -> list[str]:
    """The references without those that others go on from: Terraform lists each with all its beginnings."""
    unique = dict.fromkeys(references)
    beginnings: set[str] = set()
    for one in unique:
        for at, letter in enumerate(one):
            if letter in ".[":
                beginnings.add(one[:at])
    return [one for one in unique if one not in beginnings]


def parse(text: str) -> Traversal | None:
    """A reference taken apart, None if it is in no known form."""
    steps = _steps(text) if len(text) <= LONGEST_ADDRESS else []
    if not steps:
        return None
    head = steps[0][0]
    if head in ("var", "local", "each", "count", "path", "terraform", "self", "module"):
        if len(steps) < 2:
            return Traversal(head, "", "", "")
        name, key = steps[1]
        return Traversal(head, name, key, _joined(steps[2:]))
    skip = 1 if head == "data" else 0
    if len(steps) < skip + 2:
        return None
    (type_, _), (name, key) = steps[skip : skip + 2]
    prefix = "data." if skip else ""
    return Traversal("data" if skip else "resource", f"{prefix}{type_}.{name}", key, _joined(steps[skip + 2 :]))


def _steps(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    at = 0
    while at < len(text):
        match = _STEP.match(text, at)
        if match is None or len(found) > 60:
            return []
        found.append((match["name"], match["key"] or ""))
        at = match.end()
    return found


def _joined(steps: list[tuple[str, str]]) -> str:
    return ".".join(name + key for name, key in steps)


def module_path(address: str) -> ModulePath:
    """The calls that lead to a module (``module.a["k"].module.b``), () for the root or a text in no known form."""
    found: list[tuple[str, str]] = []
    at = 0
    while at < len(address):
        match = _MODULE.match(address, at)
        if match is None:
            return ()
        found.append((match["name"], match["key"] or ""))
        at = match.end()
    return tuple(found)


def module_address(path: ModulePath) -> str:
    """What :func:`module_path` takes apart."""
    return ".".join(f"module.{name}{key}" for name, key in path)


def within(path: ModulePath, name: str) -> str:
    """An address in a module, from the root."""
    return f"{module_address(path)}.{name}" if path else name


def without_key(address: str) -> str:
    """The address of a resource without the index at its end."""
    match = _LAST_KEY.search(address)
    return address[: match.start()] if match else address
