"""EBS volumes. Sources: provider documentation of ``aws_ebs_volume``; EC2 API Reference, DescribeVolumes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from audits.kind import Default, Kind, Read, Reader
from audits.kinds.aws_instance import stamp
from audits.kinds.aws_vpc import tags
from audits.model import Resource

_GONE = frozenset({"deleted", "deleting"})


def _from_live(reader: Reader) -> Iterable[Resource]:
    found = reader.each(reader.pages("ec2", "describe_volumes", "Volumes"), partial(_volume, reader))
    return [volume for volumes in found for volume in volumes]


def _volume(reader: Reader, volume: Mapping[str, Any]) -> list[Resource]:
    if volume.get("State") in _GONE:
        return []
    identifier = volume["VolumeId"]
    arn = f"arn:{reader.partition}:ec2:{reader.region}:{reader.account}:volume/{identifier}"
    attributes = {
        "id": identifier,
        "arn": arn,
        "availability_zone": volume["AvailabilityZone"],
        "create_time": stamp(volume.get("CreateTime")),
        "encrypted": volume.get("Encrypted"),
        "iops": volume.get("Iops", 0),
        "kms_key_id": volume.get("KmsKeyId", ""),
        "multi_attach_enabled": volume.get("MultiAttachEnabled"),
        "outpost_arn": volume.get("OutpostArn", ""),
        "size": volume["Size"],
        "snapshot_id": volume.get("SnapshotId", ""),
        "throughput": volume.get("Throughput", 0),
        "type": volume.get("VolumeType"),
        "tags": tags(volume),
    }
    return [reader.resource("aws_ebs_volume", arn, attributes)]


KIND = Kind(
    type="aws_ebs_volume",
    names=("id", "arn"),
    reads=(Read("ec2", "describe_volumes"),),
    defaults={
        "type": Default("gp2", "provider documentation of aws_ebs_volume, argument type: defaults to gp2"),
    },
    from_live=_from_live,
)
