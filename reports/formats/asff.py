"""ASFF: batches for Security Hub, an array of inputs of ``batch-import-findings``.

A finding is about a resource of an account, so only the live plane's verdicts are written; a run without an account
gives no batch. Limits (Security Hub user guide, "AWS Security Finding Format", and the API's own): 100 findings and
6 MB a batch, 240 KB a finding. What is unknown or unreadable is ``WARNING`` or ``NOT_AVAILABLE``, never ``FAILED``.

To import: ``jq -c '.[]' FILE | while read -r batch; do aws securityhub batch-import-findings --cli-input-json "$batch";
done``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

from reports.findings import Finding, clause_of, findings, frameworks_of, rfc3339
from reports.formats import Format, RenderOptions
from reports.order import Part
from reports.report import Run
from reports.text import clip, value_text, visible

BATCH, BATCH_BYTES, FINDING_BYTES = 100, 6_000_000, 240_000
_SEVERITY = {"critical": "CRITICAL", "high": "HIGH", "medium": "MEDIUM", "low": "LOW", "info": "INFORMATIONAL"}
_COMPLIANCE = {
    "pass": "PASSED",
    "fail": "FAILED",
    "absent": "FAILED",
    "unknown": "WARNING",
    "unreadable": "NOT_AVAILABLE",
}
_ACCOUNT = re.compile(r"[0-9]{12}")


def render(run: Run, options: RenderOptions) -> str:
    """The live plane as batches of findings."""
    found = (_finding(one, run) for one in findings(run, planes=("live",)))
    batches = [{"Findings": batch} for batch in _batches(one for one in found if one is not None)]
    return json.dumps(batches, ensure_ascii=False, indent=1) + "\n"


def _batches(found: Iterable[Part]) -> Iterator[list[Part]]:
    batch: list[Part] = []
    size = 0
    for one in found:
        weight = len(json.dumps(one, ensure_ascii=False).encode("utf-8", "backslashreplace")) + 2
        if batch and (len(batch) == BATCH or size + weight > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(one)
        size += weight
    if batch:
        yield batch


def _finding(one: Finding, run: Run) -> Part | None:
    account = one.verdict.get("account") or _only(run["run"]["accounts"]) or _caller(run)
    if not account or not _ACCOUNT.fullmatch(str(account)):
        return None
    region = visible(str(one.verdict.get("region") or _only(run["run"]["regions"]) or "us-east-1"))
    control, at = one.control, rfc3339(run["run"]["finished"])
    partition = _partition(str(one.verdict.get("resource") or ""), region)
    return {
        "SchemaVersion": "2018-10-08",
        "Id": f"glimpse-audit/{one.uid}",
        "ProductArn": f"arn:{partition}:securityhub:{region}:{account}:product/{account}/default",
        "GeneratorId": clip(f"glimpse-audit/{visible(control['id'])}", 512),
        "AwsAccountId": str(account),
        "Types": ["Software and Configuration Checks/Policy"],
        "CreatedAt": at,
        "UpdatedAt": at,
        "Severity": {"Label": "INFORMATIONAL" if one.state == "pass" else _SEVERITY[control["severity"]]},
        "Title": clip(visible(control["title"]), 256) or "-",
        "Description": clip(one.said(), 1_024),
        "Remediation": {"Recommendation": {"Text": clip(visible(control.get("remedy") or "See the report."), 512)}},
        "Resources": [_resource(one, partition, region)],
        "Compliance": _compliance(one),
        "Workflow": {"Status": _workflow(one)},
        "RecordState": "ACTIVE",
        "ProductFields": _fields(one, run),
    }


def _caller(run: Run) -> str | None:
    """The account of who read: to it goes what is said of several as a whole (that something is absent, say)."""
    parts = str(run["run"].get("caller") or "").split(":")
    return parts[4] if len(parts) > 5 else None


def _only(names: list[str]) -> str | None:
    return names[0] if len(names) == 1 else None


def _partition(resource: str, region: str) -> str:
    if resource.startswith("arn:aws"):
        return resource.split(":")[1]
    return "aws-cn" if region.startswith("cn-") else "aws-us-gov" if region.startswith("us-gov-") else "aws"


def _resource(one: Finding, partition: str, region: str) -> Part:
    name = visible(str(one.verdict.get("resource") or f"glimpse-audit/{one.control['id']}"))
    return {"Type": "Other", "Id": clip(name, 512), "Partition": partition, "Region": region}


def _compliance(one: Finding) -> Part:
    found: Part = {"Status": _COMPLIANCE[one.state], "SecurityControlId": clip(visible(one.control["id"]), 512)}
    requirements = [clip(text, 128) for text in frameworks_of(one.control)][:32]
    return found | {"RelatedRequirements": requirements} if requirements else found


def _workflow(one: Finding) -> str:
    if one.state == "pass":
        return "RESOLVED"
    return "SUPPRESSED" if one.quiet else "NEW"


def _fields(one: Finding, run: Run) -> dict[str, str]:
    """At most 50 texts; a name has up to 128 characters, a value up to 2,048."""
    clause = clause_of(one.control)
    said = {
        "glimpse-audit/run": visible(run["run"]["id"]),
        "glimpse-audit/state": one.state,
        "glimpse-audit/standing": one.control["standing"],
        "glimpse-audit/path": visible(one.verdict["path"]),
        "glimpse-audit/expected": value_text(one.verdict.get("expected")),
        "glimpse-audit/actual": value_text(one.verdict.get("actual")),
        "glimpse-audit/clause": f"{clause['document']}: {clause['section']} · {clause['row']}: {clause['states']}",
        "glimpse-audit/quiet": ": ".join(one.quiet) if one.quiet else "",
    }
    return {name: clip(visible(text), 2_048) for name, text in said.items() if text}


FORMAT = Format("asff", ".asff.json", render)
