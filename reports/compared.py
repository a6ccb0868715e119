"""Drift and unmanaged resources in the shape of controls, for what follows deviations from run to run.

They are no controls: nobody wrote them down, and reports show them in parts of their own. But whoever asks what is new
since last night means them, too. What a control says already is left out, so that nothing counts twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reports import drifted
from reports.differences import TITLES
from reports.order import SEVERITY_ORDER, Part


def with_comparison(run: Mapping[str, Any]) -> dict[str, Any]:
    """The run with drift and unmanaged resources among its controls, where the planes were compared."""
    if drifted.coverage(run) is None:
        return dict(run)
    return {**run, "controls": [*run["controls"], *(_control(run, about) for about in TITLES)]}


def _control(run: Mapping[str, Any], about: str) -> Part:
    entries = [entry for entry in run[about] if not entry.get("controls")]
    verdicts = [_verdict(about, entry) for entry in entries]
    if run["gaps"]:
        # What is gone from view need not be mended.
        verdicts.append(_blank() | {"state": "unknown", "cause": "something could not be read"})
    states = [verdict["state"] for verdict in verdicts]
    state = "fail" if "fail" in states else "unknown" if states else "pass"
    severities = [entry["severity"] for entry in entries]
    return {
        "id": about,
        "title": TITLES[about],
        "severity": min(severities, key=SEVERITY_ORDER.index, default="medium"),
        "spec": "",
        "line": 1,
        "theme": about,
        "basis": "rule",
        "clause": {"document": "", "section": "", "row": "", "states": "", "line": None},
        "frameworks": {},
        "remedy": "",
        "standing": "drift" if "fail" in states else "agrees",
        "outcome": {"fail": "fail", "unknown": "undecided"}.get(state, "pass"),
        "planned": None,
        "baseline": None,
        "kind": None,
        "relation": None,
        "planes": {"live": {"examined": len(entries), "state": state, "verdicts": verdicts}},
        "rows": [],
    }


def _verdict(about: str, entry: Mapping[str, Any]) -> Part:
    ours, theirs = entry.get("terraform") or {}, entry.get("live") or {}
    known = {"known": "known since the baseline"} if entry["baseline"] == "known" else {}
    return _blank() | {
        "state": "fail",
        "path": entry.get("path") or "",
        "resource": theirs.get("resource") or ours.get("resource") or entry.get("resource"),
        "expected": ours.get("value"),
        "actual": theirs.get("value"),
        "origin": ours.get("origin"),
        "cause": "Terraform and the account differ" if about == "drift" else "no Terraform manages it",
        "account": entry["account"],
        "region": entry["region"],
        "waiver": entry["waiver"],
        **known,
    }


def _blank() -> Part:
    names = ("resource", "key", "account", "region", "expected", "actual", "origin", "waiver")
    return {"path": "", "cause": "", "mend": "", **dict.fromkeys(names)}
