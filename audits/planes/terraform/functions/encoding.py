"""Encodings: base64…, urlencode, text in other character sets."""

from __future__ import annotations

import binascii

from audits.planes.terraform.functions.charsets import decode, encode
from audits.planes.terraform.functions.digests import base64
from audits.planes.terraform.functions.registry import FunctionError, Parameter, function, unsupported
from audits.planes.terraform.types import STRING
from audits.planes.terraform.values import TerraformValue

STR = Parameter("str", STRING)
ENCODING = Parameter("encoding", STRING)


@function("base64encode", STR)
def _base64encode(text: str) -> str:
    return base64(text.encode())


@function("base64decode", STR)
def _base64decode(text: str) -> str:
    try:
        return decode_base64(text).decode()
    except UnicodeDecodeError as error:
        raise FunctionError("the decoded bytes are not valid UTF-8") from error


def decode_base64(text: str) -> bytes:
    """The bytes of standard base64; line breaks in it do not count. Raises FunctionError if it is none."""
    bare = text.replace("\r", "").replace("\n", "")
    body = bare.rstrip("=")
    if len(bare) % 4 or len(bare) - len(body) > 2:
        raise FunctionError("the text is not valid base64")
    try:
        return binascii.a2b_base64(bare.encode("ascii"), strict_mode=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise FunctionError("the text is not valid base64") from error


@function("base64gzip", STR)
def _base64gzip(text: str) -> TerraformValue:
    return unsupported("base64gzip() compresses in a way of its own")


@function("urlencode", STR)
def _urlencode(text: str) -> str:
    from urllib.parse import quote_plus

    return quote_plus(text)


@function("textencodebase64", Parameter("string", STRING), ENCODING)
def _textencodebase64(text: str, encoding: str) -> TerraformValue:
    encoded = encode(text, encoding)
    return unsupported(f'text in "{encoding}"') if encoded is None else base64(encoded)


@function("textdecodebase64", Parameter("source", STRING), ENCODING)
def _textdecodebase64(text: str, encoding: str) -> TerraformValue:
    decoded = decode(decode_base64(text), encoding)
    return unsupported(f'text in "{encoding}"') if decoded is None else decoded
