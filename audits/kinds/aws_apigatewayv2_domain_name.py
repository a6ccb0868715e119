"""Domain names of one's own for HTTP and WebSocket APIs.

Sources: provider documentation of ``aws_apigatewayv2_domain_name``; API Gateway V2 API Reference, GetDomainNames.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from audits.kind import Kind, Reader
from audits.kinds._apigateway import arn, read
from audits.kinds._details import tag_map
from audits.model import Resource, Value

DOMAINS = read("get_domain_names")


def _from_live(reader: Reader) -> Iterable[Resource]:
    return reader.each(reader.pages("apigatewayv2", "get_domain_names", "Items"), partial(_domain, reader))


def _domain(reader: Reader, found: Mapping[str, Any]) -> Resource:
    name = found["DomainName"]
    mutual = found.get("MutualTlsAuthentication")
    attributes: dict[str, Value] = {
        "id": name,
        "domain_name": name,
        "arn": arn(reader, f"/domainnames/{name}"),
        "api_mapping_selection_expression": found.get("ApiMappingSelectionExpression", ""),
        "domain_name_configuration": [_configuration(one) for one in found.get("DomainNameConfigurations") or ()],
        "mutual_tls_authentication": [
            {"truststore_uri": mutual.get("TruststoreUri"), "truststore_version": mutual.get("TruststoreVersion", "")}
        ]
        if mutual
        else [],
        "tags": tag_map(found.get("Tags")),
    }
    return reader.resource("aws_apigatewayv2_domain_name", attributes["arn"], attributes)


def _configuration(found: Mapping[str, Any]) -> dict[str, Value]:
    return {
        "certificate_arn": found.get("CertificateArn"),
        "endpoint_type": found.get("EndpointType"),
        "hosted_zone_id": found.get("HostedZoneId"),
        "ip_address_type": found.get("IpAddressType", ""),
        "ownership_verification_certificate_arn": found.get("OwnershipVerificationCertificateArn", ""),
        "security_policy": found.get("SecurityPolicy"),
        "target_domain_name": found.get("ApiGatewayDomainName"),
    }


KIND = Kind(
    type="aws_apigatewayv2_domain_name",
    identity=("domain_name",),
    names=("id", "arn", "domain_name"),
    reads=(DOMAINS,),
    from_live=_from_live,
)
