"""Specs: YAML files in, :class:`audits.model.Spec` out; every mistake is named by file, line and nearest right name."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from audits import declarations, policy_part, spec_comparison
from audits.kind import Kind
from audits.model import PLANES, SEVERITIES, Control, Scope, Spec
from audits.relation import BodyError, Relation
from audits.relations._schema_check import nearest
from audits.schema_predicate import Predicate, compile_schema
from audits.yaml_lines import Document, Place, YamlError, load

SCHEMA_PATH = Path(__file__).parent.parent / "specs" / "schema" / "spec.schema.json"
WAIVERS = "waivers.yaml"
_OWN_KEYS = (
    *("id", "title", "clause", "basis", "basis_reason", "severity", "planes", "frameworks", "remedy", "planned"),
    *("theme", "accounts", "regions", "also"),
)
_PLACES = {
    "accounts": {
        "type": "array",
        "minItems": 1,
        "uniqueItems": True,
        "items": {"type": "string", "pattern": "^[0-9]{12}$"},
    },
    "regions": {
        "type": "array",
        "minItems": 1,
        "uniqueItems": True,
        "items": {"type": "string", "pattern": "^[a-z]{2,3}(-[a-z]+)+-[0-9]+$"},
    },
}
"""Where a spec or a control is about: of the spec, or else of all that was read."""


class SpecError(ValueError):
    """Specs that cannot be used. ``problems`` are lines of ``file:line: message``, at least one."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class _Problem:
    line: int
    message: str


def schema(kinds: Iterable[str], relations: Mapping[str, Relation]) -> dict[str, Any]:
    """The JSON Schema of a spec file, made from the kinds and relations there are."""
    text = {"type": "string", "minLength": 1}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Audit spec: the documented state of a system, as controls",
        "type": "object",
        "additionalProperties": False,
        "required": ["spec", "document"],
        **_one_key_at_least(("controls", *declarations.KEYS, policy_part.KEY)),
        "properties": {
            "spec": {"type": "string", "pattern": "^[a-z0-9][a-z0-9/-]*$"},
            "document": text,
            "theme": text,
            "description": text,
            **_PLACES,
            "modules": {"type": "object", "additionalProperties": {"type": "array", "items": text}},
            **spec_comparison.SCHEMA,
            **{key: fragment for relation in relations.values() for key, fragment in relation.shared.items()},
            "controls": {"type": "array", "minItems": 1, "items": _control_schema(relations)},
            policy_part.KEY: policy_part.SCHEMA,
            **declarations.schema(),
        },
        "$defs": {
            "kind": {"enum": sorted(kinds)},
            "clause": {
                "type": "object",
                "additionalProperties": False,
                "required": ["section", "row", "states"],
                "properties": {
                    "section": text,
                    "row": text,
                    "states": text,
                    "line": {"type": "integer", "minimum": 1},
                },
            },
        },
    }


def _one_key_at_least(keys: Sequence[str]) -> dict[str, Any]:
    """That one of the keys is there; where none is, the first is said to be lacking."""
    first, *others = keys
    found: dict[str, Any] = {"required": [first]}
    for key in others:
        found = {"if": {"required": [key]}, "then": {}, "else": found}
    return found


def _control_schema(relations: Mapping[str, Relation]) -> dict[str, Any]:
    text = {"type": "string", "minLength": 1}
    body = {key: fragment for relation in relations.values() for key, fragment in relation.schema.items()}
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["id", "title", "clause", "basis", "severity"],
        "properties": {
            "id": {"type": "string", "pattern": "^[a-z0-9][a-z0-9-]*$"},
            "title": text,
            "clause": {"$ref": "#/$defs/clause"},
            "also": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/clause"}},
            "basis": {"enum": ["stated", "inferred", "rule"]},
            "basis_reason": text,
            "severity": {"enum": list(SEVERITIES)},
            "planes": {"type": "array", "minItems": 1, "uniqueItems": True, "items": {"enum": list(PLANES)}},
            "frameworks": {
                "type": "object",
                "additionalProperties": {"type": "array", "minItems": 1, "items": text},
            },
            "remedy": text,
            "planned": text,
            "theme": text,
            **_PLACES,
            **body,
        },
        "oneOf": [{"required": [key]} for key in sorted(_markers(relations))],
        "allOf": [
            {"if": {"required": [relation.keys[0]]}, "then": {"required": list(relation.required)}}
            for relation in relations.values()
            if relation.required
        ],
    }


def _markers(relations: Mapping[str, Relation]) -> set[str]:
    """The keys of a control of which exactly one must be there: each says what is meant."""
    return {"kind", "one_of"} | {relation.keys[0] for relation in relations.values()}


@cache
def _schema(kinds: tuple[str, ...], relations: tuple[str, ...]) -> dict[str, Any]:
    from audits.relations import registry

    found = registry()
    return schema(kinds, {name: found[name] for name in relations})


@cache
def _fits(kinds: tuple[str, ...], relations: tuple[str, ...]) -> Predicate:
    """Whether data fits the schema; a schema beyond what can be told quickly is fitted by none."""
    try:
        return compile_schema(_schema(kinds, relations))
    except ValueError:
        return lambda data: False


@cache
def _validator(kinds: tuple[str, ...], relations: tuple[str, ...]) -> Any:
    import jsonschema

    return jsonschema.Draft202012Validator(_schema(kinds, relations))


def find(paths: Sequence[Path]) -> list[Path]:
    """The spec files in files and folders, in order; ``waivers.yaml`` and the schema folder are none.

    Raises:
        SpecError: a path does not exist, or there is no spec at all.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found.extend(file for file in sorted(path.rglob("*.yaml")) if is_spec(file))
        elif path.is_file():
            found.append(path)
        else:
            raise SpecError([f"{path}: no such file or folder"])
    if not found:
        raise SpecError([f"{', '.join(map(str, paths))}: no spec (*.yaml) in it"])
    return list({path.resolve(): path for path in reversed(found)}.values())[::-1]


def is_spec(path: Path) -> bool:
    """Whether a file is collected as a spec."""
    return path.suffix == ".yaml" and path.name != WAIVERS and path.parent.name != "schema"


def load_all(paths: Sequence[Path], kinds: Mapping[str, Kind], relations: Mapping[str, Relation]) -> tuple[Spec, ...]:
    """Every spec in ``paths``.

    Raises:
        SpecError: with all problems of all files, duplicate ids across files included.
    """
    specs: list[Spec] = []
    problems: list[str] = []
    for path in find(paths):
        try:
            specs.append(load_file(path, kinds, relations))
        except SpecError as error:
            problems.extend(error.problems)
    seen: dict[str, Control] = {}
    for control in (control for spec in specs for control in spec.controls):
        first = seen.setdefault(control.id, control)
        if first is not control:
            problems.append(
                f"{control.spec}:{control.line}: duplicate id {control.id!r} (first at {first.spec}:{first.line})"
            )
    # A file with a problem may be the one that a contradiction speaks of.
    if problems or (problems := declarations.across(specs)):
        raise SpecError(problems)
    return tuple(specs)


def load_file(path: Path, kinds: Mapping[str, Kind], relations: Mapping[str, Relation]) -> Spec:
    """One spec file.

    Raises:
        SpecError: with every problem of this file.
    """
    try:
        raw = path.read_bytes()
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SpecError([f"{path}: not UTF-8 (byte {error.start})"]) from error
    except OSError as error:
        raise SpecError([f"{path}: {error.strerror or error}"]) from error
    try:
        document = load(text)
    except YamlError as error:
        raise SpecError([f"{path}:{error.line}: {error}"]) from error
    problems, ill_formed = _schema_problems(document, kinds, relations)
    problems += _content_problems(document, kinds, relations, ill_formed)
    problems += [_Problem(*one) for one in declarations.problems(document, ill_formed)]
    if problems:
        ordered = sorted(problems, key=lambda problem: problem.line)
        raise SpecError([f"{path}:{problem.line}: {problem.message}" for problem in dict.fromkeys(ordered)])
    return _spec(path, raw, document, relations)


def _schema_problems(
    document: Document, kinds: Mapping[str, Kind], relations: Mapping[str, Relation]
) -> tuple[list[_Problem], set[tuple[str, int]]]:
    """What the schema refuses, and the entries, by key and number, of which no more can be said."""
    names = tuple(sorted(kinds)), tuple(relations)
    if _fits(*names)(document.data):
        return [], set()
    found: list[_Problem] = []
    ill_formed: set[tuple[str, int]] = set()
    for error in _validator(*names).iter_errors(document.data):
        place = tuple(error.absolute_path)
        if error.validator == "enum" and isinstance(error.instance, str) and place and place[-1] == "kind":
            continue  # _content_problems says it better: which is nearest, or what it folds into.
        found.extend(_explain(error, place, document, relations))
        if len(place) > 1 and isinstance(place[1], int):
            ill_formed.add((str(place[0]), place[1]))
    return found, ill_formed


def _explain(error: Any, place: Place, document: Document, relations: Mapping[str, Relation]) -> list[_Problem]:
    if error.validator == "additionalProperties":
        known = error.schema.get("properties", {})
        unknown = [key for key in error.instance if key not in known] if isinstance(known, dict) else []
        where = f" in {_spoken(place)}" if place else ""
        return [
            _Problem(document.line_of((*place, key)), f"unknown key {key!r}{where}{nearest(key, known)}")
            for key in unknown
        ]
    line = document.line_of(place)
    if error.validator == "oneOf" and len(place) == 2 and place[0] == "controls":
        if not isinstance(error.instance, dict):
            return []  # That it is no mapping is said once.
        markers = sorted(_markers(relations))
        present = [key for key in markers if key in error.instance]
        said = f"has {' and '.join(present)}; only one of them" if present else f"needs one of {', '.join(markers)}"
        return [_Problem(line, f"the control {said}")]
    if error.validator == "required":
        missing = [key for key in error.validator_value if key not in error.instance]
        return [_Problem(line, f"{_spoken(place) or 'the spec'} lacks {', '.join(map(repr, missing))}")]
    if error.validator == "enum":
        shown = f"{error.instance!r} is none of {', '.join(map(str, error.validator_value))}"
        return [_Problem(line, f"{_spoken(place)}: {shown}{nearest(str(error.instance), error.validator_value)}")]
    if "accounts" in place and isinstance(error.instance, int):
        return [_Problem(line, f"{_spoken(place)}: an account is text, 12 digits in quotes")]
    return [_Problem(line, f"{_spoken(place) or 'the spec'}: {error.message}")]


def _spoken(place: Place) -> str:
    text = ""
    for step in place:
        text += f"[{step}]" if isinstance(step, int) else f".{step}"
    return text.removeprefix(".")


def _content_problems(
    document: Document,
    kinds: Mapping[str, Kind],
    relations: Mapping[str, Relation],
    ill_formed: set[tuple[str, int]],
) -> list[_Problem]:
    problems = [
        _Problem(document.line_of(place), message) for place, message in spec_comparison.problems(document.data, kinds)
    ]
    seen: dict[str, int] = {}
    controls = document.data.get("controls") if isinstance(document.data, dict) else None
    for number, data in enumerate(controls if isinstance(controls, list) else ()):
        if ("controls", number) in ill_formed:
            continue
        place: Place = ("controls", number)
        line = document.line_of((*place, "id"))
        if data["id"] in seen:
            problems.append(_Problem(line, f"duplicate id {data['id']!r} (first on line {seen[data['id']]})"))
        seen.setdefault(data["id"], line)
        if data["basis"] == "inferred" and "basis_reason" not in data:
            problems.append(_Problem(line, f"{data['id']}: an inferred control says from what: add basis_reason"))
        relation = _relation(data, relations)
        strangers = [key for key in data if key not in _OWN_KEYS and key not in relation.keys]
        problems.extend(
            _Problem(document.line_of((*place, key)), f"{key!r} does not go with {relation.name}") for key in strangers
        )
        unable = [plane for plane in data.get("planes", ()) if plane not in relation.planes]
        if unable:
            said = f"{data['id']}: {relation.name} says nothing of {unable[0]}: planes are {list(relation.planes)}"
            problems.append(_Problem(document.line_of((*place, "planes")), said))
        try:
            relation.check(_body(data, relation, document.data), kinds)
        except BodyError as error:
            problems.append(_Problem(document.line_of((*place, *error.path)), f"{data['id']}: {error}"))
    found = policy_part.problems(document.data, seen) if isinstance(document.data, dict) else ()
    return problems + [_Problem(document.line_of(place), said) for place, said in found]


def _relation(data: Mapping[str, Any], relations: Mapping[str, Relation]) -> Relation:
    for relation in relations.values():
        if relation.name != "attributes" and relation.keys[0] in data:
            return relation
    return relations["attributes"]


def _body(data: Mapping[str, Any], relation: Relation, whole: Mapping[str, Any]) -> dict[str, Any]:
    shared = {key: whole[key] for key in relation.shared if key in whole}
    return {**shared, **{key: data[key] for key in relation.keys if key in data}}


def _placed(body: dict[str, Any], document: Document, place: Place, name: str) -> dict[str, Any]:
    """The body with each thing it accepts saying where it is written."""
    if "accepted" not in body:
        return body
    accepted = [
        {**one, "place": f"{name}:{document.line_of((*place, 'accepted', number))}"}
        for number, one in enumerate(body["accepted"])
    ]
    return {**body, "accepted": accepted}


def _spec(path: Path, raw: bytes, document: Document, relations: Mapping[str, Relation]) -> Spec:
    data = document.data
    theme = data.get("theme") or data["spec"].rpartition("/")[2]
    controls = tuple(
        _control(path, document, number, one, _relation(one, relations), theme)
        for number, one in enumerate(data.get("controls", ()))
    )
    name, sha256 = path.as_posix(), hashlib.sha256(raw).hexdigest()
    controls += policy_part.controls(document, name, theme, data.get("modules", {}))
    decisions = policy_part.decisions(document, name)
    compared = spec_comparison.of(data, f"{name}:{document.line_of(('unmanaged',))}")
    said = declarations.contradictions(document, name), declarations.not_audited(document, name)
    return Spec(name, data["spec"], data["document"], controls, sha256, decisions, *compared, *said)


def _control(
    path: Path,
    document: Document,
    number: int,
    data: Mapping[str, Any],
    relation: Relation,
    theme: str,
) -> Control:
    place: Place = ("controls", number)
    whole = document.data
    scope = Scope(*(tuple(data.get(name, whole.get(name, ()))) for name in ("accounts", "regions")))
    return Control(
        id=data["id"],
        title=data["title"],
        severity=data["severity"],
        basis=data["basis"],
        clause=declarations.clause_of(data["clause"], whole["document"]),
        also=tuple(declarations.clause_of(one, whole["document"]) for one in data.get("also", ())),
        relation=relation.name,
        body=_placed(_body(data, relation, whole), document, place, path.as_posix()),
        spec=path.as_posix(),
        line=document.line_of((*place, "id")),
        theme=data.get("theme", theme),
        planes=tuple(plane for plane in PLANES if plane in data.get("planes", relation.planes)),
        basis_reason=data.get("basis_reason", ""),
        frameworks={name: tuple(ids) for name, ids in data.get("frameworks", {}).items()},
        remedy=data.get("remedy", ""),
        planned=data.get("planned"),
        modules={name: tuple(patterns) for name, patterns in whole.get("modules", {}).items()},
        scope=scope,
    )


def dump_schema(kinds: Iterable[str], relations: Mapping[str, Relation]) -> str:
    """The schema as it is kept in the repository."""
    return json.dumps(schema(kinds, relations), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
