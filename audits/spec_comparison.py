"""What a spec says of comparing Terraform with the account: ``drift`` and ``unmanaged``, beside its controls."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any, TypeAlias

from audits.kind import Kind
from audits.model import SEVERITIES, DriftRule, Scope, UnmanagedRule
from audits.relations._schema_check import nearest

RESERVED = ("drift", "unmanaged")
"""Names that waivers give to what no control speaks of: no control can have them."""
_TEXT = {"type": "string", "minLength": 1}
_KINDS = {"type": "array", "minItems": 1, "uniqueItems": True, "items": _TEXT}
_SEVERITY = {"enum": list(SEVERITIES)}
SCHEMA: Mapping[str, Any] = {
    "drift": {
        "type": "object",
        "additionalProperties": False,
        "properties": {"severity": _SEVERITY, "kinds": _KINDS},
    },
    "unmanaged": {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "kinds": _KINDS,
            "names": _TEXT,
            "tags": {"type": "object", "minProperties": 1, "additionalProperties": {"type": "string"}},
            "severity": _SEVERITY,
        },
    },
}


def problems(data: Any, kinds: Mapping[str, Kind]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """What is wrong that the schema cannot say, each with its place in the spec."""
    controls = data.get("controls") if isinstance(data, Mapping) else None
    for number, one in enumerate(controls if isinstance(controls, list) else ()):
        name = one.get("id") if isinstance(one, Mapping) else None
        if name in RESERVED:
            yield ("controls", number, "id"), f"{name!r} is what waivers call all {name} by: name the control otherwise"
    for key in RESERVED:
        said = data.get(key) if isinstance(data, Mapping) else None
        if not isinstance(said, Mapping):
            continue
        patterns = said.get("kinds")
        for number, pattern in enumerate(patterns if isinstance(patterns, list) else ()):
            if isinstance(pattern, str) and not matching(pattern, kinds):
                known = [name for name, kind in kinds.items() if kind.from_live is not None]
                yield (
                    (key, "kinds", number),
                    f"{pattern!r} matches no kind that is read from an account{nearest(pattern, known)}",
                )
        names = said.get("names")
        if key == "unmanaged":
            if set(said) <= {"severity"}:
                yield (
                    (key,),
                    "unmanaged needs kinds, names or tags: what the account may hold without Terraform is its own",
                )
            if isinstance(names, str):
                try:
                    re.compile(names)
                except re.error as error:
                    yield (key, "names"), f"bad pattern {names!r}: {' '.join(str(error).split())}"


def matching(pattern: str, kinds: Mapping[str, Kind]) -> list[str]:
    """The kinds that a glob pattern names, of those that are read from an account."""
    return [name for name, kind in kinds.items() if kind.from_live is not None and fnmatchcase(name, pattern)]


Modules: TypeAlias = Mapping[str, tuple[str, ...]]


def of(data: Mapping[str, Any], place: str) -> tuple[Modules, DriftRule | None, tuple[UnmanagedRule, ...]]:
    """What a spec says for comparing the planes: kinds by module, what of drift, and what is expected in Terraform."""
    modules = {name: tuple(patterns) for name, patterns in data.get("modules", {}).items()}
    return modules, _drift(data.get("drift")), _unmanaged(data, place, modules)


def _drift(said: Mapping[str, Any] | None) -> DriftRule | None:
    return None if said is None else DriftRule(said.get("severity", "medium"), tuple(said.get("kinds", ())))


def _unmanaged(data: Mapping[str, Any], place: str, modules: Modules) -> tuple[UnmanagedRule, ...]:
    """What it expects to be Terraform's, in the accounts and regions that it is about."""
    said = data.get("unmanaged")
    if said is None:
        return ()
    rule = UnmanagedRule(
        kinds=tuple(said.get("kinds", ())),
        names=said.get("names"),
        tags=dict(said.get("tags", {})),
        severity=said.get("severity", "medium"),
        scope=Scope(*(tuple(data.get(name, ())) for name in ("accounts", "regions"))),
        modules=modules,
        place=place,
    )
    return (rule,)
