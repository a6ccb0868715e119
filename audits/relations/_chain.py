"""What a port chain allows into a tier, and what its groups' rules admit beyond it: exact areas, three-valued.

Every opening is known within bounds, and so is the area of them all. A path is surely beyond what is allowed if every
way to fill in what is unknown leaves some of it outside; it surely is not if even the widest way leaves none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from audits.model import Cause
from audits.relations._doubts import Doubt
from audits.relations._ingress import Opening, Reading, openings
from audits.relations._networks import ANYWHERE, EVERY_V4, NAMED, Names, describe_addresses, parse_cidr
from audits.relations._ports import EVERY_PORT, describe_ports, parse_ports
from audits.relations._spans import Area, Spans, by_ports, union, without
from audits.relations._tiers import Tier, group_name

INTERNET = "internet"


@dataclass(frozen=True, slots=True)
class Hop:
    """One documented hop: what it needs (``needed``) and what it makes harmless (``allowed``)."""

    source: str
    to: str
    needed: Spans
    allowed: Spans
    ports: Spans
    required: bool

    @property
    def path(self) -> str:
        """The hop in words, the same on both planes."""
        return f"{self.source} → {self.to}: {describe_ports(self.ports)}"


def read_hop(data: Mapping[str, Any], names: Names, tiers: Mapping[str, Any]) -> Hop:
    """The hop that a spec writes (already checked)."""
    source = data["from"]
    if source == INTERNET:
        needed, allowed = EVERY_V4, ANYWHERE
    elif source in tiers:
        needed = allowed = names.of(f"tier {source}")
    elif source.startswith("pl-"):
        needed = allowed = names.of(f"prefix list {source}")
    else:
        needed = allowed = parse_cidr(source)
        # Whoever has an address is among all of them: a group that is admitted, too, adds nothing.
        allowed = allowed | NAMED if allowed >= EVERY_V4 else allowed
    ports = union(parse_ports(text) for text in data["ports"])
    return Hop(source, data["to"], needed, allowed, ports, data.get("required", True))


@dataclass(frozen=True, slots=True)
class Inbound:
    """All that may come into a tier: what its groups' rules admit, and the doubts whether that is all."""

    openings: Sequence[Opening]
    doubts: Sequence[Doubt]

    def certain(self) -> Area:
        """What is surely open."""
        return [(one.sources.certain, one.ports.certain) for one in self.openings if one.sure]

    def possible(self) -> Area:
        """What may be open."""
        everything = [(ANYWHERE, EVERY_PORT)] if self.doubts else []
        return [*((one.sources.possible, one.ports.possible) for one in self.openings), *everything]

    def why(self, among: Area) -> list[Doubt]:
        """The doubts that bear on an area."""
        found = list(self.doubts)
        for one in self.openings:
            if without(among, without(among, [(one.sources.possible, one.ports.possible)])):
                found.extend(one.doubts)
        return list(dict.fromkeys(found))


def inbound(tier: Tier, reading: Reading) -> Inbound:
    """What may come into a tier: the union over its groups, those that only perhaps belong to it included."""
    found: list[Opening] = []
    doubts = list(tier.doubts)
    for identity, group in {**tier.maybe, **tier.groups}.items():
        rules, more = openings(group, reading)
        if identity in tier.groups:
            found.extend(rules)
            doubts.extend(more)
            continue
        reason = Doubt(tier.reasons[identity], Cause.UNCERTAIN)
        doubts.extend([reason, *more] if more else [])
        found.extend(
            Opening(one.group, one.place, one.source, one.sources, one.ports, (*one.doubts, reason), sure=False)
            for one in rules
        )
    return Inbound(found, doubts)


def holds(hop: Hop, into: Inbound) -> bool | None:
    """Whether a hop is open in full; what is open to every IPv4 address is open to every group."""
    if _covers(into.certain(), hop):
        return True
    return None if _covers(into.possible(), hop) else False


def _covers(area: Area, hop: Hop) -> bool:
    if not without([(hop.needed, hop.ports)], area):
        return True
    return bool(hop.needed & NAMED) and not without([(EVERY_V4, hop.ports)], area)


def carries(opening: Opening, hop: Hop) -> bool:
    """Whether an opening surely makes up some of a hop."""
    return opening.sure and bool(opening.sources.certain & hop.needed) and bool(opening.ports.certain & hop.ports)


def beyond(opening: Opening, hops: Sequence[Hop]) -> bool | None:
    """Whether an opening leads beyond the hops: True surely, False surely not, None if it cannot be told."""
    allowed = [(hop.allowed, hop.ports) for hop in hops]
    sources, ports = opening.sources, opening.ports
    if not without([(sources.possible, ports.possible)], allowed):
        return False
    if not opening.sure:
        return None
    if without([(sources.certain, ports.certain)], allowed):
        return True
    # Of what is unknown only that it is not empty may be known: then it is beyond if everything it can be is.
    meeting = [hop for hop in hops if hop.allowed & sources.possible and hop.ports & ports.possible]
    if sources.some and ports.certain - union(hop.ports for hop in meeting):
        return True
    if ports.some and sources.certain - union(hop.allowed for hop in meeting):
        return True
    return True if sources.some and ports.some and not meeting else None


def surplus(opening: Opening, hops: Sequence[Hop]) -> Area:
    """What an opening surely admits beyond the hops; empty if only that it does so is known."""
    return without([(opening.sources.certain, opening.ports.certain)], [(hop.allowed, hop.ports) for hop in hops])


def describe(area: Area, names: Names, tier: str) -> list[str]:
    """An area in words that depend on nothing but what is open (``0.0.0.0/0 → 5432/tcp``)."""
    texts: list[str] = []
    for ports, sources in by_ports(area).items():
        shown = [describe_addresses(sources - NAMED)] if sources - NAMED else []
        shown += [_named(name, tier) for name in names.within(sources)]
        texts += [f"{source} → {describe_ports(ports)}" for source in shown]
    return sorted(texts)


def _named(name: str, tier: str) -> str:
    plain = name.removeprefix("tier ")
    return f"{tier} itself" if name == f"tier {tier}" else plain


def vague(opening: Opening) -> str:
    """An opening that surely leads beyond, though not all of it is known, in words."""
    ports = describe_ports(opening.ports.possible)
    known = opening.ports.known
    source = opening.source if not opening.sources.known else describe_addresses(opening.sources.certain)
    return f"{source or opening.source} → {ports if known else f'unknown ports within {ports}'}"


def by_rule(opening: Opening) -> str:
    """Where an opening is, with ids and file, for the cause."""
    identity = opening.group.attributes.get("id")
    origin = str(opening.group.origin_of(opening.place))
    marks = [identity] if isinstance(identity, str) and identity not in origin else []
    marks += [origin] if origin else []
    where = f" ({', '.join(marks)})" if marks else ""
    rule = f"group {group_name(opening.group)} {opening.place}{where}"
    return f"{opening.source} → {describe_ports(opening.ports.possible)} by {rule}"
