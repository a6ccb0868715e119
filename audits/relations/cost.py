"""What a component costs a month, against the documented figure: estimated from what there is, and as it was billed.

``cost: {table, component, tolerance, priced, by_use, billed}``; the figures stand in the spec's ``cost_tables``. The
estimate is a range at list prices (:mod:`audits.prices`): it passes if all of it lies within the tolerance, fails if
none of it does, and is undecided otherwise. The bill is Cost Explorer's, where the spec says ``cost_explorer: true``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from audits.kind import Kind
from audits.model import BILL, NOWHERE, Control, State, Value, Verdict
from audits.ranges import ANYTHING, Range, agrees, exactly, total
from audits.relation import BodyError, Relation, first_origin, gap_text, mends
from audits.relations._estimates import NEEDS, estimate
from audits.relations._fargate import SCALES, SCALING
from audits.relations._schema_check import check_selector, nearest
from audits.relations._selectors import SELECTOR, chosen_kinds
from audits.relations._sheet import Part, perhaps
from audits.selection import Selection
from audits.view import View

DEFAULT_TOLERANCE = {"percent": 20, "absolute": 1}
"""A documented figure is in whole dollars, and an estimate knows no rounding."""


def documented(body: Mapping[str, Any]) -> float:
    """The documented figure of a control's component, USD a month."""
    cost = body["cost"]
    return float(body["cost_tables"][cost["table"]]["rows"][cost["component"]])


def bounds(body: Mapping[str, Any]) -> Range:
    """What agrees with the documented figure: within the larger of the two tolerances."""
    figure = documented(body)
    allowed = {**DEFAULT_TOLERANCE, **body["cost"].get("tolerance", {})}
    spread = max(figure * allowed["percent"] / 100, allowed["absolute"])
    return Range(round(max(0.0, figure - spread), 2), round(figure + spread, 2))


def judge(control: Control, view: View) -> Sequence[Verdict]:
    """A verdict on the estimate; in an account also one on the bill, where the spec asks for it."""
    verdicts = [_estimated(control.body, view)]
    if control.body.get("cost_explorer") and "billed" in control.body["cost"] and not view.of_terraform:
        verdicts.append(_billed(control.body, view))
    return verdicts


def _expected(body: Mapping[str, Any]) -> dict[str, float]:
    allowed = bounds(body)
    return {"minimum": _money(allowed.low), "maximum": _money(allowed.high)}


def _estimated(body: Mapping[str, Any], view: View) -> Verdict:
    cost = body["cost"]
    chosen = [view.select(one["kind"], one.get("select", {})) for one in cost.get("priced", ())]
    priced = [(one, estimate(one, view)) for selection in chosen for one in selection.yes]
    parts = [part for _, own in priced for part in own]
    parts += [part for selection in chosen for part in _perhaps(selection, view)]
    parts += [Part(one, ANYTHING, f"{one}: billed by use") for one in cost.get("by_use", ())]
    resources = [one for one, own in priced if any(part.amount.high > 0 for part in own)]
    gaps = tuple(dict.fromkeys(gap for selection in chosen for gap in selection.gaps))
    amount = total(part.amount for part in parts)
    base = Verdict(
        State.PASS,
        path="estimate",
        expected=_expected(body),
        actual=shown(amount),
        origin=resources[0].origin if resources else first_origin(gaps),
        key="",
    )
    if len(resources) == 1:
        one = resources[0]
        base = replace(base, resource=one.identity, account=one.account, region=one.region)
    if not parts and bounds(body).low > 0:
        return replace(base, state=State.ABSENT, cause=_missing(chosen))
    if parts and amount.high == 0 and bounds(body).low > 0:
        # A group exists and its instances do not: they are replaced, or stopped for the night.
        return replace(base, state=State.UNKNOWN, cause=f"nothing of it runs just now: {_made_of(parts)}")
    holds = agrees(amount, bounds(body))
    if holds is not None:
        return replace(base, state=State.PASS if holds else State.FAIL, cause=_made_of(parts))
    unreadable = any(part.unreadable for part in parts)
    cause = f"may be as documented or not: {_made_of(parts)}"
    return replace(base, state=State.UNREADABLE if unreadable else State.UNKNOWN, cause=cause, mend=mends(gaps))


def _perhaps(selection: Selection, view: View) -> list[Part]:
    """What may be there, or be meant, besides what surely is."""
    parts: list[Part] = []
    for maybe in selection.maybe:
        reason = f"{maybe.resource.identity} is perhaps not meant: {'; '.join(maybe.reasons)}"
        parts += [perhaps(part, reason, maybe.unreadable) for part in estimate(maybe.resource, view)]
    parts += [Part(reason, ANYTHING, reason) for reason in selection.elsewhere]
    if selection.gaps:
        parts.append(Part("", ANYTHING, gap_text(selection.gaps, view), True))
    return parts


def _missing(chosen: Sequence[Selection]) -> str:
    misses = sorted((miss for one in chosen for miss in one.no), key=lambda miss: -miss.matched)
    near = "; ".join(f"{miss.resource.identity}: {miss.clause}" for miss in misses[:2])
    return f"nothing that would cost this is there{f'; nearest: {near}' if near else ''}"


def _made_of(parts: Sequence[Part]) -> str:
    priced = [f"{part.what} {_text(part.amount)}" for part in parts if not part.cause and part.amount.high > 0]
    causes = [part.cause or part.what for part in parts if part.cause or part.amount.high == 0]
    said = [f"at list prices {', '.join(priced)}"] if priced else []
    return "; ".join(dict.fromkeys([*said, *causes]))


def _money(amount: float) -> float:
    return int(amount) if float(amount).is_integer() else round(amount, 2)


def _text(amount: Range) -> str:
    if amount.exact:
        return f"{_money(amount.low)} USD"
    return f"from {_money(amount.low)} USD" if amount.open else f"{_money(amount.low)}–{_money(amount.high)} USD"


def shown(amount: Range) -> Value:
    """A range as a verdict shows it: a number, ``{"from", "to"}``, or ``{"at least"}``."""
    if amount.exact:
        return _money(amount.low)
    if amount.open:
        return {"at least": _money(amount.low)}
    return {"from": _money(amount.low), "to": _money(amount.high)}


def _billed(body: Mapping[str, Any], view: View) -> Verdict:
    base = Verdict(State.UNREADABLE, path="billed", expected=_expected(body), origin=NOWHERE, key="")
    bills, gaps = view.resources(BILL), view.gaps(BILL)
    scoped = [one for one in bills if not view.scope.accounts or one.account in view.scope.accounts]
    missing = set(view.scope.accounts) - {one.account for one in scoped}
    if gaps or not scoped or missing:
        cause = gap_text(gaps, view) or "Cost Explorer was not asked in this run"
        return replace(base, cause=cause, mend=mends(gaps))
    wanted = body["cost"]["billed"]
    base = replace(base, state=State.UNKNOWN, origin=scoped[0].origin, account=scoped[0].account)
    month = scoped[0].attributes["month"]
    if view.scope.regions and "usage_types" not in wanted:
        return replace(base, cause="a bill is of all regions, and no usage types say which of it is meant")
    groups = [group for bill in scoped for group in bill.attributes["groups"] if _is_of(group, wanted)]
    if any(bill.attributes["estimated"] for bill in scoped):
        return replace(base, cause=f"the bill of {month} is still estimated", mend="audit again once it is final")
    if not groups:
        said = f"nothing of {' or '.join(wanted['services'])} is in the bill of {month}"
        return replace(base, cause=f"{said}: it may be called otherwise there")
    if {group["unit"] for group in groups} != {"USD"}:
        return replace(base, cause=f"the bill of {month} is not in USD")
    amount = round(sum(group["amount"] for group in groups), 2)
    holds = agrees(exactly(max(0.0, amount)), bounds(body))
    cause = f"billed for {month}, unblended, without credits, refunds and tax"
    return replace(base, state=State.PASS if holds else State.FAIL, actual=_money(amount), cause=cause)


def _is_of(group: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    patterns = wanted.get("usage_types", [""])
    of_usage = any(re.search(pattern, group["usage_type"]) for pattern in patterns)
    return group["service"] in wanted["services"] and of_usage


def check_body(body: Mapping[str, Any], kinds: Mapping[str, Kind]) -> None:
    """Refuse a component that no table has, and kinds and patterns that cannot be.

    Raises:
        BodyError: with the path to the place and the nearest right name.
    """
    cost, tables = body["cost"], body.get("cost_tables", {})
    if not _well_formed(tables):
        raise BodyError("cost_tables holds tables with a total and rows of figures", ("cost", "table"))
    if cost["table"] not in tables:
        raise BodyError(f"no cost table {cost['table']!r}{nearest(cost['table'], tables)}", ("cost", "table"))
    rows = tables[cost["table"]]["rows"]
    if cost["component"] not in rows:
        said = f"no row {cost['component']!r} in {cost['table']}{nearest(cost['component'], rows)}"
        raise BodyError(said, ("cost", "component"))
    if "priced" not in cost and "by_use" not in cost:
        raise BodyError("give what is priced, or what is billed by use (by_use)", ("cost",))
    for number, one in enumerate(cost.get("priced", ())):
        check_selector(one, kinds, ("cost", "priced", number))
    for number, pattern in enumerate(cost.get("billed", {}).get("usage_types", ())):
        try:
            re.compile(pattern)
        except (re.error, OverflowError, RecursionError) as error:
            place = ("cost", "billed", "usage_types", number)
            raise BodyError(f"bad pattern {pattern!r}: {error}", place) from error


def _well_formed(tables: Any) -> bool:
    """Whether figures are there and finite: YAML has ``.inf`` and ``.nan``, which are numbers to a schema."""
    if not isinstance(tables, dict):
        return False
    rows = [one.get("rows") if isinstance(one, dict) else None for one in tables.values()]
    figures = [figure for one in rows if isinstance(one, dict) for figure in one.values()]
    finite = all(isinstance(figure, int | float) and math.isfinite(figure) for figure in figures)
    return finite and all(isinstance(one, dict) for one in rows)


def kinds_of(body: Mapping[str, Any]) -> frozenset[str]:
    """Every kind that judging needs, and the bill where it is asked for."""
    cost = body["cost"]
    found: set[str] = set()
    for one in cost.get("priced", ()):
        found |= chosen_kinds(one) | NEEDS.get(one["kind"], frozenset())
    return frozenset(found | ({BILL} if body.get("cost_explorer") and "billed" in cost else set()))


def selectors_of(body: Mapping[str, Any], kind: str) -> Sequence[Mapping[str, Any]] | None:
    """By which selectors it chooses of a kind; of what scales, only services of containers matter."""
    if kind == SCALING:
        return [SCALES]
    return None


_TEXT = {"type": "string", "minLength": 1}
_AMOUNT = {"type": "number", "minimum": 0}
_TEXTS = {"type": "array", "minItems": 1, "items": _TEXT}
RELATION = Relation(
    name="cost",
    keys=("cost",),
    required=(),
    schema={
        "cost": {
            "type": "object",
            "additionalProperties": False,
            "required": ["table", "component"],
            "properties": {
                "table": _TEXT,
                "component": _TEXT,
                "tolerance": {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {"percent": _AMOUNT, "absolute": _AMOUNT},
                },
                "priced": {
                    "type": "array",
                    "minItems": 1,
                    "items": SELECTOR,
                },
                "by_use": _TEXTS,
                "billed": {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["services"],
                    "properties": {"services": _TEXTS, "usage_types": _TEXTS},
                },
            },
        }
    },
    shared={
        "cost_explorer": {"type": "boolean"},
        "cost_tables": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "additionalProperties": False,
                "required": ["title", "total", "rows"],
                "properties": {
                    "title": _TEXT,
                    "total": _AMOUNT,
                    "rows": {"type": "object", "minProperties": 1, "additionalProperties": _AMOUNT},
                },
            },
        },
    },
    check=check_body,
    kinds=kinds_of,
    judge=judge,
    selectors=selectors_of,
)
