from __future__ import annotations

from typing import Any

from audits.kinds.aws_route53_record import KIND
from audits.model import Cause, Unknown
from tests.kinds.support import agrees, declared, in_account, in_source, live
from tests.planes.live.world import moto_account

ALIAS = {"HostedZoneId": "ZWKZPGTI48KDX", "DNSName": "dualstack.One.elb.amazonaws.com.", "EvaluateTargetHealth": True}


def test_both_planes_agree_on_an_alias_and_a_text() -> None:
    with moto_account() as world:
        client = world.client("route53")
        zone = client.create_hosted_zone(Name="example.com", CallerReference="1")["HostedZone"]["Id"]
        text = {"Name": "*.example.com", "Type": "TXT", "TTL": 300, "ResourceRecords": [{"Value": '"v=spf1 -all"'}]}
        records = [{"Name": "api.example.com", "Type": "A", "AliasTarget": ALIAS}, text]
        client.change_resource_record_sets(
            HostedZoneId=zone,
            ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": one} for one in records]},
        )
        alias, texts = (in_account(KIND, world.only(KIND, type=sort)) for sort in ("A", "TXT"))
    block = {"name": "one.elb.amazonaws.com", "zone_id": "ZWKZPGTI48KDX", "evaluate_target_health": True}
    wanted = in_source(KIND, declared("aws_route53_record", name="API.example.com.", type="A", alias=[block]))
    agrees(dict(wanted.attributes), alias.attributes)
    assert wanted.key == alias.key == "api.example.com/A"
    wanted = in_source(
        KIND, declared("aws_route53_record", name="*.example.com", type="TXT", ttl="300", records=["v=spf1 -all"])
    )
    agrees(dict(wanted.attributes), texts.attributes)


def test_names_of_aliases_are_alike_whoever_writes_them() -> None:
    block = {"name": "dualstack.One.elb.amazonaws.com.", "zone_id": "Z"}
    (found,) = in_source(KIND, declared("aws_route53_record", name="a", type="A", alias=[block])).attributes["alias"]
    assert found["name"] == "one.elb.amazonaws.com"
    unknown = Unknown(Cause.VARIABLE)
    record = declared("aws_route53_record", name=unknown, type="A", alias=[{"name": unknown, "zone_id": "Z"}])
    assert in_source(KIND, record).attributes["alias"] == [{"name": unknown, "zone_id": "Z"}]


def routed(**how: Any) -> dict[str, Any]:
    record = {"Name": "a.example.com.", "Type": "CNAME", "TTL": 60, "SetIdentifier": "one", **how}
    (found,) = live(
        KIND,
        {
            ("route53", "list_hosted_zones"): {
                "HostedZones": [{"Id": "/hostedzone/Z", "Name": "b.", "CallerReference": "1"}]
            },
            ("route53", "list_resource_record_sets"): {"ResourceRecordSets": [record]},
        },
    )
    return {name: value for name, value in found.attributes.items() if name.endswith("policy") and value}


def test_every_way_of_routing_is_a_block() -> None:
    assert routed() == {"multivalue_answer_routing_policy": False} or routed() == {}
    assert routed(Weight=0)["weighted_routing_policy"] == [{"weight": 0}]
    assert routed(Region="eu-west-1")["latency_routing_policy"] == [{"region": "eu-west-1"}]
    assert routed(Failover="PRIMARY")["failover_routing_policy"] == [{"type": "PRIMARY"}]
    place = routed(GeoLocation={"CountryCode": "KR"})["geolocation_routing_policy"]
    assert place == [{"continent": "", "country": "KR", "subdivision": ""}]
    cidr = routed(CidrRoutingConfig={"CollectionId": "c", "LocationName": "l"})["cidr_routing_policy"]
    assert cidr == [{"collection_id": "c", "location_name": "l"}]
    near = routed(GeoProximityLocation={"Bias": 5, "Coordinates": {"Latitude": "1", "Longitude": "2"}})
    (block,) = near["geoproximity_routing_policy"]
    assert (block["bias"], block["coordinates"]) == (5, [{"latitude": "1", "longitude": "2"}])
