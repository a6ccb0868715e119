"""``audits watch``: it audits again when what it rests on changes, tells what changed, and ends cleanly."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, Queue

import pytest

from audits import watching
from tests.project.harness import environment, project

PATIENCE = 120.0


class Watching:
    """The real command, its output line by line."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "audits", *arguments],
            cwd=folder,
            env=environment({"COLUMNS": "120", "TMPDIR": str(folder)}),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.lines: Queue[str] = Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.put(line.rstrip("\n"))

    def until(self, text: str) -> list[str]:
        """The lines up to the one that has this text."""
        found: list[str] = []
        while True:
            try:
                found.append(self.lines.get(timeout=PATIENCE))
            except Empty:
                raise AssertionError(f"{text!r} never came; there was {found}") from None
            if text in found[-1]:
                return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return project(tmp_path)


@pytest.fixture
def watch(folder: Path) -> Iterator[Watching]:
    found = Watching(folder, "watch", "specs", "--terraform", "terraform", "--var", "retention=7")
    yield found
    if found.process.poll() is None:
        found.process.kill()
    found.process.wait()


def test_changes_of_specs_and_source_are_audited_and_told(folder: Path, watch: Watching) -> None:
    first = "\n".join(watch.until("Ctrl-C ends"))
    assert "6 controls" in first
    source = folder / "terraform" / "main.tf"
    source.write_text(source.read_text().replace("var.instance_class", '"db.t4g.large"'))
    again = watch.until("Ctrl-C ends")
    text = "\n".join(again)
    assert again[0] == "changed: terraform/main.tf"
    assert "new 1" in again[1]
    assert "orders-class" in text
    assert "fail db.t4g.large" in text
    assert "orders-zone" not in text  # it is as it was
    spec = folder / "specs" / "shop" / "database.yaml"
    spec.write_text(spec.read_text().replace("instance_class: db.t4g.small", "instance_class: db.t4g.large"))
    mended = watch.until("Ctrl-C ends")
    assert mended[0] == "changed: specs/shop/database.yaml"
    assert "fixed 1" in mended[1]
    watch.process.send_signal(signal.SIGINT)
    watch.until("stopped")
    assert watch.process.wait(PATIENCE) == 0
    assert not list(folder.glob("audit-watch-*"))


def test_a_spec_in_error_is_told_and_what_was_before_is_kept_to_compare_with(folder: Path, watch: Watching) -> None:
    watch.until("Ctrl-C ends")
    spec = folder / "specs" / "shop" / "database.yaml"
    right = spec.read_text()
    spec.write_text(right.replace("kind: aws_db_instance", "kind: aws_db_instanc", 1))
    broken = "\n".join(watch.until("Ctrl-C ends"))
    assert "aws_db_instance" in broken
    assert "Traceback" not in broken
    spec.write_text(right)
    assert any("new 0" in line for line in watch.until("Ctrl-C ends"))
    watch.process.send_signal(signal.SIGTERM)
    watch.until("stopped")
    assert watch.process.wait(PATIENCE) == 0


def test_an_interrupt_in_the_middle_of_a_run_leaves_nothing(folder: Path, watch: Watching) -> None:
    watch.until("Ctrl-C ends")
    (folder / "terraform" / "new.tf").write_text("locals {}\n")
    watch.until("changed: terraform/new.tf")
    # As a terminal does: to the command and to the audit that it runs.
    os.killpg(watch.process.pid, signal.SIGINT)
    text = "\n".join(watch.until("stopped"))
    assert "Traceback" not in text
    assert watch.process.wait(PATIENCE) == 0
    assert not list(folder.glob("audit-watch-*"))


def test_run_with_watch_is_the_same(folder: Path) -> None:
    found = Watching(folder, "run", "specs", "--watch", "--terraform", "terraform")
    try:
        found.until("Ctrl-C ends")
    finally:
        found.process.send_signal(signal.SIGTERM)
    found.until("stopped")
    assert found.process.wait(PATIENCE) == 0


def names(folder: Path, *arguments: str) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in watching.watched(arguments)}


def test_it_looks_at_specs_modules_wherever_they_lie_variables_and_the_page(tmp_path: Path) -> None:
    for name, text in {
        "tree/prod/main.tf": 'module "a" {\n  source = "../../modules/a"\n}\n',
        "tree/prod/terraform.tfvars": "",
        "tree/prod/.terraform/modules/x/main.tf": "",
        "tree/other/main.tf": "",
        "modules/a/main.tf.json": '{"module": {"b": {"source": "../b"}}}',
        "modules/a/templates/user.tpl": "",
        "modules/b/main.tf": 'module "back" {\n  source = "../a"\n}\nmodule "far" {\n  source = "hashicorp/x/aws"\n}\n',
        "modules/c/main.tf": "",
        "specs/a.yaml": "",
        "specs/notes.txt": "",
        "page.md": "",
        "more.tfvars": "",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    at = str(tmp_path)
    options = ("--terraform", f"{at}/tree/prod", f"--var-file={at}/more.tfvars", "--document", f"{at}/page.md")
    assert names(tmp_path, f"{at}/specs", *options, "-q") == {
        "tree/prod/main.tf",
        "tree/prod/terraform.tfvars",
        "modules/a/main.tf.json",
        "modules/a/templates/user.tpl",
        "modules/b/main.tf",
        "specs/a.yaml",
        "page.md",
        "more.tfvars",
    }


def test_what_is_not_there_is_watched_for_and_harms_nothing(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    paths = watching.watched(("--document", str(page), "nowhere"))
    assert (paths, watching.stamp(paths)) == ([page], {})
    page.write_text("x")
    assert list(watching.stamp(paths)) == [str(page)]


def test_what_the_audit_writes_brings_no_audit(tmp_path: Path) -> None:
    for name in (
        "tree/main.tf",
        "tree/out/report.html",
        "tree/out/run.json",
        "tree/out/run.observations/SHA256SUMS",
        "tree/out/kept.json",
        "tree/history.sqlite",
        "tree/history.sqlite-journal",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    at = f"{tmp_path}/tree"
    reports = ("--report", f"html={at}/out/report.html", f"--report=json={at}/out/run.json")
    options = ("--terraform", at, *reports, "--history", f"{at}/history.sqlite", "--region", "eu-west-1")
    assert names(tmp_path, *options) == {"tree/main.tf", "tree/out/kept.json"}


def test_reports_and_history_in_what_is_watched(folder: Path) -> None:
    kept = ("--history", "terraform/h.sqlite", "--report", "html=terraform/r.html", "--report=json=specs/run.json")
    found = Watching(folder, "watch", "specs", "--terraform", "terraform", *kept)
    try:
        found.until("Ctrl-C ends")
        assert (folder / "terraform" / "r.html").exists()
        (folder / "terraform" / "new.tf").write_text("locals {}\n")
        assert found.until("Ctrl-C ends")[0] == "changed: terraform/new.tf"
    finally:
        found.process.send_signal(signal.SIGTERM)
    found.until("stopped")
    assert found.process.wait(PATIENCE) == 0


def test_it_ends_where_nobody_reads_any_more(folder: Path) -> None:
    watch = f"{sys.executable} -m audits watch specs --terraform terraform 2> err"
    command = f"{watch} | head -1; exit ${{PIPESTATUS[0]}}"
    process = subprocess.Popen(["bash", "-c", command], cwd=folder, env=environment(), stdout=subprocess.DEVNULL)
    try:
        # head ends after a line, and the next text finds no reader: at the latest that of the next change.
        for number in range(int(PATIENCE)):
            (folder / "terraform" / "new.tf").write_text(f"# {number}\n")
            try:
                assert process.wait(1.5) == 0
                break
            except subprocess.TimeoutExpired:
                continue
        else:
            raise AssertionError("it never ended")
    finally:
        process.kill()
    assert (folder / "err").read_text() == ""
