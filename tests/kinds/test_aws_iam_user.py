from __future__ import annotations

import json
from typing import Any

import pytest

from audits.canonical import canonical
from audits.kinds import registry
from audits.kinds.aws_iam_user import KIND
from audits.model import Cause, Observation, Redacted, Resource, Unknown
from tests.kinds.support import live, reference
from tests.planes.live.world import moto_account

POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
ARN = "arn:aws:iam::123456789012:policy/read"


def declared(kind: str, **attributes: Any) -> Resource:
    return Resource(kind, f"{kind}.this", attributes, missing="unset")


USER = reference("aws_iam_user.this", "name")


def folded(*parts: Resource, **attributes: Any) -> Any:
    user = declared("aws_iam_user", name="deployer", **attributes)
    group = declared("aws_iam_group", name="deployers")
    role = declared("aws_iam_role", name="service")
    found = canonical(Observation("terraform", (user, group, role, *parts)), registry())
    return {one.kind: one.attributes for one in found.resources}


def test_an_account() -> None:
    with moto_account() as world:
        iam = world.client("iam")
        arn = iam.create_policy(PolicyName="read", PolicyDocument=json.dumps(POLICY))["Policy"]["Arn"]
        iam.create_group(GroupName="deployers")
        iam.create_user(UserName="deployer", Path="/team/", Tags=[{"Key": "Name", "Value": "d"}])
        iam.put_user_policy(UserName="deployer", PolicyName="own", PolicyDocument=json.dumps(POLICY))
        iam.attach_user_policy(UserName="deployer", PolicyArn=arn)
        iam.add_user_to_group(UserName="deployer", GroupName="deployers")
        given = world.only(KIND, name="deployer").attributes
    assert (given["path"], given["groups"], given["tags"]) == ("/team/", ["deployers"], {"Name": "d"})
    assert given["inline_policy"] == [{"name": "own", "policy": POLICY}]
    assert given["attached_policies"] == [{"policy_arn": arn}]


def test_what_moto_loses() -> None:
    user = {
        "UserName": "deployer",
        "Arn": "arn:aws:iam::123456789012:user/deployer",
        "Path": "/",
        "UserId": "AIDA1",
        "PermissionsBoundary": {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": ARN},
    }
    (found,) = live(KIND, {("iam", "get_account_authorization_details"): {"UserDetailList": [user]}})
    assert found.attributes["permissions_boundary"] == ARN and found.attributes["unique_id"] == "AIDA1"
    assert (found.attributes["groups"], found.attributes["inline_policy"]) == ([], [])


def test_parts_fold_in() -> None:
    found = folded(
        declared("aws_iam_user_policy", user=USER, name="own", policy=json.dumps(POLICY)),
        declared("aws_iam_user_policy_attachment", user=USER, policy_arn=ARN),
        declared("aws_iam_user_policy_attachments_exclusive", user_name="deployer", policy_arns=[ARN]),
        declared("aws_iam_user_group_membership", user="deployer", groups=["b", "a"]),
        declared("aws_iam_group_membership", users=[USER], group="c"),
    )["aws_iam_user"]
    assert found["inline_policy"] == [{"name": "own", "policy": POLICY}]
    assert found["attached_policies"] == [{"policy_arn": ARN}, {"policy_arn": ARN}]
    assert found["groups"] == ["a", "b", "c"]


def test_an_attachment_folds_into_every_kind_that_it_names() -> None:
    attachment = declared("aws_iam_policy_attachment", policy_arn=ARN, users=["deployer"], roles=["service"])
    found = folded(attachment)
    attached = [{"policy_arn": ARN}]
    assert found["aws_iam_user"]["attached_policies"] == found["aws_iam_role"]["attached_policies"] == attached
    assert found["aws_iam_group"]["attached_policies"] == []


@pytest.mark.parametrize("kind", ["aws_iam_user", "aws_iam_group", "aws_iam_role"])
def test_an_attachment_to_somebody_unknown_leaves_everyone_open(kind: str) -> None:
    principals = {"aws_iam_user": "users", "aws_iam_group": "groups", "aws_iam_role": "roles"}
    found = folded(declared("aws_iam_policy_attachment", policy_arn=ARN, **{principals[kind]: Unknown(Cause.VARIABLE)}))
    assert found[kind]["attached_policies"].open
    assert all("Unknown" not in repr(found[other].get("attached_policies")) for other in principals if other != kind)


def test_unknown_groups_leave_it_open() -> None:
    groups = Unknown(Cause.VARIABLE)
    found = folded(declared("aws_iam_user_group_membership", user=USER, groups=groups))["aws_iam_user"]
    assert isinstance(found["groups"], Unknown)


def test_an_external_id_is_removed() -> None:
    document = {"Statement": [{"Condition": {"StringEquals": {"sts:ExternalId": "not-a-secret"}}}]}
    found = folded(declared("aws_iam_user_policy", user=USER, name="own", policy=json.dumps(document)))["aws_iam_user"]
    condition = found["inline_policy"][0]["policy"]["Statement"][0]["Condition"]
    assert isinstance(condition["StringEquals"]["sts:ExternalId"], Redacted)


def test_a_user_of_whom_nothing_is_declared_has_nothing() -> None:
    found = folded()["aws_iam_user"]
    assert (found["groups"], found["attached_policies"], found["path"]) == ([], [], "/")
