"""The suite as its users start it: a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from e2e_audit import ROOT

from examples.glimpse.account.server import environment


@dataclass(frozen=True)
class Run:
    """How a process ended, what it said, and the run that it saved."""

    status: int
    output: str
    run: dict[str, Any] | None

    @property
    def verdicts(self) -> dict[str, Any]:
        """Each control's planes, as they were saved."""
        assert self.run is not None, self.output
        return {control["id"]: control["planes"] for control in self.run["controls"]}

    def every_verdict(self) -> list[dict[str, Any]]:
        """The verdicts of every control on every plane."""
        return [one for planes in self.verdicts.values() for plane in planes.values() for one in plane["verdicts"]]

    def states(self, control: str, plane: str = "live") -> set[str]:
        """The states of a control's verdicts."""
        return {verdict["state"] for verdict in self.verdicts[control][plane]["verdicts"]}

    def checks(self) -> list[str]:
        """The names of the checks that ran."""
        return sorted(f"{name}[{plane}]" for name, planes in self.verdicts.items() for plane in planes)


def settings(endpoint: str | None = None) -> dict[str, str]:
    """This process's environment for another one: pytest's and AWS's own variables left out."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "AWS_"))}
    return environment(endpoint, kept) if endpoint else kept


def python(*arguments: str, env: dict[str, str]) -> tuple[int, str]:
    """Run Python with these arguments from the project's root."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def pytest_run(
    *arguments: str, specs: str = "specs", endpoint: str | None = None, env: dict[str, str] | None = None
) -> Run:
    """`python -m pytest specs -q …`, with the run saved."""
    with tempfile.TemporaryDirectory() as folder:
        saved = Path(folder) / "run.json"
        status, output = python(
            *("-m", "pytest", specs, "-q", "-p", "no:cacheprovider", *arguments, f"--report=json={saved}"),
            env=settings(endpoint) | (env or {}),
        )
        return Run(status, output, json.loads(saved.read_text(encoding="utf-8")) if saved.exists() else None)
