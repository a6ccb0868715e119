"""The nouns of the suite: frozen data that every other module speaks. This module imports nothing local.

Values are plain JSON-like data (``None``, ``bool``, ``int``, ``float``, ``str``, ``list``, ``dict``) in which an
:class:`Unknown` may stand for any part the source cannot tell and a :class:`Redacted` for any part that must not
be shown. Lists and dictionaries inside a frozen object are never changed after it was made.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

Value: TypeAlias = Any
"""``None | bool | int | float | str | list[Value] | dict[str, Value] | Unknown | Redacted``."""

Plane: TypeAlias = Literal["terraform", "live"]
PLANES: tuple[Plane, ...] = ("terraform", "live")

Severity: TypeAlias = Literal["critical", "high", "medium", "low", "info"]
SEVERITIES: tuple[Severity, ...] = ("critical", "high", "medium", "low", "info")

Basis: TypeAlias = Literal["stated", "inferred", "rule"]


class Cause(StrEnum):
    """Why a value is unknown, or a verdict undecided."""

    COMPUTED = "computed"
    """Only the provider knows it, after an apply (Terraform: "known after apply")."""
    VARIABLE = "variable without value"
    MISSING_MODULE = "missing module"
    DATA_SOURCE = "data source"
    UNSUPPORTED = "unsupported"
    """The language or a function needs something that is not here: time, randomness, files outside the tree."""
    CYCLE = "cycle"
    INVALID = "invalid"
    """The source is in error here: Terraform itself would refuse it."""
    UNSET = "unset"
    """The source does not set it, and the kind declares no provider default."""
    UNREADABLE = "unreadable"
    """It was asked for and could not be read: the verdict is ``unreadable``, never pass or fail."""
    REDACTED = "redacted"
    """It is secret and was removed before judging."""
    UNRESOLVED = "unresolved reference"
    """It names a resource that was not found among what was read."""
    UNCERTAIN = "uncertain match"
    """It cannot be told whether the control speaks of this resource at all."""


_TYPE = r"[A-Za-z_][\w-]*"
_INDEX = r'(?:\[(?:\d+|\*|"(?:[^"\\]|\\.)*")\])?'
_ADDRESS = re.compile(
    rf"(?P<address>(?:module\.{_TYPE}{_INDEX}\.)*(?:data\.)?{_TYPE}\.{_TYPE}{_INDEX})(?:\.(?P<attribute>.+))?"
)
_MODULE_OUTPUT = re.compile(
    rf"(?P<address>(?:module\.{_TYPE}{_INDEX}\.)*module\.{_TYPE}{_INDEX})(?:\.(?P<attribute>.+))?"
)


@dataclass(frozen=True, slots=True, order=True)
class Reference:
    """What an unknown value stands for: an attribute of a resource, a variable, a module's output.

    ``address`` is absolute, as Terraform writes it (``module.network.aws_subnet.public["a"]``, ``var.zone``);
    ``attribute`` is the path below it (``id``, ``arn``), empty for the whole.
    """

    address: str
    attribute: str = ""

    def __str__(self) -> str:
        return f"{self.address}.{self.attribute}" if self.attribute else self.address

    @classmethod
    def parse(cls, text: str) -> Reference:
        """Read what ``str()`` wrote. Text in no known form becomes an address without attribute."""
        for pattern in (_MODULE_OUTPUT, _ADDRESS):
            match = pattern.fullmatch(text)
            if match:
                return cls(match["address"], match["attribute"] or "")
        return cls(text)


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that the source cannot tell, with its cause and with what *is* known of it.

    ``partial``: for a document (policy, ``jsonencode``), list or object, its structure with Unknown leaves.
    ``parts``: for a text, its pieces in order, known strings between unknowns (``"arn:…:" , Unknown, "/*"``).
    ``open``: the elements in ``partial`` (a list) are certain, and there may be more.
    ``length``: the exact length of a list, set or map, if known. ``not_null``: certainly not null.
    ``derived``: computed from its references, so not the very value of any, also where there is only one.
    """

    cause: Cause
    references: tuple[Reference, ...] = ()
    detail: str = ""
    partial: Value = None
    parts: tuple[str | Unknown, ...] = ()
    open: bool = False
    length: int | None = None
    not_null: bool = False
    sensitive: bool = False
    derived: bool = False

    @property
    def prefix(self) -> str:
        """The known beginning of a text; empty if nothing is known."""
        return self.parts[0] if self.parts and isinstance(self.parts[0], str) else ""

    def describe(self) -> str:
        """One line for people: the cause, and what it stands for."""
        names = ", ".join(str(reference) for reference in self.references)
        about = "; ".join(part for part in (names, self.detail) if part)
        return f"{self.cause}: {about}" if about else str(self.cause)


@dataclass(frozen=True, slots=True)
class Redacted:
    """A secret that was removed before it could reach a judgement or an output."""

    reason: str = "sensitive"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value was found: a place in a file, an ARN or identifier in the account, or both.

    ``calls`` holds the places of the module calls that lead there, outermost first (``main.tf:12 module.ecs``).
    """

    file: str | None = None
    line: int | None = None
    column: int | None = None
    arn: str | None = None
    calls: tuple[str, ...] = ()

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.file and self.line else self.file or ""
        return place or self.arn or ""


NOWHERE = Origin()


def _empty() -> Mapping[Any, Any]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource instance on one plane, in the vocabulary of the Terraform AWS provider.

    ``identity``: its Terraform address, or its ARN (else the identifier AWS gives) in the account.
    ``key``: the natural key that pairs it with the other plane, or None where there is none that is known.
    ``missing``: what it means that an attribute is not there. In source it is ``unset`` (the provider decides),
    in an account, plan or state it is ``absent``.
    ``origins``: places of attributes and blocks by path (``ingress[0]``); the nearest enclosing one counts.
    ``ignored``: attribute paths under ``lifecycle.ignore_changes`` (``all`` for every one).
    ``existence``: set if it cannot be told whether, or how often, the resource exists (an unknown ``count``):
    the identity then ends in ``[*]``.
    ``defaulted``: paths that hold a declared provider default, each with the source of that default.
    ``computed``: attributes of a plan or state that surely no configuration sets: what the provider or AWS made of
    them. Where a part that folds in describes the same, the part counts.
    """

    kind: str
    identity: str
    attributes: Mapping[str, Value]
    origin: Origin = NOWHERE
    account: str | None = None
    region: str | None = None
    key: str | None = None
    missing: Literal["unset", "absent"] = "absent"
    origins: Mapping[str, Origin] = field(default_factory=_empty)
    ignored: tuple[str, ...] = ()
    existence: Unknown | None = None
    defaulted: Mapping[str, str] = field(default_factory=_empty)
    computed: tuple[str, ...] = ()

    def origin_of(self, path: str) -> Origin:
        """The place of the attribute at ``path``, or of the nearest thing that encloses it."""
        while path:
            if path in self.origins:
                return self.origins[path]
            cut = max(path.rfind("."), path.rfind("["))
            path = path[:cut] if cut > 0 else ""
        return self.origin


FILE = "file"
"""The kind of a file of the repository: no kind of Terraform's, and on the source's plane only."""

BILL = "bill"
"""The kind of an account's bill of one month: likewise no resource, and on the live plane only."""


@dataclass(frozen=True, slots=True, order=True)
class FileQuery:
    """What to look for in a file of the repository: a pattern with a group ``value``, outside comments.

    ``path`` is relative to the repository, with ``/``; ``comments`` names how they are written there.
    """

    path: str
    pattern: str
    comments: str

    @property
    def digest(self) -> str:
        """What is kept of a query beside its answer: the pattern itself stands in the spec."""
        return sha256(f"{self.comments}\n{self.pattern}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that could not be read.

    ``kinds``: the kinds of resource it hides, None for every kind (a missing module, an unparsable file).
    ``scope``: what was asked, for people (``rds:DescribeDBInstances in ap-northeast-2``, ``module.cdn``).
    ``resource``: set if only this one resource (its identity) is affected: then the listing itself is complete,
    and ``attribute`` names what is missing of it (that attribute holds an Unknown with cause ``unreadable``).
    ``module``: the module's name where a missing module is the cause (a spec may declare which kinds live there).
    ``action``: the IAM action that is missing, where that is the cause.
    """

    plane: Plane
    kinds: tuple[str, ...] | None
    scope: str
    cause: str
    detail: str = ""
    mend: str = ""
    account: str | None = None
    region: str | None = None
    resource: str | None = None
    attribute: str | None = None
    module: str | None = None
    action: str | None = None
    origin: Origin = NOWHERE

    def covers(self, kind: str) -> bool:
        """Whether resources of ``kind`` may exist that were not read because of this gap."""
        return self.resource is None and (self.kinds is None or kind in self.kinds)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong in the source itself that no control speaks of (a failed variable validation, say)."""

    plane: Plane
    title: str
    detail: str = ""
    origin: Origin = NOWHERE


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One HTTP exchange with AWS, as evidence and for measuring.

    ``outcome`` is ``ok`` or the gap's cause, ``at`` the ISO 8601 time in UTC at which it began.
    """

    account: str
    region: str
    service: str
    operation: str
    outcome: str
    request_id: str
    seconds: float
    at: str = ""


@dataclass(frozen=True, slots=True)
class Portion:
    """How much of a kind was asked for: only resources whose ``attribute`` is one of ``values``.

    Nothing is known of the others; what a control asks of them is behind :meth:`rest`.
    """

    kind: str
    attribute: str
    values: tuple[str, ...]

    def rest(self, plane: Plane) -> Gap:
        """The gap over the resources that were not asked for."""
        said = " or ".join(self.values)
        return Gap(
            plane,
            (self.kind,),
            f"{self.kind} of another {self.attribute} than {said}",
            "not asked for",
            f"the checks for which it was read need {self.kind} of {self.attribute} {said} only",
            "read the account anew, with these specs",
        )


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is asked of kinds, where that is not all there is.

    ``portions``: of these kinds only these. ``left_out``: by kind, the attributes that take a call of their own, one a
    resource, and that nobody asks for; an Unknown stands there that says so.
    """

    portions: tuple[Portion, ...] = ()
    left_out: Mapping[str, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))


WHOLE = Extent()


class State(StrEnum):
    """What a verdict says. Fail beats undecided beats pass."""

    FAIL = "fail"
    ABSENT = "absent"
    UNREADABLE = "unreadable"
    UNKNOWN = "unknown"
    PASS = "pass"

    @property
    def deviates(self) -> bool:
        """Whether it says that the plane is not as documented."""
        return self in (State.FAIL, State.ABSENT)

    @property
    def undecided(self) -> bool:
        """Whether it says neither so nor not so."""
        return self in (State.UNKNOWN, State.UNREADABLE)


STATE_ORDER: tuple[State, ...] = (State.FAIL, State.ABSENT, State.UNREADABLE, State.UNKNOWN, State.PASS)


def worst(states: Iterator[State] | list[State] | tuple[State, ...]) -> State:
    """The state that counts among several; ``pass`` for none at all."""
    return min(states, key=STATE_ORDER.index, default=State.PASS)


@dataclass(frozen=True, slots=True)
class PolicyResult:
    """What Checkov says of one resource by one of its policies.

    ``state`` is ``pass``, ``fail`` or ``unknown``; ``cause`` says why it is unknown. ``resource`` is the address that
    Checkov gives: that of the block, where it does not tell its instances apart. ``keys``: the attributes that the
    policy looked at, as paths. ``rests_on``: names in them that Checkov did not resolve. ``differs``: those where this
    suite reads another value than Checkov did. ``present``: the policy only asks whether they are set. ``skip``: the
    reason in a ``checkov:skip`` comment, if there is one.
    """

    policy: str
    title: str
    resource: str
    kind: str
    state: State
    origin: Origin = NOWHERE
    cause: str = ""
    keys: tuple[str, ...] = ()
    rests_on: tuple[str, ...] = ()
    differs: tuple[str, ...] = ()
    present: bool = False
    skip: str | None = None


@dataclass(frozen=True, slots=True)
class PolicyScan:
    """What Checkov came to on one source: its results, or why there are none (``failed``, with ``mend``).

    ``unparsed``: the files that it could not read. ``unseen``: the modules, and the resources of the root module, that
    this suite reads and Checkov does not.
    """

    version: str = ""
    results: tuple[PolicyResult, ...] = ()
    unparsed: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()
    failed: str = ""
    mend: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Observation:
    """All that was read of one plane: resources and gaps, when, by whom and from where.

    ``started`` and ``finished`` are ISO 8601 times in UTC. ``caller`` is the identity's ARN (live only).
    ``data_sources`` are resources that a Terraform source names by data sources: they exist, and others manage them.
    ``source`` is the folder, plan file or endpoint that was read. ``kinds``: those that were asked for, None for every
    kind there is. ``calls``: each exchange with AWS, in the order in which they began. ``portions``: the kinds of which
    only a part was asked for. ``policies``: what Checkov says of the same source, None where it was not asked.
    """

    plane: Plane
    resources: tuple[Resource, ...]
    gaps: tuple[Gap, ...] = ()
    findings: tuple[Finding, ...] = ()
    started: str = ""
    finished: str = ""
    caller: str | None = None
    source: str = ""
    accounts: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    kinds: tuple[str, ...] | None = None
    calls: tuple[CallRecord, ...] = ()
    data_sources: tuple[Resource, ...] = ()
    portions: tuple[Portion, ...] = ()
    policies: PolicyScan | None = None

    def of_kind(self, kind: str) -> Iterator[Resource]:
        """The resources of one kind, in the order they were read."""
        return (resource for resource in self.resources if resource.kind == kind)

    def gaps_for(self, kind: str) -> tuple[Gap, ...]:
        """The gaps behind which further resources of this kind may be."""
        return tuple(gap for gap in (*self.gaps, *self.rests) if gap.covers(kind))

    @property
    def rests(self) -> tuple[Gap, ...]:
        """Over what was not asked for, of kinds of which only a part was: no failure, so it is in no list of gaps."""
        return tuple(portion.rest(self.plane) for portion in self.portions)


class Standing(StrEnum):
    """How document, Terraform and account stand to each other, worst first."""

    ALL_DIFFER = "all differ"
    DRIFT = "drift"
    UNAPPLIED = "unapplied"
    STALE_DOCUMENT = "stale document"
    UNBUILT = "unbuilt"
    UNDECIDED = "undecided"
    SINGLE_PLANE = "single plane"
    AGREES = "agrees"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one check says of one path of one resource (or, with ``resource`` None, of the control as a whole).

    ``expected`` and ``actual`` are values for people and for comparison between the planes. ``key`` pairs the
    resource across planes. ``mend`` says what to do about it.
    """

    state: State
    path: str = ""
    resource: str | None = None
    expected: Value = None
    actual: Value = None
    origin: Origin = NOWHERE
    cause: str = ""
    mend: str = ""
    key: str | None = None
    account: str | None = None
    region: str | None = None
    waiver: str | None = None


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
    frameworks: Mapping[str, tuple[str, ...]] = field(default_factory=_empty)
    remedy: str = ""
    planned: str | None = None
    modules: Mapping[str, tuple[str, ...]] = field(default_factory=_empty)
    lines: Mapping[tuple[str | int, ...], int] = field(default_factory=_empty)
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
    tags: Mapping[str, str] = field(default_factory=_empty)
    severity: Severity = "medium"
    scope: Scope = EVERYWHERE
    modules: Mapping[str, tuple[str, ...]] = field(default_factory=_empty)
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
    modules: Mapping[str, tuple[str, ...]] = field(default_factory=_empty)
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
