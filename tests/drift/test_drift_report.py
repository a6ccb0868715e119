"""Drift and unmanaged resources as deviations: severities, links to controls, waivers, baselines, and a run."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from drift_factories import ours, plane, theirs

from audits import baseline, kinds
from audits.drift import entries
from audits.drift.report import Comparison, comparison, linked, with_verdicts
from audits.judge import Judgement, Result, combine
from audits.model import BILL, FILE, Cause, Check, DriftRule, Gap, Origin, Resource, Spec, State, UnmanagedRule, Verdict
from audits.run import Facts, Policy, acting, assemble, comparison_status
from audits.waivers import Force, Waiver, apply, used
from reports.report import load
from tests.factories import control, unknown

GROUP, DATABASE = "aws_cloudwatch_log_group", "aws_db_instance"
SOURCE = [ours(GROUP, f"{GROUP}.a", name="a", retention_in_days=30, Origin=Origin("main.tf", 3))]
LIVE = [
    theirs(GROUP, "arn:a", name="a", retention_in_days=7),
    theirs(GROUP, "arn:b", name="b", retention_in_days=7, tags={"Name": "B"}),
]
TODAY = date(2026, 5, 1)


def spec(drift: DriftRule | None = None, *rules: UnmanagedRule) -> Spec:
    return Spec("specs/x.yaml", "x", "README.md", (), "0", drift=drift, unmanaged=rules)


ASKED = spec(None, UnmanagedRule(kinds=(GROUP,), place="specs/x.yaml:4"))


def compared(
    specs: Sequence[Spec] = (ASKED,), source: Sequence[Resource] = SOURCE, live: Sequence[Resource] = LIVE, **more: Any
) -> Comparison:
    return comparison(plane("terraform", *source), plane("live", *live, **more), kinds.registry(), specs)


@pytest.mark.parametrize(
    ("rules", "severity"),
    [
        ([], "medium"),
        ([None], "medium"),
        ([DriftRule("low")], "low"),
        ([DriftRule("low"), DriftRule("high")], "high"),
        ([DriftRule("low"), DriftRule("high", ("aws_db_*",))], "low"),
        ([DriftRule("critical", ("aws_cloudwatch_*",)), DriftRule("low")], "critical"),
    ],
)
def test_the_severity_is_the_worst_that_specs_give_the_kind(rules: list[DriftRule | None], severity: str) -> None:
    (entry,) = compared([spec(rule) for rule in rules]).of("drift")
    assert entry.severity == severity


def test_a_run_holds_both_values_and_both_places() -> None:
    found = compared()
    (drift,) = entries.drift(found, lambda entry: {"baseline": None, "fails": True})
    assert (drift["path"], drift["terraform"]["value"], drift["live"]["value"]) == ("retention_in_days", 30, 7)
    assert drift["terraform"]["origin"] == {"file": "main.tf", "line": 3}
    assert (drift["terraform"]["resource"], drift["live"]["resource"]) == (f"{GROUP}.a", "arn:a")
    (foreign,) = entries.unmanaged(found, lambda entry: {"baseline": None, "fails": True})
    assert (foreign["resource"], foreign["name"], foreign["spec"]) == ("arn:b", "B", "specs/x.yaml:4")


def test_coverage_counts_what_was_not_compared() -> None:
    more = [
        ours(GROUP, f"{GROUP}.u", name=unknown(Cause.VARIABLE, "var.x")),
        ours("aws_mq_broker", "aws_mq_broker.a", broker_name="x"),
    ]
    told = entries.coverage(compared(source=[*SOURCE, *more]), kinds.registry())
    # Of the account's, what may be the unmatched one counts, too.
    assert told["resources"] == {"compared": 1, "all": 4, "at_least": False}
    assert told["kinds_not_compared"] == [{"kind": "aws_mq_broker", "resources": 1}]
    assert [one["resource"] for one in told["unmatched"]] == [f"{GROUP}.u"]
    assert [one["resource"] for one in told["unmanaged"]["undecided"]] == ["arn:b"]
    assert told["attributes"]["compared"] < told["attributes"]["all"]
    assert sum(told["reasons"].values()) == told["attributes"]["all"] - told["attributes"]["compared"]


def test_a_file_of_the_repository_is_no_resource() -> None:
    file = Resource(FILE, "server/main.ts", {"queries": []}, key="server/main.ts")
    with_file, without = (compared(source=source) for source in ([*SOURCE, file], SOURCE))
    assert entries.coverage(with_file, kinds.registry()) == entries.coverage(without, kinds.registry())


def test_a_gap_makes_the_number_of_resources_a_least_one() -> None:
    gap = Gap("live", (DATABASE,), "rds:DescribeDBInstances", "denied")
    assert entries.coverage(compared(gaps=[gap]), kinds.registry())["resources"]["at_least"] is True
    detail = Gap("live", (GROUP,), "logs:ListTagsForResource", "denied", resource="arn:a", attribute="tags")
    assert entries.coverage(compared(gaps=[detail]), kinds.registry())["resources"]["at_least"] is False


# -- What a control says already


def result(standing_path: str, *, ours_state: str = "pass", theirs_state: str = "fail", **more: Any) -> Result:
    """A control that passes in the source and fails in the account, on a path of the log group."""
    one = replace(control(kind=GROUP), **more)
    found = {
        "terraform": Verdict(State(ours_state), standing_path, f"{GROUP}.a", key="a", actual=30),
        "live": Verdict(State(theirs_state), standing_path, "arn:a", key="a", actual=7),
    }
    return combine(one, {name: Judgement(Check(one, name), (v,), 1) for name, v in found.items()})  # type: ignore[arg-type, misc]


def links(*results: Result) -> tuple[str, ...]:
    return linked(compared(), results).of("drift")[0].controls


def test_drift_that_a_failing_row_says_is_linked_and_not_said_again() -> None:
    found = linked(compared(), [result("retention_in_days")])
    assert found.of("drift")[0].controls == ("c",)
    assert [entry.about for entry in acting(found, Policy())] == ["unmanaged"]


@pytest.mark.parametrize(
    "other",
    [
        result("name"),
        result("retention_in_days", theirs_state="pass"),
        result("retention_in_days", theirs_state="unreadable"),
        result("retention_in_days", planned="next year"),
    ],
    ids=["another path", "it passes", "undecided", "planned"],
)
def test_no_other_row_says_it(other: Result) -> None:
    assert links(other) == ()


def test_relations_speak_of_what_they_judge() -> None:
    source = [ours("aws_security_group", "aws_security_group.a", name="a", tags={"A": "1"})]
    rule = {"from_port": 1, "to_port": 1, "protocol": "tcp", "cidr_blocks": ["0.0.0.0/0"]}
    live = [theirs("aws_security_group", "arn:g", name="a", tags={"A": "2"}, ingress=[rule])]
    one = control("reach")
    sides = {
        "terraform": Verdict(State.PASS, "into a: nothing else", key="into a: nothing else"),
        "live": Verdict(State.FAIL, "into a: nothing else", "arn:g", key="into a: nothing else"),
    }
    judged = combine(one, {name: Judgement(Check(one, name), (v,), 1) for name, v in sides.items()})  # type: ignore[arg-type, misc]
    found = linked(compared(source=source, live=live), [judged])
    assert {entry.verdict.path: entry.controls for entry in found.of("drift")} == {"ingress": ("c",), "tags.A": ()}


def test_a_missing_resource_that_a_control_calls_absent_is_linked() -> None:
    one = control(kind=GROUP)
    sides = {
        "terraform": Verdict(State.PASS, "retention_in_days", f"{GROUP}.a", key="a"),
        "live": Verdict(State.ABSENT, "count"),
    }
    judged = combine(one, {name: Judgement(Check(one, name), (v,), 1) for name, v in sides.items()})  # type: ignore[arg-type, misc]
    found = compared(live=[])
    assert linked(found, [judged]).of("drift")[0].controls == ("c",)
    assert linked(found, [result("retention_in_days")]).of("drift")[0].controls == ()


def test_an_unmanaged_resource_that_a_control_refuses_is_linked() -> None:
    one = control(kind=GROUP)
    sides = {"terraform": Verdict(State.PASS, "count"), "live": Verdict(State.FAIL, "count", "arn:b")}
    judged = combine(one, {name: Judgement(Check(one, name), (v,), 1) for name, v in sides.items()})  # type: ignore[arg-type, misc]
    assert linked(compared(), [judged]).of("unmanaged")[0].controls == ("c",)


# -- What fails the run


def test_the_least_severity_counts() -> None:
    found = compared()
    assert comparison_status(found, Policy()) == 1
    assert comparison_status(found, Policy(fail_on="high")) == 0
    assert comparison_status(None, Policy()) == 0
    assert (
        comparison_status(
            compared(live=LIVE[:1], source=[ours(GROUP, f"{GROUP}.a", name="a", retention_in_days=7)]), Policy()
        )
        == 0
    )


def test_with_strict_a_gap_fails_what_is_compared() -> None:
    same = [ours(GROUP, f"{GROUP}.a", name="a", retention_in_days=7)]
    gap = Gap("live", (DATABASE,), "rds:DescribeDBInstances", "denied")
    of_checkov = Gap("terraform", (), "Checkov", "is not there")
    of_bill = Gap("live", (BILL,), "ce:GetCostAndUsage", "denied")
    for gaps, status in (([gap], 1), ([of_checkov], 0), ([of_bill], 0), ([], 0)):
        found = compared(live=LIVE[:1], source=same, gaps=gaps)
        assert comparison_status(found, Policy(strict=True)) == status
        assert comparison_status(found, Policy()) == 0


def waiver(name: str, **more: Any) -> Waiver:
    return Waiver(name, "known", date(2026, 12, 31), Origin("waivers.yaml", 2), owner="a", approver="b", **more)


def after(found: Comparison, *waivers: Waiver) -> tuple[Comparison, list[Force]]:
    """The comparison with these waivers, and what became of each."""
    blocks = {f"{GROUP}.a": ("main.tf", 3)}
    judged = {about: apply(found.judgement(about), waivers, TODAY, blocks) for about in ("drift", "unmanaged")}
    quiet = with_verdicts(found, judged)  # type: ignore[arg-type]
    forces = used(waivers, [quiet.judgement("drift"), quiet.judgement("unmanaged")], TODAY)
    return quiet, [one.force for one in forces]


@pytest.mark.parametrize(
    "one",
    [
        waiver("drift", resource=f"{GROUP}.a"),
        waiver("drift", resource="arn:a"),
        waiver("drift", resource="a"),
        waiver("drift", path="retention_*"),
        waiver("drift", inline=True, line=3),
    ],
)
def test_a_waiver_of_drift_covers_by_address_arn_name_path_or_line(one: Waiver) -> None:
    quiet, forces = after(compared(), replace(one, origin=Origin("main.tf" if one.inline else "waivers.yaml", 3)))
    assert forces == [Force.IN_FORCE]
    assert [entry.about for entry in acting(quiet, Policy())] == ["unmanaged"]
    assert quiet.of("drift")[0].verdict.waiver is not None


def test_a_waiver_of_what_is_unmanaged_covers_it() -> None:
    quiet, forces = after(compared(), waiver("unmanaged", resource="arn:b"))
    assert forces == [Force.IN_FORCE]
    assert [entry.about for entry in acting(quiet, Policy())] == ["drift"]


def test_a_waiver_that_covers_nothing_decided_fails_and_one_of_what_is_open_does_not() -> None:
    assert after(compared(), waiver("drift", resource=f"{GROUP}.other"))[1] == [Force.UNUSED]
    assert after(compared(), waiver("drift", resource="*"))[1] == [Force.OVER_BROAD]
    assert after(compared(), waiver("drift", resource=f"{GROUP}.a", path="kms_key_id"))[1] == [Force.UNUSED]
    hidden = [theirs(GROUP, "arn:a", name="a", retention_in_days=unknown(Cause.UNREADABLE))]
    assert after(compared(live=hidden), waiver("drift", path="retention_in_days"))[1] == [Force.NOT_DECIDED]
    unnamed = [ours(GROUP, f"{GROUP}.a", name=unknown(), retention_in_days=30)]
    assert after(compared(source=unnamed), waiver("drift", resource=f"{GROUP}.a"))[1] == [Force.NOT_DECIDED]
    assert after(compared(source=unnamed), waiver("unmanaged", resource="arn:b"))[1] == [Force.NOT_DECIDED]


def test_a_waiver_is_not_decided_where_the_planes_were_not_compared() -> None:
    assert [one.force for one in used([waiver("drift", path="x")], [], TODAY)] == [Force.NOT_DECIDED]


# -- Baselines


def saved(folder: Path, found: Comparison) -> Path:
    said = {"baseline": None, "fails": True}
    run = {
        "schema": "glimpse-audit/run/v1",
        "controls": [],
        "drift": entries.drift(found, lambda entry: said),
        "unmanaged": entries.unmanaged(found, lambda entry: said),
    }
    path = folder / "old.json"
    path.write_text(json.dumps(run), encoding="utf-8")
    return path


def test_a_baseline_knows_earlier_drift_and_not_worse_one(tmp_path: Path) -> None:
    policy = Policy(known=baseline.load(saved(tmp_path, compared())))
    assert acting(compared(), policy) == []
    worse = [replace(LIVE[0], attributes={**LIVE[0].attributes, "retention_in_days": 1}), LIVE[1]]
    assert [entry.about for entry in acting(compared(live=worse), policy)] == ["drift"]
    changed = [replace(SOURCE[0], attributes={**SOURCE[0].attributes, "retention_in_days": 90})]
    assert [entry.about for entry in acting(compared(source=changed), policy)] == ["drift"]
    more = [*LIVE, theirs(GROUP, "arn:c", name="c")]
    assert [entry.verdict.resource for entry in acting(compared(live=more), policy)] == ["arn:c"]


def test_the_schema_takes_what_a_run_says(tmp_path: Path) -> None:
    found = compared(source=[*SOURCE, ours(GROUP, f"{GROUP}.gone", name="gone")])
    now = datetime(2026, 5, 1, tzinfo=UTC)
    facts = Facts(now, now, "UTC", {"terraform": found.terraform, "live": found.live}, comparison=found)
    path = tmp_path / "run.json"
    path.write_text(json.dumps(assemble([], facts, Policy(), 1)), encoding="utf-8")
    run = load(path)
    assert [(one["state"], one["fails"]) for one in run["drift"]] == [("differs", True), ("missing", True)]
    assert (run["summary"]["drift"], run["summary"]["unmanaged"]) == (2, 1)


def test_where_nothing_was_compared_a_run_says_so() -> None:
    now = datetime(2026, 5, 1, tzinfo=UTC)
    run = assemble([], Facts(now, now, "UTC", {}), Policy(), 0)
    assert (run["drift"], run["unmanaged"], run["drift_coverage"], run["summary"]["drift"]) == ([], [], None, None)
