"""Whether a value that Terraform says and the value in the account differ, for certain: the elements are named.

Only what both planes know can differ. What is unknown, removed as secret or was not read leaves the place open, with
the reason; what the account has and Terraform does not set says nothing, but in a map, a document and a list, which
Terraform sets as a whole. Pure.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from audits.drift.matching import unmatched
from audits.drift.policies import is_policy, normal_policy
from audits.model import Redacted, Unknown, Value
from audits.outcome import equal, same_scalar

DOCUMENT, POLICY, PARTS = "a document", "a policy", "parts"
"""Shapes beside those of the provider's schema: JSON text decoded, a policy in normal form, what parts fold into."""
_ACTION = re.compile(r"\.(Not)?Action\[\d+\]$")
_MOST_PAIRS = 100_000
"""Lists of which more pairs would have to be looked at stay open: two of some 300 elements."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs at a path. ``place`` is the concrete path in Terraform, whose origin counts."""

    path: str
    terraform: Value
    live: Value
    place: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What differs for certain, and what stays open: paths, each with the reason."""

    differing: tuple[Difference, ...] = ()
    open: tuple[tuple[str, str], ...] = ()

    def __add__(self, other: Found) -> Found:
        """Both."""
        return Found(self.differing + other.differing, self.open + other.open)


NOTHING = Found()
Resolves = Callable[[Unknown, Value], bool | None]
"""Whether what an unknown value of the source stands for is this value of the account; None if that cannot be told."""


def _never(_unknown: Unknown, _live: Value) -> bool | None:
    return None


@dataclass(frozen=True)
class Comparison:
    """Compares values of one resource.

    ``ignored``: paths under ``ignore_changes``. ``saved``: Terraform's values are those of a plan or state, in which
    an empty text may stand for nothing at all.
    """

    resolves: Resolves = _never
    ignored: tuple[str, ...] = field(default=())
    saved: bool = False

    def of(self, path: str, source: Value, live: Value, wanted: Any = "dynamic") -> Found:
        """What differs at ``path``. ``wanted``: a type or block of the provider's schema, or one of the shapes here."""
        if self.ignores(path):
            return Found(open=((path, "ignore_changes"),))
        if isinstance(source, Redacted) or isinstance(live, Redacted):
            return Found(open=((path, "removed as secret"),))
        if isinstance(live, Unknown):
            return Found(open=((path, "not read from the account"),))
        if isinstance(source, Unknown):
            return self._unknown(path, source, live, wanted)
        if is_zero(source) and is_zero(live):
            return NOTHING
        if wanted == "string" and isinstance(source, dict | list) and isinstance(live, dict | list):
            wanted = DOCUMENT
        if wanted == DOCUMENT and is_policy(source) and is_policy(live):
            return self.of(path, normal_policy(source), normal_policy(live), POLICY)
        if isinstance(source, dict) and isinstance(live, dict):
            return self._mapping(path, source, live, wanted)
        if isinstance(source, list) and (isinstance(live, list) or live is None):
            return self._list(path, source, live or [], wanted)
        if isinstance(source, dict | list) or isinstance(live, dict | list):
            return self._misfit(path, source, live)
        if same_text(source, live) or (wanted == POLICY and _same_action(path, source, live)):
            return NOTHING
        if _one_by_name(source, live):
            return Found(open=((path, "perhaps two names of one thing"),))
        return Found((Difference(path, source, live, path),))

    def ignores(self, path: str) -> bool:
        """Whether ``ignore_changes`` names the path or what encloses it."""
        return any(one == "all" or _encloses(one, path) for one in self.ignored)

    def _misfit(self, path: str, source: Value, live: Value) -> Found:
        """A list or object beside a scalar: only nothing at all beside something certainly differs."""
        if is_zero(source) or is_zero(live):
            if unknown_in(source) and not isinstance(source, list):
                return Found(open=((path, "unknown in the source"),))
            return Found((Difference(path, source, live, path),))
        return Found(open=((path, "of another shape on each plane"),))

    def _unknown(self, path: str, source: Unknown, live: Value, wanted: Any) -> Found:
        resolved = self.resolves(source, live)
        if resolved is True:
            return NOTHING
        reason = Found(open=((path, f"unknown in the source: {source.cause}"),))
        if resolved is False:
            return Found((Difference(path, source, live, path),))
        known = source.partial
        if isinstance(known, dict) and isinstance(live, dict):
            return reason + self._members(path, known, live, wanted, known.keys())
        if isinstance(known, list) and isinstance(live, list):
            if not source.open:
                return reason + self.of(path, known, live, wanted)
            lacking = self._leftover(path, known, live, wanted).lacking
            return reason + Found(tuple(Difference(path, one, None, place) for place, one in lacking))
        if equal(live, source).holds is False and not _document_text(source, live):
            return Found((Difference(path, source, live, path),))
        return reason

    def _mapping(self, path: str, source: Mapping[str, Value], live: Mapping[str, Value], wanted: Any) -> Found:
        whole = wanted in (DOCUMENT, POLICY) or _is(wanted, "map")
        names: Iterable[str] = source.keys() | live.keys() if whole else source.keys()
        return self._members(path, source, live, wanted, names)

    def _members(
        self, path: str, source: Mapping[str, Value], live: Mapping[str, Value], wanted: Any, names: Iterable[str]
    ) -> Found:
        whole = wanted in (DOCUMENT, POLICY) or _is(wanted, "map")
        found = NOTHING
        for name in sorted(names):
            inner = step(path, name)
            if name not in live and not whole:
                if source[name] is not None:
                    found += Found(open=((inner, "not read from the account"),))
                continue
            if self.saved and not whole and source[name] == "":
                continue
            found += self.of(inner, source.get(name), live.get(name), member_type(name, wanted))
        return found

    def _list(self, path: str, source: list[Value], live: list[Value], wanted: Any) -> Found:
        inner = element_type(wanted)
        ordered = is_ordered(wanted) and not _of_objects(wanted, source, live)
        if len(source) == len(live) and (ordered or len(source) == 1):
            found = NOTHING
            for number, (one, other) in enumerate(zip(source, live, strict=True)):
                found += self.of(f"{path}[{number}]", one, other, inner)
            return found
        if not ordered and _equal_sets(source, live):
            return NOTHING
        if len(source) * len(live) > _MOST_PAIRS:
            return Found(open=((path, "too many elements to compare"),))
        left = self._leftover(path, source, live, wanted)
        doubt = Found(open=((path, "unknown in the source: which elements"),) if left.open else ())
        if ordered and not (left.lacking or left.further or left.open):
            return Found((Difference(path, source, live, path),))
        if len(left.lacking) == len(left.further) == 1:
            place, one = left.lacking[0]
            return doubt + Found((Difference(path, one, left.further[0], place),))
        gone = tuple(Difference(path, one, None, place) for place, one in left.lacking)
        return doubt + Found((*gone, *(Difference(path, None, one, path) for one in left.further)))

    def _leftover(self, path: str, source: Sequence[Value], live: Sequence[Value], wanted: Any) -> _Left:
        inner = element_type(wanted)
        fits = [[self.of(f"{path}[{i}]", one, other, inner) for other in live] for i, one in enumerate(source)]
        edges = [[not found.differing for found in row] for row in fits]
        exact = [[not found.differing and not found.open for found in row] for row in fits]
        alone, others = unmatched(edges, exact, len(live))
        lacking = [i for i in alone if not any(edges[i]) or not unknown_in(source[i])]
        if not is_ordered(wanted):
            # Elements of a set that turn out to be equal are one, whichever of them stands for it.
            lacking = [i for i in lacking if not any(edges[i])]
        # An element with an unknown list in it may stand for several.
        loose = {j for j in others for i in range(len(source)) if edges[i][j] and not exact[i][j]}
        return _Left(
            [(f"{path}[{i}]", source[i]) for i in lacking if not self.ignores(f"{path}[{i}]")],
            [live[j] for j in others if j not in loose],
            bool(loose) or len(lacking) < len(alone) or any(map(_open_in, fits)),
        )


@dataclass(frozen=True, slots=True)
class _Left:
    """Elements that surely are on one side only, however those that are unknown are taken; ``open``: there may be more.

    ``lacking`` are Terraform's, each with its place, ``further`` the account's.
    """

    lacking: list[tuple[str, Value]]
    further: list[Value]
    open: bool


def _open_in(row: Sequence[Found]) -> bool:
    """Whether an element is compared with none whole."""
    return not any(not found.differing and not found.open for found in row) and any(
        not found.differing for found in row
    )


def step(path: str, name: str) -> str:
    """The path of a member."""
    return f"{path}.{name}" if re.fullmatch(r"[A-Za-z_][\w-]*", name) else f"{path}[{json.dumps(name)}]"


def _encloses(outer: str, path: str) -> bool:
    if path == outer or path.startswith((f"{outer}.", f"{outer}[")):
        return True
    # tags["Name"] and tags.Name are one place, and so are a.0.b and a[0].b.
    return _steps(outer) == _steps(path)[: len(_steps(outer))]


def _steps(path: str) -> list[str]:
    return [one.strip('"') for one in re.findall(r'"(?:[^"\\]|\\.)*"|[^.\[\]"]+', path)]


def _is(wanted: Any, name: str) -> bool:
    return isinstance(wanted, list) and wanted[0] == name


def member_type(name: str, wanted: Any) -> Any:
    """The type of a member of a value of type ``wanted``."""
    if isinstance(wanted, Mapping) and "attributes" in wanted:
        attribute = wanted["attributes"].get(name)
        return attribute["type"] if attribute else wanted["blocks"].get(name, "dynamic")
    if _is(wanted, "object"):
        return wanted[1].get(name, "dynamic")
    return wanted[1] if _is(wanted, "map") else wanted if isinstance(wanted, str) else "dynamic"


def element_type(wanted: Any) -> Any:
    """The type of an element of a list of type ``wanted``."""
    if isinstance(wanted, Mapping):
        return wanted.get("block", "dynamic")
    return wanted[1] if isinstance(wanted, list) and wanted[0] in ("list", "set") else wanted


def is_ordered(wanted: Any) -> bool:
    """Whether the order of a list counts."""
    if isinstance(wanted, Mapping):
        return wanted.get("nesting") != "set"
    return wanted not in (POLICY, PARTS) and not _is(wanted, "set")


def _of_objects(wanted: Any, source: Sequence[Value], live: Sequence[Value]) -> bool:
    """Whether they are objects of a document, which services keep in an order of their own (containers' variables)."""
    return wanted == DOCUMENT and all(isinstance(one, dict | Unknown) for one in (*source, *live))


def _equal_sets(source: Sequence[Value], live: Sequence[Value]) -> bool:
    """Whether both surely hold the same elements, seen without matching them."""
    if any(map(unknown_in, (*source, *live))):
        return False
    one, other = ({json.dumps(element, sort_keys=True) for element in elements} for elements in (source, live))
    return one == other


def unknown_in(value: Value) -> bool:
    """Whether any part of it is not known."""
    if isinstance(value, dict):
        return any(map(unknown_in, value.values()))
    return any(map(unknown_in, value)) if isinstance(value, list) else isinstance(value, Unknown | Redacted)


def is_zero(value: Value) -> bool:
    """Whether it is nothing, or a zero value, which Terraform's plugin SDK does not tell from nothing."""
    if isinstance(value, dict):
        return all(map(is_zero, value.values()))
    if isinstance(value, list):
        return all(map(is_zero, value))
    return value is None or value == "" or (isinstance(value, int | float) and value == 0)


def same_text(one: Value, other: Value) -> bool:
    """Whether two scalars are one: numbers and booleans written as text count, and JSON by what it holds."""
    if same_scalar(one, other) or _plain(one) == _plain(other):
        return True
    if isinstance(one, str) and isinstance(other, str):
        return _json(one) is not None and _json(one) == _json(other)
    first, second = _number(one), _number(other)
    return first is not None and first == second


def _plain(value: Value) -> str:
    return (
        ("true" if value else "false") if isinstance(value, bool) else value if isinstance(value, str) else repr(value)
    )


def _same_action(path: str, one: Value, other: Value) -> bool:
    """IAM takes actions in any case (IAM User Guide, "JSON policy elements: Action")."""
    return bool(_ACTION.search(path)) and str(one).lower() == str(other).lower()


def _number(value: Value) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _json(text: str) -> Any:
    if text[:1] not in ("{", "["):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _one_by_name(one: Value, other: Value) -> bool:
    """Whether one is an ARN that ends in the other: many arguments take either."""
    for whole, name in ((one, other), (other, one)):
        if isinstance(whole, str) and whole.startswith("arn:") and isinstance(name, str) and name:
            return not name.startswith("arn:") and re.split(r"[/:]", whole)[-1] == re.split(r"[/:]", name)[-1]
    return False


def _document_text(source: Unknown, live: Value) -> bool:
    """Whether the source builds as text what the account holds as a document: their spelling says nothing."""
    return bool(source.parts) and isinstance(live, dict | list)
