"""The cache of parsed files: right when it hits, harmless when it is poisoned."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from audits.planes.terraform import read
from audits.planes.terraform.cache import ParseCache
from audits.planes.terraform.syntax import parse_file
from tests.planes.terraform import plans

SOURCES = sorted(plans.ROOTS.rglob("*.tf"))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(plans.ROOTS)))
def test_what_comes_out_is_what_went_in(tmp_path: Path, path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    cache = ParseCache(tmp_path)
    body = parse_file(text, "a.tf")
    assert cache.get(text, "hcl", "a.tf") is None
    cache.put(text, "hcl", body)
    assert cache.get(text, "hcl", "a.tf") == body
    assert cache.get(text + " ", "hcl", "a.tf") is None
    assert [entry.suffix for entry in tmp_path.iterdir()] == [".json"]


def test_warm_run_says_the_same_without_the_parser(tmp_path: Path) -> None:
    root = plans.ROOTS / "templates"
    script = (
        "import sys; from pathlib import Path; from audits.planes.terraform import read\n"
        f"seen = read(Path({str(root)!r}), environment={{}})\n"
        "print(repr(seen.resources)); print('hcl2' in sys.modules, file=sys.stderr)"
    )
    environment = {"AUDIT_CACHE_DIR": str(tmp_path), "PYTHONPATH": str(Path.cwd())}
    cold, warm = (
        subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
        for _ in range(2)
    )
    assert (cold.stderr.strip(), warm.stderr.strip()) == ("True", "False")
    assert cold.stdout == warm.stdout


@pytest.mark.parametrize(
    "poison",
    [
        "",
        "{}",
        "[]",
        "[[],[[1]]]",
        '[[[1,1,"a",[99,1,1]]],[]]',
        '[[[1,1,"a",[0,1,1,[1]]]],[]]',
        "[" * 100_000,
        '[[[1,1,"a",[13,1,1,"not a tuple",false]]],[]]',
        '[[[1,1,"a",[-1,1,1]]],[]]',
        "\x00",
        "null",
        '[[[1,1,"a",[0,1,1,[-2,"NaNs"]]]],[]]',
    ],
)
def test_poisoned_entries_are_misses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, poison: str) -> None:
    folder, cache = tmp_path / "root", tmp_path / "cache"
    folder.mkdir()
    (folder / "main.tf").write_text('resource "terraform_data" "x" { input = upper("a") }')
    monkeypatch.setenv("AUDIT_CACHE_DIR", str(cache))
    first = read(folder, environment={})
    (entry,) = cache.iterdir()
    entry.write_text(poison)
    assert read(folder, environment={}).resources == first.resources
    assert json.loads(entry.read_text())


def test_unwritable_cache_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "main.tf").write_text('resource "terraform_data" "x" {}')
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("AUDIT_CACHE_DIR", str(tmp_path / "file"))
    assert len(read(tmp_path, environment={}).resources) == 1
