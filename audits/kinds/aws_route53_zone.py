"""Hosted zones, with the networks that see them. Route 53 is global: they are read once.

Sources: provider documentation of ``aws_route53_zone`` and ``aws_route53_zone_association``; Route 53 API Reference,
ListHostedZones, GetHostedZone (name servers of a public zone, networks of a private one) and ListTagsForResources (at
most ten zones a call).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from audits.kind import Default, Kind, Part, Read, Reader
from audits.kinds._details import OF_TERRAFORM, on_demand, plan_default, tag_pairs, told
from audits.kinds.aws_vpc import not_read
from audits.model import Cause, Resource, Unknown, Value

_PLAN = plan_default("aws_route53_zone")
_TAGS_AT_ONCE = 10


def zone_id(listed: Mapping[str, Any]) -> str:
    """The identifier alone: AWS writes ``/hostedzone/Z…``."""
    return str(listed["Id"]).rsplit("/", 1)[-1]


def plain_name(name: str) -> str:
    r"""A domain name without the dot at its end, and with ``*`` where Route 53 answers ``\052``."""
    return name.removesuffix(".").replace("\\052", "*")


def _from_terraform(zone: Resource) -> Resource:
    name = zone.attributes.get("name")
    if not isinstance(name, str):
        return zone
    return replace(zone, attributes={**zone.attributes, "name": plain_name(name).lower()})


def _association(part: Resource) -> Mapping[str, Any]:
    return {"vpc": [{name: part.attributes[name] for name in ("vpc_id", "vpc_region") if name in part.attributes}]}


def _from_live(reader: Reader) -> Iterable[Resource]:
    zones = reader.each(reader.pages("route53", "list_hosted_zones", "HostedZones"), partial(_zone, reader))
    ids = [str(zone.attributes["zone_id"]) for zone in zones]
    chunks = [ids[start : start + _TAGS_AT_ONCE] for start in range(0, len(ids), _TAGS_AT_ONCE)]
    tags: dict[str, Value] = {}
    for found in reader.each(chunks, partial(_tags, reader)):
        tags.update(found)
    return [replace(zone, attributes={**zone.attributes, "tags": tags[str(zone.attributes["id"])]}) for zone in zones]


def _tags(reader: Reader, ids: Sequence[str]) -> dict[str, Value]:
    answer = reader.detail(
        "route53",
        "list_tags_for_resources",
        resource="*",
        attribute="tags",
        ResourceType="hostedzone",
        ResourceIds=list(ids),
    )
    if isinstance(answer, Unknown):
        return dict.fromkeys(ids, answer)
    untold = Unknown(Cause.UNREADABLE, detail="route53:ListTagsForResources does not tell of it")
    return {
        **dict.fromkeys(ids, untold),
        **{one["ResourceId"]: tag_pairs(one.get("Tags")) for one in (answer or {})["ResourceTagSets"]},
    }


def _zone(reader: Reader, listed: Mapping[str, Any]) -> Resource:
    identifier, config = zone_id(listed), listed.get("Config") or {}
    arn = f"arn:{reader.partition}:route53:::hostedzone/{identifier}"
    private = bool(config.get("PrivateZone"))
    attributes: dict[str, Value] = {
        "id": identifier,
        "zone_id": identifier,
        "arn": arn,
        "name": plain_name(listed["Name"]),
        "comment": config.get("Comment", ""),
        "force_destroy": OF_TERRAFORM,
        **(_private(reader, arn, identifier) if private else _public(reader, arn, identifier)),
    }
    return reader.resource("aws_route53_zone", arn, attributes)


def _public(reader: Reader, arn: str, identifier: str) -> dict[str, Value]:
    """What the listing does not tell of a public zone. No network is associated with it: it could not be public."""
    found = told(reader, "route53", "get_hosted_zone", _delegation, resource=arn, none=_delegation({}), Id=identifier)
    return {**found, "vpc": []}


def _private(reader: Reader, arn: str, identifier: str) -> dict[str, Value]:
    """What the listing does not tell of a private zone. It has no delegation: only its own NS record names servers."""
    found = told(reader, "route53", "get_hosted_zone", _networks, resource=arn, none=_networks({}), Id=identifier)
    unlisted = not_read("route53:ListResourceRecordSets")
    return {**found, "delegation_set_id": "", "name_servers": unlisted, "primary_name_server": unlisted}


def _delegation(answer: Mapping[str, Any]) -> dict[str, Value]:
    delegation = answer.get("DelegationSet") or {}
    servers = list(delegation.get("NameServers") or ())
    return {
        "delegation_set_id": (delegation.get("Id") or "").rsplit("/", 1)[-1],
        "name_servers": sorted(servers),
        "primary_name_server": (servers or [None])[0],
    }


def _networks(answer: Mapping[str, Any]) -> dict[str, Value]:
    found = answer.get("VPCs") or ()
    return {"vpc": [{"vpc_id": one.get("VPCId"), "vpc_region": one.get("VPCRegion")} for one in found]}


KIND = Kind(
    type="aws_route53_zone",
    identity=("name",),
    names=("id", "zone_id", "arn"),
    scope="global",
    on_demand=on_demand(_delegation({}), _networks({})),
    reads=(
        Read("route53", "list_hosted_zones"),
        Read("route53", "get_hosted_zone"),
        Read("route53", "list_tags_for_resources"),
    ),
    defaults={"comment": Default("Managed by Terraform", _PLAN), "force_destroy": Default(False, _PLAN)},
    parts=(Part("aws_route53_zone_association", "zone_id", ("vpc",), ("id", "zone_id"), _association),),
    from_terraform=_from_terraform,
    from_live=_from_live,
)
