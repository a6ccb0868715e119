"""REST APIs, with their resource policy.

The policy is answered with its quotes escaped, so it is undone first. Sources: provider documentation of
``aws_api_gateway_rest_api`` and ``aws_api_gateway_rest_api_policy``; API Gateway V1 API Reference, GetRestApis.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from audits.kind import Kind, Part, Reader
from audits.kinds._apigateway import REST_APIS, arn, execution_arn
from audits.kinds._details import OF_TERRAFORM, document, only, tag_map
from audits.kinds.aws_iam_role import timestamp
from audits.model import Resource, Value

_SOURCE_ONLY = ("body", "fail_on_warnings", "parameters", "put_rest_api_mode")


def _from_live(reader: Reader) -> Iterable[Resource]:
    return reader.each(reader.pages("apigateway", "get_rest_apis", "items"), lambda api: _api(reader, api))


def _api(reader: Reader, api: Mapping[str, Any]) -> Resource:
    identifier = api["id"]
    endpoint = api.get("endpointConfiguration")
    size = api.get("minimumCompressionSize")
    attributes: dict[str, Value] = {
        **dict.fromkeys(_SOURCE_ONLY, OF_TERRAFORM),
        "id": identifier,
        "arn": arn(reader, f"/restapis/{identifier}"),
        "execution_arn": execution_arn(reader, identifier),
        "name": api["name"],
        "api_key_source": api.get("apiKeySource"),
        "binary_media_types": list(api.get("binaryMediaTypes") or ()),
        "created_date": timestamp(api.get("createdDate")),
        "description": api.get("description", ""),
        "disable_execute_api_endpoint": api.get("disableExecuteApiEndpoint", False),
        "endpoint_configuration": [
            {
                "ip_address_type": endpoint.get("ipAddressType", ""),
                "types": list(endpoint.get("types") or ()),
                "vpc_endpoint_ids": list(endpoint.get("vpcEndpointIds") or ()),
            }
        ]
        if endpoint
        else [],
        "minimum_compression_size": "" if size is None else str(size),
        "policy": api.get("policy", "").replace('\\"', '"'),
        "root_resource_id": api.get("rootResourceId"),
        "tags": tag_map(api.get("tags")),
    }
    return reader.resource("aws_api_gateway_rest_api", attributes["arn"], attributes)


KIND = Kind(
    type="aws_api_gateway_rest_api",
    identity=("name",),
    names=("id", "arn", "execution_arn"),
    reads=(REST_APIS,),
    documents=("policy",),
    parts=(
        Part("aws_api_gateway_rest_api_policy", "rest_api_id", ("policy",), convert=document("policy"), many=False),
    ),
    from_terraform=lambda api: only(api, "policy"),
    from_live=_from_live,
)
