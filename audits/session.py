"""One pytest session's audit: what it judges, and by what."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from audits import (
    baseline,
    citation,
    evidence,
    kinds,
    plan,
    policy_summary,
    relations,
    sources,
    spec,
    waiver_files,
    waivers,
)
from audits.changed import Change
from audits.citation import Cited
from audits.document import Citation, DocumentError, Page, Standing, read_page
from audits.drift import report as drift
from audits.drift.report import Comparison
from audits.judge import Judgement, Result, combine, judge_in
from audits.model import PLANES, Check, Control, Observation, Plane, Spec
from audits.options import (
    checkov_of,
    not_with_replay,
    not_without_account,
    not_without_checkout,
    not_without_source,
    shard_of,
    sources_of,
)
from audits.plan import Shard
from audits.run import Policy
from audits.views import Views
from audits.waivers import Waiver

_WRONG_INPUT = (
    *(spec.SpecError, baseline.BaselineError, evidence.EvidenceError),
    *(DocumentError, waiver_files.WaiverError),
)


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

    def compare_with(self, change: Change) -> None:
        """Let only what the change brings count."""
        self.change = change
        self.policy = replace(self.policy, brings=change.brings)

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
