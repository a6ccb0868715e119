"""EC2 instances with their volumes. User data is never asked for.

Sources: provider documentation of ``aws_instance``; EC2 API Reference, DescribeInstances ("recently terminated
instances might appear in the returned results … usually less than one hour"), DescribeVolumes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

from audits.kind import Default, Kind, Read, Reader
from audits.kinds._interface_groups import attached_groups
from audits.kinds.aws_vpc import not_read, tags
from audits.model import Cause, Resource, Unknown, Value

_SCHEMA = "provider 5.100 schema default (the planned value of an aws_instance that leaves it out)"
_GONE = frozenset({"terminated", "shutting-down"})
_VOLUME_ATTRIBUTES = ("encrypted", "iops", "kms_key_id", "throughput", "volume_size", "volume_type", "tags", "tags_all")


def stamp(time: Any) -> str | None:
    """A time as the provider writes it: RFC 3339 in UTC."""
    if not isinstance(time, datetime):
        return None
    return time.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _from_live(reader: Reader) -> Iterable[Resource]:
    reader.begin("ec2", "describe_volumes")
    listed = reader.pages("ec2", "describe_instances", "Reservations[].Instances[]")
    # One listing completes every instance. Where it fails, only what it would have told is not known.
    answer = reader.detail("ec2", "describe_volumes", resource="*", attribute="root_block_device, ebs_block_device")
    volumes: Mapping[str, Any] | Unknown
    if isinstance(answer, Unknown):
        volumes = answer
    else:
        volumes = {volume["VolumeId"]: volume for volume in (answer or {}).get("Volumes", ())}
    found = reader.each(listed, partial(_instance, reader, volumes))
    return [instance for instances in found for instance in instances]


def _instance(reader: Reader, volumes: Mapping[str, Any] | Unknown, instance: Mapping[str, Any]) -> list[Resource]:
    if instance["State"]["Name"] in _GONE:
        return []
    identifier = instance["InstanceId"]
    arn = f"arn:{reader.partition}:ec2:{reader.region}:{reader.account}:instance/{identifier}"
    attributes = {
        "id": identifier,
        "arn": arn,
        "instance_state": instance["State"]["Name"],
        "instance_type": instance["InstanceType"],
        "ami": instance.get("ImageId"),
        "ebs_optimized": instance.get("EbsOptimized"),
        "key_name": instance.get("KeyName", ""),
        "monitoring": instance.get("Monitoring", {}).get("State") in ("enabled", "pending"),
        "instance_lifecycle": instance.get("InstanceLifecycle", ""),
        "spot_instance_request_id": instance.get("SpotInstanceRequestId", ""),
        "iam_instance_profile": (instance.get("IamInstanceProfile") or {}).get("Arn", "").rpartition("/")[2],
        "hibernation": (instance.get("HibernationOptions") or {}).get("Configured"),
        "disable_api_termination": not_read("ec2:DescribeInstanceAttribute"),
        "tags": tags(instance),
        "autoscaling_group": _group(instance),
        **_placement(instance),
        **_network(instance),
        **_options(instance),
        **_devices(instance, volumes),
    }
    return [reader.resource("aws_instance", arn, attributes)]


def _placement(instance: Mapping[str, Any]) -> dict[str, Value]:
    placement = instance.get("Placement") or {}
    return {
        "availability_zone": placement.get("AvailabilityZone"),
        "tenancy": placement.get("Tenancy"),
        "placement_group": placement.get("GroupName", ""),
        "host_id": placement.get("HostId", ""),
    }


def _network(instance: Mapping[str, Any]) -> dict[str, Value]:
    """Addresses, groups and the source/destination check: those of the first interface, as the provider has it."""
    interfaces = instance.get("NetworkInterfaces") or []
    first = next((one for one in interfaces if one.get("Attachment", {}).get("DeviceIndex") == 0), None)
    check = instance.get("SourceDestCheck")
    if first is not None and first.get("SourceDestCheck") is not None:
        check = first["SourceDestCheck"]
    # The instance's groups are those of its first interface (EC2 API Reference, Instance and InstanceNetworkInterface).
    groups = instance.get("SecurityGroups") or (first or {}).get("Groups") or ()
    return {
        "subnet_id": instance.get("SubnetId", ""),
        "vpc_security_group_ids": [group["GroupId"] for group in groups],
        "source_dest_check": check,
        "associate_public_ip_address": bool(first and first.get("Association")),
        "primary_network_interface_id": first.get("NetworkInterfaceId") if first else "",
        "private_ip": instance.get("PrivateIpAddress", ""),
        "private_dns": instance.get("PrivateDnsName", ""),
        "public_ip": instance.get("PublicIpAddress", ""),
        "public_dns": instance.get("PublicDnsName", ""),
        "ipv6_addresses": [
            one["Ipv6Address"] for one in (first.get("Ipv6Addresses") or () if first else ()) if "Ipv6Address" in one
        ],
    }


def _options(instance: Mapping[str, Any]) -> dict[str, Value]:
    metadata = instance.get("MetadataOptions")
    processor = instance.get("CpuOptions")
    found: dict[str, Value] = {
        "metadata_options": [
            {
                "http_endpoint": metadata.get("HttpEndpoint"),
                "http_tokens": metadata.get("HttpTokens"),
                "http_put_response_hop_limit": metadata.get("HttpPutResponseHopLimit"),
                "http_protocol_ipv6": metadata.get("HttpProtocolIpv6"),
                "instance_metadata_tags": metadata.get("InstanceMetadataTags"),
            }
        ]
        if metadata
        else [],
    }
    if processor:
        found["cpu_options"] = [
            {"core_count": processor.get("CoreCount"), "threads_per_core": processor.get("ThreadsPerCore")}
        ]
    if instance.get("EnclaveOptions"):
        found["enclave_options"] = [{"enabled": instance["EnclaveOptions"].get("Enabled")}]
    if instance.get("MaintenanceOptions"):
        found["maintenance_options"] = [{"auto_recovery": instance["MaintenanceOptions"].get("AutoRecovery")}]
    return found


def _devices(instance: Mapping[str, Any], volumes: Mapping[str, Any] | Unknown) -> dict[str, Value]:
    root_name = instance.get("RootDeviceName")
    mappings = [one for one in instance.get("BlockDeviceMappings") or () if one.get("Ebs")]
    devices = [(one["DeviceName"] == root_name, _device(one, volumes)) for one in mappings]
    return {
        "root_block_device": [device for is_root, device in devices if is_root],
        "ebs_block_device": [device for is_root, device in devices if not is_root],
    }


def _device(mapping: Mapping[str, Any], volumes: Mapping[str, Any] | Unknown) -> dict[str, Value]:
    attached = mapping["Ebs"]
    known = {
        "device_name": mapping["DeviceName"],
        "volume_id": attached["VolumeId"],
        "delete_on_termination": attached.get("DeleteOnTermination"),
    }
    if isinstance(volumes, Unknown):
        return {**known, **dict.fromkeys(_VOLUME_ATTRIBUTES, volumes)}
    volume = volumes.get(attached["VolumeId"])
    if volume is None:
        # Attached between the two listings, or shared by another account: it has a size, which was not told.
        unlisted = Unknown(Cause.UNREADABLE, detail="ec2:DescribeVolumes does not list this volume")
        return {**known, **dict.fromkeys(_VOLUME_ATTRIBUTES, unlisted)}
    return {
        **known,
        "encrypted": volume.get("Encrypted"),
        "iops": volume.get("Iops", 0),
        "kms_key_id": volume.get("KmsKeyId", ""),
        "throughput": volume.get("Throughput", 0),
        "volume_size": volume["Size"],
        "volume_type": volume.get("VolumeType"),
        "tags": tags(volume),
        "tags_all": tags(volume),
    }


def _group(instance: Mapping[str, Any]) -> str:
    """The Auto Scaling group that made it, which says so by a tag (Amazon EC2 Auto Scaling User Guide, "Tag ...")."""
    found = (tag.get("Value", "") for tag in instance.get("Tags") or () if tag["Key"] == "aws:autoscaling:groupName")
    return str(next(found, ""))


KIND = Kind(
    type="aws_instance",
    names=("id", "arn"),
    reads=(Read("ec2", "describe_instances"), Read("ec2", "describe_volumes")),
    secrets=("user_data", "user_data_base64"),
    security_groups=("vpc_security_group_ids[*]",),
    parts=(attached_groups("vpc_security_group_ids", "primary_network_interface_id", "id"),),
    defaults={"source_dest_check": Default(True, _SCHEMA)},
    # No attribute of the provider's resource, which leaves AWS's own tags out.
    extra={"autoscaling_group": "string"},
    from_live=_from_live,
)
