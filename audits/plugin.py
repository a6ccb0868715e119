"""The pytest plugin: options, spec files as modules, checks as items, and the exit status.

A check's verdicts travel as plain data on its report, so that they reach the controller under xdist. Outcomes: pass →
passed; fail and absent → failed; everything else (undecided, planned, known in the baseline) → skipped, with the
reason, so that no format can show an unknown as passed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from audits import choosing, citation, evidence
from audits.codec import encode_verdict
from audits.document import Citation
from audits.drift.report import Comparison
from audits.gathering import DATA, Collector, one_line
from audits.judge import Judgement
from audits.model import PLANES, SEVERITIES, Check, Control, Plane, Verdict
from audits.options import COMPARISON, add_options, compares, distributed, path_of, plane_wanted, spec_arguments
from audits.run import Policy, assemble, clause_status, comparison_status, exit_status, printable, waiver_status
from audits.session import Audit, facts, hand_over, observe, prepare, results, take_over

NOTHING_CHOSEN = "no check is left to run: -k, -m or the names given choose none"


class Deviation(Exception):  # noqa: N818 - what it is, not that it is an error
    """A check found the plane not to be as documented. Its text is the one line that pytest shows."""


AUDIT = pytest.StashKey[Audit]()
SESSION = pytest.StashKey[pytest.Session]()


class Hooks:
    """The hooks that this plugin calls."""

    @pytest.hookspec
    def pytest_audit_report(
        self, config: pytest.Config, run: dict[str, Any], observations: Callable[[], Mapping[Plane, bytes]]
    ) -> None:
        """A run is complete: ``run`` is JSON data as ``reports/schema/run.v1.schema.json`` describes it.

        ``observations`` makes the files, one a plane, that :mod:`audits.evidence` reads; it raises ``ValueError`` with
        one line where that cannot be done.
        """


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
        "document: checks of the clauses in the document itself",
        "drift: Terraform compared with the account, beside all controls",
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
    audit = prepare(config, files)
    config.stash[AUDIT] = audit
    # Not in pytest_collection: xdist's own answers first there, and nothing would be gathered.
    config.pluginmanager.register(Collector(audit), "audit-collector")
    handed = getattr(config, "workerinput", {}).get(DATA)
    if handed:
        take_over(audit, handed)
    else:
        config.stash[SESSION] = session


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(config: pytest.Config) -> None:
    """Read the planes for the workers, before there are any: what they need for what they will run."""
    audit = config.stash.get(AUDIT, None)
    if audit is None or config.option.collectonly:
        return
    items = choosing.chosen(config.stash[SESSION])
    if items is None:
        observe(audit, audit.checks, config, compared=audit.compares and compares(config))
    else:
        _observe_for(items, audit, config)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Hand an xdist worker what was observed, by a file that only this user can read."""
    audit = node.config.stash.get(AUDIT, None)
    if audit is None:
        return
    node.workerinput[DATA] = str(hand_over(audit))


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
            for check in audit.checks_of(one):
                yield CheckItem.from_parent(self, name=check.name, callobj=_run(check), check=check)
            for control in filter(citation.cites, audit.controls_of(one) if audit.page else ()):
                name = citation.name_of(control)
                yield ClauseItem.from_parent(self, name=name, callobj=_look_up(control), control=control)


class ControlItem(pytest.Function):
    """One control, looked at from one side."""

    def __init__(self, *, control: Control, side: str, **keywords: Any) -> None:
        super().__init__(**keywords)
        self.control = control
        self.add_marker(side)
        self.add_marker(control.severity)
        self.add_marker(pytest.mark.theme(name=control.theme))

    def reportinfo(self) -> tuple[Path, int, str]:
        """The control's place in its spec file."""
        return self.path, self.control.line - 1, self.name

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """A deviation in its own words; anything else as pytest shows it."""
        if isinstance(excinfo.value, Deviation | citation.ClauseChanged):
            return printable(str(excinfo.value))
        return super().repr_failure(excinfo)

    def data(self) -> Mapping[str, str]:
        """What was found, as attributes of the report that carries it."""
        raise NotImplementedError


class CheckItem(ControlItem):
    """One control on one plane."""

    def __init__(self, *, check: Check, **keywords: Any) -> None:
        super().__init__(control=check.control, side=check.plane, **keywords)
        self.check = check
        self.judgement: Judgement | None = None

    def data(self) -> Mapping[str, str]:
        """The verdicts."""
        if self.judgement is None:
            return {}
        data = {
            "id": self.control.id,
            "plane": self.check.plane,
            "examined": self.judgement.examined,
            "verdicts": [encode_verdict(verdict) for verdict in self.judgement.verdicts],
        }
        # JSON text: xdist's own transport knows neither lone surrogates nor deep nesting.
        return {DATA: json.dumps(data)}


class ClauseItem(ControlItem):
    """One control's clause in the document."""

    def __init__(self, *, control: Control, **keywords: Any) -> None:
        super().__init__(control=control, side=citation.PLANE, **keywords)
        self.citation: Citation | None = None

    def data(self) -> Mapping[str, str]:
        """What became of the clause."""
        return {} if self.citation is None else {citation.REPORT: citation.put(self.control, self.citation)}


def _run(check: Check) -> Any:
    def run(request: pytest.FixtureRequest) -> None:
        item = request.node
        audit: Audit = request.config.stash[AUDIT]
        item.judgement = audit.judge(check)
        conclude(item.judgement, audit.policy)

    return run


def _look_up(control: Control) -> Any:
    def look_up(request: pytest.FixtureRequest) -> None:
        item = request.node
        audit: Audit = request.config.stash[AUDIT]
        item.citation = audit.locate(control)
        citation.conclude(audit.cite(control, item.citation))

    return look_up


def conclude(judgement: Judgement, policy: Policy) -> None:
    """Pass, fail or skip the item that this judgement belongs to."""
    check, control = judgement.check, judgement.check.control
    deviating = [verdict for verdict in judgement.verdicts if verdict.state.deviates]
    fresh = [verdict for verdict in deviating if not policy.is_quiet(control, check.plane, verdict)]
    if control.planned is not None and judgement.state != "pass":
        pytest.skip(f"planned ({control.planned}): {judgement.state}")
    if fresh:
        raise Deviation("; ".join(sentence(verdict) for verdict in fresh))
    if deviating:
        reasons = (
            f"waived: {verdict.waiver}" if verdict.waiver else str(policy.why_known(control, check.plane, verdict))
            for verdict in deviating
        )
        pytest.skip(one_line(f"{', '.join(dict.fromkeys(reasons))}: {'; '.join(map(sentence, deviating))}"))
    if judgement.state.undecided:
        undecided = [verdict for verdict in judgement.verdicts if verdict.state is judgement.state]
        pytest.skip(f"{judgement.state}: {'; '.join(sentence(verdict) for verdict in undecided)}")


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
    _observe_for(session.items, audit, session.config)


def _observe_for(items: Sequence[pytest.Item], audit: Audit, config: pytest.Config) -> None:
    """Read what the items need that are left to run.

    Raises:
        UsageError: there is nothing of a spec among them, and no comparison.
    """
    compared = any(map(_is_comparison, items))
    if not compared and not any(isinstance(item, ControlItem) for item in items):
        raise pytest.UsageError(NOTHING_CHOSEN)
    observe(audit, [item.check for item in items if isinstance(item, CheckItem)], config, compared=compared)


def _is_comparison(item: pytest.Item) -> bool:
    return item.path == COMPARISON and item.get_closest_marker("drift") is not None


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Planes are compared only in an audit of both."""
    if collection_path != COMPARISON:
        return None
    audit = config.stash.get(AUDIT, None)
    return None if audit is not None and audit.compares else True


@pytest.fixture
def compared(request: pytest.FixtureRequest) -> tuple[Comparison, Policy]:
    """Terraform compared with the account, and what decides whether a difference fails the run."""
    audit: Audit = request.config.stash[AUDIT]
    checks = {
        (item.check.control.id, item.check.plane) for item in request.session.items if isinstance(item, CheckItem)
    }
    chosen = [name for name in audit.controls if all((name, plane) in checks for plane in PLANES)]
    return audit.compare(chosen), audit.policy


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """Put the verdicts on the report, as plain data."""
    report = yield
    if _is_comparison(item):
        if call.excinfo is not None and not isinstance(call.excinfo.value, (Deviation, pytest.skip.Exception)):
            report.audit_error = one_line(call.excinfo.exconly())
        report.audit_compared = True
    if isinstance(item, ControlItem):
        expected = (Deviation, citation.ClauseChanged, pytest.skip.Exception)
        if call.excinfo is not None and not isinstance(call.excinfo.value, expected):
            report.audit_error = one_line(call.excinfo.exconly())
        if report.skipped and isinstance(report.longrepr, tuple):
            # Where the control stands, not where this plugin skips.
            report.longrepr = (str(item.path), item.control.line, report.longrepr[2])
        if call.when == "call":
            for name, text in item.data().items():
                setattr(report, name, text)
    return report


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
    if not (audit.judgements or audit.citations or audit.errors or audit.compared):
        return
    try:
        _conclude_session(session, audit, exitstatus)
    except Exception:  # noqa: BLE001 - pytest would end with 1 here, which stands for deviations
        session.config.notify_exception(pytest.ExceptionInfo.from_current())
        session.exitstatus = pytest.ExitCode.INTERNAL_ERROR


def _conclude_session(session: pytest.Session, audit: Audit, exitstatus: int) -> None:
    found = results(audit)
    about = facts(audit, session.config)
    decided = (
        exit_status(found, audit.policy),
        comparison_status(about.comparison, audit.policy),
        clause_status(about.cited, audit.policy),
        waiver_status(about.waivers),
    )
    status = 3 if audit.errors else max(*decided, int(audit.other_failed))
    if exitstatus not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        status = int(exitstatus)
    run = assemble(found, about, audit.policy, status)

    def observations() -> dict[Plane, bytes]:
        return {plane: evidence.dump(one) for plane, one in audit.kept.items()}

    session.config.hook.pytest_audit_report(config=session.config, run=run, observations=observations)
    session.exitstatus = status


def _say(config: pytest.Config, text: str) -> None:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None:
        reporter.ensure_newline()
        reporter.write_line(text, red=True)
