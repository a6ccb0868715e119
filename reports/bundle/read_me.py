"""The bundle's README: what is in it, how to check it, and what it shows, for somebody who has never seen the suite."""

from __future__ import annotations

from collections.abc import Sequence

from reports.bundle.frameworks import requirements, unmapped
from reports.formats.markdown import escape
from reports.labels import Labels
from reports.order import STANDING_ORDER, STATES, in_order, run_planes
from reports.report import Run

_FILES = (
    ("run.json", "the whole run: every verdict, also of what passes, with resource, both values and origin"),
    ("report.html", "the same for people; opens in any browser, needs no network"),
    ("frameworks.csv", "requirement → control → verdict → the observation that it rests on"),
    (
        "run.observations/",
        "what was read of each plane, secrets taken out before judging, with every call's request id",
    ),
    ("specs/", "the requirements as they were audited, each citing the owner's document"),
    ("waivers/", "the waivers files, in force or not"),
    ("document.json", "each clause of the document, and whether it still stands there"),
    ("SHA256SUMS", "the SHA-256 of every file; `sha256sum --check SHA256SUMS` tells whether all are as they were"),
)


def read_me(run: Run, files: Sequence[str], missing: Sequence[str]) -> str:
    """The README, in English with the owner's own text as it is."""
    lines = ["# Evidence of an audit", "", *(f"- **{name}**: {text}" for name, text in _facts(run))]
    present = [(name, said) for name, said in _FILES if any(file.startswith(name) for file in (*files, "SHA256SUMS"))]
    lines += ["", "## What is here", "", *(f"- `{name}`: {said}" for name, said in present)]
    if missing:
        lines += ["", "## What is not here", "", *(f"- {escape(text)}" for text in missing)]
    lines += ["", "## What the words mean", "", _WORDS, "", "## What came out", "", *_outcome(run)]
    return "\n".join([*lines, *_requirements(run)]) + "\n"


def _facts(run: Run) -> list[tuple[str, str]]:
    about = run["run"]
    git, document = about.get("git") or {}, about.get("document") or {}
    dirty = " **with uncommitted changes**" if git.get("dirty") else ""
    places = (", ".join(about[name]) or "–" for name in ("accounts", "regions"))
    cited = f"{escape(document['path'])}, SHA-256 {escape(document.get('sha256') or '–')}" if document else ""
    return [
        ("Run", escape(about["id"])),
        ("Time", f"{escape(about['started'])} to {escape(about['finished'])} (UTC); {escape(about['started_local'])}"),
        ("Read by", escape(about.get("caller") or "nobody: the account was not read")),
        ("Accounts, regions", escape("; ".join(places))),
        ("Commit of the Terraform", f"{escape(git['commit'])}{dirty}" if git.get("commit") else "in no git checkout"),
        ("Document", cited or "not read in this run"),
        ("Tools", escape(", ".join(f"{name} {version}" for name, version in sorted(about["tools"].items())))),
    ]


_WORDS = """\
A verdict is `pass` or `fail`; `absent` (documented, and not there); `unknown` (the source cannot tell, with the cause)
or `unreadable` (it could not be read, with what is missing). The last two are never counted as either. A control's
standing compares document, Terraform and account: `agrees`, `drift` (the account differs), `unapplied` (Terraform
differs), `stale document` (both differ from the document alike), `all differ`, `unbuilt`, `undecided`, `single plane`.
A waived deviation is a `fail` with a waiver: owner, approver, reason and expiry are in `run.json`."""


def _outcome(run: Run) -> list[str]:
    labels, counts = Labels("en"), run["summary"]["controls"]
    shown = [name for name in in_order(counts, STANDING_ORDER) if counts[name]]
    lines = [
        "| controls | |",
        "| --- | ---: |",
        *(f"| {labels(f'standing.{name}')} | {counts[name]} |" for name in shown),
    ]
    lines += ["", f"| verdicts | {' | '.join(STATES)} |", f"| --- |{' ---: |' * len(STATES)}"]
    for plane in run_planes(run):
        numbers = run["summary"]["verdicts"].get(plane, {})
        lines.append(f"| {labels(f'plane.{plane}')} | {' | '.join(str(numbers.get(state, 0)) for state in STATES)} |")
    return [
        *lines,
        "",
        f"{run['summary']['gaps']} gaps: what could not be read; `run.json` has them with their causes.",
    ]


def _requirements(run: Run) -> list[str]:
    lines: list[str] = []
    found, rest = requirements(run), unmapped(run)
    if found:
        lines += ["", "## By requirement", "", "| framework | requirement | controls | outcome |"]
        lines += ["| --- | --- | --- | --- |"]
    for one in found:
        names = ", ".join(escape(control["id"]) for control in one.controls)
        lines.append(f"| {escape(one.framework)} | {escape(one.id)} | {names} | {one.outcome} |")
    if rest:
        names = ", ".join(escape(control["id"]) for control in rest)
        lines += ["", f"{len(rest)} controls name no requirement: {names}."]
    return lines
