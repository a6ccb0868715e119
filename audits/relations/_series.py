"""What an alarm looks at: the one series of values that it compares with its threshold.

An alarm on a metric says it in its own attributes. One on ``metric_query`` (metric math) compares the one query that
returns data (CloudWatch API Reference, PutMetricAlarm, Metrics, and MetricDataQuery): where that is a metric, or names
another query that is one, it is the same as an alarm on the metric. Other expressions are not evaluated: what goes into
them is told, and that it cannot be told what comes out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from audits.model import Cause, Resource, Unknown, Value

_NAME = re.compile(r"[a-z][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Series:
    """A statistic of a metric. ``place``: the path in the alarm that says so. ``account``: another one's, if given."""

    namespace: Value
    metric_name: Value
    dimensions: Value
    statistic: Value
    period: Value
    unit: Value
    place: str = ""
    account: Value = ""


@dataclass(frozen=True, slots=True)
class Looks:
    """What an alarm compares: one series, or (``unclear`` says why it cannot be told) something made of ``inputs``."""

    series: Series | None = None
    inputs: tuple[Series, ...] = ()
    unclear: Unknown | None = None


def given(resource: Resource, name: str, none: Value = "") -> Value:
    """An attribute that the provider does not compute: where source leaves it out, it is null.

    Source: the provider's schema, of alarms and of what else this is asked for.
    """
    found = resource.attributes.get(name)
    return none if found is None else found


def looks_at(alarm: Resource) -> Looks:
    """The series that an alarm compares with its threshold."""
    queries = given(alarm, "metric_query", [])
    if isinstance(queries, Unknown):
        return Looks(unclear=queries)
    if queries:
        return _returned(queries)
    statistic = given(alarm, "statistic")
    return Looks(
        Series(
            given(alarm, "namespace"),
            given(alarm, "metric_name"),
            given(alarm, "dimensions", {}),
            given(alarm, "extended_statistic") if statistic == "" else statistic,
            given(alarm, "period", 0),
            given(alarm, "unit"),
        )
    )


def _returned(queries: list[Value]) -> Looks:
    blocks = [(number, one) for number, one in enumerate(queries) if isinstance(one, dict)]
    inputs = tuple(one for number, block in blocks for one in [_metric(number, block)] if one is not None)
    whole = next((one for one in queries if isinstance(one, Unknown)), None)
    returned = [(number, one) for number, one in blocks if one.get("return_data") is not False]
    vague = next((one["return_data"] for _, one in returned if isinstance(one.get("return_data"), Unknown)), whole)
    if vague is not None:
        return Looks(inputs=inputs, unclear=vague)
    if len(returned) != 1:
        said = f"{len(returned)} of its queries return data, and an alarm compares one"
        return Looks(inputs=inputs, unclear=Unknown(Cause.INVALID, detail=said))
    number, block = returned[0]
    by_id = {one["id"]: (place, one) for place, one in blocks if isinstance(one.get("id"), str)}
    seen: set[int] = set()
    while number not in seen:
        seen.add(number)
        series = _metric(number, block)
        expression = block.get("expression")
        if series is not None and not expression:
            return Looks(series)
        if isinstance(expression, str) and _NAME.fullmatch(expression.strip()) and expression.strip() in by_id:
            number, block = by_id[expression.strip()]
    said = expression if isinstance(expression, str) else "of its query"
    unclear = expression if isinstance(expression, Unknown) else None
    return Looks(
        inputs=inputs,
        unclear=unclear or Unknown(Cause.UNSUPPORTED, detail=f"the expression {said} is not evaluated"),
    )


def _metric(number: int, block: dict[str, Value]) -> Series | None:
    metric = block.get("metric")
    if not isinstance(metric, list) or not metric or not isinstance(metric[0], dict):
        return None
    one = metric[0]

    def of(name: str, none: Value = "") -> Value:
        return none if one.get(name) is None else one[name]

    return Series(
        of("namespace"),
        of("metric_name"),
        of("dimensions", {}),
        of("stat"),
        of("period", 0),
        of("unit"),
        f"metric_query[{number}]",
        block.get("account_id") or "",
    )


def searches(unclear: Unknown | None) -> bool:
    """Whether an expression finds metrics by itself (``SELECT …``, ``SEARCH(…)``), whatever queries stand beside it."""
    return unclear is not None and bool(re.search(r"(?i)\b(select|search|metrics)\b", unclear.detail))
