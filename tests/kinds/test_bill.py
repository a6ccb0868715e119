"""The bill of the last full month: what is asked, what is left out, and that every page counts."""

from __future__ import annotations

import json
import urllib.request
from datetime import date
from typing import Any
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.kinds._bill import BILL, last_month, read_month
from audits.model import Resource
from audits.planes.live import LiveOptions, iam_action, observe
from examples.glimpse.account.server import environment, server
from tests.kinds.support import check_shape, operation_of

START, END = date(2026, 9, 1), date(2026, 10, 1)


class Asked:
    """A reader that answers from a list of pages and keeps what it was asked."""

    account, region, partition = "111122223333", "us-east-1", "aws"

    def __init__(self, *pages: dict[str, Any]) -> None:
        self.pages, self.calls = list(pages), []

    def call(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        shape = operation_of(service, operation)
        check_shape(shape.input_shape, parameters, "request")
        self.calls.append(parameters)
        page = self.pages.pop(0)
        check_shape(shape.output_shape, page, "answer")
        return page

    def resource(self, kind: str, identity: str, attributes: Any, **_: Any) -> Resource:
        return Resource(kind, identity, attributes, account=self.account, region=self.region)


def page(*groups: tuple[str, str, str], estimated: bool = False, token: str | None = None) -> dict[str, Any]:
    shaped = [
        {"Keys": [service, usage], "Metrics": {"UnblendedCost": {"Amount": amount, "Unit": "USD"}}}
        for service, usage, amount in groups
    ]
    period = {"Start": "2026-09-01", "End": "2026-10-01"}
    found: dict[str, Any] = {
        "ResultsByTime": [{"TimePeriod": period, "Total": {}, "Groups": shaped, "Estimated": estimated}]
    }
    return {**found, "NextPageToken": token} if token else found


def read(*pages: dict[str, Any]) -> tuple[Resource, list[dict[str, Any]]]:
    reader = Asked(*pages)
    return read_month(reader, START, END), reader.calls  # type: ignore[arg-type]


def test_one_month_of_this_account_is_asked_for_without_credits_refunds_and_tax() -> None:
    _, (asked,) = read(page())
    assert asked["TimePeriod"] == {"Start": "2026-09-01", "End": "2026-10-01"}
    assert (asked["Granularity"], asked["Metrics"]) == ("MONTHLY", ["UnblendedCost"])
    own, without = asked["Filter"]["And"]
    assert own["Dimensions"] == {"Key": "LINKED_ACCOUNT", "Values": ["111122223333"]}
    assert without["Not"]["Dimensions"] == {"Key": "RECORD_TYPE", "Values": ["Credit", "Refund", "Tax"]}


def test_every_page_is_read_and_one_estimate_makes_all_of_it_one() -> None:
    found, calls = read(
        page(("Amazon ElastiCache", "NodeUsage", "11.5"), token="more"),
        page(("AmazonCloudWatch", "Requests", "0.25"), estimated=True),
    )
    assert [call.get("NextPageToken") for call in calls] == [None, "more"]
    assert found.attributes["groups"] == [
        {"service": "Amazon ElastiCache", "usage_type": "NodeUsage", "amount": 11.5, "unit": "USD"},
        {"service": "AmazonCloudWatch", "usage_type": "Requests", "amount": 0.25, "unit": "USD"},
    ]
    assert (found.kind, found.identity, found.attributes["estimated"]) == ("bill", "bill of 2026-09", True)


@given(st.dates(date(2000, 2, 1), date(2100, 1, 1)))
def test_the_last_full_month_is_over_and_ends_where_this_one_begins(today: date) -> None:
    start, end = last_month(today)
    assert start.day == end.day == 1
    assert start < end <= today
    assert (end - start).days in (28, 29, 30, 31)
    assert (today - end).days < 31


def test_the_auditor_needs_one_action() -> None:
    assert [iam_action(one) for one in BILL.reads] == ["ce:GetCostAndUsage"]


@pytest.fixture(scope="module")
def endpoint() -> Any:
    with server(shim=False) as running:
        yield running


def test_the_bill_is_read_through_the_guard_like_any_kind(endpoint: str) -> None:
    body = {"results": [page(("Amazon ElastiCache", "NodeUsage", "11.5"))]}
    request = urllib.request.Request(
        f"{endpoint}/moto-api/static/ce/cost-and-usage-results",
        json.dumps(body).encode(),
        {"Content-Type": "application/json"},
    )
    urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request).close()
    with mock.patch.dict("os.environ", environment(endpoint), clear=True):
        found = observe([BILL], LiveOptions())
    (bill,) = found.resources
    assert found.gaps == ()
    assert [group["amount"] for group in bill.attributes["groups"]] == [11.5]
    assert [call.operation for call in found.calls] == ["get_caller_identity", "get_cost_and_usage"]
