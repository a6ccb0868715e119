"""Subnet groups of RDS.

Sources: provider documentation of ``aws_db_subnet_group``; RDS API Reference, DescribeDBSubnetGroups and
ListTagsForResource.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from audits.kind import Default, Kind, Read, Reader
from audits.kinds._details import plan_default
from audits.kinds._rds import tags_of
from audits.model import Resource, Value


def _from_live(reader: Reader) -> Iterable[Resource]:
    return reader.each(reader.pages("rds", "describe_db_subnet_groups", "DBSubnetGroups"), partial(_group, reader))


def _group(reader: Reader, group: Mapping[str, Any]) -> Resource:
    name, arn = group["DBSubnetGroupName"], group["DBSubnetGroupArn"]
    attributes: dict[str, Value] = {
        "id": name,
        "arn": arn,
        "name": name,
        "description": group.get("DBSubnetGroupDescription"),
        "subnet_ids": [one["SubnetIdentifier"] for one in group.get("Subnets") or ()],
        "supported_network_types": list(group.get("SupportedNetworkTypes") or ()),
        "vpc_id": group.get("VpcId"),
        "tags": tags_of(reader, arn),
    }
    return reader.resource("aws_db_subnet_group", arn, attributes)


KIND = Kind(
    type="aws_db_subnet_group",
    identity=("name",),
    names=("id", "arn", "name"),
    reads=(Read("rds", "describe_db_subnet_groups"), Read("rds", "list_tags_for_resource")),
    defaults={"description": Default("Managed by Terraform", plan_default("aws_db_subnet_group"))},
    from_live=_from_live,
)
