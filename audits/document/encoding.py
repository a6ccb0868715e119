"""Encoding damage: text whose UTF-8 was read as a one-byte encoding and saved again ("ì—…ë°" for "업데").

What can be undone is undone. Bytes that the one-byte encoding does not have were lost on the way: the characters they
belonged to come back as U+FFFD, and nothing is concluded from the places where they stand.
"""

from __future__ import annotations

from dataclasses import dataclass

LOST = "\ufffd"
"""Stands for one or more characters that cannot be told."""

_CODECS = ("cp1252", "cp1254", "latin-1", "cp1250", "cp1251")
_FEWEST = 8
"""Fewer characters than that prove nothing."""


@dataclass(frozen=True, slots=True)
class Damage:
    """What happened to a text. ``codec`` is what it was misread as; ``lost`` counts the places that stay unknown."""

    codec: str
    lost: int

    def __str__(self) -> str:
        lost = f"; {self.lost} characters were lost and stay unknown" if self.lost else ""
        return f"the text is UTF-8 that was read as {self.codec} and saved again (mojibake){lost}"


def repaired(text: str) -> tuple[str, Damage | None]:
    """The text as it was before such damage, and what the damage was; the text itself and None if there is none."""
    foreign = sum(not char.isascii() for char in text)
    if foreign < _FEWEST:
        return text, None
    best: tuple[str, Damage] | None = None
    for codec in _CODECS:
        candidate = _undone(text, codec)
        if candidate is None:
            continue
        damage = Damage(codec, candidate.count(LOST))
        if best is None or damage.lost < best[1].lost:
            best = (candidate, damage)
    if best is None or not _is_better(best[0], best[1].lost):
        return text, None
    return best


def _undone(text: str, codec: str) -> str | None:
    """The text with the misreading undone; None if it holds what that encoding does not have."""
    data = bytearray()
    for char in text:
        try:
            data += char.encode(codec)
        except UnicodeEncodeError:
            if not 0x80 <= ord(char) < 0xA0:
                return None
            # Where the encoding has no character, some programs keep the byte as a control character.
            data.append(ord(char))
    return data.decode("utf-8", errors="replace")


def _is_better(candidate: str, lost: int) -> bool:
    """Whether it reads as text: of what is not ASCII, far more came back than was lost.

    A text in French, say, has accents that are no UTF-8 as bytes: nearly all of them would be lost.
    """
    came_back = sum(not char.isascii() for char in candidate) - lost
    return came_back >= _FEWEST and lost * 2 <= came_back
