from __future__ import annotations

from audits.canonical import canonical
from audits.kinds.aws_lb_target_group_attachment import KIND
from audits.model import Observation
from tests.kinds.support import live, source
from tests.planes.live.world import moto_account

GROUP = "arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:targetgroup/api/0123456789abcdef"


def test_an_account() -> None:
    with moto_account() as world:
        vpc = world.client("ec2").describe_vpcs()["Vpcs"][0]["VpcId"]
        elbv2 = world.client("elbv2")
        group = elbv2.create_target_group(Name="api", Protocol="HTTP", Port=80, VpcId=vpc, TargetType="ip")
        arn = group["TargetGroups"][0]["TargetGroupArn"]
        elbv2.register_targets(TargetGroupArn=arn, Targets=[{"Id": "10.0.0.4", "Port": 8080}])
        found = world.only(KIND, target_id="10.0.0.4")
    assert (found.attributes["target_group_arn"], found.attributes["port"]) == (arn, 8080)


def test_a_target_on_its_way_out_is_not_there() -> None:
    def target(name: str, reason: str | None) -> dict[str, object]:
        return {"Target": {"Id": name, "Port": 80}, "TargetHealth": {"Reason": reason} if reason else {}}

    reasons = [None, "Target.FailedHealthChecks", "Target.DeregistrationInProgress", "Target.NotRegistered"]
    answers = {
        ("elbv2", "describe_target_groups"): {"TargetGroups": [{"TargetGroupArn": GROUP}]},
        ("elbv2", "describe_target_health"): {
            "TargetHealthDescriptions": [target(str(number), reason) for number, reason in enumerate(reasons)]
        },
    }
    found = live(KIND, answers)
    assert [one.attributes["target_id"] for one in found] == ["0", "1"]


def test_both_planes_have_one_key() -> None:
    attributes = {"target_group_arn": GROUP, "target_id": "i-1", "port": "80"}
    old = source("aws_alb_target_group_attachment", **attributes)
    (found,) = canonical(Observation("terraform", (old,)), {KIND.type: KIND}).resources
    assert (found.kind, found.key) == (KIND.type, f"{GROUP}/i-1/80")
