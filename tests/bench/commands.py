"""The commands that are measured, and what makes a run of them cold or warm."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from examples.glimpse.__main__ import REPOSITORY, TERRAFORM
from examples.glimpse.account.server import environment
from tests.bench.measure import Run, Runs, measure
from tests.bench.trees import Tree

_RAW = "import sys, hcl2\nfor name in sys.argv[1:]:\n    hcl2.parses_to_tree(open(name, encoding='utf-8').read())"

_ALONE = """
import sys
from pathlib import Path
from audits.checkov import Request, beside
with beside(Path(sys.argv[1]), Request(Path(sys.argv[2]))) as asked:
    found = asked.result()
sys.exit(found.failed or 0)
"""


@dataclass(frozen=True)
class Command:
    """``cold``: every run starts without parsed files; else all share what a first run, not counted, left."""

    name: str
    words: Sequence[str]
    cold: bool = False
    warm_up: bool = True
    environment: Mapping[str, str] = field(default_factory=dict)


def observe(tree: Tree, cold: bool) -> Command:
    """The whole process that prints what a tree says."""
    words = [sys.executable, "-m", "audits", "observe", "terraform", str(tree.root), "--json"]
    return Command(f"observe terraform, {'cold' if cold else 'warm'}", words, cold)


def premerge(cold: bool) -> Command:
    """The whole pre-merge job on the example tree."""
    words = ["make", "premerge", "CHECKOV=0", "REPORT_DIR={out}"]
    return Command(f"make premerge CHECKOV=0, {'cold' if cold else 'warm'}", words, cold)


def audit() -> Command:
    """The whole audit on the embedded examples, both planes."""
    return Command("make audit (examples, both planes)", ["make", "audit", "REPORT_DIR={out}"])


def whole(endpoint: str, program: Path) -> Command:
    """The audit of both planes of the examples with Checkov beside, the account being there already."""
    words = [sys.executable, "-m", "pytest", "specs", "-q", f"--terraform={TERRAFORM}", "--live"]
    words += [
        f"--repository={REPOSITORY}",
        f"--checkov={program}",
        "--report=json={out}/run.json",
        "--report=html={out}/r.html",
    ]
    return Command("whole run with Checkov (examples, both planes)", words, environment=environment(endpoint))


def checkov_alone(program: Path) -> Command:
    """Checkov on the same source, as the audit has it run, and nothing else."""
    words = [sys.executable, "-c", _ALONE, str(program), str(TERRAFORM)]
    return Command("Checkov alone, as the audit runs it", words)


def checkov(tree: Tree, program: Path, *, only_terraform: bool = False) -> Command:
    """Checkov on the folder that holds a tree's root and modules, without network: as it is run by default, or only its
    Terraform checks.
    """
    folder = Path(*tree.root.parts[:-1]) if tree.root.name == "root" else tree.root.parent.parent
    switches = ["--skip-download", "--download-external-modules", "false", "--compact", "--output", "json"]
    switches += ["--framework", "terraform"] if only_terraform else []
    name = "checkov, Terraform checks only" if only_terraform else "checkov"
    return Command(name, [str(program), "--directory", str(folder), *switches], warm_up=False)


def raw(tree: Tree) -> Command:
    """python-hcl2 alone: parses the tree's files, and does nothing with them."""
    words = [sys.executable, "-c", _RAW, *map(str, tree.files)]
    return Command("python-hcl2 (parses_to_tree)", words, warm_up=False)


def compare(commands: Sequence[Command], rounds: Mapping[str, int]) -> dict[str, Runs]:
    """Run commands in turns, so that what else the machine does meets all of them alike.

    ``rounds`` says how often, by name; the runs are by name as well.
    """
    runs: dict[str, list[Run]] = {command.name: [] for command in commands}
    with tempfile.TemporaryDirectory() as folder:
        for command in commands:
            if command.warm_up:
                _once(command, Path(folder))
        for turn in range(max(rounds[command.name] for command in commands)):
            for command in commands:
                if turn < rounds[command.name]:
                    runs[command.name].append(_once(command, Path(folder)))
                    print(".", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return {name: Runs(tuple(found)) for name, found in runs.items()}


def _once(command: Command, folder: Path) -> Run:
    cache = folder / ("cold" if command.cold else "warm")
    if command.cold:
        shutil.rmtree(cache, ignore_errors=True)
    words = [word.replace("{out}", str(folder / "out")) for word in command.words]
    return measure(words, {"AUDIT_CACHE_DIR": str(cache), **command.environment})
