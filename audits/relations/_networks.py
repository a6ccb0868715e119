"""Where traffic comes from, as sets: IPv4 and IPv6 addresses and named sources (tiers, groups) on one line of numbers.

A named source stands for addresses that nobody knows beforehand. All of them are among all IPv4 addresses: what the
whole internet may do, a member of any group may do.
"""

from __future__ import annotations

import ipaddress

from audits.relations._spans import Spans

_V6_BASE = 1 << 33
_NAMED_BASE = _V6_BASE + (1 << 128)
EVERY_V4 = Spans(((0, (1 << 32) - 1),))
EVERY_V6 = Spans(((_V6_BASE, _V6_BASE + (1 << 128) - 1),))
NAMED = Spans(((_NAMED_BASE, _NAMED_BASE + (1 << 32)),))
ADDRESSES = EVERY_V4 | EVERY_V6
ANYWHERE = ADDRESSES | NAMED
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def parse_cidr(text: str) -> Spans:
    """The addresses of a CIDR; bits beyond the prefix do not count, as EC2 clears them.

    Raises:
        ValueError: it is none.
    """
    network = ipaddress.ip_network(text, strict=False)
    base = 0 if network.version == 4 else _V6_BASE
    return Spans(((base + int(network.network_address), base + int(network.broadcast_address)),))


class Names:
    """The named sources of one judgement, each a number of its own."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def of(self, name: str) -> Spans:
        """The set of this one source."""
        number = _NAMED_BASE + self._numbers.setdefault(name, len(self._numbers))
        return Spans(((number, number),))

    def within(self, sources: Spans) -> list[str]:
        """The named sources in a set, sorted."""
        found = sources & NAMED
        return sorted(name for name in self._numbers if self.of(name) <= found)


def cidrs(sources: Spans) -> list[str]:
    """The addresses of a set as the fewest CIDRs: IPv4 first, in order."""
    v4 = [net for low, high in (sources & EVERY_V4).ranges for net in _networks(4, low, high)]
    v6 = [net for low, high in (sources & EVERY_V6).ranges for net in _networks(6, low - _V6_BASE, high - _V6_BASE)]
    return [str(network) for network in (*v4, *v6)]


def _networks(version: int, low: int, high: int) -> list[Network]:
    if version == 4:
        return list(ipaddress.summarize_address_range(ipaddress.IPv4Address(low), ipaddress.IPv4Address(high)))
    return list(ipaddress.summarize_address_range(ipaddress.IPv6Address(low), ipaddress.IPv6Address(high)))


_READABLE = 4


def describe_addresses(sources: Spans) -> str:
    """The addresses in words: CIDRs, or the family but some where that is much shorter."""
    texts: list[str] = []
    for family, whole in ((EVERY_V4, "0.0.0.0/0"), (EVERY_V6, "::/0")):
        found = cidrs(sources & family)
        rest = cidrs(family - sources)
        if len(found) > _READABLE and len(rest) < len(found):
            found = [f"{whole} but {' and '.join(rest)}"]
        texts += found
    return ", ".join(texts)
