from __future__ import annotations

from audits.kinds.aws_autoscaling_schedule import KIND
from tests.kinds.support import live
from tests.planes.live.world import moto_account

ANSWER = {
    "ScheduledActionName": "night",
    "ScheduledActionARN": "arn:night",
    "AutoScalingGroupName": "nat",
    "Recurrence": "0 22 * * *",
}


def test_a_size_that_stays_as_it_is() -> None:
    listed = {"ScheduledUpdateGroupActions": [{**ANSWER, "MinSize": 0, "DesiredCapacity": 0, "TimeZone": "Asia/Seoul"}]}
    (found,) = live(KIND, {("autoscaling", "describe_scheduled_actions"): listed})
    given = found.attributes
    assert (given["min_size"], given["max_size"], given["desired_capacity"]) == (0, -1, 0)
    assert (given["recurrence"], given["time_zone"], given["start_time"]) == ("0 22 * * *", "Asia/Seoul", "")


def test_an_account() -> None:
    with moto_account() as world:
        ec2, scaling = world.client("ec2"), world.client("autoscaling")
        data = {"ImageId": "ami-12c6146b", "InstanceType": "t4g.nano"}
        template = ec2.create_launch_template(LaunchTemplateName="nat", LaunchTemplateData=data)["LaunchTemplate"]
        subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
        scaling.create_auto_scaling_group(
            AutoScalingGroupName="nat",
            MinSize=0,
            MaxSize=1,
            DesiredCapacity=0,
            LaunchTemplate={"LaunchTemplateId": template["LaunchTemplateId"], "Version": "$Latest"},
            VPCZoneIdentifier=subnet,
        )
        scaling.put_scheduled_update_group_action(
            AutoScalingGroupName="nat", ScheduledActionName="night", Recurrence="0 22 * * *", MinSize=0, MaxSize=1
        )
        found = world.only(KIND, scheduled_action_name="night")
    assert found.attributes["autoscaling_group_name"] == "nat"
    assert (found.attributes["min_size"], found.attributes["max_size"]) == (0, 1)
