"""Grapheme clusters (UAX #29): what people take for one character, and what Terraform counts and cuts by."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_PICTOGRAPHIC = (
    (0xA9, 0xA9), (0xAE, 0xAE), (0x203C, 0x203C), (0x2049, 0x2049), (0x2122, 0x2122), (0x2139, 0x2139),
    (0x2194, 0x2199), (0x21A9, 0x21AA), (0x231A, 0x231B), (0x2328, 0x2328), (0x2388, 0x2388), (0x23CF, 0x23CF),
    (0x23E9, 0x23F3), (0x23F8, 0x23FA), (0x24C2, 0x24C2), (0x25AA, 0x25AB), (0x25B6, 0x25B6), (0x25C0, 0x25C0),
    (0x25FB, 0x25FE), (0x2600, 0x2605), (0x2607, 0x2612), (0x2614, 0x2685), (0x2690, 0x2705), (0x2708, 0x2712),
    (0x2714, 0x2714), (0x2716, 0x2716), (0x271D, 0x271D), (0x2721, 0x2721), (0x2728, 0x2728), (0x2733, 0x2734),
    (0x2744, 0x2744), (0x2747, 0x2747), (0x274C, 0x274C), (0x274E, 0x274E), (0x2753, 0x2755), (0x2757, 0x2757),
    (0x2763, 0x2767), (0x2795, 0x2797), (0x27A1, 0x27A1), (0x27B0, 0x27B0), (0x27BF, 0x27BF), (0x2934, 0x2935),
    (0x2B05, 0x2B07), (0x2B1B, 0x2B1C), (0x2B50, 0x2B50), (0x2B55, 0x2B55), (0x3030, 0x3030), (0x303D, 0x303D),
    (0x3297, 0x3297), (0x3299, 0x3299), (0x1F000, 0x1F0FF), (0x1F10D, 0x1F10F), (0x1F12F, 0x1F12F),
    (0x1F16C, 0x1F171), (0x1F17E, 0x1F17F), (0x1F18E, 0x1F18E), (0x1F191, 0x1F19A), (0x1F1AD, 0x1F1E5),
    (0x1F201, 0x1F20F), (0x1F21A, 0x1F21A), (0x1F22F, 0x1F22F), (0x1F232, 0x1F23A), (0x1F23C, 0x1F23F),
    (0x1F249, 0x1F3FA), (0x1F400, 0x1F53D), (0x1F546, 0x1F64F), (0x1F680, 0x1F6FF), (0x1F774, 0x1F77F),
    (0x1F7D5, 0x1F7FF), (0x1F80C, 0x1F80F), (0x1F848, 0x1F84F), (0x1F85A, 0x1F85F), (0x1F888, 0x1F88F),
    (0x1F8AE, 0x1F8FF), (0x1F90C, 0x1F93A), (0x1F93C, 0x1F945), (0x1F947, 0x1FAFF), (0x1FC00, 0x1FFFD),
)  # fmt: skip
_PREPEND = (
    (0x600, 0x605), (0x6DD, 0x6DD), (0x70F, 0x70F), (0x890, 0x891), (0x8E2, 0x8E2), (0xD4E, 0xD4E),
    (0x110BD, 0x110BD), (0x110CD, 0x110CD), (0x111C2, 0x111C3),
)  # fmt: skip
_EXTEND_EXTRA = frozenset(
    (0x200C, 0x9BE, 0x9D7, 0xB3E, 0xB57, 0xBBE, 0xBD7, 0xCC2, 0xCD5, 0xCD6, 0xD3E, 0xD57, 0xDCF, 0xDDF, 0x1B35)
) | frozenset((0x302E, 0x302F, 0xFF9E, 0xFF9F, 0x1133E, 0x11357, 0x114B0, 0x114BD, 0x115AF, 0x1D165))
_NOT_SPACING = frozenset((0x102B, 0x102C, 0x1038, 0x1087, 0x108F, 0x1A61, 0x1A63, 0x1A64, 0xAA7B, 0xAA7D, 0x11720))


def clusters(text: str) -> list[str]:
    """The text's grapheme clusters, in order."""
    if text.isascii() and "\r" not in text:
        return list(text)
    result: list[str] = []
    for position, rune in enumerate(text):
        if position and not _breaks_before(text, position):
            result[-1] += rune
        else:
            result.append(rune)
    return result


def _breaks_before(text: str, position: int) -> bool:
    before, after = _class(text[position - 1]), _class(text[position])
    if before == "CR" and after == "LF":
        return False
    if before in ("CR", "LF", "Control") or after in ("CR", "LF", "Control"):
        return True
    if (before, after) in _HANGUL or after in ("Extend", "ZWJ", "SpacingMark") or before == "Prepend":
        return False
    if before == "ZWJ" and after == "Pictographic":
        return not _joined_pictograph(text, position - 2)
    if before == after == "Flag":
        return _flags_before(text, position) % 2 == 0
    return True


def _joined_pictograph(text: str, position: int) -> bool:
    while position >= 0 and _class(text[position]) == "Extend":
        position -= 1
    return position >= 0 and _class(text[position]) == "Pictographic"


def _flags_before(text: str, position: int) -> int:
    count = 0
    while count < position and _class(text[position - count - 1]) == "Flag":
        count += 1
    return count


_HANGUL = {("L", "L"), ("L", "V"), ("L", "LV"), ("L", "LVT"), ("LV", "V"), ("V", "V"), ("LV", "T"), ("V", "T")} | {
    ("LVT", "T"),
    ("T", "T"),
}


@lru_cache(maxsize=4096)
def _class(rune: str) -> str:
    code = ord(rune)
    if rune in "\r\n":
        return "CR" if rune == "\r" else "LF"
    if code == 0x200D:
        return "ZWJ"
    category = unicodedata.category(rune)
    if code in _EXTEND_EXTRA or category in ("Mn", "Me") or 0x1F3FB <= code <= 0x1F3FF or 0xE0020 <= code <= 0xE007F:
        return "Extend"
    if _within(code, _PREPEND):
        return "Prepend"
    if category in ("Cc", "Cf", "Zl", "Zp"):
        return "Control"
    if category == "Mc":
        return "Other" if code in _NOT_SPACING else "SpacingMark"
    if code in (0xE33, 0xEB3):
        return "SpacingMark"
    if 0x1F1E6 <= code <= 0x1F1FF:
        return "Flag"
    return _hangul_class(code) or ("Pictographic" if _within(code, _PICTOGRAPHIC) else "Other")


def _hangul_class(code: int) -> str:
    if 0x1100 <= code <= 0x115F or 0xA960 <= code <= 0xA97C:
        return "L"
    if 0x1160 <= code <= 0x11A7 or 0xD7B0 <= code <= 0xD7C6:
        return "V"
    if 0x11A8 <= code <= 0x11FF or 0xD7CB <= code <= 0xD7FB:
        return "T"
    if 0xAC00 <= code <= 0xD7A3:
        return "LV" if (code - 0xAC00) % 28 == 0 else "LVT"
    return ""


def _within(code: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= code <= last for first, last in ranges)
