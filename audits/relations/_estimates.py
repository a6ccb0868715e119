"""What resources cost a month at list prices: a range, its parts, and why it is open where it is.

Only what a configuration decides is priced: hours, nodes, volumes. Discounts (reserved instances, savings plans, free
tiers) and use (requests, transfer, credits) are in no configuration; where a resource is always billed by use as well,
the range is open above. A resource that cannot be priced costs anything: that decides nothing, and hides nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from audits.model import Resource, Unknown, Value
from audits.prices import HOURS, prices_of
from audits.ranges import ANYTHING, NOTHING, Range, at_least, exactly
from audits.relations._fargate import SCALING, TASK, service
from audits.relations._sheet import Part, Sheet, perhaps
from audits.view import View


def estimate(resource: Resource, view: View) -> list[Part]:
    """What a resource costs a month, part by part. One of a kind that nothing prices may cost anything."""
    price = ESTIMATORS.get(resource.kind)
    if price is None:
        return [Part(resource.identity, ANYTHING, f"{resource.kind} is billed by use")]
    prices = prices_of(resource.region)
    if prices is None:
        said = f"no prices are kept for {resource.region}" if resource.region else "its region is not known"
        return [Part(resource.identity, ANYTHING, said)]
    sheet = Sheet(resource, view, prices)
    price(sheet, view.attributes(resource))
    return sheet.parts


def _database(sheet: Sheet, values: Mapping[str, Value]) -> None:
    engine, size = sheet.text(values, "engine"), sheet.text(values, "instance_class")
    spread = values.get("multi_az")
    zones = (("multi",) if spread else ("single",)) if isinstance(spread, bool) else ("single", "multi")
    if engine and size:
        hourly = sheet.price(*(f"rds/{engine}/{zone}/{size}/hour" for zone in zones))
        if hourly:
            # One that is stopped now may have run, or run again, this month.
            stopped = values.get("status") in ("stopped", "stopping")
            hourly = Range(0, hourly.high) if stopped else hourly
            sheet.add(f"{size} {HOURS} h", hourly.times(HOURS))
    insights = values.get("performance_insights_retention_period")
    if values.get("performance_insights_enabled") is True and not _at_most(insights, 7):
        sheet.open("insights", "Performance Insights beyond seven days are billed by use")
    stored, doubt = sheet.number(values, "allocated_storage")
    if doubt:
        sheet.parts.append(doubt)
        return
    most = values.get("max_allocated_storage")
    if isinstance(most, Unknown):
        stored = at_least(stored.low)
    elif isinstance(most, int | float) and most > stored.high:
        stored = Range(stored.low, float(most))
    types = _volume_types(values.get("storage_type"))
    monthly = sheet.price(*(f"rds/storage/{zone}/{one}/gb-month" for zone in zones for one in types))
    if monthly:
        sheet.add(f"storage {'/'.join(types)}", stored * monthly)
    _provisioned(sheet, values)


def _provisioned(sheet: Sheet, values: Mapping[str, Value]) -> None:
    """Of a gp3 volume, 3,000 IOPS and 125 MiB/s are in its price; gp2 has no other price ("Amazon EBS pricing")."""
    if "gp2" in (values.get("volume_type"), values.get("storage_type")):
        return
    limits = {"iops": 3000, "throughput": 125, "storage_throughput": 125}
    over = [name for name, most in limits.items() if not _at_most(values.get(name), most)]
    if over:
        sheet.open("storage", f"provisioned {' and '.join(over)} are billed on top")


def _at_most(value: Value, most: int) -> bool:
    if value in (None, ""):
        return True
    return isinstance(value, int | float) and value <= most


def _volume_types(value: Value) -> tuple[str, ...]:
    """The type of a volume; left out or unknown it is one of the general purpose types."""
    return (value,) if isinstance(value, str) and value else ("gp2", "gp3")


def _cache_group(sheet: Sheet, values: Mapping[str, Value]) -> None:
    nodes, doubt = sheet.number(values, "num_cache_clusters")
    shards, unsharded = sheet.number(values, "num_node_groups")
    replicas, _ = sheet.number(values, "replicas_per_node_group")
    if doubt and not unsharded:
        nodes, doubt = shards * (exactly(1) + replicas), None
    if doubt:
        sheet.parts.append(doubt)
    _cache_nodes(sheet, values, nodes)


def _cache_cluster(sheet: Sheet, values: Mapping[str, Value]) -> None:
    member = values.get("replication_group_id")
    if isinstance(member, str) and member and not sheet.view.of_terraform:
        sheet.add(f"a node of {member}", NOTHING)
        return
    nodes, doubt = sheet.number(values, "num_cache_nodes")
    if member not in (None, ""):
        nodes, doubt = Range(0, 1), None
    if doubt:
        sheet.parts.append(doubt)
    _cache_nodes(sheet, values, nodes)


def _cache_nodes(sheet: Sheet, values: Mapping[str, Value], nodes: Range) -> None:
    engine, size = sheet.text(values, "engine"), sheet.text(values, "node_type")
    if engine and size and (hourly := sheet.price(f"elasticache/{engine}/{size}/hour")):
        sheet.add(f"{size} {HOURS} h", hourly.times(HOURS) * nodes)


def _group(sheet: Sheet, values: Mapping[str, Value]) -> None:
    """A group's instances from its template. In an account they are there themselves, and are priced as such."""
    if not sheet.view.of_terraform:
        sheet.add("its instances are priced themselves", NOTHING)
        return
    bounds = [sheet.number(values, name) for name in ("min_size", "max_size")]
    sheet.parts += [doubt for _, doubt in bounds if doubt]
    (least, _), (most, _) = bounds
    if values.get("mixed_instances_policy") not in (None, []):
        sheet.open("instances", "a mixed instances policy chooses their type")
        return
    named = values.get("launch_template")
    first = named[0] if isinstance(named, list) and named and isinstance(named[0], dict) else {}
    named_by = (_resolved(sheet, first.get(name), "aws_launch_template") for name in ("id", "name"))
    target = next((one for one in named_by if one), None)
    if target is None:
        sheet.open("instances", "its launch template is not among what was read")
        return
    template = sheet.view.attributes(target)
    own = Sheet(target, sheet.view, sheet.prices)
    _instance_hours(own, template)
    mapped = template.get("block_device_mappings")
    devices = mapped if isinstance(mapped, list) else []
    volumes = [ebs for one in devices if isinstance(one, dict) for ebs in _blocks(one.get("ebs"))]
    _volumes(own, volumes, certain=bool(volumes) and len(volumes) == len(devices))
    count = Range(least.low, max(least.low, most.high))
    sheet.parts += [replace(part, amount=part.amount * count) for part in own.parts]


def _resolved(sheet: Sheet, value: Value, kind: str) -> Resource | None:
    if value in (None, ""):
        return None
    return sheet.view.resolve(value, kind, sheet.view.place_of(sheet.resource)).resource


def _instance(sheet: Sheet, values: Mapping[str, Value]) -> None:
    if values.get("instance_state") in ("terminated", "shutting-down"):
        sheet.add("terminated", NOTHING)
        return
    running = values.get("instance_state") in (None, "running", "pending")
    own = Sheet(sheet.resource, sheet.view, sheet.prices)
    _instance_hours(own, values)
    # One that is stopped now may have run, or run again, this month.
    stopped = "it is not running"
    sheet.parts += own.parts if running else [perhaps(part, stopped, False) for part in own.parts]
    root = values.get("root_block_device")
    volumes = _blocks(root) + _blocks(values.get("ebs_block_device"))
    _volumes(sheet, volumes, certain=bool(_blocks(root)))


def _instance_hours(sheet: Sheet, values: Mapping[str, Value]) -> None:
    size = sheet.text(values, "instance_type")
    hourly = sheet.price(f"ec2/{size}/hour") if size else None
    if hourly is None:
        return
    placed = [values.get("tenancy"), *(one.get("tenancy") for one in _blocks(values.get("placement")))]
    watched = values.get("monitoring")
    if watched is True or any(one.get("enabled") is True for one in _blocks(watched)):
        sheet.open("monitoring", "detailed monitoring is billed by use")
    if any(one not in (None, "", "default") for one in placed):
        sheet.open(f"{size} hours", "its tenancy is not shared")
    elif _is_spot(values):
        sheet.add(f"{size} {HOURS} h, Spot", Range(0, hourly.high).times(HOURS))
    else:
        sheet.add(f"{size} {HOURS} h", hourly.times(HOURS))


def _is_spot(values: Mapping[str, Value]) -> bool:
    """Whether it may be on Spot. An account says so by its lifecycle, and what was asked for then tells no more."""
    lifecycle = values.get("instance_lifecycle")
    if isinstance(lifecycle, str):
        return lifecycle != ""
    return lifecycle is not None or values.get("instance_market_options") not in (None, [])


def _blocks(value: Value) -> list[Any]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _volumes(sheet: Sheet, volumes: Sequence[Mapping[str, Value]], *, certain: bool) -> None:
    for one in volumes:
        size, doubt = sheet.number(one, "volume_size")
        types = _volume_types(one.get("volume_type"))
        monthly = sheet.price(*(f"ebs/{name}/gb-month" for name in types))
        if doubt:
            sheet.parts.append(doubt)
        elif monthly:
            sheet.add(f"EBS {'/'.join(types)}", size * monthly)
        _provisioned(sheet, one)
    if not certain:
        sheet.open("EBS", "not every volume is known: the image decides on the rest")


def _balancer(sheet: Sheet, values: Mapping[str, Value]) -> None:
    kind = values.get("load_balancer_type") or "application"
    if not isinstance(kind, str):
        sheet.parts.append(sheet.doubt("load_balancer_type", kind))
        return
    hourly = sheet.price(f"elb/{kind}/hour")
    if hourly:
        sheet.add(f"{kind} load balancer {HOURS} h", hourly.times(HOURS))
    sheet.open("capacity units", "capacity units (LCU) are billed by use")


def _nat_gateway(sheet: Sheet, values: Mapping[str, Value]) -> None:
    hourly = sheet.price("nat-gateway/hour")
    if hourly:
        sheet.add(f"NAT gateway {HOURS} h", hourly.times(HOURS))
    sheet.open("data", "what passes a NAT gateway is billed by use")


Estimator = Callable[[Sheet, Mapping[str, Value]], None]
ESTIMATORS: Mapping[str, Estimator] = {
    "aws_db_instance": _database,
    "aws_elasticache_replication_group": _cache_group,
    "aws_elasticache_cluster": _cache_cluster,
    "aws_autoscaling_group": _group,
    "aws_instance": _instance,
    "aws_lb": _balancer,
    "aws_nat_gateway": _nat_gateway,
    "aws_ecs_service": service,
}
NEEDS: Mapping[str, frozenset[str]] = {
    "aws_autoscaling_group": frozenset({"aws_launch_template"}),
    "aws_ecs_service": frozenset({TASK, SCALING}),
}
"""The kinds that pricing one of another kind rests on."""
