"""CloudFront functions, as they are in the development stage; their code is not read.

Sources: provider documentation of ``aws_cloudfront_function``; CloudFront API Reference, ListFunctions (every function
is in the DEVELOPMENT stage; botocore has no paginator for it: the reader follows ``NextMarker``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from audits.kind import Kind, Read, Reader
from audits.kinds._cloudfront import items
from audits.kinds._details import OF_TERRAFORM
from audits.kinds.aws_vpc import not_read
from audits.model import Resource, Value


def _from_live(reader: Reader) -> Iterable[Resource]:
    listed = reader.pages("cloudfront", "list_functions", "FunctionList.Items", Stage="DEVELOPMENT")
    return reader.each(listed, partial(_function, reader))


def _function(reader: Reader, function: Mapping[str, Any]) -> Resource:
    config, arn = function["FunctionConfig"], function["FunctionMetadata"]["FunctionARN"]
    stores: list[Any] = items(config.get("KeyValueStoreAssociations"))
    attributes: dict[str, Value] = {
        "id": function["Name"],
        "arn": arn,
        "name": function["Name"],
        "comment": config.get("Comment", ""),
        "runtime": config.get("Runtime"),
        "status": function.get("Status"),
        "key_value_store_associations": [one["KeyValueStoreARN"] for one in stores],
        "code": not_read("cloudfront:GetFunction"),
        "publish": OF_TERRAFORM,
        "etag": not_read("cloudfront:DescribeFunction"),
        "live_stage_etag": not_read("cloudfront:DescribeFunction"),
    }
    return reader.resource("aws_cloudfront_function", arn, attributes)


KIND = Kind(
    type="aws_cloudfront_function",
    identity=("name",),
    names=("id", "arn", "name"),
    scope="global",
    reads=(Read("cloudfront", "list_functions"),),
    from_live=_from_live,
)
