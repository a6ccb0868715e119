"""Protocols and ports as sets: of a spec (``443/tcp``, ``8000-8010/tcp``, ``icmp``, ``all``) and of a rule.

All protocols lie on one line, 65,536 numbers each: a TCP or UDP port is itself, an ICMP type and code are
``type * 256 + code``, and a protocol without ports is always whole. So ``-1`` is the whole line.

Source: EC2 API, ``IpPermission`` (FromPort, ToPort, IpProtocol): "-1" means all protocols, and then all ports; a
protocol other than tcp, udp, icmp and icmpv6 has all ports whatever is written; for ICMP the two are type and code,
and -1 means every one. Names: the provider's ``protocolForValue`` (IANA protocol numbers).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from audits.model import Value
from audits.relations._spans import NONE, Bounds, Spans

_WIDTH = 1 << 16
_NUMBERS = {"tcp": 6, "udp": 17, "icmp": 1, "icmpv6": 58, "ah": 51, "esp": 50, "gre": 47, "igmp": 2, "sctp": 132}
_NAMES = {number: name for name, number in _NUMBERS.items()}
_PORTED, _ICMP = (6, 17), (1, 58)
EVERY_PORT = Spans(((0, 256 * _WIDTH - 1),))
_TEXT = re.compile(r"(?:(?P<low>\d+)(?:-(?P<high>\d+))?/)?(?P<protocol>[a-z0-9]+)")


def parse_ports(text: str) -> Spans:
    """The ports that a spec names.

    Raises:
        ValueError: no such form, protocol or range; says what is wrong.
    """
    if text == "all":
        return EVERY_PORT
    match = _TEXT.fullmatch(text)
    if not match:
        raise ValueError(f"{text!r} is none of 443/tcp, 8000-8010/tcp, icmp and all")
    number = _protocol(match["protocol"])
    if number is None or number < 0:
        raise ValueError(f"{text!r}: unknown protocol {match['protocol']!r} (tcp, udp, icmp, icmpv6 or a number)")
    if match["low"] is None:
        return _whole(number)
    if number not in _PORTED:
        raise ValueError(f"{text!r}: only tcp and udp have ports; write {match['protocol']!r} for all of it")
    low, high = int(match["low"]), int(match["high"] or match["low"])
    if not low <= high < _WIDTH:
        raise ValueError(f"{text!r}: not a range of ports (0-65535)")
    return _part(number, low, high)


def _protocol(name: str) -> int | None:
    """The number of a protocol, -1 for all of them, None if it is unknown."""
    name = name.lower()
    if name in ("-1", "all"):
        return -1
    if name in _NUMBERS:
        return _NUMBERS[name]
    return int(name) if name.isdecimal() and int(name) < 256 else None


@lru_cache(maxsize=256)
def _whole(protocol: int) -> Spans:
    return _part(protocol, 0, _WIDTH - 1)


def _part(protocol: int, low: int, high: int) -> Spans:
    return Spans.of((protocol * _WIDTH + low, protocol * _WIDTH + high))


def rule_ports(protocol: Value, low: Value, high: Value) -> tuple[Bounds, str]:
    """The ports that a rule opens, and why they are not known exactly (empty if they are)."""
    number = _protocol(str(protocol)) if isinstance(protocol, str | int) and not isinstance(protocol, bool) else None
    if number is None:
        return Bounds(NONE, EVERY_PORT), _say("protocol", protocol)
    if number == -1:
        return Bounds.exactly(EVERY_PORT), ""
    if number in _ICMP:
        return _icmp(number, _number(low, -1, 255), _number(high, -1, 255), (low, high))
    if number not in _PORTED:
        return Bounds.exactly(_whole(number)), ""
    start, end = _number(low, 0, _WIDTH - 1), _number(high, 0, _WIDTH - 1)
    if start is not None and end is not None and start <= end:
        return Bounds.exactly(_part(number, start, end)), ""
    if start is not None and end is None:
        return Bounds(_part(number, start, start), _part(number, start, _WIDTH - 1)), _say("to_port", high)
    if end is not None and start is None:
        return Bounds(_part(number, end, end), _part(number, 0, end)), _say("from_port", low)
    return Bounds(NONE, _whole(number)), _say("from_port", low)


def _icmp(number: int, kind: int | None, code: int | None, given: tuple[Value, Value]) -> tuple[Bounds, str]:
    if kind is None:
        return Bounds(NONE, _whole(number)), _say("from_port", given[0])
    if kind == -1:
        return Bounds.exactly(_whole(number)), ""
    block = _part(number, kind * 256, kind * 256 + 255)
    if code is None:
        return Bounds(NONE, block), _say("to_port", given[1])
    return Bounds.exactly(block if code == -1 else _part(number, kind * 256 + code, kind * 256 + code)), ""


def _number(value: Value, low: int, high: int) -> int | None:
    try:
        number = int(value) if isinstance(value, int | str) and not isinstance(value, bool) else None
    except ValueError:
        return None
    return number if number is not None and low <= number <= high else None


def _say(name: str, value: Any) -> str:
    if value is None:
        return f"{name} is not set"
    return f"{name}: {value.describe()}" if hasattr(value, "describe") else f"{name} is {value!r}"


@lru_cache(maxsize=4096)
def describe_ports(ports: Spans) -> str:
    """The ports in words that depend on nothing but the set (``5000-5431/tcp, udp``)."""
    if ports == EVERY_PORT:
        return "all"
    if _unnamed() <= ports:
        return f"all but {describe_ports(EVERY_PORT - ports)}"
    numbers = sorted({number for low, high in ports.ranges for number in range(low // _WIDTH, high // _WIDTH + 1)})
    texts = [text for number in numbers for text in _protocol_texts(number, ports & _whole(number))]
    return ", ".join(texts) or "none"


@lru_cache(maxsize=1)
def _unnamed() -> Spans:
    """All of the protocols that have no name here."""
    return Spans.of(*(_whole(number).ranges[0] for number in range(256) if number not in _NAMES))


def _protocol_texts(number: int, ports: Spans) -> list[str]:
    if not ports:
        return []
    name = _NAMES.get(number, f"protocol {number}")
    if ports == _whole(number):
        return [name]
    if number in _ICMP:
        return _icmp_texts(number, name, ports)
    ranges = [(low - number * _WIDTH, high - number * _WIDTH) for low, high in ports.ranges]
    return [f"{low}/{name}" if low == high else f"{low}-{high}/{name}" for low, high in ranges]


def _icmp_texts(number: int, name: str, ports: Spans) -> list[str]:
    found: list[str] = []
    for kind in range(256):
        block = _part(number, kind * 256, kind * 256 + 255)
        here = ports & block
        base = block.ranges[0][0]
        if here == block:
            found.append(f"{name} type {kind}")
        else:
            found += [f"{name} type {kind} code {_span(low - base, high - base)}" for low, high in here.ranges]
    return found


def _span(low: int, high: int) -> str:
    return str(low) if low == high else f"{low}-{high}"
