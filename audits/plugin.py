"""The pytest plugin: options, spec files as modules, checks as items, and the exit status.

A check's verdicts travel as plain data on its report, so that they reach the controller under xdist. Outcomes: pass →
passed; fail and absent → failed; everything else (undecided, planned, known in the baseline) → skipped, with the
reason, so that no format can show an unknown as passed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from audits import choosing, evidence, garbage
from audits.drift.report import Comparison
from audits.facts import facts, results
from audits.gathering import DATA, ERROR, Collector, one_line
from audits.items import AUDIT, CheckItem, ControlItem, Deviation, SpecFile, dress, run
from audits.model import PLANES, SEVERITIES, Plane
from audits.options import COMPARISON, add_options, compares, distributed, path_of, plane_wanted, spec_arguments
from audits.reading import hand_over, observe, take_over
from audits.run import Policy, assemble, clause_status, comparison_status, exit_status, waiver_status
from audits.session import Audit, prepare

NOTHING_CHOSEN = "no check is left to run: -k, -m or the names given choose none"


SESSION = pytest.StashKey[pytest.Session]()
ASIDE = pytest.StashKey[garbage.Aside]()


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
    with garbage.uncollected():
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


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect spec files, where the session audits anything."""
    audit = parent.config.stash.get(AUDIT, None)
    if audit is None or file_path.resolve() not in audit.files:
        return None
    return SpecFile.from_parent(parent, path=file_path)


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Iterator[None]:
    """Collect the checks, and no garbage."""
    if AUDIT not in session.config.stash:
        return (yield)
    with garbage.uncollected():
        return (yield)


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> None:
    """Read the planes, once the checks are chosen."""
    audit = session.config.stash.get(AUDIT, None)
    if audit is None or distributed(session.config) or session.config.option.collectonly:
        return
    _observe_for(session.items, audit, session.config)
    session.config.stash[ASIDE] = garbage.Aside()


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
            setattr(report, ERROR, one_line(call.excinfo.exconly()))
        report.audit_compared = True
    if isinstance(item, ControlItem) and call.when == "call":
        dress(item, call, report)
    return report


def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """Run items of ours; any other as pytest does."""
    return run(item, nextitem) if isinstance(item, ControlItem) else None


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Judge the whole, hand the run to the reports, and set the exit status."""
    audit = session.config.stash.get(AUDIT, None)
    if audit is None or hasattr(session.config, "workerinput"):
        return
    if ASIDE in session.config.stash:
        session.config.stash[ASIDE].take_back()
    if audit.handover is not None:
        audit.handover.unlink(missing_ok=True)
    if exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED and not session.config.option.collectonly:
        # Under xdist only: a single process says so before it reads anything.
        session.exitstatus = pytest.ExitCode.USAGE_ERROR
        _say(session.config, f"ERROR: {NOTHING_CHOSEN}")
    if not (audit.judgements or audit.citations or audit.errors or audit.compared):
        return
    try:
        with garbage.uncollected():
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
    whole = assemble(found, about, audit.policy, status)

    def observations() -> dict[Plane, bytes]:
        return {plane: evidence.dump(one) for plane, one in audit.kept.items()}

    session.config.hook.pytest_audit_report(config=session.config, run=whole, observations=observations)
    session.exitstatus = status


def _say(config: pytest.Config, text: str) -> None:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None:
        reporter.ensure_newline()
        reporter.write_line(text, red=True)
