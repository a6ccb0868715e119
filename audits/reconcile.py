"""Source and plan of one commit as one observation: exact values from the plan, references and lines from the source.

The plan decides which resources there are and every value it knows, provider defaults included. Where it knows a value
no more than that an apply will tell, the source says what it stands for, and what is known of it. Nothing is taken
from a source that the plan was not made of: where resources or references differ, the plan is judged alone, and where
a known value differs, the plan's counts; both are findings. Pure.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from audits.canonical import coerce_block
from audits.model import Cause, Finding, Gap, Observation, Origin, Redacted, Resource, Unknown, Value
from audits.provider_schema import block_of

TITLE = "plan and source differ"
MOST_SHOWN = 50
_FURTHEST = 1_000
"""Who has to look at more references than that to see where a value comes from does not look on."""
_LONGEST = 500
"""Longer lists are not compared element by element in every order."""
_KEYS = re.compile(r'\[(?:\d+|\*|"(?:[^"\\]|\\.)*")\]')
_MEND = "make the plan again from this commit"


def reconcile(
    source: Observation, plan: Observation, modules: Collection[str], unchanged: Mapping[str, Collection[str]]
) -> Observation:
    """The observation that both make.

    ``modules``: the calls that the plan's configuration holds, without indexes. ``unchanged``: by address the
    attributes that an apply leaves alone: the provider keeps them in its own words, which say nothing against source.

    Of a plan that does not list everything (it has a gap), what only the source holds is no sign of another commit.
    """
    complete = not any(gap.resource is None for gap in plan.gaps)
    sources = {one.identity: one for one in source.resources if one.kind != "module" and one.existence is None}
    perhaps = {_base(one.identity) for one in source.resources if one.existence is not None}
    planned = {one.identity for one in plan.resources}
    unread = any(gap.module is None and gap.resource is None for gap in source.gaps)
    missing = [gap.scope for gap in source.gaps if gap.module is not None]
    signs = [f"{name} is only in the source" for name in sources if name not in planned and complete]
    signs += [
        f"{name} is only in the plan"
        for name in planned
        if name not in sources
        and not unread
        and _base(name) not in perhaps
        and not any(_base(name).startswith(f"{_base(scope)}.") for scope in missing)
    ]
    reach = _Reach({one.identity: one for one in plan.resources})
    joined: list[Resource] = []
    differing: list[Finding] = []
    for one in plan.resources:
        made = _Join(one, sources.get(one.identity), reach, unchanged.get(one.identity, ()))
        joined.append(made.result())
        signs.extend(made.signs)
        differing.extend(made.findings)
    findings = (*source.findings, *plan.findings)
    if signs:
        return replace(plan, findings=(*findings, *_alone(signs, plan)), source=f"{plan.source}, {source.source}")
    gaps = [gap for gap in source.gaps if not _lifted(gap, modules, complete)]
    return replace(
        plan,
        resources=tuple(joined),
        data_sources=source.data_sources,
        gaps=(*plan.gaps, *gaps),
        findings=(*findings, *_few(differing)),
        source=f"{plan.source}, {source.source}",
        accounts=tuple(sorted({one.account for one in joined if one.account})),
        regions=tuple(sorted({one.region for one in joined if one.region})),
    )


def _base(address: str) -> str:
    """The address without any index."""
    return _KEYS.sub("", address)


def _lifted(gap: Gap, modules: Collection[str], complete: bool) -> bool:
    """Whether the plan shows what the gap in the source hides: the resources of a module that is not installed."""
    return complete and gap.module is not None and _base(gap.scope) in modules


def _alone(signs: list[str], plan: Observation) -> Iterator[Finding]:
    said = "the plan was not made of this source, so the plan is judged alone"
    origin = Origin(plan.source)
    more = len(signs) - MOST_SHOWN
    yield Finding("terraform", TITLE, f"{said}: {_MEND}", origin)
    for sign in sorted(signs)[:MOST_SHOWN]:
        yield Finding("terraform", TITLE, sign, origin)
    if more > 0:
        yield Finding("terraform", TITLE, f"and {more} more", origin)


def _few(findings: list[Finding]) -> list[Finding]:
    more = len(findings) - MOST_SHOWN
    last = [Finding("terraform", TITLE, f"and {more} more values differ")] if more > 0 else []
    return [*findings[:MOST_SHOWN], *last]


@dataclass(frozen=True)
class _Reach:
    """What the unknown values of a plan go back to, as the plan itself tells."""

    resources: Mapping[str, Resource]

    def of(self, unknown: Unknown) -> set[str] | None:
        """The addresses, without indexes; None if that is not all that it may go back to."""
        found: set[str] = set()
        pending, seen = list(unknown.references), set(unknown.references)
        while pending:
            if len(seen) > _FURTHEST:
                return None
            reference = pending.pop()
            found.add(_base(reference.address))
            if ".local." in f".{reference.address}":
                return None
            resource = self.resources.get(reference.address)
            if resource is None:
                # What a data source was made of, the plan's resources do not tell.
                if "[*]" in reference.address or ".data." in f".{reference.address}":
                    return None
                continue
            name = reference.attribute.partition(".")[0].partition("[")[0]
            values = [resource.attributes.get(name)] if name else list(resource.attributes.values())
            for one in unknowns_in(values):
                more = [further for further in one.references if further not in seen]
                seen.update(more)
                pending.extend(more)
        return found


def unknowns_in(value: Value) -> Iterator[Unknown]:
    """Every Unknown in a value, those inside what is known of another included."""
    pending = [value]
    while pending:
        one = pending.pop()
        if isinstance(one, Unknown):
            yield one
            pending.append(one.partial)
            pending.extend(one.parts)
        elif isinstance(one, dict):
            pending.extend(one.values())
        elif isinstance(one, list):
            pending.extend(one)


@dataclass
class _Join:
    """One planned resource with what the source says of it."""

    plan: Resource
    source: Resource | None
    reach: _Reach
    unchanged: Collection[str]
    signs: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def result(self) -> Resource:
        """The resource with both."""
        if self.source is None:
            return self.plan
        block = block_of(self.plan.kind)
        said: Mapping[str, Value] = self.source.attributes
        planned: Mapping[str, Value] = self.plan.attributes
        if block is not None:
            said, planned = coerce_block(said, block), coerce_block(planned, block)
        attributes: dict[str, Value] = {}
        for name in dict.fromkeys([*planned, *said]):
            value = self._attribute(name, planned.get(name), said.get(name))
            if value is not None:
                attributes[name] = value
        return replace(
            self.plan,
            attributes=attributes,
            origin=self.source.origin,
            origins=self.source.origins,
            ignored=self.source.ignored,
            account=self.plan.account or self.source.account,
            region=self.plan.region or self.source.region,
            computed=tuple(name for name in attributes if name not in said),
        )

    def _attribute(self, name: str, planned: Value, said: Value) -> Value:
        if said is None:
            return _settled(planned, self.plan.identity)
        if not compatible(planned, said):
            if name in self.unchanged:
                return planned
            detail = f"{self.plan.identity}: the plan has another {name} than the source: {_MEND}"
            assert self.source is not None
            self.findings.append(Finding("terraform", TITLE, detail, self.source.origin_of(name)))
            return planned
        self._compare_references(name, planned, said)
        return laid(planned, said, self.plan.identity)

    def _compare_references(self, name: str, planned: Value, said: Value) -> None:
        """Note what in the source refers to other resources than the same in the plan."""
        leaves = list(unknowns_in(planned))
        if not leaves:
            return
        wanted = {
            _base(reference.address)
            for one in unknowns_in(said)
            if one.cause is Cause.COMPUTED
            for reference in one.references
            if "[*]" not in reference.address
        }
        told = {_base(self.plan.identity)}
        for one in leaves:
            reached = self._reached(one)
            if reached is None:
                return
            told |= reached
        if wanted - told:
            other = ", ".join(sorted(wanted - told))
            self.signs.append(f"{self.plan.identity}.{name} goes back to {other} in the source, in the plan not")

    def _reached(self, unknown: Unknown) -> set[str] | None:
        """What an unknown of the plan goes back to; None if the plan does not tell, as of dynamic blocks."""
        own = len(unknown.references) == 1 and unknown.references[0].address == self.plan.identity
        return None if not unknown.references or (own and unknown.detail) else self.reach.of(unknown)


def _settled(planned: Value, identity: str) -> Value:
    """What the plan says where the source sets nothing: no dynamic block is behind what it leaves open."""
    if isinstance(planned, Unknown):
        own = len(planned.references) == 1 and planned.references[0].address == identity
        return Unknown(Cause.COMPUTED, planned.references) if own and planned.cause is Cause.COMPUTED else planned
    if isinstance(planned, dict):
        return {name: _settled(value, identity) for name, value in planned.items()}
    if isinstance(planned, list):
        return [_settled(value, identity) for value in planned]
    return planned


def laid(planned: Value, said: Value, identity: str) -> Value:
    """The plan's value, with what the source says of all that is unknown in it. They are :func:`compatible`."""
    if isinstance(planned, Redacted) or planned is None:
        return planned
    if said is None:
        return _settled(planned, identity)
    if isinstance(said, Redacted):
        return said
    if isinstance(planned, Unknown):
        return _told(planned, said)
    if isinstance(said, Unknown):
        return _settled(planned, identity)
    if isinstance(planned, dict) and isinstance(said, dict):
        return {name: laid(value, said.get(name), identity) for name, value in planned.items()}
    if isinstance(planned, list) and isinstance(said, list):
        pairs = _pairs(planned, said)
        if pairs is not None:
            return [laid(value, other, identity) for value, other in pairs]
        return said if any(unknowns_in(planned)) else planned
    return planned


def _told(planned: Unknown, said: Value) -> Value:
    """What the source tells of a value that the plan does not know."""
    if isinstance(said, Unknown):
        tells = said.cause is Cause.COMPUTED or said.partial is not None or bool(said.parts)
        return said if tells and said.cause is not Cause.INVALID else planned
    # All known here and not there: the provider will make something else of it.
    return said if any(unknowns_in(said)) else planned


def compatible(planned: Value, said: Value) -> bool:
    """Whether nothing that both know differs. What is null, empty or false counts as not there."""
    if isinstance(planned, Unknown | Redacted) or isinstance(said, Unknown | Redacted) or said is None:
        return True
    if isinstance(planned, dict) and isinstance(said, dict):
        return all(compatible(planned.get(name), value) for name, value in said.items())
    if isinstance(said, list) and (isinstance(planned, list) or planned is None):
        return _lists_compatible(planned or [], said)
    if isinstance(planned, dict | list) or isinstance(said, dict | list):
        return not planned and not said
    return _same(planned, said)


def _lists_compatible(planned: list[Value], said: list[Value]) -> bool:
    if any(isinstance(one, Unknown) for one in (*planned, *said)):
        # Unknown elements of a set may turn out to be equal to others.
        known = [one for one in said if not isinstance(one, Unknown)]
        return len(known) < len(said) or all(any(compatible(one, other) for one in planned) for other in known)
    return len(planned) == len(said) and (len(said) > _LONGEST or _pairs(planned, said) is not None)


def _pairs(planned: list[Value], said: list[Value]) -> list[tuple[Value, Value]] | None:
    """Each element of the plan with one of the source that it is compatible with; None if that leaves any over.

    Sets are in another order in a plan than in source. Among elements that nothing known tells apart, any will do.
    """
    if len(planned) != len(said) or len(said) > _LONGEST:
        return None
    if all(compatible(one, other) for one, other in zip(planned, said, strict=True)):
        return list(zip(planned, said, strict=True))
    left = list(said)
    pairs = []
    for one in planned:
        other = next((candidate for candidate in left if compatible(one, candidate)), _NONE)
        if other is _NONE:
            return None
        left.remove(other)
        pairs.append((one, other))
    return pairs


_NONE: Any = object()


def _same(planned: Value, said: Value) -> bool:
    if planned == said or (not planned and not said):
        return True
    if isinstance(planned, str) and isinstance(said, str):
        # The provider keeps only a hash of user data, lowers identifiers, and writes JSON anew.
        if planned.lower() == said.lower() or planned == hashlib.sha1(said.encode(errors="replace")).hexdigest():
            return True
        return _json(planned) is not _NONE and _json(planned) == _json(said)
    return str(planned).lower() == str(said).lower()


def _json(text: str) -> Any:
    if text[:1] not in "{[":
        return _NONE
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return _NONE
