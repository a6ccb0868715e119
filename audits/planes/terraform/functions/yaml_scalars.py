"""What the scalars of a YAML document stand for."""

from __future__ import annotations

import re

from audits.planes.terraform.functions.dates import rfc3339, timestamp_from
from audits.planes.terraform.functions.registry import FunctionError, unsupported
from audits.planes.terraform.numbers import parse_number
from audits.planes.terraform.texts import nfc
from audits.planes.terraform.values import TerraformValue

_YES, _NO = ("y", "yes", "on", "true"), ("n", "no", "off", "false")
_WORDS: dict[str, bool | None] = dict.fromkeys(("", "~", "null", "Null", "NULL"))
_WORDS |= {form: True for word in _YES for form in (word, word.capitalize(), word.upper())}
_WORDS |= {form: False for word in _NO for form in (word, word.capitalize(), word.upper())}
_INFINITE = frozenset(sign + word for sign in ("", "+", "-") for word in (".inf", ".Inf", ".INF"))
_NOT_A_NUMBER = frozenset((".nan", ".NaN", ".NAN"))
_NUMBER = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_BASED = re.compile(r"0x[0-9a-fA-F]+|0o[0-7]+")
_TIMESTAMP = re.compile(
    r"(\d{4})-(\d\d?)-(\d\d?)"
    r"(?:[Tt](\d\d?):(\d\d?):(\d\d?)(?:[.,]\d+)?(Z|[+-]\d\d:\d\d)| (\d\d?):(\d\d?):(\d\d?)(?:[.,]\d+)?)?",
    re.ASCII,
)


def resolve(text: str) -> TerraformValue:
    """The value that a plain scalar without tag stands for."""
    if text in _WORDS:
        return _WORDS[text]
    if text in _INFINITE:
        return unsupported("an infinite number")
    if text in _NOT_A_NUMBER:
        raise FunctionError("what is not a number cannot be represented")
    if _BASED.fullmatch(text):
        return int(text, 0)
    if _NUMBER.fullmatch(text):
        return parse_number(text)
    return _timestamp(text) or nfc(text)


def tagged(text: str, tag: str, *, quoted: bool) -> TerraformValue:
    """The value of a scalar with an explicit tag. A quoted one stays a string."""
    if tag not in ("str", "null", "bool", "int", "float", "timestamp", "binary"):
        raise FunctionError(f'the tag "{tag}" is not supported')
    if tag == "str" or (quoted and tag != "binary"):
        return nfc(text)
    if tag == "null":
        return None
    if tag == "binary":
        return _binary(text)
    value = resolve(text)
    if isinstance(value, str) and (tag != "timestamp" or _timestamp(text) is None):
        raise FunctionError(f'"{text}" is no {tag}')
    return value


def _binary(text: str) -> str:
    from audits.planes.terraform.functions.encoding import decode_base64

    decode_base64(text)
    return text


def _timestamp(text: str) -> str | None:
    """The timestamp in RFC 3339, or None if it is none."""
    match = _TIMESTAMP.fullmatch(text)
    if match is None:
        return None
    date = (int(match[1]), int(match[2]), int(match[3]))
    clock = [int(match[group] or match[group + 4] or 0) for group in (4, 5, 6)]
    try:
        return rfc3339(timestamp_from(date, (clock[0], clock[1], clock[2]), match[7] or "Z"))
    except FunctionError:
        return None
