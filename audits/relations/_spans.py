"""Exact sets of whole numbers, kept as sorted, disjoint, non-adjacent closed ranges; and areas made of two such sets.

Ports, addresses and named sources are all laid out on number lines (``_ports.py``, ``_networks.py``), so that unions,
differences and containment of what security group rules admit are exact, however the rules were split.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

Range: TypeAlias = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Spans:
    """A set of whole numbers. Make it with :meth:`of`, which brings ``ranges`` into their one normal form."""

    ranges: tuple[Range, ...] = ()

    @classmethod
    def of(cls, *ranges: Range) -> Spans:
        """The union of closed ranges, given in any order."""
        merged: list[Range] = []
        for low, high in sorted(one for one in ranges if one[0] <= one[1]):
            if merged and low <= merged[-1][1] + 1:
                merged[-1] = (merged[-1][0], max(merged[-1][1], high))
            else:
                merged.append((low, high))
        return cls(tuple(merged))

    def __bool__(self) -> bool:
        return bool(self.ranges)

    def __or__(self, other: Spans) -> Spans:
        return Spans.of(*self.ranges, *other.ranges) if self.ranges and other.ranges else (self if self else other)

    def __and__(self, other: Spans) -> Spans:
        found: list[Range] = []
        mine, others = 0, 0
        while mine < len(self.ranges) and others < len(other.ranges):
            low = max(self.ranges[mine][0], other.ranges[others][0])
            high = min(self.ranges[mine][1], other.ranges[others][1])
            if low <= high:
                found.append((low, high))
            if self.ranges[mine][1] < other.ranges[others][1]:
                mine += 1
            else:
                others += 1
        return Spans(tuple(found))

    def __sub__(self, other: Spans) -> Spans:
        found: list[Range] = []
        for low, high in self.ranges:
            start = low
            for cut_low, cut_high in other.ranges:
                if cut_high < start or cut_low > high:
                    continue
                if cut_low > start:
                    found.append((start, cut_low - 1))
                start = cut_high + 1
            if start <= high:
                found.append((start, high))
        return Spans(tuple(found))

    def __le__(self, other: Spans) -> bool:
        return not self - other


NONE = Spans()


@dataclass(frozen=True, slots=True)
class Bounds:
    """What is known of a set: ``certain`` ⊆ the set ⊆ ``possible``; ``some``: it surely is not empty."""

    certain: Spans
    possible: Spans
    some: bool = True

    @classmethod
    def exactly(cls, spans: Spans) -> Bounds:
        """A set that is known."""
        return cls(spans, spans, bool(spans))

    @property
    def known(self) -> bool:
        """Whether it is known exactly."""
        return self.certain == self.possible


Area: TypeAlias = Sequence[tuple[Spans, Spans]]
"""A union of rectangles: sources times ports."""


def without(area: Area, taken: Area) -> list[tuple[Spans, Spans]]:
    """The part of ``area`` outside ``taken``, exactly."""
    rest = [(sources, ports) for sources, ports in area if sources and ports]
    for gone_sources, gone_ports in taken:
        pieces: list[tuple[Spans, Spans]] = []
        for sources, ports in rest:
            inside = sources & gone_sources
            if not inside or not ports & gone_ports:
                pieces.append((sources, ports))
                continue
            if sources - gone_sources:
                pieces.append((sources - gone_sources, ports))
            if ports - gone_ports:
                pieces.append((inside, ports - gone_ports))
        rest = pieces
    return rest


def by_ports(area: Area) -> Mapping[Spans, Spans]:
    """The area in its one normal form: for each set of ports, the sources from which exactly those are open."""
    edges = sorted({edge for sources, _ in area for low, high in sources.ranges for edge in (low, high + 1)})
    found: dict[Spans, list[Range]] = {}
    for low, after in pairwise(edges):
        piece = Spans(((low, after - 1),))
        ports = union(ports for sources, ports in area if piece & sources)
        if ports:
            found.setdefault(ports, []).append((low, after - 1))
    return {ports: Spans.of(*ranges) for ports, ranges in found.items()}


def union(spans: Iterable[Spans]) -> Spans:
    """The union of any number of sets."""
    return Spans.of(*(one for each in spans for one in each.ranges))
