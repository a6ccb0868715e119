"""Parameters of Systems Manager: that they are there, and how they are kept. Never what they hold.

Sources: provider documentation of ``aws_ssm_parameter``; SSM API Reference, DescribeParameters (gives no values) and
ListTagsForResource.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from audits.kind import Kind, Read, Reader
from audits.kinds._details import OF_TERRAFORM, tag_pairs, told
from audits.model import Resource, Value

_VALUES = ("value", "insecure_value", "value_wo")


def _from_live(reader: Reader) -> Iterable[Resource]:
    return reader.each(reader.pages("ssm", "describe_parameters", "Parameters"), partial(_parameter, reader))


def _parameter(reader: Reader, found: Mapping[str, Any]) -> Resource:
    name = found["Name"]
    arn = f"arn:{reader.partition}:ssm:{reader.region}:{reader.account}:parameter/{name.removeprefix('/')}"
    attributes: dict[str, Value] = {
        "id": name,
        "arn": arn,
        "name": name,
        "type": found.get("Type"),
        "tier": found.get("Tier"),
        "data_type": found.get("DataType"),
        "description": found.get("Description", ""),
        "allowed_pattern": found.get("AllowedPattern", ""),
        "key_id": found.get("KeyId", ""),
        "version": found.get("Version"),
        "overwrite": OF_TERRAFORM,
        "has_value_wo": OF_TERRAFORM,
        "value_wo_version": OF_TERRAFORM,
        **told(
            reader,
            "ssm",
            "list_tags_for_resource",
            lambda answer: {"tags": tag_pairs(answer.get("TagList"))},
            resource=arn,
            none={"tags": {}},
            ResourceType="Parameter",
            ResourceId=name,
        ),
    }
    return reader.resource("aws_ssm_parameter", arn, attributes)


KIND = Kind(
    type="aws_ssm_parameter",
    identity=("name",),
    names=("id", "arn", "name"),
    reads=(Read("ssm", "describe_parameters"), Read("ssm", "list_tags_for_resource")),
    secrets=_VALUES,
    from_live=_from_live,
)
