"""One control for people: what ``audits explain`` found of it, what the last run said, and since when it deviates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from reports.findings import Finding, findings_of, quiet_reason
from reports.history.lifecycle import Life, lives
from reports.history.store import read
from reports.history.text import duration
from reports.labels import Labels
from reports.order import Part, run_planes
from reports.paint import folded, painted
from reports.report import ReportError, Run, load
from reports.text import clause_text, origin_text, padded, value_text, visible
from reports.waived import people as people_of
from reports.waived import place
from reports.wording import body_lines

RUN, HISTORY = Path("reports/out/run.json"), Path("reports/out/history.sqlite")
"""Where runs and their history are by default."""
_MOST = 8
_COLUMN = 12


class WrongRunError(ValueError):
    """A run or a history that was asked for and cannot be read, in one line."""


def explain_text(
    control: Mapping[str, Any],
    *,
    run: Path | None = None,
    history: Path | None = None,
    lang: str = "en",
    width: int | None = None,
    color: bool = False,
) -> str:
    """All of it, in lines, folded to ``width`` columns if that is given.

    ``control`` is what :func:`audits.explaining.explained` makes.

    ``run`` and ``history`` are files; without one the default counts, where it is there.

    Raises:
        WrongRunError: a file that is named cannot be read; of a default it is said in the text.
    """
    labels = Labels(lang)
    blocks = [_about(control, labels), _checked(control, labels), _around(control, labels)]
    blocks.append(_last(control, run, history, labels))
    text = "\n\n".join("\n".join(map(visible, lines)) for block in blocks if (lines := list(block)))
    text = folded(text, width) if width else text
    return painted(text) if color else text


def _field(labels: Labels, key: str, text: str) -> str:
    return f"  {padded(labels(key), _COLUMN)} {text}"


def _about(control: Mapping[str, Any], labels: Labels) -> Iterator[str]:
    yield f"{control['id']}: {control['title']}"
    reason = f": {control['basis_reason']}" if control["basis_reason"] else ""
    yield _field(labels, "severity", labels(f"severity.{control['severity']}"))
    yield _field(labels, "basis", f"{labels('basis.' + control['basis'])}{reason}")
    yield _field(labels, "spec", f"{control['spec']}:{control['line']}")
    for number, clause in enumerate([control["clause"], *control["also"]]):
        said = f"{clause_text(clause)}  {clause['section']} > {clause['row']}: {clause['states']}"
        yield _field(labels, "explain.also" if number else "explain.clause", said)
    for name, ids in control["frameworks"].items():
        yield _field(labels, "frameworks", f"{name} {', '.join(ids)}")
    if control["remedy"]:
        yield _field(labels, "remedy", control["remedy"])


def _checked(control: Mapping[str, Any], labels: Labels) -> Iterator[str]:
    names = ", ".join(labels(f"plane.{plane}") for plane in control["planes"])
    yield f"{labels('explain.checked')}: {names}"
    for plane in control["left_out"]:
        yield f"  {labels('explain.left out', plane=labels(f'plane.{plane}'))}"
    yield _field(labels, "relation", control["relation"])
    yield _field(labels, "explain.reads", ", ".join([*control["kinds"], *control["files"]]) or "–")
    if control["accounts"] or control["regions"]:
        yield _field(labels, "explain.places", ", ".join([*control["accounts"], *control["regions"]]))
    yield from (f"    {line}" for line in body_lines(control["body"], labels))


def _around(control: Mapping[str, Any], labels: Labels) -> Iterator[str]:
    if control["planned"]:
        yield f"{labels('planned')}: {control['planned']}"
    for one in control["waivers"]:
        covered = ", ".join(str(one[name]) for name in ("resource", "path", "plane") if one[name])
        people = "".join(f", {labels(key)} {name}" for key, name in people_of(one))
        state = labels(f"waiver.{one['state']}")
        yield f"{labels('waiver')} ({state}): {covered or labels('whole')}: {one['reason']}"
        yield f"  {labels('waiver.until')} {one['expires']}{people}  ({place(one)})"
    for one in control["contradictions"]:
        yield f"{labels('explain.contradiction')}: {one['id']}: {one['title']}"
        for said in one["statements"]:
            mark = "✓" if said["wins"] else "·"
            yield f"  {mark} {clause_text(said)}  {said['row']}: {said['states']}"
        yield f"  → {one['ruling']} {one['why']}  ({one['place']})"


def _last(control: Mapping[str, Any], run: Path | None, history: Path | None, labels: Labels) -> Iterator[str]:
    path = run or RUN
    if run is None and not path.exists():
        yield f"{labels('explain.last')}: {labels('explain.no run', path=path)}"
        return
    try:
        saved = load(path)
    except ReportError as error:
        if run is not None:
            raise WrongRunError(str(error)) from error
        yield f"{labels('explain.last')}: {error}"
        return
    yield f"{labels('explain.last')}: {saved['run']['started']}  {path}"
    if saved["run"]["specs"].get(control["spec"]) not in (None, control["sha256"]):
        yield f"  {labels('explain.changed')}"
    found = next((one for one in saved["controls"] if one["id"] == control["id"]), None)
    if found is None:
        yield f"  {labels('explain.not judged')}"
        return
    yield from _judged(found, saved, labels)
    yield from _since(found, saved, history, labels)


def _judged(found: Part, saved: Run, labels: Labels) -> Iterator[str]:
    quiet = quiet_reason(findings_of(found))
    yield f"  {labels('standing.' + found['standing'])}{f' ({quiet})' if quiet else ''}"
    for plane in run_planes(saved):
        part = found["planes"].get(plane)
        if part is None:
            continue
        marked = f"{mark(part['state'])} {labels('state.' + part['state'])}"
        yield f"  {padded(labels(f'plane.{plane}'), _COLUMN)} {marked}, {labels('examined')}: {part['examined']}"
        told = [one for one in findings_of(found, planes=(plane,)) if one.state != "pass"]
        for one in told[:_MOST]:
            yield from _verdict(one, labels)
        if len(told) > _MOST:
            yield f"    {labels('more places', n=len(told) - _MOST)}"


def _verdict(one: Finding, labels: Labels) -> Iterator[str]:
    verdict = one.verdict
    values = (value_text(verdict[name], 200) for name in ("expected", "actual"))
    pairs = ", ".join(f"{labels(name)} {text}" for name, text in zip(("expected", "actual"), values, strict=True))
    yield f"    {mark(one.state)} {one.subject or labels('whole')}: {labels('state.' + one.state)}; {pairs}"
    said = "  ".join(part for part in (origin_text(verdict["origin"]), str(verdict["cause"])) if part)
    if said:
        yield f"      {said}"
    if verdict["mend"]:
        yield f"      {labels('mend')}: {verdict['mend']}"


def mark(state: str) -> str:
    """A sign for a state that needs no colour."""
    return {"pass": "✓", "fail": "✗", "absent": "✗"}.get(state, "?")


def _since(found: Part, saved: Run, history: Path | None, labels: Labels) -> Iterator[str]:
    """Since when it deviates: as the run itself says, else as the history does."""
    told = ((saved.get("history") or {}).get("controls") or {}).get(found["id"])
    if told is not None and history is None:
        again = f", {labels('history.again', n=told['reopened'])}" if told["reopened"] else ""
        yield f"  {labels('history.open since', since=told['since'])}{again}"
        return
    path = history or HISTORY
    if not path.exists():
        if history is not None:
            raise WrongRunError(f"{visible(str(path))}: no such history")
        return
    try:
        lifes = lives(read(path))
    except ReportError as error:
        if history is not None:
            raise WrongRunError(str(error)) from error
        yield f"  {error}"
        return
    yield from _lives([life for life in lifes.values() if life.what.control == found["id"]], labels)


def _lives(found: list[Life], labels: Labels) -> Iterator[str]:
    for life in found[:_MOST]:
        where = " ".join(part for part in (life.what.resource, life.what.path) if part) or labels("whole")
        plane = labels(f"plane.{life.what.plane}")
        if life.fixed:
            lasted = life.lasted
            span = f", {labels('history.lasted')}: {duration(lasted)}" if lasted else ""
            yield f"  {plane} {where}: {labels('history.fixed')}: {life.fixed}{span}"
        else:
            blind = f" ({labels('history.blind')})" if life.blind else ""
            again = f", {labels('history.again', n=life.reopened)}" if life.reopened else ""
            yield f"  {plane} {where}: {labels('history.open since', since=life.since)}{again}{blind}"
    if len(found) > _MOST:
        yield f"  {labels('more places', n=len(found) - _MOST)}"
