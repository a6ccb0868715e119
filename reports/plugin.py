"""The pytest plugin ``reports.plugin``: ``--report FORMAT=PATH`` and ``--lang``.

The audit's plugin hands over the run by the hook ``pytest_audit_report(config, run)``; this one writes the files.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from reports.evidence import announce, keep, seal
from reports.formats import Format, FormatError, RenderOptions, get
from reports.history.store import read, record
from reports.history.trend import trend
from reports.labels import LANGUAGES
from reports.report import ReportError, write
from reports.terminal import summary
from reports.text import visible

_WANTED = pytest.StashKey[list[tuple[Format, Path]]]()
_FAILED = pytest.StashKey[list[str]]()
_RUN = pytest.StashKey[dict[str, Any]]()
_WRONG_INPUT = 4
LOG_WIDTH = 120
"""Columns where no terminal says how many it has."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options."""
    group = parser.getgroup("reports", "audit reports")
    group.addoption(
        "--report",
        action="append",
        default=[],
        metavar="FORMAT=PATH",
        help="write the audit's report in this format to this file; may be given more than once",
    )
    group.addoption(
        "--history",
        metavar="FILE",
        help="add the run to this history (SQLite), and show in the reports what changed since the last run in it",
    )
    group.addoption("--lang", choices=LANGUAGES, default="en", help="language of the reports' labels (default: en)")


def pytest_configure(config: pytest.Config) -> None:
    """Refuse a wrong request before anything is audited."""
    config.stash[_WANTED] = [_wanted(text) for text in config.getoption("--report")]
    config.stash[_FAILED] = []


@pytest.hookimpl(optionalhook=True)
def pytest_audit_report(
    config: pytest.Config, run: dict[str, Any], observations: Callable[[], Mapping[str, bytes]]
) -> list[str]:
    """Write every report asked for and name each; returns what could not be written, one line each.

    A report that fails does not keep the others from being written. Beside a JSON report lies what was observed.
    """
    failed = config.stash[_FAILED]
    history = config.getoption("--history")
    if history:
        try:
            run["history"] = trend(read(Path(history), before=run["run"]["started"]), run)
        except ReportError as error:
            failed.append(str(error))
            _say(config, f"history: {error}", red=True)
    config.stash[_RUN] = run
    for target, path in config.stash[_WANTED]:
        try:
            if target.name == "json":
                _with_evidence(target, path, run, observations)
            else:
                write(path, target.written(run, RenderOptions(config.getoption("--lang"))))
        except (ReportError, ValueError) as error:
            failed.append(str(error))
            _say(config, f"{target.name} report: {error}", red=True)
        else:
            _say(config, f"{target.name} report: {visible(str(path))}")
    if history and "history" in run:
        try:
            record(Path(history), run)
        except ReportError as error:
            failed.append(str(error))
            _say(config, f"history: {error}", red=True)
    return list(failed)


def _with_evidence(
    target: Format, path: Path, run: dict[str, Any], observations: Callable[[], Mapping[str, bytes]]
) -> None:
    """The run and its evidence; without the evidence, if that cannot be kept, and then the error is raised."""
    try:
        files = observations()
        naming = keep(path, run, files) if files else run
    except (ReportError, ValueError):
        write(path, target.render(run, RenderOptions()))
        raise
    rendered = target.render(naming, RenderOptions())
    written = rendered if isinstance(rendered, bytes) else rendered.encode("utf-8")
    if files:
        announce(path, naming, written)
    write(path, written)
    if files:
        seal(path, naming, written)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Show what deviates and what is undecided, in place of tracebacks."""
    run = config.stash.get(_RUN, None)
    if run is not None:
        terminalreporter.section("audit")
        # pytest knows what is asked for: --color, NO_COLOR, FORCE_COLOR, and what is no terminal.
        terminal = terminalreporter._tw
        known = terminalreporter.isatty or os.environ.get("COLUMNS")
        width = terminal.fullwidth if known else LOG_WIDTH
        terminalreporter.write_line(summary(run, width, color=terminal.hasmarkup))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """A report that was asked for and is not there is not success."""
    if session.config.stash.get(_FAILED, []) and session.exitstatus in (0, 1):
        session.exitstatus = _WRONG_INPUT


def _wanted(text: str) -> tuple[Format, Path]:
    name, separator, path = text.partition("=")
    if not separator or not name or not path:
        raise pytest.UsageError(f"--report wants FORMAT=PATH (html=report.html), not {visible(text)!r}")
    try:
        target = get(name)
    except FormatError as error:
        raise pytest.UsageError(f"--report: {visible(str(error))}") from None
    place = Path(path)
    # Known now, and cheaper to hear now than after an hour's audit.
    if place.is_dir():
        raise pytest.UsageError(f"--report: {visible(path)} is a directory")
    blocker = next((parent for parent in place.parents if parent.exists()), None)
    if blocker is not None and not blocker.is_dir():
        raise pytest.UsageError(f"--report: {visible(str(blocker))} is not a directory")
    return target, place


def _say(config: pytest.Config, text: str, *, red: bool = False) -> None:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None:
        reporter.ensure_newline()
        reporter.write_line(text, red=red)
