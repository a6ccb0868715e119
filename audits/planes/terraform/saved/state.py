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
from audits.planes.terraform.saved.overlay import DEEPEST_VALUE, attributes
from audits.planes.terraform.saved.places import placed
from audits.planes.terraform.saved.shapes import (
    Json,
    MalformedError,
    as_mapping,
    mapping,
    mappings,
    optional_text,
    text,
)
from audits.planes.terraform.saved.types import shape_of


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
    read = _raw if found == RAW_STATE else _shown
    everything = [*read(document, str(path), gaps)]
    resources = placed(((one, provider) for one, provider, mode in everything if mode == "managed"), {})
    data_sources = [one for one, _, mode in everything if mode == "data"]
    return observed(path, resources, gaps, (), started, data_sources)


def _shown(document: Json, file: str, gaps: list[Gap]) -> Iterator[tuple[Resource, str, str]]:
    """Resources, each as if made by a provider of its own: which alias it was is not shown."""
    for number, one in enumerate(listed(mapping(document, "values", "the state"), "values")):
        _refuse_many(number)
        if one.values is None:
            resource, gap = without_values(one.kind, one.address, file, "state")
            gaps.append(gap)
            yield resource, one.address, one.mode
            continue
        found = attributes(one.values, None, one.sensitive, _never)
        yield made(one.kind, one.address, found, file, _computed(one.kind, found)), one.address, one.mode


def _never(path: Any) -> Unknown:
    raise AssertionError(f"a state holds nothing unknown, but {path} is")


def _raw(document: Json, file: str, gaps: list[Gap]) -> Iterator[tuple[Resource, str, str]]:
    number = 0
    for resource, where in mappings(document, "resources", "the state"):
        mode = text(resource, "mode", where)
        kind, module = text(resource, "type", where), optional_text(resource, "module", where)
        local = f"{'data.' if mode == 'data' else ''}{kind}.{text(resource, 'name', where)}"
        base = f"{module}.{local}" if module else local
        for instance, place in mappings(resource, "instances", where):
            number += 1
            _refuse_many(number)
            if instance.get("deposed") is not None:
                continue  # What is left of an earlier one, and will be destroyed: it is not what is managed here.
            address = f"{base}{_index(instance.get('index_key'), place)}"
            provider = optional_text(resource, "provider", where) or address
            yield _instance(kind, address, instance, place, file, gaps), provider, mode


def _instance(kind: str, address: str, instance: Json, place: str, file: str, gaps: list[Gap]) -> Resource:
    given = instance.get("attributes")
    if given is None:
        # Terraform before 0.12 kept attributes_flat; it rewrites them at the next apply.
        resource, gap = without_values(kind, address, file, "state")
        gaps.append(gap)
        return resource
    found: Value = as_mapping(given, f"{place}.attributes")
    steps = instance.get("sensitive_attributes")
    if steps is not None and not isinstance(steps, list):
        raise MalformedError(f"{place}.sensitive_attributes", "a list", steps)
    for number, one in enumerate(steps or []):
        found = redact_at(found, _steps(one, f"{place}.sensitive_attributes[{number}]"))
    # A path that leads nowhere may have hidden everything.
    found = attributes(found if isinstance(found, dict) else {}, None, None, _never)
    return made(kind, address, found, file, _computed(kind, found))


def _computed(kind: str, found: dict[str, Value]) -> tuple[str, ...]:
    """What parts describe as well as the state's own text of it; a state does not tell which blocks were written."""
    return tuple(name for name in found if not shape_of(kind, (name,)).blocks)


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
