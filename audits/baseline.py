"""Baselines: deviations that an earlier run already had, so that only new ones fail from the first day on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from audits.citation import known_changes
from audits.codec import encode
from audits.model import Plane, Verdict
from audits.spec_comparison import RESERVED


class BaselineError(ValueError):
    """A file that is no saved run; the message names it."""


def fingerprint(control: str, plane: Plane, verdict: Verdict) -> str:
    """What makes a deviation the same one: control, plane, resource, path, and what was found there.

    The resource counts by its natural key where it has one, so that a renamed Terraform address is not a new
    deviation; another actual value is one, since it got worse or at least different. Of drift both values count.
    """
    named = verdict.key if verdict.key is not None else verdict.resource
    found = encode(verdict.actual)
    if control in RESERVED:
        found = [encode(verdict.expected), found]
    return _hash([control, plane, named, verdict.account, verdict.region, verdict.path, found])


def _hash(data: Any) -> str:
    return hashlib.sha256(
        json.dumps(data, sort_keys=True, ensure_ascii=False).encode("utf-8", "surrogatepass")
    ).hexdigest()


def load(path: Path) -> frozenset[str]:
    """The fingerprints of every deviation in a saved run.

    Raises:
        BaselineError: no such file, not JSON, or not a run.
    """
    run = _read(path)
    try:
        return frozenset(_of_run(run))
    except (KeyError, TypeError, AttributeError) as error:
        raise BaselineError(f"{path}: not a saved run of this suite") from error


def load_changes(path: Path) -> frozenset[str]:
    """The controls whose clause had changed in the document already. Raises BaselineError."""
    try:
        return known_changes(_read(path))
    except (KeyError, TypeError, AttributeError) as error:
        raise BaselineError(f"{path}: not a saved run of this suite") from error


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BaselineError(f"{path}: {error.strerror or error}") from error
    except RecursionError as error:
        raise BaselineError(f"{path}: not a saved run of this suite") from error
    except ValueError as error:
        line = f":{error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise BaselineError(f"{path}{line}: not JSON: {error}") from error


def _of_run(run: Mapping[str, Any]) -> list[str]:
    if not str(run["schema"]).endswith("/v1"):
        raise KeyError("schema")
    found = []
    for control in run["controls"]:
        for plane, judged in control["planes"].items():
            for verdict in judged["verdicts"]:
                if verdict["state"] in ("fail", "absent"):
                    named = verdict["key"] if verdict["key"] is not None else verdict["resource"]
                    place = [verdict["account"], verdict["region"], verdict["path"], verdict["actual"]]
                    found.append(_hash([control["id"], plane, named, *place]))
    return found + _compared(run)


def _compared(run: Mapping[str, Any]) -> list[str]:
    """What comparing the planes found: the same fields as in :func:`fingerprint`."""
    found = []
    for one in run.get("drift", ()):
        ours, theirs = one["terraform"], one["live"] or {"value": None}
        named = one["key"] if one["key"] is not None else ours["resource"]
        values = [ours["value"], theirs["value"]]
        found.append(_hash(["drift", "terraform", named, one["account"], one["region"], one["path"], values]))
    for one in run.get("unmanaged", ()):
        named = one["key"] if one["key"] is not None else one["resource"]
        found.append(_hash(["unmanaged", "live", named, one["account"], one["region"], "", [None, None]]))
    return found
