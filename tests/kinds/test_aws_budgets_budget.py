from __future__ import annotations

from typing import Any

import pytest

from audits.kinds.aws_budgets_budget import KIND, plain_amount
from audits.model import Cause, Unknown
from tests.kinds.support import DENIED, agrees, declared, in_account, in_source, live
from tests.planes.live.world import ACCOUNT, moto_account

ALERT = {"NotificationType": "ACTUAL", "ComparisonOperator": "GREATER_THAN", "Threshold": 80.0}


def test_both_planes_agree_on_a_monthly_budget() -> None:
    with moto_account() as world:
        world.client("budgets").create_budget(
            AccountId=ACCOUNT,
            Budget={
                "BudgetName": "monthly",
                "BudgetLimit": {"Amount": "80.0", "Unit": "USD"},
                "TimeUnit": "MONTHLY",
                "BudgetType": "COST",
            },
        )
        found = in_account(KIND, world.only(KIND, name="monthly"))
    configured = declared(
        "aws_budgets_budget",
        name="monthly",
        budget_type="COST",
        limit_amount="80",
        limit_unit="USD",
        time_unit="MONTHLY",
    )
    for name, value in configured.attributes.items():
        assert in_source(KIND, configured).attributes[name] == found.attributes[name] == value


def _answers(subscribers: Any) -> dict[tuple[str, str], Any]:
    budget = {
        "BudgetName": "b",
        "TimeUnit": "MONTHLY",
        "BudgetType": "COST",
        "CostFilters": {"Service": ["Amazon RDS"]},
    }
    return {
        ("budgets", "describe_budgets"): {"Budgets": [budget]},
        ("budgets", "describe_notifications_for_budget"): {"Notifications": [ALERT]},
        ("budgets", "describe_subscribers_for_notification"): subscribers,
    }


def test_both_planes_agree_on_who_is_told() -> None:
    told = [
        {"SubscriptionType": "EMAIL", "Address": "ops@example.com"},
        {"SubscriptionType": "SNS", "Address": "arn:t"},
    ]
    (found,) = live(KIND, _answers({"Subscribers": told}))
    block = {
        "notification_type": "ACTUAL",
        "comparison_operator": "GREATER_THAN",
        "threshold": 80,
        "threshold_type": "PERCENTAGE",
        "subscriber_email_addresses": ["ops@example.com"],
        "subscriber_sns_topic_arns": ["arn:t"],
    }
    filters = [{"name": "Service", "values": ["Amazon RDS"]}]
    configured = declared("aws_budgets_budget", name="b", notification=[block], cost_filter=filters)
    agrees({name: in_source(KIND, configured).attributes[name] for name in configured.attributes}, found.attributes)
    (hidden,) = live(KIND, _answers(DENIED))
    assert hidden.attributes["notification"][0]["subscriber_email_addresses"] == DENIED


@pytest.mark.parametrize(
    ("amount", "plain"), [("80.0", "80"), ("80", "80"), ("0.50", "0.5"), ("1E+2", "100"), ("x", "x"), (None, None)]
)
def test_amounts_are_written_shortest(amount: Any, plain: Any) -> None:
    assert plain_amount(amount) == plain
    unknown = Unknown(Cause.VARIABLE)
    assert plain_amount(unknown) == unknown
