"""Which resource a metric is about: the dimensions each service publishes it by, and what of a resource they hold.

CloudWatch treats every combination of dimensions as a metric of its own (CloudWatch User Guide, "Metrics concepts":
Dimensions), so an alarm watches a resource only by exactly the dimensions below: one that is left out widens the metric
or names none, one more narrows it. Sources: the metrics and dimensions reference of each service (RDS, ECS, Application
and Network Load Balancers, EC2, EC2 Auto Scaling, ElastiCache, Lambda, SQS, DynamoDB, NAT gateways).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from audits import places
from audits.model import Cause, Resource, Unknown, Value
from audits.outcome import YES, Outcome, equal, left_open
from audits.view import UNSET, View


@dataclass(frozen=True, slots=True)
class Dimension:
    """One dimension, and the attributes whose value it is (any in source, the first in an account).

    ``through``: the attribute by which the resource names the one that has them, of kind ``kind``.
    """

    name: str
    attributes: tuple[str, ...]
    through: str = ""
    kind: str = ""


_CLUSTER = Dimension("ClusterName", ("name",), "cluster", "aws_ecs_cluster")
_BALANCER = (Dimension("LoadBalancer", ("arn_suffix",)),)
_GROUP = (Dimension("AutoScalingGroupName", ("name", "id")),)
_SERVICE = (_CLUSTER, Dimension("ServiceName", ("name",)))
_OWN_CLUSTER = (Dimension("ClusterName", ("name",)),)
DIMENSIONS: Mapping[str, Mapping[str, tuple[Dimension, ...]]] = {
    # From version 5 of the provider on, `id` of a database is its resource identifier, which CloudWatch does not use.
    "aws_db_instance": {"AWS/RDS": (Dimension("DBInstanceIdentifier", ("identifier",)),)},
    "aws_rds_cluster": {"AWS/RDS": (Dimension("DBClusterIdentifier", ("cluster_identifier", "id")),)},
    "aws_ecs_service": {"AWS/ECS": _SERVICE, "ECS/ContainerInsights": _SERVICE},
    "aws_ecs_cluster": {"AWS/ECS": _OWN_CLUSTER, "ECS/ContainerInsights": _OWN_CLUSTER},
    "aws_lb": {"AWS/ApplicationELB": _BALANCER, "AWS/NetworkELB": _BALANCER},
    "aws_instance": {"AWS/EC2": (Dimension("InstanceId", ("id",)),)},
    "aws_autoscaling_group": {"AWS/EC2": _GROUP, "AWS/AutoScaling": _GROUP},
    "aws_elasticache_cluster": {"AWS/ElastiCache": (Dimension("CacheClusterId", ("cluster_id", "id")),)},
    "aws_lambda_function": {"AWS/Lambda": (Dimension("FunctionName", ("function_name", "id")),)},
    "aws_sqs_queue": {"AWS/SQS": (Dimension("QueueName", ("name",)),)},
    "aws_dynamodb_table": {"AWS/DynamoDB": (Dimension("TableName", ("name", "id")),)},
    "aws_nat_gateway": {"AWS/NATGateway": (Dimension("NatGatewayId", ("id",)),)},
}


def kinds_beside(kind: str) -> frozenset[str]:
    """The kinds that a resource's dimensions lead to, beside its own."""
    return frozenset(one.kind for each in DIMENSIONS.get(kind, {}).values() for one in each if one.kind)


def about(dimensions: Value, wanted: tuple[Dimension, ...], resource: Resource, view: View) -> list[Outcome]:
    """Whether an alarm's dimensions are those of a resource: one answer a dimension, and one that there is no other."""
    known = dimensions.partial if isinstance(dimensions, Unknown) else dimensions
    known = known if isinstance(known, dict) else {}
    hidden = dimensions if isinstance(dimensions, Unknown) else None
    found = []
    for one in wanted:
        if one.name in known:
            found.append(_named(one, known[one.name], resource, view))
        elif hidden is not None:
            found.append(left_open(hidden))
        else:
            found.append(Outcome(False, f"has no dimension {one.name}"))
    more = sorted(known.keys() - {one.name for one in wanted})
    if more:
        found.append(Outcome(False, f"is narrowed by dimension {', '.join(more)}"))
    elif hidden is not None and len(known) == len(wanted):
        found.append(left_open(hidden))
    return found


def beside(alarm: Resource, resource: Resource, view: View) -> Outcome:
    """Whether an alarm lies where the resource's metrics are: in its account and region.

    Metrics exist only in the region in which they are created (CloudWatch User Guide, "Metrics concepts").
    """
    one, other = view.place_of(alarm), view.place_of(resource)
    if places.shared(one, other):
        return YES
    return Outcome(False, f"is in {one.account or 'an account'} {one.region or ''}, where it is not".replace("  ", " "))


def _named(dimension: Dimension, value: Value, resource: Resource, view: View) -> Outcome:
    if not dimension.through:
        return _is_own(dimension, value, resource, view)
    holder = view.attributes(resource).get(dimension.through)
    if holder in (None, ""):
        # "If you do not specify a cluster, the default cluster is assumed" (ECS API Reference, CreateService).
        return _told(dimension, equal("default", value))
    target = view.resolve(holder, dimension.kind, view.place_of(resource))
    if target.resource is not None:
        return _is_own(dimension, value, target.resource, view)
    if isinstance(holder, str):
        return _told(dimension, equal(holder.rpartition("/")[2], value))
    if isinstance(holder, Unknown) and isinstance(value, Unknown) and _same_reference(holder, value):
        return YES
    return Outcome(None, f"{dimension.through} of {resource.identity}: {target.undecided}", (UNSET,))


def _is_own(dimension: Dimension, value: Value, resource: Resource, view: View) -> Outcome:
    if _plain(value):
        reference = value.references[0]
        other = view.by_identity.get(reference.address)
        if reference.address == resource.identity and reference.attribute in dimension.attributes:
            return YES
        if other is not None and other.kind == resource.kind and reference.attribute in dimension.attributes:
            return Outcome(False, f"{dimension.name} names {other.identity}")
        if reference.address == resource.identity and reference.attribute in ("id", "arn", "name"):
            said = f"{dimension.name} holds its {reference.attribute}, and the metric has its {dimension.attributes[0]}"
            return Outcome(False, said)
    own = view.attributes(resource).get(dimension.attributes[0])
    if own in (None, ""):
        return Outcome(None, f"{dimension.attributes[0]} of {resource.identity} is not known", (UNSET,))
    return _told(dimension, equal(own, value))


def _told(dimension: Dimension, found: Outcome) -> Outcome:
    return replace(found, message=f"{dimension.name} names another") if found.holds is False else found


def _plain(value: Value) -> bool:
    """Whether a value is one attribute of a resource, and nothing made of it."""
    if not isinstance(value, Unknown) or value.cause is not Cause.COMPUTED or len(value.references) != 1:
        return False
    return not value.parts and value.partial is None and not value.derived


def _same_reference(one: Unknown, other: Unknown) -> bool:
    return _plain(one) and _plain(other) and one.references == other.references
