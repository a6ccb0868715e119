"""Plans and states as JSON: the same Observation, with what the provider knows beyond the source."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from audits.model import Cause, Gap, Observation, Origin, Redacted, Reference, Resource, Unknown, Value
from audits.planes.terraform.deep_stack import with_deep_stack
from audits.planes.terraform.errors import SourceError
from audits.planes.terraform.expansion import quote_key

LARGEST = 512 * 1024 * 1024

Json = dict[str, Any]


def read_plan(path: Path) -> Observation:
    """What a plan (``terraform show -json plan.bin``) will make of the account.

    Raises:
        SourceError: there is no such file, or it is no plan in a format that is known.
    """
    return with_deep_stack(lambda: _observe(path, _plan))


def read_state(path: Path) -> Observation:
    """What a state holds: that of ``terraform show -json``, or a ``terraform.tfstate`` itself.

    Raises:
        SourceError: there is no such file, or it is no state in a format that is known.
    """
    return with_deep_stack(lambda: _observe(path, _state))


def _observe(path: Path, read: Callable[[Json, Path, list[Gap]], Iterator[Resource]]) -> Observation:
    started = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    gaps: list[Gap] = []
    try:
        resources = tuple(read(_load(path), path, gaps))
    except (TypeError, KeyError, AttributeError, ValueError, RecursionError) as error:
        raise SourceError(f"{path}: not in the form that Terraform writes ({type(error).__name__})") from error
    finished = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return Observation(
        "terraform",
        resources,
        tuple(gaps),
        (),
        started,
        finished,
        source=str(path),
        accounts=tuple(sorted({one.account for one in resources if one.account})),
        regions=tuple(sorted({one.region for one in resources if one.region})),
    )


def _load(path: Path) -> Json:
    try:
        if path.stat().st_size > LARGEST:
            raise SourceError(f"{path}: larger than {LARGEST // 1024 // 1024} MB")
        document = json.loads(path.read_bytes())
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise SourceError(f"{path}: not JSON (of a saved plan, give what 'terraform show -json' prints)") from error
    if not isinstance(document, dict):
        raise SourceError(f"{path}: not JSON of a plan or state")
    return document


def _plan(document: Json, path: Path, gaps: list[Gap]) -> Iterator[Resource]:
    version = str(document.get("format_version", ""))
    if version.partition(".")[0] != "1" or not ({"planned_values", "resource_changes"} & document.keys()):
        raise SourceError(f"{path}: no plan in format 1.x (its format_version is {version or 'not there'})")
    if document.get("errored"):
        gaps.append(_gap(path, "errored plan", "Terraform stopped at an error: anything may be missing"))
    elif document.get("complete") is False:
        gaps.append(_gap(path, "incomplete plan", "Terraform deferred some changes, or planned only targets"))
    changes = {change["address"]: change["change"] for change in document.get("resource_changes", [])}
    for resource in _listed(document.get("planned_values", {}).get("root_module", {})):
        change = changes.get(resource["address"], {})
        yield from _resource(path, resource, change.get("after_unknown", {}), gaps)


def _gap(path: Path, cause: str, detail: str) -> Gap:
    return Gap("terraform", None, str(path), cause, detail, "make the plan again", origin=Origin(str(path)))


def _listed(module: Json) -> Iterator[Json]:
    """The managed resources of a module and of those below it."""
    for resource in module.get("resources", []):
        if resource.get("mode", "managed") == "managed":
            yield resource
    for child in module.get("child_modules", []):
        yield from _listed(child)


def _resource(path: Path, resource: Json, unknown: Any, gaps: list[Gap]) -> Iterator[Resource]:
    address, kind, values = resource["address"], resource["type"], resource.get("values")
    if values is None:
        gaps.append(
            Gap(
                "terraform",
                (kind,),
                address,
                "no values",
                "the plan says nothing of this resource",
                "make the plan again",
                resource=address,
                origin=Origin(str(path)),
            )
        )
        values = {}
    attributes = overlay(values, unknown, resource.get("sensitive_values", {}), address)
    yield _made(path, kind, address, attributes if isinstance(attributes, dict) else {})


def _made(path: Path, kind: str, address: str, attributes: dict[str, Value]) -> Resource:
    region, account = _place(attributes.get("arn"))
    present = {name: value for name, value in attributes.items() if value is not None}
    return Resource(kind, address, present, Origin(str(path)), account, region, missing="absent")


def _place(arn: Value) -> tuple[str | None, str | None]:
    """Region and account of an ARN, where it names them."""
    parts = arn.split(":") if isinstance(arn, str) else []
    return (parts[3] or None, parts[4] or None) if len(parts) > 5 else (None, None)


def overlay(value: Any, unknown: Any, sensitive: Any, address: str, path: str = "") -> Value:
    """A value of a plan, with Unknown where ``unknown`` says so and Redacted where ``sensitive`` does."""
    if sensitive is True:
        return Redacted()
    if unknown is True:
        return Unknown(Cause.COMPUTED, (Reference(address, path),))
    if isinstance(value, dict) or isinstance(unknown, dict):
        return _overlay_object(value or {}, unknown, sensitive, address, path)
    if isinstance(value, list):
        return [
            overlay(element, _at(unknown, index), _at(sensitive, index), address, f"{path}[{index}]")
            for index, element in enumerate(value)
        ]
    return value


def _overlay_object(value: Json, unknown: Any, sensitive: Any, address: str, path: str) -> dict[str, Value]:
    marks = unknown if isinstance(unknown, dict) else {}
    hidden = sensitive if isinstance(sensitive, dict) else {}
    return {
        name: overlay(value.get(name), marks.get(name), hidden.get(name), address, f"{path}.{name}" if path else name)
        for name in dict.fromkeys([*value, *marks])
    }


def _at(marks: Any, index: int) -> Any:
    return marks[index] if isinstance(marks, list) and index < len(marks) else None


def _state(document: Json, path: Path, gaps: list[Gap]) -> Iterator[Resource]:
    if document.get("version") == 4 and "resources" in document:
        yield from _raw_state(document, path)
        return
    version = str(document.get("format_version", ""))
    if version.partition(".")[0] != "1" or "planned_values" in document:
        raise SourceError(f"{path}: no state in format 4, nor what 'terraform show -json' prints of one")
    for resource in _listed((document.get("values") or {}).get("root_module", {})):
        yield from _resource(path, resource, {}, gaps)


def _raw_state(document: Json, path: Path) -> Iterator[Resource]:
    for resource in document["resources"]:
        if resource.get("mode") != "managed":
            continue
        local = f"{resource['type']}.{resource['name']}"
        base = f"{resource['module']}.{local}" if resource.get("module") else local
        for instance in resource["instances"]:
            if "deposed" in instance:
                continue
            key = instance.get("index_key")
            address = base if key is None else f"{base}[{quote_key(key) if isinstance(key, str) else key}]"
            attributes: Any = instance.get("attributes") or {}
            for steps in instance.get("sensitive_attributes", []):
                attributes = _redact(attributes, [_step(step) for step in steps])
            yield _made(path, resource["type"], address, attributes)


def _step(step: Json) -> Any:
    value = step.get("value")
    return value.get("value") if isinstance(value, dict) else value


def _redact(value: Any, steps: list[Any]) -> Any:
    """The value with what is at the end of the steps removed; a path that leads nowhere removes all around it."""
    if not steps or not isinstance(value, dict | list):
        return Redacted()
    first, rest = steps[0], steps[1:]
    if isinstance(value, dict):
        return {name: _redact(inner, rest) if name == first else inner for name, inner in value.items()}
    if isinstance(first, int) and 0 <= first < len(value):
        return [_redact(inner, rest) if index == first else inner for index, inner in enumerate(value)]
    return [_redact(inner, rest) for inner in value]
