from __future__ import annotations

from typing import Any

import botocore.session
import pytest

from audits.kind import Kind, Read, Reader
from audits.kinds import registry
from audits.model import Resource
from audits.planes.live import LiveOptions, UndeclaredRead, WriteRefused, observe
from audits.planes.live.actions import api_name
from audits.planes.live.guard import _REVEALING, check, is_read
from audits.planes.live.sessions import open_accounts
from tests.planes.live.world import REGION, proxied_account

READS = [
    ("ec2", "DescribeInstances"),
    ("s3", "GetBucketPolicy"),
    ("s3", "HeadBucket"),
    ("iam", "ListRoles"),
    ("ecr", "BatchGetRepositoryScanningConfiguration"),
    ("kms", "GetKeyRotationStatus"),
]
REFUSED = [
    ("ec2", "CreateVpc"),
    ("ec2", "TerminateInstances"),
    ("s3", "PutObject"),
    ("s3", "HeadObject"),
    ("rds", "StartExportTask"),
    ("iam", "GenerateCredentialReport"),
    ("sts", "GetSessionToken"),
    ("secretsmanager", "GetSecretValue"),
    ("secretsmanager", "BatchGetSecretValue"),
    ("ssm", "GetParameter"),
    ("ssm", "GetParametersByPath"),
    ("ecr", "GetAuthorizationToken"),
    ("s3", "GetObject"),
    ("ec2", "GetPasswordData"),
    ("ec2", "DescribeVpnConnections"),
    ("apigateway", "GetApiKeys"),
    ("appsync", "ListApiKeys"),
    ("cognito-idp", "DescribeUserPoolClient"),
    ("cognito-idp", "DescribeIdentityProvider"),
    ("kms", "GetParametersForImport"),
    ("lambda", "GetFunction"),
    ("logs", "GetQueryResults"),
]


@pytest.mark.parametrize(("service", "operation"), READS)
def test_reads_pass(service: str, operation: str) -> None:
    assert is_read(service, operation)
    check(service, operation)


@pytest.mark.parametrize(("service", "operation"), REFUSED)
def test_all_else_is_refused_by_name(service: str, operation: str) -> None:
    assert not is_read(service, operation)
    with pytest.raises(WriteRefused, match=f"{service}:{operation}"):
        check(service, operation)


def test_assuming_a_role_may_leave_but_is_no_kinds_business() -> None:
    check("sts", "AssumeRole")
    assert not is_read("sts", "AssumeRole")


def test_a_harmless_operation_may_ask_for_a_secret() -> None:
    check("ec2", "DescribeInstanceAttribute", {"InstanceId": "i-1", "Attribute": "disableApiTermination"})
    with pytest.raises(WriteRefused):
        check("ec2", "DescribeInstanceAttribute", {"InstanceId": "i-1", "Attribute": "userData"})


def test_every_operation_that_is_refused_by_name_exists() -> None:
    session = botocore.session.get_session()
    for service, operation in _REVEALING:
        assert operation in session.get_service_model(service).operation_names, (service, operation)


def test_every_operation_of_every_kind_exists_and_reads() -> None:
    for kind in registry().values():
        for read in kind.reads:
            assert is_read(read.service, api_name(read.service, read.operation)), (kind.type, read)


WRITES: list[tuple[str, str, dict[str, Any]]] = [
    ("ec2", "create_vpc", {"CidrBlock": "10.0.0.0/16"}),
    ("s3", "create_bucket", {"Bucket": "bucket"}),
    ("s3", "put_object", {"Bucket": "bucket", "Key": "k", "Body": b"x"}),
    ("rds", "delete_db_instance", {"DBInstanceIdentifier": "one"}),
    ("ecs", "update_service", {"service": "one"}),
    ("secretsmanager", "get_secret_value", {"SecretId": "one"}),
    ("iam", "delete_role", {"RoleName": "one"}),
    ("cloudfront", "delete_distribution", {"Id": "one"}),
]


@pytest.mark.parametrize(("service", "operation", "parameters"), WRITES)
def test_no_request_leaves_for_a_write(service: str, operation: str, parameters: dict[str, Any]) -> None:
    with proxied_account() as (_, proxy):
        (account,) = open_accounts(LiveOptions()).accounts
        before = list(proxy.seen)
        client = account.client(service, REGION)
        with pytest.raises(WriteRefused):
            getattr(client, operation)(**parameters)
        assert proxy.seen == before


def _by_hand(client: Any, operation: str) -> Any:
    """A request that is put together without the client's methods."""
    model = client.meta.service_model.operation_model(operation)
    context = {"client_config": client.meta.config, "client_region": REGION, "has_streaming_input": False}
    request = {"url_path": "/", "query_string": {}, "method": "POST", "headers": {}, "body": b"", "context": context}
    return client._endpoint.make_request(model, {**request, "url": client.meta.endpoint_url})


OTHER_WAYS: dict[str, tuple[str, Any]] = {
    "the call behind all methods": ("ec2", lambda c: c._make_api_call("CreateVpc", {"CidrBlock": "10.0.0.0/16"})),
    "a link to write": ("s3", lambda c: c.generate_presigned_url("put_object", Params={"Bucket": "b", "Key": "k"})),
    "a link to data": ("s3", lambda c: c.generate_presigned_url("get_object", Params={"Bucket": "b", "Key": "k"})),
    "a form to upload": ("s3", lambda c: c.generate_presigned_post("b", "k")),
    "a database's token": ("rds", lambda c: c.generate_db_auth_token("host", 5432, "user")),
    "a request by hand": ("ec2", lambda c: _by_hand(c, "CreateVpc")),
    "a secret by hand": ("secretsmanager", lambda c: _by_hand(c, "GetSecretValue")),
    "pages of data": ("dynamodb", lambda c: list(c.get_paginator("scan").paginate(TableName="t"))),
    "pages of secrets": ("ssm", lambda c: list(c.get_paginator("get_parameters_by_path").paginate(Path="/"))),
    "a waiter": ("s3", lambda c: c.get_waiter("object_exists").wait(Bucket="b", Key="k")),
}


@pytest.mark.parametrize("way", OTHER_WAYS)
def test_there_is_no_other_way_out(way: str) -> None:
    service, ask = OTHER_WAYS[way]
    with proxied_account() as (world, proxy):
        (account,) = open_accounts(LiveOptions()).accounts
        before = list(proxy.seen)
        for client in (
            account.client(service, REGION),
            account._clients._session.create_client(service, region_name=REGION, endpoint_url=world.endpoint),
        ):
            with pytest.raises(WriteRefused):
                ask(client)
        assert proxy.seen == before


def test_a_read_leaves_by_pages_waiters_and_links_too() -> None:
    with proxied_account() as (_, proxy):
        (account,) = open_accounts(LiveOptions()).accounts
        client = account.client("ec2", REGION)
        list(client.get_paginator("describe_vpcs").paginate())
        client.get_waiter("vpc_exists").wait()
        assert proxy.seen[-2:] == ["DescribeVpcs", "DescribeVpcs"]
        assert "Action=DescribeVpcs" in client.generate_presigned_url("describe_vpcs")


def test_roles_are_read_with_the_same_guard() -> None:
    with proxied_account() as (_, proxy):
        role = "arn:aws:iam::222222222222:role/audit"
        (account,) = open_accounts(LiveOptions(account_roles=(role,))).accounts
        with pytest.raises(WriteRefused):
            account.client("ec2", REGION).create_vpc(CidrBlock="10.0.0.0/16")
        assert "CreateVpc" not in proxy.seen


def test_a_read_leaves_through_the_same_client() -> None:
    with proxied_account() as (_, proxy):
        (account,) = open_accounts(LiveOptions()).accounts
        account.client("ec2", REGION).describe_vpcs()
        assert proxy.seen[-1] == "DescribeVpcs"


def _kind(declared: str, asked: str) -> Kind:
    def from_live(reader: Reader) -> list[Resource]:
        reader.call("ec2", asked, CidrBlock="10.0.0.0/16")
        return []

    return Kind("aws_vpc", reads=(Read("ec2", declared),), from_live=from_live)


def test_a_kind_that_declares_a_write_stops_the_run_before_anything_leaves() -> None:
    with proxied_account() as (_, proxy), pytest.raises(WriteRefused, match="CreateVpc"):
        observe([_kind("create_vpc", "create_vpc")], LiveOptions())
    assert proxy.seen == ["GetCallerIdentity"]


def test_a_kind_that_asks_for_more_than_it_declares_is_wrong() -> None:
    with proxied_account() as (_, proxy), pytest.raises(UndeclaredRead, match="describe_subnets"):
        observe([_kind("describe_vpcs", "describe_subnets")], LiveOptions())
    assert proxy.seen == ["GetCallerIdentity"]
