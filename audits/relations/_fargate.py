"""What an ECS service on Fargate costs a month: tasks × size × hours, and how much of it Spot may save.

How many tasks run is decided by its scaling; how many of them on Spot by the strategy's weights, and what Spot costs by
the day ("up to 70 % off", AWS Fargate pricing). So it is a range, and mostly a wide one.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Any

from audits.model import Unknown, Value
from audits.prices import HOURS
from audits.ranges import ANYTHING, Range, at_least, exactly
from audits.relations._sheet import Sheet

TASK, SCALING = "aws_ecs_task_definition", "aws_appautoscaling_target"
SCALES = {"service_namespace": "ecs"}
_CPU_UNITS = 1024
"""Units of a vCPU, and MiB of a GiB ("Task CPU and memory", Amazon ECS)."""


def service(sheet: Sheet, values: Mapping[str, Value]) -> None:
    """Price a service on the sheet."""
    paid = _share_of_price(sheet, values)
    hourly = _task(sheet, values)
    if paid is None or hourly is None:
        return
    tasks = _tasks(sheet, values)
    on_demand, factor = paid
    whole = hourly.times(HOURS)
    low = min(on_demand, tasks.low) * whole.low + max(0.0, tasks.low - on_demand) * whole.low * factor.low
    high = (tasks * whole).high
    sheet.add(f"{_shown(tasks)} tasks {HOURS} h", Range(round(low, 6), max(round(low, 6), high)))


def _shown(tasks: Range) -> str:
    return (
        f"{tasks.low:g}" if tasks.exact else f"{tasks.low:g} to {'any number of' if tasks.open else f'{tasks.high:g}'}"
    )


def _share_of_price(sheet: Sheet, values: Mapping[str, Value]) -> tuple[float, Range] | None:
    """How many tasks surely run on demand, and what share of that price all others may cost."""
    launch, strategy = values.get("launch_type"), values.get("capacity_provider_strategy")
    if launch == "FARGATE" and strategy in (None, []):
        return 0.0, exactly(1)
    spot = sheet.price("fargate/spot-share-of-price")
    if spot is None:
        return None
    if not isinstance(strategy, list) or not strategy or launch not in (None, ""):
        said = strategy.describe() if isinstance(strategy, Unknown) else f"its launch type is {launch or 'not set'}"
        sheet.open("tasks", f"it cannot be told that it runs on Fargate: {said}")
        return None
    items: list[dict[str, Any]] = [one for one in strategy if isinstance(one, dict)]
    names = [one.get("capacity_provider") for one in items]
    if len(items) < len(strategy) or any(name not in ("FARGATE", "FARGATE_SPOT") for name in names):
        sheet.open("tasks", "its capacity providers are not Fargate's alone")
        return None
    spots = [one for one in items if one["capacity_provider"] == "FARGATE_SPOT" and one.get("weight") != 0]
    based = [one for one in items if one["capacity_provider"] == "FARGATE_SPOT" and one.get("base") not in (None, 0)]
    if not spots and not based:
        return 0.0, exactly(1)
    bases = [one.get("base") for one in items if one["capacity_provider"] == "FARGATE"]
    return float(sum(base for base in bases if isinstance(base, int | float))), spot


def _task(sheet: Sheet, values: Mapping[str, Value]) -> Range | None:
    """What an hour of one task costs on demand."""
    target = sheet.view.resolve(values.get("task_definition"), TASK, sheet.view.place_of(sheet.resource))
    if target.resource is None:
        said = target.undecided or "its task definition is not among what was read"
        sheet.open("tasks", said, unreadable=target.unreadable)
        return None
    task = sheet.view.attributes(target.resource)
    if task.get("ephemeral_storage") not in (None, []):
        sheet.open("storage", "its tasks have storage of their own")
    machines = _machines(task.get("runtime_platform"))
    if machines is None:
        sheet.open("tasks", "its tasks do not run on Linux, or it cannot be told")
        return None
    sizes = [sheet.number(task, name) for name in ("cpu", "memory")]
    doubts = [doubt for _, doubt in sizes if doubt]
    prices = [sheet.price(*(f"fargate/{one}/{unit}" for one in machines)) for unit in ("vcpu-hour", "gb-hour")]
    if doubts or None in prices:
        sheet.parts += doubts
        return None
    parts = [size.times(1 / _CPU_UNITS) * price for (size, _), price in zip(sizes, prices, strict=True) if price]
    return parts[0] + parts[1]


def _machines(platform: Value) -> tuple[str, ...] | None:
    """The architectures that a platform leaves open; None for what is not surely Linux."""
    both = ("arm64", "x86_64")
    if platform in (None, []):
        return both
    if not isinstance(platform, list) or not isinstance(platform[0], dict):
        return None
    if platform[0].get("operating_system_family") not in (None, "", "LINUX"):
        return None
    named = {"ARM64": ("arm64",), "X86_64": ("x86_64",)}
    architecture = platform[0].get("cpu_architecture")
    return named.get(architecture, both) if isinstance(architecture, str) else both


def _tasks(sheet: Sheet, values: Mapping[str, Value]) -> Range:
    """How many tasks run: what scaling allows, else the count that is written down."""
    desired, doubt = sheet.number(values, "desired_count")
    scaling = sheet.view.select(SCALING, SCALES)
    if scaling.gaps:
        sheet.open("tasks", "how it scales could not be read", unreadable=True)
        return ANYTHING
    found = [*scaling.yes, *(one.resource for one in scaling.maybe)]
    own = [(one, sheet.view.attributes(one)) for one in found]
    own = [(one, read) for one, read in own if _names(read.get("resource_id"), values.get("name"))]
    scaled = reduce(Range.hull, (_bounds(sheet, read) for _, read in own)) if own else None
    certain = any(one in scaling.yes and isinstance(read.get("resource_id"), str) for one, read in own)
    if scaled and certain and isinstance(values.get("name"), str):
        return scaled
    if "desired_count" in sheet.resource.ignored or "all" in sheet.resource.ignored:
        return at_least(0)
    if doubt:
        sheet.parts.append(doubt)
    return desired.hull(scaled) if scaled else desired


def _names(scaled: Value, name: Value) -> bool:
    """Whether what is scaled (``service/CLUSTER/NAME``) may be the service of that name."""
    return not (isinstance(scaled, str) and isinstance(name, str)) or scaled.rpartition("/")[2] == name


def _bounds(sheet: Sheet, values: Mapping[str, Value]) -> Range:
    low, high = (sheet.number(values, name)[0] for name in ("min_capacity", "max_capacity"))
    return Range(low.low, max(low.low, high.high))
