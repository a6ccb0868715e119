"""How Terraform keeps text."""

from __future__ import annotations

import unicodedata


def nfc(text: str) -> str:
    """The text as Terraform keeps every string: in Unicode's normal form C, lone surrogates replaced."""
    if text.isascii():
        return text
    if any("\ud800" <= character <= "\udfff" for character in text):
        text = "".join("\ufffd" if "\ud800" <= character <= "\udfff" else character for character in text)
    return unicodedata.normalize("NFC", text)
