"""What the provider's schema says of a path of a resource: whether it is a collection, and whether it is blocks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from audits.planes.terraform.saved.overlay import Path
from audits.provider_schema import block_of


@dataclass(frozen=True, slots=True)
class Shape:
    """``collection``: a list or set. ``blocks``: it may be written as blocks, so by ``dynamic`` ones, too.

    ``of_argument``: it lies in an argument that is never written as blocks (``tags_all["x"]``).
    """

    collection: bool = False
    blocks: bool = False
    of_argument: bool = False


def shape_of(kind: str, path: Path) -> Shape:
    """The shape of the value at a path. Of a kind that the schema lacks no control speaks: there all is plain."""
    block: Any = block_of(kind)
    if block is None:
        return Shape()
    for number, name in enumerate(path):
        if isinstance(name, int):
            continue
        nested = block["blocks"].get(name)
        if nested is None:
            attribute = block["attributes"].get(name)
            return _of_attribute(attribute["type"], path[number + 1 :], number == 0) if attribute else Shape()
        block = nested["block"]
    whole = not isinstance(path[-1], int)
    return Shape(whole, whole)


def _of_attribute(type_: Any, rest: Path, top: bool) -> Shape:
    """The shape of what lies at ``rest`` below an attribute; ``top``: it is one of the resource's own."""
    # The provider takes lists of objects as blocks, too ("attributes as blocks": aws_security_group.ingress).
    as_blocks = isinstance(type_, list) and isinstance(type_[1], list) and type_[1][0] == "object"
    for step in rest:
        if not isinstance(type_, list):
            return Shape(of_argument=top and not as_blocks)
        inner = type_[1]
        type_ = inner.get(step) if type_[0] == "object" and isinstance(inner, dict) else inner
    collection = isinstance(type_, list) and type_[0] in ("list", "set")
    return Shape(collection, as_blocks and not rest, top and not as_blocks)
