"""One plane's observation as a control sees it: selecting resources, following references, and what gaps leave open.

Everything here is three-valued: a resource is selected, perhaps selected, or not; a reference leads somewhere, nowhere,
or cannot be told; a listing is complete or open above.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property, partial
from typing import Any

from audits import places
from audits.expectations import Context, matches
from audits.index import Index, same
from audits.model import EVERYWHERE, Cause, Gap, Redacted, Resource, Scope, Unknown, Value
from audits.outcome import Outcome, all_of, equal
from audits.paths import MISSING, KnownMap, Matches, condition, parse, type_name, walk
from audits.places import Place
from audits.provider_schema import block_of
from audits.selection import Maybe, Miss, Selection, covers

_PLAIN = str | int | float | bool
_Names = tuple[Mapping[str, Sequence[int]], Sequence[int], Sequence[Miss]]
"""Resources of a kind, by their places: those with each text in an attribute, those with none; how others miss it."""
_ANYWHERE = places.Within()
UNSET = Unknown(Cause.UNSET, detail="the source does not set it and no provider default is declared")


@dataclass(frozen=True)
class View(Index):
    """An observation in canonical form, as a control sees it that is about what lies in ``scope``.

    What is selected, and the gaps behind which there may be more of it, lie in the scope. What others refer to may lie
    anywhere.
    """

    scope: Scope = EVERYWHERE

    def gaps(self, *types: str) -> tuple[Gap, ...]:
        """The gaps behind which there may be more resources of any of these types that the control is about."""
        found = tuple(gap for gap in self.all_gaps(*types) if any(self._concerns(gap, name) for name in types))
        if not self.scope or self.observation.plane != "live":
            return found
        return (*found, *(gap for name in types for gap in self._never_read(name)))

    def _concerns(self, gap: Gap, name: str) -> bool:
        return self.hides(gap, name) and not places.lies_elsewhere(gap, self.kinds.get(name), self.scope)

    def _never_read(self, name: str) -> tuple[Gap, ...]:
        kind = self.kinds.get(name)
        return places.never_read(self.observation, kind, self.scope) if kind else ()

    def attributes(self, resource: Resource) -> Mapping[str, Value]:
        """The resource's attributes; those that parts fold into are opened where a gap may hide such a part."""
        # Kept with the resource itself: none but it has this number while it is there.
        seen, found = self._seen.get(id(resource), (None, {}))
        if seen is not resource:
            found = self._attributes(resource)
            self._seen[id(resource)] = resource, found
        return found

    @cached_property
    def _seen(self) -> dict[int, tuple[Resource, Mapping[str, Value]]]:
        return {}

    def _attributes(self, resource: Resource) -> Mapping[str, Value]:
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
        near = None if resource is None else self.place_of(resource)
        return Context(partial(self.refers_to, near=near), UNSET if source else MISSING)

    def select(self, kind: str, selector: Mapping[str, Any], *, anywhere: bool = False) -> Selection:
        """Which resources of ``kind`` the selector chooses: every path in it must match.

        They lie in the scope, unless ``anywhere`` is asked for.
        """
        yes: list[Resource] = []
        maybe: list[Maybe] = []
        resources = self.resources(kind)
        possible, missed_by = self._told_apart(kind, selector, anywhere)
        no: list[Miss | None] = list(missed_by)
        for position in possible:
            resource = resources[position]
            no[position] = None
            within = _ANYWHERE if anywhere or not self.scope else self._within(resource)
            if within.outside:
                no[position] = Miss(resource, within.outside)
                continue
            reasons = list(within.doubts)
            missed = ""
            met = 0
            unreadable = bool(reasons) and self.observation.plane == "live"
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
                no[position] = Miss(resource, missed, met)
            elif reasons or resource.existence is not None:
                doubt = resource.existence.describe() if resource.existence is not None else ""
                reasons += [f"whether it exists: {doubt}"] if doubt else []
                unreadable |= resource.existence is not None and resource.existence.cause is Cause.UNREADABLE
                maybe.append(Maybe(resource, tuple(reasons), unreadable))
            else:
                yes.append(resource)
        elsewhere = self._elsewhere(kind, selector)
        if not yes and not maybe:
            elsewhere += self._named_only(kind, selector, anywhere)
        return Selection(tuple(yes), tuple(maybe), tuple(filter(None, no)), self._hidden(kind, selector), elsewhere)

    def _told_apart(
        self, kind: str, selector: Mapping[str, Any], anywhere: bool
    ) -> tuple[Sequence[int], Sequence[Miss | None]]:
        """The places of the resources that have to be looked at, and how each of the others misses the first clause.

        Where that clause is the name itself, and others are known to have another, there is nothing to look at.
        """
        clause, matcher = next(iter(selector.items()), ("", None))
        if not isinstance(matcher, str) or (self.scope and not anywhere):
            count = len(self.resources(kind))
            return range(count), (None,) * count
        names = self._names.get((kind, clause))
        if names is None:
            names = self._names[kind, clause] = self._named(kind, clause)
        places_of, unnamed, misses = names
        return sorted((*places_of.get(matcher, ()), *unnamed)), misses

    @cached_property
    def _names(self) -> dict[tuple[str, str], _Names]:
        return {}

    def _named(self, kind: str, clause: str) -> _Names:
        found: dict[str, list[int]] = {}
        unnamed = []
        for position, resource in enumerate(self.resources(kind)):
            value = self.attributes(resource).get(clause)
            if isinstance(value, str):
                found.setdefault(value, []).append(position)
            else:
                unnamed.append(position)
        differs = f"{clause} {equal('', 'another').message}"
        return found, unnamed, [Miss(resource, differs) for resource in self.resources(kind)]

    def _hidden(self, kind: str, selector: Mapping[str, Any]) -> tuple[Gap, ...]:
        """The gaps behind which there may be more that the selector chooses."""
        portions = [one for one in self.observation.portions if one.kind == kind and covers(one, selector)]
        within = {one.rest(self.observation.plane) for one in portions}
        return tuple(gap for gap in self.gaps(kind) if gap not in within)

    def _within(self, resource: Resource) -> places.Within:
        return places.within(resource, self.kinds.get(resource.kind), self.scope)

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
                    target = self.resolve(value, kind, self.place_of(referrer))
                    if target.resource is None and value not in (None, ""):
                        said = target.undecided or f"{value} is not of this source"
                        reasons.append(f"{referrer.identity} {data['path']}: {said}")
        return tuple(dict.fromkeys(reasons))

    def _named_only(self, kind: str, selector: Mapping[str, Any], anywhere: bool) -> tuple[str, ...]:
        """The data sources that may name what the selector chooses: it exists then, and others manage it.

        Of what a data source is asked by, only plain values are surely those of what it finds (tags are but some).
        """
        reasons = []
        for one, known in self._known_of_data_sources:
            if one.kind != kind or (not anywhere and self._within(one).outside):
                continue
            if all(self._selects(known, clause, matcher).holds is not False for clause, matcher in selector.items()):
                reasons.append(f"{one.identity} reads one that is managed elsewhere ({one.origin})")
        return tuple(reasons)

    @cached_property
    def _known_of_data_sources(self) -> tuple[tuple[Resource, Resource], ...]:
        """Every data source, with itself as far as it is asked by plain values."""
        return tuple(
            (one, replace(one, attributes={name: v for name, v in one.attributes.items() if isinstance(v, _PLAIN)}))
            for one in self.observation.data_sources
        )

    def _selects(self, resource: Resource, clause: str, matcher: Any) -> Outcome:
        if clause == "referred_by":
            return self._referred_by(resource, matcher)
        if isinstance(matcher, str):
            value = self.attributes(resource).get(clause)
            if isinstance(value, str):
                # What most clauses come to: a name that is known, and another one or the same.
                return equal(matcher, value)
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
                points = self._is(leaf.value, resource, referrer)
                doubt = "; ".join(unknown.describe() for unknown in leaf.maybe)
                outcomes.append(Outcome(None, doubt, leaf.maybe) if points.holds is True and leaf.maybe else points)
        if any(outcome.holds is True for outcome in outcomes):
            return Outcome(True)
        doubts = [outcome for outcome in outcomes if outcome.holds is None]
        return _together(doubts) if doubts else Outcome(False)

    def _is(self, value: Value, resource: Resource, referrer: Resource) -> Outcome:
        known = value.partial if isinstance(value, Unknown) and isinstance(value.partial, list) else None
        values = value if isinstance(value, list) else [value]
        if known is not None:
            values = [*known, value] if value.open else known
        near = self.place_of(referrer)
        targets = [self.resolve(one, resource.kind, near) for one in values]
        if any(target.resource is not None and same(target.resource, resource) for target in targets):
            return Outcome(True)
        undecided = [_doubt(target.undecided, target.unreadable) for target in targets if target.undecided]
        return _together(undecided) if undecided else Outcome(False)

    def refers_to(self, data: Mapping[str, Any], value: Value, *, near: Place | None = None) -> Outcome:
        """Judges the keyword ``refers_to``: the value, or every element of a list, names a selected resource.

        ``near`` is where whoever refers lies.
        """
        if isinstance(value, list):
            return self._all_refer_to(data, value, near)
        if isinstance(value, Unknown) and isinstance(value.partial, list):
            if not value.open:
                return self._all_refer_to(data, value.partial, near)
            known = all_of(self.refers_to(data, element, near=near) for element in value.partial)
            return known if known.holds is False else Outcome(None, value.describe(), (value,))
        if not isinstance(value, str | Unknown | Redacted):
            return Outcome(False, f"is {type_name(value)}, which names no resource", misfit=True)
        target = self.resolve(value, data["kind"], near)
        if target.undecided:
            cause = Cause.UNREADABLE if target.unreadable else Cause.UNRESOLVED
            unknowns = (value,) if isinstance(value, Unknown) else (Unknown(cause, detail=target.undecided),)
            return Outcome(None, target.undecided, unknowns)
        if target.resource is None:
            return Outcome(False, f"names no {data['kind']} that exists")
        selection = self.select(data["kind"], data.get("select", {}), anywhere=True)
        if any(same(one, target.resource) for one in selection.yes):
            return Outcome(True)
        for one in selection.maybe:
            if same(one.resource, target.resource):
                return _doubt("; ".join(one.reasons), one.unreadable)
        return Outcome(False, f"names {target.resource.identity}, which is another {data['kind']}")

    def _all_refer_to(self, data: Mapping[str, Any], values: list[Value], near: Place | None) -> Outcome:
        if not values:
            return Outcome(False, "is empty", misfit=True)
        found = [self.refers_to(data, element, near=near) for element in values]
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


@cache
def _unread(kind: str, extra: tuple[str, ...]) -> Mapping[str, Value]:
    block = block_of(kind) or {"attributes": {}, "blocks": {}}
    said = f"this suite does not read it of {kind} from the account"
    return {name: Unknown(Cause.UNSUPPORTED, detail=said) for name in (*block["attributes"], *block["blocks"], *extra)}


def _opened(present: Value, gap: Gap) -> Unknown:
    known = present.partial if isinstance(present, Unknown) else present
    detail = f"more may lie behind a gap: {gap.scope}"
    return Unknown(Cause.UNREADABLE, detail=detail, partial=known if isinstance(known, list) else [], open=True)
