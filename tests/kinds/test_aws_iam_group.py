from __future__ import annotations

import json
from typing import Any

from audits.canonical import canonical
from audits.kinds.aws_iam_group import KIND
from audits.model import Observation, Resource
from tests.kinds.support import live, reference
from tests.planes.live.world import moto_account

POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
ARN = "arn:aws:iam::123456789012:policy/read"


def declared(kind: str, **attributes: Any) -> Resource:
    return Resource(kind, f"{kind}.this", attributes, missing="unset")


def test_an_account() -> None:
    with moto_account() as world:
        iam = world.client("iam")
        arn = iam.create_policy(PolicyName="read", PolicyDocument=json.dumps(POLICY))["Policy"]["Arn"]
        iam.create_group(GroupName="deployers", Path="/team/")
        iam.put_group_policy(GroupName="deployers", PolicyName="own", PolicyDocument=json.dumps(POLICY))
        iam.attach_group_policy(GroupName="deployers", PolicyArn=arn)
        given = world.only(KIND, name="deployers").attributes
    assert (given["path"], given["attached_policies"]) == ("/team/", [{"policy_arn": arn}])
    assert given["inline_policy"] == [{"name": "own", "policy": POLICY}]


def test_every_page_counts() -> None:
    def group(name: str) -> dict[str, str]:
        return {"GroupName": name, "Arn": f"arn:aws:iam::123456789012:group/{name}", "Path": "/", "GroupId": name}

    pages = [{"GroupDetailList": [group("a")]}, {"GroupDetailList": [group("b")]}]
    found = live(KIND, {("iam", "get_account_authorization_details"): pages})
    assert [one.attributes["name"] for one in found] == ["a", "b"]
    assert found[0].attributes["inline_policy"] == found[0].attributes["attached_policies"] == []


def test_parts_fold_in() -> None:
    group = reference("aws_iam_group.this", "name")
    parts = (
        declared("aws_iam_group_policy", group=group, name="own", policy=json.dumps(POLICY)),
        declared("aws_iam_group_policy_attachment", group=group, policy_arn=ARN),
        declared("aws_iam_group_policy_attachments_exclusive", group_name=group, policy_arns=[ARN]),
        declared("aws_iam_policy_attachment", groups=[group], policy_arn=ARN),
    )
    observation = Observation("terraform", (declared("aws_iam_group", name="deployers"), *parts))
    (found,) = canonical(observation, {KIND.type: KIND}).resources
    assert found.attributes["inline_policy"] == [{"name": "own", "policy": POLICY}]
    assert found.attributes["attached_policies"] == [{"policy_arn": ARN}] * 3
