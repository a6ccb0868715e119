"""What asks for nothing (planned, waived, known): every format says the same of it, by verdict and by control."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import combinations_with_replacement, product
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import report_builders
from report_builders import Data, live, source

from reports.findings import findings
from reports.formats import RenderOptions, get
from reports.terminal import summary

PLANES = ("terraform", "live")
MARKS: dict[str, Data] = {
    "open": {},
    "waived": {"waiver": "W-1"},
    "known": {"known": "known since the baseline"},
    "waived and known": {"waiver": "W-2", "known": "older than the change"},
}
STATES = {"undecided": "unknown", "agreeing": "pass"}


def one_control(terraform: tuple[str, ...], account: tuple[str, ...], **more: Any) -> Data:
    """A run of one control, its verdicts on each plane by what asks or does not ask for an act."""
    sides = {
        name: [
            make(STATES.get(mark, "fail"), f"path_{number}", 1, 2, key="db", **MARKS.get(mark, {}))
            for number, mark in enumerate(marks)
        ]
        for name, make, marks in (("terraform", source, terraform), ("live", live, account))
    }
    found = {verdict["state"] for verdicts in sides.values() for verdict in verdicts}
    outcome = "fail" if "fail" in found else "undecided" if "unknown" in found else "pass"
    return report_builders.run([report_builders.control("db", "drift", outcome, sides, **more)])


def rendered(name: str, run: Data) -> str:
    data = get(name).render(run, RenderOptions("en"))
    return data.decode() if isinstance(data, bytes) else data


def in_junit(run: Data) -> dict[str, ET.Element | None]:
    """Of each plane what JUnit says of the control; None where it passed."""
    suites = ET.fromstring(rendered("junit", run))
    return {str(one.get("name")): next(iter(one.find("testcase") or ()), None) for one in suites}


def in_sarif(run: Data) -> dict[str, list[Data]]:
    """Of each plane the deviations in SARIF."""
    found = {
        one["automationDetails"]["id"].split("/")[1]: one["results"]
        for one in json.loads(rendered("sarif", run))["runs"]
    }
    return {plane: [one for one in results if one["kind"] == "fail"] for plane, results in found.items()}


def in_ocsf(run: Data) -> list[str]:
    """The deviations that OCSF has as new."""
    events = json.loads(rendered("ocsf", run))
    return [
        one["unmapped"]["path"]
        for one in events
        if one["status"] == "New" and one["compliance"]["status_code"] == "fail"
    ]


def in_terminal(run: Data) -> str:
    """The line of the control, which says in brackets why nothing is asked for."""
    return next((line for line in summary(run).splitlines() if line.startswith("HIGH")), "")


def mixes() -> Iterator[Data]:
    marks = (*MARKS, *STATES)
    for terraform, account in product(combinations_with_replacement(marks, 2), marks):
        for baseline, planned in product((None, "new", "known"), (None, "Phase 6")):
            yield one_control(terraform, (account,), baseline=baseline, planned=planned)


def test_no_format_contradicts_another_in_any_mix() -> None:
    for run in mixes():
        by_plane, told = in_junit(run), in_sarif(run)
        open_ = {plane: [one for one in told[plane] if "suppressions" not in one] for plane in PLANES}
        for plane in PLANES:
            case = by_plane[plane]
            assert (case is not None and case.tag == "failure") == bool(open_[plane])
            if case is not None and told[plane] and not open_[plane]:
                said = {one["suppressions"][0]["justification"] for one in told[plane]}
                assert all(part.partition(": ")[2] in str(case.get("message")) for part in said)
        assert len(in_ocsf(run)) == sum(map(len, open_.values()))
        line = in_terminal(run)
        deviations = [one for plane in PLANES for one in told[plane]]
        assert ("(" in line) == bool(line and deviations and not any(open_.values()))


def test_junit_fails_no_plane_for_what_is_new_on_the_other() -> None:
    run = one_control(("open",), ("known", "waived"), baseline="new")
    cases = in_junit(run)
    failed, skipped = cases["terraform"], cases["live"]
    assert failed is not None
    assert skipped is not None
    assert (failed.tag, skipped.tag) == ("failure", "skipped")
    assert skipped.get("message") == "known: known since the baseline; waived: W-1"


def test_a_failure_is_named_after_what_asks_for_an_act() -> None:
    run = one_control(("waived", "open"), ())
    run["controls"][0]["planes"]["terraform"]["verdicts"][1]["state"] = "absent"
    case = in_junit(run)["terraform"]
    assert case is not None
    assert (case.tag, case.get("type")) == ("failure", "absent")
    assert "path_1" in str(case.text)
    assert "path_0" not in str(case.text)


def test_what_is_waived_is_not_said_to_be_known() -> None:
    run = one_control(("waived",), (), baseline="known")
    case = in_junit(run)["terraform"]
    assert case is not None
    assert case.get("message") == "waived: W-1"
    assert "(waived: W-1)" in in_terminal(run)


def test_what_a_change_did_not_bring_is_not_said_to_be_in_a_baseline() -> None:
    run = one_control(("known",), (), baseline="known")
    run["controls"][0]["planes"]["terraform"]["verdicts"][0]["known"] = "older than the change"
    assert "(known: older than the change)" in in_terminal(run)


def test_sarif_takes_no_known_deviation_for_a_new_one() -> None:
    (new, known) = in_sarif(one_control(("open", "known"), (), baseline="new"))["terraform"]
    assert (new["baselineState"], "suppressions" in new) == ("new", False)
    assert (known["baselineState"], "suppressions" in known) == ("unchanged", True)


@pytest.mark.parametrize("planned", [None, "Phase 6"])
def test_what_does_not_deviate_needs_no_reason(planned: str | None) -> None:
    run = one_control(("undecided", "agreeing"), ("agreeing",), planned=planned, baseline="known")
    assert [one.quiet for one in findings(run)] == [None] * 3
