"""The jobs as they are started: exit statuses, choosing checks, baselines, several processes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from e2e_account import Account
from e2e_audit import CONFORMING, DRIFTED, REPOSITORY, UNTOLD
from e2e_deviations import DEVIATIONS
from e2e_jobs import Run, pytest_run, python, settings


def test_the_alarm_of_these_tests_goes_off(alone: dict[str, str]) -> None:
    status, output = python("-c", "import socket; socket.create_connection(('127.0.0.1', 1))", env=settings() | alone)
    assert status == 97, output


def test_the_demo_finds_what_was_planted_and_nothing_else(tmp_path: Path) -> None:
    status, output = python("-m", "examples.glimpse", "demo", "--report-dir", str(tmp_path), env=settings())
    assert status == 0, output
    assert {path.name for path in tmp_path.iterdir()} >= {"run.json", "report.html", "report.md", "junit.xml"}


def test_conforming_terraform_passes_without_credentials_or_network(alone: dict[str, str]) -> None:
    run = pytest_run("--terraform", CONFORMING, "--repository", REPOSITORY, env=alone)
    assert run.status == 0, run.output
    assert {state for name in _due(run) - UNTOLD for state in run.states(name, "terraform")} == {"pass"}
    assert {state for name in UNTOLD for state in run.states(name, "terraform")} == {"unknown"}
    assert all(set(planes) == {"terraform"} for planes in run.verdicts.values())


def test_drifted_terraform_fails_without_credentials_or_network(alone: dict[str, str]) -> None:
    run = pytest_run("--terraform", DRIFTED, env=alone)
    assert run.status == 1, run.output
    assert {name for name in _due(run) if "fail" in run.states(name, "terraform")} == {
        "cost-rds",
        "cost-redis",
        "ecs-task-size",
        "port-chain",
        "rds-instance",
        "redis-node",
    }


def _due(run: Run) -> set[str]:
    """The controls that are due: what is planned may fail, and fails no run."""
    assert run.run is not None
    return {control["id"] for control in run.run["controls"] if control["planned"] is None}


def test_a_live_run_without_credentials_is_wrong_input(alone: dict[str, str]) -> None:
    run = pytest_run("--live", env=alone | {"AWS_EC2_METADATA_DISABLED": "true", "AWS_REGION": "ap-northeast-2"})
    assert run.status == 4, run.output
    assert "no AWS credentials found" in run.output
    assert "Traceback" not in run.output


def test_the_wrong_account_is_refused(seeded_account: Account) -> None:
    run = pytest_run("--live", "--expect-account", "999999999999", endpoint=seeded_account.endpoint)
    assert run.status == 4, run.output
    assert "wrong account" in run.output
    assert run.run is None


def _both(account: Account, *arguments: str) -> Run:
    return pytest_run("--live", "--terraform", DRIFTED, *arguments, endpoint=account.endpoint)


@pytest.fixture(scope="module")
def audited(planted_account: Account) -> Run:
    """The whole audit of the drifted tree and the deviating account."""
    return _both(planted_account)


def test_several_processes_come_to_the_same(planted_account: Account, audited: Run) -> None:
    distributed = _both(planted_account, "-n", "2")
    assert (audited.status, distributed.status) == (1, 1), distributed.output
    assert distributed.verdicts == audited.verdicts
    assert distributed.run is not None
    assert audited.run is not None
    assert distributed.run["controls"] == audited.run["controls"]
    assert distributed.run["summary"] == audited.run["summary"]


def test_with_a_baseline_only_what_is_new_fails(planted_account: Account, audited: Run, tmp_path: Path) -> None:
    baseline = tmp_path / "run.json"
    baseline.write_text(json.dumps(audited.run), encoding="utf-8")
    known = _both(planted_account, "--baseline", str(baseline))
    assert known.status == 0, known.output
    told = [one.pop("known") for one in known.every_verdict() if one["state"] in ("fail", "absent")]
    assert set(told) == {"known since the baseline"}
    assert known.verdicts == audited.verdicts
    with DEVIATIONS["one_more_country"](planted_account):
        worse = _both(planted_account, "--baseline", str(baseline))
    assert worse.status == 1, worse.output
    assert worse.run is not None
    assert [control["id"] for control in worse.run["controls"] if control["baseline"] == "new"] == [
        "cloudfront-korea-only"
    ]
    with DEVIATIONS["backups_off"](planted_account):  # which lasted a day before: the same place, and worse
        worse = _both(planted_account, "--baseline", str(baseline))
    assert worse.status == 1, worse.output


@pytest.mark.parametrize(
    ("arguments", "specs", "checks"),
    [
        (
            ["-k", "rds and live"],
            "specs",
            [
                f"{name}[live]"
                for name in (
                    *("alarm-rds-connections", "alarm-rds-memory", "cost-rds", "dashboard-rds"),
                    *("rds-backup-retention", "rds-instance", "rds-storage"),
                )
            ],
        ),
        (
            ["-m", "live and critical"],
            "specs",
            [f"{name}[live]" for name in ("alb-tls-termination", "execution-role-trust", "files-bucket-policy")]
            + [f"{name}[live]" for name in ("files-bucket-private", "port-chain", "rds-backup-retention")]
            + ["task-role-s3[live]"],
        ),
        (["-m", "theme(name='backup-retention')"], "specs", ["rds-backup-retention[live]"]),
        ([], "specs/glimpse-prod/database.yaml::rds-instance[live]", ["rds-instance[live]"]),
        (
            [],
            "specs/glimpse-prod/database.yaml",
            ["rds-backup-retention[live]", "rds-instance[live]", "rds-storage[live]"],
        ),
    ],
    ids=["by name", "by markers", "by theme", "by node id", "by file"],
)
def test_checks_can_be_chosen(seeded_account: Account, arguments: list[str], specs: str, checks: list[str]) -> None:
    run = pytest_run("--live", *arguments, specs=specs, endpoint=seeded_account.endpoint)
    assert run.status == 0, run.output
    assert run.checks() == checks


def test_a_choice_of_both_planes_reads_only_what_it_needs(planted_account: Account) -> None:
    run = _both(planted_account, "-m", "terraform and critical")
    assert run.status == 1, run.output
    assert {plane for planes in run.verdicts.values() for plane in planes} == {"terraform"}
    assert run.run is not None
    assert run.run["run"]["planes"] == ["terraform"]


def test_a_run_is_judged_again_to_the_byte_without_credentials_or_network(
    planted_account: Account, tmp_path: Path, alone: dict[str, str]
) -> None:
    first = _both(planted_account, f"--report=json={tmp_path / 'first.json'}")
    again = pytest_run(f"--replay={tmp_path / 'first.json'}", env=alone)
    assert (first.status, again.status) == (1, 1), again.output
    assert first.run is not None
    assert again.run is not None
    for part in ("controls", "gaps", "findings", "summary"):
        assert json.dumps(again.run[part], ensure_ascii=False) == json.dumps(first.run[part], ensure_ascii=False)
    for part in ("caller", "accounts", "regions", "git", "specs", "source", "planes"):
        assert again.run["run"][part] == first.run["run"][part]
