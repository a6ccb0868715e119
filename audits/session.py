"""One pytest session's audit: what it judges, how it comes to its observations, and what they are handed on as."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from audits import (
    baseline,
    changed,
    checkov,
    citation,
    contradictions,
    coverage,
    evidence,
    kinds,
    plan,
    policy_summary,
    progress,
    relations,
    sources,
    spec,
    waiver_files,
    waivers,
)
from audits.changed import Change
from audits.checkout import git_state
from audits.citation import Cited
from audits.codec import decode_observation, encode_observation
from audits.document import Citation, DocumentError, Page, Standing, read_page
from audits.drift import report as drift
from audits.drift.report import Comparison
from audits.judge import Judgement, Result, combine, judge_in
from audits.model import PLANES, Check, Control, Gap, Observation, Origin, Plane, PolicyScan, Spec
from audits.options import (
    checkov_of,
    not_with_replay,
    not_without_account,
    not_without_checkout,
    not_without_source,
    shard_of,
    shown_options,
    sources_of,
)
from audits.plan import Shard
from audits.run import Facts, Policy
from audits.views import Views
from audits.waivers import Waiver

_WRONG_INPUT = (
    *(spec.SpecError, baseline.BaselineError, evidence.EvidenceError),
    *(DocumentError, waiver_files.WaiverError),
)
_MEND_UNSEEN = "none but a local path as the module's source, and .tf rather than .tf.json or an override file"
_MEND_ERROR = "an error of this suite: report what --tb=short shows"


@dataclass
class Audit:
    """What one pytest session audits: filled as the session goes on.

    ``folder``: what the paths of specs are relative to. ``saved`` is the run that is judged again, if any: it
    stands in for each plane that is not read anew. ``kept`` holds what was observed, ``observations`` the same as
    these checks see it. ``page`` is the document itself, ``citations`` what became of each clause, by control;
    ``known_changes`` the controls whose clause the baseline has as changed already. ``today`` is the day in the
    owner's calendar. ``checkov`` is the executable to ask, None where it is left out. ``compared``: an item
    compared the planes with each other; ``comparison`` is what that came to, without the links to what controls
    say.
    """

    options: sources.Sources
    policy: Policy
    specs: tuple[Spec, ...]
    started: datetime
    files: frozenset[Path] = frozenset()
    folder: Path = Path()
    saved: evidence.Saved | None = None
    page: Page | None = None
    known_changes: frozenset[str] = frozenset()
    citations: dict[str, Citation] = field(default_factory=dict)
    today: date = date.max
    waivers: list[Waiver] = field(default_factory=list)
    kept: dict[Plane, Observation] = field(default_factory=dict)
    observations: dict[Plane, Observation] = field(default_factory=dict)
    judgements: dict[tuple[str, Plane], Judgement] = field(default_factory=dict)
    comparison: Comparison | None = None
    compared: bool = False
    errors: dict[str, str] = field(default_factory=dict)
    other_failed: bool = False
    handover: Path | None = None
    checkov: Path | None = None
    shard: Shard | None = None
    since: str | None = None
    change: Change | None = None
    views: Views = field(default_factory=lambda: Views(kinds.registry()))

    @property
    def left_out(self) -> frozenset[str]:
        """The relations that are not judged in this session."""
        return frozenset() if self.checkov else frozenset({policy_summary.RELATION})

    @property
    def checks(self) -> tuple[Check, ...]:
        """Every check that there is, chosen or not."""
        return tuple(check for one in self.specs for check in self.checks_of(one))

    def specs_at(self, path: Path) -> Sequence[Spec]:
        """The specs of one file."""
        return self._by_path.get(path.resolve(), ())

    @cached_property
    def _by_path(self) -> Mapping[Path, Sequence[Spec]]:
        found: dict[Path, list[Spec]] = {}
        for one in self.specs:
            found.setdefault((self.folder / one.path).resolve(), []).append(one)
        return found

    def checks_of(self, one: Spec) -> list[Check]:
        """The checks of a spec that belong to this session: those of its part, where they are divided."""
        found = plan.checks([one], self.planes, self.left_out)
        return [check for check in found if self.shard is None or self.shard.has(check.control.id)]

    def controls_of(self, one: Spec) -> list[Control]:
        """The controls of a spec that belong to this session."""
        return [control for control in one.controls if self.shard is None or self.shard.has(control.id)]

    @property
    def planes(self) -> tuple[Plane, ...]:
        """The planes that are judged."""
        replayed = self.saved.planes if self.saved else ()
        return tuple(plane for plane in PLANES if plane in self.options.planes or plane in replayed)

    @property
    def compares(self) -> bool:
        """Whether this session can compare the planes: both are there, and it is the first part of those divided."""
        return self.planes == PLANES and (self.shard is None or self.shard.number == 1)

    @cached_property
    def controls(self) -> dict[str, Control]:
        """Every control by its id."""
        return {control.id: control for one in self.specs for control in one.controls}

    @property
    def cited(self) -> list[Cited]:
        """Every clause that was looked up, in the order of the specs."""
        return [
            self.cite(control, self.citations[name])
            for name, control in self.controls.items()
            if name in self.citations
        ]

    def judge(self, check: Check) -> Judgement:
        """The verdicts of a check, with the waivers that cover them."""
        able = [one for one in self.waivers if one.control == check.control.id]
        found = self._judged(check)
        if not able:
            return found
        source = self.observations.get("terraform")
        blocks = {one.identity: (one.origin.file, one.origin.line) for one in source.resources} if source else {}
        inline = check.plane == "live" and source is not None and "terraform" in check.control.planes
        twins = self._judged(Check(check.control, "terraform")).verdicts if inline else ()
        return waivers.apply(found, able, self.today, blocks, twins)

    def _judged(self, check: Check) -> Judgement:
        view = self.views.of(self.observations[check.plane], check.control)
        return judge_in(check, view, relations.registry())

    def compare(self, chosen: Collection[str]) -> Comparison:
        """Terraform against the account, with the waivers that cover what differs.

        ``chosen``: the controls that the session judges on both planes; what one of them says is not said again. Where
        controls are divided, the others are judged in other parts.
        """
        if self.comparison is None:
            terraform, live = self.observations["terraform"], self.observations["live"]
            self.comparison = drift.comparison(terraform, live, kinds.registry(), self.specs)
        named = [control for name, control in self.controls.items() if name in chosen or self.shard is not None]
        found = drift.linked(self.comparison, [self._both(one) for one in named if one.planes == PLANES])
        blocks = {one.identity: (one.origin.file, one.origin.line) for one in found.terraform.resources}
        judged: dict[drift.About, Judgement] = {
            about: waivers.apply(found.judgement(about), self.waivers, self.today, blocks) for about in drift.PLANE
        }
        return drift.with_verdicts(found, judged)

    def _both(self, control: Control) -> Result:
        return combine(control, {plane: self._cached(Check(control, plane)) for plane in control.planes})

    def _cached(self, check: Check) -> Judgement:
        return self.judgements.get((check.control.id, check.plane)) or self._judged(check)

    def locate(self, control: Control) -> Citation:
        """What became of the control's clause in the document."""
        assert self.page is not None
        return citation.locate_in(control.clause, self.page, (one.document for one in self.specs))

    def cite(self, control: Control, found: Citation) -> Cited:
        """The clause with what the baseline knows of it."""
        return Cited(control, found, found.standing is Standing.CHANGED and control.id in self.known_changes)


def prepare(config: pytest.Config, files: Sequence[Path]) -> Audit:
    """The session's audit, nothing read yet.

    Raises:
        UsageError: options, specs, the baseline or the run to replay cannot be used.
    """
    root = config.invocation_params.dir
    options = sources_of(config)
    if not options.planes and not config.option.replay and not config.option.document:
        raise pytest.UsageError("no plane to audit: give --terraform DIR, --plan FILE or --state FILE, --live, or both")
    shown = [file.relative_to(root) if file.is_relative_to(root) else file for file in files]
    zone = str(config.getini("audit_timezone"))
    try:
        ZoneInfo(zone)
    except (ValueError, OSError, KeyError) as error:
        raise pytest.UsageError(f"audit_timezone: no time zone {zone!r}") from error
    try:
        specs = spec.load_all(shown, kinds.registry(), relations.registry())
        known = baseline.load(Path(config.option.baseline)) if config.option.baseline else None
        changes = baseline.load_changes(Path(config.option.baseline)) if config.option.baseline else frozenset()
        saved = evidence.open_run(Path(config.option.replay)) if config.option.replay else None
        page = read_page(Path(config.option.document)) if config.option.document else None
        waived = waiver_files.read(waiver_files.find(shown), specs)
    except _WRONG_INPUT as error:
        raise pytest.UsageError(str(error)) from error
    not_with_replay(config, options)
    not_without_account(config, options)
    not_without_source(config, options)
    not_without_checkout(config, options)
    shard = shard_of(config)
    policy = Policy(known, config.option.fail_on, bool(config.option.strict))
    resolved = frozenset(file.resolve() for file in files)
    started = datetime.now(UTC)
    audit = Audit(options, policy, specs, started, resolved, root, saved, page, changes)
    audit.checkov, audit.shard = checkov_of(config), shard
    audit.since = config.option.changed_since
    audit.today, audit.waivers = started.astimezone(ZoneInfo(zone)).date(), waived
    return audit


def observe(audit: Audit, checks: Sequence[Check], config: pytest.Config, *, compared: bool = False) -> None:
    """Read, or take from the saved run, every plane that the checks need and that is not there yet.

    Only what the checks of a plane need is read of it; ``compared``: and what comparing the planes needs, of both.

    Raises:
        UsageError: a plane cannot be read at all.
    """
    before = set(audit.observations)
    _look_back(audit, checks, config)
    with _beside(audit, checks) as asked:
        _read(audit, checks, config, compared)
        if asked is not None:
            own = audit.observations["terraform"]
            _tell(audit, asked if isinstance(asked, PolicyScan) else asked.result(own))
    if before != set(audit.observations):
        _pair(audit)


def _look_back(audit: Audit, checks: Sequence[Check], config: pytest.Config) -> None:
    """Judge the source as it was, too, where only what changed since then is asked for."""
    if audit.since is None or audit.change is not None or not any(check.plane == "terraform" for check in checks):
        return
    here = config.invocation_params.dir
    left_out = frozenset({policy_summary.RELATION})
    try:
        change = changed.since(audit.since, audit.options, audit.specs, here, left_out)
    except (changed.CheckoutError, sources.InputError) as error:
        raise pytest.UsageError(f"--changed-since: {error}") from error
    _compare_with(audit, change)


def _compare_with(audit: Audit, change: Change) -> None:
    audit.change = change
    audit.policy = replace(audit.policy, brings=change.brings)


@contextmanager
def _beside(audit: Audit, checks: Sequence[Check]) -> Iterator[checkov.Pending | PolicyScan | None]:
    """Checkov, begun before anything else is read; nothing where no check needs it, or a saved run has its results."""
    wanted = any(check.control.relation == policy_summary.RELATION for check in checks)
    wanted |= policy_summary.only_informs(audit.specs) and any(check.plane == "terraform" for check in checks)
    replayed = audit.saved is not None and "terraform" not in audit.options.planes
    if audit.checkov is None or not wanted or replayed or "terraform" in audit.observations:
        yield None
    elif audit.options.terraform is None:
        yield PolicyScan(failed=policy_summary.NO_SOURCE, mend=policy_summary.GIVE_SOURCE)
    else:
        options = audit.options
        request = checkov.Request(audit.options.terraform, options.var_files, options.variables)
        with checkov.beside(audit.checkov, request) as asked:
            yield asked


def _tell(audit: Audit, scan: PolicyScan) -> None:
    """Put what Checkov came to, and what it could not read, with what was read of the source."""
    gaps = []
    if scan.failed:
        gaps.append(Gap("terraform", (), "Checkov", scan.failed, mend=scan.mend))
    said = "Checkov could not read this file"
    gaps += [Gap("terraform", (), f"Checkov: {name}", said, origin=Origin(name)) for name in scan.unparsed]
    unseen = "Checkov did not load it, so its policies are undecided there"
    gaps += [Gap("terraform", (), f"Checkov: {name}", unseen, mend=_MEND_UNSEEN) for name in scan.unseen]
    found = audit.observations["terraform"]
    found = replace(found, policies=scan, gaps=(*found.gaps, *gaps))
    audit.kept["terraform"] = audit.observations["terraform"] = found


def _read(audit: Audit, checks: Sequence[Check], config: pytest.Config, compared: bool) -> None:
    for plane in audit.planes:
        own = [check for check in checks if check.plane == plane]
        if plane in audit.observations or not (own or compared):
            continue
        needed = plan.kinds_needed(own, relations.registry(), kinds.registry())
        queries = plan.files_needed(own, relations.registry())
        extent = plan.extent(own, relations.registry(), kinds.registry())
        if compared:
            needed = plan.kinds_compared(audit.specs, relations.registry(), kinds.registry())
            extent = plan.extent_compared(audit.specs, relations.registry(), kinds.registry())
        try:
            if plane in audit.options.planes or audit.saved is None:
                with _watched(config) as on_call:
                    options = replace(audit.options, on_call=on_call)
                    audit.kept[plane] = audit.observations[plane] = sources.read(
                        plane, options, needed, queries, extent
                    )
                if plane == "terraform":
                    audit.waivers += waiver_files.in_source(audit.observations[plane], audit.specs)
            else:
                audit.kept[plane] = sources.replayed(evidence.load(audit.saved, plane), audit.options)
                names = [kind.type for kind in needed]
                audit.observations[plane] = evidence.for_checks(audit.kept[plane], names, audit.saved)
                if plane == "terraform":
                    audit.waivers += map(waiver_files.from_entry, audit.saved.run.get("source_waivers") or ())
        except (sources.InputError, evidence.EvidenceError, waiver_files.WaiverError) as error:
            raise pytest.UsageError(str(error)) from error


def _pair(audit: Audit) -> None:
    """Pair the planes by the state, in what is judged and in what is kept of it."""
    alike = [plane for plane, one in audit.kept.items() if one is audit.observations.get(plane)]
    try:
        audit.observations = sources.paired(audit.observations, audit.options)
        if len(alike) < len(audit.kept):
            audit.kept = sources.paired(audit.kept, audit.options)
    except sources.InputError as error:
        raise pytest.UsageError(str(error)) from error
    audit.kept |= {plane: audit.observations[plane] for plane in alike}


@contextmanager
def _watched(config: pytest.Config) -> Iterator[progress.Hearing | None]:
    """Progress on the terminal, in front of which pytest's capturing stands until it is let through."""
    capturing = config.pluginmanager.get_plugin("capturemanager")
    if capturing is None or progress.quiet(os.environ, config.get_verbosity()):
        yield None
        return
    with capturing.global_and_fixture_disabled(), progress.shown(sys.stderr) as on_call:
        yield on_call


def hand_over(audit: Audit) -> Path:
    """What was observed, for xdist's workers: a file that only this user can read."""
    if audit.handover is None:
        descriptor, name = tempfile.mkstemp(prefix="audit-", suffix=".json")
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            planes = {plane: encode_observation(replace(one, calls=())) for plane, one in audit.observations.items()}
            waived = [waiver_files.entry(one) for one in audit.waivers]
            change = audit.change.data() if audit.change else None
            json.dump({"planes": planes, "waivers": waived, "change": change}, file)
        audit.handover = Path(name)
    return audit.handover


def take_over(audit: Audit, handed: str) -> None:
    """What the controller observed and :func:`hand_over` wrote."""
    data = json.loads(Path(handed).read_text(encoding="utf-8"))
    audit.observations = {plane: decode_observation(one) for plane, one in data["planes"].items()}
    audit.waivers = [waiver_files.from_entry(one) for one in data["waivers"]]
    if data["change"] is not None:
        _compare_with(audit, Change.of(data["change"]))


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
