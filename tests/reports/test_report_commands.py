"""The command line and the pytest plugin, as people run them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import report_runs

from reports.report import dumps, load, write

ROOT = Path(__file__).parents[2]

# What the audit's plugin does: declare the hook, and hand over a run when the session ends.
CONFTEST = """
import pytest
from reports.report import load

class Specs:
    @pytest.hookspec
    def pytest_audit_report(self, config, run, observations): ...

def pytest_addhooks(pluginmanager):
    pluginmanager.add_hookspecs(Specs)

def pytest_sessionfinish(session):
    if not hasattr(session.config, "workerinput"):
        session.config.hook.pytest_audit_report(config=session.config, run=load("run.json"), observations=dict)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "run.json", dumps(report_runs.mixed()))
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "test_x.py").write_text("def test_x(): pass\n")
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    return tmp_path


def call(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, timeout=120, check=False
    )


def reports(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    return call(folder, "-m", "reports", *arguments)


def audited(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    return call(folder, "-m", "pytest", "-p", "reports.plugin", "-p", "no:cacheprovider", "-q", *arguments)


def test_render_to_a_file_and_to_standard_output(folder: Path) -> None:
    done = reports(folder, "render", "run.json", "--to", "html", "-o", "out/report.html", "--lang", "ko")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert 'lang="ko"' in (folder / "out/report.html").read_text(encoding="utf-8")
    shown = reports(folder, "render", "run.json", "--to", "json")
    assert shown.returncode == 0
    assert shown.stdout == (folder / "run.json").read_bytes()


def test_output_is_utf8_under_any_locale(folder: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    for command in (["render", "run.json", "--to", "markdown", "--lang", "ko"], ["diff", "run.json", "run.json"]):
        done = subprocess.run(
            [sys.executable, "-m", "reports", *command], cwd=folder, env=environment, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.decode()


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["render", "run.json", "--to", "htlm"], 4, "did you mean 'html'?"),
        (["render", "none.json", "--to", "html"], 4, "none.json: No such file"),
        (["render", "bad.json", "--to", "html"], 4, "bad.json:2:3: not JSON"),
        (["render", "run.json"], 4, "required: --to"),
        (["render", "run.json", "--to", "json", "-o", "test_x.py/x.json"], 4, "could not be written"),
        (["history"], 4, "history.sqlite: no such history"),
        (["history", "--db", "bad.json"], 4, "bad.json: no SQLite file"),
        (["history", "--last", "0"], 4, "no number of runs"),
        (["history", "--db", "h.sqlite", "--add", "bad.json"], 4, "bad.json:2:3: not JSON"),
        (["history", "--db", ".", "--add", "run.json"], 4, ".: is a directory"),
        (["merge", "run.json"], 4, "two runs or more"),
        (["merge", "run.json", "run.json"], 4, "is given twice"),
        (["merge", "run.json", "none.json"], 4, "none.json: No such file"),
        (["merge"], 4, "required: run.json"),
        (["diff", "run.json", "none.json"], 4, "none.json: No such file"),
        (["frobnicate"], 4, "invalid choice"),
        ([], 4, "required: COMMAND"),
    ],
)
def test_errors_are_one_line(folder: Path, arguments: list[str], status: int, said: str) -> None:
    (folder / "bad.json").write_text("{\n  oops")
    done = reports(folder, *arguments)
    text = done.stderr.decode()
    assert done.returncode == status, text
    assert said in text
    assert text.count("\n") == 1
    assert done.stdout == b""


def test_diff(folder: Path) -> None:
    write(folder / "empty.json", dumps(report_runs.empty()))
    same = reports(folder, "diff", "run.json", "run.json", "--exit-code")
    assert same.returncode == 0
    assert b"still" in same.stdout
    new = reports(folder, "diff", "empty.json", "run.json", "--exit-code")
    assert new.returncode == 1
    assert reports(folder, "diff", "empty.json", "run.json").returncode == 0
    assert b"rds-size" in new.stdout


def test_the_plugin_writes_each_report_and_names_it(folder: Path) -> None:
    done = audited(folder, "--report", "html=out/a.html", "--report", "json=out/a.json", "--lang", "ko")
    text = done.stdout.decode()
    assert done.returncode == 0, text
    assert "html report: out/a.html" in text
    assert "json report: out/a.json" in text
    assert load(folder / "out/a.json") == report_runs.mixed()
    assert 'lang="ko"' in (folder / "out/a.html").read_text(encoding="utf-8")


def test_the_plugin_works_under_xdist(folder: Path) -> None:
    done = audited(folder, "-n", "2", "--report", "junit=a.xml")
    assert done.returncode == 0, done.stdout
    assert done.stdout.count(b"junit report: a.xml") == 1


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("htm=x", "did you mean 'html'?"),
        ("html", "wants FORMAT=PATH"),
        ("html=", "wants FORMAT=PATH"),
        ("html=.", "is a directory"),
        ("html=test_x.py/x.html", "is not a directory"),
    ],
)
def test_a_wrong_request_is_refused_first(folder: Path, wanted: str, said: str) -> None:
    done = audited(folder, "--report", wanted)
    text = (done.stdout + done.stderr).decode()
    assert done.returncode == 4
    assert said in text
    assert "Traceback" not in text


def test_a_report_that_cannot_be_written_is_said_and_the_others_are_written(folder: Path) -> None:
    # The folder turns into a file while the tests run.
    (folder / "test_x.py").write_text("def test_x():\n    open('late', 'w').close()\n")
    done = audited(folder, "--report", "html=late/a.html", "--report", "json=b.json")
    text = done.stdout.decode()
    assert done.returncode == 4, text
    assert "could not be written" in text
    assert (folder / "b.json").exists()
