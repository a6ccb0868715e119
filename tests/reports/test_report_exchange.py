"""The formats that other tools take: each against its official schema or consumer, on every kind of run."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import botocore.session
import jsonschema_rs
import openpyxl
import pytest
import report_browser
import report_builders
import report_drift
import report_runs
import xmlschema
from botocore.validate import ParamValidator
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from reports.differences import differences
from reports.findings import findings
from reports.formats import RenderOptions, get
from reports.formats.asff import BATCH, BATCH_BYTES, FINDING_BYTES
from reports.formats.oscal import token
from reports.formats.sarif import LIMIT
from reports.report import ReportError
from reports.table import ALSO, COLUMNS

SCHEMAS = Path(__file__).parent / "schemas"
Run = dict[str, Any]


@cache
def bulk() -> Run:
    """20,000 verdicts: half of them deviate, half pass."""
    return report_runs.big(20, 500)


RUNS: dict[str, Callable[[], Run]] = {**report_runs.CASES, "bulk": bulk}


@pytest.fixture(params=sorted(RUNS))
def run(request: pytest.FixtureRequest) -> Run:
    return RUNS[request.param]()


def rendered(name: str, run: Run, lang: str = "en") -> bytes:
    data = get(name).render(run, RenderOptions(lang))
    return data.encode("utf-8") if isinstance(data, str) else data


def states(run: Run, plane: str | None = None) -> Counter[str]:
    return Counter(one.state for one in findings(run) if plane in (None, one.plane))


# --- what is one finding, and what keeps its name


def test_a_finding_keeps_its_name_when_its_value_or_place_changes() -> None:
    before, after = report_runs.mixed(), report_runs.mixed()
    for control in after["controls"]:
        control["line"] += 100
        for part in control["planes"].values():
            for verdict in part["verdicts"]:
                verdict["actual"] = "something else"
                verdict["origin"] = None
    assert [one.uid for one in findings(before)] == [one.uid for one in findings(after)]


def test_no_two_findings_share_a_name() -> None:
    named = [one.uid for one in findings(bulk())]
    assert len(set(named)) == len(named) == 20_000


# --- SARIF


@cache
def sarif_schema() -> Any:
    text = (SCHEMAS / "sarif-schema-2.1.0.json").read_text(encoding="utf-8")
    # A bracket too many, which ECMAScript's regular expressions let pass and the validator does not.
    data = json.loads(text.replace("{2}]?$", "{2}$"))
    return jsonschema_rs.validator_for(data)


def sarif(run: Run) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(rendered("sarif", run))
    return data


def test_sarif_is_what_oasis_calls_sarif(run: Run) -> None:
    assert [error.message for error in sarif_schema().iter_errors(sarif(run))] == []


def test_the_sarif_schema_finds_a_fault() -> None:
    data = sarif(report_runs.mixed())
    data["runs"][0]["results"][0]["level"] = "fatal"
    assert list(sarif_schema().iter_errors(data))


def test_sarif_keeps_to_the_limits_of_code_scanning(run: Run) -> None:
    for one in sarif(run)["runs"]:
        rules = one["tool"]["driver"]["rules"]
        assert len(one["results"]) <= LIMIT
        assert all(len(rule.get("properties", {}).get("tags", [])) <= 10 for rule in rules)
        assert all(0 < float(rule["properties"]["security-severity"]) <= 10 for rule in rules if "properties" in rule)
        for result in one["results"]:
            assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
            assert len(result["locations"]) == 1
            region = result["locations"][0]["physicalLocation"]["region"]
            assert set(region) == {"startLine", "startColumn", "endLine", "endColumn"}
            assert result["level"] == "none" or result["kind"] == "fail"


def test_sarif_tells_the_planes_apart_and_shows_no_undecided_as_a_fault() -> None:
    run = report_runs.mixed()
    data = {one["automationDetails"]["id"]: one for one in sarif(run)["runs"]}
    assert set(data) == {f"glimpse-audit/{name}/" for name in ("terraform", "live", "document", "comparison")}
    for plane in ("terraform", "live"):
        kinds = Counter(result["kind"] for result in data[f"glimpse-audit/{plane}/"]["results"])
        counted = states(run, plane)
        assert kinds["fail"] == counted["fail"] + counted["absent"]
        assert kinds["open"] == counted["unknown"] + counted["unreadable"]
        notes = data[f"glimpse-audit/{plane}/"]["invocations"][0]["toolExecutionNotifications"]
        assert sum("not read" in note["message"]["text"] for note in notes) == 1


def test_sarif_says_what_it_left_out() -> None:
    live = next(one for one in sarif(bulk())["runs"] if one["automationDetails"]["id"] == "glimpse-audit/live/")
    assert len(live["results"]) == LIMIT
    notes = live["invocations"][0]["toolExecutionNotifications"]
    assert any(note["message"]["text"].startswith("5000 more results") for note in notes)


def test_sarif_points_at_the_source_of_what_the_account_has_wrong() -> None:
    run = report_runs.mixed()
    live = next(one for one in sarif(run)["runs"] if one["automationDetails"]["id"] == "glimpse-audit/live/")
    (result,) = (one for one in live["results"] if one["ruleId"] == "rds-size")
    place = result["locations"][0]
    assert place["physicalLocation"]["artifactLocation"]["uri"] == "modules/data/main.tf"
    assert place["physicalLocation"]["region"]["startLine"] == 14
    assert place["logicalLocations"][0]["fullyQualifiedName"].startswith("arn:aws:rds:")
    for row in (row for control in run["controls"] for row in control["rows"]):
        row["terraform"] = None
    live = next(one for one in sarif(run)["runs"] if one["automationDetails"]["id"] == "glimpse-audit/live/")
    (result,) = (one for one in live["results"] if one["ruleId"] == "rds-size")
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "specs/demo/database.yaml"


def test_sarif_marks_what_is_waived_known_or_planned() -> None:
    data = sarif(report_runs.mixed())
    words = {
        (result["ruleId"], suppression["justification"].partition(":")[0])
        for one in data["runs"]
        for result in one["results"]
        for suppression in result.get("suppressions", [])
    }
    assert ("cdn-cache", "waived") in words
    assert ("backup-retention", "known") in words
    assert ("second-zone", "planned") in words


# --- OCSF


@cache
def ocsf_schema() -> Any:
    data = OcsfJsonSchemaEmbedded(get_ocsf_schema("1.8.0")).get_class_schema("compliance_finding", profiles=["cloud"])
    return jsonschema_rs.validator_for(data)


def test_ocsf_events_are_compliance_findings(run: Run) -> None:
    events = json.loads(rendered("ocsf", run))
    assert len(events) == sum(states(run).values()) + len(differences(run))
    assert len({event["finding_info"]["uid"] for event in events}) == len(events)
    assert [error.message for event in events for error in ocsf_schema().iter_errors(event)] == []


def test_the_ocsf_schema_finds_a_fault() -> None:
    event = json.loads(rendered("ocsf", report_runs.mixed()))[0]
    assert list(ocsf_schema().iter_errors({**event, "time": "yesterday"}))
    assert list(ocsf_schema().iter_errors({name: value for name, value in event.items() if name != "compliance"}))


def test_ocsf_calls_nothing_undecided_a_failure() -> None:
    run = report_runs.mixed()
    counted = Counter(event["compliance"]["status"] for event in json.loads(rendered("ocsf", run)))
    mine = states(run) + Counter(one.state for one in differences(run))
    assert counted == {
        "Pass": mine["pass"],
        "Fail": mine["fail"] + mine["absent"],
        "Unknown": mine["unknown"] + mine["unreadable"],
    }


# --- ASFF


@cache
def asff_shape() -> Any:
    return (
        botocore.session.Session().get_service_model("securityhub").operation_model("BatchImportFindings").input_shape
    )


def test_asff_batches_are_what_botocore_sends(run: Run) -> None:
    batches = json.loads(rendered("asff", run))
    for batch in batches:
        assert not ParamValidator().validate(batch, asff_shape()).has_errors()
        found = batch["Findings"]
        sizes = [len(json.dumps(one, ensure_ascii=False).encode()) for one in found]
        assert 0 < len(found) <= BATCH
        assert sum(sizes) <= BATCH_BYTES
        assert max(sizes) <= FINDING_BYTES
        for one in found:
            assert 0 < len(one["Title"]) <= 256
            assert 0 < len(one["Description"]) <= 1024
            assert len(one["Remediation"]["Recommendation"]["Text"]) <= 512
            assert len(one["ProductFields"]) <= 50
            assert all(len(value) <= 2048 for value in one["ProductFields"].values())
    assert len({one["Id"] for batch in batches for one in batch["Findings"]}) == sum(
        len(batch["Findings"]) for batch in batches
    )


def test_botocore_finds_a_fault_in_a_batch() -> None:
    batch = json.loads(rendered("asff", report_runs.mixed()))[0]
    del batch["Findings"][0]["Resources"]
    assert ParamValidator().validate(batch, asff_shape()).has_errors()


def test_asff_speaks_of_the_account_alone() -> None:
    run = report_runs.mixed()
    found = [one for batch in json.loads(rendered("asff", run)) for one in batch["Findings"]]
    mine = states(run, "live") + Counter(one.state for one in differences(run))
    assert Counter(one["Compliance"]["Status"] for one in found) == Counter(
        PASSED=mine["pass"],
        FAILED=mine["fail"] + mine["absent"],
        WARNING=mine["unknown"],
        NOT_AVAILABLE=mine["unreadable"],
    )
    assert json.loads(rendered("asff", report_runs.empty())) == []


def test_asff_loses_nothing_that_is_said_of_several_accounts_as_a_whole() -> None:
    run = report_runs.mixed()
    run["run"]["accounts"] = ["000011112222", "333344445555"]
    whole = [one for one in findings(run, planes=("live",)) if one.verdict["account"] is None]
    assert whole
    found = [one for batch in json.loads(rendered("asff", run)) for one in batch["Findings"]]
    assert len(found) == sum(states(run, "live").values()) + len(differences(run))


# --- OSCAL


@cache
def oscal_schema() -> Any:
    data = json.loads((SCHEMAS / "oscal-assessment-results-1.2.3.json").read_text(encoding="utf-8"))
    return jsonschema_rs.validator_for(data)


def test_oscal_is_what_nist_calls_assessment_results(run: Run) -> None:
    data = json.loads(rendered("oscal", run))
    assert [f"{error.instance_path} {error.message}" for error in oscal_schema().iter_errors(data)] == []


def test_the_oscal_schema_finds_a_fault() -> None:
    for spoil in (
        lambda data: data.pop("import-ap"),
        lambda data: data["results"][0]["findings"][0]["target"].update({"target-id": "no token"}),
        lambda data: data["results"][0]["findings"][0]["target"]["status"].update(state="undecided"),
        lambda data: data["results"][0].update(verdict="fine"),
    ):
        data = json.loads(rendered("oscal", report_runs.mixed()))
        assert not list(oscal_schema().iter_errors(data))
        spoil(data["assessment-results"])
        assert list(oscal_schema().iter_errors(data))


def test_oscal_calls_an_undecided_control_neither_satisfied_nor_not() -> None:
    run = report_runs.mixed()
    (result,) = json.loads(rendered("oscal", run))["assessment-results"]["results"]
    found = {one["target"]["target-id"]: one["target"]["status"]["state"] for one in result["findings"]}
    wanted = {"fail": "not-satisfied", "pass": "satisfied"}
    assert found == {
        token(control["id"]): wanted[control["outcome"]]
        for control in run["controls"]
        if control["outcome"] != "undecided"
    }
    undecided = [control for control in run["controls"] if control["outcome"] == "undecided"]
    assert undecided
    titles = {one["title"] for one in result["observations"]}
    assert all(f"{control['id']} on {plane}" in titles for control in undecided for plane in control["planes"])


@pytest.mark.parametrize(
    ("text", "wanted"), [("rds-size", "rds-size"), ("1a", "_1a"), ("a b", "a-b"), ("", "_"), ("가.나", "가.나")]
)
def test_oscal_tokens(text: str, wanted: str) -> None:
    assert token(text) == wanted


# --- OpenMetrics


def test_openmetrics_parse_back(run: Run) -> None:
    families = {one.name: one for one in text_string_to_metric_families(rendered("openmetrics", run).decode())}
    assert families["glimpse_audit_exit_status"].samples[0].value == run["summary"]["exit_status"]
    found = {
        (sample.labels["plane"], sample.labels["state"]): sample.value
        for sample in families["glimpse_audit_verdicts"].samples
    }
    for plane in run["run"]["planes"]:
        assert {state: number for (side, state), number in found.items() if side == plane and number} == dict(
            states(run, plane)
        )
    assert len(families["glimpse_audit_control_state"].samples) == 5 * sum(
        len(control["planes"]) for control in run["controls"]
    )


# --- CSV and XLSX

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def test_csv_reads_back_and_holds_no_formula(run: Run) -> None:
    data = rendered("csv", run)
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert len(rows) == sum(states(run).values()) + len(differences(run))
    assert Counter(row["state"] for row in rows) == states(run) + Counter(one.state for one in differences(run))
    assert not [value for row in rows for value in row.values() if value.startswith(FORMULA)]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "＝1+1"])
def test_csv_makes_a_formula_text(text: str) -> None:
    run = report_runs.mixed()
    run["controls"][0]["title"] = text
    rows = list(csv.DictReader(io.StringIO(rendered("csv", run).decode("utf-8-sig"), newline="")))
    assert f"'{text}" in {row["title"] for row in rows}


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_a_workbook_opens_again_with_all_in_it(lang: str) -> None:
    for name in report_runs.CASES:
        run = RUNS[name]()
        book = openpyxl.load_workbook(io.BytesIO(rendered("xlsx", run, lang)))
        sheet = book.worksheets[1]
        rows = list(sheet.iter_rows(values_only=True))
        assert rows[0] == COLUMNS
        assert Counter(row[COLUMNS.index("state")] for row in rows[1:]) == states(run)
        assert all(cell.data_type != "f" for one in book.worksheets for cells in one.iter_rows() for cell in cells)
        gaps = list(book.worksheets[2].iter_rows(values_only=True))
        assert len(gaps) == len(run["gaps"]) + 1
        waivers = list(book.worksheets[3].iter_rows(values_only=True))
        assert len(waivers) == len(run["waivers"]) + 1
        more = [bool(run.get(part)) for part in ("document", "contradictions", "coverage")]
        compared = 3 * (run.get("drift_coverage") is not None)
        beside = [bool(run.get(part)) for part in ("cost", "policies")]
        assert len(book.worksheets) == 4 + sum(more) + compared + sum(beside)


def test_a_workbook_holds_each_statement_and_each_fact() -> None:
    run = report_runs.mixed()
    book = openpyxl.load_workbook(io.BytesIO(rendered("xlsx", run)))
    said = list(book["Contradictions"].iter_rows(min_row=2, values_only=True))
    assert len(said) == sum(len(one["statements"]) for one in run["contradictions"])
    assert ("task-count", "2 tasks", "wins") in {(one[0], one[6], one[3]) for one in said}
    facts = list(book["Facts"].iter_rows(min_row=2, values_only=True))
    counts = run["coverage"]["counts"]
    assert len(facts) == counts["facts"] + counts["uncited"]
    assert facts[-1][1:5] == ("| Storage | 20 GB |", None, 31, "Rows with a figure that nothing cites")


def test_a_workbook_holds_what_stands_beside_the_controls() -> None:
    run = report_runs.mixed()
    book = openpyxl.load_workbook(io.BytesIO(rendered("xlsx", run)))

    def rows(name: str) -> list[dict[str, Any]]:
        head, *found = book[name].iter_rows(values_only=True)
        return [dict(zip(head, one, strict=True)) for one in found]

    drift, foreign = rows("Drift"), rows("Unmanaged")
    assert [one["fails"] == "fails" for one in drift] == sorted((one["fails"] for one in run["drift"]), reverse=True)
    assert {(one["resource"], one["path"] or "") for one in drift} == {
        (one["terraform"]["resource"], one["path"]) for one in run["drift"]
    }
    retention = next(one for one in drift if one["path"] == "retention_in_days")
    assert (retention["terraform"], retention["live"]) == ("30", "7")
    assert [one["resource"] for one in foreign] == [one["resource"] for one in run["unmanaged"]]
    assert any("resources compared" in one["said"] for one in rows("Compared"))
    costs = [(one["component"], one["documented"]) for one in rows("Cost") if one["component"]]
    assert [name for name, _ in costs] == [row["component"] for table in run["cost"] for row in table["rows"]]
    told = {one["policy"]: one["decision"] for one in rows("Policies")}
    assert told == {one["id"]: one["decision"] for one in run["policies"]["entries"]}


def test_sarif_holds_what_the_planes_differ_in_and_suppresses_what_asks_for_nothing() -> None:
    run = report_runs.mixed()
    (compared,) = (one for one in sarif(run)["runs"] if one["automationDetails"]["id"] == "glimpse-audit/comparison/")
    own = [one for one in (*run["drift"], *run["unmanaged"]) if not one["controls"]]
    assert len(own) < len(run["drift"]) + len(run["unmanaged"]), "what a control says is not said again"
    assert len(compared["results"]) == len(own)
    acting = [one for one in compared["results"] if "suppressions" not in one]
    assert len(acting) == sum(one["fails"] for one in own) > 0
    assert len(acting) < len(own), "some are waived"
    assert len({one["partialFingerprints"]["auditFinding/v1"] for one in compared["results"]}) == len(own)
    run["drift"][0]["terraform"]["value"] = "another"
    again = next(one for one in sarif(run)["runs"] if one["automationDetails"]["id"] == "glimpse-audit/comparison/")
    assert [one["partialFingerprints"] for one in again["results"]] == [
        one["partialFingerprints"] for one in compared["results"]
    ]


def test_sarif_of_one_plane_has_no_comparison() -> None:
    run = report_runs.empty()
    assert run.get("drift_coverage") is None
    assert not [one for one in sarif(run)["runs"] if "comparison" in one["automationDetails"]["id"]]


def test_a_workbook_holds_20_000_verdicts() -> None:
    book = openpyxl.load_workbook(io.BytesIO(rendered("xlsx", bulk())), read_only=True)
    assert book.worksheets[1].calculate_dimension(force=True).endswith("20001")


def test_a_workbook_keeps_the_zeros_of_an_account() -> None:
    book = openpyxl.load_workbook(io.BytesIO(rendered("xlsx", report_runs.mixed())))
    accounts = {row[COLUMNS.index("account")] for row in book.worksheets[1].iter_rows(min_row=2, values_only=True)}
    assert "000011112222" in accounts


# --- drift and unmanaged resources that no control says: the same ones, under the same names, wherever findings go


def in_csv(run: Run) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(rendered("csv", run).decode("utf-8-sig"), newline="")))


def told(run: Run) -> dict[str, dict[str, dict[str, Any]]]:
    """By format and name what each says of differences."""
    compared = [one for one in sarif(run)["runs"] if "comparison" in one["automationDetails"]["id"]]
    batches, abouts = json.loads(rendered("asff", run)), ("drift", "unmanaged")
    return {
        "csv": {one["finding"]: one for one in in_csv(run) if one["control"] in abouts},
        "sarif": {one["partialFingerprints"]["auditFinding/v1"]: one for part in compared for one in part["results"]},
        "ocsf": {
            one["finding_info"]["uid"]: one
            for one in json.loads(rendered("ocsf", run))
            if one["compliance"]["control"] in abouts
        },
        "asff": {
            one["Id"].removeprefix("glimpse-audit/"): one
            for batch in batches
            for one in batch["Findings"]
            if one["Compliance"]["SecurityControlId"] in abouts
        },
    }


def test_every_format_names_the_same_differences_and_keeps_the_same_ones_quiet(run: Run) -> None:
    found = told(run)
    assert all(set(names) == {one.uid for one in differences(run)} for names in found.values())
    for one in differences(run):
        row, result, event, finding = (found[name][one.uid] for name in ("csv", "sarif", "ocsf", "asff"))
        abouts = {row["control"], result["ruleId"], event["compliance"]["control"]}
        assert {*abouts, finding["Compliance"]["SecurityControlId"]} == {one.about}
        assert {row["severity"], event["severity"].lower(), finding["Severity"]["Label"].lower()} == {
            one.entry["severity"]
        }
        assert {row["account"], event["cloud"]["account"]["uid"], finding["AwsAccountId"]} == {one.entry["account"]}
        assert {row["region"], event["cloud"]["region"], finding["Resources"][0]["Region"]} == {one.entry["region"]}
        quiet = {bool(row["quiet"]), event["status"] == "Suppressed", finding["Workflow"]["Status"] == "SUPPRESSED"}
        assert {*quiet, "suppressions" in result} == {one.quiet is not None}


def test_the_sample_runs_have_every_sort_of_difference() -> None:
    for make in (report_runs.mixed, report_runs.korean, report_runs.hostile):
        found = differences(make())
        assert {one.about for one in found} == {"drift", "unmanaged"}
        assert {one.quiet is None for one in found} == {True, False}
    assert {one.state for one in differences(report_runs.mixed())} == {"fail", "absent"}


def difference(entry: Run, about: str = "drift") -> Run:
    """A run with one difference alone."""
    return report_builders.run([], **{**report_drift.NOTHING_FOUND, about: [entry]})


def only(run: Run) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """What CSV, OCSF and ASFF say of it."""
    found = told(run)
    row, event, finding = (next(iter(found[name].values())) for name in ("csv", "ocsf", "asff"))
    return row, event, finding


def test_a_difference_says_what_both_sides_have() -> None:
    row, event, finding = only(difference(report_drift.drifted("retention_in_days", 30, 7)))
    arn, address = report_drift.ARN, "module.data.aws_cloudwatch_log_group.main"
    assert (row["expected"], row["actual"], row["path"]) == ("30", "7", "retention_in_days")
    assert (row["plane"], row["resource"], row["live_resource"]) == ("terraform", address, arn)
    assert row["origin"].startswith("modules/data/main.tf:14")
    assert event["resources"][0] == {"uid": arn, "name": "demo", "type": "aws_cloudwatch_log_group"}
    said = event["unmapped"]
    assert (said["terraform"], said["live"], said["terraform_resource"]) == ("30", "7", address)
    assert finding["Resources"][0]["Id"] == arn
    fields = finding["ProductFields"]
    assert (fields["glimpse-audit/terraform"], fields["glimpse-audit/live"]) == ("30", "7")
    assert fields["glimpse-audit/terraform-resource"] == address


def test_what_the_account_lacks_has_the_address_of_terraform() -> None:
    row, event, finding = only(difference(report_drift.missing()))
    assert (row["state"], row["resource"], row["live_resource"]) == ("absent", "aws_sns_topic.alarms", "")
    assert row["cause"] == "is not in the account"
    assert event["resources"][0]["uid"] == finding["Resources"][0]["Id"] == "aws_sns_topic.alarms"
    assert event["compliance"]["status_code"] == "absent"
    assert finding["Compliance"]["Status"] == "FAILED"


def test_what_is_unmanaged_names_who_expects_it_in_terraform() -> None:
    row, event, finding = only(difference(report_drift.foreign(), "unmanaged"))
    assert (row["plane"], row["resource"], row["name"]) == ("live", f"{report_drift.ARN}-debug", "Debug")
    assert (row["spec"], row["spec_line"]) == ("specs/demo/database.yaml", "3")
    assert (row["expected"], row["actual"], row["kind"]) == ("", "", "aws_cloudwatch_log_group")
    assert event["unmapped"]["spec"] == finding["ProductFields"]["glimpse-audit/spec"] == "specs/demo/database.yaml:3"


def test_nothing_redacted_is_shown_as_anything_but_redacted() -> None:
    ours, theirs = ({"LEVEL": level, "TOKEN": report_builders.redacted("environment")} for level in ("info", "debug"))
    for said in only(difference(report_drift.drifted("environment", ours, theirs))):
        text = json.dumps(said)
        assert "{LEVEL: info, TOKEN: redacted: environment}" in text
        assert "{LEVEL: debug, TOKEN: redacted: environment}" in text
        assert "__redacted__" not in text


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"waiver": "W-1", "baseline": "known"}, "waived: W-1"),
        ({"baseline": "known"}, "known: it was there before"),
        ({"baseline": "new"}, ""),
        ({}, ""),
    ],
)
def test_what_does_not_fail_the_run_is_quiet_only_if_waived_or_known(more: Run, why: str) -> None:
    run = difference(report_drift.drifted("retention_in_days", 30, 7, fails=False, **more))
    row, event, finding = only(run)
    assert row["quiet"] == event["unmapped"].get("quiet", "") == why
    assert finding["ProductFields"].get("glimpse-audit/quiet", "") == why
    assert finding["Workflow"]["Status"] == ("SUPPRESSED" if why else "NEW")
    (result,) = told(run)["sarif"].values()
    assert [one["justification"] for one in result.get("suppressions", [])] == [why] * bool(why)


def test_what_a_control_says_is_said_once() -> None:
    run = difference(report_drift.drifted("retention_in_days", 30, 7, fails=False, controls=["log-retention"]))
    assert not any(told(run).values())


def test_a_difference_keeps_its_name_whatever_its_values_and_state() -> None:
    (before,) = differences(difference(report_drift.drifted("days", 30, 7)))
    (after,) = differences(difference(report_drift.drifted("days", 60, 14, waiver="W-1", severity="high")))
    assert before.uid == after.uid


def test_resources_of_one_name_are_two_findings() -> None:
    twins = [report_drift.foreign(resource=f"i-{number}", key="web") for number in (1, 2)]
    run = report_builders.run([], **{**report_drift.NOTHING_FOUND, "unmanaged": twins})
    assert all(len(names) == 2 for names in told(run).values())

    def names(run: Run) -> dict[str, str]:
        return {one.live: one.uid for one in differences(run)}

    assert names({**run, "unmanaged": twins[::-1]}) == names(run)


def test_no_column_of_verdicts_has_moved() -> None:
    head, *_ = csv.reader(io.StringIO(rendered("csv", report_runs.mixed()).decode("utf-8-sig"), newline=""))
    assert tuple(head) == (*COLUMNS, *ALSO)
    assert " ".join(COLUMNS) == (
        "control title theme severity basis plane state standing quiet account region resource path expected actual "
        "origin cause mend section row states document_line frameworks remedy spec spec_line finding"
    )


def test_a_run_of_one_plane_has_no_differences() -> None:
    assert differences(report_runs.empty()) == []


def test_oscal_carries_controls_alone() -> None:
    run = difference(report_drift.drifted("retention_in_days", 30, 7))
    assert "retention_in_days" not in rendered("oscal", run).decode()


# --- annotations

ANNOTATION = re.compile(r"::(error|warning|notice) file=([^,:]+),line=(\d+)(?:,col=\d+)?,title=([^,:]*)::([^\r\n]*)")


def test_annotations_are_of_what_asks_for_an_act(run: Run) -> None:
    lines = rendered("annotations", run).decode().splitlines()
    acting = [one for one in findings(run) if one.deviates and not one.quiet]
    assert len(lines) == len(acting)
    assert all(ANNOTATION.fullmatch(line) for line in lines)


def test_an_annotation_stands_where_the_source_is_wrong() -> None:
    lines = rendered("annotations", report_runs.mixed()).decode().splitlines()
    (line,) = (one for one in lines if "seven days of backups" in one)
    found = ANNOTATION.fullmatch(line)
    assert found is not None
    assert found.group(1, 2, 3) == ("error", "modules/data/main.tf", "14")
    assert "%3A" in found[4]


def test_an_annotation_cannot_become_another_command() -> None:
    run = report_runs.mixed()
    run["controls"][0]["title"] = "x::set-env name=a::b\n::error::gone, 100%"
    lines = rendered("annotations", run).decode().splitlines()
    assert sum(line.startswith("::") for line in lines) == len(lines)
    assert any("100%25" in line and "%3A%3Aset-env" in line for line in lines)


# --- PDF


@pytest.mark.skipif(report_browser.chromium() is None, reason="no Chromium on PATH")
def test_chromium_prints_a_pdf() -> None:
    data = rendered("pdf", report_runs.korean(), "ko")
    assert data.startswith(b"%PDF-")
    assert data.rstrip().endswith(b"%%EOF")
    assert data.count(b"/Type /Page\n") >= 1


@pytest.mark.parametrize(
    ("program", "said"),
    [("no-such-browser", "is no program"), ("true", "printed nothing"), ("false", "printed nothing")],
)
def test_no_pdf_is_an_error_in_one_line(program: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", program)
    with pytest.raises(ReportError, match=said) as caught:
        rendered("pdf", report_runs.empty())
    assert "\n" not in str(caught.value)


def test_without_any_chromium_the_error_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ReportError, match="set CHROMIUM"):
        rendered("pdf", report_runs.empty())


# --- JUnit


@cache
def junit_schema() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(SCHEMAS / "junit-10.xsd")


def test_junit_is_what_jenkins_takes(run: Run) -> None:
    assert [str(error.reason) for error in junit_schema().iter_errors(rendered("junit", run).decode())] == []


def test_the_schema_of_jenkins_finds_a_fault() -> None:
    text = rendered("junit", report_runs.mixed()).decode()
    assert list(junit_schema().iter_errors(text.replace("<testcase ", "<testcase weather='fine' ", 1)))
