from __future__ import annotations

from typing import Any

import boto3

from audits.kinds.aws_instance import KIND
from audits.model import Cause, Unknown
from tests.kinds.support import DENIED, live
from tests.planes.live.test_faults import ec2_error
from tests.planes.live.world import ACCOUNT, REGION, World, moto_account, moto_endpoint, proxied_account

IMAGE = "ami-12c6146b"


def _launch(world: World, endpoint: str | None = None) -> str:
    ec2 = boto3.client("ec2", region_name=REGION, endpoint_url=endpoint or world.endpoint)
    devices = [{"DeviceName": "/dev/sda1", "Ebs": {"VolumeSize": 8, "VolumeType": "gp3"}}]
    subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    launched = ec2.run_instances(
        SubnetId=subnet,
        ImageId=IMAGE,
        InstanceType="t4g.nano",
        MinCount=1,
        MaxCount=1,
        BlockDeviceMappings=devices,
        UserData="secret",
    )
    identifier: str = launched["Instances"][0]["InstanceId"]
    ec2.modify_instance_attribute(InstanceId=identifier, SourceDestCheck={"Value": False})
    ec2.create_tags(Resources=[identifier], Tags=[{"Key": "Name", "Value": "nat"}])
    return identifier


def test_an_account() -> None:
    with moto_account() as world:
        identifier = _launch(world)
        gone = _launch(world)
        world.client("ec2").terminate_instances(InstanceIds=[gone])
        found = world.only(KIND)
    given = found.attributes
    assert found.identity == f"arn:aws:ec2:{REGION}:{ACCOUNT}:instance/{identifier}"
    assert (given["instance_type"], given["ami"], given["tags"]) == ("t4g.nano", IMAGE, {"Name": "nat"})
    (root,) = given["root_block_device"]
    assert (root["volume_size"], root["volume_type"]) == (8, "gp3")
    assert "user_data" not in given and len(given["vpc_security_group_ids"]) == 1
    assert given["metadata_options"][0]["http_tokens"] in ("optional", "required")


def test_denied_volumes_hide_their_sizes_and_nothing_else() -> None:
    with proxied_account() as (world, proxy):
        _launch(world, moto_endpoint())
        proxy.faults = {"DescribeVolumes": [ec2_error("UnauthorizedOperation")]}
        found = world.observe(KIND)
    (one,) = found.resources
    (root,) = one.attributes["root_block_device"]
    assert one.attributes["instance_type"] == "t4g.nano" and root["delete_on_termination"] is not None
    assert isinstance(root["volume_size"], Unknown) and root["volume_size"].cause is Cause.UNREADABLE
    (gap,) = found.gaps
    assert (gap.resource, gap.action) == ("*", "ec2:DescribeVolumes") and not gap.covers(KIND.type)


def _instance(**more: Any) -> dict[str, Any]:
    return {"InstanceId": "i-1", "State": {"Name": "running"}, "InstanceType": "t4g.nano", **more}


def _live(instance: dict[str, Any], volumes: Any) -> dict[str, Any]:
    answers = {
        ("ec2", "describe_instances"): {"Reservations": [{"Instances": [instance]}]},
        ("ec2", "describe_volumes"): volumes,
    }
    (found,) = live(KIND, answers)
    return dict(found.attributes)


def test_what_moto_loses() -> None:
    interface = {
        "NetworkInterfaceId": "eni-1",
        "Attachment": {"DeviceIndex": 0},
        "SourceDestCheck": False,
        "Association": {"PublicIp": "192.0.2.1"},
        "Ipv6Addresses": [{"Ipv6Address": "fd00::1"}],
    }
    given = _live(
        _instance(
            NetworkInterfaces=[{"Attachment": {"DeviceIndex": 1}, "SourceDestCheck": True}, interface],
            IamInstanceProfile={"Arn": "arn:aws:iam::1:instance-profile/path/nat", "Id": "AIPA"},
            SecurityGroups=[{"GroupId": "sg-1", "GroupName": "nat"}],
            CpuOptions={"CoreCount": 2, "ThreadsPerCore": 1},
            EnclaveOptions={"Enabled": False},
            MaintenanceOptions={"AutoRecovery": "default"},
            InstanceLifecycle="spot",
        ),
        {"Volumes": []},
    )
    assert given["source_dest_check"] is False and given["primary_network_interface_id"] == "eni-1"
    assert given["iam_instance_profile"] == "nat" and given["associate_public_ip_address"] is True
    assert given["vpc_security_group_ids"] == ["sg-1"] and given["ipv6_addresses"] == ["fd00::1"]
    assert given["cpu_options"] == [{"core_count": 2, "threads_per_core": 1}]
    assert given["enclave_options"] == [{"enabled": False}] and given["instance_lifecycle"] == "spot"
    assert given["maintenance_options"] == [{"auto_recovery": "default"}] and given["root_block_device"] == []


def test_a_volume_that_is_not_listed_has_an_unknown_size() -> None:
    attached = {"DeviceName": "/dev/xvda", "Ebs": {"VolumeId": "vol-1", "DeleteOnTermination": True}}
    instance = _instance(RootDeviceName="/dev/xvda", BlockDeviceMappings=[attached])
    for volumes in ({"Volumes": []}, DENIED):
        (root,) = _live(instance, volumes)["root_block_device"]
        assert root["volume_size"].cause is Cause.UNREADABLE and root["volume_id"] == "vol-1"
