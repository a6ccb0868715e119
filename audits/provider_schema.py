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


def sensitive_paths(resource_type: str) -> tuple[str, ...]:
    """Paths (without indexes) that the provider marks as sensitive, for every type of the provider."""
    return tuple(_document()["sensitive"].get(resource_type, ()))


def resource_types() -> frozenset[str]:
    """The names of every resource type of the provider."""
    return frozenset(_document()["all"])


def provider_version() -> str:
    """The version of the provider that the schema was read from."""
    return str(_document()["provider"])


def reduce(schema: Mapping[str, Any], types: Iterable[str], version: str) -> dict[str, Any]:
    """The kept document, from what ``terraform providers schema -json`` printed.

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
        "all": sorted(resources),
    }


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
