from __future__ import annotations

from typing import Any

from audits.kinds.aws_launch_template import KIND
from audits.model import Cause, Redacted
from tests.kinds.support import DENIED, live
from tests.planes.live.world import moto_account

DATA: dict[str, Any] = {
    "InstanceType": "t4g.nano",
    "ImageId": "ami-1",
    "UserData": "c2VjcmV0",
    "BlockDeviceMappings": [
        {"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 8, "VolumeType": "gp3", "Encrypted": True}}
    ],
    "NetworkInterfaces": [{"DeviceIndex": 0, "AssociatePublicIpAddress": True, "Groups": ["sg-1"]}],
    "TagSpecifications": [{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "nat"}]}],
    "IamInstanceProfile": {"Name": "nat"},
    "MetadataOptions": {"HttpTokens": "required"},
    "Monitoring": {"Enabled": True},
    "InstanceMarketOptions": {"MarketType": "spot", "SpotOptions": {"MaxPrice": "0.01"}},
    "SecurityGroupIds": ["sg-2"],
}
TEMPLATE = {
    "LaunchTemplateId": "lt-1",
    "LaunchTemplateName": "nat",
    "LatestVersionNumber": 2,
    "DefaultVersionNumber": 1,
}


def test_an_account_shows_the_latest_version() -> None:
    with moto_account() as world:
        ec2 = world.client("ec2")
        ec2.create_launch_template(LaunchTemplateName="nat", LaunchTemplateData={"InstanceType": "t3.large"})
        ec2.create_launch_template_version(LaunchTemplateName="nat", LaunchTemplateData=DATA)
        found = world.only(KIND, name="nat")
    given = found.attributes
    assert (given["instance_type"], given["latest_version"], given["default_version"]) == ("t4g.nano", 2, 1)
    assert given["user_data"] == Redacted()
    assert given["block_device_mappings"][0]["ebs"][0]["volume_size"] == 8
    assert given["network_interfaces"][0]["security_groups"] == ["sg-1"]


def _live(versions: Any) -> dict[str, Any]:
    answers = {
        ("ec2", "describe_launch_templates"): {"LaunchTemplates": [TEMPLATE]},
        ("ec2", "describe_launch_template_versions"): versions,
    }
    (found,) = live(KIND, answers)
    return dict(found.attributes)


def test_everything_in_a_version() -> None:
    version = {"LaunchTemplateId": "lt-1", "VersionNumber": 2, "LaunchTemplateData": DATA, "VersionDescription": "d"}
    given = _live({"LaunchTemplateVersions": [version]})
    assert given["metadata_options"][0]["http_tokens"] == "required" and given["monitoring"] == [{"enabled": True}]
    assert given["instance_market_options"][0]["spot_options"][0]["max_price"] == "0.01"
    assert given["tag_specifications"] == [{"resource_type": "instance", "tags": {"Name": "nat"}}]
    assert given["iam_instance_profile"] == [{"arn": None, "name": "nat"}]
    assert (given["vpc_security_group_ids"], given["description"], given["placement"]) == (["sg-2"], "d", [])


def test_what_cannot_be_read_of_it_is_unknown() -> None:
    default = {"LaunchTemplateId": "lt-1", "VersionNumber": 1, "DefaultVersion": True, "LaunchTemplateData": DATA}
    for versions in (DENIED, {"LaunchTemplateVersions": []}, {"LaunchTemplateVersions": [default]}):
        given = _live(versions)
        assert given["name"] == "nat" and given["latest_version"] == 2
        for name in ("instance_type", "block_device_mappings", "network_interfaces", "user_data", "monitoring"):
            assert given[name].cause is Cause.UNREADABLE
