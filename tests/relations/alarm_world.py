"""One database, one service, one balancer and one group of instances with an alarm on each, on both planes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from audits import kinds
from audits.model import Cause, Gap, Observation, Plane, Reference, Resource, Unknown, Verdict
from audits.relations.alarms import RELATION
from audits.view import View
from tests.relations import relation_world as world

PLANES: tuple[Plane, ...] = ("terraform", "live")
TOPIC = {"kind": "aws_sns_topic", "select": {"name": "alarms"}}
CPU: dict[str, Any] = {
    "watches": {"kind": "aws_ecs_service", "select": {"name": "api"}},
    "namespace": "AWS/ECS",
    "metric_name": "CPUUtilization",
    "statistic": {"enum": ["Average", "Maximum"]},
    "threshold": {"comparison_operator": "GreaterThanThreshold", "threshold": 80},
    "notifies": TOPIC,
}
MEMORY: dict[str, Any] = {
    **CPU,
    "watches": {"kind": "aws_db_instance", "select": {"engine": "postgres"}},
    "namespace": "AWS/RDS",
    "metric_name": "FreeableMemory",
    "unit": "Bytes",
    "statistic": {"enum": ["Average", "Minimum"]},
    "threshold": {"comparison_operator": "LessThanThreshold", "threshold": {"enum": [200_000_000, 209_715_200]}},
}
ERRORS: dict[str, Any] = {
    **CPU,
    "watches": {"kind": "aws_lb", "select": {"load_balancer_type": "application"}},
    "namespace": "AWS/ApplicationELB",
    "metric_name": {"enum": ["HTTPCode_ELB_5XX_Count", "HTTPCode_Target_5XX_Count"]},
    "statistic": "Sum",
    "threshold": [
        {"comparison_operator": "GreaterThanThreshold", "threshold": {"minimum": 10, "exclusiveMaximum": 11}},
        {"comparison_operator": "GreaterThanOrEqualToThreshold", "threshold": {"exclusiveMinimum": 10, "maximum": 11}},
    ],
    "window": 300,
}
DOWN: dict[str, Any] = {
    **CPU,
    "watches": {"kind": "aws_autoscaling_group"},
    "namespace": "AWS/EC2",
    "metric_name": "StatusCheckFailed",
    "statistic": "Maximum",
    "threshold": {"comparison_operator": "GreaterThanThreshold", "threshold": 0},
    "missing_data": "told",
    "recovery": ["automate", "autoscaling_group"],
}

_THINGS: tuple[tuple[str, str, dict[str, Any], str], ...] = (
    ("aws_sns_topic", "alarms", {"name": "alarms"}, "arn:aws:sns:ap-northeast-2:111122223333:alarms"),
    ("aws_ecs_cluster", "main", {"name": "prod"}, "arn:aws:ecs:ap-northeast-2:111122223333:cluster/prod"),
    ("aws_ecs_service", "api", {"name": "api"}, "arn:aws:ecs:ap-northeast-2:111122223333:service/prod/api"),
    (
        "aws_db_instance",
        "db",
        {"identifier": "db", "engine": "postgres"},
        "arn:aws:rds:ap-northeast-2:111122223333:db:db",
    ),
    (
        "aws_lb",
        "web",
        {"name": "web", "load_balancer_type": "application"},
        "arn:aws:elasticloadbalancing:ap-northeast-2:111122223333:loadbalancer/app/web/50dc6c495c0c9188",
    ),
    ("aws_autoscaling_group", "nat", {"name": "nat", "min_size": 1}, "arn:aws:autoscaling:…:nat"),
)
SUFFIX = "app/web/50dc6c495c0c9188"


def things(plane: Plane) -> list[Resource]:
    """What is watched and notified."""
    found = []
    for kind, name, attributes, arn in _THINGS:
        if plane == "terraform":
            more = {"cluster": world.reference("aws_ecs_cluster.main")} if kind == "aws_ecs_service" else {}
            found.append(world.source(kind, name, **attributes, **more))
            continue
        more = {"cluster": "arn:aws:ecs:ap-northeast-2:111122223333:cluster/prod"} if kind == "aws_ecs_service" else {}
        more |= {"arn_suffix": SUFFIX} if kind == "aws_lb" else {}
        more |= {"instances": [{"instance_id": "i-1"}]} if kind == "aws_autoscaling_group" else {}
        found.append(world.live(kind, arn, id=name, arn=arn, **attributes, **more))
    return found


def named(plane: Plane, kind: str, attribute: str, value: str) -> Any:
    """How a value names one of the things: by reference in source, by its identifier in the account."""
    address = next(f"{kind}.{name}" for one, name, _, _ in _THINGS if one == kind)
    return world.reference(address, attribute) if plane == "terraform" else value


def topic(plane: Plane) -> Any:
    return named(plane, "aws_sns_topic", "arn", _THINGS[0][3])


def alarm(plane: Plane, of: Mapping[str, Any], /, name: str = "one", **changes: Any) -> Resource:
    """The alarm that a control wants, but for ``changes`` (None leaves an attribute out)."""
    dimensions = {
        "AWS/ECS": {"ClusterName": "prod", "ServiceName": "api"},
        "AWS/RDS": {"DBInstanceIdentifier": "db"},
        "AWS/ApplicationELB": {"LoadBalancer": named(plane, "aws_lb", "arn_suffix", SUFFIX)},
        "AWS/EC2": {"AutoScalingGroupName": "nat"},
    }[of["namespace"]]
    first = of["threshold"][0] if isinstance(of["threshold"], list) else of["threshold"]
    metric, statistic = of["metric_name"], of["statistic"]
    attributes: dict[str, Any] = {
        "alarm_name": name,
        "namespace": of["namespace"],
        "metric_name": metric if isinstance(metric, str) else metric["enum"][0],
        "dimensions": dimensions,
        "statistic": statistic if isinstance(statistic, str) else statistic["enum"][0],
        "comparison_operator": first["comparison_operator"],
        "threshold": _some(first["threshold"]),
        "period": 300,
        "evaluation_periods": 1,
        "actions_enabled": True,
        "alarm_actions": [topic(plane)],
        "treat_missing_data": "breaching" if "missing_data" in of else "missing",
        **changes,
    }
    attributes = {key: value for key, value in attributes.items() if value is not None}
    return made(plane, "aws_cloudwatch_metric_alarm", name, **attributes)


def made(plane: Plane, kind: str, identity: str, /, **attributes: Any) -> Resource:
    if plane == "terraform":
        return world.source(kind, identity, **attributes)
    arn = f"arn:aws:cloudwatch:ap-northeast-2:111122223333:alarm:{identity}"
    return world.live(kind, arn, id=identity, arn=arn, **attributes)


def _some(matcher: Any) -> Any:
    if not isinstance(matcher, dict):
        return matcher
    return matcher["enum"][-1] if "enum" in matcher else matcher["minimum"]


def composite(plane: Plane, rule: Any, /, name: str = "outer", **changes: Any) -> Resource:
    attributes = {"alarm_name": name, "alarm_rule": rule, "actions_enabled": True, "alarm_actions": [topic(plane)]}
    return made(plane, "aws_cloudwatch_composite_alarm", name, **{**attributes, **changes})


def gap(kind: str) -> Gap:
    return Gap("live", (kind,), f"everything of {kind}", "AccessDenied", mend="allow it")


def unknown(cause: Cause = Cause.VARIABLE) -> Unknown:
    return Unknown(cause, (Reference("var.x"),))


def seen(plane: Plane, *alarms: Resource, gaps: tuple[Gap, ...] = (), without: tuple[str, ...] = ()) -> View:
    kept = [one for one in things(plane) if one.kind not in without]
    return View(Observation(plane, (*kept, *alarms), gaps), kinds.registry())


def alone(plane: Plane, of: Mapping[str, Any], /, **changes: Any) -> View:
    """All there is, with no other alarm than the one that a control wants, but for ``changes``."""
    return seen(plane, alarm(plane, of, **changes))


def judged(wanted: Mapping[str, Any], view: View) -> dict[str, Verdict]:
    found: dict[str, Verdict] = world.judge(RELATION, {"alarm": dict(wanted)}, view)
    return found


def states(wanted: Mapping[str, Any], view: View) -> set[str]:
    return {str(verdict.state) for verdict in judged(wanted, view).values()}


def wrong(wanted: Mapping[str, Any], view: View) -> dict[str, str]:
    """The paths that do not pass, with their states."""
    return {path: str(one.state) for path, one in judged(wanted, view).items() if str(one.state) != "pass"}
