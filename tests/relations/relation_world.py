"""Small resources and kinds of the tests' own, in the shape of each plane, and a view on them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from audits.kind import Kind, Part
from audits.model import Cause, Clause, Control, Gap, Observation, Origin, Plane, Reference, Resource, Unknown
from audits.relation import Relation
from audits.view import View

KINDS = {
    kind.type: kind
    for kind in (
        Kind(
            "aws_security_group",
            identity=("name",),
            names=("id", "arn", "name"),
            parts=(Part("aws_security_group_rule", "security_group_id", ("ingress",)),),
        ),
        Kind("aws_lb", identity=("name",), names=("arn", "id"), security_groups=("security_groups[*]",)),
        Kind(
            "aws_ecs_service",
            identity=("name",),
            security_groups=("network_configuration[*].security_groups[*]",),
        ),
        Kind("aws_db_instance", identity=("identifier",), security_groups=("vpc_security_group_ids[*]",)),
        Kind("aws_elasticache_cluster", identity=("cluster_id",), security_groups=("security_group_ids[*]",)),
        Kind(
            "aws_iam_role",
            identity=("name",),
            names=("arn", "name", "id"),
            parts=(
                Part("aws_iam_role_policy", "role", ("inline_policy",)),
                Part("aws_iam_role_policy_attachment", "role", ("attached_policies",)),
            ),
        ),
        Kind("aws_iam_policy", identity=("name",), names=("arn", "id")),
        Kind("aws_ecs_task_definition", identity=("family",)),
        Kind(
            "aws_s3_bucket",
            identity=("bucket",),
            names=("id", "bucket", "arn"),
            parts=(Part("aws_s3_bucket_policy", "bucket", ("policy",), many=False),),
        ),
        Kind("aws_cloudfront_distribution", names=("id", "arn")),
    )
}


def reference(address: str, attribute: str = "id") -> Unknown:
    return Unknown(Cause.COMPUTED, (Reference(address, attribute),), not_null=True)


def unknown(cause: Cause = Cause.VARIABLE, /, **more: Any) -> Unknown:
    return Unknown(cause, (Reference("var.x"),), **more)


def source(kind: str, name: str, /, **attributes: Any) -> Resource:
    origins = {"ingress[0]": Origin("main.tf", 10), "ingress[1]": Origin("main.tf", 20)}
    return Resource(
        kind, f"{kind}.{name}", attributes, Origin("main.tf", 1), None, "ap-northeast-2", name, "unset", origins
    )


def live(kind: str, identity: str, /, **attributes: Any) -> Resource:
    return Resource(kind, identity, attributes, Origin(arn=identity), "111122223333", "ap-northeast-2", identity)


def gap(kind: str | None, **more: Any) -> Gap:
    kinds = None if kind is None else (kind,)
    return Gap("terraform", kinds, f"everything of {kind}", "AccessDenied", mend="allow", **more)


def view(*resources: Resource, gaps: tuple[Gap, ...] = ()) -> View:
    plane: Plane = "live" if all(resource.missing == "absent" for resource in resources) else "terraform"
    return View(Observation(plane, resources, gaps), KINDS)


def control(relation: Relation, body: dict[str, Any]) -> Control:
    clause = Clause("README.md", "Network", "row", "443")
    return Control("c", "title", "high", "stated", clause, relation.name, body, "s.yaml", 1, "theme")


def judge(relation: Relation, body: dict[str, Any], seen: View) -> dict[str, Any]:
    verdicts = relation.judge(control(relation, body), seen)
    assert len({verdict.path for verdict in verdicts}) == len(verdicts)
    return {verdict.path: verdict for verdict in verdicts}


def states(relation: Relation, body: dict[str, Any], seen: View) -> dict[str, str]:
    return {path: str(verdict.state) for path, verdict in judge(relation, body, seen).items()}


def changed(resource: Resource, **attributes: Any) -> Resource:
    return replace(resource, attributes={**resource.attributes, **attributes})
