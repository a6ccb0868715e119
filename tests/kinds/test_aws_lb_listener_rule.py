from __future__ import annotations

from typing import Any

from audits.canonical import canonical
from audits.kinds.aws_lb_listener_rule import KIND
from audits.model import Cause, Observation, Unknown
from tests.kinds.support import live, reference, source
from tests.planes.live.world import moto_account

BALANCER = "arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:loadbalancer/app/web/0123456789abcdef"
LISTENER = BALANCER.replace("loadbalancer", "listener") + "/0123456789abcdef"
RULE = LISTENER.replace("listener", "listener-rule") + "/0123456789abcdef"


def answered(*rules: dict[str, Any]) -> list[Any]:
    answers = {
        ("elbv2", "describe_load_balancers"): {"LoadBalancers": [{"LoadBalancerArn": BALANCER}]},
        ("elbv2", "describe_listeners"): {"Listeners": [{"ListenerArn": LISTENER}]},
        ("elbv2", "describe_rules"): {"Rules": list(rules)},
        ("elbv2", "describe_tags"): {"TagDescriptions": [{"ResourceArn": RULE, "Tags": []}]},
    }
    return live(KIND, answers)


def with_conditions(*conditions: dict[str, Any]) -> list[dict[str, Any]]:
    rule = {"RuleArn": RULE, "Priority": "10", "IsDefault": False, "Actions": [], "Conditions": list(conditions)}
    (found,) = answered(rule)
    return [{name: block for name, block in one.items() if block != []} for one in found.attributes["condition"]]


def test_an_account() -> None:
    with moto_account() as world:
        ec2, elbv2 = world.client("ec2"), world.client("elbv2")
        vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
        subnets = [one["SubnetId"] for one in ec2.describe_subnets()["Subnets"]][:2]
        balancer = elbv2.create_load_balancer(Name="web", Subnets=subnets)["LoadBalancers"][0]["LoadBalancerArn"]
        group = elbv2.create_target_group(Name="api", Protocol="HTTP", Port=80, VpcId=vpc)
        target = group["TargetGroups"][0]["TargetGroupArn"]
        action = {"Type": "forward", "TargetGroupArn": target}
        listener = elbv2.create_listener(LoadBalancerArn=balancer, Protocol="HTTP", Port=80, DefaultActions=[action])[
            "Listeners"
        ][0]["ListenerArn"]
        made = elbv2.create_rule(
            ListenerArn=listener,
            Priority=7,
            Conditions=[{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/api/*"]}}],
            Actions=[action],
            Tags=[{"Key": "Name", "Value": "api"}],
        )["Rules"][0]["RuleArn"]
        observed = world.observe(KIND)
    # The default rule is the listener's own default action.
    (found,) = observed.resources
    assert observed.gaps == () and found.attributes["arn"] == made
    given = found.attributes
    assert (given["listener_arn"], given["priority"], given["tags"]) == (listener, 7, {"Name": "api"})
    assert given["action"][0]["target_group_arn"] == target and given["action"][0]["forward"] == []
    assert given["condition"][0]["path_pattern"] == [{"values": ["/api/*"]}]


def test_every_condition() -> None:
    found = with_conditions(
        {"Field": "host-header", "HostHeaderConfig": {"Values": ["a.example"]}},
        {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X-Old", "Values": ["yes"]}},
        {"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": ["GET"]}},
        {"Field": "query-string", "QueryStringConfig": {"Values": [{"Key": "v", "Value": "1"}, {"Value": "old"}]}},
        {"Field": "source-ip", "SourceIpConfig": {"Values": ["10.0.0.0/8"]}},
        {"Field": "path-pattern", "Values": ["/old/*"]},
    )
    assert found == [
        {"host_header": [{"values": ["a.example"]}]},
        {"http_header": [{"http_header_name": "X-Old", "values": ["yes"]}]},
        {"http_request_method": [{"values": ["GET"]}]},
        {"query_string": [{"key": "v", "value": "1"}, {"key": "", "value": "old"}]},
        {"source_ip": [{"values": ["10.0.0.0/8"]}]},
        {"path_pattern": [{"values": ["/old/*"]}]},
    ]


def test_a_condition_that_the_provider_has_no_words_for_is_not_nothing() -> None:
    (found,) = with_conditions({"Field": "path-pattern", "PathPatternConfig": {"RegexValues": ["^/api"]}})
    assert found["path_pattern"][0]["values"].cause is Cause.UNSUPPORTED


def test_default_rules_are_left_out() -> None:
    default = {"RuleArn": RULE, "Priority": "default", "IsDefault": True, "Actions": []}
    assert answered(default) == []


def test_a_forward_has_one_form_in_source_too() -> None:
    target = reference("aws_lb_target_group.api")
    plain = [{"type": "forward", "target_group_arn": target}]
    nested = [{"type": "forward", "forward": [{"target_group": [{"arn": target}]}]}]
    found = []
    for action in (plain, nested):
        rule = source(KIND.type, listener_arn=LISTENER, priority="10", action=action)
        (one,) = canonical(Observation("terraform", (rule,)), {KIND.type: KIND}).resources
        assert one.key == f"{LISTENER}/10"
        found.append(one.attributes["action"])
    assert found[0] == found[1] and found[0][0]["target_group_arn"] == target


def test_actions_that_cannot_be_told_stay_unknown() -> None:
    rule = source(KIND.type, action=Unknown(Cause.VARIABLE))
    (found,) = canonical(Observation("terraform", (rule,)), {KIND.type: KIND}).resources
    assert found.attributes["action"] == Unknown(Cause.VARIABLE)
