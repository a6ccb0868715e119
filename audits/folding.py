"""Folds the parts that the provider splits off into their parents, each keeping its origin and ``ignore_changes``.

A part whose parent cannot be told opens the attribute of every resource that may be it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from audits.kind import Kind, Part
from audits.model import Cause, Resource, Unknown, Value
from audits.provider_schema import block_of


def fold(
    whole: Sequence[Resource], parts: Sequence[Resource], part_types: Mapping[str, Sequence[tuple[Kind, Part]]]
) -> list[Resource]:
    """The whole resources, with every part folded into the parents that it names, of one kind or of several."""
    parents: dict[str, list[int]] = {}
    for number, resource in enumerate(whole):
        parents.setdefault(resource.kind, []).append(number)
    folded = list(whole)
    for part_resource in parts:
        others = {kind.type for kind, _ in part_types[part_resource.kind]}
        for kind, part in part_types[part_resource.kind]:
            elsewhere = frozenset(others - {kind.type})
            _fold_one(whole, parents.get(kind.type, []), part_resource, part, folded, elsewhere)
    return folded


def _fold_one(
    whole: Sequence[Resource],
    candidates: Sequence[int],
    resource: Resource,
    part: Part,
    folded: list[Resource],
    elsewhere: frozenset[str] = frozenset(),
) -> None:
    """Fold a part into those of the candidates that it names; ``elsewhere``: the other kinds that it may fold into."""
    named = resource.attributes.get(part.by)
    if named is None and _may_name_none(part):
        return
    blocks = _convert(part, resource)
    for by in _parents_named(named):
        found = [number for number in candidates if _names(by, whole[number], part)]
        if resource.existence is None and len(found) == 1:
            folded[found[0]] = _add(_yielding(folded[found[0]], part, blocks), resource, blocks)
            continue
        excluded = not found and (
            _surely_elsewhere(by, [whole[number] for number in candidates], part) or _names_one_of(by, elsewhere, part)
        )
        for number in [] if excluded else found or candidates:
            folded[number] = _maybe_add(folded[number], resource, part, blocks)


def _may_name_none(part: Part) -> bool:
    """Whether the provider takes the part without parents of this kind (an attachment of a policy to roles only)."""
    block = block_of(part.type)
    attribute = block["attributes"].get(part.by, {}) if block else {}
    return bool(attribute.get("optional")) and not attribute.get("computed")


def _parents_named(by: Value) -> list[Value]:
    if isinstance(by, Unknown) and isinstance(by.partial, list):
        return [*by.partial, by] if by.open else list(by.partial)
    return list(by) if isinstance(by, list) else [by]


def _convert(part: Part, resource: Resource) -> Mapping[str, Sequence[Value]]:
    if part.convert is not None:
        return part.convert(resource)
    body = {name: value for name, value in resource.attributes.items() if name not in (part.by, "id")}
    return {part.into[0]: [body]}


def _names(by: Value, parent: Resource, part: Part) -> bool:
    """Whether the part surely names this parent."""
    if isinstance(by, Unknown):
        if len(by.references) != 1 or by.parts or by.derived or by.cause is not Cause.COMPUTED:
            return False
        reference = by.references[0]
        return reference.address == parent.identity and reference.attribute in part.parent_attributes
    return isinstance(by, str) and any(parent.attributes.get(name) == by for name in part.parent_attributes)


def _surely_elsewhere(by: Value, candidates: Sequence[Resource], part: Part) -> bool:
    """Whether the part surely names a resource that is none of the candidates."""
    if isinstance(by, Unknown):
        if by.cause is not Cause.COMPUTED or len(by.references) != 1 or by.parts or by.derived:
            return False
        reference = by.references[0]
        if reference.attribute not in part.parent_attributes or "[*]" in reference.address:
            return False
        # A resource whose count is unknown is there once, as [*]; another may be named without its index.
        alike = [one for one in candidates if _without_index(one.identity) == _without_index(reference.address)]
        if any(one.identity.endswith("[*]") or reference.address == _without_index(one.identity) for one in alike):
            return False
        kinds = {candidate.kind for candidate in candidates}
        return any(f".{kind}." in f".{reference.address}" and ".data." not in f".{reference.address}" for kind in kinds)
    if not isinstance(by, str):
        return False
    return bool(candidates) and _literal_excluded(by, candidates, part)


def _names_one_of(by: Value, kinds: frozenset[str], part: Part) -> bool:
    """Whether the part surely names a resource of one of these kinds."""
    if not isinstance(by, Unknown) or by.cause is not Cause.COMPUTED or len(by.references) != 1:
        return False
    reference = by.references[0]
    if by.parts or by.derived or reference.attribute not in part.parent_attributes:
        return False
    return any(f".{kind}." in f".{reference.address}" and ".data." not in f".{reference.address}" for kind in kinds)


def _without_index(address: str) -> str:
    return address[: address.rfind("[")] if address.endswith("]") else address


def _literal_excluded(by: str, candidates: Sequence[Resource], part: Part) -> bool:
    """A name (not an identifier that AWS makes) differs from the known names of all candidates."""
    if by.startswith(("sg-", "arn:", "rtb-", "vpc-", "subnet-")):
        name = "arn" if by.startswith("arn:") else "id"
        return all(isinstance(candidate.attributes.get(name), str) for candidate in candidates)
    names = [name for name in part.parent_attributes if name not in ("id", "arn")]
    return all(any(isinstance(candidate.attributes.get(name), str) for name in names) for candidate in candidates)


def _yielding(parent: Resource, part: Part, blocks: Mapping[str, Value]) -> Resource:
    """The parent without what the provider read, or will read, of the very thing that the part describes.

    That is what no configuration sets (``Resource.computed``), and of a plan or state whatever there is only one of.
    Of what may be in the parent and beside it, all count; equal ones are one.
    """
    saved = parent.missing == "absent"
    own = {name for name in blocks if name in parent.computed or (saved and not part.many)}
    if not own:
        return parent
    kept = {name: value for name, value in parent.attributes.items() if name not in own}
    # Only once: what one part brought stays when the next comes.
    left = tuple(name for name in parent.computed if name not in own)
    return replace(parent, attributes=kept, computed=left)


def _add(parent: Resource, part: Resource, blocks: Mapping[str, Value]) -> Resource:
    attributes, origins, ignored = dict(parent.attributes), dict(parent.origins), list(parent.ignored)
    for name, added in blocks.items():
        present = attributes.get(name)
        known, more = _listed(present), _listed(added)
        for offset in range(len(more)):
            origins[f"{name}[{len(known) + offset}]"] = part.origin
        if part.ignored:
            # Sets of texts are put in order later: what was which is lost then.
            ordered = all(isinstance(one, dict) for one in more)
            ignored += [f"{name}[{len(known) + offset}]" for offset in range(len(more))] if ordered else [name]
        doubt = next((one for one in (present, added) if isinstance(one, Unknown)), None)
        joined = [*known, *more]
        attributes[name] = joined if doubt is None else replace(doubt, partial=joined, parts=(), open=True, length=None)
        if doubt is not None:
            origins.setdefault(name, part.origin)
    return replace(parent, attributes=attributes, origins=origins, ignored=tuple(ignored))


def _listed(value: Value) -> list[Value]:
    """The elements of a list that are known, also where the list as a whole is not."""
    known = value.partial if isinstance(value, Unknown) else value
    return list(known) if isinstance(known, list | tuple) else []


def _maybe_add(parent: Resource, part: Resource, declared: Part, blocks: Mapping[str, Sequence[Value]]) -> Resource:
    """The part may belong to this parent: its attributes may hold more than is seen."""
    attributes = dict(parent.attributes)
    detail = f"{part.identity} may belong to it"
    doubt = part.existence or part.attributes.get(declared.by)
    references = doubt.references if isinstance(doubt, Unknown) else ()
    cause = doubt.cause if isinstance(doubt, Unknown) else Cause.UNRESOLVED
    for name in blocks or declared.into:
        present = attributes.get(name)
        known = present.partial if isinstance(present, Unknown) else present
        attributes[name] = Unknown(
            cause, references, detail, partial=known if isinstance(known, list) else [], open=True, not_null=True
        )
    return replace(parent, attributes=attributes)
