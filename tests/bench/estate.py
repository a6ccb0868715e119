"""What an organisation's run is made of: thousands of controls, a tree of what they speak of, and a saved account.

Both planes say the same. Controls are spread over kinds and files; each speaks of one resource, by its name, and of one
of its attributes. All of them hold, or all deviate, by the figure that the controls state.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path

from audits.evidence import RUN_SCHEMA, dump
from audits.model import Observation, Resource
from reports.evidence import keep, seal
from tests.bench.commands import Command

CONTROLS = 10_000
"""Each is checked on both planes."""
_EACH = 50
"""Resources of a kind."""
_FILE = 100
"""Controls in a file."""
_ACCOUNT, _REGION = "111122223333", "ap-northeast-2"
_REPORTS = (("json", "run.json"), ("html", "report.html"), ("markdown", "report.md"), ("junit", "junit.xml"))
_LEAN = "--disable-plugin-autoload --assert=plain -p no:unraisableexception"
"""As the Makefile starts audits."""


@dataclass(frozen=True)
class _Kind:
    """A kind of resource: what it is called by, a number that controls state, and what else is set in source."""

    type: str
    name: str
    number: str
    right: int
    more: str = ""


_KINDS = (
    _Kind("aws_sqs_queue", "name", "visibility_timeout_seconds", 60),
    _Kind("aws_cloudwatch_log_group", "name", "retention_in_days", 30),
    _Kind(
        "aws_db_instance",
        "identifier",
        "allocated_storage",
        20,
        'engine = "postgres"\n  instance_class = "db.t4g.micro"',
    ),
    _Kind("aws_dynamodb_table", "name", "read_capacity", 5, 'hash_key = "id"\n  write_capacity = 5'),
)


@dataclass(frozen=True)
class Estate:
    """Folders of specs and Terraform, and a saved run that holds the account."""

    specs: Path
    terraform: Path
    account: Path


def build(folder: Path, controls: int = CONTROLS, *, deviating: bool = False) -> Estate:
    """Write it all into an empty folder; ``deviating``: every control states another number than there is."""
    estate = Estate(folder / "specs", folder / "terraform", folder / "account.json")
    estate.specs.mkdir(parents=True)
    estate.terraform.mkdir()
    for kind in _KINDS:
        text = "\n".join(_block(kind, number) for number in range(_EACH))
        (estate.terraform / f"{kind.type}.tf").write_text(text, encoding="utf-8")
    for first in range(0, controls, _FILE):
        name = f"part-{first // _FILE:04}"
        entries = "".join(_control(number, deviating) for number in range(first, min(first + _FILE, controls)))
        head = f"spec: estate/{name}\ndocument: README.md\ncontrols:\n"
        (estate.specs / f"{name}.yaml").write_text(head + entries, encoding="utf-8")
    _save(estate.account)
    return estate


def command(name: str, estate: Estate) -> Command:
    """One process that judges both planes and writes the reports."""
    words = [sys.executable, "-m", "pytest", str(estate.specs), "-q", "--checkov=off", "-c", "pyproject.toml"]
    words += ["-p", "audits.plugin", "-p", "reports.plugin"]
    words += [f"--terraform={estate.terraform}", f"--replay={estate.account}"]
    words += [f"--report={form}={{out}}/{file}" for form, file in _REPORTS]
    return Command(name, words, environment={"PYTEST_ADDOPTS": _LEAN})


def _name(kind: _Kind, number: int) -> str:
    return f"estate-{number:03}" if kind.type != "aws_cloudwatch_log_group" else f"/estate/{number:03}"


def _block(kind: _Kind, number: int) -> str:
    own = f'  {kind.name} = "{_name(kind, number)}"\n  {kind.number} = {kind.right}\n'
    more = f"  {kind.more}\n" if kind.more else ""
    return f'resource "{kind.type}" "n{number:03}" {{\n{own}{more}}}\n'


def _control(number: int, deviating: bool) -> str:
    kind = _KINDS[number % len(_KINDS)]
    stated = kind.right + (1 + number if deviating else 0)
    chosen = _name(kind, number // len(_KINDS) % _EACH)
    return (
        f"  - id: control-{number:05}\n"
        f"    title: Number {number} of the estate is as large as the page says\n"
        f'    clause: {{section: "Estate > {kind.type}", row: "{number}", states: "{stated}"}}\n'
        "    basis: stated\n"
        "    severity: medium\n"
        f"    kind: {kind.type}\n"
        f"    select: {{{kind.name}: {chosen}}}\n"
        "    count: 1\n"
        f"    expect: {{{kind.number}: {stated}}}\n"
        f"    remedy: Set {kind.number} to {stated}.\n"
    )


def _save(path: Path) -> None:
    resources = tuple(_resource(kind, number) for kind in _KINDS for number in range(_EACH))
    when = "2026-11-27T00:00:00Z"
    live = Observation("live", resources, started=when, finished=when, accounts=(_ACCOUNT,), regions=(_REGION,))
    run = {"schema": RUN_SCHEMA, "run": {"id": "0" * 32, "started": when, "finished": when, "observations": {}}}
    named = keep(path, run, {"live": dump(live)})
    text = json.dumps(named)
    path.write_text(text, encoding="utf-8")
    seal(path, named, text.encode())


def _resource(kind: _Kind, number: int) -> Resource:
    name = _name(kind, number)
    arn = f"arn:aws:estate:{_REGION}:{_ACCOUNT}:{kind.type}/{name}"
    attributes = {"id": name, "arn": arn, kind.name: name, kind.number: kind.right}
    return Resource(kind.type, arn, attributes, account=_ACCOUNT, region=_REGION, key=name)
