"""``make bench [PART=…]``: measures, prints each figure beside its target, and ends with 0 whatever they are.

Parts: ``jobs`` (make audit), ``example`` (the tree that comes with the project), ``large`` (12,000 lines), ``growth``
(1,000, 10,000 and 100,000 lines), ``account`` (calls, latency and a large account), ``scale`` (20,000 checks from one
process). All of them without a name.
"""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tabulate import tabulate

from examples.glimpse.account.demo import seeded
from tests.bench import account, commands, estate, trees
from tests.bench.commands import compare
from tests.bench.measure import Runs
from tests.bench.trees import SEED, Tree

CHECKOV = Path(".venv-checkov/bin/checkov")
GROWTH = (1_000, 10_000, 100_000)

COLD, WARM = "observe terraform, cold", "observe terraform, warm"
PREMERGE_COLD, PREMERGE = "make premerge CHECKOV=0, cold", "make premerge CHECKOV=0, warm"
AUDIT, RIVAL, RAW = "make audit (examples, both planes)", "checkov", "python-hcl2 (parses_to_tree)"
WHOLE, ALONE = "whole run with Checkov (examples, both planes)", "Checkov alone, as the audit runs it"
RIVAL_ALONE = "checkov, Terraform checks only"


class Figures:
    """Rows of one part's table: what, a figure, its target, whether it is met."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.measured: list[tuple[str, str, str, str, str]] = []
        self.targets: list[tuple[str, str, str, str]] = []

    def add(self, measured: Mapping[str, Runs], label: str = "") -> None:
        """Rows for what was measured."""
        for name, runs in measured.items():
            row = (f"{label}{name}", runs.spread, f"{runs.cpu:.2f}", f"{runs.megabytes:.0f}", runs.statuses)
            self.measured.append(row)

    def at_most(self, what: str, figure: float, most: float, unit: str = "s") -> None:
        """A target that is met by no more."""
        self._target(what, f"{figure:.2f} {unit}", f"≤ {most:g} {unit}", figure <= most)

    def at_least(self, what: str, figure: float, least: float, unit: str = "×") -> None:
        """A target that is met by no less."""
        self._target(what, f"{figure:.1f} {unit}", f"≥ {least:g} {unit}", figure >= least)

    def _target(self, what: str, figure: str, target: str, met: bool) -> None:
        self.targets.append((what, figure, target, "met" if met else "NOT MET"))

    def show(self) -> None:
        """Print it."""
        print(f"\n{self.title}\n")
        headers = ["whole process", "wall s, median (min–max)", "CPU s", "peak MB", "status"]
        print(tabulate(self.measured, headers=headers, disable_numparse=True))
        if self.targets:
            print()
            print(tabulate(self.targets, headers=["target", "figure", "wanted", ""], disable_numparse=True))


def jobs(rival: Path | None) -> Figures:
    """The job on the embedded examples."""
    figures = Figures("The embedded examples")
    figures.add(compare([commands.audit()], {AUDIT: 3}))
    if rival:
        with seeded() as endpoint:
            found = compare([commands.checkov_alone(rival), commands.whole(endpoint, rival)], {ALONE: 5, WHOLE: 5})
        figures.add(found)
        figures.at_most("whole run beyond Checkov's own time", found[WHOLE].wall - found[ALONE].wall, 2)
    return figures


def example(rival: Path | None) -> Figures:
    """The example tree: everything in one run."""
    tree = trees.example()
    figures = Figures(f"The example tree: {tree.lines:,} lines in {len(tree.files)} files")
    wanted = [
        *(commands.observe(tree, cold) for cold in (True, False)),
        *(commands.premerge(cold) for cold in (True, False)),
        commands.raw(tree),
        *([commands.checkov(tree, rival), commands.checkov(tree, rival, only_terraform=True)] if rival else []),
    ]
    found = compare(wanted, {COLD: 7, WARM: 7, PREMERGE_COLD: 5, PREMERGE: 7, RAW: 3, RIVAL: 3, RIVAL_ALONE: 3})
    figures.add(found)
    figures.at_most(COLD, found[COLD].wall, 0.9)
    figures.at_most(WARM, found[WARM].wall, 0.35)
    if rival:
        for name, least in ((COLD, 10), (WARM, 10), (PREMERGE_COLD, 6), (PREMERGE, 6)):
            figures.at_least(f"{name}: faster than checkov", found[RIVAL].wall / found[name].wall, least)
    return figures


def large(rival: Path | None) -> Figures:
    """A tree of 12,000 lines, against Checkov."""
    with tempfile.TemporaryDirectory() as folder:
        tree = trees.generate(Path(folder, "tree"), 12_000)
        figures = Figures(f"A large tree: {tree.lines:,} lines in {len(tree.files)} files, generated (seed {SEED})")
        wanted = [*(commands.observe(tree, cold) for cold in (True, False)), commands.raw(tree)]
        wanted += [commands.checkov(tree, rival, only_terraform=alone) for alone in (False, True)] if rival else []
        found = compare(wanted, {COLD: 5, WARM: 5, RAW: 2, RIVAL: 1, RIVAL_ALONE: 1})
    figures.add(found)
    if rival:
        figures.at_least(f"{COLD}: faster than checkov", found[RIVAL].wall / found[COLD].wall, 20)
        figures.at_least(f"{WARM}: faster than checkov", found[RIVAL].wall / found[WARM].wall, 20)
    return figures


def growth(rival: Path | None) -> Figures:
    """Ten times the tree, twice."""
    figures = Figures(f"Growth: generated trees (seed {SEED}); Checkov is not given the largest, it would take minutes")
    before: tuple[str, Mapping[str, Runs]] | None = None
    for lines in GROWTH:
        with tempfile.TemporaryDirectory() as folder:
            tree = trees.generate(Path(folder, "tree"), lines)
            found = _grown(tree, lines, rival)
        label = f"{lines // 1000}k"
        figures.add(found, f"{label} ({tree.lines:,} lines, {len(tree.files):,} files): ")
        if before is not None:
            for name in (COLD, WARM):
                times = found[name].wall / before[1][name].wall
                figures.at_most(f"{name}, {label} against {before[0]}: time", times, 11, "×")
                memory = found[name].megabytes / before[1][name].megabytes
                figures.at_most(f"{name}, {label} against {before[0]}: memory", memory, 11, "×")
        before = label, found
    return figures


def _grown(tree: Tree, lines: int, rival: Path | None) -> dict[str, Runs]:
    wanted = [*(commands.observe(tree, cold) for cold in (True, False)), commands.raw(tree)]
    wanted += [commands.checkov(tree, rival)] if rival and lines <= 12_000 else []
    rounds = 5 if lines <= 12_000 else 3
    return compare(wanted, {COLD: rounds, WARM: rounds, RAW: 1, RIVAL: 1})


def scale(rival: Path | None) -> Figures:
    """An organisation's controls, all as documented and all deviating, with the reports of a job."""
    figures = Figures(f"{2 * estate.CONTROLS:,} checks from one process: {estate.CONTROLS:,} controls on both planes")
    names = "all pass", "all fail"
    with tempfile.TemporaryDirectory() as folder:
        built = [estate.build(Path(folder, name), deviating=name == "all fail") for name in names]
        wanted = [estate.command(name, one) for name, one in zip(names, built, strict=True)]
        found = compare(wanted, dict.fromkeys(names, 3))
    figures.add(found)
    for name in names:
        figures.at_most(f"{name}: processor's time, with reports", found[name].cpu, 12)
        figures.at_most(f"{name}: memory", found[name].megabytes, 400, "MB")
    figures.at_most("failures against passes", found["all fail"].cpu / found["all pass"].cpu, 2, "×")
    return figures


PARTS: Mapping[str, Callable[[Path | None], Figures]] = {
    "jobs": jobs,
    "example": example,
    "large": large,
    "growth": growth,
    "scale": scale,
}
ACCOUNT = "account"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure the parts that are asked for, and print their tables."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join((*PARTS, ACCOUNT)))
    parser.add_argument("--checkov", type=Path, default=CHECKOV, help="the program to compare with")
    options = parser.parse_args(arguments)
    unknown = [part for part in options.parts if part not in (*PARTS, ACCOUNT)]
    if unknown:
        parser.error(f"no part {', '.join(unknown)}: there are {', '.join((*PARTS, ACCOUNT))}")
    rival = options.checkov if options.checkov.exists() else None
    load = f"load {os.getloadavg()[0]:.1f}"
    print(f"{platform.machine()}, {os.cpu_count()} processors, {load}, Python {platform.python_version()}")
    if rival is None:
        print(f"no {options.checkov}: nothing is compared with Checkov (make {CHECKOV.parts[0]}/.done installs it)")
    for part in options.parts or (*PARTS, ACCOUNT):
        if part == ACCOUNT:
            account.main([])
        else:
            PARTS[part](rival).show()


if __name__ == "__main__":
    main()
