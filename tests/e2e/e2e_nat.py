"""Deviations of what keeps the NAT instance, and of the ways to it. Importing this registers them."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from e2e_account import Account, arn
from e2e_deviations import Wrong, deviation

from examples.glimpse.account.seed.names import ANYWHERE, NAT_IMAGE, PREFIX

NIGHT = "night"


def _kept(path: str, resource: str | None, says: str = "", state: str = "fail") -> Wrong:
    return Wrong("nat-kept", path, resource, says=says, state=state)


@deviation
def nat_group_emptied_at_night(account: Account) -> Iterator[Collection[Wrong]]:
    scaling = account.aws("autoscaling")
    name = {"AutoScalingGroupName": account.nat_group, "ScheduledActionName": NIGHT}
    scaling.put_scheduled_update_group_action(**name, Recurrence="0 22 * * *", MinSize=0, MaxSize=1, DesiredCapacity=0)
    yield [_kept("replaced", account.nat_group_arn, f"{NIGHT} sets min_size")]
    scaling.delete_scheduled_action(**name)


@deviation
def nat_group_that_launches_another_version(account: Account) -> Iterator[Collection[Wrong]]:
    ec2, scaling = account.aws("ec2"), account.aws("autoscaling")
    template = {"LaunchTemplateId": account.nat_template["LaunchTemplateId"]}
    (first,) = ec2.describe_launch_template_versions(**template, Versions=["1"])["LaunchTemplateVersions"]
    larger = {**first["LaunchTemplateData"], "InstanceType": "t4g.small"}
    made = ec2.create_launch_template_version(**template, LaunchTemplateData=larger)["LaunchTemplateVersion"]
    ec2.create_launch_template_version(**template, LaunchTemplateData=first["LaunchTemplateData"])
    group = {"AutoScalingGroupName": account.nat_group}
    scaling.update_auto_scaling_group(**group, LaunchTemplate={**template, "Version": str(made["VersionNumber"])})
    # The template's latest version is as documented, so only what the group launches tells.
    yield [
        _kept("instance_type", account.nat_group_arn, "t4g.small"),
        _kept("instances", account.nat_instance_arn, "its group launches t4g.small"),
    ]
    scaling.update_auto_scaling_group(**group, LaunchTemplate={**template, "Version": "1"})


@deviation
def nat_instance_beside_the_group(account: Account) -> Iterator[Collection[Wrong]]:
    ec2 = account.aws("ec2")
    tags = [{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": f"{PREFIX}-nat"}]}]
    disk = [{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 8, "VolumeType": "gp3"}}]
    made = ec2.run_instances(
        ImageId=NAT_IMAGE,  # the one whose root device moto knows
        InstanceType="t4g.nano",
        SubnetId=account.public_subnet,
        BlockDeviceMappings=disk,
        TagSpecifications=tags,
        MinCount=1,
        MaxCount=1,
    )["Instances"][0]["InstanceId"]
    instance = arn("ec2", f"instance/{made}")
    yield [
        _kept("instances", instance, f"{instance} belongs to no Auto Scaling group"),
        Wrong("cost-nat", "estimate", None),
    ]
    ec2.terminate_instances(InstanceIds=[made])
    ec2.delete_tags(Resources=[made], Tags=[{"Key": "Name"}])


def _private_tables(account: Account) -> list[str]:
    where = [{"Name": "tag:Name", "Values": [f"{PREFIX}-private-*"]}]
    tables = account.aws("ec2").describe_route_tables(Filters=where)["RouteTables"]
    return sorted(one["RouteTableId"] for one in tables)


@deviation
def private_subnet_that_leaves_by_the_internet_gateway(account: Account) -> Iterator[Collection[Wrong]]:
    ec2, table = account.aws("ec2"), _private_tables(account)[0]
    where = [{"Name": "attachment.vpc-id", "Values": [account.vpc]}]
    gateway = ec2.describe_internet_gateways(Filters=where)["InternetGateways"][0]["InternetGatewayId"]
    route = {"RouteTableId": table, "DestinationCidrBlock": ANYWHERE}
    ec2.delete_route(**route)
    ec2.create_route(**route, GatewayId=gateway)
    yield [_kept("routes", account.service, f"leads out by gateway_id {gateway}")]
    ec2.delete_route(**route)
    ec2.create_route(**route, NetworkInterfaceId=account.nat_interface)


@deviation
def private_subnet_without_a_way_out(account: Account) -> Iterator[Collection[Wrong]]:
    ec2, table = account.aws("ec2"), _private_tables(account)[0]
    route = {"RouteTableId": table, "DestinationCidrBlock": ANYWHERE}
    ec2.delete_route(**route)
    yield [_kept("routes", account.service, "has no default route")]
    ec2.create_route(**route, NetworkInterfaceId=account.nat_interface)


@deviation
def nat_interface_that_checks_addresses(account: Account) -> Iterator[Collection[Wrong]]:
    ec2, interface = account.aws("ec2"), account.nat_interface
    ec2.modify_network_interface_attribute(NetworkInterfaceId=interface, SourceDestCheck={"Value": True})
    yield [_kept("routes", account.service, "its source_dest_check is on")]
    ec2.modify_network_interface_attribute(NetworkInterfaceId=interface, SourceDestCheck={"Value": False})


@deviation
def nat_interface_attached_to_nothing(account: Account) -> Iterator[Collection[Wrong]]:
    ec2, interface = account.aws("ec2"), account.nat_interface
    (found,) = ec2.describe_network_interfaces(NetworkInterfaceIds=[interface])["NetworkInterfaces"]
    ec2.detach_network_interface(AttachmentId=found["Attachment"]["AttachmentId"])
    yield [_kept("attached", account.service, "is attached to nothing")]
    instance = account.nat_instance["InstanceId"]
    ec2.attach_network_interface(NetworkInterfaceId=interface, InstanceId=instance, DeviceIndex=1)
