"""A run that is killed leaves earlier reports, evidence and history whole, and the next run works."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from audits import evidence
from reports.evidence import announce, folder_of, keep, seal
from reports.report import dumps, write
from tests.killing import kill_at_random
from tests.project.harness import ROOT, audit, project


def test_whenever_a_run_is_killed_all_is_whole(tmp_path: Path) -> None:
    assert len(list(kill_at_random(tmp_path, 8, seed=20261127))) == 8


@pytest.mark.parametrize("step", ["kept", "announced", "written", "sealed"])
def test_between_any_two_steps_of_writing_there_is_one_run_with_its_evidence(tmp_path: Path, step: str) -> None:
    shop = project(tmp_path)
    assert audit(shop, "specs", "--terraform", "terraform", "--report", "json=run.json").status == 0
    path = shop / "run.json"
    saved = evidence.open_run(path)
    first = evidence.load(saved, "terraform")
    run = {**evidence._read_run(path)[0]}
    run["run"] = {**run["run"], "id": "another", "observations": {}}
    naming = keep(path, run, {"terraform": evidence.dump(first), "live": b"another plane"})
    data = dumps(naming)
    steps = {
        "kept": lambda: None,
        "announced": lambda: announce(path, naming, data),
        "written": lambda: write(path, data),
        "sealed": lambda: seal(path, naming, data),
    }
    for name, do in steps.items():
        do()
        if name == step:
            break
    later = evidence.open_run(path)
    assert (later.run["id"] == "another") is (step in ("written", "sealed"))
    assert evidence.load(later, "terraform") == first
    sums = (folder_of(path) / "SHA256SUMS").read_text().splitlines()
    assert len(sums) == {"kept": 2, "announced": 4, "written": 4, "sealed": 3}[step]


def test_what_a_killed_writer_left_goes_after_an_hour_and_not_before(tmp_path: Path) -> None:
    old, fresh, other = (tmp_path / name for name in (".run.json.abc.tmp", ".run.json.def.tmp", ".other.abc.tmp"))
    for path in (old, fresh, other):
        path.write_text("half")
    for path in (old, other):
        os.utime(path, (time.time() - 4000,) * 2)
    write(tmp_path / "run.json", "whole")
    assert sorted(path.name for path in tmp_path.iterdir()) == [other.name, fresh.name, "run.json"]


def test_the_lock_of_a_nightly_run_goes_with_it(tmp_path: Path) -> None:
    """As the Makefile takes it: on a descriptor of the shell that makes the run."""
    lock = f'exec 9>> "$1"; "{sys.executable}" -m reports.lock 9 && echo held'

    def take(then: str) -> subprocess.Popen[str]:
        words = ["bash", "-c", f"{lock}{then}", "bash", str(tmp_path / ".lock")]
        return subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=ROOT)

    with take(" && exec sleep 600") as first:
        assert first.stdout is not None and first.stdout.readline() == "held\n"
        with take("") as second:
            assert second.wait(60) == 6
        first.kill()
    with take("") as third:
        assert third.wait(60) == 0
