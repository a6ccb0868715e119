"""The ingress rules of a security group, as sources times ports, each known exactly or within bounds.

A rule holds several sources; each becomes an opening of its own, so nothing depends on how rules were split.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from audits.model import Cause, Resource, Unknown, Value
from audits.relations._doubts import Doubt, mend_of, of_attribute, shown
from audits.relations._networks import ADDRESSES, EVERY_V4, EVERY_V6, NAMED, Names, parse_cidr
from audits.relations._ports import rule_ports
from audits.relations._spans import NONE, Bounds, Spans
from audits.relations._tiers import Tier, group_name, resolve_group
from audits.view import UNSET, View

_FOREIGN = re.compile(r"(\d{12})/(sg-\w+)")


@dataclass(frozen=True, slots=True)
class Opening:
    """One source and one set of ports that a rule of ``group`` admits. ``sure``: the rule surely counts.

    ``place`` is the rule's path (``ingress[2]``); ``source`` names the source with ids, for the cause; ``doubts``
    say why source or ports are not known exactly.
    """

    group: Resource
    place: str
    source: str
    sources: Bounds
    ports: Bounds
    doubts: tuple[Doubt, ...] = ()
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Reading:
    """How sources are read in one judgement: the tiers by name, whose groups are sources; the prefix lists listed."""

    view: View
    tiers: Mapping[str, Tier]
    names: Names
    prefix_lists: frozenset[str] = frozenset()
    networks: bool = False
    """Whether some hop is from a CIDR, so that a prefix list's content could be among it."""

    def membership(self, group: Resource) -> tuple[Bounds, tuple[Doubt, ...]]:
        """Whom a group stands for: the tiers it belongs to, or itself if it is in none."""
        surely = [name for name, tier in self.tiers.items() if group.identity in tier.groups]
        perhaps = {
            name: why for name, tier in self.tiers.items() if name not in surely and (why := tier.may_hold(group))
        }
        certain = Spans.of(*(self.names.of(f"tier {name}").ranges[0] for name in surely))
        possible = certain | Spans.of(*(self.names.of(f"tier {name}").ranges[0] for name in perhaps))
        doubts = [doubt for why in perhaps.values() for doubt in why]
        if surely:
            return Bounds(certain, possible), tuple(doubts)
        itself = self.names.of(f"group {group_name(group)}")
        return Bounds(NONE if perhaps else itself, possible | itself), tuple(doubts)


def openings(group: Resource, reading: Reading) -> tuple[list[Opening], list[Doubt]]:
    """Everything that a group's rules admit, and the doubts whether there are more rules."""
    value = reading.view.attributes(group).get("ingress")
    about = f"the rules of {group_name(group)}"
    if value is None:
        unset = group.missing == "unset" and "ingress" not in group.attributes
        return [], [Doubt.of(UNSET, about)] if unset else []
    hides = isinstance(value, Unknown) and (value.open or not isinstance(value.partial, list))
    doubts = of_attribute(group, "ingress", value, reading.view, about) if hides else []
    rules = value.partial if isinstance(value, Unknown) else value
    found: list[Opening] = []
    for number, rule in enumerate(rules if isinstance(rules, list) else []):
        found.extend(_rule(group, f"ingress[{number}]", rule, reading))
    return found, doubts


def _rule(group: Resource, place: str, rule: Value, reading: Reading) -> Iterator[Opening]:
    def get(name: str) -> Value:
        if isinstance(rule, Unknown):
            known = rule.partial if isinstance(rule.partial, dict) else {}
            return known.get(name, Unknown(rule.cause, rule.references, rule.detail))
        return rule.get(name) if isinstance(rule, dict) else Unknown(Cause.INVALID, detail="not a rule")

    about = f"{group_name(group)} {place}"
    ports, why = rule_ports(get("protocol"), get("from_port"), get("to_port"))
    cause = next(
        (v.cause for n in ("protocol", "from_port", "to_port") if isinstance(v := get(n), Unknown)), Cause.UNSET
    )
    vague = (Doubt(f"{about}: {why}", cause),) if why else ()
    for source, sources, doubts in _sources(group, get, reading):
        said = tuple(Doubt(f"{about}: {doubt.text}", doubt.cause, doubt.mend) for doubt in doubts)
        yield Opening(group, place, source, sources, ports, (*vague, *said))


_Source = tuple[str, Bounds, tuple[Doubt, ...]]


def _sources(group: Resource, get: Callable[[str], Value], reading: Reading) -> Iterator[_Source]:
    yield from _each("cidr_blocks", get("cidr_blocks"), EVERY_V4, lambda value: _network(value, EVERY_V4))
    yield from _each("ipv6_cidr_blocks", get("ipv6_cidr_blocks"), EVERY_V6, lambda value: _network(value, EVERY_V6))
    yield from _each("prefix_list_ids", get("prefix_list_ids"), NAMED, lambda value: _prefix_list(value, reading))
    yield from _each("security_groups", get("security_groups"), NAMED, lambda value: _group(value, group, reading))
    own = get("self")
    if isinstance(own, Unknown):
        members, _ = reading.membership(group)
        yield "self", Bounds(NONE, members.possible, False), (Doubt.of(own, "self"),)
    elif own in (True, "true"):
        members, doubts = reading.membership(group)
        yield "self", members, doubts


def _each(name: str, value: Value, family: Spans, read: Callable[[Value], _Source]) -> Iterator[_Source]:
    """The sources in one list of a rule. A list that is unknown may be empty, unless its length says otherwise."""
    elements = value.partial if isinstance(value, Unknown) else value
    elements = (
        elements if isinstance(elements, list) else ([] if isinstance(value, Unknown) or value is None else [value])
    )
    for element in elements:
        yield read(element)
    if isinstance(value, Unknown) and (value.open or not isinstance(value.partial, list)):
        some = (value.length or 0) > len(elements)
        yield name, Bounds(NONE, family, some), (Doubt.of(value, name),)


def _network(value: Value, family: Spans) -> _Source:
    if isinstance(value, str):
        try:
            return value, Bounds.exactly(parse_cidr(value)), ()
        except ValueError:
            return value, Bounds(NONE, family), (Doubt(f"{shown(value)} is not a CIDR", Cause.INVALID),)
    if isinstance(value, Unknown):
        return value.describe(), Bounds(NONE, family), (Doubt.of(value, "source"),)
    return shown(value), Bounds(NONE, family), (Doubt("the source is not a text", Cause.INVALID),)


def _prefix_list(value: Value, reading: Reading) -> _Source:
    """A prefix list is some other source, whatever it holds; one that is unknown may be one that is listed.

    What is in it is not read: it may be the whole internet, or nothing but what a hop from a CIDR is from.
    """
    other = reading.names.of("a prefix list")
    if isinstance(value, str) and value in reading.prefix_lists:
        return f"prefix list {value}", Bounds.exactly(reading.names.of(f"prefix list {value}")), ()
    text = f"prefix list {shown(value)}"
    listed = Spans.of(*(reading.names.of(f"prefix list {name}").ranges[0] for name in reading.prefix_lists))
    listed = listed if isinstance(value, Unknown) else NONE
    certain = NONE if reading.networks or listed else other
    cause = value.cause if isinstance(value, Unknown) else Cause.UNRESOLVED
    return text, Bounds(certain, other | listed | ADDRESSES), (Doubt(f"what is in {text}", cause),)


def _group(value: Value, own: Resource, reading: Reading) -> _Source:
    foreign = _FOREIGN.fullmatch(value) if isinstance(value, str) else None
    if foreign and own.account and foreign[1] != own.account:
        name = f"group {value}"
        return name, Bounds.exactly(reading.names.of(name)), ()
    wanted = foreign[2] if foreign else value
    target = resolve_group(wanted, reading.view, reading.view.place_of(own))
    if target.resource is not None:
        members, doubts = reading.membership(target.resource)
        return f"group {group_name(target.resource)} ({target.resource.identity})", members, doubts
    if isinstance(value, str) and not target.undecided and not foreign:
        # The listing is complete and has no such group: it is deleted, or in a peered VPC of another account.
        return f"group {value}", *_stranger(f"group {value}", reading)
    if isinstance(value, Unknown) and _default_group(value, reading):
        return "the VPC's default group", *_stranger("group default", reading, default=True)
    cause = value.cause if isinstance(value, Unknown) else Cause.UNREADABLE if target.unreadable else Cause.UNRESOLVED
    text = target.undecided or f"{shown(value)} was not found among what was read"
    doubt = Doubt(f"which group it admits: {text}", cause, mend_of(value))
    return f"group {shown(value)}", Bounds(NONE, NAMED), (doubt,)


def _stranger(name: str, reading: Reading, default: bool = False) -> tuple[Bounds, tuple[Doubt, ...]]:
    """A group that was not read: in no tier, unless a tier's own groups are not all known."""
    open_tiers = [tier for tier in reading.tiers.values() if tier.more or (default and tier.by_default)]
    itself = reading.names.of(name)
    if not open_tiers:
        return Bounds.exactly(itself), ()
    perhaps = Spans.of(*(reading.names.of(f"tier {tier.name}").ranges[0] for tier in open_tiers))
    return Bounds(NONE, itself | perhaps), tuple(doubt for tier in open_tiers for doubt in tier.doubts)


def _default_group(value: Unknown, reading: Reading) -> bool:
    """Whether it surely is a VPC's default group that nothing here manages."""
    named = tuple(reference.attribute for reference in value.references) == ("default_security_group_id",)
    named = named and not value.parts
    return named and value.cause is Cause.COMPUTED and not reading.view.resources("aws_default_security_group")
