"""Hashes of text and identifiers: md5, sha…, base64sha…, uuid, uuidv5, bcrypt, rsadecrypt."""

from __future__ import annotations

from audits.model import Unknown
from audits.planes.terraform.functions.digests import base64, digest, hexadecimal
from audits.planes.terraform.functions.registry import FunctionError, Parameter, function, unsupported
from audits.planes.terraform.types import NUMBER, STRING

STR = Parameter("str", STRING)
_NAMESPACES = {
    "dns": "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
    "url": "6ba7b811-9dad-11d1-80b4-00c04fd430c8",
    "oid": "6ba7b812-9dad-11d1-80b4-00c04fd430c8",
    "x500": "6ba7b814-9dad-11d1-80b4-00c04fd430c8",
}
_HEX = frozenset("0123456789abcdefABCDEF")


@function("md5", STR)
def _md5(text: str) -> str:
    return hexadecimal(digest("md5", text.encode()))


@function("sha1", STR)
def _sha1(text: str) -> str:
    return hexadecimal(digest("sha1", text.encode()))


@function("sha256", STR)
def _sha256(text: str) -> str:
    return hexadecimal(digest("sha256", text.encode()))


@function("sha512", STR)
def _sha512(text: str) -> str:
    return hexadecimal(digest("sha512", text.encode()))


@function("base64sha256", STR)
def _base64sha256(text: str) -> str:
    return base64(digest("sha256", text.encode()))


@function("base64sha512", STR)
def _base64sha512(text: str) -> str:
    return base64(digest("sha512", text.encode()))


@function("uuid")
def _uuid() -> Unknown:
    return unsupported("uuid() is random")


@function("uuidv5", Parameter("namespace", STRING), Parameter("name", STRING))
def _uuidv5(namespace: str, name: str) -> str:
    space = _parse_uuid(_NAMESPACES.get(namespace, namespace))
    number = bytearray(digest("sha1", space + name.encode())[:16])
    number[6] = number[6] & 0x0F | 0x50
    number[8] = number[8] & 0x3F | 0x80
    text = number.hex()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def _parse_uuid(text: str) -> bytes:
    bare = text[9:] if text.lower().startswith("urn:uuid:") else text
    if len(text) == 38:
        bare = text[1:-1]
    parts = bare.split("-")
    digits = "".join(parts)
    shaped = len(bare) == 32 or [len(part) for part in parts] == [8, 4, 4, 4, 12]
    if not shaped or len(digits) != 32 or not _HEX.issuperset(digits):
        raise FunctionError(f'"{text}" is no UUID and no known namespace')
    return bytes.fromhex(digits)


@function("bcrypt", STR, variadic=Parameter("cost", NUMBER))
def _bcrypt(_text: str, *costs: int) -> Unknown:
    if len(costs) > 1:
        raise FunctionError("it takes one or two arguments")
    return unsupported("bcrypt() is salted at random")


@function("rsadecrypt", Parameter("ciphertext", STRING), Parameter("privatekey", STRING))
def _rsadecrypt(ciphertext: str, privatekey: str) -> str:
    from audits.planes.terraform.functions.rsa import decrypt

    return decrypt(ciphertext, privatekey)
