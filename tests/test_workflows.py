"""The workflows: what GitHub's schema calls workflows, without holes, and their steps run as a shell would run them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / ".github/workflows"
NAMES = sorted(path.name for path in FOLDER.glob("*.yml"))


class Loader(yaml.SafeLoader):
    """YAML 1.2's booleans: ``on`` is a key of every workflow."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), ["t", "f"])


def workflow(name: str) -> dict[str, Any]:
    data: dict[str, Any] = yaml.load((FOLDER / name).read_text(encoding="utf-8"), Loader)
    return data


def steps(name: str) -> list[dict[str, Any]]:
    return [step for job in workflow(name)["jobs"].values() for step in job["steps"]]


def schema() -> Any:
    text = files("check_jsonschema").joinpath("builtin_schemas/vendor/github-workflows.json").read_text("utf-8")
    return jsonschema_rs.validator_for(json.loads(text), validate_formats=False)


def test_there_are_a_check_before_merging_and_a_nightly_audit() -> None:
    assert {"premerge.yml", "nightly.yml"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_it_is_a_workflow(name: str) -> None:
    data = workflow(name)
    assert [error.message for error in schema().iter_errors(data)] == []
    broken = {**data, "jobs": {"audit": {**data["jobs"]["audit"], "steps": [{"runs": "x"}]}}}
    assert list(schema().iter_errors(broken)), "the schema finds a fault"


@pytest.mark.parametrize("name", NAMES)
def test_no_text_of_others_becomes_a_command(name: str) -> None:
    for step in steps(name):
        assert "${{" not in step.get("run", ""), "expressions reach a shell by its environment alone"


@pytest.mark.parametrize("name", NAMES)
def test_it_has_no_more_rights_than_it_needs(name: str) -> None:
    data = workflow(name)
    assert data["permissions"] == {}
    allowed = {"contents": "read", "pull-requests": "write", "security-events": "write", "id-token": "write"}
    for job in data["jobs"].values():
        assert job["permissions"].items() <= allowed.items()
        assert "timeout-minutes" in job
    for step in steps(name):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False
        assert "aws-access-key-id" not in step.get("with", {}), "no long-lived keys"


@pytest.mark.parametrize("name", NAMES)
def test_its_shell_is_sound(name: str) -> None:
    for step in steps(name):
        if "run" in step:
            done = subprocess.run(["bash", "-n"], input=step["run"], text=True, capture_output=True, check=False)
            assert done.returncode == 0, done.stderr


# --- the steps, run


def run(name: str, title: str, folder: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """A step as the runner would run it: with ``bash -eo pipefail``, in its folder."""
    (step,) = (one for one in steps(name) if one.get("name") == title)
    place = folder / step.get("working-directory", ".")
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
    known = {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "GITHUB_", "AUDIT_"))}
    assert set(environment) >= {key for key in step.get("env", {}) if key not in os.environ and not known.get(key)}
    return subprocess.run(command, cwd=place, env={**known, **environment}, capture_output=True, text=True, check=False)


MAIN = 'resource "aws_db_instance" "this" {\n  instance_class = "db.t4g.micro"\n}\n'
SPEC = """\
spec: user/database
document: README.md
controls:
  - id: class
    title: The database is small
    clause: {section: "State", row: "Database", states: "db.t4g.micro"}
    basis: stated
    severity: high
    kind: aws_db_instance
    expect: {instance_class: db.t4g.micro}
    remedy: Make it small.
"""


def git(folder: Path, *arguments: str) -> str:
    who = ("-c", "user.name=n", "-c", "user.email=n@example.com", "-c", "commit.gpgsign=false")
    return subprocess.run(
        ["git", *who, *arguments], cwd=folder, check=True, capture_output=True, text=True
    ).stdout.strip()


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """What the checkouts leave: a source with a pull request's change in it, and the suite beside."""
    source = tmp_path / "source"
    (source / "specs").mkdir(parents=True)
    (source / "infra").mkdir()
    (source / "specs/database.yaml").write_text(SPEC)
    (source / "infra/main.tf").write_text(MAIN)
    git(source, "init", "-q", "-b", "main")
    git(source, "add", "-A")
    git(source, "commit", "-qm", "base")
    # The suite's interpreter, as `make setup` would leave it.
    (tmp_path / "suite/.venv/bin").mkdir(parents=True)
    (tmp_path / "suite/.venv/bin/python").symlink_to(sys.executable)
    return tmp_path


def premerge(workspace: Path, base: str) -> tuple[subprocess.CompletedProcess[str], dict[str, str]]:
    output, summary = workspace / "output", workspace / "summary.md"
    output.write_text("")
    environment = {
        "SPECS": "specs",
        "TERRAFORM": "infra",
        "VAR_FILES": "",
        "BASE": base,
        "OUT": str(workspace / "out"),
        "PYTHONPATH": str(ROOT),
        "AUDIT_CHECKOV": "off",
        "VIRTUAL_ENV": sys.prefix,
        "GITHUB_OUTPUT": str(output),
        "GITHUB_STEP_SUMMARY": str(summary),
    }
    # A symlink to an interpreter of a virtual environment does not find its packages by itself.
    environment["PYTHONPATH"] += os.pathsep + os.pathsep.join(path for path in sys.path if "site-packages" in path)
    done = run("premerge.yml", "Audit", workspace, environment)
    return done, dict(line.split("=", 1) for line in output.read_text().split())


def test_a_pull_request_is_audited_and_told_what_it_breaks(workspace: Path) -> None:
    base = git(workspace / "source", "rev-parse", "HEAD")
    (workspace / "source/infra/main.tf").write_text(MAIN.replace("micro", "large"))
    git(workspace / "source", "commit", "-qam", "change")
    done, output = premerge(workspace, base)
    assert done.returncode == 0, done.stderr
    assert output == {"status": "1"}
    assert "::error file=infra/main.tf,line=2," in done.stdout
    assert "db.t4g.large" in (workspace / "summary.md").read_text()
    assert {path.name for path in (workspace / "out").iterdir() if path.is_file()} == {
        *("annotations.txt", "report.html", "report.md", "report.sarif", "run.json")
    }
    for status, wanted in (("1", 1), ("0", 0), ("", 3)):
        assert run("premerge.yml", "Result", workspace, {"STATUS": status}).returncode == wanted


def test_without_a_pull_request_all_of_it_is_audited(workspace: Path) -> None:
    done, output = premerge(workspace, "")
    assert (done.returncode, output) == (0, {"status": "0"})
    assert "::error" not in done.stdout


GH = """#!/bin/sh
printf '%s\\n' "$*" >> "$GH_CALLS"
case "$*" in *--paginate*) printf '%s' "$GH_KNOWN" ;; esac
"""


@pytest.mark.parametrize(
    ("known", "method", "place"), [("", "POST", "/issues/7/comments"), ("42\n43\n", "PATCH", "/comments/42")]
)
def test_the_comment_is_updated_and_not_repeated(workspace: Path, known: str, method: str, place: str) -> None:
    (workspace / "bin").mkdir()
    (workspace / "bin/gh").write_text(GH)
    (workspace / "bin/gh").chmod(0o755)
    (workspace / "out").mkdir()
    (workspace / "out/report.md").write_text("<!-- glimpse-audit -->\nbody")
    environment = {
        "GH_TOKEN": "x",
        "GH_KNOWN": known,
        "GH_CALLS": str(workspace / "calls"),
        "OUT": str(workspace / "out"),
        "COMMENTS": "repos/o/r/issues/7/comments",
        "COMMENT": "repos/o/r/issues/comments",
        "PATH": f"{workspace / 'bin'}{os.pathsep}{os.environ['PATH']}",
    }
    done = run("premerge.yml", "Comment", workspace, environment)
    assert done.returncode == 0, done.stderr
    calls = (workspace / "calls").read_text().splitlines()
    assert len(calls) == 2
    assert method in calls[1]
    assert place in calls[1]
    assert f"body=@{workspace / 'out/report.md'}" in calls[1]


def test_the_comment_is_found_by_what_the_report_begins_with() -> None:
    from reports.formats.markdown import MARK

    (step,) = (one for one in steps("premerge.yml") if one.get("name") == "Comment")
    assert f'startswith("{MARK}")' in step["run"]


def test_the_nightly_step_calls_make_with_what_the_settings_say(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/make").write_text('#!/bin/sh\nprintf "%s\\n" "$@" > "$MADE"\n')
    (tmp_path / "bin/make").chmod(0o755)
    names = ("AUDIT_SLACK_WEBHOOK", "AUDIT_WEBHOOK", "AUDIT_WEBHOOK_SECRET", "AUDIT_SNS_TOPIC")
    environment = {
        "TERRAFORM": "source/infra",
        "DOCUMENT": "",
        "REGION": "ap-northeast-2",
        "ACCOUNT": "",
        "LINK": "https://x",
        **dict.fromkeys(names, ""),
        "MADE": str(tmp_path / "made"),
        "PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}",
    }
    assert run("nightly.yml", "Audit", tmp_path, environment).returncode == 0
    made = (tmp_path / "made").read_text().splitlines()
    assert made[:2] == ["nightly", "LIVE=1"]
    assert {"REGION=ap-northeast-2", "TERRAFORM=source/infra", "DOCUMENT=", "LINK=https://x"} <= set(made)
