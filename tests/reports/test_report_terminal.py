"""The summary in a terminal: goldens at two widths with and without colour, and what holds for any run."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import report_runs

from reports.paint import folded, painted, wanted
from reports.terminal import summary
from reports.text import columns
from tests.project.harness import audit_apart, project

Golden = Callable[[str, bytes], None]
SGR = re.compile(r"\x1b\[[\d;]*m")
ACTIVE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
RUNS: dict[str, Callable[[], dict[str, Any]]] = {
    name: getattr(report_runs, name) for name in ("empty", "mixed", "korean", "hostile")
}


@pytest.mark.parametrize("color", [False, True])
@pytest.mark.parametrize("width", [60, 120])
@pytest.mark.parametrize("name", ["mixed", "hostile"])
def test_golden(name: str, width: int, color: bool, golden: Golden) -> None:
    text = summary(RUNS[name](), width, color=color)
    golden(f"{name}.terminal-{width}{'-color' if color else ''}.txt", (text.replace("\x1b", "␛") + "\n").encode())


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
@pytest.mark.parametrize("name", RUNS)
def test_colour_is_laid_over_the_same_text_and_nothing_else_acts(name: str, width: int) -> None:
    plain, colored = (summary(RUNS[name](), width, color=color) for color in (False, True))
    assert not ACTIVE.search(plain)
    assert SGR.sub("", colored) == plain
    assert all(line.count("\x1b") % 2 == 0 for line in colored.split("\n"))  # no colour runs into the next line


@pytest.mark.parametrize("width", [60, 80, 120, 200])
@pytest.mark.parametrize("name", RUNS)
def test_only_a_long_word_makes_a_long_line(name: str, width: int) -> None:
    for line in summary(RUNS[name](), width).split("\n"):
        assert columns(line) <= width or " " not in line.strip(), line


def test_states_can_be_told_without_colour() -> None:
    text = summary(report_runs.mixed(), 120)
    for mark in ("✓ ", "✗ ", "✗ absent", "? unknown", "? unreadable"):
        assert mark in text


def test_what_is_narrow_has_all_that_is_wide() -> None:
    def words(width: int) -> set[str]:
        return set(re.findall(r"[\w.-]{4,}", summary(report_runs.mixed(), width)))

    assert {"backup_retention_period", "db.t4g.micro", "db.t4g.small"} <= words(60) & words(200)


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("a b c", 20, ["a b c"]),
        ("  one two three four five six", 20, ["  one two three four", "      five six"]),
        ("  " + "x" * 30, 20, ["  " + "x" * 30]),
        ("  " + "x" * 30 + " y", 20, ["  " + "x" * 30, "      y"]),
        ("데이터베이스 백업 보관 기간", 20, ["데이터베이스 백업", "    보관 기간"]),
        ("", 20, [""]),
        ("exactly twenty chars", 20, ["exactly twenty chars"]),
    ],
)
def test_lines_are_folded_at_blanks(text: str, width: int, lines: list[str]) -> None:
    assert folded(text, width).split("\n") == lines


def test_what_looks_like_a_mark_within_a_word_is_left_alone() -> None:
    assert painted("  a✗b why?") == "  a✗b why?"
    assert painted("  ✗ 1") == "  \x1b[31m✗\x1b[0m 1"


@pytest.mark.parametrize(
    ("options", "variables", "color"),
    [
        ((), {}, False),
        ((), {"FORCE_COLOR": "1"}, True),
        (("--color=yes",), {}, True),
        (("--color=no",), {"FORCE_COLOR": "1"}, False),
        ((), {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
    ],
)
def test_colour_is_what_was_asked_for(
    tmp_path: Path, options: tuple[str, ...], variables: dict[str, str], color: bool
) -> None:
    folder = project(tmp_path)
    given = ("specs", "--terraform", "terraform", "--var", "instance_class=db.t4g.large")
    ran = audit_apart(folder, *given, *options, env=variables)
    assert ("\x1b[1morders-class\x1b[0m" in ran.out) is color
    assert ("\x1b" in ran.out) is color
    assert "orders-class" in ran.out


def test_the_width_is_the_terminals(tmp_path: Path) -> None:
    folder = project(tmp_path)
    given = ("specs", "--terraform", "terraform", "--var", "instance_class=db.t4g.large")
    assert "      documented  db.t4g.small" in audit_apart(folder, *given, env={"COLUMNS": "60"}).out
    assert "documented    Terraform" in audit_apart(folder, *given).out


@pytest.mark.parametrize(
    ("arguments", "environment", "terminal", "color"),
    [
        ([], {}, True, True),
        ([], {}, False, False),
        ([], {"TERM": "dumb"}, True, False),
        ([], {"NO_COLOR": "1", "FORCE_COLOR": "1"}, True, False),
        ([], {"NO_COLOR": ""}, True, True),
        ([], {"FORCE_COLOR": "1"}, False, True),
        (["--color=no"], {"FORCE_COLOR": "1"}, True, False),
        (["--color", "yes"], {"NO_COLOR": "1"}, False, True),
        (["--color=auto"], {"NO_COLOR": "1"}, True, False),
    ],
)
def test_the_other_commands_decide_as_pytest_does(
    arguments: list[str], environment: dict[str, str], terminal: bool, color: bool
) -> None:
    assert wanted(arguments, environment, terminal) is color
