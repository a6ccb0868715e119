"""Progress: on a terminal and nowhere else. The terminal is a real one: a pseudo-terminal of the system's."""

from __future__ import annotations

import contextlib
import io
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from audits.model import CallRecord
from audits.progress import Line, quiet
from tests.project.harness import denying_account, environment, project

CALL = CallRecord("123456789012", "ap-northeast-2", "rds", "describe_db_instances", "ok", "r", 0.1)
COMMANDS = {
    "pytest": ("-m", "pytest", "-p", "audits.plugin", "-p", "reports.plugin", "specs", "--live"),
    "observe": ("-m", "audits", "observe", "live", "--kind", "aws_db_instance", "--kind", "aws_s3_bucket", "--json"),
}


@pytest.fixture(scope="module")
def slow() -> Iterator[dict[str, str]]:
    with denying_account(0.6) as found:
        yield found


def on_terminal(folder: Path, *command: str, **more: str) -> tuple[int, str]:
    """A process whose stderr is a terminal, and what that terminal showed; its stdout is a file."""
    ours, theirs = pty.openpty()
    env = {"TERM": "xterm", **more}
    with (folder / "out").open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, *command], cwd=folder, env=environment(env), stdin=theirs, stdout=out, stderr=theirs
        )
        os.close(theirs)
        shown = b""
        with contextlib.suppress(OSError):  # the other end is closed
            while part := os.read(ours, 4096):
                shown += part
        os.close(ours)
        return process.wait(), shown.decode()


@pytest.mark.parametrize("name", COMMANDS)
def test_a_terminal_shows_a_long_reading_and_is_left_clean(tmp_path: Path, slow: dict[str, str], name: str) -> None:
    status, shown = on_terminal(project(tmp_path), *COMMANDS[name], **slow)
    assert status in (0, 1)
    assert "\r\x1b[Kreading the account: " in shown
    assert " failed, " in shown
    assert shown.endswith("\r\x1b[K")
    assert "reading the account" not in (tmp_path / "out").read_text()


@pytest.mark.parametrize("more", [{"CI": "true"}, {"TERM": "dumb"}])
def test_a_job_and_a_plain_terminal_show_nothing(tmp_path: Path, slow: dict[str, str], more: dict[str, str]) -> None:
    _, shown = on_terminal(project(tmp_path), *COMMANDS["observe"], **slow, **more)
    assert shown == ""


def test_nothing_is_shown_if_asked_for_or_where_nobody_watches(tmp_path: Path, slow: dict[str, str]) -> None:
    _, shown = on_terminal(project(tmp_path), *COMMANDS["pytest"], "-q", "-q", **slow)
    assert shown == ""
    done = subprocess.run(
        [sys.executable, *COMMANDS["observe"]],
        cwd=tmp_path,
        env=environment({"TERM": "xterm", **slow}),
        capture_output=True,
        check=True,
    )
    assert done.stderr == b""


def test_the_line_counts_and_comes_only_after_a_while() -> None:
    now = [0.0]
    stream = io.StringIO()
    line = Line(stream, lambda: now[0])
    for seconds in (0.5, 0.9, 1.2, 1.21):
        now[0] = seconds
        line.hear(CALL)
    assert stream.getvalue().count("reading the account") == 1
    assert "3 calls, 1 s (rds describe_db_instances, 12345" in stream.getvalue()
    now[0] = 2.5
    line.hear(CallRecord("1", "r", "s3", "list_buckets", "timeout", "", 1.0))
    assert "5 calls, 1 failed, 2 s" in stream.getvalue()
    line.wipe()
    assert stream.getvalue().endswith("\r\x1b[K")


def test_a_short_reading_draws_nothing() -> None:
    stream = io.StringIO()
    line = Line(stream, lambda: 0.0)
    line.hear(CALL)
    line.wipe()
    assert stream.getvalue() == ""


def test_when_it_is_quiet() -> None:
    assert not quiet({"TERM": "xterm"})
    assert quiet({"TERM": "xterm"}, -2)
    assert quiet({"TERM": "xterm", "CI": "1"})
    assert quiet({})
