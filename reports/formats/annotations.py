"""Annotations of a pull request: GitHub's workflow commands, which a job prints.

Only deviations that ask for an act, the most severe first: GitHub shows ten errors and ten warnings of a step. Source:
GitHub, "Workflow commands for GitHub Actions", with the escaping of the runner's toolkit.
"""

from __future__ import annotations

from reports.findings import Finding, findings
from reports.formats import Format, RenderOptions
from reports.report import Run
from reports.text import clip, visible

_COMMANDS = {"critical": "error", "high": "error", "medium": "warning", "low": "notice", "info": "notice"}


def render(run: Run, options: RenderOptions) -> str:
    """One line a deviation that is neither waived, planned nor known."""
    acting = (one for one in findings(run) if one.acts)
    return "".join(f"{_command(one)}\n" for one in acting)


def _command(one: Finding) -> str:
    place = one.place
    at = {"file": str(place["file"]), "line": str(max(place.get("line") or 1, 1))}
    if place.get("column"):
        at["col"] = str(place["column"])
    at["title"] = clip(f"{one.control['severity']}: {one.control['title']}", 200)
    said = ",".join(f"{name}={_property(text)}" for name, text in at.items())
    remedy = str(one.control.get("remedy") or "")
    return f"::{_COMMANDS[one.control['severity']]} {said}::{_data(clip(f'{one.said()}. {remedy}'.strip(), 1_000))}"


def _data(text: str) -> str:
    # What would end the line, or be read as an escape, is one itself.
    return visible(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


FORMAT = Format("annotations", ".txt", render)
