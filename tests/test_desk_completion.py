"""Completion: what may stand at the last word, and that real shells load the scripts and offer it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from test_cli import run

from audits import kinds
from reports.formats import formats
from tests.project.harness import ROOT, environment, project


def offered(*words: str, folder: Path = ROOT) -> list[str]:
    ran = run("complete", "--", *words, folder=folder)
    assert (ran.status, ran.err) == (0, "")
    return ran.out.split()


def test_commands_and_what_stands_below_them() -> None:
    everything = offered("")
    assert {"run", "watch", "observe", "plan", "explain", "completion"} <= set(everything)
    assert "complete" not in everything  # that one is for shells
    assert offered("ex") == ["explain"]
    assert offered("observe", "") == ["terraform", "live"]
    assert offered("completion", "") == ["bash", "zsh", "fish"]


def test_ids_of_the_specs_that_are_named(tmp_path: Path) -> None:
    folder = project(tmp_path)
    assert offered("explain", "orders-c", folder=folder) == ["orders-class"]
    assert "receipts-closed" in offered("explain", "", folder=folder)
    (folder / "specs").rename(folder / "elsewhere")
    assert offered("explain", "orders-c", folder=folder) == []
    assert offered("explain", "--specs", "elsewhere", "--lang", "ko", "orders-c", folder=folder) == ["orders-class"]
    (folder / "elsewhere" / "shop" / "database.yaml").write_text("spec: [\n")
    assert offered("explain", "--specs", "elsewhere", "--lang", "ko", "orders-c", folder=folder) == []


def test_kinds_formats_and_choices() -> None:
    assert offered("observe", "live", "--kind", "") == list(kinds.registry())
    assert offered("run", "specs", "--report", "") == [f"{name}=" for name in formats()]
    assert offered("run", "--fail-on", "") == ["critical", "high", "medium", "low", "info"]
    assert offered("run", "--fail-on=h") == ["--fail-on=high"]
    assert offered("run", "--fail-on", "=", "h") == ["high"]  # as bash parts it
    assert offered("run", "--fail-on", "=") == ["critical", "high", "medium", "low", "info"]
    assert offered("explain", "x", "--lang", "") == ["en", "ko"]


def test_options_of_the_command_alone() -> None:
    assert offered("explain", "--l") == ["--lang"]
    assert offered("run", "--terr") == ["--terraform"]
    assert offered("watch", "--terr") == ["--terraform"]
    assert offered("plan", "--terr") == []


def test_commands_of_reports(tmp_path: Path) -> None:
    assert "reports" in offered("")
    assert offered("reports", "") == ["render", "diff", "history", "notify", "evidence", "merge"]
    assert offered("reports", "ev") == ["evidence"]
    assert offered("reports", "render", "--t") == ["--to"]
    assert offered("reports", "render", "run.json", "--to", "") == list(formats())
    assert offered("reports", "evidence", "run.json", "--sign", "") == ["none", "gpg", "cosign"]
    assert offered("reports", "history", "--control", "orders-c", folder=project(tmp_path)) == ["orders-class"]
    assert offered("reports", "nonsense", "x") == []
    assert offered("explain", "reports", "--t") == []


def test_paths_are_left_to_the_shell() -> None:
    for words in (
        ("run", "sp"),
        ("run", "--terraform", ""),
        ("run", "--report", "json", "=", "out"),
        ("plan", ""),
        ("explain", "orders-class", "--run", "r"),
        ("observe", "terraform", ""),
        ("run", "--live", "sp"),
        ("reports", "render", "ru"),
        ("reports", "history", "--add", "ru"),
        ("reports", "history", "--add", "a.json", "ru"),
        ("reports", "merge", "a.json", "-o", "al"),
    ):
        assert offered(*words) == [":files"], words
    assert offered("run", "-k", "x") == []
    assert offered("nonsense", "x") == []


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project, and the command as if it were installed."""
    found = project(tmp_path)
    command = found / "bin" / "glimpse-audit"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m audits "$@"\n')
    command.chmod(0o755)
    return found


def shell(name: str, folder: Path, text: str) -> list[str]:
    program = shutil.which(name)
    if program is None:
        pytest.skip(f"no {name}")
    path = f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
    more = {"PATH": path, "HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    done = subprocess.run(
        [program, *(["--norc"] if name == "bash" else []), "-c", text],
        cwd=folder,
        env=environment(more),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("explain orders-c", ["orders-class"]),
        ("run --report js", ["json="]),
        ("run --report json = spe", ["specs"]),
        ("run --report json =", ["bin", "specs", "terraform"]),
        ("run spe", ["specs"]),
        ("observe live --kind aws_db_ins", ["aws_db_instance"]),
        ("explain nothing-such", []),
        ("reports rend", ["render"]),
        ("reports render spe", ["specs"]),
    ],
)
def test_bash_loads_it_and_completes(folder: Path, words: str, found: list[str]) -> None:
    given = " ".join(f"'{word}'" for word in ("glimpse-audit", *words.split(" ")))
    text = f"""
eval "$(glimpse-audit completion bash)"
complete -p glimpse-audit > /dev/null || exit 9
COMP_WORDS=({given})
COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
_glimpse_audit
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
    assert sorted(line for line in shell("bash", folder, text) if line) == found


def test_zsh_loads_it_and_offers_the_same(folder: Path) -> None:
    text = """
autoload -Uz compinit; compinit -u -D
eval "$(glimpse-audit completion zsh)"
[[ ${_comps[glimpse-audit]} == _glimpse_audit ]] || exit 9
compadd() { shift "${@[(i)--]}" 2> /dev/null; print -rl -- "$@" }
words=(glimpse-audit explain orders-c); CURRENT=3
_glimpse_audit
"""
    assert "orders-class" in shell("zsh", folder, text)


def test_fish_loads_it_and_completes(folder: Path) -> None:
    text = """
glimpse-audit completion fish | source
complete -C 'glimpse-audit explain orders-c'
"""
    assert shell("fish", folder, text) == ["orders-class"]
