"""The bill beside both planes: asked for once, judged by the declared services, shown with the estimates."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from e2e_account import Account
from e2e_audit import CONFORMING
from e2e_jobs import pytest_run

SPEC = Path("specs/glimpse-prod/cost.yaml")
DATABASE, CACHE = "Amazon Relational Database Service", "Amazon ElastiCache"


def _queued(endpoint: str, groups: Mapping[str, str]) -> None:
    """Let moto answer the next question to Cost Explorer with these sums."""
    shaped = [
        {"Keys": [service, "APN2-Usage"], "Metrics": {"UnblendedCost": {"Amount": amount, "Unit": "USD"}}}
        for service, amount in groups.items()
    ]
    result = {"ResultsByTime": [{"Groups": shaped, "Total": {}, "Estimated": False}]}
    body = json.dumps({"results": [result]}).encode()
    address = f"{endpoint}/moto-api/static/ce/cost-and-usage-results"
    request = urllib.request.Request(address, body, {"Content-Type": "application/json"})
    urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request).close()


def _rows(run: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    (now,) = [table for table in run["cost"] if table["table"] == "phase-5-now"]
    return {row["component"]: row for row in now["rows"]}


def test_what_was_billed_stands_beside_both_estimates(seeded_account: Account, tmp_path: Path) -> None:
    spec = tmp_path / "specs" / "cost.yaml"
    spec.parent.mkdir()
    spec.write_text(SPEC.read_text(encoding="utf-8").replace("cost_explorer: false", "cost_explorer: true"))
    _queued(seeded_account.endpoint, {DATABASE: "13.37", CACHE: "40.5"})
    run = pytest_run("--terraform", CONFORMING, "--live", specs=str(spec), endpoint=seeded_account.endpoint)
    assert run.status == 1, run.output
    assert run.run is not None
    rows = _rows(run.run)
    assert rows["RDS PostgreSQL"]["billed"] | {"cause": ""} == {
        "low": 13.37,
        "high": 13.37,
        "state": "pass",
        "cause": "",
    }
    assert rows["ElastiCache Redis"]["billed"]["state"] == "fail"
    assert rows["ALB"]["billed"]["state"] == "unknown"
    assert {row["terraform"]["state"] for row in rows.values()} == {"pass", "unknown"}
    asked = [one for one in run.run["run"]["observations"]["live"]["kinds"] if one == "bill"]
    assert asked == ["bill"]
    assert run.output.count("Traceback") == 0


def test_the_owners_spec_asks_for_no_bill(seeded_account: Account) -> None:
    run = pytest_run("--live", specs=str(SPEC), endpoint=seeded_account.endpoint)
    assert run.status == 0, run.output
    assert run.run is not None
    assert "bill" not in run.run["run"]["observations"]["live"]["kinds"]
    assert {row["billed"] for row in _rows(run.run).values()} == {None}
