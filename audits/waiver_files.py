"""Where waivers are written: ``waivers.yaml`` beside the specs, and comments in Terraform and spec source."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from audits.model import PLANES, Observation, Origin, Spec
from audits.relations._schema_check import nearest
from audits.spec_comparison import RESERVED
from audits.waivers import Waiver
from audits.yaml_lines import Document, YamlError, load

NAME = "waivers.yaml"
_REQUIRED = ("control", "owner", "approver", "reason", "expires")
_KEYS = (*_REQUIRED, "resource", "path", "plane", "ticket")
_COMMENT = re.compile(r"(?P<before>.*?)(?:#|//)\s*audit:waive\b(?P<rest>.*)")
_BODY = re.compile(r"\s+(?P<control>[A-Za-z0-9][A-Za-z0-9_-]*)\s+(?P<reason>\S.*?)\s+until=(?P<until>\S+)\s*")
_BLANK = re.compile(r"\s*(?:(?:#|//).*)?")
_FORM = "# audit:waive CONTROL reason until=YYYY-MM-DD"


class WaiverError(ValueError):
    """Waivers that cannot be used; lines of ``file:line: message``."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


def find(specs: Iterable[Path]) -> list[Path]:
    """The files of waivers beside these spec files, and in the folders above them that hold specs."""
    folders = {path.parent for path in specs}
    return [path for folder in sorted(folders) if (path := folder / NAME).is_file()]


def read(paths: Iterable[Path], specs: Sequence[Spec]) -> list[Waiver]:
    """The waivers of files and of comments in the specs.

    Raises:
        WaiverError: with every problem of every file.
    """
    problems: list[str] = []
    found: list[Waiver] = []
    known = {control.id for spec in specs for control in spec.controls} | set(RESERVED)
    for path in paths:
        try:
            document = load(path.read_text(encoding="utf-8"))
        except YamlError as error:
            problems.append(f"{path}:{error.line}: {error}")
        except (OSError, UnicodeDecodeError) as error:
            problems.append(f"{path}: cannot be read: {getattr(error, 'strerror', None) or 'not UTF-8'}")
        else:
            found.extend(_of_document(document, path.as_posix(), known, problems))
    for spec in specs:
        ids = {control.id for control in spec.controls}
        found.extend(_comments(_text(Path(spec.path)), spec.path, ids, problems, with_line=False))
    if problems:
        raise WaiverError(problems)
    return found


def in_source(observation: Observation, specs: Sequence[Spec]) -> list[Waiver]:
    """The comments in the Terraform files that an observation's resources come from.

    Raises:
        WaiverError: a comment is not in the form that is understood.
    """
    files = {resource.origin.file for resource in observation.resources if resource.origin.file}
    # What is unmanaged stands in no source.
    known = {control.id for spec in specs for control in spec.controls} | {"drift"}
    problems: list[str] = []
    found = [
        waiver
        for name in sorted(files)
        for waiver in _comments(_text(Path(name)), name, known, problems, with_line=True)
    ]
    if problems:
        raise WaiverError(problems)
    return found


def _text(path: Path) -> str:
    """The text of a file; nothing where it is not here any more (a saved run is judged again)."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def _comments(text: str, name: str, known: set[str], problems: list[str], *, with_line: bool) -> list[Waiver]:
    if "audit:waive" not in text:
        return []
    lines = text.splitlines()
    found = []
    for number, line in enumerate(lines, 1):
        comment = _COMMENT.fullmatch(line)
        if comment is None:
            continue
        body = _BODY.fullmatch(comment["rest"])
        expires = _date(body["until"]) if body else None
        if body is None or expires is None:
            problems.append(f"{name}:{number}: a waiver is written {_FORM}")
        elif body["control"] not in known:
            problems.append(f"{name}:{number}: no control {body['control']!r}{nearest(body['control'], known)}")
        else:
            at = number if comment["before"].strip() else _next_code(lines, number)
            origin = Origin(name, number)
            found.append(
                Waiver(body["control"], body["reason"], expires, origin, inline=True, line=at if with_line else None)
            )
    return found


def _next_code(lines: Sequence[str], number: int) -> int:
    """The line of the first code after a comment."""
    return next((at for at in range(number + 1, len(lines) + 1) if not _BLANK.fullmatch(lines[at - 1])), number)


def _date(text: Any) -> date | None:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None


def _of_document(document: Document, name: str, known: set[str], problems: list[str]) -> list[Waiver]:
    data = document.data
    if data is None:
        return []
    entries = data.get("waivers") if isinstance(data, dict) else None
    if not isinstance(entries, list) or set(data) != {"waivers"}:
        problems.append(f"{name}:1: expected one key, 'waivers', with a list")
        return []
    found = []
    for index, entry in enumerate(entries):
        place = ("waivers", index)
        said = list(_problems(entry, known))
        for key, message in said:
            problems.append(f"{name}:{document.line_of((*place, key) if key else place)}: {message}")
        if not said:
            found.append(_waiver(entry, Origin(name, document.line_of(place))))
    return found


def _problems(entry: Any, known: set[str]) -> Iterable[tuple[str, str]]:
    """What is wrong with an entry, each with the key it is about."""
    if not isinstance(entry, dict):
        yield "", "a waiver is a mapping"
        return
    for key in entry:
        if key not in _KEYS:
            yield key, f"unknown key {key!r}{nearest(key, _KEYS)}"
    for key in _REQUIRED:
        if key not in entry:
            yield "", f"{key} is missing"
    for key in _KEYS:
        if key in entry and (not isinstance(entry[key], str) or not entry[key].strip()):
            yield key, f"{key} must be text"
    yield from _meaning(entry, known)


def _meaning(entry: Mapping[str, Any], known: set[str]) -> Iterable[tuple[str, str]]:
    control, plane = entry.get("control"), entry.get("plane")
    if isinstance(control, str) and control not in known:
        yield "control", f"no control {control!r}{nearest(control, known)}"
    if isinstance(plane, str) and plane not in PLANES:
        yield "plane", f"no plane {plane!r}{nearest(plane, PLANES)}"
    elif plane is not None and control in RESERVED:
        yield "plane", f"{control} is between the planes: leave plane out"
    if control == "unmanaged" and "path" in entry:
        yield "path", "what is unmanaged is a whole resource: name it by resource"
    if isinstance(entry.get("expires"), str) and _date(entry["expires"]) is None:
        yield "expires", f"{entry['expires']!r} is no date (YYYY-MM-DD)"
    people = [str(entry.get(key, "")).strip().casefold() for key in ("owner", "approver")]
    if people[0] and people[0] == people[1]:
        yield "approver", "the approver must be another than the owner"


def _waiver(entry: Mapping[str, Any], origin: Origin) -> Waiver:
    return Waiver(
        control=entry["control"],
        reason=entry["reason"].strip(),
        expires=date.fromisoformat(entry["expires"]),
        origin=origin,
        owner=entry["owner"].strip(),
        approver=entry["approver"].strip(),
        ticket=entry.get("ticket", "").strip(),
        resource=entry.get("resource"),
        path=entry.get("path"),
        plane=entry.get("plane"),
    )


def entry(waiver: Waiver) -> dict[str, Any]:
    """A waiver as it stands in a run."""
    return {
        "control": waiver.control,
        "resource": waiver.resource,
        "path": waiver.path,
        "plane": waiver.plane,
        "owner": waiver.owner,
        "approver": waiver.approver,
        "reason": waiver.reason,
        "ticket": waiver.ticket,
        "expires": waiver.expires.isoformat(),
        "file": waiver.origin.file,
        "line": waiver.origin.line,
        "inline": waiver.inline,
        "code_line": waiver.line,
    }


def from_entry(data: Mapping[str, Any]) -> Waiver:
    """What :func:`entry` made."""
    own = {
        name: data[name] for name in ("control", "reason", "owner", "approver", "ticket", "resource", "path", "plane")
    }
    origin = Origin(data["file"], data["line"])
    return Waiver(
        **own,
        expires=date.fromisoformat(data["expires"]),
        origin=origin,
        inline=data["inline"],
        line=data["code_line"],
    )
