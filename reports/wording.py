"""What a control asks for, in words: selectors, matchers and the bodies of relations, from their YAML data. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reports.labels import Labels
from reports.text import value_text

MATCHERS: tuple[str, ...] = (
    *("const", "enum", "type", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "pattern"),
    *("minLength", "maxLength", "minItems", "maxItems", "uniqueItems", "items", "contains", "properties", "required"),
    *("allOf", "anyOf", "oneOf", "not", "unordered", "refers_to", "absent"),
)
"""The keywords that have words here; a test holds them against those that there are."""
_CHOICE = {"kind", "select"}


def body_lines(body: Mapping[str, Any], labels: Labels) -> Iterator[str]:
    """The body of a control, a line a statement, what belongs to one indented below it."""
    if "one_of" in body:
        yield labels("says.one of several")
        for one in body["one_of"]:
            yield from (f"  {line}" for line in _resources(one, labels))
        yield from _count(body, labels)
    elif "kind" in body:
        yield from _resources(body, labels)
        yield from _count(body, labels)
    else:
        # What a spec shares among its controls (tables of costs) says nothing of this one.
        yield from _nested({name: value for name, value in body.items() if name != "cost_tables"}, labels)


def _resources(one: Mapping[str, Any], labels: Labels) -> Iterator[str]:
    yield chosen(one, labels)
    for path, matcher in one.get("expect", {}).items():
        yield f"  {path} {matcher_text(matcher, labels)}"


def _count(body: Mapping[str, Any], labels: Labels) -> Iterator[str]:
    yield f"  {labels('says.count')} {matcher_text(body.get('count', {'minimum': 1}), labels)}"


def chosen(one: Mapping[str, Any], labels: Labels) -> str:
    """A kind, with what chooses of it."""
    select = one.get("select") or {}
    return f"{one['kind']} {labels('says.where')} {selector_text(select, labels)}" if select else str(one["kind"])


def selector_text(select: Mapping[str, Any], labels: Labels) -> str:
    """A selector in one line."""
    parts = [
        f"{labels('says.referred_by')} {chosen(value, labels)} ({value['path']})"
        if path == "referred_by" and isinstance(value, Mapping) and {"kind", "path"} <= set(value)
        else f"{path} {matcher_text(value, labels)}"
        for path, value in select.items()
    ]
    return f" {labels('says.and')} ".join(parts)


def matcher_text(matcher: Any, labels: Labels) -> str:
    """A matcher in one line: ``= 7``, ``at least 7``, ``one of a, b``."""
    if not _is_matcher(matcher):
        return f"= {value_text(matcher)}"
    return f" {labels('says.and')} ".join(_keyword(name, value, labels) for name, value in matcher.items())


def _is_matcher(data: Any) -> bool:
    return isinstance(data, Mapping) and bool(data) and all(name in MATCHERS for name in data)


def _keyword(name: str, value: Any, labels: Labels) -> str:
    if name == "absent":
        return labels("says.absent" if value is True else "says.present")
    return labels(f"says.{name}", v=_argument(name, value, labels))


def _argument(name: str, value: Any, labels: Labels) -> str:
    if name in ("allOf", "anyOf", "oneOf") and isinstance(value, Sequence):
        return " · ".join(matcher_text(one, labels) for one in value)
    if name in ("items", "contains", "not"):
        return matcher_text(value, labels)
    if name == "properties" and isinstance(value, Mapping):
        return f" {labels('says.and')} ".join(f"{path} {matcher_text(one, labels)}" for path, one in value.items())
    if name == "refers_to" and isinstance(value, Mapping) and "kind" in value:
        return chosen(value, labels)
    if isinstance(value, list):
        return ", ".join(value_text(one) for one in value)
    return value_text(value)


def _nested(data: Any, labels: Labels) -> Iterator[str]:
    if isinstance(data, Mapping):
        for name, value in data.items():
            line = _line(value, labels)
            if line is not None:
                yield f"{name}: {line}"
            else:
                yield f"{name}:"
                yield from (f"  {text}" for text in _nested(value, labels))
    else:
        for value in data:
            line = _line(value, labels)
            if line is not None:
                yield f"- {line}"
            else:
                yield from (f"{'- ' if first else '  '}{text}" for first, text in _marked(_nested(value, labels)))


def _marked(lines: Iterator[str]) -> Iterator[tuple[bool, str]]:
    return ((number == 0, text) for number, text in enumerate(lines))


def _line(value: Any, labels: Labels) -> str | None:
    """What fits in one line; None for what has lines of its own."""
    if isinstance(value, Mapping):
        if "kind" in value and set(value) <= _CHOICE:
            return chosen(value, labels)
        return matcher_text(value, labels) if _is_matcher(value) else None if value else "{}"
    if isinstance(value, list):
        plain = not any(isinstance(one, Mapping | list) for one in value)
        return ", ".join(value_text(one) for one in value) or "[]" if plain else None
    return value_text(value)
