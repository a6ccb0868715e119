"""Terraform against accounts: nothing is drift that is none, what is planted is found, however it is started."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from unittest import mock

import pytest
from e2e_account import Account
from e2e_audit import CONFORMING, DRIFTED, ROOT
from e2e_jobs import Run, pytest_run
from e2e_terraform import Applying

from audits import kinds, sources
from audits.drift.compare import Compared, compare
from audits.kind import Kind
from audits.model import Observation, Plane
from examples.glimpse.account.demo import seeded
from examples.glimpse.account.server import environment

UNREADABLE_HERE = frozenset(
    {
        "aws_apigatewayv2_authorizer",
        "aws_cloudfront_origin_access_identity",
        "aws_cloudfront_origin_request_policy",
        "aws_cloudfront_response_headers_policy",
        "aws_db_option_group",
        "aws_ecs_capacity_provider",
        "aws_elasticache_user_group",
    }
)
"""Kinds that moto cannot list; the example has none of them."""


def every_kind(unread: Collection[str]) -> list[Kind]:
    """All that can be read of the account, far more than the controls need."""
    left_out = UNREADABLE_HERE | set(unread)
    return [one for one in kinds.registry().values() if one.from_live and one.type not in left_out]


def against(
    account: Account, state: Path | None = None, *, source: bool = True, unread: Collection[str] = ()
) -> Compared:
    """The conforming example, or what the state holds of it, against all of the account."""
    terraform = Path(CONFORMING) if source else None
    options = sources.Sources(terraform=terraform, state=state, live=True)
    found: dict[Plane, Observation] = {"terraform": sources.read("terraform", options, ())}
    with mock.patch.dict(os.environ, environment(account.endpoint), clear=True):
        found["live"] = sources.read("live", options, every_kind(unread))
    assert found["live"].gaps == ()
    found = sources.paired(found, options)
    return compare(found["terraform"], found["live"], kinds.registry())


def told(found: Compared) -> list[tuple[str, str]]:
    return [(one.terraform.identity, one.path) for one in found.drift]


def test_the_seeded_account_drifts_in_nothing(seeded_account: Account) -> None:
    found = against(seeded_account)
    assert told(found) == []
    assert found.explained == ()
    assert len(found.pairs.matched) > 60
    assert found.attributes.compared / found.attributes.all > 0.75


LOST_BY_MOTO = {
    ("aws_launch_template", "tag_specifications", "moto adds the template's own tags to those of what it launches"),
    ("aws_ecs_service", "deployment_minimum_healthy_percent", "moto loses the deployment configuration of a service"),
    ("aws_ecs_service", "deployment_maximum_percent", "as above"),
    ("aws_ecs_service", "deployment_circuit_breaker", "as above"),
    ("aws_ecs_service", "health_check_grace_period_seconds", "moto loses it"),
    ("aws_ecs_service", "capacity_provider_strategy", "moto loses the strategy of a service"),
}
"""Kind, attribute and reason of all that drifts in an account of bare moto; the shim restores it."""


def test_without_the_shim_what_moto_loses_drifts_and_nothing_else() -> None:
    with seeded((), shim=False) as endpoint:
        found = against(Account(endpoint), unread={"aws_elasticache_parameter_group"})
    assert {(one.terraform.kind, one.path) for one in found.drift} == {(kind, path) for kind, path, _ in LOST_BY_MOTO}


@pytest.mark.terraform_cli
def test_what_terraform_applied_drifts_in_nothing(applied_account: Account) -> None:
    assert told(against(applied_account)) == []


@pytest.mark.terraform_cli
@pytest.mark.parametrize("source", [True, False], ids=["source and state", "state"])
def test_with_the_state_every_resource_is_compared_and_drifts_in_nothing(
    applied_account: Account, _under_way: Applying, tmp_path: Path, source: bool
) -> None:
    state = tmp_path / "terraform.tfstate"
    state.write_text(json.dumps(_under_way.state()), encoding="utf-8")
    found = against(applied_account, state, source=source)
    assert told(found) == []
    read = {one.type for one in every_kind(())}
    assert [one.identity for one, _ in found.pairs.unmatched if one.kind in read] == []


# -- As its users start it


def _both(account: Account, *arguments: str, terraform: str = DRIFTED, env: Mapping[str, str] | None = None) -> Run:
    wanted = ("--live", "--terraform", terraform, "--repository", "examples/glimpse", "audits", *arguments)
    return pytest_run(*wanted, endpoint=account.endpoint, env=env or {})


@pytest.fixture(scope="module")
def audited(planted_account: Account) -> Run:
    """The drifted tree against the deviating account, everything that there is to collect."""
    return _both(planted_account)


def compared(run: Run) -> dict[str, object]:
    """What a run says of the comparison."""
    assert run.run is not None, run.output
    return {name: run.run[name] for name in ("drift", "unmanaged", "drift_coverage")}


def beside(run: Run) -> Sequence[tuple[str, str]]:
    """The drift that no control speaks of."""
    assert run.run is not None, run.output
    return [(one["terraform"]["resource"], one["path"]) for one in run.run["drift"] if not one["controls"]]


BESIDE = [
    ("module.ecs.aws_cloudwatch_log_group.this", "retention_in_days"),
    ("module.rds.aws_db_instance.this", "tags.Owner"),
]


def test_drift_without_a_control_is_shown_and_fails_the_run(audited: Run) -> None:
    assert audited.status == 1
    assert beside(audited) == BESIDE
    assert audited.run is not None
    assert [one["key"] for one in audited.run["unmanaged"]] == ["/glimpse-prod/migration"]
    assert "retention_in_days" in audited.output
    assert "/glimpse-prod/migration is not in Terraform" in audited.output


def test_the_conforming_example_has_none(seeded_account: Account) -> None:
    run = _both(seeded_account, terraform=CONFORMING)
    assert run.status == 0, run.output
    assert run.run is not None
    assert (run.run["drift"], run.run["unmanaged"]) == ([], [])
    assert run.run["drift_coverage"]["resources"]["compared"] > 20


def test_several_processes_compare_the_same(planted_account: Account, audited: Run) -> None:
    assert compared(_both(planted_account, "-n", "2")) == compared(audited)


def test_of_divided_controls_the_first_part_compares_and_knows_what_the_others_say(
    planted_account: Account, audited: Run
) -> None:
    first, second = (_both(planted_account, "--shard", f"{number}/2") for number in (1, 2))
    assert compared(first) == compared(audited)
    assert compared(second)["drift_coverage"] is None


def test_drift_alone_can_be_chosen_and_then_no_control_says_it(planted_account: Account, audited: Run) -> None:
    run = _both(planted_account, "-m", "drift")
    assert run.status == 1, run.output
    assert run.run is not None
    assert audited.run is not None
    assert [one["path"] for one in run.run["drift"]] == [one["path"] for one in audited.run["drift"]]
    assert {tuple(one["controls"]) for one in run.run["drift"]} == {()}
    assert run.run["controls"] == []


def test_without_the_folder_nothing_is_compared(planted_account: Account) -> None:
    run = pytest_run("--live", "--terraform", DRIFTED, "-k", "rds", endpoint=planted_account.endpoint)
    assert compared(run) == {"drift": [], "unmanaged": [], "drift_coverage": None}


def test_one_plane_alone_is_not_compared() -> None:
    run = pytest_run("--terraform", CONFORMING, "--repository", "examples/glimpse", "audits")
    assert run.status == 0, run.output
    assert compared(run)["drift_coverage"] is None


def test_a_baseline_knows_it(planted_account: Account, audited: Run, tmp_path: Path) -> None:
    baseline = tmp_path / "run.json"
    baseline.write_text(json.dumps(audited.run), encoding="utf-8")
    run = _both(planted_account, "--baseline", str(baseline))
    assert run.status == 0, run.output
    assert run.run is not None
    assert {one["baseline"] for one in (*run.run["drift"], *run.run["unmanaged"])} == {"known"}


WAIVERS = """waivers:
  - {control: drift, resource: "module.rds.*", path: "tags.*", owner: a, approver: b, reason: c, expires: "2999-01-01"}
  - {control: drift, resource: module.ecs.aws_cloudwatch_log_group.this, owner: a, approver: b, reason: c,
     expires: "2999-01-01"}
  - {control: unmanaged, resource: "*migration", owner: a, approver: b, reason: c, expires: "2999-01-01"}
  - {control: drift, resource: module.alb.aws_lb.this, path: name, owner: a, approver: b, reason: c,
     expires: "2999-01-01"}
"""


def test_waivers_quiet_it_and_a_stale_one_fails(planted_account: Account, tmp_path: Path) -> None:
    folder = tmp_path / "specs"
    shutil.copytree(ROOT / "specs", folder)
    (folder / "glimpse-prod" / "waivers.yaml").write_text(WAIVERS, encoding="utf-8")
    wanted = ("--live", "--terraform", DRIFTED, "--repository", "examples/glimpse", "audits")
    run = pytest_run(*wanted, specs=str(folder), endpoint=planted_account.endpoint).run
    assert run is not None
    assert [one["path"] for one in (*run["drift"], *run["unmanaged"]) if one["fails"]] == []
    assert [one["path"] for one in run["drift"] if one["waiver"]] == [path for _, path in BESIDE]
    assert sorted((one["control"], one["state"]) for one in run["waivers"]) == [
        ("drift", "in force"),
        ("drift", "in force"),
        ("drift", "unused"),
        ("unmanaged", "in force"),
    ]


def test_a_saved_run_is_compared_again_to_the_byte_without_credentials_or_network(
    planted_account: Account, tmp_path: Path, alone: dict[str, str]
) -> None:
    first = _both(planted_account, f"--report=json={tmp_path / 'first.json'}")
    again = pytest_run(f"--replay={tmp_path / 'first.json'}", "audits", env=alone)
    assert (first.status, again.status) == (1, 1), again.output
    assert json.dumps(compared(again)) == json.dumps(compared(first))
