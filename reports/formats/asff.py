"""ASFF: batches for Security Hub, an array of inputs of ``batch-import-findings``.

A finding is about a resource of an account, so only the live plane's verdicts are written; a run without an account
gives no batch. Where no control speaks, what Terraform and the account differ in (``glimpse-audit/drift``) and what is
unmanaged (``glimpse-audit/unmanaged``) are findings, too; of what the account lacks Terraform's address is the
resource. Limits (Security Hub user guide, "AWS Security Finding Format", and the API's own): 100 findings and 6 MB a
batch, 240 KB a finding. What is unknown or unreadable is ``WARNING`` or ``NOT_AVAILABLE``, never ``FAILED``.

To import: ``jq -c '.[]' FILE | while read -r batch; do aws securityhub batch-import-findings --cli-input-json "$batch";
done``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from reports.differences import Difference, differences
from reports.findings import Finding, clause_of, findings, frameworks_of, rfc3339
from reports.formats import Format, RenderOptions
from reports.labels import Labels
from reports.order import Part
from reports.report import Run
from reports.text import clip, origin_text, value_text, visible

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
    """The live plane, and what it and Terraform differ in, as batches of findings."""
    found = chain(
        (_of_verdict(one, run) for one in findings(run, planes=("live",))),
        (_of_difference(one, run) for one in differences(run)),
    )
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


@dataclass(frozen=True, slots=True)
class _Said:
    """What a finding says, every text fit to be shown; whose it is stands elsewhere.

    ``absent`` stands for a resource that the account does not have.
    """

    control: str
    title: str
    severity: str
    description: str
    remedy: str
    resource: str
    absent: str
    requirements: Sequence[str]
    fields: Mapping[str, str]


def _of_verdict(one: Finding, run: Run) -> Part | None:
    control = one.control
    said = _Said(
        control=visible(control["id"]),
        title=visible(control["title"]),
        severity="info" if one.state == "pass" else control["severity"],
        description=one.said(),
        remedy=visible(control.get("remedy") or ""),
        resource=visible(str(one.verdict.get("resource") or "")),
        absent=f"glimpse-audit/{visible(control['id'])}",
        requirements=frameworks_of(control),
        fields=_verdict_fields(one),
    )
    return _finding(one, one.verdict, said, run)


def _of_difference(one: Difference, run: Run) -> Part | None:
    said = _Said(
        control=one.about,
        title=one.title,
        severity=one.entry["severity"],
        description=one.said(Labels("en")),
        remedy="",
        resource=visible(one.live),
        absent=visible(one.source),
        requirements=(),
        fields=_difference_fields(one),
    )
    return _finding(one, one.entry, said, run)


def _finding(one: Finding | Difference, at: Part, said: _Said, run: Run) -> Part | None:
    account = at.get("account") or _only(run["run"]["accounts"]) or _caller(run)
    if not account or not _ACCOUNT.fullmatch(str(account)):
        return None
    region = visible(str(at.get("region") or _only(run["run"]["regions"]) or "us-east-1"))
    time, partition = rfc3339(run["run"]["finished"]), _partition(said.resource, region)
    resource = clip(said.resource or said.absent, 512)
    return {
        "SchemaVersion": "2018-10-08",
        "Id": f"glimpse-audit/{one.uid}",
        "ProductArn": f"arn:{partition}:securityhub:{region}:{account}:product/{account}/default",
        "GeneratorId": clip(f"glimpse-audit/{said.control}", 512),
        "AwsAccountId": str(account),
        "Types": ["Software and Configuration Checks/Policy"],
        "CreatedAt": time,
        "UpdatedAt": time,
        "Severity": {"Label": _SEVERITY[said.severity]},
        "Title": clip(said.title, 256) or "-",
        "Description": clip(said.description, 1_024),
        "Remediation": {"Recommendation": {"Text": clip(said.remedy or "See the report.", 512)}},
        "Resources": [{"Type": "Other", "Id": resource, "Partition": partition, "Region": region}],
        "Compliance": _compliance(one.state, said),
        "Workflow": {"Status": _workflow(one)},
        "RecordState": "ACTIVE",
        "ProductFields": _fields(said.fields, run),
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


def _compliance(state: str, said: _Said) -> Part:
    found: Part = {"Status": _COMPLIANCE[state], "SecurityControlId": clip(said.control, 512)}
    requirements = [clip(text, 128) for text in said.requirements][:32]
    return found | {"RelatedRequirements": requirements} if requirements else found


def _workflow(one: Finding | Difference) -> str:
    if one.state == "pass":
        return "RESOLVED"
    return "SUPPRESSED" if one.quiet else "NEW"


def _verdict_fields(one: Finding) -> dict[str, str]:
    clause = clause_of(one.control)
    return {
        "state": one.state,
        "standing": one.control["standing"],
        "path": one.verdict["path"],
        "expected": value_text(one.verdict.get("expected")),
        "actual": value_text(one.verdict.get("actual")),
        "clause": f"{clause['document']}: {clause['section']} · {clause['row']}: {clause['states']}",
        "quiet": ": ".join(one.quiet) if one.quiet else "",
    }


def _difference_fields(one: Difference) -> dict[str, str]:
    terraform, live = one.values()
    return {
        "state": one.state,
        "kind": one.entry["kind"],
        "name": one.name,
        "path": one.path,
        "terraform": terraform,
        "live": live,
        "terraform-resource": one.source,
        "origin": origin_text(one.origin),
        "cause": one.cause,
        "spec": one.entry.get("spec") or "",
        "quiet": ": ".join(one.quiet) if one.quiet else "",
    }


def _fields(said: Mapping[str, str], run: Run) -> dict[str, str]:
    """At most 50 texts; a name has up to 128 characters, a value up to 2,048."""
    every = {"run": str(run["run"]["id"]), **said}
    return {f"glimpse-audit/{name}": clip(visible(text), 2_048) for name, text in every.items() if text}


FORMAT = Format("asff", ".asff.json", render)
