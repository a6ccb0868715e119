"""What the evaluator says is known of an unknown value, held to what the value became when it was applied."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from audits.model import Unknown


def contradictions(path: str, ours: Any, final: Any) -> Iterator[str]:
    """Where a value, or what is said to be known of an unknown one, is not what it became when it was applied."""
    if isinstance(ours, Unknown):
        yield from _contradicted(path, ours, final)
    elif isinstance(ours, dict) and isinstance(final, dict):
        for key, value in ours.items():
            yield from contradictions(f"{path}.{key}", value, final.get(key))
    elif isinstance(ours, list) and isinstance(final, list) and len(ours) == len(final):
        known = [value for value in ours if not isinstance(value, Unknown)]
        if len(known) < len(ours) and ours[: len(known)] == known and all(value in final for value in known):
            # A set: where its unknown elements will stand is not known.
            return
        for index, value in enumerate(ours):
            yield from contradictions(f"{path}[{index}]", value, final[index])
    elif ours != final:
        yield f"{path}: {ours!r} became {final!r}"[:400]


def _contradicted(path: str, ours: Unknown, final: Any) -> Iterator[str]:
    if ours.not_null and final is None:
        yield f"{path}: not null, but it became null"
    if ours.length is not None and ours.length != len(final):
        yield f"{path}: its length is {ours.length}, not {len(final)}"
    if ours.parts and not _fits(list(ours.parts), final):
        yield f"{path}: {ours.parts!r} became {final!r}"[:400]
    if ours.partial is None:
        return
    decoded = final
    if isinstance(final, str) and not isinstance(ours.partial, str):
        decoded = yaml.safe_load(final)
    if not (ours.open and isinstance(decoded, list)):
        yield from contradictions(path, ours.partial, decoded)
        return
    # Where the certain elements of an open list stand among the others is not said.
    for value in ours.partial:
        if all(any(contradictions(path, value, one)) for one in decoded):
            yield f"{path}: {value!r} is nowhere in {decoded!r}"[:400]


def _fits(parts: list[str | Unknown], text: Any) -> bool:
    if not isinstance(text, str):
        return False
    at = 0
    for number, part in enumerate(parts):
        if isinstance(part, str):
            found = text.find(part, at)
            if found < 0 or (number == 0 and found != 0):
                return False
            at = found + len(part)
    return not parts or not isinstance(parts[-1], str) or text.endswith(parts[-1])
