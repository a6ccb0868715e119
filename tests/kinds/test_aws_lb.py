from __future__ import annotations

from typing import Any

from audits.kinds.aws_lb import KIND
from audits.model import Cause, Unknown
from tests.kinds.support import DENIED, live
from tests.planes.live.test_faults import query_error
from tests.planes.live.world import World, moto_account, proxied_account

ARN = "arn:aws:elasticloadbalancing:ap-northeast-2:1:loadbalancer/app/web/abc"


def create(world: World, name: str = "web") -> dict[str, Any]:
    ec2 = world.client("ec2")
    subnets = [one["SubnetId"] for one in ec2.describe_subnets()["Subnets"]][:2]
    group = ec2.describe_security_groups()["SecurityGroups"][0]["GroupId"]
    made: dict[str, Any] = world.client("elbv2").create_load_balancer(
        Name=name, Subnets=subnets, SecurityGroups=[group], Tags=[{"Key": "a", "Value": "b"}]
    )["LoadBalancers"][0]
    return made


def test_an_account() -> None:
    with moto_account() as world:
        made = create(world)
        world.client("elbv2").modify_load_balancer_attributes(
            LoadBalancerArn=made["LoadBalancerArn"],
            Attributes=[
                {"Key": "routing.http.drop_invalid_header_fields.enabled", "Value": "true"},
                {"Key": "access_logs.s3.enabled", "Value": "true"},
                {"Key": "access_logs.s3.bucket", "Value": "logs"},
            ],
        )
        found = world.only(KIND, name="web")
    given = found.attributes
    assert found.identity == given["id"] == given["arn"] == made["LoadBalancerArn"]
    assert (given["internal"], given["load_balancer_type"], given["tags"]) == (False, "application", {"a": "b"})
    assert given["security_groups"] == made["SecurityGroups"] and len(given["subnets"]) == 2
    assert given["drop_invalid_header_fields"] is True and given["enable_deletion_protection"] is False
    assert given["access_logs"] == [{"enabled": True, "bucket": "logs", "prefix": ""}]
    assert given["arn_suffix"].startswith("app/web/")


def test_what_is_denied_is_unknown_and_the_rest_is_read() -> None:
    denied = query_error("AccessDenied")
    with proxied_account(DescribeTags=denied, DescribeLoadBalancerAttributes=denied) as (world, _):
        arn = create(world)["LoadBalancerArn"]
        found = world.observe(KIND)
    (one,) = found.resources
    assert one.attributes["internal"] is False
    for name in ("tags", "drop_invalid_header_fields", "idle_timeout", "access_logs"):
        assert isinstance(one.attributes[name], Unknown) and one.attributes[name].cause is Cause.UNREADABLE
    assert [(gap.resource, gap.action) for gap in found.gaps] == [
        (arn, "elasticloadbalancing:DescribeLoadBalancerAttributes"),
        ("*", "elasticloadbalancing:DescribeTags"),
    ]


def _live(attributes: Any, tags: Any, **more: Any) -> dict[str, Any]:
    balancer = {"LoadBalancerArn": ARN, "LoadBalancerName": "web", "Type": "network", "Scheme": "internal", **more}
    answers = {
        ("elbv2", "describe_load_balancers"): {"LoadBalancers": [balancer]},
        ("elbv2", "describe_load_balancer_attributes"): attributes,
        ("elbv2", "describe_tags"): tags,
    }
    (found,) = live(KIND, answers)
    return dict(found.attributes)


def test_what_does_not_apply_is_null() -> None:
    attributes = {"Attributes": [{"Key": "load_balancing.cross_zone.enabled", "Value": "true"}]}
    address = {"AllocationId": "eipalloc-1", "PrivateIPv4Address": "10.0.0.1"}
    given = _live(
        attributes,
        {"TagDescriptions": []},
        AvailabilityZones=[{"SubnetId": "subnet-1", "LoadBalancerAddresses": [address]}],
    )
    assert given["internal"] is True and given["enable_cross_zone_load_balancing"] is True
    assert (given["idle_timeout"], given["enable_http2"], given["access_logs"]) == (None, None, [])
    assert given["subnet_mapping"][0]["allocation_id"] == "eipalloc-1"
    assert given["tags"].cause is Cause.UNREADABLE, "AWS told of no tags of it, which is not: it has none"


def test_tags_that_are_denied() -> None:
    assert _live({"Attributes": []}, DENIED)["tags"] is DENIED
