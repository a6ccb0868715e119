"""Clauses of the document as rows for people: the ones that changed or cannot be told first, then those that moved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

CHANGED, UNREADABLE, STANDS = "clause-changed", "unreadable", "stands"
_ORDER = {CHANGED: 0, UNREADABLE: 1, STANDS: 2}


def told(run: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The clauses worth a word: those that do not stand as cited."""
    speaking = [one for one in run["document"] if one["state"] != STANDS or one["moved"]]
    return sorted(speaking, key=lambda one: _ORDER[one["state"]])


def kind(citation: Mapping[str, Any]) -> str:
    """``clause-changed``, ``unreadable``, ``moved`` or ``stands``: the label under which it is shown."""
    return "moved" if citation["state"] == STANDS and citation["moved"] else str(citation["state"])


def place(run: Mapping[str, Any], line: int | None) -> str:
    """A line of the document as ``path:line``."""
    path = (run["run"]["document"] or {}).get("path", "")
    return f"{path}:{line}" if line else path
