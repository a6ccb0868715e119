"""What a domain name of one's own leads to: API and stage, by path.

Sources: provider documentation of ``aws_apigatewayv2_api_mapping``; API Gateway V2 API Reference, GetDomainNames and
GetApiMappings.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from audits.kind import Kind, Reader
from audits.kinds._apigateway import read
from audits.kinds.aws_apigatewayv2_domain_name import DOMAINS
from audits.model import Resource


def _from_live(reader: Reader) -> Iterable[Resource]:
    def mappings(domain: Mapping[str, Any]) -> list[Resource]:
        name = domain["DomainName"]
        return [
            reader.resource(
                "aws_apigatewayv2_api_mapping",
                f"{name}/{one['ApiMappingId']}",
                {
                    "id": one["ApiMappingId"],
                    "api_id": one["ApiId"],
                    "api_mapping_key": one.get("ApiMappingKey", ""),
                    "domain_name": name,
                    "stage": one["Stage"],
                },
            )
            for one in reader.pages("apigatewayv2", "get_api_mappings", "Items", DomainName=name)
        ]

    found = reader.each(reader.pages("apigatewayv2", "get_domain_names", "Items"), mappings)
    return [one for several in found for one in several]


KIND = Kind(
    type="aws_apigatewayv2_api_mapping",
    names=("id",),
    reads=(DOMAINS, read("get_api_mappings")),
    from_live=_from_live,
)
