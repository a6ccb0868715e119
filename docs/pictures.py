"""``python docs/pictures.py RUN``: the pictures in ``docs/images/``, made of a saved run (the README shows the demo's).

The terminal is an SVG of the very summary that the run ends with. The report is the HTML report as a headless Chromium
shows it, light; without a Chromium it stays as it is.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
IMAGES = ROOT / "docs/images"
COLUMNS, LINES = 110, 48
"""Of the terminal; what does not fit between the first controls and the totals is left out."""
_WIDE, _HIGH, _MARGIN = 8, 17, 14
NO_BREAK = "\u00a0"
"""In an SVG blanks run together."""
_COLOURS = {"31": "#ff7b72", "32": "#56d364", "33": "#e3b341", "36": "#79c0ff", "2": "#8b949e"}
_SPAN = re.compile(r"\x1b\[(?P<codes>[\d;]+)m(?P<text>.*?)\x1b\[0m|(?P<plain>[^\x1b]+)")


def terminal(run: dict[str, object]) -> str:
    """The summary as SVG."""
    from reports.terminal import summary

    lines = summary(run, COLUMNS, color=True).split("\n")
    shown = ["$ make audit", "", *_whole(lines[: LINES - 8]), "…", "", *lines[-2:]]
    wide, high = COLUMNS * _WIDE + 2 * _MARGIN, len(shown) * _HIGH + 2 * _MARGIN
    rows = "\n".join(_row(line, number) for number, line in enumerate(shown) if line)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{high}" viewBox="0 0 {wide} {high}" '
        'role="img" aria-label="The summary of an audit in a terminal">\n'
        f'<rect width="{wide}" height="{high}" rx="8" fill="#0d1117"/>\n'
        "<g font-family=\"ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace\" "
        f'font-size="13" fill="#e6edf3">\n{rows}\n</g>\n</svg>\n'
    )


def _whole(lines: list[str]) -> list[str]:
    """The lines up to the end of the last control that is there as a whole."""
    last = max(number for number, line in enumerate(lines) if not line)
    return lines[: last + 1]


def _row(line: str, number: int) -> str:
    top = _MARGIN + number * _HIGH + 13
    return f'<text y="{top}">{"".join(_spans(line))}</text>'


def _spans(line: str) -> Iterator[str]:
    from reports.text import columns

    column = 0
    for found in _SPAN.finditer(line):
        text = found["text"] if found["plain"] is None else found["plain"]
        codes = (found["codes"] or "").split(";")
        colour = next((f' fill="{_COLOURS[code]}"' for code in codes if code in _COLOURS), "")
        weight = ' font-weight="bold"' if "1" in codes else ""
        taken = columns(text)
        # Every piece has its place and length, so that columns stand whatever font there is.
        place = f'x="{_MARGIN + column * _WIDE}" textLength="{taken * _WIDE}"'
        yield f"<tspan {place}{colour}{weight}>{escape(text).replace(' ', NO_BREAK)}</tspan>"
        column += taken


def report(run: dict[str, object], target: Path) -> bool:
    """Write the report's picture; False where there is no Chromium."""
    from reports.formats import RenderOptions, get
    from reports.formats.pdf import find
    from reports.report import ReportError

    try:
        program = find()
    except ReportError:
        return False
    page = get("html").render(run, RenderOptions())
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "report.html"
        source.write_bytes(page if isinstance(page, bytes) else page.encode())
        sandbox = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        flags = ["--headless", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--window-size=1200,1250"]
        subprocess.run(
            [program, *flags, *sandbox, f"--user-data-dir={folder}/profile", f"--screenshot={target}", source.as_uri()],
            check=True,
            timeout=120,
            capture_output=True,
        )
    return True


def main(arguments: list[str]) -> int:
    """Make both pictures."""
    from reports.report import load

    if len(arguments) != 1:
        print("usage: python docs/pictures.py reports/out/run.json", file=sys.stderr)
        return 4
    run = load(arguments[0])
    (IMAGES / "terminal.svg").write_text(terminal(run), encoding="utf-8")
    if not report(run, IMAGES / "report.png"):
        print("no Chromium: docs/images/report.png stays as it is", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
