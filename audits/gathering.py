"""What comes of an audit's items, taken off their reports: in the controller under xdist, as in a single process."""

from __future__ import annotations

import json

import pytest

from audits import citation
from audits.codec import decode_verdict
from audits.judge import Judgement
from audits.model import Check
from audits.run import printable
from audits.session import Audit

DATA = "audit"
"""The attribute of a report that holds a check's verdicts, as JSON text."""
JUDGEMENT = "audit_judgement"
"""The same where the report is of this process: the judgement itself."""
ERROR = "audit_error"
"""The attribute of a report that says what error of ours there was."""


def one_line(text: str) -> str:
    """The text in one line that is not too long."""
    line = printable(" ".join(text.split()))
    return line if len(line) <= 300 else f"{line[:299]}…"


class Collector:
    """Gathers what the reports carry, on the controller as in a single process."""

    def __init__(self, audit: Audit) -> None:
        self.audit = audit
        self.names = {check.name for check in audit.checks}
        self.names |= {citation.name_of(control) for control in audit.controls.values()}

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Remember what could not be collected: a single process stops there, workers go on with the rest."""
        self.audit.other_failed |= report.failed

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take the verdicts off a report. A check that failed without any is an error of ours: its worker died, say."""
        text, cited = getattr(report, DATA, None), getattr(report, citation.REPORT, None)
        judged: Judgement | None = getattr(report, JUDGEMENT, None)
        name = report.nodeid.rpartition("::")[2]
        error = getattr(report, ERROR, None)
        comparing = getattr(report, "audit_compared", False)
        self.audit.compared |= comparing
        carries = text is not None or judged is not None or cited is not None or comparing
        if error is None and report.failed and not carries and name in self.names:
            error = one_line(str(report.longrepr or "no verdict"))
        if error is not None:
            self.audit.errors[name] = error
        elif report.failed and not carries:
            self.audit.other_failed = True
        if cited is not None:
            control, found = citation.take(cited)
            self.audit.citations[control] = found
        if judged is not None:
            self.audit.judgements[judged.check.control.id, judged.check.plane] = judged
        if text is None:
            return
        data = json.loads(text)
        check = Check(self.audit.controls[data["id"]], data["plane"])
        verdicts = tuple(decode_verdict(one) for one in data["verdicts"])
        self.audit.judgements[data["id"], data["plane"]] = Judgement(check, verdicts, data["examined"])
