"""What decides the exit status, and the run as data."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from audits import baseline
from audits.checkout import git_state
from audits.judge import Judgement, Result, combine
from audits.model import Cause as Why
from audits.model import Check, Clause, Control, Gap, Observation, Plane, Spec, State, Unknown, Verdict
from audits.run import Facts, Policy, assemble, exit_status, new_deviations, outcome, printable
from reports.report import dumps, loads

CLAUSE = Clause("docs/shop.md", "Sizes", "orders", "small")
CONTROL = Control("a", "t", "high", "stated", CLAUSE, "attributes", {"kind": "aws_vpc"}, "specs/s.yaml", 3, "sizes")


def result(control: Control = CONTROL, **planes: State | Verdict) -> Result:
    judged: dict[Plane, Judgement] = {}
    for name, one in planes.items():
        plane: Plane = "live" if name == "live" else "terraform"
        verdict = one if isinstance(one, Verdict) else Verdict(one, "path", "r", 1, 2, key="k")
        judged[plane] = Judgement(Check(control, plane), (verdict,), 1)
    return combine(control, judged)


@pytest.mark.parametrize(
    ("terraform", "live", "plain", "strict"),
    [
        (State.PASS, State.PASS, 0, 0),
        (State.FAIL, State.PASS, 1, 1),
        (State.PASS, State.ABSENT, 1, 1),
        (State.UNKNOWN, State.PASS, 0, 0),
        (State.UNKNOWN, State.UNKNOWN, 0, 1),
        (State.PASS, State.UNREADABLE, 0, 1),
        (State.UNREADABLE, State.FAIL, 1, 1),
    ],
)
def test_status_by_verdicts(terraform: State, live: State, plain: int, strict: int) -> None:
    found = [result(terraform=terraform, live=live)]
    assert exit_status(found, Policy()) == plain
    assert exit_status(found, Policy(strict=True)) == strict


def test_one_plane_that_does_not_know_is_strictly_undecided() -> None:
    assert exit_status([result(terraform=State.UNKNOWN)], Policy()) == 0
    assert exit_status([result(terraform=State.UNKNOWN)], Policy(strict=True)) == 1


def test_slight_and_planned_controls_do_not_count() -> None:
    for state in (State.FAIL, State.ABSENT, State.UNREADABLE):
        strict = Policy(strict=True)
        assert exit_status([result(replace(CONTROL, planned="later"), terraform=state)], strict) == 0
        assert exit_status([result(terraform=state)], replace(strict, fail_on="critical")) == 0
        assert exit_status([result(terraform=state)], replace(strict, fail_on="high")) == 1
        assert exit_status([result(replace(CONTROL, severity="info"), terraform=state)], strict) == 1


def test_no_control_at_all_is_nothing_to_act_on() -> None:
    assert exit_status([], Policy(strict=True)) == 0


BASE = Verdict(State.FAIL, "path", "aws_vpc.a", 1, 2, key="k", account="1", region="r")
CHANGED: dict[str, dict[str, Any]] = {
    "worse": {"actual": 3},
    "same number, other type": {"actual": "2"},
    "another path": {"path": "other"},
    "another resource": {"key": "l"},
    "another account": {"account": "2"},
    "another region": {"region": "s"},
    "no value": {"actual": None},
    "not told": {"actual": Unknown(Why.COMPUTED)},
}
SAME: dict[str, dict[str, Any]] = {
    "nothing": {},
    "another address": {"resource": "aws_vpc.b"},
    "another wording": {"cause": "differs more", "mend": "try"},
    "another document": {"expected": 9},
}


def known_after(verdict: Verdict) -> frozenset[str]:
    """The baseline that a run with this verdict makes, by way of a saved report."""
    run = assembled([result(terraform=verdict)])
    saved = loads(dumps(run))
    return frozenset(baseline._of_run(saved))


@pytest.mark.parametrize("change", [*CHANGED, *SAME])
def test_which_deviation_is_a_new_one(change: str) -> None:
    policy = Policy(known_after(BASE))
    found = result(terraform=replace(BASE, **(CHANGED | SAME)[change]))
    assert bool(new_deviations(found, policy)) is (change in CHANGED)
    assert exit_status([found], policy) == int(change in CHANGED)


def test_a_known_deviation_is_known_on_its_plane_and_control_only() -> None:
    policy = Policy(known_after(BASE))
    assert exit_status([result(live=BASE)], policy) == 1
    assert exit_status([result(replace(CONTROL, id="b"), terraform=BASE)], policy) == 1
    unnamed = replace(BASE, key=None)
    assert exit_status([result(terraform=unnamed)], Policy(known_after(unnamed))) == 0
    assert exit_status([result(terraform=replace(unnamed, resource="aws_vpc.b"))], Policy(known_after(unnamed))) == 1


def test_only_deviations_are_in_a_baseline() -> None:
    for state in (State.PASS, State.UNKNOWN, State.UNREADABLE):
        assert known_after(replace(BASE, state=state)) == frozenset()
    assert len(known_after(replace(BASE, state=State.ABSENT))) == 1


@pytest.mark.parametrize(
    ("terraform", "live", "expected"),
    [
        (State.PASS, State.PASS, "pass"),
        (State.FAIL, State.UNREADABLE, "fail"),
        (State.PASS, State.UNKNOWN, "undecided"),
        (State.ABSENT, State.PASS, "fail"),
    ],
)
def test_fail_beats_undecided_beats_pass(terraform: State, live: State, expected: str) -> None:
    assert outcome(result(terraform=terraform, live=live)) == expected


# -- The run as data ---------------------------------------------------------------------------------------------------


def facts(**more: Any) -> Facts:
    return Facts(
        started=datetime(2026, 12, 31, 15, 30, tzinfo=UTC),
        finished=datetime(2026, 12, 31, 15, 30, 1, tzinfo=UTC),
        timezone="Asia/Seoul",
        observations={
            "terraform": Observation(
                "terraform", (), (Gap("terraform", None, "a.tf", "syntax error"),), source="infra"
            ),
        },
        specs=[Spec("specs/s.yaml", "shop/s", "docs/shop.md", (CONTROL,), "0" * 64)],
        **more,
    )


def assembled(results: list[Result], policy: Policy | None = None, status: int = 0) -> dict[str, Any]:
    run = assemble(results, facts(), policy or Policy(), status)
    return json.loads(json.dumps(run))  # plain data: nothing of the engine's own is left


def test_times_are_in_utc_with_the_owners_beside() -> None:
    run = assembled([])["run"]
    assert (run["started"], run["finished"]) == ("2026-12-31T15:30:00.000Z", "2026-12-31T15:30:01.000Z")
    assert (run["timezone"], run["started_local"]) == ("Asia/Seoul", "2027-01-01T00:30:00+09:00")


def test_a_run_is_as_its_schema_says_and_counts_what_is_in_it() -> None:
    results = [
        result(terraform=BASE),
        result(replace(CONTROL, id="b"), terraform=State.UNREADABLE),
        result(replace(CONTROL, id="c"), terraform=State.PASS),
    ]
    run = loads(dumps(assembled(results, Policy(known_after(BASE)), 1)))
    summary = run["summary"]
    assert summary["verdicts"] == {"terraform": {"fail": 1, "pass": 1, "unreadable": 1}}
    counted = {name: summary[name] for name in ("deviations", "new_deviations", "undecided", "gaps", "exit_status")}
    assert counted == {"deviations": 1, "new_deviations": 0, "undecided": 1, "gaps": 1, "exit_status": 1}
    assert [one["baseline"] for one in run["controls"]] == ["known", None, None]
    assert [one["outcome"] for one in run["controls"]] == ["fail", "undecided", "pass"]
    assert run["run"]["specs"] == {"specs/s.yaml": "0" * 64}
    assert set(run["run"]["tools"]) >= {"pytest", "boto3", "python-hcl2", "jsonschema"}


def test_without_a_baseline_nothing_is_called_new_or_known() -> None:
    run = assembled([result(terraform=BASE)])
    assert run["summary"]["new_deviations"] is None
    assert run["controls"][0]["baseline"] is None


# -- git and text ------------------------------------------------------------------------------------------------------


def git(folder: Path, *arguments: str) -> None:
    own = ("-c", "user.name=n", "-c", "user.email=e@example.com", "-c", "init.defaultBranch=main")
    subprocess.run(["git", "-C", str(folder), *own, *arguments], check=True, capture_output=True)


def test_the_commit_and_whether_the_audited_folder_has_changes(tmp_path: Path) -> None:
    git(tmp_path, "init")
    assert git_state(tmp_path) is None  # no commit yet
    for name in ("infra", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.tf").touch()
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-m", "first")
    clean = git_state(tmp_path / "infra")
    assert clean is not None
    assert (len(clean["commit"]), clean["dirty"]) == (40, False)
    (tmp_path / "other" / "a.tf").write_text("x")
    assert git_state(tmp_path / "infra") == clean
    (tmp_path / "infra" / "new.tf").touch()
    assert git_state(tmp_path / "infra") == {**clean, "dirty": True}


def test_a_command_that_a_checkout_configures_is_not_run(tmp_path: Path) -> None:
    git(tmp_path, "init")
    (tmp_path / "a.tf").touch()
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-m", "first")
    trap = tmp_path / ".git" / "trap"
    trap.write_text(f"#!/bin/sh\ntouch '{tmp_path}/.git/sprung'\n")
    trap.chmod(0o755)
    git(tmp_path, "config", "core.fsmonitor", str(trap))
    assert git_state(tmp_path) is not None
    assert not (tmp_path / ".git" / "sprung").exists()


def test_outside_a_checkout_and_without_git_there_is_no_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert git_state(tmp_path) is None
    assert git_state(tmp_path / "nowhere") is None
    monkeypatch.setenv("PATH", "")
    assert git_state(Path(__file__).parent) is None


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain, 서울 – ×", "plain, 서울 – ×"),
        ("a\x1b[31m\n\u202e", "a\\x1b[31m\\n\\u202e"),
        ("half \udc80", "half \\udc80"),
        ("", ""),
    ],
)
def test_nothing_printed_acts_on_a_terminal(text: str, shown: str) -> None:
    assert printable(text) == shown
