"""What the AWS provider makes of configured values while it plans: one spelling of several, and nothing of empty ones.

Source: provider 5.100.0 (``StateFunc`` and ``CustomizeDiff`` in its schemas) and its plugin SDK (``finalizeDiff``);
``tests/planes/terraform/roots/spellings`` holds each of them to a plan. Where the provider only orders the keys of a
JSON document, most documents stay as they are written: they say the same.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from operator import itemgetter
from typing import Any

from audits import provider_schema
from audits.model import Unknown
from audits.planes.terraform.bodies import BodyValue
from audits.planes.terraform.documents import encode
from audits.planes.terraform.types import to_string
from audits.planes.terraform.values import (
    Map,
    OpenObject,
    Sensitive,
    SetValue,
    TerraformValue,
    close,
    is_number,
    is_wholly_known,
    make_set,
    unmark_deep,
)


def normalise(kind: str, body: BodyValue) -> None:
    """Write the values of an evaluated resource as the provider would; what is unknown stays as it is."""
    for path, spell in _SPELLINGS.get(kind, ()):
        _at(body, path, spell)
    if kind == "aws_acm_certificate":
        _certificate_names(body)
    if kind == "aws_instance" and "network_interface" in body.blocks and "source_dest_check" in body.attributes:
        # The provider leaves the check to the network interface, whatever the instance says.
        body.attributes["source_dest_check"] = None
    for name, value in body.attributes.items():
        if _is_empty(value) and _is_left_to_the_provider(kind, name):
            body.attributes[name] = None
    for name in _blocks_as_attributes(kind):
        if name in body.attributes:
            body.attributes[name] = _without_nulls(body.attributes[name])


def _at(body: BodyValue, path: str, spell: Callable[[str], str]) -> None:
    first, _, rest = path.partition(".")
    blocks = body.blocks.get(first)
    if rest and isinstance(blocks, list):
        for block in blocks:
            _at(block, rest, spell)
    elif first in body.attributes:
        body.attributes[first] = _spelled(body.attributes[first], rest, spell)


def _spelled(value: TerraformValue, path: str, spell: Callable[[str], str]) -> TerraformValue:
    """The value spelled anew; with a path it is a list of objects, which hold the value under that name."""
    if isinstance(value, Sensitive):
        return Sensitive(_spelled(value.value, path, spell))
    if not path:
        text = to_string(value) if is_number(value) else value
        return spell(text) if isinstance(text, str) else value
    if isinstance(value, SetValue):
        return make_set(_spelled(element, path, spell) for element in value.elements)
    if isinstance(value, tuple | list):
        return type(value)(_spelled(element, path, spell) for element in value)
    if isinstance(value, dict) and path in value and not isinstance(value, OpenObject):
        changed = {**value, path: _spelled(value[path], "", spell)}
        return Map(changed) if isinstance(value, Map) else changed
    return value


_PROTOCOLS = {"all": "-1", "58": "icmpv6", "17": "udp", "6": "tcp", "1": "icmp"}


def _protocol(text: str) -> str:
    return _PROTOCOLS.get(text.lower(), text.lower())


def _domain_name(text: str) -> str:
    return text if text == "." else text.lower().removesuffix(".")


def _zone_name(text: str) -> str:
    """Route 53 writes whatever is no letter, digit, hyphen or underscore as an octal code."""
    name = _domain_name(text)
    return "".join(one if one.isalnum() or one in "-_." or not one.isascii() else f"\\{ord(one):03o}" for one in name)


def _json(text: str) -> str:
    """A JSON object with its keys in order. Go would write numbers with a fraction in its own way: those stay."""
    try:
        document = json.loads(text, parse_float=_refuse)
    except (ValueError, RecursionError):
        return text
    return encode(document, sort_keys=True) if isinstance(document, dict) and document else text


def _refuse(number: str) -> float:
    raise ValueError(number)


def _container_definitions(text: str) -> str:
    """Containers, their environment and secrets by name, without what is null and without a ``cpu`` of 0.

    The provider reads the document into the API's own types, and writes it again; AWS is given it so.
    """
    try:
        containers = json.loads(text)
    except (ValueError, RecursionError):
        return text
    if not isinstance(containers, list) or not all(_are_named([one]) for one in containers):
        return text
    return encode([_container(one) for one in sorted(containers, key=itemgetter("name"))], sort_keys=True)


def _container(written: dict[str, Any]) -> dict[str, Any]:
    container: dict[str, Any] = _without_null_members(written)
    for name in ("environment", "secrets"):
        if _are_named(container.get(name)):
            container[name] = sorted(container[name], key=itemgetter("name"))
    if container.get("cpu") == 0:
        del container["cpu"]
    return container


def _are_named(value: Any) -> bool:
    if not isinstance(value, list):
        return False
    return all(isinstance(one, dict) and isinstance(one.get("name"), str) for one in value)


def _without_null_members(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_null_members(element) for element in value]
    if isinstance(value, dict):
        return {name: _without_null_members(one) for name, one in value.items() if one is not None}
    return value


_GROUP = (("ingress.protocol", _protocol), ("egress.protocol", _protocol))
_TARGETS = (("health_check.protocol", str.upper),)
_WINDOW = (("preferred_maintenance_window", str.lower),)

_SPELLINGS: dict[str, tuple[tuple[str, Callable[[str], str]], ...]] = {
    "aws_alb_target_group": _TARGETS,
    "aws_cloudwatch_dashboard": (("dashboard_body", _json),),
    "aws_db_instance": (("engine", str.lower), ("maintenance_window", str.lower)),
    "aws_default_security_group": _GROUP,
    "aws_docdb_cluster": _WINDOW,
    "aws_docdb_cluster_instance": _WINDOW,
    "aws_ecs_task_definition": (("container_definitions", _container_definitions),),
    "aws_elasticache_cluster": (("maintenance_window", str.lower),),
    "aws_elasticache_parameter_group": (("name", str.lower),),
    "aws_elasticache_replication_group": (("maintenance_window", str.lower), ("replication_group_id", str.lower)),
    "aws_elasticache_subnet_group": (("name", str.lower),),
    "aws_iam_policy": (("policy", _json),),
    "aws_iam_role": (("assume_role_policy", _json),),
    "aws_kms_key": (("policy", _json),),
    "aws_key_pair": (("public_key", str.strip),),
    "aws_lb_target_group": _TARGETS,
    "aws_neptune_cluster": _WINDOW,
    "aws_neptune_cluster_instance": _WINDOW,
    "aws_rds_cluster": _WINDOW,
    "aws_rds_cluster_instance": _WINDOW,
    "aws_redshift_cluster": _WINDOW,
    "aws_route53_record": (("name", _domain_name), ("alias.name", _domain_name)),
    "aws_route53_zone": (("name", _zone_name),),
    "aws_security_group": _GROUP,
    "aws_security_group_rule": (("protocol", _protocol),),
    "aws_sns_topic_policy": (("policy", _json),),
    "aws_sqs_queue": (("policy", _json),),
}


def _certificate_names(body: BodyValue) -> None:
    """ACM counts the domain itself among the alternative names, and the provider does so ahead."""
    domain = unmark_deep(close(body.attributes.get("domain_name")))[0]
    names = close(body.attributes.get("subject_alternative_names"))
    elements = names.elements if isinstance(names, SetValue) else names
    if not isinstance(domain, str) or not isinstance(elements, tuple | list) or not is_wholly_known(elements):
        return
    if domain not in elements:
        body.attributes["subject_alternative_names"] = make_set([*elements, domain])


# -- empty values ---------------------------------------------------------------------------------------------------

_KEPT = {
    "aws_instance": ("ipv6_addresses", "user_data"),
    "aws_lb_listener": ("routing_http_",),
    "aws_lb_target_group": ("preserve_client_ip",),
}
"""Beginnings of the names of attributes that are computed, but stay empty if they are written so."""


@cache
def _blocks_as_attributes(kind: str) -> tuple[str, ...]:
    """The attributes that are sets of objects: blocks that are written as attributes (``ingress = [{…}]``)."""
    attributes = (_block_of(kind) or {"attributes": {}})["attributes"]
    return tuple(
        name
        for name, body in attributes.items()
        if body.get("optional") and isinstance(body["type"], list) and not isinstance(body["type"][1], str)
    )


def _without_nulls(value: TerraformValue) -> TerraformValue:
    """In a block what is null is not written; so it is in an object that stands for a block."""
    if isinstance(value, Sensitive):
        return Sensitive(_without_nulls(value.value))
    if isinstance(value, SetValue):
        return SetValue(tuple(_without_nulls(element) for element in value.elements))
    if isinstance(value, tuple | list):
        return type(value)(_without_nulls(element) for element in value)
    if isinstance(value, dict) and not isinstance(value, OpenObject):
        return {name: inner for name, inner in value.items() if inner is not None}
    return value


def _block_of(kind: str) -> Mapping[str, Any] | None:
    try:
        return provider_schema.block_of(kind)
    except (OSError, ValueError):
        return None


def _is_left_to_the_provider(kind: str, name: str) -> bool:
    try:
        found = provider_schema.computed_if_empty(kind)
    except (OSError, ValueError, KeyError):
        return False
    return name in found and not name.startswith(_KEPT.get(kind, ()))


def _is_empty(value: TerraformValue) -> bool:
    inner = value.value if isinstance(value, Sensitive) else value
    if isinstance(inner, Unknown | OpenObject):
        return False
    elements = inner.elements if isinstance(inner, SetValue) else inner
    return isinstance(elements, str | dict | tuple | list) and not elements
