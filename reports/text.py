"""Values, origins and hostile text as short text for people; every text format builds on these."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

UNKNOWN = "__unknown__"
REDACTED = "__redacted__"

# What a terminal obeys, what reorders a line, and what hides in it: C0 and C1 controls, bidi marks and overrides,
# zero-width and invisible characters, line separators, lone surrogates, tag characters, noncharacters.
_HIDDEN = (
    "\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0e\ufeff\uffa0\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e0fff"
)
_UNSAFE = re.compile(f"[{_HIDDEN}]")
_UNSAFE_IN_LINES = re.compile(f"(?![\n\t])[{_HIDDEN}]")
_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_PLAIN_STRING = re.compile(r"(?!(?:true|false|null|yes|no|-?\d[\d.eE+-]*)$)\S(?:.*\S)?", re.DOTALL)


def visible(text: str, *, lines: bool = False) -> str:
    r"""Text in which nothing acts or hides: such characters appear as escapes (``\x1b``, ``\u202e``).

    With ``lines``, newlines and tabs stay what they are.
    """
    if text.isascii() and text.isprintable():
        return text
    return (_UNSAFE_IN_LINES if lines else _UNSAFE).sub(_escape, text)


def clip(text: str, limit: int) -> str:
    """Text of at most ``limit`` characters, the cut marked."""
    return text if len(text) <= limit else f"{text[: max(limit - 1, 0)]}…"


def columns(text: str) -> int:
    """How many columns of a terminal the text takes: wide characters (UAX #11, W and F) two, combining ones none."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


def padded(text: str, width: int) -> str:
    """Text with blanks up to so many columns of a terminal."""
    return text + " " * (width - columns(text))


def value_text(value: Any, limit: int | None = None) -> str:
    """A value in one line: ``db.t4g.micro``, ``[a, b]``, ``{minimum: 7}``, ``unknown: computed (aws_lb.main.arn)``."""
    text = visible(_value(value, 0))
    return text if limit is None else clip(text, limit)


def value_lines(value: Any) -> str:
    """A value over several lines, for where there is room: JSON with unknown and redacted parts in words."""
    if isinstance(value, str):
        return visible(value, lines=True)
    try:
        return visible(json.dumps(_worded(value), ensure_ascii=False, indent=2), lines=True)
    except RecursionError:
        return value_text(value)


def unknown_text(unknown: Mapping[str, Any]) -> str:
    """What is said of an unknown value: ``unknown: computed (module.x.aws_y.z.arn)``."""
    names = [reference_text(item) for item in _list(unknown.get("references"))]
    about = "; ".join(part for part in (", ".join(names), str(unknown.get("detail") or "")) if part)
    cause = str(unknown.get("cause") or "")
    head = f"unknown: {cause}" if cause else "unknown"
    return f"{head} ({about})" if about else head


def reference_text(reference: Any) -> str:
    """A reference, given as text or as address and attribute."""
    if isinstance(reference, Mapping):
        parts = (str(reference.get("address") or ""), str(reference.get("attribute") or ""))
        return ".".join(part for part in parts if part)
    return str(reference)


def origin_text(origin: Mapping[str, Any] | None) -> str:
    """Where it was found: ``main.tf:12 (via main.tf:3 module.ecs)``, an ARN, both, or nothing."""
    if not origin:
        return ""
    places = [place_text(origin), str(origin.get("arn") or "")]
    calls = [str(call) for call in _list(origin.get("calls"))]
    if calls:
        places[0] = f"{places[0]} (via {' > '.join(calls)})".strip()
    return visible(" · ".join(place for place in places if place))


def place_text(origin: Mapping[str, Any]) -> str:
    """File and line of an origin, as editors open them; empty without a file."""
    file, line = origin.get("file"), origin.get("line")
    if not file:
        return ""
    return visible(f"{file}:{line}" if line else str(file))


def clause_text(clause: Mapping[str, Any]) -> str:
    """A clause's place in the owner's document: ``infrastructure/README.md:30``."""
    return visible(f"{clause['document']}:{clause['line']}" if clause.get("line") else str(clause["document"]))


def _value(value: Any, depth: int) -> str:
    if depth > 40:
        return "…"
    if isinstance(value, str):
        return value if _PLAIN_STRING.fullmatch(value) else json.dumps(value, ensure_ascii=False)
    if isinstance(value, dict):
        special = _special(value, depth)
        if special is not None:
            return special
        return "{" + ", ".join(f"{key}: {_value(item, depth + 1)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_value(item, depth + 1) for item in value) + "]"
    return json.dumps(value)


def _special(value: dict[str, Any], depth: int) -> str | None:
    """The text of an unknown or redacted value; None for any other."""
    unknown, redacted = value.get(UNKNOWN), value.get(REDACTED)
    if len(value) == 1 and isinstance(redacted, dict):
        return f"redacted: {redacted.get('reason') or 'sensitive'}"
    if len(value) != 1 or not isinstance(unknown, dict):
        return None
    said = unknown_text(unknown)
    if unknown.get("parts"):
        return "".join(_part(part, depth + 1) for part in _list(unknown["parts"]))
    if unknown.get("partial") is not None:
        # What is not known comes first: a reader who sees only the beginning must not take it for the whole.
        more = ", and perhaps more" if unknown.get("open") else ""
        return f"partly {said}: {_value(unknown['partial'], depth + 1)}{more}"
    return said


def _part(part: Any, depth: int) -> str:
    return part if isinstance(part, str) else f"‹{_value(part, depth)}›"


def _worded(value: Any) -> Any:
    """The same structure with unknown and redacted parts as words."""
    if isinstance(value, dict):
        special = _special(value, 0)
        if special is None:
            return {str(key): _worded(item) for key, item in value.items()}
        unknown = value.get(UNKNOWN)
        if isinstance(unknown, dict) and unknown.get("partial") is not None and not unknown.get("parts"):
            return {f"‹partly {unknown_text(unknown)}›": _worded(unknown["partial"])}
        return f"‹{special}›"
    if isinstance(value, list):
        return [_worded(item) for item in value]
    return value


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    code = ord(character)
    if character in _NAMED:
        return _NAMED[character]
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
