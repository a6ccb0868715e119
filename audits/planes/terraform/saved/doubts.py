"""What a plan says of itself that leaves it open (errors, deferred changes), and the checks that failed in it."""

from __future__ import annotations

from audits.model import Finding, Gap, Origin
from audits.planes.terraform.saved.shapes import Json, mapping, mappings, optional_text
from audits.secrets import scrub

_AGAIN = "make the plan again"
MOST_FINDINGS = 1_000


def gaps_of(document: Json, file: str) -> list[Gap]:
    """Gaps behind which anything may be: the plan stopped at an error, left out what was not targeted, or deferred.

    A plan without ``errored`` or ``complete`` is of a Terraform that did not say (before 1.5 and 1.8).
    """
    gaps = []
    if document.get("errored") not in (None, False):
        gaps.append(_gap(file, "errored plan", "Terraform stopped at an error: anything may be missing", _AGAIN))
    elif document.get("complete") not in (None, True):
        said = "Terraform deferred some changes, or planned only what was targeted"
        gaps.append(_gap(file, "incomplete plan", said, "plan without -target and without deferred changes"))
    for one, where in mappings(document, "deferred_changes", "the plan"):
        change = mapping(one, "resource_change", where)
        kind, address = optional_text(change, "type", where), optional_text(change, "address", where)
        reason = optional_text(one, "reason", where) or "deferred"
        gaps.append(
            Gap(
                "terraform",
                (kind,) if kind else None,
                address or file,
                "deferred change",
                reason.replace("_", " "),
                "apply what it waits for, then make the plan again",
                origin=Origin(file),
            )
        )
    return gaps


def _gap(file: str, cause: str, detail: str, mend: str) -> Gap:
    return Gap("terraform", None, file, cause, detail, mend, origin=Origin(file))


def findings_of(document: Json, file: str) -> list[Finding]:
    """The checks, conditions and validations that failed while planning."""
    found: list[Finding] = []
    for check, where in mappings(document, "checks", "the plan"):
        if check.get("status") not in ("fail", "error"):
            continue
        address = mapping(check, "address", where).get("to_display")
        name = address if isinstance(address, str) else "a check"
        messages = [
            message
            for instance, place in mappings(check, "instances", where)
            for problem, at in mappings(instance, "problems", place)
            if (message := optional_text(problem, "message", at))
        ]
        detail = "; ".join([name, *dict.fromkeys(messages)])
        found.append(Finding("terraform", f"failed check ({check['status']})", _shown(detail), Origin(file)))
        if len(found) >= MOST_FINDINGS:
            break
    return found


def _shown(text: str) -> str:
    scrubbed = scrub(text)
    return scrubbed[:2_000] if isinstance(scrubbed, str) else "its message may hold a secret"
