"""Subnet, parameter and option groups of RDS and ElastiCache."""

from __future__ import annotations

from typing import Any

import pytest

from audits import kinds
from audits.canonical import canonical
from audits.kind import Kind
from audits.model import Observation, Redacted, Unknown
from tests.kinds.support import DENIED, FakeReader, live, source
from tests.planes.live.world import REGION, moto_account

KINDS = kinds.registry()
SUBNETS, PARAMETERS = KINDS["aws_db_subnet_group"], KINDS["aws_db_parameter_group"]
OF_CLUSTERS, OPTIONS = KINDS["aws_rds_cluster_parameter_group"], KINDS["aws_db_option_group"]
CACHE_SUBNETS, CACHE_PARAMETERS = KINDS["aws_elasticache_subnet_group"], KINDS["aws_elasticache_parameter_group"]
TAGGED = {"TagList": [{"Key": "Name", "Value": "main"}, {"Key": "aws:x", "Value": "y"}]}


def arn(service: str, kind: str, name: str = "main") -> str:
    return f"arn:aws:{service}:{REGION}:123456789012:{kind}:{name}"


def test_subnet_groups_of_an_account() -> None:
    with moto_account() as world:
        subnets = sorted(one["SubnetId"] for one in world.client("ec2").describe_subnets()["Subnets"])[:2]
        world.client("rds").create_db_subnet_group(
            DBSubnetGroupName="main",
            DBSubnetGroupDescription="of the tests",
            SubnetIds=subnets,
            Tags=[{"Key": "Name", "Value": "main"}],
        )
        world.client("elasticache").create_cache_subnet_group(
            CacheSubnetGroupName="cache",
            CacheSubnetGroupDescription="of the tests",
            SubnetIds=subnets,
            Tags=[{"Key": "Name", "Value": "main"}],
        )
        found = [world.only(SUBNETS, name="main").attributes, world.only(CACHE_SUBNETS, name="cache").attributes]
    for one in found:
        assert sorted(one["subnet_ids"]) == subnets and one["description"] == "of the tests"
        assert one["tags"] == {"Name": "main"} and one["vpc_id"].startswith("vpc-")


def test_parameter_groups_of_an_account() -> None:
    with moto_account() as world:
        rds = world.client("rds")
        rds.create_db_parameter_group(
            DBParameterGroupName="main", DBParameterGroupFamily="postgres16", Description="of the tests"
        )
        rds.modify_db_parameter_group(
            DBParameterGroupName="main",
            Parameters=[{"ParameterName": "log_statement", "ParameterValue": "ddl", "ApplyMethod": "immediate"}],
        )
        rds.create_db_cluster_parameter_group(
            DBClusterParameterGroupName="main", DBParameterGroupFamily="aurora-postgresql16", Description="of the tests"
        )
        found = world.only(PARAMETERS, name="main").attributes
        of_clusters = world.only(OF_CLUSTERS, name="main").attributes
    assert found["parameter"] == [{"name": "log_statement", "value": "ddl", "apply_method": "immediate"}]
    assert (found["family"], of_clusters["family"]) == ("postgres16", "aurora-postgresql16")
    assert found["description"] == of_clusters["description"] == "of the tests"


GIVEN: dict[str, tuple[Kind, dict[str, Any], str, str]] = {
    "instances": (
        PARAMETERS,
        {
            "DBParameterGroupName": "main",
            "DBParameterGroupArn": arn("rds", "pg"),
            "DBParameterGroupFamily": "postgres16",
        },
        "describe_db_parameter_groups:DBParameterGroups",
        "describe_db_parameters",
    ),
    "clusters": (
        OF_CLUSTERS,
        {
            "DBClusterParameterGroupName": "main",
            "DBClusterParameterGroupArn": arn("rds", "cluster-pg"),
            "DBParameterGroupFamily": "aurora-postgresql16",
        },
        "describe_db_cluster_parameter_groups:DBClusterParameterGroups",
        "describe_db_cluster_parameters",
    ),
    "caches": (
        CACHE_PARAMETERS,
        {
            "CacheParameterGroupName": "main",
            "ARN": arn("elasticache", "parametergroup"),
            "CacheParameterGroupFamily": "redis7",
        },
        "describe_cache_parameter_groups:CacheParameterGroups",
        "describe_cache_parameters",
    ),
}


def answers(which: str, parameters: Any, **more: Any) -> tuple[Kind, dict[tuple[str, str], Any]]:
    kind, group, listing, details = GIVEN[which]
    service = kind.reads[0].service
    operation, result = listing.split(":")
    return kind, {
        (service, operation): {result: [{**group, **more}]},
        (service, details): parameters,
        (service, "list_tags_for_resource"): TAGGED,
    }


@pytest.mark.parametrize("which", GIVEN)
def test_the_parameters_that_were_set(which: str) -> None:
    told = {
        "Parameters": [
            {"ParameterName": "Log_Statement", "ParameterValue": "ddl"},
            {"ParameterName": "unset"},
        ]
    }
    kind, answered = answers(which, told)
    reader = FakeReader(kind, answered)
    assert kind.from_live is not None
    (found,) = kind.from_live(reader)
    (parameter,) = found.attributes["parameter"]
    assert (parameter["name"], parameter["value"]) == ("log_statement", "ddl")
    assert found.attributes["tags"] == {"Name": "main"}
    # Only those that are not the engine's own are asked for.
    assert [asked["Source"] for name, asked in reader.calls if "Source" in asked] == ["user"]


@pytest.mark.parametrize("which", GIVEN)
def test_parameters_that_could_not_be_read_are_unknown(which: str) -> None:
    (found,) = live(*answers(which, DENIED))
    assert found.attributes["parameter"] is DENIED


@pytest.mark.parametrize("which", GIVEN)
def test_nothing_was_set_in_a_group_of_awss_own(which: str) -> None:
    kind, group, _, _ = GIVEN[which]
    name = next(key for key in group if key.endswith("GroupName"))
    (found,) = live(*answers(which, DENIED, **{name: "default.postgres16"}))
    assert found.attributes["parameter"] == [] and isinstance(found.attributes["tags"], Unknown), kind.type


def test_option_groups() -> None:
    """By AWS's shapes only: moto cannot list them without being told their names."""
    option = {
        "OptionName": "MARIADB_AUDIT_PLUGIN",
        "Port": 5000,
        "OptionVersion": "1",
        "VpcSecurityGroupMemberships": [{"VpcSecurityGroupId": "sg-1", "Status": "active"}],
        "OptionSettings": [
            {"Name": "SERVER_AUDIT_EVENTS", "Value": "CONNECT", "DefaultValue": "ALL"},
            {"Name": "SERVER_AUDIT_FILE_ROTATIONS", "Value": "9", "DefaultValue": "9"},
        ],
    }
    group = {
        "OptionGroupName": "main",
        "OptionGroupArn": arn("rds", "og"),
        "EngineName": "mysql",
        "MajorEngineVersion": "8.0",
        "Options": [option],
    }
    own = {"OptionGroupName": "default:mysql-8-0", "OptionGroupArn": arn("rds", "og", "default:mysql-8-0")}
    found, default = live(
        OPTIONS,
        {
            ("rds", "describe_option_groups"): {"OptionGroupsList": [group, own]},
            ("rds", "list_tags_for_resource"): TAGGED,
        },
    )
    (given,) = found.attributes["option"]
    assert (given["option_name"], given["port"], given["version"]) == ("MARIADB_AUDIT_PLUGIN", 5000, "1")
    assert given["vpc_security_group_memberships"] == ["sg-1"]
    assert [one["name"] for one in given["option_settings"]] == ["SERVER_AUDIT_EVENTS"]
    assert found.attributes["tags"] == {"Name": "main"} and isinstance(default.attributes["tags"], Unknown)


def test_the_values_of_option_settings_are_secret() -> None:
    setting = {"option_name": "TDE", "option_settings": [{"name": "WALLET", "value": "not-a-secret"}]}
    observation = Observation("terraform", (source(OPTIONS.type, option=[setting]),))
    (found,) = canonical(observation, {OPTIONS.type: OPTIONS}).resources
    assert isinstance(found.attributes["option"][0]["option_settings"][0]["value"], Redacted)


@pytest.mark.parametrize("kind", [SUBNETS, PARAMETERS, OF_CLUSTERS, CACHE_SUBNETS, CACHE_PARAMETERS])
def test_the_description_has_a_default(kind: Kind) -> None:
    (found,) = canonical(Observation("terraform", (source(kind.type),)), {kind.type: kind}).resources
    assert found.attributes["description"] == "Managed by Terraform"


@pytest.mark.parametrize("kind", [PARAMETERS, OF_CLUSTERS])
def test_parameters_take_effect_at_once_if_nothing_else_is_said(kind: Kind) -> None:
    group = source(kind.type, parameter=[{"name": "a", "value": 1}, {"name": "b", "apply_method": "pending-reboot"}])
    (found,) = canonical(Observation("terraform", (group,)), {kind.type: kind}).resources
    assert found.attributes["parameter"][0] == {"name": "a", "value": "1", "apply_method": "immediate"}
    assert found.attributes["parameter"][1]["apply_method"] == "pending-reboot"
