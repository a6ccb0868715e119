"""One plane's observation as a control sees it: selecting resources, following references, and what gaps leave open.

Everything here is three-valued: a resource is selected, perhaps selected, or not; a reference leads somewhere, nowhere,
or cannot be told; a listing is complete or open above.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import cache, cached_property
from typing import Any

from audits.expectations import Context, matches
from audits.kind import Kind
from audits.model import Cause, Gap, Observation, Redacted, Reference, Resource, Unknown, Value
from audits.outcome import Outcome, all_of
from audits.paths import MISSING, KnownMap, Matches, condition, parse, type_name, walk
from audits.provider_schema import block_of
from audits.selection import Maybe, Miss, Selection, Target

UNSET = Unknown(Cause.UNSET, detail="the source does not set it and no provider default is declared")


@dataclass(frozen=True)
class View:
    """An observation in canonical form, indexed. ``modules`` is the spec's declaration of kinds by missing module."""

    observation: Observation
    kinds: Mapping[str, Kind]
    modules: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def _by_kind(self) -> Mapping[str, tuple[Resource, ...]]:
        found: dict[str, list[Resource]] = {}
        for resource in self.observation.resources:
            found.setdefault(resource.kind, []).append(resource)
        return {kind: tuple(resources) for kind, resources in found.items()}

    @cached_property
    def by_identity(self) -> Mapping[str, Resource]:
        """Every resource by its identity."""
        return {resource.identity: resource for resource in self.observation.resources}

    @cached_property
    def _by_name(self) -> Mapping[tuple[str, str], tuple[Resource, ...]]:
        found: dict[tuple[str, str], list[Resource]] = {}
        for resource in self.observation.resources:
            kind = self.kinds.get(resource.kind)
            names = {resource.attributes.get(name) for name in (kind.names if kind else ()) if _text(resource, name)}
            for name in names:
                found.setdefault((resource.kind, str(name)), []).append(resource)
        return {key: tuple(resources) for key, resources in found.items()}

    @property
    def in_source(self) -> bool:
        """Whether an attribute that is not there is unset rather than absent."""
        return any(resource.missing == "unset" for resource in self.observation.resources)

    @property
    def of_terraform(self) -> bool:
        """Whether it holds what one Terraform configuration manages (source, a plan, a state), so not everything."""
        return self.in_source or self.observation.plane == "terraform"

    def resources(self, kind: str) -> tuple[Resource, ...]:
        """Every resource of a kind that was read."""
        return self._by_kind.get(kind, ())

    def gaps(self, *types: str) -> tuple[Gap, ...]:
        """The gaps behind which there may be more resources of any of these Terraform types."""
        return tuple(gap for gap in self.observation.gaps if any(self._hides(gap, name) for name in types))

    def _hides(self, gap: Gap, name: str) -> bool:
        if gap.resource is not None:
            return False
        if gap.kinds is not None:
            return name in gap.kinds
        declared = self.modules.get(gap.module or "")
        return declared is None or any(fnmatchcase(name, pattern) for pattern in declared)

    def attributes(self, resource: Resource) -> Mapping[str, Value]:
        """The resource's attributes; those that parts fold into are opened where a gap may hide such a part."""
        declared = self.kinds.get(resource.kind)
        opened: dict[str, Value] = {}
        for part in declared.parts if declared else ():
            hidden = self.gaps(part.type)
            if not hidden:
                continue
            for name in part.into:
                present = resource.attributes.get(name)
                if part.many or present in (None, []):
                    opened[name] = _opened(present, hidden[0])
        return {**self._not_read(resource), **resource.attributes, **_maps(resource), **opened}

    def _not_read(self, resource: Resource) -> Mapping[str, Value]:
        """What the account holds, or Terraform alone knows, and no reader gives: not there is not absent."""
        if self.observation.plane != "live" or resource.kind not in self.kinds:
            return {}
        return _unread(resource.kind, tuple(self.kinds[resource.kind].extra))

    def context(self, resource: Resource | None = None) -> Context:
        """How matchers follow references, and what a missing attribute means, for values of ``resource``."""
        source = resource.missing == "unset" if resource is not None else self.in_source
        return Context(self.refers_to, UNSET if source else MISSING)

    def select(self, kind: str, selector: Mapping[str, Any]) -> Selection:
        """Which resources of ``kind`` the selector chooses: every path in it must match."""
        yes: list[Resource] = []
        maybe: list[Maybe] = []
        no: list[Miss] = []
        for resource in self.resources(kind):
            reasons: list[str] = []
            missed = ""
            met = 0
            unreadable = False
            for clause, matcher in selector.items():
                outcome = self._selects(resource, clause, matcher)
                if outcome.holds is False:
                    missed = f"{clause} {outcome.message}".strip()
                    break
                met += 1
                if outcome.holds is None:
                    reasons.append(f"{clause}: {outcome.message or 'unknown'}")
                    unreadable |= _unreadable(outcome)
            if missed:
                no.append(Miss(resource, missed, met))
            elif reasons or resource.existence is not None:
                doubt = resource.existence.describe() if resource.existence is not None else ""
                reasons += [f"whether it exists: {doubt}"] if doubt else []
                maybe.append(Maybe(resource, tuple(reasons), unreadable))
            else:
                yes.append(resource)
        return Selection(tuple(yes), tuple(maybe), tuple(no), self.gaps(kind), self._elsewhere(kind, selector))

    def _elsewhere(self, kind: str, selector: Mapping[str, Any]) -> tuple[str, ...]:
        """Where the source refers, by what ``referred_by`` names, to something that it does not hold itself."""
        data = selector.get("referred_by")
        if data is None or not self.of_terraform:
            return ()
        chosen = self.select(data["kind"], data.get("select", {}))
        reasons = list(chosen.elsewhere)
        for referrer in (*chosen.yes, *(one.resource for one in chosen.maybe)):
            for leaf in walk(self.attributes(referrer), parse(data["path"]), self._judge(referrer, [])).leaves:
                values = leaf.value if isinstance(leaf.value, list) else [leaf.value]
                for value in values if not leaf.missing else ():
                    target = self.resolve(value, kind)
                    if target.resource is None and value not in (None, ""):
                        said = target.undecided or f"{value} is not of this source"
                        reasons.append(f"{referrer.identity} {data['path']}: {said}")
        return tuple(dict.fromkeys(reasons))

    def _selects(self, resource: Resource, clause: str, matcher: Any) -> Outcome:
        if clause == "referred_by":
            return self._referred_by(resource, matcher)
        last: list[Outcome] = []
        holds, unknowns = condition(dict(self.attributes(resource)), clause, matcher, self._judge(resource, last))
        messages = [outcome.message for outcome in last if outcome.holds is holds and outcome.message]
        return Outcome(holds, "; ".join(messages) or "; ".join(u.describe() for u in unknowns), unknowns)

    def _judge(self, resource: Resource, seen: list[Outcome]) -> Matches:
        """Decides conditions on values of ``resource``; what came out is added to ``seen``."""
        context = self.context(resource)

        def judge(data: Any, value: Value) -> tuple[bool | None, tuple[Unknown, ...]]:
            outcome = matches(data, context.missing if value is MISSING else value, context)
            seen.append(outcome)
            return outcome.holds, outcome.unknowns

        return judge

    def _referred_by(self, resource: Resource, data: Mapping[str, Any]) -> Outcome:
        """Whether some resource that ``data`` selects refers to this one by its attribute ``data["path"]``."""
        selection = self.select(data["kind"], data.get("select", {}))
        doubts: list[Outcome] = []
        for referrer in selection.yes:
            outcome = self._points_at(referrer, data["path"], resource)
            if outcome.holds is True:
                return outcome
            if outcome.holds is None:
                doubts.append(outcome)
        for one in selection.maybe:
            if self._points_at(one.resource, data["path"], resource).holds is not False:
                said = f"{one.resource.identity} is perhaps not the one: {'; '.join(one.reasons)}"
                doubts.append(_doubt(said, one.unreadable))
        doubts.extend(_doubt(f"{gap.scope} was not read", True) for gap in selection.gaps)
        if doubts:
            return _together(doubts)
        return Outcome(False, f"is not what {data['kind']} refers to by {data['path']}")

    def _points_at(self, referrer: Resource, path: str, resource: Resource) -> Outcome:
        found = walk(self.attributes(referrer), parse(path), self._judge(referrer, []))
        outcomes = [Outcome(None, unknown.describe(), (unknown,)) for unknown in found.more]
        for leaf in found.leaves:
            if leaf.missing:
                unset = referrer.missing == "unset"
                outcomes.append(Outcome(None, f"{path} is not set in source") if unset else Outcome(False))
            else:
                points = self._is(leaf.value, resource)
                doubt = "; ".join(unknown.describe() for unknown in leaf.maybe)
                outcomes.append(Outcome(None, doubt, leaf.maybe) if points.holds is True and leaf.maybe else points)
        if any(outcome.holds is True for outcome in outcomes):
            return Outcome(True)
        doubts = [outcome for outcome in outcomes if outcome.holds is None]
        return _together(doubts) if doubts else Outcome(False)

    def _is(self, value: Value, resource: Resource) -> Outcome:
        known = value.partial if isinstance(value, Unknown) and isinstance(value.partial, list) else None
        values = value if isinstance(value, list) else [value]
        if known is not None:
            values = [*known, value] if value.open else known
        targets = [self.resolve(one, resource.kind) for one in values]
        if any(target.resource is not None and target.resource.identity == resource.identity for target in targets):
            return Outcome(True)
        undecided = [_doubt(target.undecided, target.unreadable) for target in targets if target.undecided]
        return _together(undecided) if undecided else Outcome(False)

    def resolve(self, value: Value, kind: str) -> Target:
        """The resource of ``kind`` that a value refers to: a reference in source, an identifier or name elsewhere."""
        if value == "":
            return Target()
        if isinstance(value, Unknown):
            return self._resolve_unknown(value, kind)
        if isinstance(value, Redacted):
            return Target(undecided=f"is redacted ({value.reason})")
        if not isinstance(value, str):
            return Target()
        found = self._by_name.get((kind, value), ())
        if len(found) == 1:
            return Target(found[0])
        if found:
            return Target(undecided=f"{value} names {len(found)} resources of kind {kind}")
        gaps = self.gaps(kind)
        if gaps:
            return Target(undecided=f"{value} may lie behind a gap: {gaps[0].scope}", unreadable=True)
        if any(self._has_unread_name(resource) for resource in self.resources(kind)):
            return Target(undecided=f"{value} may be a name of a {kind} that could not be read", unreadable=True)
        if any(not _text(resource, "id") for resource in self.resources(kind)) and not self._excluded(value, kind):
            return Target(undecided=f"{value} may be the identifier of a resource that is not applied yet")
        if self.of_terraform and not (self.resources(kind) and self._excluded(value, kind)):
            return Target(undecided=f"{value} names a {kind} that this source does not hold")
        return Target()

    def _has_unread_name(self, resource: Resource) -> bool:
        names = [resource.attributes.get(name) for name in self.kinds[resource.kind].names] if self.kinds else []
        return any(isinstance(name, Unknown) and name.cause is Cause.UNREADABLE for name in names)

    def _excluded(self, value: str, kind: str) -> bool:
        """Whether a literal cannot name any resource of the kind, all of whose own names are known."""
        declared = self.kinds.get(kind)
        if declared is None or value.startswith(("sg-", "arn:", "i-", "vpc-", "subnet-")):
            return False
        names = [name for name in declared.names if name not in ("id", "arn")]
        firsts = {first for first, _ in declared.composed}
        before = value.rpartition(":")[0]
        if any(
            resource.attributes.get(first) in (None, before) for resource in self.resources(kind) for first in firsts
        ):
            return False
        return bool(names) and all(any(_text(r, name) for name in names) for r in self.resources(kind))

    def _resolve_unknown(self, value: Unknown, kind: str) -> Target:
        if value.cause is Cause.UNREADABLE:
            return Target(undecided=value.describe(), unreadable=True)
        plain = not value.parts and value.partial is None
        if value.cause is Cause.COMPUTED and len(value.references) == 1 and plain:
            reference = value.references[0]
            resource = self.by_identity.get(reference.address)
            if resource is not None and resource.kind == kind:
                names = self.kinds[kind].names if kind in self.kinds else ("id", "arn", "name")
                if reference.attribute in names or not reference.attribute:
                    return Target(resource)
            elif self._is_other(reference, kind):
                return Target()
        composed = self._composed(value, kind)
        if composed is not None:
            return Target(composed)
        unreadable = value.cause is Cause.MISSING_MODULE
        return Target(undecided=value.describe(), unreadable=unreadable)

    def _composed(self, value: Unknown, kind: str) -> Resource | None:
        """The resource that a text like ``"${family}:${revision}"`` names, both being its own."""
        declared = self.kinds.get(kind)
        for resource in self.resources(kind) if declared and value.parts else ():
            for first, second in declared.composed if declared else ():
                parts = tuple(_reference_of(part) if isinstance(part, Unknown) else part for part in value.parts)
                last = _own(resource, second)
                if parts in ((f"{resource.attributes.get(first)}:", last), (_own(resource, first), ":", last)):
                    return resource
        return None

    def _is_other(self, reference: Reference, kind: str) -> bool:
        """Whether it surely names a resource of another kind: its own identifier does, other attributes may not."""
        type_ = _type_of(reference)
        declared = self.kinds.get(kind)
        parts = {part.type for part in declared.parts} if declared else set()
        return type_ not in (kind, None, *parts) and reference.attribute in ("id", "arn")

    def refers_to(self, data: Mapping[str, Any], value: Value) -> Outcome:
        """Judges the keyword ``refers_to``: the value, or every element of a list, names a selected resource."""
        if isinstance(value, list):
            return self._all_refer_to(data, value)
        if isinstance(value, Unknown) and isinstance(value.partial, list):
            if not value.open:
                return self._all_refer_to(data, value.partial)
            known = all_of(self.refers_to(data, element) for element in value.partial)
            return known if known.holds is False else Outcome(None, value.describe(), (value,))
        if not isinstance(value, str | Unknown | Redacted):
            return Outcome(False, f"is {type_name(value)}, which names no resource", misfit=True)
        target = self.resolve(value, data["kind"])
        if target.undecided:
            cause = Cause.UNREADABLE if target.unreadable else Cause.UNRESOLVED
            unknowns = (value,) if isinstance(value, Unknown) else (Unknown(cause, detail=target.undecided),)
            return Outcome(None, target.undecided, unknowns)
        if target.resource is None:
            return Outcome(False, f"names no {data['kind']} that exists")
        selection = self.select(data["kind"], data.get("select", {}))
        if any(one.identity == target.resource.identity for one in selection.yes):
            return Outcome(True)
        for one in selection.maybe:
            if one.resource.identity == target.resource.identity:
                return _doubt("; ".join(one.reasons), one.unreadable)
        return Outcome(False, f"names {target.resource.identity}, which is another {data['kind']}")

    def _all_refer_to(self, data: Mapping[str, Any], values: list[Value]) -> Outcome:
        if not values:
            return Outcome(False, "is empty", misfit=True)
        found = [self.refers_to(data, element) for element in values]
        outcome = all_of(found)
        mixed = outcome.holds is False and any(one.holds is not False for one in found)
        # That not all of them refer to it says nothing for who asks that none does.
        return replace(outcome, misfit=True) if mixed else outcome


def _doubt(said: str, unreadable: bool) -> Outcome:
    cause = Cause.UNREADABLE if unreadable else Cause.UNRESOLVED
    return Outcome(None, said, (Unknown(cause, detail=said),))


def _together(doubts: Sequence[Outcome]) -> Outcome:
    said = "; ".join(dict.fromkeys(doubt.message for doubt in doubts))
    return Outcome(None, said, tuple(unknown for doubt in doubts for unknown in doubt.unknowns))


def _unreadable(outcome: Outcome) -> bool:
    return any(unknown.cause is Cause.UNREADABLE for unknown in outcome.unknowns)


def _maps(resource: Resource) -> Mapping[str, Value]:
    """The maps among the attributes that are known: they hold all their keys."""
    block = block_of(resource.kind)
    found = {name: resource.attributes.get(name) for name in _map_names(resource.kind)} if block else {}
    return {name: KnownMap(value) for name, value in found.items() if isinstance(value, dict)}


@cache
def _map_names(kind: str) -> tuple[str, ...]:
    attributes = (block_of(kind) or {"attributes": {}})["attributes"]
    return tuple(
        name for name, body in attributes.items() if isinstance(body["type"], list) and body["type"][0] == "map"
    )


def _own(resource: Resource, attribute: str) -> Reference:
    return Reference(resource.identity, attribute)


def _reference_of(unknown: Unknown) -> Reference | None:
    plain = unknown.cause is Cause.COMPUTED and len(unknown.references) == 1 and not unknown.parts
    return unknown.references[0] if plain else None


@cache
def _unread(kind: str, extra: tuple[str, ...]) -> Mapping[str, Value]:
    block = block_of(kind) or {"attributes": {}, "blocks": {}}
    said = f"this suite does not read it of {kind} from the account"
    return {name: Unknown(Cause.UNSUPPORTED, detail=said) for name in (*block["attributes"], *block["blocks"], *extra)}


def _opened(present: Value, gap: Gap) -> Unknown:
    known = present.partial if isinstance(present, Unknown) else present
    detail = f"more may lie behind a gap: {gap.scope}"
    return Unknown(Cause.UNREADABLE, detail=detail, partial=known if isinstance(known, list) else [], open=True)


def _text(resource: Resource, name: str) -> bool:
    value = resource.attributes.get(name)
    return isinstance(value, str) and bool(value)


def _type_of(reference: Reference) -> str | None:
    """The Terraform type in a reference's address, None for modules, variables and data sources."""
    address = reference.address
    while address.startswith("module."):
        _, _, address = address[len("module.") :].partition(".")
    name = address.partition(".")[0]
    return name if "_" in name and name not in ("var", "local", "data") else None
