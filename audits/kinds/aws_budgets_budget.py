"""Budgets: how much may be spent, and who is told. The account has one list of them, wherever it is asked.

Sources: provider documentation of ``aws_budgets_budget``; Budgets API Reference, DescribeBudgets,
DescribeNotificationsForBudget and DescribeSubscribersForNotification. IAM knows one action for all of them,
``budgets:ViewBudget`` (Service Authorization Reference).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any

from audits.kind import Kind, Read, Reader
from audits.kinds.aws_vpc import not_read
from audits.model import Resource, Unknown, Value

_ACTION = "budgets:ViewBudget"
_COST_TYPES = {
    "include_credit": "IncludeCredit",
    "include_discount": "IncludeDiscount",
    "include_other_subscription": "IncludeOtherSubscription",
    "include_recurring": "IncludeRecurring",
    "include_refund": "IncludeRefund",
    "include_subscription": "IncludeSubscription",
    "include_support": "IncludeSupport",
    "include_tax": "IncludeTax",
    "include_upfront": "IncludeUpfront",
    "use_amortized": "UseAmortized",
    "use_blended": "UseBlended",
}


def plain_amount(amount: Value) -> Value:
    """An amount as it is written shortest: AWS answers "80.0" where "80" was asked for."""
    try:
        number = Decimal(amount) if isinstance(amount, str) else None
    except InvalidOperation:
        return amount
    if number is None or not number.is_finite():
        return amount
    return format(number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize(), "f")


def _from_terraform(budget: Resource) -> Resource:
    if "limit_amount" not in budget.attributes:
        return budget
    return replace(
        budget, attributes={**budget.attributes, "limit_amount": plain_amount(budget.attributes["limit_amount"])}
    )


def _from_live(reader: Reader) -> Iterable[Resource]:
    listed = reader.pages("budgets", "describe_budgets", "Budgets", AccountId=reader.account)
    return reader.each(listed, partial(_budget, reader))


def _budget(reader: Reader, budget: Mapping[str, Any]) -> Resource:
    name = budget["BudgetName"]
    arn = f"arn:{reader.partition}:budgets::{reader.account}:budget/{name}"
    limit, period, types = budget.get("BudgetLimit"), budget.get("TimePeriod") or {}, budget.get("CostTypes")
    attributes: dict[str, Value] = {
        "id": f"{reader.account}:{name}",
        "arn": arn,
        "account_id": reader.account,
        "name": name,
        "budget_type": budget.get("BudgetType"),
        "limit_amount": plain_amount(limit["Amount"]) if limit else None,
        "limit_unit": limit["Unit"] if limit else None,
        "time_unit": budget.get("TimeUnit"),
        "time_period_start": _period(period.get("Start")),
        "time_period_end": _period(period.get("End")),
        "cost_filter": [
            {"name": key, "values": list(values)} for key, values in sorted((budget.get("CostFilters") or {}).items())
        ],
        "cost_types": [{one: types.get(key) for one, key in _COST_TYPES.items()}] if types else [],
        "planned_limit": [
            {"start_time": start, "amount": one["Amount"], "unit": one["Unit"]}
            for start, one in sorted((budget.get("PlannedBudgetLimits") or {}).items())
        ],
        "auto_adjust_data": not_read("no further call, but a translation of its own")
        if budget.get("AutoAdjustData")
        else [],
        "notification": _notifications(reader, arn, name),
        "tags": not_read("budgets:ListTagsForResource"),
    }
    return reader.resource("aws_budgets_budget", arn, attributes)


def _period(moment: datetime | None) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d_%H:%M") if moment else ""


def _notifications(reader: Reader, arn: str, name: str) -> Value:
    ask = partial(
        reader.detail, "budgets", resource=arn, attribute="notification", AccountId=reader.account, BudgetName=name
    )
    answer = ask("describe_notifications_for_budget")
    if not isinstance(answer, dict):
        return answer or []
    blocks: list[Value] = []
    for one in answer.get("Notifications") or ():
        wanted = {
            key: one[key]
            for key in ("NotificationType", "ComparisonOperator", "Threshold", "ThresholdType")
            if key in one
        }
        told = ask("describe_subscribers_for_notification", Notification=wanted)
        blocks.append(_notification(one, told))
    return blocks


def _notification(found: Mapping[str, Any], told: dict[str, Any] | Unknown | None) -> dict[str, Value]:
    addresses: dict[str, Value] = {}
    for name, sort in (("subscriber_email_addresses", "EMAIL"), ("subscriber_sns_topic_arns", "SNS")):
        subscribers = (told or {}).get("Subscribers") or () if not isinstance(told, Unknown) else ()
        of_sort = [one["Address"] for one in subscribers if one["SubscriptionType"] == sort]
        addresses[name] = told if isinstance(told, Unknown) else of_sort
    return {
        "notification_type": found["NotificationType"],
        "comparison_operator": found["ComparisonOperator"],
        "threshold": found["Threshold"],
        "threshold_type": found.get("ThresholdType", "PERCENTAGE"),
        **addresses,
    }


KIND = Kind(
    type="aws_budgets_budget",
    identity=("name",),
    names=("id", "arn", "name"),
    scope="global",
    reads=(
        Read("budgets", "describe_budgets", action=_ACTION),
        Read("budgets", "describe_notifications_for_budget", action=_ACTION, absent=("NotFoundException",)),
        Read("budgets", "describe_subscribers_for_notification", action=_ACTION, absent=("NotFoundException",)),
    ),
    from_terraform=_from_terraform,
    from_live=_from_live,
)
