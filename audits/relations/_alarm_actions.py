"""Whether an alarm is heard: an action that leads somewhere, its own or that of a composite alarm which it sets off.

Rules (CloudWatch API Reference, PutMetricAlarm and PutCompositeAlarm): no action is taken while ``actions_enabled`` is
false; actions of alarms behind a composite one are often given to that alone; its ``actions_suppressor`` may hold them
back. Which targets there are is listed under ``AlarmActions``; ``arn:…:automate:REGION:ec2:recover`` and ``reboot`` act
on the instance in the alarm's dimension.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from audits.expectations import matches
from audits.index import same
from audits.model import Cause, Resource, Unknown, Value
from audits.outcome import YES, Outcome, all_of, any_of, equal, left_open
from audits.relations._alarm_clauses import Answer
from audits.relations._composite import RuleError, implied
from audits.relations._doubts import Doubt, said, unknown_because
from audits.relations._kept import groups_of, keeps_one
from audits.relations._series import given
from audits.view import View

METRIC, COMPOSITE = "aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm"
TARGETS = ("aws_sns_topic", "aws_lambda_function")
MEANS = ("automate", "autoscaling_group", "ok_actions")
_SCALING = re.compile(r"arn:[^:]+:autoscaling:[^:]*:[^:]*:scalingPolicy:")
_SCALING_POLICY = re.compile(r"(^|\.)aws_(app)?autoscaling_policy\.[^.]+$")
_AUTOMATE = (
    r"^arn:[^:]+:(automate:[^:]*:ec2:(recover|reboot)$|swf:.*:action/actions/AWS_EC2\.InstanceId\.(Recover|Reboot)/)"
)


def notifies(target: Mapping[str, Any], alarm: Resource, view: View) -> Answer:
    """Whether somebody is told when the alarm goes off."""
    own, actual = _own(target, alarm, "alarm_actions", view)
    if own.holds is True:
        return Answer("notifies", target, actual, own, "alarm_actions")
    through = _through(target, alarm, view, {alarm.identity})
    found = any_of([own, through], own.message)
    if found.holds is True:
        return Answer("notifies", target, actual, replace(YES, message=through.message), "alarm_actions")
    if found.holds is False and through.message:
        found = replace(found, message=f"{own.message}; {through.message}")
    return Answer("notifies", target, actual, found, _where(alarm))


def only_scales(alarm: Resource) -> bool:
    """Whether all that an alarm does is to drive a scaling policy: one that AWS makes for it is no one's to hear."""
    actions = given(alarm, "alarm_actions", [])
    return isinstance(actions, list) and bool(actions) and all(_scales(one) for one in actions)


def _scales(action: Value) -> bool:
    if isinstance(action, str):
        return bool(_SCALING.match(action))
    if not isinstance(action, Unknown) or action.derived or action.parts or len(action.references) != 1:
        return False
    return bool(_SCALING_POLICY.search(action.references[0].address)) and action.references[0].attribute == "arn"


def told_of_no_data(target: Mapping[str, Any], alarm: Resource, view: View) -> Outcome:
    """Whether somebody is told when the alarm has no data."""
    return _own(target, alarm, "insufficient_data_actions", view)[0]


def recovery(means: Sequence[str], target: Mapping[str, Any], alarm: Resource, watched: Resource, view: View) -> Answer:
    """Whether what fails recovers by itself, in one of the ways that are accepted.

    ``automate``: an action that recovers or reboots the instance. ``autoscaling_group``: the group that is watched, or
    to which the instance belongs, replaces it. ``ok_actions``: its recovery is told.
    """
    ways: dict[str, Outcome] = {}
    if "automate" in means:
        ways["automate"] = all_of([_enabled(alarm), _automates(alarm, view)])
    if "autoscaling_group" in means:
        ways["autoscaling_group"] = _replaced(watched, view)
    if "ok_actions" in means:
        ways["ok_actions"] = _own(target, alarm, "ok_actions", view)[0]
    found = any_of(ways.values(), "; ".join(one.message for one in ways.values() if one.message))
    works = [name for name, one in ways.items() if one.holds is True]
    doubts = tuple(unknown for one in ways.values() for unknown in one.unknowns)
    actual: Value = works if found.holds is True else "none" if found.holds is False else _first(doubts)
    return Answer("recovery", list(means), actual, found, "alarm_actions")


def _first(doubts: Sequence[Unknown]) -> Unknown:
    return doubts[0] if doubts else Unknown(Cause.UNRESOLVED)


def _where(alarm: Resource) -> str:
    return "actions_enabled" if alarm.attributes.get("actions_enabled") is False else "alarm_actions"


def _enabled(alarm: Resource) -> Outcome:
    value = given(alarm, "actions_enabled", True)
    return left_open(value) if isinstance(value, Unknown) else Outcome(value is True, "its actions are switched off")


def _own(target: Mapping[str, Any], alarm: Resource, name: str, view: View) -> tuple[Outcome, Value]:
    """Whether an action of an alarm's leads to the target; with what there is instead."""
    actions = given(alarm, name, [])
    enabled = _enabled(alarm)
    if enabled.holds is False:
        return enabled, {"actions_enabled": False}
    if actions == []:
        return Outcome(False, f"it has no {name}"), actions
    leads = matches({"contains": {"refers_to": target}}, actions, view.context(alarm))
    if leads.holds is False:
        leads = Outcome(False, f"no {name} lead to an {target['kind']} that is meant and exists")
    return all_of([enabled, leads]), actions


def _automates(alarm: Resource, view: View) -> Outcome:
    actions = given(alarm, "alarm_actions", [])
    if isinstance(actions, list):
        actions = [one for one in actions if not _is_resource(one, view)]
    found = matches({"contains": {"pattern": _AUTOMATE}}, actions) if actions else Outcome(False)
    return Outcome(False, "no action recovers the instance") if found.holds is False else found


def _is_resource(action: Value, view: View) -> bool:
    """Whether an action is the ARN of something that source declares: what recovers instances is AWS's own."""
    if not isinstance(action, Unknown) or action.derived or action.parts or len(action.references) != 1:
        return False
    return action.references[0].attribute == "arn" and action.references[0].address in view.by_identity


def _replaced(watched: Resource, view: View) -> Outcome:
    """Whether an Auto Scaling group replaces what is watched."""
    if watched.kind == "aws_autoscaling_group":
        return keeps_one(watched, view)
    found = groups_of(watched, view)
    if found.groups:
        return any_of([keeps_one(group, view) for group in found.groups], "its group does not replace it")
    if found.doubts:
        return left_open(unknown_because(found.doubts))
    return Outcome(False, f"{watched.identity} belongs to no Auto Scaling group")


def _through(target: Mapping[str, Any], alarm: Resource, view: View, seen: set[str]) -> Outcome:
    """Whether a composite alarm that this one sets off is heard, itself or by one further out."""
    selection = view.select(COMPOSITE, {}, anywhere=True)
    found: list[Outcome] = []
    for one in (*selection.yes, *(maybe.resource for maybe in selection.maybe)):
        if one.identity in seen:
            continue
        sets_off = _sets_off(alarm, one, view)
        if sets_off.holds is False:
            found += [sets_off] if sets_off.message else []
            continue
        heard = _heard(target, one, view, {*seen, one.identity})
        if one.existence is not None:
            heard = all_of([heard, left_open(one.existence)])
        both = all_of([sets_off, heard])
        found.append(replace(both, message=f"through {one.identity}") if both.holds is True else both)
    gaps = Doubt.behind(view.gaps(COMPOSITE), view)
    if gaps:
        found.append(Outcome(None, said(gaps), (unknown_because(gaps),)))
    certain = next((one for one in found if one.holds is True), None)
    return certain or any_of(found, "; ".join(dict.fromkeys(one.message for one in found if one.message)))


def _heard(target: Mapping[str, Any], composite: Resource, view: View, seen: set[str]) -> Outcome:
    own, _ = _own(target, composite, "alarm_actions", view)
    suppressor = given(composite, "actions_suppressor", [])
    if own.holds is not False and suppressor != []:
        cause = Unknown(Cause.UNSUPPORTED, detail=f"{composite.identity}: another alarm may suppress its actions")
        own = left_open(cause)
    return own if own.holds is True else any_of([own, _through(target, composite, view, seen)], own.message)


def _sets_off(alarm: Resource, composite: Resource, view: View) -> Outcome:
    """Whether a composite alarm goes off whenever the other does."""
    rule = given(composite, "alarm_rule")

    # A place that is not shared is another account's or region's: an alarm there has the same name, and is another one.
    def named(value: Value) -> bool | None:
        target = view.resolve(value, alarm.kind, view.place_of(composite))
        if target.resource is not None:
            return same(target.resource, alarm)
        if not isinstance(value, str):
            return None if target.undecided else False
        # What a text names is not always to be found: the alarm's own name, or its ARN, may not be known yet.
        own = alarm.attributes.get("alarm_name")
        if isinstance(own, str) and ":alarm:" not in value:
            return False
        return None if equal(value.rpartition(":alarm:")[2], own).holds is not False else False

    try:
        found = implied(rule, named)
    except RuleError as error:
        mentions = isinstance(rule, Unknown) or _mentions(rule, alarm)
        unknown = (
            rule if isinstance(rule, Unknown) else Unknown(Cause.UNSUPPORTED, detail=f"{composite.identity}: {error}")
        )
        return left_open(unknown) if mentions else Outcome(False)
    if found is None:
        unknown = rule if isinstance(rule, Unknown) else Unknown(Cause.UNRESOLVED, detail=composite.identity)
        return left_open(unknown)
    mentioned = not found and _mentions(rule, alarm)
    return Outcome(found, f"{composite.identity} does not go off by it alone" if mentioned else "")


def _mentions(rule: Value, alarm: Resource) -> bool:
    text = rule if isinstance(rule, str) else " ".join(p for p in getattr(rule, "parts", ()) if isinstance(p, str))
    names = (alarm.attributes.get("alarm_name"), alarm.attributes.get("arn"))
    return any(isinstance(name, str) and name and name in text for name in names)
