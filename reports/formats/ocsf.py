"""OCSF 1.8.0, class Compliance Finding (2003): one event a verdict, for security lakes and SIEMs.

Drift and unmanaged resources that no control says are events, too: ``compliance.control`` is ``drift`` or
``unmanaged``, and ``unmapped`` has what Terraform says and what the account has. What is unknown or unreadable has the
compliance status ``Unknown``, never ``Fail``. Waived and known deviations are ``Suppressed``. Source: schema.ocsf.io,
"Compliance Finding", version 1.8.0.
"""

from __future__ import annotations

import json

from audits.model import PLANES
from reports.differences import Difference, differences
from reports.findings import Finding, clause_of, epoch_milliseconds, findings, frameworks_of, tool_version
from reports.formats import Format, RenderOptions
from reports.labels import Labels
from reports.order import Part
from reports.report import Run
from reports.text import clip, origin_text, value_text, visible

VERSION = "1.8.0"
_CLASS, _CATEGORY, _CREATE = 2003, 2, 1
_SEVERITY = {"info": 1, "low": 2, "medium": 3, "high": 4, "critical": 5}
_SEVERITY_NAMES = {1: "Informational", 2: "Low", 3: "Medium", 4: "High", 5: "Critical"}
_COMPLIANCE = {
    "pass": (1, "Pass"),
    "fail": (3, "Fail"),
    "absent": (3, "Fail"),
    "unknown": (0, "Unknown"),
    "unreadable": (0, "Unknown"),
}
_ENGLISH = Labels("en")
_NEW, _SUPPRESSED, _RESOLVED = (1, "New"), (3, "Suppressed"), (4, "Resolved")


def render(run: Run, options: RenderOptions) -> str:
    """The run as a JSON array of events."""
    frame = _Frame(run)
    events = [frame.event(one, one.control["severity"], one.said(), _verdict(one, frame.time)) for one in findings(run)]
    events += [
        frame.event(one, one.entry["severity"], one.said(_ENGLISH), _difference(one, frame.time))
        for one in differences(run)
    ]
    return json.dumps(events, ensure_ascii=False, indent=1) + "\n"


class _Frame:
    """What every event of a run has."""

    def __init__(self, run: Run) -> None:
        self.time = epoch_milliseconds(run["run"]["finished"])
        self._run_id = visible(run["run"]["id"])
        self._product = {"name": "glimpse-audit", "vendor_name": "glimpse-audit", "version": tool_version(run)}

    def event(self, one: Finding | Difference, severity_name: str, said: str, own: Part) -> Part:
        severity = _SEVERITY[severity_name]
        status_id, status = _status(one)
        about = {
            "activity_id": _CREATE,
            "activity_name": "Create",
            "category_uid": _CATEGORY,
            "category_name": "Findings",
            "class_uid": _CLASS,
            "class_name": "Compliance Finding",
            "type_uid": _CLASS * 100 + _CREATE,
            "type_name": "Compliance Finding: Create",
            "time": self.time,
            "severity_id": severity,
            "severity": _SEVERITY_NAMES[severity],
            "status_id": status_id,
            "status": status,
            "message": clip(said, 4_000),
            "metadata": {
                "version": VERSION,
                "product": self._product,
                "profiles": ["cloud"],
                "uid": f"{self._run_id}/{one.uid}",
            },
        }
        return about | own


def _verdict(one: Finding, time: int) -> Part:
    control = one.control
    compliance_id, compliance = _COMPLIANCE[one.state]
    event: Part = {
        "finding_info": _finding(
            one, control["title"], [control["standing"], f"plane: {one.plane}"], [one.plane], time
        ),
        "compliance": {
            "control": visible(control["id"]),
            "desc": visible(control["title"]),
            "status_id": compliance_id,
            "status": compliance,
            "status_code": one.state,
            "status_detail": clip(one.said(), 4_000),
            "standards": sorted({visible(name) for name in control["frameworks"]}) or [clause_of(control)["document"]],
            "requirements": frameworks_of(control) or [f"{clause_of(control)['section']}: {clause_of(control)['row']}"],
        },
        "cloud": _cloud(one.verdict),
        "resources": [_resource(one)],
        "unmapped": _unmapped(one),
    }
    remedy = visible(control.get("remedy") or "")
    return event | {"remediation": {"desc": remedy}} if remedy else event


def _difference(one: Difference, time: int) -> Part:
    compliance_id, compliance = _COMPLIANCE[one.state]
    terraform, live = one.values(2_000)
    resource = one.live or one.source
    said = {
        "path": one.path,
        "terraform": terraform,
        "live": live,
        "terraform_resource": one.source,
        "origin": origin_text(one.origin),
        "cause": one.cause,
        "spec": one.entry.get("spec") or "",
        "quiet": ": ".join(one.quiet) if one.quiet else "",
    }
    return {
        "finding_info": _finding(one, one.title, [one.about], list(PLANES), time),
        "compliance": {
            "control": one.about,
            "desc": one.title,
            "status_id": compliance_id,
            "status": compliance,
            "status_code": one.state,
            "status_detail": clip(one.said(_ENGLISH), 4_000),
        },
        "cloud": _cloud(one.entry),
        "resources": [
            {"uid": visible(resource), "name": visible(one.name or resource), "type": visible(one.entry["kind"])}
        ],
        "unmapped": {name: visible(text) for name, text in said.items() if text},
    }


def _status(one: Finding | Difference) -> tuple[int, str]:
    if one.state == "pass":
        return _RESOLVED
    return _SUPPRESSED if one.quiet else _NEW


def _finding(one: Finding | Difference, title: str, types: list[str], sources: list[str], time: int) -> Part:
    return {
        "uid": one.uid,
        "title": clip(visible(title), 1_000),
        "types": types,
        "last_seen_time": time,
        "product_uid": "glimpse-audit",
        "data_sources": sources,
    }


def _cloud(place: Part) -> Part:
    cloud: Part = {"provider": "AWS"}
    if place.get("region"):
        cloud["region"] = visible(str(place["region"]))
    if place.get("account"):
        cloud["account"] = {"uid": visible(str(place["account"])), "type_id": 10, "type": "AWS Account"}
    return cloud


def _resource(one: Finding) -> Part:
    """The resource; of a verdict on the control as a whole, the control itself."""
    name = one.verdict.get("resource") or one.control["id"]
    found: Part = {"uid": visible(str(name)), "name": visible(str(one.verdict.get("key") or name))}
    kind = one.control.get("kind")
    return found | {"type": visible(str(kind))} if kind else found


def _unmapped(one: Finding) -> Part:
    """What OCSF has no attribute for, all as text."""
    clause, verdict = clause_of(one.control), one.verdict
    said = {
        "path": verdict["path"],
        "expected": value_text(verdict.get("expected"), 2_000),
        "actual": value_text(verdict.get("actual"), 2_000),
        "origin": origin_text(verdict.get("origin")),
        "cause": verdict.get("cause") or "",
        "mend": verdict.get("mend") or "",
        "standing": one.control["standing"],
        "clause": f"{clause['document']}: {clause['section']} · {clause['row']}: {clause['states']}",
        "quiet": ": ".join(one.quiet) if one.quiet else "",
    }
    return {name: visible(str(text)) for name, text in said.items() if text}


FORMAT = Format("ocsf", ".ocsf.json", render)
