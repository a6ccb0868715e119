"""What the body of every resource type of the AWS provider is made of: types of attributes, nesting of blocks.

Reading source needs it of all types, not only of the project's kinds: what a reference to an attribute is converted to,
which order a set has, and which objects of a ``.tf.json`` file are blocks. ``make provider-schema`` makes the file
beside this module from ``terraform providers schema -json``: one type a line, name and body parted by a tab. A body is
``[attributes, blocks]``; an attribute that is not listed is a string; a block is ``[nesting, attributes, blocks]``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeAlias

PATH = Path(__file__).with_suffix(".txt")
_DEEPEST = 12
"""Deeper blocks are left out: those of WAF rules contain each other as deep as the provider cares to write them."""
_LARGEST = 20_000
"""A body larger than that is cut, level by level."""

Nesting: TypeAlias = Literal["list", "set", "single", "map", "group"]


@dataclass(frozen=True, slots=True)
class Shape:
    """The body of a resource or block. ``attributes`` holds types as Terraform writes them, of all but strings."""

    attributes: Mapping[str, Any] = field(default_factory=dict)
    blocks: Mapping[str, tuple[Nesting, Shape]] = field(default_factory=dict)


@cache
def shape_of(resource_type: str) -> Shape | None:
    """The shape of a resource type; None for one that the provider does not have, or without the file."""
    text = _text()
    start = text.find(f"\n{resource_type}\t".encode())
    if start < 0:
        return None
    start += len(resource_type) + 2
    return _shape(json.loads(text[start : text.index(b"\n", start)]))


@cache
def _text() -> bytes:
    try:
        return b"\n" + PATH.read_bytes()
    except OSError:
        return b""


def _shape(body: list[Any]) -> Shape:
    attributes, blocks = [*body, {}, {}][:2]
    return Shape(attributes, {name: (nesting, _shape(inner)) for name, (nesting, *inner) in blocks.items()})


def text_of(schema: Mapping[str, Any]) -> str:
    """The file, from what ``terraform providers schema -json`` printed. Raises KeyError without an AWS provider."""
    (provider,) = (body for name, body in schema["provider_schemas"].items() if name.endswith("hashicorp/aws"))
    lines = [f"{name}\t{_line(body['block'])}\n" for name, body in sorted(provider["resource_schemas"].items())]
    return "".join(lines)


def _line(block: Mapping[str, Any]) -> str:
    text, depth = _json(block, _DEEPEST), _DEEPEST
    while len(text) > _LARGEST:
        depth -= 1
        text = _json(block, depth)
    return text


def _json(block: Mapping[str, Any], depth: int) -> str:
    return json.dumps(_body(block, depth), separators=(",", ":"))


def _body(block: Mapping[str, Any], depth: int) -> list[Any]:
    attributes = {name: one["type"] for name, one in sorted(block.get("attributes", {}).items()) if "type" in one}
    plain = {name: type_ for name, type_ in attributes.items() if type_ != "string"}
    nested = sorted(block.get("block_types", {}).items()) if depth else []
    blocks = {name: [one["nesting_mode"], *_body(one["block"], depth - 1)] for name, one in nested}
    return [plain, blocks] if blocks else [plain] if plain else []
