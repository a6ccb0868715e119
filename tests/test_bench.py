"""The bench measures what it says it measures: its trees, its processes, its targets."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from audits.planes.terraform import read
from tests.bench.__main__ import Figures
from tests.bench.commands import Command, compare
from tests.bench.measure import Run, Runs, measure
from tests.bench.trees import example, generate


def test_a_generated_tree_is_whole_and_the_same_each_time(tmp_path: Path) -> None:
    tree, again = generate(tmp_path / "a", 3_000), generate(tmp_path / "b", 3_000)
    texts = [path.read_text(encoding="utf-8") for path in tree.files]
    assert texts == [path.read_text(encoding="utf-8") for path in again.files]
    assert tree.lines == sum(text.count("\n") for text in texts) >= 3_000
    assert len(set(texts)) == len(texts)
    seen = read(tree.root, environment={})
    assert not seen.gaps and not seen.findings
    assert len(seen.resources) > 80


def test_the_example_tree_is_about_2600_lines() -> None:
    assert 2_500 < example().lines < 3_000


def test_memory_is_that_of_children_too() -> None:
    script = """if True:
        import subprocess, sys, time
        hold = "held = bytearray(60_000_000); print(flush=True); input()"
        both = [subprocess.Popen([sys.executable, "-c", hold], stdin=-1, stdout=-1) for _ in "12"]
        for one in both:
            one.stdout.readline()
        time.sleep(1)  # so long that both are seen
        for one in both:
            one.communicate(b"\\n")
    """
    found = measure([sys.executable, "-c", script], {})
    assert found.status == 0 and found.wall > 1
    assert found.megabytes > 110


def test_a_cold_run_finds_no_files_of_an_earlier_one() -> None:
    script = (
        "import os, sys; from pathlib import Path; folder = Path(os.environ['AUDIT_CACHE_DIR'])\n"
        "there = folder.exists(); folder.mkdir(exist_ok=True); sys.exit(there)"
    )
    commands = [Command(name, [sys.executable, "-c", script], name == "cold") for name in ("cold", "warm")]
    found = compare(commands, {"cold": 2, "warm": 2})
    assert (found["cold"].statuses, found["warm"].statuses) == ("0", "1")
    assert len(found["cold"].runs) == 2


def test_a_figure_stands_beside_its_target(capsys: pytest.CaptureFixture[str]) -> None:
    figures = Figures("A title")
    figures.add({"it": Runs((Run(1.0, 0.5, 20, 0), Run(3.0, 0.7, 30, 1)))})
    figures.at_most("time", 2.0, 2.0)
    figures.at_most("time", 2.01, 2.0)
    figures.at_least("speed", 20.0, 20)
    figures.at_least("speed", 19.9, 20)
    figures.show()
    shown = capsys.readouterr().out
    assert "2.00 (1.00–3.00)" in shown and "0.60" in shown and "30" in shown and "0, 1" in shown
    assert [line.split()[-1] for line in shown.splitlines() if line.startswith(("time", "speed"))] == [
        *("met", "MET", "met", "MET"),
    ]
    assert shown.count("NOT MET") == 2
