"""What a run at the desk tells: the first one all, each further one what changed since the last, before the totals."""

from __future__ import annotations

from pathlib import Path

from reports.diff import diff_text
from reports.labels import Labels
from reports.report import load
from reports.terminal import summary, totals


def told(before: Path | None, now: Path, width: int) -> str:
    """The text, for a terminal of so many columns.

    Raises:
        ReportError: a file is no run.
    """
    run = load(now)
    if before is None:
        return summary(run, width)
    return f"{diff_text(load(before), run, Labels('en'), still=False).rstrip()}\n\n{totals(run)}"
