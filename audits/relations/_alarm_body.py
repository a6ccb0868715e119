"""How a control on an alarm is written: its keys, what they may hold, and which kinds they lead to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from audits.kind import Kind
from audits.matcher_check import MatcherError, check
from audits.model import Value
from audits.relation import BodyError
from audits.relations._alarm_actions import COMPOSITE, MEANS, METRIC, TARGETS
from audits.relations._alarm_clauses import OPERATORS
from audits.relations._dimensions import DIMENSIONS, kinds_beside
from audits.relations._schema_check import check_selector, nearest
from audits.relations._selectors import SELECTOR, chosen_kinds, matcher_kinds

_NEEDED = ("watches", "namespace", "metric_name", "statistic", "threshold", "notifies")
_OPTIONAL = ("window", "goes_off_after", "unit", "missing_data", "recovery")


def alternatives(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The ways to meet a control, each whole: what stands beside ``any_of`` counts for all of them."""
    shared = {key: value for key, value in body.items() if key != "any_of"}
    return [{**shared, **one} for one in body["any_of"]] if "any_of" in body else [shared]


def paths_of(wanted: Mapping[str, Any]) -> dict[str, Value]:
    """What a control expects, by path, in the order in which it is judged."""
    kind = wanted["watches"]["kind"]
    metric = f"{wanted['namespace']} {_said(wanted['metric_name'])} of {kind}"
    named = {key: wanted[key] for key in ("statistic", "threshold", *_OPTIONAL, "notifies") if key in wanted}
    return {"metric": metric, **named}


def _said(matcher: Any) -> str:
    return matcher if isinstance(matcher, str) else " or ".join(str(one) for one in matcher.get("enum", [matcher]))


def check_body(body: Mapping[str, Any], kinds: Mapping[str, Kind]) -> None:
    """Refuse what no alarm could be: kinds without metrics, namespaces of another, matchers that never hold.

    Raises:
        BodyError: with the path to the place and the nearest right name.
    """
    data = body["alarm"]
    for number, wanted in enumerate(alternatives(data)):
        own = data["any_of"][number] if "any_of" in data else data
        here = ("alarm", "any_of", number) if "any_of" in data else ("alarm",)

        def at(key: str, own: Mapping[str, Any] = own, here: tuple[str | int, ...] = here) -> tuple[str | int, ...]:
            return (*here, key) if key in own else ("alarm", key)

        lacking = next((key for key in _NEEDED if key not in wanted), None)
        if lacking:
            raise BodyError(f"{lacking} is missing: an alarm is told by {', '.join(_NEEDED)}", here)
        kind = check_selector(wanted["watches"], kinds, at("watches"))
        if kind.type not in DIMENSIONS:
            raise BodyError(
                f"by which dimensions {kind.type} is watched is not known; known: {', '.join(DIMENSIONS)}",
                at("watches"),
            )
        known = DIMENSIONS[kind.type]
        if wanted["namespace"] not in known:
            said_ = f"metrics of {kind.type} are in {' or '.join(known)}, not {wanted['namespace']}"
            raise BodyError(said_ + nearest(wanted["namespace"], known), at("namespace"))
        check_selector(wanted["notifies"], kinds, at("notifies"))
        if wanted["notifies"]["kind"] not in TARGETS:
            raise BodyError(f"an alarm notifies {' or '.join(TARGETS)}", at("notifies"))
        _check_matchers(wanted, at)


def _check_matchers(wanted: Mapping[str, Any], at: Any) -> None:
    pairs = wanted["threshold"] if isinstance(wanted["threshold"], list) else [wanted["threshold"]]
    listed = isinstance(wanted["threshold"], list)
    places = [
        *((wanted[key], at(key)) for key in ("metric_name", "statistic", "goes_off_after") if key in wanted),
        *((one["threshold"], (*at("threshold"), *([n] if listed else []), "threshold")) for n, one in enumerate(pairs)),
    ]
    for matcher, place in places:
        try:
            check(matcher, place)
        except MatcherError as error:
            raise BodyError(str(error), error.path or place) from error


def kinds_of(body: Mapping[str, Any]) -> frozenset[str]:
    """Every kind that judging needs."""
    found = {METRIC, COMPOSITE}
    for wanted in alternatives(body["alarm"]):
        watches, target = wanted["watches"], wanted["notifies"]
        found |= chosen_kinds(watches) | chosen_kinds(target) | kinds_beside(watches["kind"])
        found |= matcher_kinds(wanted["metric_name"])
        found |= {"aws_autoscaling_group"} if "autoscaling_group" in wanted.get("recovery", ()) else set()
    return frozenset(found)


_TEXT = {"type": "string", "minLength": 1}
_NUMBER = {"type": ["number", "object"]}
_BREACH = {
    "type": "object",
    "properties": {"comparison_operator": {"enum": list(OPERATORS)}, "threshold": _NUMBER},
    "required": ["comparison_operator", "threshold"],
    "additionalProperties": False,
}
_ALARM = {
    "watches": SELECTOR,
    "namespace": _TEXT,
    "metric_name": {"type": ["string", "object"], "minLength": 1},
    "statistic": {"type": ["string", "object"], "minLength": 1},
    "threshold": {"anyOf": [_BREACH, {"type": "array", "minItems": 1, "items": _BREACH}]},
    "window": {"type": "integer", "minimum": 1},
    "goes_off_after": _NUMBER,
    "unit": _TEXT,
    "missing_data": {"const": "told"},
    "recovery": {"type": "array", "minItems": 1, "uniqueItems": True, "items": {"enum": list(MEANS)}},
    "notifies": SELECTOR,
}
SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        **_ALARM,
        "any_of": {
            "type": "array",
            "minItems": 2,
            "items": {"type": "object", "properties": _ALARM, "additionalProperties": False},
        },
    },
    "additionalProperties": False,
}
