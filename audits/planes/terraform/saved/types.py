"""What the provider's schema says of a path of a resource: whether it is a collection, and whether it is blocks."""

from __future__ import annotations

from typing import Any

from audits.planes.terraform.saved.overlay import Path
from audits.provider_schema import block_of


def shape_of(kind: str, path: Path) -> tuple[bool, bool]:
    """Whether the value at a path is a list or set, and whether it may be written as blocks.

    A kind that the schema lacks is one of which no control speaks: there nothing is asked.
    """
    block: Any = block_of(kind)
    if block is None:
        return False, False
    names = [step for step in path if isinstance(step, str)]
    for number, name in enumerate(names):
        last = number == len(names) - 1
        nested = block["blocks"].get(name)
        if nested is not None:
            if last:
                whole = not isinstance(path[-1], int)
                return whole, whole
            block = nested["block"]
            continue
        attribute = block["attributes"].get(name)
        return _of_type(attribute["type"], path, name) if attribute else (False, True)
    return False, True


def _of_type(type_: Any, path: Path, name: str) -> tuple[bool, bool]:
    """The same of what lies below an attribute."""
    top = path.index(name) == 0
    for step in path[path.index(name) + 1 :]:
        if not isinstance(type_, list):
            return False, False
        inner = type_[1]
        type_ = inner.get(step) if type_[0] == "object" and isinstance(inner, dict) else inner
    if not isinstance(type_, list):
        return False, False
    collection = type_[0] in ("list", "set")
    whole = top and len(path) == 1
    # The provider takes lists of objects as blocks, too ("attributes as blocks": aws_security_group.ingress).
    return collection, collection and whole and isinstance(type_[1], list) and type_[1][0] == "object"
