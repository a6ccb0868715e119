"""More ways into the tiers, as a table: one rule that is added to a tier's group, and how the finding names it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Any

from e2e_account import Account, arn
from e2e_deviations import Change, Wrong, closed, deviation, opened, register, v4

from examples.glimpse.account.seed.names import ANYWHERE, DATABASE

Source = Callable[[Account], dict[str, Any]]


def _from(tier: str) -> Source:
    return lambda account: {"UserIdGroupPairs": [{"GroupId": account.group(tier)}]}


def _v4(*cidrs: str) -> Source:
    return lambda _: {"IpRanges": [{"CidrIp": cidr} for cidr in cidrs]}


def _v6(*cidrs: str) -> Source:
    return lambda _: {"Ipv6Ranges": [{"CidrIpv6": cidr} for cidr in cidrs]}


RULES: dict[str, tuple[str, str, int, int, Source, str]] = {
    "database_open_to_both_halves_of_the_internet": (
        "rds", "tcp", 5432, 5432, _v4("0.0.0.0/1", "128.0.0.0/1"), "0.0.0.0/",
    ),
    "database_open_to_the_internet": ("rds", "tcp", 5432, 5432, _v4(ANYWHERE), ANYWHERE),
    "database_open_to_both_halves_of_ipv6": ("rds", "tcp", 5432, 5432, _v6("::/1", "8000::/1"), "::/"),
    "database_open_to_a_network_of_its_own": ("rds", "tcp", 5432, 5432, _v4("172.16.0.0/12"), "172.16.0.0/12"),
    "database_open_on_every_tcp_port": ("rds", "tcp", 0, 65535, _from("ecs"), "tcp"),
    "database_open_on_the_next_port": ("rds", "tcp", 5433, 5433, _from("ecs"), "5433/tcp"),
    "database_open_by_a_protocols_number": ("rds", "17", 5432, 5432, _from("ecs"), "5432/udp"),
    "database_open_to_the_nat_instance": ("rds", "tcp", 5432, 5432, _from("nat"), "glimpse-prod-nat"),
    "database_open_to_the_cache": ("rds", "tcp", 5432, 5432, _from("redis"), "glimpse-prod-redis"),
    "tasks_open_to_the_network": ("ecs", "tcp", 3001, 3001, _v4("10.0.0.0/16"), "10.0.0.0/16"),
    "tasks_open_to_themselves": ("ecs", "tcp", 3001, 3001, _from("ecs"), "3001/tcp"),
    "tasks_open_to_ipv6": ("ecs", "tcp", 3001, 3001, _v6("2001:db8::/32"), "2001:db8::/32"),
    "tasks_open_to_a_debugger": ("ecs", "tcp", 9229, 9229, _from("alb"), "9229/tcp"),
    "tasks_open_on_a_range_of_ports": ("ecs", "tcp", 3002, 3011, _from("alb"), "3002-3011"),
    "tasks_open_by_udp": ("ecs", "udp", 3001, 3001, _from("alb"), "3001/udp"),
    "tasks_open_on_every_port": ("ecs", "-1", 0, 0, _from("alb"), ""),
    "ssh_on_the_load_balancer": ("alb", "tcp", 22, 22, _v4(ANYWHERE), "22/tcp"),
    "plain_http_on_the_load_balancer_by_ipv6": ("alb", "tcp", 80, 80, _v6("::/0"), "80/tcp"),
    "load_balancer_on_a_range_of_ports": ("alb", "tcp", 444, 8443, _v4(ANYWHERE), "444-8443"),
    "cache_open_to_ipv6": ("redis", "tcp", 6379, 6379, _v6("::/0"), "::/0"),
    "cache_open_to_the_load_balancer": ("redis", "tcp", 6379, 6379, _from("alb"), "glimpse-prod-alb"),
    "cache_open_on_the_bus_port": ("redis", "tcp", 16379, 16379, _from("ecs"), "16379/tcp"),
}  # fmt: skip


def _opening(tier: str, protocol: str, low: int, high: int, source: Source, says: str) -> Change:
    def bend(account: Account) -> Iterator[Collection[Wrong]]:
        with opened(account, tier, low, high, protocol=protocol, **source(account)) as group:
            yield [Wrong("port-chain", f"into {tier}: nothing else", group, says=says)]

    return bend


for _name, _rule in RULES.items():
    register(_name, _opening(*_rule))


@deviation
def https_for_all_but_one_block(account: Account) -> Iterator[Collection[Wrong]]:
    with closed(account, "alb") as group, opened(account, "alb", 443, 443, **v4("0.0.0.0/1")):
        yield [Wrong("port-chain", "internet → alb: 443/tcp", group, says="0.0.0.0/1")]


@deviation
def tasks_closed_to_the_load_balancer(account: Account) -> Iterator[Collection[Wrong]]:
    with closed(account, "ecs") as group:
        yield [Wrong("port-chain", "alb → ecs: 3001/tcp", group)]


@deviation
def tasks_reached_on_another_port(account: Account) -> Iterator[Collection[Wrong]]:
    with closed(account, "ecs") as group, opened(account, "ecs", 3000, 3000, **_from("alb")(account)):
        yield [
            Wrong("port-chain", "alb → ecs: 3001/tcp", group),
            Wrong("port-chain", "into ecs: nothing else", group, says="3000/tcp"),
        ]


@deviation
def default_group_on_the_database(account: Account) -> Iterator[Collection[Wrong]]:
    ec2, rds = account.aws("ec2"), account.aws("rds")
    where = [{"Name": "group-name", "Values": ["default"]}, {"Name": "vpc-id", "Values": [account.vpc]}]
    (group,) = ec2.describe_security_groups(Filters=where)["SecurityGroups"]
    rule = [{"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": group["GroupId"]}]}]
    before = [{k: v for k, v in one.items() if v != []} for one in group["IpPermissions"]]
    if before:
        ec2.revoke_security_group_ingress(GroupId=group["GroupId"], IpPermissions=before)
    ec2.authorize_security_group_ingress(GroupId=group["GroupId"], IpPermissions=rule)
    own = account.group("rds")
    change = {"DBInstanceIdentifier": DATABASE, "ApplyImmediately": True}
    rds.modify_db_instance(**change, VpcSecurityGroupIds=[own, group["GroupId"]])
    resource = arn("ec2", f"security-group/{group['GroupId']}")
    yield [Wrong("port-chain", "into rds: nothing else", resource, says="default")]
    rds.modify_db_instance(**change, VpcSecurityGroupIds=[own])
    ec2.revoke_security_group_ingress(GroupId=group["GroupId"], IpPermissions=rule)
    if before:
        ec2.authorize_security_group_ingress(GroupId=group["GroupId"], IpPermissions=before)
