"""One canonical form for both planes, so that one control serves both and the two can be compared.

Blocks are lists; sets are sorted; JSON text is decoded; scalars have the type that the provider's schema says; secrets
are removed; parts that the provider splits off are folded into their parent, each keeping its origin; declared provider
defaults fill what source leaves out. Pure: an observation in, an observation out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from math import isfinite
from typing import Any

from audits.folding import fold
from audits.kind import Kind, Part
from audits.model import Cause, Observation, Redacted, Reference, Resource, Unknown, Value
from audits.provider_schema import block_of, empty_blocks, sensitive_paths
from audits.secrets import redact, scrub, scrub_arguments

_PLACEHOLDER = "\ue000{}\ue001"
_ANY_BLOCK: Mapping[str, Any] = {"attributes": {}, "blocks": {}}
_NUMBER = re.compile(r"[-+]?[0-9]{1,300}(\.[0-9]{0,300})?([eE][-+]?[0-9]{1,2})?")
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


def canonical(observation: Observation, kinds: Mapping[str, Kind]) -> Observation:
    """The observation in canonical form. Resources of kinds that are not declared are kept as they are."""
    part_types: dict[str, list[tuple[Kind, Part]]] = {}
    for kind in kinds.values():
        for part in kind.parts:
            part_types.setdefault(part.type, []).append((kind, part))
    aliases = {alias: kind.type for kind in kinds.values() for alias in kind.aliases}
    named = [replace(one, kind=aliases.get(one.kind, one.kind)) for one in observation.resources]
    # A plan and a state speak as source does: of blocks left out, of parts, of own tags and all tags.
    terraform = observation.plane == "terraform"
    normal = [_normalise(resource, kinds.get(resource.kind), terraform) for resource in named]
    parts = [resource for resource in normal if resource.kind in part_types]
    whole = [resource for resource in normal if resource.kind not in part_types]
    folded = fold(whole, parts, part_types)
    tags_hidden = any(gap.kinds is None and gap.module is None for gap in observation.gaps)
    finished = (_finish(resource, kinds.get(resource.kind), terraform, tags_hidden) for resource in folded)
    sources = (replace(one, kind=aliases.get(one.kind, one.kind)) for one in observation.data_sources)
    named_only = tuple(_normalise(one, kinds.get(one.kind), terraform) for one in sources)
    return replace(observation, resources=tuple(finished), data_sources=named_only)


def without_secrets(observation: Observation, kinds: Mapping[str, Kind]) -> Observation:
    """The observation as it is, with every secret removed and nothing else changed."""
    part_secrets = {part.type: kind for kind in kinds.values() for part in kind.parts}
    found = tuple(
        replace(one, attributes=_without_secrets(one, kinds.get(one.kind) or part_secrets.get(one.kind)))
        for one in observation.resources
    )
    return replace(observation, resources=found)


def _without_secrets(resource: Resource, kind: Kind | None) -> dict[str, Value]:
    attributes: Value = dict(resource.attributes)
    if kind is not None and kind.type == resource.kind and kind.conceal is not None:
        attributes = dict(kind.conceal(attributes))
    documents = {path.partition("[")[0].partition(".")[0] for path in (kind.documents if kind else ())}
    for path in (*sensitive_paths(resource.kind), *(kind.secrets if kind else ())):
        top, _, rest = path.replace("[*]", "").partition(".")
        if rest and top in documents and isinstance(attributes.get(top), str):
            decoded = decode_document(attributes[top])
            # JSON text with a secret inside: the text is written anew without it.
            cleaned = Redacted("may hold a secret") if isinstance(decoded, str) else redact(decoded, rest.split("."))
            attributes[top] = attributes[top] if cleaned == decoded else cleaned
        else:
            attributes = redact(attributes, path.replace("[*]", "").split("."))
    return _scrubbed(resource.kind, attributes)


def _normalise(resource: Resource, kind: Kind | None, terraform: bool) -> Resource:
    attributes: Value = dict(resource.attributes)
    block = block_of(resource.kind)
    if terraform:
        attributes = _without_nulls(attributes, block or _ANY_BLOCK)
    if kind is not None and kind.conceal is not None:
        attributes = dict(kind.conceal(attributes))
    for path in sensitive_paths(resource.kind):
        attributes = redact(attributes, path.replace("[*]", "").split("."))
    if block is not None:
        attributes = coerce_block(attributes, block)
    for path in kind.documents if kind else ():
        attributes = _decode_at(attributes, path.replace("[*]", "").split("."))
    # Only now: what is secret in a document can be told once it is decoded, and a text that is no document is opaque.
    for path in kind.secrets if kind else ():
        attributes = _without_secret(attributes, path.replace("[*]", "").split("."))
    return replace(resource, attributes=_scrubbed(resource.kind, attributes))


def _without_nulls(value: Value, block: Mapping[str, Any]) -> Value:
    """A body without the arguments that are null: to Terraform they are not set."""
    if isinstance(value, list):
        return [_without_nulls(element, block) for element in value]
    if isinstance(value, Unknown):
        return value if value.partial is None else replace(value, partial=_without_nulls(value.partial, block))
    if not isinstance(value, dict):
        return value
    nested = block["blocks"]
    return {
        name: _without_nulls(one, nested[name]["block"]) if name in nested else one
        for name, one in value.items()
        if one is not None
    }


def _without_secret(attributes: Mapping[str, Value], path: Sequence[str]) -> Value:
    if len(path) > 1 and isinstance(attributes.get(path[0]), str):
        return {**attributes, path[0]: Redacted("may hold a secret")}
    return redact(dict(attributes), path)


def _scrubbed(kind: str, attributes: Mapping[str, Value]) -> dict[str, Value]:
    if kind == "module":
        return scrub_arguments(attributes)
    if block_of(kind) is None:
        # Nothing says what its attributes are: their names count, too.
        return dict(scrub(dict(attributes)))
    return {name: scrub(value) for name, value in attributes.items()}


def coerce_block(attributes: Mapping[str, Value], block: Mapping[str, Any]) -> dict[str, Value]:
    """The attributes of a body with the types of the provider's schema; names the schema lacks stay as they are."""
    return {name: _coerce_member(name, value, block) for name, value in attributes.items()}


def _coerce_member(name: str, value: Value, block: Mapping[str, Any]) -> Value:
    attribute = block["attributes"].get(name)
    if attribute is not None:
        return coerce(value, attribute["type"])
    nested = block["blocks"].get(name)
    return value if nested is None else _coerce_blocks(value, nested)


def _coerce_blocks(value: Value, nested: Mapping[str, Any]) -> Value:
    if isinstance(value, Unknown):
        return replace(value, partial=_coerce_blocks(value.partial, nested)) if value.partial is not None else value
    blocks = value if isinstance(value, list) else [value]
    return [coerce_block(one, nested["block"]) if isinstance(one, dict) else one for one in blocks]


def coerce(value: Value, wanted: Any) -> Value:
    """The value as the schema's type; unknown parts and what does not convert stay as they are."""
    if value is None or isinstance(value, Redacted):
        return value
    if isinstance(value, Unknown):
        if value.partial is not None and not isinstance(wanted, str):
            return replace(value, partial=coerce(value.partial, wanted))
        return value
    if isinstance(wanted, str):
        return _coerce_scalar(value, wanted)
    name, inner = wanted[0], wanted[1]
    if name == "object":
        if not isinstance(value, dict):
            return value
        return {key: coerce(one, inner[key]) if key in inner else one for key, one in value.items()}
    if name == "map":
        return {key: coerce(one, inner) for key, one in value.items()} if isinstance(value, dict) else value
    if not isinstance(value, list):
        return value
    found = [coerce(one, inner) for one in value]
    # Sets of blocks keep their order: origins speak of elements by number, and no relation depends on their order.
    return in_order(found) if name == "set" and isinstance(inner, str) else found


def _coerce_scalar(value: Value, wanted: str) -> Value:
    if wanted == "string":
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int | float):
            return str(int(value)) if isinstance(value, int) or value.is_integer() else repr(value)
    elif wanted == "number" and isinstance(value, str) and _NUMBER.fullmatch(value):
        number = Decimal(value)
        return int(number) if number == number.to_integral_value() else float(number)
    elif wanted == "bool" and isinstance(value, str):
        return _BOOLEANS.get(value, value)
    elif wanted == "number" and isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def in_order(elements: Iterable[Value]) -> list[Value]:
    """A set of scalars without duplicates, in an order that depends on nothing but them."""
    unique: dict[tuple[str, int], Value] = {}
    for number, element in enumerate(elements):
        # Two unknowns that look alike may yet stand for different values.
        unique.setdefault((_sort_key(element), number if _opaque(element) else -1), element)
    return [unique[key] for key in sorted(unique)]


def _opaque(value: Value) -> bool:
    """Whether it holds an unknown of which it cannot be told that another that looks like it is the same."""
    if isinstance(value, Unknown):
        plain = value.cause is Cause.COMPUTED and len(value.references) == 1 and not value.derived
        return not plain or value.partial is not None
    if isinstance(value, dict):
        return any(_opaque(element) for element in value.values())
    return isinstance(value, Redacted) or (isinstance(value, list) and any(_opaque(element) for element in value))


def _sort_key(value: Value) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, default=repr)


def _decode_at(value: Value, path: Sequence[str]) -> Value:
    if isinstance(value, list):
        return [_decode_at(element, path) for element in value]
    if not path:
        return decode_document(value)
    if isinstance(value, Unknown) and value.partial is not None:
        return replace(value, partial=_decode_at(value.partial, path))
    if isinstance(value, dict) and path[0] in value:
        inner = value[path[0]]
        # The document itself may be a list (container definitions): only lists on the way are entered.
        whole = len(path) == 1 and not isinstance(inner, list)
        return {**value, path[0]: decode_document(inner) if whole else _decode_at(inner, path[1:])}
    return value


def decode_document(value: Value) -> Value:
    """The structure that JSON text holds. Unknown text keeps what is known of its structure; other text stays as is."""
    if isinstance(value, str):
        try:
            return _parse(value)
        except ValueError:
            return value
    if isinstance(value, Unknown):
        if value.partial is not None:
            return value.partial if not value.open else value
        if value.parts:
            return _decode_template(value)
    return value


def _parse(text: str) -> Value:
    """What JSON text holds. Raises ValueError for other text, numbers that JSON has not, and too deep a structure."""
    try:
        data = json.loads(text, parse_constant=_refuse, parse_float=_finite)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    return data


def _refuse(name: str) -> Value:
    raise ValueError(f"{name} is no JSON")


def _finite(text: str) -> float:
    return float(text) if isfinite(float(text)) else _refuse(text)


def _decode_template(value: Unknown) -> Value:
    """JSON text written as a template: decoded if every unknown stands inside a string of it."""
    unknowns = [part for part in value.parts if isinstance(part, Unknown)]
    if not all(_breaks_no_json(unknown) for unknown in unknowns):
        return value
    if any(isinstance(part, str) and any(mark in part for mark in "\ue000\ue001") for part in value.parts):
        return value
    numbers = iter(range(len(unknowns)))
    text = "".join(part if isinstance(part, str) else _PLACEHOLDER.format(next(numbers)) for part in value.parts)
    try:
        return _restore(_parse(text), unknowns)
    except ValueError:
        return value


def _breaks_no_json(unknown: Unknown) -> bool:
    """Whether what it stands for cannot hold a quote: what AWS makes (identifiers, ARNs), or where one is at home."""
    own = ("data.aws_caller_identity.", "data.aws_partition.", "data.aws_region.")
    if unknown.cause is Cause.DATA_SOURCE:
        return bool(unknown.references) and all(any(name in f"{one}." for name in own) for one in unknown.references)
    return unknown.cause is Cause.COMPUTED


def _restore(value: Value, unknowns: Sequence[Unknown]) -> Value:
    if isinstance(value, dict):
        if any("\ue000" in key for key in value):
            raise ValueError("a name in it is unknown")
        return {key: _restore(element, unknowns) for key, element in value.items()}
    if isinstance(value, list):
        return [_restore(element, unknowns) for element in value]
    if not isinstance(value, str) or "\ue000" not in value:
        return value
    parts: list[str | Unknown] = []
    rest = value
    while "\ue000" in rest:
        before, _, rest = rest.partition("\ue000")
        number, _, rest = rest.partition("\ue001")
        parts.extend([before] if before else [])
        parts.append(unknowns[int(number)])
    parts.extend([rest] if rest else [])
    found = [part for part in parts if isinstance(part, Unknown)]
    if len(parts) == 1:
        return found[0]
    references = tuple(dict.fromkeys(reference for unknown in found for reference in unknown.references))
    return Unknown(found[0].cause, references, found[0].detail, parts=tuple(parts), not_null=True)


def _finish(resource: Resource, kind: Kind | None, terraform: bool, tags_hidden: bool) -> Resource:
    if kind is None:
        return resource
    resource = _with_parts_decoded(resource, kind)
    if terraform:
        hidden = tags_hidden and resource.missing == "unset"
        resource, left = _without_computed(resource, kind)
        if kind.from_terraform is not None:
            resource = kind.from_terraform(resource)
        resource = _with_defaults(_with_empty_blocks(_with_prefixed_names(_with_all_tags(resource, hidden))), kind)
        resource = replace(resource, attributes={**left, **resource.attributes})
    return replace(resource, key=natural_key(resource, kind))


def _without_computed(resource: Resource, kind: Kind) -> tuple[Resource, Mapping[str, Value]]:
    """The resource without what a plan leaves to the provider, as source would leave it out; and what that is.

    What only parts can set, and none does, is not even left to it: there is none.
    """
    if resource.missing == "unset":
        return resource, {}
    left = {name: value for name, value in resource.attributes.items() if _left_open(value, resource.identity)}
    left.pop("tags_all", None)
    kept = {name: value for name, value in resource.attributes.items() if name not in left}
    by_parts = {name for part in kind.parts for name in part.into}
    return replace(resource, attributes=kept), {name: left[name] for name in left if name not in by_parts}


def _left_open(value: Value, identity: str) -> bool:
    """Whether it stands for itself, so that nothing sets it and the provider will say; not where blocks may set it."""
    return (
        isinstance(value, Unknown)
        and value.cause is Cause.COMPUTED
        and len(value.references) == 1
        and value.references[0].address == identity
        and not (value.parts or value.detail or value.partial)
    )


def _with_parts_decoded(resource: Resource, kind: Kind) -> Resource:
    """What was folded in is as canonical as the rest: documents decoded, secrets removed, sets in order."""
    attributes: Value = dict(resource.attributes)
    for path in kind.documents:
        attributes = _decode_at(attributes, path.replace("[*]", "").split("."))
    for path in kind.secrets:
        attributes = redact(attributes, path.replace("[*]", "").split("."))
    for name, wanted in kind.extra.items():
        if name in attributes:
            attributes = {**attributes, name: coerce(attributes[name], wanted)}
    return replace(resource, attributes=attributes)


def _with_prefixed_names(resource: Resource) -> Resource:
    """A name that is left to the provider with ``name_prefix`` (``identifier_prefix``, …) is known to begin so.

    It goes on with the time in UTC (``20060102150405…``: ``PrefixedUniqueId`` of Terraform's plugin SDK), so the
    century is known, too, and with it that the prefix's last word has ended.
    """
    attributes = dict(resource.attributes)
    known = (block_of(resource.kind) or _ANY_BLOCK)["attributes"]
    for name, prefix in resource.attributes.items():
        base = name.removesuffix("_prefix")
        if base != name and base in known and base not in attributes and isinstance(prefix, str) and prefix:
            rest = Unknown(Cause.COMPUTED, (Reference(resource.identity, base),), not_null=True)
            attributes[base] = Unknown(Cause.COMPUTED, rest.references, parts=(f"{prefix}20", rest), not_null=True)
    return replace(resource, attributes=attributes)


def _with_all_tags(resource: Resource, hidden: bool) -> Resource:
    """Tags with the provider's default tags, as the account shows them; without either there are none.

    ``hidden``: a file was not read, in which the provider may have default tags: then there may be more.
    """
    block = block_of(resource.kind) or {"attributes": {}}
    if "tags_all" not in block["attributes"]:
        return resource
    tags = resource.attributes.get("tags_all", resource.attributes.get("tags", {}))
    if hidden and isinstance(tags, dict):
        said = "the provider's default tags may stand in a file that was not read"
        tags = Unknown(Cause.UNREADABLE, detail=said, partial=tags, open=True)
    return replace(resource, attributes={**resource.attributes, "tags": tags})


def _with_empty_blocks(resource: Resource) -> Resource:
    """Blocks that source does not write and the provider's own plan shows as empty are empty; others stay unset."""
    attributes: Value = dict(resource.attributes)
    for path in sorted(empty_blocks(resource.kind), key=lambda path: path.count(".")):
        attributes, _ = _fill(attributes, path.split("."), [], resource.identity)
    return replace(resource, attributes=attributes)


def _with_defaults(resource: Resource, kind: Kind) -> Resource:
    attributes: Value = dict(resource.attributes)
    defaulted = dict(resource.defaulted)
    for path, default in kind.defaults.items():
        attributes, filled = _fill(attributes, path.replace("[*]", "").split("."), default.value, resource.identity)
        if filled:
            defaulted[path] = default.source
    return replace(resource, attributes=attributes, defaulted=defaulted)


def _fill(value: Value, path: Sequence[str], default: Value, identity: str) -> tuple[Value, bool]:
    if isinstance(value, list):
        pairs = [_fill(element, path, default, identity) for element in value]
        return [element for element, _ in pairs], any(filled for _, filled in pairs)
    if not isinstance(value, dict):
        return value, False
    if len(path) == 1:
        given = path[0] in value and not _left_open(value[path[0]], identity)
        return (value, False) if given else ({**value, path[0]: default}, True)
    if path[0] not in value:
        return value, False
    inner, filled = _fill(value[path[0]], path[1:], default, identity)
    return {**value, path[0]: inner}, filled


def natural_key(resource: Resource, kind: Kind) -> str | None:
    """What pairs the resource with the other plane: its identifying attributes, if all are known and set."""
    values = [resource.attributes.get(name) for name in kind.identity]
    if not values or any(not isinstance(value, str | int) or isinstance(value, bool) for value in values):
        return None
    if "" in values:
        return None
    return "/".join(str(value) for value in values)
