from __future__ import annotations

from typing import Any

from audits.kinds.aws_iam_policy import KIND
from audits.model import Cause, Redacted
from tests.kinds.support import DENIED, FakeReader, agrees, finished, live, source

DOCUMENT = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["*"]}]}
OLD = {"Version": "2012-10-17", "Statement": []}
OWN = "arn:aws:iam::123456789012:policy/app/files"


def policy(**changes: Any) -> dict[str, Any]:
    return {
        "PolicyName": "files",
        "PolicyId": "ANPA1",
        "Arn": OWN,
        "Path": "/app/",
        "DefaultVersionId": "v2",
        "AttachmentCount": 0,
        "PolicyVersionList": [
            {"Document": OLD, "VersionId": "v1", "IsDefaultVersion": False},
            {"Document": DOCUMENT, "VersionId": "v2", "IsDefaultVersion": True},
        ],
        **changes,
    }


def answers(*policies: dict[str, Any], version: Any = None) -> dict[tuple[str, str], Any]:
    return {
        ("iam", "get_account_authorization_details"): {"Policies": list(policies)},
        ("iam", "get_policy_version"): version,
    }


def test_the_default_version_is_the_policy() -> None:
    (found,) = live(KIND, answers(policy()))
    assert found.attributes["policy"] == DOCUMENT
    assert (found.attributes["name"], found.attributes["path"], found.identity) == ("files", "/app/", OWN)


def test_tags_that_no_listing_gives_are_unknown_rather_than_none() -> None:
    assert live(KIND, answers(policy()))[0].attributes["tags"].cause is Cause.UNSUPPORTED


def test_of_awss_own_policies_only_those_in_use_count() -> None:
    own = "arn:aws:iam::aws:policy/"
    used = policy(Arn=f"{own}Used", PolicyName="Used", AttachmentCount=1)
    bounding = policy(Arn=f"{own}Bound", AttachmentCount=0, PermissionsBoundaryUsageCount=1)
    idle = policy(Arn=f"{own}Idle", AttachmentCount=0, PermissionsBoundaryUsageCount=0)
    found = live(KIND, answers(used, bounding, idle, policy()))
    assert [one.identity for one in found] == [f"{own}Used", f"{own}Bound", OWN]


def test_a_document_that_the_listing_lacks_is_asked_for() -> None:
    version = {"PolicyVersion": {"Document": DOCUMENT, "VersionId": "v2", "IsDefaultVersion": True}}
    reader = FakeReader(KIND, answers(policy(PolicyVersionList=[]), version=version))
    assert KIND.from_live is not None
    (found,) = KIND.from_live(reader)
    assert found.attributes["policy"] == DOCUMENT
    assert reader.calls[-1] == ("get_policy_version", {"PolicyArn": OWN, "VersionId": "v2"})


def test_a_document_that_cannot_be_read_is_unreadable() -> None:
    (found,) = live(KIND, answers(policy(PolicyVersionList=[]), version=DENIED))
    assert found.attributes["policy"] == DENIED


def test_a_policy_without_default_version_is_unreadable() -> None:
    bare = policy(PolicyVersionList=[])
    del bare["DefaultVersionId"]
    assert live(KIND, answers(bare))[0].attributes["policy"].cause is Cause.UNREADABLE


def test_both_planes_agree() -> None:
    configured = finished(KIND, source("aws_iam_policy", name="files", path="/app/", policy=DOCUMENT))
    agrees(configured, live(KIND, answers(policy()))[0].attributes)


def test_external_ids_are_redacted() -> None:
    secret = {"Statement": [{"Condition": {"StringEquals": {"sts:ExternalId": "hush"}}}]}
    found = finished(KIND, source("aws_iam_policy", policy=secret))["policy"]
    assert found["Statement"][0]["Condition"]["StringEquals"]["sts:ExternalId"] == Redacted("external id")
