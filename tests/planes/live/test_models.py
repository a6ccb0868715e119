"""What a client can do is what the kinds declare, and clients of a service share what botocore found out about it."""

from __future__ import annotations

from typing import Any

import botocore.session
import pytest
from botocore.exceptions import UnknownServiceError

from audits import kinds
from audits.kind import Read
from audits.planes.live.models import Models, resolve
from audits.planes.live.options import LiveOptions
from audits.planes.live.sessions import open_accounts
from tests.planes.live.world import REGION, proxied_account

READS = (Read("ec2", "describe_vpcs"), Read("ec2", "describe_subnets"), Read("s3", "list_buckets"))


def _client(models: Models, service: str) -> Any:
    session = botocore.session.Session()
    session.register_component("data_loader", models)
    return session.create_client(service, REGION, aws_access_key_id="a", aws_secret_access_key="b")


def test_a_client_has_the_operations_that_are_declared() -> None:
    client = _client(Models(None, READS), "ec2")
    assert client.meta.service_model.operation_names == ["DescribeSubnets", "DescribeVpcs"]
    assert not hasattr(client, "create_vpc") and callable(client.describe_vpcs)


def test_what_botocore_asks_for_by_itself_stays() -> None:
    assert _client(Models(None, READS), "s3").meta.service_model.operation_names == ["HeadBucket", "ListBuckets"]


def test_other_services_are_whole_and_so_is_everything_without_reads() -> None:
    whole = botocore.session.Session().get_component("data_loader")
    for models, service in ((Models(None, READS), "sts"), (Models(None), "ec2")):
        assert models.load_service_model(service, "service-2") == whole.load_service_model(service, "service-2")
    models = Models(None, READS)
    assert models.load_service_model("ec2", "paginators-1") == whole.load_service_model("ec2", "paginators-1")
    assert models.list_available_services("service-2") == whole.list_available_services("service-2")
    with pytest.raises(UnknownServiceError):
        models.load_service_model("nothing", "service-2")


def test_the_models_of_other_readings_are_not_taken() -> None:
    for operation in ("describe_vpcs", "describe_subnets"):
        (name,) = _client(Models(None, [Read("ec2", operation)]), "ec2").meta.service_model.operation_names
        assert name.lower() == operation.replace("_", "")


def test_the_version_of_an_api_that_a_profile_names_is_taken() -> None:
    whole = botocore.session.Session().get_component("data_loader")
    first, *_, last = whole.list_api_versions("cloudfront", "service-2")
    models = Models(None, [Read("cloudfront", "list_distributions")])
    found = [models.load_service_model("cloudfront", "service-2", version) for version in (None, first, last)]
    assert [one["metadata"]["apiVersion"] for one in found] == [last, first, last]


def test_every_operation_of_every_kind_is_left_in() -> None:
    reads = [read for kind in kinds.registry().values() for read in kind.reads]
    models = Models(None, reads)
    for service in {read.service for read in reads}:
        operations = models.load_service_model(service, "service-2")["operations"]
        wanted = {botocore.xform_name(name) for name in operations}
        assert wanted >= {read.operation for read in reads if read.service == service}, service


def test_clients_of_a_service_share_its_shapes_and_no_other_reading_does() -> None:
    models = Models(None, READS)
    clients = [_client(models, "ec2") for _ in range(2)]
    for client in clients:
        models.share(client)
    first, second = (client.meta.service_model for client in clients)
    assert first is second
    other = Models(None, READS[:1])
    alone = _client(other, "ec2")
    other.share(alone)
    assert alone.meta.service_model is not first
    sts = _client(models, "sts")
    own = sts.meta.service_model
    models.share(sts)
    assert sts.meta.service_model is own


def test_shapes_that_hold_themselves_are_resolved() -> None:
    model = botocore.session.Session().get_service_model("dynamodb").operation_model("GetItem")
    resolve(model)
    assert model.output_shape.members["Item"].value.members["L"].member.name == "AttributeValue"


def test_an_account_that_is_read_cannot_be_asked_to_write() -> None:
    with proxied_account() as (_, proxy):
        (account,) = open_accounts(LiveOptions(), READS).accounts
        client = account.client("ec2", REGION)
        assert client.describe_vpcs()["Vpcs"]
        with pytest.raises(AttributeError):
            client.create_vpc(CidrBlock="10.0.0.0/16")
        assert [name for name in proxy.seen if name.startswith("Create")] == []
