"""The ``checkov`` part of a spec: which of Checkov's policies are required, accepted with a reason, or ignored.

``required`` policies, and those accepted for some resources, become controls named by the policy's id, on the Terraform
plane. What is accepted for every resource is shown with the reason and where it deviates, what is ignored is counted.
Any other is information, because nobody has decided about it: it is in the report and fails nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from audits.model import CATALOGUE, SEVERITIES, Clause, Control, PolicyDecision
from audits.policy_list import policies, version
from audits.relation import BodyError
from audits.relations.policy import refuse_unknown
from audits.yaml_lines import Document, Place

KEY = "checkov"
_TEXT = {"type": "string", "minLength": 1}
_MORE = {
    "severity": {"enum": list(SEVERITIES)},
    "remedy": _TEXT,
    "frameworks": {"type": "object", "additionalProperties": {"type": "array", "minItems": 1, "items": _TEXT}},
}
_REQUIRED = {
    "type": "object",
    "additionalProperties": False,
    "required": ["id"],
    "properties": {"id": _TEXT, "reason": _TEXT, **_MORE},
}
_ACCEPTED = {
    "type": "object",
    "additionalProperties": False,
    "required": ["id", "reason"],
    "properties": {"id": _TEXT, "reason": _TEXT, "resource": _TEXT, **_MORE},
}
_IGNORED = {
    "type": "object",
    "additionalProperties": False,
    "required": ["id", "reason"],
    "properties": {"id": _TEXT, "reason": _TEXT},
}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "required": {"type": "array", "minItems": 1, "items": _REQUIRED},
        "accepted": {"type": "array", "minItems": 1, "items": _ACCEPTED},
        "ignored": {"type": "array", "minItems": 1, "items": _IGNORED},
    },
}


def problems(data: Mapping[str, Any], taken: Mapping[str, int]) -> Iterator[tuple[Place, str]]:
    """What is wrong with the part beyond its schema, each with its place. ``taken``: ids of controls, with lines."""
    entries = list(_entries(data))
    required: set[str] = set()
    whole: set[str] = set()
    for name, number, one in entries:
        place: Place = (KEY, name, number, "id")
        if name == "ignored":
            if not any(fnmatchcase(policy, one["id"]) for policy in policies()):
                yield place, f"no policy of Checkov's is like {one['id']!r}{_near(one['id'])}"
            elif (clash := next((p for p in sorted(required | whole) if fnmatchcase(p, one["id"])), None)) is not None:
                yield place, f"{clash} is required or accepted above, and ignored here"
            continue
        try:
            refuse_unknown(one["id"], place)
        except BodyError as error:
            yield place, str(error)
            continue
        if one["id"] in taken:
            yield place, f"duplicate id {one['id']!r} (first on line {taken[one['id']]})"
        if name == "required":
            if one["id"] in required:
                yield place, f"{one['id']} is required twice"
            required.add(one["id"])
        elif "resource" not in one:
            if one["id"] in required:
                yield place, f"{one['id']} is required above: name the resource for which it is accepted"
            if one["id"] in whole:
                yield place, f"{one['id']} is accepted twice for every resource"
            whole.add(one["id"])


def _near(pattern: str) -> str:
    try:
        refuse_unknown(pattern, ())
    except BodyError as error:
        return str(error).partition(" for AWS")[2]
    return ""


def _entries(data: Mapping[str, Any]) -> Iterator[tuple[str, int, Mapping[str, Any]]]:
    """The entries that are formed well enough to be looked at: list, number in it, entry."""
    part = data.get(KEY)
    for name in ("required", "accepted", "ignored"):
        found = part.get(name) if isinstance(part, dict) else None
        for number, one in enumerate(found if isinstance(found, list) else ()):
            if isinstance(one, dict) and isinstance(one.get("id"), str):
                yield name, number, one


def controls(document: Document, spec: str, theme: str, modules: Mapping[str, Sequence[str]]) -> tuple[Control, ...]:
    """The controls that the part stands for, in the order of their first entry."""
    found: dict[str, list[tuple[str, int, Mapping[str, Any]]]] = {}
    for name, number, one in _entries(document.data):
        if not _is_whole(name, one):
            found.setdefault(one["id"], []).append((name, number, one))
    return tuple(_control(policy, entries, document, spec, theme, modules) for policy, entries in found.items())


def _control(
    policy: str,
    entries: Iterable[tuple[str, int, Mapping[str, Any]]],
    document: Document,
    spec: str,
    theme: str,
    modules: Mapping[str, Sequence[str]],
) -> Control:
    accepted, lines = [], []
    said: dict[str, Any] = {}
    reason = ""
    for name, number, one in entries:
        line = document.line_of((KEY, name, number, "id"))
        lines.append(line)
        said = {**{key: one[key] for key in _MORE if key in one}, **said}
        if name == "accepted":
            accepted.append({"reason": one["reason"], "resource": one["resource"], "place": f"{spec}:{line}"})
        else:
            reason = one.get("reason", "")
    title = policies()[policy].title
    return Control(
        id=policy,
        title=title,
        severity=said.get("severity", "medium"),
        basis="rule",
        clause=Clause(CATALOGUE, f"Checkov {version()}", title, policy),
        relation="policy",
        body={"policy": policy, **({"accepted": accepted} if accepted else {})},
        spec=spec,
        line=lines[0],
        theme=theme,
        planes=("terraform",),
        basis_reason=reason or "a policy of Checkov's that the spec decides about",
        frameworks={name: tuple(ids) for name, ids in said.get("frameworks", {}).items()},
        remedy=said.get("remedy", ""),
        modules={name: tuple(patterns) for name, patterns in modules.items()},
    )


def _is_whole(name: str, one: Mapping[str, Any]) -> bool:
    """Whether an entry lets a policy deviate everywhere."""
    return name == "ignored" or (name == "accepted" and "resource" not in one)


def decisions(document: Document, spec: str) -> tuple[PolicyDecision, ...] | None:
    """What the part accepts or ignores as a whole; None where the spec has no such part."""
    if KEY not in document.data:
        return None
    return tuple(
        PolicyDecision(
            "ignored" if name == "ignored" else "accepted",
            one["id"],
            one["reason"],
            spec,
            document.line_of((KEY, name, number, "id")),
        )
        for name, number, one in _entries(document.data)
        if _is_whole(name, one)
    )
