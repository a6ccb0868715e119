"""From a requirement of a framework to controls, verdicts and the files that hold the evidence. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from reports.findings import Finding, findings
from reports.order import Part
from reports.report import Run
from reports.text import clip, origin_text, value_text, visible

COLUMNS = (
    *("framework", "requirement", "control", "title", "plane", "state", "standing", "quiet"),
    *("account", "region", "resource", "path", "expected", "actual", "origin", "evidence", "finding"),
)
_FORMULA = ("=", "+", "-", "@")
_ORDER = ("fail", "undecided", "pass")


@dataclass(frozen=True, slots=True)
class Requirement:
    """One requirement of a framework, and the controls that serve it."""

    framework: str
    id: str
    controls: tuple[Part, ...]

    @property
    def outcome(self) -> str:
        """``fail`` if any control deviates, else ``undecided`` if any is, else ``pass``."""
        return min((str(control["outcome"]) for control in self.controls), key=_ORDER.index)


def requirements(run: Run) -> list[Requirement]:
    """Every requirement that a control names, by framework and id."""
    found: dict[tuple[str, str], list[Part]] = {}
    for control in run["controls"]:
        for framework, names in control["frameworks"].items():
            for name in names:
                found.setdefault((framework, name), []).append(control)
    return [Requirement(*key, tuple(controls)) for key, controls in sorted(found.items())]


def unmapped(run: Run) -> list[Part]:
    """Controls that name no requirement of any framework."""
    return [control for control in run["controls"] if not any(control["frameworks"].values())]


def table(run: Run, evidence: Mapping[str, str]) -> bytes:
    """CSV, a line a requirement and verdict; ``evidence`` names the file of each plane's observation."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(_lines(run, evidence))
    return text.getvalue().encode("utf-8-sig")


def _lines(run: Run, evidence: Mapping[str, str]) -> Iterator[list[str]]:
    by_control: dict[str, list[Finding]] = {}
    for one in findings(run):
        by_control.setdefault(one.control["id"], []).append(one)
    for requirement in requirements(run):
        for control in requirement.controls:
            for one in by_control.get(control["id"], ()):
                yield [_cell(text) for text in _line(requirement, one, evidence)]


def _line(requirement: Requirement, one: Finding, evidence: Mapping[str, str]) -> list[str]:
    verdict = one.verdict
    return [
        *(requirement.framework, requirement.id, one.control["id"], one.control["title"], one.plane, one.state),
        *(one.control["standing"], ": ".join(one.quiet) if one.quiet else ""),
        *(str(verdict.get(name) or "") for name in ("account", "region", "resource")),
        *(verdict["path"], value_text(verdict.get("expected")), value_text(verdict.get("actual"))),
        *(origin_text(verdict.get("origin")), evidence.get(one.plane, ""), one.uid),
    ]


def _cell(text: str) -> str:
    shown = clip(visible(text), 32_000)
    return f"'{shown}" if shown.startswith(_FORMULA) else shown
