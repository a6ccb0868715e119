"""What a run at the desk tells: the first one all, each further one what changed since the last, before the totals."""

from __future__ import annotations

from pathlib import Path

from reports.diff import diff_text
from reports.labels import Labels
from reports.paint import painted
from reports.report import load
from reports.terminal import summary, totals


def told(before: Path | None, now: Path, width: int, *, color: bool = False) -> str:
    """The text, for a terminal of so many columns.

    Raises:
        ReportError: a file is no run.
    """
    run = load(now)
    if before is None:
        return summary(run, width, color=color)
    text = f"{diff_text(load(before), run, Labels('en'), still=False).rstrip()}\n\n{totals(run)}"
    return painted(text) if color else text
