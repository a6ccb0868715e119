"""Capacity provider strategies: the share of tasks that goes to one provider, as intervals where weights are unknown.

Rules (ECS API Reference, ``CapacityProviderStrategyItem`` and ``CreateService``; ECS Developer Guide, "Capacity
providers"): the base is the number of tasks placed on a provider first, and only one provider of a strategy may have
one; what is left is placed by the ratio of the weights. What has the weight 0 gets no task beyond its base; where
every weight of several is 0, AWS refuses. A weight is 0 to 1,000, a base 0 to 100,000. A strategy is of Fargate's
providers or of Auto Scaling groups', not of both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from audits.model import Cause, Unknown, Value

FARGATE = ("FARGATE", "FARGATE_SPOT")
MAX_WEIGHT = 1000
MAX_BASE = 100_000
_MAX_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Span:
    """A whole number between two bounds, equal where it is known."""

    low: int
    high: int

    @property
    def known(self) -> bool:
        """Whether it can be but one number."""
        return self.low == self.high


@dataclass(frozen=True, slots=True)
class Item:
    """One provider of a strategy. ``meant``: whether it is the one the share is about, None where that is unknown.

    ``provider``: its name, empty where that is unknown. ``doubts``: the unknowns in it.
    """

    provider: str
    meant: bool | None
    weight: Span
    base: Span
    doubts: tuple[Unknown, ...] = ()


def read_item(data: Value, meant: str, name: str) -> Item:
    """The item that a block says; ``name`` is for people (``capacity_provider_strategy[0]``)."""
    outside: Unknown | None = data if isinstance(data, Unknown) else None
    block = data.partial if isinstance(data, Unknown) else data
    given: Mapping[str, Value] = block if isinstance(block, dict) else {}
    doubts: list[Unknown] = []

    def number(key: str, top: int) -> Span:
        value = given.get(key, 0 if outside is None else outside)
        # Null is what a plan shows where nothing is written, and "if no value is specified, 0 is used".
        if value is None:
            return Span(0, 0)
        if isinstance(value, int | float) and not isinstance(value, bool) and value == int(value):
            return Span(int(value), int(value))
        doubts.append(_about(value, f"{name}.{key}"))
        return Span(0, top)

    weight, base = number("weight", MAX_WEIGHT), number("base", MAX_BASE)
    provider = given.get("capacity_provider", outside)
    if isinstance(provider, str):
        return Item(provider, provider == meant, weight, base, tuple(doubts))
    if _is_own(provider):
        # CreateCapacityProvider: a name of one's own may not begin with aws, ecs or fargate.
        return Item("", False if meant in FARGATE else None, weight, base, tuple(doubts))
    doubts.append(_about(provider, f"{name}.capacity_provider"))
    return Item("", None, weight, base, tuple(doubts))


def _is_own(provider: Value) -> bool:
    """Whether it stands for a provider that the source makes, so none of AWS's."""
    return (
        isinstance(provider, Unknown)
        and len(provider.references) == 1
        and not (provider.derived or provider.parts)
        and provider.references[0].address.rpartition("module.")[2].find("aws_ecs_capacity_provider.") >= 0
        and provider.references[0].attribute in ("name", "id", "arn")
    )


def _about(value: Value, name: str) -> Unknown:
    if isinstance(value, Unknown):
        return replace(value, detail=f"{name}: {value.detail}" if value.detail else name)
    return Unknown(Cause.INVALID, detail=f"{name} is {value!r}")


@dataclass(frozen=True, slots=True)
class Share:
    """An interval of percentages; None for both where no provider can get a task."""

    low: Fraction | None
    high: Fraction | None


ANY = Share(Fraction(0), Fraction(100))


def share(items: Sequence[Item]) -> Share:
    """What the share of the tasks on the provider that is meant tends to, in percent, as their number grows.

    A base is a fixed number of tasks, so it does not count in the long run. Where there is but one provider, it gets
    every task.
    """
    if len(items) == 1:
        return Share(
            Fraction(100 if items[0].meant else 0),
            Fraction(0 if items[0].meant is False else 100),
        )
    surely, perhaps = _split(items, True), [one for one in items if one.meant is not False]
    low = _ratio(_sum(surely, "low"), _sum(_others(items, surely), "high"), _sum(surely, "high"))
    high = _ratio(_sum(perhaps, "high"), _sum(_others(items, perhaps), "low"), _sum(perhaps, "high"))
    if high is None:
        high = Fraction(0) if _sum(_others(items, perhaps), "high") else None
    if low is None:
        low = high
    return Share(low, high)


def _ratio(part: int, rest: int, most: int) -> Fraction | None:
    if part + rest:
        return Fraction(100 * part, part + rest)
    # Every weight at 0 is refused: the part alone has one, if any has.
    return Fraction(100) if most else None


def _split(items: Iterable[Item], meant: bool) -> list[Item]:
    return [one for one in items if one.meant is meant]


def _others(items: Sequence[Item], these: Sequence[Item]) -> list[Item]:
    return [one for one in items if not any(one is each for each in these)]


def _sum(items: Iterable[Item], bound: str) -> int:
    return sum(getattr(one.weight, bound) for one in items)


def forced_off(items: Sequence[Item], tasks: int) -> Span:
    """How many of so many tasks the bases of other providers force off the one that is meant."""
    low = sum(one.base.low for one in items if one.meant is False)
    high = sum(one.base.high for one in items if one.meant is not True)
    return Span(min(tasks, low), min(tasks, high))


def placed(items: Sequence[Item], tasks: int) -> Span:
    """How many of so many tasks AWS can place on the provider that is meant, at least and at most."""
    off = forced_off(items, tasks)
    alone = len(items) == 1
    elsewhere = any(one.meant is not True and (alone or one.weight.high) for one in items)
    here = any(one.meant is not False and (alone or one.weight.high) for one in items)
    least = min(tasks, sum(one.base.low for one in items if one.meant is True))
    most = min(tasks, sum(one.base.high for one in items if one.meant is not False))
    return Span(least if elsewhere else tasks - off.high, tasks - off.low if here else most)


def in_words(span: Span, tasks: int) -> str:
    """The percentages that a number of tasks can come to: ``0, 50 or 100 %``."""
    low, high = percent(Fraction(100 * span.low, tasks)), percent(Fraction(100 * span.high, tasks))
    if span.known:
        return f"{low} %"
    if span.high - span.low > _MAX_SHOWN:
        return f"{low} to {high} %"
    shown = [percent(Fraction(100 * number, tasks)) for number in range(span.low, span.high + 1)]
    return f"{', '.join(shown[:-1])} or {shown[-1]} %"


def percent(number: Fraction) -> str:
    """A percentage with at most two digits behind the point."""
    return f"{float(number):.2f}".rstrip("0").rstrip(".")


def refusals(items: Sequence[Item], associated: Value) -> list[str]:
    """Why AWS surely refuses the strategy. ``associated``: the providers that the cluster has, where they are known."""
    found = []
    if len(items) > 1 and not any(one.weight.high for one in items):
        found.append("every weight is 0, and at least one of several has to be more")
    based = [one for one in items if one.base.low > 0]
    if len(based) > 1:
        found.append(f"{len(based)} providers have a base, and only one may")
    for what, top in (("weight", MAX_WEIGHT), ("base", MAX_BASE)):
        outside = [getattr(one, what).low for one in items if not 0 <= getattr(one, what).low <= top]
        found += [f"a {what} of {number}, and it is 0 to {top}" for number in outside]
    named = [one.provider for one in items if one.provider]
    fargate = [name for name in named if name in FARGATE]
    if fargate and any(one.meant is False and one.provider not in FARGATE for one in items):
        found.append("it mixes Fargate with Auto Scaling groups")
    if isinstance(associated, list) and associated and all(isinstance(one, str) for one in associated):
        found += [f"the cluster has no capacity provider {name}" for name in named if name not in associated]
    return list(dict.fromkeys(found))


def holds(expected: Any, number: Fraction, side: str) -> bool:
    """Whether a percentage meets the bounds on one side (``low`` or ``high``) of what is expected."""
    wanted = expected if isinstance(expected, dict) else {"minimum": expected, "maximum": expected}
    tests = {
        "low": {"minimum": number.__ge__, "exclusiveMinimum": number.__gt__},
        "high": {"maximum": number.__le__, "exclusiveMaximum": number.__lt__},
    }[side]
    return all(test(Fraction(str(wanted[key]))) for key, test in tests.items() if key in wanted)


def decided(expected: Any, found: Share) -> bool | None:
    """Whether the share is as expected, None unless the whole interval agrees."""
    if found.low is None or found.high is None:
        return False
    # What is expected is itself one interval: all of it lies within, or all of it beyond one of its ends.
    if holds(expected, found.low, "low") and holds(expected, found.high, "high"):
        return True
    if not holds(expected, found.high, "low") or not holds(expected, found.low, "high"):
        return False
    return None
