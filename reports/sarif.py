"""What Terraform compared with the account comes to, as results of SARIF; and what all of its results are made of."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from reports import drifted
from reports.labels import Labels
from reports.order import Part
from reports.text import clip, value_text, visible

LEVELS = {"critical": "error", "high": "error", "medium": "warning", "low": "note", "info": "note"}
SECURITY_SEVERITY = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "3.0", "info": "1.0"}
"""Code scanning calls over 9.0 critical, 7.0 to 8.9 high, 4.0 to 6.9 medium, 0.1 to 3.9 low."""
TEXT = 1_000
_VALUE = 200
_RULES = ("drift", "unmanaged")


def comparison(run: Mapping[str, Any], labels: Labels) -> tuple[list[Part], list[Part]]:
    """The rules and the results of the comparison: every difference and every unmanaged resource that no control says.

    What asks for nothing (waived, known) is a result that is suppressed.
    """
    rules = [{"id": name, "name": name, "shortDescription": {"text": labels(name)}} for name in _RULES]
    told = [("drift", one) for one in drifted.drift(run)] + [("unmanaged", one) for one in drifted.unmanaged(run)]
    return rules, [_result(name, one, labels) for name, one in told if not one["controls"]]


def _result(rule: str, one: Part, labels: Labels) -> Part:
    uid = _uid(rule, one)
    resource = one["terraform"]["resource"] if rule == "drift" else one["resource"]
    result: Part = {
        "ruleId": rule,
        "ruleIndex": _RULES.index(rule),
        "kind": "fail",
        "level": LEVELS[one["severity"]],
        "message": {"text": clip(_message(rule, one, labels), TEXT)},
        "locations": [
            {
                "physicalLocation": physical(_place(rule, one)),
                "logicalLocations": [{"fullyQualifiedName": visible(resource), "kind": "resource"}],
            }
        ],
        "partialFingerprints": {"primaryLocationLineHash": f"{uid[:16]}:1", "auditFinding/v1": uid},
        "properties": {"kind": visible(one["kind"]), "severity": one["severity"]},
    }
    if not one["fails"]:
        why = "; ".join(drifted.remarks(one, labels)) or labels(rule)
        result["suppressions"] = [{"kind": "external", "justification": clip(visible(why), TEXT)}]
    if one["baseline"]:
        result["baselineState"] = "unchanged" if one["baseline"] == "known" else "new"
    return result


def _message(rule: str, one: Part, labels: Labels) -> str:
    if rule == "unmanaged":
        return visible(f"{labels(rule)}: {one['kind']} {one['resource']}")
    ours, theirs = one["terraform"], one["live"]
    if theirs is None:
        return visible(f"{ours['resource']}: {labels('drift.missing')}")
    said = [drifted.shown(side["value"], lambda value: value_text(value, _VALUE)) for side in (ours, theirs)]
    both = f"{labels('plane.terraform')} {said[0]}, {labels('plane.live')} {said[1]}"
    return visible(f"{ours['resource']} {one['path']}: {both}")


def _place(rule: str, one: Part) -> Mapping[str, Any]:
    """Where to mend it: in the source; of what is not there, where a spec says that it should be."""
    origin: Mapping[str, Any] | None = one["terraform"]["origin"] if rule == "drift" else None
    if origin and origin.get("file"):
        return origin
    file, _, line = str(one.get("spec") or ".").rpartition(":")
    return {"file": file, "line": int(line)} if file and line.isdecimal() else {"file": str(one.get("spec") or ".")}


def _uid(rule: str, one: Part) -> str:
    """64 hexadecimal digits: the same for the same resource and path, whatever was found there."""
    resource = one["terraform"]["resource"] if rule == "drift" else one["resource"]
    named = one["key"] if one["key"] is not None else resource
    place = [rule, one["kind"], named, one["account"], one["region"], one.get("path", "")]
    return hashlib.sha256(json.dumps(place, ensure_ascii=True).encode("ascii")).hexdigest()


def physical(origin: Mapping[str, Any]) -> Part:
    """A place in a file, with all four ends of its region."""
    line, column = max(origin.get("line") or 1, 1), max(origin.get("column") or 1, 1)
    region = {"startLine": line, "startColumn": column, "endLine": line, "endColumn": column + 1}
    return {"artifactLocation": {"uri": _uri(str(origin["file"]))}, "region": region}


def _uri(file: str) -> str:
    """A path as a relative URI; of an absolute path its absolute URI."""
    path = PurePosixPath(visible(file).replace("\\", "/"))
    return f"file://{quote(str(path))}" if path.is_absolute() else quote(str(path))
