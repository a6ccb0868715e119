"""The price list, in the shapes of botocore's own model: one price a name, or the reason why there is none."""

from __future__ import annotations

import json
from typing import Any

import botocore.session
import pytest
from botocore.stub import Stubber

from audits.planes.live import guard, price_list
from audits.prices import parse, snapshots

REGION = "ap-northeast-2"


@pytest.fixture
def stubbed() -> Any:
    session = botocore.session.Session()
    session.set_credentials("testing", "testing")
    guard.install(session.get_component("event_emitter"))
    client = session.create_client("pricing", region_name=price_list.ENDPOINT)
    with Stubber(client) as stubber:
        yield client, stubber
        stubber.assert_no_pending_responses()


def product(usage: str, *amounts: str, currency: str = "USD") -> str:
    dimensions = {f"d{n}": {"unit": "Hrs", "pricePerUnit": {currency: one}} for n, one in enumerate(amounts)}
    terms = {"OnDemand": {"t": {"priceDimensions": dimensions}}, "Reserved": {"r": {"priceDimensions": dimensions}}}
    return json.dumps({"product": {"attributes": {"usagetype": usage}}, "terms": terms})


def asked(service: str, **attributes: str) -> dict[str, Any]:
    fields = {"regionCode": REGION, **attributes}
    filters = [{"Type": "TERM_MATCH", "Field": name, "Value": value} for name, value in fields.items()]
    return {"ServiceCode": service, "Filters": filters}


def answer(*products: str, **more: Any) -> dict[str, Any]:
    return {"FormatVersion": "aws_v1", "PriceList": list(products), **more}


FARGATE = asked("AmazonECS", productFamily="Compute")


def test_a_name_has_the_one_price_of_its_usage_type(stubbed: Any) -> None:
    client, stubber = stubbed
    products = (
        product("APN2-Fargate-vCPU-Hours:perCPU", "0.0465600000"),
        product("APN2-Fargate-ARM-vCPU-Hours:perCPU", "0.0372500000"),
        product("APN2-Fargate-GB-Hours", "0.0051100000"),
        product("APN2-Fargate-Windows-vCPU-Hours:perCPU", "0.09"),
    )
    for _ in range(2):
        stubber.add_response("get_products", answer(*products), FARGATE)
    found = price_list.read(client, REGION, ["fargate/x86_64/vcpu-hour", "fargate/arm64/vcpu-hour"])
    assert found.prices == {"fargate/x86_64/vcpu-hour": 0.04656, "fargate/arm64/vcpu-hour": 0.03725}
    assert found.missing == {}


def test_every_page_counts_and_free_dimensions_do_not(stubbed: Any) -> None:
    client, stubber = stubbed
    stubber.add_response("get_products", answer(product("APN2-x", "9"), NextToken="next"), FARGATE)
    page = answer(product("APN2-Fargate-GB-Hours", "0.00511", "0.0000000000"))
    stubber.add_response("get_products", page, {**FARGATE, "NextToken": "next"})
    assert price_list.read(client, REGION, ["fargate/x86_64/gb-hour"]).prices == {"fargate/x86_64/gb-hour": 0.00511}


@pytest.mark.parametrize(
    ("products", "said"),
    [
        ((), f"no price in {REGION}"),
        ((product("APN2-Fargate-GB-Hours", "0.1"), product("Fargate-GB-Hours", "0.2")), f"2 prices in {REGION}"),
        ((product("APN2-Fargate-GB-Hours", "0.1", currency="CNY"),), f"no price in {REGION}"),
    ],
)
def test_what_has_no_price_or_several_is_missing(stubbed: Any, products: tuple[str, ...], said: str) -> None:
    client, stubber = stubbed
    stubber.add_response("get_products", answer(*products), FARGATE)
    found = price_list.read(client, REGION, ["fargate/x86_64/gb-hour"])
    assert (found.prices, found.missing) == ({}, {"fargate/x86_64/gb-hour": said})


def test_a_name_that_no_price_can_have_is_not_asked_for(stubbed: Any) -> None:
    client, _ = stubbed
    assert price_list.read(client, REGION, ["rds/postgres/hour"]).missing == {"rds/postgres/hour": "no such name"}


def test_filters_are_those_of_the_price_list(stubbed: Any) -> None:
    client, stubber = stubbed
    about = {"productFamily": "Database Instance", "databaseEngine": "PostgreSQL", "deploymentOption": "Single-AZ"}
    wanted = asked("AmazonRDS", **about, instanceType="db.t4g.micro")
    stubber.add_response("get_products", answer(product("APN2-InstanceUsage:db.t4g.micro", "0.02")), wanted)
    name = "rds/postgres/single/db.t4g.micro/hour"
    assert price_list.read(client, REGION, [name]).prices == {name: 0.02}


def test_every_name_that_is_kept_can_be_asked_for() -> None:
    names = {name for one in snapshots() for name in one.entries} - set(price_list.KEPT)
    assert names
    assert {name for name in names if price_list.query(name) is None} == set()


def test_the_kept_snapshots_say_when_and_whence_and_hold_prices_only() -> None:
    (one,) = snapshots()
    assert one.region == REGION
    assert not one.refreshed
    assert "by hand" in one.source
    assert all(0 < price.low <= price.high < 10 for price in one.entries.values())


def test_a_snapshot_with_a_price_that_is_none_is_refused() -> None:
    head = b'{"region": "a", "date": "b", "source": "c", "refreshed": false, "prices": {"x": {"low": 2, "high": 1}}}'
    with pytest.raises(ValueError, match="no range"):
        parse(head)
