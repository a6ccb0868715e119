"""VPC, subnets, routes, security groups, and the NAT instance with its Auto Scaling group."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from examples.glimpse.account.seed.clients import Clients
from examples.glimpse.account.seed.names import (
    ANYWHERE,
    APP_PORT,
    NAT,
    NAT_IMAGE,
    PREFIX,
    VPC_CIDR,
    ZONES,
    group_name,
    tags,
)

_TIERS = {"public": 0, "private": 10, "data": 20}
_ALL = "-1"


@dataclass
class Network:
    """Ids the other systems need: subnets by "tier-zone", security groups by tier."""

    vpc: str
    subnets: dict[str, str] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)

    def tier(self, name: str) -> list[str]:
        """Return the subnets of a tier, in the order of the zones."""
        return [subnet for key, subnet in self.subnets.items() if key.startswith(f"{name}-")]


def named(resource: str, name: str, **more: str) -> list[dict[str, Any]]:
    """Return EC2's tag specification for one resource type."""
    return [{"ResourceType": resource, "Tags": tags(name, **more)}]


def only_named(resource: str, name: str) -> list[dict[str, Any]]:
    """Return a specification with the name alone: the provider's default tags do not reach what a group launches."""
    return [{"ResourceType": resource, "Tags": [{"Key": "Name", "Value": name}]}]


def seed(clients: Clients) -> Network:
    """Create the network without its NAT instance, which needs a role first."""
    ec2 = clients("ec2")
    vpc = ec2.create_vpc(CidrBlock=VPC_CIDR, TagSpecifications=named("vpc", f"{PREFIX}-vpc"))["Vpc"]["VpcId"]
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    place = Network(vpc)
    for tier, offset in _TIERS.items():
        for index, zone in enumerate(ZONES):
            place.subnets[f"{tier}-{zone[-2:]}"] = _subnet(ec2, vpc, tier, zone, offset + index)
    _public_routes(ec2, place)
    _empty_default_group(ec2, vpc)
    for tier in _GROUPS:
        _group(ec2, place, tier)
    return place


def _subnet(ec2: Any, vpc: str, tier: str, zone: str, octet: int) -> str:
    name = f"{PREFIX}-{tier}-{zone[-2:]}"
    subnet: str = ec2.create_subnet(
        VpcId=vpc,
        CidrBlock=f"10.0.{octet}.0/24",
        AvailabilityZone=zone,
        TagSpecifications=named("subnet", name, Tier=tier),
    )["Subnet"]["SubnetId"]
    if tier == "public":
        ec2.modify_subnet_attribute(SubnetId=subnet, MapPublicIpOnLaunch={"Value": True})
    return subnet


def _public_routes(ec2: Any, place: Network) -> None:
    gateway = ec2.create_internet_gateway(TagSpecifications=named("internet-gateway", f"{PREFIX}-igw"))
    gateway_id = gateway["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway_id, VpcId=place.vpc)
    table = _table(ec2, place, "public", place.tier("public"))
    ec2.create_route(RouteTableId=table, DestinationCidrBlock=ANYWHERE, GatewayId=gateway_id)
    _table(ec2, place, "data", place.tier("data"))


def _table(ec2: Any, place: Network, name: str, subnets: list[str]) -> str:
    specification = named("route-table", f"{PREFIX}-{name}")
    table: str = ec2.create_route_table(VpcId=place.vpc, TagSpecifications=specification)["RouteTable"]["RouteTableId"]
    for subnet in subnets:
        ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
    return table


# --- security groups: internet → 443 → alb → 3001 → ecs → 5432 → rds, and ecs → 6379 → redis

_GROUPS = {
    "alb": "Load balancer: HTTPS from the internet, tasks behind it",
    "ecs": "Tasks: reachable from the load balancer only",
    "rds": "Database: reachable from the tasks only",
    "redis": "Cache: reachable from the tasks only",
    "nat": "NAT instance: accepts traffic from inside the VPC only",
    "vpc-link": "VPC link of the HTTP API: accepts nothing, reaches the load balancer",
}
# tier → (port, or all; a CIDR or another tier; why)
_INGRESS: dict[str, tuple[int | None, str, str]] = {
    "alb": (443, ANYWHERE, "HTTPS from the internet"),
    "ecs": (APP_PORT, "alb", "application port from the load balancer"),
    "rds": (5432, "ecs", "PostgreSQL from tasks"),
    "redis": (6379, "ecs", "Redis from the tasks"),
    "nat": (None, VPC_CIDR, "anything that leaves the private subnets"),
}
_EGRESS: dict[str, list[tuple[int | None, str, str]]] = {
    "alb": [(APP_PORT, VPC_CIDR, "to the tasks")],
    "ecs": [
        (443, ANYWHERE, "https outwards"),
        (5432, VPC_CIDR, "postgres outwards"),
        (6379, VPC_CIDR, "redis outwards"),
    ],
    "nat": [(None, ANYWHERE, "to the internet")],
    "vpc-link": [(443, ANYWHERE, "HTTPS to the load balancer")],
}


def _group(ec2: Any, place: Network, tier: str) -> None:
    name = group_name(tier)
    group: str = ec2.create_security_group(
        GroupName=name,
        Description=_GROUPS[tier],
        VpcId=place.vpc,
        TagSpecifications=named("security-group", name),
    )["GroupId"]
    place.groups[tier] = group
    everything = permission(place, None, ANYWHERE, "")
    ec2.revoke_security_group_egress(GroupId=group, IpPermissions=[everything])
    if tier in _INGRESS:
        ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission(place, *_INGRESS[tier])])
    if tier in _EGRESS:
        permissions = [permission(place, *hop) for hop in _EGRESS[tier]]
        ec2.authorize_security_group_egress(GroupId=group, IpPermissions=permissions)


def permission(place: Network, port: int | None, peer: str, why: str) -> dict[str, Any]:
    """Return one EC2 permission; `peer` is a CIDR or the tier of a group that exists already."""
    ports = {} if port is None else {"FromPort": port, "ToPort": port}
    note = {"Description": why} if why else {}
    if peer in place.groups:
        source: dict[str, Any] = {"UserIdGroupPairs": [{"GroupId": place.groups[peer], **note}]}
    else:
        source = {"IpRanges": [{"CidrIp": peer, **note}]}
    return {"IpProtocol": _ALL if port is None else "tcp", **ports, **source}


def _empty_default_group(ec2: Any, vpc: str) -> None:
    where = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "group-name", "Values": ["default"]}]
    group = ec2.describe_security_groups(Filters=where)["SecurityGroups"][0]
    ec2.create_tags(Resources=[group["GroupId"]], Tags=tags(f"{PREFIX}-default-unused"))
    if group["IpPermissions"]:
        ec2.revoke_security_group_ingress(GroupId=group["GroupId"], IpPermissions=group["IpPermissions"])
    if group["IpPermissionsEgress"]:
        ec2.revoke_security_group_egress(GroupId=group["GroupId"], IpPermissions=group["IpPermissionsEgress"])


# --- NAT


def nat(clients: Clients, place: Network, profile: str) -> None:
    """Create interface, address, private routes, launch template and the group that starts the one instance."""
    ec2, subnet = clients("ec2"), place.tier("public")[0]
    interface: str = ec2.create_network_interface(
        SubnetId=subnet,
        Groups=[place.groups["nat"]],
        Description=f"{NAT} {ZONES[0]}",
        TagSpecifications=named("network-interface", NAT),
    )["NetworkInterface"]["NetworkInterfaceId"]
    ec2.modify_network_interface_attribute(NetworkInterfaceId=interface, SourceDestCheck={"Value": False})
    address = ec2.allocate_address(Domain="vpc", TagSpecifications=named("elastic-ip", NAT))
    ec2.associate_address(AllocationId=address["AllocationId"], NetworkInterfaceId=interface)
    for zone in ZONES:
        table = _table(ec2, place, f"private-{zone[-2:]}", [place.subnets[f"private-{zone[-2:]}"]])
        ec2.create_route(RouteTableId=table, DestinationCidrBlock=ANYWHERE, NetworkInterfaceId=interface)
    ec2.create_launch_template(
        LaunchTemplateName=NAT,
        VersionDescription="NAT instance with its interface attached at boot",
        TagSpecifications=named("launch-template", NAT),
        LaunchTemplateData=_template(place, profile, interface),
    )
    clients("autoscaling").create_auto_scaling_group(
        AutoScalingGroupName=NAT,
        LaunchTemplate={"LaunchTemplateName": NAT, "Version": "1"},
        MinSize=1,
        MaxSize=1,
        DesiredCapacity=1,
        HealthCheckType="EC2",
        HealthCheckGracePeriod=120,
        VPCZoneIdentifier=subnet,
        Tags=[{"Key": "Name", "Value": NAT, "PropagateAtLaunch": True, "ResourceId": NAT, "ResourceType": _ASG}],
    )
    attach(clients, interface)


def attach(clients: Clients, interface: str) -> None:
    """Attach the interface to the instance that the group launched, as its user data does: here nothing runs it."""
    groups = clients("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]
    (instance,) = (
        one["InstanceId"] for group in groups if group["AutoScalingGroupName"] == NAT for one in group["Instances"]
    )
    clients("ec2").attach_network_interface(NetworkInterfaceId=interface, InstanceId=instance, DeviceIndex=1)


_ASG = "auto-scaling-group"


def _template(place: Network, profile: str, interface: str) -> dict[str, Any]:
    disk = {"VolumeSize": 8, "VolumeType": "gp3", "Encrypted": True, "DeleteOnTermination": True}
    return {
        "ImageId": NAT_IMAGE,
        "InstanceType": "t4g.nano",
        "SecurityGroupIds": [place.groups["nat"]],
        "IamInstanceProfile": {"Name": profile},
        "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": disk}],
        "MetadataOptions": {"HttpEndpoint": "enabled", "HttpTokens": "required", "HttpPutResponseHopLimit": 1},
        "Monitoring": {"Enabled": False},
        "UserData": _user_data(interface),
        "TagSpecifications": [*only_named("instance", NAT), *only_named("volume", NAT)],
    }


_BOOT = Path(__file__).parents[2] / "terraform/modules/networking/templates/nat-user-data.sh.tftpl"


def _user_data(interface: str) -> str:
    """Render the template of the Terraform module."""
    values = {"${interface_id}": interface, "${vpc_cidr}": VPC_CIDR, "$${": "${"}
    text = _BOOT.read_text(encoding="utf-8")
    for placeholder, value in values.items():
        text = text.replace(placeholder, value)
    return base64.b64encode(text.encode()).decode()
