"""A setting of the application as it stands in a file of the repository: found by a declared pattern, not in comments.

``file: {path, pattern, comments, type, unit, expect}``. The pattern must find exactly one place whose value is written
out. A program that takes it from its environment, or computes it, is unknown; a file that is not there is unreadable.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

from audits.expectations import matches
from audits.file_patterns import PatternError, compile_pattern
from audits.kind import Kind
from audits.matcher_check import MatcherError, check, speaks_of
from audits.model import FILE, Control, FileQuery, Gap, Origin, Redacted, Resource, State, Value, Verdict
from audits.relation import BodyError, Relation
from audits.view import View

_NUMBER = r"[+-]?[0-9]+(?:_[0-9]+)*(?:\.[0-9]+)?"
_PRODUCT = re.compile(rf"{_NUMBER}(?:\s*\*\s*{_NUMBER})*")
_DURATION = re.compile(rf"({_NUMBER})\s*([a-z]+)", re.IGNORECASE)
_QUOTED = re.compile(r"(?P<quote>[\"'`])(?P<text>[^\"'`\\$]*)(?P=quote)")
SECONDS: Mapping[str, float] = {"ms": 0.001, "s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400}
"""How many seconds a unit of time has."""

_PYTHON: Mapping[str, set[type]] = {"number": {int, float}, "duration": {int, float}, "string": {str}}


def query_of(body: Mapping[str, Any]) -> FileQuery:
    """What a control asks of the repository's files."""
    one = body["file"]
    return FileQuery(one["path"], one["pattern"], one["comments"])


def judge(control: Control, view: View) -> Sequence[Verdict]:
    """One verdict: on the value that the pattern finds."""
    wanted, query = control.body["file"], query_of(control.body)
    base = Verdict(State.UNREADABLE, "value", None, wanted["expect"], origin=Origin(query.path), key=query.path)
    file = next((one for one in view.resources(FILE) if one.identity == query.path), None)
    if file is None:
        return [_unread(base, [gap for gap in view.observation.gaps if gap.resource == query.path])]
    base = replace(base, resource=file.identity, origin=file.origin)
    found = _places(file, query)
    if found is None:
        cause = "the file was not searched for this pattern when it was read"
        return [replace(base, cause=cause, mend="audit the source anew, with these specs")]
    if not found:
        said = "the pattern finds nothing outside comments: the setting is gone, or is written in another way"
        return [replace(base, state=State.UNKNOWN, cause=said, mend="mend the pattern in the spec, or the setting")]
    return [_of_several([_of_one(place, wanted, base) for place in found])]


def _unread(base: Verdict, gaps: Sequence[Gap]) -> Verdict:
    if not gaps:
        mend = "give --repository the folder from which the spec's paths are written"
        return replace(base, cause="no file of the repository was read in this run", mend=mend)
    return replace(base, cause=gaps[0].cause, mend=gaps[0].mend, origin=gaps[0].origin)


def _places(file: Resource, query: FileQuery) -> Sequence[Mapping[str, Value]] | None:
    for one in file.attributes["queries"]:
        if one["digest"] == query.digest:
            places: Sequence[Mapping[str, Value]] = one["matches"]
            return places
    return None


def _of_one(place: Mapping[str, Value], wanted: Mapping[str, Any], base: Verdict) -> Verdict:
    text = place["value"]
    origin = replace(base.origin, line=place["line"], column=place["column"])
    here = replace(base, state=State.UNKNOWN, actual=text, origin=origin)
    if isinstance(text, Redacted):
        return replace(here, cause=f"the value was removed: it {text.reason}")
    if place["doubt"]:
        return replace(here, cause=place["doubt"])
    value = literal(text, wanted["type"], wanted.get("unit"), place["quoted"] or wanted["comments"] == "hash")
    if value is None:
        return replace(here, cause=f"is no {wanted['type']} that is written out")
    outcome = matches(wanted["expect"], value)
    state = State.UNKNOWN if outcome.holds is None else (State.PASS if outcome.holds else State.FAIL)
    return replace(here, state=state, actual=value, cause="" if state is State.PASS else outcome.message)


def _of_several(found: Sequence[Verdict]) -> Verdict:
    """One place decides; of several nobody knows which counts, but that all of them deviate."""
    if len(found) == 1:
        return found[0]
    lines = ", ".join(str(one.origin.line) for one in found)
    state = State.FAIL if all(one.state is State.FAIL for one in found) else State.UNKNOWN
    cause = f"the pattern finds {len(found)} places (lines {lines}): which of them counts cannot be told"
    return replace(found[0], state=state, actual=[one.actual for one in found], cause=cause)


def literal(text: str, type_: str, unit: str | None, quoted: bool) -> int | float | str | None:
    """The value that a text in a program is, if it is written out: a number, a string, or a duration in seconds.

    Numbers may be a product (``60 * 1000``) and have ``_`` between digits; a string that the pattern does not take the
    quotes of is one only where the place is ``quoted``. None for anything else: a name, a call, an expression.
    """
    match = _QUOTED.fullmatch(text)
    bare = match["text"] if match else text
    if type_ == "string":
        written = (match is not None or quoted) and not re.search(r"[\\$]", bare)
        return bare if written else None
    if _PRODUCT.fullmatch(bare.strip()):
        number = _product(bare)
        scale = SECONDS[unit] if type_ == "duration" and unit else 1
        return None if type_ == "duration" and unit is None else _plain(number * scale)
    timed = _DURATION.fullmatch(bare.strip()) if type_ == "duration" else None
    if timed is None or timed[2].lower() not in SECONDS:
        return None
    return _plain(_product(timed[1]) * SECONDS[timed[2].lower()])


def _product(text: str) -> float:
    number = 1.0
    for factor in text.split("*"):
        number *= float(factor.replace("_", ""))
    return number


def _plain(number: float) -> int | float:
    rounded = round(number, 9)
    return int(rounded) if rounded.is_integer() else rounded


def check_body(body: Mapping[str, Any], kinds: Mapping[str, Kind]) -> None:
    """Refuse paths, patterns and matchers that cannot be.

    Raises:
        BodyError: with the path to the place.
    """
    one = body["file"]
    path = PurePosixPath(one["path"])
    if path.is_absolute() or ".." in path.parts or "\\" in one["path"] or "\0" in one["path"] or not path.parts:
        raise BodyError("path is one below the repository, with / and without ..", ("file", "path"))
    if str(path) != one["path"]:
        raise BodyError(f"write the path as {str(path)!r}", ("file", "path"))
    try:
        compile_pattern(one["pattern"])
    except PatternError as error:
        raise BodyError(str(error), ("file", "pattern")) from error
    if "unit" in one and one["type"] != "duration":
        raise BodyError("unit goes with type: duration", ("file", "unit"))
    try:
        check(one["expect"], ("file", "expect"))
    except MatcherError as error:
        raise BodyError(str(error), error.path) from error
    spoken = speaks_of(one["expect"])
    if one["expect"] is None or (spoken and not spoken & _PYTHON[one["type"]]) or _is_of_resources(one["expect"]):
        raise BodyError(f"this could never hold for a {one['type']}", ("file", "expect"))


def _is_of_resources(matcher: Any) -> bool:
    if isinstance(matcher, list):
        return any(map(_is_of_resources, matcher))
    if not isinstance(matcher, dict):
        return False
    return not matcher.keys().isdisjoint(("refers_to", "absent")) or any(map(_is_of_resources, matcher.values()))


_TEXT = {"type": "string", "minLength": 1}
RELATION = Relation(
    name="files",
    keys=("file",),
    required=(),
    schema={
        "file": {
            "type": "object",
            "additionalProperties": False,
            "required": ["path", "pattern", "comments", "type", "expect"],
            "properties": {
                "path": _TEXT,
                "pattern": _TEXT,
                "comments": {"enum": ["none", "hash", "slashes"]},
                "type": {"enum": ["number", "string", "duration"]},
                "unit": {"enum": sorted(SECONDS)},
                "expect": {},
            },
        }
    },
    check=check_body,
    kinds=lambda body: frozenset(),
    judge=judge,
    planes=("terraform",),
    files=lambda body: frozenset({query_of(body)}),
)
