"""Runs of several accounts, regions or shards as one."""

from __future__ import annotations

import copy
import json
import random
from pathlib import Path
from typing import Any

import pytest
import report_runs
from report_builders import GAPS, citation, control, live, run, source, waiver
from report_drift import COMPARED, COVERAGE, DRIFT
from test_report_commands import reports

from reports.formats import RenderOptions, formats, get
from reports.merge import merge
from reports.report import ReportError, dumps, load, validate, write

Run = dict[str, Any]


def named(name: str, whole: Run, account: str = "1", **about: Any) -> Run:
    whole["run"].update(id=name, accounts=[account * 12], **about)
    return whole


def of_account(account: str, state: str = "pass", **more: Any) -> Run:
    """The same control in one account: Terraform is the same everywhere, the account is its own."""
    seen = live(state, "size", 1, 1 if state == "pass" else 2, key="db", name=f"db-{account}", account=account * 12)
    sides = {"terraform": [source("pass", "size", 1, 1, key="db")], "live": [seen]}
    outcome = {"pass": "pass", "fail": "fail"}.get(state, "undecided")
    standing = {"pass": "agrees", "fail": "drift"}.get(state, "undecided")
    return named(f"run-{account}", run([control("size", standing, outcome, sides)], **more), account)


def test_accounts_are_joined_control_by_control() -> None:
    joined = merge([of_account("1"), of_account("2", "fail"), of_account("3", "unknown")])
    validate(joined)
    (one,) = joined["controls"]
    assert (one["standing"], one["outcome"]) == ("drift", "fail")
    assert [verdict["state"] for verdict in one["planes"]["live"]["verdicts"]] == ["pass", "fail", "unknown"]
    assert one["planes"]["live"]["state"] == "fail"
    assert len(one["planes"]["terraform"]["verdicts"]) == 1, "what all say alike is said once"
    assert len(one["rows"]) == 3
    assert joined["run"]["accounts"] == ["1" * 12, "2" * 12, "3" * 12]
    assert joined["summary"]["controls"] == {"drift": 1}
    assert joined["summary"]["verdicts"] == {"terraform": {"pass": 1}, "live": {"fail": 1, "pass": 1, "unknown": 1}}
    assert joined["summary"]["resources"] == {"terraform": 64, "live": 3 * 64}
    assert [(part["id"], part["exit_status"]) for part in joined["run"]["merged"]] == [
        *(("run-1", 0), ("run-2", 1), ("run-3", 0))
    ]


@pytest.mark.parametrize("state", ["unknown", "unreadable"])
def test_undecided_in_one_account_is_no_pass_in_the_whole(state: str) -> None:
    joined = merge([of_account("1"), of_account("2", state)])
    assert joined["controls"][0]["outcome"] == "undecided"
    assert joined["controls"][0]["planes"]["live"]["state"] == state
    assert joined["summary"]["undecided"] == 1


def test_shards_put_together_are_the_whole() -> None:
    whole = report_runs.mixed()
    shards = []
    for number in range(3):
        part = copy.deepcopy(whole)
        part["controls"] = part["controls"][number::3]
        names = {one["id"] for one in part["controls"]}
        for one in part["waivers"]:
            if one["control"] not in names:
                one.update(state="not decided", fails=False, covers=0)
        rest = run(part["controls"], part["gaps"], part["findings"], document=part["document"], waivers=part["waivers"])
        # The first part compares the planes.
        rest |= {key: whole[key] for key in COMPARED} if number == 0 else {}
        shards.append(named(f"shard-{number}", rest))
    random.Random(5).shuffle(shards)
    joined = merge(shards)
    validate(joined)
    by_id = {one["id"]: one for one in joined["controls"]}
    assert by_id == {one["id"]: one for one in whole["controls"]}
    for key in ("gaps", "findings", "document", *COMPARED):
        assert joined[key] == whole[key]
    for key in ("verdicts", "deviations", "undecided", "gaps", "resources", "new_deviations"):
        assert joined["summary"][key] == whole["summary"][key], key


def with_drift(account: str, **more: Any) -> Run:
    return of_account(account, **{**COMPARED, **more})


def test_what_was_compared_is_added_up() -> None:
    two = copy.deepcopy(COVERAGE)
    two["resources"] |= {"at_least": False}
    two["kinds_not_compared"] = [{"kind": "aws_eip", "resources": 3}, {"kind": "aws_vpc", "resources": 1}]
    joined = merge([with_drift("1"), with_drift("2", drift_coverage=two, drift=DRIFT[:1]), of_account("3")])
    validate(joined)
    assert len(joined["drift"]) == len(DRIFT)
    found = joined["drift_coverage"]
    assert found["resources"] == {"compared": 62, "all": 94, "at_least": True}
    assert found["attributes"] == {"compared": 398, "all": 474}
    assert found["reasons"]["ignore_changes"] == 6
    assert found["kinds_not_compared"] == [{"kind": "aws_eip", "resources": 3}, {"kind": "aws_vpc", "resources": 1}]
    assert (joined["summary"]["drift"], joined["summary"]["unmanaged"]) == (len(DRIFT), 1)


def test_of_shards_only_one_compares_and_the_whole_says_so() -> None:
    assert merge([with_drift("1"), of_account("2")])["drift_coverage"] == COVERAGE
    alone = merge([of_account("1"), of_account("2")])
    assert (alone["drift_coverage"], alone["summary"]["drift"]) == (None, None)


def test_the_order_of_runs_changes_no_figure() -> None:
    runs = [of_account("1", "fail"), of_account("2"), of_account("3", "unreadable", gaps=GAPS[:1])]
    summaries = {dumps_of(merge(order)["summary"]) for order in (runs, runs[::-1], [runs[1], runs[0], runs[2]])}
    assert len(summaries) == 1


@pytest.mark.parametrize(
    ("first", "second", "whole"),
    [
        ("known", None, None),
        ("known", "known", "known"),
        ("known", "new", "new"),
        ("new", None, "new"),
    ],
)
def test_what_nobody_compared_with_a_baseline_is_not_known(
    first: str | None, second: str | None, whole: str | None
) -> None:
    runs = [of_account("1", "fail"), of_account("2", "fail"), of_account("3")]
    for part, said in zip(runs, (first, second, None), strict=True):
        part["controls"][0]["baseline"] = said
    joined = merge(runs)
    validate(joined)
    assert joined["controls"][0]["baseline"] == whole


def dumps_of(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


@pytest.mark.parametrize(
    ("states", "whole", "status"),
    [
        (("in force", "unused"), "in force", 1),
        (("unused", "in force"), "in force", 1),
        (("unused", "unused"), "unused", 1),
        (("unused", "not decided"), "not decided", 1),
        (("expired", "expired"), "expired", 1),
    ],
)
def test_a_waiver_is_unused_only_if_it_is_so_everywhere(states: tuple[str, str], whole: str, status: int) -> None:
    runs = []
    for number, state in enumerate(states, start=1):
        one = of_account(str(number), waivers=[waiver(state, "size")])
        one["summary"]["exit_status"] = int(one["waivers"][0]["fails"])
        runs.append(one)
    joined = merge(runs)
    assert [one["state"] for one in joined["waivers"]] == [whole]
    assert joined["summary"]["exit_status"] == status


def test_a_clause_that_changed_keeps_its_status_whatever_becomes_of_waivers() -> None:
    first = of_account("1", waivers=[waiver("unused", "size")], document=[citation("clause-changed", "size")])
    first["summary"]["exit_status"] = 1
    assert merge([first, of_account("2", waivers=[waiver("in force", "size")])])["summary"]["exit_status"] == 1


def test_a_deviation_keeps_its_status_whatever_becomes_of_waivers() -> None:
    first = of_account("1", "fail", waivers=[waiver("unused", "size")])
    second = of_account("2", waivers=[waiver("in force", "size")])
    assert merge([first, second])["summary"]["exit_status"] == 1


def test_the_worst_status_counts() -> None:
    broken = of_account("2")
    broken["summary"]["exit_status"] = 3
    assert merge([of_account("1", "fail"), broken])["summary"]["exit_status"] == 3


def test_gaps_of_all_are_kept() -> None:
    joined = merge([of_account("1", gaps=GAPS[:1]), of_account("2", gaps=GAPS)])
    assert joined["gaps"] == GAPS
    assert joined["summary"]["gaps"] == 2


@pytest.mark.parametrize("name", sorted(set(formats()) - {"pdf"}))
def test_every_format_renders_it(name: str) -> None:
    assert get(name).render(merge([of_account("1", "fail"), of_account("2")]), RenderOptions())


def other_planes() -> Run:
    return named("other", run([], planes=["terraform"]))


def other_spec() -> Run:
    return named("other", run([]), specs={"specs/demo/database.yaml": "0" * 64})


@pytest.mark.parametrize(
    ("runs", "said"),
    [
        (lambda: [of_account("1")], "two runs or more"),
        (lambda: [of_account("1"), of_account("1")], "run-1 is given twice"),
        (lambda: [of_account("1"), other_planes()], "runs of different planes"),
        (lambda: [of_account("1"), other_spec()], "another version of specs/demo/database.yaml"),
    ],
)
def test_what_cannot_be_joined_is_refused(runs: Any, said: str) -> None:
    with pytest.raises(ReportError, match=said):
        merge(runs())


def test_merging_changes_none_of_the_runs() -> None:
    runs = [of_account("1", "fail"), of_account("2")]
    before = copy.deepcopy(runs)
    merge(runs)
    assert runs == before


def test_the_command_writes_a_run(tmp_path: Path) -> None:
    for account in ("1", "2"):
        write(tmp_path / f"{account}.json", dumps(of_account(account)))
    done = reports(tmp_path, "merge", "1.json", "2.json", "-o", "all.json")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert load(tmp_path / "all.json")["run"]["id"] == "run-1+1"
    assert reports(tmp_path, "merge", "1.json", "2.json").stdout == (tmp_path / "all.json").read_bytes()
