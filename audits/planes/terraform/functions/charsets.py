"""The character sets that Terraform knows by their IANA names, as far as Python's codecs agree with them."""

from __future__ import annotations

from typing import TypeVar

from audits.planes.terraform.functions.registry import FunctionError

_SINGLE = {
    "us-ascii": "ascii", "iso-8859-1": "latin-1", "iso_8859-1": "latin-1", "iso_8859-1:1987": "latin-1",
    "latin1": "latin-1", "l1": "latin-1", "latin2": "iso8859-2", "cp437": "cp437", "ibm437": "cp437",
    "cp850": "cp850", "ibm850": "cp850", "ibm852": "cp852", "ibm855": "cp855", "ibm860": "cp860", "ibm862": "cp862",
    "ibm863": "cp863", "ibm865": "cp865", "ibm866": "cp866", "ibm037": "cp037", "cp037": "cp037", "koi8-r": "koi8-r",
    "koi8-u": "koi8-u", "macintosh": "mac-roman", "mac": "mac-roman", "cswindows1252": "cp1252",
}  # fmt: skip
_SINGLE |= {f"iso-8859-{part}": f"iso8859-{part}" for part in (*range(2, 11), *range(13, 17))}
_SINGLE |= {f"windows-{page}": f"cp{page}" for page in range(1250, 1259)}
_UNICODE = {"utf-8": "utf-8", "csutf8": "utf-8", "utf-16le": "utf-16-le", "utf-16be": "utf-16-be"}
_UTF16 = frozenset(("utf-16", "csutf16"))
_MULTIPLE = {
    "big5": ("big5", "cp950", "big5hkscs"), "euc-jp": ("euc_jp", "euc_jis_2004"), "euc-kr": ("euc_kr", "cp949"),
    "gb18030": ("gb18030", "gbk"), "gbk": ("gbk", "gb18030"), "cp936": ("gbk", "gb18030"), "ms936": ("gbk", "gb18030"),
    "csgbk": ("gbk", "gb18030"), "shift_jis": ("shift_jis", "cp932"), "ms_kanji": ("shift_jis", "cp932"),
    "csshiftjis": ("shift_jis", "cp932"),
}  # fmt: skip
_OTHERS = frozenset(
    (
        "hz-gb-2312", "ibm00858", "ibm01140", "ibm1047", "iso-2022-jp", "iso-8859-6-e", "iso-8859-6-i",
        "iso-8859-8-e", "iso-8859-8-i", "windows-874",
    )
)  # fmt: skip
_NOT_SUPPORTED = frozenset(
    (
        "ascii", "big5-hkscs", "cesu-8", "cp1252", "euckr", "gb2312", "ibm858", "iso-2022-kr", "iso-8859-11",
        "ks_c_5601-1987", "sjis", "tis-620", "unicode", "utf-32", "utf-7", "utf8", "windows-31j", "x-mac-cyrillic",
        "x-user-defined",
    )
)  # fmt: skip
_BOM = "\ufeff"
_Result = TypeVar("_Result", str, bytes)


def encode(text: str, charset: str) -> bytes | None:
    """The text's bytes; None where Terraform's tables are not at hand. Raises FunctionError if it cannot be encoded."""
    name = charset.lower()
    if name in _UTF16:
        return (_BOM + text).encode("utf-16-be")
    if name in _MULTIPLE:
        return _agreed([_try_encode(text, codec) for codec in _MULTIPLE[name]])
    codec = _codec(name)
    encoded = _try_encode(text, codec) if codec else None
    if codec and encoded is None and not _has_control(text):
        raise FunctionError(f'the text cannot be represented in "{charset}"')
    return encoded


def decode(data: bytes, charset: str) -> str | None:
    """The bytes' text; None where Terraform's tables are not at hand. Raises FunctionError if they hold none."""
    name = charset.lower()
    if name in _MULTIPLE:
        return _agreed([_try_decode(data, codec) for codec in _MULTIPLE[name]])
    codec = _utf16_codec(data) if name in _UTF16 else _codec(name)
    text = _try_decode(data, codec) if codec else None
    exact = name in _UNICODE or name in _UTF16 or codec == "ascii"
    if exact and (text is None or "\ufffd" in text):
        raise FunctionError(f'the bytes are no text in "{charset}"')
    return text.removeprefix(_BOM) if text and name in _UTF16 else text


def _codec(name: str) -> str | None:
    """Python's codec, or None for one that Terraform has and Python lacks. Raises FunctionError for no charset."""
    if name in _SINGLE or name in _UNICODE:
        return _SINGLE.get(name) or _UNICODE[name]
    if name in _NOT_SUPPORTED or not _looks_like_charset(name):
        raise FunctionError(f'"{name}" is no supported character set')
    return None


def _looks_like_charset(name: str) -> bool:
    return name in _OTHERS or name.startswith("cs") or any(character.isdigit() for character in name)


def _utf16_codec(data: bytes) -> str:
    return "utf-16-le" if data.startswith(b"\xff\xfe") else "utf-16-be"


def _try_encode(text: str, codec: str) -> bytes | None:
    try:
        return text.encode(codec)
    except UnicodeError:
        return None


def _try_decode(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except UnicodeError:
        return None


def _agreed(results: list[_Result | None]) -> _Result | None:
    return results[0] if all(result == results[0] for result in results) else None


def _has_control(text: str) -> bool:
    return any("\x80" <= character <= "\x9f" for character in text)
