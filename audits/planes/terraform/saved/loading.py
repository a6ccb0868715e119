"""From a file to the JSON document in it, and which of Terraform's documents it is. Anything else is one clear line."""

from __future__ import annotations

import json
from math import isfinite
from pathlib import Path
from typing import Any

from audits.planes.terraform.errors import SourceError
from audits.planes.terraform.saved.shapes import Json

LARGEST_FILE = 128 * 1024 * 1024
MOST_MEMORY = 600 * 1024 * 1024
"""What the document may take in memory, by a rough upper bound made before it is parsed."""
DEEPEST = 200
"""How deep a document may nest: modules, blocks and values of real ones together stay below 100."""

_BYTES_OF_CONTAINER = 200
_BYTES_OF_ELEMENT = 40

PLAN, STATE, RAW_STATE = "plan", "state", "raw state"
_RIGHT_USE = {
    PLAN: "it is a plan: give it with --plan",
    STATE: "it is a state: give it with --state",
    RAW_STATE: "it is a state: give it with --state",
}
_SHOWN = "give what 'terraform show -json' prints of it"


def load(path: Path, *wanted: str) -> tuple[Json, str]:
    """The document in a file, and which of the wanted ones (:data:`PLAN`, …) it is.

    Raises:
        SourceError: one line: the file cannot be read, holds no JSON, or another document than those wanted.
    """
    document = _parse(path, _bytes(path))
    if not isinstance(document, dict):
        raise SourceError(f"{path}: no plan or state of Terraform's: it holds no JSON object")
    found = _what(document)
    if found in wanted:
        _refuse_version(path, document, found)
        return document, found
    if found is not None:
        raise SourceError(f"{path}: {_RIGHT_USE[found]}")
    raise SourceError(f"{path}: {_why_not(document, wanted)}")


def _bytes(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise SourceError(f"{path}: is a folder, not a file")
        if path.exists() and not path.is_file():
            raise SourceError(f"{path}: not a regular file")
        if path.stat().st_size > LARGEST_FILE:
            raise SourceError(f"{path}: larger than {LARGEST_FILE // 1024 // 1024} MB")
        data = path.read_bytes()
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise SourceError(f"{path}: cannot be read: {error}") from error
    if not data.strip():
        raise SourceError(f"{path}: is empty")
    if data.startswith(b"PK"):
        raise SourceError(
            f"{path}: a saved plan in Terraform's own form: {_SHOWN} ('terraform show -json {path.name}')"
        )
    containers, elements = data.count(b"{") + data.count(b"["), data.count(b",")
    if 2 * len(data) + _BYTES_OF_CONTAINER * containers + _BYTES_OF_ELEMENT * elements > MOST_MEMORY:
        raise SourceError(f"{path}: holds more than can be read in {MOST_MEMORY // 1024 // 1024} MB of memory")
    return data


def _parse(path: Path, data: bytes) -> Any:
    try:
        document = json.loads(data, parse_constant=_refuse, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        if data.lstrip().startswith(b'{"@level"'):
            raise SourceError(
                f"{path}: the log of 'terraform plan -json', not a plan: save it with -out, and {_SHOWN}"
            ) from error
        if b"\x00" in data[:64] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise SourceError(f"{path}: not JSON but binary (of a saved plan or state {_SHOWN})") from error
        place = f" at line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        why = "nested too deeply" if isinstance(error, RecursionError) else f"not JSON{place}, or cut short"
        raise SourceError(f"{path}: {why} (of a saved plan or state {_SHOWN})") from error
    if _deeper_than(document, DEEPEST):
        raise SourceError(f"{path}: nested too deeply: more than {DEEPEST} levels")
    return document


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    if not isfinite(number):
        raise ValueError("a number out of range")
    return number


def _deeper_than(document: Any, levels: int) -> bool:
    """Whether it nests deeper than that, told without recursion."""
    layer = [document] if isinstance(document, dict | list) else []
    for _ in range(levels):
        layer = [
            inner
            for outer in layer
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
        if not layer:
            return False
    return True


def _what(document: Json) -> str | None:
    """Which document it is, by the names that only that one has."""
    if "format_version" in document:
        if {"planned_values", "resource_changes"} & document.keys():
            return PLAN
        # What is shown of an empty state holds nothing at all.
        return STATE if "values" in document or document.keys() <= {"format_version", "terraform_version"} else None
    if "version" in document and ({"lineage", "serial", "resources"} & document.keys()):
        return RAW_STATE
    return None


def _refuse_version(path: Path, document: Json, found: str) -> None:
    if found == RAW_STATE:
        if document["version"] != 4 or isinstance(document["version"], bool):
            said = "only format 4 is known (Terraform 0.12 and later)"
            raise SourceError(f"{path}: a state in format {_shown(document['version'])}: {said}")
        return
    version = document["format_version"]
    # "The major version is incremented for changes that are not backward-compatible" (Terraform, JSON output format).
    major = version.partition(".")[0] if isinstance(version, str) else ""
    if major != "1":
        raise SourceError(f"{path}: a {found} in format {_shown(version)}: only format 1.x is known")


def _shown(version: Any) -> str:
    return str(version)[:20] if isinstance(version, str | int | float) else "that is none"


def _why_not(document: Json, wanted: tuple[str, ...]) -> str:
    what = "plan" if PLAN in wanted else "state"
    if "encrypted_data" in document:
        return f"an encrypted {what}: {_SHOWN}"
    if "provider_schemas" in document:
        return f"no {what}: it is what 'terraform providers schema -json' prints"
    if "@level" in document:
        return f"no {what}: it is the log of 'terraform plan -json'"
    if "format_version" in document:
        return f"no {what}: it holds neither planned values nor resources"
    return f"no {what} of Terraform's (of a saved one {_SHOWN})"
