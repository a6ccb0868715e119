"""What several kinds ask and shape alike: details of one resource, tags, and the one document that a part gives."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from audits.kind import Reader
from audits.model import Cause, Resource, Unknown, Value

OF_TERRAFORM = Unknown(Cause.UNSUPPORTED, detail="an option of Terraform's, not kept in the account")


def plan_default(resource_type: str) -> str:
    """The source of a default that the provider's own plan shows."""
    return f"provider 5.100 schema default (the planned value of an {resource_type} that leaves it out)"


def told(
    reader: Reader,
    service: str,
    operation: str,
    convert: Callable[[dict[str, Any]], Mapping[str, Value]],
    *,
    resource: str,
    none: Mapping[str, Value],
    **parameters: Any,
) -> dict[str, Value]:
    """The attributes that one call about a resource tells. ``none``: them all, as they are if AWS has nothing."""
    answer = reader.detail(service, operation, resource=resource, attribute=", ".join(none), **parameters)
    if isinstance(answer, Unknown):
        return dict.fromkeys(none, answer)
    return dict(none) if answer is None else {**none, **convert(answer)}


def on_demand(*details: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """What :class:`audits.kind.Kind` wants to know of details that :func:`told` asks for: the attributes of each."""
    return {", ".join(attributes): tuple(attributes) for attributes in map(tuple, details)}


def tag_map(tags: Mapping[str, str] | None) -> dict[str, str]:
    """Tags that AWS gives as a map, without its own (``aws:…``), which the provider leaves out, too."""
    return {key: value for key, value in (tags or {}).items() if not key.startswith("aws:")}


def tag_pairs(pairs: Sequence[Mapping[str, str]] | None, key: str = "Key", value: str = "Value") -> dict[str, str]:
    """Tags that AWS gives as pairs, likewise."""
    return tag_map({pair[key]: pair.get(value, "") for pair in pairs or ()})


def only(resource: Resource, *names: str) -> Resource:
    """The resource with the one document of each attribute, out of the list that folding made of it."""
    attributes, origins = dict(resource.attributes), dict(resource.origins)
    for name in names:
        if name in attributes:
            attributes[name] = _only(resource.identity, name, attributes[name])
        moved = {path: at for path, at in origins.items() if path.startswith(f"{name}[0]")}
        origins.update({path.replace(f"{name}[0]", name, 1): at for path, at in moved.items()})
    return replace(resource, attributes=attributes, origins=origins)


def _only(identity: str, name: str, value: Value) -> Value:
    if isinstance(value, Unknown) and value.open:
        own = [reference.address for reference in value.references] == [identity] and not value.detail
        if value.cause is Cause.COMPUTED and own and isinstance(value.partial, list) and len(value.partial) == 1:
            # In a plan the provider says what the parent holds after the apply: what the part puts there.
            return value.partial[0]
        return replace(value, partial=None, parts=(), open=False, length=None, not_null=False)
    if not isinstance(value, list) or not value:
        return value
    if len(value) == 1:
        return value[0]
    return Unknown(Cause.INVALID, detail=f"{len(value)} of it are declared ({name}), and there is only one")


def document(name: str, into: str | None = None) -> Callable[[Resource], Mapping[str, Any]]:
    """A part's document in a list, as folding wants it; :func:`only` takes it out again."""

    def convert(part: Resource) -> Mapping[str, Any]:
        return {into or name: [part.attributes[name]]} if name in part.attributes else {}

    return convert
