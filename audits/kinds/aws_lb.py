"""Load balancers of the second generation (application, network, gateway).

Sources: provider documentation of ``aws_lb``; ELB API Reference (2015-12-01), DescribeLoadBalancers, DescribeTags (at
most 20 ARNs a call) and LoadBalancerAttribute, which lists the attributes' keys by type of load balancer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from audits.kind import Default, Kind, Read, Reader
from audits.kinds.aws_vpc import tags
from audits.model import Cause, Resource, Unknown, Value

_SCHEMA = "provider 5.100 schema default (the planned value of an aws_lb that leaves it out)"
_TAGS_AT_ONCE = 20
_NUMBERS = {"idle_timeout": "idle_timeout.timeout_seconds", "client_keep_alive": "client_keep_alive.seconds"}
_WORDS = {
    "desync_mitigation_mode": "routing.http.desync_mitigation_mode",
    "dns_record_client_routing_policy": "dns_record.client_routing_policy",
    "xff_header_processing_mode": "routing.http.xff_header_processing.mode",
}
_SWITCHES = {
    "drop_invalid_header_fields": "routing.http.drop_invalid_header_fields.enabled",
    "enable_cross_zone_load_balancing": "load_balancing.cross_zone.enabled",
    "enable_deletion_protection": "deletion_protection.enabled",
    "enable_http2": "routing.http2.enabled",
    "enable_tls_version_and_cipher_suite_headers": "routing.http.x_amzn_tls_version_and_cipher_suite.enabled",
    "enable_waf_fail_open": "waf.fail_open.enabled",
    "enable_xff_client_port": "routing.http.xff_client_port.enabled",
    "enable_zonal_shift": "zonal_shift.config.enabled",
    "preserve_host_header": "routing.http.preserve_host_header.enabled",
}
_LOGS = ("access_logs", "connection_logs")
_OF_ATTRIBUTES = (*_NUMBERS, *_WORDS, *_SWITCHES, *_LOGS)


def with_tags(reader: Reader, resources: Sequence[Resource]) -> list[Resource]:
    """The load balancers, listeners or target groups with their tags, which a call of its own tells of many."""
    arns = [resource.identity for resource in resources]
    chunks = [arns[start : start + _TAGS_AT_ONCE] for start in range(0, len(arns), _TAGS_AT_ONCE)]
    found: dict[str, Value] = {}
    for told in reader.each(chunks, partial(_tags_of, reader)):
        found.update(told)
    return [replace(one, attributes={**one.attributes, "tags": found[one.identity]}) for one in resources]


def _tags_of(reader: Reader, arns: Sequence[str]) -> dict[str, Value]:
    answer = reader.detail("elbv2", "describe_tags", resource="*", attribute="tags", ResourceArns=arns)
    if isinstance(answer, Unknown):
        return dict.fromkeys(arns, answer)
    unlisted = Unknown(Cause.UNREADABLE, detail="elbv2:DescribeTags does not tell of it")
    return {
        **dict.fromkeys(arns, unlisted),
        **{one["ResourceArn"]: tags(one) for one in (answer or {})["TagDescriptions"]},
    }


def _from_live(reader: Reader) -> Iterable[Resource]:
    listed = reader.pages("elbv2", "describe_load_balancers", "LoadBalancers")
    return with_tags(reader, reader.each(listed, partial(_balancer, reader)))


def _balancer(reader: Reader, balancer: Mapping[str, Any]) -> Resource:
    arn = balancer["LoadBalancerArn"]
    addresses = [
        {
            "subnet_id": zone.get("SubnetId"),
            "outpost_id": zone.get("OutpostId", ""),
            "allocation_id": address.get("AllocationId", ""),
            "ipv6_address": address.get("IPv6Address", ""),
            "private_ipv4_address": address.get("PrivateIPv4Address", ""),
        }
        for zone in balancer.get("AvailabilityZones") or ()
        for address in zone.get("LoadBalancerAddresses") or [{}]
    ]
    attributes = {
        "id": arn,
        "arn": arn,
        "arn_suffix": arn.partition(":loadbalancer/")[2],
        "name": balancer["LoadBalancerName"],
        "internal": balancer.get("Scheme") == "internal",
        "load_balancer_type": balancer["Type"],
        "ip_address_type": balancer.get("IpAddressType"),
        "security_groups": list(balancer.get("SecurityGroups") or ()),
        "subnets": [zone["SubnetId"] for zone in balancer.get("AvailabilityZones") or () if zone.get("SubnetId")],
        "subnet_mapping": addresses,
        "vpc_id": balancer.get("VpcId"),
        "dns_name": balancer.get("DNSName"),
        "zone_id": balancer.get("CanonicalHostedZoneId"),
        "customer_owned_ipv4_pool": balancer.get("CustomerOwnedIpv4Pool", ""),
        **_attributes(reader, arn),
    }
    return reader.resource("aws_lb", arn, attributes)


def _attributes(reader: Reader, arn: str) -> dict[str, Value]:
    answer = reader.detail(
        "elbv2",
        "describe_load_balancer_attributes",
        resource=arn,
        attribute=", ".join(_OF_ATTRIBUTES),
        LoadBalancerArn=arn,
    )
    if isinstance(answer, Unknown):
        return dict.fromkeys(_OF_ATTRIBUTES, answer)
    # Only the keys of the balancer's own type are in the answer: what is not there does not apply.
    given = {one["Key"]: one.get("Value", "") for one in (answer or {})["Attributes"]}
    return {
        **{name: int(given[key]) if key in given else None for name, key in _NUMBERS.items()},
        **{name: given.get(key) for name, key in _WORDS.items()},
        **{name: given[key] == "true" if key in given else None for name, key in _SWITCHES.items()},
        **{name: _log(given, name) for name in _LOGS},
    }


def _log(given: Mapping[str, str], name: str) -> list[Value]:
    if f"{name}.s3.enabled" not in given:
        return []
    enabled = given[f"{name}.s3.enabled"] == "true"
    bucket, prefix = given.get(f"{name}.s3.bucket", ""), given.get(f"{name}.s3.prefix", "")
    return [{"enabled": enabled, "bucket": bucket, "prefix": prefix}]


KIND = Kind(
    type="aws_lb",
    identity=("name",),
    names=("id", "arn", "name", "arn_suffix", "dns_name"),
    reads=(
        Read("elbv2", "describe_load_balancers"),
        Read("elbv2", "describe_load_balancer_attributes"),
        Read("elbv2", "describe_tags"),
    ),
    on_demand={", ".join(_OF_ATTRIBUTES): _OF_ATTRIBUTES},
    security_groups=("security_groups[*]",),
    aliases=("aws_alb",),
    defaults={
        "load_balancer_type": Default("application", _SCHEMA),
        "idle_timeout": Default(60, _SCHEMA),
        "drop_invalid_header_fields": Default(False, _SCHEMA),
        "enable_deletion_protection": Default(False, _SCHEMA),
        "enable_http2": Default(True, _SCHEMA),
        "desync_mitigation_mode": Default("defensive", _SCHEMA),
        "internal": Default(False, "ELB API Reference, CreateLoadBalancer, Scheme: the default is internet-facing"),
    },
    from_live=_from_live,
)
