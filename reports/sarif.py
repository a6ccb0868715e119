"""What Terraform compared with the account comes to, as results of SARIF; and what all of its results are made of."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from reports.differences import TITLES, Difference, differences
from reports.labels import Labels
from reports.order import Part
from reports.text import clip, visible

LEVELS = {"critical": "error", "high": "error", "medium": "warning", "low": "note", "info": "note"}
SECURITY_SEVERITY = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "3.0", "info": "1.0"}
"""Code scanning calls over 9.0 critical, 7.0 to 8.9 high, 4.0 to 6.9 medium, 0.1 to 3.9 low."""
TEXT = 1_000
_RULES = tuple(TITLES)


def comparison(run: Mapping[str, Any], labels: Labels) -> tuple[list[Part], list[Part]]:
    """The rules and the results of the comparison: every difference and every unmanaged resource that no control says.

    What asks for nothing (waived, known) is a result that is suppressed.
    """
    rules = [{"id": name, "name": name, "shortDescription": {"text": labels(name)}} for name in _RULES]
    return rules, [_result(one, labels) for one in differences(run)]


def _result(one: Difference, labels: Labels) -> Part:
    entry = one.entry
    result: Part = {
        "ruleId": one.about,
        "ruleIndex": _RULES.index(one.about),
        "kind": "fail",
        "level": LEVELS[entry["severity"]],
        "message": {"text": clip(one.said(labels), TEXT)},
        "locations": [
            {
                "physicalLocation": physical(one.place),
                "logicalLocations": [{"fullyQualifiedName": visible(one.source or one.live), "kind": "resource"}],
            }
        ],
        "partialFingerprints": {"primaryLocationLineHash": f"{one.uid[:16]}:1", "auditFinding/v1": one.uid},
        "properties": {"kind": visible(entry["kind"]), "severity": entry["severity"]},
    }
    if one.quiet:
        word, why = one.quiet
        result["suppressions"] = [{"kind": "external", "justification": clip(visible(f"{word}: {why}"), TEXT)}]
    if entry["baseline"]:
        result["baselineState"] = "unchanged" if entry["baseline"] == "known" else "new"
    return result


def physical(origin: Mapping[str, Any]) -> Part:
    """A place in a file, with all four ends of its region."""
    line, column = max(origin.get("line") or 1, 1), max(origin.get("column") or 1, 1)
    region = {"startLine": line, "startColumn": column, "endLine": line, "endColumn": column + 1}
    return {"artifactLocation": {"uri": _uri(str(origin["file"]))}, "region": region}


def _uri(file: str) -> str:
    """A path as a relative URI; of an absolute path its absolute URI."""
    path = PurePosixPath(visible(file).replace("\\", "/"))
    return f"file://{quote(str(path))}" if path.is_absolute() else quote(str(path))
