"""Ports, addresses and patterns are exact sets: held against brute force."""

from __future__ import annotations

import ipaddress
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from audits.relations._globs import Texts, exists, matches
from audits.relations._networks import cidrs, describe_addresses, parse_cidr
from audits.relations._ports import EVERY_PORT, describe_ports, parse_ports, rule_ports
from audits.relations._spans import Spans, by_ports, union, without

SPANS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=5).map(lambda ranges: Spans.of(*ranges))
AREAS = st.lists(st.tuples(SPANS, SPANS), max_size=4)


def numbers(spans: Spans) -> set[int]:
    return {number for low, high in spans.ranges for number in range(low, high + 1)}


def points(area: list[tuple[Spans, Spans]]) -> set[tuple[int, int]]:
    return {point for sources, ports in area for point in product(numbers(sources), numbers(ports))}


@settings(deadline=None)
@given(SPANS, SPANS)
def test_sets_of_numbers(one: Spans, other: Spans) -> None:
    assert numbers(one | other) == numbers(one) | numbers(other)
    assert numbers(one & other) == numbers(one) & numbers(other)
    assert numbers(one - other) == numbers(one) - numbers(other)
    assert (one <= other) == (numbers(one) <= numbers(other))
    assert (one == other) == (numbers(one) == numbers(other))


@settings(deadline=None)
@given(AREAS, AREAS)
def test_areas(area: list[tuple[Spans, Spans]], taken: list[tuple[Spans, Spans]]) -> None:
    assert points(without(area, taken)) == points(area) - points(taken)
    normal = by_ports(area)
    assert points([(sources, ports) for ports, sources in normal.items()]) == points(area)
    assert by_ports([(sources, ports) for ports, sources in normal.items()]) == normal


NETWORKS = st.tuples(st.integers(0, 255), st.integers(24, 32)).map(lambda pair: f"10.0.0.{pair[0]}/{pair[1]}")


@settings(deadline=None)
@given(st.lists(NETWORKS, max_size=5), st.lists(NETWORKS, max_size=5))
def test_networks(ones: list[str], others: list[str]) -> None:
    def addresses(texts: list[str]) -> set[ipaddress.IPv4Address]:
        return {address for text in texts for address in ipaddress.IPv4Network(text, strict=False)}

    left, right = (union(parse_cidr(text) for text in texts) for texts in (ones, others))
    assert addresses(cidrs(left - right)) == addresses(ones) - addresses(others)
    assert addresses(cidrs(left & right)) == addresses(ones) & addresses(others)


def test_addresses_in_words() -> None:
    half = union(parse_cidr(text) for text in ("0.0.0.0/1", "128.0.0.0/1", "::/1", "8000::/1"))
    assert describe_addresses(half) == "0.0.0.0/0, ::/0"
    assert describe_addresses(parse_cidr("0.0.0.0/0") - parse_cidr("10.0.0.0/16")) == "0.0.0.0/0 but 10.0.0.0/16"


PORTS = st.tuples(st.integers(0, 65535), st.integers(0, 65535), st.sampled_from(["tcp", "udp"]))


@settings(deadline=None)
@given(st.lists(PORTS, max_size=5))
def test_ports_in_words_mean_the_same_set(rules: list[tuple[int, int, str]]) -> None:
    spans = union(rule_ports(name, min(low, high), max(low, high))[0].certain for low, high, name in rules)
    texts = describe_ports(spans).split(", ") if spans else []
    assert union(parse_ports(text) for text in texts) == spans


@settings(deadline=None)
@given(
    st.sampled_from(["-1", "all", "6", "tcp", "17", "icmp", "47", 6, None, "?"]), *[st.none() | st.integers(-2, 9)] * 2
)
def test_what_is_certain_of_a_rule_is_possible(protocol: object, low: int | None, high: int | None) -> None:
    bounds, why = rule_ports(protocol, low, high)
    assert bounds.certain <= bounds.possible <= EVERY_PORT
    assert why or bounds.known


PATTERNS = st.text("ab*?", max_size=4)
SETS = st.builds(Texts, st.lists(PATTERNS, min_size=1, max_size=2).map(tuple), st.booleans())
WORDS = ["".join(word) for size in range(6) for word in product("abc", repeat=size)]


@settings(max_examples=300, deadline=None)
@given(st.lists(SETS, min_size=1, max_size=2), st.lists(SETS, max_size=2))
def test_patterns_against_every_short_text(all_of: list[Texts], none_of: list[Texts]) -> None:
    def holds(texts: Texts, word: str) -> bool:
        return any(matches(pattern, word) for pattern in texts.patterns) is not texts.inverted

    found = any(
        all(holds(each, word) for each in all_of) and not any(holds(each, word) for each in none_of) for word in WORDS
    )
    answer = exists(tuple(all_of), tuple(none_of))
    # A text of up to five characters is a witness; without one only longer texts could be, which is rare.
    assert answer or not found
    if answer and not found:
        longest = sum(len(pattern) for each in (*all_of, *none_of) for pattern in each.patterns)
        assert longest > 5
