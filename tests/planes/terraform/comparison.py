"""Compares what the evaluator says of a resource with what ``terraform plan`` says, by the provider's schema.

**What counts as equal** is decided by the type that the provider's schema gives a place, and by nothing else:

- ``string``: the same text. A number or bool in source is converted as Terraform converts it (``80`` is ``"80"``,
  ``true`` is ``"true"``). Two texts that are both JSON objects or arrays are equal if they decode to the same value,
  numbers and texts told apart: the provider lays out policies anew.
- ``number`` and ``bool``: the same value; a text in source is converted as Terraform converts it.
- ``dynamic`` (``terraform_data.input``): the same JSON value, type for type; sets and lists in their order.
- ``list``: element by element, in order. ``map``: the same keys, and value by value; a null in source may be left out.
- ``set``: what is written twice counts once; the same number of elements, and a one-to-one pairing in which every
  element is equal. Where there is none, the elements are reported one against the other.
- ``object``: every configured attribute; the others are the provider's.
- Blocks: the same number of them, a list's in order, a set's paired like a set's elements; of each, what is configured.
- What the provider itself makes of an attribute: ``user_data`` is planned as its SHA-1, an empty collection as null.
- Where the plan says that a value is sensitive, ours must be redacted, and nothing else may be; the value itself is
  compared as it was before.

**What counts as unknown**: where the plan says "known after apply" of a whole value, ours must be an Unknown, or a
collection or list of blocks with an Unknown in it: the provider plans some of these as unknown as a whole. Where
the plan knows parts of a value, ours must show the same parts, in the value or in the Unknown's ``partial``: an Unknown
without them is *missed*. Of a list whose length is open, ``partial`` must be there, and no other element may be known
as a whole.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from audits.model import Redacted, Unknown

Type = Any
"""A type as ``terraform providers schema -json`` writes it: ``"string"``, ``["list", "string"]``, …"""


class Outcome(StrEnum):
    """How one value stands to the plan's. The first of these counts where there are several."""

    INVENTED = "invented"
    WRONG = "wrong"
    MISSED = "missed"
    EQUAL = "equal"
    PARTIAL = "partial"
    UNKNOWN = "unknown"


_RANK = list(Outcome)
BAD = frozenset([Outcome.INVENTED, Outcome.WRONG, Outcome.MISSED])


@dataclass(frozen=True, slots=True)
class Leaf:
    """The outcome at one path; ``note`` says what stands against what, ``parts`` how many single values are in it."""

    path: str
    outcome: Outcome
    note: str = ""
    parts: int = 1


def worst(leaves: Sequence[Leaf]) -> Outcome:
    """The outcome of a value with these parts; an empty one is equal."""
    return min((leaf.outcome for leaf in leaves), key=_RANK.index, default=Outcome.EQUAL)


def _leaf(path: str, outcome: Outcome, ours: Any, theirs: Any) -> list[Leaf]:
    return [Leaf(path, outcome, f"{ours!r} / {theirs!r}"[:400] if outcome in BAD else "")]


def compare_value(path: str, ours: Any, theirs: Any, unknown: Any, type_: Type = "dynamic") -> list[Leaf]:
    """Compare one value. ``unknown`` is the plan's ``after_unknown`` at this place."""
    if isinstance(ours, Unknown):
        return _compare_unknown(path, ours, theirs, unknown, type_)
    if unknown is True:
        tolerated = _kind(type_) in ("list", "set", "map")
        if tolerated and has_unknown(ours):
            return [Leaf(path, Outcome.PARTIAL)]
        return _leaf(path, Outcome.INVENTED, ours, "unknown")
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return _compare_mappings(path, ours, theirs, unknown, type_)
    if isinstance(ours, list) and isinstance(theirs, list):
        marks = unknown if isinstance(unknown, list) else []
        if _kind(type_) == "set" and not has_unknown(ours):
            ours = [one for at, one in enumerate(ours) if one not in ours[:at]]
        return compare_sequences(path, ours, theirs, marks, type_)
    return _leaf(path, Outcome.EQUAL if same(ours, theirs, type_, path) else Outcome.WRONG, ours, theirs)


def _kind(type_: Type) -> str:
    return type_ if isinstance(type_, str) else type_[0]


def _compare_unknown(path: str, ours: Unknown, theirs: Any, unknown: Any, type_: Type) -> list[Leaf]:
    if unknown is True:
        told = ours.partial is not None or bool(ours.parts) or ours.length is not None
        return [Leaf(path, Outcome.PARTIAL if told else Outcome.UNKNOWN)]
    if not any_unknown(unknown) or ours.partial is None:
        return _leaf(path, Outcome.MISSED, ours.describe(), theirs)
    if not (ours.open and isinstance(ours.partial, list) and isinstance(theirs, list) and isinstance(unknown, list)):
        return compare_value(path, ours.partial, theirs, unknown, type_)
    return _compare_open(path, ours, theirs, unknown, type_)


def _compare_open(path: str, ours: Unknown, theirs: list[Any], unknown: list[Any], type_: Type) -> list[Leaf]:
    """A list of which only some elements are certain: they must be there, and no other may be known as a whole."""
    count = max(len(theirs), len(unknown))
    values, marks = theirs + [None] * (count - len(theirs)), unknown + [False] * (count - len(unknown))
    inner, sure = element_type(type_), list(ours.partial)
    if len(sure) > count:
        return _leaf(path, Outcome.WRONG, sure, theirs)

    def one(at: int, to: int) -> list[Leaf]:
        if at < len(sure):
            return compare_value(f"{path}[{at}]", sure[at], values[to], marks[to], inner)
        known = not any_unknown(marks[to])
        return _leaf(path, Outcome.MISSED, "open", values[to]) if known else [Leaf(path, Outcome.PARTIAL)]

    return paired(count, one, ordered=_kind(type_) != "set")


def _compare_mappings(path: str, ours: dict[str, Any], theirs: dict[str, Any], unknown: Any, type_: Type) -> list[Leaf]:
    marks = unknown if isinstance(unknown, dict) else {}
    leaves: list[Leaf] = []
    for key, value in ours.items():
        inner = type_[1].get(key, "dynamic") if _kind(type_) == "object" else element_type(type_)
        leaves.extend(compare_value(f"{path}.{key}", value, theirs.get(key), marks.get(key, False), inner))
    if _kind(type_) != "object":
        for key in [*theirs, *(key for key, mark in marks.items() if mark is not False)]:
            if key not in ours and theirs.get(key) is not None:
                leaves.extend(_leaf(f"{path}.{key}", Outcome.WRONG, "no such key", theirs.get(key)))
    return leaves


def element_type(type_: Type) -> Type:
    """The type of the elements of a collection."""
    return type_[1] if _kind(type_) in ("list", "set", "map") else "dynamic"


def compare_sequences(path: str, ours: list[Any], theirs: list[Any], marks: list[Any], type_: Type) -> list[Leaf]:
    """Lists in order, sets by a pairing."""
    padded = marks + [False] * (len(theirs) - len(marks))
    theirs = theirs + [None] * (len(padded) - len(theirs))
    if len(ours) != len(theirs):
        return _leaf(path, Outcome.WRONG, ours, theirs)
    inner = element_type(type_)

    def one(at: int, to: int) -> list[Leaf]:
        return compare_value(f"{path}[{at}]", ours[at], theirs[to], padded[to], inner)

    return paired(len(ours), one, ordered=_kind(type_) != "set")


def paired(count: int, compare: Callable[[int, int], list[Leaf]], *, ordered: bool) -> list[Leaf]:
    """The leaves of ``count`` elements against as many: each in its place, or by a pairing without anything bad."""
    straight = [compare(at, at) for at in range(count)]
    result = [leaf for leaves in straight for leaf in leaves]
    if ordered or worst(result) not in BAD:
        return result
    table = {(at, to): compare(at, to) for at in range(count) for to in range(count)}
    partner: dict[int, int] = {}

    def place(at: int, tried: set[int]) -> bool:
        for to in range(count):
            if to not in tried and worst(table[at, to]) not in BAD:
                tried.add(to)
                if to not in partner or place(partner[to], tried):
                    partner[to] = at
                    return True
        return False

    found = [place(at, set()) for at in range(count)]
    chosen = {at: to for to, at in partner.items()}
    left = [to for to in range(count) if to not in partner]
    for at, fits in enumerate(found):
        if at not in chosen:
            assert not fits
            chosen[at] = left.pop(0)
    return [leaf for at in range(count) for leaf in table[at, chosen[at]]]


def same(ours: Any, theirs: Any, type_: Type, path: str = "") -> bool:
    """Whether two known values that are not both containers are equal; see the module's docstring."""
    if ours is None or theirs is None:
        return theirs is None and (ours is None or (ours in ({}, []) and _kind(type_) in ("list", "set", "map")))
    if type_ == "string":
        text = ours if isinstance(ours, str) else _text(ours)
        return text == theirs or _same_json(text, theirs) or _is_hash(path, text, theirs)
    if type_ == "number" and isinstance(ours, str):
        return _number(ours) == theirs
    if type_ == "bool" and isinstance(ours, str):
        return ours in ("true", "false") and (ours == "true") == theirs
    return _strictly(ours, theirs)


def _strictly(ours: Any, theirs: Any) -> bool:
    if isinstance(ours, bool) or isinstance(theirs, bool):
        return ours is theirs
    if isinstance(ours, int | float) and isinstance(theirs, int | float):
        return ours == theirs
    return type(ours) is type(theirs) and bool(ours == theirs)


def _text(value: Any) -> str | None:
    """A number or bool as Terraform writes it as a text; None for anything else."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if isinstance(value, int | float) else None


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _same_json(ours: str | None, theirs: Any) -> bool:
    decoded = [_document(text) for text in (ours, theirs)]
    return None not in decoded and not any(
        leaf.outcome in BAD for leaf in compare_value("", decoded[0], decoded[1], False)
    )


def _document(text: Any) -> Any:
    """A JSON object or array; None for anything else."""
    if not isinstance(text, str) or text.strip()[:1] not in ("{", "["):
        return None
    try:
        return json.loads(text)
    except ValueError:
        return None


def _is_hash(path: str, text: str | None, theirs: Any) -> bool:
    hashed = path.rpartition(".")[2] == "user_data" and text is not None
    return hashed and hashlib.sha1(str(text).encode()).hexdigest() == theirs


def has_unknown(value: Any) -> bool:
    """Whether an Unknown is in it."""
    if isinstance(value, dict):
        return any(has_unknown(element) for element in value.values())
    if isinstance(value, list):
        return any(has_unknown(element) for element in value)
    return isinstance(value, Unknown)


def any_unknown(marks: Any) -> bool:
    """Whether ``after_unknown`` says anywhere that something is unknown."""
    if isinstance(marks, dict):
        return any(any_unknown(value) for value in marks.values())
    if isinstance(marks, list):
        return any(any_unknown(value) for value in marks)
    return marks is True


# -- blocks ---------------------------------------------------------------------------------------------------------

Names = Callable[[str], Sequence[str]]
"""Path of a block to the names of the attributes that are written in it; empty if that is not known."""


def compare_body(
    prefix: str, ours: Mapping[str, Any], entry: tuple[Mapping[str, Any], Any], schema: Mapping[str, Any], names: Names
) -> list[Leaf]:
    """Compare a body, one leaf an attribute at least; the leaves of nested blocks' attributes have their own paths.

    ``entry`` are the plan's values and unknown marks of this body; ``schema`` is its block.
    """
    theirs, unknown = entry
    marks = unknown if isinstance(unknown, dict) else {}
    leaves: list[Leaf] = []
    for name, value in ours.items():
        path, mark = f"{prefix}{name}", marks.get(name, False)
        nested = schema["blocks"].get(name)
        if nested is not None:
            leaves.extend(_compare_blocks(path, value, (theirs.get(name), mark), nested, names))
        elif name not in schema["attributes"]:
            leaves.extend(_leaf(path, Outcome.WRONG, value, "no such attribute in the provider's schema"))
        else:
            parts = compare_value(path, value, theirs.get(name), mark, schema["attributes"][name])
            note = "; ".join(f"{leaf.path}: {leaf.note}" for leaf in parts if leaf.outcome in BAD)
            leaves.append(Leaf(path, worst(parts), note[:600], len(parts)))
    for name in names(prefix.removesuffix(".")):
        if name not in ours and theirs.get(name) not in (None, "", 0, False, [], {}):
            leaves.extend(_leaf(f"{prefix}{name}", Outcome.MISSED, "configured, and not observed", theirs[name]))
    return leaves


def _compare_blocks(
    path: str, ours: Any, entry: tuple[Any, Any], nested: Mapping[str, Any], names: Names
) -> list[Leaf]:
    theirs, unknown = entry
    if isinstance(ours, Unknown):
        return [Leaf(path, Outcome.UNKNOWN)] if unknown is True else _leaf(path, Outcome.MISSED, ours, theirs)
    if not isinstance(ours, list):
        return _leaf(path, Outcome.WRONG, ours, "blocks are lists")
    theirs = theirs if isinstance(theirs, list) else [] if theirs is None else [theirs]
    marks = unknown if isinstance(unknown, list) else [unknown] * len(theirs)
    if unknown is True:
        return [Leaf(path, Outcome.PARTIAL)] if has_unknown(ours) else _leaf(path, Outcome.INVENTED, ours, "unknown")
    marks = marks + [False] * (len(theirs) - len(marks))
    theirs = theirs + [{}] * (len(marks) - len(theirs))
    if len(ours) != len(theirs):
        return _leaf(path, Outcome.WRONG, ours, theirs)

    def one(at: int, to: int) -> list[Leaf]:
        return compare_body(f"{path}[{at}].", ours[at], (theirs[to] or {}, marks[to]), nested["block"], names)

    return paired(len(ours), one, ordered=nested["nesting"] != "set")


def sensitive_leaves(path: str, ours: Any, marks: Any) -> Iterator[tuple[str, str]]:
    """Paths that are ``leaked`` (shown, though the plan marks them) or ``hidden`` (redacted, though it does not)."""
    if isinstance(ours, Redacted):
        if not any_unknown(marks):
            yield path, "hidden"
    elif marks is True:
        if not isinstance(ours, Unknown):
            yield path, "leaked"
    elif isinstance(ours, dict):
        for key, value in ours.items():
            inner = marks.get(key, False) if isinstance(marks, dict) else False
            yield from sensitive_leaves(f"{path}.{key}", value, inner)
    elif isinstance(ours, list):
        for index, value in enumerate(ours):
            inner = marks[index] if isinstance(marks, list) and index < len(marks) else False
            yield from sensitive_leaves(f"{path}[{index}]", value, inner)
