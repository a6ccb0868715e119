"""OCSF 1.8.0, class Compliance Finding (2003): one event a verdict, for security lakes and SIEMs.

What is unknown or unreadable has the compliance status ``Unknown``, never ``Fail``. Waived and known deviations are
``Suppressed``. Source: schema.ocsf.io, "Compliance Finding", version 1.8.0.
"""

from __future__ import annotations

import json

from reports.findings import Finding, clause_of, epoch_milliseconds, findings, frameworks_of, tool_version
from reports.formats import Format, RenderOptions
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
_NEW, _SUPPRESSED, _RESOLVED = (1, "New"), (3, "Suppressed"), (4, "Resolved")


def render(run: Run, options: RenderOptions) -> str:
    """The run as a JSON array of events."""
    product = {"name": "glimpse-audit", "vendor_name": "glimpse-audit", "version": tool_version(run)}
    time = epoch_milliseconds(run["run"]["finished"])
    events = [_event(one, product, time, run) for one in findings(run)]
    return json.dumps(events, ensure_ascii=False, indent=1) + "\n"


def _event(one: Finding, product: Part, time: int, run: Run) -> Part:
    control = one.control
    severity = _SEVERITY[control["severity"]]
    status_id, status = _status(one)
    compliance_id, compliance = _COMPLIANCE[one.state]
    event: Part = {
        "activity_id": _CREATE,
        "activity_name": "Create",
        "category_uid": _CATEGORY,
        "category_name": "Findings",
        "class_uid": _CLASS,
        "class_name": "Compliance Finding",
        "type_uid": _CLASS * 100 + _CREATE,
        "type_name": "Compliance Finding: Create",
        "time": time,
        "severity_id": severity,
        "severity": _SEVERITY_NAMES[severity],
        "status_id": status_id,
        "status": status,
        "message": clip(one.said(), 4_000),
        "metadata": {
            "version": VERSION,
            "product": product,
            "profiles": ["cloud"],
            "uid": f"{visible(run['run']['id'])}/{one.uid}",
        },
        "finding_info": _finding(one, time),
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
        "cloud": _cloud(one),
        "resources": [_resource(one)],
        "unmapped": _unmapped(one),
    }
    remedy = visible(control.get("remedy") or "")
    return event | {"remediation": {"desc": remedy}} if remedy else event


def _status(one: Finding) -> tuple[int, str]:
    if one.state == "pass":
        return _RESOLVED
    return _SUPPRESSED if one.quiet else _NEW


def _finding(one: Finding, time: int) -> Part:
    return {
        "uid": one.uid,
        "title": clip(visible(one.control["title"]), 1_000),
        "types": [one.control["standing"], f"plane: {one.plane}"],
        "last_seen_time": time,
        "product_uid": "glimpse-audit",
        "data_sources": [one.plane],
    }


def _cloud(one: Finding) -> Part:
    cloud: Part = {"provider": "AWS"}
    if one.verdict.get("region"):
        cloud["region"] = visible(str(one.verdict["region"]))
    if one.verdict.get("account"):
        cloud["account"] = {"uid": visible(str(one.verdict["account"])), "type_id": 10, "type": "AWS Account"}
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
