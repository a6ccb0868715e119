"""The Makefile: what variables become on the command line, and where the status goes. A stub stands for Python."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.project.harness import ROOT, Ran, process

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="there is no make")

STUB = """#!/bin/sh
printf '%s\\n' "$@" > "$STUB_ARGUMENTS"
printf '%s\\n' "$@" "" >> "$STUB_ARGUMENTS.all"
case "$2" in reports.lock) exit 0 ;; esac
exit "${STUB_STATUS:-0}"
"""
REPORTS = ["json=run.json", "html=report.html", "markdown=report.md", "junit=junit.xml"]


class Made:
    """``make`` with a stub interpreter and a set-up that counts as done."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.stub = folder / "stub"
        self.stub.write_text(STUB)
        self.stub.chmod(0o755)
        (folder / "venv").mkdir()
        (folder / "venv" / ".done").touch()
        self.reports = folder / "out"

    def __call__(self, *arguments: str, status: int = 0) -> Ran:
        for name in ("arguments", "arguments.all"):
            (self.folder / name).unlink(missing_ok=True)
        env = {"STUB_ARGUMENTS": str(self.folder / "arguments"), "STUB_STATUS": str(status)}
        own = [f"RUN_PYTHON={self.stub}", f"VENV={self.folder / 'venv'}"]
        if not any(argument.startswith("REPORT_DIR=") for argument in arguments):
            own.append(f"REPORT_DIR={self.reports}")
        return process(ROOT, "make", *arguments, *own, env=env)

    @property
    def got(self) -> list[str] | None:
        """What the interpreter was given, None if it was not called."""
        file = self.folder / "arguments"
        return file.read_text().splitlines() if file.exists() else None

    @property
    def calls(self) -> list[list[str]]:
        """Every call of the interpreter, with what it was given."""
        text = (self.folder / "arguments.all").read_text()
        return [call.splitlines() for call in text.split("\n\n") if call]

    def wanted_reports(self, folder: Path | None = None, *, premerge: bool = False) -> list[str]:
        wanted = [*REPORTS, *(["sarif=report.sarif"] if premerge else [])]
        return [f"--report={one.replace('=', f'={folder or self.reports}/')}" for one in wanted]


@pytest.fixture
def make(tmp_path: Path) -> Made:
    return Made(tmp_path)


@pytest.mark.parametrize(
    ("given", "environment", "taken"),
    [
        (["CHECKOV=0"], {}, "off"),
        (["CHECKOV=/opt/my checkov"], {}, "/opt/my checkov"),
        ([], {"AUDIT_CHECKOV": "/opt/checkov"}, "/opt/checkov"),
    ],
)
def test_checkov_is_left_out_or_another(make: Made, given: list[str], environment: dict[str, str], taken: str) -> None:
    make.stub.write_text(f'#!/bin/sh\nprintf %s "$AUDIT_CHECKOV" > {make.folder}/taken\n')
    for target in ("premerge", "audit"):
        variables = [*given, f"RUN_PYTHON={make.stub}", f"VENV={make.folder / 'venv'}", f"REPORT_DIR={make.reports}"]
        # Nothing of make's own is asked to set Checkov up.
        bare = {**os.environ, **environment}
        if not environment:
            bare.pop("AUDIT_CHECKOV", None)
        done = subprocess.run(
            ["make", target, *variables], cwd=ROOT, env=bare, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        assert (make.folder / "taken").read_text() == taken


def test_an_audit_goes_on_where_checkov_cannot_be_set_up(make: Made) -> None:
    bare = {name: value for name, value in os.environ.items() if name != "AUDIT_CHECKOV"}
    python = make.folder / "python"
    python.write_text(f'#!/bin/sh\ncase "$*" in *venv*) exit 1;; esac\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    make.stub.write_text(f'#!/bin/sh\nprintf %s "$AUDIT_CHECKOV" > {make.folder}/taken\n')
    own = make.folder / "venv-checkov"
    variables = [f"RUN_PYTHON={make.stub}", f"VENV={make.folder / 'venv'}", f"REPORT_DIR={make.reports}"]
    variables += [f"PYTHON={python}", f"CHECKOV_VENV={own}"]
    done = subprocess.run(
        ["make", "premerge", *variables], cwd=ROOT, env=bare, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert (make.folder / "taken").read_text() == f"{own}/bin/checkov"
    assert "Checkov could not be set up" in done.stderr


def test_without_any_input_the_examples_are_audited(make: Made) -> None:
    assert make("audit").status == 0
    assert make.got == ["-m", "examples.glimpse", "demo", "--report-dir", str(make.reports)]
    assert make("premerge").status == 0
    example = "examples/glimpse/terraform/environments/startup-prod"
    assert make.got is not None
    assert make.got[:5] == ["-m", "pytest", "specs", "audits", "-q"]
    assert make.got[5:] == [
        "--terraform",
        example,
        "--repository",
        "examples/glimpse",
        *make.wanted_reports(premerge=True),
    ]
    assert (ROOT / example / "main.tf").is_file()


@pytest.mark.parametrize(
    ("variables", "becomes"),
    [
        (["TERRAFORM=infra"], ["--terraform=infra"]),
        (["TERRAFORM=infra", "REPOSITORY=an app"], ["--terraform=infra", "--repository=an app"]),
        (["TERRAFORM=infra", "VAR_FILE=a.tfvars b.tfvars"],
         ["--terraform=infra", "--var-file=a.tfvars", "--var-file=b.tfvars"]),
        (["PLAN=p.json", "STATE=s.json", "DOCUMENT=README.md"],
         ["--plan=p.json", "--state=s.json", "--document=README.md"]),
        (["PROFILE=prod", "REGION=r-1 r-2"], ["--profile=prod", "--region=r-1", "--region=r-2"]),
        (["LIVE=1"], ["--live"]),
        (["LIVE=0", "TERRAFORM=infra"], ["--terraform=infra"]),
        (["REGION=r-1"], ["--region=r-1"]),
        (["LIVE=1", "ROLE=arn:1 arn:2"], ["--live", "--account-role=arn:1", "--account-role=arn:2"]),
        (["TERRAFORM=infra", "SPECS=specs"], ["--terraform=infra"]),
    ],
)  # fmt: skip
def test_any_input_of_ones_own_reaches_the_audit_and_turns_every_example_off(
    make: Made, variables: list[str], becomes: list[str]
) -> None:
    assert make("audit", *variables).status == 0
    assert make.got == ["-m", "pytest", "specs", "audits", "-q", *becomes, *make.wanted_reports()]


def test_specs_of_ones_own_are_audited_with_the_same_further_audits(make: Made) -> None:
    make("audit", "SPECS=mine theirs", "TERRAFORM=infra")
    assert make.got == ["-m", "pytest", "mine", "theirs", "audits", "-q", "--terraform=infra", *make.wanted_reports()]


def test_a_premerge_check_with_input_of_ones_own_touches_neither_example_nor_account(make: Made) -> None:
    make("premerge", "TERRAFORM=infra", "PROFILE=prod", "LIVE=1", "REGION=r")
    wanted = make.wanted_reports(premerge=True)
    assert make.got == ["-m", "pytest", "specs", "audits", "-q", "--terraform=infra", *wanted]
    make("premerge", "PLAN=my plan.json")
    assert make.got is not None
    assert "--plan=my plan.json" in make.got
    assert not [one for one in make.got if one.startswith("--terraform") or "examples" in one]
    make("premerge", "PROFILE=prod")
    assert make.got == ["-m", "pytest", "specs", "audits", "-q", *wanted]


@pytest.mark.parametrize(
    "name", ["my infra", "it's", '"quoted"', "a;touch pwned", "a|b&c", "`id`", "x,y (z)", "-n", "*", "~", "한국어", "#"]
)
def test_names_with_spaces_and_signs_of_the_shell_arrive_whole(make: Made, name: str) -> None:
    reports = make.folder / "reports of mine"
    ran = make("audit", f"TERRAFORM={name}", f"PROFILE={name}", f"REPORT_DIR={reports}")
    assert ran.status == 0, ran.err
    wanted = [f"--terraform={name}", f"--profile={name}", *make.wanted_reports(reports)]
    assert make.got == ["-m", "pytest", "specs", "audits", "-q", *wanted]
    assert (reports / "status").read_text() == "0\n"
    assert not (ROOT / "pwned").exists()


@pytest.mark.parametrize("target", ["audit", "premerge"])
@pytest.mark.parametrize("status", [0, 1, 3, 4])
def test_the_status_is_kept_in_a_file(make: Made, target: str, status: int) -> None:
    make.reports.mkdir()
    (make.reports / "status").write_text("9\n")
    ran = make(target, "TERRAFORM=infra", status=status)
    assert (make.reports / "status").read_text() == f"{status}\n"
    assert (ran.status == 0) is (status == 0)


def test_an_audit_that_is_cut_short_leaves_no_status_of_an_earlier_one(make: Made) -> None:
    make.reports.mkdir()
    (make.reports / "status").write_text("0\n")
    make.stub.write_text("#!/bin/sh\nkill -9 $PPID\n")
    assert make("audit", "TERRAFORM=infra").status != 0
    assert not (make.reports / "status").exists()


def test_a_report_directory_that_cannot_be_is_an_error(make: Made) -> None:
    make.reports.write_text("a file")
    assert make("audit", "TERRAFORM=infra").status != 0
    assert make.got is None


def test_a_saved_run_is_rendered(make: Made) -> None:
    make("report")
    assert make.got == ["-m", "reports", "render", f"{make.reports}/run.json", "--to", "html"]
    make("report", "RUN=old run.json", "FORMAT=junit")
    assert make.got == ["-m", "reports", "render", "old run.json", "--to", "junit"]


def test_a_bundle_has_a_name_of_its_own(make: Made) -> None:
    make("evidence")
    assert make.got is not None
    assert make.got[:5] == ["-m", "reports", "evidence", str(make.reports / "run.json"), "--output"]
    assert make.got[5].startswith(f"{make.reports}/evidence-2")
    make("evidence", "RUN=old run.json", "BUNDLE=my bundle.zip", "SIGN=gpg")
    assert make.got == ["-m", "reports", "evidence", "old run.json", "--output", "my bundle.zip", "--sign=gpg"]


def test_what_changed_since(make: Made) -> None:
    make("premerge", "TERRAFORM=infra", "SINCE=origin/main")
    assert make.got is not None
    assert "--changed-since=origin/main" in make.got


def test_a_night_is_locked_audited_and_told(make: Made) -> None:
    ran = make("nightly", "TERRAFORM=infra", "LIVE=1", "ACCOUNT=123456789012", "LINK=https://ci.example/1", "CHECKOV=0")
    assert ran.status == 0, ran.err
    lock, audit, tell = make.calls
    assert lock == ["-m", "reports.lock", "9"]
    assert audit[:2] == ["-m", "pytest"]
    for one in ("--terraform=infra", "--live", "--expect-account=123456789012"):
        assert one in audit
    assert f"--history={make.reports}/history.sqlite" in audit
    # The stub wrote no run: that is told, too.
    assert tell == ["-m", "reports", "notify", "--broken", "0", "--link=https://ci.example/1"]


def test_a_run_of_this_night_is_told_and_an_old_one_is_not(make: Made) -> None:
    make.reports.mkdir()
    old = make.reports / "run.json"
    old.write_text("{}")
    os.utime(old, (1, 1))
    make("nightly", "TERRAFORM=infra", "CHECKOV=0", status=1)
    assert make.calls[-1][3:] == ["--broken", "1"]
    assert (make.reports / "status").read_text() == "1\n"
    os.utime(old, (4e9, 4e9))
    make("nightly", "TERRAFORM=infra", "CHECKOV=0")
    assert make.calls[-1][3:] == [str(old)]


def test_two_nights_do_not_collide(make: Made) -> None:
    make.reports.mkdir()
    with (make.reports / ".lock").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        own = [f"REPORT_DIR={make.reports}", f"VENV={make.folder / 'venv'}", f"RUN_PYTHON={sys.executable}"]
        ran = process(ROOT, "make", "nightly", "TERRAFORM=infra", "CHECKOV=0", *own)
    assert ran.status == 2
    assert "another nightly run is going on" in ran.err
    assert "Error 6" in ran.err
    assert not (make.reports / "status").exists()


def test_mutations_are_made_on_both_planes_or_one(make: Made) -> None:
    assert make("mutate").status == 0
    assert make.got == ["-m", "tests.mutation"]
    make("mutate", "PLANE=terraform")
    assert make.got == ["-m", "tests.mutation", "terraform"]


def test_help_lists_every_target_of_the_interface(make: Made) -> None:
    ran = make("help")
    listed = {name for line in ran.out.splitlines() for name in line.partition("  ")[0].split()}
    jobs = {"setup", "audit", "premerge", "nightly", "report", "evidence", "test", "e2e", "mutate", "fuzz", "bench"}
    assert (ran.status, {*jobs, "lint"} - listed) == (0, set())
    assert make().out == ran.out


def test_a_dry_run_runs_nothing(make: Made) -> None:
    ran = make("-n", "audit", "TERRAFORM=infra")
    assert (ran.status, make.got, make.reports.exists()) == (0, None, False)
    assert "--terraform='infra'" in ran.out


def test_the_projects_own_tests_touch_no_spec_of_ours(make: Made) -> None:
    make("test")
    assert make.got is not None
    assert make.got[:2] == ["-m", "pytest"]
    assert not [one for one in make.got if one.startswith(("specs", "--terraform", "--live", "--profile"))]


def test_an_old_python_is_refused_before_anything_is_made(make: Made) -> None:
    shutil.rmtree(make.folder / "venv")
    old = make.folder / "old"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    ran = make("setup", f"PYTHON={old}")
    assert ran.status != 0
    assert "Python 3.11 or newer is needed" in ran.err
    assert not (make.folder / "venv").exists()
