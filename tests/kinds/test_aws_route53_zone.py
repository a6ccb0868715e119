from __future__ import annotations

from audits.kinds.aws_route53_zone import KIND
from audits.model import Cause
from tests.kinds.support import DENIED, declared, in_source, live
from tests.planes.live.world import REGION, moto_account

VPC = {"VPCRegion": REGION, "VPCId": "vpc-1"}


def test_both_planes_agree_on_a_public_zone() -> None:
    with moto_account() as world:
        client = world.client("route53")
        made = client.create_hosted_zone(
            Name="example.com", CallerReference="1", HostedZoneConfig={"Comment": "public"}
        )["HostedZone"]["Id"]
        client.change_tags_for_resource(
            ResourceType="hostedzone", ResourceId=made.rsplit("/", 1)[-1], AddTags=[{"Key": "x", "Value": "y"}]
        )
        found = world.only(KIND, name="example.com")
    configured = in_source(KIND, declared("aws_route53_zone", name="Example.com.", comment="public", tags={"x": "y"}))
    for name in ("name", "comment", "tags", "vpc"):
        assert configured.attributes[name] == found.attributes[name]
    assert configured.key == "example.com" and len(found.attributes["name_servers"]) == 4
    assert found.attributes["name_servers"] == sorted(found.attributes["name_servers"])
    assert found.identity == f"arn:aws:route53:::hostedzone/{found.attributes['zone_id']}"


def test_a_private_zone_tells_its_networks_and_no_name_servers() -> None:
    zone = {"Id": "/hostedzone/Z1", "Name": "internal.", "CallerReference": "1", "Config": {"PrivateZone": True}}
    answers = {
        ("route53", "list_hosted_zones"): {
            "HostedZones": [zone],
            "Marker": "",
            "IsTruncated": False,
            "MaxItems": "100",
        },
        ("route53", "get_hosted_zone"): {"HostedZone": zone, "VPCs": [VPC]},
        ("route53", "list_tags_for_resources"): {
            "ResourceTagSets": [
                {"ResourceType": "hostedzone", "ResourceId": "Z1", "Tags": [{"Key": "a", "Value": "b"}]}
            ]
        },
    }
    (found,) = live(KIND, answers)
    assert found.attributes["vpc"] == [{"vpc_id": "vpc-1", "vpc_region": REGION}]
    assert found.attributes["name_servers"].cause is Cause.UNSUPPORTED and found.attributes["tags"] == {"a": "b"}
    (hidden,) = live(
        KIND,
        {**answers, ("route53", "get_hosted_zone"): DENIED, ("route53", "list_tags_for_resources"): DENIED},
    )
    assert hidden.attributes["vpc"] == hidden.attributes["tags"] == DENIED


def test_no_network_is_associated_with_a_public_zone_whatever_fails() -> None:
    zone = {"Id": "/hostedzone/Z1", "Name": "a.", "CallerReference": "1", "Config": {"PrivateZone": False}}
    answers = {
        ("route53", "list_hosted_zones"): {"HostedZones": [zone]},
        ("route53", "get_hosted_zone"): DENIED,
        ("route53", "list_tags_for_resources"): {"ResourceTagSets": []},
    }
    (found,) = live(KIND, answers)
    assert found.attributes["vpc"] == []
    assert found.attributes["name_servers"] == found.attributes["delegation_set_id"] == DENIED


def test_tags_that_the_answer_does_not_tell_are_unreadable() -> None:
    zones = [{"Id": f"/hostedzone/Z{number}", "Name": "a.", "CallerReference": "1"} for number in range(12)]
    asked: list[int] = []

    def tags(parameters: dict[str, list[str]]) -> dict[str, object]:
        asked.append(len(parameters["ResourceIds"]))
        return {
            "ResourceTagSets": [{"ResourceId": one, "Tags": []} for one in parameters["ResourceIds"] if one != "Z3"]
        }

    found = live(
        KIND,
        {
            ("route53", "list_hosted_zones"): {"HostedZones": zones},
            ("route53", "get_hosted_zone"): {"HostedZone": zones[0]},
            ("route53", "list_tags_for_resources"): tags,
        },
    )
    assert asked == [10, 2]
    assert [one.attributes["id"] for one in found if one.attributes["tags"] != {}] == ["Z3"]


def test_associated_networks_fold_into_their_zone() -> None:
    association = declared("aws_route53_zone_association", zone_id="Z1", vpc_id="vpc-2")
    zone = declared("aws_route53_zone", id="Z1", name="internal", vpc=[{"vpc_id": "vpc-1"}])
    assert in_source(KIND, zone, association).attributes["vpc"] == [{"vpc_id": "vpc-1"}, {"vpc_id": "vpc-2"}]
