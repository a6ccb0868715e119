"""Joining the runs of several accounts, regions or shards into one. Pure.

A control that several runs judged has the verdicts of all of them, and the worst standing. Nothing is paired anew: runs
of different planes cannot be joined, for how document, Terraform and account stand would have to be judged again.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from audits.model import STATE_ORDER, Standing
from reports.order import OUTCOME_ORDER, Part
from reports.report import ReportError, Run
from reports.text import visible

_OUTCOMES, _STATES, _STANDINGS = (
    OUTCOME_ORDER,
    tuple(str(state) for state in STATE_ORDER),
    tuple(str(standing) for standing in Standing),
)
_FORCES = ("in force", "over-broad", "expired", "not decided", "unused")
"""What a waiver is in the whole: it is unused only if it is so in every run."""


def merge(runs: Sequence[Run]) -> Run:
    """One run of several.

    Raises:
        ReportError: fewer than two runs, the same run twice, or runs that are not of the same specs and planes.
    """
    _check(runs)
    joined: Run = {}
    for key in dict.fromkeys(key for run in runs for key in run):
        if key not in ("run", "controls", "summary", "waivers", "history", "drift_coverage"):
            joined[key] = _join([run[key] for run in runs if key in run])
    joined["run"] = _about(runs)
    joined["controls"] = _controls(runs)
    joined["waivers"] = _waivers(runs)
    joined["drift_coverage"] = _coverage([run["drift_coverage"] for run in runs if run.get("drift_coverage")])
    joined["summary"] = _summary(runs, joined)
    return joined


def _check(runs: Sequence[Run]) -> None:
    if len(runs) < 2:
        raise ReportError("merge wants two runs or more")
    twice = [name for name, count in Counter(run["run"]["id"] for run in runs).items() if count > 1]
    if twice:
        raise ReportError(f"run {visible(twice[0])} is given twice")
    first = runs[0]["run"]
    for run in runs[1:]:
        about = run["run"]
        if set(about["planes"]) != set(first["planes"]):
            sides = " and ".join(" + ".join(one["planes"]) or "none" for one in (first, about))
            raise ReportError(
                f"runs of different planes ({sides}) cannot be joined: audit both planes in one run, "
                "and divide it by account, region or --shard"
            )
        for path in sorted(set(about["specs"]) & set(first["specs"])):
            if about["specs"][path] != first["specs"][path]:
                raise ReportError(
                    f"run {visible(about['id'])} was made with another version of {visible(path)} than "
                    f"run {visible(first['id'])}"
                )


def _about(runs: Sequence[Run]) -> Part:
    parts = [run["run"] for run in runs]
    first = min(parts, key=lambda about: str(about["started"]))
    last = max(parts, key=lambda about: str(about["finished"]))
    callers = list(dict.fromkeys(about["caller"] for about in parts if about.get("caller")))
    merged = [
        {name: about[name] for name in ("id", "started", "finished", "accounts", "regions")}
        | {"caller": about.get("caller"), "exit_status": run["summary"]["exit_status"]}
        for run, about in ((run, run["run"]) for run in runs)
    ]
    joined = _join(parts)
    return {
        **joined,
        "id": f"{first['id']}+{len(runs) - 1}",
        "started": first["started"],
        "finished": last["finished"],
        "started_local": first["started_local"],
        "finished_local": last.get("finished_local", last["finished"]),
        "caller": callers[0] if len(callers) == 1 else None,
        # Each run has its own evidence; what is joined has none beside it.
        "observations": {},
        "merged": merged,
    }


def _controls(runs: Sequence[Run]) -> list[Part]:
    found: dict[str, list[Part]] = {}
    for run in runs:
        for control in run["controls"]:
            found.setdefault(control["id"], []).append(control)
    return [_control(parts) for parts in found.values()]


def _control(parts: Sequence[Part]) -> Part:
    if len(parts) == 1:
        return parts[0]
    planes: dict[str, list[Part]] = {}
    for part in parts:
        for plane, judged in part["planes"].items():
            planes.setdefault(plane, []).append(judged)
    return {
        **parts[0],
        "standing": _worst((part["standing"] for part in parts), _STANDINGS),
        "outcome": _worst((part["outcome"] for part in parts), _OUTCOMES),
        "baseline": _baseline(parts),
        "planes": {plane: _judged(found) for plane, found in planes.items()},
        "rows": _union(part["rows"] for part in parts),
    }


def _baseline(parts: Sequence[Part]) -> str | None:
    """``new`` where any is; ``known`` only where every part that deviates is: else one was never compared."""
    said = {part.get("baseline") for part in parts if part["outcome"] == "fail"}
    if "new" in said:
        return "new"
    return "known" if said == {"known"} else None


def _judged(parts: Sequence[Part]) -> Part:
    verdicts = _union(part["verdicts"] for part in parts)
    # Resources that several runs examined count once, as far as they are named.
    named = {(one.get("account"), one.get("region"), one["resource"]) for one in verdicts if one.get("resource")}
    return {
        "examined": max(len(named), *(part["examined"] for part in parts)),
        "state": _worst((part["state"] for part in parts), _STATES),
        "verdicts": verdicts,
    }


def _waivers(runs: Sequence[Run]) -> list[Part]:
    found: dict[str, list[Part]] = {}
    for run in runs:
        for one in run["waivers"]:
            same = {name: value for name, value in one.items() if name not in ("state", "fails", "covers")}
            found.setdefault(_text(same), []).append(one)
    return [_waiver(parts) for parts in found.values()]


def _waiver(parts: Sequence[Part]) -> Part:
    state = _worst((part["state"] for part in parts), _FORCES)
    said = next(part for part in parts if part["state"] == state)
    return {**said, "covers": sum(part["covers"] for part in parts)}


def _summary(runs: Sequence[Run], joined: Run) -> Part:
    controls = joined["controls"]
    # What is not due yet is neither a deviation nor undecided.
    due = [control for control in controls if not control.get("planned")]
    early = sum(control["outcome"] == "pass" for control in controls if control.get("planned"))
    summary: Part = _join([run["summary"] for run in runs])
    compared = any(run["summary"].get("new_deviations") is not None for run in runs)
    summary |= {
        "controls": dict(Counter(control["standing"] for control in controls)),
        "verdicts": {plane: _counted(controls, plane) for plane in joined["run"]["planes"]},
        "deviations": sum(control["outcome"] == "fail" for control in due),
        "undecided": sum(control["outcome"] == "undecided" for control in due),
        "new_deviations": sum(control.get("baseline") == "new" for control in controls) if compared else None,
        "gaps": len(joined["gaps"]),
        "resources": {plane: _resources(runs, plane) for plane in joined["run"]["planes"]},
        **{name: len(joined[name]) if joined["drift_coverage"] else None for name in ("drift", "unmanaged")},
        "exit_status": max(int(run["summary"]["exit_status"]) for run in runs),
    }
    if "planned" in summary:
        summary["planned"] = {"controls": len(controls) - len(due), "reached_early": early}
    if "clauses" in summary:
        summary["clauses"] = dict(Counter(one["state"] for one in joined["document"]))
    return summary


def _coverage(found: Sequence[Part]) -> Part | None:
    """How much was compared in all of them: figures added up, as each was of an account or region of its own."""
    if len(found) < 2:
        return found[0] if found else None
    resources = [one["resources"] for one in found]
    reasons: Counter[str] = Counter()
    kinds: dict[str, int] = {}
    for one in found:
        reasons.update(one["reasons"])
        for entry in one["kinds_not_compared"]:
            kinds[entry["kind"]] = max(kinds.get(entry["kind"], 0), entry["resources"])
    asked = any(one["unmanaged"]["asked"] for one in found)
    return {
        **_join(found),
        "resources": _added(resources) | {"at_least": any(one["at_least"] for one in resources)},
        "attributes": _added([one["attributes"] for one in found]),
        "reasons": dict(sorted(reasons.items())),
        "kinds_not_compared": [{"kind": name, "resources": number} for name, number in sorted(kinds.items())],
        "unmanaged": _join([one["unmanaged"] for one in found]) | {"asked": asked},
    }


def _added(parts: Sequence[Part]) -> Part:
    return {name: sum(part[name] for part in parts) for name in ("compared", "all")}


def _resources(runs: Sequence[Run], plane: str) -> int:
    """Resources read: shards of one account read the same ones, accounts and regions others. Source is one."""
    counts: dict[str, int] = {}
    for run in runs:
        about = run["run"]
        where = _text([about["accounts"], about["regions"]] if plane == "live" else about["source"].get(plane))
        counts[where] = max(counts.get(where, 0), int(run["summary"]["resources"].get(plane, 0)))
    return sum(counts.values())


def _counted(controls: Iterable[Part], plane: str) -> dict[str, int]:
    parts = (control["planes"][plane] for control in controls if plane in control["planes"])
    return dict(sorted(Counter(verdict["state"] for part in parts for verdict in part["verdicts"]).items()))


def _join(values: Sequence[Any]) -> Any:
    """Lists joined without repeats, objects key by key, and of anything else the first."""
    if all(isinstance(value, list) for value in values):
        return _union(values)
    tables = [value for value in values if isinstance(value, dict)]
    if not tables:
        return values[0]
    return {
        key: _join([one[key] for one in tables if key in one])
        for key in dict.fromkeys(k for one in tables for k in one)
    }


def _union(lists: Iterable[Sequence[Any]]) -> list[Any]:
    return list({_text(one): one for found in lists for one in found}.values())


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=True)


def _worst(found: Iterable[str], order: Sequence[str]) -> str:
    rank = {name: number for number, name in enumerate(order)}
    return min(found, key=lambda name: rank.get(name, len(order)))
