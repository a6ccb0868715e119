"""Values, places and sources inside table cells."""

from __future__ import annotations

from typing import Any

from reports.html.elements import NOTHING, Html, el, join
from reports.labels import Labels
from reports.text import REDACTED, UNKNOWN, clause_text, place_text, value_lines, value_text

_SHORT = 140


def value(data: Any) -> Html:
    """A value: short ones in place, long ones folded behind their beginning."""
    text = value_text(data)
    kind = "val unk" if _nothing_known(data) else "val"
    if len(text) <= _SHORT:
        return el("code", text, class_=kind)
    head = el("summary", el("code", value_text(data, _SHORT), class_=kind))
    return el("details", head, el("pre", value_lines(data), tabindex="0"), class_="more")


def _nothing_known(data: Any) -> bool:
    if not isinstance(data, dict):
        return False
    unknown = data.get(UNKNOWN)
    return REDACTED in data or (
        isinstance(unknown, dict) and not unknown.get("parts") and unknown.get("partial") is None
    )


def origin(data: dict[str, Any] | None, labels: Labels) -> Html:
    """Where something was found: file and line, the module calls that lead there, the ARN."""
    if not data:
        return NOTHING
    calls = [str(call) for call in data.get("calls") or ()]
    parts = [
        el("span", place_text(data), class_="file") if data.get("file") else None,
        el("span", f"{labels('via')} {' › '.join(calls)}", class_="via") if calls else None,
        el("span", str(data["arn"]), class_="arn") if data.get("arn") else None,
    ]
    body = join(parts)
    return el("p", body, class_="origin") if body else NOTHING


def clause_place(clause: dict[str, Any]) -> Html:
    """The clause's document and line."""
    return el("span", clause_text(clause), class_="file")


def note(term: str, text: str | None, class_: str) -> Html:
    """A labelled remark under a value; nothing for an empty one."""
    return el("p", el("b", term), " ", text, class_=class_) if text else NOTHING
