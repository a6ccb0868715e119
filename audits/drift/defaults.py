"""What AWS makes by itself, in every account and for what Terraform manages: none of it is unmanaged.

Each rule with its source; a rule that cannot tell explains nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from audits.index import Index
from audits.model import Resource, Value

_TARGET_TRACKING = re.compile(r"TargetTracking-(?P<target>.+)-Alarm(?:High|Low)-[0-9a-f-]{36}")
"""How Application Auto Scaling and EC2 Auto Scaling call the alarms of their policies (their user guides)."""
_LOG_GROUPS: Mapping[str, tuple[str, str]] = {
    r"/aws/lambda/(.+)": ("aws_lambda_function", "function_name"),
    r"/aws/rds/instance/([^/]+)/.+": ("aws_db_instance", "identifier"),
    r"/aws/rds/cluster/([^/]+)/.+": ("aws_rds_cluster", "cluster_identifier"),
    r"/aws/ecs/containerinsights/([^/]+)/.+": ("aws_ecs_cluster", "name"),
    r"API-Gateway-Execution-Logs_([^/]+)/.+": ("aws_api_gateway_rest_api", "id"),
}
"""How the services call the log groups that they make for a resource (each service's user guide)."""
_NAMED: Mapping[str, tuple[str, str]] = {
    "aws_backup_vault": ("name", r"Default|aws/efs/automatic-backup-vault"),
    "aws_cloudfront_cache_policy": ("name", r"Managed-.+"),
    "aws_cloudfront_origin_request_policy": ("name", r"Managed-.+"),
    "aws_cloudfront_response_headers_policy": ("name", r"Managed-.+"),
    "aws_db_option_group": ("name", r"default:.+"),
    "aws_db_parameter_group": ("name", r"default\..+"),
    "aws_db_subnet_group": ("name", r"default(-vpc-[0-9a-f]+)?"),
    "aws_ecs_capacity_provider": ("name", r"FARGATE(_SPOT)?"),
    "aws_elasticache_parameter_group": ("name", r"default\..+"),
    "aws_elasticache_subnet_group": ("name", r"default"),
    "aws_elasticache_user": ("user_id", r"default"),
    "aws_iam_policy": ("arn", r"arn:[\w-]+:iam::aws:policy/.+"),
    "aws_iam_role": ("arn", r"arn:[\w-]+:iam::\d{12}:role/aws-(service-role|reserved)/.+"),
    "aws_kms_alias": ("name", r"alias/aws/.+"),
    "aws_rds_cluster_parameter_group": ("name", r"default\..+"),
    "aws_secretsmanager_secret": ("name", r"[a-z-]+!.+"),
    "aws_security_group": ("name", r"default"),
}
"""What AWS makes, by attribute and pattern (each service's user guide): a group ``default`` comes with each VPC,
secrets with ``!`` in their names are those that services manage."""


@dataclass(frozen=True)
class Made:
    """What AWS makes for the account, and for what Terraform manages in it (``managed``: the paired resources)."""

    live: Index
    managed: tuple[Resource, ...]

    def why(self, resource: Resource) -> str:
        """Why AWS has made the resource by itself; nothing where no rule says so."""
        return self._named(resource) or self._of_network(resource) or self._for_managed(resource)

    def _named(self, resource: Resource) -> str:
        name, pattern = _NAMED.get(resource.kind, ("", ""))
        value = resource.attributes.get(name)
        return "AWS makes it by itself" if isinstance(value, str) and name and re.fullmatch(pattern, value) else ""

    @cached_property
    def _default_networks(self) -> frozenset[Value]:
        return frozenset(
            one.attributes.get("id")
            for one in self.live.resources("aws_vpc")
            if one.attributes.get("is_default") is True
        )

    def _of_network(self, resource: Resource) -> str:
        known = resource.attributes
        if known.get("is_default") is True or known.get("default_for_az") is True:
            return "it belongs to the default network, or comes with a network"
        if resource.kind == "aws_route_table" and _main(known.get("association")):
            return "the main route table comes with its network"
        if resource.kind == "aws_internet_gateway" and known.get("vpc_id") in self._default_networks:
            return "it belongs to the default network"
        if resource.kind == "aws_route53_record" and known.get("type") in ("NS", "SOA"):
            zones = self.live.resources("aws_route53_zone")
            own = [
                zone.attributes.get("name") for zone in zones if zone.attributes.get("zone_id") == known.get("zone_id")
            ]
            return "NS and SOA come with the zone" if known.get("name") in own else ""
        return ""

    def _for_managed(self, resource: Resource) -> str:
        rule = _FOR_MANAGED.get(resource.kind)
        owner = rule(self, resource) if rule else None
        return f"AWS makes it for {owner.identity}" if owner is not None else ""

    def of(self, kind: str, **wanted: Value) -> Resource | None:
        """A managed resource of a kind with these attributes."""
        for one in self._by_kind.get(kind, ()):
            if all(one.attributes.get(name) == value for name, value in wanted.items()):
                return one
        return None

    @cached_property
    def _by_kind(self) -> Mapping[str, list[Resource]]:
        found: dict[str, list[Resource]] = {}
        for one in self.managed:
            found.setdefault(one.kind, []).append(one)
        return found


def _main(associations: Value) -> bool:
    return isinstance(associations, list) and any(
        isinstance(one, dict) and one.get("main") is True for one in associations
    )


def _group_of(made: Made, instance: Resource) -> Resource | None:
    """The managed Auto Scaling group that makes the instance."""
    group = instance.attributes.get("autoscaling_group")
    return made.of("aws_autoscaling_group", name=group) if group else None


def _volume_of(made: Made, volume: Resource) -> Resource | None:
    for instance in made.live.resources("aws_instance"):
        blocks = (*_listed(instance, "root_block_device"), *_listed(instance, "ebs_block_device"))
        if any(block.get("volume_id") == volume.attributes.get("id") for block in blocks):
            return instance if instance in made.managed else _group_of(made, instance)
    return None


def _member_of(made: Made, cluster: Resource) -> Resource | None:
    group = cluster.attributes.get("replication_group_id")
    return made.of("aws_elasticache_replication_group", replication_group_id=group) if group else None


def _revision_of(made: Made, revision: Resource) -> Resource | None:
    return made.of("aws_ecs_task_definition", family=revision.attributes.get("family"))


def _alarm_of(made: Made, alarm: Resource) -> Resource | None:
    match = _TARGET_TRACKING.fullmatch(str(alarm.attributes.get("alarm_name")))
    if match is None:
        return None
    target = match["target"]
    return made.of("aws_appautoscaling_target", resource_id=target) or made.of("aws_autoscaling_group", name=target)


def _log_group_of(made: Made, group: Resource) -> Resource | None:
    name = str(group.attributes.get("name"))
    for pattern, (kind, attribute) in _LOG_GROUPS.items():
        match = re.fullmatch(pattern, name)
        if match:
            return made.of(kind, **{attribute: match[1]})
    return None


_FOR_MANAGED: Mapping[str, Callable[[Made, Resource], Resource | None]] = {
    "aws_cloudwatch_log_group": _log_group_of,
    "aws_cloudwatch_metric_alarm": _alarm_of,
    "aws_ebs_volume": _volume_of,
    "aws_ecs_task_definition": _revision_of,
    "aws_elasticache_cluster": _member_of,
    "aws_instance": _group_of,
}


def _listed(resource: Resource, name: str) -> Iterable[Mapping[str, Any]]:
    blocks = resource.attributes.get(name)
    return [one for one in blocks if isinstance(one, dict)] if isinstance(blocks, list) else []
