"""What a spec declares: clauses of the document, controls, contradictions, and rules for what no control names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from audits.model.values import PLANES, Basis, Plane, Severity, Value, no_entries

CATALOGUE = "Checkov"
"""Stands as the document of a control that no clause demands: a policy of Checkov's is a clause of its own."""


@dataclass(frozen=True, slots=True)
class Clause:
    """Where the owner's document states a requirement.

    ``section`` is the full heading path, emoji left out, joined by " > "; ``row`` names the table row, list item or
    code line; ``states`` is the literal figure, which occurs once in it; ``line`` is a hint.
    """

    document: str
    section: str
    row: str
    states: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """The accounts and regions that a control is about; empty for all that were read."""

    accounts: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.accounts or self.regions)


EVERYWHERE = Scope()


@dataclass(frozen=True, slots=True)
class Control:
    """One requirement: what is to hold, of what, why, and where it is written down.

    ``relation`` names the module in ``audits/relations`` that judges it and ``body`` is that relation's part of the
    spec, as plain data. ``modules`` is the spec's declaration of which kinds live in which module (glob patterns),
    used only where a module is missing.
    """

    id: str
    title: str
    severity: Severity
    basis: Basis
    clause: Clause
    relation: str
    body: Mapping[str, Value]
    spec: str
    line: int
    theme: str
    planes: tuple[Plane, ...] = PLANES
    basis_reason: str = ""
    frameworks: Mapping[str, tuple[str, ...]] = field(default_factory=no_entries)
    remedy: str = ""
    planned: str | None = None
    modules: Mapping[str, tuple[str, ...]] = field(default_factory=no_entries)
    lines: Mapping[tuple[str | int, ...], int] = field(default_factory=no_entries)
    scope: Scope = EVERYWHERE
    also: tuple[Clause, ...] = ()
    """Where else the document states the same."""

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """Everything that it cites."""
        return (self.clause, *self.also)


@dataclass(frozen=True, slots=True)
class Statement:
    """One side of a contradiction. ``wins``: the ruling follows it."""

    clause: Clause
    wins: bool = False


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Where the document says things that cannot all be so. ``controls``: those that rest on the ruling, by id."""

    id: str
    title: str
    statements: tuple[Statement, ...]
    ruling: str
    why: str
    controls: tuple[str, ...]
    spec: str
    line: int


@dataclass(frozen=True, slots=True)
class NotAudited:
    """What the document states and no control checks, with the reason; without row the whole section."""

    clause: Clause
    reason: str
    spec: str
    line: int

    @property
    def whole_section(self) -> bool:
        """Whether it speaks of all that the section states and nothing else cites."""
        return not self.clause.row


@dataclass(frozen=True, slots=True)
class PolicyDecision:
    """What a spec says of policies of Checkov's that it does not require: a pattern over their ids, and why."""

    decision: Literal["accepted", "ignored"]
    pattern: str
    reason: str
    spec: str
    line: int


@dataclass(frozen=True, slots=True)
class DriftRule:
    """What a spec says of drift: how severe it is, and which kinds (glob patterns) to read beside those of controls.

    The severity counts for those kinds, for every kind where none is given.
    """

    severity: Severity = "medium"
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UnmanagedRule:
    """Which of the account's resources a spec expects to be Terraform's: those that meet all that is given here.

    ``kinds``: glob patterns, () for all kinds that are read. ``names``: a pattern (unanchored) for the resource's name.
    ``tags``: the values that tags must have.
    """

    kinds: tuple[str, ...] = ()
    names: str | None = None
    tags: Mapping[str, str] = field(default_factory=no_entries)
    severity: Severity = "medium"
    scope: Scope = EVERYWHERE
    modules: Mapping[str, tuple[str, ...]] = field(default_factory=no_entries)
    place: str = ""


@dataclass(frozen=True, slots=True)
class Spec:
    """One YAML file of controls. ``name`` is what it calls itself (``glimpse-prod/database``).

    ``decisions``: what its ``checkov`` part accepts or ignores as a whole, None where it has no such part.
    ``modules`` is its declaration of which kinds live in which module; ``drift`` and ``unmanaged`` say what it wants of
    the comparison of Terraform with the account.
    """

    path: str
    name: str
    document: str
    controls: tuple[Control, ...]
    sha256: str
    decisions: tuple[PolicyDecision, ...] | None = None
    modules: Mapping[str, tuple[str, ...]] = field(default_factory=no_entries)
    drift: DriftRule | None = None
    unmanaged: tuple[UnmanagedRule, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    not_audited: tuple[NotAudited, ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """One control on one plane: what is planned, and what pytest runs as one item."""

    control: Control
    plane: Plane

    @property
    def name(self) -> str:
        """The item's name (``rds-instance[live]``)."""
        return f"{self.control.id}[{self.plane}]"
