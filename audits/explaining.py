"""What is known of one control before any run: the data that ``audits explain`` shows. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from audits.codec import encode
from audits.model import PLANES, Control, Spec
from audits.relation import Relation
from audits.waiver_files import entry
from audits.waivers import Force, Waiver


def explained(
    control: Control, specs: Iterable[Spec], waivers: Iterable[Waiver], relations: Mapping[str, Relation], today: date
) -> dict[str, Any]:
    """A control as plain data.

    ``{id, title, severity, basis, basis_reason, theme, spec, sha256, line, clause, also, planes, left_out, accounts,
    regions, relation, kinds, files, body, frameworks, remedy, planned, waivers, contradictions}``; ``left_out``
    are the planes on which it is not judged; a waiver has the keys of :func:`audits.waiver_files.entry` and ``state``.
    """
    found = list(specs)
    relation = relations[control.relation]
    own = ("id", "title", "severity", "basis", "basis_reason", "theme", "spec", "line", "remedy", "planned")
    return {
        **{name: getattr(control, name) for name in own},
        "sha256": next((one.sha256 for one in found if one.path == control.spec), None),
        "clause": asdict(control.clause),
        "also": [asdict(one) for one in control.also],
        "planes": list(control.planes),
        "left_out": [plane for plane in PLANES if plane not in control.planes],
        "accounts": list(control.scope.accounts),
        "regions": list(control.scope.regions),
        "relation": control.relation,
        "kinds": sorted(relation.kinds(control.body)),
        "files": sorted({one.path for one in relation.files(control.body)}),
        "body": encode(dict(control.body)),
        "frameworks": {name: list(ids) for name, ids in control.frameworks.items()},
        "waivers": [{**entry(one), "state": _force(one, today)} for one in waivers if one.control == control.id],
        "contradictions": _contradictions(control, found),
    }


def _force(waiver: Waiver, today: date) -> str:
    """What can be told of a waiver without a run."""
    if waiver.expired(today):
        return str(Force.EXPIRED)
    return str(Force.OVER_BROAD if waiver.over_broad else Force.IN_FORCE)


def _contradictions(control: Control, specs: Sequence[Spec]) -> list[dict[str, Any]]:
    """Those that name the control, and those that a statement of which is its clause."""
    cited = {(one.section, one.row, one.states) for one in (control.clause, *control.also)}
    return [
        {
            "id": one.id,
            "title": one.title,
            "ruling": one.ruling,
            "why": one.why,
            "place": f"{one.spec}:{one.line}",
            "statements": [{**asdict(said.clause), "wins": said.wins} for said in one.statements],
        }
        for spec in specs
        for one in spec.contradictions
        if control.id in one.controls
        or any((said.clause.section, said.clause.row, said.clause.states) in cited for said in one.statements)
    ]
