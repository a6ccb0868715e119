"""What something else than Terraform or a person keeps changing: such a difference is explained, and no drift.

Each rule with its source.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from audits.drift.values import Difference
from audits.index import Index
from audits.model import Observation, Resource, Unknown, Value

TARGET = "aws_appautoscaling_target"
_SCALED: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("aws_ecs_service", "desired_count"): ("ecs:service:DesiredCount",),
    ("aws_dynamodb_table", "read_capacity"): ("dynamodb:table:ReadCapacityUnits",),
    ("aws_dynamodb_table", "write_capacity"): ("dynamodb:table:WriteCapacityUnits",),
    ("aws_elasticache_replication_group", "num_node_groups"): ("elasticache:replication-group:NodeGroups",),
    ("aws_elasticache_replication_group", "replicas_per_node_group"): ("elasticache:replication-group:Replicas",),
    ("aws_elasticache_replication_group", "num_cache_clusters"): ("elasticache:replication-group:Replicas",),
}
"""What Application Auto Scaling sets, by dimension (API Reference, RegisterScalableTarget, ScalableDimension)."""


_DISKS = re.compile(r"(root|ebs)_block_device\.tags\.")
"""The provider keeps its default tags out of the tags of disks, and the account shows all (the reader's agreement)."""


@dataclass(frozen=True, slots=True)
class Owned:
    """Why a difference is none: who or what owns the attribute. ``certain``: not, where that could not be read."""

    reason: str
    certain: bool = True


@dataclass(frozen=True)
class Owners:
    """Both planes, as far as they say who owns what."""

    terraform: Index
    live: Index

    def of(self, found: Difference, source: Resource, live: Resource) -> Owned | None:
        """Who owns what differs; None where it is Terraform itself."""
        dimensions = _SCALED.get((source.kind, found.path))
        if dimensions:
            return self._scaled(live, dimensions)
        path = re.sub(r"\[\d+\]", "", found.path)
        if (source.kind, path) == ("aws_s3_bucket", "grant") and _of_a_user(found.terraform):
            return Owned("a grant to a user, who may be the owner", certain=False)
        if _DISKS.match(path) and found.terraform is None:
            return Owned("perhaps a default tag of the provider, which disks get, too", certain=False)
        rule = _RULES.get((source.kind, path))
        reason = rule(found, source, live) if rule else ""
        return Owned(reason) if reason else None

    def _scaled(self, live: Resource, dimensions: tuple[str, ...]) -> Owned | None:
        name = resource_id(live)
        for target in (*self.live.resources(TARGET), *self.terraform.resources(TARGET)):
            if target.attributes.get("scalable_dimension") not in dimensions:
                continue
            own = target.attributes.get("resource_id")
            if own == name:
                bounds = f"{target.attributes.get('min_capacity')} to {target.attributes.get('max_capacity')}"
                return Owned(f"Application Auto Scaling sets it ({target.identity}: {bounds})")
            if isinstance(own, Unknown):
                return Owned(f"perhaps Application Auto Scaling sets it: {target.identity}", certain=False)
        namespaces = {one.partition(":")[0] for one in dimensions}
        portions = self.live.observation.portions
        read = {one.rest("live") for one in portions if one.kind == TARGET and namespaces <= set(one.values)}
        hidden = [gap for gap in self.live.all_gaps(TARGET) if gap not in read]
        if hidden:
            return Owned(f"perhaps Application Auto Scaling sets it: {hidden[0].scope} was not read", certain=False)
        if not _asked(self.live.observation):
            return Owned("perhaps Application Auto Scaling sets it: its targets were not asked for", certain=False)
        return None


def _of_a_user(grant: Value) -> bool:
    """Whether a bucket's grant may be the owner's own, which a state holds and the readers leave out."""
    return isinstance(grant, dict) and grant.get("type") == "CanonicalUser"


def _asked(live: Observation) -> bool:
    return live.kinds is None or TARGET in live.kinds


def resource_id(live: Resource) -> str:
    """How Application Auto Scaling calls a resource of the account."""
    identity = live.identity
    if live.kind == "aws_ecs_service":
        cluster = str(live.attributes.get("cluster") or "default").rpartition("/")[2]
        return f"service/{cluster}/{live.attributes.get('name')}"
    if live.kind == "aws_dynamodb_table":
        return f"table/{live.attributes.get('name')}"
    return f"replication-group/{live.attributes.get('replication_group_id', identity)}"


def _grown_storage(found: Difference, source: Resource, _live: Resource) -> str:
    """``max_allocated_storage``: what RDS grew by itself is left alone (provider documentation, aws_db_instance)."""
    most = source.attributes.get("max_allocated_storage")
    if not all(isinstance(one, int) for one in (most, found.terraform, found.live)):
        return ""
    grown = found.terraform <= found.live <= most if most else False
    return f"RDS grows the storage up to max_allocated_storage ({most})" if grown else ""


def _engine_version(found: Difference, _source: Resource, live: Resource) -> str:
    """A prefix of the version is what the provider keeps in mind, and AWS upgrades minor versions where it may.

    Provider documentation of ``engine_version``; RDS and ElastiCache User Guides on automatic minor version upgrades.
    """
    if not isinstance(found.terraform, str) or not isinstance(found.live, str):
        return ""
    wanted = re.sub(r"\.x$", "", found.terraform)
    if found.live.startswith(f"{wanted}."):
        return f"{found.live} is a version of {found.terraform}"
    itself = live.attributes.get("auto_minor_version_upgrade") in (True, "true")
    if itself and _later_minor(found.terraform, found.live):
        return f"AWS upgrades minor versions by itself (auto_minor_version_upgrade): {found.terraform} to {found.live}"
    return ""


def _later_minor(before: str, after: str) -> bool:
    """Whether two versions differ in their last number only, which has grown."""
    first, second = before.split("."), after.split(".")
    grown = first[-1].isdecimal() and second[-1].isdecimal() and int(first[-1]) < int(second[-1])
    return len(first) == len(second) > 1 and first[:-1] == second[:-1] and grown


def _group_capacity(found: Difference, source: Resource, live: Resource) -> str:
    """Between its bounds a group is scaled by policies and schedules (Amazon EC2 Auto Scaling User Guide)."""
    low, high = (live.attributes.get(name) for name in ("min_size", "max_size"))
    inside = isinstance(low, int) and isinstance(high, int) and low < high and isinstance(found.live, int)
    return f"the group scales between {low} and {high}" if inside and low <= found.live <= high else ""


def _default_retries(found: Difference, _source: Resource, _live: Resource) -> str:
    """What EventBridge Scheduler takes where no policy is given (API Reference, RetryPolicy)."""
    default = {"maximum_event_age_in_seconds": 86_400, "maximum_retry_attempts": 185}
    return "it is what applies where none is given" if found.terraform is None and found.live == default else ""


def _no_mfa_delete(found: Difference, _source: Resource, _live: Resource) -> str:
    """S3 tells of MFA delete only if it was ever configured (API Reference, GetBucketVersioning)."""
    return "S3 says nothing of MFA delete that is off" if (found.terraform, found.live) == ("Disabled", None) else ""


Rule = Callable[[Difference, Resource, Resource], str]
_RULES: Mapping[tuple[str, str], Rule] = {
    ("aws_db_instance", "allocated_storage"): _grown_storage,
    ("aws_autoscaling_group", "desired_capacity"): _group_capacity,
    ("aws_s3_bucket", "versioning.mfa_delete"): _no_mfa_delete,
    ("aws_scheduler_schedule", "target.retry_policy"): _default_retries,
    **{
        (kind, "engine_version"): _engine_version
        for kind in (
            *("aws_db_instance", "aws_rds_cluster", "aws_rds_cluster_instance"),
            *("aws_elasticache_cluster", "aws_elasticache_replication_group"),
        )
    },
}
