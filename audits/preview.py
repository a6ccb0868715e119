"""What a run of the specs would do, before any is made: the data that ``audits plan`` shows. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from audits import plan
from audits.kind import Kind
from audits.model import PLANES, Control, Spec
from audits.planes.live.actions import IDENTITY_ACTION, iam_action
from audits.relation import Relation


def preview(
    specs: Sequence[Spec], relations: Mapping[str, Relation], kinds: Mapping[str, Kind], *, last: int | None = None
) -> dict[str, Any]:
    """``{checks, controls, kinds, actions, calls, planned, left_out, not_audited}``, plain data.

    ``checks``: ``{id, plane, severity, relation, spec, line, reads, planned}``. ``kinds``: by name ``{live,
    operations}``, those of comparing the planes included. ``actions``: the IAM actions, as ``audits policy`` grants
    them. ``calls``: ``{operations, last}``: how many different operations may be asked, and how many calls the
    last run made. How many it comes to depends on what is there: a listing has pages, a detail is a call a resource.
    ``left_out``: ``{id, plane, why}``, the planes on which a control is not judged.
    """
    checks = plan.checks(specs, PLANES)
    controls = [control for one in specs for control in one.controls]
    compared = plan.kinds_compared(specs, relations, kinds)
    needed = {one.type: one for one in (*plan.kinds_needed(checks, relations, kinds), *compared)}
    live = {one.type for one in compared}
    asked = {name: sorted({f"{read.service}:{read.operation}" for read in needed[name].reads}) for name in live}
    actions = {iam_action(read) for name in live for read in needed[name].reads}
    return {
        "checks": [
            {
                "id": check.control.id,
                "plane": check.plane,
                "severity": check.control.severity,
                "relation": check.control.relation,
                "spec": check.control.spec,
                "line": check.control.line,
                "reads": reads(check.control, relations),
                "planned": check.control.planned,
            }
            for check in checks
        ],
        "controls": len(controls),
        "kinds": {name: {"live": name in live, "operations": asked.get(name, [])} for name in sorted(needed)},
        "actions": sorted({IDENTITY_ACTION, *actions}) if live else [],
        "calls": {"operations": len({one for names in asked.values() for one in names}), "last": last},
        "planned": {control.id: control.planned for control in controls if control.planned},
        "left_out": [
            {"id": control.id, "plane": plane, "why": _why(control, relations)}
            for control in controls
            for plane in PLANES
            if plane not in control.planes
        ],
        "not_audited": [
            {"section": one.clause.section, "row": one.clause.row, "reason": one.reason, "spec": one.spec}
            for spec in specs
            for one in spec.not_audited
        ],
    }


def reads(control: Control, relations: Mapping[str, Relation]) -> list[str]:
    """The kinds, and the repository's files, that judging a control needs."""
    relation = relations[control.relation]
    return [*sorted(relation.kinds(control.body)), *sorted(one.path for one in relation.files(control.body))]


def _why(control: Control, relations: Mapping[str, Relation]) -> str:
    able = set(relations[control.relation].planes)
    return "the spec leaves it out" if able == set(PLANES) else f"the relation {control.relation} cannot tell it there"


def summary(found: Mapping[str, Any]) -> list[str]:
    """What the checks come to, in lines."""
    by_plane = {plane: sum(one["plane"] == plane for one in found["checks"]) for plane in PLANES}
    live = [name for name, one in found["kinds"].items() if one["live"]]
    calls = found["calls"]
    last = f"; the last run made {calls['last']}" if calls["last"] is not None else ""
    lines = [
        f"{len(found['checks'])} checks of {found['controls']} controls: "
        f"{by_plane['terraform']} of Terraform, {by_plane['live']} of the account",
        f"kinds read: {len(found['kinds'])}, of the account {len(live)} (comparing the planes included)",
        f"IAM actions: {len(found['actions'])} (python -m audits policy)",
        f"API calls: {calls['operations']} different operations, a listing a call a page, "
        f"a detail a call a resource, in each region{last}",
    ]
    lines += ["", "Not due yet:"] if found["planned"] else []
    lines += [f"  {name}: {text}" for name, text in found["planned"].items()]
    lines += ["", "Left out:"] if found["left_out"] else []
    for plane, why in dict.fromkeys((one["plane"], one["why"]) for one in found["left_out"]):
        names = ", ".join(one["id"] for one in found["left_out"] if (one["plane"], one["why"]) == (plane, why))
        lines.append(f"  [{plane}] {why}: {names}")
    if found["not_audited"]:
        lines += ["", f"Declared not to be audited: {len(found['not_audited'])} places of the document"]
    return lines
