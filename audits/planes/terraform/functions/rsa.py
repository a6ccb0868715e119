"""RSA decryption for rsadecrypt: PKCS #1 v1.5 with a key in PEM."""

from __future__ import annotations

import re
from typing import NamedTuple

from audits.planes.terraform.functions.registry import FunctionError

_PEM = re.compile(r"-----BEGIN ((?:RSA )?PRIVATE KEY)-----\s+([A-Za-z0-9+/=\s]+)-----END \1-----")
_INTEGER, _OCTETS, _SEQUENCE = 0x02, 0x04, 0x30
_LARGEST_MODULUS = 16_384


class Key(NamedTuple):
    """A private key: modulus and private exponent."""

    modulus: int
    exponent: int


def decrypt(ciphertext: str, key_text: str) -> str:
    """The plain text of base64 ciphertext. Raises FunctionError if key and text do not fit."""
    from audits.planes.terraform.functions.encoding import decode_base64

    encrypted = decode_base64(ciphertext)
    key = parse_key(key_text)
    size = (key.modulus.bit_length() + 7) // 8
    number = int.from_bytes(encrypted, "big")
    if len(encrypted) != size or number >= key.modulus:
        raise FunctionError("the text was not encrypted for this key")
    padded = pow(number, key.exponent, key.modulus).to_bytes(size, "big")
    end = padded.find(b"\0", 2)
    if not padded.startswith(b"\0\2") or end < 10:
        raise FunctionError("the text was not encrypted for this key")
    try:
        return padded[end + 1 :].decode()
    except UnicodeDecodeError as error:
        raise FunctionError("the decrypted bytes are not valid UTF-8") from error


def parse_key(text: str) -> Key:
    """An RSA key in PKCS #1 or PKCS #8. Raises FunctionError for anything else."""
    from audits.planes.terraform.functions.encoding import decode_base64

    match = _PEM.search(text)
    if match is None:
        raise FunctionError("the private key is not in a known form")
    try:
        der = decode_base64("".join(match[2].split()))
        numbers = _sequence(der)
        if match[1] == "PRIVATE KEY":
            numbers = _sequence(next(body for tag, body in numbers if tag == _OCTETS), inner=True)
        integers = [int.from_bytes(body, "big") for tag, body in numbers if tag == _INTEGER]
        key = Key(integers[1], integers[3])
    except (IndexError, StopIteration, ValueError) as error:
        raise FunctionError("the private key is damaged") from error
    if not 0 < key.modulus.bit_length() <= _LARGEST_MODULUS:
        raise FunctionError("the private key is damaged")
    return key


def _sequence(der: bytes, *, inner: bool = False) -> list[tuple[int, bytes]]:
    """The elements of the one DER sequence that the bytes hold."""
    elements = _elements(der)
    if len(elements) != 1 or elements[0][0] != _SEQUENCE:
        raise ValueError("not a sequence" if not inner else "not a key")
    return _elements(elements[0][1])


def _elements(der: bytes) -> list[tuple[int, bytes]]:
    result = []
    position = 0
    while position < len(der):
        tag, length = der[position], der[position + 1]
        position += 2
        if length & 0x80:
            count = length & 0x7F
            length = int.from_bytes(der[position : position + count], "big")
            position += count
        if position + length > len(der):
            raise ValueError("cut short")
        result.append((tag, der[position : position + length]))
        position += length
    return result
