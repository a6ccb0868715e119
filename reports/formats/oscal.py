"""OSCAL 1.2.3 assessment results: an observation a control and plane, and a finding a control that was decided.

OSCAL knows ``satisfied`` and ``not-satisfied`` alone. A control that could not be decided is neither: it has
observations, each with its cause, and no finding. Controls alone are in it: drift that no control says and unmanaged
resources are assessed against none (SARIF, OCSF, ASFF, CSV and XLSX have them). Source: NIST, "OSCAL
Assessment Results Model", v1.2.3.
"""

from __future__ import annotations

import json
import re

from reports.findings import Finding, clause_of, findings, frameworks_of, rfc3339, uuid_of
from reports.formats import Format, RenderOptions
from reports.order import Part, ordered_controls
from reports.report import Run
from reports.text import clip, origin_text, visible

VERSION = "1.2.3"
NS = "urn:glimpse-audit:oscal"
_NOT_TOKEN = re.compile(r"[^\w.\-]")
_EVIDENCE = 1_000
"""Verdicts that an observation spells out; the run's own JSON holds all."""


def render(run: Run, options: RenderOptions) -> str:
    """The run as an OSCAL document (JSON)."""
    about = run["run"]
    finished = rfc3339(about["finished"])
    document: Part = {
        "uuid": uuid_of("assessment-results", about["id"]),
        "metadata": {
            "title": "Compliance and drift audit",
            "last-modified": finished,
            "version": token(about["id"]),
            "oscal-version": VERSION,
        },
        "import-ap": {"href": "#" + _plan(run)},
        "results": [_result(run, finished)],
        "back-matter": {"resources": [_specs(run)]},
    }
    return json.dumps({"assessment-results": document}, ensure_ascii=False, indent=1) + "\n"


def token(text: str) -> str:
    """The text as an OSCAL token: letters, digits and ``.-_``, a letter or ``_`` first."""
    found = _NOT_TOKEN.sub("-", visible(text)) or "_"
    return found if found[0].isalpha() or found[0] == "_" else f"_{found}"


def _plan(run: Run) -> str:
    return uuid_of("specs", *sorted(run["run"]["specs"]))


def _specs(run: Run) -> Part:
    """The specs stand for the assessment plan: they say what is assessed."""
    props = [_prop("sha256", digest, visible(path)) for path, digest in run["run"]["specs"].items()]
    resource: Part = {
        "uuid": _plan(run),
        "title": "Specs of the audit",
        "description": "What was assessed, and the SHA-256 of each spec.",
    }
    return resource | {"props": props} if props else resource


def _result(run: Run, finished: str) -> Part:
    observations, found = [], []
    for control in ordered_controls(run):
        related = []
        for plane in control["planes"]:
            observations.append(_observation(run, control, plane, finished))
            related.append({"observation-uuid": observations[-1]["uuid"]})
        if control["outcome"] != "undecided" and related:
            found.append(_finding(run, control, related))
    controls: Part = {"control-selections": [{"include-all": {}}]}
    result: Part = {
        "uuid": uuid_of("result", run["run"]["id"]),
        "title": "Audit of document, Terraform and account",
        "description": _said(run),
        "start": rfc3339(run["run"]["started"]),
        "end": finished,
        "props": _props({"exit-status": str(run["summary"]["exit_status"]), "gaps": str(run["summary"]["gaps"])}),
        "reviewed-controls": controls,
    }
    result |= {"observations": observations} if observations else {}
    return result | ({"findings": found} if found else {})


def _said(run: Run) -> str:
    about = run["run"]
    caller = visible(str(about.get("caller") or "nobody: the account was not read"))
    return f"{len(run['controls'])} controls on {', '.join(about['planes'])}; read by {caller}."


def _observation(run: Run, control: Part, plane: str, collected: str) -> Part:
    own = {**run, "controls": [{**control, "planes": {plane: control["planes"][plane]}}]}
    verdicts = list(findings(own))
    state = control["planes"][plane]["state"]
    observation: Part = {
        "uuid": uuid_of("observation", run["run"]["id"], control["id"], plane),
        "title": clip(visible(f"{control['id']} on {plane}"), 200),
        "description": visible(control["title"]) or "-",
        "methods": ["TEST"],
        "types": ["finding" if state in ("fail", "absent") else "control-objective"],
        "props": _props({"plane": plane, "state": state, "examined": str(control["planes"][plane]["examined"])}),
        "relevant-evidence": [_evidence(one) for one in verdicts[:_EVIDENCE]],
        "collected": collected,
    }
    if not verdicts:
        del observation["relevant-evidence"]
    if len(verdicts) > _EVIDENCE:
        observation["remarks"] = f"{len(verdicts) - _EVIDENCE} more verdicts are in the run's own report."
    return observation


def _evidence(one: Finding) -> Part:
    props = {
        "state": one.state,
        "resource": str(one.verdict.get("resource") or ""),
        "path": one.verdict["path"],
        "origin": origin_text(one.verdict.get("origin")),
        "account": str(one.verdict.get("account") or ""),
        "region": str(one.verdict.get("region") or ""),
        "quiet": ": ".join(one.quiet) if one.quiet else "",
    }
    return {"description": one.said(2_000), "props": _props(props)}


def _finding(run: Run, control: Part, related: list[Part]) -> Part:
    clause = clause_of(control)
    deviates = control["outcome"] == "fail"
    place = f"{clause['document']}: {clause['section']} · {clause['row']}: {clause['states']}"
    status: Part = {
        "state": "not-satisfied" if deviates else "satisfied",
        "reason": "fail" if deviates else "pass",
        "remarks": f"Standing: {control['standing']}",
    }
    target: Part = {"type": "objective-id", "target-id": token(control["id"]), "status": status}
    finding: Part = {
        "uuid": uuid_of("finding", run["run"]["id"], control["id"]),
        "title": visible(control["title"]) or "-",
        "description": place,
        "props": _props({"severity": control["severity"], "basis": control["basis"], "standing": control["standing"]}),
        "target": target,
        "related-observations": related,
    }
    finding["props"] += [_prop("requirement", text) for text in frameworks_of(control)]
    remedy = visible(control.get("remedy") or "")
    return finding | {"remarks": remedy} if remedy else finding


def _props(values: dict[str, str]) -> list[Part]:
    return [_prop(name, value) for name, value in values.items() if value.strip()]


def _prop(name: str, value: str, remarks: str = "") -> Part:
    # A value is one line without blanks at its ends (OSCAL's type "string").
    prop = {"name": name, "ns": NS, "value": visible(value).strip() or "-"}
    return prop | {"remarks": remarks} if remarks else prop


FORMAT = Format("oscal", ".oscal.json", render)
