"""What pytest collects of specs and runs: one item a check, and one a clause that is looked up in the document.

All but the last of a file are run without the three phases of a test: an item has no fixtures, so there is nothing to
set up or to tear down, and of twenty thousand of them the phases alone would take longer than judging.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from audits import citation
from audits.codec import encode_verdict
from audits.document import Citation
from audits.gathering import DATA, ERROR, JUDGEMENT, one_line
from audits.judge import Judgement
from audits.model import Check, Control, Verdict
from audits.run import Policy, printable
from audits.session import Audit

AUDIT = pytest.StashKey[Audit]()
_STOPS = (pytest.exit.Exception, KeyboardInterrupt)


class Deviation(Exception):  # noqa: N818 - what it is, not that it is an error
    """A check found the plane not to be as documented. Its text is the one line that pytest shows."""


class SpecFile(pytest.File):
    """A spec file, collected: one item a check."""

    def collect(self) -> Iterator[pytest.Item]:
        """One item a check."""
        audit = self.config.stash[AUDIT]
        for one in audit.specs_at(self.path):
            for check in audit.checks_of(one):
                yield CheckItem.from_parent(self, name=check.name, check=check)
            for control in filter(citation.cites, audit.controls_of(one) if audit.page else ()):
                yield ClauseItem.from_parent(self, name=citation.name_of(control), control=control)


class ControlItem(pytest.Item):
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

    def data(self) -> Mapping[str, Any]:
        """What was found, as attributes of the report that carries it."""
        raise NotImplementedError


class CheckItem(ControlItem):
    """One control on one plane."""

    def __init__(self, *, check: Check, **keywords: Any) -> None:
        super().__init__(control=check.control, side=check.plane, **keywords)
        self.check = check
        self.judgement: Judgement | None = None

    def runtest(self) -> None:
        """Judge it."""
        audit = self.config.stash[AUDIT]
        self.judgement = audit.judge(self.check)
        conclude(self.judgement, audit.policy)

    def data(self) -> Mapping[str, Any]:
        """The verdicts: as they are in the process that gathers them, as plain data from a worker of xdist's."""
        if self.judgement is None:
            return {}
        if not hasattr(self.config, "workerinput"):
            return {JUDGEMENT: self.judgement}
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

    def runtest(self) -> None:
        """Look it up."""
        audit = self.config.stash[AUDIT]
        self.citation = audit.locate(self.control)
        citation.conclude(audit.cite(self.control, self.citation))

    def data(self) -> Mapping[str, str]:
        """What became of the clause."""
        return {} if self.citation is None else {citation.REPORT: citation.put(self.control, self.citation)}


def run(item: ControlItem, nextitem: pytest.Item | None) -> bool | None:
    """Run an item, and tell of it as of the call of a test; None where pytest is to run it."""
    if nextitem is None or nextitem.parent is not item.parent:
        # With the phases of the last of a file ends what tests before it have set up.
        return None
    hook = item.ihook
    hook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    call = pytest.CallInfo.from_call(item.runtest, when="call", reraise=_STOPS)
    report = hook.pytest_runtest_makereport(item=item, call=call)
    hook.pytest_runtest_logreport(report=report)
    hook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


def dress(item: ControlItem, call: pytest.CallInfo[None], report: pytest.TestReport) -> None:
    """Put what was found on the report, and where the control stands."""
    expected = (Deviation, citation.ClauseChanged, pytest.skip.Exception)
    if call.excinfo is not None and not isinstance(call.excinfo.value, expected):
        setattr(report, ERROR, one_line(call.excinfo.exconly()))
    if report.skipped and isinstance(report.longrepr, tuple):
        # Where the control stands, not where this plugin skips.
        report.longrepr = (str(item.path), item.control.line, report.longrepr[2])
    for name, found in item.data().items():
        setattr(report, name, found)


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
