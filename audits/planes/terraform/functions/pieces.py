"""Texts of which some pieces are unknown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeAlias

from audits.model import Unknown
from audits.planes.terraform.values import TerraformValue, derive

Piece: TypeAlias = str | Unknown


def as_pieces(text: TerraformValue) -> Sequence[Piece]:
    """The pieces of a text, in order; never empty."""
    if isinstance(text, Unknown):
        return text.parts or (replace(text, partial=None, length=None),)
    return (str(text),)


def from_pieces(pieces: Iterable[Piece], unknown: Sequence[Unknown]) -> Unknown:
    """The Unknown text of these pieces, neighbouring known ones joined; ``unknown`` is all that it depends on."""
    parts: list[Piece] = []
    for piece in pieces:
        if isinstance(piece, str) and parts and isinstance(parts[-1], str):
            parts[-1] += piece
        elif piece != "":
            parts.append(piece)
    return derive(unknown, parts=tuple(parts), not_null=True)
