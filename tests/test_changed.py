"""``--changed-since``: what a change brings fails, and what was there before is said and does not. ``--shard``."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from audits import checkout
from audits.baseline import fingerprint
from audits.changed import Change
from audits.checkout import CheckoutError, base_of, changed_lines, top_of, write_tree
from audits.model import Origin, State, Verdict
from audits.plan import Shard

ROOT = Path(__file__).parents[1]
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
  - id: storage
    title: It has 20 GB
    clause: {section: "State", row: "Storage", states: "20"}
    basis: stated
    severity: low
    kind: aws_db_instance
    expect: {allocated_storage: 20}
    remedy: Give it 20 GB.
"""
MAIN = """\
variable "class" {
  default = "db.t4g.micro"
}

module "database" {
  source = "./modules/database"
  class  = var.class
}
"""
MODULE = """\
variable "class" {}

resource "aws_db_instance" "this" {
  identifier        = "main"
  instance_class    = var.class
  allocated_storage = 50
}
"""


def git(folder: Path, *arguments: str) -> str:
    who = ("-c", "user.name=n", "-c", "user.email=n@example.com", "-c", "commit.gpgsign=false")
    done = subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def put(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A checkout on a branch of its own, whose storage deviates from the start."""
    folder = tmp_path / "repository"
    put(folder, {"specs/database.yaml": SPEC, "infra/main.tf": MAIN, "infra/modules/database/main.tf": MODULE})
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "as it was")
    git(folder, "checkout", "-qb", "feature")
    return folder


def audit(folder: Path, *arguments: str) -> tuple[int, dict[str, Any], str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "AUDIT_CHECKOV": "off"}
    command = [sys.executable, "-m", "audits", "run", "specs", "--terraform", "infra", "--report", "json=out/run.json"]
    done = subprocess.run(
        [*command, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    file = folder / "out/run.json"
    run = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return done.returncode, run, done.stdout + done.stderr


def outcomes(run: dict[str, Any]) -> dict[str, str | None]:
    return {control["id"]: control["baseline"] for control in run["controls"] if control["outcome"] == "fail"}


def test_what_was_there_before_does_not_fail(repository: Path) -> None:
    status, run, text = audit(repository, "--changed-since", "main")
    assert (status, outcomes(run)) == (0, {"storage": "known"}), text
    (verdict,) = (one for one in run["controls"][1]["planes"]["terraform"]["verdicts"] if one["state"] == "fail")
    assert verdict["known"] == "older than the change"
    assert run["run"]["changed_since"] == {"ref": "main", "commit": git(repository, "rev-parse", "main")}
    assert audit(repository)[0] == 1, "without the option all of it counts"


def test_a_change_far_from_the_resource_is_told(repository: Path) -> None:
    put(repository, {"infra/main.tf": MAIN.replace("micro", "large")})
    status, run, _ = audit(repository, "--changed-since", "main", "--report", "annotations=out/a.txt")
    assert (status, outcomes(run)) == (1, {"class": "new", "storage": "known"})
    lines = (repository / "out/a.txt").read_text().splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("::error file=infra/modules/database/main.tf,line=5,")


def test_an_old_deviation_in_a_touched_line_is_told(repository: Path) -> None:
    put(repository, {"infra/modules/database/main.tf": MODULE.replace("= 50", "= 50 # as ever")})
    status, run, _ = audit(repository, "--changed-since", "main")
    assert (status, outcomes(run)) == (1, {"storage": "new"})


def test_a_deviation_that_gets_worse_is_new(repository: Path) -> None:
    put(repository, {"infra/modules/database/main.tf": MODULE.replace("= 50", "= 500")})
    assert outcomes(audit(repository, "--changed-since", "main")[1]) == {"storage": "new"}


def test_what_the_other_branch_did_since_is_not_this_change(repository: Path) -> None:
    git(repository, "checkout", "-q", "main")
    put(repository, {"infra/modules/database/main.tf": MODULE.replace("= 50", "= 20")})
    git(repository, "commit", "-qam", "mended")
    git(repository, "checkout", "-q", "feature")
    assert outcomes(audit(repository, "--changed-since", "main")[1]) == {"storage": "known"}


def test_a_control_that_the_change_adds_or_sharpens_is_told(repository: Path) -> None:
    put(repository, {"specs/database.yaml": SPEC.replace("allocated_storage: 20", "allocated_storage: 30")})
    assert outcomes(audit(repository, "--changed-since", "main")[1]) == {"storage": "new"}
    put(repository, {"specs/database.yaml": "# a line above\n" + SPEC})
    assert outcomes(audit(repository, "--changed-since", "main")[1]) == {"storage": "known"}


def test_a_new_root_module_is_all_new(repository: Path) -> None:
    put(repository, {"other/main.tf": MODULE.replace("var.class", '"db.t4g.large"')})
    status, run, _ = audit(repository, "--terraform", "other", "--changed-since", "main")
    assert (status, outcomes(run)) == (1, {"class": "new", "storage": "new"})


def test_it_works_with_workers(repository: Path) -> None:
    put(repository, {"infra/main.tf": MAIN.replace("micro", "large")})
    status, run, text = audit(repository, "--changed-since", "main", "-n", "2", "-p", "xdist")
    assert (status, outcomes(run)) == (1, {"class": "new", "storage": "known"}), text


def test_the_checkout_is_left_alone(repository: Path) -> None:
    put(repository, {"infra/main.tf": MAIN.replace("micro", "large"), "infra/new.tf": "locals {}\n"})
    git(repository, "add", "infra/main.tf")
    before = git(repository, "status", "--porcelain", "-uall"), git(repository, "stash", "list")
    index = (repository / ".git/index").read_bytes()
    audit(repository, "--changed-since", "main")
    (repository / "out/run.json").unlink()
    left = git(repository, "status", "--porcelain", "-uall").replace("?? out/\n", "")
    assert [line for line in left.splitlines() if "out/" not in line] == before[0].splitlines()
    assert (repository / ".git/index").read_bytes() == index


def test_nothing_that_the_repository_configures_is_run(repository: Path, tmp_path: Path) -> None:
    for name in ("core.fsmonitor", "diff.external", "core.pager"):
        git(repository, "config", name, f"touch {tmp_path}/{name}; false")
    put(repository, {".gitattributes": "*.tf diff=x\n", "infra/main.tf": MAIN.replace("micro", "large")})
    git(repository, "config", "diff.x.textconv", f"touch {tmp_path}/textconv; cat")
    assert outcomes(audit(repository, "--changed-since", "main")[1]) == {"class": "new", "storage": "known"}
    assert {path.name for path in tmp_path.iterdir()} == {"repository"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--changed-since", "nowhere"], "nowhere: git knows no such commit"),
        (["--changed-since", "--output=x"], "git knows no such commit"),
        (["--changed-since", "orphan"], "no commit in common"),
    ],
)
def test_a_wrong_commit_is_said_in_one_line(repository: Path, arguments: list[str], said: str) -> None:
    tree = git(repository, "write-tree")
    git(repository, "branch", "orphan", git(repository, "commit-tree", tree, "-m", "alone"))
    arguments = [f"{arguments[0]}={arguments[1]}"]
    status, run, text = audit(repository, *arguments)
    assert (status, run) == (4, {})
    assert said in text
    assert "Traceback" not in text


def test_without_a_checkout_or_a_source_it_is_refused(tmp_path: Path) -> None:
    put(tmp_path, {"specs/database.yaml": SPEC, "infra/main.tf": MODULE})
    status, _, text = audit(tmp_path, "--changed-since", "main")
    assert status == 4
    assert "--changed-since: " in text
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "audits", "run", "specs", "--document", "specs/database.yaml", "--changed-since=x"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 4
    assert "give --terraform DIR, too" in done.stdout + done.stderr


# --- what git tells


def test_lines_that_changed(repository: Path) -> None:
    text = MODULE.splitlines()
    text[4] = text[4] + " # touched"
    del text[5]
    put(repository, {"infra/modules/database/main.tf": "\n".join(text) + "\n", "infra/új file.tf": "locals {}\n"})
    found = changed_lines(top_of(repository / "infra"), git(repository, "rev-parse", "main"))
    assert set(found) == {"infra/modules/database/main.tf", "infra/új file.tf"}
    assert found["infra/új file.tf"] == checkout.WHOLE
    assert any(first <= 5 <= last for first, last in found["infra/modules/database/main.tf"])
    assert not any(first <= 3 <= last for first, last in found["infra/modules/database/main.tf"])


def test_where_lines_went_the_place_counts(repository: Path) -> None:
    put(repository, {"infra/modules/database/main.tf": MODULE.replace('  identifier        = "main"\n', "")})
    (ranges,) = changed_lines(repository, "main").values()
    assert ranges == ((3, 4),)


def test_a_tree_is_written_whole(repository: Path, tmp_path: Path) -> None:
    put(repository, {".gitattributes": "*.tf export-ignore\n"})
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "attributes")
    tree = write_tree(repository, base_of(repository, "HEAD"), tmp_path)
    assert (tree / "infra/main.tf").read_text() == MAIN


def test_no_git_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CheckoutError, match="git is not installed"):
        top_of(tmp_path)


def test_a_change_survives_its_way_to_a_worker() -> None:
    change = Change("main", "c0ffee", {"a.tf": ((1, 3),)}, frozenset({"x"}), frozenset({"class"}))
    assert Change.of(json.loads(json.dumps(change.data()))) == change


def test_an_account_has_no_commit() -> None:
    change = Change("main", "c0ffee", {}, frozenset(), frozenset())
    verdict = Verdict(State.FAIL, "x", origin=Origin("a.tf", 1))
    assert change.brings("class", "live", verdict)


def test_what_nothing_judged_then_may_be_the_changes_doing() -> None:
    verdict = Verdict(State.FAIL, "x", origin=Origin("a.tf", 1))
    before = frozenset({fingerprint("class", "terraform", verdict)})
    assert Change("main", "c0ffee", {}, before, frozenset()).brings("class", "terraform", verdict)
    assert not Change("main", "c0ffee", {}, before, frozenset({"class"})).brings("class", "terraform", verdict)


# --- parts


@pytest.mark.parametrize("whole", [1, 2, 3, 7])
def test_every_control_is_in_exactly_one_part(whole: int) -> None:
    parts = [Shard(number, whole) for number in range(1, whole + 1)]
    assert all(sum(part.has(f"control-{number}") for part in parts) == 1 for number in range(200))


def test_parts_together_are_the_whole(repository: Path) -> None:
    _, whole, _ = audit(repository)
    found = []
    for number in (1, 2):
        (repository / "out/run.json").unlink(missing_ok=True)
        _, run, text = audit(repository, "--shard", f"{number}/2")
        found += [control["id"] for control in run.get("controls", [])]
        assert run or "choose none" in text
    assert sorted(found) == sorted(control["id"] for control in whole["controls"])


@pytest.mark.parametrize("text", ["0/2", "3/2", "x", "1", "1/0", "-1/2", "1/99999"])
def test_a_wrong_part_is_refused(repository: Path, text: str) -> None:
    status, _, said = audit(repository, f"--shard={text}")
    assert status == 4
    assert "--shard wants I/N" in said
