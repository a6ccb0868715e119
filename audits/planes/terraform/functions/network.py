"""IP networks: cidrhost, cidrnetmask, cidrsubnet, cidrsubnets."""

from __future__ import annotations

import re
from dataclasses import dataclass

from audits.planes.terraform.functions.registry import FunctionError, Parameter, function, whole
from audits.planes.terraform.numbers import Number
from audits.planes.terraform.types import NUMBER, STRING

PREFIX = Parameter("prefix", STRING)
_IPV4 = re.compile(r"(\d{1,})\.(\d{1,})\.(\d{1,})\.(\d{1,})", re.ASCII)
_MAPPED = 0xFFFF << 32
_MOST_NEWBITS = 32
_CHECKED_EXTENSION = 64
"""From here on Terraform does not check whether the subnet's number fits, nor below zero; the results are its own."""


@dataclass(frozen=True, slots=True)
class Network:
    """A network: its address with the host's bits cleared, the length of its prefix, and 32 or 128."""

    address: int
    length: int
    bits: int

    @property
    def mapped(self) -> bool:
        """Whether it is an IPv6 address that stands for an IPv4 one."""
        return self.bits == 128 and self.address >> 32 == 0xFFFF


def parse_network(text: str) -> Network:
    """The network that ``address/length`` states; octets may have leading zeros and count as decimal."""
    address, slash, length = text.partition("/")
    value, bits = (_ipv6(address), 128) if ":" in address else (_ipv4(address), 32)
    if not slash or value is None or not (length.isascii() and length.isdecimal()) or len(length) > 6:
        raise FunctionError(f'"{text}" is no CIDR expression')
    if int(length) > bits:
        raise FunctionError(f'"{text}" is no CIDR expression')
    return _network(value, int(length), bits)


def _network(address: int, length: int, bits: int) -> Network:
    mask = ((1 << length) - 1) << (bits - length)
    return Network(address & mask, length, bits)


def _ipv4(text: str) -> int | None:
    match = _IPV4.fullmatch(text)
    octets = [int(octet) for octet in match.groups()] if match and len(text) < 100 else []
    if not octets or max(octets) > 255:
        return None
    return int.from_bytes(bytes(octets), "big")


def _ipv6(text: str) -> int | None:
    from ipaddress import AddressValueError, IPv6Address

    head, colon, tail = text.rpartition(":")
    if "." in tail:
        embedded = _ipv4(tail)
        if embedded is None:
            return None
        text = f"{head}{colon}{embedded >> 16:x}:{embedded & 0xFFFF:x}"
    try:
        return None if "%" in text else int(IPv6Address(text))
    except AddressValueError:
        return None


def _address_text(value: int, bits: int) -> str:
    from ipaddress import IPv4Address, IPv6Address

    if bits == 32:
        return str(IPv4Address(value))
    return str(IPv4Address(value & 0xFFFFFFFF)) if value >> 32 == 0xFFFF else str(IPv6Address(value))


def _network_text(network: Network) -> str:
    length = max(network.length - 96, 0) if network.mapped else network.length
    return f"{_address_text(network.address, network.bits)}/{length}"


def _insert(address: int, number: int, shift: int, bits: int) -> int:
    """The number set into the address; what is negative counts by its absolute value, as in Go."""
    result = abs(address | (number << shift))
    if result >> bits:
        raise FunctionError("the number does not fit into the address")
    return result


@function("cidrhost", PREFIX, Parameter("hostnum", NUMBER))
def _cidrhost(prefix: str, hostnum: Number) -> str:
    number = whole(hostnum, "the host's number", any_size=True)
    network = parse_network(prefix)
    last = (1 << (network.bits - network.length)) - 1
    if not -last - 1 <= number <= last:
        raise FunctionError(f"a prefix of {network.length} does not accommodate a host numbered {number}")
    if number < 0:
        number += last + 1
    shift = network.bits - (32 if network.mapped or network.bits == 32 else 128)
    return _address_text(_insert(network.address, number, shift, network.bits), network.bits)


@function("cidrnetmask", PREFIX)
def _cidrnetmask(prefix: str) -> str:
    network = parse_network(prefix)
    if network.bits != 32 and not network.mapped:
        raise FunctionError("IPv6 addresses have no netmask")
    return _address_text(((1 << network.length) - 1) << (network.bits - network.length), network.bits)


@function("cidrsubnet", PREFIX, Parameter("newbits", NUMBER), Parameter("netnum", NUMBER))
def _cidrsubnet(prefix: str, newbits: Number, netnum: Number) -> str:
    extension, number = whole(newbits, "newbits"), whole(netnum, "netnum", any_size=True)
    network = parse_network(prefix)
    length = network.length + extension
    if length > network.bits:
        raise FunctionError(f"there is no room to extend a prefix of {network.length} by {extension}")
    if length < 0:
        return "<nil>"
    if 0 <= extension < _CHECKED_EXTENSION and number >> extension > 0:
        raise FunctionError(f"an extension of {extension} bits does not accommodate a subnet numbered {number}")
    address = _insert(network.address, number, network.bits - length, network.bits)
    return _network_text(Network(address, length, network.bits))


@function("cidrsubnets", PREFIX, variadic=Parameter("newbits", NUMBER))
def _cidrsubnets(prefix: str, *newbits: Number) -> list[str]:
    network = parse_network(prefix)
    end = network.address + (1 << (network.bits - network.length))
    last = network.address - 1
    result = []
    for extension in newbits:
        length = network.length + _checked_extension(whole(extension, "newbits"), network)
        block = 1 << (network.bits - length)
        start = (last // block + 1) * block
        if start >= end or start == 0:
            raise FunctionError("there is not enough address space left")
        result.append(_network_text(Network(start, length, network.bits)))
        last = start + block - 1
    return result


def _checked_extension(extension: int, network: Network) -> int:
    if not 1 <= extension <= _MOST_NEWBITS:
        raise FunctionError(f"a prefix can be extended by 1 to {_MOST_NEWBITS} bits")
    if network.length + extension > network.bits:
        raise FunctionError(f"a prefix cannot be longer than {network.bits} bits")
    return extension
