"""Network interfaces, with what they are attached to.

``attachment`` has one form, whether written inline or as ``aws_network_interface_attachment``; source that says nothing
of one leaves it open, for a program of the instance may attach the interface when it starts.

Sources: provider documentation of ``aws_network_interface`` and ``aws_network_interface_attachment``; EC2 API
Reference, DescribeNetworkInterfaces.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from audits.kind import Default, Kind, Part, Read, Reader
from audits.kinds._details import plan_default
from audits.kinds._interface_groups import attached_groups
from audits.kinds.aws_vpc import tags
from audits.model import Resource, Value


def _from_live(reader: Reader) -> Iterable[Resource]:
    listed = reader.pages("ec2", "describe_network_interfaces", "NetworkInterfaces")
    return reader.each(listed, partial(_interface, reader))


def _interface(reader: Reader, interface: Mapping[str, Any]) -> Resource:
    identifier, owner = interface["NetworkInterfaceId"], interface.get("OwnerId", reader.account)
    arn = f"arn:{reader.partition}:ec2:{reader.region}:{owner}:network-interface/{identifier}"
    addresses = [one["PrivateIpAddress"] for one in interface.get("PrivateIpAddresses") or ()]
    attributes: dict[str, Value] = {
        "id": identifier,
        "arn": arn,
        "description": interface.get("Description", ""),
        "interface_type": interface.get("InterfaceType", ""),
        "mac_address": interface.get("MacAddress", ""),
        "owner_id": owner,
        "private_dns_name": interface.get("PrivateDnsName", ""),
        "private_ip": interface.get("PrivateIpAddress", ""),
        "private_ips": addresses,
        "ipv6_addresses": [one["Ipv6Address"] for one in interface.get("Ipv6Addresses") or () if "Ipv6Address" in one],
        "security_groups": [one["GroupId"] for one in interface.get("Groups") or ()],
        "source_dest_check": interface.get("SourceDestCheck"),
        "subnet_id": interface.get("SubnetId", ""),
        "attachment": _attachment(interface.get("Attachment")),
        "tags": tags(interface, "TagSet"),
    }
    return reader.resource("aws_network_interface", arn, attributes)


def _attachment(attached: Mapping[str, Any] | None) -> list[Value]:
    """What the interface is attached to; nothing where it is being taken off."""
    if not attached or attached.get("Status") in ("detaching", "detached"):
        return []
    return [
        {
            "attachment_id": attached.get("AttachmentId", ""),
            "device_index": attached.get("DeviceIndex"),
            # Interfaces of AWS's own services (load balancers, endpoints) are attached to no instance.
            "instance": attached.get("InstanceId", ""),
        }
    ]


def _of_attachment(part: Resource) -> dict[str, list[Value]]:
    given = part.attributes
    known = {"attachment_id": given["attachment_id"]} if "attachment_id" in given else {}
    return {"attachment": [{**known, "device_index": given.get("device_index"), "instance": given.get("instance_id")}]}


KIND = Kind(
    type="aws_network_interface",
    names=("id", "arn"),
    reads=(Read("ec2", "describe_network_interfaces"),),
    security_groups=("security_groups[*]",),
    parts=(
        Part("aws_network_interface_attachment", "network_interface_id", ("attachment",), ("id",), _of_attachment),
        attached_groups("security_groups", "id"),
    ),
    defaults={"source_dest_check": Default(True, plan_default("aws_network_interface"))},
    from_live=_from_live,
)
