"""The documented S3 grant and bucket policy on both planes."""

from __future__ import annotations

from typing import Any

from audits.model import Gap, Resource
from audits.relations import grants, resource_policy
from audits.view import View
from tests.relations import relation_world as world

OBJECTS = "arn:aws:s3:::glimpse-files-prod/*"
THREE = ["s3:PutObject", "s3:GetObject", "s3:DeleteObject"]
GRANTS: dict[str, Any] = {
    "grants": {
        "to": {
            "kind": "aws_iam_role",
            "select": {"referred_by": {"kind": "aws_ecs_task_definition", "path": "task_role_arn"}},
        },
        "service": "s3",
        "exactly": [{"effect": "Allow", "actions": THREE, "resources": [OBJECTS], "conditions": {}}],
    }
}
GRANTED = f"s3:DeleteObject, s3:GetObject, s3:PutObject on {OBJECTS}"
REST = "nothing else in s3"
ROLE_ARN = "arn:aws:iam::111122223333:role/task"
POLICY_ARN = "arn:aws:iam::111122223333:policy/files"
CDN_ARN = "arn:aws:cloudfront::111122223333:distribution/E1"


def allow(actions: Any = None, resources: Any = OBJECTS, effect: Any = "Allow", **more: Any) -> dict[str, Any]:
    """A statement; ``more`` replaces or adds elements."""
    named = {} if "NotAction" in more else {"Action": THREE if actions is None else actions}
    placed = {} if "NotResource" in more else {"Resource": resources}
    return {"Effect": effect, **named, **placed, **more}


def deny(actions: Any, resources: Any = OBJECTS, **more: Any) -> dict[str, Any]:
    return allow(actions, resources, "Deny", **more)


def document(*statements: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def role(plane: str, *statements: Any, attached: Any = None, **more: Any) -> list[Resource]:
    """A task definition, its role with one inline policy, and the bucket; ``attached``: a managed policy's document."""
    # A live reader gives every attribute that it reads; what it leaves out was not read.
    unbounded = {} if plane == "terraform" else {"permissions_boundary": None}
    body: dict[str, Any] = {"name": "task", "inline_policy": [], "attached_policies": [], **unbounded, **more}
    if statements:
        body["inline_policy"] = [{"name": "files", "policy": document(*statements)}]
    managed = {"name": "extra", "policy": attached}
    if plane == "terraform":
        if attached is not None:
            body["attached_policies"] = [{"policy_arn": world.reference("aws_iam_policy.files", "arn")}]
        return [
            world.source("aws_iam_role", "task", **body),
            world.source("aws_ecs_task_definition", "api", task_role_arn=world.reference("aws_iam_role.task", "arn")),
            world.source("aws_s3_bucket", "files", bucket="glimpse-files-prod"),
            *([world.source("aws_iam_policy", "files", **managed)] if attached is not None else []),
        ]
    if attached is not None:
        body["attached_policies"] = [{"policy_arn": POLICY_ARN}]
    return [
        world.live("aws_iam_role", ROLE_ARN, arn=ROLE_ARN, **body),
        world.live("aws_ecs_task_definition", "arn:api", family="api", task_role_arn=ROLE_ARN),
        world.live("aws_s3_bucket", "arn:aws:s3:::glimpse-files-prod", bucket="glimpse-files-prod", policy=None),
        *([world.live("aws_iam_policy", POLICY_ARN, arn=POLICY_ARN, **managed)] if attached is not None else []),
    ]


def judge(plane: str, *statements: Any, gaps: tuple[Gap, ...] = (), body: Any = None, **more: Any) -> dict[str, Any]:
    return world.judge(grants.RELATION, body or GRANTS, world.view(*role(plane, *statements, **more), gaps=gaps))


def states(plane: str, *statements: Any, **more: Any) -> tuple[str, str]:
    """The states of the documented grant and of everything else."""
    found = judge(plane, *statements, **more)
    return str(found[GRANTED].state), str(found[REST].state)


BUCKET: dict[str, Any] = {
    "resource_policy": {
        "of": {"kind": "aws_s3_bucket", "select": {"bucket": "glimpse-files-prod"}},
        "path": "policy",
        "exactly": [
            {
                "effect": "Allow",
                "principals": {"Service": ["cloudfront.amazonaws.com"]},
                "actions": ["s3:GetObject"],
                "resources": [OBJECTS],
                "conditions": {
                    "StringEquals": {"AWS:SourceArn": {"refers_to": {"kind": "aws_cloudfront_distribution"}}}
                },
            }
        ],
    }
}


def distribution(plane: str) -> Any:
    """How a policy names the distribution on a plane."""
    return world.reference("aws_cloudfront_distribution.cdn", "arn") if plane == "terraform" else CDN_ARN


def reading(plane: str, **more: Any) -> dict[str, Any]:
    """The documented statement of the bucket policy; ``more`` replaces elements."""
    statement = allow("s3:GetObject", Principal={"Service": "cloudfront.amazonaws.com"})
    return {**statement, "Condition": {"StringEquals": {"AWS:SourceArn": distribution(plane)}}, **more}


def bucket(plane: str, policy: Any, gaps: tuple[Gap, ...] = ()) -> View:
    body = {"bucket": "glimpse-files-prod", **({} if policy is ... else {"policy": policy})}
    if plane == "terraform":
        found = [world.source("aws_s3_bucket", "files", **body), world.source("aws_cloudfront_distribution", "cdn")]
    else:
        found = [
            world.live("aws_s3_bucket", "arn:aws:s3:::glimpse-files-prod", **body),
            world.live("aws_cloudfront_distribution", CDN_ARN, arn=CDN_ARN, id="E1"),
        ]
    return world.view(*found, gaps=gaps)


def bucket_verdicts(plane: str, *statements: Any, body: Any = None) -> list[Any]:
    """The verdicts on the documented statement and on everything else."""
    seen = bucket(plane, document(*statements))
    return list(world.judge(resource_policy.RELATION, body or BUCKET, seen).values())


def bucket_states(plane: str, *statements: Any, body: Any = None) -> list[str]:
    return [str(one.state) for one in bucket_verdicts(plane, *statements, body=body)]
