"""The set algebra against a plain evaluation, packet by packet and request by request, as AWS describes it."""

from __future__ import annotations

import fnmatch
import ipaddress
from itertools import product
from typing import Any

from hypothesis import given, settings

from audits.model import Resource
from audits.relations import reach
from tests.relations import iam_world as iam
from tests.relations import reach_world as chain
from tests.relations import relation_world as world
from tests.relations.test_three_values import STATEMENTS, chains, grant_states

MANY = settings(max_examples=300, deadline=None)

# A packet comes from an address, or from a member of a group; that one has an address, too, which nobody knows.
ADDRESSES = ["0.0.0.1", "10.1.2.3", "1.2.3.4", "127.0.0.1", "128.0.0.1", "255.255.255.255", "::1", "ffff::"]
MEMBERS = ["alb", "ecs", "rds", "third"]
PACKETS = list(product([*ADDRESSES, *MEMBERS], [0, 443, 3001, 5000, 5432, 6000, 65535], ["tcp", "udp"]))
HOPS = {("internet", "alb", 443), ("alb", "ecs", 3001), ("ecs", "rds", 5432)}


def admits(rule: dict[str, Any], own: str, source: str, port: int, protocol: str) -> bool:
    if rule["protocol"] != "-1":
        if {"6": "tcp"}.get(rule["protocol"], rule["protocol"]) != protocol:
            return False
        if not rule["from_port"] <= port <= rule["to_port"]:
            return False
    if source in MEMBERS:
        groups = [name.references[0].address.rpartition(".")[2] for name in rule["security_groups"]]
        return source in groups or (rule["self"] and source == own) or rule["prefix_list_ids"] == [source]
    address = ipaddress.ip_address(source)
    networks = [ipaddress.ip_network(text) for text in (*rule["cidr_blocks"], *rule["ipv6_cidr_blocks"])]
    return any(address in network for network in networks)


def rules_of(resources: list[Resource], tier: str) -> list[dict[str, Any]]:
    return next(list(one.attributes["ingress"]) for one in resources if one.identity == f"aws_security_group.{tier}")


def documented(tier: str, source: str, port: int, protocol: str) -> bool:
    if protocol != "tcp":
        return False
    return (source, tier, port) in HOPS or ("internet", tier, port) in HOPS


@MANY
@given(chains())
def test_a_chain_packet_by_packet(resources: list[Resource]) -> None:
    found = world.states(reach.RELATION, chain.BODY, world.view(*resources))
    for tier in chain.NAMES:
        rules = rules_of(resources, tier)
        admitted = {packet for packet in PACKETS if any(admits(rule, tier, *packet) for rule in rules)}
        other = any(not documented(tier, *packet) for packet in admitted)
        # What comes by a prefix list has no packet here: it is some other source.
        other = other or any(
            rule["prefix_list_ids"] and not (tier == "alb" and (rule["from_port"], rule["to_port"]) == (443, 443))
            for rule in rules
        )
        assert (found[f"into {tier}: nothing else"] == "fail") == other
        for source, to, port in HOPS:
            if to != tier:
                continue
            addresses = {address for address in ADDRESSES if ":" not in address}
            everyone = all((address, port, "tcp") in admitted for address in addresses)
            named = (source, port, "tcp") in admitted
            assert (found[f"{source} → {to}: {port}/tcp"] == "pass") == (everyone or named)


ACTIONS = ["s3:PutObject", "s3:GetObject", "s3:DeleteObject", "s3:ListBucket", "s3:GetObjectAcl", "s3:PutObjectAcl"]
PLACES = [f"{iam.OBJECTS[:-1]}{name}" for name in ("", "a", "a/b")] + [iam.OBJECTS[:-2], "arn:aws:s3:::other/x"]
REQUESTS = list(product(ACTIONS, PLACES, ["true", "false"]))


def _any(patterns: Any, text: str) -> bool:
    listed = patterns if isinstance(patterns, list) else [patterns]
    return any(fnmatch.fnmatchcase(text.lower(), pattern.lower()) for pattern in listed)


def speaks_of(statement: dict[str, Any], action: str, place: str, tls: str) -> bool:
    act = _any(statement["Action"], action) if "Action" in statement else not _any(statement["NotAction"], action)
    where = _any(statement["Resource"], place) if "Resource" in statement else not _any(statement["NotResource"], place)
    return act and where and ("Condition" not in statement or tls == "false")


def allowed(statements: list[Any], *request: str) -> bool:
    effects = [one["Effect"] for one in statements if speaks_of(one, *request)]
    return "Allow" in effects and "Deny" not in effects


def expected(action: str, place: str, tls: str) -> bool:
    return action in iam.THREE and fnmatch.fnmatchcase(place, iam.OBJECTS)


@MANY
@given(STATEMENTS)
def test_grants_request_by_request(statements: list[Any]) -> None:
    found = grant_states(iam.role("live", *statements))
    surplus = any(allowed(statements, *request) and not expected(*request) for request in REQUESTS)
    assert (found[iam.REST] == "fail") == surplus
    # A Deny under a condition narrows, which passes: so only what holds without it is asked for.
    lasting = [one for one in statements if one["Effect"] == "Allow" or "Condition" not in one]
    whole = all(allowed(lasting, *request) for request in REQUESTS if expected(*request))
    assert (found[iam.GRANTED] == "pass") == whole
