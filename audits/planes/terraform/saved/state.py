"""States: what ``terraform show -json`` prints of one, or a ``terraform.tfstate`` itself. What was applied last."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from audits.model import Gap, Observation, Redacted, Resource, Unknown, Value
from audits.planes.terraform.deep_stack import with_deep_stack
from audits.planes.terraform.errors import SourceError
from audits.planes.terraform.expansion import quote_key
from audits.planes.terraform.saved.listing import MOST_RESOURCES, listed, made, without_values
from audits.planes.terraform.saved.loading import RAW_STATE, STATE, load
from audits.planes.terraform.saved.observing import described, now, observed
from audits.planes.terraform.saved.overlay import DEEPEST_VALUE, overlay
from audits.planes.terraform.saved.shapes import (
    Json,
    MalformedError,
    as_mapping,
    mapping,
    mappings,
    optional_text,
    text,
)


def read_state(path: Path) -> Observation:
    """What a state holds, as it was applied (and refreshed) last.

    Raises:
        SourceError: there is no such file, or it is no state in a format that is known.
    """
    return with_deep_stack(lambda: described(path, partial(_observe, path)))


def _observe(path: Path) -> Observation:
    started = now()
    document, found = load(path, STATE, RAW_STATE)
    gaps: list[Gap] = []
    resources = tuple(_raw(document, str(path), gaps) if found == RAW_STATE else _shown(document, str(path), gaps))
    return observed(path, resources, gaps, (), started)


def _shown(document: Json, file: str, gaps: list[Gap]) -> Iterator[Resource]:
    for number, one in enumerate(listed(mapping(document, "values", "the state"), "values")):
        _refuse_many(number)
        if one.mode != "managed":
            continue
        if one.values is None:
            resource, gap = without_values(one.kind, one.address, file, "state")
            gaps.append(gap)
            yield resource
            continue
        attributes = overlay(one.values, None, one.sensitive, _never)
        yield made(one.kind, one.address, attributes, file, tuple(attributes))


def _never(path: Any) -> Unknown:
    raise AssertionError(f"a state holds nothing unknown, but {path} is")


def _raw(document: Json, file: str, gaps: list[Gap]) -> Iterator[Resource]:
    number = 0
    for resource, where in mappings(document, "resources", "the state"):
        if text(resource, "mode", where) != "managed":
            continue
        kind, module = text(resource, "type", where), optional_text(resource, "module", where)
        local = f"{kind}.{text(resource, 'name', where)}"
        base = f"{module}.{local}" if module else local
        for instance, place in mappings(resource, "instances", where):
            number += 1
            _refuse_many(number)
            if instance.get("deposed") is not None:
                continue  # What is left of an earlier one, and will be destroyed: it is not what is managed here.
            address = f"{base}{_index(instance.get('index_key'), place)}"
            yield _instance(kind, address, instance, place, file, gaps)


def _instance(kind: str, address: str, instance: Json, place: str, file: str, gaps: list[Gap]) -> Resource:
    given = instance.get("attributes")
    if given is None:
        # Terraform before 0.12 kept attributes_flat; it rewrites them at the next apply.
        resource, gap = without_values(kind, address, file, "state")
        gaps.append(gap)
        return resource
    attributes: Value = as_mapping(given, f"{place}.attributes")
    steps = instance.get("sensitive_attributes")
    if steps is not None and not isinstance(steps, list):
        raise MalformedError(f"{place}.sensitive_attributes", "a list", steps)
    for number, one in enumerate(steps or []):
        attributes = redact_at(attributes, _steps(one, f"{place}.sensitive_attributes[{number}]"))
    attributes = overlay(attributes, None, None, _never)
    if not isinstance(attributes, dict):
        attributes = {}
    # A state does not tell what was configured.
    return made(kind, address, attributes, file, tuple(attributes))


def _refuse_many(number: int) -> None:
    if number >= MOST_RESOURCES:
        raise SourceError(f"holds more than {MOST_RESOURCES} resources")


def _index(key: Any, where: str) -> str:
    if key is None:
        return ""
    if isinstance(key, str):
        return f"[{quote_key(key)}]"
    if isinstance(key, int | float) and not isinstance(key, bool) and key == int(key):
        return f"[{int(key)}]"
    raise MalformedError(f"{where}.index_key", "a text or number", key)


def _steps(path: Any, where: str) -> list[Any]:
    """The steps of a sensitive path: names and indexes. One that is in no known form ends the path there."""
    if not isinstance(path, list):
        raise MalformedError(where, "a list", path)
    found: list[Any] = []
    for step in path[: DEEPEST_VALUE + 1]:
        value = step.get("value") if isinstance(step, dict) else None
        value = value.get("value") if isinstance(value, dict) else value
        if not isinstance(value, str | int | float) or isinstance(value, bool):
            break
        found.append(value)
    return found


def redact_at(value: Value, steps: list[Any]) -> Value:
    """The value with what is at the end of the steps removed; a path that leads nowhere removes all around it."""
    if not steps or not isinstance(value, dict | list):
        return value if value is None else Redacted()
    first, rest = steps[0], steps[1:]
    if isinstance(value, dict):
        if first not in value:
            return {name: redact_at(inner, []) for name, inner in value.items()}
        return {name: redact_at(inner, rest) if name == first else inner for name, inner in value.items()}
    if isinstance(first, int | float) and 0 <= first < len(value):
        return [redact_at(inner, rest) if index == first else inner for index, inner in enumerate(value)]
    # An element of a set is named by its value: none of them is surely another.
    return [redact_at(inner, rest) for inner in value]
