"""Parameter groups of RDS instances, with the parameters that were set in them.

Sources: provider documentation of ``aws_db_parameter_group``; RDS API Reference, DescribeDBParameterGroups and
DescribeDBParameters (``Source`` = ``user``: those that are not the engine's own).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from audits.kind import Default, Kind, Read, Reader
from audits.kinds._details import OF_TERRAFORM, plan_default
from audits.kinds._rds import parameters, tags_of_group
from audits.model import Resource, Value

_SCHEMA = plan_default("aws_db_parameter_group")


def _from_live(reader: Reader) -> Iterable[Resource]:
    listed = reader.pages("rds", "describe_db_parameter_groups", "DBParameterGroups")
    return reader.each(listed, partial(_group, reader))


def _group(reader: Reader, group: Mapping[str, Any]) -> Resource:
    name, arn = group["DBParameterGroupName"], group["DBParameterGroupArn"]
    attributes: dict[str, Value] = {
        "id": name,
        "arn": arn,
        "name": name,
        "family": group.get("DBParameterGroupFamily"),
        "description": group.get("Description"),
        "parameter": parameters(reader, "describe_db_parameters", "DBParameterGroupName", name, arn),
        "skip_destroy": OF_TERRAFORM,
        "tags": tags_of_group(reader, arn, name),
    }
    return reader.resource("aws_db_parameter_group", arn, attributes)


KIND = Kind(
    type="aws_db_parameter_group",
    identity=("name",),
    names=("id", "arn", "name"),
    reads=(
        Read("rds", "describe_db_parameter_groups"),
        Read("rds", "describe_db_parameters"),
        Read("rds", "list_tags_for_resource"),
    ),
    defaults={
        "description": Default("Managed by Terraform", _SCHEMA),
        "parameter[*].apply_method": Default("immediate", _SCHEMA),
    },
    from_live=_from_live,
)
