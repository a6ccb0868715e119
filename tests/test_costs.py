"""Costs from spec to run: the table in the run, the spec's own keys, the bill that is asked for, and judging again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.project.harness import audit, denying_account, project, report, states

SPEC = """
spec: shop/cost
document: README.md
cost_tables:
  now: {title: Now, total: 20, rows: {Database: 13, Other: 6.5}}
  then: {title: Then, total: 1, rows: {Database: 1}}
controls:
  - id: cost-database
    title: The database costs 13 USD a month
    clause: {section: A, row: b, states: "13"}
    basis: stated
    severity: low
    cost:
      table: now
      component: Database
      priced: [{kind: aws_db_instance}]
      billed: {services: [Amazon Relational Database Service]}
"""
SOURCE = ("specs/cost.yaml", "--terraform", "terraform")


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    project(tmp_path)
    write(tmp_path, SPEC)
    return tmp_path


def write(shop: Path, text: str) -> None:
    (shop / "specs" / "cost.yaml").write_text(text)


def run(
    shop: Path, *arguments: str, status: int, env: dict[str, str] | None = None, name: str = "run"
) -> dict[str, Any]:
    ran = audit(shop, *(arguments or SOURCE), "--report", f"json={name}.json", env=env)
    assert ran.status == status, ran.text
    return report(shop / f"{name}.json")


def test_a_run_holds_each_table_that_was_judged_with_its_sum_and_where_prices_come_from(shop: Path) -> None:
    (table,) = run(shop, *SOURCE, "--var", "instance_class=db.t4g.medium", status=1)["cost"]
    assert (table["table"], table["title"], table["total"], table["sum"]) == ("now", "Now", 20, 19.5)
    database, other = table["rows"]
    assert (database["component"], database["documented"], database["control"]) == ("Database", 13, "cost-database")
    assert database["tolerance"] == {"low": 10.4, "high": 15.6}
    assert database["terraform"]["state"] == "fail"
    assert 15.6 < database["terraform"]["low"] < database["terraform"]["high"]
    assert database["live"] is database["billed"] is None
    assert (other["component"], other["control"], other["terraform"]) == ("Other", None, None)
    (prices,) = table["prices"]
    assert (prices["region"], prices["currency"], prices["refreshed"]) == ("ap-northeast-2", "USD", False)


def test_a_run_without_costs_has_no_table(shop: Path) -> None:
    assert audit(shop, "specs/shop", "--terraform", "terraform", "--report", "json=run.json").status in (0, 1)
    assert report(shop / "run.json")["cost"] == []


def test_a_saved_run_is_judged_again_with_the_same_costs(shop: Path) -> None:
    first = run(shop, status=1)
    again = run(shop, "specs/cost.yaml", "--replay", "run.json", status=1, name="again")
    assert again["cost"] == first["cost"]
    assert again["controls"] == first["controls"]


def test_the_bill_is_asked_for_only_if_the_spec_says_so_and_a_refusal_is_a_gap(shop: Path) -> None:
    with denying_account() as env:
        quiet = run(shop, "specs/cost.yaml", "--live", env=env, status=0)
        write(shop, SPEC.replace("controls:", "cost_explorer: true\ncontrols:"))
        asking = run(shop, "specs/cost.yaml", "--live", env=env, status=0)
    actions = [{gap["action"] for gap in one["gaps"]} for one in (quiet, asking)]
    assert actions == [{"rds:DescribeDBInstances"}, {"rds:DescribeDBInstances", "ce:GetCostAndUsage"}]
    assert states(asking, "live") == {"cost-database": "unreadable"}
    (row, _) = asking["cost"][0]["rows"]
    assert row["billed"] == {"low": None, "high": None, "state": "unreadable", "cause": row["billed"]["cause"]}
    assert "ce:GetCostAndUsage" in row["billed"]["cause"]


def test_a_bill_that_a_saved_run_never_asked_for_is_unreadable(shop: Path) -> None:
    with denying_account() as env:
        run(shop, "specs/cost.yaml", "--live", env=env, status=0)
    write(shop, SPEC.replace("controls:", "cost_explorer: true\ncontrols:"))
    again = run(shop, "specs/cost.yaml", "--replay", "run.json", status=0, name="again")
    assert "not read in that run" in again["cost"][0]["rows"][0]["billed"]["cause"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("component: Database", "component: Datenbank"), "cost.yaml:15: cost-database: no row 'Datenbank' in now"),
        (("table: now", "table: noww"), "cost.yaml:14: cost-database: no cost table 'noww'; did you mean 'now'?"),
        (("total: 20", "total: much"), "cost_tables.now.total: 'much' is not of type 'number'"),
        (("cost_tables:", "cost_table:"), "unknown key 'cost_table'; did you mean 'cost_tables'?"),
        (("rows: {Database: 13, Other: 6.5}", "rows: 3"), "cost_tables.now.rows: 3 is not of type 'object'"),
        (("Other: 6.5", "Other: .nan"), "cost_tables"),
        (("kind: aws_db_instance", "kind: aws_rds"), "unknown kind 'aws_rds'"),
    ],
)
def test_a_spec_that_cannot_be_is_refused_with_its_place(shop: Path, change: tuple[str, str], said: str) -> None:
    write(shop, SPEC.replace(*change))
    ran = audit(shop, *SOURCE)
    assert ran.status == 4
    assert said in ran.text
    assert "Traceback" not in ran.text
