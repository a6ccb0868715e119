"""What was read of a plane: resources, gaps, and what a source says of itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from types import MappingProxyType
from typing import Literal

from audits.model.values import NOWHERE, Origin, Plane, Unknown, Value, no_entries
from audits.model.verdicts import State


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
    origins: Mapping[str, Origin] = field(default_factory=no_entries)
    ignored: tuple[str, ...] = ()
    existence: Unknown | None = None
    defaulted: Mapping[str, str] = field(default_factory=no_entries)
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
