"""PDF: the HTML report as a headless Chromium prints it, where one is installed.

Korean text needs a font that has it on the machine (Debian: ``fonts-noto-cjk``).
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from reports.formats import Format, RenderOptions
from reports.formats.html_page import FORMAT as HTML
from reports.report import ReportError, Run
from reports.text import clip, visible

_PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_FLAGS = (
    *("--headless", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"),
    *("--disable-component-update", "--disable-dev-shm-usage", "--no-pdf-header-footer"),
)
PATIENCE = 120.0
"""Seconds that Chromium has."""


def render(run: Run, options: RenderOptions) -> bytes:
    """The run as PDF.

    Raises:
        ReportError: there is no Chromium, or it printed nothing.
    """
    program = find()
    page = HTML.render(run, options)
    with tempfile.TemporaryDirectory(prefix="audit-pdf-") as folder:
        source, target = Path(folder) / "report.html", Path(folder) / "report.pdf"
        source.write_bytes(page if isinstance(page, bytes) else page.encode("utf-8", "backslashreplace"))
        said = _print(program, source, target, Path(folder) / "profile")
        if not target.is_file() or not target.read_bytes().startswith(b"%PDF-"):
            raise ReportError(f"pdf: {program} printed nothing: {said or 'it said nothing'}")
        return target.read_bytes()


def find() -> str:
    """The Chromium to print with: ``CHROMIUM``, else one on PATH. Raises ReportError."""
    chosen = os.environ.get("CHROMIUM")
    found = shutil.which(chosen) if chosen else next(filter(None, map(shutil.which, _PROGRAMS)), None)
    if found is None:
        none = "no Chromium on PATH: install one, or set CHROMIUM"
        about = f"CHROMIUM={visible(chosen)} is no program" if chosen else none
        raise ReportError(f"pdf: {about}; the html report prints to PDF from any browser")
    return found


def _print(program: str, source: Path, target: Path, profile: Path) -> str:
    """Print, and return the last thing that Chromium said."""
    # Chromium refuses its sandbox to root. The page is our own, has no network and runs one script of ours.
    sandbox = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    command = [program, *_FLAGS, *sandbox, f"--user-data-dir={profile}", f"--print-to-pdf={target}", source.as_uri()]
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
        text=True,
        errors="replace",
    )
    try:
        _, error = process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        # All that it started goes with it.
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return f"it took longer than {PATIENCE:.0f} seconds"
    lines = [line for line in error.splitlines() if line.strip()]
    return clip(visible(lines[-1]), 200) if lines else ""


FORMAT = Format("pdf", ".pdf", render)
