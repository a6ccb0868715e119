from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from audits.kinds.aws_iam_role import KIND
from audits.model import Cause, Redacted, Unknown
from audits.secrets import scrub
from tests.kinds.support import DENIED, agrees, converted, finished, live, part, reference, source

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ecs-tasks.amazonaws.com"}}],
}
FILES = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": ["s3:PutObject", "s3:GetObject", "s3:DeleteObject"],
            "Resource": ["arn:aws:s3:::glimpse-files-prod/*"],
        }
    ],
}
ARN = "arn:aws:iam::123456789012:role/glimpse-prod-task"
EXECUTION = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"


def answers(**changes: Any) -> dict[tuple[str, str], Any]:
    detail = {
        "Path": "/",
        "RoleName": "glimpse-prod-task",
        "RoleId": "AROA1",
        "Arn": ARN,
        "CreateDate": datetime(2025, 10, 1, tzinfo=UTC),
        "AssumeRolePolicyDocument": TRUST,
        "RolePolicyList": [{"PolicyName": "files", "PolicyDocument": FILES}],
        "AttachedManagedPolicies": [{"PolicyName": "AmazonECSTaskExecutionRolePolicy", "PolicyArn": EXECUTION}],
        "Tags": [{"Key": "Name", "Value": "task"}, {"Key": "aws:cloudformation:stack-id", "Value": "x"}],
        **changes,
    }
    linked = {
        "Path": "/aws-service-role/ecs.amazonaws.com/",
        "RoleName": "AWSServiceRoleForECS",
        "Arn": "arn:aws:iam::123456789012:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS",
        "AssumeRolePolicyDocument": TRUST,
    }
    listed = {
        "Path": "/",
        "RoleName": "glimpse-prod-task",
        "RoleId": "AROA1",
        "Arn": ARN,
        "CreateDate": datetime(2025, 10, 1, tzinfo=UTC),
        "Description": "tasks",
        "MaxSessionDuration": 7200,
    }
    return {
        ("iam", "get_account_authorization_details"): [
            {"RoleDetailList": [detail], "IsTruncated": True, "Marker": "m"},
            {"RoleDetailList": [linked], "IsTruncated": False},
        ],
        ("iam", "list_roles"): {"Roles": [listed]},
    }


def test_roles_come_with_all_their_policies_from_all_pages() -> None:
    role, linked = live(KIND, answers())
    assert role.identity == ARN
    assert role.attributes["attached_policies"] == [{"policy_arn": EXECUTION}]
    assert role.attributes["managed_policy_arns"] == [EXECUTION]
    assert role.attributes["inline_policy"] == [{"name": "files", "policy": FILES}]
    assert role.attributes["max_session_duration"] == 7200
    assert role.attributes["create_date"] == "2025-10-01T00:00:00Z"
    assert role.attributes["permissions_boundary"] is None
    assert role.attributes["tags"] == {"Name": "task"}
    assert linked.attributes["path"].startswith("/aws-service-role/")


def test_what_only_the_other_listing_gives_is_unreadable_where_that_lacks_the_role() -> None:
    _, linked = live(KIND, answers())
    for name in ("description", "max_session_duration"):
        assert linked.attributes[name].cause is Cause.UNREADABLE


def test_a_role_is_read_where_the_other_listing_fails() -> None:
    role, _ = live(KIND, {**answers(), ("iam", "list_roles"): DENIED})
    assert role.attributes["assume_role_policy"] == TRUST
    assert role.attributes["description"] == role.attributes["max_session_duration"] == DENIED


def test_a_boundary_is_read() -> None:
    boundary = {"PermissionsBoundaryType": "PermissionsBoundaryPolicy", "PermissionsBoundaryArn": "arn:b"}
    assert live(KIND, answers(PermissionsBoundary=boundary))[0].attributes["permissions_boundary"] == "arn:b"


def test_both_planes_agree_on_the_documented_role() -> None:
    inline = converted(KIND, source("aws_iam_role_policy", role="glimpse-prod-task", name="files", policy=FILES))
    attached = converted(KIND, source("aws_iam_role_policy_attachment", role="x", policy_arn=EXECUTION))
    configured = finished(
        KIND, source("aws_iam_role", name="glimpse-prod-task", assume_role_policy=TRUST, **inline, **attached)
    )
    agrees(configured, live(KIND, answers())[0].attributes)


def test_an_attached_policy_of_the_source_stays_a_reference() -> None:
    arn = reference("aws_iam_policy.files")
    for kind, by in (("aws_iam_role_policy_attachment", "role"), ("aws_iam_policy_attachment", "roles")):
        assert part(KIND, kind).by == by
        assert converted(KIND, source(kind, policy_arn=arn)) == {"attached_policies": [{"policy_arn": arn}]}


def test_arns_on_the_role_are_attachments_too() -> None:
    role = source("aws_iam_role", managed_policy_arns=[EXECUTION], attached_policies=[{"policy_arn": "arn:a"}])
    assert finished(KIND, role)["attached_policies"] == [{"policy_arn": "arn:a"}, {"policy_arn": EXECUTION}]


def test_unknown_arns_on_the_role_leave_its_attachments_open() -> None:
    arns = Unknown(Cause.VARIABLE)
    role = source("aws_iam_role", managed_policy_arns=arns, attached_policies=[{"policy_arn": "arn:a"}])
    found = finished(KIND, role)["attached_policies"]
    assert found.open and found.partial == [{"policy_arn": "arn:a"}] and found.cause is Cause.VARIABLE


def test_exclusive_attachments_are_attachments() -> None:
    exclusive = source("aws_iam_role_policy_attachments_exclusive", role_name="r", policy_arns=["arn:a", "arn:b"])
    assert converted(KIND, exclusive) == {"attached_policies": [{"policy_arn": "arn:a"}, {"policy_arn": "arn:b"}]}


def test_external_ids_are_redacted_on_both_planes() -> None:
    condition = {"StringEquals": {"STS:ExternalId": ["hush"], "aws:SourceAccount": "1"}}
    trust = {"Statement": [{"Effect": "Allow", "Condition": condition}]}
    role = live(KIND, answers(AssumeRolePolicyDocument=trust))[0].attributes
    configured = finished(KIND, source("aws_iam_role", assume_role_policy=trust))
    for attributes in (role, configured):
        found = attributes["assume_role_policy"]["Statement"][0]["Condition"]["StringEquals"]
        assert found == {"STS:ExternalId": Redacted("external id"), "aws:SourceAccount": "1"}
        assert "hush" not in repr(attributes)


def test_external_ids_hide_in_unknown_and_undecoded_documents_as_well() -> None:
    text = json.dumps({"Condition": {"StringEquals": {"sts:ExternalId": "hush"}}})
    partly = Unknown(Cause.COMPUTED, partial=json.loads(text), parts=(text, Unknown(Cause.COMPUTED)))
    for value in (text, "[" + text, partly, [partly]):
        assert "hush" not in repr(scrub(value))
    plain = Unknown(Cause.COMPUTED, parts=("arn:", Unknown(Cause.COMPUTED)))
    assert scrub(plain) == plain
