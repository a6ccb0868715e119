"""What a relation declares: a way for a control to say something, with how it is written and how it is judged.

One module in ``audits/relations/`` holds one :class:`Relation`; it is found by looking. The same code judges both
planes: a relation sees a :class:`audits.view.View` and returns verdicts, and reads nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from audits.kind import Kind
from audits.model import (
    PLANES,
    Cause,
    Control,
    FileQuery,
    Gap,
    Origin,
    Plane,
    Redacted,
    Resource,
    State,
    Unknown,
    Value,
    Verdict,
)
from audits.view import View


class BodyError(ValueError):
    """A control's body is wrong. ``path`` leads from the control to the place."""

    def __init__(self, message: str, path: tuple[str | int, ...] = ()) -> None:
        super().__init__(message)
        self.path = path


@dataclass(frozen=True, slots=True)
class Relation:
    """A way for a control to say something.

    ``keys``: the keys of a control that belong to it, the first of which tells that it is meant. ``required``: those
    that must be there. ``schema``: the JSON Schema of each key. ``check``: refuses, by :class:`BodyError`, what the
    schema cannot. ``kinds``: the kinds that judging needs. ``judge``: the verdicts on one plane. ``planes``: those
    that can tell it at all. ``files``: what judging needs of the repository's files. ``selectors``: every selector by
    which it chooses of a kind; None where it may need any resource of that kind. ``shared``: the schema of keys of the
    spec itself that belong to it; a control's body holds those that its spec has. ``chain``: what reports draw of it.
    """

    name: str
    keys: tuple[str, ...]
    required: tuple[str, ...]
    schema: Mapping[str, Any]
    check: Callable[[Mapping[str, Any], Mapping[str, Kind]], None]
    kinds: Callable[[Mapping[str, Any]], frozenset[str]]
    judge: Callable[[Control, View], Sequence[Verdict]]
    planes: tuple[Plane, ...] = PLANES
    chain: Callable[[Mapping[str, Any]], Mapping[str, Any]] | None = None
    files: Callable[[Mapping[str, Any]], frozenset[FileQuery]] = lambda body: frozenset()
    selectors: Callable[[Mapping[str, Any], str], Sequence[Mapping[str, Any]] | None] = lambda body, kind: None
    shared: Mapping[str, Any] = field(default_factory=dict)


def state_of(unknowns: Sequence[Unknown]) -> State:
    """``unreadable`` where something asked for could not be read, else ``unknown``."""
    return State.UNREADABLE if any(unknown.cause is Cause.UNREADABLE for unknown in unknowns) else State.UNKNOWN


def verdict_on(
    resource: Resource, state: State, path: str, expected: Value, actual: Value, *, cause: str = "", place: str = ""
) -> Verdict:
    """A verdict on one resource; ``place`` is the concrete path whose origin counts (``path`` if not given)."""
    return Verdict(
        state,
        path=path,
        resource=resource.identity,
        expected=expected,
        actual=actual,
        origin=resource.origin_of(place or path),
        cause=cause,
        key=resource.key,
        account=resource.account,
        region=resource.region,
    )


def gap_text(gaps: Sequence[Gap], view: View) -> str:
    """The gaps in one line, a missing module with the arguments of its call."""
    return "; ".join(dict.fromkeys(_gap(gap, view) for gap in gaps))


def _gap(gap: Gap, view: View) -> str:
    text = f"{gap.scope}: {gap.cause}"
    if gap.module is None:
        return text
    called = [r for r in view.resources("module") if r.identity == gap.scope or r.identity.startswith(f"{gap.scope}[")]
    arguments = {name: value for resource in called for name, value in resource.attributes.items()}
    shown = ", ".join(f"{name} = {_short(value)}" for name, value in sorted(arguments.items()) if name != "source")
    return f"{text} (called with {shown})" if shown else text


def _short(value: Value) -> str:
    text = _said(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _said(value: Value) -> str:
    if isinstance(value, Unknown):
        return value.describe()
    if isinstance(value, Redacted):
        return "redacted"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_said(element)}" for key, element in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_said(element) for element in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def mends(gaps: Sequence[Gap]) -> str:
    """What would close the gaps, in one line."""
    return "; ".join(dict.fromkeys(gap.mend for gap in gaps if gap.mend))


def first_origin(gaps: Sequence[Gap]) -> Origin:
    """Where the first gap with a place comes from."""
    return next((gap.origin for gap in gaps if gap.origin.file), Origin())
