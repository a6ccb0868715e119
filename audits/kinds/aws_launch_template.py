"""Launch templates, as their latest version has them: that is the one the provider shows.

Sources: provider documentation of ``aws_launch_template``; EC2 API Reference, DescribeLaunchTemplates. User data is in
every version, and removed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from audits.kind import Kind, Read, Reader
from audits.kinds._launch_templates import LATEST, VERSIONS, chosen, current_versions
from audits.kinds.aws_vpc import tags
from audits.model import Cause, Resource, Unknown, Value

Versions = list[Mapping[str, Any]] | Unknown
_SCALARS = (
    ("ebs_optimized", "EbsOptimized"),
    ("image_id", "ImageId"),
    ("instance_initiated_shutdown_behavior", "InstanceInitiatedShutdownBehavior"),
    ("instance_type", "InstanceType"),
    ("kernel_id", "KernelId"),
    ("key_name", "KeyName"),
    ("ram_disk_id", "RamDiskId"),
    ("disable_api_stop", "DisableApiStop"),
    ("disable_api_termination", "DisableApiTermination"),
    ("user_data", "UserData"),
)
_BLOCKS: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = (
    ("cpu_options", "CpuOptions", (("core_count", "CoreCount"), ("threads_per_core", "ThreadsPerCore"))),
    ("credit_specification", "CreditSpecification", (("cpu_credits", "CpuCredits"),)),
    ("enclave_options", "EnclaveOptions", (("enabled", "Enabled"),)),
    ("iam_instance_profile", "IamInstanceProfile", (("arn", "Arn"), ("name", "Name"))),
    ("maintenance_options", "MaintenanceOptions", (("auto_recovery", "AutoRecovery"),)),
    ("monitoring", "Monitoring", (("enabled", "Enabled"),)),
    (
        "metadata_options",
        "MetadataOptions",
        (
            ("http_endpoint", "HttpEndpoint"),
            ("http_protocol_ipv6", "HttpProtocolIpv6"),
            ("http_put_response_hop_limit", "HttpPutResponseHopLimit"),
            ("http_tokens", "HttpTokens"),
            ("instance_metadata_tags", "InstanceMetadataTags"),
        ),
    ),
    (
        "placement",
        "Placement",
        (("availability_zone", "AvailabilityZone"), ("group_name", "GroupName"), ("tenancy", "Tenancy")),
    ),
)
_EBS = (
    ("delete_on_termination", "DeleteOnTermination"),
    ("encrypted", "Encrypted"),
    ("iops", "Iops"),
    ("kms_key_id", "KmsKeyId"),
    ("snapshot_id", "SnapshotId"),
    ("throughput", "Throughput"),
    ("volume_size", "VolumeSize"),
    ("volume_type", "VolumeType"),
)
_INTERFACE = (
    ("associate_public_ip_address", "AssociatePublicIpAddress"),
    ("delete_on_termination", "DeleteOnTermination"),
    ("description", "Description"),
    ("device_index", "DeviceIndex"),
    ("interface_type", "InterfaceType"),
    ("network_card_index", "NetworkCardIndex"),
    ("network_interface_id", "NetworkInterfaceId"),
    ("private_ip_address", "PrivateIpAddress"),
    ("subnet_id", "SubnetId"),
)
_SPOT = (
    ("block_duration_minutes", "BlockDurationMinutes"),
    ("instance_interruption_behavior", "InstanceInterruptionBehavior"),
    ("max_price", "MaxPrice"),
    ("spot_instance_type", "SpotInstanceType"),
)
_LISTS = ("block_device_mappings", "network_interfaces", "tag_specifications", "instance_market_options")
_OF_VERSION = (
    *(name for name, _ in _SCALARS),
    *(name for name, _, _ in _BLOCKS),
    *_LISTS,
    "description",
    "vpc_security_group_ids",
    "security_group_names",
)


def _from_live(reader: Reader) -> Iterable[Resource]:
    listed = reader.pages("ec2", "describe_launch_templates", "LaunchTemplates")
    versions = current_versions(reader, "everything in its latest version")
    return reader.each(listed, partial(_template, reader, versions))


def _template(reader: Reader, versions: Versions, template: Mapping[str, Any]) -> Resource:
    identifier = template["LaunchTemplateId"]
    arn = f"arn:{reader.partition}:ec2:{reader.region}:{reader.account}:launch-template/{identifier}"
    attributes = {
        "id": identifier,
        "arn": arn,
        "name": template["LaunchTemplateName"],
        "default_version": template.get("DefaultVersionNumber"),
        "latest_version": template.get("LatestVersionNumber"),
        "tags": tags(template),
        **_latest(versions, template),
    }
    return reader.resource("aws_launch_template", arn, attributes)


def _latest(versions: Versions, template: Mapping[str, Any]) -> dict[str, Value]:
    version: Mapping[str, Any] | Unknown | None
    if isinstance(versions, Unknown):
        version = versions
    else:
        own = (one for one in versions if one["LaunchTemplateId"] == template["LaunchTemplateId"])
        version = chosen(own, LATEST)
        if version is not None and version["VersionNumber"] < template.get("LatestVersionNumber", 0):
            # The default one alone is not to be taken for the latest.
            version = None
    if version is None:
        version = Unknown(Cause.UNREADABLE, detail="ec2:DescribeLaunchTemplateVersions does not list this template")
    if isinstance(version, Unknown):
        return dict.fromkeys(_OF_VERSION, version)
    return {"description": version.get("VersionDescription", ""), **translate(version["LaunchTemplateData"])}


def translate(data: Mapping[str, Any]) -> dict[str, Value]:
    """The body of a version in the provider's vocabulary. What a template leaves open is null, or no block."""
    market = data.get("InstanceMarketOptions")
    return {
        **_renamed(data, _SCALARS),
        **{name: [_renamed(data[key], names)] if data.get(key) else [] for name, key, names in _BLOCKS},
        "block_device_mappings": [_mapping(one) for one in data.get("BlockDeviceMappings") or ()],
        "network_interfaces": [_interface(one) for one in data.get("NetworkInterfaces") or ()],
        "tag_specifications": [
            {"resource_type": one.get("ResourceType"), "tags": tags(one)} for one in data.get("TagSpecifications") or ()
        ],
        "instance_market_options": [_market(market)] if market else [],
        "vpc_security_group_ids": list(data.get("SecurityGroupIds") or ()),
        "security_group_names": list(data.get("SecurityGroups") or ()),
    }


def _renamed(answer: Mapping[str, Any], names: Iterable[tuple[str, str]]) -> dict[str, Value]:
    return {name: answer.get(key) for name, key in names}


def _mapping(mapping: Mapping[str, Any]) -> dict[str, Value]:
    return {
        "device_name": mapping.get("DeviceName"),
        "no_device": mapping.get("NoDevice"),
        "virtual_name": mapping.get("VirtualName"),
        "ebs": [_renamed(mapping["Ebs"], _EBS)] if mapping.get("Ebs") else [],
    }


def _interface(interface: Mapping[str, Any]) -> dict[str, Value]:
    return {**_renamed(interface, _INTERFACE), "security_groups": list(interface.get("Groups") or ())}


def _market(market: Mapping[str, Any]) -> dict[str, Value]:
    spot = market.get("SpotOptions")
    return {"market_type": market.get("MarketType"), "spot_options": [_renamed(spot, _SPOT)] if spot else []}


KIND = Kind(
    type="aws_launch_template",
    identity=("name",),
    names=("id", "arn", "name"),
    reads=(Read("ec2", "describe_launch_templates"), VERSIONS),
    secrets=("user_data",),
    security_groups=("vpc_security_group_ids[*]", "network_interfaces[*].security_groups[*]"),
    from_live=_from_live,
)
