"""A private RSA key for tests, made from two fixed primes so that none has to be kept in a file."""

from __future__ import annotations

from base64 import b64encode

FIRST = 2**521 - 1
SECOND = 2**607 - 1
EXPONENT = 65_537


def _integer(number: int) -> bytes:
    body = number.to_bytes(number.bit_length() // 8 + 1, "big")
    return b"\x02" + _length(len(body)) + body


def _length(length: int) -> bytes:
    if length < 128:
        return bytes((length,))
    body = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((0x80 | len(body),)) + body


def numbers() -> tuple[int, int]:
    """Modulus and private exponent."""
    return FIRST * SECOND, pow(EXPONENT, -1, (FIRST - 1) * (SECOND - 1))


def private_key() -> str:
    """The key in PEM, as PKCS #1."""
    modulus, private = numbers()
    fields = (0, modulus, EXPONENT, private, FIRST, SECOND)
    fields += (private % (FIRST - 1), private % (SECOND - 1), pow(SECOND, -1, FIRST))
    body = b"".join(map(_integer, fields))
    der = b"\x30" + _length(len(body)) + body
    text = b64encode(der).decode()
    lines = "\n".join(text[start : start + 64] for start in range(0, len(text), 64))
    label = "RSA PRIVATE KEY"
    return f"-----BEGIN {label}-----\n{lines}\n-----END {label}-----\n"


def encrypt(text: str) -> str:
    """The text encrypted for the key, in base64, with padding that is always the same."""
    modulus, _ = numbers()
    size = (modulus.bit_length() + 7) // 8
    padding = b"\x01" * (size - len(text.encode()) - 3)
    message = int.from_bytes(b"\0\2" + padding + b"\0" + text.encode(), "big")
    return b64encode(pow(message, EXPONENT, modulus).to_bytes(size, "big")).decode()
