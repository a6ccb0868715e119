"""A run as plain data: everything a report shows, assembled once, so that no renderer has to derive anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from importlib import metadata
from typing import Any
from zoneinfo import ZoneInfo

from audits import contradictions, costs, coverage, kinds
from audits.baseline import fingerprint
from audits.citation import Cited, entries, page_findings
from audits.codec import encode, encode_finding, encode_gap, encode_origin, encode_verdict
from audits.contradictions import Looked
from audits.coverage import Coverage
from audits.document import Page
from audits.document import Standing as ClauseStanding
from audits.drift import entries as entries_of
from audits.drift.report import PLANE, Comparison, Entry
from audits.judge import Judgement, Result, Row
from audits.model import (
    BILL,
    FILE,
    SEVERITIES,
    Clause,
    Control,
    Observation,
    Plane,
    Severity,
    Spec,
    Standing,
    State,
    Verdict,
)
from audits.waiver_files import entry
from audits.waivers import Used

SCHEMA = "glimpse-audit/run/v1"
_TOOLS = ("pytest", "boto3", "python-hcl2", "jsonschema")


@dataclass(frozen=True, slots=True)
class Policy:
    """What decides the exit status.

    ``known``: fingerprints of deviations in the baseline, None without one. ``brings``: whether a deviation is the
    doing of the change that is audited, None where no change is. ``fail_on``: the least severity that counts.
    ``strict``: whether what could not be read, or is unknown on every plane, counts.
    """

    known: frozenset[str] | None = None
    fail_on: Severity = "info"
    strict: bool = False
    brings: Callable[[str, Plane, Verdict], bool] | None = None

    def counts(self, control: Control) -> bool:
        """Whether a deviation of this control can fail the run."""
        return control.planned is None and SEVERITIES.index(control.severity) <= SEVERITIES.index(self.fail_on)

    def is_quiet(self, control: Control, plane: Plane, verdict: Verdict) -> bool:
        """Whether a deviation asks for nothing: it is waived, or the baseline already has it."""
        return verdict.waiver is not None or self.is_known(control, plane, verdict)

    def is_known(self, control: Control, plane: Plane, verdict: Verdict) -> bool:
        """Whether the deviation was there before: the baseline has it, or the change did not bring it."""
        return self.why_known(control, plane, verdict) is not None

    def why_known(self, control: Control, plane: Plane, verdict: Verdict) -> str | None:
        """How it is known that the deviation was there before; None if it was not, as far as is known."""
        if self.known is not None and fingerprint(control.id, plane, verdict) in self.known:
            return "known since the baseline"
        if self.brings is not None and not self.brings(control.id, plane, verdict):
            return "older than the change"
        return None

    @property
    def compares(self) -> bool:
        """Whether there is anything earlier to compare with."""
        return self.known is not None or self.brings is not None


@dataclass(frozen=True, slots=True)
class Facts:
    """What a run was made of, for the record. ``replay`` names the saved run whose observations were judged again.

    ``page`` is the document, ``cited`` the clauses that were looked up in it, ``looked`` where it contradicts itself,
    ``covered`` all that the specs say of it. ``policies``: what Checkov says, as :mod:`audits.policy_summary` lays it
    out. ``comparison`` is that of the planes. ``changed_since`` is the commit that the source is compared with.
    ``chains``: what is drawn of a control's port chain, by its id.
    """

    started: datetime
    finished: datetime
    timezone: str
    observations: Mapping[Plane, Observation]
    specs: Sequence[Spec] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    git: Mapping[str, Any] | None = None
    replay: Mapping[str, Any] | None = None
    page: Page | None = None
    cited: Sequence[Cited] = ()
    waivers: Sequence[Used] = ()
    changed_since: Mapping[str, Any] | None = None
    policies: Mapping[str, Any] | None = None
    comparison: Comparison | None = None
    chains: Mapping[str, Any] = field(default_factory=dict)
    looked: Sequence[Looked] = ()
    covered: Coverage = field(default_factory=Coverage)


def exit_status(results: Sequence[Result], policy: Policy) -> int:
    """0 for nothing to act on, 1 for deviations (with ``strict`` also for what could not be decided)."""
    counted = [result for result in results if policy.counts(result.control)]
    if any(new_deviations(result, policy) for result in counted):
        return 1
    if policy.strict and any(undecided_on_every_plane(result) for result in counted):
        return 1
    return 0


def clause_status(cited: Sequence[Cited], policy: Policy) -> int:
    """1 where a clause changed that the baseline has as standing (with ``strict`` also where it cannot be told)."""
    acting = {ClauseStanding.CHANGED, *([ClauseStanding.UNREADABLE] if policy.strict else ())}
    return int(any(one.citation.standing in acting and not one.known and policy.counts(one.control) for one in cited))


def acting(comparison: Comparison, policy: Policy) -> list[Entry]:
    """What of the comparison asks for something: no waiver covers it, the baseline and no control has it."""
    return [entry for entry in comparison.entries if _fails(entry, policy)]


def _fails(entry: Entry, policy: Policy) -> bool:
    quiet = policy.is_quiet(entry.control, PLANE[entry.about], entry.verdict)
    return policy.counts(entry.control) and not entry.controls and not quiet


def _told(entry: Entry, policy: Policy) -> dict[str, Any]:
    known = policy.is_known(entry.control, PLANE[entry.about], entry.verdict)
    baseline = None if not policy.compares else ("known" if known else "new")
    return {"baseline": baseline, "fails": _fails(entry, policy)}


def comparison_status(comparison: Comparison | None, policy: Policy) -> int:
    """1 where drift, or what is unmanaged, asks for something (with ``strict`` also where a gap may hide some)."""
    if comparison is None:
        return 0
    return int(bool(acting(comparison, policy)) or (policy.strict and comparison.unreadable))


def waiver_status(waivers: Sequence[Used]) -> int:
    """1 where a waiver is expired, over-broad or unused."""
    return int(any(one.force.fails for one in waivers))


def new_deviations(result: Result, policy: Policy) -> list[tuple[Plane, Verdict]]:
    """The control's deviations that are neither in the baseline nor waived."""
    return [
        (plane, verdict)
        for plane, judgement in result.judgements.items()
        for verdict in judgement.verdicts
        if verdict.state.deviates and not policy.is_quiet(result.control, plane, verdict)
    ]


def undecided_on_every_plane(result: Result) -> bool:
    """Whether anything was unreadable, or unknown with no plane that decides it."""
    states = [verdict.state for judgement in result.judgements.values() for verdict in judgement.verdicts]
    if State.UNREADABLE in states:
        return True
    return any(
        all(verdict is None or verdict.state is State.UNKNOWN for verdict in (row.terraform, row.live))
        for row in result.rows
    )


def outcome(result: Result) -> str:
    """``fail``, ``undecided`` or ``pass``: fail beats undecided beats pass."""
    states = [judgement.state for judgement in result.judgements.values()]
    if any(state.deviates for state in states):
        return "fail"
    return "undecided" if any(state.undecided for state in states) else "pass"


def assemble(results: Sequence[Result], facts: Facts, policy: Policy, status: int) -> dict[str, Any]:
    """The whole run as JSON data, as ``reports/schema/run.v1.schema.json`` describes it."""
    observations = [facts.observations[plane] for plane in sorted(facts.observations, reverse=True)]
    gaps = [gap for observation in observations for gap in observation.gaps]
    return {
        "schema": SCHEMA,
        "run": _run(facts),
        "controls": [_control(result, policy, facts.chains) for result in results],
        "gaps": [encode_gap(gap) for gap in gaps],
        "findings": [
            *(encode_finding(finding) for one in observations for finding in one.findings),
            *(_of_page(facts.page, facts) if facts.page else ()),
        ],
        **_compared(facts.comparison, policy),
        "document": entries(facts.cited),
        "cost": costs.tables(results),
        "contradictions": contradictions.entries(facts.looked),
        "coverage": coverage.entry(facts.covered),
        "waivers": [
            {**entry(one.waiver), "state": str(one.force), "fails": one.force.fails, "covers": one.covers}
            for one in facts.waivers
        ],
        "policies": dict(facts.policies) if facts.policies else None,
        "summary": _summary(results, facts, policy, status),
    }


def _compared(found: Comparison | None, policy: Policy) -> dict[str, Any]:
    if found is None:
        return {"drift": [], "unmanaged": [], "drift_coverage": None}
    told = partial(_told, policy=policy)
    return {
        "drift": entries_of.drift(found, told),
        "unmanaged": entries_of.unmanaged(found, told),
        "drift_coverage": entries_of.coverage(found, kinds.registry()),
    }


def _of_page(page: Page, facts: Facts) -> list[dict[str, Any]]:
    """What is wrong with the document that no clause of a control says."""
    return [
        *page_findings(page, _local(facts).date()),
        *contradictions.findings(facts.looked, page),
        *coverage.findings(facts.covered, page),
    ]


def _run(facts: Facts) -> dict[str, Any]:
    zone = ZoneInfo(facts.timezone)
    live = facts.observations.get("live")
    return {
        "id": facts.started.strftime("%Y%m%dT%H%M%S.%fZ"),
        "started": _utc(facts.started),
        "finished": _utc(facts.finished),
        "timezone": facts.timezone,
        "started_local": facts.started.astimezone(zone).isoformat(timespec="seconds"),
        "finished_local": facts.finished.astimezone(zone).isoformat(timespec="seconds"),
        "caller": live.caller if live else None,
        "accounts": list(live.accounts) if live else [],
        "regions": list(live.regions) if live else [],
        "git": dict(facts.git) if facts.git else None,
        "document": {"path": facts.page.path, "sha256": facts.page.sha256} if facts.page else None,
        "specs": {spec.path: spec.sha256 for spec in facts.specs},
        "tools": {name: metadata.version(name) for name in _TOOLS} | _checkov(facts),
        "options": dict(facts.options),
        "planes": sorted(facts.observations, reverse=True),
        "source": {plane: observation.source for plane, observation in facts.observations.items()},
        "observations": {plane: _observed(observation) for plane, observation in facts.observations.items()},
        "replay": dict(facts.replay) if facts.replay else None,
        "changed_since": dict(facts.changed_since) if facts.changed_since else None,
        # Comments in Terraform source are read with it: a saved run is judged again without the source.
        "source_waivers": [entry(one.waiver) for one in facts.waivers if one.waiver.line is not None],
    }


def _checkov(facts: Facts) -> dict[str, str | None]:
    """The version of Checkov, None where it was asked and did not say."""
    return {"checkov": facts.policies["version"] or None} if facts.policies else {}


def _observed(observation: Observation) -> dict[str, Any]:
    """When a plane was read, and how much of it; whoever keeps the observation adds where it is."""
    kinds = None if observation.kinds is None else list(observation.kinds)
    return {
        "started": observation.started,
        "finished": observation.finished,
        "kinds": kinds,
        "calls": len(observation.calls),
    }


def _local(facts: Facts) -> datetime:
    """When the run began, in the owner's time zone: whether a day is past is a question of the owner's calendar."""
    return facts.started.astimezone(ZoneInfo(facts.timezone))


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _control(result: Result, policy: Policy, chains: Mapping[str, Any]) -> dict[str, Any]:
    control = result.control
    fresh = new_deviations(result, policy)
    deviates = any(judgement.state.deviates for judgement in result.judgements.values())
    return {
        "id": control.id,
        "spec": control.spec,
        "line": control.line,
        "title": control.title,
        "severity": control.severity,
        "theme": control.theme,
        "basis": control.basis,
        "basis_reason": control.basis_reason,
        "clause": _clause(control.clause),
        "also": [_clause(clause) for clause in control.also],
        "frameworks": {name: list(ids) for name, ids in control.frameworks.items()},
        "remedy": control.remedy,
        "kind": control.body.get("kind"),
        "relation": control.relation,
        "standing": str(result.standing),
        "planned": control.planned,
        "reached_early": control.planned is not None and outcome(result) == "pass",
        "scope": {"accounts": list(control.scope.accounts), "regions": list(control.scope.regions)},
        "outcome": outcome(result),
        "baseline": None if not policy.compares or not deviates else ("new" if fresh else "known"),
        "planes": {plane: _judgement(control, judgement, policy) for plane, judgement in result.judgements.items()},
        "rows": [_row(row) for row in result.rows],
        **({"chain": chains[control.id]} if control.id in chains else {}),
    }


def _judgement(control: Control, judgement: Judgement, policy: Policy) -> dict[str, Any]:
    verdicts = []
    for verdict in judgement.verdicts:
        known = policy.compares and verdict.state.deviates
        found = policy.why_known(control, judgement.check.plane, verdict) if known else None
        verdicts.append({**encode_verdict(verdict), "known": found} if found else encode_verdict(verdict))
    return {"examined": judgement.examined, "state": str(judgement.state), "verdicts": verdicts}


def _clause(clause: Clause) -> dict[str, Any]:
    return {
        "document": clause.document,
        "section": clause.section,
        "row": clause.row,
        "states": clause.states,
        "line": clause.line,
    }


def _row(row: Row) -> dict[str, Any]:
    return {
        "key": row.key,
        "path": row.path,
        "expected": encode(row.expected),
        "standing": str(row.standing),
        "terraform": _cell(row.terraform),
        "live": _cell(row.live),
    }


def _cell(verdict: Verdict | None) -> dict[str, Any] | None:
    if verdict is None:
        return None
    return {
        "state": str(verdict.state),
        "resource": verdict.resource,
        "actual": encode(verdict.actual),
        "origin": encode_origin(verdict.origin),
        "cause": verdict.cause,
        "mend": verdict.mend,
    }


def _summary(results: Sequence[Result], facts: Facts, policy: Policy, status: int) -> dict[str, Any]:
    due = [result for result in results if result.control.planned is None]
    planned = [result for result in results if result.control.planned is not None]
    deviating = [result for result in due if outcome(result) == "fail"]
    fresh = [result for result in deviating if new_deviations(result, policy)]
    standings = Counter(str(result.standing) for result in results)
    verdicts = {
        plane: Counter(
            str(verdict.state)
            for result in results
            if plane in result.judgements
            for verdict in result.judgements[plane].verdicts
        )
        for plane in facts.observations
    }
    return {
        "controls": {str(one): standings[str(one)] for one in Standing if standings[str(one)]},
        "verdicts": {plane: dict(sorted(counted.items())) for plane, counted in verdicts.items()},
        "deviations": len(deviating),
        "drift": len(facts.comparison.of("drift")) if facts.comparison else None,
        "unmanaged": len(facts.comparison.of("unmanaged")) if facts.comparison else None,
        "new_deviations": len(fresh) if policy.compares else None,
        "undecided": sum(outcome(result) == "undecided" for result in due),
        "planned": {"controls": len(planned), "reached_early": sum(outcome(one) == "pass" for one in planned)},
        "gaps": sum(len(observation.gaps) for observation in facts.observations.values()),
        "resources": {
            plane: sum(resource.kind not in (FILE, BILL) for resource in one.resources)
            for plane, one in facts.observations.items()
        },
        "clauses": {
            str(standing): sum(one.citation.standing is standing for one in facts.cited) for standing in ClauseStanding
        },
        "exit_status": status,
    }


def printable(text: str) -> str:
    """The text with whatever a terminal would obey, or not show, as escapes."""
    return text if text.isprintable() else "".join(one if one.isprintable() else repr(one)[1:-1] for one in text)
