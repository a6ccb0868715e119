"""A run's verdicts one by one, as tools outside take them: with a name that stays the same from run to run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

from audits.model import PLANES
from reports.order import DEVIATING, Part, ordered_controls, ordered_verdicts
from reports.report import Run
from reports.text import value_text, visible

NAMESPACE = UUID("8a1c3a0e-5d0c-5b5e-9f63-0d7d1c1f5a52")
"""Ours alone: what UUIDs of the same text are made under, so that one thing has one UUID in every run."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One verdict with the control and the plane that it belongs to."""

    control: Part
    plane: str
    verdict: Part

    @property
    def state(self) -> str:
        """``pass``, ``fail``, ``absent``, ``unknown`` or ``unreadable``."""
        return str(self.verdict["state"])

    @property
    def deviates(self) -> bool:
        """Whether it says that the plane is not as documented."""
        return self.state in DEVIATING

    @property
    def known(self) -> str | None:
        """How it is known that a deviation was there before; None if it was not, or does not deviate."""
        if not self.deviates:
            return None
        if self.verdict.get("known"):
            return str(self.verdict["known"])
        # Runs of before verdicts said so themselves say it of the control alone.
        return "in the baseline" if self.control.get("baseline") == "known" else None

    @property
    def quiet(self) -> tuple[str, str] | None:
        """Why a deviation asks for nothing: ``planned``, ``waived`` or ``known``, with the words for it; else None.

        The one place that judges this: what is said of a whole control follows from it (:func:`quiet_reason`).
        """
        if not self.deviates:
            return None
        if self.control.get("planned"):
            return "planned", str(self.control["planned"])
        if self.verdict.get("waiver"):
            return "waived", str(self.verdict["waiver"])
        return ("known", self.known) if self.known else None

    @property
    def acts(self) -> bool:
        """Whether it deviates and asks for an act."""
        return self.deviates and self.quiet is None

    @property
    def uid(self) -> str:
        """64 hexadecimal digits: the same for the same control, plane, resource and path, whatever was found there."""
        verdict = self.verdict
        named = verdict.get("key") if verdict.get("key") is not None else verdict.get("resource")
        place = [named, verdict.get("account"), verdict.get("region"), verdict["path"]]
        text = json.dumps([self.control["id"], self.plane, *place], ensure_ascii=True)
        return hashlib.sha256(text.encode("ascii")).hexdigest()

    @property
    def subject(self) -> str:
        """The resource and the path in it, for people; empty where the verdict is on the control as a whole."""
        parts = (self.verdict.get("resource"), self.verdict["path"])
        return visible(" ".join(str(part) for part in parts if part))

    @property
    def place(self) -> Part:
        """Where to mend it: ``file``, ``line`` and ``column`` in the Terraform source, else in the control's spec."""
        origin = self.verdict.get("origin") or {}
        at = origin if origin.get("file") else self._source_of()
        return at if at.get("file") else {"file": self.control["spec"], "line": self.control["line"]}

    def _source_of(self) -> Part:
        """Where the source has the same thing: what the account has wrong is mended there, too."""
        key, path = self.verdict.get("key"), self.verdict["path"]
        for row in self.control["rows"]:
            if row["path"] == path and row.get("key") == key and row["terraform"] is not None:
                return row["terraform"].get("origin") or {}
        return {}

    def said(self, limit: int = 200) -> str:
        """What is said of it in one line, each value at most ``limit`` characters long."""
        expected, actual = (value_text(self.verdict.get(name), limit) for name in ("expected", "actual"))
        cause = visible(str(self.verdict.get("cause") or ""))
        about = f"{self.subject or visible(self.control['title'])}: {self.state}"
        return f"{about}; documented {expected}, found {actual}" + (f" ({cause})" if cause else "")


def findings(run: Run, *, planes: tuple[str, ...] = PLANES) -> Iterator[Finding]:
    """Every verdict of these planes, the controls that need an act first and the worst verdicts first in each."""
    for control in ordered_controls(run):
        yield from findings_of(control, planes=planes)


def findings_of(control: Part, *, planes: tuple[str, ...] = PLANES) -> Iterator[Finding]:
    """Every verdict of a control on these planes, the worst first on each."""
    for plane in planes:
        if plane in control["planes"]:
            for verdict in ordered_verdicts(control["planes"][plane]["verdicts"]):
                yield Finding(control, plane, verdict)


def quiet_reason(found: Iterable[Finding]) -> str | None:
    """Why none of the deviations among these asks for anything, as ``waived: W-1, W-2; known: in the baseline``.

    None where one of them asks for an act, and where nothing deviates.
    """
    words: dict[str, dict[str, None]] = {}
    for one in found:
        if one.acts:
            return None
        if one.quiet:
            word, why = one.quiet
            words.setdefault(word, {})[why] = None
    return "; ".join(f"{word}: {', '.join(reasons)}" for word, reasons in words.items()) or None


def uuid_of(*parts: str) -> str:
    """The UUID (version 5) of a thing with this name."""
    return str(uuid5(NAMESPACE, json.dumps(parts, ensure_ascii=True)))


def epoch_milliseconds(time: str) -> int:
    """An ISO 8601 time as milliseconds since 1970; 0 for text that is no time."""
    try:
        return int(datetime.fromisoformat(time.replace("Z", "+00:00")).timestamp() * 1000)
    except ValueError:
        return 0


def rfc3339(time: str) -> str:
    """An ISO 8601 time in UTC with ``Z``; the beginning of 1970 for text that is no time."""
    seconds = epoch_milliseconds(time) / 1000
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def tool_version(run: Run) -> str:
    """The version of this suite that made the run, as far as it says so."""
    return visible(str(run["run"]["tools"].get("glimpse-audit") or "0"))


def frameworks_of(control: Part) -> list[str]:
    """The requirements of frameworks that the control serves: ``aws-fsbp RDS.11``."""
    return [visible(f"{name} {one}") for name, ids in control["frameworks"].items() for one in ids]


def clause_of(control: Part) -> dict[str, Any]:
    """The clause, every text in it fit to be shown."""
    return {name: visible(value) if isinstance(value, str) else value for name, value in control["clause"].items()}
