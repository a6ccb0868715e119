"""AWS's own list prices for the names of a snapshot (:mod:`audits.prices`), asked of the Price List API.

``pricing:GetProducts`` is a read like any other and changes nothing, but needs credentials. Attributes and their values
are those of the price list files ("Finding services and products using the AWS Price List Query API").
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore import exceptions as aws

from audits.planes.live import failures
from audits.planes.live.options import AccountError, LiveOptions
from audits.planes.live.sessions import open_accounts

ENDPOINT = "us-east-1"
"""Where the Price List API is (also in eu-central-1 and ap-south-1); it knows the prices of every region."""

KEPT = ("fargate/spot-share-of-price",)
"""Names of which the price list says nothing: Spot's price changes by the day."""


@dataclass(frozen=True, slots=True)
class Query:
    """How one name is asked for: the service, what its product must have, and how its usage type ends."""

    service: str
    attributes: Mapping[str, str]
    usage: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What the price list says: a price in USD for each name, and for each other name why there is none."""

    prices: Mapping[str, float]
    missing: Mapping[str, str]


def _instance(size: str) -> Query:
    shared = {"operatingSystem": "Linux", "tenancy": "Shared", "preInstalledSw": "NA", "capacitystatus": "Used"}
    return Query("AmazonEC2", {"instanceType": size, **shared}, r"BoxUsage:")


def _volume(kind: str) -> Query:
    return Query("AmazonEC2", {"productFamily": "Storage", "volumeApiName": kind}, r"EBS:VolumeUsage")


_ENGINES = {"postgres": "PostgreSQL", "mysql": "MySQL", "mariadb": "MariaDB"}
_ZONES = {"single": "Single-AZ", "multi": "Multi-AZ"}
_STORAGE = {"gp2": "General Purpose", "gp3": "General Purpose-GP3"}


def _database(engine: str, zones: str, size: str) -> Query:
    about = {"databaseEngine": _ENGINES[engine], "deploymentOption": _ZONES[zones], "instanceType": size}
    return Query("AmazonRDS", {"productFamily": "Database Instance", **about})


def _database_storage(zones: str, kind: str) -> Query:
    about = {"deploymentOption": _ZONES[zones], "volumeType": _STORAGE[kind], "databaseEngine": "PostgreSQL"}
    return Query("AmazonRDS", {"productFamily": "Database Storage", **about})


def _cache(engine: str, size: str) -> Query:
    return Query("AmazonElastiCache", {"cacheEngine": engine.capitalize(), "instanceType": size}, r"NodeUsage:")


def _balancer(kind: str) -> Query:
    return Query("AWSELB", {"productFamily": f"Load Balancer-{kind.capitalize()}"}, r"(^|-)LoadBalancerUsage$")


def _nat_gateway() -> Query:
    return Query("AmazonEC2", {"productFamily": "NAT Gateway"}, r"(^|-)NatGateway-Hours$")


def _fargate(machine: str, unit: str) -> Query:
    architecture = {"arm64": "ARM-", "x86_64": ""}[machine]
    amount = {"vcpu-hour": "vCPU-Hours:perCPU", "gb-hour": "GB-Hours"}[unit]
    return Query("AmazonECS", {"productFamily": "Compute"}, rf"(^|-)Fargate-{architecture}{amount}$")


_NAMES: tuple[tuple[str, Callable[..., Query]], ...] = (
    (r"ec2/([a-z0-9-]+\.[a-z0-9-]+)/hour", _instance),
    (r"ebs/(gp2|gp3)/gb-month", _volume),
    (r"rds/storage/(single|multi)/(gp2|gp3)/gb-month", _database_storage),
    (r"rds/(postgres|mysql|mariadb)/(single|multi)/(db\.[a-z0-9.-]+)/hour", _database),
    (r"elasticache/(redis|valkey|memcached)/(cache\.[a-z0-9.-]+)/hour", _cache),
    (r"elb/(application|network|gateway)/hour", _balancer),
    (r"nat-gateway/hour", _nat_gateway),
    (r"fargate/(arm64|x86_64)/(vcpu-hour|gb-hour)", _fargate),
)


def query(name: str) -> Query | None:
    """How a name is asked for; None for one that no price can have."""
    for pattern, made in _NAMES:
        match = re.fullmatch(pattern, name)
        if match:
            return made(*match.groups())
    return None


def fetch(region: str, names: Iterable[str], profile: str | None = None) -> Found:
    """The prices of these names in a region, asked of AWS.

    Raises:
        AccountError: there are no credentials, or the price list cannot be read.
    """
    opened = open_accounts(LiveOptions(profile=profile, regions=(ENDPOINT,)))
    try:
        return read(opened.accounts[0].client("pricing", ENDPOINT), region, names)
    except (aws.BotoCoreError, aws.ClientError, failures.MalformedAnswer) as error:
        failure = failures.classify(error)
        hint = "; allow pricing:GetProducts" if failure.cause == failures.DENIED else ""
        raise AccountError(f"the price list cannot be read ({failure.cause}): {failure.detail}{hint}") from error
    finally:
        for account in opened.accounts:
            account.close()


def read(client: Any, region: str, names: Iterable[str]) -> Found:
    """The same of a client of the Price List API."""
    prices: dict[str, float] = {}
    missing: dict[str, str] = {}
    for name in names:
        asked = query(name)
        if asked is None:
            missing[name] = "no such name"
            continue
        found = sorted(set(_prices(client, region, asked)))
        if len(found) == 1:
            prices[name] = found[0]
        else:
            # Two products fit: which of them is meant is not for us to say.
            missing[name] = f"{len(found)} prices in {region}" if found else f"no price in {region}"
    return Found(prices, missing)


def _prices(client: Any, region: str, asked: Query) -> Iterator[float]:
    filters = [{"Type": "TERM_MATCH", "Field": "regionCode", "Value": region}]
    filters += [{"Type": "TERM_MATCH", "Field": name, "Value": value} for name, value in asked.attributes.items()]
    pages = client.get_paginator("get_products").paginate(ServiceCode=asked.service, Filters=filters)
    for page in pages:
        for text in page["PriceList"]:
            yield from _on_demand(json.loads(text), asked)


def _on_demand(product: Mapping[str, Any], asked: Query) -> Iterator[float]:
    usage = product["product"]["attributes"].get("usagetype", "")
    if not re.search(asked.usage, usage):
        return
    for term in product.get("terms", {}).get("OnDemand", {}).values():
        for dimension in term["priceDimensions"].values():
            price = float(dimension["pricePerUnit"].get("USD", 0))
            if price > 0:
                yield price
