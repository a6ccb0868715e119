"""Exact port chains: what the security groups of each tier admit, hop by hop, and that nothing else leads in.

``tiers`` names workloads (the groups attached to them count) or groups; ``reach`` lists the hops; ``closed`` lists the
tiers into which nothing but the hops may lead (by default every tier that a hop leads to). ``from`` is a tier,
``internet``, a CIDR or a prefix list's id. Only ingress is judged: it is what the owner's page fixes, and a group is
stateful, so answers need no rule of their own.

Rules (Amazon VPC user guide, "Security group rules"; EC2 API, ``IpPermission``): rules only allow, and the rules of all
groups on an interface count together; a group as source stands for the members of that group; "-1" is every protocol
and port. ``internet`` is every IPv4 address, however many CIDRs say so; IPv6 may be open with it, and what the whole
internet may do, a group may do, too. A group in no tier, a prefix list or another account's group is another source.

A group that is attached to nothing that was read is named as such where it is a tier, where it is let into one, and
where it would admit a documented hop if it were attached.

A workload in no tier that has a tier's group has the tier's access, which deviates from no documented rule: what passes
names it.

A tier of which any group may be part leaves the sources of other tiers open, too. It does not where source names no
groups at all: then AWS attaches the VPC's default group (or, to a member of a replication group, that group's).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from audits.kind import Kind
from audits.model import Control, State, Verdict
from audits.relation import BodyError, Relation
from audits.relations._attached import Attachments, in_words
from audits.relations._chain import (
    INTERNET,
    Hop,
    Inbound,
    beyond,
    by_rule,
    carries,
    describe,
    holds,
    inbound,
    read_hop,
    surplus,
    vague,
)
from audits.relations._doubts import Doubt, said, undecided
from audits.relations._ingress import Opening, Reading, openings
from audits.relations._networks import Names, parse_cidr
from audits.relations._ports import describe_ports, parse_ports
from audits.relations._schema_check import check_selector
from audits.relations._selectors import CHOICE, SELECTOR, chosen_kinds
from audits.relations._spans import NONE, Area, Bounds, without
from audits.relations._tiers import GROUP_KINDS, Tier, alternatives, build_tier, joined_by
from audits.relations._wearers import also_attached, let_in, outsiders
from audits.view import View

_PREFIX_LIST = re.compile(r"pl-\w+")
_NO = Bounds.exactly(NONE)


def judge(control: Control, view: View) -> Sequence[Verdict]:
    """One verdict a hop and one a closed tier, whose ``actual`` lists every other path."""
    body = control.body
    names = Names()
    hops = [read_hop(data, names, body["tiers"]) for data in body["reach"]]
    tiers = {name: build_tier(name, data, view) for name, data in body["tiers"].items()}
    lists = frozenset(hop.source for hop in hops if _PREFIX_LIST.fullmatch(hop.source))
    special = {INTERNET, *lists, *tiers}
    reading = Reading(view, tiers, names, lists, networks=any(hop.source not in special for hop in hops))
    closed = body.get("closed", list(dict.fromkeys(hop.to for hop in hops)))
    into = {name: inbound(tiers[name], reading) for name in dict.fromkeys([*(hop.to for hop in hops), *closed])}
    attached = Attachments(view)
    verdicts = [_hinted(_hop(hop, tiers, into[hop.to], names), hop, reading, attached) for hop in hops]
    verdicts = [_shared(verdict, [hop], into, tiers, attached) for verdict, hop in zip(verdicts, hops, strict=True)]
    for name in closed:
        leading = [hop for hop in hops if hop.to == name]
        verdict = _closed(tiers[name], leading, into[name], names)
        verdicts.append(_shared(verdict, leading, into, tiers, attached))
    return [_loosely(verdict, into, tiers, attached) for verdict in verdicts]


def _shared(
    verdict: Verdict,
    hops: Sequence[Hop],
    into: Mapping[str, Inbound],
    tiers: Mapping[str, Tier],
    attached: Attachments,
) -> Verdict:
    """What passes, with the workloads outside all tiers that have the access of these hops' sources."""
    if verdict.state is not State.PASS:
        return verdict
    groups = {one.identity: one for hop in hops for one in let_in(hop, tiers, into[hop.to])}
    said = [also_attached(one, others) for one in groups.values() if (others := outsiders(one, tiers, attached))]
    return replace(verdict, cause="; ".join(text for text in [verdict.cause, *said] if text))


def _hinted(verdict: Verdict, hop: Hop, reading: Reading, attached: Attachments) -> Verdict:
    """A hop that is not open, with the group that would make it so if it were attached to anything."""
    if verdict.state is not State.FAIL:
        return verdict
    tier = reading.tiers[hop.to]
    others = [one for one in attached.loose if one.identity not in {**tier.groups, **tier.maybe}]
    would = [one for one in others if holds(hop, Inbound(openings(one, reading)[0], ()))]
    return replace(verdict, cause="; ".join([verdict.cause, *in_words(would, "admits it")]))


def _loosely(
    verdict: Verdict, into: Mapping[str, Inbound], tiers: Mapping[str, Tier], attached: Attachments
) -> Verdict:
    """The verdict, with the groups it rests on that are attached to nothing: those chosen as tiers, and as sources."""
    ways = [one for inbound_ in into.values() for one in inbound_.openings if by_rule(one) in verdict.cause]
    chosen = [one for tier in tiers.values() for one in tier.workloads if one.kind in GROUP_KINDS]
    chosen = [one for one in chosen if one.identity == verdict.resource]
    if not ways and not chosen:
        return verdict
    let_in = [one for one in attached.loose if any(way.source.endswith(f"({one.identity})") for way in ways)]
    named = [one for one in attached.loose if one in let_in or one in chosen]
    return replace(verdict, cause="; ".join(text for text in [verdict.cause, *in_words(named)] if text))


def _hop(hop: Hop, tiers: Mapping[str, Tier], into: Inbound, names: Names) -> Verdict:
    ends = [tiers[name] for name in (hop.source, hop.to) if name in tiers]
    expected = "open" if hop.required else "may be open"
    missing = _missing(ends)
    found = holds(hop, into)
    rule = next((one for one in into.openings if carries(one, hop)), None)
    if not hop.required:
        shown = {True: "open", False: "not open", None: "not told"}[found]
        return _verdict(State.PASS, hop.path, expected, shown, missing or "allowed, need not exist", rule)
    if missing:
        gone = any(tier.nearest for tier in ends)
        actual = "nothing there" if gone else "no security group"
        return _verdict(State.ABSENT if gone else State.FAIL, hop.path, expected, actual, missing)
    if found is None:
        doubts = into.why([(hop.needed, hop.ports)]) or into.why(into.possible())
        return _placed(undecided(hop.path, expected, doubts), tiers[hop.to])
    if found:
        return _verdict(State.PASS, hop.path, expected, "open", by_rule(rule) if rule else "", rule)
    area = [(one & hop.needed, ports) for one, ports in into.certain() if one & hop.needed]
    admits = describe(area, names, hop.to)
    group = next(iter(tiers[hop.to].groups.values()), None)
    cause = f"{hop.to} does not admit {describe_ports(hop.ports)} from all of {hop.source}"
    verdict = _verdict(State.FAIL, hop.path, expected, admits or "not open", cause)
    return verdict if group is None else _at(verdict, Opening(group, "ingress", "", _NO, _NO))


def _missing(ends: Sequence[Tier]) -> str:
    """Why a hop cannot be: a tier is not there, or its workload has no group."""
    for tier in ends:
        if tier.nearest:
            return f"{tier.name}: {tier.nearest}"
        if tier.bare and not tier.groups and not tier.doubts and not tier.maybe:
            return _bare(tier)
    return ""


def _bare(tier: Tier) -> str:
    return f"{tier.name}: no security group is attached to {', '.join(one.identity for one in tier.bare)}"


def _closed(tier: Tier, hops: Sequence[Hop], into: Inbound, names: Names) -> Verdict:
    path = _else_path(tier.name)
    expected = [f"{hop.source} → {describe_ports(hop.ports)}" for hop in hops] or "nothing"
    if tier.nearest:
        return _verdict(State.ABSENT, path, expected, "nothing there", f"{tier.name}: {tier.nearest}")
    answers = [(one, beyond(one, hops)) for one in into.openings]
    surely = [one for one, answer in answers if answer]
    doubts = [doubt for one, answer in answers if answer is None for doubt in one.doubts]
    doubts = list(dict.fromkeys([*into.doubts, *doubts]))
    if surely or tier.bare:
        return _deviation(path, expected, tier, surely, hops, names, doubts)
    if doubts:
        return _placed(undecided(path, expected, doubts), tier)
    group = next(iter(tier.groups.values()), None)
    verdict = _verdict(State.PASS, path, expected, "nothing else", "")
    return verdict if group is None else _at(verdict, Opening(group, "ingress", "", _NO, _NO))


def _deviation(
    path: str,
    expected: Any,
    tier: Tier,
    surely: Sequence[Opening],
    hops: Sequence[Hop],
    names: Names,
    doubts: Sequence[Doubt],
) -> Verdict:
    area: Area = [piece for one in surely for piece in surplus(one, hops)]
    unknown = [vague(one) for one in surely if not surplus(one, hops)]
    bare = ["a workload without security group"] if tier.bare else []
    actual = [*describe(area, names, tier.name), *sorted(set(unknown)), *bare]
    causes = [f"beyond {expected if isinstance(expected, str) else ', '.join(expected)}: "] if surely else []
    causes = [causes[0] + "; ".join(sorted({by_rule(one) for one in surely}))] if causes else []
    causes += [_bare(tier)] if tier.bare else []
    causes += [f"also undecided: {said(doubts)}"] if doubts else []
    first = min(surely, key=lambda one: (one.group.identity, one.place), default=None)
    return _verdict(State.FAIL, path, expected, actual, "; ".join(causes), first)


def _verdict(
    state: State, path: str, expected: Any, actual: Any, cause: str, opening: Opening | None = None
) -> Verdict:
    verdict = Verdict(state, path=path, expected=expected, actual=actual, cause=cause, key=path)
    return verdict if opening is None else _at(verdict, opening)


def _placed(verdict: Verdict, tier: Tier) -> Verdict:
    """The undecided verdict with the place of the tier's workload, where it has none of its own."""
    return verdict if str(verdict.origin) else replace(verdict, origin=tier.origin)


def _at(verdict: Verdict, opening: Opening) -> Verdict:
    """The verdict with the group, and the place of the rule, that it rests on."""
    group = opening.group
    return replace(
        verdict,
        resource=group.identity,
        origin=group.origin_of(opening.place),
        account=group.account,
        region=group.region,
    )


def check_body(body: Mapping[str, Any], kinds: Mapping[str, Kind]) -> None:
    """Refuse tiers and hops that cannot be.

    Raises:
        BodyError: with the path to the place and the nearest right name.
    """
    for name, data in body["tiers"].items():
        _check_tier(name, data, kinds)
    seen: dict[tuple[str, str], Area] = {}
    for number, hop in enumerate(body["reach"]):
        place = ("reach", number)
        _check_end(hop["to"], body["tiers"], (*place, "to"), ends=False)
        _check_end(hop["from"], body["tiers"], (*place, "from"), ends=True)
        for index, text in enumerate(hop["ports"]):
            try:
                parse_ports(text)
            except ValueError as error:
                raise BodyError(str(error), (*place, "ports", index)) from error
        read = read_hop(hop, Names(), body["tiers"])
        before = seen.setdefault((read.source, read.to), [])
        if not without([(read.needed, read.ports)], before):
            raise BodyError(f"the hop {read.path} is written twice", place)
        seen[read.source, read.to] = [*before, (read.needed, read.ports)]
    for number, name in enumerate(body.get("closed", [])):
        _check_end(name, body["tiers"], ("closed", number), ends=False)


def _check_tier(name: str, data: Mapping[str, Any], kinds: Mapping[str, Kind]) -> None:
    if name == INTERNET:
        raise BodyError(f"a tier cannot be called {INTERNET}: that is everyone", ("tiers", name))
    for number, one in enumerate(alternatives(data)):
        place = ("tiers", name, "any_of", number) if "any_of" in data else ("tiers", name)
        kind = check_selector(one, kinds, place)
        if kind.type not in GROUP_KINDS and not kind.security_groups:
            raise BodyError(f"no security groups are attached to {kind.type}", (*place, "kind"))


def _check_end(name: str, tiers: Mapping[str, Any], place: tuple[str | int, ...], *, ends: bool) -> None:
    """Refuse an end of a hop that is no tier (nor, if ``ends``, another source)."""
    if name in tiers or (ends and (name == INTERNET or _PREFIX_LIST.fullmatch(name))):
        return
    if ends and ("/" in name or name[:1].isdigit()):
        try:
            parse_cidr(name)
        except ValueError as error:
            raise BodyError(f"{name!r} is not a CIDR: {error}", place) from error
        return
    near = get_close_matches(name, [*tiers, *([INTERNET] if ends else [])], 1, 0.5)
    raise BodyError(f"unknown tier {name!r}{f'; did you mean {near[0]!r}?' if near else ''}", place)


def kinds_of(body: Mapping[str, Any]) -> frozenset[str]:
    """Every kind that judging needs."""
    found = {"aws_security_group"}
    for data in body["tiers"].values():
        for one in alternatives(data):
            found |= chosen_kinds(one) | {*joined_by(one["kind"])}
    return frozenset(found)


_TEXT = {"type": "string", "minLength": 1}


def chain(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """What reports draw: ``tiers``, and ``hops``, each with the path of its verdicts.

    ``closed``: by tier into which nothing else may lead, the path of the verdicts that say so.
    """
    names = Names()
    read = [read_hop(data, names, body["tiers"]) for data in body["reach"]]
    hops: list[dict[str, Any]] = [
        {
            "from": one.source,
            "to": one.to,
            "ports": describe_ports(one.ports),
            "required": one.required,
            "row": one.path,
        }
        for one in read
    ]
    closed = body.get("closed", list(dict.fromkeys(one.to for one in read)))
    tiers = dict.fromkeys([*(name for one in read for name in (one.source, one.to)), *closed])
    return {"tiers": list(tiers), "hops": hops, "closed": {name: _else_path(name) for name in closed}}


def _else_path(tier: str) -> str:
    return f"into {tier}: nothing else"


RELATION = Relation(
    name="reach",
    chain=chain,
    keys=("reach", "tiers", "closed"),
    required=("reach", "tiers"),
    schema={
        "tiers": {
            "type": "object",
            "minProperties": 1,
            "propertyNames": {"pattern": "^[a-z][a-z0-9_-]*$"},
            "additionalProperties": {
                "type": "object",
                "properties": {**CHOICE, "any_of": {"type": "array", "minItems": 2, "items": SELECTOR}},
                "oneOf": [{"required": ["kind"]}, {"required": ["any_of"]}],
                "dependentSchemas": {"any_of": {"not": {"required": ["select"]}}},
                "additionalProperties": False,
            },
        },
        "reach": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "properties": {
                    "from": _TEXT,
                    "to": _TEXT,
                    "ports": {"type": "array", "minItems": 1, "items": _TEXT},
                    "required": {"type": "boolean"},
                    "undocumented": _TEXT,
                },
                "required": ["from", "to", "ports"],
                "additionalProperties": False,
            },
        },
        "closed": {"type": "array", "uniqueItems": True, "items": _TEXT},
    },
    check=check_body,
    kinds=kinds_of,
    judge=judge,
)
