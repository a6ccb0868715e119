"""DNS records of the hosted zones. Zones whose records cannot be listed hide only their own.

Names are written without a dot at their end and in small letters. The account gives full names (``api.example.com``),
source may give them relative to the zone (``api``): the two are then matched by what a control selects, not by name.
Sources: provider documentation of ``aws_route53_record``; Route 53 API Reference, ListResourceRecordSets; the provider
leaves ``dualstack.`` out of an alias's name and the outer quotes out of a text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from audits.kind import Kind, Read, Reader
from audits.kinds._details import OF_TERRAFORM
from audits.kinds.aws_route53_zone import plain_name, zone_id
from audits.model import Resource, Unknown, Value

_QUOTED = ("TXT", "SPF")


def _alias_name(name: str) -> str:
    return plain_name(name).lower().removeprefix("dualstack.")


def _plain(value: Value, change: Any) -> Value:
    return change(value) if isinstance(value, str) else value


def _from_terraform(record: Resource) -> Resource:
    attributes = dict(record.attributes)
    if "name" in attributes:
        attributes["name"] = _plain(attributes["name"], lambda name: plain_name(name).lower())
    if "alias" in attributes:
        attributes["alias"] = _aliases(attributes["alias"])
    return replace(record, attributes=attributes)


def _aliases(blocks: Value) -> Value:
    if isinstance(blocks, Unknown):
        return blocks if blocks.partial is None else replace(blocks, partial=_aliases(blocks.partial))
    if not isinstance(blocks, list):
        return blocks
    return [
        {**block, "name": _plain(block["name"], _alias_name)} if isinstance(block, dict) and "name" in block else block
        for block in blocks
    ]


def _from_live(reader: Reader) -> Iterable[Resource]:
    zones = reader.pages("route53", "list_hosted_zones", "HostedZones")
    return [record for records in reader.each(zones, partial(_records, reader)) for record in records]


def _records(reader: Reader, zone: Mapping[str, Any]) -> list[Resource]:
    identifier = zone_id(zone)
    found = reader.pages("route53", "list_resource_record_sets", "ResourceRecordSets", HostedZoneId=identifier)
    return [_record(reader, identifier, record) for record in found]


def _record(reader: Reader, zone: str, record: Mapping[str, Any]) -> Resource:
    name, sort, marked = plain_name(record["Name"]), record["Type"], record.get("SetIdentifier", "")
    identifier = "_".join(part for part in (zone, name, sort, marked) if part)
    alias = record.get("AliasTarget")
    attributes: dict[str, Value] = {
        "id": identifier,
        "zone_id": zone,
        "name": name,
        "fqdn": name,
        "type": sort,
        "ttl": record.get("TTL", 0),
        "records": [_text(one["Value"], sort) for one in record.get("ResourceRecords") or ()],
        "set_identifier": marked,
        "health_check_id": record.get("HealthCheckId", ""),
        "multivalue_answer_routing_policy": record.get("MultiValueAnswer", False),
        "allow_overwrite": OF_TERRAFORM,
        "alias": [
            {
                "name": _alias_name(alias["DNSName"]),
                "zone_id": alias["HostedZoneId"],
                "evaluate_target_health": alias["EvaluateTargetHealth"],
            }
        ]
        if alias
        else [],
        **_routing(record),
    }
    return reader.resource("aws_route53_record", f"{reader.account}/{identifier}", attributes)


def _text(value: str, sort: str) -> str:
    quoted = sort in _QUOTED and len(value) > 1 and value[0] == value[-1] == '"'
    return value[1:-1] if quoted else value


def _routing(record: Mapping[str, Any]) -> dict[str, Value]:
    """The blocks that say which of several records of one name is given; each is empty where it is not the one."""
    geo, cidr, near = record.get("GeoLocation"), record.get("CidrRoutingConfig"), record.get("GeoProximityLocation")
    place = (near or {}).get("Coordinates")
    return {
        "weighted_routing_policy": [{"weight": record["Weight"]}] if "Weight" in record else [],
        "latency_routing_policy": [{"region": record["Region"]}] if "Region" in record else [],
        "failover_routing_policy": [{"type": record["Failover"]}] if "Failover" in record else [],
        "geolocation_routing_policy": [
            {
                "continent": geo.get("ContinentCode", ""),
                "country": geo.get("CountryCode", ""),
                "subdivision": geo.get("SubdivisionCode", ""),
            }
        ]
        if geo
        else [],
        "cidr_routing_policy": [{"collection_id": cidr.get("CollectionId"), "location_name": cidr.get("LocationName")}]
        if cidr
        else [],
        "geoproximity_routing_policy": [
            {
                "aws_region": near.get("AWSRegion", ""),
                "bias": near.get("Bias", 0),
                "local_zone_group": near.get("LocalZoneGroup", ""),
                "coordinates": [{"latitude": place["Latitude"], "longitude": place["Longitude"]}] if place else [],
            }
        ]
        if near
        else [],
    }


KIND = Kind(
    type="aws_route53_record",
    identity=("name", "type"),
    names=("id", "fqdn"),
    scope="global",
    reads=(Read("route53", "list_hosted_zones"), Read("route53", "list_resource_record_sets")),
    from_terraform=_from_terraform,
    from_live=_from_live,
)
