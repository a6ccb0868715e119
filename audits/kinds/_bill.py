"""What an account was billed for the last full month: Cost Explorer's answer, as one resource of kind ``bill``.

It is no kind of Terraform's, so it is not among those that are found by looking. Each page of an answer costs 0.01 USD
("AWS Cost Explorer API pricing"): it is read only where a spec says ``cost_explorer: true``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from audits import model
from audits.kind import Kind, Read, Reader
from audits.model import Resource

_METRIC = "UnblendedCost"
_LEFT_OUT = ("Credit", "Refund", "Tax")


def last_month(today: date) -> tuple[date, date]:
    """The first days of the last full month and of the one after it."""
    end = today.replace(day=1)
    return (end - timedelta(days=1)).replace(day=1), end


def _read(reader: Reader) -> Iterator[Resource]:
    start, end = last_month(datetime.now(UTC).date())
    yield read_month(reader, start, end)


def read_month(reader: Reader, start: date, end: date) -> Resource:
    """The bill of one month, by service and usage type, without credits, refunds and tax."""
    asked: dict[str, Any] = {
        "TimePeriod": {"Start": start.isoformat(), "End": end.isoformat()},
        "Granularity": "MONTHLY",
        "Metrics": [_METRIC],
        "GroupBy": [{"Type": "DIMENSION", "Key": key} for key in ("SERVICE", "USAGE_TYPE")],
        # A management account is told of all its members' costs otherwise.
        "Filter": {
            "And": [
                {"Dimensions": {"Key": "LINKED_ACCOUNT", "Values": [reader.account]}},
                {"Not": {"Dimensions": {"Key": "RECORD_TYPE", "Values": list(_LEFT_OUT)}}},
            ]
        },
    }
    groups: list[dict[str, Any]] = []
    estimated = False
    token: str | None = ""
    while token is not None:
        page = reader.call("ce", "get_cost_and_usage", **asked, **({"NextPageToken": token} if token else {}))
        for period in page["ResultsByTime"]:
            estimated = estimated or bool(period.get("Estimated"))
            groups += [_group(one) for one in period.get("Groups", ())]
        token = page.get("NextPageToken") or None
    attributes = {"month": start.strftime("%Y-%m"), "estimated": estimated, "metric": _METRIC, "groups": groups}
    return reader.resource(BILL.type, f"bill of {start:%Y-%m}", attributes)


def _group(one: Mapping[str, Any]) -> dict[str, Any]:
    service, usage = one["Keys"]
    cost = one["Metrics"][_METRIC]
    return {"service": service, "usage_type": usage, "amount": float(cost["Amount"]), "unit": cost["Unit"]}


BILL = Kind(model.BILL, scope="global", reads=(Read("ce", "get_cost_and_usage"),), from_live=_read)
