"""Attribute by attribute: what our readers give, beside the state that the provider wrote of the same resource.

Two passes. *Whole*: every attribute that a reader gives and the provider's schema has, against the resource's own
state, which the provider read back from the same account. *Folded*: what the parts that the provider splits off say,
folded into a parent bare of it, against what the reader says of the parent. Both sides are brought to canonical form;
kinds' defaults are left out of it, so that only what the provider wrote counts.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from audits import kinds
from audits.canonical import canonical
from audits.kind import Kind, Part
from audits.model import Observation, Redacted, Resource, Unknown, Value
from audits.provider_schema import block_of

_ZEROES = (None, "", 0, False)


@dataclass(frozen=True)
class Compared:
    """One attribute of one resource. ``type``: the Terraform type whose state it is, a folded one included.

    ``zero``: equal but for null on one side and a zero value (``""``, 0, false, nothing in a list) on the other, which
    the plugin SDK does not keep apart in state.
    """

    type: str
    attribute: str
    address: str
    stated: Value
    live: Value
    equal: bool
    zero: bool = False


@dataclass(frozen=True)
class Agreement:
    """What was compared, the resources of the state that no reader gave, and what was left out as supplied."""

    compared: tuple[Compared, ...]
    missing: tuple[str, ...]
    supplied: frozenset[str] = frozenset()

    def __add__(self, other: Agreement) -> Agreement:
        """Both together."""
        return Agreement(self.compared + other.compared, self.missing + other.missing, self.supplied | other.supplied)


def resources_of(state: Mapping[str, Any]) -> list[Resource]:
    """The managed resources of a ``terraform.tfstate``, as source would give them: what is null is not there."""
    found = []
    for entry in state["resources"]:
        if entry["mode"] != "managed" or not entry["provider"].endswith('hashicorp/aws"]'):
            continue
        base = ".".join(filter(None, [entry.get("module", ""), entry["type"], entry["name"]]))
        for instance in entry["instances"]:
            index = f"[{json.dumps(instance['index_key'])}]" if "index_key" in instance else ""
            found.append(Resource(entry["type"], f"{base}{index}", instance["attributes"], missing="unset"))
    return found


def compare(state: Mapping[str, Any], observed: Observation, supplied: Container[str] = ()) -> Agreement:
    """The state beside the account as it was observed (in canonical form), without what test code ``supplied``."""
    declared = {name: replace(kind, defaults={}) for name, kind in kinds.registry().items()}
    stated = resources_of(state)
    types = {part.type for kind in declared.values() for part in kind.parts}
    whole = [one for one in stated if one.kind not in types]
    parts = [one for one in stated if one.kind in types]
    compared: list[Compared] = []
    missing: list[str] = []
    for resource in canonical(Observation("terraform", tuple(whole)), declared).resources:
        kind = declared.get(resource.kind)
        if kind is None:
            continue
        found = _live_of(resource, observed.resources)
        if found is None:
            missing.append(resource.identity)
            continue
        compared += _whole(resource, found, kind)
        compared += _folded(resource, found, kind, _raw(whole, resource), parts, declared)
    seen = {one.address for one in compared}
    silent = {part.type for kind in declared.values() for part in kind.parts if not part.into}
    missing += [one.identity for one in parts if one.identity not in seen and one.kind not in silent]
    names = [f"{one.type}.{one.attribute}" for one in compared]
    evidence = tuple(one for one, name in zip(compared, names, strict=True) if name not in supplied)
    return Agreement(evidence, tuple(missing), frozenset(name for name in names if name in supplied))


def _raw(resources: Iterable[Resource], wanted: Resource) -> Resource:
    return next(one for one in resources if one.identity == wanted.identity)


def _live_of(resource: Resource, observed: Iterable[Resource]) -> Resource | None:
    """What was observed of it: by its identifier, else (there is none in the account) by its natural key."""
    alike = [one for one in observed if one.kind == resource.kind]
    for one in alike:
        if one.attributes.get("id") not in (None, "") and one.attributes["id"] == resource.attributes.get("id"):
            return one
    keyed = [one for one in alike if one.key is not None and one.key == resource.key]
    return keyed[0] if len(keyed) == 1 else None


def _whole(resource: Resource, found: Resource, kind: Kind) -> Iterator[Compared]:
    block = block_of(kind.type) or {"attributes": {}, "blocks": {}}
    for name, live in found.attributes.items():
        if name in kind.extra or not _says(live):
            continue
        stated = resource.attributes.get(name)
        if isinstance(stated, Redacted) or isinstance(live, Redacted):
            continue
        yield _compared(kind.type, name, resource.identity, stated, live, block)


def _says(live: Value) -> bool:
    """Whether the reader gives a value. One that could not be read does not count as given, and is a gap elsewhere."""
    return not isinstance(live, Unknown)


def _folded(
    resource: Resource,
    found: Resource,
    kind: Kind,
    raw: Resource,
    parts: Sequence[Resource],
    declared: Mapping[str, Kind],
) -> Iterator[Compared]:
    mine = [(one, part) for one in parts for part in kind.parts if one.kind == part.type and _names(one, part, raw)]
    if not mine:
        return
    into = {name for _, part in mine for name in part.into}
    bare = replace(raw, attributes={name: value for name, value in raw.attributes.items() if name not in into})
    # What is written inline counts where no part says it: the provider shows all of it in the parent, too.
    own = {kind.type: kind}
    folded = canonical(Observation("terraform", (bare, *(one for one, _ in mine))), own).resources[0]
    block = block_of(kind.type) or {"attributes": {}, "blocks": {}}
    for one, part in mine:
        added = part.convert(one) if part.convert is not None else part.into
        for name in sorted(added):
            stated, live = folded.attributes.get(name), found.attributes.get(name)
            if _says(live):
                wanted = None if name in kind.extra else block
                yield _compared(one.kind, name, one.identity, stated, live, wanted)


def _names(one: Resource, part: Part, parent: Resource) -> bool:
    by = one.attributes.get(part.by)
    named = by if isinstance(by, list) else [by]
    return any(parent.attributes.get(name) in named for name in part.parent_attributes if parent.attributes.get(name))


def _compared(
    type_: str, name: str, address: str, stated: Value, live: Value, block: Mapping[str, Any] | None
) -> Compared:
    one, other = (_ordered(value, _type_of(name, block)) for value in (stated, live))
    equal = one == other and type(one) is type(other)
    zero = not equal and _bare(one) == _bare(other)
    return Compared(type_, name, address, stated, live, equal or zero, zero)


def _type_of(name: str, block: Mapping[str, Any] | None) -> Any:
    """What the schema says of a member: a type, or a nested block. None (folded): every list is a set."""
    if block is None:
        return None
    return block["attributes"].get(name, {}).get("type") or block["blocks"].get(name) or "dynamic"


def _ordered(value: Value, wanted: Any) -> Value:
    """The value with what the schema calls sets in an order that depends on nothing but their elements."""
    if isinstance(value, list):
        nested = wanted.get("block") if isinstance(wanted, Mapping) else None
        if nested is not None:
            found = [_ordered(one, nested) if not isinstance(one, dict) else _members(one, nested) for one in value]
        else:
            inner = wanted[1] if isinstance(wanted, list) else wanted
            found = [_ordered(one, inner) for one in value]
        is_set = wanted is None or _is_set(wanted)
        return [json.loads(one) for one in sorted({_key(one) for one in found})] if is_set else found
    if isinstance(value, dict):
        value = {name: one for name, one in value.items() if not isinstance(one, Redacted)}
        members = wanted[1] if isinstance(wanted, list) and wanted[0] == "object" else {}
        return {
            name: _ordered(one, None if wanted is None else members.get(name, "dynamic")) for name, one in value.items()
        }
    return value


def _members(body: Mapping[str, Value], block: Mapping[str, Any]) -> dict[str, Value]:
    # What is secret is removed on both sides, or was never read: there is nothing to compare.
    known = {name: one for name, one in body.items() if not isinstance(one, Redacted)}
    return {name: _ordered(one, _type_of(name, block)) for name, one in known.items()}


def _is_set(wanted: Any) -> bool:
    return (
        wanted["nesting"] == "set" if isinstance(wanted, Mapping) else isinstance(wanted, list) and wanted[0] == "set"
    )


def _key(value: Value) -> str:
    return json.dumps(value, sort_keys=True, default=repr)


def _bare(value: Value) -> Value:
    """The value without what is null or zero."""
    if isinstance(value, dict):
        found = {name: _bare(one) for name, one in value.items()}
        return {name: one for name, one in found.items() if one is not None} or None
    if isinstance(value, list):
        return sorted((_bare(one) for one in value), key=_key) or None
    return None if any(value is zero or value == zero for zero in _ZEROES) else value
