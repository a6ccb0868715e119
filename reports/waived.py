"""Waivers as rows for people: those that fail the run first, then by the day they end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def ordered(run: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every waiver of the run."""
    return sorted(
        run["waivers"], key=lambda one: (not one["fails"], one["expires"], one["file"] or "", one["line"] or 0)
    )


def about(waiver: Mapping[str, Any]) -> str:
    """What it covers: control, and resource, path and plane where it names them."""
    parts = [str(waiver[name]) for name in ("resource", "path", "plane") if waiver[name]]
    return f"{waiver['control']} ({', '.join(parts)})" if parts else str(waiver["control"])


def place(waiver: Mapping[str, Any]) -> str:
    """Where it is written."""
    return f"{waiver['file']}:{waiver['line']}"


def people(waiver: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Owner, approver and ticket, as far as they are named, each with its label."""
    return [(f"waiver.{name}", str(waiver[name])) for name in ("owner", "approver", "ticket") if waiver[name]]
