"""The snapshot made anew: what AWS says replaces what was entered, and nothing is written where AWS says nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from audits import cli, price_refresh, prices
from audits.planes.live import price_list
from audits.planes.live.options import AccountError
from audits.price_refresh import PriceError, refresh

REGION = "ap-northeast-2"


@pytest.fixture
def folder(tmp_path: Path) -> Any:
    entries: dict[str, Any] = {"ec2/t4g.nano/hour": {"low": 0.001, "high": 0.01}, "nat-gateway/hour": 0.05}
    entries["fargate/spot-share-of-price"] = {"low": 0.3, "high": 1}
    (tmp_path / f"{REGION}.json").write_text(prices.text(REGION, "2020-01-01", "by hand", False, entries))
    with mock.patch.object(prices, "FOLDER", tmp_path):
        prices.snapshots.cache_clear()
        yield tmp_path
    prices.snapshots.cache_clear()


def told(found: dict[str, float], **missing: str) -> Any:
    return mock.patch.object(price_list, "fetch", return_value=price_list.Found(found, missing))


def test_fetched_prices_replace_entered_ones_and_what_has_none_goes(folder: Path) -> None:
    with told({"ec2/t4g.nano/hour": 0.0052}) as fetch:
        kept = refresh(REGION, ["ec2/t4g.large/hour"], "auditor")
    wanted = ["ec2/t4g.large/hour", "ec2/t4g.nano/hour", "nat-gateway/hour"]
    assert fetch.call_args.args == (REGION, wanted, "auditor")
    found = prices.parse((folder / f"{REGION}.json").read_bytes())
    assert found.refreshed
    assert found.date > "2025"
    assert found.entries["ec2/t4g.nano/hour"].exact
    assert set(found.entries) == {"ec2/t4g.nano/hour", "fargate/spot-share-of-price"}
    assert kept.count == 2


def test_another_region_gets_the_names_that_are_kept(folder: Path) -> None:
    with told({"nat-gateway/hour": 0.045}):
        refresh("us-east-1")
    assert json.loads((folder / "us-east-1.json").read_text())["prices"]["nat-gateway/hour"] == 0.045


@pytest.mark.parametrize(
    "answer", [{"return_value": price_list.Found({}, {})}, {"side_effect": AccountError("denied")}]
)
def test_where_aws_says_nothing_the_snapshot_stays(folder: Path, answer: dict[str, Any]) -> None:
    before = (folder / f"{REGION}.json").read_bytes()
    with mock.patch.object(price_list, "fetch", **answer), pytest.raises(PriceError):
        refresh(REGION)
    assert (folder / f"{REGION}.json").read_bytes() == before


def test_a_name_that_no_price_can_have_is_refused_before_anything_is_asked(folder: Path) -> None:
    with told({}) as fetch, pytest.raises(PriceError, match="rds/postgres"):
        refresh(REGION, ["rds/postgres"])
    fetch.assert_not_called()


def test_the_command_says_what_has_no_price(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with told({"ec2/t4g.nano/hour": 0.0052}, **{"nat-gateway/hour": "no price in there"}):
        assert cli.main(["prices", REGION]) == 0
    said = capsys.readouterr().err
    assert "nat-gateway/hour: no price in there" in said
    assert f"{folder / REGION}.json: 2 prices" in said


def test_the_command_is_wrong_input_without_credentials(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with mock.patch.object(price_refresh.price_list, "fetch", side_effect=AccountError("no AWS credentials found")):
        assert cli.main(["prices", REGION]) == 4
    assert capsys.readouterr().err == "no AWS credentials found\n"
