"""SARIF 2.1.0: one run a plane, one for the document and one for the comparison of the planes, for code scanning.

Rules of the consumer (GitHub, "SARIF support for code scanning"): it keeps the 5,000 most severe results of a run,
reads only the first location, wants paths relative to the repository, all four ends of a region, at most 10 tags a
rule, and a number as ``security-severity``. Rules of the format: OASIS, "SARIF Version 2.1.0"; a result whose kind is
not ``fail`` has level ``none``.

Passed checks are not results. What could not be told is one of kind ``open``, so it is never taken for a deviation;
what could not be read is a notification of the invocation.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from reports import citations, drifted
from reports.findings import Finding, clause_of, findings, frameworks_of, rfc3339, tool_version
from reports.formats import Format, RenderOptions
from reports.labels import Labels
from reports.order import Part, ordered_controls, run_planes
from reports.report import Run
from reports.sarif import LEVELS, SECURITY_SEVERITY, TEXT, comparison, physical
from reports.text import clip, visible

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LIMIT = 5_000
"""Results that code scanning keeps of a run."""
TAGS = 10


def render(run: Run, options: RenderOptions) -> str:
    """The run as SARIF."""
    labels = Labels(options.lang)
    runs = [_run(run, plane, labels) for plane in run_planes(run)]
    runs += [_document(run, labels)] if run["document"] else []
    runs += [_comparison(run, labels)] if drifted.coverage(run) is not None else []
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": runs}, ensure_ascii=False, indent=1) + "\n"


def _run(run: Run, plane: str, labels: Labels) -> Part:
    controls = [control for control in ordered_controls(run) if plane in control["planes"]]
    index = {control["id"]: number for number, control in enumerate(controls)}
    speaking = [one for one in findings(run, planes=(plane,)) if one.state != "pass"]
    kept, left = speaking[:LIMIT], len(speaking) - LIMIT
    notices = [_notice(gap) for gap in run["gaps"] if gap["plane"] == plane]
    notices += [_finding(one) for one in run["findings"] if one["plane"] == plane]
    if left > 0:
        notices.append(_message_at(f"{left} more results are in the other reports: code scanning keeps {LIMIT}"))
    results = [_result(one, index[one.control["id"]], labels) for one in kept]
    return _whole(run, plane, [_rule(control, labels) for control in controls], results, notices)


def _whole(run: Run, name: str, rules: list[Part], results: list[Part], notices: list[Part]) -> Part:
    about = run["run"]
    driver = {"name": "glimpse-audit", "semanticVersion": tool_version(run), "rules": rules}
    invocation = {
        "executionSuccessful": run["summary"]["exit_status"] in (0, 1),
        "exitCode": run["summary"]["exit_status"],
        "startTimeUtc": rfc3339(about["started"]),
        "endTimeUtc": rfc3339(about["finished"]),
        "toolExecutionNotifications": notices,
    }
    return {
        "tool": {"driver": driver},
        # What tells one upload from another: the planes do not replace each other.
        "automationDetails": {"id": f"glimpse-audit/{name}/"},
        "columnKind": "unicodeCodePoints",
        "invocations": [invocation],
        "results": results,
        "properties": {"runId": visible(about["id"]), "accounts": about["accounts"], "regions": about["regions"]},
    }


def _rule(control: Part, labels: Labels) -> Part:
    clause = clause_of(control)
    place = f"{clause['document']}: {clause['section']} · {clause['row']}: {clause['states']}"
    said = f"{labels('plane.document')}: {place}"
    remedy = visible(control.get("remedy") or "")
    help_text = f"{said}\n{labels('remedy')}: {remedy}" if remedy else said
    tags = [visible(control["theme"]), visible(control["basis"]), *frameworks_of(control)][:TAGS]
    return {
        "id": visible(control["id"]),
        "name": visible(control["id"]),
        "shortDescription": {"text": clip(visible(control["title"]), TEXT)},
        "fullDescription": {"text": clip(said, TEXT)},
        "help": {"text": clip(help_text, 4 * TEXT)},
        "defaultConfiguration": {"level": LEVELS[control["severity"]]},
        "properties": {
            "tags": list(dict.fromkeys(tags)),
            "security-severity": SECURITY_SEVERITY[control["severity"]],
            "precision": "very-high",
            "problem.severity": {"error": "error", "warning": "warning"}.get(
                LEVELS[control["severity"]], "recommendation"
            ),
        },
    }


def _result(one: Finding, rule: int, labels: Labels) -> Part:
    mend = visible(str(one.verdict.get("mend") or ""))
    text = clip(f"{one.said()}{f'. {mend}' if mend else ''}", TEXT)
    kind = "fail" if one.deviates else "open"
    result: Part = {
        "ruleId": visible(one.control["id"]),
        "ruleIndex": rule,
        "kind": kind,
        "level": LEVELS[one.control["severity"]] if kind == "fail" else "none",
        "message": {"text": text},
        "locations": [_location(one)],
        "partialFingerprints": {"primaryLocationLineHash": f"{one.uid[:16]}:1", "auditFinding/v1": one.uid},
        "properties": {"state": one.state, "plane": one.plane, "standing": one.control["standing"]},
    }
    if one.quiet:
        word, why = one.quiet
        result |= {"suppressions": [{"kind": "external", "justification": clip(visible(f"{word}: {why}"), TEXT)}]}
    if one.control.get("baseline"):
        result["baselineState"] = "unchanged" if one.known or one.control["baseline"] == "known" else "new"
    return result


def _location(one: Finding) -> Part:
    location: Part = {"physicalLocation": physical(one.place)}
    resource = one.verdict.get("resource") or (one.verdict.get("origin") or {}).get("arn")
    if resource:
        location["logicalLocations"] = [{"fullyQualifiedName": visible(str(resource)), "kind": "resource"}]
    return location


def _notice(gap: Part) -> Part:
    said = f"not read: {gap['scope']}: {gap['cause']}"
    return _message_at(
        "; ".join(part for part in (said, gap.get("detail"), gap.get("mend")) if part), gap.get("origin")
    )


def _finding(finding: Part) -> Part:
    said = ": ".join(str(part) for part in (finding["title"], finding.get("detail")) if part)
    return _message_at(said, finding.get("origin"))


def _message_at(text: str, origin: Mapping[str, Any] | None = None) -> Part:
    notice: Part = {"level": "warning", "message": {"text": clip(visible(text), TEXT)}}
    if origin and origin.get("file"):
        notice["locations"] = [{"physicalLocation": physical(origin)}]
    return notice


def _document(run: Run, labels: Labels) -> Part:
    """The clauses that changed, at their place in the document."""
    told = [one for one in citations.told(run) if one["state"] != citations.STANDS]
    controls = {control["id"]: control for control in run["controls"]}
    path = (run["run"]["document"] or {}).get("path") or ""
    names = list(dict.fromkeys(one["control"] for one in told))
    rules = [_rule(controls[name], labels) if name in controls else {"id": visible(name)} for name in names]
    results = []
    for one in told[:LIMIT]:
        failed = one["state"] == citations.CHANGED
        line = one["nearest_line"] or one["line"] or 1
        result: Part = {
            "ruleId": visible(one["control"]),
            "ruleIndex": names.index(one["control"]),
            "kind": "fail" if failed else "open",
            "level": LEVELS[one["severity"]] if failed else "none",
            "message": {"text": clip(visible(f"{labels('clause.' + one['state'])}: {one['detail']}"), TEXT)},
            "locations": [{"physicalLocation": physical({"file": path or one["spec"], "line": line if path else 1})}],
            "partialFingerprints": {"primaryLocationLineHash": f"{_clause_hash(one)}:1"},
        }
        if one["known"]:
            result["baselineState"] = "unchanged"
        results.append(result)
    return _whole(run, "document", rules, results, [])


def _comparison(run: Run, labels: Labels) -> Part:
    """Terraform against the account, where no control speaks."""
    rules, results = comparison(run, labels)
    left = len(results) - LIMIT
    said = f"{left} more results are in the other reports: code scanning keeps {LIMIT}"
    return _whole(run, "comparison", rules, results[:LIMIT], [_message_at(said)] if left > 0 else [])


def _clause_hash(one: Part) -> str:
    return Finding({"id": one["control"]}, "document", {"path": "", "state": one["state"]}).uid[:16]


FORMAT = Format("sarif", ".sarif", render)
