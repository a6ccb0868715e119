"""``aws_iam_policy_document``, as the AWS provider 5.x makes it.

Documents are plain structures while they are built; a part that is unknown stays in its place as an Unknown, and then
the whole text is an Unknown with that structure as its ``partial``.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from audits.model import Cause, Unknown
from audits.planes.terraform.bodies import BodyValue
from audits.planes.terraform.types import STRING, convert
from audits.planes.terraform.values import (
    Exhausted,
    SetValue,
    TerraformError,
    TerraformValue,
    close,
    derive,
    mark,
    unknowns_in,
    unmark_deep,
)

DEFAULT_VERSION = "2012-10-17"
_LISTS = (
    ("actions", "Action", False),
    ("not_actions", "NotAction", False),
    ("resources", "Resource", True),
    ("not_resources", "NotResource", True),
)
_ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}

MOST_STATEMENTS = 10_000
"""Documents made of documents multiply; no policy that AWS takes holds a tenth of that."""

Statement = dict[str, Any]


@dataclass(slots=True)
class Document:
    """A policy document. ``hidden`` are unknowns behind which further statements are."""

    version: Any = ""
    id: Any = ""
    statements: list[Statement] = field(default_factory=list)
    hidden: list[Unknown] = field(default_factory=list)

    def merge(self, other: Document) -> None:
        """Take in another document: its statements replace those of the same Sid."""
        self.id = other.id or self.id
        if not isinstance(self.version, Unknown):
            newer = isinstance(other.version, Unknown) or str(other.version) > str(self.version)
            self.version = other.version if newer else self.version
        if other.hidden:
            # What is not known may replace anything that has a Sid.
            self.statements = [one for one in self.statements if not one.get("Sid")]
            self.hidden.extend(other.hidden)
        for statement in other.statements:
            self._add(statement)
        if len(self.statements) > MOST_STATEMENTS:
            raise Exhausted(f"a policy document of more than {MOST_STATEMENTS} statements")

    def _add(self, statement: Statement) -> None:
        sid = statement.get("Sid")
        for index, existing in enumerate(self.statements):
            if sid and not isinstance(sid, Unknown) and existing.get("Sid") == sid:
                self.statements[index] = statement
                return
        self.statements.append(statement)

    def structure(self) -> dict[str, Any]:
        """The document as it would be decoded from its JSON."""
        result: dict[str, Any] = {}
        if self.version:
            result["Version"] = self.version
        if self.id:
            result["Id"] = self.id
        if self.hidden:
            result["Statement"] = derive(self.hidden, partial=self.statements, open=True)
        elif self.statements:
            result["Statement"] = self.statements
        return result


def complete_document(body: BodyValue) -> None:
    """Add ``json`` and ``minified_json`` to an evaluated ``aws_iam_policy_document``."""
    marks = [False]
    try:
        structure = _build(body, marks).structure()
        unknowns = unknowns_in(structure)
        if unknowns:
            text: TerraformValue = derive(unknowns, partial=structure, not_null=True)
            small: TerraformValue = text
        else:
            text, small = encode(structure, indent=2), encode(structure)
    except Exhausted as error:
        text = small = Unknown(Cause.UNSUPPORTED, detail=str(error), not_null=True)
    except TerraformError as error:
        text = small = Unknown(Cause.INVALID, detail=f"aws_iam_policy_document: {error}")
    body.attributes["json"] = mark(text, marks[0])
    body.attributes["minified_json"] = mark(small, marks[0])


def encode(structure: Any, indent: int | None = None, sort_keys: bool = False) -> str:
    """JSON as Go writes it."""
    separators = (",", ": ") if indent else (",", ":")
    text = json.dumps(structure, ensure_ascii=False, indent=indent, separators=separators, sort_keys=sort_keys)
    for plain, escaped in _ESCAPES.items():
        text = text.replace(plain, escaped)
    return text


def _plain(value: TerraformValue, marks: list[bool]) -> TerraformValue:
    plain, sensitive = unmark_deep(close(value))
    marks[0] = marks[0] or sensitive
    return plain


def _build(body: BodyValue, marks: list[bool]) -> Document:
    merged = Document()
    for source in _documents(body, "source_policy_documents", marks):
        _refuse_duplicates(merged, source)
        merged.merge(source)
    merged.merge(_own(body, marks))
    for override in _documents(body, "override_policy_documents", marks):
        merged.merge(override)
    return merged


def _refuse_duplicates(merged: Document, source: Document) -> None:
    sids = [one.get("Sid") for one in (*merged.statements, *source.statements)]
    known = [sid for sid in sids if isinstance(sid, str) and sid]
    repeated = next((sid for sid in known if known.count(sid) > 1), None)
    if repeated is not None:
        raise TerraformError(f"duplicate Sid ({repeated}) in source_policy_documents")


def _own(body: BodyValue, marks: list[bool]) -> Document:
    version = _text(body.attributes.get("version"), marks)
    document = Document(DEFAULT_VERSION if version in (None, "") else version)
    document.id = _text(body.attributes.get("policy_id"), marks) or ""
    statements = body.blocks.get("statement", [])
    if isinstance(statements, Unknown):
        document.hidden.append(statements)
        return document
    document.statements = [_statement(block, marks) for block in statements]
    sids = [one["Sid"] for one in document.statements if isinstance(one.get("Sid"), str)]
    if len(sids) != len(set(sids)):
        raise TerraformError("duplicate Sid in statements")
    return document


def _text(value: TerraformValue, marks: list[bool]) -> Any:
    plain = _plain(value, marks)
    return plain if plain is None or isinstance(plain, Unknown) else convert(plain, STRING)


def _statement(block: BodyValue, marks: list[bool]) -> Statement:
    result: Statement = {}
    sid = _text(block.attributes.get("sid"), marks)
    if sid:
        result["Sid"] = sid
    effect = _text(block.attributes.get("effect"), marks)
    result["Effect"] = "Allow" if effect is None else effect
    for name, key, variables in _LISTS:
        value = string_list(_plain(block.attributes.get(name), marks), _variables if variables else None)
        if value is not None:
            result[key] = value
    for name, key, build in (
        ("principals", "Principal", _principals),
        ("not_principals", "NotPrincipal", _principals),
        ("condition", "Condition", _conditions),
    ):
        blocks = block.blocks.get(name, [])
        if isinstance(blocks, Unknown):
            result[key] = derive([blocks])
        elif blocks:
            result[key] = build(blocks, marks)
    return result


def _variables(text: str) -> str:
    """``&{…}`` is how the configuration writes IAM's own ``${…}``."""
    return text.replace("&{", "${")


def string_list(value: TerraformValue, replace: Callable[[str], str] | None, ordered: bool = False) -> Any:
    """A set of texts as the provider writes it: nothing, one text, or a list in reverse order."""
    if value is None or isinstance(value, Unknown):
        return value
    elements = value.elements if isinstance(value, SetValue) else value
    if not isinstance(elements, tuple | list):
        raise TerraformError("a list of strings is required")
    texts = [convert(element, STRING) for element in elements if element is not None]
    unknown = [text for text in texts if isinstance(text, Unknown)]
    if ordered:
        result = [text if isinstance(text, Unknown) else (replace(text) if replace else text) for text in texts]
        return result[0] if len(result) == 1 else result
    known = {replace(text) if replace else text for text in texts if isinstance(text, str)}
    result = [*sorted(known, reverse=True), *dict.fromkeys(unknown)] if _hashable(unknown) else [*known, *unknown]
    if not result:
        return None
    return result[0] if len(result) == 1 else result


def _hashable(unknowns: Iterable[Unknown]) -> bool:
    return all(unknown.partial is None for unknown in unknowns)


def _principals(blocks: list[BodyValue], marks: list[bool]) -> Any:
    result: dict[str, Any] = {}
    unknown: list[Unknown] = []
    pairs = _as_set(
        (
            _text(block.attributes.get("type"), marks),
            string_list(_plain(block.attributes.get("identifiers"), marks), _variables),
        )
        for block in blocks
    )
    for type_, identifiers in sorted(pairs, key=_principal_order):
        if isinstance(type_, Unknown):
            unknown.append(type_)
        elif isinstance(identifiers, Unknown) and type_ in result:
            unknown.append(identifiers)
        elif type_ in result:
            result[type_] = [*_as_list(result[type_]), *_as_list(identifiers)]
        else:
            result[str(type_)] = [] if identifiers is None else identifiers
    if unknown:
        return derive(unknown, partial=result, open=True)
    if result == {"*": "*"}:
        return "*"
    return dict(sorted(result.items()))


def _as_set(blocks: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The provider's schema keeps these blocks in sets: one that is written twice is there once."""
    found: list[tuple[Any, ...]] = []
    for block in blocks:
        if unknowns_in(block) or block not in found:
            found.append(block)
    return found


def _hash(text: str) -> str:
    """Terraform's plugin SDK keeps sets of blocks in the order of these."""
    return str(zlib.crc32(text.encode("utf-8", "surrogatepass")))


def _principal_order(pair: tuple[Any, ...]) -> str:
    identifiers = sorted((one for one in _as_list(pair[1]) if isinstance(one, str)), key=_hash)
    return _hash(f"identifiers:{{{''.join(f'{one};' for one in identifiers)}}};type:{pair[0]};")


def _condition_order(triple: tuple[Any, ...]) -> str:
    values = "".join(f"{one};" for one in _as_list(triple[2]))
    return _hash(f"test:{triple[0]};values:({values});variable:{triple[1]};")


def _as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _conditions(blocks: list[BodyValue], marks: list[bool]) -> Any:
    result: dict[str, dict[str, Any]] = {}
    unknown: list[Unknown] = []
    triples = _as_set(
        (
            _text(block.attributes.get("test"), marks),
            _text(block.attributes.get("variable"), marks),
            string_list(_plain(block.attributes.get("values"), marks), _variables, ordered=True),
        )
        for block in blocks
    )
    for test, variable, values in sorted(triples, key=_condition_order):
        if isinstance(test, Unknown) or isinstance(variable, Unknown):
            unknown.extend(value for value in (test, variable) if isinstance(value, Unknown))
            continue
        by_variable = result.setdefault(str(test), {})
        if str(variable) in by_variable:
            by_variable[str(variable)] = [*_as_list(by_variable[str(variable)]), *_as_list(values)]
        else:
            by_variable[str(variable)] = [] if values is None else values
    if unknown:
        return derive(unknown, partial=result, open=True)
    return {test: dict(sorted(variables.items())) for test, variables in sorted(result.items())}


# -- documents from elsewhere -----------------------------------------------------------------------------------


def _documents(body: BodyValue, name: str, marks: list[bool]) -> list[Document]:
    value = _plain(body.attributes.get(name), marks)
    if value is None:
        return []
    if isinstance(value, Unknown):
        return [Document(hidden=[value])]
    elements = value.elements if isinstance(value, SetValue) else value
    if not isinstance(elements, tuple | list):
        raise TerraformError(f"{name} must be a list of strings")
    return [_decode(element, name) for element in elements if element not in (None, "")]


def _decode(element: TerraformValue, name: str) -> Document:
    if isinstance(element, Unknown):
        return _from_structure(element.partial) if isinstance(element.partial, dict) else Document(hidden=[element])
    try:
        return _from_structure(json.loads(convert(element, STRING)))
    except (ValueError, RecursionError) as error:
        raise TerraformError(f"{name} holds a text that is not JSON") from error


def _from_structure(structure: Any) -> Document:
    if not isinstance(structure, dict):
        raise TerraformError("a policy document must be a JSON object")
    document = Document(structure.get("Version", ""), structure.get("Id", ""))
    statements = structure.get("Statement", [])
    if isinstance(statements, Unknown):
        document.hidden.append(statements)
        statements = statements.partial if statements.open and isinstance(statements.partial, list) else []
    for statement in statements if isinstance(statements, list | tuple) else [statements]:
        if isinstance(statement, dict):
            document.statements.append(_normalized(statement))
        elif isinstance(statement, Unknown):
            document.hidden.append(statement)
    return document


_ORDER = ("Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal", "Condition")


def _normalized(statement: dict[str, Any]) -> Statement:
    """A decoded statement as the provider writes it again: known keys only, in its order."""
    result = {}
    for key in _ORDER:
        value = statement.get(key)
        if value is None or value == "":
            continue
        if key in ("Principal", "NotPrincipal") and isinstance(value, dict):
            value = {kind: sorted(who, reverse=True) if _texts(who) else who for kind, who in sorted(value.items())}
        elif key == "Condition" and isinstance(value, dict):
            value = {test: _single(inner) for test, inner in sorted(value.items())}
        result[key] = value
    return result


def _single(variables: Any) -> Any:
    """The variables of a condition: a list of one value becomes that value."""
    if not isinstance(variables, dict):
        return variables
    return {
        name: value[0] if isinstance(value, list) and len(value) == 1 else value
        for name, value in sorted(variables.items())
    }


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(element, str) for element in value)
