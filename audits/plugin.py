"""The pytest plugin: options, spec files as modules, checks as items, and the exit status.

A check's verdicts travel as plain data on its report, so that they reach the controller under xdist. Outcomes: pass →
passed; fail and absent → failed; everything else (undecided, planned, known in the baseline) → skipped, with the
reason, so that no format can show an unknown as passed.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from audits import baseline, kinds, plan, relations, sources, spec
from audits.codec import decode_observation, decode_verdict, encode_observation, encode_verdict
from audits.judge import Judgement, Result, combine, judge
from audits.model import SEVERITIES, Check, Control, Gap, Observation, Plane, Spec, Verdict
from audits.options import (
    LATER,
    add_options,
    distributed,
    path_of,
    plane_wanted,
    shown_options,
    sources_of,
    spec_arguments,
)
from audits.run import Facts, Policy, assemble, exit_status, git_state, printable

DATA = "audit"
NOTHING_CHOSEN = "no check is left to run: -k, -m or the names given choose none"
_MEND_ERROR = "an error of this suite: report what --tb=short shows"


class Deviation(Exception):  # noqa: N818 - what it is, not that it is an error
    """A check found the plane not to be as documented. Its text is the one line that pytest shows."""


@dataclass
class Audit:
    """What one pytest session audits: filled as the session goes on."""

    options: sources.Sources
    policy: Policy
    specs: tuple[Spec, ...]
    started: datetime
    files: frozenset[Path] = frozenset()
    observations: dict[Plane, Observation] = field(default_factory=dict)
    judgements: dict[tuple[str, Plane], Judgement] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    other_failed: bool = False
    handover: Path | None = None

    @property
    def controls(self) -> dict[str, Control]:
        """Every control by its id."""
        return {control.id: control for one in self.specs for control in one.controls}


AUDIT = pytest.StashKey[Audit]()


class Hooks:
    """The hooks that this plugin calls."""

    @pytest.hookspec
    def pytest_audit_report(self, config: pytest.Config, run: dict[str, Any]) -> None:
        """A run is complete: ``run`` is JSON data as ``reports/schema/run.v1.schema.json`` describes it."""


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Declare the hook by which reports get the run."""
    pluginmanager.add_hookspecs(Hooks)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the audit's options."""
    add_options(parser)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Register the markers by which checks can be chosen with ``-m``, and leave telling to our own summary."""
    if spec_arguments(config):
        config.option.tbstyle = "no" if config.option.tbstyle == "auto" else config.option.tbstyle
        config.option.reportchars = "" if config.option.reportchars == "fE" else config.option.reportchars
        # Hypothesis, where it is installed, imports all of itself for a summary that no audit has: half a second.
        if config.pluginmanager.has_plugin("hypothesispytest"):
            config.pluginmanager.unregister(name="hypothesispytest")
    for line in (
        "terraform: checks of the Terraform source",
        "live: checks of the live account",
        *(f"{severity}: checks of severity {severity}" for severity in SEVERITIES),
        "theme(name): checks of one theme, as in -m \"theme(name='database')\"",
    ):
        config.addinivalue_line("markers", line)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Load the specs and refuse input that cannot be used, before anything is read."""
    config = session.config
    files = spec_arguments(config)
    if files or plane_wanted(config):
        # pytest would say so after reading, and under xdist not at all.
        missing = next((argument for argument in config.args if not path_of(argument, config).exists()), None)
        if missing is not None:
            raise pytest.UsageError(f"no such file or folder: {missing}")
    if not files:
        if plane_wanted(config):
            shown = ", ".join(map(str, config.args)) or "the arguments"
            raise pytest.UsageError(f"no spec (*.yaml) in {shown}: name a folder with specs, as in: pytest specs")
        return
    audit = _prepare(config, files)
    config.stash[AUDIT] = audit
    # Not in pytest_collection: xdist's own answers first there, and nothing would be gathered.
    config.pluginmanager.register(Collector(audit), "audit-collector")
    handed = getattr(config, "workerinput", {}).get(DATA)
    if handed:
        data = json.loads(Path(handed).read_text(encoding="utf-8"))
        audit.observations = {plane: decode_observation(one) for plane, one in data.items()}
    elif distributed(config) and not config.option.collectonly:
        _observe(audit, plan.checks(audit.specs, audit.options.planes))


def _prepare(config: pytest.Config, files: Sequence[Path]) -> Audit:
    for name, issue in LATER.items():
        if getattr(config.option, name):
            raise pytest.UsageError(f"--{name.replace('_', '-')} is not built yet ({issue})")
    root = config.invocation_params.dir
    options = sources_of(config)
    if not options.planes:
        raise pytest.UsageError("no plane to audit: give --terraform DIR, --live, or both")
    shown = [file.relative_to(root) if file.is_relative_to(root) else file for file in files]
    zone = str(config.getini("audit_timezone"))
    try:
        ZoneInfo(zone)
    except (ValueError, OSError, KeyError) as error:
        raise pytest.UsageError(f"audit_timezone: no time zone {zone!r}") from error
    try:
        specs = spec.load_all(shown, kinds.registry(), relations.registry())
        known = baseline.load(Path(config.option.baseline)) if config.option.baseline else None
    except (spec.SpecError, baseline.BaselineError) as error:
        raise pytest.UsageError(str(error)) from error
    policy = Policy(known, config.option.fail_on, bool(config.option.strict))
    return Audit(options, policy, specs, datetime.now(UTC), frozenset(file.resolve() for file in files))


def _observe(audit: Audit, checks: Sequence[Check]) -> None:
    needed = plan.kinds_needed(checks, relations.registry(), kinds.registry())
    for plane in audit.options.planes:
        if plane not in audit.observations and any(check.plane == plane for check in checks):
            try:
                audit.observations[plane] = sources.read(plane, audit.options, needed)
            except sources.InputError as error:
                raise pytest.UsageError(str(error)) from error


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Hand an xdist worker what was observed, by a file that only this user can read."""
    audit = node.config.stash.get(AUDIT, None)
    if audit is None:
        return
    if audit.handover is None:
        descriptor, name = tempfile.mkstemp(prefix="audit-", suffix=".json")
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump({plane: encode_observation(one) for plane, one in audit.observations.items()}, file)
        audit.handover = Path(name)
    node.workerinput[DATA] = str(audit.handover)


class SpecFile(pytest.Module):
    """A spec file, collected: one item a check."""

    def _getobj(self) -> ModuleType:
        return ModuleType(self.path.stem)

    def collect(self) -> Iterator[pytest.Item]:
        """One item a check."""
        audit = self.config.stash[AUDIT]
        for one in audit.specs:
            if (self.config.invocation_params.dir / one.path).resolve() != self.path.resolve():
                continue
            for check in plan.checks([one], audit.options.planes):
                yield CheckItem.from_parent(self, name=check.name, callobj=_run(check), check=check)


class CheckItem(pytest.Function):
    """One control on one plane."""

    def __init__(self, *, check: Check, **keywords: Any) -> None:
        super().__init__(**keywords)
        self.check = check
        self.judgement: Judgement | None = None
        self.add_marker(check.plane)
        self.add_marker(check.control.severity)
        self.add_marker(pytest.mark.theme(name=check.control.theme))

    def reportinfo(self) -> tuple[Path, int, str]:
        """The control's place in its spec file."""
        return self.path, self.check.control.line - 1, self.name

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """A deviation in its own words; anything else as pytest shows it."""
        if isinstance(excinfo.value, Deviation):
            return str(excinfo.value)
        return super().repr_failure(excinfo)


def _run(check: Check) -> Any:
    def run(request: pytest.FixtureRequest) -> None:
        item = request.node
        audit: Audit = request.config.stash[AUDIT]
        item.judgement = judge(check, audit.observations[check.plane], kinds.registry(), relations.registry())
        conclude(item.judgement, audit.policy)

    return run


def conclude(judgement: Judgement, policy: Policy) -> None:
    """Pass, fail or skip the item that this judgement belongs to."""
    check, control = judgement.check, judgement.check.control
    deviating = [verdict for verdict in judgement.verdicts if verdict.state.deviates]
    fresh = [verdict for verdict in deviating if not policy.is_known(control, check.plane, verdict)]
    if control.planned is not None and judgement.state != "pass":
        pytest.skip(f"planned ({control.planned}): {judgement.state}")
    if fresh:
        raise Deviation("; ".join(sentence(verdict) for verdict in fresh))
    if deviating:
        pytest.skip(f"known since the baseline: {'; '.join(sentence(verdict) for verdict in deviating)}")
    if judgement.state.undecided:
        undecided = [verdict for verdict in judgement.verdicts if verdict.state is judgement.state]
        pytest.skip(f"{judgement.state}: {'; '.join(sentence(verdict) for verdict in undecided)}")


def one_line(text: str) -> str:
    """The text in one line that is not too long."""
    line = printable(" ".join(text.split()))
    return line if len(line) <= 300 else f"{line[:299]}…"


def sentence(verdict: Verdict) -> str:
    """A verdict in one line."""
    subject = f"{verdict.resource}: " if verdict.resource else ""
    return printable(f"{subject}{verdict.path} {verdict.cause or verdict.state}".strip())


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect spec files, where the session audits anything."""
    audit = parent.config.stash.get(AUDIT, None)
    if audit is None or file_path.resolve() not in audit.files:
        return None
    return SpecFile.from_parent(parent, path=file_path)


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> None:
    """Read the planes, once the checks are chosen."""
    audit = session.config.stash.get(AUDIT, None)
    if audit is None or distributed(session.config) or session.config.option.collectonly:
        return
    chosen = [item.check for item in session.items if isinstance(item, CheckItem)]
    if not chosen:
        raise pytest.UsageError(NOTHING_CHOSEN)
    _observe(audit, chosen)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """Put the verdicts on the report, as plain data."""
    report = yield
    if isinstance(item, CheckItem):
        expected = (Deviation, pytest.skip.Exception)
        if call.excinfo is not None and not isinstance(call.excinfo.value, expected):
            report.audit_error = one_line(call.excinfo.exconly())
        if report.skipped and isinstance(report.longrepr, tuple):
            # Where the control stands, not where this plugin skips.
            report.longrepr = (str(item.path), item.check.control.line, report.longrepr[2])
        if call.when == "call" and item.judgement is not None:
            data = {
                "id": item.check.control.id,
                "plane": item.check.plane,
                "examined": item.judgement.examined,
                "verdicts": [encode_verdict(verdict) for verdict in item.judgement.verdicts],
            }
            # JSON text: xdist's own transport knows neither lone surrogates nor deep nesting.
            report.audit = json.dumps(data)
    return report


class Collector:
    """Gathers what the reports carry, on the controller as in a single process."""

    def __init__(self, audit: Audit) -> None:
        self.audit = audit
        self.names = {check.name for check in plan.checks(audit.specs, audit.options.planes)}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take the verdicts off a report. A check that failed without any is an error of ours: its worker died, say."""
        text = getattr(report, DATA, None)
        name = report.nodeid.rpartition("::")[2]
        error = getattr(report, "audit_error", None)
        if error is None and report.failed and text is None and name in self.names:
            error = one_line(str(report.longrepr or "no verdict"))
        if error is not None:
            self.audit.errors[name] = error
        elif report.failed and text is None:
            self.audit.other_failed = True
        if text is None:
            return
        data = json.loads(text)
        check = Check(self.audit.controls[data["id"]], data["plane"])
        verdicts = tuple(decode_verdict(one) for one in data["verdicts"])
        self.audit.judgements[data["id"], data["plane"]] = Judgement(check, verdicts, data["examined"])


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Judge the whole, hand the run to the reports, and set the exit status."""
    audit = session.config.stash.get(AUDIT, None)
    if audit is None or hasattr(session.config, "workerinput"):
        return
    if audit.handover is not None:
        audit.handover.unlink(missing_ok=True)
    if exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED and not session.config.option.collectonly:
        # Under xdist only: a single process says so before it reads anything.
        session.exitstatus = pytest.ExitCode.USAGE_ERROR
        _say(session.config, f"ERROR: {NOTHING_CHOSEN}")
    if not audit.judgements and not audit.errors:
        return
    try:
        _conclude_session(session, audit, exitstatus)
    except Exception:  # noqa: BLE001 - pytest would end with 1 here, which stands for deviations
        session.config.notify_exception(pytest.ExceptionInfo.from_current())
        session.exitstatus = pytest.ExitCode.INTERNAL_ERROR


def _conclude_session(session: pytest.Session, audit: Audit, exitstatus: int) -> None:
    results = _results(audit)
    status = 3 if audit.errors else max(exit_status(results, audit.policy), int(audit.other_failed))
    if exitstatus not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        status = int(exitstatus)
    facts = Facts(
        started=audit.started,
        finished=datetime.now(UTC),
        timezone=str(session.config.getini("audit_timezone")),
        observations=_with_errors(audit),
        specs=audit.specs,
        options=shown_options(session.config),
        git=git_state(audit.options.terraform or Path()),
    )
    run = assemble(results, facts, audit.policy, status)
    session.config.hook.pytest_audit_report(config=session.config, run=run)
    session.exitstatus = status


def _with_errors(audit: Audit) -> dict[Plane, Observation]:
    """What was observed, with a gap for each check that an error of ours kept from a verdict: no report may hide it."""
    found = dict(audit.observations)
    for check in plan.checks(audit.specs, audit.options.planes):
        if check.name in audit.errors and check.plane in found:
            gap = Gap(check.plane, (), check.name, f"internal error: {audit.errors[check.name]}", mend=_MEND_ERROR)
            found[check.plane] = replace(found[check.plane], gaps=(*found[check.plane].gaps, gap))
    return found


def _say(config: pytest.Config, text: str) -> None:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None:
        reporter.ensure_newline()
        reporter.write_line(text, red=True)


def _results(audit: Audit) -> list[Result]:
    results = []
    for control in audit.controls.values():
        found = {plane: audit.judgements[control.id, plane] for plane in control.planes if _has(audit, control, plane)}
        if found:
            results.append(combine(control, found))
    return results


def _has(audit: Audit, control: Control, plane: Plane) -> bool:
    return (control.id, plane) in audit.judgements
