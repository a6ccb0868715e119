"""JUnit XML: one suite a plane, one case a control on that plane, as CI systems read it (Jenkins' schema)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET

from reports import citations, drifted, page_facts, policies
from reports.findings import findings_of, quiet_reason
from reports.formats import Format, RenderOptions
from reports.labels import Labels
from reports.order import run_planes
from reports.report import Run
from reports.text import clause_text, clip, origin_text, value_text, visible

_MESSAGE = 240
_VERDICTS = 100
"""Verdicts a case spells out: readers of JUnit are lists of tests, and the other formats hold the rest."""


@dataclass(frozen=True, slots=True)
class _Case:
    element: ET.Element
    result: str


def render(run: Run, options: RenderOptions) -> bytes:
    """The run as JUnit XML. Its words are the verdicts' own, so there is little to translate."""
    labels = Labels(options.lang)
    suites = [_suite(run, plane, labels) for plane in run_planes(run)]
    suites += [_document(run, labels)] if run["document"] else []
    suites += [_comparison(run, labels)] if drifted.coverage(run) is not None else []
    root = ET.Element("testsuites", {"name": "glimpse-audit", **_sum(suites)})
    root.extend(suites)
    ET.indent(root)
    body: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return body + b"\n"


def _suite(run: Run, plane: str, labels: Labels) -> ET.Element:
    cases = [_case(control, plane, labels) for control in run["controls"] if plane in control["planes"]]
    return _suite_of(run, plane, cases, labels)


def _document(run: Run, labels: Labels) -> ET.Element:
    """The clauses as a suite: a changed one failed, one that cannot be told was skipped."""
    return _suite_of(run, "document", [_clause(one, labels) for one in run["document"]], labels)


def _clause(one: dict[str, Any], labels: Labels) -> _Case:
    case = _element(one["spec"], f"{one['control']}[document]")
    if one["state"] == citations.STANDS:
        return _Case(case, "passed")
    failed = one["state"] == citations.CHANGED and not one["known"]
    result = "failure" if failed else "skipped"
    message = f"{labels('clause.' + one['state'])}: {visible(one['detail'])}"
    said = ET.SubElement(case, result, {"type": one["state"], "message": clip(message, _MESSAGE)})
    if one["nearest"]:
        said.text = f"{labels('clause.nearest')}: {one['nearest_line']}: {visible(one['nearest'])}"
    return _Case(case, result)


def _comparison(run: Run, labels: Labels) -> ET.Element:
    """Drift and what is unmanaged as a suite: one case each, as they are one item each."""
    differing = [(one, _differing(one, labels)) for one in drifted.drift(run)]
    foreign = [(one, [one["resource"]]) for one in drifted.unmanaged(run)]
    cases = [_compared(run, "drift", differing, labels), _compared(run, "unmanaged", foreign, labels)]
    return _suite_of(run, "drift", cases, labels)


def _compared(run: Run, name: str, found: list[tuple[dict[str, Any], list[str]]], labels: Labels) -> _Case:
    case = _element("audits.test_drift", f"test_{name}")
    failing = [pair for pair in found if pair[0]["fails"]]
    reason = drifted.undecided(run, name, labels)
    if not found and not reason:
        return _Case(case, "passed")
    result = "failure" if failing else "skipped"
    shown = failing or found
    message = f"{labels(name)}: {len(shown)}" if shown else reason
    said = ET.SubElement(case, result, {"type": name, "message": clip(visible(message), _MESSAGE)})
    lines = []
    for entry, text in shown[:_VERDICTS]:
        lines += [*text, *(f"  {remark}" for remark in drifted.remarks(entry, labels))]
    if len(shown) > _VERDICTS:
        lines.append(labels("more places", n=len(shown) - _VERDICTS))
    said.text = "\n".join(visible(line) for line in lines) or None
    return _Case(case, result)


def _differing(one: dict[str, Any], labels: Labels) -> list[str]:
    ours, theirs = one["terraform"], one["live"]
    head = f"{labels('severity.' + one['severity'])}: {ours['resource']} {one['path']}".rstrip()
    if theirs is None:
        return [head, f"  {labels('drift.missing')}", f"  {origin_text(ours['origin'])}"]
    values = [drifted.shown(side["value"], lambda value: value_text(value, 300)) for side in (ours, theirs)]
    return [
        head,
        f"  {labels('plane.terraform')} {values[0]}, {labels('plane.live')} {values[1]}",
        f"  {origin_text(ours['origin'])} · {theirs['resource']}",
    ]


def _suite_of(run: Run, name: str, cases: list[_Case], labels: Labels) -> ET.Element:
    count = {result: sum(case.result == result for case in cases) for result in ("failure", "skipped")}
    suite = ET.Element(
        "testsuite",
        {
            "name": name,
            "tests": str(len(cases)),
            "failures": str(count["failure"]),
            "errors": "0",
            "skipped": str(count["skipped"]),
            "timestamp": visible(run["run"]["started"]).removesuffix("Z").partition("+")[0],
        },
    )
    suite.extend(case.element for case in cases)
    notes = _notes(run, name, labels)
    if notes:
        ET.SubElement(suite, "system-out").text = notes
    return suite


def _element(spec: str, name: str) -> ET.Element:
    package = visible(spec.removesuffix(".yaml").removesuffix(".yml").replace("/", "."))
    return ET.Element("testcase", {"classname": package, "name": visible(name), "time": "0"})


def _case(control: dict[str, Any], plane: str, labels: Labels) -> _Case:
    part = control["planes"][plane]
    case = _element(control["spec"], f"{control['id']}[{plane}]")
    state, title = part["state"], visible(control["title"])
    if state == "pass":
        return _Case(case, "passed")
    found = [one for one in findings_of(control, planes=(plane,)) if one.state != "pass"]
    acting = [one.verdict for one in found if one.acts]
    if acting:
        # A quiet deviation beside others is not what failed: the worst of those that ask for an act names the failure.
        state = acting[0]["state"]
        message = f"{labels(f'state.{state}')}: {title}"
        failure = ET.SubElement(case, "failure", {"type": state, "message": clip(message, _MESSAGE)})
        failure.text = _details(control, [one.verdict for one in found if one.quiet is None], labels)
        return _Case(case, "failure")
    verdicts = [one.verdict for one in found]
    reason = quiet_reason(found) or _undecided_reason(state, verdicts, labels)
    skipped = ET.SubElement(case, "skipped", {"type": state, "message": clip(visible(reason), _MESSAGE)})
    skipped.text = _details(control, verdicts, labels)
    return _Case(case, "skipped")


def _undecided_reason(state: str, verdicts: list[dict[str, Any]], labels: Labels) -> str:
    causes = dict.fromkeys(str(verdict.get("cause") or "") for verdict in verdicts if verdict["state"] == state)
    about = "; ".join(cause for cause in causes if cause)
    word = labels(f"state.{state}")
    return f"{word}: {about}" if about else word


def _details(control: dict[str, Any], verdicts: list[dict[str, Any]], labels: Labels) -> str:
    clause = control["clause"]
    head = [
        f"{labels('severity')}: {labels('severity.' + control['severity'])}",
        f"{labels('standing')}: {labels('standing.' + control['standing'])}",
        f"{labels('plane.document')}: {clause_text(clause)} · {visible(clause['row'])}: {visible(clause['states'])}",
        f"{labels('spec')}: {visible(control['spec'])}:{control['line']}",
    ]
    body = [line for verdict in verdicts[:_VERDICTS] for line in ("", *_verdict(verdict, labels))]
    if len(verdicts) > _VERDICTS:
        body += ["", labels("more places", n=len(verdicts) - _VERDICTS)]
    tail = ["", f"{labels('remedy')}: {visible(control['remedy'])}"] if control.get("remedy") else []
    return "\n".join([*head, *body, *tail])


def _verdict(verdict: dict[str, Any], labels: Labels) -> list[str]:
    where = " ".join(visible(str(part)) for part in (verdict.get("resource"), verdict["path"]) if part)
    expected, actual = (value_text(verdict.get(key), 300) for key in ("expected", "actual"))
    lines = [
        f"{labels('state.' + verdict['state'])}: {where or labels('whole')}",
        f"  {labels('expected')} {expected}, {labels('actual')} {actual}",
    ]
    origin = origin_text(verdict.get("origin"))
    lines += [f"  {origin}"] if origin else []
    said = (("cause", verdict.get("cause")), ("mend", verdict.get("mend")), ("waiver", verdict.get("waiver")))
    return [*lines, *(f"  {labels(key)}: {visible(str(text))}" for key, text in said if text)]


def _notes(run: Run, plane: str, labels: Labels) -> str:
    """Gaps, findings and undecided policies of a plane: they belong to no case; without them it would look complete."""
    gaps = [gap for gap in run["gaps"] if gap["plane"] == plane]
    findings = [finding for finding in run["findings"] if finding["plane"] == plane]
    lines = [f"gap: {gap['scope']}: {gap['cause']} · {gap.get('mend') or ''}" for gap in gaps]
    lines += [f"finding: {finding['title']} · {origin_text(finding.get('origin'))}" for finding in findings]
    if plane == "terraform" and run.get("policies"):
        lines.append(policies.tally(run, labels))
        lines += [
            f"{labels('policy.' + one['decision'])}: {one['id']} {policies.states(one, labels)}: {one['title']}"
            for one in policies.told(run)
        ]
    if plane == "document":
        found = page_facts.contradictions(run)
        lines += [f"contradiction: {one['id']}: {one['title']} · {page_facts.state(one, labels)}" for one in found]
        covered = page_facts.coverage(run)
        lines += (
            [f"coverage: {page_facts.tally(covered, labels)} {page_facts.uncited(covered, labels)}"] if covered else []
        )
    return "\n".join(visible(line).removesuffix(" · ") for line in lines)


def _sum(suites: list[ET.Element]) -> dict[str, str]:
    # Jenkins' schema knows no "skipped" of the whole.
    names = ("tests", "failures", "errors")
    return {name: str(sum(int(suite.get(name, "0")) for suite in suites)) for name in names}


FORMAT = Format("junit", ".xml", render)
