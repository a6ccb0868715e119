"""``python -m examples.glimpse demo``: audit the drifted tree and the demo account: is it as planted?"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from examples.glimpse.account.demo import seeded
from examples.glimpse.account.server import ServerError, environment

PLANTED = Path("examples/glimpse/planted.yaml")
TERRAFORM = Path("examples/glimpse/drifted")
REPOSITORY = Path("examples/glimpse")
UNDECIDED = "undecided"
FORMATS = {"json": "run.json", "html": "report.html", "markdown": "report.md", "junit": "junit.xml"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Audit the examples; 0 exactly if the planted deviations, and no others, appear."""
    parser = argparse.ArgumentParser(prog="python -m examples.glimpse")
    demo = parser.add_subparsers(required=True).add_parser("demo", help="audit the examples")
    demo.add_argument("--report-dir", type=Path, default=Path("reports/out"))
    demo.add_argument("--history", type=Path, help="add the run to this history")
    options = parser.parse_args(arguments)
    reports = {name: options.report_dir / file for name, file in FORMATS.items()}
    # A run of last time must not stand in for one that was not written.
    reports["json"].unlink(missing_ok=True)
    try:
        with seeded() as endpoint:
            status = subprocess.run(
                command(reports, options.history), env=environment(endpoint), check=False
            ).returncode
    except ServerError as error:
        print(f"demo account: {error}", file=sys.stderr)
        return 4
    if status not in (0, 1):
        return status
    return _compare(json.loads(reports["json"].read_text(encoding="utf-8")), reports["html"])


def command(reports: Mapping[str, Path], history: Path | None = None) -> list[str]:
    """The audit of the drifted tree and the account that the environment leads to."""
    wanted = [f"--report={name}={path}" for name, path in reports.items()]
    kept = [f"--history={history}"] if history else []
    source = ["--terraform", str(TERRAFORM), "--repository", str(REPOSITORY)]
    return [sys.executable, "-m", "pytest", "specs", "audits", "-q", *source, "--live", *wanted, *kept]


def expected() -> dict[tuple[str, str], str]:
    """The planted deviations and what cannot be told: control and row, and the standing they must have."""
    planted = yaml.safe_load(PLANTED.read_text(encoding="utf-8"))
    untold = {(one["control"], one["row"]): UNDECIDED for one in planted["undecided"]}
    return untold | {(one["control"], one["row"]): one["expected_standing"] for one in planted["planted"]}


def found(run: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    """Every row of the run on which the sides do not agree, with its standing; of a single side, where it deviates.

    What is not due yet cannot deviate. Without Checkov nothing is asked of its policies.
    """
    ran = not (run["policies"] or {"failed": ""})["failed"]
    return {
        (control["id"], row["path"]): row["standing"]
        for control in run["controls"]
        if control["planned"] is None
        for row in control["rows"]
        if not _agrees(row) and (ran or control["relation"] != "policy")
    }


def _agrees(row: Mapping[str, Any]) -> bool:
    judged = [cell for cell in (row["terraform"], row["live"]) if cell]
    passes = bool(judged) and all(cell["state"] == "pass" for cell in judged)
    return row["standing"] == "agrees" or (row["standing"] == "single plane" and passes)


def expected_beside() -> dict[tuple[str, str], Any]:
    """The planted drift, by resource and path, and what is unmanaged, by kind and name."""
    planted = yaml.safe_load(PLANTED.read_text(encoding="utf-8"))
    drift = {(one["resource"], one["path"]): _drift(one, one["control"]) for one in planted["drift"]}
    return drift | {(one["kind"], one["name"]): "unmanaged" for one in planted["unmanaged"]}


def found_beside(run: Mapping[str, Any]) -> dict[tuple[str, str], Any]:
    """The run's own drift and unmanaged resources, in the same words."""
    drift = {
        (one["terraform"]["resource"], one["path"]): _drift(
            {"terraform": one["terraform"]["value"], "live": (one["live"] or {}).get("value")},
            ", ".join(one["controls"]) or None,
        )
        for one in run["drift"]
    }
    return drift | {(one["kind"], one["key"]): "unmanaged" for one in run["unmanaged"]}


def _drift(values: Mapping[str, Any], control: str | None) -> str:
    """Who says it; where no control does, both values."""
    return control if control else f"Terraform {values['terraform']}, live {values['live']}"


def _compare(run: Mapping[str, Any], report: Path) -> int:
    wanted: dict[tuple[str, str], Any] = {**expected(), **expected_beside()}
    shown: dict[tuple[str, str], Any] = {**found(run), **found_beside(run)}
    for key in sorted(wanted.keys() | shown.keys()):
        if wanted.get(key) != shown.get(key):
            names = f"{key[0]} ({key[1]})"
            print(f"not as planted: {names}: {shown.get(key, 'agrees')}, should be {wanted.get(key, 'agrees')}")
    if wanted != shown:
        return 1
    if run["policies"] and run["policies"]["failed"]:
        print(f"\nWithout Checkov: {run['policies']['failed']} (mend: {run['policies']['mend']}).")
    untold = sum(standing == UNDECIDED for standing in expected().values())
    deviating = len(expected()) - untold
    print(f"\nAll {deviating} planted deviations were found, each with its standing, and nothing else.")
    print(f"So were all {len(expected_beside())} planted differences between Terraform and the account.")
    print(f"Undecided, as they should be: {untold} rows that no configuration tells (see {PLANTED}).")
    print(f"Report: {report}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
