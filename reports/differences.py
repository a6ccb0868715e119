"""Drift and unmanaged resources one by one, as tools outside take them: with a name that stays from run to run.

What a control says already is left out: it is among that control's verdicts, and nothing counts twice.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reports import drifted
from reports.labels import Labels
from reports.order import Part
from reports.text import value_text, visible

TITLES = {
    "drift": "Terraform and the account agree where no control speaks",
    "unmanaged": "What the account holds is in Terraform",
}
"""What is checked, by what stands for the control in waivers, baselines and every format."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that Terraform and the account differ in.

    ``about``: ``drift`` or ``unmanaged``. ``entry``: as it stands in the run. ``uid``: 64 hexadecimal digits, the same
    for the same resource and path, whatever was found there.
    """

    about: str
    entry: Part
    uid: str

    @property
    def title(self) -> str:
        """What should be so."""
        return TITLES[self.about]

    @property
    def state(self) -> str:
        """``absent`` where the account has no such resource, else ``fail``, as the audit judges them."""
        return "absent" if self.about == "drift" and self.entry["live"] is None else "fail"

    @property
    def plane(self) -> str:
        """The side whose resource it names: that which waivers and baselines know it on."""
        return "terraform" if self.about == "drift" else "live"

    @property
    def quiet(self) -> tuple[str, str] | None:
        """Why it asks for nothing: ``waived`` or ``known``, with the words for it; else None.

        As of a control's deviation, ``--fail-on`` has no say in it.
        """
        if self.entry["waiver"]:
            return "waived", str(self.entry["waiver"])
        return ("known", "it was there before") if self.entry["baseline"] == "known" else None

    @property
    def source(self) -> str:
        """The resource in Terraform; empty where there is none."""
        return str(self.entry["terraform"]["resource"]) if self.about == "drift" else ""

    @property
    def live(self) -> str:
        """The resource in the account; empty where there is none."""
        if self.about == "unmanaged":
            return str(self.entry["resource"])
        return str(self.entry["live"]["resource"]) if self.entry["live"] else ""

    @property
    def name(self) -> str:
        """What people call the resource, as far as it has a name."""
        return str(self.entry.get("name") or self.entry["key"] or "")

    @property
    def path(self) -> str:
        """The attribute that differs; empty where it is the resource as a whole."""
        return str(self.entry.get("path") or "")

    @property
    def origin(self) -> Part:
        """Where both sides have it: ``file``, ``line``, ``calls`` in the source and ``arn`` in the account."""
        written = self.entry["terraform"]["origin"] if self.about == "drift" else None
        return {**(written or {}), "arn": self.live or None}

    @property
    def spec(self) -> tuple[str, int | None]:
        """The file and line of the spec that expects the resource in Terraform; empty for drift."""
        said = str(self.entry.get("spec") or "")
        file, _, line = said.rpartition(":")
        return (file, int(line)) if file and line.isdecimal() else (said, None)

    @property
    def place(self) -> Part:
        """Where to mend it: in the source; of what is not there, where a spec says that it should be."""
        if self.origin.get("file"):
            return self.origin
        file, line = self.spec
        return {"file": file or ".", **({"line": line} if line else {})}

    @property
    def cause(self) -> str:
        """What is wrong, and where Terraform's value comes from if nobody wrote it."""
        if self.about == "unmanaged":
            return "is not in Terraform"
        default = self.entry["terraform"]["default"]
        said = "differs in the account" if self.entry["live"] else "is not in the account"
        return f"{said}; {Labels()('drift.default')}: {default}" if default else said

    def values(self, limit: int | None = None) -> tuple[str, str]:
        """What Terraform says and what the account has, as text; empty where nothing is there."""
        sides = (self.entry.get("terraform"), self.entry.get("live"))
        ours, theirs = (side["value"] if side else None for side in sides)
        return _text(ours, limit), _text(theirs, limit)

    def said(self, labels: Labels, limit: int = 200) -> str:
        """What is said of it in one line, each value at most ``limit`` characters long."""
        if self.about == "unmanaged":
            return visible(f"{labels('unmanaged')}: {self.entry['kind']} {self.live}")
        if not self.live:
            return visible(f"{self.source}: {labels('drift.missing')}")
        ours, theirs = (text or "–" for text in self.values(limit))
        both = f"{labels('plane.terraform')} {ours}, {labels('plane.live')} {theirs}"
        return visible(f"{self.source} {self.path}: {both}")


def differences(run: Mapping[str, Any]) -> list[Difference]:
    """Every one that no control says: drift first, in each what fails the run first, then by severity."""
    told = [("drift", one) for one in drifted.drift(run)] + [("unmanaged", one) for one in drifted.unmanaged(run)]
    own = [(about, one) for about, one in told if not one["controls"]]
    places = [_place(about, one) for about, one in own]
    shared = Counter(places)
    found = []
    for (about, one), place in zip(own, places, strict=True):
        # A name of the account need not be one resource's alone: only the identity tells those apart.
        named = json.dumps([place, *_identities(one)], ensure_ascii=True) if shared[place] > 1 else place
        found.append(Difference(about, one, hashlib.sha256(named.encode("ascii")).hexdigest()))
    return found


def _place(about: str, one: Mapping[str, Any]) -> str:
    resource = one["terraform"]["resource"] if about == "drift" else one["resource"]
    named = one["key"] if one["key"] is not None else resource
    place = [about, one["kind"], named, one["account"], one["region"], one.get("path", "")]
    return json.dumps(place, ensure_ascii=True)


def _identities(one: Mapping[str, Any]) -> list[str | None]:
    sides = (one, one.get("terraform") or {}, one.get("live") or {})
    return [side.get("resource") for side in sides]


def _text(value: Any, limit: int | None) -> str:
    return "" if value is None else value_text(value, limit)
