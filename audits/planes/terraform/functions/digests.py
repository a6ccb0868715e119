"""Digests of bytes, and how they are written. The modules behind them load with the first digest."""

from __future__ import annotations


def digest(algorithm: str, data: bytes) -> bytes:
    """The digest by this algorithm; none of them protects anything here."""
    import hashlib

    return hashlib.new(algorithm, data, usedforsecurity=False).digest()


def hexadecimal(data: bytes) -> str:
    """The bytes in lower-case hexadecimal."""
    return data.hex()


def base64(data: bytes) -> str:
    """The bytes in standard base64."""
    from binascii import b2a_base64

    return b2a_base64(data, newline=False).decode()
