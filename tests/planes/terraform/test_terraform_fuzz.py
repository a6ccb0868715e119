"""A small part of the fuzzing on every run; ``make fuzz`` does the rest."""

from __future__ import annotations

import random
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.planes.terraform.fuzzing import __main__ as program_module
from tests.planes.terraform.fuzzing import inputs, mutation, worker
from tests.planes.terraform.fuzzing.__main__ import Tally, supervise


def test_broken_inputs_do_no_harm(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.planes.terraform.fuzzing", "600", "--seed", "7"]
    done = subprocess.run([*command, "--failures", str(tmp_path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "600 inputs" in done.stdout
    assert all(f" {kind}\n" in done.stdout for kind in inputs.KINDS)


def test_inputs_are_the_same_for_one_seed() -> None:
    assert [inputs.make(3, number) for number in range(40)] == [inputs.make(3, number) for number in range(40)]
    assert [inputs.make(3, number) for number in range(40)] != [inputs.make(4, number) for number in range(40)]


def test_documents_are_really_changed() -> None:
    original = {"a": {"b": [1, 2]}, "c": "d"}
    assert len({mutation.document(original, random.Random(seed)) for seed in range(30)}) > 20
    assert original == {"a": {"b": [1, 2]}, "c": "d"}


@pytest.mark.parametrize(
    ("behaviour", "said"), [("raise", "ZeroDivisionError"), ("die", "died"), ("grow", "MB"), ("hang", "no end")]
)
def test_what_goes_wrong_is_found(behaviour: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The watching itself is watched, with a worker that misbehaves at input 2."""
    program = tmp_path / "bad_worker.py"
    program.write_text(
        f"""
import sys, time
from tests.planes.terraform.fuzzing import inputs, worker

def run(seed, number, folder):
    if number == 2:
        match {behaviour!r}:
            case "raise": 1 / 0
            case "die": sys.exit(9)
            case "hang": time.sleep(600)
            case "grow":
                global kept
                kept = b"x" * (1200 * 2**20)
    return ""

inputs.run = run
worker.main(*(int(text) for text in sys.argv[1:5]))
"""
    )
    monkeypatch.setattr(worker, "__name__", "bad_worker")
    monkeypatch.setattr(program_module, "PATIENCE", 8.0)
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{Path.cwd()}")
    tally = Tally(1, tmp_path / "failures")
    supervise(tally, threading.Lock(), 0, 6)
    (failure,) = tally.failures
    assert re.search(said, failure) and failure.startswith("2 (")
    assert len(list((tmp_path / "failures").iterdir())) == 1
    assert sum(tally.kinds.values()) >= 2
