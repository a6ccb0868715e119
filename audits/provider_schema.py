"""The Terraform AWS provider's own schema, reduced to the types this project speaks of, and kept beside this module.

Made by ``make provider-schema`` from ``terraform providers schema -json`` (which needs the CLI and the provider):
attribute names, types and sensitivity come from there, not from memory. Each type is
``{"attributes": {name: {"type": …, "computed": …, "optional": …, "required": …, "sensitive": …}},
"blocks": {name: {"nesting": "single|list|set|map", "max": n, "block": {…}}}}``; types are written as Terraform writes
them (``"string"``, ``["list", "string"]``, ``["set", ["object", {…}]]``).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

PATH = Path(__file__).with_suffix(".json")
_FLAGS = ("computed", "optional", "required", "sensitive")


@cache
def _document() -> Mapping[str, Any]:
    document: dict[str, Any] = json.loads(PATH.read_text(encoding="utf-8"))
    return document


def block_of(resource_type: str) -> Mapping[str, Any] | None:
    """The schema of a resource type's body, or None for a type that is not among the project's."""
    block: Mapping[str, Any] | None = _document()["types"].get(resource_type)
    return block


def empty_blocks(resource_type: str) -> tuple[str, ...]:
    """Paths of blocks that the provider leaves empty where source does not write them, as its own plan shows.

    A block that is not among them may be computed (``aws_ecs_cluster.setting``): the schema alone cannot tell.
    """
    return tuple(_document()["empty_blocks"].get(resource_type, ()))


def computed_if_empty(resource_type: str) -> tuple[str, ...]:
    """Attributes that the provider computes where they are an empty text or collection, for every type of the provider.

    So does its plugin SDK (``finalizeDiff``) with whatever is optional and computed. Types of the newer framework,
    whose ``id`` cannot be written, take an empty value for a value.
    """
    return tuple(_document()["computed_if_empty"].get(resource_type, ()))


def sensitive_paths(resource_type: str) -> tuple[str, ...]:
    """Paths (without indexes) that the provider marks as sensitive, for every type of the provider."""
    return tuple(_document()["sensitive"].get(resource_type, ()))


def resource_types() -> frozenset[str]:
    """The names of every resource type of the provider."""
    return frozenset(_document()["all"])


def provider_version() -> str:
    """The version of the provider that the schema was read from."""
    return str(_document()["provider"])


def reduce(schema: Mapping[str, Any], plan: Mapping[str, Any], types: Iterable[str], version: str) -> dict[str, Any]:
    """The kept document, from what ``terraform providers schema -json`` printed and the plan of minimal resources.

    Raises:
        KeyError: the schema has no AWS provider, or lacks one of ``types``.
    """
    (provider,) = (body for name, body in schema["provider_schemas"].items() if name.endswith("hashicorp/aws"))
    resources = provider["resource_schemas"]
    sensitive = {name: _sensitive(body["block"], "") for name, body in resources.items()}
    return {
        "provider": version,
        "types": {name: _reduce_block(resources[name]["block"]) for name in sorted(types)},
        "sensitive": {name: paths for name, paths in sorted(sensitive.items()) if paths},
        "empty_blocks": _empty_blocks(plan, resources),
        "computed_if_empty": _computed_if_empty(resources),
        "all": sorted(resources),
    }


def text(reduced: Mapping[str, Any]) -> str:
    """What :func:`reduce` gives as JSON, one type a line: a new kind is then one new line in a diff."""
    parts = []
    for name, part in sorted(reduced.items()):
        if isinstance(part, dict):
            lines = ",\n".join(f"{_json(key)}:{_json(value)}" for key, value in sorted(part.items()))
            parts.append(f"{_json(name)}:{{\n{lines}\n}}")
        else:
            parts.append(f"{_json(name)}:{_json(part)}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _empty_blocks(plan: Mapping[str, Any], resources: Mapping[str, Any]) -> dict[str, list[str]]:
    found: dict[str, set[str]] = {}
    for change in plan["resource_changes"]:
        block = resources[change["type"]]["block"]
        body, unknown = change["change"]["after"], change["change"]["after_unknown"]
        found.setdefault(change["type"], set()).update(_empty_in(block, body, unknown, ""))
    return {name: sorted(paths) for name, paths in sorted(found.items()) if paths}


def _empty_in(block: Mapping[str, Any], body: Mapping[str, Any], unknown: Any, prefix: str) -> Iterable[str]:
    for name, nested in block.get("block_types", {}).items():
        doubt = unknown.get(name) if isinstance(unknown, dict) else None
        if nested["nesting_mode"] not in ("list", "set") or doubt is True:
            continue
        blocks = body.get(name)
        if blocks == []:
            yield f"{prefix}{name}"
        for number, one in enumerate(blocks or ()):
            inner = doubt[number] if isinstance(doubt, list) and number < len(doubt) else {}
            yield from _empty_in(nested["block"], one, inner, f"{prefix}{name}.")


def _computed_if_empty(resources: Mapping[str, Any]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, body in sorted(resources.items()):
        attributes = body["block"].get("attributes", {})
        if attributes.get("id", {}).get("optional"):
            found[name] = sorted(key for key, one in attributes.items() if _is_left_to_the_provider(key, one))
    return {name: attributes for name, attributes in found.items() if attributes}


def _is_left_to_the_provider(name: str, attribute: Mapping[str, Any]) -> bool:
    """Sets of objects are no such attributes: they are blocks written as attributes, and empty ones mean none."""
    type_ = attribute.get("type")
    simple = (isinstance(type_, str) and type_ == "string") or (isinstance(type_, list) and isinstance(type_[1], str))
    both = attribute.get("optional") and attribute.get("computed")
    return bool(both and simple and name not in ("id", "tags_all"))


def _reduce_block(block: Mapping[str, Any]) -> dict[str, Any]:
    attributes = {
        name: {"type": body.get("type", "dynamic"), **{flag: True for flag in _FLAGS if body.get(flag)}}
        for name, body in sorted(block.get("attributes", {}).items())
    }
    blocks = {
        name: {
            "nesting": body["nesting_mode"],
            **({"max": body["max_items"]} if "max_items" in body else {}),
            "block": _reduce_block(body["block"]),
        }
        for name, body in sorted(block.get("block_types", {}).items())
    }
    return {"attributes": attributes, "blocks": blocks}


def _sensitive(block: Mapping[str, Any], prefix: str) -> list[str]:
    own = [f"{prefix}{name}" for name, body in sorted(block.get("attributes", {}).items()) if body.get("sensitive")]
    for name, body in sorted(block.get("block_types", {}).items()):
        own.extend(_sensitive(body["block"], f"{prefix}{name}."))
    return own
