"""What an alarm watches, when it goes off and who hears of it, whatever it is called.

An alarm meets a control if it watches the documented metric *of the selected resource* (by the dimensions that service
publishes it with: a reference in source, the identifier in the account), by one of the documented statistics and
thresholds, and leads to a target that exists. Any alarm may meet it, so the control passes with one; it fails only
where every alarm is known to miss something. Then the verdicts are those of the alarm that came nearest, or ``absent``
where none watches the metric, with the nearest ones and what each misses. With ``any_of`` one alternative is enough.

What is judged of an alarm, each a path: ``metric`` (with its resource), ``statistic``, ``threshold`` (with the
comparison), ``notifies``, and if the control says so ``window``, ``goes_off_after``, ``unit``, ``missing_data`` and
``recovery``. The rules are told where they are judged, in ``_alarm_clauses`` and ``_alarm_actions``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from audits.expectations import matches
from audits.model import Cause, Control, Resource, State, Unknown, Value, Verdict, worst
from audits.outcome import Outcome, all_of, any_of, left_open
from audits.relation import Relation, state_of, verdict_on
from audits.relations import _alarm_clauses as clauses
from audits.relations._alarm_actions import METRIC, notifies, only_scales, recovery, told_of_no_data
from audits.relations._alarm_body import SCHEMA, alternatives, check_body, kinds_of, paths_of
from audits.relations._alarm_clauses import Answer, hidden, in_words
from audits.relations._dimensions import DIMENSIONS, about, beside
from audits.relations._doubts import Doubt, mended, said, state_with, unknown_because
from audits.relations._granted import over_selected
from audits.relations._series import Series, given, looks_at, searches
from audits.view import View

_SCALES = "it drives a scaling policy, and tells nobody"


@dataclass(frozen=True, slots=True)
class Candidate:
    """An alarm as a control sees it: whether it watches what is documented (``watch``), and what it says then.

    ``met``: how much of what makes it the right one is so. ``missed``: what is not, for people.
    """

    alarm: Resource
    watch: Outcome
    answers: Sequence[Answer]
    met: int
    missed: str


def judge(control: Control, view: View) -> Sequence[Verdict]:
    """The verdicts of the alternative that holds, else of the one that may, else of the one that comes nearest."""
    judged = [_alternative(control, wanted, view) for wanted in alternatives(control.body["alarm"])]
    states = [worst([one.state for one in verdicts]) for verdicts in judged]
    for state in (State.PASS, State.UNREADABLE, State.UNKNOWN):
        if state in states:
            return judged[states.index(state)]
    best = max(judged, key=lambda verdicts: sum(one.state is State.PASS for one in verdicts))
    if any(one.state is not State.ABSENT for one in best):
        return best
    causes = dict.fromkeys(verdicts[0].cause for verdicts in judged)
    return [replace(one, cause="; or: ".join(causes)) for one in best]


def _alternative(control: Control, wanted: Mapping[str, Any], view: View) -> list[Verdict]:
    paths = paths_of(wanted)

    def judge_one(watched: Resource) -> list[Verdict]:
        return _watched(wanted, watched, paths, view)

    return over_selected(control, wanted["watches"], view, paths, judge_one)


def _watched(wanted: Mapping[str, Any], watched: Resource, paths: Mapping[str, Value], view: View) -> list[Verdict]:
    """The verdicts on the alarms of one resource."""
    selection = view.select(METRIC, {})
    doubted = {one.resource.identity: one for one in selection.maybe}
    alarms = (*selection.yes, *(one.resource for one in selection.maybe))
    found = [_candidate(alarm, wanted, watched, view) for alarm in alarms]
    sure = [one for one in found if one.watch.holds is True and one.alarm.identity not in doubted]
    whole = next((one for one in sure if all(answer.outcome.holds for answer in one.answers)), None)
    if whole is not None:
        return [_metric(whole, paths, State.PASS), *(_verdict(whole.alarm, one) for one in whole.answers)]
    open_ = [
        one
        for one in found
        if one.watch.holds is not False and not any(answer.outcome.holds is False for answer in one.answers)
    ]
    doubts = [_doubt_of(one, doubted) for one in open_] + Doubt.behind(selection.gaps, view)
    names = {one.alarm.identity for one in open_}
    best = max(sure, key=lambda one: (one.alarm.identity in names, _merit(one)), default=None)
    if best is not None and (best.alarm.identity in names or not doubts):
        return [_metric(best, paths, State.PASS), *(_verdict(best.alarm, one) for one in best.answers)]
    if doubts:
        return [_left_open(path, expected, doubts, watched) for path, expected in paths.items()]
    cause = f"no alarm watches {paths['metric']} {watched.identity}{_unlike(found)}{_nearest(found)}"
    return [_absent(path, expected, cause, watched) for path, expected in paths.items()]


def _merit(candidate: Candidate) -> int:
    return sum(answer.outcome.holds is True for answer in candidate.answers)


def _candidate(alarm: Resource, wanted: Mapping[str, Any], watched: Resource, view: View) -> Candidate:
    looks = looks_at(alarm)
    if looks.series is not None:
        found = _same_metric(alarm, looks.series, wanted, watched, view)
    else:
        found = _may_watch(alarm, looks.inputs, looks.unclear, wanted, watched, view)
    watch = all_of(found)
    missed = next((one.message for one in found if one.holds is False), "")
    met = next((number for number, one in enumerate(found) if one.holds is False), len(found))
    if watch.holds is False:
        return Candidate(alarm, watch, (), met, missed)
    target = wanted["notifies"]
    answers = [
        clauses.statistic(wanted["statistic"], looks, view, alarm),
        clauses.threshold(wanted["threshold"], looks, view, alarm),
    ]
    if "window" in wanted:
        answers.append(clauses.window(wanted["window"], looks, alarm, wanted["threshold"]))
    if "goes_off_after" in wanted:
        answers.append(clauses.goes_off_after(wanted["goes_off_after"], looks, alarm))
    if "unit" in wanted:
        answers.append(clauses.unit(wanted["unit"], looks))
    if "missing_data" in wanted:
        answers.append(clauses.missing_data(alarm, told_of_no_data(target, alarm, view)))
    if "recovery" in wanted:
        answers.append(recovery(wanted["recovery"], target, alarm, watched, view))
    heard = notifies(target, alarm, view)
    answers.append(heard)
    if heard.outcome.holds is False and only_scales(alarm):
        return Candidate(alarm, Outcome(False, _SCALES), (), met, _SCALES)
    return Candidate(alarm, watch, answers, met, missed)


def _same_metric(
    alarm: Resource, series: Series, wanted: Mapping[str, Any], watched: Resource, view: View
) -> list[Outcome]:
    namespace = wanted["namespace"]
    dimensions = DIMENSIONS[watched.kind][namespace]
    place = f"{series.place}.metric[0]." if series.place else ""
    elsewhere = Unknown(Cause.UNRESOLVED, detail=f"it looks into account {series.account}")
    foreign = Outcome(series.account in ("", alarm.account), "looks into another account")
    if series.account and alarm.account is None:
        foreign = left_open(elsewhere)
    return [
        _about(f"{place}namespace", matches(namespace, series.namespace)),
        _about(f"{place}metric_name", matches(wanted["metric_name"], series.metric_name)),
        *about(series.dimensions, dimensions, watched, view),
        beside(alarm, watched, view),
        left_open(series.account) if isinstance(series.account, Unknown) else foreign,
    ]


def _may_watch(
    alarm: Resource,
    inputs: Sequence[Series],
    unclear: Unknown | None,
    wanted: Mapping[str, Any],
    watched: Resource,
    view: View,
) -> list[Outcome]:
    """Whether an alarm on an expression may watch the metric: it cannot if the metric does not go into it."""
    unclear = unclear or Unknown(Cause.UNSUPPORTED)
    if not inputs or searches(unclear):
        return [left_open(unclear)]
    each = [all_of(_same_metric(alarm, one, wanted, watched, view)) for one in inputs]
    into = any_of(each, each[0].message)
    return [into if into.holds is False else left_open(unclear)]


def _about(path: str, outcome: Outcome) -> Outcome:
    return replace(outcome, message=f"{path} {outcome.message}".strip()) if outcome.holds is False else outcome


def _doubt_of(candidate: Candidate, doubted: Mapping[str, Any]) -> Doubt:
    name = candidate.alarm.identity
    if name in doubted:
        return Doubt(f"whether {name} is meant: {'; '.join(doubted[name].reasons)}", doubted[name].cause)
    answers = [candidate.watch, *(one.outcome for one in candidate.answers)]
    unknowns = [unknown for one in answers if one.holds is None for unknown in one.unknowns]
    unread = next((one.cause for one in unknowns if one.cause is Cause.UNREADABLE), None)
    messages = dict.fromkeys(one.message for one in answers if one.holds is None and one.message)
    cause = unread or (unknowns[0].cause if unknowns else Cause.UNRESOLVED)
    return Doubt(f"{name}: {'; '.join(messages)}", cause, origin=candidate.alarm.origin)


def _unlike(found: Sequence[Candidate]) -> str:
    """The alarms that may watch it, or may be there, and are surely not as documented."""
    texts = [
        f"{one.alarm.identity}: {wrong.path} {wrong.outcome.message}"
        for one in found
        if one.watch.holds is not False
        for wrong in [next(answer for answer in one.answers if answer.outcome.holds is False)]
    ]
    return f" as documented; it may be watched by {'; '.join(texts[:3])}" if texts else ""


def _nearest(found: Sequence[Candidate]) -> str:
    ranked = sorted((one for one in found if one.watch.holds is False), key=lambda one: -one.met)[:3]
    return "; nearest: " + "; ".join(f"{one.alarm.identity}: {one.missed}" for one in ranked) if ranked else ""


def _metric(candidate: Candidate, paths: Mapping[str, Value], state: State) -> Verdict:
    """The verdict that there is an alarm on the metric."""
    alarm = candidate.alarm
    note = hidden(given(alarm, "treat_missing_data", "missing")) if "missing_data" not in paths else ""
    return verdict_on(alarm, state, "metric", paths["metric"], paths["metric"], cause=note, place="metric_name")


def _verdict(alarm: Resource, answer: Answer) -> Verdict:
    outcome = answer.outcome
    state = State.PASS if outcome.holds else State.FAIL if outcome.holds is False else state_of(outcome.unknowns)
    expected = in_words(answer.expected) if answer.path == "threshold" else answer.expected
    return verdict_on(alarm, state, answer.path, expected, answer.actual, cause=outcome.message, place=answer.place)


def _left_open(path: str, expected: Value, doubts: Sequence[Doubt], watched: Resource) -> Verdict:
    expected = in_words(expected) if path == "threshold" else expected
    actual = unknown_because(doubts)
    verdict = verdict_on(watched, state_with(doubts), path, expected, actual, cause=said(doubts))
    origin = next((one.origin for one in doubts if str(one.origin)), verdict.origin)
    return replace(verdict, mend=mended(doubts), origin=origin)


def _absent(path: str, expected: Value, cause: str, watched: Resource) -> Verdict:
    expected = in_words(expected) if path == "threshold" else expected
    return verdict_on(watched, State.ABSENT, path, expected, "nothing there", cause=cause)


RELATION = Relation(
    name="alarms",
    keys=("alarm",),
    required=("alarm",),
    schema={"alarm": SCHEMA},
    check=check_body,
    kinds=kinds_of,
    judge=judge,
)
