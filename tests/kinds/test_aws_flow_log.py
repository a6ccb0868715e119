from __future__ import annotations

from audits.kinds.aws_flow_log import KIND
from tests.kinds.support import agrees, declared, in_account, in_source, live
from tests.planes.live.world import moto_account


def test_both_planes_agree_on_the_log_of_a_network() -> None:
    with moto_account() as world:
        vpc = world.client("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        world.client("s3").create_bucket(
            Bucket="logs", CreateBucketConfiguration={"LocationConstraint": "ap-northeast-2"}
        )
        world.client("ec2").create_flow_logs(
            ResourceIds=[vpc],
            ResourceType="VPC",
            TrafficType="ALL",
            LogDestinationType="s3",
            LogDestination="arn:aws:s3:::logs",
            MaxAggregationInterval=600,
            TagSpecifications=[{"ResourceType": "vpc-flow-log", "Tags": [{"Key": "x", "Value": "y"}]}],
        )
        found = in_account(KIND, world.only(KIND, vpc_id=vpc))
    configured = declared(
        "aws_flow_log",
        vpc_id=vpc,
        traffic_type="ALL",
        log_destination_type="s3",
        log_destination="arn:aws:s3:::logs",
        tags={"x": "y"},
    )
    agrees(dict(in_source(KIND, configured).attributes), found.attributes)
    assert found.attributes["subnet_id"] == ""


def test_what_is_logged_tells_the_attribute() -> None:
    of = {"eni-1": "eni_id", "subnet-1": "subnet_id", "tgw-1": "transit_gateway_id", "vpc-1": "vpc_id"}
    of["tgw-attach-1"] = "transit_gateway_attachment_id"
    logs = [{"FlowLogId": f"fl-{one}", "ResourceId": one} for one in of]
    for found in live(KIND, {("ec2", "describe_flow_logs"): {"FlowLogs": logs}}):
        logged = {name for name in of.values() if found.attributes[name]}
        assert logged == {of[found.attributes["id"].removeprefix("fl-")]}
