"""What is installed as a package, from pre-commit or in the image, has all that an audit needs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SPEC = """
spec: user/database
document: README.md
controls:
  - id: database
    title: The database is small
    clause: {section: "State", row: "Database", states: "db.t4g.micro"}
    basis: stated
    severity: high
    kind: aws_db_instance
    expect: {instance_class: db.t4g.micro}
    remedy: Make it small.
"""


def test_every_file_beside_the_modules_is_packaged() -> None:
    globs = PROJECT["tool"]["setuptools"]["package-data"]["*"]
    files = [path for name in ("audits", "reports") for path in (ROOT / name).rglob("*") if path.is_file()]
    files = [path for path in files if "__pycache__" not in path.parts and path.parts[-2] != "out"]
    files = [path for path in files if path.suffix != ".py" and "out" not in path.relative_to(ROOT).parts]
    assert files
    assert [path for path in files if not any(fnmatch(path.name, glob) for glob in globs)] == []


def test_the_package_needs_what_the_requirements_say() -> None:
    text = (ROOT / "requirements.in").read_text(encoding="utf-8")
    run = text.partition("# run\n")[2].partition("# the demo account\n")[0].split()
    assert sorted(run) == sorted(PROJECT["project"]["dependencies"])


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A repository of a user's own, with no conftest.py of ours."""
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs/database.yaml").write_text(SPEC)
    (tmp_path / "main.tf").write_text('resource "aws_db_instance" "this" {\n  instance_class = "db.t4g.micro"\n}\n')
    return tmp_path


def python(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "AUDIT_CHECKOV": "off"}
    command = [sys.executable, "-m", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return python(folder, "audits", "run", *arguments)


def test_an_audit_runs_in_a_users_own_repository(elsewhere: Path) -> None:
    done = run(elsewhere, "specs", "--terraform", ".", "--report", "markdown=out.md")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout
    assert (elsewhere / "out.md").exists()
    (elsewhere / "main.tf").write_text('resource "aws_db_instance" "this" {\n  instance_class = "db.r6g.large"\n}\n')
    done = run(elsewhere, "specs", "--terraform", ".")
    assert done.returncode == 1
    assert "db.r6g.large" in done.stdout


def test_a_wrong_audit_is_said_in_one_line(elsewhere: Path) -> None:
    for arguments, said in (
        (["specs"], "no plane to audit"),
        (["nowhere", "--terraform", "."], "no such file or folder"),
    ):
        done = run(elsewhere, *arguments)
        assert done.returncode == 4
        assert said in done.stdout + done.stderr
        assert "Traceback" not in done.stdout + done.stderr


def test_the_installed_command_does_all_that_reports_does(elsewhere: Path) -> None:
    assert PROJECT["project"]["scripts"]["glimpse-audit"] == "audits.cli:console"
    assert run(elsewhere, "specs", "--terraform", ".", "--report", "json=run.json").returncode == 0
    for arguments, status in (
        (["render", "run.json", "--to", "markdown"], 0),
        (["diff", "run.json", "run.json", "--exit-code"], 0),
        (["history", "--db", "runs.sqlite", "--add", "run.json"], 0),
        (["render", "run.json", "--to", "markdwon"], 4),
        (["merge", "run.json"], 4),
        (["nonsense"], 4),
        ([], 4),
        (["--help"], 0),
        (["render", "--help"], 0),
    ):
        own, other = python(elsewhere, "reports", *arguments), python(elsewhere, "audits", "reports", *arguments)
        # Each says its own name, which folds the usage elsewhere.
        said = [" ".join(f"{one.stdout}{one.stderr}".split()) for one in (own, other)]
        assert (own.returncode, other.returncode) == (status, status), said
        assert said[0].replace("python -m reports", "python -m audits reports") == said[1]
        assert said[0]


def test_the_help_of_the_installed_command_names_reports(elsewhere: Path) -> None:
    assert re.search(r"^ +reports +\S", python(elsewhere, "audits", "--help").stdout, re.MULTILINE)


def test_the_hook_of_pre_commit_is_one() -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    program, *arguments = hook["entry"].split()
    assert program in PROJECT["project"]["scripts"]
    assert arguments == ["run"]
    assert hook["language"] == "python"
    assert hook["pass_filenames"] is False
    for name in ("main.tf", "prod.auto.tfvars", "specs/network.yaml", "modules/x/main.tf.json"):
        assert re.search(hook["files"], name)
    assert not re.search(hook["files"], "README.md")


def test_the_image_copies_what_the_package_is_made_of() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    copied = [word for line in re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.MULTILINE) for word in line.split()]
    assert {"audits", "reports", "pyproject.toml", "requirements.lock"} <= set(copied)
    assert all((ROOT / name).exists() and f"!{name}" in ignored for name in copied)
    assert re.search(r"^USER 10001", text, re.MULTILINE), "it does not run as root"
    assert "--require-hashes" in text
