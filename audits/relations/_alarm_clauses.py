"""What an alarm has to say, clause by clause: statistic, threshold, window, unit, and what missing data does."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from audits.expectations import matches
from audits.model import Cause, Resource, Unknown, Value
from audits.outcome import YES, Outcome, all_of, any_of, left_open
from audits.relations._series import Looks, Series, given
from audits.view import UNSET, View

_UPPER = ("GreaterThanThreshold", "GreaterThanOrEqualToThreshold")
_LOWER = ("LessThanThreshold", "LessThanOrEqualToThreshold")
OPERATORS = (*_UPPER, *_LOWER)


@dataclass(frozen=True, slots=True)
class Answer:
    """What one clause comes to for one alarm. ``place``: the path in the alarm that it rests on."""

    path: str
    expected: Value
    actual: Value
    outcome: Outcome
    place: str


def series_of(looks: Looks) -> Series | None:
    """The series whose statistic and period count: the one compared, or the only one that goes into it."""
    return looks.series or (looks.inputs[0] if len(looks.inputs) == 1 else None)


def statistic(wanted: Any, looks: Looks, view: View, alarm: Resource) -> Answer:
    """The statistic by its name, a percentile or trimmed one as CloudWatch writes it (``p99``)."""
    if looks.series is None:
        return _unclear("statistic", wanted, looks)
    found = looks.series.statistic
    place = f"{looks.series.place}.metric[0].stat" if looks.series.place else "statistic"
    return Answer("statistic", wanted, found, matches(wanted, found, view.context(alarm)), place)


def threshold(wanted: Any, looks: Looks, view: View, alarm: Resource) -> Answer:
    """Comparison and threshold together: one of those that are documented."""
    operator = alarm.attributes.get("comparison_operator", UNSET)
    value = given(alarm, "threshold", None)
    if value is None:
        band = given(alarm, "threshold_metric_id")
        found = Outcome(False, "is no fixed one (anomaly detection)") if isinstance(band, str) and band else None
        if found is not None:
            return Answer("threshold", wanted, {"threshold_metric_id": band}, found, "threshold_metric_id")
        value = UNSET if alarm.missing == "unset" else None
    context = view.context(alarm)
    pairs = [
        all_of([matches(one["comparison_operator"], operator), matches(one["threshold"], value, context)])
        for one in (wanted if isinstance(wanted, list) else [wanted])
    ]
    actual = {"comparison_operator": operator, "threshold": value}
    return Answer("threshold", wanted, actual, any_of(pairs, "is another one"), "threshold")


def window(wanted: int, looks: Looks, alarm: Resource, breaches: Any) -> Answer:
    """Whether it goes off exactly if the statistic over so many seconds breaches.

    An alarm goes off when ``datapoints_to_alarm`` of the last ``evaluation_periods`` breach, each over one period
    (CloudWatch User Guide, "Evaluating an alarm"). So it is one datapoint of one period as long as the window, however
    many are looked at: a sum over five minutes is neither five sums over one minute, nor any one of them. Only an
    extreme can be had from shorter periods: the highest value of the window lies above exactly if that of one part
    does (one datapoint suffices), and the lowest exactly if that of each part does (all datapoints of the window).
    """
    series = looks.series
    if series is None:
        return _unclear("window", wanted, looks)
    evaluated = alarm.attributes.get("evaluation_periods", UNSET)
    needed = given(alarm, "datapoints_to_alarm", 0)
    needed = evaluated if needed == 0 else needed
    actual = {"period": series.period, "evaluation_periods": evaluated, "datapoints_to_alarm": needed}
    unknown = [one for one in (*actual.values(), series.statistic) if isinstance(one, Unknown)]
    place = f"{series.place}.metric[0].period" if series.place else "period"
    if unknown:
        found = left_open(*unknown)
    elif _spans(wanted, series, evaluated, needed, breaches):
        found = YES
    else:
        said = f"{needed} of {evaluated} periods of {series.period} s: not the {series.statistic} over {wanted} s"
        found = Outcome(False, said)
    return Answer("window", wanted, actual, found, place)


def _spans(wanted: int, series: Series, evaluated: Value, needed: Value, breaches: Any) -> bool:
    period = series.period
    if period == wanted:
        return bool(needed == 1)
    if not isinstance(period, int | float) or period <= 0 or wanted % period:
        return False
    operators = {one["comparison_operator"] for one in (breaches if isinstance(breaches, list) else [breaches])}
    upper, lower = operators <= set(_UPPER), operators <= set(_LOWER)
    toward = (series.statistic == "Maximum" and upper) or (series.statistic == "Minimum" and lower)
    away = (series.statistic == "Minimum" and upper) or (series.statistic == "Maximum" and lower)
    return bool((toward and needed == 1) or (away and needed == evaluated and evaluated * period == wanted))


def goes_off_after(wanted: Any, looks: Looks, alarm: Resource) -> Answer:
    """How many seconds of breach it takes at least: as many periods as datapoints have to breach."""
    path = "goes_off_after"
    series = looks.series
    if series is None:
        return _unclear(path, wanted, looks)
    needed = given(alarm, "datapoints_to_alarm", 0)
    needed = alarm.attributes.get("evaluation_periods", UNSET) if needed == 0 else needed
    unknown = [one for one in (needed, series.period) if isinstance(one, Unknown)]
    if unknown:
        return Answer(path, wanted, unknown[0], left_open(*unknown), "evaluation_periods")
    seconds = needed * series.period
    return Answer(path, wanted, seconds, matches(wanted, seconds), "evaluation_periods")


def unit(wanted: str, looks: Looks) -> Answer:
    """No unit, or the one in which the service publishes the metric.

    An alarm with another unit than its data may stay in INSUFFICIENT_DATA for good (CloudWatch API Reference,
    PutMetricAlarm, Unit): a metric that is published in bytes has no data in megabytes.
    """
    if looks.series is None:
        return _unclear("unit", wanted, looks)
    found = looks.series.unit
    outcome = any_of([matches("", found), matches(wanted, found)], f"the metric is published in {wanted}")
    place = f"{looks.series.place}.metric[0].unit" if looks.series.place else "unit"
    return Answer("unit", wanted, found, outcome, place)


def missing_data(alarm: Resource, told_of: Outcome) -> Answer:
    """Whether it is told that there is no data. ``told_of``: whether entering INSUFFICIENT_DATA is.

    Missing data is ``notBreaching`` (then the alarm says OK), ``ignore`` (it stays as it is), ``breaching``, or
    ``missing`` (INSUFFICIENT_DATA; CloudWatch User Guide, "Configuring how CloudWatch alarms treat missing data"). What
    sends its metric only while it runs is down exactly when there is none.
    """
    treated = given(alarm, "treat_missing_data", "missing")
    path, place = "missing_data", "treat_missing_data"
    expected = "told"
    if isinstance(treated, Unknown):
        return Answer(path, expected, treated, left_open(treated), place)
    if treated == "breaching":
        return Answer(path, expected, treated, YES, place)
    if treated == "missing":
        said = f"the alarm is then INSUFFICIENT_DATA: {told_of.message}" if told_of.holds is False else told_of.message
        return Answer(path, expected, treated, replace(told_of, message=said), place)
    return Answer(path, expected, treated, Outcome(False, hidden(treated)), place)


def hidden(treated: Value) -> str:
    """What an alarm says of missing data where that may hide a failure; nothing where it does not."""
    said = {"notBreaching": "is OK", "ignore": "stays as it is"}.get(treated if isinstance(treated, str) else "")
    return f"without data the alarm {said} (treat_missing_data = {treated})" if said else ""


def _unclear(path: str, wanted: Any, looks: Looks) -> Answer:
    unknown = looks.unclear or Unknown(Cause.UNSUPPORTED)
    return Answer(path, wanted, unknown, left_open(unknown), "metric_query")


def in_words(breaches: Any) -> str:
    """Documented comparisons and thresholds as people write them."""
    pairs: list[Mapping[str, Any]] = breaches if isinstance(breaches, list) else [breaches]
    return " or ".join(f"{one['comparison_operator']} {json.dumps(one['threshold'])}" for one in pairs)
