"""What a run tells of an audit: its results, and what it was made of."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from audits import (
    contradictions,
    coverage,
    evidence,
    kinds,
    policy_summary,
    relations,
    waivers,
)
from audits.checkout import git_state
from audits.drift import report as drift
from audits.drift.report import Comparison
from audits.judge import Judgement, Result, combine
from audits.model import PLANES, Control, Gap, Observation, Plane
from audits.options import (
    shown_options,
)
from audits.run import Facts
from audits.session import Audit

_MEND_ERROR = "an error of this suite: report what --tb=short shows"


def results(audit: Audit) -> list[Result]:
    """What was judged, control by control."""
    found = []
    for control in audit.controls.values():
        judged = {
            plane: audit.judgements[control.id, plane]
            for plane in control.planes
            if (control.id, plane) in audit.judgements
        }
        if judged:
            found.append(combine(control, judged))
    return found


def facts(audit: Audit, config: pytest.Config) -> Facts:
    """What the run was made of."""
    source = audit.options.terraform
    replayed = audit.saved if audit.saved and "terraform" not in audit.options.planes else None
    found = _comparison(audit)
    recorded = [one for each in audit.specs for one in each.contradictions]
    return Facts(
        started=audit.started,
        finished=datetime.now(UTC),
        timezone=str(config.getini("audit_timezone")),
        observations=_with_errors(audit),
        specs=audit.specs,
        options=shown_options(config),
        git=replayed.run.get("git") if replayed else git_state(source or Path()),
        replay=_replay(audit.saved) if audit.saved else None,
        changed_since={"ref": audit.change.ref, "commit": audit.change.commit} if audit.change else None,
        page=audit.page,
        cited=audit.cited,
        chains={control.id: drawn for control in audit.controls.values() if (drawn := _chain(control)) is not None},
        waivers=waivers.used(audit.waivers, [*audit.judgements.values(), *_judgements(found)], audit.today),
        policies=_policies(audit),
        comparison=found,
        looked=contradictions.look_up(recorded, audit.page, [one.document for one in audit.specs]),
        covered=coverage.coverage(audit.specs, audit.page),
    )


def _policies(audit: Audit) -> dict[str, Any] | None:
    """What Checkov says, with what the specs decide about it; None where it was not asked."""
    source = audit.observations.get("terraform")
    if source is None or source.policies is None or audit.checkov is None:
        return None
    return policy_summary.summary(source, audit.specs, kinds.registry(), relations.registry())


def _judgements(found: Comparison | None) -> list[Judgement]:
    return [found.judgement(about) for about in drift.PLANE] if found else []


def _comparison(audit: Audit) -> Comparison | None:
    """What the comparison came to, if an item made one, beside the controls that were judged on both planes."""
    if not audit.compared:
        return None
    judged = [name for name in audit.controls if all((name, plane) in audit.judgements for plane in PLANES)]
    return audit.compare(judged)


def _chain(control: Control) -> Any:
    draws = relations.registry()[control.relation].chain
    return draws(control.body) if draws is not None else None


def _replay(saved: evidence.Saved) -> dict[str, Any]:
    return {"path": saved.path.as_posix(), **{name: saved.run.get(name) for name in ("id", "started", "finished")}}


def _with_errors(audit: Audit) -> dict[Plane, Observation]:
    """What was observed, with a gap for each check that an error of ours kept from a verdict: no report may hide it."""
    found = dict(audit.observations)
    for check in audit.checks:
        if check.name in audit.errors and check.plane in found:
            gap = Gap(check.plane, (), check.name, f"internal error: {audit.errors[check.name]}", mend=_MEND_ERROR)
            found[check.plane] = replace(found[check.plane], gaps=(*found[check.plane].gaps, gap))
    for name in ("test_drift", "test_unmanaged"):
        if name in audit.errors and "live" in found:
            gap = Gap("live", (), name, f"internal error: {audit.errors[name]}", mend=_MEND_ERROR)
            found["live"] = replace(found["live"], gaps=(*found["live"].gaps, gap))
    return found
