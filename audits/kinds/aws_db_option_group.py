"""Option groups of RDS.

Sources: provider documentation of ``aws_db_option_group``; RDS API Reference, DescribeOptionGroups, Option and
OptionSetting.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from audits.kind import Default, Kind, Read, Reader
from audits.kinds._details import OF_TERRAFORM, plan_default
from audits.kinds._rds import tags_of_group
from audits.model import Resource, Value


def _from_live(reader: Reader) -> Iterable[Resource]:
    return reader.each(reader.pages("rds", "describe_option_groups", "OptionGroupsList"), partial(_group, reader))


def _group(reader: Reader, group: Mapping[str, Any]) -> Resource:
    name, arn = group["OptionGroupName"], group["OptionGroupArn"]
    attributes: dict[str, Value] = {
        "id": name,
        "arn": arn,
        "name": name,
        "engine_name": group.get("EngineName"),
        "major_engine_version": group.get("MajorEngineVersion"),
        "option_group_description": group.get("OptionGroupDescription"),
        "option": [_option(one) for one in group.get("Options") or ()],
        "skip_destroy": OF_TERRAFORM,
        "tags": tags_of_group(reader, arn, name),
    }
    return reader.resource("aws_db_option_group", arn, attributes)


def _option(option: Mapping[str, Any]) -> dict[str, Value]:
    # Every setting of an option is in the answer; the provider keeps those that differ from the engine's default.
    settings = [
        {"name": one.get("Name"), "value": one.get("Value", "")}
        for one in option.get("OptionSettings") or ()
        if one.get("Value") is not None and one.get("Value") != one.get("DefaultValue")
    ]
    return {
        "option_name": option["OptionName"],
        "port": option.get("Port", 0),
        "version": option.get("OptionVersion", ""),
        "option_settings": settings,
        "db_security_group_memberships": [
            one["DBSecurityGroupName"] for one in option.get("DBSecurityGroupMemberships") or ()
        ],
        "vpc_security_group_memberships": [
            one["VpcSecurityGroupId"] for one in option.get("VpcSecurityGroupMemberships") or ()
        ],
    }


KIND = Kind(
    type="aws_db_option_group",
    identity=("name",),
    names=("id", "arn", "name"),
    reads=(Read("rds", "describe_option_groups"), Read("rds", "list_tags_for_resource")),
    # A value may be a password (RDS User Guide, options: a wallet's); the provider knows which only by name.
    secrets=("option[*].option_settings[*].value",),
    defaults={"option_group_description": Default("Managed by Terraform", plan_default("aws_db_option_group"))},
    from_live=_from_live,
)
