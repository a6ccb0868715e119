"""Markup by small pure functions. Plain ``str`` is always escaped; only :class:`Html` passes as it is."""

from __future__ import annotations

import html
from collections.abc import Iterable
from functools import lru_cache
from typing import TypeAlias
from urllib.parse import quote

from reports.text import visible


class Html(str):
    """Text that is markup already."""

    __slots__ = ()


Child: TypeAlias = "Html | str | int | Iterable[Child] | None"
Attribute: TypeAlias = str | int | bool | None

_VOID = frozenset({"meta", "input", "br", "col", "hr"})
NOTHING = Html("")
_SHORT = 60


def escape(text: str) -> Html:
    """Text as text: no markup, no control characters, nothing that reorders or hides."""
    return Html(_quoted(text) if len(text) < _SHORT else html.escape(visible(text, lines=True)))


# Attributes and labels are mostly the page's own, a few strings many thousand times.
@lru_cache(maxsize=4096)
def _quoted(text: str) -> str:
    return html.escape(visible(text, lines=True))


def el(tag: str, *children: Child, **attributes: Attribute) -> Html:
    """One element. ``class_`` and ``data_x`` become ``class`` and ``data-x``; None and False leave one out."""
    named = "".join([_attribute(name, value) for name, value in attributes.items()]) if attributes else ""
    if tag in _VOID:
        return Html(f"<{tag}{named}>")
    body = "".join([child if type(child) is Html else _markup(child) for child in children])
    return Html(f"<{tag}{named}>{body}</{tag}>")


def join(*children: Child) -> Html:
    """Children one after the other."""
    return Html("".join([_markup(child) for child in children]))


def facts(pairs: Iterable[tuple[str, Child]], class_: str = "facts") -> Html:
    """A list of terms with what is said of each; empty ones are left out."""
    shown = [(term, body) for term, body in ((term, join(body)) for term, body in pairs) if body]
    if not shown:
        return NOTHING
    return el("dl", [el("div", el("dt", term), el("dd", body)) for term, body in shown], class_=class_)


def table(head: list[str], rows: Iterable[Html], *, class_: str, caption: str, quiet_head: bool = False) -> Html:
    """A table with a caption for those who hear it and column heads that keep their scope."""
    return el(
        "table",
        el("caption", caption, class_="unseen"),
        _head(tuple(head), quiet=quiet_head),
        el("tbody", rows),
        class_=class_,
    )


@lru_cache
def _head(names: tuple[str, ...], *, quiet: bool) -> Html:
    columns = el("tr", [el("th", name, scope="col") for name in names])
    return el("thead", columns, class_="unseen" if quiet else None)


def filter_link(text: Child, **choice: str) -> Html:
    """A link that is a filter: its fragment is the filter's whole state."""
    fragment = "&".join(f"{name}={quote(value, safe='')}" for name, value in choice.items())
    return el("a", text, href=f"#{fragment}", class_="pick")


def _markup(child: Child) -> str:
    if isinstance(child, Html):
        return child
    if child is None:
        return ""
    if isinstance(child, str):
        return escape(child)
    if isinstance(child, int):
        return str(child)
    return "".join([_markup(part) for part in child])


@lru_cache
def _name(name: str) -> str:
    return name.rstrip("_").replace("_", "-")


def _attribute(name: str, value: Attribute) -> str:
    if value is None or value is False:
        return ""
    return f" {_name(name)}" if value is True else f' {_name(name)}="{_quoted(str(value))}"'
